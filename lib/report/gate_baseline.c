/* gate_baseline: see the header. */
#include "report/gate_baseline.h"

#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "stats/change_points.h"
#include "stats/moments.h"
#include "stats/quantile.h"
#include "store/baselines.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for baselines");
}

/* ---- keeping ------------------------------------------------------------------------------ */

/* The metrics that the run has results of, and how many cases have which mean. */
static size_t metrics_of(const struct case_runs *runs, const struct case_run *run,
                         struct baseline_metric *out, size_t *numbers)
{
    for (size_t n = 0; n < run->n_metrics; n++) {
        size_t m = run->metrics[n];
        struct sum sum = {0};
        int64_t cases = 0;

        for (uint32_t i = 0; i < run->n_cases; i++) {
            struct case_result r = case_result_of(&run->results[m], run->order[i]);

            if (r.n) {
                sum_add(&sum, r.sum / r.n);
                cases++;
            }
        }
        numbers[n] = m;
        out[n] = (struct baseline_metric){
            runs->metrics[m], cases, {cases ? sum_value(&sum) / (double)cases : 0, cases > 0}
        };
    }
    return run->n_metrics;
}

static enum err put_results(struct store *s, const struct baseline *b, const struct case_runs *runs,
                            const struct case_run *run, const size_t *numbers, size_t n,
                            struct error *err)
{
    int64_t row = 0;
    enum err rc = OK;

    for (uint32_t i = 0; i < run->n_cases; i++)
        for (size_t m = 0; m < n && !rc; m++) {
            uint32_t number = run->order[i];
            struct case_result r = case_result_of(&run->results[numbers[m]], number);
            struct case_passes p = case_passes_of(&run->results[numbers[m]], number);
            struct baseline_result result = {.metric = (int64_t)m,
                                             .case_id = runs->texts[number],
                                             .cluster = case_cluster_key(runs, number),
                                             .sum = r.sum,
                                             .n = r.n,
                                             .lost = r.lost,
                                             .passed = p.passed,
                                             .verdicts = p.n};

            if (r.n || r.lost)
                rc = store_baseline_add(s, b, row++, &result, err);
        }
    return rc;
}

enum err gate_bless(struct store *s, const struct case_runs *runs, const struct gate_side *side,
                    const char *name, const char *commit, int64_t now_us, struct error *err)
{
    struct run_usage *u = &side->run->usage;
    struct baseline_metric metrics[CASE_METRICS_MAX];
    size_t numbers[CASE_METRICS_MAX];
    const double q = 0.95;
    struct baseline b = {
        .blessed_us = now_us,
        .name = sv_from(name),
        .commit = sv_from(commit),
        .source = sv_from(side->label),
        .run = side->run->name.n ? side->run->name : SV_NONE,
        .cases = side->run->n_cases,
        .calls = u->calls,
        .cost_nusd = u->cost_nusd,
        .cost_calls = u->cost_n,
        .tokens = u->tokens,
        .token_calls = u->tokens_n,
        .latency_p95_us = {0, u->latency_n > 0},
    };
    size_t n = metrics_of(runs, side->run, metrics, numbers);
    enum err rc;

    if (u->latency_n)
        quantiles(u->latency_us, u->latency_n, &q, 1, &b.latency_p95_us.v);
    rc = store_baseline_begin(s, &b, metrics, n, err);
    if (rc)
        return rc;
    rc = put_results(s, &b, runs, side->run, numbers, n, err);
    if (rc) {
        store_baseline_abort(s);
        return rc;
    }
    return store_baseline_commit(s, &b, err);
}

/* ---- reading ------------------------------------------------------------------------------ */

struct loading {
    struct case_runs *runs;
    struct sv run;
    const struct baseline_metric *metrics;
    size_t n_metrics;
};

static enum err load_result(void *ctx, const struct baseline_result *r, struct error *err)
{
    struct loading *l = ctx;
    struct kept_case c = {
        .run = l->run,
        .text = r->case_id,
        .cluster = r->cluster,
        .result = {r->sum, (uint32_t)r->n, (uint32_t)r->lost},
        .passes = {(uint32_t)r->passed,      (uint32_t)r->verdicts }
    };

    if (r->metric < 0 || (size_t)r->metric >= l->n_metrics || r->n > UINT32_MAX ||
        r->lost > UINT32_MAX || r->verdicts > UINT32_MAX)
        return error_set(err, ERR_DB, "damaged: a result of a baseline");
    c.metric = l->metrics[r->metric].name;
    return case_runs_restore(l->runs, 0, &c, err);
}

