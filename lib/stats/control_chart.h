/* control_chart: slow and sudden changes in a series of standardised values. */
#ifndef LLMOBS_STATS_CONTROL_CHART_H
#define LLMOBS_STATS_CONTROL_CHART_H

#include <stddef.h>
#include <stdint.h>

/*
 * Each takes z[0 .. n - 1], oldest first, and gives one result for each value. A missing value
 * (NaN) leaves the state as it is and raises nothing. "first" is the index of the first alarm, n:
 * none.
 */

struct ewma {
    double value; /* e = lambda z + (1 - lambda) e, from 0 on */
    double
        limit; /* alarm where |value| is above L sqrt(lambda/(2 - lambda)(1 - (1 - lambda)^2t)) */
};

#define EWMA_LAMBDA 0.2
#define EWMA_L 3.0

/* Exponentially weighted moving average (Roberts 1959; Lucas and Saccucci 1990). */
size_t ewma_chart(const double *z, size_t n, double lambda, double l, struct ewma *out);

struct cusum {
    double up, down; /* max(0, before +- z - k), from 0 on, never reset */
};

#define CUSUM_K 0.5
#define CUSUM_H 5.0

/* Tabular cumulative sums (Page 1954); alarm where one is above h. */
size_t cusum_chart(const double *z, size_t n, double k, double h, struct cusum *out);

/* First |z| above the limit. */
size_t shewhart_first(const double *z, size_t n, double limit);

/* The Western Electric rules (1956) that signal at a value, as bits. For 2 and 3 the value itself
 * must be beyond, on the same side. */
enum western_electric {
    WE_BEYOND_3 = 1 << 1, /* rule 1 */
    WE_2_OF_3_BEYOND_2 = 1 << 2,
    WE_4_OF_5_BEYOND_1 = 1 << 3,
    WE_8_ON_ONE_SIDE = 1 << 4,
};

void western_electric(const double *z, size_t n, uint8_t *rules);

#endif
