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

/* Calls visit for each call that has a text of this side, in the order of their ids. false: out of
 * memory. */
NODISCARD enum err store_each_text(struct store *s, enum text_side side,
                                   bool (*visit)(void *ctx, int64_t call_id), void *ctx,
                                   struct error *err);

/*
 * Hands each stored text to change(), which sets *changed (borrowed until its next call) and
 * *places, how many places in it were made unreadable; where there is any, the changed text is
 * stored. All in one transaction; commit false takes it back. A failure of change() ends it and is
 * passed on.
 */
NODISCARD enum err store_change_texts(struct store *s, bool commit,
                                      enum err (*change)(void *ctx, struct sv text,
                                                         struct sv *changed, int64_t *places,
                                                         struct error *err),
                                      void *ctx, struct error *err);

/* Ids of the calls that have a score, ascending; free() the array. */
NODISCARD enum err store_scored_calls(struct store *s, int64_t **out, size_t *n, struct error *err);

#endif
