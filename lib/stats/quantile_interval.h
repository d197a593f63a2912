/* quantile_interval: how far a quantile of a sample may be from that of its source, without
 * assuming a distribution, and by what factor it changed. */
#ifndef LLMOBS_STATS_QUANTILE_INTERVAL_H
#define LLMOBS_STATS_QUANTILE_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

/* Order statistics around a quantile (Hahn and Meeker 1991, "Statistical Intervals"). */
struct quantile_ranks {
    size_t low, high; /* ranks from 1 on; 0: this end is open, the sample is too small for it */
    double coverage;  /* the probability reached, at least the one asked for when both are closed */
};

/*
 * l = F'(α/2) and u = F'(1 - α/2) + 1, α = 1 - confidence, F' the quantile function of
 * Binomial(n, q). n >= 0, 0 < q < 1. At 95 % the upper end needs n >= 6 for the median, 72 for p95
 * and 368 for p99. O(log n) evaluations of the incomplete beta function.
 */
struct quantile_ranks quantile_ranks(size_t n, double q, double confidence);

struct quantile_ratio {
    double baseline, current; /* the two quantiles, type 7 */
    double ratio;             /* current / baseline */
    double low, high;
    bool has_ratio;         /* both quantiles above 0 */
    bool has_low, has_high; /* an end is known when the two ends that it is made of are closed and
                             * above 0: of a few values none is above their p95 */
    bool has_interval;      /* both are */
};

/* Change of quantile q between two sorted samples of n >= 1 values, with the MOVER interval on
 * the logarithms (Zou and Donner 2008, Statistics in Medicine 27). */
struct quantile_ratio quantile_ratio(const double *baseline, size_t n_baseline,
                                     const double *current, size_t n_current, double q,
                                     double confidence);

#endif
