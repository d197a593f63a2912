/* budget: each limit reads what was spent, judges its groups and adds its rows. */
#include "report/budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/time_text.h"
#include "report/head.h"
#include "report/sums.h"
#include "base/banned.h"

#define STALE_US US_PER_DAY /* without calls for longer, logs may be missing */

static const char *const state_names[] = {
    [BUDGET_OK] = "ok",
    [BUDGET_WARN] = "warn",
    [BUDGET_FORECAST_OVER] = "forecast-over",
    [BUDGET_OVER] = "over",
};
static const char *const state_facts[] = {
    [BUDGET_OK] = "limits_ok",
    [BUDGET_WARN] = "limits_warn",
    [BUDGET_FORECAST_OVER] = "limits_forecast_over",
    [BUDGET_OVER] = "limits_over",
};
static const char *const severities[] = {
    [BUDGET_OK] = NULL,
    [BUDGET_WARN] = "P3",
    [BUDGET_FORECAST_OVER] = "P2",
    [BUDGET_OVER] = "P1",
};
static const char *const unit_names[] = {"usd", "tokens", "calls"};
static const char *const unknown_words[] = {"price", "token count", ""};
static const char *const unknown_hints[] = {" (llmobs price check names the models)", "", ""};

/* A group under a limit. */
struct verdict {
    const struct budget_limit *limit;
    struct period_span span;
    enum budget_state state;
    const struct sv *names; /* by the limit's dimensions */
    struct spending_group sum;
    bool forecast_known;
    size_t days;                /* of history */
    double forecast, low, high; /* for the end of the period, in the limit's unit, nano for usd */
    double trend;               /* as forecast.later_half */
    bool breach_known;
    int64_t breach_day;
    struct spending_question asked; /* group: in its spending */
};

struct budget {
    const struct budget_spec *spec;
    struct store *store;
    struct table *table;
    int64_t today;
    const char **dims; /* of all limits */
    size_t n_dims;
    bool same_by; /* all limits have the same dimensions */
    struct verdict *verdicts;
    size_t n, cap;
    int64_t states[ARRAY_LEN(state_names)];
    bool too_few_days, flat, rolling; /* what there is to say about forecasts */
    int64_t rising, falling;
    bool cut; /* --since leaves out a part of a period */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the budgets");
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- one limit ------------------------------------------------------------------------------ */

static enum err check_by(const struct budget_limit *limit, struct error *err)
{
    for (size_t d = 0; d < limit->n_by; d++) {
        const struct dimension *dim = dimension_find(sv_from(limit->by[d]));

        if (dim && dim->kind == DIMENSION_TIME)
            return error_set(
                err, ERR_USAGE,
                "by: %s is a time; over which time a limit holds is said by its period",
                limit->by[d]);
        if (dim && dim->kind == DIMENSION_TAGS)
            return error_set(err, ERR_USAGE,
                             "by: a call may have several tags, so that a limit by %s would count "
                             "it more than once; use --where tag=NAME",
                             limit->by[d]);
    }
    return OK;
}

/* The expressions of the limit and those of all limits. */
static const char **join_where(const struct budget *b, const struct budget_limit *limit)
{
    const struct budget_spec *spec = b->spec;
    const char **all = calloc(spec->n_where + limit->n_where + 1, sizeof(*all));

    for (size_t i = 0; all && i < spec->n_where; i++)
        all[i] = spec->where[i];
    for (size_t i = 0; all && i < limit->n_where; i++)
        all[spec->n_where + i] = limit->where[i];
    return all;
}

/* The hours of today that are still to come in the period, by the clock of this moment. */
static void set_rest(const struct budget *b, struct period_span span, struct spending_spec *out)
{
    const struct zone *z = b->spec->zone;
    int64_t midnight = b->today * US_PER_DAY - zone_offset_s(z, b->spec->last_us) * US_PER_S;

    out->rest_from_us = b->spec->last_us + 1 - midnight;
    out->rest_until_us = US_PER_DAY;
    if (span.until_us < zone_day_start_us(z, b->today + 1)) /* an hour of the day */
        out->rest_until_us = span.until_us - midnight;
}

static struct verdict *add_verdict(struct budget *b)
{
    if (b->n == b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 16;
        struct verdict *bigger = realloc(b->verdicts, cap * sizeof(*bigger));

        if (!bigger)
            return NULL;
        b->verdicts = bigger;
        b->cap = cap;
    }
    b->verdicts[b->n] = (struct verdict){.state = BUDGET_OK};
    return &b->verdicts[b->n++];
}

static bool matches(const struct budget_limit *limit, const struct sv *names)
{
    for (size_t d = 0; limit->match && d < limit->n_by; d++)
        if (!names[d].p || !sv_is(names[d], limit->match[d]))
            return false;
    return true;
}

/* Whole days of the period behind today. */
static size_t days_ahead(const struct budget *b, struct period_span span)
{
    int64_t last = zone_day(b->spec->zone, span.until_us - 1);

    return last > b->today ? (size_t)(last - b->today) : 0;
}

static void predict(struct budget *b, const struct spending *s, struct verdict *v)
{
    struct forecast_day days[FORECAST_SEASON_DAYS];
    size_t n = spending_days(s, v->asked.group, days), ahead = days_ahead(b, v->span), day;
    double sofar = (double)v->sum.used;
    struct forecast f;

    v->days = n;
    if (forecast_rest(days, n, ahead, &f)) {
        b->too_few_days = true;
        return;
    }
    v->days = f.days;
    v->forecast_known = true;
    v->forecast = sofar + f.sum;
    v->low = sofar + f.low;
    v->high = sofar + f.high;
    b->flat |= !f.seasonal;
    v->trend = f.later_half;
    b->rising += f.trend > 0;
    b->falling += f.trend < 0;
    if (forecast_breach(&f, ahead, sofar, (double)v->limit->max, &day)) {
        v->breach_known = true;
        v->breach_day = b->today + (int64_t)day;
    }
}

/* Judges a group; its question asks from when on it is over, or was to be warned of. */
static void judge(struct verdict *v)
{
    const struct budget_limit *limit = v->limit;
    i128 max = limit->max, warn = (i128)limit->warn_at_percent * max;

    if (v->sum.used > max) {
        v->state = BUDGET_OVER;
        v->asked.above = max;
        return;
    }
    if (limit->warn_at_percent && max > 0 && v->sum.used * 100 >= warn)
        v->state = BUDGET_WARN;
    v->asked.above = (warn + 99) / 100 - 1; /* at least warn is above one less */
    if (v->forecast_known && v->forecast > (double)max)
        v->state = BUDGET_FORECAST_OVER;
}

static enum err judge_group(struct budget *b, const struct spending *s,
                            const struct budget_limit *limit, struct period_span span, size_t group,
                            struct error *err)
{
    struct sv *names = arena_zalloc(&b->table->arena, limit->n_by + 1, sizeof(*names));
    struct verdict *v;
    enum err rc = names ? OK : no_memory(err);

