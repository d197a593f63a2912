/* mmd: whether two windows of embeddings come from one source: maximum mean discrepancy. */
#ifndef LLMOBS_STATS_MMD_H
#define LLMOBS_STATS_MMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "stats/pairs.h"
#include "stats/vectors.h"

#define MMD_VECTORS_MAX                                                                            \
    500 /* a side: sample more down (random_sample), time grows with the square */
#define MMD_VERDICT_MIN 30 /* a side: with less there is a figure, but no verdict */

struct mmd {
    double median_distance; /* of all pairs, the kernel's width */
    double mmd2;            /* unbiased, so it may be slightly negative (Gretton et al. 2012) */
    double p;               /* by permutation */
    size_t permutations;
    double kernel_auc; /* how often the kernel tells a current vector from a baseline one, ties
                        * half: 0.5 never, 1 always */
    double energy2;    /* 2E|X - Y| - E|X - X'| - E|Y - Y'|, all pairs (Székely and Rizzo 2013) */
    double energy_h;   /* the same of pairs i != j over 2E|X - Y|, at most 1; where has_energy_h */
    bool has_energy_h; /* not all vectors are the same */
};

/*
 * Kernel exp(-d²/median²), 1 when all vectors are the same. Vectors of length 0 carry no meaning:
 * leave them out before.
 *
 *   cluster     session of each vector, the baseline's first, below n_clusters; NULL: none repeats
 *   score       n + m values, or NULL: mean kernel to the current window less that to the baseline,
 *               itself left out; the largest are the most typical new ones, the smallest the most
 *               typical vanished
 *   permutations  as in pair_permutation_test(): 0 leaves the number to it
 *   err         ERR_USAGE for two dimensions, ERR_EMPTY with less than 2 a side, ERR_RANGE for a
 *               vector that is not finite, ERR_NOMEM; out and score are untouched then
 *
 * O((n + m)² (dim + permutations/8)) time, 8 (n + m)² bytes.
 */
NODISCARD enum err mmd_test(const struct vectors *baseline, const struct vectors *current,
                            const size_t *cluster, size_t n_clusters, size_t permutations,
                            uint64_t seed, struct mmd *out, double *score, struct error *err);

/* The statistics, for pair_permutation_test(): of a kernel matrix, of a matrix of distances. */
double mmd_statistic(const struct pair_sums *s);
double energy_statistic(const struct pair_sums *s);

#endif
