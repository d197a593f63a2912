/* step_fields: what a step (a tool call, a decision, a span, a whole request) has beside the
 * columns of the call that it belongs to. */
#ifndef LLMOBS_QUERY_STEP_FIELDS_H
#define LLMOBS_QUERY_STEP_FIELDS_H

#include "query/text_set.h"
#include "store/store.h"

enum { STEP_CONTEXTS_MAX = 8 }; /* different context.KEY that one report may name */

/* Columns behind those of a call; CALL_MISSING where unknown. */
enum step_column {
    /* Codes of texts, 0: none. */
    STEP_PHASE = C_COUNT,
    STEP_TOOL,
    STEP_TOOL_VERSION,
    STEP_BRANCH, /* the node that was chosen */
    STEP_FROM,   /* the node that chose */
    STEP_CONDITION,
    STEP_PATH, /* the nodes of a request in order */
    STEP_NAME, /* of the span */
    STEP_TEXTS_END,

    STEP_FAILED = STEP_TEXTS_END, /* 0 or 1, as is what is not said otherwise */
    STEP_SUCCEEDED,               /* the opposite */
    STEP_TIMED_OUT,
    STEP_RETRY,    /* of a tool call: the one before of the same tool in the request failed */
    STEP_RETRY_US, /* and how long it took */
    STEP_COST_AFTER_NUSD, /* of the call that follows: it reads the result */
    STEP_FULFILLED,       /* what the condition gave */
    STEP_REVIEW,   /* a person is asked; 0 where one could have been, missing where none can be */
    STEP_AUTO,     /* the opposite */
    STEP_PENDING,  /* of a decision for a person: nobody has answered */
    STEP_WAIT_US,  /* the same: until the answer */
    STEP_WHOLE_US, /* of a phase that is no part of another: its time */
    STEP_RUN_US,   /* of the request: from its first step to the end of its last */
    STEP_RUN_NUSD,
    STEP_RUN_UNPRICED, /* calls of the request without a price */
    STEP_RUN_CALLS,
    STEP_DOCS,       /* of a retrieval: documents returned */
    STEP_DOC_TOKENS, /* tokens of these */
    STEP_SCORE,      /* how well they fit, real_to_key() */
    STEP_EMPTY,      /* none came back */
    STEP_FALLBACK,   /* none came back or it failed, and a call was made all the same */
    STEP_CONTEXT,    /* numbers of a decision's context, real_to_key() */
    STEP_COUNT = STEP_CONTEXT + STEP_CONTEXTS_MAX,
};
enum { STEP_TEXT_COUNT = STEP_TEXTS_END - C_COUNT };

/* The texts that there are, by code, and the keys of context.KEY that filters name. */
struct step_fields {
    struct text_set texts[STEP_TEXT_COUNT]; /* of STEP_FROM none: it shares those of STEP_BRANCH */
    uint32_t has;                           /* bit i: steps of this kind have texts[i] */
    struct text_set contexts;               /* code k: column STEP_CONTEXT + k - 1 */
};

static inline const struct text_set *step_texts(const struct step_fields *f, int column)
{
    return &f->texts[(column == STEP_FROM ? STEP_BRANCH : column) - C_COUNT];
}

static inline bool step_has(const struct step_fields *f, int column)
{
    return f && (f->has >> (column - C_COUNT) & 1);
}

#endif
