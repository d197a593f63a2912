/* anomalies: what is unusual in the last hour or day, by comparison with those before. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "alert/alert_table.h"
#include "alert/anomaly.h"
#include "alert/backtest.h"
#include "alert_head.h"
#include "base/time_text.h"
#include "commands.h"
#include "hook.h"
#include "inputs.h"
#include "output.h"
#include "reading.h"
#include "report/report.h"
#include "report/words.h"
#include "rule_sets.h"
#include "store/annotations.h"
#include "base/banned.h"

#define HOUR_US (3600 * US_PER_S)
enum { BUSY = 30 }; /* calls an hour from which on hours are told apart */

struct anomalies_cli {
    const char *preset, *method, *period, *sigma, *window, *history, *backtest, *on_alert;
    struct text_list metric;
};

OPT_WORDS(preset_words, "default", "s004", "s004-rel")
OPT_WORDS(method_words, "rule", "zscore", "mad", "ewma", "cusum", "spc", "seasonal")
OPT_WORDS(period_words, "hour", "day")

/* clang-format off */
static const struct opt anomalies_rows[] = {
    OPT_CHOICE(0, "preset",   "PRESET", preset_words, anomalies_cli, preset,   "default; or a source's detectors: s004 as its code has them, s004-rel with its text's reading of branch rates"),
    OPT_CHOICE(0, "method",   "METHOD", method_words, anomalies_cli, method,   "one method for all figures: rule (the s004 preset), zscore, mad, ewma, cusum, spc or seasonal"),
    OPT_COMMAS(0, "metric",   "METRIC", NULL,         anomalies_cli, metric,   "figures to look at: columns of llmobs report, share:EXPR, score:NAME ... (default: the usual ones)"),
    OPT_TEXT  (0, "sigma",    "N",                    anomalies_cli, sigma,    "zscore, spc, mad, seasonal: so many standard deviations are unusual"),
    OPT_CHOICE(0, "period",   "PERIOD", period_words, anomalies_cli, period,   "hour or day (default: hour where there are 30 calls an hour and more)"),
    OPT_TEXT  (0, "window",   "TIME",                 anomalies_cli, window,   "s004: the last so much is looked at (default: 1h)"),
    OPT_TEXT  (0, "history",  "TIME",                 anomalies_cli, history,  "s004: out of so much (default: 24h)"),
    OPT_TEXT  (0, "backtest", "TIME",                 anomalies_cli, backtest, "when each would have fired first in the last 30d"),
    OPT_TEXT  (0, "on-alert", "CMD",                  anomalies_cli, on_alert, "a shell command to run when something is found, with the answer as JSON on its standard input"),
    OPT_END,
};
/* clang-format on */

/* The verb on its way. */
struct anomalies {
    struct invocation *inv;
    const struct anomalies_cli *cli;
    bool rules;          /* the s004 presets */
    struct rule_set set; /* their rules */
    int64_t backtest_us; /* 0: none */
    int64_t now_us;
    struct reading_window window;
    struct verdicts verdicts;
    struct alert_table_options look;
    struct table table;
    bool seasonal;
    const char *period; /* "hour" or "day" */
};

/* ---- what was asked ----------------------------------------------------------------------- */

static enum err read_sigma(const char *text, double *out, struct error *err)
{
    char *end;

    *out = 0;
    if (!text)
        return OK;
    *out = strtod(text, &end);
    if (end == text || *end || !(*out > 0) || !isfinite(*out))
        return error_set(err, ERR_USAGE, "--sigma: expected a number above 0, found \"%s\"", text);
    return OK;
}

/* Which of the rules of set s004 a preset is: they differ in how branch rates are compared. */
static bool in_preset(const char *preset, const char *rule)
{
    bool relative = strcmp(preset, "s004-rel") == 0;

    if (strcmp(rule, "branch_rate_change") == 0)
        return !relative;
    if (strcmp(rule, "branch_rate_change_rel") == 0)
        return relative;
    return strcmp(rule, "token_spike") == 0 || strcmp(rule, "cost_spike") == 0 ||
           strcmp(rule, "latency_spike") == 0;
}

static enum err open_preset(struct anomalies *a, const char *preset, struct error *err)
{
    int64_t window = HOUR_US, history = 24 * HOUR_US;
    size_t kept = 0;
    enum err rc = rule_set_open("s004", &a->inv->arena, &a->set, err);

