/* centroid: drift of embeddings as the move of their mean and the change of their spread. */
#ifndef LLMOBS_STATS_CENTROID_H
#define LLMOBS_STATS_CENTROID_H

#include "base/error.h"
#include "stats/vectors.h"

#define CENTROID_ALERT 0.15 /* alert when the score is above */

struct centroid_drift {
    double distance;                        /* cosine distance of the two mean vectors, 0..2 */
    double baseline_spread, current_spread; /* standard deviation (ddof 0) of each vector's cosine
                                             * distance to its own window's mean */
    double spread_change;                   /* |current - baseline| / (baseline + 1e-8) */
    double score;                           /* min(1, 0.7 distance + 0.3 spread_change) */
    size_t excluded; /* vectors of length 0 or not finite, in neither mean nor spread */
};

/*
 * Means of the raw vectors, which are not normalised first. ERR_USAGE for two dimensions; ERR_EMPTY
 * for a window without vectors or with a mean of 0, which has no direction; ERR_NOMEM.
 */
NODISCARD enum err centroid_drift(const struct vectors *baseline, const struct vectors *current,
                                  struct centroid_drift *out, struct error *err);

#endif
