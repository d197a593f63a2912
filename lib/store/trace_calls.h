/* trace_calls: which spans with usage of a trace are calls, and what they take from those above.
 * Pure. In one trace a call often shows as several spans, one inside the other, each with the same
 * usage: the innermost is the call, the others are its shadows. */
#ifndef LLMOBS_STORE_TRACE_CALLS_H
#define LLMOBS_STORE_TRACE_CALLS_H

#include "store/merge.h"

/* What a call takes from its shadows, and from the spans above that say it, when it lacks it.
 * Provider and model are its own alone: a span above may be the request to a gateway. */
#define INHERITED_COLUMNS                                                                          \
    (CALL_BIT(F_OPERATION) | CALL_BIT(F_FEATURE) | CALL_BIT(F_USER) | CALL_BIT(F_ENVIRONMENT) |    \
     CALL_BIT(F_TEAM) | CALL_BIT(F_PROJECT) | CALL_BIT(F_AGENT) | CALL_BIT(F_TENANT) |             \
     CALL_BIT(F_PROMPT) | CALL_BIT(F_PROMPT_VERSION) | CALL_BIT(F_TEMPLATE) |                      \
     CALL_BIT(F_FINISH_REASON) | CALL_BIT(F_FINISH_REASON_RAW) | CALL_BIT(C_SESSION_KEY))
#define INHERITED_COUNT 14

struct trace_span {
    uint64_t id, parent; /* hashes of their ids */
    bool has_parent;
    bool has_usage;
    bool shadowed;  /* set by trace_calls_arrange(): has usage, and a span below it has too */
    uint32_t above; /* set by it: index of the parent, or TRACE_ROOT */
};

#define TRACE_ROOT UINT32_MAX

/*
 * Finds parents and shadows; order[0..n): all spans, each behind its parent. A parent that is not
 * in the trace, and every parent link on a cycle, makes a root. Where two spans have one id, which
 * the store does not let happen, either is taken. ERR_NOMEM; O(n) time, no recursion, n < 2^31.
 */
NODISCARD enum err trace_calls_arrange(struct trace_span *spans, uint32_t n, uint32_t *order,
                                       struct error *err);

/* The inheritable columns of a chain of spans, nearest first. */
struct inheritance {
    uint64_t known;
    int64_t v[INHERITED_COUNT]; /* in the order of the columns in INHERITED_COLUMNS */
};

/* Puts a shadow below those in above (NULL: none): its own values go before theirs. out may not be
 * above. */
void inheritance_push(const struct inheritance *above, const struct call_row *shadow,
                      struct inheritance *out);

/* The same for what a span without usage says. */
void inheritance_join(const struct inheritance *above, const struct inheritance *own,
                      struct inheritance *out);

/* A single column, which is one of INHERITED_COLUMNS. */
void inheritance_set(struct inheritance *x, int column, int64_t v);
bool inheritance_get(const struct inheritance *x, int column, int64_t *v);

/* Marks a row whose call met a guardrail that a span beside it tells of; noted in C_INHERITED. */
void inheritance_guard(struct call_row *row);

/* Takes back what the row inherited, and such a mark: it is as logged then. */
void inheritance_clear(struct call_row *row);

/* Fills what an as-logged row lacks and notes it in C_INHERITED. */
void inheritance_fill(const struct inheritance *from, struct call_row *row);

#endif
