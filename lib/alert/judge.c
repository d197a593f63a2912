/* judge: a rule's figure is read over its window, its limits are made from the baseline, and what
 * is beyond them is followed back in time. */
#include "alert/judge.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include "alert/contributor.h"
#include "alert/values.h"
#include "base/buf.h"
#include "base/time_text.h"
#include "report/report.h"
#include "report/words.h"
#include "stats/proportion.h"
#include "stats/quantile_interval.h"
#include "stats/rate_chart.h"
#include "stats/sigma_chart.h"
#include "base/banned.h"

#define US_PER_MINUTE (60 * US_PER_S)

enum {
    PERIODS_MOST = 60, /* of a baseline */
    RATE_PERIODS = 8,  /* a rate's chart needs so many */
    LOOKS_BACK = 12,   /* at instants before the window's length, or the rule's `for` */
};

static const char no_data[] = "no data";

const char *const verdict_states[] = {"firing", "pending", "suppressed", "skipped", "ok", NULL};

/* A rule while it is judged. */
struct judging {
    struct store *store;
    const struct judge_spec *spec;
    const struct rule *rule;
    struct arena *arena;
    const char **where; /* the rule's and everybody's */
    size_t n_where;
    int64_t first_us; /* of all calls; INT64_MAX: there are none */
    struct readings now, baseline, periods[PERIODS_MOST];
    size_t n_periods;
    int64_t covered_us; /* of the baseline, by the log */
    struct verdicts *out;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the rules");
}

/* ---- limits ------------------------------------------------------------------------------- */

bool limits_exceeded(const struct limits *l, double v)
{
    if (l->has_high && (l->inclusive ? v >= l->high : v > l->high))
        return true;
    return l->has_low && (l->inclusive ? v <= l->low : v < l->low);
}

bool limits_threshold(const struct limits *l, double v, double *out)
{
    bool high = l->has_high && (!l->has_low || fabs(v - l->high) <= fabs(v - l->low));

    if (!l->has_high && !l->has_low)
        return false;
    *out = high ? l->high : l->low;
    return true;
}

/* Both limits of the rule's operator around what is normal. */
static struct limits around(const struct rule *rule, double normal, double low, double high)
{
    bool either = rule->op == OP_EITHER_WAY;

    return (struct limits){
        .has_low = either || rule->op == OP_BELOW || rule->op == OP_AT_MOST,
        .has_high = either || rule->op == OP_ABOVE || rule->op == OP_AT_LEAST,
        .inclusive = rule->op == OP_AT_LEAST || rule->op == OP_AT_MOST,
        .low = low,
        .high = high,
        .has_normal = true,
        .normal = normal,
    };
}

static struct limits fixed_limits(const struct rule *rule)
{
    struct limits l = around(rule, 0, rule->value, rule->value);

    l.has_normal = false;
    if (rule->kind == RULE_OUTSIDE)
        l = (struct limits){
            .has_low = true, .has_high = true, .low = rule->value, .high = rule->high};
    return l;
}

static struct limits baseline_limits(const struct rule *rule, double normal)
{
    double v = rule->value;

    if (rule->kind == RULE_TIMES)
        return around(rule, normal, v * normal, v * normal);
    if (rule->kind == RULE_POINTS)
        return around(rule, normal, normal - v, normal + v);
    return around(rule, normal, normal * (1 - v / 100), normal * (1 + v / 100));
}

/* A figure of all calls for rule->per_us, as a part of the capacity where there is one. */
static double scaled(const struct judging *j, double v)
{
    const struct rule *rule = j->rule;

    if (!rule->per_us)
        return v;
    v *= (double)rule->per_us / (double)rule->window_us;
    return rule->capacity > 0 ? v / rule->capacity : v;
}

/* The figures of a group in the baseline's windows; how many there are. */
static size_t period_values(const struct judging *j, struct sv group, double v[PERIODS_MOST],
                            int64_t n[PERIODS_MOST])
{
    size_t found = 0;

    for (size_t i = 0; i < j->n_periods; i++) {
        const struct reading *r = metric_of_group(&j->periods[i], group);

        if (!r || !r->known || r->n < 1)
            continue;
        v[found] = scaled(j, r->value);
        n[found++] = r->n;
    }
    return found;
}

