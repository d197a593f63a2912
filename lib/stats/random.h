/* random: the one generator behind samples, permutations and bootstraps; the seed says it all. */
#ifndef LLMOBS_STATS_RANDOM_H
#define LLMOBS_STATS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* xoshiro256** (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators", ACM
 * Transactions on Mathematical Software 47). The same numbers on every machine. */
struct random {
    uint64_t s[4];
};

/* The next number of SplitMix64 (Steele, Lea and Flood 2014); any state, 0 too. */
uint64_t splitmix64(uint64_t *state);

/* State filled by SplitMix64 from the seed, as the authors advise. */
void random_init(struct random *r, uint64_t seed);

/* 64 even bits. */
uint64_t random_next(struct random *r);

/* Even in 0 .. bound - 1, bound >= 1: multiply and shift with rejection (Lemire 2019, "Fast random
 * integer generation in an interval"), so without the bias of a remainder. */
uint64_t random_below(struct random *r, uint64_t bound);

/* Even in [0, 1), a multiple of 2^-53. */
double random_unit(struct random *r);

/* Fisher-Yates: every order of the n values equally likely. */
void random_shuffle(struct random *r, size_t *v, size_t n);

/* k <= n of the indices 0 .. n - 1, each set equally likely, ascending into out (selection by
 * Knuth's algorithm S). O(n). */
void random_sample(struct random *r, size_t n, size_t k, size_t *out);

#endif
