/* compare: two groups of calls, or before and after, metric by metric. */
#include "report/compare.h"

#include <string.h>
#include "base/time_text.h"
#include "commands.h"
#include "inputs.h"
#include "output.h"
#include "report/strict.h"
#include "stats/drift_verdict.h"
#include "two_windows.h"
#include "zone_load.h"
#include "base/banned.h"

struct compare_cli {
    struct text_list a, b, metrics, fail_on;
    struct when at;
    const char *baseline, *current, *alpha;
    int64_t min_n;
    bool explain;
};

enum { CAUSES_FOR_PEOPLE = 5, CAUSES_FOR_MACHINES = 50 };

static const struct compare_cli compare_defaults = {.current = "24h", .min_n = DRIFT_N_MIN};

/* clang-format off */
static const struct opt compare_rows[] = {
    OPT_LIST  (0, "a",        "EXPR",        compare_cli, a,        "the first group: calls for which EXPR holds, as in --where; repeat for AND"),
    OPT_LIST  (0, "b",        "EXPR",        compare_cli, b,        "the second group, without a call of the first"),
    OPT_TIME  (0, "at",       "TIME",        compare_cli, at,       "compare the calls before TIME with those from TIME on"),
    OPT_TEXT  (0, "baseline", "WINDOW",      compare_cli, baseline, "compare with so long before the current window, or with FROM..TO"),
    OPT_TEXT  (0, "current",  "WINDOW",      compare_cli, current,  "with --baseline: so long until now or --until (default: 24h), or FROM..TO"),
    OPT_COMMAS(0, "metric",   "METRIC[,METRIC]", NULL, compare_cli, metrics, "only latency_p95, cost_mean, output_tokens_mean, error_rate, a score, meta.KEY and so on (default: all that calls have)"),
    OPT_TEXT  (0, "alpha",    "X",           compare_cli, alpha,    "a change is one when its p, corrected for all metrics, is at most X (default: 0.05)"),
    OPT_INT   (0, "min-n",    "N",           compare_cli, min_n, 2, "values in each group that a verdict needs (default: 30)"),
    OPT_COMMAS(0, "fail-on-change", "METRIC[:worse]", NULL, compare_cli, fail_on, "exit 1 when METRIC changed, or only when it got worse; any: one of them did"),
    OPT_FLAG  (0, "explain",                 compare_cli, explain,  "say which groups carry the change of the cost, or the first --metric, and what the change of the cost is made of"),
    OPT_END,
};
/* clang-format on */

/* ---- the two sides ------------------------------------------------------------------------ */

static enum err check_sides(const struct compare_cli *o, struct error *err)
{
    bool groups = o->a.n || o->b.n, at = o->at.kind != WHEN_NONE, windows = o->baseline;
    int ways = groups + at + windows;

    if (ways != 1)
        return error_set(err, ERR_USAGE,
                         "compare: expected --a EXPR and --b EXPR, or --at TIME, or --baseline "
                         "WINDOW%s",
                         ways ? "; not several of them" : "");
    if (groups && (!o->a.n || !o->b.n))
        return error_set(err, ERR_USAGE, "compare: --%s EXPR wants --%s EXPR beside it",
                         o->a.n ? "a" : "b", o->a.n ? "b" : "a");
    return OK;
}

/* The expressions of a side as one text. */
static enum err name_group(struct invocation *inv, const struct text_list *list, const char **out,
                           struct error *err)
{
    struct buf b = {0};

    for (size_t i = 0; i < list->n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", list->v[i]);
    *out = b.failed ? NULL : text_copy(&inv->arena, (struct sv){b.p, b.n});
    buf_release(&b);
    return *out ? OK : error_set(err, ERR_NOMEM, "out of memory");
}

static enum err set_groups(struct invocation *inv, const struct reading_window *window,
                           struct compare_spec *spec, struct error *err)
{
    const struct compare_cli *o = inv->options;
    const struct text_list *lists[] = {&o->a, &o->b};
    enum err rc = OK;

