/* gate_table: see the header. */
#include "report/gate_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "report/compared_text.h"
#include "report/gate_text.h"
#include "base/banned.h"

/* ---- columns ------------------------------------------------------------------------------ */

enum column_id {
    C_METRIC,
    C_SHOWN_CASES,
    C_SHOWN_BASELINE,
    C_SHOWN_CANDIDATE,
    C_SHOWN_CHANGE,
    C_SHOWN_CI,
    C_SHOWN_P,
    C_PAIRS,
    C_CLUSTERS,
    C_BASELINE,
    C_CANDIDATE,
    C_DIFFERENCE,
    C_SE,
    C_CI95_LOW,
    C_CI95_HIGH,
    C_P_WORSE,
    C_P_MCNEMAR,
    C_WORSE,
    C_BETTER,
    C_NEEDED,
    C_MDE,
    C_MARGIN,
    C_VERDICT,
    C_DIRECTION,
    C_TEST,
    C_P,
    C_P_ADJUSTED,
    C_CI90_LOW,
    C_CI90_HIGH,
    C_BOOT_LOW,
    C_BOOT_HIGH,
    C_SKEWNESS,
    C_SE_PLAIN,
    C_CI95_PLAIN_LOW,
    C_CI95_PLAIN_HIGH,
    C_REPEATS,
    C_LOST,
    C_ONLY_BASELINE,
    C_ONLY_CANDIDATE,
    COLUMNS,
};

enum seen_by { PEOPLE = 1, DATA = 2, BOTH = 3 };

static const struct {
    const char *key, *title;
    enum unit unit;
    enum seen_by seen;
    const char *pair;
    int drop;
} columns[COLUMNS] = {
    [C_METRIC] = {"metric",                "metric",     UNIT_NONE,  BOTH,   NULL,               0},
    [C_SHOWN_CASES] = {"cases",                 "cases",      UNIT_NONE,  PEOPLE, NULL,               2},
    [C_SHOWN_BASELINE] = {"baseline",              "baseline",   UNIT_NONE,  PEOPLE, NULL,               3},
    [C_SHOWN_CANDIDATE] = {"candidate",             "candidate",  UNIT_NONE,  PEOPLE, NULL,               4},
    [C_SHOWN_CHANGE] = {"change",                "change",     UNIT_NONE,  PEOPLE, NULL,               0},
    [C_SHOWN_CI] = {"ci",                    "95 % CI",    UNIT_NONE,  PEOPLE, NULL,               5},
    [C_SHOWN_P] = {"p_shown",               "p worse",    UNIT_NONE,  PEOPLE, NULL,               6},
    [C_PAIRS] = {"n_pairs",               "pairs",      UNIT_COUNT, DATA,   NULL,               0},
    [C_CLUSTERS] = {"clusters",              "clusters",   UNIT_COUNT, DATA,   NULL,               0},
    [C_BASELINE] = {"baseline_mean",         "baseline",   UNIT_REAL,  DATA,   NULL,               0},
    [C_CANDIDATE] = {"candidate_mean",        "candidate",  UNIT_REAL,  DATA,   NULL,               0},
    [C_DIFFERENCE] = {"difference",            "difference", UNIT_REAL,  DATA,   NULL,               0},
    [C_SE] = {"se",                    "se",         UNIT_REAL,  DATA,   NULL,               0},
    [C_CI95_LOW] = {"ci95_low",              "low",        UNIT_REAL,  DATA,   "ci95",             0},
    [C_CI95_HIGH] = {"ci95_high",             "high",       UNIT_REAL,  DATA,   NULL,               0},
    [C_P_WORSE] = {"p_worse",               "p worse",    UNIT_REAL,  DATA,   NULL,               0},
    [C_P_MCNEMAR] = {"p_mcnemar",             "p McNemar",  UNIT_REAL,  DATA,   NULL,               0},
    [C_WORSE] = {"worse",                 "worse",      UNIT_COUNT, DATA,   NULL,               0},
    [C_BETTER] = {"better",                "better",     UNIT_COUNT, DATA,   NULL,               0},
    [C_NEEDED] = {"cases_needed",          "needed",     UNIT_REAL,  DATA,   NULL,               0},
    [C_MDE] = {"mde",                   "mde",        UNIT_REAL,  DATA,   NULL,               0},
    [C_MARGIN] = {"margin",                "margin",     UNIT_REAL,  DATA,   NULL,               0},
    [C_VERDICT] = {"verdict",               "verdict",    UNIT_NONE,  BOTH,   NULL,               0},
    [C_DIRECTION] = {"better_is",             "better is",  UNIT_NONE,  DATA,   NULL,               0},
    [C_TEST] = {"test",                  "test",       UNIT_NONE,  DATA,   NULL,               0},
    [C_P] = {"p",                     "p",          UNIT_REAL,  DATA,   NULL,               0},
    [C_P_ADJUSTED] = {"p_adjusted",            "p Holm",     UNIT_REAL,  DATA,   NULL,               0},
    [C_CI90_LOW] = {"ci_margin_low",         "low",        UNIT_REAL,  DATA,   "ci_margin",        0},
    [C_CI90_HIGH] = {"ci_margin_high",        "high",       UNIT_REAL,  DATA,   NULL,               0},
    [C_BOOT_LOW] = {"ci95_bootstrap_low",    "low",        UNIT_REAL,  DATA,   "ci95_bootstrap",   0},
    [C_BOOT_HIGH] = {"ci95_bootstrap_high",   "high",       UNIT_REAL,  DATA,   NULL,               0},
    [C_SKEWNESS] = {"skewness",              "skewness",   UNIT_REAL,  DATA,   NULL,               0},
    [C_SE_PLAIN] = {"se_unclustered",        "se",         UNIT_REAL,  DATA,   NULL,               0},
    [C_CI95_PLAIN_LOW] = {"ci95_unclustered_low",  "low",        UNIT_REAL,  DATA,   "ci95_unclustered", 0},
    [C_CI95_PLAIN_HIGH] = {"ci95_unclustered_high", "high",       UNIT_REAL,  DATA,   NULL,               0},
    [C_REPEATS] = {"repeats_max",           "repeats",    UNIT_COUNT, DATA,   NULL,               0},
    [C_LOST] = {"results_without_value", "lost",       UNIT_COUNT, DATA,   NULL,               0},
    [C_ONLY_BASELINE] = {"only_baseline_n",       "removed",    UNIT_COUNT, DATA,   NULL,               0},
    [C_ONLY_CANDIDATE] = {"only_candidate_n",      "new",        UNIT_COUNT, DATA,   NULL,               0},
};

