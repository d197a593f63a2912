/* report: groups of calls and their figures, from the database or straight from files. */
#include "report/marks.h"
#include "report/report.h"
#include "report/cost_parts.h"
#include "report/guardrail_list.h"
#include "report/histogram.h"
#include "report/kind_list.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>
#include "answer_format.h"
#include "commands.h"
#include "detect/detect.h"
#include "ingest/redactor.h"
#include "inputs.h"
#include "output.h"
#include "own_phases.h"
#include "prices.h"
#include "reading.h"
#include "versus.h"
#include "base/banned.h"

struct report_cli {
    const char *cost;         /* NULL: best */
    const char *per;          /* NULL, or "outcome" */
    const char *vs;           /* NULL: no comparison */
    const char *tags;         /* NULL: split */
    const char *whatif;       /* NULL: none */
    const char *hist;         /* NULL: none */
    const char *check_format; /* NULL: none */
    struct text_list success, human;
    bool phases, hitl;
    bool cumulative, chart, narrate, explain, require_data, degenerate;
    int64_t jobs; /* 0: all processors */
};

OPT_WORDS(cost_words, "best", "given", "computed")
OPT_WORDS(per_words, "outcome")
OPT_WORDS(tags_words, "split", "first", "any")

static const char *view_name(size_t i)
{
    return i < report_view_count ? report_views[i].name : NULL;
}

static const char *view_summary(size_t i)
{
    return report_views[i].summary;
}

static const char *versus_word(size_t i)
{
    static const char *const words[] = {"previous", "7d", "yesterday", "last-week", "last-month"};

    return i < ARRAY_LEN(words) ? words[i] : NULL;
}

static const char *dimension_name(size_t i)
{
    return report_dimension_names()[i];
}

/* clang-format off */
static const struct opt report_rows[] = {
    OPT_CHOICE(0, "cost",  "WHICH", cost_words, report_cli, cost, "given (by the log), computed (from prices) or best: given, else computed"),
    OPT_FLAG  (0, "cumulative", report_cli, cumulative,           "show the cumulative share of the cost, largest cost first unless --sort or a time says otherwise"),
    OPT_CHOICE(0, "per",   "WHAT", per_words, report_cli, per,    "outcome: show the cost, failures included, for each call that succeeded"),
    OPT_LIST  (0, "success", "EXPR", report_cli, success,         "what a call that succeeded fulfils, as --where (default: status=ok); implies --per outcome"),
    {OPT_TYPE_TEXT, 0, "vs", "WINDOW", versus_word, OPT_FIELD(report_cli, vs, const char *), 0,
     "compare calls, cost, cost per call and scores with: " VERSUS_FORMS},
    OPT_CHOICE(0, "tags",  "HOW", tags_words, report_cli, tags,   "a call with several tags is shared among them (split), or counts for the first or for any of them"),
    OPT_FLAG  (0, "chart", report_cli, chart,                     "draw what the view is about, or the first of --columns, as bars; by day unless --by"),
    OPT_FLAG  (0, "narrate", report_cli, narrate,                 "say in a sentence which group carries the cost, or with --vs its change"),
    OPT_FLAG  (0, "explain", report_cli, explain,                 "cost: what it is made of, part by part, adding up to the nano-dollar"),
    OPT_FLAG  (0, "phases", report_cli, phases,                   "latency: by the parts of requests: retrieval, prompt, model, guardrails, tools"),
    OPT_TEXT  (0, "hist",  "FIELD", report_cli, hist,             "how the values of a field are spread: confidence, latency, output_tokens, meta.KEY; with its quantiles"),
    OPT_TEXT  (0, "check-format", "FILE", report_cli, check_format, "quality: hold the stored answers against this JSON Schema"),
    OPT_FLAG  (0, "hitl", report_cli, hitl,                       "branches: show what was decided without a person, what waits for one and how long"),
    OPT_TEXT  (0, "whatif", "EXPR", report_cli, whatif,           "branches: how many decisions another condition would send to a person: confidence<0.6"),
    OPT_LIST  (0, "human", "GLOB", report_cli, human,             "branches, paths: nodes and tools that are people (default: *human*, *approval*, *manual*)"),
    OPT_FLAG  (0, "require-data", report_cli, require_data,       "exit 1 when no call matches"),
    OPT_FLAG  (0, "degenerate", report_cli, degenerate,           "keep times to first token that are 0 or no less than the latency"),
    OPT_INT   (0, "jobs",  "N",   report_cli, jobs, 1,            "threads (default: one for each processor)"),
    OPT_END,
};
/* clang-format on */

