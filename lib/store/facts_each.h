/* facts_each: what stands beside calls, as numbers of theirs: scores, branch decisions, embeddings.
 */
#ifndef LLMOBS_STORE_FACTS_EACH_H
#define LLMOBS_STORE_FACTS_EACH_H

#include "store/store.h"

enum fact_kind {
    FACT_SCORE,  /* the value; a verdict without a number is 0 or 1 */
    FACT_BRANCH, /* of a decision: 1 when it led to the node, 0 when it led elsewhere */
    FACT_KINDS,
};

struct fact_name {
    int64_t id;
    struct sv text;
};

/* The names of a kind that calls have, or, of scores, their traces and sessions, in order of their texts; all of it in the arena. */
NODISCARD enum err store_fact_names(struct store *s, enum fact_kind kind, struct arena *a,
                                    struct fact_name **out, size_t *n, struct error *err);

/* Calls visit for each fact under a name, in no order. false: out of memory. */
NODISCARD enum err store_each_fact(struct store *s, enum fact_kind kind, int64_t name,
                                   bool (*visit)(void *ctx, int64_t call_id, double value),
                                   void *ctx, struct error *err);

struct embedding_brief {
    int64_t id, call_id;
    uint32_t dim;
    struct sv model; /* SV_NONE: the log does not say; borrowed for the call */
};

/* The same for each embedding of a role that has a call. */
NODISCARD enum err store_each_embedding(struct store *s, enum embedding_role role,
                                        bool (*visit)(void *ctx, const struct embedding_brief *e),
                                        void *ctx, struct error *err);

/* The values of an embedding into out, which has room for its dim. */
NODISCARD enum err store_embedding(struct store *s, int64_t id, uint32_t dim, double *out,
                                   struct error *err);

#endif
