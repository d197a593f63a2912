/* check: alert rules over the calls, for cron and for build servers. */
#include <string.h>
#include <sys/stat.h>
#include "alert/alert_state.h"
#include "alert/alert_table.h"
#include "alert/backtest.h"
#include "alert/selftest.h"
#include "alert_head.h"
#include "alert_report.h"
#include "commands.h"
#include "hook.h"
#include "inputs.h"
#include "output.h"
#include "reading.h"
#include "rule_sets.h"
#include "schema.h"
#include "base/banned.h"

enum { STATE_MAX_BYTES = 1 << 20 };

struct check_cli {
    const char *rules, *slo, *fail_on, *state, *on_alert, *explain, *junit, *markdown, *backtest;
    bool schema, self_test, summary;
};

/* clang-format off */
static const struct opt check_rows[] = {
    OPT_TEXT  (0, "rules",    "SET",                check_cli, rules,    "default, s000, s001, s002, s003, s004 or a JSON file of rules (default: default)"),
    OPT_TEXT  (0, "slo",      "FILE",               check_cli, slo,      "a JSON file of objectives in place of rules: how fast the errors they allow are used up"),
    OPT_CHOICE(0, "fail-on",  "SEVERITY", severity_word, check_cli, fail_on, "exit 1 only for what is as bad as P0, P1, P2 or P3 (default: P3)"),
    OPT_TEXT  (0, "state",    "FILE",               check_cli, state,    "remember there what fires: each alert is told when it begins and when it is over"),
    OPT_TEXT  (0, "on-alert", "CMD",                check_cli, on_alert, "a shell command to run when there is something to tell, with the answer as JSON on its standard input"),
    OPT_TEXT  (0, "explain",  "RULE",               check_cli, explain,  "what one rule looks at, why, and what it says now"),
    OPT_TEXT  (0, "backtest", "TIME",               check_cli, backtest, "when each rule would have fired first in the last 30d"),
    OPT_TEXT  (0, "junit",    "FILE",               check_cli, junit,    "also write JUnit's XML to FILE, for build servers"),
    OPT_TEXT  (0, "markdown", "FILE",               check_cli, markdown, "also write a Markdown table to FILE, for comments"),
    OPT_FLAG  (0, "summary",                            check_cli, summary,  "also add this table to the file that GITHUB_STEP_SUMMARY names"),
    OPT_FLAG  (0, "self-test",                      check_cli, self_test, "make up calls with and without the fault that each rule is for, and see that it fires"),
    OPT_FLAG  (0, "schema",                         check_cli, schema,   "print the JSON Schema of files of rules"),
    OPT_END,
};
/* clang-format on */

/* A check on its way. */
struct check {
    struct invocation *inv;
    const struct check_cli *cli;
    struct rule_set rules;
    struct text_list files; /* logs among the arguments */
    struct reading_window window;
    struct judge_spec spec;
    struct verdicts verdicts;
    struct alert_state state;
    int64_t backtest_us; /* 0: none */
    struct alert_table_options look;
    struct table table;
};

/* ---- what was asked ----------------------------------------------------------------------- */

/* What the configuration says that the servers can make, for rules that do not say it. */
static void set_capacity(struct check *c)
{
    const struct maybe_i64 *tps = &c->inv->config.capacity_tps;

    for (size_t i = 0; i < c->rules.n && tps->known; i++)
        if (c->rules.rules[i].metric.of_capacity && !(c->rules.rules[i].capacity > 0))
            c->rules.rules[i].capacity = (double)tps->v;
}

/* Rules and logs among the arguments. */
static enum err sort_arguments(struct check *c, struct error *err)
{
    const char *name = c->cli->rules;
    const struct text_list *args = &c->inv->args;

    for (size_t i = 0; i < args->n; i++) {
        if (i == 0 && !name && rule_set_is(args->v[0]))
            name = args->v[0];
        else if (!text_list_add(&c->files, args->v[i], &c->inv->arena))
            return error_set(err, ERR_NOMEM, "out of memory");
    }
    if (name && c->cli->slo)
        return error_set(err, ERR_USAGE, "--slo and rules: one of them");
    if (c->cli->slo)
        return slo_open(c->cli->slo, &c->inv->arena, &c->rules, err);
    return rule_set_open(name ? name : "default", &c->inv->arena, &c->rules, err);
}

static enum err check_explain(const struct check *c, struct error *err)
{
    const char *names[RULES_MAX + 1] = {NULL};
    struct nearest near = {.wanted = c->cli->explain};

