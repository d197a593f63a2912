/* gate: whether a change may ship: two runs of an evaluation, case by case. */
#include "report/gate_table.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "commands.h"
#include "gate_inputs.h"
#include "gate_limits.h"
#include "inputs.h"
#include "output.h"
#include "base/banned.h"

enum { LINES_TIMES = 16 }; /* test reports are read whole: so many times the usual longest line */

struct gate_cli {
    const char *baseline, *candidate, *baseline_run, *candidate_run, *from, *cluster;
    struct text_list metric, where;
    const char *margin, *alpha;
    const char *per_case, *min_pass_rate, *max_cost, *max_tokens, *max_latency_p95;
    bool allow_missing, all;
    const char *inconclusive;
    int64_t seed;
};

OPT_WORDS(inconclusive_words, "pass", "fail")

static const char *from_word(size_t i)
{
    return formats[i] ? formats[i]->name : NULL;
}

/* clang-format off */
static const struct opt gate_rows[] = {
    OPT_TEXT  (0, "baseline",       "FILE",                gate_cli, baseline,      "the results to compare with: a file, a folder of them, or the NAME of a stored baseline"),
    OPT_TEXT  (0, "candidate",      "FILE",                gate_cli, candidate,     "the results of what shall ship; - is standard input"),
    OPT_TEXT  (0, "baseline-run",   "RUN",                 gate_cli, baseline_run,  "which run of the baseline's file, where there are several"),
    OPT_TEXT  (0, "candidate-run",  "RUN",                 gate_cli, candidate_run, "the same for the candidate; without --candidate a run of the baseline's file"),
    OPT_LIST  (0, "where",          "KEY=VALUE",           gate_cli, where,         "only lines whose member KEY is VALUE: judge=gpt-4*, split!=dev; repeat for AND"),
    OPT_CHOICE(0, "from",           "FORMAT", from_word,   gate_cli, from,          "the format of the files (default: found by itself)"),
    OPT_COMMAS(0, "metric",         "LIST", NULL,          gate_cli, metric,        "the metrics to compare (default: all); NAME:lower where less is better"),
    OPT_TEXT  (0, "margin",         "LOSS",                gate_cli, margin,        "the loss that is accepted: 2pt or 0.02 (default: 0)"),
    OPT_TEXT  (0, "alpha",          "P",                   gate_cli, alpha,         "how often a gate may be wrong to one side (default: 0.05)"),
    OPT_TEXT  (0, "cluster",        "KEY",                 gate_cli, cluster,       "the member that says which cases belong together; none: each is on its own"),
    OPT_TEXT  (0, "per-case",       "'>=8/10'",            gate_cli, per_case,      "fail when a case of the candidate passes less often"),
    OPT_TEXT  (0, "min-pass-rate",  "SHARE",               gate_cli, min_pass_rate, "fail when fewer of the candidate's cases pass: 0.9, 90%"),
    OPT_TEXT  (0, "max-cost",       "DOLLARS",             gate_cli, max_cost,      "fail when the candidate's run cost more: $5, or +10% for each case"),
    OPT_TEXT  (0, "max-tokens",     "N",                   gate_cli, max_tokens,    "fail when it took more tokens: 500k, or +10% for each case"),
    OPT_TEXT  (0, "max-latency-p95", "TIME",               gate_cli, max_latency_p95, "fail when the 95th percentile of its latencies is above: 2s, +10%"),
    OPT_FLAG  (0, "allow-missing",                         gate_cli, allow_missing, "do not fail when more than 1 % of the baseline's cases have no result"),
    OPT_CHOICE(0, "inconclusive",   "WHAT", inconclusive_words, gate_cli, inconclusive, "exit 0 (pass, the default) or 1 (fail) when nothing can be decided"),
    OPT_FLAG  (0, "all",                                   gate_cli, all,           "list every changed case"),
    OPT_INT   (0, "seed",           "N",                   gate_cli, seed, 0,       "of the bootstrap (default: 0)"),
    OPT_END,
};
/* clang-format on */

static enum err read_spec(const struct gate_cli *o, struct gate_spec *spec, struct error *err)
{
    const char *const limits[GATE_LIMITS] = {
        [GATE_PER_CASE] = o->per_case,
        [GATE_MIN_PASS_RATE] = o->min_pass_rate,
        [GATE_MAX_COST] = o->max_cost,
        [GATE_MAX_TOKENS] = o->max_tokens,
        [GATE_MAX_LATENCY_P95] = o->max_latency_p95,
    };
    enum err rc = gate_margin(o->margin, &spec->margin, err);

    spec->alpha = 0.05;
    if (!rc)
        rc = gate_alpha(o->alpha, &spec->alpha, err);
    for (size_t k = 0; k < GATE_LIMITS && !rc; k++)
        rc = gate_limit((enum gate_limit_kind)k, limits[k], &spec->limits[k], err);
    if (!rc && o->metric.n > CASE_METRICS_MAX)
        rc = error_set(err, ERR_USAGE, "--metric: at most %d of them", CASE_METRICS_MAX);
    spec->metrics = o->metric.v;
    spec->n_metrics = o->metric.n;
    spec->allow_missing = o->allow_missing;
    spec->no_clusters = o->cluster && strcmp(o->cluster, "none") == 0;
    spec->seed = (uint64_t)o->seed;
    return rc;
}

