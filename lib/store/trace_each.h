/* trace_each: all traces at once: which trace each span and each call belongs to. */
#ifndef LLMOBS_STORE_TRACE_EACH_H
#define LLMOBS_STORE_TRACE_EACH_H

#include "store/store.h"

struct span_brief {
    struct sv trace; /* packed; equal bytes are equal ids */
    bool root;
    struct sv name;
    int64_t status, started_us, ended_us; /* CALL_MISSING where unknown */
};

/* Calls visit for every span; texts are borrowed for the call. false: out of memory. */
NODISCARD enum err store_each_span(struct store *s,
                                   bool (*visit)(void *ctx, const struct span_brief *span),
                                   void *ctx, struct error *err);

/* What a call belongs to; packed, SV_NONE: nothing of that kind. */
struct call_belongs {
    int64_t call_id;
    struct sv trace, request;
};

/* Calls visit for every row of a chunk's columns, in order; ids are borrowed for the call. */
NODISCARD enum err store_each_trace(struct store *s, const struct chunk_info *chunk,
                                    bool (*visit)(void *ctx, int64_t place,
                                                  const struct call_belongs *to),
                                    void *ctx, struct error *err);

/* The text of a packed id, in the arena; SV_NONE when out of memory. */
struct sv store_unpack(struct sv packed, struct arena *a);

#endif