    if (!c->cli->explain || rules_find(&c->rules, c->cli->explain))
        return OK;
    for (size_t i = 0; i < c->rules.n; i++) {
        names[i] = c->rules.rules[i].name;
        nearest_offer(&near, names[i]);
    }
    return error_set(err, ERR_USAGE, "--explain: no rule \"%s\" in %s%s%s%s", c->cli->explain,
                     c->rules.name, near.word ? "; did you mean " : "", near.word ? near.word : "",
                     near.word ? "?" : "");
}

static enum err read_state(struct check *c, struct error *err)
{
    struct buf text = {0};
    struct error found = {0};
    struct stat st;
    enum err rc = OK;

    if (!c->cli->state || stat(c->cli->state, &st) != 0)
        return OK; /* the first time */
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERR_USAGE, "--state %s: expected a file", c->cli->state);
    rc = inputs_small_file(c->cli->state, STATE_MAX_BYTES, &text, &found);
    if (!rc)
        rc = alert_state_read((struct sv){text.p ? text.p : "", text.n}, c->cli->state,
                              &c->inv->arena, &c->state, &found);
    buf_release(&text);
    if (rc)
        *err = found;
    return rc;
}

static enum err write_state(const struct check *c, struct error *err)
{
    struct buf text = {0};
    struct output out;
    enum err rc;

    if (!c->cli->state)
        return OK;
    alert_state_write(&c->state, &text);
    rc = text.failed ? error_set(err, ERR_NOMEM, "out of memory")
                     : output_open(c->cli->state, &out, err);
    if (!rc) {
        output_write(&out, text.p, text.n);
        rc = output_close(&out, err);
    }
    buf_release(&text);
    return rc;
}

/* ---- judging ------------------------------------------------------------------------------ */

static void set_spec(struct check *c)
{
    const struct shared_options *o = &c->inv->shared;
    bool past = c->window.until_known && c->window.until_us <= c->inv->now_us;

    c->spec = (struct judge_spec){.rules = &c->rules,
                                  .where = o->where.v,
                                  .n_where = o->where.n,
                                  .zone = &c->window.zone,
                                  .now_us = past ? c->window.until_us : c->inv->now_us,
                                  .jobs = inputs_processors(),
                                  .is_watched = c->cli->state ? alert_state_watches : NULL,
                                  .watch = &c->state};
}

static enum err add_resolved(struct check *c, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < c->state.n && !rc; i++)
        if (c->state.v[i].resolved)
            rc = alert_table_resolved(&c->table, &c->look, c->state.v[i].rule, c->state.v[i].group,
                                      c->state.v[i].since_us, err);
    return rc;
}

static enum err judge(struct check *c, struct store *store, struct error *err)
{
    struct alert_head head;
    enum err rc;

    set_spec(c);
    head = (struct alert_head){.now_us = c->spec.now_us,
                               .zone = c->spec.zone,
                               .rules = &c->rules,
                               .verdicts = &c->verdicts};
    c->look = (struct alert_table_options){.verb = "check",
                                           .zone = c->spec.zone,
                                           .only_firing = c->inv->shared.quiet &&
                                                          output_for_people(&c->inv->shared)};
    if (c->backtest_us)
        rc = backtest_rules(store, &c->spec, c->spec.now_us - c->backtest_us, &c->inv->arena,
                            &c->verdicts, err);
    else
        rc = judge_run(store, &c->spec, &c->inv->arena, &c->verdicts, err);
    for (size_t i = 0; i < c->verdicts.n && c->cli->explain && !rc; i++)
        if (strcmp(c->verdicts.v[i].rule->name, c->cli->explain) == 0)
            rc = judge_missing(store, &c->spec, &c->inv->arena, &c->verdicts.v[i], err);
    if (!rc && c->cli->state && !c->backtest_us)
        rc = alert_state_update(&c->state, &c->rules, c->spec.now_us, &c->verdicts, &c->inv->arena,
                                err);
    if (!rc)
        rc = alert_table_begin(&c->table, &c->look, err);
    if (!rc)
        rc = alert_table_add(&c->table, &c->look, &c->verdicts, err);
    if (!rc)
        rc = add_resolved(c, err);
    return rc ? rc : alert_head_fill(c->inv, store, &head, &c->table, err);
}

/* ---- telling ------------------------------------------------------------------------------ */

/* With a state an alert is told when it begins, when its cool-down has passed and when it is over;
 * without one whenever it fires. */
static bool has_news(const struct check *c)
{
    return c->cli->state ? c->state.told : judge_worst(&c->verdicts) < SEVERITY_COUNT;
}

static enum err explain(const struct check *c, struct error *err)
{
    struct buf text = {0};
    enum err rc;

    alert_report_explain(rules_find(&c->rules, c->cli->explain), &c->table, &text);
    rc = output_text(c->inv, &text, err);
    buf_release(&text);
    return rc;
}

static enum err tell(const struct check *c, struct error *err)
{
    const struct shared_options *o = &c->inv->shared;
    bool silent = o->quiet && output_for_people(o) && !o->output && !has_news(c);
    enum err rc = OK;

