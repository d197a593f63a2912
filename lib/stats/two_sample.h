/* two_sample: whether and how far two windows of a numeric field differ. */
#ifndef LLMOBS_STATS_TWO_SAMPLE_H
#define LLMOBS_STATS_TWO_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include "stats/interval.h"
#include "stats/moments.h"

/*
 * x and y: the baseline's and the current window's finite values, ascending (sample.h), n and m of
 * them. Where one window is empty there is no answer: false, *out untouched. All O(n + m).
 */

/* Kolmogorov and Smirnov: the largest distance of the two distribution functions, after all values
 * that are equal; 0..1. */
bool ks_distance(const double *x, size_t n, const double *y, size_t m, double *out);

/* Its p by the limit law, n and m > 0. Effective numbers where calls of a session are alike. */
double ks_p(double distance, double n, double m);

/* Wasserstein's distance W1 in the unit of the values: of logarithms the mean absolute log ratio of
 * the quantiles. *ks: ks_distance() in any case, for the same walk; 0 where a window is empty. */
bool wasserstein(const double *x, size_t n, const double *y, size_t m, double *ks, double *out);

/* The same of the logarithms of values above 0. */
bool wasserstein_log(const double *x, size_t n, const double *y, size_t m, double *ks, double *out);

struct rank_test {
    double u;   /* pairs with current > baseline, ties half */
    double auc; /* u / (n m) = P(current > baseline) + P(tie)/2; 0.5: no shift */
    double p;   /* two-sided, normal with tie and continuity correction; 1 when all are equal */
};

/* Mann and Whitney. */
bool mann_whitney(const double *x, size_t n, const double *y, size_t m, struct rank_test *out);

/* Interval of an AUC of n and m values (Hanley and McNeil 1982, Radiology 143), within 0..1;
 * n and m >= 1, effective numbers where calls of a session are alike. */
struct interval auc_interval(double auc, double n, double m, double confidence);

struct mean_test {
    double difference; /* current - baseline */
    double se, df;     /* Welch and Satterthwaite's */
    double p;          /* two-sided */
};

/* Welch's t test, values in any order. Also false with less than 2 values on a side, when both
 * sides are constant, or when a sum leaves the range of a double. */
bool welch_test(const double *x, size_t n, const double *y, size_t m, struct mean_test *out);

/* The same of what is known of two windows. */
bool welch_of_moments(const struct moments *a, const struct moments *b, struct mean_test *out);

/* The same where calls of a session are alike: n values are worth n_eff independent ones. */
bool welch_effective(const double *x, size_t n, double n_eff, const double *y, size_t m,
                     double m_eff, struct mean_test *out);

struct mean_ratio {
    double ratio; /* current / baseline */
    struct interval interval;
};

/* Ratio of means of what is positive (cost per call), with the interval of its logarithm by the
 * delta method: variances v/(n mean²) added as in Welch's test. Also false where welch_test() is,
 * and when a mean is 0 or negative. */
bool mean_ratio(const double *x, size_t n, const double *y, size_t m, double confidence,
                struct mean_ratio *out);
bool mean_ratio_effective(const double *x, size_t n, double n_eff, const double *y, size_t m,
                          double m_eff, double confidence, struct mean_ratio *out);

#endif
