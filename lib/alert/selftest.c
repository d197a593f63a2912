/* selftest: see the header. A rule's metric says what calls have to look like to give a value. */
#include "alert/selftest.h"

#include <math.h>
#include <stdio.h>
#include "base/time_text.h"
#include "price/price_book.h"
#include "record/checks.h"
#include "store/writer.h"
#include "base/banned.h"

enum {
    CALLS = 100, /* in a window */
    TOKENS_OUT = 101,
    CONTEXT_WINDOW = 1000000, /* tokens, of the model that is made up */
    CAPACITY = 1000,          /* a second, where nobody says it */
    PERIODS_MOST = 60,
    SOURCE = 1,
};

/* What is normal, and what is a fault, in the metric's unit. */
struct levels {
    double normal, fault;
};

/* Calls while they are made up. */
struct making {
    const struct rule *rule;
    struct batch batch;
    int64_t n;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the self-test");
}

/* ---- levels ------------------------------------------------------------------------------- */

/* The check that a figure of scores is of: "toxicity" of toxicity_mean. SV_NONE: it is no such figure.
 * *rate: it is the share of calls of which it is said. */
static struct sv check_of_figure(struct sv key, bool *rate)
{
    struct sv name = key;

    *rate = sv_ends(key, "_rate");
    if (!*rate && !sv_ends(key, "_mean"))
        return SV_NONE;
    name.n -= strlen("_mean");
    if (sv_ends(name, "_positive"))
        name.n -= strlen("_positive");
    return check_of(name) < CHECK_COUNT ? name : SV_NONE;
}


/* Its values lie in 0 .. 1. */
static bool is_fraction(const struct metric *m)
{
    bool rate;

    return m->shape == METRIC_RATE || m->source == METRIC_SCORE ||
           check_of_figure(sv_from(m->name), &rate).n;
}

static bool is_upward(const struct rule *rule)
{
    return rule->op == OP_ABOVE || rule->op == OP_AT_LEAST || rule->op == OP_EITHER_WAY;
}


static double usual(const struct metric *m)
{
    if (m->shape == METRIC_RATE)
        return 0.1;
    switch (m->unit) {
    case UNIT_US:
        return 1e6;
    case UNIT_NUSD:
        return 1e9;
    case UNIT_TOKENS:
        return 1e5;
    default:
        return is_fraction(m) ? 0.8 : 1000;
    }
}

static struct levels levels_of(const struct rule *rule)
{
    double v = rule->value, n = usual(&rule->metric);
    bool up = is_upward(rule);

    switch (rule->kind) {
    case RULE_VALUE:
        if (!(v > 0)) /* anything is above 0 */
            return up ? (struct levels){0, 0.5} : (struct levels){0.5, 0};
        if (is_fraction(&rule->metric) && v < 1)
            return up ? (struct levels){v / 2, v + (1 - v) / 2}
                      : (struct levels){(1 + v) / 2, v / 2};
        return up ? (struct levels){v / 2, v * 2} : (struct levels){v * 2, v / 2};
    case RULE_OUTSIDE:
        return (struct levels){(v + rule->high) / 2, rule->high + (rule->high - v) + fabs(v)};
    case RULE_TIMES:
        return up ? (struct levels){n, n * v * 2} : (struct levels){n, n * v / 2};
    case RULE_POINTS:
        return up ? (struct levels){n, n + 2 * v} : (struct levels){n + 2 * v, n};
    case RULE_PERCENT:
        return up ? (struct levels){n, n * (1 + v / 10)}
                  : (struct levels){n, n * fmax(0, 1 - v / 50)};
    case RULE_SIGMAS:
    case RULE_SURPRISE:
    case RULE_OF:
        break;
    }
    return up ? (struct levels){n, rule->metric.shape == METRIC_RATE ? 0.6 : n * 3}
              : (struct levels){rule->metric.shape == METRIC_RATE ? 0.3 : n, 0};
}

/* ---- records ------------------------------------------------------------------------------ */

