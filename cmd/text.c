/* text: NUL-terminated texts and lists of them that live in an arena. */
#include "text.h"

#include "base/banned.h"

char *text_copy(struct arena *arena, struct sv s)
{
    char *copy = arena_alloc(arena, s.n + 1);

    if (!copy)
        return NULL;
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return copy;
}

bool text_list_add(struct text_list *list, const char *text, struct arena *arena)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 8;
        const char **v = arena_zalloc(arena, cap, sizeof(*v));

        if (!v)
            return false;
        if (list->n)
            memcpy(v, list->v, list->n * sizeof(*v));
        list->v = v;
        list->cap = cap;
    }
    list->v[list->n++] = text;
    return true;
}
