/* anomaly: see the header. Every detector looks at one series up to one period. */
#include "alert/anomaly.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include "alert/contributor.h"
#include "base/time_text.h"
#include "report/report.h"
#include "stats/change_points.h"
#include "stats/control_chart.h"
#include "stats/level_chart.h"
#include "stats/rate_chart.h"
#include "stats/sigma_chart.h"
#include "base/banned.h"

enum {
    BASELINE = 28, /* periods */
    STRETCH = 12,  /* that slow drift is looked for in */
    RECENT = 14,   /* a change of level is news for so long */
    LONGEST = 120, /* series for change points */
    GROUPS = 50,   /* with most values */
    WEEK_HOURS = 168,
    WEEK_DAYS = 7,
    SEASON_WEEKS = 4,
};

static const char *const usual_metrics[] = {
    "error_rate",
    "latency_p95_us",
    "ttft_p95_us",
    "cost_per_call_usd",
    "total_tokens_mean",
    "share:guardrail=1",
    "share:finish_reason=length",
    "quality_mean",
    "hallucination_rate",
    "tool_error_rate",
    "branch:*",
    "calls",
    "cost_usd",
};

/* A metric's series while they are judged. */
struct watch {
    struct store *store;
    const struct anomaly_spec *spec;
    struct arena *arena;
    const struct metric *metric;
    struct series series;
    const struct series_group *group;
    const double *ratio; /* to what is usual in the season; NULL: the season cannot be taken out */
    size_t t;            /* the period that is judged */
    size_t first;        /* of the series that has values in the log */
};

/* What a detector says. */
struct finding {
    enum verdict_state state;
    double value;
    struct limits limits;
    size_t since; /* period */
    bool p_known;
    double p;
    const char *note, *reason;
    enum severity severity;
};

typedef void detect(const struct watch *w, struct finding *out);

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the anomalies");
}

/* ---- baselines ---------------------------------------------------------------------------- */

/* The known values of up to BASELINE periods before `end`; how many there are. */
static size_t baseline(const double *y, size_t end, double out[BASELINE])
{
    size_t n = 0;

    for (size_t i = end > BASELINE ? end - BASELINE : 0; i < end; i++)
        if (isfinite(y[i]))
            out[n++] = y[i];
    return n;
}

static int64_t events(const struct watch *w, size_t i)
{
    return (int64_t)nearbyint(w->group->value[i] * (double)w->group->n[i]);
}

static size_t rate_baseline(const struct watch *w, size_t end, struct rate_chart *out)
{
    int64_t x[BASELINE], n[BASELINE];
    size_t k = 0;

    for (size_t i = end > BASELINE ? end - BASELINE : 0; i < end; i++)
        if (isfinite(w->group->value[i]) && w->group->n[i] > 0) {
            x[k] = events(w, i);
            n[k++] = w->group->n[i];
        }
    *out = rate_chart(x, n, k);
    return k;
}

static bool too_short(const struct watch *w, size_t k, size_t needs, struct finding *out)
{
    if (k >= needs)
        return false;
    out->state = VERDICT_SKIPPED;
    out->reason =
        arena_printf(w->arena, "insufficient data (%zu earlier periods, needs %zu)", k, needs);
    return true;
}

/* Since which period in a row the series has been beyond the limits that hold now. */
static void look_back(const struct watch *w, const double *y, struct finding *out)
{
    out->since = w->t;
    while (out->since > 0 && isfinite(y[out->since - 1]) &&
           limits_exceeded(&out->limits, y[out->since - 1]))
        out->since--;
}

/* Less of it is better, so only more is an anomaly. */
static bool is_bad_thing(const struct metric *m)
{
    return m->family == FAMILY_ERRORS || m->family == FAMILY_COST || m->family == FAMILY_LATENCY ||
           m->family == FAMILY_TOKENS || strcmp(m->name, "hallucination_rate") == 0 ||
           strcmp(m->name, "refusal_rate") == 0 || strcmp(m->name, "toxicity_mean") == 0 ||
           strcmp(m->name, "share:finish_reason=length") == 0;
}

/* ---- detectors ---------------------------------------------------------------------------- */

