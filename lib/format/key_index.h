/* key_index: a constant list of known names, found by hash. */
#ifndef LLMOBS_FORMAT_KEY_INDEX_H
#define LLMOBS_FORMAT_KEY_INDEX_H

#include <stdint.h>
#include "base/sv.h"

/* A text with its length, for constant tables. */
#define TEXT(literal) {(literal), sizeof(literal) - 1}

struct known_key {
    struct sv name;
    uint8_t target;
    uint8_t how;
    uint8_t rank; /* among the keys of one target the lowest wins */
    uint8_t sign; /* which fact of detection its presence is: aliases.h */
};

/*
 * slots is derived from keys: in the order of the list each key's number (from 1) stands in the
 * first free slot from key_slot() on. It is constant data, so that a look-up needs no set-up; the
 * tests compare it with the list and rewrite it with UPDATE=1.
 */
#define KEY_SLOTS 1024
struct key_index {
    const struct known_key *keys;
    size_t n; /* at most half of KEY_SLOTS */
    const uint16_t *slots;
};

static inline uint64_t key_bytes(const char *p, size_t n)
{
    uint64_t v = 0;

    memcpy(&v, p, n);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

/* Where the search for a name of n > 0 bytes begins: its first and last eight bytes, mixed. */
static inline size_t key_slot(struct sv name)
{
    uint64_t head, tail;

    if (name.n >= 8) {
        head = key_bytes(name.p, 8);
        tail = key_bytes(name.p + name.n - 8, 8);
    } else if (name.n >= 4) {
        head = key_bytes(name.p, 4);
        tail = key_bytes(name.p + name.n - 4, 4);
    } else {
        head = (unsigned char)name.p[0];
        tail = (unsigned char)name.p[name.n - 1];
    }
    head = (head ^ name.n) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(((head ^ head >> 32) + tail) * UINT64_C(0xD6E8FEB86659FD93) >> 54);
}

/* a == b for two texts of n > 0 bytes, written out because names are short: words of eight or four
 * bytes, of which the last may overlap the one before. */
static inline bool same_bytes(const char *a, const char *b, size_t n)
{
    size_t i = 0;

    if (n < 4)
        return a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1];
    if (n < 8)
        return key_bytes(a, 4) == key_bytes(b, 4) &&
               key_bytes(a + n - 4, 4) == key_bytes(b + n - 4, 4);
    for (; i + 8 < n; i += 8)
        if (key_bytes(a + i, 8) != key_bytes(b + i, 8))
            return false;
    return key_bytes(a + n - 8, 8) == key_bytes(b + n - 8, 8);
}

/* The key of this name, or NULL. */
static inline const struct known_key *key_find(const struct key_index *index, struct sv name)
{
    if (!name.n)
        return NULL;
    for (size_t slot = key_slot(name); index->slots[slot]; slot = (slot + 1) % KEY_SLOTS) {
        const struct known_key *k = &index->keys[index->slots[slot] - 1];

        if (k->name.n == name.n && same_bytes(k->name.p, name.p, name.n))
            return k;
    }
    return NULL;
}

#endif
