/* arena: memory that is given back all at once. Named after how long it lives. */
#ifndef LLMOBS_BASE_ARENA_H
#define LLMOBS_BASE_ARENA_H

#include "base/error.h"
#include "base/sv.h"

struct arena_block;

/* Zeroed storage is an empty arena. */
struct arena {
    struct arena_block *head; /* the block being filled; older ones behind it */
    size_t used_bytes;        /* handed out since the last reset */
};

/* size bytes aligned to 16, not cleared; NULL when out of memory. size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);

/* count * size bytes, zeroed; NULL when out of memory or on overflow. */
void *arena_zalloc(struct arena *a, size_t count, size_t size);

/* A copy of s that lives as long as the arena; .p is NULL when out of memory. */
struct sv arena_copy(struct arena *a, struct sv s);

/* The same of a text with a NUL behind it; NULL when out of memory. */
char *arena_text(struct arena *a, const char *text);

/* A text that lives as long as the arena, for people to read: never NULL, but "out of memory" when
 * that is so. For what is compared or looked up take a buf, whose failure can be told from a text.
 */
const char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Empty, keeps one block of capacity (at most 1 MiB). */
void arena_reset(struct arena *a);

/* Gives everything back; accepts a zeroed arena. */
void arena_release(struct arena *a);

#endif