    if (c->cli->explain)
        return explain(c, err);
    if (!silent)
        rc = output_table(c->inv, &c->table, false, err);
    if (!rc && c->cli->junit)
        rc = alert_report_junit(c->cli->junit, &c->rules, &c->table, err);
    if (!rc && c->cli->markdown)
        rc = alert_report_file(c->inv, c->cli->markdown, "md", &c->table, err);
    if (!rc && c->cli->summary)
        rc = alert_report_summary(c->inv, &c->table, err);
    return rc || c->backtest_us ? rc : write_state(c, err);
}

static const char *const selftest_words[] = {"ok", "FAILED", "not tested"};

/* "ok          cost_spike           fires at $2.40/h > $1.20/h" */
static enum err self_test(struct check *c, struct error *err)
{
    static const struct zone utc = {.name = "UTC"};
    struct selftest *tests;
    struct buf text = {0};
    enum err rc = selftest_run(&c->rules, &utc, c->inv->now_us, &c->inv->arena, &tests, err);

    for (size_t i = 0; i < c->rules.n && !rc; i++) {
        const struct selftest *t = &tests[i];

        buf_printf(&text, "%-10s  %-24s  ", selftest_words[t->result], t->rule->name);
        if (t->problem)
            buf_str(&text, t->problem);
        else
            alert_figure(&text, &t->fault);
        buf_char(&text, '\n');
        c->inv->found |= t->result == SELFTEST_FAILED;
    }
    if (!rc)
        rc = output_text(c->inv, &text, err);
    buf_release(&text);
    return rc;
}

static enum err show_schema(struct invocation *inv, struct error *err)
{
    struct buf text = {0};
    enum err rc;

    buf_str(&text, (const char *)schema_rules_schema);
    rc = output_text(inv, &text, err);
    buf_release(&text);
    return rc;
}

static enum err check_command_run(struct invocation *inv, struct error *err)
{
    struct check c = {.inv = inv, .cli = inv->options};
    enum severity fail_on = severity_of_word(c.cli->fail_on);
    struct store *store = NULL;
    enum err rc;

    if (c.cli->schema)
        return show_schema(inv, err);
    rc = when_duration("backtest", c.cli->backtest, &c.backtest_us, err);
    if (!rc)
        rc = sort_arguments(&c, err);
    if (!rc)
        set_capacity(&c);
    if (!rc && c.cli->self_test)
        return self_test(&c, err);
    if (!rc)
        rc = check_explain(&c, err);
    if (!rc)
        rc = read_state(&c, err);
    inv->scans = true; /* rules may ask for what texts hold */
    if (!rc)
        rc = reading_open(inv, &c.files, inputs_processors(), &store, &c.window, err);
    reading_often();
    if (!rc)
        rc = store_freeze(store, err);
    if (!rc)
        rc = judge(&c, store, err);
    if (store)
        store_thaw(store);
    store_close(store);
    if (!rc)
        rc = tell(&c, err);
    if (!rc) {
        inv->found = judge_worst(&c.verdicts) <= (fail_on < SEVERITY_COUNT ? fail_on : SEVERITY_P3);
        if (c.cli->on_alert && has_news(&c) && !c.cli->explain && !c.backtest_us)
            hook_run(inv, c.cli->on_alert, &c.table);
    }
    table_release(&c.table);
    return rc;
}

static const struct name_list check_lists[] = {
    {"RULE SETS", rule_set_word, NULL, false},
    {NULL,        NULL,          NULL, false},
};

static const struct example check_examples[] = {
    {"llmobs check",                                                   "what is unusual now, by comparison with the past"},
    {"llmobs check s002 --fail-on P1",                                 "a source's own alerts; exit 1 for the bad ones"  },
    {"llmobs check --rules s004 --explain cost_spike",
     "what a rule looks at, and what it says now"                                                                        },
    {"llmobs check -q --state check.state",                            "for cron: says something only when there is news"},
    {"llmobs check --rules s001 --until 2026-11-20T12:00:00Z -f json",
     "what would have been said then, for a program"                                                                     },
    {NULL,                                                             NULL                                              },
};

const struct command check_command = {
    .name = "check",
    .group = "decide",
    .summary = "evaluates alert rules, and exits 1 when one fires",
    .synopsis = "[RULES] [FILE]...",
    .options = check_rows,
    .options_size = sizeof(struct check_cli),
    .shared = (const struct opt *const[]){shared_select, shared_window, shared_output, shared_db,
                                          shared_quiet, shared_verbose, shared_strict, NULL},
    .lists = check_lists,
    .words = rule_set_word,
    .takes_files = true,
    .examples = check_examples,
    .run = check_command_run,
};
