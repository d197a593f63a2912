/* table: growing a table; everything it holds lies in its arena. */
#include "table/table.h"

#include <stdarg.h>
#include <stdio.h>
#include "base/banned.h"

/* Room for one more element of `size` bytes behind n; the array doubles and old ones stay in the
 * arena until the table goes. The new element is zeroed. */
static bool grow(struct arena *a, void *array, size_t n, size_t *cap, size_t size)
{
    void *old, *bigger;
    size_t room = *cap ? *cap * 2 : 8;

    memcpy(&old, array, sizeof(old));
    if (n < *cap)
        return true;
    if (room < *cap)
        return false;
    bigger = arena_zalloc(a, room, size);
    if (!bigger)
        return false;
    if (n)
        memcpy(bigger, old, n * size);
    memcpy(array, &bigger, sizeof(bigger));
    *cap = room;
    return true;
}

struct column *table_add_column(struct table *t, const char *key, const char *title, enum unit unit)
{
    struct column *c;

    if (!grow(&t->arena, &t->columns, t->n_columns, &t->cap_columns, sizeof(*t->columns)))
        return NULL;
    c = &t->columns[t->n_columns++];
    *c = (struct column){.key = key, .title = title, .unit = unit};
    return c;
}

static bool widen_row(struct table *t, struct row *r)
{
    struct cell *cells = arena_zalloc(&t->arena, t->n_columns + 1, sizeof(*cells));

    if (!cells)
        return false;
    if (t->n_columns)
        memcpy(cells, r->cells, t->n_columns * sizeof(*cells));
    r->cells = cells;
    return true;
}

struct column *table_extend(struct table *t, const char *key, const char *title, enum unit unit)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (!widen_row(t, &t->rows[i]))
            return NULL;
    if (t->totals.cells && !widen_row(t, &t->totals))
        return NULL;
    return table_add_column(t, key, title, unit);
}

struct row *table_add_row(struct table *t)
{
    struct cell *cells = arena_zalloc(&t->arena, t->n_columns, sizeof(*cells));
    struct row *r;

    if (!cells || !grow(&t->arena, &t->rows, t->n_rows, &t->cap_rows, sizeof(*t->rows)))
        return NULL;
    r = &t->rows[t->n_rows++];
    *r = (struct row){.kind = ROW_GROUP, .cells = cells};
    return r;
}

static bool add_fact(struct table *t, struct fact fact)
{
    if (!grow(&t->arena, &t->coverage, t->n_coverage, &t->cap_coverage, sizeof(*t->coverage)))
        return false;
    t->coverage[t->n_coverage++] = fact;
    return true;
}

static bool add_answer(struct table *t, struct fact fact)
{
    if (!grow(&t->arena, &t->answers, t->n_answers, &t->cap_answers, sizeof(*t->answers)))
        return false;
    t->answers[t->n_answers++] = fact;
    return true;
}

bool table_add_fact(struct table *t, const char *key, struct cell value)
{
    return add_fact(t, (struct fact){.key = key, .value = value});
}

int64_t table_fact(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_coverage; i++)
        if (strcmp(t->coverage[i].key, key) == 0)
            return t->coverage[i].value.i;
    return 0;
}

bool table_add_money(struct table *t, const char *key, const char *also_key, struct cell nusd)
{
    return add_fact(t, (struct fact){.key = key, .also_key = also_key, .value = nusd});
}

bool table_answer(struct table *t, const char *key, struct cell value)
{
    return add_answer(t, (struct fact){.key = key, .value = value});
}

static struct fact_list *new_list(struct table *t, const char *const *keys, size_t n_keys, size_t n)
{
    struct fact_list *list = arena_zalloc(&t->arena, 1, sizeof(*list));
    struct cell *cells = arena_zalloc(&t->arena, n + 1, n_keys * sizeof(*cells));

    if (!list || !cells)
        return NULL;
    *list = (struct fact_list){keys, n_keys, n, cells, false};
    return list;
}

struct cell *table_add_fact_list(struct table *t, const char *key, const char *const *keys,
                                 size_t n_keys, size_t n)
{
    struct fact_list *list = new_list(t, keys, n_keys, n);

    return list && add_fact(t, (struct fact){.key = key, .list = list}) ? list->cells : NULL;
}

struct cell *table_answer_list(struct table *t, const char *key, const char *const *keys,
                               size_t n_keys, size_t n, bool single)
{
    struct fact_list *list = new_list(t, keys, n_keys, n);

    if (!list || !add_answer(t, (struct fact){.key = key, .list = list}))
        return NULL;
    list->single = single;
    return list->cells;
}

static const char *format(struct arena *a, const char *fmt, va_list args)
{
    va_list again;
    char *text;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0)
        return NULL;
    text = arena_alloc(a, (size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, fmt, args);
    return text;
}

static bool add_text(struct table *t, const char ***list, size_t *n, size_t *cap, const char *text)
{
    if (!text || !grow(&t->arena, list, *n, cap, sizeof(**list)))
        return false;
    (*list)[(*n)++] = text;
    return true;
}

bool table_warn(struct table *t, const char *fmt, ...)
{
    const char *text;
    va_list args;

    va_start(args, fmt);
    text = format(&t->arena, fmt, args);
    va_end(args);
    return add_text(t, &t->warnings, &t->n_warnings, &t->cap_warnings, text);
}

bool table_note(struct table *t, const char *fmt, ...)
{
    const char *text;
    va_list args;

    va_start(args, fmt);
    text = format(&t->arena, fmt, args);
    va_end(args);
    return add_text(t, &t->notes, &t->n_notes, &t->cap_notes, text);
}

static size_t column_named(const struct table *t, const char *name)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].key, name) == 0)
            return i;
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].title[0] && strcmp(t->columns[i].title, name) == 0)
            return i;
    return t->n_columns;
}

static enum err unknown_column(const struct table *t, const char *name, struct error *err)
{
    char list[256];
    size_t used = 0;

    list[0] = '\0';
    for (size_t i = 0; i < t->n_columns && used < sizeof(list); i++) {
        int n = snprintf(list + used, sizeof(list) - used, " %s", t->columns[i].key);

        used += n > 0 ? (size_t)n : 0;
    }
    return error_set(err, ERR_USAGE, "no column '%s'; there are:%s", name, list);
}

enum err table_choose(struct table *t, const char *const *names, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++)
        if (column_named(t, names[i]) == t->n_columns)
            return unknown_column(t, names[i], err);
    for (size_t c = 0; c < t->n_columns && n; c++) {
        bool chosen = false;

        for (size_t i = 0; i < n && !chosen; i++)
            chosen = column_named(t, names[i]) == c;
        t->columns[c].in_text = t->columns[c].in_data = chosen;
        t->columns[c].drop = 0; /* they were asked for */
    }
    return OK;
}

void table_release(struct table *t)
{
    arena_release(&t->arena);
    *t = (struct table){0};
}