static void level_of(const struct watch *w, const double *y, double threshold, struct finding *out)
{
    double base[BASELINE], z, half;
    struct level_chart chart;
    size_t k = baseline(y, w->t, base);

    if (too_short(w, k, LEVEL_CHART_MIN, out) || level_chart(base, k, &chart, NULL))
        return;
    if (!level_chart_z(&chart, y[w->t], &z)) {
        out->state = VERDICT_SKIPPED;
        out->reason = chart.log_sigma > 0 ? "the figure is 0" : "the baseline never changes";
        return;
    }
    half = (threshold > 0 ? threshold : chart.threshold) * chart.log_sigma;
    out->value = y[w->t];
    out->limits = (struct limits){.has_low = !is_bad_thing(w->metric),
                                  .has_high = true,
                                  .low = exp(chart.log_median - half),
                                  .high = exp(chart.log_median + half),
                                  .has_normal = true,
                                  .normal = chart.median};
    if (!limits_exceeded(&out->limits, out->value))
        return;
    out->state = VERDICT_FIRING;
    look_back(w, y, out);
}

/* There are enough earlier periods whose season is known, before `end`. */
static bool has_season(const struct watch *w, size_t end)
{
    double base[BASELINE];

    return w->ratio && baseline(w->ratio, end, base) >= LEVEL_CHART_MIN;
}

static void detect_season(const struct watch *w, struct finding *out);

/* Without its season where that is known. */
static void detect_level(const struct watch *w, struct finding *out)
{
    if (has_season(w, w->t) && isfinite(w->ratio[w->t]))
        detect_season(w, out);
    else
        level_of(w, w->group->value, 0, out);
}

static void detect_mad(const struct watch *w, struct finding *out)
{
    level_of(w, w->group->value, w->spec->sigma, out);
}

static void detect_season(const struct watch *w, struct finding *out)
{
    double usual;

    if (!w->ratio) {
        out->state = VERDICT_SKIPPED;
        out->reason =
            arena_printf(w->arena, "insufficient data (the season needs %d weeks)", SEASON_WEEKS);
        return;
    }
    level_of(w, w->ratio, w->spec->sigma, out);
    if (out->state == VERDICT_SKIPPED || !isfinite(w->ratio[w->t]))
        return;
    /* In the metric's own unit: times what is usual at this time. */
    usual = w->group->value[w->t] / w->ratio[w->t];
    out->value = w->group->value[w->t];
    out->limits.low *= usual;
    out->limits.high *= usual;
    out->limits.normal *= usual;
}

static void detect_sigma(const struct watch *w, struct finding *out)
{
    double base[BASELINE] = {0};
    double sigma = w->spec->sigma > 0 ? w->spec->sigma : w->spec->method == ANOMALY_SPC ? 2 : 3;
    size_t k = baseline(w->group->value, w->t, base);
    struct sigma_chart chart = sigma_chart(base, k, sigma);
    bool flag;

    if (too_short(w, k, 2, out))
        return;
    if (!sigma_chart_flag(&chart, w->group->value[w->t], &flag)) {
        out->state = VERDICT_SKIPPED;
        out->reason = "the baseline never changes";
        return;
    }
    out->value = w->group->value[w->t];
    out->limits = (struct limits){.has_low = true,
                                  .has_high = true,
                                  .low = chart.low,
                                  .high = chart.high,
                                  .has_normal = true,
                                  .normal = chart.mean};
    if (!flag)
        return;
    out->state = VERDICT_FIRING;
    look_back(w, w->group->value, out);
}

static void detect_rate(const struct watch *w, struct finding *out)
{
    int64_t n = w->group->n[w->t], x = events(w, w->t), limit;
    struct rate_chart chart;
    struct rate_surprise s;
    struct limits *l = &out->limits;

    if (too_short(w, rate_baseline(w, w->t, &chart), LEVEL_CHART_MIN, out) ||
        !rate_chart_surprise(&chart, x, n, &s))
        return;
    out->value = w->group->value[w->t];
    *l = (struct limits){
        .inclusive = true, .has_normal = true, .normal = chart.a / (chart.a + chart.b)};
    l->has_high = rate_chart_limit(&chart, n, RATE_CHART_ALARM, true, &limit);
    l->high = l->has_high ? (double)limit / (double)n : 0;
    l->has_low =
        !is_bad_thing(w->metric) && rate_chart_limit(&chart, n, RATE_CHART_ALARM, false, &limit);
    l->low = l->has_low ? (double)limit / (double)n : 0;
    out->p_known = true;
    out->p = is_bad_thing(w->metric) ? s.p_upper : fmin(s.p_upper, s.p_lower);
    if (limits_exceeded(l, out->value)) {
        out->state = VERDICT_FIRING;
        look_back(w, w->group->value, out);
    } else if (out->p < RATE_CHART_WATCH) {
        out->state = VERDICT_PENDING;
        out->since = w->t;
    }
}

