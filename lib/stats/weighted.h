/* weighted: means of integers as exact sums and one division at the end. */
#ifndef LLMOBS_STATS_WEIGHTED_H
#define LLMOBS_STATS_WEIGHTED_H

#include <stdbool.h>
#include <stdint.h>
#include "base/wide.h"

/*
 * Sum of values times weights and sum of weights, in 128 bits: the order of adding does not
 * change it. Zeroed storage is empty. The token-weighted latency (the latency that the average
 * output token had) is the mean of latencies weighted by output tokens.
 */
struct weighted {
    i128 product, weight;
    int64_t n;     /* pairs added, those of weight 0 included */
    bool overflow; /* the sums left 128 bits: there is no mean */
};

/* weight >= 0. */
void weighted_add(struct weighted *w, int64_t value, int64_t weight);
void weighted_merge(struct weighted *into, const struct weighted *from);

/* The mean; false, *out untouched, when all weights are 0 or the sums overflowed. */
bool weighted_mean(const struct weighted *w, double *out);

#endif
