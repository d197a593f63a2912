/* figures: what stands in the cells of a report. */
#include "report/run.h"

#include <math.h>
#include "base/time_text.h"
#include "report/numbers.h"
#include "stats/proportion.h"
#include "base/banned.h"

/* Rounded half to even. */
static struct cell cell_rounded(double x)
{
    return cell_int(x >= 0x1p63 ? INT64_MAX : x < -0x1p63 ? INT64_MIN : (int64_t)llrint(x));
}

static struct cell time_cell(const struct run *r, int64_t us)
{
    char text[40];
    const struct zone *z = r->spec->zone;
    size_t n = time_format_offset(us, zone_offset_s(z, us), z->n <= 1, text);

    return cell_text(arena_copy(&r->table->arena, (struct sv){text, n}));
}

static struct cell quantile_cell(const struct run *r, const struct measure *m, uint32_t result)
{
    const struct pool_result *p = &r->results[m->pool];
    struct cell c;
    size_t q = 0;

    if (!p->n[result])
        return (struct cell){0};
    while (report_percents[q] != m->percent)
        q++;
    c = m->unit == UNIT_US ? cell_rounded(p->quantiles[result][q])
                           : cell_real(p->quantiles[result][q]);
    /* p99 of 50 values is the largest in disguise. */
    c.small_n = p->n[result] * (100 - m->percent) < 100 && m->percent > 50;
    return c;
}

static struct cell unless(bool missing, double x)
{
    return missing ? (struct cell){0} : cell_real(x);
}

/* The rate of what is no event, in the row and in all others. */
static struct cell lift_cell(const struct judged_figures *f, const struct judged_figures *all,
                             bool p_wanted)
{
    int64_t rest = all->n - f->n, bad = f->n - f->events, bad_rest = all->n - all->events - bad;
    struct proportion_change change;

    if (f->n <= 0 || rest <= 0 || bad_rest < 0 ||
        !proportion_compare(bad_rest, rest, bad, f->n, 0.95, &change))
        return (struct cell){0};
    if (p_wanted)
        return cell_real(change.p);
    return unless(!bad_rest, ((double)bad / (double)f->n) / ((double)bad_rest / (double)rest));
}

static struct cell score_cell(const struct run *r, const struct sums *s, const struct measure *m,
                              struct place at)
{
    const struct quality_rows *q = s == &r->sums_before ? &r->quality_before : &r->quality;
    const struct judged_figures *all = &q->v[(q->rows - 1) * CHECK_COUNT + m->check];
    const struct judged_figures *f = &q->v[(size_t)at.result * CHECK_COUNT + m->check];

    switch (m->figure) {
    case SCORE_N:
        return cell_int(f->n);
    case SCORE_SHARE:
        return run_ratio(f->n, sums_n(s, T_CALLS, at.sums));
    case SCORE_UNREADABLE:
        return cell_int(f->unreadable + f->outside);
    case SCORE_MEAN:
        return unless(!f->n, f->mean);
    case SCORE_MEAN_LOW:
        return unless(!f->has_interval, f->interval.low);
    case SCORE_MEAN_HIGH:
        return unless(!f->has_interval, f->interval.high);
    case SCORE_SD:
        return unless(f->n < 2, f->sd);
    case SCORE_P10:
        return unless(!f->n, f->p10);
    case SCORE_P50:
        return unless(!f->n, f->p50);
    case SCORE_P90:
        return unless(!f->n, f->p90);
    case SCORE_RATE:
        return unless(!f->n, f->rate);
    case SCORE_RATE_LOW:
        return unless(!f->n, f->rate_interval.low);
    case SCORE_RATE_HIGH:
        return unless(!f->n, f->rate_interval.high);
    case SCORE_BAD_RATE:
        return unless(!f->n, 1 - f->rate);
    case SCORE_BAD_LOW:
        return unless(!f->n, 1 - f->rate_interval.high);
    case SCORE_BAD_HIGH:
        return unless(!f->n, 1 - f->rate_interval.low);
    case SCORE_CHECKED:
        return r->spec->format ? cell_int(f->checked) : (struct cell){0};
    case SCORE_LIFT:
    case SCORE_LIFT_P:
        break;
    }
    return lift_cell(f, all, m->figure == SCORE_LIFT_P);
}

/* Somebody judged refusals in some row: then no row goes by the reasons of the end. */
static struct cell refusal_cell(const struct run *r, const struct sums *s, const struct measure *m,
                                struct place at)
{
    int64_t x = sums_n(s, m->a, at.sums), n = sums_n(s, m->b, at.sums);
    struct interval i;

    if (run_judges_refusals(r))
        return score_cell(r, s, m, at);
    if (m->figure == SCORE_N)
        return cell_int(n);
    if (!wilson_interval(x, n, 0.95, &i))
        return (struct cell){0};
    return m->figure == SCORE_RATE       ? run_ratio(x, n)
           : m->figure == SCORE_RATE_LOW ? cell_real(i.low)
                                         : cell_real(i.high);
}

bool run_judges_refusals(const struct run *r)
{
    const struct judged_figures *all =
        &r->quality.v[(r->quality.rows - 1) * CHECK_COUNT + CHECK_REFUSAL];

    return all->n > 0;
}

struct cell run_ratio(i128 a, i128 b)
{
    return b > 0 ? cell_real(divide_real(a, b)) : (struct cell){0};
}

static bool is_sum(const struct measure *m)
{
    return m->kind == MEASURE_SUM || m->kind == MEASURE_SUM_SHARE || m->kind == MEASURE_TIME;
}

