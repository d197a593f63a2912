/* event_sums: what stands beside the calls, added up by name and period. */
#ifndef LLMOBS_STORE_EVENT_SUMS_H
#define LLMOBS_STORE_EVENT_SUMS_H

#include "store/store.h"

enum event_kind {
    EVENT_SCORE,  /* by name of the score: its value */
    EVENT_BRANCH, /* by condition: 1 where it was true */
    EVENT_TOOL,   /* by tool: 1 where the call of it failed */
    EVENT_KINDS,
};

struct event_sum {
    struct sv name; /* borrowed for the call */
    int64_t period; /* from 0 on */
    int64_t n;
    int64_t sum_millionths; /* of the values, each to six decimals: exact in any order */
};

/*
 * Calls visit(ctx, sum) for each name and period of step_us (above 0) in [since_us, until_us) that
 * has events, in no order. Events go by their own time, else by that of their call. Stops at the
 * first error that visit returns and passes it on. O(events stored).
 */
NODISCARD enum err store_event_sums(struct store *s, enum event_kind kind, int64_t since_us,
                                    int64_t until_us, int64_t step_us,
                                    enum err (*visit)(void *ctx, const struct event_sum *sum,
                                                      struct error *err),
                                    void *ctx, struct error *err);

#endif
