/* shrink: figures of many segments, each drawn towards all as far as its size says nothing. */
#ifndef LLMOBS_STATS_SHRINK_H
#define LLMOBS_STATS_SHRINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "stats/interval.h"

/* Of all segments' rates: empirical Bayes with a beta distribution, by moments. */
struct shrink_rates {
    double pooled; /* ΣX / ΣN */
    double rho;    /* how segments differ beyond chance, where has_rho */
    bool has_rho;
    double strength; /* M = max(1/rho - 1, 1): as many calls of the pooled rate are added */
    bool differ;     /* rho above 1e-9; else everybody has (ΣX + 1/2)/(ΣN + 1) and no interval */
};

/* One segment: (x + pooled M)/(n + M) and the 90 % interval of its Beta posterior. */
struct shrunk_rate {
    double value;
    struct interval interval; /* only where segments differ */
};

/* x events in n calls of each segment, into out. False, nothing written, when no segment has a
 * call.
 */
bool shrink_rates(const int64_t *x, const int64_t *n, size_t segments, struct shrink_rates *all,
                  struct shrunk_rate *out);

/* Of all segments' means: normal, between-variance by DerSimonian and Laird (1986). */
struct shrink_means {
    double overall;
    double tau2; /* 0: segments do not differ, everybody has the overall mean */
};

/*
 * Mean, standard deviation (n - 1) and number of each segment; shrunk means into out. The variance
 * within is pooled. Segments with n = 0 give NaN and count for nothing; where the variance within
 * is 0, means are what they are. False, nothing written, when no segment has a value.
 */
bool shrink_means(const double *mean, const double *sd, const int64_t *n, size_t segments,
                  struct shrink_means *all, double *out);

/* Indices of the segments by value, the highest (or lowest) first; equal ones by n descending, then
 * as they came; NaN last. ERR_NOMEM. */
NODISCARD enum err shrink_order(const double *value, const int64_t *n, size_t segments,
                                bool lowest_first, size_t *order, struct error *err);

#endif
