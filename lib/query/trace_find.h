/* trace_find: from an id that somebody typed to the one trace, session or request it is about. */
#ifndef LLMOBS_QUERY_TRACE_FIND_H
#define LLMOBS_QUERY_TRACE_FIND_H

#include "query/trace_load.h"

struct trace_subject {
    enum subject_kind kind;
    struct sv id; /* in full */
};

/*
 * The id, or its beginning, of a trace, of a span or request in one, of a request without a trace,
 * or of a session. ERR_NOT_FOUND when there is nothing; ERR_USAGE when it may be several, which
 * *candidates then lists (texts in the arena).
 */
NODISCARD enum err trace_find(struct store *s, struct sv text, struct arena *a,
                              struct trace_subject *out, struct found_ids *candidates,
                              struct error *err);

/* The same, but it must be one id, which is then *found: two spans of one trace are several. */
NODISCARD enum err trace_find_one(struct store *s, struct sv text, struct arena *a,
                                  struct trace_subject *out, struct found_id *found,
                                  struct found_ids *candidates, struct error *err);

/*
 * The node of a loaded tree that a found id stands for; TRACE_NONE: all of it. A span's id stands
 * for the span; a request's for what all its calls are below, and for everything where the tree has
 * no other call.
 */
uint32_t trace_find_node(const struct trace_tree *t, const struct found_id *found);

#endif
