/* text: NUL-terminated texts and lists of them that live in an arena. */
#ifndef LLMOBS_TEXT_H
#define LLMOBS_TEXT_H

#include "base/arena.h"

struct text_list {
    const char **v; /* array in the arena; the texts are borrowed or in it */
    size_t n, cap;
};

/* s with a NUL behind it, in the arena; NULL when out of memory. */
char *text_copy(struct arena *arena, struct sv s);

/* Appends a borrowed text; false when out of memory. */
bool text_list_add(struct text_list *list, const char *text, struct arena *arena);

#endif