static const char *sigma_limits(const struct judging *j, const double *v, size_t n,
                                struct limits *out)
{
    struct sigma_chart chart = sigma_chart(v, n, j->rule->value);

    if (!chart.has_limits)
        return arena_printf(j->arena, "no history (%zu earlier windows, needs 2)", n);
    if (chart.sd <= 0 && !(j->rule->least > 0))
        return "the baseline never changes";
    *out = around(j->rule, chart.mean, fmin(chart.low, chart.mean - j->rule->least),
                  fmax(chart.high, chart.mean + j->rule->least));
    return NULL;
}

static int64_t events(double rate, int64_t n)
{
    return (int64_t)nearbyint(rate * (double)n);
}

/* Logs say that a guardrail was met; that there is one that was not, few say. */
static bool is_told_when_met(const struct metric *m)
{
    return m->source == METRIC_SHARE && strncmp(m->argument, "guardrail", 9) == 0;
}

static const char *rate_limits(const struct judging *j, const struct reading *now, const double *v,
                               const int64_t *n, size_t periods, struct verdict *out)
{
    int64_t x[PERIODS_MOST], at;
    const struct rule *rule = j->rule;
    struct rate_chart chart;
    struct rate_surprise s;
    struct limits *l = &out->limits;
    bool two_sided = rule->op == OP_EITHER_WAY;
    double alpha = two_sided ? rule->value / 2 : rule->value;

    if (periods < RATE_PERIODS)
        return arena_printf(j->arena, "no history (%zu earlier windows, needs %d)", periods,
                            RATE_PERIODS);
    for (size_t i = 0; i < periods; i++)
        x[i] = events(v[i], n[i]);
    chart = rate_chart(x, n, periods);
    if (is_told_when_met(&rule->metric) && !(chart.spread.events > 0) && !(now->value > 0))
        return "no guardrail in these logs";
    *l = around(rule, chart.spread.events / chart.spread.n, 0, 0);
    l->inclusive = true;
    if (l->has_high && (l->has_high = rate_chart_limit(&chart, now->n, alpha, true, &at)))
        l->high = (double)at / (double)now->n;
    if (l->has_low && (l->has_low = rate_chart_limit(&chart, now->n, alpha, false, &at)))
        l->low = (double)at / (double)now->n;
    if (!rate_chart_surprise(&chart, events(now->value, now->n), now->n, &s))
        return NULL;
    out->p_known = true;
    out->p = two_sided ? fmin(1, 2 * fmin(s.p_lower, s.p_upper))
             : rule->op == OP_BELOW || rule->op == OP_AT_MOST ? s.p_lower
                                                              : s.p_upper;
    return NULL;
}

/* What the baseline's windows allow. Returns why there are no limits, or NULL. */
static const char *periods_limits(const struct judging *j, const struct reading *now,
                                  struct verdict *out)
{
    double v[PERIODS_MOST];
    int64_t n[PERIODS_MOST];
    size_t periods = period_values(j, now->group, v, n);

    out->baseline_n = 0;
    for (size_t i = 0; i < periods; i++)
        out->baseline_n += n[i];
    return j->rule->kind == RULE_SIGMAS ? sigma_limits(j, v, periods, &out->limits)
                                        : rate_limits(j, now, v, n, periods, out);
}

static const char *compared_limits(const struct judging *j, const struct reading *now,
                                   struct verdict *out)
{
    const struct rule *rule = j->rule;
    const struct reading *before = metric_of_group(&j->baseline, now->group);
    bool sum = rule->metric.shape == METRIC_SUM;
    double normal;

    if (!before || !before->known || before->n < 1)
        return "no history";
    if (j->covered_us < rule->history_us)
        return arena_printf(j->arena, "no history (%.1f h, needs %.1f h)",
                            (double)j->covered_us / 3.6e9, (double)rule->history_us / 3.6e9);
    if (before->n < rule->min_n)
        return arena_printf(j->arena,
                            "insufficient data (baseline n %" PRId64 ", needs %" PRId64 ")",
                            before->n, rule->min_n);
    out->baseline_n = before->n;
    normal = before->value;
    if (sum) /* for as much time as the window has */
        normal = scaled(j, normal / ((double)j->covered_us / (double)rule->window_us));
    if (!(fabs(normal) > 0) && rule->kind != RULE_POINTS)
        return "no history (the baseline is 0)";
    out->limits = baseline_limits(rule, normal);
    return NULL;
}

