/* keymap: linear probing in a table that is at most half full. */
#include "query/keymap.h"

#include <stdlib.h>
#include "base/hash.h"
#include "base/banned.h"

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t probe(const struct keymap *m, uint64_t key)
{
    uint32_t mask = m->n_slots - 1;
    uint32_t at = (uint32_t)hash_mix(key) & mask;

    while (m->slots[at] && m->keys[m->slots[at] - 1] != key)
        at = (at + 1) & mask;
    return at;
}

uint32_t keymap_find(const struct keymap *m, uint64_t key)
{
    uint32_t number = m->n ? m->slots[probe(m, key)] : 0;

    return number ? number - 1 : KEYMAP_NONE;
}

static bool make_room(struct keymap *m)
{
    uint32_t n_slots = m->n_slots ? m->n_slots * 2 : 64;
    uint32_t *slots;
    uint64_t *keys;

    if (m->n == m->cap_keys) {
        uint32_t cap = m->cap_keys ? m->cap_keys * 2 : 32;

        if (cap <= m->cap_keys)
            return false;
        keys = realloc(m->keys, cap * sizeof(*keys));
        if (!keys)
            return false;
        m->keys = keys;
        m->cap_keys = cap;
    }
    if (m->n < m->n_slots / 2)
        return true;
    if (n_slots <= m->n_slots)
        return false;
    slots = calloc(n_slots, sizeof(*slots));
    if (!slots)
        return false;
    free(m->slots);
    m->slots = slots;
    m->n_slots = n_slots;
    for (uint32_t i = 0; i < m->n; i++)
        slots[probe(m, m->keys[i])] = i + 1;
    return true;
}

uint32_t keymap_add(struct keymap *m, uint64_t key)
{
    uint32_t at, number = keymap_find(m, key);

    if (number != KEYMAP_NONE)
        return number;
    if (!make_room(m))
        return KEYMAP_NONE;
    at = probe(m, key);
    m->keys[m->n] = key;
    m->slots[at] = ++m->n;
    return m->n - 1;
}

void keymap_release(struct keymap *m)
{
    free(m->keys);
    free(m->slots);
    *m = (struct keymap){0};
}