    for (size_t d = 0; d < limit->n_by && !rc; d++)
        rc = spending_name(s, group, d, &b->table->arena, &names[d], err);
    if (rc || !matches(limit, names))
        return rc;
    v = add_verdict(b);
    if (!v)
        return no_memory(err);
    v->limit = limit;
    v->span = span;
    v->names = names;
    v->sum = spending_get(s, group);
    v->asked.group = group;
    if (b->spec->forecast && !period_is_rolling(limit->period))
        predict(b, s, v);
    judge(v);
    return OK;
}

/* The row of a limit whose only group has no calls. */
static enum err add_unspent(struct budget *b, const struct budget_limit *limit,
                            struct period_span span, struct error *err)
{
    struct sv *names = arena_zalloc(&b->table->arena, limit->n_by + 1, sizeof(*names));
    struct verdict *v = names ? add_verdict(b) : NULL;

    if (!v)
        return no_memory(err);
    for (size_t d = 0; limit->match && d < limit->n_by; d++)
        names[d] = sv_from(limit->match[d]);
    v->limit = limit;
    v->span = span;
    v->names = names;
    b->too_few_days |= b->spec->forecast && !period_is_rolling(limit->period);
    return OK;
}

/* Since when, and who: of the verdicts from `first` on that are not ok. */
static enum err ask(struct budget *b, struct spending *s, size_t first, struct error *err)
{
    struct spending_question *questions = calloc(b->n - first + 1, sizeof(*questions));
    size_t n = 0;
    enum err rc = questions ? OK : no_memory(err);

    for (size_t i = first; i < b->n && !rc; i++)
        if (b->verdicts[i].state != BUDGET_OK)
            questions[n++] = b->verdicts[i].asked;
    if (!rc)
        rc = spending_ask(s, questions, n, &b->table->arena, err);
    n = 0;
    for (size_t i = first; i < b->n && !rc; i++)
        if (b->verdicts[i].state != BUDGET_OK)
            b->verdicts[i].asked = questions[n++];
    free(questions);
    return rc;
}

/* Dimensions that no group has a value of: mistyped, or not logged. */
static enum err warn_missing(struct budget *b, const struct budget_limit *limit, size_t first,
                             struct error *err)
{
    for (size_t d = 0; d < limit->n_by && b->n > first; d++) {
        size_t i = first;

        while (i < b->n && !b->verdicts[i].names[d].p)
            i++;
        if (i == b->n && !table_warn(b->table, "no call has a value for %s", limit->by[d]))
            return no_memory(err);
    }
    return OK;
}

static enum err judge_groups(struct budget *b, struct spending *s, const struct budget_limit *limit,
                             struct period_span span, struct error *err)
{
    size_t first = b->n;
    enum err rc = OK;

