/* sigma_chart: mean and standard deviation of earlier periods as limits, the plain control chart.
 */
#ifndef LLMOBS_STATS_SIGMA_CHART_H
#define LLMOBS_STATS_SIGMA_CHART_H

#include <stdbool.h>
#include <stddef.h>

struct sigma_chart {
    size_t n;        /* baseline periods */
    double mean, sd; /* of a sample, n - 1 */
    double low, high;
    bool has_mean, has_limits; /* one period; two */
};

/* Limits k_sigma standard deviations around the mean of the baseline periods' values; NaN and
 * infinite ones are left out. */
struct sigma_chart sigma_chart(const double *baseline, size_t n, double k_sigma);

/* Into *flag whether x is outside, strictly. False, untouched, when undefined: less than 2 periods,
 * a standard deviation of 0, x missing. */
bool sigma_chart_flag(const struct sigma_chart *c, double x, bool *flag);

#endif
