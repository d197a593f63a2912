/* level_chart: whether a positive figure (p95, cost per call) left the level of earlier periods. */
#ifndef LLMOBS_STATS_LEVEL_CHART_H
#define LLMOBS_STATS_LEVEL_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include "base/error.h"

#define LEVEL_CHART_MIN 8 /* baseline periods */

struct level_chart {
    size_t n, missing;            /* baseline periods used; those that are missing, 0 or negative */
    double median;                /* geometric: of the logarithms, and back */
    double log_median, log_sigma; /* median and 1.4826 MAD of the logarithms */
    double
        threshold; /* of |z|: 3 + 6 (8/n)^1.38, which allows for a level known from few periods */
};

/* ERR_EMPTY with less than LEVEL_CHART_MIN periods ("insufficient data (n 7, needs 8)"); ERR_NOMEM.
 * n and missing are filled in either way. */
NODISCARD enum err level_chart(const double *baseline, size_t n, struct level_chart *out,
                               struct error *err);

/* (ln x - median) / sigma. False, *z untouched, for a sigma of 0 and for x missing, 0 or negative.
 */
bool level_chart_z(const struct level_chart *c, double x, double *z);

/*
 * Takes a season out: ratio[i] = x[i] over the median of the same slot in earlier seasons, that is
 * of x[i - k slots], k = 1 .. 8 (slots >= 1; 168: the same hour of the last weeks; 7: the same
 * weekday). NaN where less than 4 of those are known and positive, or x[i] is not.
 */
void season_ratio(const double *x, size_t n, size_t slots, double *ratio);

#endif
