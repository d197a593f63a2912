/* list_words: see the header. */
#include "report/list_words.h"

#include <string.h>
#include "base/banned.h"

bool list_words_add_columns(const struct list_words *l)
{
    for (size_t i = 0; i < l->n_by; i++) {
        struct column *c = table_add_column(l->t, l->by[i], l->by[i], UNIT_NONE);

        if (!c)
            return false;
        c->dimension = c->in_text = c->in_data = true;
    }
    return true;
}

const struct sv *list_words_of(const struct list_words *l, uint32_t group, int64_t *when)
{
    size_t n = l->calls->n_by;
    struct sv *words = arena_zalloc(&l->t->arena, n + 1, sizeof(*words));

    *when = 0;
    if (!words)
        return NULL;
    for (size_t d = 0; d < n; d++) {
        struct sv text =
            axis_text(scan_axis(l->scan, d), scan_code(l->scan, group, d), &l->t->arena);

        if (text.p) /* it may go with the scan, before the table */
            words[d] = arena_copy(&l->t->arena, text);
    }
    if (n && scan_axis(l->scan, 0)->dim->kind == DIMENSION_TIME)
        *when = scan_code(l->scan, group, 0);
    return words;
}

struct cell list_words_cell(const struct list_words *l, const struct sv *words, size_t i)
{
    size_t d = 0;

    while (d + 1 < l->calls->n_by && strcmp(l->calls->by[d], l->by[i]) != 0)
        d++;
    return words[d].p ? cell_text(words[d]) : (struct cell){0};
}
