/* step_table: see the header. */
#include "report/step_table.h"

#include <math.h>
#include <stdlib.h>
#include "report/columns.h"
#include "report/head.h"
#include "report/numbers.h"
#include "stats/proportion.h"
#include "stats/quantile.h"
#include "base/banned.h"

/* What became of a figure that is compared, and whether that can be chance. */
enum { PERIOD_P = PERIOD_COUNT };

/* A column of the table behind the dimensions. */
struct shown_figure {
    size_t figure;
    int period; /* enum period, or PERIOD_P */
};

struct layout {
    struct shown_figure list[80];
    size_t n;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the report");
}

/* ---- adding up ---------------------------------------------------------------------------- */

/* Room for two more groups than there are. */
static bool grow_groups(struct step_table *t, uint32_t groups)
{
    uint32_t cap = t->cap_groups ? t->cap_groups : 64;
    struct step_group *bigger;
    struct step_sum *sums;

    if (groups > UINT32_MAX / 4)
        return false;
    while (cap < groups + 2)
        cap *= 2;
    if (cap > t->cap_groups) {
        bigger = realloc(t->groups, cap * sizeof(*bigger));
        if (!bigger)
            return false;
        t->groups = bigger;
        sums = realloc(t->sums, cap * (t->view->n + 1) * sizeof(*sums));
        if (!sums)
            return false;
        t->sums = sums;
        for (uint32_t g = t->cap_groups; g < cap; g++)
            t->groups[g] = (struct step_group){0};
        for (size_t i = t->cap_groups * t->view->n; i < cap * t->view->n; i++)
            t->sums[i] = (struct step_sum){.max = INT64_MIN};
        t->cap_groups = cap;
    }
    t->n_groups = groups > t->n_groups ? groups : t->n_groups;
    return true;
}

static struct step_sum *sum_of(const struct step_table *t, uint32_t group, size_t figure)
{
    return &t->sums[group * t->view->n + figure];
}

static void add_sums(struct step_table *t, const struct step_slice *slice, size_t f)
{
    int column = t->view->figures[f].column;
    const int64_t *v = slice->cols[column];

    if (!column)
        return;
    for (int64_t i = 0; i < slice->rows; i++) {
        struct step_sum *s;

        if (slice->group[i] == SCAN_OUT || v[i] == CALL_MISSING)
            continue;
        s = sum_of(t, slice->group[i], f);
        if (t->before) {
            s->n_before++;
            if (__builtin_add_overflow(s->sum_before, v[i], &s->sum_before))
                s->sum_before = INT64_MAX;
        } else {
            s->n++;
            s->sum += v[i];
            s->max = v[i] > s->max ? v[i] : s->max;
        }
    }
}

static bool add_values(struct step_values *to, const struct step_slice *slice)
{
    const int64_t *v = slice->cols[to->column];

    for (int64_t i = 0; i < slice->rows; i++) {
        if (slice->group[i] == SCAN_OUT || v[i] == CALL_MISSING)
            continue;
        if (to->n == to->cap) {
            size_t cap = to->cap ? to->cap * 2 : 1024;
            uint32_t *group = realloc(to->group, cap * sizeof(*group));
            int64_t *values;

            if (!group)
                return false;
            to->group = group;
            values = realloc(to->v, cap * sizeof(*values));
            if (!values)
                return false;
            to->v = values;
            to->cap = cap;
        }
        to->group[to->n] = slice->group[i];
        to->v[to->n++] = v[i];
    }
    return true;
}

static bool add_slice(void *ctx, const struct step_slice *slice)
{
    struct step_table *t = ctx;
    const int64_t *unpriced = slice->cols[STEP_RUN_UNPRICED];

    if (!grow_groups(t, slice->groups))
        return false;
    for (int64_t i = 0; i < slice->rows; i++) {
        struct step_group *g;

        if (slice->group[i] == SCAN_OUT)
            continue;
        g = &t->groups[slice->group[i]];
        g->steps += !t->before;
        g->before += t->before;
        g->unpriced += !t->before && unpriced[i] > 0;
    }
    for (size_t f = 0; f < t->view->n; f++)
        add_sums(t, slice, f);
    for (size_t k = 0; k < t->n_values && !t->before; k++)
        if (!add_values(&t->values[k], slice))
            return false;
    return true;
}

