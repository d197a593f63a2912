/* change_points: see the header. */
#include "stats/change_points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "stats/moments.h"
#include "stats/sample.h"
#include "stats/two_sample.h"
#include "base/banned.h"

#define PENALTY 5.0 /* times ln n */
#define P_MAX 0.001
#define FEW 14 /* periods on both sides for which ranks are too coarse */

/* Arrays of the search, in one allocation. */
struct work {
    double *scaled; /* winsorised, minus the median, over sigma */
    double *sum;    /* Σ and Σ of squares before each period */
    double *squares;
    double *best;    /* least cost of the periods before */
    double *scratch; /* 2n */
    size_t *last;    /* start of the last segment of that */
};

static double noise(const double *y, size_t n, double *scratch)
{
    double *d = scratch, *rest = scratch + n, median, sd = 0;
    struct moments m;

    for (size_t i = 1; i < n; i++)
        d[i - 1] = y[i] - y[i - 1];
    m = moments_of(d, n - 1);
    median = sample_median(d, n - 1);
    median = sample_mad(d, n - 1, median, rest);
    if (median > 0)
        return median * M_SQRT1_2;
    return moments_sd(&m, 1, &sd) ? sd * M_SQRT1_2 : 0;
}

static void winsorise(const double *y, size_t n, double sigma, double *out)
{
    for (size_t i = 0; i < n; i++) {
        double window[5];
        size_t from = i < 2 ? 0 : i - 2, to = i + 3 > n ? n : i + 3;
        double median;

        memcpy(window, y + from, (to - from) * sizeof(*y));
        median = sample_median(window, to - from);
        out[i] = fmin(median + 3 * sigma, fmax(median - 3 * sigma, y[i]));
    }
}

/* Squared error around the mean of the periods from .. to - 1. */
static double segment_cost(const struct work *w, size_t from, size_t to)
{
    double s = w->sum[to] - w->sum[from];

    return w->squares[to] - w->squares[from] - s * s / (double)(to - from);
}

/* best[t] for all t; of equal splits the first. */
static void partition(struct work *w, size_t n)
{
    double penalty = PENALTY * log((double)n);

    w->best[0] = -penalty;
    for (size_t t = 1; t <= n; t++) {
        w->best[t] = INFINITY;
        w->last[t] = 0;
        for (size_t s = 0; s + CHANGE_POINTS_SEGMENT <= t; s++) {
            double cost = w->best[s] + penalty + segment_cost(w, s, t);

            if (cost < w->best[t]) {
                w->best[t] = cost;
                w->last[t] = s;
            }
        }
    }
}

static void find_candidates(const double *y, size_t n, struct work *w, struct change_points *out)
{
    double center;
    size_t k = 0;

    winsorise(y, n, out->sigma, w->scaled);
    memcpy(w->scratch, w->scaled, n * sizeof(*y));
    center = sample_median(w->scratch, n);
    w->sum[0] = w->squares[0] = 0;
    for (size_t i = 0; i < n; i++) {
        double x = (w->scaled[i] - center) / out->sigma;

        w->sum[i + 1] = w->sum[i] + x;
        w->squares[i + 1] = w->squares[i] + x * x;
    }
    partition(w, n);
    for (size_t t = w->last[n]; t; t = w->last[t])
        k++;
    out->n_candidates = k;
    for (size_t t = w->last[n]; t; t = w->last[t])
        out->candidates[--k] = t;
}

/* Fills p and the medians of a change between the raw segments y[from .. at) and y[at .. to). */
static void judge(const double *y, size_t from, size_t at, size_t to, double *scratch,
                  struct change_point *c)
{
    size_t n = at - from, m = to - at;
    double *a = scratch, *b = scratch + n;
    struct mean_test welch;
    struct rank_test ranks;

    memcpy(scratch, y + from, (n + m) * sizeof(*y));
    c->index = at;
    c->median_before = sample_median(a, n); /* sorts */
    c->median_after = sample_median(b, m);
    if (n + m <= FEW) {
        if (welch_test(a, n, b, m, &welch))
            c->p = welch.p;
        else /* two constants */
            c->p = c->median_before == c->median_after;
    } else if (mann_whitney(a, n, b, m, &ranks)) {
        c->p = ranks.p;
    }
}

static void judge_all(const double *y, size_t n, double *scratch, struct change_points *out)
{
    for (size_t i = 0; i < out->n; i++)
        judge(y, i ? out->at[i - 1].index : 0, out->at[i].index,
              i + 1 < out->n ? out->at[i + 1].index : n, scratch, &out->at[i]);
}

static void drop_weak(const double *y, size_t n, double *scratch, struct change_points *out)
{
    out->n = out->n_candidates;
    for (size_t i = 0; i < out->n; i++)
        out->at[i].index = out->candidates[i];
    judge_all(y, n, scratch, out);
    while (out->n) {
        size_t worst = 0;

        for (size_t i = 1; i < out->n; i++)
            if (out->at[i].p > out->at[worst].p)
                worst = i;
        if (out->at[worst].p <= P_MAX)
            break;
        memmove(&out->at[worst], &out->at[worst + 1], (out->n - worst - 1) * sizeof(out->at[0]));
        out->n--;
        judge_all(y, n, scratch, out);
    }
}

enum err change_points(const double *y, size_t n, struct change_points *out, struct error *err)
{
    struct work w;
    double *block;

    if (n < CHANGE_POINTS_MIN)
        return error_set(err, ERR_EMPTY, "insufficient data (n %zu, needs %d)", n,
                         CHANGE_POINTS_MIN);
    if (n > CHANGE_POINTS_MAX)
        return error_set(err, ERR_RANGE, "%zu periods, at most %d: use longer ones", n,
                         CHANGE_POINTS_MAX);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(y[i]))
            return error_set(err, ERR_RANGE, "period %zu has no value", i + 1);
    block = malloc(6 * (n + 1) * sizeof(*block));
    w.last = malloc((n + 1) * sizeof(*w.last));
    if (!block || !w.last) {
        free(block);
        free(w.last);
        return error_set(err, ERR_NOMEM, "out of memory for %zu periods", n);
    }
    w.scaled = block;
    w.sum = w.scaled + n + 1;
    w.squares = w.sum + n + 1;
    w.best = w.squares + n + 1;
    w.scratch = w.best + n + 1;
    out->n = out->n_candidates = 0;
    out->sigma = noise(y, n, w.scratch);
    if (out->sigma > 0 && isfinite(out->sigma))
        find_candidates(y, n, &w, out);
    drop_weak(y, n, w.scratch, out);
    free(block);
    free(w.last);
    return OK;
}