static const char *find_limits(const struct judging *j, const struct reading *now,
                               struct verdict *out)
{
    switch (j->rule->kind) {
    case RULE_VALUE:
    case RULE_OUTSIDE:
    case RULE_OF:
        out->limits = fixed_limits(j->rule);
        return NULL;
    case RULE_TIMES:
    case RULE_POINTS:
    case RULE_PERCENT:
        return compared_limits(j, now, out);
    case RULE_SIGMAS:
    case RULE_SURPRISE:
        break;
    }
    return periods_limits(j, now, out);
}

/* ---- windows ------------------------------------------------------------------------------ */

static struct metric_window window_of(const struct judging *j, int64_t since_us, int64_t until_us)
{
    return (struct metric_window){.by = j->rule->by,
                                  .n_by = j->rule->n_by,
                                  .where = j->where,
                                  .n_where = j->n_where,
                                  .since_us = since_us,
                                  .until_us = until_us,
                                  .zone = j->spec->zone,
                                  .jobs = j->spec->jobs};
}

static enum err read_window(const struct judging *j, int64_t until_us, int64_t length_us,
                            struct readings *out, struct error *err)
{
    struct metric_window w = window_of(j, until_us - length_us, until_us);

    return metric_read(j->store, &j->rule->metric, &w, j->arena, out, err);
}

void window_cache_release(struct window_cache *c)
{
    keymap_release(&c->ends);
    free(c->v);
    *c = (struct window_cache){.v = NULL};
}

/* Room for one more window; its number. KEYMAP_NONE: out of memory. */
static uint32_t cache_add(struct window_cache *c, int64_t until_us)
{
    if (c->ends.n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 256;
        struct readings *v = realloc(c->v, cap * sizeof(*v));

        if (!v)
            return KEYMAP_NONE;
        c->v = v;
        c->cap = cap;
    }
    return keymap_add(&c->ends, (uint64_t)until_us);
}

static enum err read_at(const struct judging *j, int64_t until_us, int64_t length_us,
                        struct readings *out, struct error *err)
{
    struct window_cache *c = length_us == j->rule->window_us ? j->spec->cache : NULL;
    uint32_t at = c ? keymap_find(&c->ends, (uint64_t)until_us) : KEYMAP_NONE;
    enum err rc;

    if (at != KEYMAP_NONE) {
        *out = c->v[at];
        return OK;
    }
    rc = read_window(j, until_us, length_us, out, err);
    if (rc || !c)
        return rc;
    at = cache_add(c, until_us);
    if (at == KEYMAP_NONE)
        return no_memory(err);
    c->v[at] = *out;
    return OK;
}

static enum err read_baseline(struct judging *j, struct error *err)
{
    const struct rule *rule = j->rule;
    int64_t end = j->spec->now_us - rule->window_us, begin = end - rule->baseline_us;
    enum err rc = OK;

    if (!rule->baseline_us)
        return OK;
    j->covered_us = end - (j->first_us > begin ? j->first_us : begin);
    if (j->first_us >= end)
        j->covered_us = 0;
    if (rule->kind < RULE_SIGMAS)
        return read_at(j, end, rule->baseline_us, &j->baseline, err);
    j->n_periods = (size_t)(rule->baseline_us / rule->window_us);
    if (j->n_periods > PERIODS_MOST)
        j->n_periods = PERIODS_MOST;
    for (size_t i = 0; i < j->n_periods && !rc; i++)
        rc = read_at(j, end - (int64_t)i * rule->window_us, rule->window_us, &j->periods[i], err);
    return rc;
}

/* ---- significance ------------------------------------------------------------------------- */

/* The filters of a group beside the others. */
static enum err filter_group(const struct judging *j, const struct verdict *v,
                             struct metric_window *w, struct error *err)
{
    const char **where = arena_zalloc(j->arena, j->n_where + j->rule->n_by + 1, sizeof(*where));

    if (!where)
        return no_memory(err);
    for (size_t i = 0; i < j->n_where; i++)
        where[i] = j->where[i];
    for (size_t d = 0; d < j->rule->n_by; d++) {
        where[j->n_where + d] = values_filter(j->arena, j->rule->by[d], v->values[d]);
        if (!where[j->n_where + d])
            return no_memory(err);
    }
    w->where = where;
    w->n_where = j->n_where + j->rule->n_by;
    w->by = NULL;
    w->n_by = 0;
    return OK;
}