static void open_values(struct step_table *t)
{
    for (size_t f = 0; f < t->view->n; f++) {
        bool new = t->view->figures[f].kind == FIGURE_QUANTILE;

        for (size_t k = 0; k < t->n_values; k++)
            new &= t->values[k].column != t->view->figures[f].column;
        if (new && t->n_values < ARRAY_LEN(t->values))
            t->values[t->n_values++].column = t->view->figures[f].column;
    }
}

/* Adds group `from` to group `to`. */
static void merge(struct step_table *t, uint32_t to, uint32_t from)
{
    t->groups[to].steps += t->groups[from].steps;
    t->groups[to].before += t->groups[from].before;
    t->groups[to].unpriced += t->groups[from].unpriced;
    for (size_t f = 0; f < t->view->n; f++) {
        struct step_sum *a = sum_of(t, to, f), *b = sum_of(t, from, f);

        a->sum += b->sum;
        a->n += b->n;
        a->max = b->max > a->max ? b->max : a->max;
        a->n_before += b->n_before;
        if (__builtin_add_overflow(a->sum_before, b->sum_before, &a->sum_before))
            a->sum_before = INT64_MAX;
    }
}

static uint32_t other_group(const struct step_table *t)
{
    return t->n_groups;
}

static uint32_t total_group(const struct step_table *t)
{
    return t->n_groups + 1;
}

size_t step_table_dimension(const struct step_table *t, const char *name)
{
    size_t d = 0;

    while (d < t->n_by && strcmp(t->by[d], name) != 0)
        d++;
    return d;
}

const struct step_sum *step_table_total(const struct step_table *t, int column)
{
    size_t f = 0;

    while (t->view->figures[f].column != column)
        f++;
    return sum_of(t, total_group(t), f);
}

/* ---- figures ------------------------------------------------------------------------------ */

static struct cell cell_ratio(i128 a, i128 b)
{
    return b > 0 ? cell_real(divide_real(a, b)) : (struct cell){0};
}

static bool is_real(int column)
{
    return column == STEP_SCORE;
}

static double as_real(int column, int64_t v)
{
    return is_real(column) ? key_to_real(v) : (double)v;
}

/* Puts the values of one group together. */
static bool sort_values(const struct step_table *t, struct step_values *values)
{
    int64_t *sorted = malloc((values->n + 1) * sizeof(*sorted));
    size_t *start = calloc((size_t)t->n_groups + 2, sizeof(*start));

    if (!sorted || !start) {
        free(sorted);
        free(start);
        return false;
    }
    for (size_t i = 0; i < values->n; i++)
        start[values->group[i] + 2]++;
    for (uint32_t g = 1; g <= t->n_groups; g++)
        start[g + 1] += start[g];
    for (size_t i = 0; i < values->n; i++)
        sorted[start[values->group[i] + 1]++] = values->v[i];
    free(values->v);
    free(values->group);
    values->v = sorted;
    values->group = NULL;
    values->start = start;
    return true;
}

/* Reorders v. */
static struct cell quantile_of(int column, int64_t *v, size_t n, int percent)
{
    struct quantile_place place;
    struct cell c;
    double x;

    if (!n)
        return (struct cell){0};
    place = quantile_place(percent / 100.0, n);
    select_ranks(v, n, (const size_t[]){place.low, place.high}, place.low == place.high ? 1 : 2);
    x = quantile_between(as_real(column, v[place.low]), as_real(column, v[place.high]),
                         place.fraction);
    c = is_real(column) ? cell_real(x) : cell_int((int64_t)llrint(x));
    /* p99 of 50 values is the largest in disguise. */
    c.small_n = (int64_t)n * (100 - percent) < 100 && percent > 50;
    return c;
}

/* The groups that have no row of their own, together. False when out of memory. */
static bool quantile_of_others(const struct step_table *t, const struct step_values *values,
                               int percent, struct cell *out)
{
    int64_t *v = malloc((values->n + 1) * sizeof(*v));
    size_t n = 0;

    if (!v)
        return false;
    for (uint32_t i = t->shown; i < t->n_groups; i++) {
        uint32_t g = t->order[i];
        size_t more = values->start[g + 1] - values->start[g];

        memcpy(v + n, values->v + values->start[g], more * sizeof(*v));
        n += more;
    }
    *out = quantile_of(values->column, v, n, percent);
    free(v);
    return true;
}

