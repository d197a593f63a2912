/* metric: see the header. */
#include "alert/metric.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/suggest.h"
#include "base/time_text.h"
#include "query/dimensions.h"
#include "report/measures.h"
#include "report/report.h"
#include "report/words.h"
#include "store/event_sums.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the figures");
}

/* ---- names -------------------------------------------------------------------------------- */

static const struct {
    const char *prefix;
    enum metric_source source;
    enum metric_shape shape;
    enum metric_family family;
    enum unit unit;
} prefixes[] = {
    {"share:",  METRIC_SHARE,  METRIC_RATE, FAMILY_SAFETY,  UNIT_RATE },
    {"count:",  METRIC_COUNT,  METRIC_SUM,  FAMILY_SAFETY,  UNIT_COUNT},
    {"score:",  METRIC_SCORE,  METRIC_MEAN, FAMILY_QUALITY, UNIT_REAL },
    {"branch:", METRIC_BRANCH, METRIC_RATE, FAMILY_QUALITY, UNIT_RATE },
};

/* Figures that are no columns of `llmobs report`. */
static const struct metric named[] = {
    {.name = "tool_error_rate",
     .source = METRIC_TOOL,
     .shape = METRIC_RATE,
     .family = FAMILY_ERRORS,
     .unit = UNIT_RATE},
    {.name = "gpu_utilization",
     .source = METRIC_SCORE,
     .shape = METRIC_MEAN,
     .family = FAMILY_USAGE,
     .unit = UNIT_RATE,
     .argument = "gpu_utilization"},
    {.name = "throughput_of_capacity",
     .source = METRIC_REPORT,
     .shape = METRIC_SUM,
     .family = FAMILY_USAGE,
     .unit = UNIT_RATE,
     .key = "output_tokens",
     .n_key = "output_tokens_n",
     .of_capacity = true},
};

static enum metric_family family_of(const char *name)
{
    static const struct {
        const char *part;
        enum metric_family family;
    } parts[] = {
        {"cost",      FAMILY_COST   },
        {"savings",   FAMILY_COST   },
        {"latency",   FAMILY_LATENCY},
        {"ttft",      FAMILY_LATENCY},
        {"tpot",      FAMILY_LATENCY},
        {"per_sec",   FAMILY_LATENCY},
        {"tokens",    FAMILY_TOKENS },
        {"cache",     FAMILY_TOKENS },
        {"context",   FAMILY_TOKENS },
        {"error",     FAMILY_ERRORS },
        {"pii",       FAMILY_SAFETY },
        {"injection", FAMILY_SAFETY },
        {"guardrail", FAMILY_SAFETY },
        {"quality",   FAMILY_QUALITY},
        {"halluc",    FAMILY_QUALITY},
        {"refusal",   FAMILY_QUALITY},
        {"format",    FAMILY_QUALITY},
    };

    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (strstr(name, parts[i].part))
            return parts[i].family;
    return FAMILY_USAGE;
}

/* Of a figure of scores. */
static enum metric_shape score_shape(enum score_figure figure)
{
    switch (figure) {
    case SCORE_N:
    case SCORE_UNREADABLE:
        return METRIC_SUM;
    case SCORE_MEAN:
        return METRIC_MEAN;
    case SCORE_SHARE:
    case SCORE_RATE:
    case SCORE_BAD_RATE:
        return METRIC_RATE;
    default:
        return METRIC_LEVEL;
    }
}

static enum metric_shape shape_of(const struct measure *m)
{
    switch (m->kind) {
    case MEASURE_SCORE:
    case MEASURE_REFUSAL:
        return score_shape(m->figure);
    case MEASURE_N:
        return METRIC_SUM;
    case MEASURE_SUM:
        return m->a == T_LATENCY_MAX ? METRIC_LEVEL : METRIC_SUM;
    case MEASURE_MEAN:
    case MEASURE_PER_N:
    case MEASURE_REAL_MEAN:
    case MEASURE_WEIGHTED:
        return METRIC_MEAN;
    case MEASURE_N_RATE:
    case MEASURE_SUM_RATE:
        return METRIC_RATE;
    default:
        return METRIC_LEVEL;
    }
}

/* The column that counts what another one is made of: "latency_n" of latency_p95_us, "cost_n" of
 * cost_per_call_usd; "calls" where all calls have it. */