static struct identity own_id(struct making *m, const char *family)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%lld", (long long)m->n++);

    return (struct identity){.kind = ID_OWN,
                             .family = sv_from(family),
                             .own = arena_copy(&m->batch.arena, (struct sv){text, (size_t)n})};
}

/* A text that a pattern matches: its stars as an x. */
static struct sv example_of(struct making *m, const char *glob)
{
    size_t n = strlen(glob);
    char *text = arena_alloc(&m->batch.arena, n + 1);

    for (size_t i = 0; text && i < n; i++)
        text[i] = glob[i] == '*' || glob[i] == '?' ? 'x' : glob[i];
    return (struct sv){text, text ? n : 0};
}

/* Of call i of n in a window: whether it is one of the first v * n. */
static bool is_one_of(double v, int64_t i, int64_t n)
{
    return (double)i < nearbyint(v * (double)n);
}

/* Of a call, or, call NULL, of a case of its own. */
static void make_score(struct making *m, const struct identity *call, struct sv name, int64_t at_us,
                       double v)
{
    struct score_record *s = batch_add_score(&m->batch);

    if (!s)
        return;
    s->id = own_id(m, "score");
    s->target = call ? TARGET_CALL : TARGET_CASE;
    if (call)
        s->call = *call;
    else
        s->target_id = s->id.own;
    s->name = name;
    s->scorer = SV("eval");
    s->value = (struct maybe_f64){v, true};
    s->at_us = (struct maybe_i64){at_us, true};
    s->source = SOURCE;
}

static void make_branch(struct making *m, int64_t at_us, bool result)
{
    struct branch_record *b = batch_add_branch(&m->batch);

    if (!b)
        return;
    b->source = SOURCE;
    b->id = own_id(m, "branch");
    b->condition = example_of(m, m->rule->metric.argument);
    b->from_node = SV("a");
    b->to_node = SV("b");
    b->decided_us = (struct maybe_i64){at_us, true};
    b->result = (struct maybe_i64){result, true};
}

static void make_tool(struct making *m, int64_t at_us, bool failed)
{
    struct tool_record *t = batch_add_tool(&m->batch);

    if (!t)
        return;
    t->source = SOURCE;
    t->id = own_id(m, "tool");
    t->tool_name = SV("selftest");
    t->started_us = (struct maybe_i64){at_us, true};
    t->status = (struct maybe_i64){failed ? STATUS_ERROR : STATUS_OK, true};
}

static struct call_record *make_call(struct making *m, int64_t at_us)
{
    static const enum call_field dims[] = {F_REQUEST_MODEL, F_PROVIDER, F_FEATURE,       F_USER,
                                           F_TEAM,          F_PROJECT,  F_PROMPT_VERSION};
    struct call_record *c = batch_add_call(&m->batch);

    if (!c)
        return NULL;
    c->source = SOURCE;
    c->id = own_id(m, "selftest");
    for (size_t i = 0; i < ARRAY_LEN(dims); i++)
        record_set_dim(c, dims[i], SV("selftest"));
    record_set_num(c, F_STARTED_US, at_us);
    record_set_num(c, F_STATUS, STATUS_OK);
    return c;
}

