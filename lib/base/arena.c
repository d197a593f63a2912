/* arena: memory that is given back all at once. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Under AddressSanitizer what was not handed out, or was before the last reset, may not be
 * touched. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif
#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define poison(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define unpoison(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define poison(p, n) ((void)0)
#define unpoison(p, n) ((void)0)
#endif

#include "base/banned.h"

#define ALIGNMENT ((size_t)16)
#define BLOCK_MIN ((size_t)64 << 10)
#define BLOCK_MAX ((size_t)1 << 20)

struct arena_block {
    struct arena_block *next;
    size_t size; /* of bytes */
    size_t used;
    alignas(16) unsigned char bytes[];
};

static struct arena_block *block_new(size_t size)
{
    struct arena_block *b;

    if (size > SIZE_MAX - sizeof(*b))
        return NULL;
    b = malloc(sizeof(*b) + size);
    if (!b)
        return NULL;
    *b = (struct arena_block){.size = size};
    poison(b->bytes, size);
    return b;
}

static void block_free(struct arena_block *b)
{
    unpoison(b->bytes, b->size);
    free(b);
}

static size_t next_block_size(const struct arena_block *head)
{
    size_t size = head ? head->size : 0;

    return size < BLOCK_MIN ? BLOCK_MIN : size < BLOCK_MAX / 2 ? 2 * size : BLOCK_MAX;
}

/* A block with room for size bytes. A big request gets one of its own behind the head, so that
 * the head's rest is not lost. */
static struct arena_block *block_for(struct arena *a, size_t size)
{
    size_t normal = next_block_size(a->head);
    bool big = size > normal / 4;
    struct arena_block *b = block_new(big ? size : normal);

    if (!b)
        return NULL;
    if (big && a->head) {
        b->next = a->head->next;
        a->head->next = b;
    } else {
        b->next = a->head;
        a->head = b;
    }
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    struct arena_block *b = a->head;
    size_t rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    unsigned char *p;

    if (rounded < size)
        return NULL;
    if (!b || b->size - b->used < rounded)
        b = block_for(a, rounded);
    if (!b)
        return NULL;
    p = b->bytes + b->used;
    b->used += rounded;
    a->used_bytes += rounded;
    unpoison(p, size);
    return p;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    void *p;

    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    p = arena_alloc(a, bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

struct sv arena_copy(struct arena *a, struct sv s)
{
    char *p = arena_alloc(a, s.n);

    if (!p)
        return SV_NONE;
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct sv){p, s.n};
}

char *arena_text(struct arena *a, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = arena_alloc(a, n);

    if (copy)
        memcpy(copy, text, n);
    return copy;
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    char *text = NULL;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0)
        text = arena_alloc(a, (size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(args);
    return text ? text : "out of memory";
}

void arena_reset(struct arena *a)
{
    struct arena_block *kept = NULL;

    for (struct arena_block *b = a->head, *next; b; b = next) {
        struct arena_block *out = b;

        next = b->next;
        if (b->size <= BLOCK_MAX && (!kept || b->size > kept->size)) {
            out = kept;
            kept = b;
        }
        if (out)
            block_free(out);
    }
    if (kept) {
        kept->next = NULL;
        kept->used = 0;
        poison(kept->bytes, kept->size);
    }
    *a = (struct arena){.head = kept};
}

void arena_release(struct arena *a)
{
    for (struct arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        block_free(b);
    }
    *a = (struct arena){0};
}
