/* text_set: see the header. */
#include "query/text_set.h"

#include <stdlib.h>
#include "base/hash.h"
#include "base/banned.h"

int64_t text_set_code(struct text_set *s, struct sv text)
{
    uint64_t hash = hash64(text.p, text.n, 0);
    uint32_t place;

    /* Two texts of one hash: the later one goes by the next free hash. */
    for (;; hash++) {
        place = keymap_find(&s->by_hash, hash);
        if (place == KEYMAP_NONE)
            break;
        if (sv_eq(s->v[place], text))
            return (int64_t)place + 1;
    }
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 64;
        struct sv *bigger = cap > s->cap ? realloc(s->v, cap * sizeof(*bigger)) : NULL;

        if (!bigger)
            return 0;
        s->v = bigger;
        s->cap = cap;
    }
    text = arena_copy(&s->arena, text);
    if (!text.p || keymap_add(&s->by_hash, hash) == KEYMAP_NONE)
        return 0;
    s->v[s->n++] = text;
    return s->n;
}

void text_set_release(struct text_set *s)
{
    arena_release(&s->arena);
    free(s->v);
    keymap_release(&s->by_hash);
    *s = (struct text_set){0};
}