    for (size_t i = 0; i < spending_count(s) && !rc; i++)
        rc = judge_group(b, s, limit, span, i, err);
    if (!rc && b->n == first && (!limit->n_by || limit->match))
        return add_unspent(b, limit, span, err);
    if (!rc)
        rc = warn_missing(b, limit, first, err);
    if (!rc)
        rc = ask(b, s, first, err);
    for (size_t i = first; i < b->n; i++)
        if (b->verdicts[i].state == BUDGET_OVER && b->verdicts[i].asked.since_known) {
            b->verdicts[i].breach_known = true;
            b->verdicts[i].breach_day = zone_day(b->spec->zone, b->verdicts[i].asked.since_us);
        }
    return rc;
}

static struct period_span span_of(const struct budget *b, const struct budget_limit *limit)
{
    return period_at(limit->period, b->spec->zone, b->spec->last_us);
}

static enum err run_limit(struct budget *b, const struct budget_limit *limit, struct error *err)
{
    const struct budget_spec *spec = b->spec;
    struct period_span span = span_of(b, limit);
    struct spending_spec spending = {.by = limit->by,
                                     .n_by = limit->n_by,
                                     .n_where = spec->n_where + limit->n_where,
                                     .unit = limit->unit,
                                     .zone = spec->zone,
                                     .span = span,
                                     .history = spec->forecast && !period_is_rolling(limit->period),
                                     .today = b->today,
                                     .since_known = spec->since_known,
                                     .since_us = spec->since_us,
                                     .jobs = spec->jobs};
    const char **where = join_where(b, limit);
    struct spending *s = NULL;
    enum err rc = where ? check_by(limit, err) : no_memory(err);

    spending.where = where;
    set_rest(b, span, &spending);
    if (spec->until_known && spending.span.until_us > spec->last_us)
        spending.span.until_us = spec->last_us + 1;
    b->cut |= spec->since_known && spec->since_us > span.from_us;
    b->rolling |= spec->forecast && period_is_rolling(limit->period);
    if (!rc)
        rc = spending_open(b->store, &spending, &s, err);
    if (rc == ERR_USAGE && limit->place && err)
        error_at(err, limit->place, 0);
    if (!rc)
        rc = judge_groups(b, s, limit, span, err);
    spending_close(s);
    free(where);
    return rc;
}

/* ---- order ---------------------------------------------------------------------------------- */

static double used_part(const struct verdict *v)
{
    return v->limit->max > 0 ? divide_real(v->sum.used, v->limit->max)
           : v->sum.used > 0 ? 1e300
                             : 0;
}

static int compare_names(const struct verdict *a, const struct verdict *b)
{
    for (size_t d = 0; d < a->limit->n_by && d < b->limit->n_by; d++) {
        bool both = a->names[d].p && b->names[d].p;
        int order = both ? sv_cmp(a->names[d], b->names[d]) : !a->names[d].p - !b->names[d].p;

        if (order)
            return order;
    }
    return 0;
}

static int compare_verdicts(const void *a, const void *b)
{
    const struct verdict *x = a, *y = b;
    double ux = used_part(x), uy = used_part(y);

    if (x->state != y->state)
        return x->state > y->state ? -1 : 1;
    if (ux > uy || ux < uy)
        return ux > uy ? -1 : 1;
    if (x->limit != y->limit)
        return x->limit < y->limit ? -1 : 1; /* as they were given */
    return compare_names(x, y);
}

/* ---- the table ------------------------------------------------------------------------------ */

/* clang-format off */
static const struct {
    const char *key, *also_key, *title;
    enum unit unit;
    bool money;
} columns[BUDGET_C_COUNT] = {
    [BUDGET_C_RULE]            = {"rule",                   NULL,         "budget",          UNIT_NONE,  false},
    [BUDGET_C_SEVERITY]        = {"severity",               NULL,         "severity",        UNIT_NONE,  false},
    [BUDGET_C_STATE]           = {"state",                  NULL,         "state",           UNIT_NONE,  false},
    [BUDGET_C_GROUP]           = {"group",                  NULL,         "group",           UNIT_NONE,  false},
    [BUDGET_C_VALUE]           = {"value",                  NULL,         "value",           UNIT_REAL,  false},
    [BUDGET_C_THRESHOLD]       = {"threshold",              NULL,         "threshold",       UNIT_REAL,  false},
    [BUDGET_C_N]               = {"n",                      NULL,         "calls",           UNIT_COUNT, false},
    [BUDGET_C_SINCE]           = {"since",                  NULL,         "since",           UNIT_NONE,  false},
    [BUDGET_C_MAIN]            = {"main_contributor",       NULL,         "mainly",          UNIT_NONE,  false},
    [BUDGET_C_MAIN_SHARE]      = {"main_contributor_share", NULL,         "share",           UNIT_RATE,  false},
    [BUDGET_C_UNIT]            = {"unit",                   NULL,         "unit",            UNIT_NONE,  false},
    [BUDGET_C_PERIOD]          = {"period",                 NULL,         "period",          UNIT_NONE,  false},
    [BUDGET_C_FROM]            = {"period_since",           NULL,         "from",            UNIT_NONE,  false},
    [BUDGET_C_UNTIL]           = {"period_until",           NULL,         "until",           UNIT_NONE,  false},
    [BUDGET_C_SPENT]           = {"spent",                  NULL,         "spent",           UNIT_REAL,  false},
    [BUDGET_C_SPENT_USD]       = {"spent_usd",              "spent_nusd", "spent",           UNIT_NUSD,  true},
    [BUDGET_C_LIMIT]           = {"limit",                  NULL,         "limit",           UNIT_REAL,  false},
    [BUDGET_C_LIMIT_USD]       = {"limit_usd",              "limit_nusd", "limit",           UNIT_NUSD,  true},
    [BUDGET_C_USED]            = {"used",                   NULL,         "used",            UNIT_RATE,  false},
    [BUDGET_C_UNKNOWN]         = {"unknown_calls",          NULL,         "unknown",         UNIT_COUNT, false},
    [BUDGET_C_FORECAST]        = {"forecast",               NULL,         "forecast",        UNIT_REAL,  false},
    [BUDGET_C_LOW]             = {"forecast_low",           NULL,         "low",             UNIT_REAL,  false},
    [BUDGET_C_HIGH]            = {"forecast_high",          NULL,         "high",            UNIT_REAL,  false},
    [BUDGET_C_DAYS]            = {"forecast_days",          NULL,         "days",            UNIT_COUNT, false},
    [BUDGET_C_TREND]           = {"forecast_trend",         NULL,         "trend",           UNIT_REAL,  false},
    [BUDGET_C_BREACH]          = {"breach",                 NULL,         "breach",          UNIT_NONE,  false},
    [BUDGET_C_SHOWN_LIMIT]     = {"limit",                  NULL,         "limit",           UNIT_COUNT, false},
    [BUDGET_C_SHOWN_SPENT]     = {"spent",                  NULL,         "spent",           UNIT_COUNT, false},
    [BUDGET_C_SHOWN_USED]      = {"used",                   NULL,         "used",            UNIT_RATE,  false},
    [BUDGET_C_SHOWN_FORECAST]  = {"forecast",               NULL,         "forecast (80 %)", UNIT_COUNT, false},
    [BUDGET_C_SHOWN_BREACH]    = {"breach",                 NULL,         "breach",          UNIT_NONE,  false},
    [BUDGET_C_SHOWN_STATE]     = {"state",                  NULL,         "state",           UNIT_NONE,  false},
    [BUDGET_C_SHOWN_MAIN]      = {"main_contributor",       NULL,         "mainly",          UNIT_NONE,  false},
};
/* clang-format on */

/* People see it. */
static bool shows(const struct budget *b, enum budget_column c)
{
    bool judged = b->states[BUDGET_OK] < (int64_t)b->n;

    switch (c) {
    case BUDGET_C_RULE:
        return b->spec->n_limits > 1 || b->spec->limits[0].name;
    case BUDGET_C_GROUP:
        return !b->same_by;
    case BUDGET_C_SHOWN_FORECAST:
        return b->spec->forecast;
    case BUDGET_C_SHOWN_BREACH:
        return b->spec->forecast || b->states[BUDGET_OVER];
    case BUDGET_C_SHOWN_MAIN:
        return judged;
    default:
        return c >= BUDGET_C_SHOWN_LIMIT;
    }
}

static enum err add_columns(struct budget *b, struct error *err)
{
    struct table *t = b->table;

