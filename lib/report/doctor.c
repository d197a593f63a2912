/* doctor: a table of checks over what calls have; further checks where the facts are others. */
#include "report/doctor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "query/call_facts.h"
#include "query/call_gaps.h"
#include "base/banned.h"

enum {
    BUSY_MEDIAN = 10,       /* calls an hour from which an hour without any is a gap */
    CLAUDE_KEEPS_DAYS = 30, /* Claude Code's cleanupPeriodDays by default */
    CLAUDE_WARN_DAYS = 23,
};

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_BAD };
static const char *const verdicts[] = {"ok", "warn", "bad"};

/* What n of `of` calls is told by two call facts. */
struct check {
    const char *key, *line, *label, *title; /* title: of its column under --coverage, or NULL */
    enum doctor_form form;
    enum call_fact n, of;
    enum verdict fault;  /* verdict when a fault is there */
    double wanted_share; /* below it a share is a warning */
    const char *hint;    /* when the verdict is not ok */
};

#define SHARE(k, l, b, t, n, of, want, h)                                                          \
    {                                                                                              \
        k, l, b, t, DOCTOR_FORM_SHARE, n, of, VERDICT_OK, want, h                                  \
    }
#define FAULT(k, l, b, n, of, v, h)                                                                \
    {                                                                                              \
        k, l, b, NULL, DOCTOR_FORM_FAULT, n, of, v, 0, h                                           \
    }

/* clang-format off */
static const struct check checks[] = {
    SHARE("started",           "time",    NULL,                "time",     FACT_STARTED,         FACT_CALLS,    1,   "calls without a start are outside of every window"),
    FAULT("zoneless",          "time",    "without zone",                  FACT_ZONELESS,        FACT_STARTED,  VERDICT_WARN, "their times were read as UTC"),
    SHARE("latency",           "latency", NULL,                "latency",  FACT_LATENCY,         FACT_CALLS,    0.5, "few latencies are known"),
    FAULT("zero_latency",      "latency", "zero",                          FACT_ZERO_LATENCY,    FACT_LATENCY,  VERDICT_WARN, "no call takes no time: llmobs report latency --where latency=0s"),
    SHARE("ttft",              "ttft",    NULL,                "ttft",     FACT_TTFT,            FACT_CALLS,    0,   NULL),
    SHARE("streamed_ttft",     "ttft",    "of streamed calls", NULL,       FACT_STREAMED_TTFT,   FACT_STREAMED, 0.5, "streamed calls without ttft"),
    FAULT("degenerate_ttft",   "ttft",    "degenerate",                    FACT_DEGENERATE_TTFT, FACT_TTFT,     VERDICT_WARN, "left out of percentiles; llmobs report --degenerate keeps them"),
    FAULT("batch_ttft",        "ttft",    "in batches",                    FACT_BATCH_TTFT,      FACT_TTFT,     VERDICT_WARN, "a batch is not streamed"),
    SHARE("tpot",              "tpot",    NULL,                "tpot",     FACT_TPOT,            FACT_CALLS,    0,   NULL),
    SHARE("input_tokens",      "tokens",  "input",             "input",    FACT_INPUT,           FACT_CALLS,    0.5, "few token counts are known"),
    SHARE("output_tokens",     "tokens",  "output",            "output",   FACT_OUTPUT,          FACT_CALLS,    0.5, "few token counts are known"),
    SHARE("cache_read_tokens", "tokens",  "cache read",        "cache read", FACT_CACHE_READ,    FACT_CALLS,    0,   NULL),
    FAULT("identity_cache",    "identities", "cache read + write > input", FACT_CACHE_BAD,       FACT_CACHE_CHECKED,     VERDICT_BAD, "input tokens include cached ones"),
    FAULT("identity_reasoning", "identities", "reasoning > output",        FACT_REASONING_BAD,   FACT_REASONING_CHECKED, VERDICT_BAD, "output tokens include reasoning"),
    FAULT("identity_writes",   "identities", "5m + 1h writes != cache write", FACT_WRITES_BAD,   FACT_WRITES_CHECKED,    VERDICT_BAD, "cache writes are those for 5 minutes and for 1 hour"),
    FAULT("identity_total",    "identities", "input + output != total",    FACT_TOTAL_BAD,       FACT_TOTAL_CHECKED,     VERDICT_BAD, "a total is input and output"),
    SHARE("cost_given",        "cost",    "reported",          "cost reported", FACT_COST_GIVEN, FACT_CALLS,    0,   NULL),
    SHARE("cost_computed",     "cost",    "computed",          "computed", FACT_COST_COMPUTED,   FACT_CALLS,    0,   NULL),
    FAULT("cost_free",         "cost",    "nothing to pay",                FACT_FREE,            FACT_CALLS,    VERDICT_OK,  NULL),
    FAULT("unpriced",          "cost",    "unpriced",                      FACT_UNPRICED,        FACT_CALLS,    VERDICT_BAD, "sums of cost are lower bounds"),
    SHARE("status",            "outcome", "status",            "status",   FACT_STATUS,          FACT_CALLS,    0,   NULL),
    SHARE("finish_reason",     "outcome", "finish reason",     "finish",   FACT_FINISH_REASON,   FACT_CALLS,    0,   NULL),
    SHARE("model",             "groups",  "model",             "model",    FACT_MODEL,           FACT_CALLS,    0.5, "few calls name their model"),
    SHARE("feature",           "groups",  "feature",           "feature",  FACT_FEATURE,         FACT_CALLS,    0,   NULL),
    SHARE("user",              "groups",  "user",              "user",     FACT_USER,            FACT_CALLS,    0,   NULL),
    SHARE("session",           "groups",  "session",           "session",  FACT_SESSION,         FACT_CALLS,    0,   NULL),
};
/* clang-format on */