/* A guardrail that does nothing any more: no event since some period, although the periods before
 * that make many expected. */
static void detect_silence(const struct watch *w, struct finding *out)
{
    struct rate_chart chart;
    double expected = 0;
    size_t first = w->t;

    out->value = w->group->value[w->t];
    if (events(w, w->t) > 0)
        return;
    while (first > 0 && isfinite(w->group->value[first - 1]) && events(w, first - 1) == 0)
        first--;
    if (too_short(w, rate_baseline(w, first, &chart), LEVEL_CHART_MIN, out))
        return;
    for (size_t i = first; i <= w->t; i++)
        expected += chart.a / (chart.a + chart.b) * (double)w->group->n[i];
    out->p_known = true;
    out->p = exp(-expected);
    out->limits = (struct limits){.has_low = true,
                                  .inclusive = true,
                                  .has_normal = true,
                                  .normal = chart.a / (chart.a + chart.b)};
    if (out->p >= RATE_CHART_ALARM)
        return;
    out->state = VERDICT_FIRING;
    out->severity = SEVERITY_P1;
    out->since = first;
    out->note =
        arena_printf(w->arena, "0 triggers, expected %.1f (Poisson p %.2g)", expected, out->p);
}

/* Standard scores of the stretch up to now, by what the periods before it say. */
static size_t scores(const struct watch *w, double z[STRETCH], struct finding *out)
{
    size_t n = w->t + 1 < LEVEL_CHART_MIN + STRETCH ? (w->t + 1) / 2 : STRETCH;
    size_t first = w->t + 1 - n;
    bool rates = w->metric->shape == METRIC_RATE;
    const double *y = !rates && has_season(w, first) ? w->ratio : w->group->value;
    double base[BASELINE];
    size_t k = baseline(y, first, base);
    struct level_chart level;
    struct rate_chart rate;

    if (too_short(w, k, LEVEL_CHART_MIN, out))
        return 0;
    if (rates) {
        rate_baseline(w, first, &rate);
    } else if (level_chart(base, k, &level, NULL) || !(level.log_sigma > 0)) {
        out->state = VERDICT_SKIPPED;
        out->reason = "the baseline never changes";
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct rate_surprise s;

        z[i] = NAN;
        if (!rates)
            level_chart_z(&level, y[first + i], &z[i]);
        else if (w->group->n[first + i] > 0 &&
                 rate_chart_surprise(&rate, events(w, first + i), w->group->n[first + i], &s))
            z[i] = s.z;
    }
    return n;
}

static void detect_ewma(const struct watch *w, struct finding *out)
{
    double z[STRETCH];
    struct ewma e[STRETCH];
    size_t n = scores(w, z, out);

    if (!n)
        return;
    (void)ewma_chart(z, n, EWMA_LAMBDA, EWMA_L, e);
    out->value = e[n - 1].value;
    out->limits = (struct limits){.has_low = !is_bad_thing(w->metric),
                                  .has_high = true,
                                  .low = -e[n - 1].limit,
                                  .high = e[n - 1].limit};
    if (!limits_exceeded(&out->limits, out->value))
        return;
    out->state = VERDICT_FIRING;
    out->since = w->t;
    for (size_t i = n - 1; i > 0 && fabs(e[i - 1].value) > e[i - 1].limit; i--)
        out->since--;
}

static void detect_cusum(const struct watch *w, struct finding *out)
{
    double z[STRETCH];
    struct cusum c[STRETCH];
    size_t n = scores(w, z, out);

    if (!n)
        return;
    (void)cusum_chart(z, n, CUSUM_K, CUSUM_H, c);
    out->value = is_bad_thing(w->metric) ? c[n - 1].up : fmax(c[n - 1].up, c[n - 1].down);
    out->limits = (struct limits){.has_high = true, .high = CUSUM_H};
    if (!limits_exceeded(&out->limits, out->value))
        return;
    out->state = VERDICT_FIRING;
    out->since = w->t;
}

