/* dictionary: the texts of one dimension in memory, by their dense ids. */
#ifndef LLMOBS_STORE_DICTIONARY_H
#define LLMOBS_STORE_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/sv.h"

/* Zeroed storage is an empty dictionary that is not loaded. */
struct dictionary {
    struct arena arena;
    struct sv *texts; /* texts[id - 1] */
    size_t n, cap;
    bool loaded; /* holds what the database held when it was read */
};

/* Appends a copy of text under the next id; false when out of memory. Texts handed out before stay
 * where they are. O(1) on average. */
bool dictionary_add(struct dictionary *d, struct sv text);

/* The text of an id, SV_NONE for an unknown one. Belongs to the dictionary. O(1). */
struct sv dictionary_text(const struct dictionary *d, int64_t id);

void dictionary_release(struct dictionary *d);

#endif