bool run_has_calls(const struct run *r, const struct sums *s, uint32_t group)
{
    return sums_n(s, r->by_tags ? T_CALLS_WHOLE : T_CALLS, group) > 0;
}

static bool lacks_price(const struct run *r, const struct sums *s, uint32_t group)
{
    return sums_n(s, r->by_tags ? T_UNPRICED_WHOLE : T_UNPRICED, group) > 0;
}

/* s: those of the window; only what is made from sums or scores can come from those of the one before. */
static struct cell measure_cell(const struct run *r, const struct sums *s, size_t measure,
                                struct place at)
{
    const struct measure *m = &measures[measure];
    uint32_t g = at.sums, total = r->groups.n + 1;
    struct cell c = {0};
    double mean;

    switch (m->kind) {
    case MEASURE_N:
        c = cell_int(sums_n(s, m->a, g));
        break;
    case MEASURE_N_SHARE:
        c = run_ratio(sums_n(s, m->a, g), sums_n(s, m->a, total));
        break;
    case MEASURE_N_RATE:
        c = run_ratio(sums_n(s, m->a, g), sums_n(s, m->b, g));
        break;
    case MEASURE_SUM:
        c = cell_wide(sums_sum(s, m->a, g));
        break;
    case MEASURE_SUM_SHARE:
        c = run_ratio(sums_sum(s, m->a, g), sums_sum(s, m->a, total));
        break;
    case MEASURE_CUMULATIVE:
        c = run_ratio(r->running[at.result], sums_sum(s, m->a, total));
        break;
    case MEASURE_SUM_RATE:
        c = run_ratio(sums_sum(s, m->a, g), sums_sum(s, m->b, g));
        break;
    case MEASURE_MEAN:
        if (sums_n(s, m->a, g))
            c = cell_int(divide_half_even(sums_sum(s, m->a, g), sums_n(s, m->a, g)));
        break;
    case MEASURE_PER_N:
        if (sums_n(s, m->a, g) && sums_n(s, m->b, g))
            c = cell_int(divide_half_even(sums_sum(s, m->a, g), sums_n(s, m->b, g)));
        break;
    case MEASURE_REAL_MEAN:
        c = run_ratio(sums_sum(s, m->a, g), sums_n(s, m->a, g));
        break;
    case MEASURE_TIME:
        c = time_cell(r, (int64_t)sums_sum(s, m->a, g));
        break;
    case MEASURE_WEIGHTED:
        if (weighted_mean(sums_weighted(s, g), &mean))
            c = cell_rounded(mean);
        break;
    case MEASURE_QUANTILE:
        c = quantile_cell(r, m, at.result);
        break;
    case MEASURE_DISTINCT:
        if (r->results[m->pool].n[at.result])
            c = cell_int(r->results[m->pool].distinct[at.result]);
        break;
    case MEASURE_SCORE:
        c = score_cell(r, s, m, at);
        break;
    case MEASURE_REFUSAL:
        c = refusal_cell(r, s, m, at);
        break;
    }
    /* The sum of nothing known is not known (a part of a call may have a sum without a count) ...
     */
    if (is_sum(m) && !sums_n(s, m->a, g) && !sums_sum(s, m->a, g))
        c = (struct cell){0};
    if (r->before && m->compared && m->kind == MEASURE_SUM && !run_has_calls(r, s, g))
        c = cell_int(0); /* ... but no calls at all, where others are, cost nothing */
    if ((m->kind == MEASURE_SUM || m->kind == MEASURE_PER_N) && m->a == T_COST &&
        c.type != CELL_MISSING && lacks_price(r, s, g))
        c.lower_bound = true;
    return c;
}

/* What is missing in the later figure alone makes the change a lower bound; missing in the earlier
 * one it makes the change look larger than it is. */
static void mark_bounds(struct cell *c, struct cell before, struct cell now)
{
    c->estimate = before.lower_bound;
    c->lower_bound = now.lower_bound && !before.lower_bound;
}

static struct cell change_cell(struct cell before, struct cell now)
{
    struct cell c;

    if (before.type == CELL_REAL && now.type == CELL_REAL)
        return cell_real(now.r - before.r);
    if (before.type != CELL_INT || now.type != CELL_INT)
        return (struct cell){0};
    c = cell_wide((i128)now.i - before.i);
    mark_bounds(&c, before, now);
    return c;
}

static struct cell change_rate_cell(struct cell before, struct cell now, bool appeared)
{
    struct cell c = {0};

    if (before.type == CELL_INT && now.type == CELL_INT && before.i > 0) {
        c = cell_real(divide_real((i128)now.i - before.i, before.i));
        mark_bounds(&c, before, now);
    } else if (appeared && before.type == CELL_INT) {
        c.text = SV("new");
    }
    return c;
}

struct cell run_figure(const struct run *r, size_t measure, enum period period, struct place at)
{
    struct cell now = {0}, before = {0};

    if (period != PERIOD_BEFORE)
        now = measure_cell(r, &r->sums, measure, at);
    if (period == PERIOD_NOW)
        return now;
    before = measure_cell(r, &r->sums_before, measure, at);
    if (period == PERIOD_BEFORE)
        return before;
    if (period == PERIOD_CHANGE)
        return change_cell(before, now);
    return change_rate_cell(before, now,
                            run_has_calls(r, &r->sums, at.sums) &&
                                !run_has_calls(r, &r->sums_before, at.sums));
}