/* A row's quantile; that of the total comes last, since it puts the values out of order. */
static bool quantile_cell(const struct step_table *t, uint32_t row, int column, int percent,
                          struct cell *out)
{
    const struct step_values *values = t->values;

    while (values->column != column)
        values++;
    if (row == other_group(t))
        return quantile_of_others(t, values, percent, out);
    *out = row == total_group(t)
               ? quantile_of(column, values->v, values->n, percent)
               : quantile_of(column, values->v + values->start[row],
                             values->start[row + 1] - values->start[row], percent);
    return true;
}

struct cell step_table_quantile(const struct step_table *t, int column, int percent)
{
    struct cell c = {0};

    return quantile_cell(t, total_group(t), column, percent, &c) ? c : (struct cell){0};
}

/* Shares of what a node decides are shares of its own decisions. */
static bool add_wholes(struct step_table *t)
{
    size_t d = step_table_dimension(t, "from_node");

    if (d == t->n_by)
        return true;
    t->wholes = calloc((size_t)steps_axis(t->steps, d)->n_codes, sizeof(*t->wholes));
    for (uint32_t g = 0; g < t->n_groups && t->wholes; g++) {
        struct step_group *whole = &t->wholes[steps_code(t->steps, g, d)];

        whole->steps += t->groups[g].steps;
        whole->before += t->groups[g].before;
    }
    return t->wholes != NULL;
}

static const struct step_group *whole_of(const struct step_table *t, uint32_t row)
{
    if (!t->wholes || row >= t->n_groups)
        return &t->groups[total_group(t)];
    return &t->wholes[steps_code(t->steps, row, step_table_dimension(t, "from_node"))];
}

/* x of n in both windows, of a figure that is a rate. */
struct rates {
    int64_t x, n, x_before, n_before;
};

static struct rates rates_of(const struct step_table *t, uint32_t row, size_t f)
{
    const struct step_group *g = &t->groups[row];
    const struct step_sum *s = sum_of(t, row, f);
    struct rates r = {(int64_t)s->sum, s->n, s->sum_before, s->n_before};

    switch (t->view->figures[f].kind) {
    case FIGURE_STEPS:
        return (struct rates){g->steps, 1, g->before, 1};
    case FIGURE_SHARE:
        return (struct rates){g->steps, whole_of(t, row)->steps, g->before,
                              whole_of(t, row)->before};
    default:
        return r;
    }
}

/* Of the window before, and of both together. */
static struct cell compared_cell(const struct step_table *t, uint32_t row, size_t f, int period)
{
    bool whole = t->view->figures[f].kind == FIGURE_STEPS;
    struct rates r = rates_of(t, row, f);
    struct proportion_change change;

    if (period == PERIOD_BEFORE)
        return whole ? cell_int(r.x_before) : cell_ratio(r.x_before, r.n_before);
    if (period == PERIOD_CHANGE && whole)
        return cell_int(r.x - r.x_before);
    if (!proportion_compare(r.x_before, r.n_before, r.x, r.n, 0.95, &change))
        return (struct cell){0};
    return cell_real(period == PERIOD_P ? change.p : change.difference);
}

static bool figure_cell(const struct step_table *t, uint32_t row, size_t f, struct cell *out)
{
    const struct step_figure *m = &t->view->figures[f];
    const struct step_sum *s = sum_of(t, row, f);
    const struct step_group *g = &t->groups[row];
    struct rates r;
    struct cell c = {0};

    switch (m->kind) {
    case FIGURE_STEPS:
        c = cell_int(g->steps);
        break;
    case FIGURE_SHARE:
        r = rates_of(t, row, f);
        c = cell_ratio(r.x, r.n);
        break;
    case FIGURE_N:
        c = cell_int(s->n);
        break;
    case FIGURE_COUNT:
        c = cell_wide(s->sum);
        break;
    case FIGURE_SUM:
        c = s->n ? cell_wide(s->sum) : c;
        break;
    case FIGURE_SUM_SHARE:
        c = s->n ? cell_ratio(s->sum, sum_of(t, total_group(t), f)->sum) : c;
        break;
    case FIGURE_MEAN:
        c = s->n ? cell_int(divide_half_even(s->sum, s->n)) : c;
        break;
    case FIGURE_RATE:
        c = cell_ratio(s->sum, s->n);
        break;
    case FIGURE_QUANTILE:
        if (!quantile_cell(t, row, m->column, m->percent, &c))
            return false;
        break;
    case FIGURE_MAX:
        c = s->n ? cell_int(s->max) : c;
        break;
    }
    c.lower_bound |= m->money && c.type == CELL_INT && g->unpriced > 0;
    *out = c;
    return true;
}