/* ---- arguments ---------------------------------------------------------------------------- */

/* Whether a view reads calls alone, with what is said of them. */
static bool is_of_calls(const char *name)
{
    for (size_t i = 0; i < report_view_count; i++)
        if (strcmp(report_views[i].name, name) == 0)
            return !report_views[i].run;
    return false;
}

static bool is_view(const char *name)
{
    for (size_t i = 0; i < report_view_count; i++)
        if (strcmp(report_views[i].name, name) == 0)
            return true;
    return false;
}

/* Splits "tokens,cost"; *all: each part is a view, *any: one is. */
static enum err split_views(const char *text, struct arena *arena, struct text_list *out, bool *all,
                            bool *any, struct error *err)
{
    *all = true;
    *any = false;
    while (*text) {
        size_t n = strcspn(text, ",");
        const char *name = text_copy(arena, (struct sv){text, n});

        if (!name || !text_list_add(out, name, arena))
            return error_set(err, ERR_NOMEM, "out of memory");
        *all = *all && is_view(name);
        *any = *any || is_view(name);
        text += n + (text[n] == ',');
    }
    return OK;
}

static enum err unknown_view(const char *name, struct error *err)
{
    const char *near = nearest_of(name, view_name);

    if (near)
        return error_set(err, ERR_USAGE, "%s: no such view or file; did you mean the view %s?",
                         name, near);
    return error_set(err, ERR_USAGE,
                     "%s: no such view or file; llmobs report --help lists the views", name);
}

/* A word that cannot be a file: then a mistyped view is the better guess. */
static bool could_be_file(const char *name)
{
    return access(name, F_OK) == 0 || strcmp(name, "-") == 0 || strpbrk(name, "/.*?[");
}

/* The first argument is the view when all of it names views; the rest are files. */
static enum err split_arguments(struct invocation *inv, struct text_list *views,
                                struct text_list *files, struct error *err)
{
    struct text_list parts = {0};
    bool all = false, any = false;
    size_t i = 0;
    enum err rc;

    if (inv->args.n) {
        rc = split_views(inv->args.v[0], &inv->arena, &parts, &all, &any, err);
        if (rc)
            return rc;
    }
    if (all && parts.n) {
        *views = parts;
        i = 1;
    } else if (inv->args.n && !could_be_file(inv->args.v[0])) {
        for (size_t k = 0; k < parts.n; k++)
            if (!any || !is_view(parts.v[k]))
                return unknown_view(parts.v[k], err);
        return unknown_view(inv->args.v[0], err);
    }
    if (!views->n && !text_list_add(views, "overview", &inv->arena))
        return error_set(err, ERR_NOMEM, "out of memory");
    for (; i < inv->args.n; i++)
        if (!text_list_add(files, inv->args.v[i], &inv->arena))
            return error_set(err, ERR_NOMEM, "out of memory");
    return OK;
}

/* ---- the report --------------------------------------------------------------------------- */

/* What exit code 1 stands for here. */
static bool is_finding(const struct invocation *inv, const struct table *t)
{
    const struct report_cli *o = inv->options;

    if (o->require_data && t->total_calls == 0)
        return true;
    return inv->shared.strict &&
           (table_fact(t, "unpriced_calls") > 0 || table_fact(t, "quarantined_lines") > 0);
}

static bool is_format(const struct invocation *inv, const char *name)
{
    return strcmp(output_renderer(&inv->shared)->name, name) == 0;
}

