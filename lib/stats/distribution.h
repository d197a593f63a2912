/* distribution: probabilities and quantiles of the distributions that tests and intervals need. */
#ifndef LLMOBS_STATS_DISTRIBUTION_H
#define LLMOBS_STATS_DISTRIBUTION_H

#include <stdint.h>

/*
 * "upper" is P(X > x) (of a count: P(X >= k)), computed directly, so that a p value of 1e-200 is
 * one. Relative error below 1e-11 unless said otherwise. Quantiles are found by bisection down to
 * the last bits; outside of their range they give NaN. NaN in, NaN out.
 */

double normal_lower(double z);
double normal_upper(double z); /* through erfc() of the C library */

/* z with P(Z <= z) = p, 0 < p < 1: algorithm AS 241 (Wichura 1988, Applied Statistics 37) and one
 * Newton step; relative error below 1e-14. */
double normal_quantile(double p);

double t_upper(double t, double df); /* Student, df > 0 */

/* t >= 0 with P(T > t) = upper, 0 < upper <= 1/2. */
double t_critical(double upper, double df);

double chi_square_upper(double x, double df); /* x >= 0, df > 0 */
double f_upper(double f, double df1, double df2);

double beta_lower(double x, double a, double b); /* 0 <= x <= 1 */
double beta_quantile(double p, double a, double b);

/* Binomial, n >= 0 trials of probability p in 0..1. */
double binomial_density(int64_t k, int64_t n, double p);
double binomial_lower(int64_t k, int64_t n, double p); /* P(X <= k) */
double binomial_upper(int64_t k, int64_t n, double p); /* P(X >= k) */

/* The smallest k with P(X <= k) >= probability. */
int64_t binomial_quantile(double probability, int64_t n, double p);

/* Limit law of sqrt(n) D of Kolmogorov and Smirnov, P(K > lambda): the alternating series from 1.18
 * on, Jacobi's theta transform of it below. Relative error below 1e-13. */
double kolmogorov_upper(double lambda);

#endif
