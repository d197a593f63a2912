/* compare: see the header. */
#include "report/compare.h"

#include <math.h>
#include <stdlib.h>
#include "report/causes.h"
#include "report/compared_text.h"
#include "report/head.h"
#include "report/moves.h"
#include "report/side_fields.h"
#include "report/words.h"
#include "stats/distribution.h"
#include "stats/moments.h"
#include "stats/multiple.h"
#include "stats/quantile_interval.h"
#include "stats/two_sample.h"
#include "base/banned.h"

#define CONFIDENCE 0.95
#define CLUSTER_SAMPLE 100000

enum statistic { STAT_MEAN, STAT_P50, STAT_P95, STAT_P99, STAT_RATE, STAT_COUNT };

static const struct {
    const char *suffix;
    double q;
    const char *words, *method;
} statistics[STAT_COUNT] = {
    [STAT_MEAN] = {"_mean", 0,    " mean", "welch t"         },
    [STAT_P50] = {"_p50",  0.50, " p50",  "order statistics"},
    [STAT_P95] = {"_p95",  0.95, " p95",  "order statistics"},
    [STAT_P99] = {"_p99",  0.99, " p99",  "order statistics"},
    [STAT_RATE] = {"",      0,    "",      NULL              },
};

/* Fields of which the mean says less than quantiles do. */
static const struct {
    const char *field;
    enum statistic usual[2];
    size_t n;
} by_quantile[] = {
    {"latency", {STAT_P50, STAT_P95}, 2},
    {"ttft",    {STAT_P95, STAT_P95}, 1},
    {"tpot",    {STAT_P95, STAT_P95}, 1},
};

struct metric {
    const char *name;
    struct compared_field *field;
    enum statistic stat;

    /* Figures; NaN where unknown. */
    int64_t n[2];
    double n_eff[2], level[2];
    bool as_ratio; /* of the change that people see and of its interval */
    double low, high, p, p_adjusted;
    const char *method;
    enum compare_verdict verdict;
};

struct compare {
    const struct compare_spec *spec;
    struct store *store;
    struct table *t;
    struct scan *scan;
    struct side_values *values;
    struct compared_fields fields;
    struct metric *v;
    size_t n, cap;
    struct buf text;
};

static const char *const verdict_names[] = {
    [COMPARE_NONE] = "none",
    [COMPARE_CHANGED] = "changed",
    [COMPARE_WORSE] = "worse",
    [COMPARE_BETTER] = "better",
    [COMPARE_INSUFFICIENT] = "insufficient data",
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory comparing two groups");
}

/* ---- which metrics ------------------------------------------------------------------------ */

static enum err add_metric(struct compare *c, struct compared_field *f, enum statistic stat,
                           const char *name, struct error *err)
{
    if (c->n == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 32;
        struct metric *bigger = realloc(c->v, cap * sizeof(*bigger));

        if (!bigger)
            return no_memory(err);
        c->v = bigger;
        c->cap = cap;
    }
    if (!name) {
        buf_str(&c->text, f->name);
        buf_str(&c->text, statistics[stat].suffix);
        buf_char(&c->text, '\0');
        name = words_take(&c->text, &c->t->arena).p;
    }
    if (!name)
        return no_memory(err);
    c->v[c->n++] = (struct metric){.name = name, .field = f, .stat = stat};
    return OK;
}

static bool is_number(const struct compared_field *f)
{
    return f->kind == DRIFT_NUMBER || f->kind == DRIFT_SCORE;
}

static enum err add_usual(struct compare *c, struct compared_field *f, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < ARRAY_LEN(by_quantile); i++)
        if (strcmp(by_quantile[i].field, f->name) == 0) {
            for (size_t k = 0; k < by_quantile[i].n && !rc; k++)
                rc = add_metric(c, f, by_quantile[i].usual[k], NULL, err);
            return rc;
        }
    return add_metric(c, f, is_number(f) ? STAT_MEAN : STAT_RATE, NULL, err);
}

/* FIELD, or FIELD with what of it. */
static enum err add_named(struct compare *c, const char *name, struct error *err)
{
    struct sv text = sv_from(name);
    enum statistic stat = STAT_RATE;
    struct compared_field *f;