static bool has_view(const struct text_list *views, const char *name)
{
    for (size_t i = 0; i < views->n; i++)
        if (strcmp(views->v[i], name) == 0)
            return true;
    return false;
}

static enum err check_options(const struct invocation *inv, const struct text_list *views,
                              struct error *err)
{
    const struct report_cli *own = inv->options;

    if (own->narrate && inv->shared.no_cost)
        return error_set(err, ERR_USAGE, "--narrate tells of the cost, which --no-cost leaves out");
    if (own->narrate && !output_for_people(&inv->shared) && !is_format(inv, "json"))
        return error_set(err, ERR_USAGE, "--narrate goes with the formats table, md and json");
    if (own->explain && inv->shared.no_cost)
        return error_set(err, ERR_USAGE, "--explain tells of the cost, which --no-cost leaves out");
    if (own->explain &&
        (own->chart || own->narrate || own->vs || own->per || own->success.n || own->cumulative))
        return error_set(
            err, ERR_USAGE,
            "--explain says what costs are made of; it goes with --by, --where, --cost "
            "and the window alone");
    if (own->hist && (inv->shared.by.n || own->vs || own->per || own->success.n ||
                      own->cumulative || own->narrate || own->explain || own->phases || own->hitl ||
                      own->whatif || own->check_format))
        return error_set(
            err, ERR_USAGE,
            "--hist shows how one field is spread; it goes with --where, --chart and the "
            "window alone");
    if (own->hist && inv->shared.no_cost && strcmp(own->hist, "cost") == 0)
        return error_set(err, ERR_USAGE,
                         "--hist cost tells of the cost, which --no-cost leaves out");
    if (own->whatif && (views->n != 1 || strcmp(views->v[0], "branches") != 0))
        return error_set(err, ERR_USAGE,
                         "--whatif goes with the view branches: llmobs report branches --whatif "
                         "'confidence<0.6'");
    if (own->hitl && (views->n != 1 || strcmp(views->v[0], "branches") != 0))
        return error_set(err, ERR_USAGE,
                         "--hitl goes with the view branches: llmobs report branches --hitl");
    if (own->phases && (views->n != 1 || strcmp(views->v[0], "latency") != 0))
        return error_set(err, ERR_USAGE,
                         "--phases goes with the view latency: llmobs report latency --phases");
    if (own->check_format && !has_view(views, "quality"))
        return error_set(err, ERR_USAGE,
                         "--check-format goes with the view quality: llmobs report quality "
                         "--check-format %s",
                         own->check_format);
    if (own->chart && !is_format(inv, "table"))
        return error_set(err, ERR_USAGE, "--chart goes with the format table");
    return OK;
}

/* A line of time is drawn whole. */
static int64_t row_limit(const struct invocation *inv)
{
    const struct report_cli *own = inv->options;
    const struct shared_options *o = &inv->shared;
    bool over_time = !o->by.n || (o->by.n == 1 && report_dimension_is_time(o->by.v[0]));

    return own->chart && over_time && o->limit == LIMIT_DEFAULT ? 0 : output_row_limit(o);
}

/* Nodes and tools of workflows that are people, where --human does not say it. */
static const char *const people[] = {"*human*", "*approval*", "*manual*"};

