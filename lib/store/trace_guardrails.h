/* trace_guardrails: which call of a trace a guardrail's span is about. Pure. */
#ifndef LLMOBS_STORE_TRACE_GUARDRAILS_H
#define LLMOBS_STORE_TRACE_GUARDRAILS_H

#include "store/trace_calls.h"

struct guarded_call {
    int64_t call_id;
    uint32_t span, above; /* its own place, and that of the span that it is in, or TRACE_ROOT */
    int64_t started_us;   /* CALL_MISSING: unknown, taken for the earliest */
    uint64_t key;         /* tells calls that started together apart */
};

struct guardrail_span {
    int64_t row;
    uint32_t above;
    int64_t started_us;
    int64_t call_id; /* set: the call, 0 for a trace without calls */
};

/*
 * A span that is directly in a call guards that one. Else it guards one of the calls beside it, in
 * the same span, or where there is none, one of the whole trace: the one that started last before it
 * or with it, and where all started later, the first of them. So it does not matter in which order
 * the trace came in. Sorts calls; O((n_calls + n) log n_calls).
 */
void trace_guardrails_assign(struct guarded_call *calls, size_t n_calls,
                             struct guardrail_span *guardrails, size_t n);

#endif