/* Two percentiles differ when the interval of their ratio leaves out 1. */
static enum err test_quantiles(const struct judging *j, const struct verdict *v, bool *differ,
                               struct error *err)
{
    const struct rule *rule = j->rule;
    int64_t end = j->spec->now_us - rule->window_us;
    struct metric_window w = window_of(j, end, j->spec->now_us);
    struct sample_of_calls now = {0}, before = {0};
    enum err rc = filter_group(j, v, &w, err);

    if (!rc)
        rc = values_read(j->store, &rule->metric, &w, &now, err);
    w.since_us = end - rule->baseline_us;
    w.until_us = end;
    if (!rc)
        rc = values_read(j->store, &rule->metric, &w, &before, err);
    if (!rc && now.n && before.n) {
        struct quantile_ratio ratio = quantile_ratio(before.v, before.n, now.v, now.n,
                                                     rule->metric.quantile, 1 - rule->alpha);

        *differ = (ratio.has_low && ratio.low > 1) || (ratio.has_high && ratio.high < 1);
    }
    free(now.v);
    free(before.v);
    return rc;
}

static enum err test_difference(const struct judging *j, const struct reading *now,
                                struct verdict *v, bool *differ, struct error *err)
{
    const struct rule *rule = j->rule;
    const struct reading *before = metric_of_group(&j->baseline, now->group);
    struct proportion_change change;

    *differ = true;
    if (!(rule->alpha > 0) || !before)
        return OK;
    if (rule->metric.shape != METRIC_RATE) {
        *differ = false;
        return test_quantiles(j, v, differ, err);
    }
    if (proportion_compare(events(before->value, before->n), before->n, events(now->value, now->n),
                           now->n, 1 - rule->alpha, &change)) {
        v->p_known = true;
        v->p = change.p;
        *differ = change.p < rule->alpha;
    }
    return OK;
}

/* ---- how long ----------------------------------------------------------------------------- */

static int64_t step_of(const struct rule *rule)
{
    int64_t step = rule->for_us ? rule->for_us / 10 : rule->window_us / LOOKS_BACK;

    return step > US_PER_MINUTE ? step : US_PER_MINUTE;
}

static bool is_beyond(const struct judging *j, const struct readings *at, const struct verdict *v)
{
    const struct reading *r = metric_of_group(at, v->group);

    return r && r->known && r->n >= j->rule->min_n &&
           limits_exceeded(&v->limits, scaled(j, r->value));
}

/* Since when each verdict from `first` on has been beyond its limits, by looking at earlier
 * windows; the limits stay those of now. */
static enum err look_back(const struct judging *j, size_t first, struct error *err)
{
    const struct rule *rule = j->rule;
    int64_t step = step_of(rule), most = rule->for_us + LOOKS_BACK * step;
    bool going = j->out->n > first;
    enum err rc = OK;

    for (int64_t back = step; back <= most && going && !rc; back += step) {
        struct readings at;

        rc = read_at(j, j->spec->now_us - back, rule->window_us, &at, err);
        going = false;
        for (size_t i = first; i < j->out->n && !rc; i++) {
            struct verdict *v = &j->out->v[i];

            if (v->state != VERDICT_PENDING || v->since_us != j->spec->now_us - back + step ||
                !is_beyond(j, &at, v))
                continue;
            v->since_us -= step;
            going = true;
        }
    }
    for (size_t i = first; i < j->out->n; i++)
        if (j->out->v[i].state == VERDICT_PENDING &&
            j->out->v[i].since_us <= j->spec->now_us - rule->for_us)
            j->out->v[i].state = VERDICT_FIRING;
    return rc;
}

/* ---- verdicts ----------------------------------------------------------------------------- */

struct verdict *verdicts_add(struct verdicts *out, struct arena *a)
{
    if (out->n == out->cap) {
        size_t cap = out->cap ? 2 * out->cap : 16;
        struct verdict *v = arena_zalloc(a, cap, sizeof(*v));

        if (!v)
            return NULL;
        if (out->n)
            memcpy(v, out->v, out->n * sizeof(*v));
        out->v = v;
        out->cap = cap;
    }
    return &out->v[out->n++];
}

