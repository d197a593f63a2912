/* hash: fast keyed hashes for tables and identities, and SHA-256 where others must be able to
 * compute the same. */
#ifndef LLMOBS_BASE_HASH_H
#define LLMOBS_BASE_HASH_H

#include <stdint.h>
#include "base/sv.h"

struct hash128 {
    uint64_t hi, lo;
};

/* Multiply-and-fold hash of n bytes (8 bytes a step or better), well mixed in all 64 bits.
 * Same result on every machine (reads little-endian), for ever: databases hold them. Not for
 * secrets: whoever wants to can make two texts collide. p may be NULL when n is 0. */
uint64_t hash64(const void *p, size_t n, uint64_t seed);

/* 128 bits made of two independent passes' worth of mixing; for identities of lines. */
struct hash128 hash128(const void *p, size_t n, uint64_t seed);

/* Mixes one 64-bit value (SplitMix64's finaliser). */
uint64_t hash_mix(uint64_t x);

struct sha256 {
    uint32_t state[8];
    uint64_t length_bytes;
    unsigned char block[64];
    size_t used;
};

/* FIPS 180-4. */
void sha256_init(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *p, size_t n);
void sha256_final(struct sha256 *h, unsigned char out[32]);
void sha256_of(const void *p, size_t n, unsigned char out[32]);

/* n lower-case hex digits, n even, into n / 2 bytes, high digit first. False, with out in any state,
 * when one of them is none. */
bool hex_decode(const char *text, size_t n, unsigned char *out);

/* True when all n characters are lower-case hex digits. */
bool hex_is_plain(const char *text, size_t n);

/* Lower-case hex of n bytes into out (2n + 1 bytes). */
void hex_encode(const unsigned char *p, size_t n, char *out);

#endif