static struct report_spec spec_of(const struct invocation *inv, const struct text_list *views,
                                  int jobs)
{
    const struct report_cli *own = inv->options;
    const struct shared_options *o = &inv->shared;
    bool given = own->cost && strcmp(own->cost, "given") == 0;
    bool computed = own->cost && strcmp(own->cost, "computed") == 0;

    return (struct report_spec){
        .views = views->v,
        .n_views = views->n,
        .by = o->by.v,
        .n_by = o->by.n,
        .where = o->where.v,
        .n_where = o->where.n,
        .sort = o->sort,
        .ascending = o->ascending,
        .limit = row_limit(inv),
        .min_n = o->min_n,
        .columns = o->columns.v,
        .n_columns = o->columns.n,
        .no_cost = o->no_cost,
        .cumulative = own->cumulative ? CUMULATIVE_SORTED
                      : o->wide       ? CUMULATIVE_OF_COST
                                      : CUMULATIVE_NO,
        .per_outcome = own->per || own->success.n,
        .success = own->success.n ? own->success.v : &inv->config.success,
        .n_success = own->success.n ? own->success.n : inv->config.success != NULL,
        .all_columns = !output_for_people(o),
        .cost = given      ? COST_GIVEN
                : computed ? COST_COMPUTED
                           : COST_BEST,
        .tags = !own->tags || strcmp(own->tags, "split") == 0 ? TAGS_SPLIT
                : strcmp(own->tags, "first") == 0             ? TAGS_FIRST
                                                              : TAGS_ANY,
        .phases = own->phases,
        .hitl = own->hitl,
        .graph = is_format(inv, "dot") || is_format(inv, "mermaid"),
        .whatif = own->whatif,
        .human = own->human.n ? own->human.v : people,
        .n_human = own->human.n ? own->human.n : ARRAY_LEN(people),
        .chart = own->chart,
        .narrate = own->narrate,
        .keep_degenerate_ttft = own->degenerate,
        .jobs = jobs,
    };
}

static enum err read_versus(struct invocation *inv, struct versus *out, struct error *err)
{
    const struct report_cli *own = inv->options;

    if (!own->vs)
        return OK;
    if (inv->shared.since.kind == WHEN_NONE)
        return error_set(err, ERR_USAGE,
                         "--vs %s: compared with what? say which window is reported with --since, "
                         "for example --since 7d or --since yesterday --until yesterday",
                         own->vs);
    return versus_parse(own->vs, &inv->arena, out, err);
}

static enum err explain_cost(struct store *store, const struct report_spec *spec,
                             struct table *table, struct error *err)
{
    const struct scan_spec scan = report_scan_spec(spec);
    enum err rc = cost_parts_run(store, &scan, table, err);

    table->verb = "report";
    table->view = "cost";
    return rc;
}

/* What the view safety lists that calls have several of, by what --by asks for. */
enum listed { LISTS_NOTHING, LISTS_GUARDRAILS, LISTS_KINDS };

static enum listed listed_by(const char *dimension)
{
    if (strcmp(dimension, "kind") == 0)
        return LISTS_KINDS;
    return strcmp(dimension, "rule") == 0 || strcmp(dimension, "action") == 0 ? LISTS_GUARDRAILS
                                                                              : LISTS_NOTHING;
}

/* *of_calls: the dimensions of --by that are the calls' own. */
static enum err find_listed(struct invocation *inv, const struct text_list *views,
                            enum listed *out, struct text_list *of_calls, struct error *err)
{
    const struct text_list *by = &inv->shared.by;

    *out = LISTS_NOTHING;
    if (views->n != 1 || strcmp(views->v[0], "safety") != 0)
        return OK;
    for (size_t i = 0; i < by->n; i++) {
        enum listed what = listed_by(by->v[i]);

        if (what && *out && what != *out)
            return error_set(err, ERR_USAGE,
                             "--by kind lists what was found in texts, rule and action what "
                             "guardrails did: one of them at a time");
        *out = what ? what : *out;
        if (!what && !text_list_add(of_calls, by->v[i], &inv->arena))
            return error_set(err, ERR_NOMEM, "out of memory");
    }
    return OK;
}

/* The kinds that redaction looks for. */
static enum err unreadable_kinds(struct arena *arena, struct kind_spec *out, struct error *err)
{
    static const struct detect_options what = {.families = REDACTOR_FAMILIES};
    struct detector *d = NULL;
    struct text_list list = {0};
    enum err rc = detector_open(&what, &d, err);

    for (unsigned k = 0; !rc && k < detector_kinds(d); k++) {
        const char *name = text_copy(arena, detector_kind(d, k));

        if (!name || !text_list_add(&list, name, arena))
            rc = error_set(err, ERR_NOMEM, "out of memory");
    }
    detector_close(d);
    out->unreadable = list.v;
    out->n_unreadable = list.n;
    return rc;
}