static bool cell_of(const struct step_table *t, uint32_t row, struct shown_figure shown,
                    struct cell *out)
{
    if (shown.period == PERIOD_NOW)
        return figure_cell(t, row, shown.figure, out);
    *out = compared_cell(t, row, shown.figure, shown.period);
    return true;
}

/* ---- columns ------------------------------------------------------------------------------ */

static void choose_figures(const struct step_table *t, struct layout *l)
{
    for (size_t f = 0; f < t->view->n; f++) {
        const struct step_figure *m = &t->view->figures[f];
        int last = !t->spec->versus || !m->compared ? PERIOD_NOW
                   : m->kind == FIGURE_STEPS        ? PERIOD_CHANGE
                                                    : PERIOD_P;

        if (m->money && t->spec->no_cost)
            continue;
        for (int p = PERIOD_NOW; p <= last && l->n < ARRAY_LEN(l->list); p++)
            if (p != PERIOD_CHANGE_RATE)
                l->list[l->n++] = (struct shown_figure){f, p};
    }
}

static const char *key_of(struct table *out, const char *key, int period)
{
    static const char *const suffixes[] = {"", "_previous", "_change", "", "_p"};
    size_t n = strlen(key), more = strlen(suffixes[period]);
    char *text = arena_alloc(&out->arena, n + more + 1);

    if (text) {
        memcpy(text, key, n);
        memcpy(text + n, suffixes[period], more + 1);
    }
    return text;
}

static bool add_column(struct table *out, const struct step_figure *m, int period)
{
    static const char *const titles[] = {"", "before", "change", "", "p"};
    const char *key = key_of(out, m->key, period);
    struct column *c = key ? table_add_column(out, key, period ? titles[period] : m->title,
                                              period == PERIOD_P ? UNIT_REAL : m->unit)
                           : NULL;

    if (!c)
        return false;
    c->also_key = m->also_key;
    c->in_text = m->in_text;
    c->in_data = true;
    c->in_graph = m->in_graph;
    c->change = period == PERIOD_CHANGE;
    c->drop = m->drop;
    return true;
}

static enum err add_columns(struct step_table *t, const struct layout *l, struct error *err)
{
    for (size_t d = 0; d < t->n_by; d++) {
        struct column *c = table_add_column(t->out, t->by[d], t->by[d], UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->dimension = c->in_text = c->in_data = true;
    }
    for (size_t i = 0; i < l->n; i++)
        if (!add_column(t->out, &t->view->figures[l->list[i].figure], l->list[i].period))
            return no_memory(err);
    return OK;
}

/* What --columns leaves: dimensions are always shown, in front. */
static enum err choose_columns_of(struct step_table *t, struct error *err)
{
    enum err rc = table_choose(t->out, t->spec->columns, t->spec->n_columns, err);

