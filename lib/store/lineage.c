/* lineage: which lines count as seen in the history of an input. */
#include "store/lineage.h"

#include <stdlib.h>

#include "base/banned.h"

static bool reserve(struct lineages *l, int64_t id)
{
    size_t n = l->n ? l->n : 64;

    if ((size_t)id < l->n)
        return true;
    while (n <= (size_t)id)
        n *= 2;
    struct lineage_source *items = realloc(l->items, n * sizeof(*items));
    if (!items)
        return false;
    memset(items + l->n, 0, (n - l->n) * sizeof(*items));
    l->items = items;
    l->n = n;
    return true;
}

/* A source's id bounds the memory of the table, so it has to be one that was given out. */
static bool sensible(const struct source_state *x)
{
    return x->id > 0 && x->id <= INT32_MAX && x->lineage > 0 && x->lineage <= x->id &&
           x->copy_of >= 0 && x->copy_of < x->id;
}

enum err lineages_put(struct lineages *l, const struct source_state *x, struct error *err)
{
    if (!sensible(x))
        return error_set(err, ERR_RANGE, "source %lld: impossible lineage %lld or original %lld",
                         (long long)x->id, (long long)x->lineage, (long long)x->copy_of);
    if (!reserve(l, x->id))
        return error_set(err, ERR_NOMEM, "out of memory for the list of inputs");
    struct lineage_source *s = &l->items[x->id];
    if (x->copy_of && !s->lineage) {
        s->next_copy = l->items[x->lineage].first_copy;
        l->items[x->lineage].first_copy = (uint32_t)x->id;
    }
    s->lineage = x->lineage;
    s->copy_of = x->copy_of;
    s->copy_line = x->copy_line;
    return OK;
}

int64_t lineages_of(const struct lineages *l, int64_t source)
{
    return source > 0 && (size_t)source < l->n ? l->items[source].lineage : 0;
}

/* Goes from a copy to what it is a copy of, to what that is a copy of ...; ids get smaller. */
static bool copied(const struct lineages *l, int64_t copy, int64_t by, int64_t line)
{
    int64_t limit = INT64_MAX;

    for (; l->items[copy].copy_of; copy = l->items[copy].copy_of) {
        int64_t original = l->items[copy].copy_of;
        if (l->items[copy].copy_line < limit)
            limit = l->items[copy].copy_line;
        if (by == original)
            return line <= limit;
        if (by < original && lineages_of(l, by) == l->items[original].lineage)
            return true;
    }
    return false;
}

bool lineages_include(const struct lineages *l, int64_t source, int64_t by, int64_t line)
{
    int64_t lineage = lineages_of(l, source);

    if (!lineage || !lineages_of(l, by))
        return false;
    if (lineage == lineages_of(l, by))
        return true;
    for (uint32_t c = l->items[lineage].first_copy; c; c = l->items[c].next_copy)
        if (copied(l, c, by, line))
            return true;
    return false;
}

void lineages_release(struct lineages *l)
{
    free(l->items);
    *l = (struct lineages){0};
}
