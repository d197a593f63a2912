/* sort128: see the header. */
#include "base/sort128.h"

#include <stdbool.h>
#include "base/banned.h"

#define BYTES 16
#define FEW 32 /* are faster inserted one by one */

static bool is_less(const struct key128 *a, const struct key128 *b)
{
    return a->hi != b->hi ? a->hi < b->hi : a->lo < b->lo;
}

static void insert_all(struct key128 *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct key128 key = v[i];
        size_t at = i;

        for (; at && is_less(&key, &v[at - 1]); at--)
            v[at] = v[at - 1];
        v[at] = key;
    }
}

/* Byte 0 is the most significant one. */
static size_t byte_of(const struct key128 *key, int byte)
{
    return (byte < 8 ? key->hi >> (56 - 8 * byte) : key->lo >> (120 - 8 * byte)) & 0xff;
}

/* Where the keys end that have this byte, of each of its values: those before it are not larger. */
static void find_ends(const struct key128 *v, size_t n, int byte, size_t ends[256])
{
    memset(ends, 0, 256 * sizeof(*ends));
    for (size_t i = 0; i < n; i++)
        ends[byte_of(&v[i], byte)]++;
    for (size_t b = 1; b < 256; b++)
        ends[b] += ends[b - 1];
}

/* Brings keys where they belong by one byte, each into the place of one that does not. */
static void deal(struct key128 *v, int byte, const size_t ends[256])
{
    uint32_t b;
    size_t next[256] = {0};

    for (b = 1; b < 256; b++)
        next[b] = ends[b - 1];
    for (b = 0; b < 256; b++)
        while (next[b] < ends[b]) {
            struct key128 key = v[next[b]];
            size_t to;

            while ((to = byte_of(&key, byte)) != b) {
                struct key128 other = v[next[to]];

                v[next[to]++] = key;
                key = other;
            }
            v[next[b]++] = key;
        }
}

/* They are the same before `byte`. */
static void sort_from(struct key128 *v, size_t n, int byte)
{
    size_t ends[256];

    for (; n > FEW && byte < BYTES; byte++) {
        find_ends(v, n, byte, ends);
        if (ends[byte_of(&v[0], byte)] == n &&
            (!byte_of(&v[0], byte) || !ends[byte_of(&v[0], byte) - 1]))
            continue; /* they are the same here, too */
        deal(v, byte, ends);
        for (size_t b = 0, first = 0; b < 256; first = ends[b++])
            sort_from(v + first, ends[b] - first, byte + 1);
        return;
    }
    if (n <= FEW)
        insert_all(v, n);
}

void sort128(struct key128 *v, size_t n)
{
    size_t i = 1;

    while (i < n && !is_less(&v[i], &v[i - 1]))
        i++;
    if (i < n)
        sort_from(v, n, 0);
}