    for (size_t d = 0; d < t->n_by; d++)
        t->out->columns[d].in_text = t->out->columns[d].in_data = true;
    return rc;
}

/* ---- order -------------------------------------------------------------------------------- */

/* A group while groups are put in order. */
struct ranked {
    const struct step_table *t;
    uint32_t group;
    struct cell key; /* missing ones are last */
    bool sorted, ascending;
};

/* Made once: some cost a look-up in the database. */
static bool find_names(struct step_table *t)
{
    t->names = calloc((size_t)t->n_groups * t->n_by + 1, sizeof(*t->names));
    for (uint32_t g = 0; g < t->n_groups && t->names; g++)
        for (size_t d = 0; d < t->n_by; d++)
            t->names[g * t->n_by + d] =
                axis_text(steps_axis(t->steps, d), steps_code(t->steps, g, d), &t->out->arena);
    return t->names != NULL;
}

static struct sv name_of(const struct step_table *t, uint32_t group, size_t d)
{
    return t->names[group * t->n_by + d];
}

static double number_of(struct cell c)
{
    return c.type == CELL_INT ? (double)c.i : c.r;
}

static int compare_keys(const struct ranked *a, const struct ranked *b)
{
    int order;

    if ((a->key.type == CELL_MISSING) != (b->key.type == CELL_MISSING))
        return a->key.type == CELL_MISSING ? 1 : -1;
    if (a->key.type == CELL_TEXT)
        order = sv_cmp(a->key.text, b->key.text);
    else if (a->key.type == CELL_INT && b->key.type == CELL_INT)
        order = a->key.i < b->key.i ? -1 : a->key.i > b->key.i;
    else
        order = number_of(a->key) < number_of(b->key) ? -1 : number_of(a->key) > number_of(b->key);
    return a->ascending ? order : -order;
}

static int compare_names(const struct step_table *t, uint32_t a, uint32_t b)
{
    for (size_t d = 0; d < t->n_by; d++) {
        struct sv left = name_of(t, a, d), right = name_of(t, b, d);
        int order = !left.p || !right.p ? !left.p - !right.p : sv_cmp(left, right);

        if (order)
            return order;
    }
    return 0;
}

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    const struct step_table *t = a->t;
    const struct step_group *x = &t->groups[a->group], *y = &t->groups[b->group];
    int order = a->sorted ? compare_keys(a, b) : 0;

    for (size_t d = 0; d < t->n_by && !a->sorted && !order; d++)
        if (steps_axis(t->steps, d)->dim->kind == DIMENSION_TIME) {
            int64_t m = steps_code(t->steps, a->group, d), n = steps_code(t->steps, b->group, d);

            order = !m || !n ? !m - !n : m < n ? -1 : m > n;
        }
    if (!order && x->steps != y->steps)
        order = x->steps > y->steps ? -1 : 1;
    if (!order && x->before != y->before)
        order = x->before > y->before ? -1 : 1;
    return order ? order : compare_names(t, a->group, b->group);
}

static size_t figure_named(const struct step_table *t, const struct layout *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct column *c = &t->out->columns[t->n_by + i];

        if (strcmp(c->key, name) == 0 || (c->also_key && strcmp(c->also_key, name) == 0))
            return i;
    }
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(t->out->columns[t->n_by + i].title, name) == 0)
            return i;
    return l->n;
}

static enum err unknown_sort(const struct step_table *t, struct error *err)
{
    const char *names[128] = {0};

    for (size_t i = 0; i < t->out->n_columns && i < ARRAY_LEN(names) - 1; i++)
        names[i] = t->out->columns[i].key;
    return unknown_name(err, "column", sv_from(t->spec->sort), names);
}

static enum err rank(struct step_table *t, const struct layout *l, struct error *err)
{
    const char *sort = t->spec->sort ? t->spec->sort : t->view->sort;
    struct ranked *all = calloc((size_t)t->n_groups + 1, sizeof(*all));
    size_t d = sort ? step_table_dimension(t, sort) : t->n_by;
    size_t f = sort ? figure_named(t, l, sort) : l->n;
    uint32_t kept = 0, later = 0;
    enum err rc = OK;

    t->order = calloc((size_t)t->n_groups + 1, sizeof(*t->order));
    if (!all || !t->order || !find_names(t))
        rc = no_memory(err);
    else if (t->spec->sort && d == t->n_by && f == l->n)
        rc = unknown_sort(t, err);
    for (uint32_t g = 0; g < t->n_groups && !rc; g++) {
        all[g] = (struct ranked){.t = t,
                                 .group = g,
                                 .sorted = d < t->n_by || f < l->n,
                                 .ascending = t->spec->sort && t->spec->ascending};
        if (d < t->n_by)
            all[g].key = cell_text(name_of(t, g, d));
        else if (f < l->n && !cell_of(t, g, l->list[f], &all[g].key))
            rc = no_memory(err);
    }
    if (!rc)
        qsort(all, t->n_groups, sizeof(*all), compare_ranked);
    for (uint32_t i = 0; i < t->n_groups && !rc; i++) {
        bool few = t->groups[all[i].group].steps < t->spec->min_n;

        t->too_few += few;
        if (!few && (!t->spec->limit || kept < (uint64_t)t->spec->limit))
            t->order[kept++] = all[i].group;
        else
            t->order[t->n_groups - 1 - later++] = all[i].group;
    }
    t->shown = kept;
    for (uint32_t i = kept; i < t->n_groups && !rc; i++)
        merge(t, other_group(t), t->order[i]);
    free(all);
    return rc;
}