    for (enum statistic s = 0; s < STAT_RATE && stat == STAT_RATE; s++)
        if (sv_ends(text, statistics[s].suffix))
            stat = s;
    text.n -= strlen(statistics[stat].suffix);
    text = arena_copy(&c->t->arena, (struct sv){text.p, text.n});
    buf_sv(&c->text, text);
    buf_char(&c->text, '\0');
    name = words_take(&c->text, &c->t->arena).p;
    if (!name)
        return no_memory(err);
    f = compared_field_find(&c->fields, c->scan, name, &c->t->arena, err);
    if (!f)
        return err ? err->code : ERR_USAGE;
    if (f->kind == DRIFT_EMBEDDING || (f->kind == DRIFT_CATEGORY && !f->meta))
        return error_set(err, ERR_USAGE,
                         "--metric: %s is no number; llmobs drift compares categories and "
                         "embeddings",
                         f->name);
    if (stat != STAT_RATE && f->kind == DRIFT_RATE)
        return error_set(err, ERR_USAGE, "--metric: %s is a rate: it has no %s", f->name,
                         statistics[stat].suffix + 1);
    return stat == STAT_RATE ? add_usual(c, f, err) : add_metric(c, f, stat, NULL, err);
}

static enum err choose_metrics(struct compare *c, struct error *err)
{
    const struct compare_spec *spec = c->spec;
    enum err rc = compared_fields_list(c->store, &c->t->arena, &c->fields, err);

    for (size_t i = 0; i < spec->n_metrics && !rc; i++)
        rc = add_named(c, spec->metrics[i], err);
    for (size_t i = 0; i < c->fields.n && !spec->n_metrics && !rc; i++) {
        struct compared_field *f = &c->fields.v[i];

        if (f->usual && f->kind != DRIFT_CATEGORY && f->kind != DRIFT_EMBEDDING &&
            !(spec->no_cost && f->unit == UNIT_NUSD))
            rc = add_usual(c, f, err);
    }
    return rc;
}

/* ---- figures ------------------------------------------------------------------------------ */

/* Where all values of each side are equal, means have no error to be tested by. */
static void compare_ranks(const struct drift_sample *s, struct metric *m)
{
    struct rank_test ranks;

    if (s->n[0] < 2 || s->n[1] < 2 || !mann_whitney(s->v[0], s->n[0], s->v[1], s->n[1], &ranks))
        return;
    m->method = "mann-whitney";
    m->p = ranks.p;
    m->as_ratio = m->field->kind == DRIFT_NUMBER && m->level[0] > 0 && m->level[1] > 0;
}

static void measure_mean(const struct drift_sample *s, struct metric *m)
{
    struct mean_test test;
    struct mean_ratio ratio;
    double half;

    m->method = statistics[STAT_MEAN].method;
    for (int side = 0; side < 2; side++) {
        struct moments moments = moments_of(s->v[side], s->n[side]);

        if (!moments_mean(&moments, &m->level[side]))
            m->level[side] = NAN;
    }
    if (!welch_effective(s->v[0], s->n[0], m->n_eff[0], s->v[1], s->n[1], m->n_eff[1], &test)) {
        compare_ranks(s, m);
        return;
    }
    m->p = test.p;
    m->as_ratio = m->field->kind == DRIFT_NUMBER &&
                  mean_ratio_effective(s->v[0], s->n[0], m->n_eff[0], s->v[1], s->n[1], m->n_eff[1],
                                       CONFIDENCE, &ratio);
    half = t_critical(0.5 - CONFIDENCE / 2, test.df) * test.se;
    m->low = m->as_ratio ? ratio.interval.low : test.difference - half;
    m->high = m->as_ratio ? ratio.interval.high : test.difference + half;
}

/* Two equal quantiles do not differ at any confidence. */
static bool excludes_one(const struct drift_sample *s, double q, double confidence)
{
    struct quantile_ratio r = quantile_ratio(s->v[0], s->n[0], s->v[1], s->n[1], q, confidence);

    return r.has_interval && (r.low > 1 || r.high < 1);
}

/* The p that belongs to the interval: the least alpha at which it does not hold 1. Unknown where
 * the samples are too small for an interval at 95 %. */