/* The pattern that the last values make, by the Western Electric rules; the shortest one counts. */
static void detect_pattern(const struct watch *w, struct finding *out)
{
    static const struct {
        enum western_electric rule;
        size_t periods;
        double sigmas; /* that they are beyond */
        const char *words;
    } patterns[] = {
        {WE_BEYOND_3,        1, 3, "beyond 3 sigmas"       },
        {WE_2_OF_3_BEYOND_2, 3, 2, "2 of 3 beyond 2 sigmas"},
        {WE_4_OF_5_BEYOND_1, 5, 1, "4 of 5 beyond 1 sigma" },
        {WE_8_ON_ONE_SIDE,   8, 0, "8 on one side"         },
    };
    double z[STRETCH];
    uint8_t rules[STRETCH];
    size_t n = scores(w, z, out), i = 0;

    if (!n)
        return;
    western_electric(z, n, rules);
    out->value = z[n - 1];
    out->limits = (struct limits){
        .has_low = !is_bad_thing(w->metric), .has_high = true, .low = -3, .high = 3};
    while (i < ARRAY_LEN(patterns) && !(rules[n - 1] & patterns[i].rule))
        i++;
    if (i == ARRAY_LEN(patterns) || (z[n - 1] < 0 && is_bad_thing(w->metric)))
        return;
    out->state = VERDICT_FIRING;
    out->since = w->t + 1 - patterns[i].periods;
    out->limits.low = -patterns[i].sigmas;
    out->limits.high = patterns[i].sigmas;
    out->note = arena_printf(w->arena, "%s, the last one %.1f", patterns[i].words, z[n - 1]);
}

static void detect_change(const struct watch *w, struct finding *out)
{
    static _Thread_local struct change_points points; /* 30 KiB */
    const double *series = w->metric->shape == METRIC_SUM && w->ratio ? w->ratio : w->group->value;
    size_t from = w->t + 1 > LONGEST ? w->t + 1 - LONGEST : 0, n = 0, period[LONGEST];
    const struct change_point *last;
    double y[LONGEST];

    for (size_t i = from; i <= w->t; i++)
        if (isfinite(series[i])) {
            y[n] = series[i];
            period[n++] = i;
        }
    out->value = series[w->t];
    if (too_short(w, n, CHANGE_POINTS_MIN, out) || change_points(y, n, &points, NULL) || !points.n)
        return;
    last = &points.at[points.n - 1];
    if (w->t - period[last->index] >= RECENT)
        return;
    if (is_bad_thing(w->metric) && last->median_after < last->median_before)
        return;
    out->state = VERDICT_FIRING;
    out->since = period[last->index];
    out->value = last->median_after;
    out->limits.has_normal = true;
    out->limits.normal = last->median_before;
    out->p_known = true;
    out->p = last->p;
}

/* ---- which detectors ---------------------------------------------------------------------- */

static const struct detector {
    const char *name;
    detect *run;
    bool in_sigmas;
    enum anomaly_method method;
    bool rates, levels, sums; /* of ANOMALY_DEFAULT */
} detectors[] = {
    {"rate",             detect_rate,    false, ANOMALY_DEFAULT,  true,  false, false},
    {"silence",          detect_silence, false, ANOMALY_DEFAULT,  true,  false, false},
    {"level",            detect_level,   false, ANOMALY_DEFAULT,  false, true,  false},
    {"season",           detect_season,  false, ANOMALY_DEFAULT,  false, false, true },
    {"ewma",             detect_ewma,    true,  ANOMALY_DEFAULT,  true,  true,  false},
    {"change_point",     detect_change,  false, ANOMALY_DEFAULT,  true,  true,  false},
    {"zscore",           detect_sigma,   false, ANOMALY_ZSCORE,   true,  true,  true },
    {"spc",              detect_sigma,   false, ANOMALY_SPC,      true,  true,  true },
    {"western_electric", detect_pattern, true,  ANOMALY_SPC,      true,  true,  true },
    {"mad",              detect_mad,     false, ANOMALY_MAD,      true,  true,  true },
    {"ewma",             detect_ewma,    true,  ANOMALY_EWMA,     true,  true,  true },
    {"cusum",            detect_cusum,   true,  ANOMALY_CUSUM,    true,  true,  true },
    {"season",           detect_season,  false, ANOMALY_SEASONAL, true,  true,  true },
};

/* Silence is bad news only of what is to be there. */
static bool applies(const struct watch *w, const struct detector *d)
{
    if (d->method != w->spec->method)
        return false;
    if (d->run == detect_silence)
        return w->metric->family == FAMILY_SAFETY && !is_bad_thing(w->metric);
    return w->metric->shape == METRIC_RATE  ? d->rates
           : w->metric->shape == METRIC_SUM ? d->sums
                                            : d->levels;
}

/* ---- verdicts ----------------------------------------------------------------------------- */

