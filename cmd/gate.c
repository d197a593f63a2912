/* gate: whether a change may ship: two runs of an evaluation, case by case. */
#include "report/gate_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "commands.h"
#include "gate_inputs.h"
#include "gate_limits.h"
#include "gate_outputs.h"
#include "inputs.h"
#include "output.h"
#include "prices.h"
#include "query/stored_runs.h"
#include "report/gate_baseline.h"
#include "store/baselines.h"
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
    const char *bless, *commit, *junit, *markdown;
    bool summary;
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
    OPT_TEXT  (0, "baseline-run",   "RUN",                 gate_cli, baseline_run,  "which run of the baseline's file, where there are several; without --baseline one of the database"),
    OPT_TEXT  (0, "candidate-run",  "RUN",                 gate_cli, candidate_run, "the same for the candidate; without --candidate a run of the baseline's file, or of the database"),
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
    OPT_TEXT  (0, "bless",          "NAME",                gate_cli, bless,         "keep the candidate as baseline NAME in the database, unless the gate fails"),
    OPT_TEXT  (0, "commit",         "ID",                  gate_cli, commit,        "what was evaluated, for --bless (default: what the build server's environment says)"),
    OPT_TEXT  (0, "junit",          "FILE",                gate_cli, junit,         "also write a test report in JUnit's XML"),
    OPT_TEXT  (0, "markdown",       "FILE",                gate_cli, markdown,      "also write a comment for a pull request"),
    OPT_FLAG  (0, "summary",                               gate_cli, summary,       "also add the comment to the file that GITHUB_STEP_SUMMARY names, and annotate the run"),
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
    bool stored;         /* the baseline is one that was blessed */
    bool in_database[2]; /* the side is a run that was ingested */
};

static void work_release(struct gate_work *w)
{
    table_release(&w->table);
    gate_release(&w->result);
    case_runs_release(&w->runs);
}

/* Whether the baseline is one that was stored: no file has its name. */
static bool is_stored(const struct gate_source *source)
{
    return source->path && strcmp(source->path, "-") != 0 && !strpbrk(source->path, "*?[") &&
           access(source->path, F_OK) != 0;
}

static enum err find_sources(const struct gate_cli *o, struct gate_work *w, struct error *err)
{
    w->sources[0] = (struct gate_source){"--baseline", o->baseline, o->baseline_run};
    w->sources[1] = (struct gate_source){"--candidate", o->candidate, o->candidate_run};
    if (!o->candidate && o->candidate_run && o->baseline && !is_stored(&w->sources[0]))
        w->sources[1].path = o->baseline;
    for (int i = 0; i < 2; i++)
        w->in_database[i] = !w->sources[i].path && w->sources[i].run;
    if (!w->sources[0].path && !w->in_database[0] && !o->bless)
        return error_set(err, ERR_USAGE,
                         "gate: no --baseline given: a file of results, or the "
                         "name of a stored baseline");
    if (!w->sources[1].path && !w->in_database[1])
        return error_set(err, ERR_USAGE, "gate: no --candidate given: a file of results");
    if (w->sources[0].path && w->sources[1].path && strcmp(w->sources[0].path, "-") == 0 &&
        strcmp(w->sources[1].path, "-") == 0)
        return error_set(err, ERR_USAGE, "gate: standard input can be one side only");
    w->stored = is_stored(&w->sources[0]);
    if (w->stored && o->baseline_run)
        return error_set(err, ERR_USAGE,
                         "gate: --baseline-run chooses a run of a file, and there "
                         "is no file %s",
                         o->baseline);
    return OK;
}

/* The newest baseline of the name. */
static enum err load_stored(struct invocation *inv, struct gate_work *w, struct error *err)
{
    const char *name = w->sources[0].path;
    struct store *store = NULL;
    enum err rc;

    if (access(shared_db_path(&inv->shared), F_OK) != 0)
        return error_set(err, ERR_NOT_FOUND,
                         "--baseline %s: there is no such file, and no database %s that could hold "
                         "a baseline of that name",
                         name, shared_db_path(&inv->shared));
    rc = shared_open_db(&inv->shared, STORE_READ, &store, err);
    if (!rc)
        rc = gate_baseline_load(store, name, &w->runs, &w->sides[0], err);
    store_close(store);
    return rc;
}

/* The runs that were ingested. */
static enum err load_ingested(struct invocation *inv, struct gate_work *w, struct error *err)
{
    struct store *store = NULL;
    enum err rc = shared_open_db(&inv->shared, STORE_READ, &store, err);

    for (int i = 0; i < 2 && !rc; i++)
        if (w->in_database[i]) {
            w->sides[i].label = shared_db_path(&inv->shared);
            rc = stored_run_load(store, w->sources[i].run, &w->runs, i, &w->sides[i].run, err);
        }
    store_close(store);
    return rc;
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
    struct gate_source files[2] = {w->sources[0], w->sources[1]};
    enum err rc = OK;