static double quantile_p(const struct drift_sample *s, double q)
{
    double low = 0, high = 1 - 1e-12; /* confidence */

    if (!quantile_ratio(s->v[0], s->n[0], s->v[1], s->n[1], q, CONFIDENCE).has_interval)
        return NAN;
    if (!excludes_one(s, q, low))
        return 1;
    while (high - low > 1e-10) {
        double middle = (low + high) / 2;

        if (excludes_one(s, q, middle))
            low = middle;
        else
            high = middle;
    }
    return 1 - low;
}

static enum err measure_quantile(const struct drift_sample *s, struct metric *m, struct error *err)
{
    double q = statistics[m->stat].q, *room;
    struct drift_sample effective;
    struct quantile_ratio r, of_effective;
    enum err rc;

    m->method = statistics[m->stat].method;
    m->level[0] = m->level[1] = NAN;
    if (!s->n[0] || !s->n[1])
        return OK;
    rc = drift_effective(s, &room, &effective, err);
    if (rc)
        return rc;
    r = quantile_ratio(s->v[0], s->n[0], s->v[1], s->n[1], q, CONFIDENCE);
    of_effective = quantile_ratio(effective.v[0], effective.n[0], effective.v[1], effective.n[1], q,
                                  CONFIDENCE);
    m->level[0] = r.baseline;
    m->level[1] = r.current;
    m->as_ratio = r.has_ratio;
    if (r.has_ratio && of_effective.has_interval) {
        m->low = of_effective.low / of_effective.ratio * r.ratio;
        m->high = of_effective.high / of_effective.ratio * r.ratio;
    }
    m->p = quantile_p(&effective, q);
    free(room);
    return OK;
}

static enum err measure_rate(const struct drift_sample *s, struct metric *m, struct error *err)
{
    struct drift_figures f;
    enum err rc = drift_measure(s, DRIFT_RATE, METHOD_DEFAULT, NAN, &f, err);

    m->method = f.method;
    m->level[0] = f.level[0];
    m->level[1] = f.level[1];
    m->low = f.low;
    m->high = f.high;
    m->p = f.p;
    return rc;
}

static enum err measure(struct compare *c, struct metric *m, const struct side_sample sides[2],
                        struct error *err)
{
    struct drift_sample s = {
        {sides[0].v, sides[1].v},
        {sides[0].n, sides[1].n},
        {1,          1         }
    };
    enum err rc = compared_field_effects(m->field, c->values, SIDE_ALL, s.deff, err);

    m->p = m->low = m->high = NAN;
    for (int side = 0; side < 2; side++) {
        m->n[side] = (int64_t)s.n[side];
        m->n_eff[side] = (double)s.n[side] / s.deff[side];
    }
    if (m->field->kind == DRIFT_RATE && m->stat != STAT_RATE) {
        /* a score that turned out to be one */
        m->stat = STAT_RATE;
        m->name = m->field->name;
    }
    if (rc)
        return rc;
    if (m->stat == STAT_RATE)
        return measure_rate(&s, m, err);
    if (m->stat != STAT_MEAN)
        return measure_quantile(&s, m, err);
    measure_mean(&s, m);
    return OK;
}

/* All metrics of one field, which is read once. */
static enum err measure_field(struct compare *c, size_t first, size_t end, struct error *err)
{
    struct compared_field *f = c->v[first].field;
    struct side_sample sides[2] = {{0}};
    uint32_t groups = scan_groups(c->scan);
    enum err rc = compared_field_open(f, c->scan, c->store, c->values, err);

    if (!rc && f->kind == DRIFT_CATEGORY)
        rc = error_set(err, ERR_USAGE, "--metric: not all values of %s are numbers", f->name);
    if (!rc)
        rc = side_values_read(c->values, &f->field, err);
    if (!rc)
        compared_field_settle(f, c->values, groups);
    for (int side = SIDE_A; side <= SIDE_B && !rc && groups; side++)
        sides[side] = side_values_get(c->values, 0, side);
    for (size_t i = first; i < end && !rc; i++)
        rc = measure(c, &c->v[i], sides, err);
    compared_field_close(f);
    return rc;
}

static enum err measure_all(struct compare *c, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0, end; i < c->n && !rc; i = end) {
        for (end = i + 1; end < c->n && c->v[end].field == c->v[i].field;)
            end++;
        rc = measure_field(c, i, end, err);
    }
    return rc;
}

/* ---- verdicts ----------------------------------------------------------------------------- */