/* How near a verdict is to its limits, for choosing the one to show of those that are fine. */
static double nearness(const struct verdict *v)
{
    double threshold;

    if (!v->known || !limits_threshold(&v->limits, v->value, &threshold))
        return -1e300;
    return -fabs(v->value - threshold) / (fabs(threshold) > 0 ? fabs(threshold) : 1);
}

/* Whether it is beyond in the rule's shorter window, too. */
static enum err judge_shorter(const struct judging *j, const struct verdict *v, bool *beyond,
                              struct error *err)
{
    struct readings now;
    const struct reading *r;
    enum err rc;

    if (!j->rule->and_window_us)
        return OK;
    rc = read_at(j, j->spec->now_us, j->rule->and_window_us, &now, err);
    r = rc ? NULL : metric_of_group(&now, v->group);
    *beyond = r && r->known && r->n > 0 && limits_exceeded(&v->limits, r->value);
    return rc;
}

/* "burn rate 20.8, limit 14.4; 97.92 % good": how fast the errors that an objective allows are used
 * up. */
static const char *burn_note(const struct judging *j, const struct verdict *v)
{
    double allowed = 1 - j->rule->objective;

    return arena_printf(j->arena, "burn rate %.1f, limit %.1f; %.2f %% good",
                        (1 - v->value) / allowed, (1 - v->limits.low) / allowed, 100 * v->value);
}

/* What there is to say of one group. */
static enum err judge_group(const struct judging *j, const struct reading *r, struct verdict *v,
                            struct error *err)
{
    const struct rule *rule = j->rule;
    bool beyond;
    enum err rc = OK;

    *v = (struct verdict){.rule = rule,
                          .state = VERDICT_SKIPPED,
                          .severity = rule->severity,
                          .group = r->group,
                          .values = r->values,
                          .known = r->known,
                          .value = scaled(j, r->value),
                          .lower_bound = r->lower_bound,
                          .n = r->n,
                          .reason = no_data};
    if (!r->known || r->n < 1)
        return OK;
    if (r->n < rule->min_n) {
        v->reason = arena_printf(j->arena, "insufficient data (n %" PRId64 ", needs %" PRId64 ")",
                                 r->n, rule->min_n);
        return OK;
    }
    v->reason = find_limits(j, r, v);
    if (v->reason)
        return OK;
    v->state = VERDICT_OK;
    beyond = limits_exceeded(&v->limits, v->value);
    if (beyond)
        rc = test_difference(j, r, v, &beyond, err);
    if (!rc && beyond)
        rc = judge_shorter(j, v, &beyond, err);
    if (rule->objective > 0)
        v->note = burn_note(j, v);
    v->insignificant = rule->alpha > 0 && !beyond && limits_exceeded(&v->limits, v->value);
    if (beyond) {
        v->state = VERDICT_PENDING;
        v->since_known = true;
        v->since_us = j->spec->now_us;
    }
    return rc;
}

static bool is_watched(const struct judging *j, struct sv group)
{
    return j->spec->is_watched && j->spec->is_watched(j->spec->watch, j->rule, group);
}

/* One rule at one instant: those groups that are beyond, or one verdict that stands for all. */
static enum err judge_groups(struct judging *j, struct error *err)
{
    size_t first = j->out->n;
    struct verdict best = {.rule = j->rule,
                           .state = VERDICT_SKIPPED,
                           .severity = j->rule->severity,
                           .reason = no_data};
    bool any = false;
    enum err rc = OK;

    for (size_t i = 0; i < j->now.n && !rc; i++) {
        struct verdict v, *added;

        rc = judge_group(j, &j->now.v[i], &v, err);
        if (!rc && (v.state == VERDICT_PENDING || is_watched(j, v.group))) {
            added = verdicts_add(j->out, j->arena);
            if (!added)
                return no_memory(err);
            *added = v;
        } else if (!rc && (!any || (v.state == VERDICT_OK && (best.state != VERDICT_OK ||
                                                              nearness(&v) > nearness(&best))))) {
            best = v;
            any = true;
        }
    }
    if (!rc && j->out->n == first) {
        struct verdict *only = verdicts_add(j->out, j->arena);

        if (!only)
            return no_memory(err);
        *only = best;
        return OK;
    }
    return rc ? rc : look_back(j, first, err);
}