/* Gives a call of n in a window its part of the figure v. False: no call can be made to. */
static bool shape_call(struct making *making, struct call_record *c, int64_t i, int64_t n,
                       double v)
{
    const struct metric *m = &making->rule->metric;
    double each = m->shape == METRIC_SUM ? v / (double)n : v;
    const char *key = m->key ? m->key : m->argument;
    bool rate;
    struct sv check = m->source == METRIC_REPORT ? check_of_figure(sv_from(key), &rate) : SV_NONE;

    if (check.n) {
        make_score(making, &c->id, check, record_num(c, F_STARTED_US),
                   rate ? is_one_of(v, i, n) : v);
    } else if (m->source == METRIC_SHARE || m->source == METRIC_COUNT) {
        bool hit = is_one_of(m->source == METRIC_SHARE ? v : v / (double)n, i, n);

        if (strcmp(key, "guardrail=1") == 0)
            record_set_num(c, F_FLAGS, hit ? FLAG_GUARDRAIL : FLAG_STREAMING);
        else if (strcmp(key, "finish_reason=length") == 0)
            record_set_dim(c, F_FINISH_REASON, hit ? SV("length") : SV("stop"));
        else
            return false;
    } else if (strcmp(key, "error_rate") == 0) {
        record_set_num(c, F_STATUS, is_one_of(v, i, n) ? STATUS_ERROR : STATUS_OK);
    } else if (strncmp(key, "latency", 7) == 0) {
        record_set_num(c, F_LATENCY_US, (int64_t)v);
    } else if (strncmp(key, "ttft", 4) == 0) {
        record_set_num(c, F_TIME_TO_FIRST_TOKEN_US, (int64_t)v);
        record_set_num(c, F_LATENCY_US, (int64_t)v * 2 + 1000000);
        record_set_num(c, F_OUTPUT_TOKENS, TOKENS_OUT);
    } else if (strncmp(key, "tpot", 4) == 0) {
        record_set_num(c, F_TIME_TO_FIRST_TOKEN_US, 1000);
        record_set_num(c, F_LATENCY_US, (int64_t)(v * (TOKENS_OUT - 1)) + 1000);
        record_set_num(c, F_OUTPUT_TOKENS, TOKENS_OUT);
    } else if (strcmp(key, "cost_usd") == 0 || strcmp(key, "cost_per_call_usd") == 0) {
        record_set_num(c, F_COST_GIVEN_NUSD, (int64_t)nearbyint(each));
    } else if (strcmp(key, "output_tokens") == 0) {
        record_set_num(c, F_OUTPUT_TOKENS, (int64_t)nearbyint(each));
    } else if (strcmp(key, "input_tokens") == 0 || strcmp(key, "total_tokens") == 0 ||
               strcmp(key, "input_tokens_mean") == 0) {
        record_set_num(c, F_INPUT_TOKENS, (int64_t)nearbyint(each));
    } else if (strncmp(key, "context_utilization", 19) == 0) {
        record_set_num(c, F_INPUT_TOKENS, (int64_t)nearbyint(v * CONTEXT_WINDOW));
        record_set_num(c, F_OUTPUT_TOKENS, 0);
    } else if (strcmp(key, "pii_rate") == 0) {
        record_set_num(c, F_FLAGS,
                       is_one_of(v, i, n) ? FLAG_LOGGED_PII | FLAG_LOGGED_PII_FOUND
                                          : FLAG_LOGGED_PII);
    } else if (strcmp(key, "injection_rate") == 0) {
        record_set_num(c, F_FLAGS,
                       is_one_of(v, i, n) ? FLAG_SCANNED(FLAG_INJECTION) | FLAG_INJECTION
                                          : FLAG_SCANNED(FLAG_INJECTION));
    } else {
        return false;
    }
    return true;
}

/* n events from since_us on, `every` apart, that give the figure v. */
static bool make_stretch(struct making *m, int64_t since_us, int64_t every_us, int64_t n,
                         int64_t of, double v)
{
    bool ok = true;

    for (int64_t i = 0; i < n && ok; i++) {
        int64_t at_us = since_us + i * every_us;

        switch (m->rule->metric.source) {
        case METRIC_SCORE:
            make_score(m, NULL, example_of(m, m->rule->metric.argument), at_us, v);
            break;
        case METRIC_BRANCH:
            make_branch(m, at_us, is_one_of(v, i % of, of));
            break;
        case METRIC_TOOL:
            make_tool(m, at_us, is_one_of(v, i % of, of));
            break;
        default: {
            struct call_record *c = make_call(m, at_us);

            ok = c && shape_call(m, c, i % of, of, v);
            break;
        }
        }
    }
    return ok;
}

/* A sum per hour, or a part of a capacity, as the sum of the window. */
static double in_window(const struct rule *rule, double v)
{
    double whole = rule->capacity > 0 ? v * rule->capacity : v;

    return rule->per_us ? whole * (double)rule->window_us / (double)rule->per_us : whole;
}

/* The baseline's windows, which differ a little, and behind them the one that is judged. Windows of
 * a long baseline are made up together. */
