/* trace_calls: which spans with usage of a trace are calls, and what they take from those above. */
#include "store/trace_calls.h"

#include <stdlib.h>
#include "base/hash.h"

#include "base/banned.h"

_Static_assert(__builtin_popcountll(INHERITED_COLUMNS) == INHERITED_COUNT, "count the columns");

/* ---- the tree ----------------------------------------------------------------------------- */

struct span_index {
    uint32_t *slots; /* span + 1, 0: free */
    size_t mask;
};

static size_t index_slot(const struct span_index *x, const struct trace_span *spans, uint64_t id)
{
    size_t i = hash_mix(id) & x->mask;

    while (x->slots[i] && spans[x->slots[i] - 1].id != id)
        i = (i + 1) & x->mask;
    return i;
}

static bool index_build(struct span_index *x, const struct trace_span *spans, uint32_t n)
{
    size_t size = 16;

    while (size < 2 * (size_t)n)
        size *= 2;
    x->slots = calloc(size, sizeof(*x->slots));
    x->mask = size - 1;
    for (uint32_t i = 0; x->slots && i < n; i++)
        x->slots[index_slot(x, spans, spans[i].id)] = i + 1;
    return x->slots != NULL;
}

static void find_parents(struct trace_span *spans, uint32_t n, const struct span_index *x)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t found = 0;
        if (spans[i].has_parent)
            found = x->slots[index_slot(x, spans, spans[i].parent)];
        spans[i].above = found ? found - 1 : TRACE_ROOT;
    }
}

enum visit { VISIT_NEW, VISIT_OPEN, VISIT_DONE };

/* Walks up from each span to the first one that is done, then puts the way in order from above. A
 * way that meets itself is a cycle: each span on it becomes a root, so that it does not matter
 * where the walk began. The way grows at the end of order and is turned round there. */
static void order_and_cut(struct trace_span *spans, uint32_t n, uint32_t *order,
                          unsigned char *visits)
{
    uint32_t done = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t top = done, at = i;
        while (at != TRACE_ROOT && visits[at] == VISIT_NEW) {
            visits[at] = VISIT_OPEN;
            order[top++] = at;
            at = spans[at].above;
        }
        if (at != TRACE_ROOT && visits[at] == VISIT_OPEN) {
            uint32_t k = top;
            do
                spans[order[--k]].above = TRACE_ROOT;
            while (order[k] != at);
        }
        for (uint32_t low = done, high = top; low < high; low++) {
            uint32_t x = order[low];
            order[low] = order[--high];
            order[high] = x;
        }
        for (; done < top; done++)
            visits[order[done]] = VISIT_DONE;
    }
}

/* From below: a span has usage below it when its child has, or has some below. */
static void find_shadows(struct trace_span *spans, uint32_t n, const uint32_t *order,
                         unsigned char *below)
{
    for (uint32_t k = n; k-- > 0;) {
        struct trace_span *s = &spans[order[k]];
        s->shadowed = s->has_usage && below[order[k]];
        if (s->above != TRACE_ROOT && (s->has_usage || below[order[k]]))
            below[s->above] = 1;
    }
}

enum err trace_calls_arrange(struct trace_span *spans, uint32_t n, uint32_t *order,
                             struct error *err)
{
    struct span_index x = {0};
    unsigned char *visits = calloc((size_t)n + 1, 1);
    unsigned char *below = calloc((size_t)n + 1, 1);
    enum err rc = OK;

    if (visits && below && index_build(&x, spans, n)) {
        find_parents(spans, n, &x);
        order_and_cut(spans, n, order, visits);
        find_shadows(spans, n, order, below);
    } else {
        rc = error_set(err, ERR_NOMEM, "out of memory for a trace of %u spans", n);
    }
    free(x.slots);
    free(visits);
    free(below);
    return rc;
}

/* ---- what is inherited -------------------------------------------------------------------- */

static int place_of(int column)
{
    return __builtin_popcountll(INHERITED_COLUMNS & (CALL_BIT(column) - 1));
}

void inheritance_set(struct inheritance *x, int column, int64_t v)
{
    x->v[place_of(column)] = v;
    x->known |= CALL_BIT(column);
}

bool inheritance_get(const struct inheritance *x, int column, int64_t *v)
{
    if (!(x->known >> column & 1))
        return false;
    *v = x->v[place_of(column)];
    return true;
}

void inheritance_push(const struct inheritance *above, const struct call_row *shadow,
                      struct inheritance *out)
{
    struct inheritance own = {0};

    for (uint64_t left = INHERITED_COLUMNS & shadow->known; left; left &= left - 1) {
        int c = __builtin_ctzll(left);

        inheritance_set(&own, c, shadow->v[c]);
    }
    inheritance_join(above, &own, out);
}

void inheritance_join(const struct inheritance *above, const struct inheritance *own,
                      struct inheritance *out)
{
    int i = 0;

    *out = *own;
    for (uint64_t left = above ? INHERITED_COLUMNS : 0; left; left &= left - 1, i++) {
        uint64_t bit = left & -left;

        if (own->known & bit || !(above->known & bit))
            continue;
        out->v[i] = above->v[i];
        out->known |= bit;
    }
}

void inheritance_clear(struct call_row *row)
{
    if (!call_row_has(row, C_INHERITED))
        return;
    row->known &= ~((uint64_t)row->v[C_INHERITED] & INHERITED_COLUMNS);
    if (row->v[C_INHERITED] >> F_FLAGS & 1)
        row->v[F_FLAGS] &= ~(int64_t)FLAG_GUARDRAIL;
    if (call_row_has(row, F_FLAGS) && !row->v[F_FLAGS])
        row->known &= ~CALL_BIT(F_FLAGS);
    row->known &= ~CALL_BIT(C_INHERITED);
}

void inheritance_guard(struct call_row *row)
{
    int64_t flags = call_row_has(row, F_FLAGS) ? row->v[F_FLAGS] : 0;
    int64_t inherited = call_row_has(row, C_INHERITED) ? row->v[C_INHERITED] : 0;

    if (flags & FLAG_GUARDRAIL)
        return;
    call_row_set(row, F_FLAGS, flags | FLAG_GUARDRAIL);
    call_row_set(row, C_INHERITED, inherited | (int64_t)CALL_BIT(F_FLAGS));
}

void inheritance_fill(const struct inheritance *from, struct call_row *row)
{
    uint64_t taken = 0;
    int i = 0;

    for (uint64_t left = INHERITED_COLUMNS; left; left &= left - 1, i++) {
        int c = __builtin_ctzll(left);
        if (call_row_has(row, c) || !(from->known >> c & 1))
            continue;
        call_row_set(row, c, from->v[i]);
        taken |= CALL_BIT(c);
    }
    if (taken)
        call_row_set(row, C_INHERITED, (int64_t)taken);
}