    spec->calls.since_known = window->since_known;
    spec->calls.until_known = window->until_known;
    spec->calls.since_us = window->since_us;
    spec->calls.until_us = window->until_us;
    for (int side = 0; side < 2 && !rc; side++) {
        spec->sides.where[side] = lists[side]->v;
        spec->sides.n_where[side] = lists[side]->n;
        rc = name_group(inv, lists[side], &spec->name[side], err);
    }
    return rc;
}

static void set_times(struct compare_spec *spec, struct window before, struct window after)
{
    const struct window w[] = {before, after};

    spec->sides.by_time = true;
    spec->name[0] = "before";
    spec->name[1] = "after";
    for (int side = 0; side < 2; side++) {
        spec->sides.from_us[side] = w[side].since_us;
        spec->sides.until_us[side] = w[side].until_us;
    }
    spec->calls.since_known = spec->calls.until_known = true;
    spec->calls.since_us = before.since_us < after.since_us ? before.since_us : after.since_us;
    spec->calls.until_us = before.until_us > after.until_us ? before.until_us : after.until_us;
}

/* Before and after an instant; the zone is loaded over it, too. */
static enum err set_instant(struct invocation *inv, const struct reading_window *window,
                            struct zone *zone, struct compare_spec *spec, struct error *err)
{
    const struct compare_cli *o = inv->options;
    int64_t at = when_since_us(&o->at, &window->zone, inv->now_us);
    struct window before = {INT64_MIN + 1, 0}, after = {0, INT64_MAX};
    struct zone_choice choice;
    enum err rc = zone_choose(inv->shared.tz, &inv->arena, &choice, err);

    if (!rc)
        rc = zone_load(&choice, at - 2 * US_PER_DAY, at + 2 * US_PER_DAY, &inv->arena, zone, err);
    if (rc)
        return rc;
    at = when_since_us(&o->at, zone, inv->now_us);
    *zone = window->zone;
    if (window->since_known)
        before.since_us = window->since_us;
    if (window->until_known)
        after.until_us = window->until_us;
    before.until_us = after.since_us = at;
    if (before.since_us >= at || at >= after.until_us)
        return error_set(err, ERR_USAGE, "--at %s is not between --since and --until", o->at.text);
    set_times(spec, before, after);
    if (!window->since_known)
        spec->calls.since_known = false;
    if (!window->until_known)
        spec->calls.until_known = false;
    return OK;
}

static enum err set_windows(struct invocation *inv, const struct reading_window *window,
                            struct two_windows *windows, struct compare_spec *spec,
                            struct error *err)
{
    const struct compare_cli *o = inv->options;
    struct typed_window baseline, current;
    enum err rc = typed_window_parse(inv, "--baseline", o->baseline, &baseline, err);

    if (!rc)
        rc = typed_window_parse(inv, "--current", o->current, &current, err);
    if (!rc)
        rc = two_windows_pin(inv, &baseline, &current, window, windows, err);
    if (!rc)
        set_times(spec, windows->before, windows->now);
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static enum err read_alpha(const char *text, double *out, struct error *err)
{
    int64_t billionths = 50000000;

    if (text && (decimal_scaled(sv_from(text), 9, &billionths) || billionths <= 0 ||
                 billionths >= 1000000000))
        return error_set(err, ERR_USAGE, "--alpha: expected a number between 0 and 1, found \"%s\"",
                         text);
    *out = (double)billionths / 1e9;
    return OK;
}

static bool is_worse_only(struct sv *metric)
{
    static const struct sv suffix = SV_INIT(":worse");

    if (!sv_ends(*metric, ":worse"))
        return false;
    metric->n -= suffix.n;
    return true;
}

static bool fails(enum compare_verdict v, bool worse_only)
{
    return v == COMPARE_WORSE ||
           (!worse_only && (v == COMPARE_CHANGED || v == COMPARE_BETTER));
}

/* Whether one of --fail-on-change is there. */
static enum err find_failures(const struct invocation *inv, const struct table *t, bool *found,
                              struct error *err)
{
    const struct compare_cli *o = inv->options;

