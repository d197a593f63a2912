/* keymap: 64-bit keys to the small numbers 0, 1, 2 ... in the order they were added. */
#ifndef LLMOBS_QUERY_KEYMAP_H
#define LLMOBS_QUERY_KEYMAP_H

#include <stdint.h>
#include "base/error.h"

#define KEYMAP_NONE UINT32_MAX

/* Zeroed storage is an empty map. Open addressing, 16 to 40 bytes for each key. */
struct keymap {
    uint64_t *keys; /* of number i */
    uint32_t *slots; /* number + 1, 0: free */
    uint32_t n, cap_keys;
    uint32_t n_slots; /* a power of two */
};

/* Number of the key, or KEYMAP_NONE. Safe from several threads while nobody adds. */
uint32_t keymap_find(const struct keymap *m, uint64_t key);

/* Number of the key, added when it is new; KEYMAP_NONE when out of memory: the map is as before. */
uint32_t keymap_add(struct keymap *m, uint64_t key);

void keymap_release(struct keymap *m);

#endif