static int64_t period_us(const struct watch *w)
{
    return w->spec->period == BUCKET_DAY ? US_PER_DAY : 3600 * US_PER_S;
}

/* The rule that a detector stands for, so that verdicts look like those of check. */
static const struct rule *made_up_rule(const struct watch *w, const struct detector *d)
{
    struct rule *r = arena_zalloc(w->arena, 1, sizeof(*r));

    if (!r)
        return NULL;
    *r = (struct rule){.name = d->name,
                       .metric = *w->metric,
                       .by = w->spec->by,
                       .n_by = w->spec->n_by,
                       .window_us = period_us(w),
                       .kind = RULE_TIMES,
                       .op = OP_EITHER_WAY,
                       .value = 1,
                       .baseline_us = BASELINE * period_us(w)};
    if (d->in_sigmas)
        r->metric.unit = UNIT_REAL;
    return r;
}

static enum severity severity_for(const struct watch *w, const struct finding *f)
{
    if (f->state == VERDICT_PENDING)
        return SEVERITY_P3;
    if (f->severity == SEVERITY_P1 || w->metric->family == FAMILY_ERRORS)
        return SEVERITY_P1;
    return SEVERITY_P2;
}

static enum err add(const struct watch *w, const struct rule *rule, const struct finding *f,
                    struct verdicts *out, struct error *err)
{
    struct verdict *v = verdicts_add(out, w->arena);

    if (!v)
        return no_memory(err);
    *v = (struct verdict){.rule = rule,
                          .state = f->state,
                          .severity = severity_for(w, f),
                          .group = w->group ? w->group->group : SV_NONE,
                          .values = w->group ? w->group->values : NULL,
                          .known = f->state != VERDICT_SKIPPED && isfinite(f->value),
                          .value = f->value,
                          .limits = f->limits,
                          .n = w->group ? w->group->n[w->t] : 0,
                          .p = f->p,
                          .p_known = f->p_known,
                          .since_known = f->state <= VERDICT_PENDING,
                          .note = f->note,
                          .reason = f->reason};
    for (size_t i = w->t > BASELINE ? w->t - BASELINE : 0; w->group && i < w->t; i++)
        v->baseline_n += w->group->n[i];
    if (v->since_known)
        v->since_us = w->series.start_us[f->since];
    return OK;
}

/* What carries it, in the period that was judged. */
static enum err explain(const struct watch *w, struct verdict *v, struct error *err)
{
    struct judge_spec spec = {.where = w->spec->where,
                              .n_where = w->spec->n_where,
                              .zone = w->spec->zone,
                              .now_us = w->series.start_us[w->t + 1],
                              .jobs = w->spec->jobs};
    struct verdict as_level = *v;
    enum err rc;

    if (v->state != VERDICT_FIRING || v->rule->metric.unit != w->metric->unit)
        return OK;
    if (!v->limits.has_high && v->limits.has_normal && v->value > v->limits.normal) {
        as_level.limits.has_high = true;
        as_level.limits.high = v->limits.normal;
    }
    rc = contributor_find(w->store, &spec, w->arena, &as_level, err);
    v->contributor = as_level.contributor;
    v->share = as_level.share;
    return rc;
}

/* One detector at the period w->t. False: there is nothing to judge. */
static bool look(const struct watch *w, const struct detector *d, struct finding *f)
{
    *f =
        (struct finding){.state = VERDICT_OK, .severity = SEVERITY_P2, .since = w->t, .value = NAN};
    if (!isfinite(w->group->value[w->t]) || w->group->n[w->t] < 1)
        return false;
    d->run(w, f);
    return true;
}

/* The last period alone; or, to see when it would have fired, one after the other. */
static enum err judge(struct watch *w, const struct detector *d, struct verdicts *out,
                      struct error *err)
{
    const struct rule *rule = made_up_rule(w, d);
    size_t last = w->series.periods - 1, first = last;
    struct finding f, kept = {.state = VERDICT_SKIPPED, .reason = "no data"};
    size_t at = last;
    enum err rc;

    if (!rule)
        return no_memory(err);
    while (w->spec->backtest && first > 0 && w->series.start_us[first] > w->spec->since_us)
        first--;
    for (w->t = first; w->t <= last; w->t++) {
        if (!look(w, d, &f))
            continue;
        if (kept.state != VERDICT_SKIPPED && f.state == VERDICT_SKIPPED)
            continue;
        kept = f;
        at = w->t;
        if (f.state == VERDICT_FIRING)
            break;
    }
    w->t = at;
    rc = add(w, rule, &kept, out, err);
    return rc ? rc : explain(w, &out->v[out->n - 1], err);
}