static bool enough(const struct compare *c, const struct metric *m)
{
    return m->n[0] >= c->spec->min_n && m->n[1] >= c->spec->min_n;
}

static enum compare_verdict verdict_of(const struct compare *c, const struct metric *m)
{
    double change = m->level[1] - m->level[0];

    if (!enough(c, m) || isnan(m->p_adjusted))
        /* the same value everywhere has no test and no difference */
        return enough(c, m) && !(change < 0) && !(change > 0) && !isnan(change)
                   ? COMPARE_NONE
                   : COMPARE_INSUFFICIENT;
    if (!(m->p_adjusted <= c->spec->alpha))
        return COMPARE_NONE;
    if (!m->field->worse)
        return COMPARE_CHANGED;
    return (change > 0) == (m->field->worse > 0) ? COMPARE_WORSE : COMPARE_BETTER;
}

static enum err judge(struct compare *c, struct error *err)
{
    double *p = malloc((2 * c->n + 1) * sizeof(*p)), *adjusted;
    enum err rc;

    if (!p)
        return no_memory(err);
    adjusted = p + c->n;
    for (size_t i = 0; i < c->n; i++)
        p[i] = enough(c, &c->v[i]) ? c->v[i].p : NAN;
    rc = adjust_holm(p, c->n, adjusted, err);
    for (size_t i = 0; i < c->n && !rc; i++) {
        c->v[i].p_adjusted = adjusted[i];
        c->v[i].verdict = verdict_of(c, &c->v[i]);
    }
    free(p);
    return rc;
}

/* ---- the table ---------------------------------------------------------------------------- */

enum {
    C_METRIC,
    C_UNIT,
    C_A,
    C_B,
    C_DIFFERENCE,
    C_RATIO,
    C_LOW,
    C_HIGH,
    C_CI_OF,
    C_P,
    C_P_ADJUSTED,
    C_N_A,
    C_N_B,
    C_N_EFF_A,
    C_N_EFF_B,
    C_METHOD,
    C_VERDICT,
    C_SHOWN_A,
    C_SHOWN_B,
    C_SHOWN_CHANGE,
    C_SHOWN_INTERVAL,
    C_SHOWN_P,
    C_SHOWN_VERDICT,
    C_SHOWN_N,
    C_SHOWN_METHOD,
    C_COLUMNS,
};

/* clang-format off */
static const struct {
    const char *key, *title;
    enum unit unit;
    bool text, data;
    int drop;
} columns[C_COLUMNS] = {
    [C_METRIC]         = {"metric",         "metric",     UNIT_NONE,  true,  true,  0},
    [C_UNIT]           = {"unit",           "unit",       UNIT_NONE,  false, true,  0},
    [C_A]              = {"a",              "",           UNIT_REAL,  false, true,  0},
    [C_B]              = {"b",              "",           UNIT_REAL,  false, true,  0},
    [C_DIFFERENCE]     = {"difference",     "difference", UNIT_REAL,  false, true,  0},
    [C_RATIO]          = {"ratio",          "ratio",      UNIT_REAL,  false, true,  0},
    [C_LOW]            = {"ci95_low",       "low",        UNIT_REAL,  false, true,  0},
    [C_HIGH]           = {"ci95_high",      "high",       UNIT_REAL,  false, true,  0},
    [C_CI_OF]          = {"ci95_of",        "interval of", UNIT_NONE, false, true,  0},
    [C_P]              = {"p",              "p",          UNIT_REAL,  false, true,  0},
    [C_P_ADJUSTED]     = {"p_adjusted",     "",           UNIT_REAL,  false, true,  0},
    [C_N_A]            = {"n_a",            "n a",        UNIT_COUNT, false, true,  0},
    [C_N_B]            = {"n_b",            "n b",        UNIT_COUNT, false, true,  0},
    [C_N_EFF_A]        = {"n_eff_a",        "eff n a",    UNIT_REAL,  false, true,  0},
    [C_N_EFF_B]        = {"n_eff_b",        "eff n b",    UNIT_REAL,  false, true,  0},
    [C_METHOD]         = {"method",         "",           UNIT_NONE,  false, true,  0},
    [C_VERDICT]        = {"verdict",        "",           UNIT_NONE,  false, true,  0},
    [C_SHOWN_A]        = {"shown_a",        "a",          UNIT_NONE,  true,  false, 0},
    [C_SHOWN_B]        = {"shown_b",        "b",          UNIT_NONE,  true,  false, 0},
    [C_SHOWN_CHANGE]   = {"shown_change",   "change",     UNIT_NONE,  true,  false, 0},
    [C_SHOWN_INTERVAL] = {"shown_interval", "95 % CI",    UNIT_NONE,  true,  false, 4},
    [C_SHOWN_P]        = {"shown_p",        "p (Holm)",   UNIT_NONE,  true,  false, 0},
    [C_SHOWN_VERDICT]  = {"shown_verdict",  "verdict",    UNIT_NONE,  true,  false, 0},
    [C_SHOWN_N]        = {"shown_n",        "n",          UNIT_NONE,  true,  false, 5},
    [C_SHOWN_METHOD]   = {"shown_method",   "method",     UNIT_NONE,  true,  false, 6},
};
/* clang-format on */