/* ---- the table ---------------------------------------------------------------------------- */

static bool fill_cells(struct step_table *t, const struct layout *l, uint32_t group,
                       struct row *row)
{
    for (size_t i = 0; i < l->n; i++) {
        struct cell *c = &row->cells[t->n_by + i];

        if (!cell_of(t, group, l->list[i], c))
            return false;
        row->lower_bound |= c->lower_bound;
    }
    return true;
}

static bool add_group(struct step_table *t, const struct layout *l, uint32_t group)
{
    struct row *row = table_add_row(t->out);

    if (!row)
        return false;
    for (size_t d = 0; d < t->n_by; d++) {
        struct sv name = name_of(t, group, d);

        if (name.p)
            name = arena_copy(&t->out->arena, name);
        row->cells[d] = cell_text(name);
    }
    return fill_cells(t, l, group, row);
}

static enum err add_rows(struct step_table *t, const struct layout *l, struct error *err)
{
    bool ok = true;

    for (uint32_t i = 0; i < t->shown && ok; i++)
        ok = add_group(t, l, t->order[i]);
    if (ok && t->shown < t->n_groups && !t->view->parts) {
        struct row *row = table_add_row(t->out);

        ok = row && fill_cells(t, l, other_group(t), row);
        if (ok)
            row->kind = ROW_OTHER;
    }
    if (ok && t->n_groups && !t->view->parts) {
        t->out->totals.cells =
            arena_zalloc(&t->out->arena, t->out->n_columns + 1, sizeof(struct cell));
        ok = t->out->totals.cells && fill_cells(t, l, total_group(t), &t->out->totals);
    }
    return ok ? OK : no_memory(err);
}

static bool compare_head(struct step_table *t)
{
    const struct report_spec *spec = t->spec;
    char days[96];

    if (!spec->versus)
        return true;
    bucket_days_label(spec->zone, spec->versus_since_us, spec->versus_until_us - 1, days);
    t->out->has_previous = true;
    t->out->previous_since_us = spec->versus_since_us;
    t->out->previous_until_us = spec->versus_until_us;
    t->out->previous_calls = t->counts_before.steps;
    t->out->previous_text = arena_text(&t->out->arena, days);
    return t->out->previous_text != NULL;
}

static enum err fill_head(struct step_table *t, const struct scan_spec *scan, struct error *err)
{
    struct scan_counts n = {
        .calls = t->counts.steps, .first_us = t->counts.first_us, .last_us = t->counts.last_us};
    struct table *out = t->out;
    bool bounded = t->spec->since_known || t->spec->until_known;
    enum err rc = head_fill(out, t->store, n, scan, err);

    if (rc)
        return rc;
    out->verb = "report";
    out->view = t->view->name;
    out->one = t->view->one;
    out->many = t->view->many;
    if (!compare_head(t) || !table_add_fact(out, "steps", cell_int(t->counts.steps)) ||
        !table_add_fact(out, "steps_without_time", cell_int(t->counts.without_time)))
        return no_memory(err);
    if (bounded && t->counts.without_time &&
        !table_warn(out, "%lld %s without a time %s in no window",
                    (long long)t->counts.without_time,
                    t->counts.without_time == 1 ? t->view->one : t->view->many,
                    t->counts.without_time == 1 ? "is" : "are"))
        return no_memory(err);
    if (t->too_few && !table_note(out, "%u group%s with fewer than %lld %s in (other)", t->too_few,
                                  plural(t->too_few), (long long)t->spec->min_n, t->view->many))
        return no_memory(err);
    if (!t->counts.steps && !t->counts_before.steps && !table_note(out, "%s", t->view->nothing))
        return no_memory(err);
    return OK;
}

/* Columns that no row fills say nothing to people. */
static void hide_empty(struct table *out)
{
    for (size_t c = 0; c < out->n_columns && out->n_rows; c++) {
        bool some = false;

        for (size_t i = 0; i < out->n_rows && !some; i++)
            some = out->rows[i].cells[c].type != CELL_MISSING;
        some |= out->totals.cells && out->totals.cells[c].type != CELL_MISSING;
        if (!out->columns[c].dimension)
            out->columns[c].in_text &= some;
    }
}