static bool add_columns(struct table *t)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        struct column *c = table_add_column(t, columns[i].key, columns[i].title, columns[i].unit);

        if (!c)
            return false;
        c->dimension = i == C_METRIC;
        c->in_text = columns[i].seen & PEOPLE;
        c->in_data = columns[i].seen & DATA;
        c->pair = columns[i].pair;
        c->drop = columns[i].drop;
    }
    return true;
}

/* ---- rows --------------------------------------------------------------------------------- */

static struct cell real(double v)
{
    return isnan(v) ? (struct cell){0} : cell_real(v);
}

static struct cell count(size_t n)
{
    return cell_int((int64_t)n);
}

static struct cell words(struct table *t, struct buf *b)
{
    struct sv text = arena_copy(&t->arena, (struct sv){b->p ? b->p : "", b->n});

    b->n = 0;
    return cell_text(text);
}

static struct cell constant(const char *text)
{
    return cell_text(sv_from(text));
}

static void fill_shown(struct table *t, struct cell *c, const struct gate_row *row, struct buf *b)
{
    buf_printf(b, "%zu", row->n_pairs);
    c[C_SHOWN_CASES] = words(t, b);
    gate_level(b, row, row->baseline_mean);
    c[C_SHOWN_BASELINE] = words(t, b);
    gate_level(b, row, row->candidate_mean);
    c[C_SHOWN_CANDIDATE] = words(t, b);
    gate_difference(b, row, row->n_pairs ? row->test.mean : NAN);
    c[C_SHOWN_CHANGE] = words(t, b);
    gate_interval(b, row, row->ci95);
    c[C_SHOWN_CI] = words(t, b);
    compared_p(b, row->p_adjusted);
    c[C_SHOWN_P] = words(t, b);
}

static void fill_tested(struct cell *c, const struct gate_row *row)
{
    c[C_SE] = real(row->test.se);
    c[C_CI95_LOW] = real(row->ci95.low);
    c[C_CI95_HIGH] = real(row->ci95.high);
    c[C_CI90_LOW] = real(row->ci90.low);
    c[C_CI90_HIGH] = real(row->ci90.high);
    c[C_P_WORSE] = real(row->p_worse);
    c[C_P_ADJUSTED] = real(row->p_adjusted);
    c[C_P] = real(row->exact ? row->mcnemar.p : row->test.p);
    c[C_NEEDED] = real(row->cases_needed);
    c[C_MDE] = real(row->mde);
    c[C_SKEWNESS] = real(row->test.skewness);
    c[C_SE_PLAIN] = real(row->plain.se);
    c[C_CI95_PLAIN_LOW] = real(row->plain_ci95.low);
    c[C_CI95_PLAIN_HIGH] = real(row->plain_ci95.high);
    c[C_TEST] = constant(row->exact ? "mcnemar" : row->clustered ? "clustered t" : "paired t");
    if (row->bootstrap_known) {
        c[C_BOOT_LOW] = real(row->bootstrap.low);
        c[C_BOOT_HIGH] = real(row->bootstrap.high);
    }
}

