/* case_scores: the scores on cases of evaluations, and the calls of the same inputs. */
#ifndef LLMOBS_STORE_CASE_SCORES_H
#define LLMOBS_STORE_CASE_SCORES_H

#include "store/store.h"

/* A score, or, with case_id.p NULL, a call: all that is stored of either. */
struct stored_case {
    struct sv case_id, metric, run, cluster; /* run .p NULL: the input names none */
    struct sv path;                          /* of the input */
    int64_t source_id, line;
    struct maybe_f64 value;
    struct maybe_i64 passed;
    struct maybe_i64 cost_nusd, input_tokens, output_tokens, total_tokens, latency_us;
};

/* Every score, then every call. Texts are borrowed for the call of visit. */
NODISCARD enum err store_case_scores(struct store *s,
                                     enum err (*visit)(void *ctx, const struct stored_case *c,
                                                       struct error *err),
                                     void *ctx, struct error *err);

#endif
