/* special: the incomplete gamma and beta functions that the distributions are made of. */
#ifndef LLMOBS_STATS_SPECIAL_H
#define LLMOBS_STATS_SPECIAL_H

/* A probability and its complement, each computed so that it is accurate when it is tiny. */
struct tails {
    double lower, upper;
};

/*
 * ln Γ(x) - ((x - 1/2) ln x - x + ln(2π)/2) for x > 0: what Stirling's formula leaves. Absolute
 * error below 1e-15 from x = 1 on (asymptotic series, Abramowitz and Stegun 6.1.41, from 16 on;
 * below through lgamma).
 */
double stirling_rest(double x);

/* x ln(x/m) + m - x for x >= 0, m > 0 without cancellation near x = m (Loader 2000, "Fast and
 * accurate computation of binomial probabilities"). */
double deviance(double x, double m);

/* ln B(a, b), a and b > 0. Through Stirling's formula, so no huge terms cancel. */
double log_beta(double a, double b);

/*
 * Regularised incomplete gamma function P(a, x) and Q(a, x), a > 0, x >= 0 (infinity allowed):
 * power series below x = a + 1, Lentz's continued fraction above (Abramowitz and Stegun 6.5.29,
 * 6.5.31). Relative error of the smaller tail below 1e-12 for a up to 1e6. NaN outside.
 */
struct tails gamma_tails(double a, double x);

/*
 * Regularised incomplete beta function I_x(a, b) and its complement, a and b > 0. y = 1 - x is
 * given too, because one of both may be known better than the subtraction can say. The continued
 * fraction BFRAC of Didonato and Morris (1992, "Significant digit computation of the incomplete
 * beta function ratios", ACM Transactions on Mathematical Software 18) by Lentz's method, on the
 * side where it converges. Relative error of the smaller tail below 1e-11 for a and b up to 1e9.
 * NaN outside.
 */
struct tails beta_tails(double a, double b, double x, double y);

#endif
