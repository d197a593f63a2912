/* report: groups of calls and their figures, from the database or straight from files. */
#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "bad_lines.h"
#include "base/time_text.h"
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "prices.h"
#include "zone_load.h"
#include "base/banned.h"

enum { ROWS_FOR_PEOPLE = 20 };

struct report_cli {
    const char *cost; /* NULL: best */
    bool require_data, degenerate;
    int64_t jobs; /* 0: all processors */
};

OPT_WORDS(cost_words, "best", "given", "computed")

static const char *view_name(size_t i)
{
    return i < report_view_count ? report_views[i].name : NULL;
}

static const char *view_summary(size_t i)
{
    return report_views[i].summary;
}

static const char *dimension_name(size_t i)
{
    return report_dimension_names()[i];
}

/* clang-format off */
static const struct opt report_rows[] = {
    OPT_CHOICE(0, "cost",  "WHICH", cost_words, report_cli, cost, "given (by the log), computed (from prices) or best: given, else computed"),
    OPT_FLAG  (0, "require-data", report_cli, require_data,       "exit 1 when no call matches"),
    OPT_FLAG  (0, "degenerate", report_cli, degenerate,           "keep times to first token that are 0 or no less than the latency"),
    OPT_INT   (0, "jobs",  "N",   report_cli, jobs, 1,            "threads (default: one for each processor)"),
    OPT_END,
};
/* clang-format on */

/* ---- arguments ---------------------------------------------------------------------------- */

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

/* ---- the data ----------------------------------------------------------------------------- */

struct reading {
    struct bad_lines bad;
    const struct shared_options *shared;
};

static void bad_line(void *ctx, const char *path, int64_t line, const char *reason)
{
    struct reading *r = ctx;

    if (!r->shared->quiet)
        bad_lines_say(&r->bad, path, line, reason);
}

static void file_done(void *ctx, const struct ingest_file *f)
{
    struct reading *r = ctx;
    struct error shown; /* its text is safe to show */

    if (f->failed || f->no_log)
        error_set(&shown, OK, "%s: %s", f->path, f->note ? f->note : "could not be read");
    else if (r->shared->verbose)
        error_set(&shown, OK, "%s: %s, %" PRId64 " lines, %" PRId64 " calls", f->path, f->formats,
                  f->lines, f->calls_new);
    else
        return;
    fprintf(stderr, "llmobs: %s\n", shown.msg);
}

static void no_progress(void *ctx, const char *path, int64_t consumed_bytes, int64_t total_bytes,
                        int64_t records)
{
    (void)ctx, (void)path, (void)consumed_bytes, (void)total_bytes, (void)records;
}

static bool never_stop(void *ctx)
{
    (void)ctx;
    return false;
}

/* A database in memory that holds what the files say. */
static enum err read_files(struct invocation *inv, const struct text_list *files, int jobs,
                           struct store **out, struct error *err)
{
    struct reading reading = {.shared = &inv->shared};
    struct ingest_options options = {
        .max_line = INPUTS_MAX_LINE,
        .jobs = jobs < 2 ? jobs : 2,
        .hash_seed = inputs_seed(),
        .events = {&reading, bad_line, file_done, no_progress, never_stop},
    };
    struct ingest_totals totals = {0};
    struct path_list paths = {0};
    struct store *store = NULL;
    int64_t missing = 0;
    enum err rc = inputs_expand(files, &inv->arena, &paths, &missing, err);

    if (!rc && missing)
        rc = error_set(err, ERR_NOT_FOUND, "not all of that can be read, so no figures are shown");
    if (!rc)
        rc = store_open(":memory:", STORE_WRITE, &store, err);
    if (!rc)
        rc = prices_open(inv, NULL, &options.prices, err);
    if (!rc)
        rc = ingest_run(store, paths.paths, paths.n, &options, &totals, err);
    price_book_free(options.prices);
    bad_lines_done(&reading.bad);
    if (!rc && totals.files_failed)
        rc = error_set(err, ERR_IO, "not all of that can be read, so no figures are shown");
    if (!rc) {
        *out = store;
        store = NULL;
    }
    store_close(store);
    return rc;
}

/* ---- the window --------------------------------------------------------------------------- */

static void stretch(int64_t us, int64_t *first, int64_t *last)
{
    *first = us < *first ? us : *first;
    *last = us > *last ? us : *last;
}

/*
 * Loads the zone over the data and the window, then pins the window. The window's days depend on
 * the zone and the zone's range on the window, so the window is first taken in UTC; no zone is more
 * than a day away from it.
 */
static enum err pin_window(struct invocation *inv, struct store *store,
                           const struct zone_choice *choice, struct zone *zone,
                           struct report_spec *spec, struct error *err)
{
    const struct shared_options *o = &inv->shared;
    int64_t first, last;
    enum err rc = report_time_range(store, &first, &last, err);

