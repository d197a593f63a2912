/* groups: the objects of one document that tell of the same thing. */
#include "format/groups.h"

#include <stdlib.h>

#include "base/banned.h"

bool groups_add(struct groups *g, const struct reading *r, struct sv id, json_ref at,
                json_ref around)
{
    if (g->n == g->cap) {
        size_t cap = g->cap ? 2 * g->cap : 16;
        struct group_item *items = reallocarray(g->items, cap, sizeof(*items));

        if (!items) {
            r->c->out->failed = true;
            return false;
        }
        g->items = items;
        g->cap = cap;
    }
    g->items[g->n] = (struct group_item){id, (uint32_t)g->n, at, around};
    g->n++;
    return true;
}

static int by_id_and_order(const void *a, const void *b)
{
    const struct group_item *x = a, *y = b;
    int order = sv_cmp(x->id, y->id);

    return order ? order : (x->order > y->order) - (x->order < y->order);
}

void groups_sort(struct groups *g)
{
    if (g->n)
        qsort(g->items, g->n, sizeof(*g->items), by_id_and_order);
}

struct told groups_from(const struct groups *g, const struct json_doc *doc, size_t from)
{
    struct told t = {doc, g->items + from, 1};

    while (from + t.n < g->n && sv_eq(g->items[from + t.n].id, t.items->id))
        t.n++;
    return t;
}

struct told groups_find(const struct groups *g, const struct json_doc *doc, struct sv id)
{
    size_t low = 0, high = g->n, n = 0;

    while (low < high) { /* the first behind those of this id */
        size_t mid = low + (high - low) / 2;

        if (sv_cmp(g->items[mid].id, id) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    while (n < TOLD_MAX && n < low && sv_eq(g->items[low - 1 - n].id, id))
        n++;
    return (struct told){doc, n ? g->items + low - n : NULL, n};
}

void groups_release(struct groups *g)
{
    free(g->items);
    *g = (struct groups){0};
}

static bool says_nothing(const struct json_doc *d, json_ref at)
{
    return scalar_missing(d, at) ||
           (json_type(d, at) > JSON_STRING && json_first(d, at) == JSON_END);
}

json_ref told_get(const struct told *t, const char *key)
{
    for (size_t i = t->n; i > 0 && t->n - i < TOLD_MAX; i--) {
        json_ref at = json_get(t->doc, t->items[i - 1].at, key);

        if (!says_nothing(t->doc, at))
            return at;
    }
    return JSON_END;
}

json_ref told_value(const struct told *t, const char *key)
{
    json_ref at = told_get(t, key);

    return at == JSON_END ? 0 : at;
}