struct doctor {
    struct store *store;
    const struct doctor_spec *spec;
    struct table *table;
    struct call_facts_group *groups; /* by source and model */
    size_t n_groups;
    struct call_facts total;
    int64_t verdicts[ARRAY_LEN(verdicts)];
    struct error *err; /* for visitors */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the checks");
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* A row on its way; texts are copied. */
struct finding {
    const char *check;
    struct sv source, value;
    int64_t n, of; /* of < 0: none */
    enum verdict verdict;
    const char *hint; /* dropped when the verdict is ok, unless says */
    bool says;
    const char *line, *label;
    enum doctor_form form;
};

static struct cell copied(struct table *t, struct sv text)
{
    return cell_text(text.p ? arena_copy(&t->arena, text) : text);
}

static enum err add_finding(struct doctor *d, const struct finding *f, struct error *err)
{
    struct table *t = d->table;
    struct row *row = table_add_row(t);
    bool hinted = f->hint && (f->verdict != VERDICT_OK || f->says);

    if (!row)
        return no_memory(err);
    row->cells[DOCTOR_CHECK] = cell_text(sv_from(f->check));
    row->cells[DOCTOR_SOURCE] = copied(t, f->source);
    row->cells[DOCTOR_VALUE] = copied(t, f->value);
    row->cells[DOCTOR_N] = cell_int(f->n);
    if (f->of >= 0)
        row->cells[DOCTOR_OF] = cell_int(f->of);
    if (f->of > 0)
        row->cells[DOCTOR_SHARE] = cell_real((double)f->n / (double)f->of);
    row->cells[DOCTOR_VERDICT] = cell_text(sv_from(verdicts[f->verdict]));
    row->cells[DOCTOR_HINT] = copied(t, hinted ? sv_from(f->hint) : SV_NONE);
    row->cells[DOCTOR_LINE] = cell_text(sv_from(f->line));
    row->cells[DOCTOR_LABEL] = copied(t, sv_from(f->label));
    row->cells[DOCTOR_FORM] = cell_int(f->form);
    d->verdicts[f->verdict]++;
    return OK;
}

static enum err add_check_columns(struct table *t, struct error *err)
{
    static const struct {
        const char *key;
        enum unit unit;
        bool shown;
    } columns[DOCTOR_COLUMNS] = {
        [DOCTOR_CHECK] = {"check",   UNIT_NONE,  true },
        [DOCTOR_SOURCE] = {"source",  UNIT_NONE,  true },
        [DOCTOR_VALUE] = {"value",   UNIT_NONE,  true },
        [DOCTOR_N] = {"n",       UNIT_COUNT, true },
        [DOCTOR_OF] = {"of",      UNIT_COUNT, true },
        [DOCTOR_SHARE] = {"share",   UNIT_RATE,  true },
        [DOCTOR_VERDICT] = {"verdict", UNIT_NONE,  true },
        [DOCTOR_HINT] = {"hint",    UNIT_NONE,  true },
        [DOCTOR_LINE] = {"line",    UNIT_NONE,  false},
        [DOCTOR_LABEL] = {"label",   UNIT_NONE,  false},
        [DOCTOR_FORM] = {"form",    UNIT_COUNT, false},
    };