    if (!rc)
        rc = when_duration("window", a->cli->window, &window, err);
    if (!rc)
        rc = when_duration("history", a->cli->history, &history, err);
    if (!rc && history < 2 * window)
        rc = error_set(err, ERR_USAGE, "--history: expected at least twice the window");
    for (size_t i = 0; i < a->set.n && !rc; i++) {
        struct rule *r = &a->set.rules[i];

        if (!in_preset(preset, r->name))
            continue;
        r->window_us = window;
        r->baseline_us = history - window;
        a->set.rules[kept++] = *r;
    }
    a->set.n = kept;
    a->set.name = preset;
    return rc;
}

static enum err read_options(struct anomalies *a, struct error *err)
{
    const struct anomalies_cli *o = a->cli;
    const char *preset = o->preset ? o->preset : "default";
    enum err rc = when_duration("backtest", o->backtest, &a->backtest_us, err);

    a->rules = strcmp(preset, "default") != 0 || (o->method && strcmp(o->method, "rule") == 0);
    if (rc)
        return rc;
    if (a->rules && (o->metric.n || o->sigma || o->period || a->inv->shared.by.n))
        return error_set(
            err, ERR_USAGE,
            "%s: its rules say what they look at: no --metric, --by, --sigma or --period",
            o->preset ? o->preset : "--method rule");
    if (a->rules && o->method && strcmp(o->method, "rule") != 0)
        return error_set(err, ERR_USAGE, "--preset %s and --method %s: one of them", preset,
                         o->method);
    if (!a->rules && (o->window || o->history))
        return error_set(err, ERR_USAGE,
                         "--%s goes with --preset s004; here --period says how long a period is",
                         o->window ? "window" : "history");
    return a->rules ? open_preset(a, strcmp(preset, "default") ? preset : "s004", err) : OK;
}

/* ---- judging ------------------------------------------------------------------------------ */

/* Hours are told apart where there are enough calls in each; else days. */
static enum err choose_period(struct anomalies *a, struct store *store, struct error *err)
{
    struct metric calls;
    struct metric_window w = {.where = a->inv->shared.where.v,
                              .n_where = a->inv->shared.where.n,
                              .since_us = a->now_us - US_PER_DAY,
                              .until_us = a->now_us,
                              .zone = &a->window.zone,
                              .jobs = inputs_processors()};
    struct readings found;
    enum err rc = OK;

    a->period = a->cli->period;
    if (a->period)
        return OK;
    rc = metric_find("calls", &calls, err);
    if (!rc)
        rc = metric_read(store, &calls, &w, &a->inv->arena, &found, err);
    if (!rc)
        a->period = found.n && found.v[0].value >= 24 * BUSY ? "hour" : "day";
    return rc;
}

static enum err run_charts(struct anomalies *a, struct store *store, struct error *err)
{
    static const char *const names[] = {
        [ANOMALY_DEFAULT] = "",         [ANOMALY_ZSCORE] = "zscore", [ANOMALY_SPC] = "spc",
        [ANOMALY_MAD] = "mad",          [ANOMALY_EWMA] = "ewma",     [ANOMALY_CUSUM] = "cusum",
        [ANOMALY_SEASONAL] = "seasonal"};
    const struct shared_options *o = &a->inv->shared;
    struct anomaly_spec spec = {.metrics = a->cli->metric.v,
                                .n_metrics = a->cli->metric.n,
                                .by = o->by.v,
                                .n_by = o->by.n,
                                .where = o->where.v,
                                .n_where = o->where.n,
                                .zone = &a->window.zone,
                                .now_us = a->now_us,
                                .since_us = a->now_us - a->backtest_us,
                                .backtest = a->backtest_us > 0,
                                .jobs = inputs_processors()};
    enum err rc = read_sigma(a->cli->sigma, &spec.sigma, err);

    for (size_t i = 1; i < ARRAY_LEN(names) && a->cli->method; i++)
        if (strcmp(names[i], a->cli->method) == 0)
            spec.method = (enum anomaly_method)i;
    if (!rc)
        rc = choose_period(a, store, err);
    if (rc)
        return rc;
    spec.period = strcmp(a->period, "day") == 0 ? BUCKET_DAY : BUCKET_HOUR;
    return anomaly_run(store, &spec, &a->inv->arena, &a->verdicts, &a->seasonal, err);
}

static enum err run_rules(struct anomalies *a, struct store *store, struct error *err)
{
    const struct shared_options *o = &a->inv->shared;
    struct judge_spec spec = {.rules = &a->set,
                              .where = o->where.v,
                              .n_where = o->where.n,
                              .zone = &a->window.zone,
                              .now_us = a->now_us,
                              .jobs = inputs_processors()};

