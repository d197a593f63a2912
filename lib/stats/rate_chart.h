/* rate_chart: whether a period's rate is unusual, when periods differ more than chance alone. */
#ifndef LLMOBS_STATS_RATE_CHART_H
#define LLMOBS_STATS_RATE_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much rates of groups differ beyond binomial chance (Kleinman 1973, by moments). */
struct rate_spread {
    double events, n; /* over all groups with n > 0 */
    size_t groups;
    double rho;   /* intra-class correlation; may be negative */
    bool has_rho; /* two groups and more, and neither no nor only events */
};

struct rate_spread rate_spread(const int64_t *x, const int64_t *n, size_t groups);

/* What the baseline periods predict: a Beta(a, b) distribution of the rate. */
struct rate_chart {
    struct rate_spread spread;
    double a, b;
};

/* a + b = N + 1 around (X + 1/2)/(N + 1), less where the periods are overdispersed: then at most
 * max(1/rho - 1, 2). No period: Beta(1/2, 1/2). */
struct rate_chart rate_chart(const int64_t *x, const int64_t *n, size_t periods);

struct rate_surprise {
    double p_upper, p_lower; /* P(X >= x), P(X <= x), beta-binomial */
    double z; /* normal score of the mid-p, in which P(X = x) counts half: for an EWMA; kept within
               * +-37, where a p leaves the range of a double */
};

#define RATE_CHART_ALARM 0.00135
#define RATE_CHART_WATCH 0.01

/* x events in n of a new period, 0 <= x <= n. False, *out untouched, for n = 0. O(n) at most. */
bool rate_chart_surprise(const struct rate_chart *c, int64_t x, int64_t n,
                         struct rate_surprise *out);

/* The smallest number of events in n of a new period that is less probable than alpha from above,
 * or the largest from below. False, *out untouched: none is (0 of a few may always happen). O(n log
 * n).
 */
bool rate_chart_limit(const struct rate_chart *c, int64_t n, double alpha, bool above,
                      int64_t *out);

#endif