    for (size_t c = 0; c < DOCTOR_COLUMNS; c++) {
        struct column *column =
            table_add_column(t, columns[c].key, columns[c].key, columns[c].unit);

        if (!column)
            return no_memory(err);
        column->in_text = column->in_data = columns[c].shown;
    }
    return OK;
}

/* ---- checks of calls ------------------------------------------------------------------------ */

static enum verdict judge(const struct check *c, int64_t n, int64_t of)
{
    if (c->form == DOCTOR_FORM_FAULT)
        return n ? c->fault : VERDICT_OK;
    return of && (double)n < c->wanted_share * (double)of ? VERDICT_WARN : VERDICT_OK;
}

static enum err add_check(struct doctor *d, const struct check *c, struct sv source,
                          const struct call_facts *facts, struct error *err)
{
    int64_t n = facts->n[c->n], of = facts->n[c->of];
    struct finding f = {.check = c->key,
                        .source = source,
                        .n = n,
                        .of = of,
                        .verdict = judge(c, n, of),
                        .hint = c->hint,
                        .line = source.p ? NULL : c->line,
                        .label = c->label,
                        .form = c->form};

    return add_finding(d, &f, err);
}

/* The facts of one source, whose groups follow one another from *at on. */
static struct call_facts next_source(const struct doctor *d, size_t *at, struct sv *source)
{
    struct call_facts sum = CALL_FACTS_NONE;

    *source = d->groups[*at].source;
    for (; *at < d->n_groups && sv_eq(d->groups[*at].source, *source); ++*at)
        call_facts_add(&sum, &d->groups[*at].facts);
    if (!source->p)
        *source = SV("(none)");
    return sum;
}

static bool is_wanted(const struct doctor *d, const struct check *c)
{
    return d->spec->view == DOCTOR_CHECKS || strcmp(c->line, "identities") == 0;
}

/* Verdicts are given once, about all calls; the same of one source is no second finding. */
static enum err add_source_checks(struct doctor *d, struct error *err)
{
    int64_t before[ARRAY_LEN(verdicts)];
    enum err rc = OK;

    memcpy(before, d->verdicts, sizeof(before));
    for (size_t at = 0; at < d->n_groups && !rc;) {
        struct sv source;
        struct call_facts facts = next_source(d, &at, &source);

        for (size_t c = 0; c < ARRAY_LEN(checks) && !rc; c++)
            if (is_wanted(d, &checks[c]))
                rc = add_check(d, &checks[c], source, &facts, err);
    }
    memcpy(d->verdicts, before, sizeof(before));
    return rc;
}

static enum err add_call_checks(struct doctor *d, struct error *err)
{
    enum err rc = OK;

    for (size_t c = 0; c < ARRAY_LEN(checks) && !rc; c++)
        if (is_wanted(d, &checks[c]))
            rc = add_check(d, &checks[c], SV_NONE, &d->total, err);
    return rc;
}

static enum err add_calls(struct doctor *d, struct error *err)
{
    enum err rc = OK;

