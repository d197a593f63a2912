/* keyset: 64-bit keys and the row each one stands for, in little memory. */
#include "store/keyset.h"

#include <stdlib.h>
#include "base/hash.h"

#include "base/banned.h"

#define CAP_MIN 16

/* The key in two halves keeps a slot at 12 bytes. */
struct keyset_slot {
    uint32_t key_low, key_high;
    uint32_t value; /* 0: free */
};

static uint64_t mixed(const struct keyset *k, uint64_t key)
{
    return hash_mix(key ^ k->seed);
}

static uint64_t slot_key(const struct keyset_slot *s)
{
    return (uint64_t)s->key_high << 32 | s->key_low;
}

/* Reduces 32 bits of the mixed key to [0, cap) by a multiplication: any cap will do, and growing
 * keeps the order of the slots, so that a table is copied front to back. */
static uint32_t home(const struct keyset_part *p, uint64_t mix)
{
    return (uint32_t)(((mix >> 24 & UINT32_MAX) * p->cap) >> 32);
}

/* The slot of the key, or the free one where it belongs; the part has a free slot. */
static struct keyset_slot *slot_for(const struct keyset_part *p, uint64_t mix, uint64_t key)
{
    uint32_t i = home(p, mix);

    while (p->slots[i].value && slot_key(&p->slots[i]) != key)
        if (++i == p->cap)
            i = 0;
    return &p->slots[i];
}

static bool part_grow(struct keyset *k, struct keyset_part *p, uint64_t cap)
{
    struct keyset_part grown = {.n = p->n, .cap = (uint32_t)cap};

    if (cap > UINT32_MAX)
        return false;
    grown.slots = calloc(cap, sizeof(*grown.slots));
    if (!grown.slots)
        return false;
    for (uint32_t i = 0; i < p->cap; i++) {
        uint64_t key = slot_key(&p->slots[i]);
        if (p->slots[i].value)
            *slot_for(&grown, mixed(k, key), key) = p->slots[i];
    }
    free(p->slots);
    *p = grown;
    return true;
}

uint32_t keyset_find(const struct keyset *k, uint64_t key)
{
    uint64_t mix = mixed(k, key);
    const struct keyset_part *p = &k->parts[mix >> 56];

    return p->cap ? slot_for(p, mix, key)->value : 0;
}

bool keyset_put(struct keyset *k, uint64_t key, uint32_t value)
{
    uint64_t mix = mixed(k, key);
    struct keyset_part *p = &k->parts[mix >> 56];

    if (((uint64_t)p->n + 1) * 5 > (uint64_t)p->cap * 4 &&
        !part_grow(k, p, p->cap ? (uint64_t)p->cap + p->cap / 2 : CAP_MIN))
        return false;
    struct keyset_slot *s = slot_for(p, mix, key);
    p->n += !s->value;
    *s = (struct keyset_slot){(uint32_t)key, (uint32_t)(key >> 32), value};
    return true;
}

/* Parts differ by a few square roots of their size. */
bool keyset_reserve(struct keyset *k, uint64_t n)
{
    uint64_t of_part = n / KEYSET_PARTS, spread = 4;

    while (spread * spread < 16 * of_part)
        spread *= 2;
    for (size_t i = 0; i < KEYSET_PARTS; i++)
        if (!part_grow(k, &k->parts[i], (of_part + spread) * 5 / 4 + CAP_MIN))
            return false;
    return true;
}

void keyset_prefetch(const struct keyset *k, uint64_t key)
{
    uint64_t mix = mixed(k, key);
    const struct keyset_part *p = &k->parts[mix >> 56];

    if (p->cap)
        __builtin_prefetch(&p->slots[home(p, mix)]);
}

size_t keyset_bytes(const struct keyset *k)
{
    size_t bytes = sizeof(*k);

    for (size_t i = 0; i < KEYSET_PARTS; i++)
        bytes += k->parts[i].cap * sizeof(struct keyset_slot);
    return bytes;
}

void keyset_release(struct keyset *k)
{
    for (size_t i = 0; i < KEYSET_PARTS; i++)
        free(k->parts[i].slots);
    *k = (struct keyset){.seed = k->seed};
}
