/* texts: what is stored of the texts of calls. */
#ifndef LLMOBS_STORE_TEXTS_H
#define LLMOBS_STORE_TEXTS_H

#include "store/store.h"

struct stored_text {
    struct sv text; /* SV_NONE: none is stored */
    int64_t chars, redactions;
    bool cut;
};

/* The texts of a call, in the arena. */
NODISCARD enum err store_texts(struct store *s, int64_t call_id, struct arena *a,
                               struct stored_text out[TEXT_SIDES], struct error *err);

/* Ids of the calls that have a score, ascending; free() the array. */
NODISCARD enum err store_scored_calls(struct store *s, int64_t **out, size_t *n, struct error *err);

#endif