static bool add_row(struct table *t, const struct gate_row *row, struct buf *b)
{
    struct row *to = table_add_row(t);
    struct cell *c;

    if (!to)
        return false;
    c = to->cells;
    c[C_METRIC] = constant(row->metric.name);
    fill_shown(t, c, row, b);
    c[C_PAIRS] = count(row->n_pairs);
    c[C_CLUSTERS] = count(row->clusters);
    c[C_BASELINE] = real(row->baseline_mean);
    c[C_CANDIDATE] = real(row->candidate_mean);
    c[C_DIFFERENCE] = row->n_pairs ? real(row->test.mean) : (struct cell){0};
    if (row->paired_known)
        fill_tested(c, row);
    if (row->binary)
        c[C_P_MCNEMAR] = real(row->mcnemar.p);
    c[C_WORSE] = count(row->worse);
    c[C_BETTER] = count(row->better);
    c[C_MARGIN] = real(row->margin);
    c[C_VERDICT] = constant(gate_verdict_names[row->verdict]);
    c[C_DIRECTION] = constant(row->metric.lower_is_better ? "lower" : "higher");
    c[C_REPEATS] = count(row->repeats);
    c[C_LOST] = count(row->lost);
    c[C_ONLY_BASELINE] = count(row->only_baseline);
    c[C_ONLY_CANDIDATE] = count(row->only_candidate);
    return true;
}

/* ---- what machines read beside the rows ----------------------------------------------------- */

static struct cell label_of(const struct case_runs *runs, uint32_t number)
{
    return cell_text(case_label(runs->texts[number]));
}

static bool add_side(struct table *t, const char *key, const struct gate_side *side)
{
    static const char *const keys[] = {"source", "run",   "cases",    "commit",
                                       "at",     "calls", "cost_nusd"};
    const struct run_usage *u = &side->run->usage;
    struct cell *c = table_answer_list(t, key, keys, ARRAY_LEN(keys), 1, true);
    char at[40] = "";

    if (!c)
        return false;
    c[0] = cell_text(sv_from(side->label));
    c[1] = side->run->name.n ? cell_text(side->run->name) : (struct cell){0};
    c[2] = cell_int(side->run->n_cases);
    c[3] = cell_text(sv_from(side->commit));
    if (side->at_us.known) {
        time_format_utc(side->at_us.v, at);
        c[4] = cell_text(arena_copy(&t->arena, sv_from(at)));
    }
    c[5] = cell_int(u->calls);
    c[6] = u->cost_n ? cell_int(u->cost_nusd) : (struct cell){0};
    c[6].lower_bound = u->cost_n < u->calls;
    return true;
}

/* The cases of `mine` with a value that `other` has none for, by metric. */
static bool add_one_sided(struct table *t, const char *key, const struct case_runs *runs,
                          const struct gate_result *g, size_t mine)
{
    static const char *const keys[] = {"case", "metric"};
    const struct case_run *run = g->sides[mine].run, *other = g->sides[!mine].run;
    size_t n = 0, at = 0;
    struct cell *c;
    double v;

    for (size_t m = 0; m < g->n_rows; m++)
        n += mine ? g->rows[m].only_candidate : g->rows[m].only_baseline;
    c = table_answer_list(t, key, keys, ARRAY_LEN(keys), n, false);
    if (!c)
        return false;
    for (size_t m = 0; m < g->n_rows; m++)
        for (uint32_t i = 0; i < run->n_cases && at < n; i++)
            if (gate_case_value(run, &g->rows[m].metric, run->order[i], &v) &&
                !gate_case_value(other, &g->rows[m].metric, run->order[i], &v)) {
                c[2 * at] = label_of(runs, run->order[i]);
                c[2 * at + 1] = constant(g->rows[m].metric.name);
                at++;
            }
    return true;
}

