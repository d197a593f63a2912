/* merge: several records of one call become one row, whatever order they came in. Pure. */
#ifndef LLMOBS_STORE_MERGE_H
#define LLMOBS_STORE_MERGE_H

#include "store/store.h"

/* A row of table call without its call_id. */
struct call_row {
    uint64_t known; /* bit c: v[c] is a value; the others are missing and v[c] is anything */
    int64_t v[C_COUNT];
};

#define CALL_BIT(column) (UINT64_C(1) << (column))

/* The columns that a log fills: those that are compared and merged. */
#define MERGE_COLUMNS ((CALL_BIT(F_COUNT) - 1) | CALL_BIT(C_SESSION_KEY) | CALL_BIT(C_META_ID))

/* Orders two different values of a column whose numbers are row ids (a dimension's, C_META_ID) by
 * what they stand for, because ids depend on the order of arrival. <0, 0, >0. */
struct merge_order {
    int (*compare)(void *ctx, int column, int64_t a, int64_t b);
    void *ctx;
};

static inline bool call_row_has(const struct call_row *r, int column)
{
    return (r->known >> column) & 1;
}

static inline void call_row_set(struct call_row *r, int column, int64_t v)
{
    r->known |= CALL_BIT(column);
    r->v[column] = v;
}

/* True when both have the same MERGE_COLUMNS. */
bool merge_same(const struct call_row *a, const struct call_row *b);

/* <0 when a wins over b: more output tokens, then the later start (a missing one loses), then the
 * first difference in the order of the columns: known before missing, the larger number, the
 * smaller text. 0 only when merge_same(). */
int merge_rank(const struct call_row *a, const struct call_row *b, const struct merge_order *order);

/* Sorts n rows by merge_rank(), winner first. O(n^2) for n that are few. */
void merge_sort(struct call_row **rows, size_t n, const struct merge_order *order);

/* out: MERGE_COLUMNS of n sorted rows: each from the first row that has it; flags or-ed. No other
 * column is known in it. */
void merge_fold(struct call_row *const *sorted, size_t n, struct call_row *out);

/* True when sorted[i] gives no column of the fold but flags, and never can with more rows. */
bool merge_useless(struct call_row *const *sorted, size_t i);

#endif