    if (rc)
        return rc;
    if (first > last)
        first = last = inv->now_us;
    stretch(inv->now_us, &first, &last);
    spec->since_known = o->since.kind != WHEN_NONE;
    spec->until_known = o->until.kind != WHEN_NONE;
    if (spec->since_known)
        stretch(when_since_us(&o->since, zone, inv->now_us), &first, &last);
    if (spec->until_known)
        stretch(when_until_us(&o->until, zone, inv->now_us), &first, &last);
    rc = zone_load(choice, first - 2 * US_PER_DAY, last + 2 * US_PER_DAY, &inv->arena, zone, err);
    if (rc)
        return rc;
    spec->since_us = when_since_us(&o->since, zone, inv->now_us);
    spec->until_us = when_until_us(&o->until, zone, inv->now_us);
    if (spec->since_known && spec->until_known && spec->since_us >= spec->until_us)
        return error_set(err, ERR_USAGE, "--since %s is not before --until %s", o->since.text,
                         o->until.text);
    return OK;
}

/* ---- the report --------------------------------------------------------------------------- */

static int64_t row_limit(const struct shared_options *o, const struct renderer *r)
{
    bool for_people = strcmp(r->name, "table") == 0 || strcmp(r->name, "md") == 0;

    if (o->all)
        return 0;
    if (o->limit != LIMIT_DEFAULT)
        return o->limit;
    return for_people ? ROWS_FOR_PEOPLE : 0;
}

static int64_t fact_value(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_coverage; i++)
        if (strcmp(t->coverage[i].key, key) == 0)
            return t->coverage[i].value.i;
    return 0;
}

/* What exit code 1 stands for here. */
static bool is_finding(const struct invocation *inv, const struct table *t)
{
    const struct report_cli *o = inv->options;

    if (o->require_data && t->total_calls == 0)
        return true;
    return inv->shared.strict &&
           (fact_value(t, "unpriced_calls") > 0 || fact_value(t, "quarantined_lines") > 0);
}

static struct report_spec spec_of(const struct invocation *inv, const struct text_list *views,
                                  int jobs)
{
    const struct report_cli *own = inv->options;
    const struct shared_options *o = &inv->shared;
    const struct renderer *r = output_renderer(o);
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
        .limit = row_limit(o, r),
        .min_n = o->min_n,
        .columns = o->columns.v,
        .n_columns = o->columns.n,
        .no_cost = o->no_cost,
        .all_columns = strcmp(r->name, "table") != 0 && strcmp(r->name, "md") != 0,
        .cost = given      ? COST_GIVEN
                : computed ? COST_COMPUTED
                           : COST_BEST,
        .keep_degenerate_ttft = own->degenerate,
        .jobs = jobs,
    };
}

static enum err report_command_run(struct invocation *inv, struct error *err)
{
    const struct report_cli *own = inv->options;
    int jobs = own->jobs ? (int)(own->jobs < 256 ? own->jobs : 256) : inputs_processors();
    struct text_list views = {0}, files = {0};
    struct zone_choice choice;
    struct zone zone = {.name = "UTC"};
    struct report_spec spec;
    struct store *store = NULL;
    struct table table = {0};
    enum err rc = split_arguments(inv, &views, &files, err);

    if (!rc)
        rc = zone_choose(inv->shared.tz, &inv->arena, &choice, err);
    if (!rc)
        rc = files.n ? read_files(inv, &files, jobs, &store, err)
                     : shared_open_db(&inv->shared, STORE_READ, &store, err);
    if (rc)
        return rc;
    spec = spec_of(inv, &views, jobs);
    rc = pin_window(inv, store, &choice, &zone, &spec, err);
    if (rc)
        goto done;
    spec.zone = &zone;
    rc = report_run(store, &spec, &table, err);
    if (rc)
        goto done;
    if (files.n)
        table.db = NULL;
    inv->found = is_finding(inv, &table);
    rc = output_table(inv, &table, false, err);
done:
    table_release(&table);
    store_close(store);
    return rc;
}

static const struct name_list report_lists[] = {
    {"VIEWS",      view_name,      view_summary, false},
    {"DIMENSIONS", dimension_name, NULL,         false},
    {NULL,         NULL,           NULL,         false},
};

static const struct example report_examples[] = {
    {"llmobs report",                                        "calls, latency, tokens and cost of everything"},
    {"llmobs report --by feature",                           "the same for each feature"                    },
    {"llmobs report cost --by day,model --since 30d",        "what was spent on which model, day by day"    },
    {"llmobs report latency --by model --where status=ok",
     "how long the calls took that went well"                                                               },
    {"llmobs report tokens,cost --by user --limit 5 -f csv",
     "the largest users, for a spreadsheet"                                                                 },
    {"llmobs report --by model logs.jsonl",                  "read a file, no database needed"              },
    {NULL,                                                   NULL                                           },
};

const struct command report_command = {
    .name = "report",
    .group = "look",
    .summary = "groups calls and shows their figures",
    .synopsis = "[VIEW[,VIEW]] [FILE]...",
    .options = report_rows,
    .options_size = sizeof(struct report_cli),
    .shared = (const struct opt *const[]){shared_group, shared_columns, shared_select,
                                          shared_window, shared_output, shared_db, shared_quiet,
                                          shared_verbose, shared_strict, NULL},
    .lists = report_lists,
    .words = view_name,
    .takes_files = true,
    .examples = report_examples,
    .run = report_command_run,
};
