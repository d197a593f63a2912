/* moments: mean, standard deviation and skewness of what comes, in one pass; exact-ish sums. */
#ifndef LLMOBS_STATS_MOMENTS_H
#define LLMOBS_STATS_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sum that keeps what rounding loses (Neumaier 1974). Zeroed storage is 0. */
struct sum {
    double total, rest;
};

void sum_add(struct sum *s, double x);
double sum_value(const struct sum *s);

/* Central moments by Welford's and Pébay's update (2008, Sandia report SAND2008-6212). Zeroed
 * storage is empty. */
struct moments {
    size_t n, missing; /* values counted; NaN and infinite ones left out */
    double mean, m2, m3;
};

void moments_add(struct moments *m, double x);
struct moments moments_of(const double *x, size_t n);

/* Of n values with this mean and standard deviation (ddof 1; of n < 2 it does not count); no third
 * moment. */
struct moments moments_from(int64_t n, double mean, double sd);

/* All values of both, and those of `all` that are not in the `part` of it; no third moment. */
struct moments moments_merged(struct moments a, struct moments b);
struct moments moments_without(struct moments all, struct moments part);

/*
 * False, *out untouched, when undefined: the mean of nothing, the variance of less than 2 values
 * (n - ddof < 1), the skewness of equal values, anything that left the range of a double.
 */
bool moments_mean(const struct moments *m, double *out);
bool moments_variance(const struct moments *m, size_t ddof, double *out); /* ddof 1: of a sample */
bool moments_sd(const struct moments *m, size_t ddof, double *out);

/* Third central moment over the cube of the standard deviation, both with ddof 0. */
bool moments_skewness(const struct moments *m, double *out);

#endif