    for (size_t d = 0; d < b->n_dims; d++) {
        struct column *c = table_add_column(t, b->dims[d], b->dims[d], UNIT_NONE);

        if (!c)
            return no_memory(err);
        c->dimension = c->in_data = true;
        c->in_text = b->same_by;
    }
    for (size_t i = 0; i < BUDGET_C_COUNT; i++) {
        struct column *c = table_add_column(t, columns[i].key, columns[i].title, columns[i].unit);

        if (!c)
            return no_memory(err);
        c->also_key = columns[i].also_key;
        c->in_data = i < BUDGET_C_SHOWN_LIMIT && !(columns[i].money && b->spec->no_cost);
        c->in_text = shows(b, (enum budget_column)i);
    }
    t->columns[b->n_dims + BUDGET_C_SHOWN_MAIN].drop = 3;
    t->columns[b->n_dims + BUDGET_C_SHOWN_BREACH].drop = 2;
    t->columns[b->n_dims + BUDGET_C_SHOWN_FORECAST].drop = 1;
    return OK;
}

static struct cell text_cell_of(struct table *t, struct sv text, bool *ok)
{
    struct sv copy = text.p ? arena_copy(&t->arena, text) : SV_NONE;

    *ok = *ok && (!text.p || copy.p);
    return cell_text(copy);
}

/* "usd a month by team" */
static struct cell rule_cell(struct table *t, const struct budget_limit *limit, bool *ok)
{
    bool rolling = period_is_rolling(limit->period);
    struct buf name = {0};
    struct cell c;

    if (limit->name)
        return text_cell_of(t, sv_from(limit->name), ok);
    buf_printf(&name, "%s %s %s", unit_names[limit->unit],
               rolling                        ? "in"
               : limit->period == PERIOD_HOUR ? "an"
                                              : "a",
               period_names[limit->period]);
    for (size_t d = 0; d < limit->n_by; d++)
        buf_printf(&name, "%s%s", d ? "," : " by ", limit->by[d]);
    *ok = *ok && !name.failed;
    c = text_cell_of(t, name.failed ? SV("") : (struct sv){name.p, name.n}, ok);
    buf_release(&name);
    return c;
}

static struct cell group_cell(struct table *t, const struct verdict *v, bool *ok)
{
    struct buf name = {0};
    struct cell c = {0};

    if (!v->limit->n_by)
        return c;
    for (size_t d = 0; d < v->limit->n_by; d++) {
        buf_str(&name, d ? ", " : "");
        buf_sv(&name, v->names[d].p ? v->names[d] : SV("(none)"));
    }
    *ok = *ok && !name.failed;
    c = text_cell_of(t, name.n ? (struct sv){name.p, name.n} : SV(""), ok);
    buf_release(&name);
    return c;
}

/* "feature=search", for people "feature search (81 %)"; missing when all is well. */
static struct cell main_cell(struct table *t, const struct verdict *v, bool for_people, bool *ok)
{
    struct buf text = {0};
    struct cell c = {0};