/* A text of the runs' arena as C wants it. */
static const char *text_of(struct case_runs *runs, struct sv s)
{
    char *p = s.p ? arena_alloc(&runs->arena, s.n + 1) : NULL;

    if (!p)
        return NULL;
    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

enum err gate_baseline_load(struct store *s, const char *name, struct case_runs *runs,
                            struct gate_side *out, struct error *err)
{
    struct baseline b = {0};
    struct baseline_metric *metrics = NULL;
    struct loading l = {.runs = runs};
    enum err rc = store_baseline_find(s, name, &runs->arena, &b, err);

    if (!rc)
        rc = store_baseline_metrics(s, b.id, &runs->arena, &metrics, &l.n_metrics, err);
    l.metrics = metrics;
    l.run = b.run.p ? b.run : SV("");
    if (!rc)
        rc = store_baseline_results(s, b.id, load_result, &l, err);
    if (rc)
        return rc;
    *out = (struct gate_side){
        .label = name,
        .run = case_run_find(runs, 0, l.run),
        .commit = text_of(runs, b.commit),
        .at_us = {b.blessed_us, true},
        .latency_p95_us = b.latency_p95_us
    };
    if (!out->run)
        return error_set(err, ERR_NOT_FOUND, "baseline \"%s\" has no results", name);
    out->run->usage.calls = b.calls;
    out->run->usage.cost_nusd = b.cost_nusd;
    out->run->usage.cost_n = b.cost_calls;
    out->run->usage.tokens = b.tokens;
    out->run->usage.tokens_n = b.token_calls;
    return OK;
}

/* ---- history ------------------------------------------------------------------------------ */

/* A baseline's mean of one metric. */
struct point {
    struct sv name, metric, commit;
    int64_t at_us, cases;
    size_t order; /* of the baseline */
    struct maybe_f64 mean;
};

struct history {
    struct store *store;
    struct table *t;
    int64_t *ids;
    struct point *points;
    size_t n_ids, n_points, cap;
};

/* The metrics are read afterwards: the statement of the baselines is still running. */
static enum err add_baseline(void *ctx, const struct baseline *b, struct error *err)
{
    struct history *h = ctx;

    if (h->n_ids == h->cap) {
        size_t cap = h->cap ? 2 * h->cap : 64;
        struct point *points = realloc(h->points, cap * sizeof(*points));
        int64_t *ids = points ? realloc(h->ids, cap * sizeof(*ids)) : NULL;

        h->points = points ? points : h->points;
        if (!ids)
            return no_memory(err);
        h->ids = ids;
        h->cap = cap;
    }
    h->points[h->n_ids] = (struct point){
        .name = arena_copy(&h->t->arena, b->name), .at_us = b->blessed_us, .order = h->n_ids};
    if (b->commit.p)
        h->points[h->n_ids].commit = arena_copy(&h->t->arena, b->commit);
    h->ids[h->n_ids++] = b->id;
    return h->points[h->n_ids - 1].name.p ? OK : no_memory(err);
}

/* Each baseline becomes a point for each of its metrics. */
static enum err spread_metrics(struct history *h, struct error *err)
{
    struct point *points = NULL;
    size_t n = 0, cap = 0;
    enum err rc = OK;

    for (size_t i = 0; i < h->n_ids && !rc; i++) {
        struct baseline_metric *metrics = NULL;
        size_t n_metrics = 0;

        rc = store_baseline_metrics(h->store, h->ids[i], &h->t->arena, &metrics, &n_metrics, err);
        if (!rc && n + n_metrics > cap) {
            struct point *bigger;

            cap = 2 * (n + n_metrics);
            bigger = realloc(points, cap * sizeof(*bigger));
            if (!bigger)
                rc = no_memory(err);
            else
                points = bigger;
        }
        for (size_t m = 0; m < n_metrics && !rc; m++) {
            points[n] = h->points[i];
            points[n].metric = metrics[m].name;
            points[n].cases = metrics[m].cases;
            points[n++].mean = metrics[m].mean;
        }
    }
    free(h->points);
    h->points = points;
    h->n_points = n;
    return rc;
}

static int by_series(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    int c = sv_cmp(x->name, y->name);

    if (!c)
        c = sv_cmp(x->metric, y->metric);
    return c ? c : (x->order > y->order) - (x->order < y->order);
}

enum { H_NAME, H_METRIC, H_AT, H_COMMIT, H_CASES, H_MEAN, H_BEFORE, H_AFTER, H_P, H_SHOWN };

static bool add_history_columns(struct table *t)
{
    static const struct {
        const char *key, *title;
        enum unit unit;
        bool dimension, text, data;
    } columns[] = {
        {"baseline",     "baseline", UNIT_NONE,  true,  true,  true },
        {"metric",       "metric",   UNIT_NONE,  true,  true,  true },
        {"at",           "at (UTC)", UNIT_NONE,  true,  true,  true },
        {"commit",       "commit",   UNIT_NONE,  true,  true,  true },
        {"cases",        "cases",    UNIT_COUNT, false, true,  true },
        {"mean",         "mean",     UNIT_REAL,  false, true,  true },
        {"level_before", "before",   UNIT_REAL,  false, false, true },
        {"level_after",  "after",    UNIT_REAL,  false, false, true },
        {"p",            "p",        UNIT_REAL,  false, false, true },
        {"change",       "change",   UNIT_NONE,  false, true,  false},
    };

    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct column *c = table_add_column(t, columns[i].key, columns[i].title, columns[i].unit);

        if (!c)
            return false;
        c->dimension = columns[i].dimension;
        c->in_text = columns[i].text;
        c->in_data = columns[i].data;
    }
    return true;
}

