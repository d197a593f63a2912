/* text_set: texts numbered from 1 in the order in which they are met. */
#ifndef LLMOBS_QUERY_TEXT_SET_H
#define LLMOBS_QUERY_TEXT_SET_H

#include "base/arena.h"
#include "query/keymap.h"

/* Zeroed storage is an empty set. */
struct text_set {
    struct arena arena;
    struct sv *v; /* v[code - 1] */
    uint32_t n, cap;
    struct keymap by_hash;
};

/* Code of a text, new or not, of which the set keeps a copy; 0 when out of memory. */
int64_t text_set_code(struct text_set *s, struct sv text);

void text_set_release(struct text_set *s);

#endif