static enum err add_columns(struct compare *c, struct error *err)
{
    for (int i = 0; i < C_COLUMNS; i++) {
        struct column *col =
            table_add_column(c->t, columns[i].key, columns[i].title, columns[i].unit);

        if (!col)
            return no_memory(err);
        col->in_text = columns[i].text;
        col->in_data = columns[i].data;
        col->drop = columns[i].drop;
        col->dimension = i == C_METRIC;
    }
    c->t->columns[C_SHOWN_A].title = c->spec->name[0];
    c->t->columns[C_SHOWN_B].title = c->spec->name[1];
    c->t->columns[C_LOW].pair = "ci95";
    return OK;
}

static struct cell real(double v)
{
    return isfinite(v) ? cell_real(v) : (struct cell){0};
}

static struct cell text(const char *s)
{
    return s ? cell_text(sv_from(s)) : (struct cell){0};
}

static void add_change(struct buf *b, const struct metric *m, double v)
{
    if (m->as_ratio)
        compared_ratio(b, v);
    else
        compared_difference(b, m->field->unit, v);
}

static void fill_shown(struct compare *c, const struct metric *m, struct cell *cells)
{
    struct arena *a = &c->t->arena;
    struct buf *b = &c->text;

    compared_level(b, m->field->unit, m->level[0]);
    cells[C_SHOWN_A] = cell_text(words_take(b, a));
    compared_level(b, m->field->unit, m->level[1]);
    cells[C_SHOWN_B] = cell_text(words_take(b, a));
    add_change(b, m, m->as_ratio ? m->level[1] / m->level[0] : m->level[1] - m->level[0]);
    cells[C_SHOWN_CHANGE] = cell_text(words_take(b, a));
    if (isfinite(m->low) && isfinite(m->high)) {
        add_change(b, m, m->low);
        buf_str(b, " .. ");
        add_change(b, m, m->high);
    } else {
        buf_char(b, '-');
    }
    cells[C_SHOWN_INTERVAL] = cell_text(words_take(b, a));
    compared_p(b, m->p_adjusted);
    cells[C_SHOWN_P] = cell_text(words_take(b, a));
    cells[C_SHOWN_VERDICT] = text(verdict_names[m->verdict]);
    compared_n(b, m->n[0], m->n_eff[0]);
    buf_str(b, " / ");
    compared_n(b, m->n[1], m->n_eff[1]);
    cells[C_SHOWN_N] = cell_text(words_take(b, a));
    cells[C_SHOWN_METHOD] = text(m->method);
}

static void fill_row(struct compare *c, const struct metric *m, struct cell *cells)
{
    double money = m->field->unit == UNIT_NUSD ? 1e-9 : 1, scale = m->as_ratio ? 1 : money;

    cells[C_METRIC] = text(m->name);
    cells[C_UNIT] = text(compared_unit(m->field->unit));
    cells[C_A] = real(m->level[0] * money);
    cells[C_B] = real(m->level[1] * money);
    cells[C_DIFFERENCE] = real((m->level[1] - m->level[0]) * money);
    cells[C_RATIO] = real(m->level[0] > 0 ? m->level[1] / m->level[0] : NAN);
    cells[C_LOW] = real(m->low * scale);
    cells[C_HIGH] = real(m->high * scale);
    cells[C_CI_OF] = text(isnan(m->low) ? NULL : m->as_ratio ? "ratio" : "difference");
    cells[C_P] = real(m->p);
    cells[C_P_ADJUSTED] = real(m->p_adjusted);
    cells[C_N_A] = cell_int(m->n[0]);
    cells[C_N_B] = cell_int(m->n[1]);
    cells[C_N_EFF_A] = real(m->n_eff[0]);
    cells[C_N_EFF_B] = real(m->n_eff[1]);
    cells[C_METHOD] = text(m->method);
    cells[C_VERDICT] = text(verdict_names[m->verdict]);
    fill_shown(c, m, cells);
}