static enum err list_safety(struct invocation *inv, struct store *store,
                            const struct report_spec *spec, enum listed what,
                            const struct text_list *of_calls, struct table *table,
                            struct error *err)
{
    struct scan_spec calls = report_scan_spec(spec);
    enum err rc = OK;

    calls.by = of_calls->v;
    calls.n_by = of_calls->n;
    struct kind_spec kinds = {calls, spec->by, spec->n_by, spec->limit, NULL, 0};
    const struct guardrail_spec guardrails = {calls, spec->by, spec->n_by, spec->limit};
    if (what == LISTS_KINDS)
        rc = unreadable_kinds(&inv->arena, &kinds, err);
    if (!rc)
        rc = what == LISTS_KINDS ? kind_list(store, &kinds, table, err)
                                 : guardrail_list(store, &guardrails, table, err);
    table->view = "safety";
    return rc ? rc
              : table_choose(table, inv->shared.columns.v, inv->shared.columns.n, err);
}

static enum err draw_histogram(const struct invocation *inv, struct store *store,
                               const struct report_spec *spec, struct table *table,
                               struct error *err)
{
    const struct report_cli *own = inv->options;
    struct scan_spec calls = report_scan_spec(spec);
    enum err rc;

    calls.n_by = 0;
    rc = histogram_run(store, &calls, own->hist, own->chart, table, err);
    table->view = spec->views[0];
    return rc ? rc
              : table_choose(table, inv->shared.columns.v, inv->shared.columns.n, err);
}

/* Where the view is about costs and some were computed: how old the prices are. */
static enum err tell_prices(const struct invocation *inv, const struct text_list *views,
                            struct table *t, struct error *err)
{
    int64_t days = prices_age_days(inv->now_us);
    bool about_cost = false;

    for (size_t i = 0; i < views->n; i++)
        about_cost |= strcmp(views->v[i], "cost") == 0;
    if (!about_cost || inv->shared.no_cost || !table_fact(t, "cost_computed_calls"))
        return OK;
    return table_add_fact(t, "prices_as_of", cell_text(sv_from(price_built_in_date()))) &&
                   table_add_fact(t, "prices_age_days", cell_int(days)) &&
                   table_note(t, "built-in prices as of %s, %" PRId64 " days ago",
                              price_built_in_date(), days)
               ? OK
               : error_set(err, ERR_NOMEM, "out of memory");
}

static enum err report_command_run(struct invocation *inv, struct error *err)
{
    const struct report_cli *own = inv->options;
    int jobs = own->jobs ? (int)(own->jobs < 256 ? own->jobs : 256) : inputs_processors();
    struct text_list views = {0}, files = {0};
    struct reading_window window = {0};
    struct versus versus = {0};
    struct text_list of_calls = {0};
    enum listed listed = LISTS_NOTHING;
    struct report_spec spec;
    struct answer_format format = {0};
    struct phase_table phases;
    struct store *store = NULL;
    struct table table = {0};
    enum err rc = split_arguments(inv, &views, &files, err);

