/* rule: see the header. A table says what each key holds; what keys mean together is checked then.
 */
#include "alert/rule.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/suggest.h"
#include "base/time_text.h"
#include "json/document.h"
#include "query/dimensions.h"
#include "rules.h"
#include "base/banned.h"

typedef const struct cJSON *value;

#define US_PER_MINUTE (60 * US_PER_S)
#define US_PER_HOUR (60 * US_PER_MINUTE)
#define LONGEST_US (400 * US_PER_DAY) /* of a window or baseline */

const char *const rules_builtin_names[] = {"default", "s000", "s001", "s002", "s003", "s004", NULL};

const char *rules_builtin(const char *name)
{
    static const unsigned char *const texts[] = {rules_rules_default, rules_rules_s000,
                                                 rules_rules_s001,    rules_rules_s002,
                                                 rules_rules_s003,    rules_rules_s004};

    for (size_t i = 0; rules_builtin_names[i]; i++)
        if (strcmp(rules_builtin_names[i], name) == 0)
            return (const char *)texts[i];
    return NULL;
}

const struct rule *rules_find(const struct rule_set *set, const char *name)
{
    for (size_t i = 0; i < set->n; i++)
        if (strcmp(set->rules[i].name, name) == 0)
            return &set->rules[i];
    return NULL;
}

/* ---- complaints --------------------------------------------------------------------------- */

struct reader {
    const char *file;
    struct arena *arena;
    struct error *err;
    size_t rule; /* being read */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the rules");
}

/* "FILE: /rules/2/KEY: TEXT"; key NULL: the rule as a whole */
static enum err wrong(const struct reader *r, const char *key, const char *text)
{
    error_set(r->err, ERR_PARSE, "/rules/%zu%s%s: %s", r->rule, key ? "/" : "", key ? key : "",
              text);
    return error_at(r->err, r->file, 0);
}

static enum err expected(const struct reader *r, const char *key, const char *what, value v)
{
    char found[96];
    struct error text;

    document_describe(v, found, sizeof(found));
    error_set(&text, ERR_PARSE, "expected %s, found %s", what, found);
    return wrong(r, key, text.msg);
}

