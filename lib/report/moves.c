/* moves: see the header. */
#include "report/moves.h"

#include <stdlib.h>
#include "base/time_text.h"
#include "stats/change_points.h"
#include "stats/moments.h"
#include "stats/sample.h"
#include "base/banned.h"

#define CALLS_AN_HOUR 10

/* All calls are on one side here; nobody looks at the other one, nor at clusters. */
static const struct side_spec everything = {
    .by_time = true, .from_us = {INT64_MIN + 1, 0},
         .until_us = {INT64_MAX,     0}
};

struct moving {
    struct scan *scan;
    struct side_values *values;
    uint32_t *order; /* groups with a time, oldest first */
    size_t n;
    double *series;
    uint32_t *periods; /* groups of the series' values */
    struct change_points *points;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the hours of a change");
}

static enum err open_periods(struct moving *m, struct store *s, const struct scan_spec *spec,
                             const char *const *by, struct error *err)
{
    struct scan_spec calls = *spec;
    enum err rc;

    calls.by = by;
    calls.n_by = 1;
    rc = scan_open(s, &calls, &m->scan, err);
    return rc ? rc : side_values_open(m->scan, s, &everything, 0, &m->values, err);
}

static void close_periods(struct moving *m)
{
    side_values_close(m->values);
    scan_close(m->scan);
    m->values = NULL;
    m->scan = NULL;
}

/* Hours, or days where hours are too many or too empty. */
static enum err choose_periods(struct moving *m, struct store *s, const struct scan_spec *spec,
                               struct error *err)
{
    static const char *const hour[] = {"hour"}, *const day[] = {"day"};
    enum err rc = open_periods(m, s, spec, hour, err);
    uint32_t groups;

    if (rc)
        return rc;
    groups = scan_groups(m->scan);
    if (groups <= CHANGE_POINTS_MAX &&
        side_values_calls(m->values, SIDE_ALL, SIDE_A) >= (int64_t)groups * CALLS_AN_HOUR)
        return OK;
    close_periods(m);
    return open_periods(m, s, spec, day, err);
}

/* Codes of a time axis are in order of time; 0 is a call without one. */
static enum err order_periods(struct moving *m, struct error *err)
{
    uint32_t groups = scan_groups(m->scan);

    m->order = calloc(groups + (size_t)1, sizeof(*m->order));
    m->periods = calloc(groups + (size_t)1, sizeof(*m->periods));
    m->series = calloc(groups + (size_t)1, sizeof(*m->series));
    m->points = malloc(sizeof(*m->points));
    if (!m->order || !m->periods || !m->series || !m->points)
        return no_memory(err);
    for (uint32_t g = 0; g < groups; g++) {
        size_t at = m->n;

        if (!scan_code(m->scan, g, 0))
            continue;
        for (; at && scan_code(m->scan, m->order[at - 1], 0) > scan_code(m->scan, g, 0); at--)
            m->order[at] = m->order[at - 1];
        m->order[at] = g;
        m->n++;
    }
    return OK;
}

/* The metric in each period that has calls with it; returns how many. */
static size_t make_series(struct moving *m, double q)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++) {
        struct side_sample s = side_values_get(m->values, m->order[i], SIDE_A);
        struct moments moments;

        if (!s.n)
            continue;
        moments = moments_of(s.v, s.n);
        m->series[n] = q > 0 ? sample_quantile(s.v, s.n, q) : moments.mean;
        m->periods[n++] = m->order[i];
    }
    return n;
}

/* *found: whether the metric has a change point. The field was read. */
static enum err find_move(struct moving *m, const struct move_question *question, struct arena *a,
                          struct move *out, bool *found, struct error *err)
{
    size_t n = make_series(m, question->q), first;
    enum err rc;

    *found = false;
    if (n < CHANGE_POINTS_MIN || n > CHANGE_POINTS_MAX)
        return OK;
    rc = change_points(m->series, n, m->points, err);
    if (rc || !m->points->n)
        return rc;
    first = m->points->at[0].index;
    *found = true;
    *out = (struct move){
        .metric = question->metric,
        .at = axis_text(scan_axis(m->scan, 0), scan_code(m->scan, m->periods[first], 0), a),
        .before = m->points->at[0].median_before,
        .after = m->points->at[0].median_after,
        .unit = question->field->unit,
        .period = (size_t)scan_code(m->scan, m->periods[first], 0),
    };
    return out->at.p ? OK : no_memory(err);
}

static enum err find_moves(struct moving *m, struct store *s, const struct move_question *questions,
                           size_t n, struct arena *a, struct move *out, size_t *n_out,
                           struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < n && !rc; i++) {
        bool found = false, same = i && questions[i].field == questions[i - 1].field;
        struct move move;
        size_t at;

        if (!same) {
            rc = compared_field_open(questions[i].field, m->scan, s, m->values, err);
            if (!rc)
                rc = side_values_read(m->values, &questions[i].field->field, err);
            compared_field_close(questions[i].field);
        }
        if (!rc)
            rc = find_move(m, &questions[i], a, &move, &found, err);
        if (rc || !found)
            continue;
        for (at = (*n_out)++; at && out[at - 1].period > move.period; at--)
            out[at] = out[at - 1];
        out[at] = move;
    }
    return rc;
}

enum err moves_find(struct store *s, const struct scan_spec *spec,
                    const struct move_question *questions, size_t n, struct arena *a,
                    struct move **out, size_t *n_out, struct error *err)
{
    struct moving m = {0};
    enum err rc;

    *n_out = 0;
    *out = arena_zalloc(a, n + 1, sizeof(**out));
    rc = *out ? choose_periods(&m, s, spec, err) : no_memory(err);
    if (!rc)
        rc = order_periods(&m, err);
    if (!rc)
        rc = find_moves(&m, s, questions, n, a, *out, n_out, err);
    close_periods(&m);
    free(m.order);
    free(m.periods);
    free(m.series);
    free(m.points);
    return rc;
}
