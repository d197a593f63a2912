/* fill: the table of a report: its head, its columns and its rows. */
#include "report/run.h"

#include <stdio.h>
#include "base/time_text.h"
#include "report/head.h"
#include "report/numbers.h"
#include "base/banned.h"

/* "tokens,cost" */
static const char *join(struct table *t, const char *const *list, size_t n)
{
    size_t length = 1;
    char *text, *end;

    for (size_t i = 0; i < n; i++)
        length += strlen(list[i]) + 1;
    text = end = arena_zalloc(&t->arena, 1, length);
    for (size_t i = 0; text && i < n; i++) {
        if (i)
            *end++ = ',';
        memcpy(end, list[i], strlen(list[i]));
        end += strlen(list[i]);
    }
    return text;
}

/* key and suffix, NULL for a NULL key; false when out of memory. */
static bool join_key(struct table *t, const char *key, const char *suffix, const char **out)
{
    size_t n = key ? strlen(key) : 0, more = strlen(suffix);
    char *text;

    *out = key;
    if (!key || !more)
        return true;
    text = arena_alloc(&t->arena, n + more + 1);
    if (!text)
        return false;
    memcpy(text, key, n);
    memcpy(text + n, suffix, more + 1);
    *out = text;
    return true;
}

static bool add_column(struct table *t, const struct chosen_column *chosen)
{
    static const struct {
        const char *title;
        int drop; /* earlier than the measure itself, unless it is the cost */
    } looks[PERIOD_COUNT] = {
        {NULL,     0 },
        {"before", 20},
        {"change", 0 },
        {"change", 10}
    };
    const struct measure *m = &measures[chosen->measure];
    enum period p = chosen->period;
    bool rate = p == PERIOD_CHANGE_RATE, sum = m->kind == MEASURE_SUM;
    struct column *c;
    const char *key, *also_key;

    if (!join_key(t, m->key, period_suffixes[p], &key) ||
        !join_key(t, rate ? NULL : m->also_key, period_suffixes[p], &also_key))
        return false;
    c = table_add_column(t, key, p ? looks[p].title : m->title, rate ? UNIT_RATE : m->unit);
    if (!c)
        return false;
    c->also_key = also_key;
    c->drop = sum ? m->drop : m->drop + looks[p].drop;
    c->change = p == PERIOD_CHANGE || rate;
    c->in_text = chosen->in_text;
    c->in_data = chosen->in_data;
    return true;
}

/* A last column that machines get: is the group new? */
static bool shows_status(const struct run *r)
{
    return r->before && r->n_by && !r->spec->n_columns;
}

static enum err add_columns(struct run *r, struct error *err)
{
    struct table *t = r->table;

    for (size_t d = 0; d < r->n_by; d++) {
        struct column *c = table_add_column(t, t->by[d], t->by[d], UNIT_NONE);

        if (!c)
            return run_no_memory(err);
        c->dimension = c->in_text = c->in_data = true;
    }
    for (size_t i = 0; i < r->columns.n; i++)
        if (!add_column(t, &r->columns.list[i]))
            return run_no_memory(err);
    if (shows_status(r)) {
        struct column *c = table_add_column(t, "group_status", "group", UNIT_NONE);

        if (!c)
            return run_no_memory(err);
        c->in_data = true; /* people see "new" in place of a percentage, and rows without calls */
    }
    return OK;
}

static void fill_measures(struct run *r, struct row *row, struct place at)
{
    for (size_t i = 0; i < r->columns.n; i++) {
        struct cell *c = &row->cells[r->n_by + i];

        *c = run_figure(r, r->columns.list[i].measure, r->columns.list[i].period, at);
        if (r->columns.list[i].period == PERIOD_BEFORE)
            row->lower_bound_previous |= c->lower_bound;
        else
            row->lower_bound |= c->lower_bound;
    }
}

static struct cell status_cell(const struct run *r, uint32_t group)
{
    bool now = run_has_calls(r, &r->sums, group), then = run_has_calls(r, &r->sums_before, group);

    return cell_text(!then ? SV("new") : now ? SV("both") : SV("vanished"));
}

static enum err add_group(struct run *r, uint32_t position, struct error *err)
{
    uint32_t group = r->ranking.order[position];
    struct row *row = table_add_row(r->table);