    if (a->backtest_us)
        return backtest_rules(store, &spec, a->now_us - a->backtest_us, &a->inv->arena,
                              &a->verdicts, err);
    return judge_run(store, &spec, &a->inv->arena, &a->verdicts, err);
}

/* ---- the table ---------------------------------------------------------------------------- */

/* What source S004 calls its figures, of each detector the two that it has. */
static const struct {
    const char *rule, *recent, *historical;
    bool rate;
} figures[] = {
    {"token_spike",            "recent_avg",  "historical_avg",  false},
    {"cost_spike",             "recent_cost", "historical_cost", false},
    {"latency_spike",          "recent_avg",  "historical_avg",  false},
    {"branch_rate_change",     "recent_rate", "historical_rate", true },
    {"branch_rate_change_rel", "recent_rate", "historical_rate", true },
};

static struct cell *cell_of(struct table *t, struct row *row, const char *key)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (strcmp(t->columns[c].key, key) == 0)
            return &row->cells[c];
    return NULL;
}

static void fill_source_row(struct table *t, struct row *row)
{
    struct cell *c = row->cells;
    bool limited = c[ALERT_BASELINE].type == CELL_REAL && c[ALERT_VALUE].type == CELL_REAL;
    double now = c[ALERT_VALUE].r, before = c[ALERT_BASELINE].r;

    *cell_of(t, row, "type") = c[ALERT_RULE];
    for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
        if (!sv_is(c[ALERT_RULE].text, figures[i].rule))
            continue;
        *cell_of(t, row, figures[i].recent) = c[ALERT_VALUE];
        *cell_of(t, row, figures[i].historical) = c[ALERT_BASELINE];
        if (strcmp(figures[i].rule, "token_spike") == 0)
            *cell_of(t, row, "prompt_version") = c[ALERT_GROUP];
        if (limited && figures[i].rate)
            *cell_of(t, row, "change") = cell_real(now - before);
        if (limited && before > 0)
            *cell_of(t, row, "increase_percent") = cell_real((now - before) / before * 100);
    }
}

/* The keys of the source, behind ours. */
static bool add_source_columns(struct table *t)
{
    static const char *const keys[] = {"type",           "prompt_version",  "recent_avg",
                                       "historical_avg", "recent_cost",     "historical_cost",
                                       "recent_rate",    "historical_rate", "increase_percent",
                                       "change"};

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct column *c = table_extend(t, keys[i], "", i < 2 ? UNIT_NONE : UNIT_REAL);

        if (!c)
            return false;
        c->in_data = true;
        c->in_text = false;
    }
    for (size_t i = 0; i < t->n_rows; i++)
        fill_source_row(t, &t->rows[i]);
    return true;
}

/* The mark nearest to when something began, within a day of it. */
struct nearest_mark {
    int64_t at_us, distance_us;
    struct buf text;
};

static enum err near_mark(void *ctx, const struct annotation *m, struct error *err)
{
    struct nearest_mark *n = ctx;
    int64_t distance = llabs(m->at_us - n->at_us);

    (void)err;
    if (distance > US_PER_DAY || distance >= n->distance_us)
        return OK;
    n->distance_us = distance;
    n->text.n = 0;
    buf_sv(&n->text, m->kind);
    buf_char(&n->text, ' ');
    buf_sv(&n->text, m->text);
    return OK;
}

static enum err add_marks(struct anomalies *a, struct store *store, struct error *err)
{
    struct table *t = &a->table;
    struct column *c = table_extend(t, "mark", "nearest mark", UNIT_NONE);
    size_t at = t->n_columns - 1;
    enum err rc = c ? OK : error_set(err, ERR_NOMEM, "out of memory");

    if (c) {
        c->in_data = true;
        c->in_text = false;
    }
    for (size_t i = 0, row = 0; i < a->verdicts.n && row < t->n_rows && !rc; i++) {
        /* The rows are those of alert_table_add(), which may have another order: by their text. */
        struct row *r = &t->rows[row++];
        struct nearest_mark n = {.distance_us = INT64_MAX};
        bool zoneless;

        if (r->cells[ALERT_SINCE].type != CELL_TEXT ||
            time_parse(r->cells[ALERT_SINCE].text, &n.at_us, &zoneless))
            continue;
        rc = store_annotations(store, n.at_us - US_PER_DAY, n.at_us + US_PER_DAY, near_mark, &n,
                               err);
        if (n.text.n) {
            r->cells[at] = cell_text(words_take(&n.text, &t->arena));
            t->columns[at].in_text = true;
        }
        buf_release(&n.text);
    }
    return rc;
}

