/* pairs: two-sample tests on a matrix of all pairs of both windows, p by permutation. */
#ifndef LLMOBS_STATS_PAIRS_H
#define LLMOBS_STATS_PAIRS_H

#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "stats/vectors.h"

/* Sums over the pairs of a symmetric matrix; x: the n rows of the first window, y: the m others. */
struct pair_sums {
    double xx, yy; /* over i != j, each pair in both orders */
    double xy;     /* over all n m */
    double n, m;
};

/*
 * Euclidean distances of all pairs of the pooled vectors, x's first: (n + m)² values, row after
 * row, 0 on the diagonal. Both of the same dimension. O((n + m)² dim).
 */
void pair_distances(const struct vectors *x, const struct vectors *y, double *matrix);

/* Of the matrix as it stands: the first n rows against the others. */
struct pair_sums pair_sums(const double *matrix, size_t n, size_t m);

/* Larger means farther apart. n and m are 2 and more. */
typedef double pair_statistic(const struct pair_sums *s);

#define PERMUTATIONS 999
#define PERMUTATIONS_SURE 9999 /* when the first 999 say p <= 0.005 */

struct permutation_test {
    double observed, p;
    size_t permutations;
};

/*
 * p of the statistic under random labels (permutation_p() in multiple.h; 1e-12 below the observed
 * value counts as reaching it).
 *
 *   cluster   session of each row, below n_clusters; whole sessions change sides, one that is in
 *             both windows as two. NULL: each row for itself. A permutation that leaves less than 2
 *             rows on a side counts as reaching the observed value.
 *   permutations  0: PERMUTATIONS, and PERMUTATIONS_SURE when these say p <= 0.005
 *   err       ERR_EMPTY with less than 2 rows on a side; ERR_NOMEM
 *
 * Only the smaller side's sum is computed: the total and the row sums are the same for all labels.
 */
NODISCARD enum err pair_permutation_test(const double *matrix, size_t n, size_t m,
                                         const size_t *cluster, size_t n_clusters,
                                         pair_statistic *statistic, size_t permutations,
                                         uint64_t seed,
                                         struct permutation_test *out, struct error *err);

#endif