static enum err name_rule(enum err rc, const struct rule *rule, struct error *err)
{
    struct error found;

    if (rc != ERR_USAGE || !err)
        return rc;
    found = *err;
    return error_set(err, rc, "rule %s: %s", rule->name, found.msg);
}

/* Those of everybody and of the rule. */
static enum err join_filters(struct judging *j, struct error *err)
{
    const struct judge_spec *spec = j->spec;
    const struct rule *rule = j->rule;

    j->where = arena_zalloc(j->arena, spec->n_where + rule->n_where + 1, sizeof(*j->where));
    if (!j->where)
        return no_memory(err);
    for (size_t i = 0; i < spec->n_where; i++)
        j->where[i] = spec->where[i];
    for (size_t i = 0; i < rule->n_where; i++)
        j->where[spec->n_where + i] = rule->where[i];
    j->n_where = spec->n_where + rule->n_where;
    return OK;
}

/* Why a rule has no figure, whatever is in the log; NULL: it has. */
static const char *cannot_judge(const struct judge_spec *spec, const struct rule *rule)
{
    if (rule->metric.of_capacity && !(rule->capacity > 0))
        return "no data (no capacity configured)";
    if (spec->n_where && metric_is_of_events(&rule->metric))
        return "no figure of calls, which --where filters";
    return NULL;
}

enum err judge_rule(struct store *s, const struct judge_spec *spec, const struct rule *rule,
                    struct arena *a, struct verdicts *out, struct error *err)
{
    struct judging j = {.store = s, .spec = spec, .rule = rule, .arena = a, .out = out};
    const char *why = cannot_judge(spec, rule);
    int64_t last_us;
    enum err rc = report_time_range(s, &j.first_us, &last_us, err);

    if (!rc && why) {
        struct verdict *v = verdicts_add(out, a);

        if (!v)
            return no_memory(err);
        *v = (struct verdict){
            .rule = rule, .state = VERDICT_SKIPPED, .severity = rule->severity, .reason = why};
        return OK;
    }
    if (!rc)
        rc = join_filters(&j, err);
    if (!rc)
        rc = read_at(&j, spec->now_us, rule->window_us, &j.now, err);
    if (!rc)
        rc = read_baseline(&j, err);
    if (!rc)
        rc = judge_groups(&j, err);
    return name_rule(rc, rule, err);
}

enum err judge_missing(struct store *s, const struct judge_spec *spec, struct arena *a,
                       struct verdict *v, struct error *err)
{
    struct judging j = {.store = s, .spec = spec, .rule = v->rule, .arena = a};
    struct metric_window all;
    struct readings found;
    enum err rc;

    if (v->state != VERDICT_SKIPPED || v->reason != no_data)
        return OK;
    rc = join_filters(&j, err);
    if (rc)
        return rc;
    all = window_of(&j, 0, spec->now_us);
    all.n_by = 0;
    rc = metric_read(s, &v->rule->metric, &all, a, &found, err);
    if (!rc && found.n && found.v[0].known && found.v[0].n > 0)
        v->reason = arena_printf(a, "no data in its window (n %" PRId64 " before)", found.v[0].n);
    else if (!rc)
        v->reason = "no data in these logs";
    return rc;
}

/* ---- together ----------------------------------------------------------------------------- */

static bool fires(const struct verdicts *v, const char *rule, struct sv group)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->v[i].state == VERDICT_FIRING && strcmp(v->v[i].rule->name, rule) == 0 &&
            (!group.p || !v->v[i].group.p || sv_eq(group, v->v[i].group)))
            return true;
    return false;
}

static bool has_data(const struct verdicts *v, const char *rule)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->v[i].rule->name, rule) == 0 && v->v[i].state != VERDICT_SKIPPED)
            return true;
    return false;
}

static enum err judge_composite(const struct rule *rule, int64_t now_us, struct arena *a,
                                struct verdicts *v, struct error *err)
{
    int64_t firing = 0, known = 0;
    struct verdict *c;