    inv->calls_only = !own->phases;
    for (size_t i = 0; !rc && i < views.n; i++) {
        inv->scans |= strcmp(views.v[i], "safety") == 0 || strcmp(views.v[i], "quality") == 0;
        inv->calls_only &= is_of_calls(views.v[i]);
    }
    if (!rc)
        rc = check_options(inv, &views, err);
    if (!rc && own->explain && (views.n != 1 || strcmp(views.v[0], "cost") != 0))
        rc = error_set(err, ERR_USAGE,
                       "--explain goes with the view cost: llmobs report cost --explain");
    if (!rc)
        rc = find_listed(inv, &views, &listed, &of_calls, err);
    if (!rc)
        rc = own_phases(inv, &phases, err);
    if (!rc)
        rc = read_versus(inv, &versus, err);
    if (!rc && own->check_format)
        rc = answer_format_open(own->check_format, &format, err);
    inv->keep_answers = own->check_format != NULL;
    if (!rc)
        rc = reading_open_versus(inv, &files, jobs, &versus, &store, &window, err);
    if (rc)
        goto done;
    spec = spec_of(inv, &views, jobs);
    spec.own_phases = &phases;
    spec.format = own->check_format ? &format.spec : NULL;
    spec.zone = &window.zone;
    spec.since_known = window.since_known;
    spec.until_known = window.until_known;
    spec.since_us = window.since_us;
    spec.until_us = window.until_us;
    spec.versus = versus.kind != VERSUS_NONE;
    spec.versus_since_us = window.before.since_us;
    spec.versus_until_us = window.before.until_us;
    if (own->hist)
        rc = draw_histogram(inv, store, &spec, &table, err);
    else if (listed)
        rc = list_safety(inv, store, &spec, listed, &of_calls, &table, err);
    else
        rc = own->explain ? explain_cost(store, &spec, &table, err)
                          : report_run(store, &spec, &table, err);
    if (!rc)
        rc = tell_prices(inv, &views, &table, err);
    if (!rc && !files.n)
        rc = marks_add(store, &window.zone, &table, err);
    if (rc)
        goto done;
    if (files.n)
        table.db = NULL;
    inv->found = is_finding(inv, &table);
    rc = output_table(inv, &table, false, err);
done:
    table_release(&table);
    store_close(store);
    answer_format_release(&format);
    return rc;
}

static const struct name_list report_lists[] = {
    {"VIEWS",      view_name,      view_summary, false},
    {"DIMENSIONS", dimension_name, NULL,         false},
    {NULL,         NULL,           NULL,         false},
};

static const struct example report_examples[] = {
    {"llmobs report",                                            "calls, latency, tokens and cost of everything"       },
    {"llmobs report --by feature",                               "the same for each feature"                           },
    {"llmobs report cost --by day,model --since 30d",            "what was spent on which model, day by day"           },
    {"llmobs report cost --by feature --per outcome",            "what each success cost, failures included"           },
    {"llmobs report cost --by user --cumulative",                "how few users make most of the cost"                 },
    {"llmobs report quality --by prompt_version",                "what judges say, with intervals"                     },
    {"llmobs report quality --check-format schema.json",
     "answers that have the form which was asked for"                                                                  },
    {"llmobs report feedback --by prompt_version",               "thumbs down, against all other versions"             },
    {"llmobs report duplicates --since 7d",                      "what a cache of answers would have saved"            },
    {"llmobs report cost --by feature --since 7d --vs previous",
     "seven days, compared with the seven before"                                                                      },
    {"llmobs report cost --by day --chart --since 30d -q",
     "the cost of each day as bars, and nothing else"                                                                  },
    {"llmobs report latency --by model --where status=ok",
     "how long the calls took that went well"                                                                          },
    {"llmobs report tokens,cost --by user --limit 5 -f csv",
     "the largest users, for a spreadsheet"                                                                            },
    {"llmobs report tools --by tool,agent,status",               "which tools fail, and in whose hands"                },
    {"llmobs report branches --since 7d --vs previous",
     "whether the workflow decides otherwise than the week before"                                                     },
    {"llmobs report paths -f mermaid",                           "the ways through the workflow, as a drawing"         },
    {"llmobs report latency --phases",                           "retrieval, prompt, model, tools: what takes the time"},
    {"llmobs report --by model logs.jsonl",                      "read a file, no database needed"                     },
    {NULL,                                                       NULL                                                  },
};

const struct command report_command = {
    .name = "report",
    .group = "look",
    .summary = "groups calls and shows their figures",
    .synopsis = "[VIEW[,VIEW]] [FILE]...",
    .options = report_rows,
    .options_size = sizeof(struct report_cli),
    .shared = (const struct opt *const[]){shared_group, shared_rows, shared_columns, shared_select,
                                          shared_scan, shared_patterns,
                                          shared_window, shared_output, shared_db, shared_quiet,
                                          shared_verbose, shared_strict, NULL},
    .lists = report_lists,
    .words = view_name,
    .takes_files = true,
    .examples = report_examples,
    .run = report_command_run,
};
