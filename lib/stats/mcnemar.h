/* mcnemar: whether pass and fail of the same cases changed. */
#ifndef LLMOBS_STATS_MCNEMAR_H
#define LLMOBS_STATS_MCNEMAR_H

#include <stdint.h>

/* From the cases that changed alone: X ~ Binomial(broken + fixed, 1/2). */
struct mcnemar {
    double p;       /* exact, two-sided: twice the smaller tail, at most 1; also the sign test's */
    double p_worse; /* exact, one-sided: P(X >= broken) */
    double p_mid;   /* two-sided mid-p: the observed number counts half (Fagerland 2013) */
};

/* broken: pass to fail, fixed: fail to pass; neither: all p are 1. */
struct mcnemar mcnemar_exact(int64_t broken, int64_t fixed);

/* Chi-square of one degree of freedom with continuity correction (Edwards 1948), what other tools
 * print. broken + fixed >= 1. */
double mcnemar_chi_square(int64_t broken, int64_t fixed);

#endif