static enum err add_rows(struct compare *c, struct error *err)
{
    for (size_t i = 0; i < c->n; i++) {
        struct row *row;

        if (!c->spec->n_metrics && !c->v[i].n[0] && !c->v[i].n[1])
            continue; /* nobody asked, and no call has it */
        row = table_add_row(c->t);
        if (!row)
            return no_memory(err);
        fill_row(c, &c->v[i], row->cells);
    }
    return c->text.failed ? no_memory(err) : OK;
}

enum compare_verdict compare_verdict_at(const struct table *t, size_t row)
{
    size_t v = 0;

    while (v + 1 < ARRAY_LEN(verdict_names) &&
           !sv_is(t->rows[row].cells[C_VERDICT].text, verdict_names[v]))
        v++;
    return (enum compare_verdict)v;
}

size_t compare_row_of(const struct table *t, struct sv metric)
{
    size_t row = 0;

    while (row < t->n_rows && !sv_eq(t->rows[row].cells[C_METRIC].text, metric))
        row++;
    return row;
}

/* ---- what carries the change -------------------------------------------------------------- */

/* A metric of the field changed beyond noise. */
static bool has_changed(const struct compare *c, const struct compared_field *f)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].field == f && c->v[i].verdict != COMPARE_NONE &&
            c->v[i].verdict != COMPARE_INSUFFICIENT)
            return true;
    return false;
}

/* The metric that causes are looked for: the first one asked for, else what calls cost, else what
 * they are asked in tokens, else how long they take. */
static struct compared_field *explained(struct compare *c)
{
    static const char *const usual[] = {"cost", "input_tokens", "latency"};

    if (c->spec->n_metrics)
        return c->v[0].field;
    for (size_t u = c->spec->no_cost; u < ARRAY_LEN(usual); u++)
        for (size_t i = 0; i < c->n; i++)
            if (strcmp(c->v[i].field->name, usual[u]) == 0 && c->v[i].n[0] && c->v[i].n[1])
                return c->v[i].field;
    return NULL;
}

static enum err note_causes(struct compare *c, const struct compared_field *f,
                            const struct cause_list *list, bool changed, struct error *err)
{
    struct buf *b = &c->text;
    struct sv line;

    buf_printf(b, "%s per call ", f->name);
    compared_level(b, f->unit, list->before);
    buf_str(b, " -> ");
    compared_level(b, f->unit, list->after);
    buf_str(b, !changed  ? ": no change beyond noise, so none is explained"
               : list->n ? ", carried by:"
                         : ", carried by no group more than by others");
    for (size_t i = 0; i < list->n && (int64_t)i < c->spec->causes; i++) {
        const struct cause *cause = &list->v[i];

        buf_printf(b, "%s %s=", i ? "," : "", cause->dimension);
        buf_sv(b, cause->value.p ? cause->value : SV("(none)"));
        buf_printf(b, " (%.0f %%)", 100 * cause->share);
    }
    line = words_take(b, &c->t->arena);
    return line.p && table_note(c->t, "%.*s", SV_FMT(line)) ? OK : no_memory(err);
}

/* Dimensions that the sides themselves are chosen by explain nothing. */
static const char **skipped_dimensions(struct compare *c)
{
    const struct side_spec *s = &c->spec->sides;
    size_t n = 0, most = s->by_time ? 0 : s->n_where[0] + s->n_where[1];
    const char **skip = arena_zalloc(&c->t->arena, 3 * most + 1, sizeof(*skip));

    for (int side = 0; skip && side < 2 && !s->by_time; side++)
        for (size_t i = 0; i < s->n_where[side]; i++) {
            struct sv text = sv_trim(sv_from(s->where[side][i]));
            size_t at = 0;

            while (at < text.n && !memchr("=!<>~ \t", text.p[at], 7))
                at++;
            buf_add(&c->text, text.p, at);
            buf_char(&c->text, '\0');
            skip[n] = words_take(&c->text, &c->t->arena).p;
            if (!skip[n])
                return NULL;
            if (strcmp(skip[n++], "model") == 0) { /* the same by other names */
                skip[n++] = "request_model";
                skip[n++] = "response_model";
            }
        }
    return skip;
}

