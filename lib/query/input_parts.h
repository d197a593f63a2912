/* input_parts: what the input of a call was made of, as far as its log says. */
#ifndef LLMOBS_QUERY_INPUT_PARTS_H
#define LLMOBS_QUERY_INPUT_PARTS_H

#include "query/trace_load.h"

enum input_part {
    PART_SYSTEM, /* instructions */
    PART_HISTORY,
    PART_RETRIEVAL, /* documents */
    PART_TOOLS,     /* definitions of tools */
    PART_USER,      /* what is asked now */
    PART_COUNT,
};
extern const char *const input_part_names[PART_COUNT]; /* "system", "history" ... */

struct input_parts {
    struct maybe_i64 tokens[PART_COUNT];
    uint32_t node[PART_COUNT]; /* that says it; of several the first */
    int64_t sum;               /* of the known ones; INT64_MAX: too many to be true */
    int known;                 /* parts */
};

/*
 * The parts of the input of the call of a node: from the call's leftover scalars (meta, SV_NONE:
 * none) and its span's attributes, else from those spans that can only be about this call: the ones
 * below the highest span above it that has no other call below it, unless they begin after the
 * call. The documents of several retrievals add up. Names: span_facts. O(n) in the spans looked at.
 */
void input_parts_of(const struct trace_tree *t, uint32_t node, struct sv meta, struct arena *a,
                    struct input_parts *out);

#endif