static enum err unknown_key(const struct reader *r, const char *at, const char *key,
                            const char *const *names)
{
    const char *near = suggest(sv_from(key), names);

    error_set(r->err, ERR_PARSE, "%s/%s: unknown key%s%s%s", at, key,
              near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return error_at(r->err, r->file, 0);
}

/* ---- values ------------------------------------------------------------------------------- */

static enum err read_text(const struct reader *r, const char *key, value v, const char **out)
{
    const char *text = document_text(v);

    if (document_type(v) != JSON_STRING || !*text)
        return expected(r, key, "a text", v);
    *out = arena_text(r->arena, text);
    return *out ? OK : no_memory(r->err);
}

struct texts {
    const char *const *v;
    size_t n;
};

static enum err read_texts(const struct reader *r, const char *key, value v, struct texts *out)
{
    bool list = document_type(v) == JSON_ARRAY;
    size_t n = list ? document_size(v) : 1, i = 0;
    const char **texts = arena_zalloc(r->arena, n + 1, sizeof(*texts));
    enum err rc = texts ? OK : no_memory(r->err);

    if (!list && document_type(v) != JSON_STRING)
        return expected(r, key, "a text or a list of texts", v);
    for (value e = list ? document_first(v) : v; e && i < n && !rc; e = document_next(e))
        rc = read_text(r, key, e, &texts[i++]);
    if (!rc)
        *out = (struct texts){texts, n};
    return rc;
}

bool rule_read_duration(const char *text, int64_t *out)
{
    static const struct {
        char unit;
        int64_t us;
    } units[] = {
        {'s', US_PER_S     },
        {'m', US_PER_MINUTE},
        {'h', US_PER_HOUR  },
        {'d', US_PER_DAY   }
    };
    size_t n = strlen(text);
    int64_t v;

    for (size_t i = 0; n > 1 && i < ARRAY_LEN(units); i++)
        if (text[n - 1] == units[i].unit && text[strspn(text, "0123456789")] == text[n - 1] &&
            !decimal_exact((struct sv){text, n - 1}, 0, &v) &&
            !__builtin_mul_overflow(v, units[i].us, out) && *out <= LONGEST_US)
            return true;
    return false;
}

static enum err read_duration(const struct reader *r, const char *key, value v, int64_t *out)
{
    if (document_type(v) != JSON_STRING || !rule_read_duration(document_text(v), out))
        return expected(r, key, "a time like 5m, 1h or 7d, at most 400d", v);
    return OK;
}

static enum err read_count(const struct reader *r, const char *key, value v, int64_t *out)
{
    if (document_type(v) != JSON_NUMBER || decimal_exact(sv_from(document_text(v)), 0, out) ||
        *out < 1)
        return expected(r, key, "a whole number above 0", v);
    return OK;
}

static enum err read_choice(const struct reader *r, const char *key, value v,
                            const char *const *words, int *out)
{
    struct buf list = {0};
    enum err rc = ERR_PARSE;

    for (int i = 0; words[i]; i++) {
        buf_printf(&list, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
        if (document_type(v) == JSON_STRING && strcmp(document_text(v), words[i]) == 0) {
            *out = i;
            rc = OK;
        }
    }
    if (rc)
        rc = list.failed ? no_memory(r->err) : expected(r, key, list.p, v);
    buf_release(&list);
    return rc;
}

/* In the unit of the metric, or a plain one. */
static enum err read_number(const struct reader *r, const char *key, value v,
                            const struct metric *unit_of, double *out)
{
    const struct metric plain = {.unit = UNIT_REAL};
    enum json_type type = document_type(v);

    if ((type != JSON_NUMBER && type != JSON_STRING) ||
        !metric_number(unit_of ? unit_of : &plain, sv_from(document_text(v)), out))
        return expected(r, key, "a number", v);
    return OK;
}

/* ---- one rule ----------------------------------------------------------------------------- */

enum kind { KIND_TEXT, KIND_TEXTS, KIND_DURATION, KIND_COUNT, KIND_SEVERITY, KIND_OP, KIND_LATER };

/* A rule while it is read: what is left for later is kept as it stands. */
struct draft {
    const char *name, *metric, *unless, *why;
    struct texts by, where, of;
    int64_t window, and_window, per, baseline, history, for_, min_n, cooldown, at_least;
    int severity, op;
};

#define DRAFT(field) offsetof(struct draft, field)

/* clang-format off */
static const struct key {
    const char *name;
    enum kind kind;
    size_t offset;
} keys[] = {
    {"name",     KIND_TEXT,     DRAFT(name)},
    {"severity", KIND_SEVERITY, DRAFT(severity)},
    {"metric",   KIND_TEXT,     DRAFT(metric)},
    {"by",       KIND_TEXTS,    DRAFT(by)},
    {"where",    KIND_TEXTS,    DRAFT(where)},
    {"window",   KIND_DURATION, DRAFT(window)},
    {"and_window", KIND_DURATION, DRAFT(and_window)},
    {"per",      KIND_DURATION, DRAFT(per)},
    {"capacity", KIND_LATER,    0},
    {"op",       KIND_OP,       DRAFT(op)},
    {"value",    KIND_LATER,    0},
    {"outside",  KIND_LATER,    0},
    {"times",    KIND_LATER,    0},
    {"points",   KIND_LATER,    0},
    {"percent",  KIND_LATER,    0},
    {"sigmas",   KIND_LATER,    0},
    {"surprise", KIND_LATER,    0},
    {"least",    KIND_LATER,    0},
    {"alpha",    KIND_LATER,    0},
    {"baseline", KIND_DURATION, DRAFT(baseline)},
    {"history",  KIND_DURATION, DRAFT(history)},
    {"for",      KIND_DURATION, DRAFT(for_)},
    {"min_n",    KIND_COUNT,    DRAFT(min_n)},
    {"cooldown", KIND_DURATION, DRAFT(cooldown)},
    {"unless",   KIND_TEXT,     DRAFT(unless)},
    {"of",       KIND_TEXTS,    DRAFT(of)},
    {"at_least", KIND_COUNT,    DRAFT(at_least)},
    {"why",      KIND_TEXT,     DRAFT(why)},
};
/* clang-format on */

static const char *const comparisons[] = {
    [RULE_VALUE] = "value",       [RULE_OUTSIDE] = "outside", [RULE_TIMES] = "times",
    [RULE_POINTS] = "points",     [RULE_PERCENT] = "percent", [RULE_SIGMAS] = "sigmas",
    [RULE_SURPRISE] = "surprise",
};

static const char *const ops[] = {">", ">=", "<", "<=", "<>", NULL};

/* P0 .. P3, and the words of other systems. */
const char *const rule_severities[] = {"P0", "P1", "P2", "P3", "critical", "warning", "info", NULL};
const enum severity rule_severity_of[] = {SEVERITY_P0, SEVERITY_P1, SEVERITY_P2, SEVERITY_P3,
                                          SEVERITY_P1, SEVERITY_P2, SEVERITY_P3};

static enum err read_member(const struct reader *r, const struct key *key, value v,
                            struct draft *out)
{
    void *field = (char *)out + key->offset;

    switch (key->kind) {
    case KIND_TEXT:
        return read_text(r, key->name, v, field);
    case KIND_TEXTS:
        return read_texts(r, key->name, v, field);
    case KIND_DURATION:
        return read_duration(r, key->name, v, field);
    case KIND_COUNT:
        return read_count(r, key->name, v, field);
    case KIND_SEVERITY:
        return read_choice(r, key->name, v, rule_severities, field);
    case KIND_OP:
        return read_choice(r, key->name, v, ops, field);
    case KIND_LATER:
        break;
    }
    return OK;
}

static enum err read_draft(const struct reader *r, value rule, struct draft *out)
{
    const char *names[ARRAY_LEN(keys) + 1] = {NULL};
    char at[48];
    enum err rc = OK;

    snprintf(at, sizeof(at), "/rules/%zu", r->rule);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        names[i] = keys[i].name;
    if (document_type(rule) != JSON_OBJECT)
        return expected(r, NULL, "an object", rule);
    for (value m = document_first(rule); m && !rc; m = document_next(m)) {
        size_t k = 0;

        while (k < ARRAY_LEN(keys) && strcmp(keys[k].name, document_key(m)) != 0)
            k++;
        rc = k < ARRAY_LEN(keys) ? read_member(r, &keys[k], m, out)
                                 : unknown_key(r, at, document_key(m), names);
    }
    return rc;
}

/* Exactly one of the comparisons. */
static enum err find_kind(const struct reader *r, value rule, enum rule_kind *out)
{
    size_t found = 0;

    for (enum rule_kind k = 0; k < RULE_OF; k++)
        if (document_get(rule, comparisons[k])) {
            *out = k;
            found++;
        }
    if (found == 1)
        return OK;
    return wrong(r, NULL,
                 found ? "expected one comparison, found several"
                       : "expected what it is compared with: value, outside, times, points, "
                         "percent, sigmas or surprise");
}

static enum err read_outside(const struct reader *r, value v, struct rule *out)
{
    value low = document_first(v), high = low ? document_next(low) : NULL;
    enum err rc;

    if (document_type(v) != JSON_ARRAY || document_size(v) != 2)
        return expected(r, "outside", "a list of two numbers", v);
    rc = read_number(r, "outside", low, &out->metric, &out->value);
    if (!rc)
        rc = read_number(r, "outside", high, &out->metric, &out->high);
    if (!rc && out->value > out->high)
        rc = wrong(r, "outside", "expected the smaller number first");
    return rc;
}

/* What the figure is a part of: from then on its unit is a rate. */
static enum err read_capacity(const struct reader *r, value rule, struct rule *out)
{
    value v = document_get(rule, "capacity");
    const struct metric output = {.unit = UNIT_TOKENS};
    enum err rc;

    if (out->metric.of_capacity && out->per_us)
        return wrong(r, "per", "throughput_of_capacity is told for a second");
    if (out->metric.of_capacity)
        out->per_us = US_PER_S;
    if (!v)
        return OK;
    if (!out->per_us || out->metric.shape != METRIC_SUM)
        return wrong(r, "capacity", "expected a sum that is told for a time, with \"per\"");
    rc = read_number(r, "capacity", v, out->metric.of_capacity ? &output : &out->metric,
                     &out->capacity);
    if (!rc && !(out->capacity > 0))
        rc = expected(r, "capacity", "a number above 0", v);
    out->metric.unit = UNIT_RATE;
    return rc;
}

static enum err read_comparison(const struct reader *r, value rule, struct rule *out)
{
    const char *key;
    bool in_unit;
    enum err rc = find_kind(r, rule, &out->kind);

    if (rc)
        return rc;
    key = comparisons[out->kind];
    if (out->kind == RULE_OUTSIDE)
        return read_outside(r, document_get(rule, key), out);
    in_unit = out->kind == RULE_VALUE || out->kind == RULE_POINTS;
    rc = read_number(r, key, document_get(rule, key), in_unit ? &out->metric : NULL, &out->value);
    if (!rc && out->kind == RULE_SURPRISE && !(out->value > 0 && out->value < 1))
        rc = expected(r, key, "a probability between 0 and 1", document_get(rule, key));
    if (!rc && out->kind != RULE_VALUE && !(out->value > 0))
        rc = expected(r, key, "a number above 0", document_get(rule, key));
    return rc;
}

static enum err read_least(const struct reader *r, value rule, struct rule *out)
{
    value v = document_get(rule, "least");
    enum err rc;

    if (!v)
        return OK;
    if (out->kind != RULE_SIGMAS)
        return wrong(r, "least", "goes with sigmas");
    rc = read_number(r, "least", v, &out->metric, &out->least);
    if (!rc && !(out->least > 0))
        rc = expected(r, "least", "a number above 0", v);
    return rc;
}

static enum err read_alpha(const struct reader *r, value rule, struct rule *out)
{
    value v = document_get(rule, "alpha");
    enum err rc;

    if (!v)
        return OK;
    rc = read_number(r, "alpha", v, NULL, &out->alpha);
    if (!rc && !(out->alpha > 0 && out->alpha < 1))
        rc = expected(r, "alpha", "a probability between 0 and 1", v);
    if (!rc && out->metric.shape != METRIC_RATE &&
        (out->metric.quantile <= 0 || out->metric.unit == UNIT_RATE))
        rc = wrong(r, "alpha", "only rates and percentiles of times can be tested");
    if (!rc && out->kind != RULE_TIMES && out->kind != RULE_POINTS && out->kind != RULE_PERCENT)
        rc = wrong(r, "alpha", "expected a comparison with a baseline: times, points or percent");
    return rc;
}

/* What makes sense together. */
static enum err check(const struct reader *r, const struct rule *rule)
{
    bool needs = rule->kind >= RULE_TIMES && rule->kind <= RULE_SURPRISE;

    if (needs && rule->baseline_us < rule->window_us)
        return wrong(r, "baseline", "expected a time that is at least as long as the window");
    if (!needs && (rule->baseline_us || rule->history_us))
        return wrong(r, rule->baseline_us ? "baseline" : "history",
                     "there is nothing that would be compared with it");
    if (rule->op == OP_EITHER_WAY && (rule->kind == RULE_VALUE || rule->kind == RULE_TIMES))
        return wrong(r, "op", "\"<>\" goes with points, percent, sigmas and surprise");
    if (rule->kind == RULE_SURPRISE && rule->metric.shape != METRIC_RATE)
        return wrong(r, "surprise", "only rates have one");
    if (rule->per_us && rule->metric.shape != METRIC_SUM)
        return wrong(r, "per", "only sums are told for a time");
    if (rule->and_window_us && rule->and_window_us >= rule->window_us)
        return wrong(r, "and_window", "expected a shorter time than the window");
    if (!rule->window_us || rule->for_us > US_PER_DAY)
        return wrong(r, rule->window_us ? "for" : "window",
                     rule->window_us ? "expected at most 24h" : "expected a time above 0");
    return OK;
}

/* Percentiles need so many values to be more than the largest one (D12). */
static int64_t least_n(const struct metric *m)
{
    return m->quantile > 0.98 ? 100 : m->quantile > 0.9 ? 20 : 1;
}

static enum err read_rule(const struct reader *r, value from, struct rule *out)
{
    struct draft d = {.window = US_PER_HOUR, .severity = SEVERITY_P2};
    struct error found;
    enum err rc = read_draft(r, from, &d);

    if (rc)
        return rc;
    if (!d.name)
        return wrong(r, NULL, "expected a \"name\"");
    if (!d.of.v == !d.metric)
        return wrong(r, NULL, "expected either a \"metric\" or \"of\" other rules");
    *out = (struct rule){
        .name = d.name,
        .severity = rule_severity_of[d.severity],
        .by = d.by.v,
        .n_by = d.by.n,
        .where = d.where.v,
        .n_where = d.where.n,
        .window_us = d.window,
        .and_window_us = d.and_window,
        .per_us = d.per,
        .kind = RULE_OF,
        .op = (enum rule_op)d.op,
        .baseline_us = d.baseline,
        .history_us = d.history,
        .for_us = d.for_,
        .cooldown_us = d.cooldown,
        .unless = d.unless,
        .of = d.of.v,
        .n_of = d.of.n,
        .at_least = d.at_least ? d.at_least : 1,
        .why = d.why,
    };
    if (d.of.v)
        return out->at_least <= (int64_t)d.of.n
                   ? OK
                   : wrong(r, "at_least", "there are not so many rules in \"of\"");
    rc = metric_find(d.metric, &out->metric, &found);
    if (rc == ERR_USAGE)
        return wrong(r, "metric", found.msg);
    if (rc)
        return rc;
    out->min_n = d.min_n ? d.min_n : least_n(&out->metric);
    rc = read_capacity(r, from, out);
    if (!rc)
        rc = read_comparison(r, from, out);
    if (!rc)
        rc = read_least(r, from, out);
    if (!rc)
        rc = read_alpha(r, from, out);
    return rc ? rc : check(r, out);
}

/* Rules that others name: they are there, and are no composites themselves, so nothing goes round.
 */
static enum err check_names(struct reader *r, const struct rule_set *set)
{
    for (r->rule = 0; r->rule < set->n; r->rule++) {
        const struct rule *rule = &set->rules[r->rule];

        if (rules_find(set, rule->name) != rule)
            return wrong(r, "name", "another rule has it, too");
        if (rule->unless &&
            (!rules_find(set, rule->unless) || strcmp(rule->unless, rule->name) == 0))
            return wrong(r, "unless", "there is no other rule of that name");
        for (size_t i = 0; i < rule->n_of; i++) {
            const struct rule *part = rules_find(set, rule->of[i]);

            if (!part || part->kind == RULE_OF)
                return wrong(r, "of",
                             part ? "composites cannot be part of one"
                                  : "there is no rule of one of these names");
        }
    }
    return OK;
}

static enum err read_rules(struct reader *r, value list, struct rule_set *out)
{
    size_t n = document_size(list);
    enum err rc = OK;

    if (document_type(list) != JSON_ARRAY || !n || n > RULES_MAX) {
        error_set(r->err, ERR_PARSE, "/rules: expected a list of 1 to %d rules", RULES_MAX);
        return error_at(r->err, r->file, 0);
    }
    out->rules = arena_zalloc(r->arena, n, sizeof(*out->rules));
    if (!out->rules)
        return no_memory(r->err);
    for (value e = document_first(list); e && !rc; e = document_next(e)) {
        r->rule = out->n;
        rc = read_rule(r, e, &out->rules[out->n++]);
    }
    return rc ? rc : check_names(r, out);
}

static enum err read_set(struct reader *r, value document, struct rule_set *out)
{
    static const char *const names[] = {"$schema", "name", "about", "escalate", "rules", NULL};
    enum json_type escalate = document_type(document_get(document, "escalate"));

    if (document_type(document) != JSON_OBJECT) {
        error_set(r->err, ERR_PARSE, "expected an object with \"rules\"");
        return error_at(r->err, r->file, 0);
    }
    for (value m = document_first(document); m; m = document_next(m)) {
        size_t i = 0;

        while (names[i] && strcmp(names[i], document_key(m)) != 0)
            i++;
        if (!names[i])
            return unknown_key(r, "", document_key(m), names);
    }
    if (escalate != JSON_NONE && escalate != JSON_TRUE && escalate != JSON_FALSE) {
        error_set(r->err, ERR_PARSE, "/escalate: expected true or false");
        return error_at(r->err, r->file, 0);
    }
    out->escalate = escalate == JSON_TRUE;
    if (document_type(document_get(document, "name")) == JSON_STRING) {
        const char *name = document_text(document_get(document, "name"));

        out->name = arena_text(r->arena, name);
        if (!out->name)
            return no_memory(r->err);
    }
    return read_rules(r, document_get(document, "rules"), out);
}

enum err rules_read(struct sv text, const char *file, struct arena *arena, struct rule_set *out,
                    struct error *err)
{
    struct error inner = {0};
    struct reader r = {.file = file, .arena = arena, .err = &inner};
    struct cJSON *document = NULL;
    struct rule_set set = {.name = file};
    enum err rc = document_parse(text, file, &document, &inner);

    if (!rc)
        rc = read_set(&r, document, &set);
    document_free(document);
    if (rc && err)
        *err = inner;
    if (!rc)
        *out = set;
    return rc;
}

/* ---- rules as words ----------------------------------------------------------------------- */

void rule_duration(struct buf *b, int64_t us)
{
    if (us % US_PER_DAY == 0)
        buf_printf(b, "%" PRId64 "d", us / US_PER_DAY);
    else if (us % US_PER_HOUR == 0)
        buf_printf(b, "%" PRId64 "h", us / US_PER_HOUR);
    else if (us % US_PER_MINUTE == 0)
        buf_printf(b, "%" PRId64 "m", us / US_PER_MINUTE);
    else
        buf_printf(b, "%" PRId64 "s", us / US_PER_S);
}

static void comparison_words(struct buf *b, const struct rule *rule)
{
    const char *op = rule->op == OP_EITHER_WAY ? "away from" : ops[rule->op];

    switch (rule->kind) {
    case RULE_VALUE:
        buf_printf(b, " %s ", op);
        metric_text(b, &rule->metric, rule->value);
        break;
    case RULE_OUTSIDE:
        buf_str(b, " outside ");
        metric_text(b, &rule->metric, rule->value);
        buf_str(b, " .. ");
        metric_text(b, &rule->metric, rule->high);
        break;
    case RULE_TIMES:
        buf_printf(b, " %s %g x that of the baseline", op, rule->value);
        break;
    case RULE_POINTS:
        buf_printf(b, " %s that of the baseline by more than %g", op, rule->value);
        break;
    case RULE_PERCENT:
        buf_printf(b, " %s that of the baseline by more than %g %%", op, rule->value);
        break;
    case RULE_SIGMAS:
        buf_printf(b, " %s the mean of the baseline's windows by more than %g standard deviations",
                   op, rule->value);
        if (rule->least > 0) {
            buf_str(b, ", and by ");
            metric_text(b, &rule->metric, rule->least);
        }
        break;
    case RULE_SURPRISE:
        buf_printf(b, " %s what the baseline's windows predict, beta-binomial, with p < %g", op,
                   rule->value);
        break;
    case RULE_OF:
        break;
    }
}

void rule_words(struct buf *b, const struct rule *rule)
{
    if (rule->kind == RULE_OF) {
        buf_printf(b, "at least %" PRId64 " of", rule->at_least);
        for (size_t i = 0; i < rule->n_of; i++)
            buf_printf(b, "%s %s", i ? "," : "", rule->of[i]);
        return;
    }
    buf_str(b, rule->metric.name);
    if (rule->per_us) {
        buf_str(b, " per ");
        rule_duration(b, rule->per_us);
    }
    buf_str(b, " of the last ");
    rule_duration(b, rule->window_us);
    if (rule->and_window_us) {
        buf_str(b, " and of the last ");
        rule_duration(b, rule->and_window_us);
    }
    comparison_words(b, rule);
    if (rule->baseline_us) {
        buf_str(b, ", baseline the ");
        rule_duration(b, rule->baseline_us);
        buf_str(b, " before");
    }
    if (rule->capacity > 0)
        buf_printf(b, ", of a capacity of %g", rule->capacity);
    if (rule->alpha > 0)
        buf_printf(b, ", significant at %g", rule->alpha);
    for (size_t i = 0; i < rule->n_by; i++)
        buf_printf(b, "%s%s", i ? ", " : ", by ", rule->by[i]);
    for (size_t i = 0; i < rule->n_where; i++)
        buf_printf(b, ", where %s", rule->where[i]);
    if (rule->for_us) {
        buf_str(b, ", for ");
        rule_duration(b, rule->for_us);
    }
    buf_printf(b, ", n >= %" PRId64, rule->min_n);
    if (rule->unless)
        buf_printf(b, ", unless %s fires", rule->unless);
}
