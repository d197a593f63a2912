/* signed_rank: Wilcoxon's test of paired differences. */
#ifndef LLMOBS_STATS_SIGNED_RANK_H
#define LLMOBS_STATS_SIGNED_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include "base/error.h"

struct signed_rank {
    size_t n;         /* differences that are not 0 */
    double statistic; /* the smaller of the sums of ranks of positive and negative differences */
    double p;         /* two-sided, normal with tie correction, without continuity correction */
};

/*
 * n finite differences. Zeros are left out (Wilcoxon), or ranked with the others and then left out
 * (pratt). ERR_EMPTY when all are 0; ERR_NOMEM.
 */
NODISCARD enum err signed_rank_test(const double *d, size_t n, bool pratt, struct signed_rank *out,
                                    struct error *err);

#endif
