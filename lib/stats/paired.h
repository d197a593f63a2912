/* paired: the difference of two runs over the same cases, and what it could have missed. */
#ifndef LLMOBS_STATS_PAIRED_H
#define LLMOBS_STATS_PAIRED_H

#include <stddef.h>
#include "base/error.h"
#include "stats/interval.h"

struct paired {
    size_t n, missing; /* pairs; pairs with a NaN or infinite difference, left out */
    size_t clusters;   /* of the n pairs */
    double mean;       /* of the differences */
    double skewness;   /* of the differences, 0 when they are equal */
    double se, df;     /* cluster-robust standard error, clusters - 1 */
    double t;          /* mean / se; NaN when se is 0 */
    double p, p_worse; /* two-sided; P(T <= t), that candidate is worse */
};

/*
 * Mean of n differences candidate - baseline, signed so that + is better, with
 * se^2 = G/(G-1) Σ_clusters (Σ_cluster (d - mean))² / n² over G clusters (CR1; Miller 2024, "Adding
 * error bars to evals", arXiv 2411.00640). One case a cluster gives the ordinary paired t test.
 *
 *   cluster     of each case, below n_clusters; NULL: each case is its own
 *   out         se = 0 (below 1e-12 of the largest difference): t is undefined, p are 0 or 1 by the
 *               sign of the mean, a mean of 0 being no change
 *   err         ERR_EMPTY with less than 2 clusters: nothing but n, missing, clusters and mean (0
 * of nothing) is known; ERR_NOMEM
 */
NODISCARD enum err paired_test(const double *d, const size_t *cluster, size_t n, size_t n_clusters,
                               struct paired *out, struct error *err);

/* mean -+ t se at a confidence such as 0.95, of a test that returned OK. */
struct interval paired_interval(const struct paired *p, double confidence);

/* The smallest loss that a one-sided test of these data at the level alpha (0.05) finds with
 * probability 80 %: (t_{1 - alpha} + z_.80) se. */
double paired_detectable(const struct paired *p, double alpha);

/* Cases of this kind (same spread, same clustering) that a loss of `margin` > 0 needs to be found
 * at the level alpha with probability 80 %: ((z_{1 - alpha} + z_.80) se sqrt(n) / margin)², rounded
 * up. */
double paired_cases_needed(const struct paired *p, double margin, double alpha);

#endif