    if (v->state == BUDGET_OK || !v->asked.dimension)
        return c;
    buf_printf(&text, "%s%s", v->asked.dimension, for_people ? " " : "=");
    buf_sv(&text, v->asked.value);
    if (for_people)
        buf_printf(&text, " (%.0f %%)", 100 * v->asked.share);
    *ok = *ok && !text.failed;
    c = text_cell_of(t, text.n ? (struct sv){text.p, text.n} : SV(""), ok);
    buf_release(&text);
    return c;
}

static struct cell instant_cell(struct budget *b, int64_t us, bool *ok)
{
    const struct zone *z = b->spec->zone;
    char text[40];
    size_t n = time_format_offset(us, zone_offset_s(z, us), z->n <= 1, text);

    return text_cell_of(b->table, (struct sv){text, n}, ok);
}

static struct cell day_cell(struct budget *b, int64_t day, bool *ok)
{
    char text[40];
    size_t n = bucket_label(b->spec->zone, BUCKET_DAY, day, text);

    return text_cell_of(b->table, (struct sv){text, n}, ok);
}

/* In the unit of the limit. */
static struct cell amount_cell(const struct budget *b, const struct verdict *v, double amount,
                               bool lower_bound)
{
    bool money = v->limit->unit == SPENDING_NUSD;
    struct cell c = {0};

    if (money && b->spec->no_cost)
        return c;
    c = cell_real(money ? amount / 1e9 : amount);
    c.lower_bound = lower_bound;
    return c;
}

static struct cell nusd_cell(const struct verdict *v, i128 amount, bool lower_bound)
{
    struct cell c = cell_int(amount > INT64_MAX ? INT64_MAX : (int64_t)amount);

    c.lower_bound = lower_bound || amount > INT64_MAX;
    return v->limit->unit == SPENDING_NUSD ? c : (struct cell){0};
}

static void fill_forecast(struct budget *b, const struct verdict *v, struct cell *cells, bool *ok)
{
    bool bound = v->sum.unknown > 0;

    if (b->spec->forecast && !period_is_rolling(v->limit->period))
        cells[BUDGET_C_DAYS] = cell_int((int64_t)v->days);
    if (v->forecast_known) {
        cells[BUDGET_C_FORECAST] = amount_cell(b, v, v->forecast, bound);
        cells[BUDGET_C_LOW] = amount_cell(b, v, v->low, bound);
        cells[BUDGET_C_HIGH] = amount_cell(b, v, v->high, bound);
        if (v->trend > 0)
            cells[BUDGET_C_TREND] = cell_real(v->trend);
    }
    if (v->breach_known)
        cells[BUDGET_C_BREACH] = day_cell(b, v->breach_day, ok);
}

static void fill_cells(struct budget *b, const struct verdict *v, struct cell *cells, bool *ok)
{
    bool bound = v->sum.unknown > 0, judged = v->state != BUDGET_OK;
    double spent = divide_real(v->sum.used, 1);

    cells[BUDGET_C_RULE] = rule_cell(b->table, v->limit, ok);
    cells[BUDGET_C_SEVERITY] = judged ? cell_text(sv_from(severities[v->state])) : (struct cell){0};
    cells[BUDGET_C_STATE] = cell_text(sv_from(state_names[v->state]));
    cells[BUDGET_C_GROUP] = group_cell(b->table, v, ok);
    cells[BUDGET_C_VALUE] = cells[BUDGET_C_SPENT] = amount_cell(b, v, spent, bound);
    cells[BUDGET_C_THRESHOLD] = cells[BUDGET_C_LIMIT] =
        amount_cell(b, v, (double)v->limit->max, false);
    cells[BUDGET_C_N] = cell_int(v->sum.calls);
    if (judged && v->asked.since_known)
        cells[BUDGET_C_SINCE] = instant_cell(b, v->asked.since_us, ok);
    if (judged && v->asked.dimension) {
        cells[BUDGET_C_MAIN] = main_cell(b->table, v, false, ok);
        cells[BUDGET_C_MAIN_SHARE] = cell_real(v->asked.share);
    }
    cells[BUDGET_C_UNIT] = cell_text(sv_from(unit_names[v->limit->unit]));
    cells[BUDGET_C_PERIOD] = cell_text(sv_from(period_names[v->limit->period]));
    cells[BUDGET_C_FROM] = instant_cell(b, v->span.from_us, ok);
    cells[BUDGET_C_UNTIL] = instant_cell(b, v->span.until_us, ok);
    cells[BUDGET_C_SPENT_USD] = nusd_cell(v, v->sum.used, bound);
    cells[BUDGET_C_LIMIT_USD] = nusd_cell(v, v->limit->max, false);
    if (v->limit->max > 0) {
        cells[BUDGET_C_USED] = cell_real(divide_real(v->sum.used, v->limit->max));
        cells[BUDGET_C_USED].lower_bound = bound;
    }
    cells[BUDGET_C_UNKNOWN] = cell_int(v->sum.unknown);
    fill_forecast(b, v, cells, ok);
    cells[BUDGET_C_SHOWN_USED] = cells[BUDGET_C_USED];
    cells[BUDGET_C_SHOWN_BREACH] = cells[BUDGET_C_BREACH];
    cells[BUDGET_C_SHOWN_STATE] = cells[BUDGET_C_STATE];
    cells[BUDGET_C_SHOWN_MAIN] = main_cell(b->table, v, true, ok);
}

static enum err add_row(struct budget *b, const struct verdict *v, struct error *err)
{
    struct row *row = table_add_row(b->table);
    bool ok = true;