    if (w->stored)
        files[0].path = NULL;
    for (size_t i = 0; i < o->where.n && !rc; i++)
        rc = line_filter_add(&only, o->where.v[i], err);
    if (only.n)
        like.only = &only;
    if (!rc && w->stored)
        rc = load_stored(inv, w, err);
    if (!rc && (w->in_database[0] || w->in_database[1]))
        rc = load_ingested(inv, w, err);
    if (!rc)
        rc = prices_open(inv, NULL, &w->runs.prices, err);
    if (!rc)
        rc = gate_read(inv, files, &like, &w->runs, &w->unreadable, err);
    price_book_free(w->runs.prices);
    w->runs.prices = NULL;
    for (int i = 0; i < 2 && !rc; i++)
        if (files[i].path) {
            w->sides[i].label = files[i].path;
            rc = gate_choose_run(&w->runs, i, &files[i], &w->sides[i].run, err);
        }
    return rc;
}

/* A key that no case has is a slip that makes cases look independent. */
static bool warn_of_cluster(const struct gate_cli *o, struct gate_work *w)
{
    return !o->cluster || strcmp(o->cluster, "none") == 0 || w->runs.cluster_keys.n ||
           table_warn(&w->table, "--cluster %s: no case has such a member, so each is on its own",
                      o->cluster);
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
                !warn_of_cluster(o, w) ||
                (w->unreadable &&
                 !table_warn(&w->table, "%lld line%s could not be read; their cases have no result",
                             (long long)w->unreadable, w->unreadable == 1 ? "" : "s"))))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    return rc;
}

static bool inconclusive_fails(const struct gate_cli *o)
{
    return o->inconclusive && strcmp(o->inconclusive, "fail") == 0;
}

static bool is_finding(const struct gate_cli *o, enum gate_verdict v)
{
    return v == GATE_FAIL || (v == GATE_INCONCLUSIVE && inconclusive_fails(o));
}

/* ---- the other outputs -------------------------------------------------------------------- */

static enum err write_file(const char *path, const struct buf *text, struct error *err)
{
    struct output out;
    enum err rc = text->failed ? error_set(err, ERR_NOMEM, "out of memory for %s", path)
                               : output_open(path, &out, err);

    if (rc)
        return rc;
    if (text->n)
        output_write(&out, text->p, text->n);
    return output_close(&out, err);
}

/* Summaries of several steps stand in one file, one behind the other. */
static enum err append_summary(const char *path, const struct buf *text, struct error *err)
{
    FILE *f = fopen(path, "a");
    bool ok = f && fwrite(text->p, 1, text->n, f) == text->n;

    if (f && fclose(f) != 0)
        ok = false;
    return ok ? OK : error_set(err, ERR_IO, "GITHUB_STEP_SUMMARY %s: %s", path, strerror(errno));
}

static enum err summarise(const struct gate_cli *o, const struct gate_work *w,
                          const struct buf *markdown, struct error *err)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    struct buf annotations = {0};
    enum err rc = OK;

    if (path && *path)
        rc = append_summary(path, markdown, err);
    gate_annotations(&annotations, &w->result, inconclusive_fails(o));
    if (!rc && annotations.failed)
        rc = error_set(err, ERR_NOMEM, "out of memory for annotations");
    if (!rc && annotations.n)
        fputs(annotations.p, stderr); /* data goes to standard output, and GitHub reads both */
    buf_release(&annotations);
    return rc;
}

static enum err write_others(const struct gate_cli *o, const struct gate_work *w, struct error *err)
{
    struct buf junit = {0}, markdown = {0};
    enum err rc = OK;

    if (o->junit) {
        gate_junit(&junit, &w->runs, &w->result, inconclusive_fails(o));
        rc = write_file(o->junit, &junit, err);
    }
    if (!rc && (o->markdown || o->summary)) {
        gate_markdown(&markdown, &w->runs, &w->result);
        if (markdown.failed)
            rc = error_set(err, ERR_NOMEM, "out of memory for the comment");
    }
    if (!rc && o->markdown)
        rc = write_file(o->markdown, &markdown, err);
    if (!rc && o->summary)
        rc = summarise(o, w, &markdown, err);
    buf_release(&junit);
    buf_release(&markdown);
    return rc;
}

/* ---- baselines ---------------------------------------------------------------------------- */

/* What the build server says was built. */
static const char *commit_of(const struct gate_cli *o)
{
    static const char *const variables[] = {"GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION",
                                            "GIT_COMMIT", "CIRCLE_SHA1"};

    if (o->commit)
        return o->commit;
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return value;
    }
    return NULL;
}

enum { NAME_MOST = 64, COMMIT_MOST = 100 };

static enum err check_names(const struct gate_cli *o, struct error *err)
{
    const char *commit = commit_of(o);