    for (size_t at = 0; at < d->n_groups && !rc;) {
        struct finding f = {.check = "calls",
                            .of = d->total.n[FACT_CALLS],
                            .line = "calls",
                            .form = DOCTOR_FORM_COUNT};
        struct call_facts facts = next_source(d, &at, &f.source);
        char label[64];

        f.n = facts.n[FACT_CALLS];
        snprintf(label, sizeof(label), "%.*s", SV_FMT(f.source));
        f.label = label;
        rc = add_finding(d, &f, err);
    }
    return rc;
}

/* ---- models without a price ----------------------------------------------------------------- */

struct unpriced {
    struct sv model;
    struct call_facts facts;
};

static int compare_models(const void *left, const void *right)
{
    const struct unpriced *a = left, *b = right;

    return sv_cmp(a->model, b->model);
}

static int compare_unpriced(const void *left, const void *right)
{
    const struct unpriced *a = left, *b = right;
    int64_t x = a->facts.n[FACT_UNPRICED], y = b->facts.n[FACT_UNPRICED];

    return x != y ? (x > y ? -1 : 1) : sv_cmp(a->model, b->model);
}

/* One element for each model, over its sources. */
static size_t unpriced_models(const struct doctor *d, struct unpriced *all)
{
    size_t n = 0;

    for (size_t g = 0; g < d->n_groups; g++)
        all[g] = (struct unpriced){d->groups[g].model, d->groups[g].facts};
    if (d->n_groups)
        qsort(all, d->n_groups, sizeof(*all), compare_models);
    for (size_t g = 0; g < d->n_groups; g++) {
        if (n && sv_eq(all[n - 1].model, all[g].model))
            call_facts_add(&all[n - 1].facts, &all[g].facts);
        else
            all[n++] = all[g];
    }
    if (n)
        qsort(all, n, sizeof(*all), compare_unpriced);
    while (n && !all[n - 1].facts.n[FACT_UNPRICED])
        n--;
    return n;
}

static enum err add_unpriced(struct doctor *d, struct error *err)
{
    struct unpriced *all = arena_zalloc(&d->table->arena, d->n_groups + 1, sizeof(*all));
    size_t n = all ? unpriced_models(d, all) : 0;
    enum err rc = all ? OK : no_memory(err);

    for (size_t i = 0; i < n && !rc; i++) {
        const int64_t *facts = all[i].facts.n;
        char hint[48];
        struct finding f = {.check = "unpriced_model",
                            .value = all[i].model.p ? all[i].model : SV("(none)"),
                            .n = facts[FACT_UNPRICED],
                            .of = facts[FACT_CALLS],
                            .verdict = VERDICT_BAD,
                            .hint = hint,
                            .line = "unpriced",
                            .label = facts[FACT_UNPRICED] == 1 ? "call" : "calls",
                            .form = DOCTOR_FORM_ITEM};

        snprintf(hint, sizeof(hint), "%s%" PRId64 " tokens",
                 facts[FACT_UNPRICED_TOKENS] == INT64_MAX ? "at least " : "",
                 facts[FACT_UNPRICED_TOKENS]);
        rc = add_finding(d, &f, err);
    }
    return rc;
}

/* ---- beside the calls ----------------------------------------------------------------------- */

static enum err add_reason(void *ctx, struct sv reason, struct sv field, int64_t lines)
{
    struct doctor *d = ctx;
    char value[256];
    struct finding f = {.check = "quarantined",
                        .n = lines,
                        .of = -1,
                        .verdict = VERDICT_BAD,
                        .hint = "llmobs quarantine",
                        .line = "quarantine",
                        .label = lines == 1 ? "line" : "lines",
                        .form = DOCTOR_FORM_ITEM};

    snprintf(value, sizeof(value), "%.*s%s%.*s", SV_FMT(reason), field.p ? ": " : "",
             SV_FMT(field));
    f.value = sv_from(value);
    return add_finding(d, &f, d->err);
}

static enum err add_store_checks(struct doctor *d, struct error *err)
{
    struct doctor_facts facts;
    enum err rc = store_doctor_facts(d->store, &facts, err);