static bool add_point(struct table *t, const struct point *p)
{
    struct row *row = table_add_row(t);
    char at[40];

    if (!row)
        return false;
    time_format_utc(p->at_us, at);
    row->cells[H_NAME] = cell_text(p->name);
    row->cells[H_METRIC] = cell_text(p->metric);
    row->cells[H_AT] = cell_text(arena_copy(&t->arena, sv_from(at)));
    row->cells[H_COMMIT] = cell_text(p->commit);
    row->cells[H_CASES] = cell_int(p->cases);
    if (p->mean.known)
        row->cells[H_MEAN] = cell_real(p->mean.v);
    return row->cells[H_AT].text.p != NULL;
}

/* Where the means of a series took another level. The rows from `first` on are its points. */
static enum err mark_changes(struct table *t, const struct point *p, size_t n, size_t first,
                             struct error *err)
{
    struct change_points *found = calloc(1, sizeof(*found));
    double *y = calloc(n + 1, sizeof(*y));
    size_t *row = calloc(n + 1, sizeof(*row)), known = 0;
    struct buf b = {0};
    enum err rc = found && y && row ? OK : no_memory(err);

    for (size_t i = 0; i < n && !rc; i++)
        if (p[i].mean.known) {
            row[known] = first + i;
            y[known++] = p[i].mean.v;
        }
    if (!rc && known > CHANGE_POINTS_MAX) { /* the newest ones */
        memmove(y, y + known - CHANGE_POINTS_MAX, CHANGE_POINTS_MAX * sizeof(*y));
        memmove(row, row + known - CHANGE_POINTS_MAX, CHANGE_POINTS_MAX * sizeof(*row));
        known = CHANGE_POINTS_MAX;
    }
    if (!rc && known >= CHANGE_POINTS_MIN)
        rc = change_points(y, known, found, err);
    for (size_t i = 0; !rc && found && i < found->n; i++) {
        struct cell *c = t->rows[row[found->at[i].index]].cells;

        b.n = 0;
        buf_printf(&b, "%.4g -> %.4g (p %.2g)", found->at[i].median_before,
                   found->at[i].median_after, found->at[i].p);
        c[H_BEFORE] = cell_real(found->at[i].median_before);
        c[H_AFTER] = cell_real(found->at[i].median_after);
        c[H_P] = cell_real(found->at[i].p);
        c[H_SHOWN] = cell_text(arena_copy(&t->arena, (struct sv){b.p, b.n}));
        if (b.failed || !c[H_SHOWN].text.p)
            rc = no_memory(err);
    }
    buf_release(&b);
    free(found);
    free(row);
    free(y);
    return rc;
}

static enum err fill_history(struct history *h, struct error *err)
{
    size_t first = 0;
    enum err rc = add_history_columns(h->t) ? OK : no_memory(err);

    if (h->n_points)
        qsort(h->points, h->n_points, sizeof(*h->points), by_series);
    for (size_t i = 0; i < h->n_points && !rc; i++) {
        const struct point *p = &h->points[i], *next = p + 1;
        bool last =
            i + 1 == h->n_points || !sv_eq(next->name, p->name) || !sv_eq(next->metric, p->metric);

        if (!add_point(h->t, p))
            rc = no_memory(err);
        if (!rc && last) {
            rc = mark_changes(h->t, &h->points[first], i + 1 - first, first, err);
            first = i + 1;
        }
    }
    return rc;
}

enum err gate_history(struct store *s, const char *name, struct table *t, struct error *err)
{
    struct history h = {.store = s, .t = t};
    enum err rc = store_baselines(s, name, add_baseline, &h, err);

    t->verb = "gate";
    t->view = "history";
    t->tz = "UTC";
    if (!rc)
        rc = spread_metrics(&h, err);
    if (!rc)
        rc = fill_history(&h, err);
    if (!rc &&
        !table_note(t, "levels are compared from %d baselines of a metric on", CHANGE_POINTS_MIN))
        rc = no_memory(err);
    free(h.points);
    free(h.ids);
    return rc;
}