    if (!row)
        return no_memory(err);
    row->lower_bound = v->sum.unknown > 0;
    for (size_t d = 0; d < b->n_dims; d++)
        for (size_t k = 0; k < v->limit->n_by; k++)
            if (strcmp(v->limit->by[k], b->dims[d]) == 0)
                row->cells[d] = cell_text(v->names[k]);
    fill_cells(b, v, row->cells + b->n_dims, &ok);
    return ok ? OK : no_memory(err);
}

/* ---- --sort --------------------------------------------------------------------------------- */

static enum err find_column(const struct table *t, const char *name, size_t *out, struct error *err)
{
    const char **names = calloc(t->n_columns + 1, sizeof(*names));
    size_t n = 0;
    enum err rc;

    if (!names)
        return no_memory(err);
    for (size_t i = 0; i < t->n_columns; i++) {
        if (!t->columns[i].in_data)
            continue;
        names[n++] = t->columns[i].key;
        if (strcmp(t->columns[i].key, name) == 0 || strcmp(t->columns[i].title, name) == 0) {
            *out = i;
            free(names);
            return OK;
        }
    }
    rc = unknown_name(err, "column", sv_from(name), names);
    free(names);
    return rc;
}

/* A row on its way to its new place. */
struct sorted_row {
    struct row row;
    size_t column, before;
    int sign;
};

/* Missing ones are last; equal ones stay as they were. */
static int compare_rows(const void *a, const void *b)
{
    const struct sorted_row *x = a, *y = b;
    const struct cell *c = &x->row.cells[x->column], *d = &y->row.cells[y->column];
    int order = 0;

    if (c->type == CELL_MISSING || d->type == CELL_MISSING)
        order = (c->type == CELL_MISSING) - (d->type == CELL_MISSING);
    else if (c->type == CELL_TEXT)
        order = x->sign * sv_cmp(c->text, d->text);
    else if (c->type == CELL_INT)
        order = x->sign * ((c->i > d->i) - (c->i < d->i));
    else
        order = x->sign * ((c->r > d->r) - (c->r < d->r));
    return order ? order : (x->before > y->before) - (x->before < y->before);
}

static enum err sort_rows(struct table *t, size_t column, bool ascending, struct error *err)
{
    struct sorted_row *rows = calloc(t->n_rows + 1, sizeof(*rows));

    if (!rows)
        return no_memory(err);
    for (size_t i = 0; i < t->n_rows; i++)
        rows[i] = (struct sorted_row){t->rows[i], column, i, ascending ? 1 : -1};
    qsort(rows, t->n_rows, sizeof(*rows), compare_rows);
    for (size_t i = 0; i < t->n_rows; i++)
        t->rows[i] = rows[i].row;
    free(rows);
    return OK;
}

/* ---- what stands around it ------------------------------------------------------------------ */

static bool count_calls(void *ctx, const struct slice *slice)
{
    _Atomic int64_t *unpriced = ctx;
    int64_t *room = malloc(CHUNK_ROWS * sizeof(*room)), n = 0;
    const int64_t *cost;

    if (!room)
        return false;
    cost = call_values(V_COST_NUSD, COST_OF_LOG_OR_PRICES, slice->cols, slice->rows, room);
    for (int64_t i = 0; i < slice->rows; i++)
        n +=
            slice->group[i] != SCAN_OUT && cost[i] == CALL_MISSING && call_unpriced(slice->cols, i);
    free(room);
    *unpriced += n;
    return true;
}

/* The time that all periods together cover. */
static struct period_span cover(const struct budget *b)
{
    struct period_span all = {INT64_MAX, INT64_MIN};