static bool make_calls(struct making *m, const struct levels *l, bool fault, int64_t now_us)
{
    const struct rule *rule = m->rule;
    bool rates = rule->metric.shape == METRIC_RATE, sum = rule->metric.shape == METRIC_SUM;
    bool charted = rule->kind >= RULE_SIGMAS;
    int64_t n = rule->min_n > CALLS ? rule->min_n : CALLS, w = rule->window_us;
    int64_t periods = rule->baseline_us / w, late = 2 + rule->for_us / w;
    int64_t together = charted ? 1 : periods / PERIODS_MOST + 1, step;

    periods = charted && periods > PERIODS_MOST ? PERIODS_MOST : periods;
    for (int64_t i = periods + late; i >= 1; i -= step) {
        bool faulty = fault && i <= (rule->for_us ? late : 1);
        double wave = rule->kind != RULE_SIGMAS ? 0 : (i % 2 ? 1 : -1) * (rates ? 0.2 : 0.02);
        double v = in_window(rule, faulty ? l->fault : l->normal * (1 + wave));

        step = i - late >= together ? together : 1;
        if (!make_stretch(m, now_us - i * w, step * w / n > 0 ? step * w / n : 1, n, n,
                          sum ? v * (double)step : v))
            return false;
    }
    return true;
}

/* ---- one rule ----------------------------------------------------------------------------- */

/* Where the made-up model's context window is known; it costs nothing. */
static enum err price_model(struct price_book **out, struct error *err)
{
    const struct price_row row = {
        .origin = PRICE_USER,
        .model = SV("selftest"),
        .match = SV("selftest"),
        .price = {[PRICE_INPUT] = {0, true}, [PRICE_OUTPUT] = {0, true}},
        .context_window = {CONTEXT_WINDOW,            true                      },
    };
    enum err rc = price_book_new(out, err);

    return rc ? rc : price_book_add(*out, &row, err);
}

static enum err store_batch(struct store *s, const struct batch *b, struct error *err)
{
    const struct source_state source = {.id = SOURCE, .path = "selftest", .lineage = 1};
    struct price_book *prices = NULL;
    struct writer *w = NULL;
    enum err rc = price_model(&prices, err);

    if (!rc)
        rc = writer_open(s, 1, prices, &w, err);
    if (!rc)
        rc = writer_add(w, b, &source, 1, err);
    if (!rc)
        rc = writer_finish(w, err);
    writer_close(w);
    price_book_free(prices);
    return rc;
}

/* What a rule says of made-up calls. *made false: there are none for it. */
static enum err try_rule(const struct rule *rule, const struct zone *zone, int64_t now_us,
                         bool fault, struct arena *a, bool *made, struct verdict *out,
                         struct error *err)
{
    struct levels l = levels_of(rule);
    struct making m = {.rule = rule};
    struct judge_spec spec = {.zone = zone, .now_us = now_us, .jobs = 1};
    struct verdicts v = {NULL, 0, 0};
    struct store *s = NULL;
    enum err rc = OK;

    *made = make_calls(&m, &l, fault, now_us);
    if (m.batch.failed)
        rc = no_memory(err);
    if (!rc && *made)
        rc = store_open(":memory:", STORE_WRITE, &s, err);
    if (!rc && *made)
        rc = store_batch(s, &m.batch, err);
    if (!rc && *made)
        rc = judge_rule(s, &spec, rule, a, &v, err);
    if (!rc && *made)
        *out = v.v[0];
    store_close(s);
    batch_release(&m.batch);
    return rc;
}

static bool has_unknown_dimension(const struct rule *rule)
{
    static const char *const made[] = {"model", "request_model", "provider", "feature",
                                       "user",  "team",          "project",  "prompt_version",
                                       "tool",  "condition"};

    for (size_t d = 0; d < rule->n_by; d++) {
        size_t i = 0;

        while (i < ARRAY_LEN(made) && strcmp(made[i], rule->by[d]) != 0)
            i++;
        if (i == ARRAY_LEN(made))
            return true;
    }
    return false;
}

/* Calls are made up so that they fit. */
static bool fits(const char *filter)
{
    return strcmp(filter, "finish_reason=*") == 0;
}

