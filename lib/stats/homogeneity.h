/* homogeneity: Pearson's chi-square test whether two windows share their categories alike. */
#ifndef LLMOBS_STATS_HOMOGENEITY_H
#define LLMOBS_STATS_HOMOGENEITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct homogeneity {
    double chi_square;
    size_t df;
    double p;
    double cramers_v;      /* sqrt(chi-square / N) for two rows, 0..1 */
    double least_expected; /* the smallest expected count */
};

/*
 * 2 x n_bins table without correction; categories without a count on either side do not exist.
 * deflation divides chi-square: 1, or the ratio of naive to effective n m / (n + m) where calls of
 * a session are alike. False, *out untouched, with less than two categories or an empty side.
 */
bool homogeneity_test(const int64_t *baseline, const int64_t *current, size_t n_bins,
                      double deflation, struct homogeneity *out);

#endif