    if (rc)
        return rc;
    const char *merged_line = facts.merged_calls ? "merged" : NULL;
    const char *merged_label = facts.merged_calls == 1 ? "call" : "calls";
    /* clang-format off */
    const struct {
        const char *check, *line, *label;
        int64_t n, of;
        enum verdict fault;
        const char *hint;
    } rows[] = {
        {"merged", merged_line, merged_label, facts.merged_calls, d->total.n[FACT_CALLS],
         VERDICT_OK, "llmobs doctor --dups"},
        {"merged_records", merged_line, "differing records", facts.records, -1,
         VERDICT_OK, NULL},
        {"orphan_spans", "traces", "spans without their parent", facts.orphans, facts.spans,
         VERDICT_WARN, "part of these traces is not there"},
        {"rootless_traces", "traces", "traces without a root", facts.rootless, facts.traces,
         VERDICT_WARN, "part of these traces is not there"},
        {"backward_spans", "traces", "spans that end before they start", facts.backwards,
         facts.spans, VERDICT_BAD, "clocks that differ?"},
        {"waiting_scores", "waiting", "scores", facts.scores.waiting, facts.scores.rows,
         VERDICT_WARN, "their calls were not met yet"},
        {"waiting_tool_calls", "waiting", "tool calls", facts.tool_calls.waiting,
         facts.tool_calls.rows, VERDICT_WARN, "their calls were not met yet"},
        {"waiting_decisions", "waiting", "branch decisions", facts.decisions.waiting,
         facts.decisions.rows, VERDICT_WARN, "their calls were not met yet"},
        {"sources", "sources", "read", facts.sources, -1, VERDICT_OK, NULL},
        {"unread_sources", "sources", "with a rest not read", facts.unread, facts.sources,
         VERDICT_WARN, "llmobs ingest reads on"},
    };
    /* clang-format on */
    for (size_t i = 0; i < ARRAY_LEN(rows) && !rc; i++) {
        struct finding f = {.check = rows[i].check,
                            .n = rows[i].n,
                            .of = rows[i].of,
                            .verdict = rows[i].n ? rows[i].fault : VERDICT_OK,
                            .hint = rows[i].hint,
                            .says = rows[i].n > 0,
                            .line = rows[i].line,
                            .label = rows[i].label,
                            .form = rows[i].fault ? DOCTOR_FORM_FAULT : DOCTOR_FORM_COUNT};

        if (rows[i].of || rows[i].n)
            rc = add_finding(d, &f, err);
    }
    return rc ? rc : store_quarantine_reasons(d->store, add_reason, d, err);
}

/* ---- time ----------------------------------------------------------------------------------- */

/* "2026-11-17 02:00" */
static void clock_text(const struct zone *z, int64_t us, char out[40])
{
    time_format_offset(us, zone_offset_s(z, us), z->n <= 1, out);
    out[10] = ' ';
    out[16] = '\0';
}

static enum err add_gaps(struct doctor *d, struct error *err)
{
    struct call_gaps gaps = {0};
    enum err rc =
        call_gaps_read(d->store, d->spec->jobs, BUSY_MEDIAN, &d->table->arena, &gaps, err);

    for (size_t i = 0; i < gaps.n && !rc; i++) {
        const struct call_gap *g = &gaps.gaps[i];
        char from[40], until[40], value[96], hint[48];
        struct finding f = {.check = "gap",
                            .n = (g->until_us - g->from_us) / (3600 * US_PER_S),
                            .of = -1,
                            .verdict = VERDICT_WARN,
                            .hint = hint,
                            .line = "gap",
                            .form = DOCTOR_FORM_ITEM};

        clock_text(d->spec->zone, g->from_us, from);
        clock_text(d->spec->zone, g->until_us, until);
        snprintf(value, sizeof(value), "%s .. %s", from,
                 strncmp(from, until, 10) == 0 ? until + 11 : until);
        snprintf(hint, sizeof(hint), "median %g calls an hour", gaps.median);
        f.value = sv_from(value);
        f.label = f.n == 1 ? "hour without calls" : "hours without calls";
        rc = add_finding(d, &f, err);
    }
    return rc;
}

/* What is known to vanish from where it was read. */
static enum err add_retention(struct doctor *d, struct error *err)
{
    struct call_facts claude = CALL_FACTS_NONE;
    char value[40], hint[128];
    struct finding f = {.check = "retention",
                        .source = SV("claude-code"),
                        .of = -1,
                        .hint = hint,
                        .says = true,
                        .line = "retention",
                        .label = "days since the oldest call",
                        .form = DOCTOR_FORM_ITEM};

