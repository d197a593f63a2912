/* top: see the header. */
#include "report/top.h"

#include <stdlib.h>
#include "base/banned.h"

enum { SPARE = 1024 }; /* collected beyond what is kept before the rest is thrown away */

static int compare(const void *a, const void *b, void *context)
{
    const struct top_item *x = a, *y = b;
    bool ascending = *(const bool *)context;

    if (x->key == TOP_MISSING || y->key == TOP_MISSING) {
        if (x->key != y->key)
            return x->key == TOP_MISSING ? 1 : -1;
    } else if (x->key != y->key) {
        return (x->key < y->key) == ascending ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

void top_finish(struct top *t)
{
    if (t->n)
        qsort_r(t->v, t->n, sizeof(*t->v), compare, &t->ascending);
    if (t->most && t->n > t->most)
        t->n = t->most;
}

bool top_add(struct top *t, int64_t key, uint64_t item)
{
    if (t->most && t->n >= 2 * t->most + SPARE)
        top_finish(t);
    if (t->n == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 256;
        struct top_item *grown = realloc(t->v, cap * sizeof(*grown));

        if (!grown)
            return false;
        t->v = grown;
        t->cap = cap;
    }
    t->v[t->n++] = (struct top_item){key, item};
    t->seen++;
    return true;
}

void top_release(struct top *t)
{
    free(t->v);
    *t = (struct top){0};
}
