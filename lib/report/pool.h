/* pool: quantiles and distinct values, which need all values of a group together. */
#ifndef LLMOBS_REPORT_POOL_H
#define LLMOBS_REPORT_POOL_H

#include "query/call_bills.h"
#include "query/scan.h"
#include "report/measures.h"

/*
 * Two walks. The first counts each group's values by bucket (value ranges of at most 1/32 of the
 * value), from which the buckets that hold the wanted ranks are known; the second collects only the
 * values in those buckets, and selection in them is exact. With many groups there is one bucket,
 * which is to say that all values are collected: 8 bytes each.
 */
struct pool {
    enum pool_id id;
    bool distinct;         /* values are codes of `axis`; else those of `value` */
    enum call_value value;
    const struct call_bills *bills; /* of values that need the prices; borrowed */
    struct axis axis;
    uint64_t columns;      /* of the store */
    int threads;
    struct pool_counts *counts; /* by thread, then merged into the first */
};

/* Figures by row of the report: the shown groups in order, "(other)", the total. */
struct pool_result {
    int64_t *n;         /* values */
    double (*quantiles)[QUANTILE_COUNT]; /* at report_quantiles[]; undefined where n is 0 */
    int64_t *distinct;
};

/* Which group a row stands for: order[0 .. shown) one each, order[shown .. groups) together, and
 * all of them. */
struct pool_rows {
    const uint32_t *order;
    uint32_t groups, shown;
};

/* Rows of the result: pool_rows.shown + 2. */
NODISCARD enum err pool_open(struct pool *p, enum pool_id id, const struct scan *scan,
                             struct error *err);
void pool_release(struct pool *p); /* accepts a zeroed pool */

/* Values of one slice: into room (SCAN_BLOCK), or a column as it is. memo: this thread's. */
const int64_t *pool_values(const struct pool *p, struct bucketer *memo, const struct slice *slice,
                           int64_t *room);

/* First walk: counts the values of the slice. False when out of memory. */
bool pool_count(struct pool *p, const struct slice *slice, const int64_t *values);

/* Behind the first walk: adds up what the threads counted. False when out of memory. */
bool pool_merge(struct pool *p, uint32_t groups);

/* Second walk, over all that the first one saw, and the figures. */
NODISCARD enum err pool_finish(struct pool *p, struct scan *scan, const struct pool_rows *rows,
                               struct pool_result *out, struct error *err);
void pool_result_release(struct pool_result *r);

#endif
