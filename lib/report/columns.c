/* columns: see the header. */
#include "report/columns.h"

#include "query/dimensions.h"
#include "base/banned.h"

const char *const period_suffixes[PERIOD_COUNT] = {"", "_previous", "_change", "_change_rate"};

static enum err find_view(const char *name, size_t *out, struct error *err)
{
    const char *names[32] = {0};

    for (size_t v = 0; v < report_view_count; v++) {
        if (strcmp(report_views[v].name, name) == 0) {
            *out = v;
            return OK;
        }
        names[v] = report_views[v].name;
    }
    return unknown_name(err, "view", sv_from(name), names);
}

static enum err unknown_column(struct error *err, const char *name, const char *const *by,
                               size_t n_by)
{
    const char *names[2 * COLUMNS_MAX] = {0};
    size_t n = 0;

    for (size_t i = 0; i < n_by && n < COLUMNS_MAX; i++)
        names[n++] = by[i];
    for (size_t i = 0; i < measure_count && n < ARRAY_LEN(names) - 1; i++)
        names[n++] = measures[i].key;
    return unknown_name(err, "column", sv_from(name), names);
}

static void add(struct chosen_columns *c, struct chosen_column wanted)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i].measure == wanted.measure && c->list[i].period == wanted.period) {
            c->list[i].in_text |= wanted.in_text;
            c->list[i].in_data |= wanted.in_data;
            return;
        }
    if (c->n < COLUMNS_MAX)
        c->list[c->n++] = wanted;
}

static void add_view(struct chosen_columns *c, const struct report_spec *spec, size_t v)
{
    bool format = spec->format && strcmp(report_views[v].name, "quality") == 0;

    for (size_t m = 0; m < measure_count; m++) {
        bool shown = format ? measure_is_format(m) : view_shows(v, m);
        bool wanted = spec->all_columns ? view_has(v, m) : shown;

        if (measures[m].kind == MEASURE_SCORE && measures[m].figure == SCORE_CHECKED && !format)
            continue;
        if (wanted && !(spec->no_cost && measures[m].money))
            add(c, (struct chosen_column){m, shown, view_has(v, m), PERIOD_NOW});
    }
}

static bool is_group(const struct report_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->n_by; i++)
        if (strcmp(spec->by[i], name) == 0)
            return true;
    return false;
}

/* What a view does not show by itself, behind the money that goes before it. All of it is money. */
static void add_asked(struct chosen_columns *c, const struct report_spec *spec, const char *key)
{
    size_t m = measure_find(key), to = 0, from;

    if (spec->no_cost)
        return;
    add(c, (struct chosen_column){m, true, true, PERIOD_NOW});
    for (from = 0; from < c->n && c->list[from].measure != m; from++)
        if (measures[c->list[from].measure].money && c->list[from].measure < m)
            to = from + 1;
    for (; to && from > to && from < c->n; from--) {
        c->list[from] = c->list[from - 1];
        c->list[from - 1] = (struct chosen_column){m, true, true, PERIOD_NOW};
    }
}

/* The last period that a compared measure has: what became of a share or a mean is a difference, and
 * of the number of scores it says nothing. */
static enum period last_period(size_t measure)
{
    if (!measure_is_score(measure))
        return PERIOD_CHANGE_RATE;
    return measures[measure].figure == SCORE_N ? PERIOD_BEFORE : PERIOD_CHANGE;
}

/* A measure by name, or a measure that is compared and what became of it: "calls_change". False
 * when there is none. */
static bool find_column(const char *name, bool versus, struct chosen_column *out)
{
    struct sv text = sv_from(name);

    *out = (struct chosen_column){measure_find(name), true, true, PERIOD_NOW};
    for (size_t m = 0; versus && out->measure == measure_count && m < measure_count; m++) {
        struct sv key = sv_from(measures[m].key);

        if (!measures[m].compared || !sv_starts(text, measures[m].key))
            continue;
        for (enum period p = PERIOD_BEFORE; p <= last_period(m); p++)
            if (sv_is((struct sv){text.p + key.n, text.n - key.n}, period_suffixes[p])) {
                out->measure = m;
                out->period = p;
            }
    }
    return out->measure < measure_count;
}

