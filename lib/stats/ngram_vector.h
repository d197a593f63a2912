/* ngram_vector: a text as the vector of its hashed character n-grams: wording, not meaning. */
#ifndef LLMOBS_STATS_NGRAM_VECTOR_H
#define LLMOBS_STATS_NGRAM_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "base/sv.h"

#define NGRAM_VECTOR_DIM 256

/*
 * ASCII letters in lower case, runs of space and bytes 9 to 13 as one space, none at the ends but
 * then one at each; of these bytes all runs of 3, 4 and 5 are counted. Each goes by its hash
 * (64-bit FNV-1a, then MurmurHash3's finaliser) to coordinate hash mod dim with the weight 1 +
 * ln(count), positive where bit 63 is set, else negative (Weinberger et al. 2009, feature hashing);
 * the vector is scaled to length 1. Other bytes count as they are, so text in any encoding has a
 * vector.
 *
 *   out  dim >= 1 values, overwritten
 *   err  ERR_EMPTY for a text without an n-gram or whose weights cancel, ERR_NOMEM
 *
 * "Ab  c" is " ab c ", which has four 3-grams, three 4-grams and two 5-grams. O(n log n), 24 n
 * bytes.
 */
NODISCARD enum err ngram_vector(struct sv text, size_t dim, double *out, struct error *err);

/* The hash of one n-gram. */
uint64_t ngram_hash(const char *p, size_t n);

#endif
