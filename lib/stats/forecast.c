/* forecast: the formulas stand in the header. */
#include "stats/forecast.h"

#include <assert.h>
#include <math.h>
#include "stats/distribution.h"
#include "base/banned.h"

#define MOST_AUTOCORRELATION 0.8 /* from there on the widening is a guess */
#define TREND_ERRORS 3           /* standard errors between the halves that are no chance */

/* Sums over the days of a class. */
struct class_sums {
    double n, whole, rest, ahead;
};

/* The days used and their classes. Classes count from the weekday of the day that is not over: the
 * last day of the history is of class 6, the first one ahead of class 1. */
struct model {
    const struct forecast_day *days;
    size_t n, classes;
    struct class_sums c[7];
    double s_ww, s_rr, s_wr; /* (co)variances of the deviations */
    double rho;
};

/* n is a multiple of 7, so that day i is as many weekdays behind today as i is behind 0. */
static size_t class_of_day(const struct model *m, size_t i)
{
    return i % m->classes;
}

static void add_means(struct model *m, size_t ahead)
{
    for (size_t i = 0; i < m->n; i++) {
        struct class_sums *c = &m->c[class_of_day(m, i)];

        c->n += 1;
        c->whole += m->days[i].whole;
        c->rest += m->days[i].rest;
    }
    for (size_t k = 0; k < m->classes; k++) {
        m->c[k].whole /= m->c[k].n;
        m->c[k].rest /= m->c[k].n;
    }
    for (size_t i = 1; i <= ahead; i++)
        m->c[i % m->classes].ahead += 1;
}

static void add_deviations(struct model *m)
{
    double df = (double)(m->n - m->classes), before = 0, lagged = 0;

    for (size_t i = 0; i < m->n; i++) {
        const struct class_sums *c = &m->c[class_of_day(m, i)];
        double whole = m->days[i].whole - c->whole, rest = m->days[i].rest - c->rest;

        m->s_ww += whole * whole;
        m->s_rr += rest * rest;
        m->s_wr += whole * rest;
        lagged += i ? whole * before : 0;
        before = whole;
    }
    if (m->s_ww > 0 && lagged > 0)
        m->rho = fmin(lagged / m->s_ww, MOST_AUTOCORRELATION);
    m->s_ww /= df;
    m->s_rr /= df;
    m->s_wr /= df;
}

static double variance(const struct model *m, size_t ahead)
{
    const struct class_sums *today = &m->c[0];
    double of_days = (double)ahead, widening = (1 + m->rho) / (1 - m->rho);

    for (size_t k = 0; k < m->classes; k++)
        of_days += m->c[k].ahead * m->c[k].ahead / m->c[k].n;
    return fmax(0, m->s_rr * (1 + 1 / today->n) +
                       widening * (m->s_ww * of_days + 2 * m->s_wr * today->ahead / today->n));
}

/* Sum of k days from `first` on, and of the squares of their deviations from their classes' means.
 */
static void half_sums(const struct model *m, size_t first, size_t k, double *sum, double *squares)
{
    double means[7] = {0};

    *sum = *squares = 0;
    for (size_t i = 0; i < k; i++) {
        means[i % m->classes] += m->days[first + i].whole * (double)m->classes / (double)k;
        *sum += m->days[first + i].whole;
    }
    for (size_t i = 0; i < k; i++) {
        double deviation = m->days[first + i].whole - means[i % m->classes];

        *squares += deviation * deviation;
    }
}

/* Compares the halves, each of whole weeks so that the season is in both. */
static void compare_halves(const struct model *m, struct forecast *out)
{
    size_t k = m->n / 14 * 7;
    double sums[2], squares[2], variance_of_days, d;

    if (!k)
        return;
    half_sums(m, 0, k, &sums[0], &squares[0]);
    half_sums(m, m->n - k, k, &sums[1], &squares[1]);
    variance_of_days = (squares[0] + squares[1]) / (double)(2 * (k - m->classes));
    d = sums[1] - sums[0];
    if (sums[0] > 0)
        out->later_half = sums[1] / sums[0];
    if (d * d > TREND_ERRORS * TREND_ERRORS * 2 * (double)k * variance_of_days)
        out->trend = d > 0 ? 1 : -1;
}

enum err forecast_rest(const struct forecast_day *history, size_t n, size_t ahead,
                       struct forecast *out)
{
    struct model m = {.classes = n < FORECAST_SEASON_DAYS ? 1 : 7};
    double half;

    if (n < FORECAST_LEAST_DAYS)
        return ERR_EMPTY;
    m.n = n < FORECAST_SEASON_DAYS ? n / 7 * 7 : FORECAST_SEASON_DAYS;
    m.days = history + (n - m.n);
    add_means(&m, ahead);
    add_deviations(&m);
    *out = (struct forecast){
        .rest = m.c[0].rest, .sum = m.c[0].rest, .days = m.n, .seasonal = m.classes > 1};
    assert(m.classes > 0);
    compare_halves(&m, out);
    for (size_t k = 0; k < m.classes; k++)
        out->sum += m.c[k].ahead * m.c[k].whole;
    for (size_t k = 0; k < 7; k++)
        out->day[k] = m.c[k % m.classes].whole;
    half = t_critical(0.1, (double)(m.n - m.classes)) * sqrt(variance(&m, ahead));
    out->low = fmax(0, out->sum - half);
    out->high = out->sum + half;
    return OK;
}

bool forecast_breach(const struct forecast *f, size_t ahead, double sofar, double limit,
                     size_t *day)
{
    double sum = sofar + f->rest;

    for (size_t i = 0; i <= ahead; i++) {
        sum += i ? f->day[i % 7] : 0;
        if (sum > limit) {
            *day = i;
            return true;
        }
    }
    return false;
}