static const char *count_column(const char *key)
{
    size_t n = strlen(key);
    char name[80];

    if (n + sizeof("_n") > sizeof(name))
        return "calls";
    memcpy(name, key, n);
    while (n) {
        size_t m;

        memcpy(name + n, "_n", sizeof("_n"));
        m = measure_find(name);
        if (m < measure_count && strcmp(measures[m].key, name) == 0)
            return measures[m].key;
        while (n && name[n - 1] != '_')
            n--;
        n -= n > 0;
    }
    return "calls";
}

/* Of a figure of scores: how many there are. */
static const char *score_count_column(const struct measure *of)
{
    for (size_t i = 0; i < measure_count; i++)
        if (measure_is_score(i) && measures[i].check == of->check && measures[i].figure == SCORE_N)
            return measures[i].key;
    return "calls";
}

/* By key only: titles are for people and may repeat. */
static const struct measure *measure_of(struct sv key)
{
    for (size_t i = 0; i < measure_count; i++)
        if (sv_is(key, measures[i].key))
            return &measures[i];
    return NULL;
}

static bool find_measure(const char *name, struct metric *out)
{
    struct sv key = sv_from(name);
    const struct measure *m = measure_of(key);
    bool divide = !m && sv_ends(key, "_mean");

    if (divide) {
        key.n -= strlen("_mean");
        m = measure_of(key);
    }
    if (!m || m->kind == MEASURE_TIME || m->kind == MEASURE_CUMULATIVE ||
        (divide && m->kind != MEASURE_SUM))
        return false;
    *out = (struct metric){.name = name,
                           .source = METRIC_REPORT,
                           .shape = divide ? METRIC_MEAN : shape_of(m),
                           .family = family_of(name),
                           .unit = divide && m->unit == UNIT_TOKENS ? UNIT_REAL : m->unit,
                           .key = m->key,
                           .n_key = measure_is_score((size_t)(m - measures))
                                        ? score_count_column(m)
                                        : count_column(m->key),
                           .divide = divide,
                           .quantile = m->kind == MEASURE_QUANTILE ? m->percent / 100.0 : 0};
    return true;
}

static enum err unknown(const char *name, struct error *err)
{
    const char *names[120] = {NULL};
    size_t n = 0;

    for (size_t i = 0; i < measure_count && n < ARRAY_LEN(names) - 1; i++)
        names[n++] = measures[i].key;
    for (size_t i = 0; i < ARRAY_LEN(named) && n < ARRAY_LEN(names) - 1; i++)
        names[n++] = named[i].name;
    for (size_t i = 0; i < ARRAY_LEN(prefixes) && n < ARRAY_LEN(names) - 1; i++)
        names[n++] = prefixes[i].prefix;
    names[n] = NULL;
    return unknown_name(err, "metric", sv_from(name), names);
}

enum err metric_find(const char *name, struct metric *out, struct error *err)
{
    if (find_measure(name, out))
        return OK;
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        size_t n = strlen(prefixes[i].prefix);

        if (strncmp(name, prefixes[i].prefix, n) != 0 || !name[n])
            continue;
        *out = (struct metric){.name = name,
                               .source = prefixes[i].source,
                               .shape = prefixes[i].shape,
                               .family = prefixes[i].family,
                               .unit = prefixes[i].unit,
                               .argument = name + n};
        return OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(named); i++)
        if (strcmp(named[i].name, name) == 0) {
            *out = named[i];
            return OK;
        }
    return unknown(name, err);
}

bool metric_is_of_events(const struct metric *m)
{
    return m->source == METRIC_SCORE || m->source == METRIC_BRANCH || m->source == METRIC_TOOL;
}

/* ---- figures of calls --------------------------------------------------------------------- */

static size_t column_of(const struct table *t, const char *key)
{
    size_t c = 0;

    while (c < t->n_columns && strcmp(t->columns[c].key, key) != 0)
        c++;
    return c;
}

static bool value_of(const struct cell *c, double *out)
{
    if (c->type == CELL_MISSING)
        return false;
    *out = c->type == CELL_REAL ? c->r : (double)c->i;
    return true;
}

/* The group of a row, from its dimensions `first` .. n_by - 1. */
static bool name_group(struct reading *r, const struct row *row, size_t first, size_t n_by,
                       struct arena *a)
{
    struct buf b = {0};

    r->values = arena_zalloc(a, n_by + 1, sizeof(*r->values));
    for (size_t d = first; d < n_by && r->values; d++) {
        const struct cell *c = &row->cells[d];

        if (c->type == CELL_TEXT)
            r->values[d - first] = arena_copy(a, c->text);
        buf_str(&b, d > first ? ", " : "");
        buf_sv(&b, c->type == CELL_TEXT ? r->values[d - first] : SV("(none)"));
    }
    if (n_by > first)
        r->group = words_take(&b, a);
    buf_release(&b);
    return r->values && (n_by == first || r->group.p);
}

