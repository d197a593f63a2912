/* weighted: weighted means: of integers as exact sums and one division at the end, and of doubles
 * with their error. */
#ifndef LLMOBS_STATS_WEIGHTED_H
#define LLMOBS_STATS_WEIGHTED_H

#include <stdbool.h>
#include <stddef.h>
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

/* How far a weighted mean can be relied on. */
struct weighted_estimate {
    size_t n, missing; /* pairs; those with a NaN or infinite side, left out */
    double mean;       /* Σ weight value / Σ weight */
    double effective_n; /* (Σ weight)² / Σ weight²: below n/4 a few large weights decide (Kish) */
    double se; /* of a ratio, linearised: sqrt(Σ weight² (value - mean)² n/(n - 1)) / Σ weight;
                * the interval is mean -+ t of n - 1 degrees of freedom times se */
    bool has_mean; /* some weight is above 0; effective_n is known too */
    bool has_se;   /* and n >= 2 */
};

/* Weights >= 0. */
struct weighted_estimate weighted_estimate(const double *value, const double *weight, size_t n);

/* Quantile of sorted values, each of which stands for `weight` > 0 of them: the smallest value up to
 * which at least q of all weight lies (definition 1 of Hyndman and Fan with weights). n >= 1. */
double weighted_quantile(const double *sorted, const double *weight, size_t n, double q);

#endif
