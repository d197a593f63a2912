/* bootstrap: the percentile interval of a mean over resampled clusters, for few or skewed ones. */
#ifndef LLMOBS_STATS_BOOTSTRAP_H
#define LLMOBS_STATS_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "stats/interval.h"

#define BOOTSTRAP_RESAMPLES 10000

/*
 * Draws n_clusters of the clusters with replacement, `resamples` times, and takes the mean over all
 * values drawn; the interval ends at its quantiles (type 7) (1 -+ confidence)/2. Cluster i is given
 * by the sum of its values and their number, which is not 0; single values are clusters of 1 (sizes
 * NULL). ERR_EMPTY for less than 2 clusters; ERR_NOMEM. O(resamples * n_clusters).
 */
NODISCARD enum err bootstrap_mean(const double *sums, const size_t *sizes, size_t n_clusters,
                                  size_t resamples, double confidence, uint64_t seed,
                                  struct interval *out, struct error *err);

/* Whether the t interval deserves company: fewer than 15 clusters, or |skewness| > 2 with at most
 * 5,000 clusters. */
bool bootstrap_advised(size_t n_clusters, double skewness);

#endif
