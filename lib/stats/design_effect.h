/* design_effect: how many independent values calls of the same sessions are worth. */
#ifndef LLMOBS_STATS_DESIGN_EFFECT_H
#define LLMOBS_STATS_DESIGN_EFFECT_H

#include <stddef.h>
#include "base/error.h"

/*
 * Intra-class correlation by one-way analysis of variance (Donner 1986) of n finite values; cluster
 * i of value i is below n_clusters. For a comparison the values are the midranks of the baseline.
 * 0 when there are less than 2 clusters, only single values, or only equal values. May be negative.
 * ERR_NOMEM.
 */
NODISCARD enum err intraclass_correlation(const double *x, const size_t *cluster, size_t n,
                                          size_t n_clusters, double *out, struct error *err);

/*
 * Kish's design effect of a window: max(1, 1 + (Σm²/Σm - 1) icc) for clusters of m values; the
 * effective number of values is Σm over it. 1 for an empty window.
 */
double design_effect(const size_t *sizes, size_t n_clusters, double icc);

#endif