    for (size_t i = 0; i < b->spec->n_limits; i++) {
        struct period_span span = span_of(b, &b->spec->limits[i]);

        all.from_us = span.from_us < all.from_us ? span.from_us : all.from_us;
        all.until_us = span.until_us > all.until_us ? span.until_us : all.until_us;
    }
    if (b->spec->since_known && b->spec->since_us > all.from_us)
        all.from_us = b->spec->since_us;
    if (b->spec->until_known && b->spec->last_us < all.until_us)
        all.until_us = b->spec->last_us + 1;
    return all;
}

/* Counts the calls of the covered time; *last_us: the last start of a call in it and in the season
 * before, INT64_MIN: none. */
static enum err count_covered(struct budget *b, struct period_span span, struct scan_counts *out,
                              int64_t *unpriced, struct error *err)
{
    struct scan_spec spec = {.where = b->spec->where,
                             .n_where = b->spec->n_where,
                             .since_known = true,
                             .until_known = true,
                             .since_us = span.from_us,
                             .until_us = span.until_us,
                             .zone = b->spec->zone,
                             .jobs = b->spec->jobs};
    struct scan *scan = NULL;
    _Atomic int64_t n = 0;
    enum err rc = scan_open(b->store, &spec, &scan, err);

    if (!rc)
        rc = scan_walk(scan, call_value_columns(V_COST_NUSD) | UNPRICED_COLUMNS, count_calls, &n,
                       err);
    if (!rc) {
        *out = scan_counts(scan);
        *unpriced = n;
    }
    scan_close(scan);
    return rc;
}

/* "2026-11-01 .. 2026-11-21": the days of the covered time that are not in the future. */
static const char *window_text(const struct budget *b, struct period_span span)
{
    const struct zone *z = b->spec->zone;
    int64_t last = span.until_us - 1 < b->spec->last_us ? span.until_us - 1 : b->spec->last_us;
    int64_t days[] = {zone_day(z, span.from_us), zone_day(z, last)};
    char text[96];

    bucket_label(z, BUCKET_DAY, days[0], text);
    if (days[0] < days[1]) {
        size_t n = strlen(text);

        n += (size_t)snprintf(text + n, sizeof(text) - n, " .. ");
        bucket_label(z, BUCKET_DAY, days[1], text + n);
    }
    return arena_text(&b->table->arena, text);
}

static enum err fill_head(struct budget *b, struct period_span span, const struct scan_counts *n,
                          struct error *err)
{
    const struct budget_spec *spec = b->spec;
    const struct scan_spec calls = {.by = b->dims,
                                    .n_by = b->n_dims,
                                    .where = spec->where,
                                    .n_where = spec->n_where,
                                    .since_known = true,
                                    .until_known = true,
                                    .since_us = span.from_us,
                                    .until_us = span.until_us,
                                    .zone = spec->zone};
    enum err rc = head_fill(b->table, b->store, *n, &calls, err);

    if (rc)
        return rc;
    b->table->verb = "budget";
    b->table->window_text = window_text(b, span);
    return b->table->window_text ? OK : no_memory(err);
}

static enum err add_facts(struct budget *b, const struct scan_counts *n, int64_t unpriced,
                          struct error *err)
{
    int64_t quarantined = 0;
    struct table *t = b->table;
    bool ok;
    enum err rc = store_count_quarantined(b->store, &quarantined, err);

    if (rc)
        return rc;
    ok = table_add_fact(t, "calls", cell_int(n->calls)) &&
         table_add_fact(t, "calls_without_time", cell_int(n->calls_without_time)) &&
         table_add_fact(t, "zoneless_calls", cell_int(n->zoneless_calls)) &&
         table_add_fact(t, "unpriced_calls", cell_int(unpriced)) &&
         table_add_fact(t, "quarantined_lines", cell_int(quarantined));
    for (size_t i = ARRAY_LEN(state_facts); i-- > 0;)
        ok = ok && table_add_fact(t, state_facts[i], cell_int(b->states[i]));
    return ok ? OK : no_memory(err);
}

/* Calls whose use is not known, for each limit that has some. */
static bool warn_unknown(struct budget *b)
{
    bool ok = true;

    for (size_t l = 0; l < b->spec->n_limits; l++) {
        const struct budget_limit *limit = &b->spec->limits[l];
        int64_t n = 0;

        for (size_t i = 0; i < b->n; i++)
            if (b->verdicts[i].limit == limit)
                n += b->verdicts[i].sum.unknown;
        if (n)
            ok = ok &&
                 table_warn(b->table,
                            "%" PRId64 " call%s without a %s in the %s%s: spent is a lower bound%s",
                            n, plural(n), unknown_words[limit->unit],
                            period_is_rolling(limit->period) ? "last " : "",
                            period_names[limit->period], unknown_hints[limit->unit]);
    }
    return ok;
}

static enum err warn_stale(struct budget *b, struct error *err)
{
    struct period_span season = {b->spec->last_us - (FORECAST_SEASON_DAYS + 1) * US_PER_DAY,
                                 b->spec->last_us + 1};
    struct scan_counts n;
    int64_t unpriced;
    char text[40];
    const struct zone *z = b->spec->zone;
    enum err rc = count_covered(b, season, &n, &unpriced, err);