static bool add_changed(struct table *t, const struct case_runs *runs, const struct gate_result *g)
{
    static const char *const keys[] = {"case", "metric", "baseline", "candidate", "difference"};
    size_t n = 0;
    struct cell *c;

    for (size_t m = 0; m < g->n_rows; m++)
        n += g->rows[m].worse + g->rows[m].better;
    c = table_answer_list(t, "changed", keys, ARRAY_LEN(keys), n, false);
    if (!c)
        return false;
    for (size_t m = 0; m < g->n_rows; m++)
        for (size_t i = 0; i < g->rows[m].worse + g->rows[m].better; i++) {
            const struct gate_change *change = &g->rows[m].changes[i];

            *c++ = label_of(runs, change->number);
            *c++ = constant(g->rows[m].metric.name);
            *c++ = real(change->baseline);
            *c++ = real(change->candidate);
            *c++ = real(change->difference);
        }
    return true;
}

static bool add_limits(struct table *t, const struct gate_result *g)
{
    static const char *const keys[] = {"limit",       "given", "baseline",    "value",  "threshold",
                                       "lower_bound", "n",     "cases_below", "verdict"};
    struct cell *c = table_answer_list(t, "limits", keys, ARRAY_LEN(keys), g->n_limits, false);

    if (!c)
        return false;
    for (size_t i = 0; i < g->n_limits; i++) {
        const struct gate_limit_row *limit = &g->limits[i];

        *c++ = constant(gate_limit_names[limit->kind]);
        *c++ = constant(limit->limit);
        *c++ = real(limit->baseline);
        *c++ = real(limit->value);
        *c++ = real(limit->threshold);
        *c++ = cell_int(limit->lower_bound);
        *c++ = count(limit->n);
        *c++ = limit->kind == GATE_PER_CASE ? count(limit->broken) : (struct cell){0};
        *c++ = constant(gate_verdict_names[limit->verdict]);
    }
    return true;
}

static bool add_answers(struct table *t, const struct case_runs *runs, const struct gate_result *g,
                        const struct gate_table_options *o)
{
    return table_answer(t, "verdict", constant(gate_verdict_names[g->verdict])) &&
           add_side(t, "baseline", &g->sides[0]) && add_side(t, "candidate", &g->sides[1]) &&
           add_one_sided(t, "only_baseline", runs, g, 0) &&
           add_one_sided(t, "only_candidate", runs, g, 1) && add_changed(t, runs, g) &&
           add_limits(t, g) && table_answer(t, "alpha", cell_real(o->alpha)) &&
           table_answer(t, "seed", cell_int((int64_t)o->seed));
}

/* ---- what people read below ----------------------------------------------------------------- */

/* A line about a metric; its name stands in front where there are several. */
static bool note(struct table *t, const struct gate_result *g, const struct gate_row *row,
                 struct buf *b)
{
    bool ok = !b->failed;

    if (ok && b->n)
        ok = table_note(t, "%s%s%s", g->n_rows > 1 ? row->metric.name : "",
                        g->n_rows > 1 ? ": " : "", b->p);
    b->n = 0;
    return ok;
}

static void list_changes(struct buf *b, const struct case_runs *runs, const struct gate_row *row,
                         bool all)
{
    size_t most = all ? row->worse : GATE_CHANGES_SHOWN;

    if (!row->worse)
        return;
    buf_str(b, "worst:");
    for (size_t i = 0; i < row->worse && i < most; i++) {
        buf_str(b, i ? ", " : " ");
        buf_sv(b, case_label(runs->texts[row->changes[i].number]));
    }
    if (row->worse > most)
        buf_printf(b, " and %zu more (--all)", row->worse - most);
}

static void list_one_sided(struct buf *b, const struct gate_row *row)
{
    if (row->only_baseline)
        buf_printf(b, "%zu case%s only in the baseline (removed, or without a result now)",
                   row->only_baseline, row->only_baseline == 1 ? "" : "s");
    if (row->only_candidate)
        buf_printf(b, "%s%zu only in the candidate (new)", row->only_baseline ? ", " : "",
                   row->only_candidate);
}

static bool bootstrap_note(struct table *t, const struct gate_result *g, const struct gate_row *row,
                           struct buf *b)
{
    bool few = row->clusters<15, skewed = fabs(row->test.skewness)> 2;

    if (!row->paired_known || row->exact || (!few && !skewed))
        return true;
    buf_str(b, few ? "few clusters" : "skewed differences");
    if (row->bootstrap_known) {
        buf_str(b, ": bootstrap 95 % CI ");
        gate_interval(b, row, row->bootstrap);
    } else {
        buf_printf(b, ": no bootstrap over more than 5,000 clusters (%zu)", row->clusters);
    }
    return note(t, g, row, b);
}

