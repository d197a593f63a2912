/* span_facts: what the attributes of a span say about the step it stands for. */
#ifndef LLMOBS_QUERY_SPAN_FACTS_H
#define LLMOBS_QUERY_SPAN_FACTS_H

#include "base/arena.h"
#include "record/record.h"

struct span_facts {
    struct maybe_i64 docs;           /* documents that a retrieval returned */
    struct maybe_i64 docs_tokens;    /* tokens of these */
    struct maybe_f64 score;          /* how well the best of these fits, or they fit on average */
    struct maybe_i64 context_tokens; /* of the prompt that was put together */
    struct maybe_i64 system_tokens;  /* parts of it: the instructions */
    struct maybe_i64 history_tokens; /* the conversation before */
    struct maybe_i64 tools_tokens;   /* definitions of tools */
    struct maybe_i64 user_tokens;    /* what the user asks now */
    struct maybe_i64 passed;         /* a guardrail's verdict, 0 or 1 */
    struct sv rules;                 /* of a guardrail that were triggered: "pii, secrets" */
    struct sv user, feature;
};

/* From the JSON object of table span; texts live in the arena. Nothing is known where attributes
 * are missing or damaged. */
struct span_facts span_facts_of(struct sv attributes, struct arena *a);

#endif