    if (!o->bless)
        return o->commit ? error_set(err, ERR_USAGE, "gate: --commit goes with --bless") : OK;
    if (!*o->bless || strlen(o->bless) > NAME_MOST ||
        o->bless[strspn(o->bless, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-")])
        return error_set(err, ERR_USAGE,
                         "--bless: expected a name of letters, digits, dots, - and _, at most %d, "
                         "found \"%s\"",
                         NAME_MOST, o->bless);
    if (commit && strlen(commit) > COMMIT_MOST)
        return error_set(err, ERR_USAGE, "--commit: at most %d bytes", COMMIT_MOST);
    return OK;
}

/* Keeps the candidate. Words on standard error: the table is what goes to standard output. */
static enum err bless(struct invocation *inv, struct gate_work *w, struct error *err)
{
    const struct gate_cli *o = inv->options;
    const char *path = shared_db_path(&inv->shared), *commit = commit_of(o);
    struct store *store = NULL;
    enum err rc = store_open(path, STORE_WRITE, &store, err);

    if (!rc)
        rc = gate_bless(store, &w->runs, &w->sides[1], o->bless, commit, inv->now_us, err);
    store_close(store);
    if (!rc && !inv->shared.quiet)
        fprintf(stderr, "llmobs: baseline %s: %u cases%s%s, in %s\n", o->bless,
                w->sides[1].run->n_cases, commit ? " of commit " : "", commit ? commit : "", path);
    return rc;
}

static enum err show_history(struct invocation *inv, struct error *err)
{
    const char *name = inv->args.n > 1 ? inv->args.v[1] : NULL;
    struct store *store = NULL;
    struct table table = {0};
    struct baseline found;
    enum err rc;

    if (inv->args.n > 2)
        return error_set(err, ERR_USAGE, "gate history: expected one name at most, found %zu words",
                         inv->args.n - 1);
    rc = shared_open_db(&inv->shared, STORE_READ, &store, err);
    if (!rc && name)
        rc = store_baseline_find(store, name, &inv->arena, &found, err);
    if (!rc)
        rc = gate_history(store, name, &table, err);
    if (!rc)
        rc = output_table(inv, &table, true, err);
    table_release(&table);
    store_close(store);
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static enum err compare(struct invocation *inv, const struct gate_spec *spec, struct gate_work *w,
                        struct error *err)
{
    const struct gate_cli *o = inv->options;
    enum err rc = gate_compare(&w->runs, w->sides, spec, &w->result, err);

    if (!rc)
        rc = make_table(inv, w, spec, err);
    if (!rc)
        rc = write_others(o, w, err);
    if (!rc && o->bless && w->result.verdict != GATE_FAIL)
        rc = bless(inv, w, err);
    else if (!rc && o->bless && !inv->shared.quiet)
        fprintf(stderr, "llmobs: what fails is not kept as baseline %s\n", o->bless);
    if (rc)
        return rc;
    inv->found = is_finding(o, w->result.verdict);
    return output_table(inv, &w->table, false, err);
}

static enum err gate_command_run(struct invocation *inv, struct error *err)
{
    const struct gate_cli *o = inv->options;
    struct gate_spec spec = {0};
    struct gate_work w = {0};
    enum err rc;

    if (inv->args.n && strcmp(inv->args.v[0], "history") == 0)
        return show_history(inv, err);
    if (inv->args.n)
        return error_set(err, ERR_USAGE,
                         "gate: unexpected \"%s\"; files are named by --baseline "
                         "and --candidate",
                         inv->args.v[0]);
    rc = read_spec(o, &spec, err);
    if (!rc)
        rc = check_names(o, err);
    if (!rc)
        rc = find_sources(o, &w, err);
    if (!rc)
        rc = read_runs(inv, &w, err);
    if (!rc)
        rc = w.sides[0].run ? compare(inv, &spec, &w, err) : bless(inv, &w, err);
    work_release(&w);
    return rc;
}

OPT_WORDS(action_words, "history")

static const struct example gate_examples[] = {
    {"llmobs gate --baseline main.json --candidate run.json --margin 2pt",
     "exit 1 when the run is surely worse by more than 2 points"                                                         },
    {"llmobs gate --bless main --candidate run.json --commit 4f2a9c1",
     "keep a run as baseline main"                                                                                       },
    {"llmobs gate --baseline main --candidate run.json --junit gate.xml --summary",
     "compare with it in a build, with a report for the build server"                                                    },
    {"llmobs gate --baseline main.json --candidate run.json --max-tokens +10%",
     "a limit beside the comparison"                                                                                     },
    {"llmobs gate history main",                                                    "how the means of baseline main went"},
    {NULL,                                                                          NULL                                 },
};

const struct command gate_command = {
    .name = "gate",
    .group = "decide",
    .summary = "says whether the results of an evaluation got worse, and exits 1 when they did",
    .synopsis = "[history] [NAME]",
    .options = gate_rows,
    .options_size = sizeof(struct gate_cli),
    .shared =
        (const struct opt *const[]){shared_output, shared_db, shared_quiet, shared_strict, NULL},
    .words = action_words,
    .examples = gate_examples,
    .run = gate_command_run,
};
