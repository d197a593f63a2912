/* slo: service level objectives as alert rules. */
#ifndef LLMOBS_ALERT_SLO_H
#define LLMOBS_ALERT_SLO_H

#include "alert/rule.h"

/*
 * Reads {"slos": [{"name": "fast answers", "good": "latency<2s", "objective": "99%", "window":
 * "30d", "where": ["feature=search"]}]}. Each becomes three rules on the share of good calls, with
 * the burn rates of the Site Reliability Workbook (2018, chapter 5): NAME.fast (P1: 14.4 times the
 * errors that are allowed, in 1 h and in 5 min), NAME.slow (P2: 6 times, in 6 h and in 30 min) and
 * NAME (P1: the objective is missed over its window). Errors as rules_read().
 */
NODISCARD enum err slo_read(struct sv text, const char *file, struct arena *arena,
                            struct rule_set *out, struct error *err);

#endif
