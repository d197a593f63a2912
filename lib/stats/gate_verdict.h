/* gate_verdict: what a paired comparison lets a gate say about a change. */
#ifndef LLMOBS_STATS_GATE_VERDICT_H
#define LLMOBS_STATS_GATE_VERDICT_H

#include <stddef.h>
#include "stats/paired.h"

/* How sure a gate is about one metric. */
enum gate_verdict { GATE_IMPROVED, GATE_PASS, GATE_INCONCLUSIVE, GATE_FAIL };

/*
 * FAIL: p_worse <= alpha and the loss is above the margin (>= 0). IMPROVED: the lower end of the
 * 1 - 2 alpha interval is above 0. PASS: it is above -margin. In this order, else INCONCLUSIVE.
 * p_worse is handed in, for it may be exact (McNemar) or adjusted (Holm); 0 < alpha < 1/2.
 */
enum gate_verdict gate_verdict(const struct paired *p, double p_worse, double margin,
                               double alpha);

/* Of several metrics: any FAIL, else any INCONCLUSIVE, else any PASS, else IMPROVED. Of none:
 * INCONCLUSIVE. */
enum gate_verdict gate_overall(const enum gate_verdict *v, size_t n);

#endif
