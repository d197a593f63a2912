/* keyset: 64-bit keys and the row each one stands for, in little memory. */
#ifndef LLMOBS_STORE_KEYSET_H
#define LLMOBS_STORE_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYSET_PARTS 256

/*
 * 256 open-addressed tables, chosen by the top bits of the mixed key, that grow on their own by a
 * half when four fifths full: 15 to 22.5 bytes an entry at any moment, also while growing, since
 * only one of the 256 is there twice. Set seed before the first entry and zero the rest.
 */
struct keyset {
    uint64_t seed; /* keys the mixing, so that input cannot be made to collide */
    struct keyset_part {
        struct keyset_slot *slots;
        uint32_t n, cap;
    } parts[KEYSET_PARTS];
};

/* The value of a key, 0 when it is not in. O(1). */
uint32_t keyset_find(const struct keyset *k, uint64_t key);

/* Adds a key that is not in yet, or gives one that is in a new value. value > 0. False when out of
 * memory; the set is as before then. */
bool keyset_put(struct keyset *k, uint64_t key, uint32_t value);

/* Makes room for n keys in an empty set, at 15 bytes each. False when out of memory. */
bool keyset_reserve(struct keyset *k, uint64_t n);

/* Asks for the memory that a find of this key will read. */
void keyset_prefetch(const struct keyset *k, uint64_t key);

/* Bytes of memory that the tables take now. */
size_t keyset_bytes(const struct keyset *k);

/* Empty, keeps the seed; the memory goes back. */
void keyset_release(struct keyset *k);

#endif
