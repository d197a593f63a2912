/* sums: what can be added up for each group, exactly and in any order. */
#ifndef LLMOBS_REPORT_SUMS_H
#define LLMOBS_REPORT_SUMS_H

#include "query/scan.h"
#include "report/measures.h"
#include "stats/weighted.h"

/* Tallies of groups 0 .. groups - 1; of group g they stand in element g + 1. Element 0 takes what
 * is not counted, so that adding needs no branch. Arrays exist for the tallies of `needs` (bit t)
 * only. */
struct sums {
    uint64_t needs;
    uint32_t groups, cap;
    int64_t *n[T_COUNT];
    i128 *sum[T_COUNT];        /* not for tallies that have n only */
    struct weighted *weighted; /* T_WEIGHTED */
};

/* n, sum and weighted mean of one group. */
int64_t sums_n(const struct sums *s, enum tally t, uint32_t group);
i128 sums_sum(const struct sums *s, enum tally t, uint32_t group);
const struct weighted *sums_weighted(const struct sums *s, uint32_t group);

/* Columns of the store that the tallies are made from. */
uint64_t sums_columns(uint64_t needs);

/* Columns filled for one slice: values[v] of each row. */
struct slice_values {
    const int64_t *values[V_COUNT];
    const unsigned char *succeeded; /* 0 or 1; when T_OUTCOMES is needed */
    int64_t refusal; /* id of this finish reason, 0: nobody refused; when T_REFUSED is needed */
};

/* Values that the tallies want in struct slice_values (bit v). */
uint32_t sums_values(uint64_t needs);

/* Adds the counted rows. False when out of memory. */
bool sums_add(struct sums *s, const struct slice *slice, const struct slice_values *values);

/* At least n groups, new ones empty. False when out of memory. */
bool sums_grow(struct sums *s, uint32_t n);

/* Adds group `from` of b to group `to` of a. */
void sums_merge(struct sums *a, uint32_t to, const struct sums *b, uint32_t from);

/* The same for part i of n equal ones: what cannot be divided goes to the first parts, one each, so
 * that all parts together are group `from`. Extremes and weighted means are not divided. */
void sums_share(struct sums *a, uint32_t to, const struct sums *b, uint32_t from, uint32_t i,
                uint32_t n);

void sums_release(struct sums *s);

#endif
