/* trace_rows: the rows that one trace, request or session is made of. */
#ifndef LLMOBS_STORE_TRACE_ROWS_H
#define LLMOBS_STORE_TRACE_ROWS_H

#include "store/store.h"

/* Texts live in the arena that was handed in; numbers are CALL_MISSING, texts SV_NONE, where the
 * log does not say. */
struct span_row {
    int64_t row, call_id; /* call_id CALL_MISSING: it has no usage */
    struct sv span, parent, name, kind, service, scope, error_type, attributes;
    int64_t status, started_us, ended_us;
    int64_t source_id, source_line;
};

struct call_entry {
    int64_t id;
    int64_t v[C_COUNT];
    struct sv request, trace, span, parent;
    struct sv own; /* the source's own id when it has one beside these */
};

/* A tool call or a branch decision. */
struct step_row {
    bool branch;
    int64_t id, call_id;
    struct sv identity; /* as in v_tool_calls, v_branch_decisions */
    struct sv name;     /* tool, or node the decision led to */
    struct sv error_kind;
    struct sv from, condition, context; /* of a decision */
    int64_t started_us, ended_us, latency_us, status;
    int64_t result; /* of a decision: 0 or 1 */
    int64_t source_id, source_line;
};

/* Key of a trace that has spans. *known false: none of that id has. */
NODISCARD enum err store_trace_key(struct store *s, struct sv trace_id, int64_t *key, bool *known,
                                   struct error *err);

/* Text of a trace key, into the arena; SV_NONE when unknown. */
struct sv store_trace_text(struct store *s, int64_t key, struct arena *a);

/* Key of a session by its id. */
NODISCARD enum err store_session_key(struct store *s, struct sv session_id, int64_t *key,
                                     bool *known, struct error *err);

/* All spans of a trace, one index range; the array lives in the arena. */
NODISCARD enum err store_trace_spans(struct store *s, int64_t trace_key, struct arena *a,
                                     struct span_row **out, size_t *n, struct error *err);

/* One call with its ids. ERR_NOT_FOUND when there is none of that number. */
NODISCARD enum err store_call(struct store *s, int64_t call_id, struct arena *a,
                              struct call_entry *out, struct error *err);

/*
 * Appends the steps that belong to the call, and those without a call that name the request or the
 * trace, to the array, which grows in the arena. call_id CALL_MISSING and SV_NONE: none.
 */
struct step_list {
    struct step_row *v;
    size_t n, cap;
};
NODISCARD enum err store_steps(struct store *s, int64_t call_id, struct sv request, struct sv trace,
                               struct arena *a, struct step_list *out, struct error *err);

/* Of a span near another one; texts are borrowed for the visit. */
struct near_span {
    struct sv name, attributes;
    int64_t started_us, ended_us;
};

/* Calls visit(ctx, span) for the spans with a name among the rows [first, last]. */
NODISCARD enum err store_spans_near(struct store *s, int64_t first, int64_t last,
                                    void (*visit)(void *ctx, const struct near_span *span),
                                    void *ctx, struct error *err);

#endif