    if (rc || n.first_us > n.last_us || b->spec->last_us - n.last_us <= STALE_US)
        return rc;
    time_format_offset(n.last_us, zone_offset_s(z, n.last_us), z->n <= 1, text);
    return table_warn(b->table,
                      "no call since %s: the forecast takes the time since then for one in which "
                      "nothing was spent",
                      text)
               ? OK
               : no_memory(err);
}

static bool add_notes(struct budget *b, const struct scan_counts *n)
{
    struct table *t = b->table;
    bool ok = true;

    if (n->calls_without_time)
        ok = ok && table_warn(t, "%" PRId64 " call%s without a start time %s in no period",
                              n->calls_without_time, plural(n->calls_without_time),
                              n->calls_without_time == 1 ? "is" : "are");
    if (b->too_few_days)
        ok = ok && table_note(t,
                              "no forecast where there are fewer than %d whole days since the "
                              "first call (forecast_days)",
                              FORECAST_LEAST_DAYS);
    if (b->cut)
        ok = ok &&
             table_warn(t, "a period began before --since: what was spent in it earlier is not "
                           "counted");
    if (b->rolling)
        ok = ok && table_note(t, "no forecast for 24h, 7d and 30d: they have no end");
    if (b->flat)
        ok = ok && table_note(t, "season: not removed where there are fewer than 4 weeks of days");
    if (b->rising)
        ok = ok && table_note(t,
                              "the days of %" PRId64 " forecast%s have risen (forecast_trend): "
                              "trends are not followed, more may be spent",
                              b->rising, plural(b->rising));
    if (b->falling)
        ok = ok && table_note(t,
                              "the days of %" PRId64 " forecast%s have fallen (forecast_trend): "
                              "trends are not followed, less may be spent",
                              b->falling, plural(b->falling));
    return ok;
}

/* "12 more groups, 1 of them over (--all)" */
static bool note_hidden(struct budget *b, int64_t hidden, int64_t over)
{
    if (!hidden)
        return true;
    if (!over)
        return table_note(b->table, "%" PRId64 " more group%s, none over (--all)", hidden,
                          plural(hidden));
    return table_warn(b->table, "%" PRId64 " more group%s, %" PRId64 " of them over (--all)",
                      hidden, plural(hidden), over);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static bool same_lists(const struct budget_limit *a, const struct budget_limit *b)
{
    if (a->n_by != b->n_by)
        return false;
    for (size_t d = 0; d < a->n_by; d++)
        if (strcmp(a->by[d], b->by[d]) != 0)
            return false;
    return true;
}

/* The dimensions of all limits, each once. */
static enum err collect_dims(struct budget *b, struct error *err)
{
    size_t most = 0;

    for (size_t i = 0; i < b->spec->n_limits; i++)
        most += b->spec->limits[i].n_by;
    b->dims = arena_zalloc(&b->table->arena, most + 1, sizeof(*b->dims));
    if (!b->dims)
        return no_memory(err);
    b->same_by = true;
    for (size_t i = 0; i < b->spec->n_limits; i++) {
        const struct budget_limit *limit = &b->spec->limits[i];

        b->same_by = b->same_by && same_lists(limit, &b->spec->limits[0]);
        for (size_t d = 0; d < limit->n_by; d++) {
            size_t k = 0;

            while (k < b->n_dims && strcmp(b->dims[k], limit->by[d]) != 0)
                k++;
            if (k < b->n_dims)
                continue;
            b->dims[k] = arena_text(&b->table->arena, limit->by[d]);
            if (!b->dims[k])
                return no_memory(err);
            b->n_dims++;
        }
    }
    return OK;
}

/* The rows that are shown, and how many of the others are over. */
static enum err add_rows(struct budget *b, struct error *err)
{
    size_t shown = b->spec->limit && (size_t)b->spec->limit < b->n ? (size_t)b->spec->limit : b->n;
    size_t made = b->spec->sort ? b->n : shown, column = 0;
    struct table *t = b->table;
    int64_t over = b->states[BUDGET_OVER];
    enum err rc = OK;

    if (b->spec->sort)
        rc = find_column(t, b->spec->sort, &column, err);
    for (size_t i = 0; i < made && !rc; i++)
        rc = add_row(b, &b->verdicts[i], err);
    if (!rc && b->spec->sort)
        rc = sort_rows(t, column, b->spec->ascending, err);
    if (rc)
        return rc;
    t->n_rows = shown;
    for (size_t i = 0; i < shown; i++)
        over -= sv_is(t->rows[i].cells[b->n_dims + BUDGET_C_STATE].text, state_names[BUDGET_OVER]);
    return note_hidden(b, (int64_t)(b->n - shown), over) ? OK : no_memory(err);
}

static enum err fill_table(struct budget *b, struct error *err)
{
    struct period_span span = cover(b);
    struct scan_counts n;
    int64_t unpriced;
    enum err rc = add_columns(b, err);

    if (!rc)
        rc = count_covered(b, span, &n, &unpriced, err);
    if (!rc)
        rc = add_rows(b, err);
    if (!rc)
        rc = fill_head(b, span, &n, err);
    if (!rc)
        rc = add_facts(b, &n, unpriced, err);
    if (!rc && b->spec->forecast)
        rc = warn_stale(b, err);
    if (!rc && (!warn_unknown(b) || !add_notes(b, &n)))
        rc = no_memory(err);
    return rc;
}

enum err budget_run(struct store *store, const struct budget_spec *spec, struct table *out,
                    struct error *err)
{
    struct budget b = {.spec = spec, .store = store, .table = out};
    enum err rc = collect_dims(&b, err);

    b.today = zone_day(spec->zone, spec->last_us);
    for (size_t i = 0; i < spec->n_limits && !rc; i++)
        rc = run_limit(&b, &spec->limits[i], err);
    for (size_t i = 0; i < b.n; i++)
        b.states[b.verdicts[i].state]++;
    if (b.n)
        qsort(b.verdicts, b.n, sizeof(*b.verdicts), compare_verdicts);
    if (!rc)
        rc = fill_table(&b, err);
    free(b.verdicts);
    return rc;
}

enum budget_state budget_worst(const struct table *t)
{
    for (size_t s = ARRAY_LEN(state_facts); s-- > 1;)
        for (size_t i = 0; i < t->n_coverage; i++)
            if (strcmp(t->coverage[i].key, state_facts[s]) == 0 && t->coverage[i].value.i)
                return (enum budget_state)s;
    return BUDGET_OK;
}

size_t budget_first_column(const struct table *t)
{
    return t->n_columns - BUDGET_C_COUNT;
}