/* The columns of a report that a metric is read from. */
static size_t columns_for(const struct metric *m, const char *columns[2])
{
    columns[0] = m->source == METRIC_REPORT ? m->key : "cost_per_outcome_n";
    columns[1] = m->source == METRIC_REPORT ? m->n_key : "calls";
    return strcmp(columns[0], columns[1]) == 0 ? 1 : 2;
}

static void take_reading(const struct metric *m, const struct table *t, const struct row *row,
                         const char *const columns[2], struct reading *r)
{
    const struct cell *v = &row->cells[column_of(t, columns[0])];
    const struct cell *n = &row->cells[column_of(t, columns[1])];

    r->n = n->type == CELL_INT ? n->i : 0;
    r->lower_bound = v->lower_bound;
    r->known = value_of(v, &r->value);
    if (m->divide || m->source == METRIC_SHARE) {
        r->known = r->known && r->n > 0;
        r->value = r->known ? r->value / (double)r->n : 0;
    } else if (m->source == METRIC_COUNT || m->shape == METRIC_SUM) {
        /* Nothing known adds up to nothing; but that no call was made is known. */
        r->known = r->n > 0 && r->known;
    }
}

/* The report that has a metric's figures. columns: room for the names that it shows. */
static enum err run_report(struct store *s, const struct metric *m, const struct metric_window *w,
                           const char *const *by, size_t n_by, const char *columns[2],
                           struct table *t, struct error *err)
{
    static const char *const views[] = {"overview"};
    struct report_spec spec = {
        .views = views,
        .n_views = 1,
        .by = by,
        .n_by = n_by,
        .where = w->where,
        .n_where = w->n_where,
        .since_known = true,
        .until_known = true,
        .since_us = w->since_us,
        .until_us = w->until_us,
        .zone = w->zone,
        .columns = columns,
        .n_columns = columns_for(m, columns),
        .figures_only = true,
        .jobs = w->jobs,
    };

    if (m->source == METRIC_SHARE || m->source == METRIC_COUNT) {
        spec.success = &m->argument;
        spec.n_success = 1;
    }
    return report_run(s, &spec, t, err);
}

static enum err read_calls(struct store *s, const struct metric *m, const struct metric_window *w,
                           struct arena *a, struct readings *out, struct error *err)
{
    const char *columns[2];
    struct table t = {0};
    enum err rc = run_report(s, m, w, w->by, w->n_by, columns, &t, err);

    out->v = rc ? NULL : arena_zalloc(a, t.n_rows + 1, sizeof(*out->v));
    if (!rc && !out->v)
        rc = no_memory(err);
    out->n = rc ? 0 : t.n_rows;
    for (size_t i = 0; i < out->n && !rc; i++) {
        if (!name_group(&out->v[i], &t.rows[i], 0, w->n_by, a))
            rc = no_memory(err);
        else
            take_reading(m, &t, &t.rows[i], columns, &out->v[i]);
    }
    table_release(&t);
    return rc;
}

typedef enum err visit_period(void *ctx, struct sv label, int64_t number, const struct reading *r,
                              struct error *err);

static enum err each_period_of_calls(struct store *s, const struct metric *m,
                                     const struct metric_window *w, const char *time,
                                     struct arena *a, visit_period *visit, void *ctx,
                                     struct error *err)
{
    const char **by = arena_zalloc(a, w->n_by + 1, sizeof(*by)), *columns[2];
    struct table t = {0};
    enum err rc = OK;

    if (!by)
        return no_memory(err);
    by[0] = time;
    for (size_t d = 0; d < w->n_by; d++)
        by[d + 1] = w->by[d];
    rc = run_report(s, m, w, by, w->n_by + 1, columns, &t, err);
    for (size_t i = 0; !rc && i < t.n_rows; i++) {
        struct reading r = {.n = 0};

        if (t.rows[i].cells[0].type != CELL_TEXT)
            continue;
        if (!name_group(&r, &t.rows[i], 1, w->n_by + 1, a)) {
            rc = no_memory(err);
            break;
        }
        take_reading(m, &t, &t.rows[i], columns, &r);
        rc = visit(ctx, t.rows[i].cells[0].text, 0, &r, err);
    }
    table_release(&t);
    return rc;
}

/* ---- figures of what stands beside the calls ---------------------------------------------- */

struct event_reading {
    const struct metric *m;
    struct arena *arena;
    bool by_name;
    struct reading all;
    double sum; /* of all */
    struct reading *v;
    size_t n, cap;
};