    for (size_t i = 0; i < o->fail_on.n; i++) {
        struct sv metric = sv_from(o->fail_on.v[i]);
        bool worse_only = is_worse_only(&metric), any = sv_is(metric, "any");
        size_t row = any ? 0 : compare_row_of(t, metric), end = any ? t->n_rows : row + 1;

        if (!any && row == t->n_rows)
            return error_set(err, ERR_USAGE,
                             "--fail-on-change: no metric \"%.*s\" among those compared",
                             SV_FMT(metric));
        for (; row < end; row++)
            *found |= fails(compare_verdict_at(t, row), worse_only);
    }
    return OK;
}

static struct compare_spec spec_of(const struct invocation *inv)
{
    const struct compare_cli *own = inv->options;
    const struct shared_options *o = &inv->shared;

    return (struct compare_spec){
        .calls = {.where = o->where.v,
                  .n_where = o->where.n,
                  .drop_degenerate_ttft = true,
                  .jobs = inputs_processors()},
        .metrics = own->metrics.v,
        .n_metrics = own->metrics.n,
        .min_n = own->min_n,
        .explain = own->explain,
        .causes = output_for_people(o) && !o->all ? CAUSES_FOR_PEOPLE : CAUSES_FOR_MACHINES,
        .no_cost = o->no_cost,
    };
}

static enum err compare_calls(struct invocation *inv, struct compare_spec *spec,
                              struct table *table, struct error *err)
{
    const struct compare_cli *o = inv->options;
    struct reading_window window = {0};
    struct two_windows windows;
    struct store *store = NULL;
    struct zone zone;
    enum err rc = reading_open(inv, &inv->args, spec->calls.jobs, &store, &window, err);

    if (rc)
        return rc;
    zone = window.zone;
    spec->calls.zone = &zone;
    if (o->a.n)
        rc = set_groups(inv, &window, spec, err);
    else if (o->baseline)
        rc = set_windows(inv, &window, &windows, spec, err);
    else
        rc = set_instant(inv, &window, &zone, spec, err);
    if (!rc && o->baseline)
        spec->calls.zone = &windows.zone;
    if (!rc)
        rc = compare_run(store, spec, table, err);
    if (!rc && inv->shared.strict)
        rc = strict_check(store, &spec->calls, &inv->found, err);
    store_close(store);
    return rc;
}

static enum err compare_command_run(struct invocation *inv, struct error *err)
{
    const struct compare_cli *o = inv->options;
    struct compare_spec spec = spec_of(inv);
    struct table table = {0};
    enum err rc = check_sides(o, err);

    if (!rc)
        rc = read_alpha(o->alpha, &spec.alpha, err);
    if (!rc)
        rc = compare_calls(inv, &spec, &table, err);
    if (!rc)
        rc = find_failures(inv, &table, &inv->found, err);
    if (!rc)
        rc = output_table(inv, &table, false, err);
    table_release(&table);
    return rc;
}

static const struct example compare_examples[] = {
    {"llmobs compare --a prompt_version=v6 --b prompt_version=v7 --since 7d", "two versions of a prompt"             },
    {"llmobs compare --at 2026-11-19T14:00:00Z --since 7d --explain",
     "before and after a deploy, and what the change comes from"                                                   },
    {"llmobs compare --baseline 7d --fail-on-change latency_p95:worse",
     "exit 1 when the last 24 hours are slower than the 7 days before"                                              },
    {"llmobs compare --a model=gpt-5 --b model=claude-sonnet-5 -f md",
     "two models, for a pull request"                                                                   },
    {NULL,                                                                    NULL                                   },
};

const struct command compare_command = {
    .name = "compare",
    .group = "what changed",
    .summary = "compares two groups of calls, or before and after, metric by metric",
    .synopsis = "[FILE]...",
    .options = compare_rows,
    .options_size = sizeof(struct compare_cli),
    .defaults = &compare_defaults,
    .shared =
        (const struct opt *const[]){shared_rows, shared_select, shared_window, shared_output,
                                    shared_db, shared_quiet, shared_verbose, shared_strict, NULL},
    .takes_files = true,
    .examples = compare_examples,
    .run = compare_command_run,
};
