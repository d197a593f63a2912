/* merge: several records of one call become one row, whatever order they came in. */
#include "store/merge.h"

#include "base/banned.h"

bool merge_same(const struct call_row *a, const struct call_row *b)
{
    if ((a->known ^ b->known) & MERGE_COLUMNS)
        return false;
    for (uint64_t left = a->known & MERGE_COLUMNS; left; left &= left - 1) {
        int c = __builtin_ctzll(left);
        if (a->v[c] != b->v[c])
            return false;
    }
    return true;
}

/* Known before missing, then the larger value. */
static int larger_first(const struct call_row *a, const struct call_row *b, int c)
{
    bool in_a = call_row_has(a, c), in_b = call_row_has(b, c);

    if (in_a != in_b)
        return in_a ? -1 : 1;
    if (!in_a || a->v[c] == b->v[c])
        return 0;
    return a->v[c] > b->v[c] ? -1 : 1;
}

int merge_rank(const struct call_row *a, const struct call_row *b, const struct merge_order *order)
{
    int cmp = larger_first(a, b, F_OUTPUT_TOKENS);

    if (!cmp)
        cmp = larger_first(a, b, F_STARTED_US);
    for (uint64_t left = (a->known | b->known) & MERGE_COLUMNS; !cmp && left; left &= left - 1) {
        int c = __builtin_ctzll(left);
        bool both = call_row_has(a, c) && call_row_has(b, c);
        if (both && a->v[c] != b->v[c] && (c < F_DIM_COUNT || c == C_META_ID))
            cmp = order->compare(order->ctx, c, a->v[c], b->v[c]);
        else
            cmp = larger_first(a, b, c);
    }
    return cmp;
}

void merge_sort(struct call_row **rows, size_t n, const struct merge_order *order)
{
    for (size_t i = 1; i < n; i++) {
        struct call_row *row = rows[i];
        size_t at = i;
        for (; at && merge_rank(row, rows[at - 1], order) < 0; at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

void merge_fold(struct call_row *const *sorted, size_t n, struct call_row *out)
{
    int64_t flags = 0;

    out->known = 0;
    for (size_t i = 0; i < n; i++) {
        for (uint64_t left = sorted[i]->known & MERGE_COLUMNS & ~out->known; left;
             left &= left - 1) {
            int c = __builtin_ctzll(left);
            call_row_set(out, c, sorted[i]->v[c]);
        }
        if (call_row_has(sorted[i], F_FLAGS))
            flags |= sorted[i]->v[F_FLAGS];
    }
    if (flags)
        call_row_set(out, F_FLAGS, flags);
}

bool merge_useless(struct call_row *const *sorted, size_t i)
{
    uint64_t covered = CALL_BIT(F_FLAGS);

    for (size_t j = 0; j < i; j++)
        covered |= sorted[j]->known;
    return i > 0 && !(sorted[i]->known & MERGE_COLUMNS & ~covered);
}
