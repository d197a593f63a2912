/* divergence: how far two distributions over categories or bins are apart. */
#ifndef LLMOBS_STATS_DIVERGENCE_H
#define LLMOBS_STATS_DIVERGENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct divergence {
    double kl, kl_reverse;  /* Kullback and Leibler, nats: Σ p ln(p/q), baseline p first; infinite
                             * where the other side is 0 (not with a pseudo-count) */
    double js_bits;         /* Jensen and Shannon's divergence, 0..1 */
    double js_distance;     /* its root, a metric, 0..1 */
    double psi;             /* population stability index: kl + kl_reverse */
    double psi_noise;       /* what noise alone gives on average: (B - 1)(1/n + 1/m) */
    double total_variation; /* 0..1 */
    double hellinger;       /* 0..1 */
};

/* Counts n_bins >= 1 of the union of both sides' categories, as shares (count + pseudo) /
 * (total + pseudo n_bins), pseudo >= 0. False, *out untouched, when one side has no counts. */
bool divergence_of_counts(const int64_t *baseline, const int64_t *current, size_t n_bins,
                          double pseudo, struct divergence *out);

/* Of two probability vectors that each add up to 1; psi_noise is 0. */
struct divergence divergence_of_shares(const double *p, const double *q, size_t n);

#endif