static enum err add_causes(struct compare *c, const struct sides *sides, struct error *err)
{
    static const char *const keys[] = {"dimension", "value", "contribution", "share"};
    struct compared_field *f = explained(c);
    const char **skip = skipped_dimensions(c);
    struct cause_list list = {0};
    struct cell *cells;
    bool changed;
    enum err rc;

    if (!skip)
        return no_memory(err);
    if (!f)
        return table_note(c->t, "nothing to explain: no metric has values on both sides")
                   ? OK
                   : no_memory(err);
    rc = compared_field_open(f, c->scan, c->store, c->values, err);
    if (!rc)
        rc = causes_find(c->scan, sides, &f->field, skip, (size_t)c->spec->causes, &c->t->arena,
                         &list, err);
    compared_field_close(f);
    if (rc)
        return rc;
    changed = has_changed(c, f);
    list.n = changed ? list.n : 0;
    cells = table_answer_list(c->t, "causes", keys, ARRAY_LEN(keys), list.n, false);
    if (!cells || !table_answer(c->t, "causes_of", text(f->name)))
        return no_memory(err);
    for (size_t i = 0; i < list.n; i++, cells += ARRAY_LEN(keys)) {
        cells[0] = text(list.v[i].dimension);
        cells[1] = cell_text(list.v[i].value);
        cells[2] = compared_cell(f->unit, list.v[i].contribution);
        cells[3] = real(list.v[i].share);
    }
    return note_causes(c, f, &list, changed, err);
}

static void add_part(struct buf *b, const char *words, int64_t nusd)
{
    buf_printf(b, "%s%s", words, nusd >= 0 ? "+" : "");
    words_money(b, nusd);
}

static enum err add_cost_split(struct compare *c, const struct sides *sides, struct error *err)
{
    static const char *const keys[] = {"calls", "tokens_per_call", "price", "mix", "total"};
    struct cost_split s;
    struct cell *cells;
    struct sv line;
    bool known;
    enum err rc = cost_split_find(c->scan, sides, &c->t->arena, &s, &known, err);

    if (rc || !known)
        return rc;
    cells = table_answer_list(c->t, "cost_split", keys, ARRAY_LEN(keys), 1, true);
    if (!cells)
        return no_memory(err);
    cells[0] = cell_int(s.calls);
    cells[1] = cell_int(s.tokens_per_call);
    cells[2] = cell_int(s.price);
    cells[3] = cell_int(s.mix);
    cells[4] = cell_int(s.total);
    add_part(&c->text, "cost ", s.total);
    add_part(&c->text, " = calls ", s.calls);
    add_part(&c->text, ", tokens per call ", s.tokens_per_call);
    add_part(&c->text, ", price ", s.price);
    add_part(&c->text, ", mix of models ", s.mix);
    line = words_take(&c->text, &c->t->arena);
    if (!line.p || !table_note(c->t, "%.*s", SV_FMT(line)))
        return no_memory(err);
    if (s.without[0] + s.without[1] &&
        !table_warn(c->t, "%lld calls without a cost are not in the change of the cost",
                    (long long)(s.without[0] + s.without[1])))
        return no_memory(err);
    return OK;
}

/* "moved first: 2026-11-18T00:00 input_tokens_mean, cost_mean; 2026-11-18T02:00 latency_p95" */
static void note_move(struct buf *b, const struct move *moves, size_t i)
{
    struct sv at = moves[i].at;

    if (i && moves[i].period == moves[i - 1].period) {
        buf_printf(b, ", %s", moves[i].metric);
        return;
    }
    at.n = at.n < strlen("2026-11-18T00:00") ? at.n : strlen("2026-11-18T00:00");
    buf_str(b, i ? "; then " : "moved first: ");
    buf_sv(b, at);
    buf_printf(b, " %s", moves[i].metric);
}