static bool is_wanted(const struct metric *m, struct sv name)
{
    if (m->source == METRIC_TOOL)
        return true;
    return sv_glob(sv_from(m->argument), name);
}

/* Only whole figures, all names together. */
struct period_events {
    const struct metric *m;
    int64_t *n;
    double *sum; /* by period */
    int64_t periods;
};

static enum err add_period_event(void *ctx, const struct event_sum *sum, struct error *err)
{
    struct period_events *e = ctx;

    (void)err;
    if (!is_wanted(e->m, sum->name) || sum->period < 0 || sum->period >= e->periods)
        return OK;
    e->n[sum->period] += sum->n;
    e->sum[sum->period] += (double)sum->sum_millionths / 1e6;
    return OK;
}

static enum err add_event(void *ctx, const struct event_sum *sum, struct error *err)
{
    struct event_reading *e = ctx;
    double value = (double)sum->sum_millionths / 1e6;

    if (!is_wanted(e->m, sum->name))
        return OK;
    e->all.n += sum->n;
    e->sum += value;
    if (!e->by_name)
        return OK;
    if (e->n == e->cap) {
        size_t cap = e->cap ? 2 * e->cap : 16;
        struct reading *v = arena_zalloc(e->arena, cap, sizeof(*v));

        if (!v)
            return no_memory(err);
        if (e->n)
            memcpy(v, e->v, e->n * sizeof(*v));
        e->v = v;
        e->cap = cap;
    }
    e->v[e->n] = (struct reading){.group = arena_copy(e->arena, sum->name),
                                  .value = value / (double)sum->n,
                                  .known = true,
                                  .n = sum->n};
    e->v[e->n].values = arena_zalloc(e->arena, 1, sizeof(struct sv));
    if (!e->v[e->n].group.p || !e->v[e->n].values)
        return no_memory(err);
    e->v[e->n].values[0] = e->v[e->n].group;
    e->n++;
    return OK;
}

static int compare_readings(const void *a, const void *b)
{
    const struct reading *x = a, *y = b;

    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return sv_cmp(x->group, y->group);
}

static const struct {
    enum event_kind kind;
    const char *name; /* the only dimension */
} event_kinds[] = {
    [METRIC_SCORE] = {EVENT_SCORE,  ""         },
    [METRIC_BRANCH] = {EVENT_BRANCH, "condition"},
    [METRIC_TOOL] = {EVENT_TOOL,   "tool"     },
};

static enum err refuse_events(const struct metric *m, const struct metric_window *w, size_t most_by,
                              struct error *err)
{
    if (w->n_by > most_by || (w->n_by && strcmp(w->by[0], event_kinds[m->source].name) != 0))
        return error_set(err, ERR_USAGE, "by: %s is not told by %s", m->name, w->by[0]);
    if (w->n_where)
        return error_set(err, ERR_USAGE, "where: %s is no figure of calls, which where filters",
                         m->name);
    return OK;
}

static enum err each_period_of_events(struct store *s, const struct metric *m,
                                      const struct metric_window *w, int64_t step_us,
                                      struct arena *a, visit_period *visit, void *ctx,
                                      struct error *err)
{
    struct period_events e = {.m = m,
                              .periods = (w->until_us - w->since_us + step_us - 1) / step_us};
    enum err rc = refuse_events(m, w, 0, err);

    if (rc)
        return rc;
    e.n = arena_zalloc(a, (size_t)e.periods, sizeof(*e.n));
    e.sum = arena_zalloc(a, (size_t)e.periods, sizeof(*e.sum));
    if (!e.n || !e.sum)
        return no_memory(err);
    rc = store_event_sums(s, event_kinds[m->source].kind, w->since_us, w->until_us, step_us,
                          add_period_event, &e, err);
    for (int64_t i = 0; i < e.periods && !rc; i++)
        if (e.n[i]) {
            struct reading r = {.value = e.sum[i] / (double)e.n[i], .known = true, .n = e.n[i]};

            rc = visit(ctx, SV_NONE, i, &r, err);
        }
    return rc;
}

static enum err read_events(struct store *s, const struct metric *m, const struct metric_window *w,
                            struct arena *a, struct readings *out, struct error *err)
{
    struct event_reading e = {.m = m, .arena = a, .by_name = w->n_by == 1};
    enum err rc;

