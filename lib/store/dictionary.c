/* dictionary: the texts of one dimension in memory, by their dense ids. */
#include "store/dictionary.h"
#include <stdlib.h>
#include "base/banned.h"

static bool grow(struct dictionary *d)
{
    size_t cap = d->cap ? 2 * d->cap : 32;
    struct sv *texts = realloc(d->texts, cap * sizeof(*texts));

    if (!texts)
        return false;
    d->texts = texts;
    d->cap = cap;
    return true;
}

bool dictionary_add(struct dictionary *d, struct sv text)
{
    struct sv copy;

    if (d->n == d->cap && !grow(d))
        return false;
    copy = arena_copy(&d->arena, text);
    if (!copy.p)
        return false;
    d->texts[d->n++] = copy;
    return true;
}

struct sv dictionary_text(const struct dictionary *d, int64_t id)
{
    return id >= 1 && (uint64_t)id <= d->n ? d->texts[id - 1] : SV_NONE;
}

void dictionary_release(struct dictionary *d)
{
    arena_release(&d->arena);
    free(d->texts);
    *d = (struct dictionary){0};
}