/* What a gate has to do, and what it holds on the way. */
struct gate_work {
    struct gate_source sources[2];
    struct case_runs runs;
    struct gate_side sides[2];
    struct gate_result result;
    struct table table;
    int64_t unreadable;
};

static void work_release(struct gate_work *w)
{
    table_release(&w->table);
    gate_release(&w->result);
    case_runs_release(&w->runs);
}

static enum err find_sources(const struct gate_cli *o, struct gate_work *w, struct error *err)
{
    w->sources[0] = (struct gate_source){"--baseline", o->baseline, o->baseline_run};
    w->sources[1] = (struct gate_source){"--candidate", o->candidate, o->candidate_run};
    if (!o->candidate && o->candidate_run)
        w->sources[1].path = o->baseline;
    if (!w->sources[0].path)
        return error_set(err, ERR_USAGE, "gate: no --baseline given: a file of results, or the "
                                         "name of a stored baseline");
    if (!w->sources[1].path)
        return error_set(err, ERR_USAGE, "gate: no --candidate given: a file of results");
    if (strcmp(w->sources[0].path, "-") == 0 && strcmp(w->sources[1].path, "-") == 0)
        return error_set(err, ERR_USAGE, "gate: standard input can be one side only");
    return OK;
}

static enum err read_runs(struct invocation *inv, struct gate_work *w, struct error *err)
{
    const struct gate_cli *o = inv->options;
    struct line_filter only = {0};
    struct ingest_options like = {
        .from = o->from,
        .max_line = LINES_TIMES * INPUTS_MAX_LINE,
        .cluster_key = o->cluster,
    };
    enum err rc = OK;

    for (size_t i = 0; i < o->where.n && !rc; i++)
        rc = line_filter_add(&only, o->where.v[i], err);
    if (only.n)
        like.only = &only;
    if (!rc)
        rc = gate_read(inv, w->sources, &like, &w->runs, &w->unreadable, err);
    for (int i = 0; i < 2 && !rc; i++) {
        w->sides[i].label = w->sources[i].path;
        rc = gate_choose_run(&w->runs, i, &w->sources[i], &w->sides[i].run, err);
    }
    return rc;
}

static enum err make_table(struct invocation *inv, struct gate_work *w,
                           const struct gate_spec *spec, struct error *err)
{
    const struct gate_cli *o = inv->options;
    struct gate_table_options options = {.all = o->all,
                                         .for_people = output_for_people(&inv->shared),
                                         .seed = spec->seed,
                                         .alpha = spec->alpha};
    enum err rc = gate_table_fill(&w->runs, &w->result, &options, &w->table, err);

    w->table.filters = (const char **)o->where.v;
    w->table.n_filters = o->where.n;
    if (!rc && (!table_add_fact(&w->table, "unreadable_lines", cell_int(w->unreadable)) ||
                (w->unreadable &&
                 !table_warn(&w->table, "%lld line%s could not be read; their cases have no result",
                             (long long)w->unreadable, w->unreadable == 1 ? "" : "s"))))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    return rc;
}

static bool is_finding(const struct gate_cli *o, enum gate_verdict v)
{
    return v == GATE_FAIL ||
           (v == GATE_INCONCLUSIVE && o->inconclusive && strcmp(o->inconclusive, "fail") == 0);
}

static enum err gate_command_run(struct invocation *inv, struct error *err)
{
    const struct gate_cli *o = inv->options;
    struct gate_spec spec = {0};
    struct gate_work w = {0};
    enum err rc = read_spec(o, &spec, err);

    if (!rc && inv->args.n)
        rc = error_set(err, ERR_USAGE, "gate: unexpected \"%s\"; files are named by --baseline and "
                                       "--candidate",
                       inv->args.v[0]);
    if (!rc)
        rc = find_sources(o, &w, err);
    if (!rc)
        rc = read_runs(inv, &w, err);
    if (!rc)
        rc = gate_compare(&w.runs, w.sides, &spec, &w.result, err);
    if (!rc)
        rc = make_table(inv, &w, &spec, err);
    if (!rc) {
        inv->found = is_finding(o, w.result.verdict);
        rc = output_table(inv, &w.table, false, err);
    }
    work_release(&w);
    return rc;
}

static const struct example gate_examples[] = {
    {"llmobs gate --baseline main.json --candidate run.json --margin 2pt",
     "exit 1 when the run is surely worse by more than 2 points"},
    {NULL, NULL},
};

const struct command gate_command = {
    .name = "gate",
    .group = "decide",
    .summary = "says whether the results of an evaluation got worse, and exits 1 when they did",
    .synopsis = "",
    .options = gate_rows,
    .options_size = sizeof(struct gate_cli),
    .shared = (const struct opt *const[]){shared_output, shared_db, shared_quiet, shared_strict,
                                          NULL},
    .examples = gate_examples,
    .run = gate_command_run,
};
