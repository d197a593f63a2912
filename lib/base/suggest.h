/* suggest: "did you mean" for names that nobody knows. */
#ifndef LLMOBS_BASE_SUGGEST_H
#define LLMOBS_BASE_SUGGEST_H

#include "base/sv.h"

/* The first of the names with the fewest insertions, deletions, replacements and swaps of
 * neighbours from word, or that word begins (3 bytes and more); NULL when none is near: more than
 * a third of its letters differ, or word is longer than 40 bytes. names ends with NULL. */
const char *suggest(struct sv word, const char *const *names);

#endif
