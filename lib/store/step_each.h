/* step_each: all tool calls, branch decisions or spans, one after the other. */
#ifndef LLMOBS_STORE_STEP_EACH_H
#define LLMOBS_STORE_STEP_EACH_H

#include "store/store.h"

enum step_table { EACH_TOOL, EACH_BRANCH, EACH_SPAN };

/* Numbers are CALL_MISSING, texts and ids SV_NONE, where the log does not say. Ids are packed:
 * equal bytes are equal ids. */
struct step_brief {
    int64_t id, call_id;
    int64_t session_key; /* its call's; not of spans */
    struct sv trace, request;
    struct sv name;               /* of the tool, of the node chosen, of the span */
    struct sv version;            /* of a tool */
    struct sv from, condition;    /* of a decision */
    struct sv detail;             /* JSON: a decision's context, a span's attributes */
    struct sv kind, span, parent; /* of a span */
    int64_t error_kind;           /* dictionary id of F_ERROR_KIND */
    int64_t started_us, ended_us; /* of a decision the first is when it was made */
    int64_t latency_us;           /* as logged, else from start to end; never below 0 */
    int64_t status;               /* not of decisions */
    int64_t result;               /* of a decision: 0 or 1 */
};

/* Calls visit for every row in the order they came; texts are borrowed for the call. false: out of
 * memory. visit may not ask the store for the same table. */
NODISCARD enum err store_each_step(struct store *s, enum step_table table,
                                   bool (*visit)(void *ctx, const struct step_brief *step),
                                   void *ctx, struct error *err);

/* The columns of one call as enum call_field and enum call_column number them; *known false: there
 * is no call of that number. */
NODISCARD enum err store_call_columns(struct store *s, int64_t call_id, int64_t out[C_COUNT],
                                      bool *known, struct error *err);

#endif