/* Behind each measure that is compared its other periods, unless some are named. */
static void add_periods(struct chosen_columns *c)
{
    struct chosen_columns named = *c;

    for (size_t i = 0; i < named.n; i++)
        if (named.list[i].period != PERIOD_NOW)
            return;
    c->n = 0;
    for (size_t i = 0; i < named.n; i++) {
        struct chosen_column column = named.list[i];

        add(c, column);
        if (!measures[column.measure].compared)
            continue;
        for (column.period = PERIOD_BEFORE; column.period <= last_period(column.measure);
             column.period++) {
            /* People see what a dollar more or less is; of the others the percentage is enough. */
            column.in_text = named.list[i].in_text &&
                             (column.period != PERIOD_CHANGE ||
                              measures[column.measure].kind == MEASURE_SUM ||
                              measure_is_score(column.measure));
            add(c, column);
        }
    }
}

static bool shows_cumulative(const struct report_spec *spec)
{
    if (spec->cumulative == CUMULATIVE_OF_COST)
        for (size_t i = 0; i < spec->n_views; i++)
            if (strcmp(spec->views[i], "cost") == 0)
                return true;
    return spec->cumulative == CUMULATIVE_SORTED;
}

enum err choose_columns(const struct report_spec *spec, struct chosen_columns *out,
                        struct error *err)
{
    struct chosen_column column;
    size_t v = 0;
    enum err rc;

    out->n = 0;
    for (size_t i = 0; i < spec->n_views; i++) {
        rc = find_view(spec->views[i], &v, err);
        if (rc)
            return rc;
        if (!spec->n_columns)
            add_view(out, spec, v);
    }
    if (!spec->n_columns && shows_cumulative(spec))
        add_asked(out, spec, "cost_cumulative_share");
    if (!spec->n_columns && spec->per_outcome) {
        add_asked(out, spec, "cost_per_outcome_usd");
        add_asked(out, spec, "cost_per_outcome_n");
    }
    for (size_t i = 0; i < spec->n_columns; i++) {
        if (is_group(spec, spec->columns[i]))
            continue; /* dimensions are always shown, in front */
        if (!find_column(spec->columns[i], spec->versus, &column))
            return unknown_column(err, spec->columns[i], NULL, 0);
        if (!(spec->no_cost && measures[column.measure].money))
            add(out, column);
    }
    if (spec->versus)
        add_periods(out);
    return OK;
}

/* Of the first view, or the first column named; measure_count when there is none. */
static size_t drawn_measure(const struct report_spec *spec, const struct chosen_columns *c)
{
    size_t v = 0;

    if (spec->n_columns)
        return c->n ? c->list[0].measure : measure_count;
    if (spec->format && strcmp(spec->views[0], "quality") == 0)
        return measure_find("format_compliance_rate");
    while (strcmp(report_views[v].name, spec->views[0]) != 0)
        v++;
    return view_subject(v);
}

enum err choose_drawn(const struct report_spec *spec, struct chosen_columns *c, struct error *err)
{
    size_t drawn = drawn_measure(spec, c), kept = 0;

    for (size_t i = 0; i < c->n; i++) {
        struct chosen_column column = c->list[i];

        column.in_text = column.period == PERIOD_NOW;
        if (column.measure == drawn)
            c->list[kept++] = column;
    }
    c->n = kept;
    if (!kept)
        return error_set(err, ERR_USAGE, "chart: --no-cost leaves nothing to draw");
    if (measures[drawn].unit == UNIT_NONE || c->list[0].period != PERIOD_NOW)
        return error_set(err, ERR_USAGE, "chart: %s%s cannot be drawn", measures[drawn].key,
                         period_suffixes[c->list[0].period]);
    return OK;
}

enum err choose_sort(const char *sort, bool versus, const char *const *by, size_t n_by,
                     struct sort_key *out, struct error *err)
{
    struct chosen_column column;

    *out = (struct sort_key){.by = SORT_DEFAULT};
    if (!sort)
        return OK;
    for (size_t d = 0; d < n_by; d++)
        if (strcmp(by[d], sort) == 0) {
            *out = (struct sort_key){.by = SORT_DIMENSION, .index = d};
            return OK;
        }
    if (!find_column(sort, versus, &column))
        return unknown_column(err, sort, by, n_by);
    *out = (struct sort_key){SORT_MEASURE, column.measure, column.period};
    return OK;
}