static enum err draw(struct step_table *t, const struct layout *l, struct error *err)
{
    struct chart *chart = arena_zalloc(&t->out->arena, 1, sizeof(*chart));
    size_t f = t->spec->n_columns ? figure_named(t, l, t->spec->columns[0]) : 0;

    if (!chart)
        return no_memory(err);
    chart->column = t->n_by + (f < l->n ? f : 0);
    for (size_t c = t->n_by; c < t->out->n_columns; c++)
        t->out->columns[c].in_text = c == chart->column;
    t->out->chart = chart;
    return OK;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static enum err check(const struct step_table *t, struct error *err)
{
    const struct report_spec *spec = t->spec;

    if (spec->n_views > 1)
        return error_set(err, ERR_USAGE, "the view %s stands alone: its rows are %s, not calls",
                         t->view->name, t->view->many);
    if (spec->cumulative == CUMULATIVE_SORTED || spec->per_outcome || spec->narrate)
        return error_set(err, ERR_USAGE, "%s goes with views of calls, not with %s",
                         spec->narrate       ? "--narrate"
                         : spec->per_outcome ? "--per outcome"
                                             : "--cumulative",
                         t->view->name);
    for (size_t d = 0; d < t->n_by && spec->versus; d++)
        if (report_dimension_is_time(t->by[d]))
            return error_set(err, ERR_USAGE,
                             "--vs goes with dimensions that both windows have, "
                             "and not with %s",
                             t->by[d]);
    return OK;
}

static enum err walk(struct step_table *t, struct error *err)
{
    const struct report_spec *spec = t->spec;
    struct steps_window now = {spec->since_known, spec->until_known, spec->since_us,
                               spec->until_us};
    struct steps_window before = {true, true, spec->versus_since_us, spec->versus_until_us};
    enum err rc;

    if (!grow_groups(t, 0))
        return no_memory(err);
    rc = steps_walk(t->steps, now, add_slice, t, &t->counts, err);
    t->before = true;
    if (!rc && spec->versus)
        rc = steps_walk(t->steps, before, add_slice, t, &t->counts_before, err);
    for (size_t k = 0; k < t->n_values && !rc; k++)
        if (!sort_values(t, &t->values[k]))
            rc = no_memory(err);
    for (uint32_t g = 0; g < t->n_groups && !rc; g++)
        merge(t, total_group(t), g);
    return rc || add_wholes(t) ? rc : no_memory(err);
}

static void release(struct step_table *t)
{
    for (size_t k = 0; k < t->n_values; k++) {
        free(t->values[k].group);
        free(t->values[k].v);
        free(t->values[k].start);
    }
    free(t->groups);
    free(t->sums);
    free(t->order);
    free(t->wholes);
    free(t->names);
    steps_close(t->steps);
}

enum err step_table_run(struct store *s, const struct report_spec *spec,
                        const struct step_view *view,
                        enum err (*remark)(struct step_table *t, struct error *err),
                        struct table *out, struct error *err)
{
    static const char *const days[] = {"day"};
    struct step_table t = {.view = view, .spec = spec, .store = s, .out = out};
    struct layout layout = {.n = 0};
    struct scan_spec scan;
    enum err rc;

    t.by = spec->n_by ? spec->by : spec->chart ? days : view->by;
    t.n_by = spec->n_by ? spec->n_by : spec->chart ? ARRAY_LEN(days) : view->n_by;
    scan = report_scan_spec(spec);
    scan.by = t.by;
    scan.n_by = t.n_by;
    scan.jobs = 1;
    rc = check(&t, err);
    if (!rc)
        rc = steps_open(s, view->of, &scan, spec->human, spec->n_human, spec->own_phases, &t.steps,
                        err);
    open_values(&t);
    if (!rc)
        rc = walk(&t, err);
    choose_figures(&t, &layout);
    if (!rc)
        rc = add_columns(&t, &layout, err);
    if (!rc)
        rc = rank(&t, &layout, err);
    if (!rc)
        rc = fill_head(&t, &scan, err);
    if (!rc)
        rc = add_rows(&t, &layout, err);
    if (!rc)
        hide_empty(out);
    if (!rc)
        rc = choose_columns_of(&t, err);
    if (!rc && spec->chart)
        rc = draw(&t, &layout, err);
    if (!rc && remark)
        rc = remark(&t, err);
    release(&t);
    return rc;
}