static bool has_other_filters(const struct rule *rule)
{
    for (size_t i = 0; i < rule->n_where; i++)
        if (!fits(rule->where[i]))
            return true;
    return false;
}

static enum err test_rule(const struct rule *rule, const struct zone *zone, int64_t now_us,
                          struct arena *a, struct selftest *t, struct error *err)
{
    struct verdict quiet = {.state = VERDICT_SKIPPED};
    struct rule *tried = arena_zalloc(a, 1, sizeof(*tried));
    bool made = true;
    enum err rc = OK;

    if (!tried)
        return no_memory(err);
    *tried = *rule;
    if (rule->metric.of_capacity && !(rule->capacity > 0))
        tried->capacity = CAPACITY;
    t->result = SELFTEST_SKIPPED;
    t->problem = has_other_filters(rule) || has_unknown_dimension(rule)
                     ? "no calls can be made up for its filters or groups"
                     : NULL;
    if (t->problem)
        return OK;
    rc = try_rule(tried, zone, now_us, false, a, &made, &quiet, err);
    if (!rc && made)
        rc = try_rule(tried, zone, now_us, true, a, &made, &t->fault, err);
    if (rc || !made) {
        t->problem = "no calls can be made up for its metric";
        return rc;
    }
    t->problem = quiet.state != VERDICT_OK          ? "it is not quiet on quiet calls"
                 : t->fault.state != VERDICT_FIRING ? "it does not fire on the fault"
                                                    : NULL;
    t->result = t->problem ? SELFTEST_FAILED : SELFTEST_PASSED;
    return OK;
}

/* A composite with `firing` of its rules. */
static enum err try_composite(const struct rule_set *rules, const struct rule *rule, int64_t firing,
                              int64_t now_us, struct arena *a, struct verdict *out,
                              struct error *err)
{
    struct rule_set alone = {.name = rules->name, .rules = NULL, .n = 1};
    struct verdicts v = {NULL, 0, 0};
    struct rule *copy = arena_zalloc(a, 1, sizeof(*copy));
    enum err rc;

    if (!copy)
        return no_memory(err);
    *copy = *rule;
    alone.rules = copy;
    for (size_t i = 0; i < rule->n_of; i++) {
        struct verdict *part = verdicts_add(&v, a);

        if (!part)
            return no_memory(err);
        *part = (struct verdict){.rule = rules_find(rules, rule->of[i]),
                                 .state = (int64_t)i < firing ? VERDICT_FIRING : VERDICT_OK};
    }
    rc = judge_together(&alone, now_us, a, &v, err);
    if (!rc)
        *out = v.v[v.n - 1];
    return rc;
}

static enum err test_composite(const struct rule_set *rules, const struct rule *rule,
                               int64_t now_us, struct arena *a, struct selftest *t,
                               struct error *err)
{
    struct verdict quiet = {.state = VERDICT_SKIPPED};
    enum err rc = try_composite(rules, rule, rule->at_least - 1, now_us, a, &quiet, err);

    if (!rc)
        rc = try_composite(rules, rule, rule->at_least, now_us, a, &t->fault, err);
    t->problem = quiet.state != VERDICT_OK          ? "it is not quiet with one rule less"
                 : t->fault.state != VERDICT_FIRING ? "it does not fire"
                                                    : NULL;
    t->result = t->problem ? SELFTEST_FAILED : SELFTEST_PASSED;
    return rc;
}

enum err selftest_run(const struct rule_set *rules, const struct zone *zone, int64_t now_us,
                      struct arena *a, struct selftest **out, struct error *err)
{
    struct selftest *t = arena_zalloc(a, rules->n + 1, sizeof(*t));
    enum err rc = t ? OK : no_memory(err);

    for (size_t i = 0; i < rules->n && !rc; i++) {
        t[i].rule = &rules->rules[i];
        rc = t[i].rule->kind == RULE_OF ? test_composite(rules, t[i].rule, now_us, a, &t[i], err)
                                        : test_rule(t[i].rule, zone, now_us, a, &t[i], err);
    }
    *out = t;
    return rc;
}