/* Ratios to the same time of the last weeks, when there are enough of them. */
static enum err take_season_out(struct watch *w, struct error *err)
{
    size_t slots = w->spec->period == BUCKET_DAY ? WEEK_DAYS : WEEK_HOURS;
    double *ratio;

    w->ratio = NULL;
    if (w->series.periods - w->first <= SEASON_WEEKS * slots + LEVEL_CHART_MIN)
        return OK;
    ratio = arena_alloc(w->arena, w->series.periods * sizeof(*ratio));
    if (!ratio)
        return no_memory(err);
    season_ratio(w->group->value, w->series.periods, slots, ratio);
    w->ratio = ratio;
    return OK;
}

/* A metric that the log does not have. */
static enum err add_missing(struct watch *w, struct verdicts *out, struct error *err)
{
    const struct finding f = {.state = VERDICT_SKIPPED, .reason = "no data"};

    for (size_t i = 0; i < ARRAY_LEN(detectors); i++)
        if (applies(w, &detectors[i])) {
            const struct rule *rule = made_up_rule(w, &detectors[i]);

            w->group = NULL;
            return rule ? add(w, rule, &f, out, err) : no_memory(err);
        }
    return OK;
}

static enum err judge_metric(struct watch *w, struct verdicts *out, bool *seasonal,
                             struct error *err)
{
    enum err rc = OK;

    if (!w->series.n)
        return add_missing(w, out, err);
    for (size_t g = 0; g < w->series.n && g < GROUPS && !rc; g++) {
        w->group = &w->series.v[g];
        rc = take_season_out(w, err);
        *seasonal |= w->ratio != NULL;
        for (size_t i = 0; i < ARRAY_LEN(detectors) && !rc; i++)
            if (applies(w, &detectors[i]) && !(detectors[i].run == detect_season && !w->ratio &&
                                               w->spec->method == ANOMALY_DEFAULT))
                rc = judge(w, &detectors[i], out, err);
    }
    return rc;
}

/* How far back the log goes, in periods. */
static enum err count_periods(struct store *s, const struct anomaly_spec *spec, size_t *out,
                              struct error *err)
{
    int64_t first_us, last_us, length = spec->period == BUCKET_DAY ? US_PER_DAY : 3600 * US_PER_S;
    enum err rc = report_time_range(s, &first_us, &last_us, err);
    int64_t n = 0;

    if (rc)
        return rc;
    if (first_us <= last_us && first_us < spec->now_us)
        n = (spec->now_us - first_us) / length + 1;
    *out = n > SERIES_MOST ? SERIES_MOST : (size_t)n;
    return OK;
}

enum err anomaly_run(struct store *s, const struct anomaly_spec *spec, struct arena *a,
                     struct verdicts *out, bool *seasonal, struct error *err)
{
    bool usual = !spec->n_metrics;
    const char *const *names = usual ? usual_metrics : spec->metrics;
    size_t n = usual ? ARRAY_LEN(usual_metrics) : spec->n_metrics, periods;
    enum err rc = count_periods(s, spec, &periods, err);

    *out = (struct verdicts){NULL, 0, 0};
    *seasonal = false;
    for (size_t i = 0; i < n && !rc; i++) {
        struct metric m;
        struct watch w = {.store = s, .spec = spec, .arena = a, .metric = &m};
        struct series_spec series = {.by = spec->by,
                                     .n_by = spec->n_by,
                                     .where = spec->where,
                                     .n_where = spec->n_where,
                                     .period = spec->period,
                                     .periods = periods,
                                     .until_us = spec->now_us,
                                     .zone = spec->zone,
                                     .jobs = spec->jobs};

        rc = metric_find(names[i], &m, err);
        if (!rc && m.of_capacity)
            rc = error_set(err, ERR_USAGE,
                           "%s is for rules, which know the capacity; by itself: output_tokens",
                           names[i]);
        /* Groups and filters are of calls; what stands beside them is left out unless asked for. */
        if (!rc && usual && (spec->n_by || spec->n_where) && metric_is_of_events(&m))
            continue;
        if (!rc && periods)
            rc = series_read(s, &m, &series, a, &w.series, err);
        if (!rc)
            rc = judge_metric(&w, out, seasonal, err);
    }
    return rc;
}
