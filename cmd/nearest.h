/* nearest: "did you mean": the known word that is closest to a mistyped one. */
#ifndef LLMOBS_NEAREST_H
#define LLMOBS_NEAREST_H

#include <stddef.h>

/* A list of words by number: the i-th one, NULL behind the last. */
typedef const char *word_list(size_t i);

/* Zeroed but for `wanted`; offer it every known word, then take `word`. */
struct nearest {
    const char *wanted;
    const char *word;  /* the closest so far within reach, NULL: none; borrowed from the offers */
    unsigned distance; /* of word */
};

/*
 * Edit distance with transposed neighbours counting once (optimal string alignment), in bytes,
 * ignoring ASCII case. Texts over 63 bytes are far from everything (UINT_MAX).
 */
unsigned edit_distance(const char *a, const char *b);

/* Keeps candidate when it is closer than what was offered before and at most a third of the wanted
 * word (at least 1, at most 3 edits) away, or when the wanted word of 3 bytes or more begins it. */
void nearest_offer(struct nearest *n, const char *candidate);

/* The closest of a list, NULL when none is close. */
const char *nearest_of(const char *wanted, word_list *words);

#endif