    rc = refuse_events(m, w, 1, err);
    if (rc)
        return rc;
    rc = store_event_sums(s, event_kinds[m->source].kind, w->since_us, w->until_us,
                          w->until_us - w->since_us, add_event, &e, err);
    if (rc)
        return rc;
    if (e.by_name) {
        if (e.n)
            qsort(e.v, e.n, sizeof(*e.v), compare_readings);
        *out = (struct readings){e.v, e.n};
        return OK;
    }
    e.all.known = e.all.n > 0;
    e.all.value = e.all.known ? e.sum / (double)e.all.n : 0;
    *out = (struct readings){arena_zalloc(a, 1, sizeof(e.all)), 1};
    if (!out->v)
        return no_memory(err);
    out->v[0] = e.all;
    return OK;
}

enum err metric_read(struct store *s, const struct metric *m, const struct metric_window *w,
                     struct arena *a, struct readings *out, struct error *err)
{
    *out = (struct readings){NULL, 0};
    if (w->since_us >= w->until_us)
        return OK;
    switch (m->source) {
    case METRIC_REPORT:
    case METRIC_SHARE:
    case METRIC_COUNT:
        return read_calls(s, m, w, a, out, err);
    case METRIC_SCORE:
    case METRIC_BRANCH:
    case METRIC_TOOL:
        return read_events(s, m, w, a, out, err);
    }
    return OK;
}

enum err metric_read_periods(struct store *s, const struct metric *m, const struct metric_window *w,
                             const char *time, int64_t step_us, struct arena *a,
                             visit_period *visit, void *ctx, struct error *err)
{
    if (w->since_us >= w->until_us)
        return OK;
    if (metric_is_of_events(m))
        return each_period_of_events(s, m, w, step_us, a, visit, ctx, err);
    return each_period_of_calls(s, m, w, time, a, visit, ctx, err);
}

const struct reading *metric_of_group(const struct readings *r, struct sv group)
{
    for (size_t i = 0; i < r->n; i++)
        if ((!group.p && !r->v[i].group.p) ||
            (group.p && r->v[i].group.p && sv_eq(group, r->v[i].group)))
            return &r->v[i];
    return NULL;
}

/* ---- numbers as text ---------------------------------------------------------------------- */

static const struct {
    enum unit unit;
    const char *suffix;
    double factor;
} suffixes[] = {
    {UNIT_US,     "us", 1   },
    {UNIT_US,     "ms", 1e3 },
    {UNIT_US,     "s",  1e6 },
    {UNIT_US,     "m",  6e7 },
    {UNIT_RATE,   "%",  0.01},
    {UNIT_TOKENS, "k",  1e3 },
    {UNIT_TOKENS, "M",  1e6 },
    {UNIT_COUNT,  "k",  1e3 },
    {UNIT_COUNT,  "M",  1e6 },
};

bool metric_number(const struct metric *m, struct sv text, double *out)
{
    double factor = 1;
    char copy[64], *end;
    double v;

    text = sv_trim(text);
    if (m->unit == UNIT_NUSD) {
        factor = 1e9;
        if (sv_starts(text, "$"))
            text = (struct sv){text.p + 1, text.n - 1};
    }
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        if (suffixes[i].unit == m->unit && sv_ends(text, suffixes[i].suffix)) {
            factor = suffixes[i].factor;
            text = sv_trim((struct sv){text.p, text.n - strlen(suffixes[i].suffix)});
            break;
        }
    if (!text.n || text.n >= sizeof(copy))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (copy[strspn(copy, "0123456789.-+eE")])
        return false;
    v = strtod(copy, &end);
    if (*end || !isfinite(v * factor))
        return false;
    /* 5 % is 0.05 and not 0.05000000000000000277, which is what multiplying makes of some. */
    *out = factor < 1 ? v / (1 / factor) : v * factor;
    return true;
}

void metric_text(struct buf *b, const struct metric *m, double value)
{
    double whole = nearbyint(value);

    if (!isfinite(value)) {
        buf_char(b, '-');
        return;
    }
    switch (m->unit) {
    case UNIT_US:
        if (fabs(whole) < 1e18)
            words_duration(b, (int64_t)whole);
        break;
    case UNIT_NUSD:
        if (fabs(whole) < 9e18)
            words_money(b, (int64_t)whole);
        break;
    case UNIT_RATE:
        buf_printf(b, "%.1f %%", 100 * value);
        break;
    case UNIT_COUNT:
    case UNIT_TOKENS:
        if (fabs(whole) < 1e18)
            words_count(b, (int64_t)whole);
        break;
    default:
        if (fabs(value) >= 1000 && fabs(whole) < 1e18)
            words_count(b, (int64_t)whole);
        else
            buf_printf(b, "%.4g", value);
    }
}