    for (size_t i = 0; i < rule->n_of; i++) {
        firing += fires(v, rule->of[i], SV_NONE);
        known += has_data(v, rule->of[i]);
    }
    c = verdicts_add(v, a);
    if (!c)
        return no_memory(err);
    *c = (struct verdict){
        .rule = rule,
        .severity = rule->severity,
        .known = known > 0,
        .value = (double)firing,
        .n = known,
        .limits = {.has_high = true, .inclusive = true, .high = (double)rule->at_least}
    };
    c->state = firing >= rule->at_least ? VERDICT_FIRING : known ? VERDICT_OK : VERDICT_SKIPPED;
    c->reason = known ? NULL : "no data for any of its rules";
    c->since_known = c->state == VERDICT_FIRING;
    c->since_us = now_us;
    return OK;
}

static enum err suppress(struct verdicts *v, struct arena *a, struct error *err)
{
    for (size_t i = 0; i < v->n; i++) {
        struct verdict *w = &v->v[i];
        struct buf b = {0};

        if (!w->rule->unless || w->state > VERDICT_PENDING || !fires(v, w->rule->unless, w->group))
            continue;
        w->state = VERDICT_SUPPRESSED;
        buf_printf(&b, "explained by %s", w->rule->unless);
        buf_char(&b, '\0');
        w->reason = words_take(&b, a).p;
        buf_release(&b);
        if (!w->reason)
            return no_memory(err);
    }
    return OK;
}

static bool same_group(const struct verdict *a, const struct verdict *b)
{
    return (!a->group.p && !b->group.p) || (a->group.p && b->group.p && sv_eq(a->group, b->group));
}

/* What fires in one group is one incident: a lone P2 becomes a P3, three families a P1. */
static enum err escalate(struct verdicts *v, int64_t now_us, struct arena *a, struct error *err)
{
    struct incident_member *m = arena_zalloc(a, v->n + 1, sizeof(*m));
    enum severity *found = arena_zalloc(a, v->n + 1, sizeof(*found));

    if (!m || !found)
        return no_memory(err);
    for (size_t i = 0; i < v->n; i++) {
        enum severity worst = SEVERITY_P3, incident;
        size_t n = 0;

        found[i] = v->v[i].severity;
        if (v->v[i].state != VERDICT_FIRING || v->v[i].rule->kind == RULE_OF)
            continue;
        for (size_t k = 0; k < v->n; k++) {
            const struct verdict *w = &v->v[k];

            if (w->state != VERDICT_FIRING || w->rule->kind == RULE_OF || !same_group(w, &v->v[i]))
                continue;
            worst = w->rule->severity < worst ? w->rule->severity : worst;
            m[n++] = (struct incident_member){
                w->rule->severity, (int)w->rule->metric.family,
                now_us - w->since_us >= w->rule->window_us ? SEVERITY_PERSISTS : 1};
        }
        incident = incident_severity(m, n);
        if (incident < worst || incident > found[i])
            found[i] = incident;
    }
    for (size_t i = 0; i < v->n; i++)
        v->v[i].severity = found[i];
    return OK;
}

enum err judge_together(const struct rule_set *rules, int64_t now_us, struct arena *a,
                        struct verdicts *v, struct error *err)
{
    enum err rc = suppress(v, a, err);

    for (size_t i = 0; i < rules->n && !rc; i++)
        if (rules->rules[i].kind == RULE_OF)
            rc = judge_composite(&rules->rules[i], now_us, a, v, err);
    return !rc && rules->escalate ? escalate(v, now_us, a, err) : rc;
}

enum err judge_run(struct store *s, const struct judge_spec *spec, struct arena *a,
                   struct verdicts *out, struct error *err)
{
    enum err rc = OK;

    *out = (struct verdicts){NULL, 0, 0};
    for (size_t i = 0; i < spec->rules->n && !rc; i++)
        if (spec->rules->rules[i].kind != RULE_OF)
            rc = judge_rule(s, spec, &spec->rules->rules[i], a, out, err);
    if (!rc)
        rc = judge_together(spec->rules, spec->now_us, a, out, err);
    for (size_t i = 0; i < out->n && !rc; i++)
        if (out->v[i].state <= VERDICT_PENDING && out->v[i].rule->kind != RULE_OF)
            rc = contributor_find(s, spec, a, &out->v[i], err);
    return rc;
}

enum severity judge_worst(const struct verdicts *v)
{
    enum severity worst = SEVERITY_COUNT;

    for (size_t i = 0; i < v->n; i++)
        if (v->v[i].state == VERDICT_FIRING && v->v[i].severity < worst)
            worst = v->v[i].severity;
    return worst;
}
