/* quantile: exact quantiles by selection, never from a sketch. */
#ifndef LLMOBS_STATS_QUANTILE_H
#define LLMOBS_STATS_QUANTILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where quantile q of n sorted values x_0 .. x_{n-1} stands by Hyndman and Fan's type 7 (the
 * default of R, NumPy and spreadsheets): h = (n - 1) q, value x_low + fraction (x_high - x_low).
 */
struct quantile_place {
    size_t low, high; /* high is low or low + 1 */
    double fraction;  /* 0 <= fraction < 1 */
};

/* n >= 1, 0 <= q <= 1. */
struct quantile_place quantile_place(double q, size_t n);

/* The value between the two neighbours. Exactly `low` when fraction is 0 or both are equal. */
double quantile_between(double low, double high, double fraction);

/*
 * Where quantile q stands when it shall be a value that occurred: index max(1, ceil(nq - 1e-9)) - 1
 * (type 1, percentile_disc of SQL; the trifle keeps 0.07 * 100 = 7.000000000000001 from being 8).
 * n >= 1, 0 <= q <= 1.
 */
size_t quantile_nearest(double q, size_t n);

/*
 * Puts the values of the ascending ranks (0-based, each < n) where they would stand were v sorted;
 * the other values are reordered around them. O(n) for few ranks, never worse than
 * O(n log n) whatever the values are; the same result for the same input.
 */
void select_ranks(int64_t *v, size_t n, const size_t *ranks, size_t n_ranks);

#define QUANTILES_MAX 8

/* Quantiles q[0] <= q[1] <= ... (n_q <= QUANTILES_MAX) of v, n >= 1, into out. Reorders v. */
void quantiles(int64_t *v, size_t n, const double *q, size_t n_q, double *out);

#endif