static bool metric_notes(struct table *t, const struct case_runs *runs, const struct gate_result *g,
                         const struct gate_row *row, bool all, struct buf *b)
{
    gate_counts(b, row);
    if (!note(t, g, row, b))
        return false;
    list_changes(b, runs, row, all);
    if (!note(t, g, row, b))
        return false;
    gate_reason(b, row);
    if (!note(t, g, row, b))
        return false;
    list_one_sided(b, row);
    if (!note(t, g, row, b) || !bootstrap_note(t, g, row, b))
        return false;
    if (row->repeats > 1)
        buf_printf(b, "results of a case are averaged: up to %zu", row->repeats);
    if (!note(t, g, row, b))
        return false;
    if (row->metric.lower_is_better)
        buf_str(b, "less is better; a + of the change is a gain");
    return note(t, g, row, b);
}

static bool limit_notes(struct table *t, const struct case_runs *runs, const struct gate_result *g,
                        bool all, struct buf *b)
{
    for (size_t i = 0; i < g->n_limits; i++) {
        const struct gate_limit_row *limit = &g->limits[i];
        size_t most = all ? limit->broken : GATE_CHANGES_SHOWN;

        gate_limit_sentence(b, limit);
        for (size_t k = 0; k < limit->broken && k < most; k++) {
            buf_str(b, k ? ", " : ": ");
            buf_sv(b, case_label(runs->texts[limit->cases[k]]));
        }
        if (limit->broken > most)
            buf_printf(b, " and %zu more (--all)", limit->broken - most);
        if (b->failed || !table_note(t, "%s", b->p))
            return false;
        b->n = 0;
    }
    return true;
}

static bool add_notes(struct table *t, const struct case_runs *runs, const struct gate_result *g,
                      const struct gate_table_options *o, struct buf *b)
{
    for (size_t i = 0; i < g->n_rows; i++)
        if (!metric_notes(t, runs, g, &g->rows[i], o->all, b))
            return false;
    gate_usage_changes(b, g);
    if (b->failed || (b->n && !table_note(t, "%s", b->p)))
        return false;
    b->n = 0;
    return limit_notes(t, runs, g, o->all, b);
}

/* ---- all together ------------------------------------------------------------------------- */

static bool add_warnings(struct table *t, const struct case_runs *runs, const struct gate_result *g)
{
    bool ok = true;

    if (g->filter_dropped)
        ok = table_warn(t, "cases are paired without the prompt or provider that their ids name: "
                           "it is one for all in each run, and another in the other");
    if (ok && runs->other_metrics)
        ok = table_warn(t, "%" PRId64 " results under more than %d names of metrics are left out",
                        runs->other_metrics, CASE_METRICS_MAX);
    for (size_t i = 0; i < g->n_new_metrics && ok; i++)
        ok = table_warn(t, "%s: only the candidate has this metric, so nothing is said of it",
                        g->new_metrics[i]);
    return ok;
}

static bool add_head(struct table *t, const struct gate_result *g, struct buf *b)
{
    for (size_t s = 0; s < 2; s++) {
        const struct gate_side *side = &g->sides[s];

        buf_printf(b, "%s %s", s ? "   candidate" : "baseline", side->label);
        if (side->run->name.n) {
            buf_str(b, " run ");
            buf_sv(b, side->run->name);
        }
        if (side->commit)
            buf_printf(b, " @ %.12s", side->commit);
        buf_printf(b, " (%u case%s)", side->run->n_cases, side->run->n_cases == 1 ? "" : "s");
    }
    buf_char(b, '\0');
    t->head = words(t, b).text.p;
    gate_sentence(b, g);
    buf_char(b, '\0');
    t->narrative = words(t, b).text.p;
    return t->head && t->narrative && !b->failed;
}

enum err gate_table_fill(const struct case_runs *runs, const struct gate_result *g,
                         const struct gate_table_options *o, struct table *t, struct error *err)
{
    struct buf b = {0};
    bool ok;

    t->verb = "gate";
    t->tz = "UTC";
    ok = add_columns(t);
    for (size_t i = 0; i < g->n_rows && ok; i++)
        ok = add_row(t, &g->rows[i], &b);
    ok = ok && add_head(t, g, &b) && add_warnings(t, runs, g);
    if (ok && o->for_people)
        ok = add_notes(t, runs, g, o, &b);
    else if (ok)
        ok = add_answers(t, runs, g, o);
    ok = ok && !b.failed;
    buf_release(&b);
    return ok ? OK : error_set(err, ERR_NOMEM, "out of memory for what the gate found");
}
