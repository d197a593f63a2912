/* sort128: keys of 128 bits, put in order where they stand. */
#ifndef LLMOBS_BASE_SORT128_H
#define LLMOBS_BASE_SORT128_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct key128 {
    uint64_t hi, lo;
};

/*
 * Ascending by hi, then by lo. It takes no memory but 40 KiB of stack at most, and O(n) time for
 * each byte in which keys differ, whatever they are: American flag sort (McIlroy, Bostic and
 * McIlroy 1993, "Engineering Radix Sort", Computing Systems 6(1)).
 */
void sort128(struct key128 *v, size_t n);

/* Bits of a double such that unsigned order is its order, with NaN last where its sign is not set,
 * and the double of such bits. */
static inline uint64_t key_of_real(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof(bits));
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static inline double real_of_key(uint64_t key)
{
    uint64_t bits = key >> 63 ? key ^ UINT64_C(1) << 63 : ~key;
    double x;

    memcpy(&x, &bits, sizeof(x));
    return x;
}

#endif
