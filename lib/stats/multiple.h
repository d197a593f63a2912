/* multiple: p values of many tests together. */
#ifndef LLMOBS_STATS_MULTIPLE_H
#define LLMOBS_STATS_MULTIPLE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/error.h"

/*
 * Adjusted p values into adjusted[0 .. n - 1] (not p itself). A missing p (NaN) stays missing and
 * is not counted as a test. ERR_NOMEM, nothing written.
 */

/* Benjamini and Hochberg (1995), step-up: the share of false ones among all at least as small. */
NODISCARD enum err adjust_bh(const double *p, size_t n, double *adjusted, struct error *err);

/* Holm (1979), step-down: the chance of any false one. */
NODISCARD enum err adjust_holm(const double *p, size_t n, double *adjusted, struct error *err);

/* One p of all, valid under dependence (Liu and Xie 2020, the Cauchy combination), missing ones
 * left out; p is kept within 1e-15 of 0 and 1. False, *out untouched, when there is none. */
bool combine_cauchy(const double *p, size_t n, double *out);

/* min(1, -log10(p) / 6): 0 for p = 1, 1 from one in a million on; 0 <= p <= 1. */
double composite_score(double p);

/* p of an observed statistic after `permutations` random ones, of which `as_large` reached it
 * (Phipson and Smyth 2010): (1 + as_large) / (1 + permutations), never 0. */
double permutation_p(size_t as_large, size_t permutations);

#endif
