/* texts: what is stored of the texts of calls. */
#ifndef LLMOBS_STORE_TEXTS_H
#define LLMOBS_STORE_TEXTS_H

#include "store/store.h"

struct stored_text {
    struct sv text; /* SV_NONE: none is stored */
    int64_t chars;
    bool cut;
};

/* The texts of a call, in the arena. */
NODISCARD enum err store_texts(struct store *s, int64_t call_id, struct arena *a,
                               struct stored_text out[TEXT_SIDES], struct error *err);

/*
 * The text of one side of a call, in the arena, where all of it is stored as it was; else SV_NONE, and
 * *changed says whether there is one that is cut, or of which places were made unreadable.
 */
NODISCARD enum err store_whole_text(struct store *s, int64_t call_id, enum text_side side,
                                    struct arena *a, struct sv *out, bool *changed,
                                    struct error *err);

/* Calls visit for each call that has a text of this side, in the order of their ids. false: out of
 * memory. */
NODISCARD enum err store_each_text(struct store *s, enum text_side side,
                                   bool (*visit)(void *ctx, int64_t call_id), void *ctx,
                                   struct error *err);

/*
 * Hands each stored text to redact(), which sets *out to it without what is made unreadable and
 * *list to what that was, *n kinds (both borrowed until its next call); where there is any, the
 * changed text is stored, and what was made unreadable is added to what was before. All in one
 * transaction; commit false takes it back. A failure of redact() ends it and is passed on.
 */
NODISCARD enum err store_redact_texts(struct store *s, bool commit,
                                      enum err (*redact)(void *ctx, struct sv text, struct sv *out,
                                                         const struct redaction **list, size_t *n,
                                                         struct error *err),
                                      void *ctx, struct error *err);

/* Whether any stored text was looked through for what is made unreadable. */
NODISCARD enum err store_has_redactions(struct store *s, bool *out, struct error *err);

/* Calls visit for each text that was, in the order of calls, once for each kind (borrowed for the
 * call; empty: unknown) of which n > 0 places were made unreadable; n 0: there was nothing. false:
 * out of memory. */
NODISCARD enum err store_each_redaction(struct store *s,
                                        bool (*visit)(void *ctx, int64_t call_id, struct sv kind,
                                                      int64_t n),
                                        void *ctx, struct error *err);

/* Ids of the calls that have a score, ascending; free() the array. */
NODISCARD enum err store_scored_calls(struct store *s, int64_t **out, size_t *n, struct error *err);

#endif