    for (size_t g = 0; g < d->n_groups; g++)
        if (sv_is(d->groups[g].source, "claude-code"))
            call_facts_add(&claude, &d->groups[g].facts);
    if (claude.first_us > claude.last_us)
        return OK;
    f.n = d->spec->now_us > claude.first_us ? (d->spec->now_us - claude.first_us) / US_PER_DAY : 0;
    f.verdict = f.n > CLAUDE_WARN_DAYS ? VERDICT_WARN : VERDICT_OK;
    clock_text(d->spec->zone, claude.first_us, value);
    value[10] = '\0';
    f.value = sv_from(value);
    snprintf(hint, sizeof(hint), "Claude Code deletes its session files after %d days by default%s",
             CLAUDE_KEEPS_DAYS, f.verdict ? ": older ones may be gone" : "");
    return add_finding(d, &f, err);
}

/* ---- coverage ------------------------------------------------------------------------------- */

/* "latency_n" */
static const char *n_key(struct table *t, const char *key)
{
    size_t room = strlen(key) + sizeof("_n");
    char *out = arena_alloc(&t->arena, room);

    if (out)
        snprintf(out, room, "%s_n", key);
    return out;
}

/* Narrow terminals show the first fields. */
static enum err add_coverage_columns(struct table *t, struct error *err)
{
    struct column *source = table_add_column(t, "source", "source", UNIT_NONE), *calls;

    if (!source)
        return no_memory(err);
    source->dimension = source->in_text = source->in_data = true;
    calls = table_add_column(t, "calls", "calls", UNIT_COUNT);
    if (!calls)
        return no_memory(err);
    calls->in_text = calls->in_data = true;
    for (size_t c = 0; c < ARRAY_LEN(checks); c++) {
        struct column *share, *n;
        const char *key;

        if (!checks[c].title)
            continue;
        share = table_add_column(t, checks[c].key, checks[c].title, UNIT_RATE);
        if (!share)
            return no_memory(err);
        share->in_text = share->in_data = true;
        share->drop = (int)c + 1;
        key = n_key(t, checks[c].key);
        n = key ? table_add_column(t, key, key, UNIT_COUNT) : NULL;
        if (!n)
            return no_memory(err);
        n->in_data = true;
    }
    return OK;
}

static void fill_coverage(struct row *row, const struct call_facts *facts)
{
    int64_t calls = facts->n[FACT_CALLS];
    size_t at = 1;

    row->cells[at++] = cell_int(calls);
    for (size_t c = 0; c < ARRAY_LEN(checks); c++) {
        if (!checks[c].title)
            continue;
        if (calls)
            row->cells[at] = cell_real((double)facts->n[checks[c].n] / (double)calls);
        row->cells[at + 1] = cell_int(facts->n[checks[c].n]);
        at += 2;
    }
}

static enum err coverage(struct doctor *d, struct error *err)
{
    struct table *t = d->table;
    enum err rc = add_coverage_columns(t, err);

    for (size_t at = 0; at < d->n_groups && !rc;) {
        struct sv source;
        struct call_facts facts = next_source(d, &at, &source);
        struct row *row = table_add_row(t);

        if (!row)
            return no_memory(err);
        row->cells[0] = copied(t, source);
        fill_coverage(row, &facts);
    }
    if (rc)
        return rc;
    t->totals.cells = arena_zalloc(&t->arena, t->n_columns, sizeof(*t->totals.cells));
    if (!t->totals.cells)
        return no_memory(err);
    fill_coverage(&t->totals, &d->total);
    return OK;
}

/* ---- merged records ------------------------------------------------------------------------- */

static struct cell maybe_cell(struct maybe_i64 v)
{
    return v.known ? cell_int(v.v) : (struct cell){0};
}

static enum err add_merged_rows(struct table *t, const struct merged_call *call, struct error *err)
{
    for (size_t i = 0; i < call->n_records; i++) {
        const struct merged_record *r = &call->records[i];
        struct cell cells[] = {
            cell_text(call->identity),
            cell_int((int64_t)call->n_records),
            cell_text(r->path),
            cell_int(r->line),
            cell_text(sv_from(r->won ? "won" : "merged")),
            maybe_cell(r->input_tokens),
            maybe_cell(r->output_tokens),
        };
        struct row *row = table_add_row(t);

        if (!row)
            return no_memory(err);
        memcpy(row->cells, cells, sizeof(cells));
    }
    return OK;
}

static enum err merged(struct doctor *d, struct error *err)
{
    static const struct {
        const char *key, *title;
        enum unit unit;
        int drop;
    } columns[] = {
        {"identity",      "identity", UNIT_NONE,   0},
        {"records",       "records",  UNIT_COUNT,  1},
        {"file",          "file",     UNIT_NONE,   0},
        {"line",          "line",     UNIT_COUNT,  0},
        {"role",          "role",     UNIT_NONE,   0},
        {"input_tokens",  "in tok",   UNIT_TOKENS, 3},
        {"output_tokens", "out tok",  UNIT_TOKENS, 2},
    };
    struct table *t = d->table;
    struct merged_call *calls = NULL;
    size_t n = 0;
    enum err rc = store_merged_calls(d->store, d->spec->limit, &t->arena, &calls, &n, err);

