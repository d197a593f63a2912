/* backtest: when rules would have fired first. */
#ifndef LLMOBS_ALERT_BACKTEST_H
#define LLMOBS_ALERT_BACKTEST_H

#include "alert/judge.h"

/*
 * Judges each rule at instants from since_us to spec->now_us, as far apart as its window is long (5
 * minutes at least), until it fires. Of each rule one verdict: that of this
 * instant, with since_us of it; or, where it never fired, that of the last one. Composites are left
 * out. O(rules × instants × calls in a window).
 */
NODISCARD enum err backtest_rules(struct store *s, const struct judge_spec *spec, int64_t since_us,
                                  struct arena *a, struct verdicts *out, struct error *err);

#endif