/* What moved first: the changed metrics in order of the period in which they did. */
static enum err add_moves(struct compare *c, struct error *err)
{
    static const char *const keys[] = {"metric", "at", "before", "after"};
    struct move_question *questions = arena_zalloc(&c->t->arena, c->n + 1, sizeof(*questions));
    struct move *moves;
    struct cell *cells;
    struct sv line;
    size_t n = 0;
    enum err rc;

    if (!questions)
        return no_memory(err);
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].verdict != COMPARE_NONE && c->v[i].verdict != COMPARE_INSUFFICIENT)
            questions[n++] =
                (struct move_question){c->v[i].name, c->v[i].field, statistics[c->v[i].stat].q};
    rc = moves_find(c->store, &c->spec->calls, questions, n, &c->t->arena, &moves, &n, err);
    if (rc)
        return rc;
    cells = table_answer_list(c->t, "moves", keys, ARRAY_LEN(keys), n, false);
    if (!cells)
        return no_memory(err);
    for (size_t i = 0; i < n; i++, cells += ARRAY_LEN(keys)) {
        cells[0] = text(moves[i].metric);
        cells[1] = cell_text(moves[i].at);
        cells[2] = compared_cell(moves[i].unit, moves[i].before);
        cells[3] = compared_cell(moves[i].unit, moves[i].after);
        note_move(&c->text, moves, i);
    }
    line = words_take(&c->text, &c->t->arena);
    if (!n)
        return OK;
    return line.p && table_note(c->t, "%.*s", SV_FMT(line)) ? OK : no_memory(err);
}

static enum err explain(struct compare *c, struct error *err)
{
    struct sides sides;
    enum err rc = sides_open(&sides, c->scan, &c->spec->sides, err);

    if (!rc)
        rc = add_causes(c, &sides, err);
    if (!rc && !c->spec->no_cost)
        rc = add_cost_split(c, &sides, err);
    sides_release(&sides);
    if (!rc && c->spec->sides.by_time)
        rc = add_moves(c, err);
    return rc;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static enum err add_head(struct compare *c, struct error *err)
{
    struct scan_counts n = scan_counts(c->scan);
    struct scan_spec spec = c->spec->calls;
    struct buf *b = &c->text;
    struct sv head;

    if (!head_fill_list(c->t, c->store, "compare", &spec, n) ||
        !table_answer(c->t, "a", text(c->spec->name[0])) ||
        !table_answer(c->t, "b", text(c->spec->name[1])) ||
        !table_add_fact(c->t, "calls_a", cell_int(side_values_calls(c->values, SIDE_ALL, 0))) ||
        !table_add_fact(c->t, "calls_b", cell_int(side_values_calls(c->values, SIDE_ALL, 1))))
        return no_memory(err);
    for (int side = 0; side < 2; side++) {
        buf_str(b, side ? " against " : "");
        buf_str(b, c->spec->name[side]);
        buf_str(b, " (");
        words_count(b, side_values_calls(c->values, SIDE_ALL, side));
        buf_str(b, " calls)");
    }
    if (c->t->window_text)
        buf_printf(b, "   %s", c->t->window_text);
    buf_printf(b, "   %s", c->t->tz);
    buf_char(b, '\0');
    head = words_take(b, &c->t->arena);
    c->t->head = head.p;
    return head.p ? OK : no_memory(err);
}

enum err compare_run(struct store *store, const struct compare_spec *spec, struct table *out,
                     struct error *err)
{
    struct compare c = {.spec = spec, .store = store, .t = out};
    enum err rc = scan_open(store, &spec->calls, &c.scan, err);

    if (!rc)
        rc = side_values_open(c.scan, store, &spec->sides, CLUSTER_SAMPLE, &c.values, err);
    if (!rc)
        rc = choose_metrics(&c, err);
    if (!rc)
        rc = measure_all(&c, err);
    if (!rc)
        rc = judge(&c, err);
    if (!rc)
        rc = add_columns(&c, err);
    if (!rc)
        rc = add_rows(&c, err);
    if (!rc)
        rc = add_head(&c, err);
    if (!rc && spec->explain)
        rc = explain(&c, err);
    free(c.v);
    buf_release(&c.text);
    side_values_close(c.values);
    scan_close(c.scan);
    return rc;
}