    for (size_t c = 0; c < ARRAY_LEN(columns) && !rc; c++) {
        struct column *column =
            table_add_column(t, columns[c].key, columns[c].title, columns[c].unit);

        if (!column)
            return no_memory(err);
        column->in_text = column->in_data = true;
        column->drop = columns[c].drop;
    }
    for (size_t i = 0; i < n && !rc; i++)
        rc = add_merged_rows(t, &calls[i], err);
    return rc;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static enum err every_check(struct doctor *d, struct error *err)
{
    enum err rc = add_check_columns(d->table, err);

    if (!rc && d->spec->view == DOCTOR_CHECKS)
        rc = add_calls(d, err);
    if (!rc)
        rc = add_call_checks(d, err);
    if (!rc && d->spec->view == DOCTOR_CHECKS) {
        rc = add_unpriced(d, err);
        if (!rc)
            rc = add_store_checks(d, err);
        if (!rc)
            rc = add_gaps(d, err);
        if (!rc)
            rc = add_retention(d, err);
    }
    return rc ? rc : add_source_checks(d, err);
}

/* "2026-11-14 .. 2026-11-20", one day alone. */
static const char *window_text(struct doctor *d)
{
    char first[40], last[40], text[96];

    clock_text(d->spec->zone, d->total.first_us, first);
    clock_text(d->spec->zone, d->total.last_us, last);
    first[10] = last[10] = '\0';
    if (strcmp(first, last) == 0)
        snprintf(text, sizeof(text), "%s", first);
    else
        snprintf(text, sizeof(text), "%s .. %s", first, last);
    return arena_text(&d->table->arena, text);
}

static enum err fill_head(struct doctor *d, struct error *err)
{
    struct table *t = d->table;
    const char *path = store_path(d->store), *zone = d->spec->zone->name;

    t->verb = "doctor";
    t->total_calls = d->total.n[FACT_CALLS];
    t->db = arena_text(&t->arena, path);
    t->tz = arena_text(&t->arena, zone ? zone : "UTC");
    if (!t->db || !t->tz)
        return no_memory(err);
    if (d->total.first_us > d->total.last_us)
        return OK;
    t->since_known = t->until_known = true;
    t->since_us = d->total.first_us;
    t->until_us = d->total.last_us + (d->total.last_us < INT64_MAX);
    t->window_text = window_text(d);
    return t->window_text ? OK : no_memory(err);
}

enum err doctor_run(struct store *s, const struct doctor_spec *spec, struct table *out,
                    struct error *err)
{
    struct doctor d = {
        .store = s, .spec = spec, .table = out, .total = CALL_FACTS_NONE, .err = err};
    enum err rc = call_facts_read(s, spec->jobs, &out->arena, &d.groups, &d.n_groups, err);

    for (size_t g = 0; g < d.n_groups; g++)
        call_facts_add(&d.total, &d.groups[g].facts);
    if (!rc)
        rc = fill_head(&d, err);
    if (rc)
        return rc;
    rc = spec->view == DOCTOR_COVERAGE ? coverage(&d, err)
         : spec->view == DOCTOR_MERGED ? merged(&d, err)
                                       : every_check(&d, err);
    if (rc)
        return rc;
    return table_add_fact(out, "bad", cell_int(d.verdicts[VERDICT_BAD])) &&
                   table_add_fact(out, "warn", cell_int(d.verdicts[VERDICT_WARN]))
               ? OK
               : no_memory(err);
}
