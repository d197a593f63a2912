/* phase_times: where the time of a request went, by phase. */
#ifndef LLMOBS_QUERY_PHASE_TIMES_H
#define LLMOBS_QUERY_PHASE_TIMES_H

#include "query/phases.h"
#include "query/trace_load.h"

struct phase_time {
    int64_t us;       /* trace_spent() */
    int64_t steps;    /* spans, calls and tool calls of the phase */
    int64_t failed;   /* of these */
    uint32_t longest; /* the one that takes longest; TRACE_NONE: none has a duration */
};

struct phase_times {
    struct phase_time of[PHASE_COUNT]; /* PHASE_NONE: of steps that are none of the others, the top
                                        * itself aside */
    int64_t total_us; /* how long the top took; CALL_MISSING: not known, and no other time is */
    int64_t top_us;   /* of it, what no step covers */
};

/*
 * The times below a node, or of the whole trace (TRACE_NONE). A node's phase is what its span says
 * (own: as for phase_of()), that of a call or tool without a span, else that of what it is part of.
 * The times and top_us add up to total_us: of steps at the same time one counts. ERR_NOMEM;
 * O(n log n).
 */
NODISCARD enum err phase_times_of(const struct trace_tree *t, const struct phase_table *own,
                                  uint32_t top, struct phase_times *out, struct error *err);

#endif