/* Several detectors may say of one metric that all is well; nobody wants to read that. */
static void drop_quiet(struct anomalies *a)
{
    size_t kept = 0;

    if (a->rules || !output_for_people(&a->inv->shared))
        return;
    for (size_t i = 0; i < a->verdicts.n; i++)
        if (a->verdicts.v[i].state <= VERDICT_PENDING)
            a->verdicts.v[kept++] = a->verdicts.v[i];
    a->verdicts.n = kept;
}

static enum err fill_table(struct anomalies *a, struct store *store, struct error *err)
{
    struct alert_head head = {.now_us = a->now_us,
                              .zone = &a->window.zone,
                              .rules = a->rules ? &a->set : NULL,
                              .verdicts = &a->verdicts,
                              .period = a->period};
    enum err rc = alert_head_fill(a->inv, store, &head, &a->table, err);

    drop_quiet(a);
    if (!rc)
        rc = alert_table_begin(&a->table, &a->look, err);
    if (!rc)
        rc = alert_table_add(&a->table, &a->look, &a->verdicts, err);
    if (!rc && !a->rules && output_for_people(&a->inv->shared))
        a->table.columns[ALERT_SHOWN_METRIC].in_text = a->table.n_rows > 0;
    if (!rc && a->rules && !add_source_columns(&a->table))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    if (!rc)
        rc = add_marks(a, store, err);
    if (!rc && !a->rules && !a->seasonal &&
        !table_note(&a->table, "season: not removed (needs 4 weeks)"))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static enum err look(struct anomalies *a, struct store *store, struct error *err)
{
    bool past = a->window.until_known && a->window.until_us <= a->inv->now_us;
    enum err rc;

    a->now_us = past ? a->window.until_us : a->inv->now_us;
    a->look = (struct alert_table_options){.verb = "anomalies",
                                           .zone = &a->window.zone,
                                           .only_firing = a->inv->shared.quiet &&
                                                          output_for_people(&a->inv->shared)};
    rc = a->rules ? run_rules(a, store, err) : run_charts(a, store, err);
    return rc ? rc : fill_table(a, store, err);
}

static enum err anomalies_command_run(struct invocation *inv, struct error *err)
{
    struct anomalies a = {.inv = inv, .cli = inv->options};
    struct store *store = NULL;
    enum err rc = read_options(&a, err);

    inv->scans = true; /* --metric may ask for what texts hold */
    if (!rc)
        rc = reading_open(inv, &inv->args, inputs_processors(), &store, &a.window, err);
    reading_often();
    if (!rc)
        rc = store_freeze(store, err);
    if (!rc)
        rc = look(&a, store, err);
    if (store)
        store_thaw(store);
    store_close(store);
    if (!rc) {
        bool found = judge_worst(&a.verdicts) < SEVERITY_COUNT;

        inv->found = found;
        if (found || !inv->shared.quiet || !output_for_people(&inv->shared) || inv->shared.output)
            rc = output_table(inv, &a.table, false, err);
        if (!rc && found && a.cli->on_alert)
            hook_run(inv, a.cli->on_alert, &a.table);
    }
    table_release(&a.table);
    return rc;
}

static const struct example anomalies_examples[] = {
    {"llmobs anomalies",                                               "what is unusual, by control charts over the past"},
    {"llmobs anomalies --preset s004",                                 "the last hour against the 23 hours before"       },
    {"llmobs anomalies --metric error_rate --by feature --period day",
     "one figure for each feature"                                                                                       },
    {"llmobs anomalies --method spc --sigma 2 --metric error_rate",    "a plain 2-sigma chart"                           },
    {"llmobs anomalies --backtest 30d",                                "when each detector would have fired first"       },
    {NULL,                                                             NULL                                              },
};

const struct command anomalies_command = {
    .name = "anomalies",
    .group = "what changed",
    .summary = "finds what is unusual in the last hour or day, and who carries it",
    .synopsis = "[FILE]...",
    .options = anomalies_rows,
    .options_size = sizeof(struct anomalies_cli),
    .shared =
        (const struct opt *const[]){shared_group, shared_select, shared_window, shared_output,
                                    shared_db, shared_quiet, shared_verbose, shared_strict, NULL},
    .takes_files = true,
    .examples = anomalies_examples,
    .run = anomalies_command_run,
};
