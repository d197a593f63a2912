/* ranking: numbers are compared first; names are only looked up where numbers are equal. */
#include "report/ranking.h"

#include <stdlib.h>
#include "base/banned.h"

struct context {
    const struct joined *groups;
    const struct ranking_spec *spec;
    struct arena arena;
};

/* A group with its names while those are compared. */
struct named {
    uint32_t group;
    struct sv *names;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory ordering the groups");
}

static int compare_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Missing last; else by value, descending unless ascending is asked for. */
static int compare_keys(const struct ranking_spec *spec, const struct cell *a, const struct cell *b)
{
    int order;

    if (a->type == CELL_MISSING || b->type == CELL_MISSING)
        return (a->type == CELL_MISSING) - (b->type == CELL_MISSING);
    if (a->type == CELL_TEXT)
        order = sv_cmp(a->text, b->text);
    else if (a->type == CELL_REAL)
        order = (a->r > b->r) - (a->r < b->r);
    else
        order = compare_i64(a->i, b->i);
    return spec->ascending ? order : -order;
}

/* Ascending, missing last. */
static int compare_values(const struct context *c, uint32_t a, uint32_t b, size_t d)
{
    int64_t x = 0, y = 0;
    bool has_x = joined_value(c->groups, a, d, &x), has_y = joined_value(c->groups, b, d, &y);

    return has_x && has_y ? compare_i64(x, y) : has_y - has_x;
}

static int compare_numbers(const struct context *c, uint32_t a, uint32_t b)
{
    int order = 0;

    if (c->spec->keys)
        order = compare_keys(c->spec, &c->spec->keys[a], &c->spec->keys[b]);
    for (size_t d = 0; d < c->spec->n_by && !order; d++)
        if (joined_is_time(c->groups, d))
            order = compare_values(c, a, b, d);
    if (!order)
        order = compare_i64(c->spec->calls[b], c->spec->calls[a]);
    if (!order && c->spec->calls_before)
        order = compare_i64(c->spec->calls_before[b], c->spec->calls_before[a]);
    return order;
}

static int by_numbers(const void *a, const void *b, void *context)
{
    uint32_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return compare_numbers(context, x, y);
}

static int by_names(const void *a, const void *b, void *context)
{
    const struct context *c = context;
    const struct named *x = a, *y = b;

    for (size_t d = 0; d < c->spec->n_by; d++) {
        int order = x->names[d].p && y->names[d].p ? sv_cmp(x->names[d], y->names[d])
                                                   : !x->names[d].p - !y->names[d].p;

        if (order)
            return order;
    }
    /* Names that a damaged database has lost: the order must not come from the threads. */
    for (size_t d = 0; d < c->spec->n_by; d++) {
        int order = compare_values(c, x->group, y->group, d);

        if (order)
            return order;
    }
    return 0;
}

/* Orders n groups whose numbers are equal. */
static enum err order_by_name(struct context *c, uint32_t *groups, uint32_t n, struct error *err)
{
    size_t n_by = c->spec->n_by;
    struct named *named = arena_zalloc(&c->arena, n, sizeof(*named));
    struct sv *names = arena_zalloc(&c->arena, n, (n_by + 1) * sizeof(*names));

    if (!named || !names)
        return no_memory(err);
    for (uint32_t i = 0; i < n; i++) {
        named[i] = (struct named){groups[i], names + i * n_by};
        for (size_t d = 0; d < n_by; d++)
            named[i].names[d] = joined_text(c->groups, groups[i], d, &c->arena);
    }
    qsort_r(named, n, sizeof(*named), by_names, c);
    for (uint32_t i = 0; i < n; i++)
        groups[i] = named[i].group;
    arena_reset(&c->arena);
    return OK;
}

/* Groups with fewer calls than min_n behind the others; returns how many are left in front. */
static uint32_t split_small(struct context *c, uint32_t *order, uint32_t n, uint32_t *room)
{
    uint32_t kept = 0, small = 0;

    for (uint32_t i = 0; i < n; i++) {
        const int64_t *before = c->spec->calls_before;
        bool few_before = !before || before[order[i]] < c->spec->min_n;

        if (c->spec->calls[order[i]] < c->spec->min_n && few_before)
            room[small++] = order[i];
        else
            order[kept++] = order[i];
    }
    memcpy(order + kept, room, small * sizeof(*room));
    return kept;
}

static enum err rank(struct context *c, struct ranking *r, struct error *err)
{
    uint32_t *room = malloc(((size_t)r->groups + 1) * sizeof(*room)), kept;
    enum err rc = OK;

    if (!room)
        return no_memory(err);
    for (uint32_t g = 0; g < r->groups; g++)
        r->order[g] = g;
    kept = split_small(c, r->order, r->groups, room);
    free(room);
    qsort_r(r->order, kept, sizeof(*r->order), by_numbers, c);
    r->below_min_n = r->groups - kept;
    r->shown = kept;
    if (c->spec->limit > 0 && c->spec->limit < kept)
        r->shown = (uint32_t)c->spec->limit;
    r->beyond_limit = kept - r->shown;
    for (uint32_t from = 0, until; from < r->shown && !rc; from = until) {
        for (until = from + 1; until < kept &&
                               !compare_numbers(c, r->order[from], r->order[until]);
             until++) {
        }
        if (until - from > 1)
            rc = order_by_name(c, r->order + from, until - from, err);
    }
    return rc;
}

enum err rank_groups(const struct joined *groups, const struct ranking_spec *spec,
                     struct ranking *out, struct error *err)
{
    struct context c = {.groups = groups, .spec = spec};
    struct ranking r = {.groups = groups->n};
    enum err rc;

    r.order = calloc((size_t)r.groups + 1, sizeof(*r.order));
    rc = r.order ? rank(&c, &r, err) : no_memory(err);
    arena_release(&c.arena);
    if (rc)
        ranking_release(&r);
    else
        *out = r;
    return rc;
}

void ranking_release(struct ranking *r)
{
    free(r->order);
    *r = (struct ranking){0};
}