    if (!row)
        return run_no_memory(err);
    for (size_t d = 0; d < r->n_by; d++) {
        struct sv text = joined_text(&r->groups, group, d, &r->table->arena);

        if (text.p)
            text = arena_copy(&r->table->arena, text);
        row->cells[d] = cell_text(text);
    }
    fill_measures(r, row, (struct place){group, position});
    if (shows_status(r))
        row->cells[r->n_by + r->columns.n] = status_cell(r, group);
    return OK;
}

static enum err add_rows(struct run *r, struct error *err)
{
    const struct ranking *k = &r->ranking;
    struct table *t = r->table;
    struct row *row;
    enum err rc = OK;

    for (uint32_t i = 0; i < k->shown && !rc; i++)
        rc = add_group(r, i, err);
    if (rc)
        return rc;
    if (k->shown < k->groups) {
        row = table_add_row(t);
        if (!row)
            return run_no_memory(err);
        row->kind = ROW_OTHER;
        fill_measures(r, row, (struct place){k->groups, k->shown});
    }
    t->totals.cells = arena_zalloc(&t->arena, t->n_columns + 1, sizeof(*t->totals.cells));
    if (!t->totals.cells)
        return run_no_memory(err);
    fill_measures(r, &t->totals, (struct place){k->groups + 1, k->shown + 1});
    if (!r->n_by && !k->groups) { /* nothing to group and nothing to count: still one row */
        row = table_add_row(t);
        if (!row)
            return run_no_memory(err);
        memcpy(row->cells, t->totals.cells, t->n_columns * sizeof(*row->cells));
    }
    return OK;
}

static bool is_midnight(const struct zone *z, int64_t us)
{
    return zone_day_start_us(z, zone_day(z, us)) == us;
}

/* "2026-11-14 .. 2026-11-20" of whole days, else the two instants. */
static const char *bounds_text(const struct run *r, int64_t since_us, int64_t until_us)
{
    const struct zone *z = r->spec->zone;
    char text[96];
    size_t n;

    if (is_midnight(z, since_us) && is_midnight(z, until_us) && since_us < until_us) {
        bucket_days_label(z, since_us, until_us - 1, text);
        return arena_text(&r->table->arena, text);
    }
    n = time_format_offset(since_us, zone_offset_s(z, since_us), z->n <= 1, text);
    memcpy(text + n, " .. ", 4);
    time_format_offset(until_us, zone_offset_s(z, until_us), z->n <= 1, text + n + 4);
    return arena_text(&r->table->arena, text);
}

static enum err fill_head(struct run *r, struct error *err)
{
    const struct report_spec *spec = r->spec;
    struct scan_spec scan = report_scan_spec(spec);
    struct table *t = r->table;
    enum err rc;

    scan.by = r->by;
    scan.n_by = r->n_by;
    rc = head_fill(t, r->store, scan_counts(r->scan), &scan, err);
    if (rc)
        return rc;
    t->verb = "report";
    t->view = join(t, spec->views, spec->n_views);
    if (spec->window_text)
        t->window_text = arena_text(&t->arena, spec->window_text);
    if (r->before) {
        t->has_previous = true;
        t->previous_since_us = spec->versus_since_us;
        t->previous_until_us = spec->versus_until_us;
        t->previous_calls = scan_counts(r->before->scan).calls;
        t->previous_text = bounds_text(r, spec->versus_since_us, spec->versus_until_us);
        if (!t->previous_text)
            return run_no_memory(err);
    }
    return t->view ? OK : run_no_memory(err);
}

/* Where nobody uses a cache, nobody wants a column of what it saved. */
static void hide_idle_savings(struct run *r)
{
    for (size_t i = 0; i < r->columns.n && !r->spec->n_columns; i++) {
        const struct cell *total = &r->table->totals.cells[r->n_by + i];

        if (measures[r->columns.list[i].measure].a == T_SAVINGS && total->i == 0)
            r->table->columns[r->n_by + i].in_text = false;
    }
}

enum err run_fill(struct run *r, struct error *err)
{
    enum err rc = fill_head(r, err);

    if (!rc)
        rc = add_columns(r, err);
    if (!rc)
        rc = add_rows(r, err);
    if (!rc)
        hide_idle_savings(r);
    return rc;
}
