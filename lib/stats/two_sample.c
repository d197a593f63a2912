/* two_sample: see the header. */
#include "stats/two_sample.h"

#include <math.h>
#include "stats/distribution.h"
#include "stats/moments.h"
#include "base/banned.h"

/* Walks through two sorted samples value by value. */
struct walk {
    const double *x, *y;
    size_t n, m;
    size_t i, j;   /* values so far, the current one included */
    double value;  /* the current one */
    size_t di, dj; /* how often it occurs */
};

static bool walk_next(struct walk *w)
{
    size_t i = w->i, j = w->j;

    if (i == w->n && j == w->m)
        return false;
    w->value = j == w->m || (i < w->n && w->x[i] <= w->y[j]) ? w->x[i] : w->y[j];
    while (w->i < w->n && w->x[w->i] == w->value)
        w->i++;
    while (w->j < w->m && w->y[w->j] == w->value)
        w->j++;
    w->di = w->i - i;
    w->dj = w->j - j;
    return true;
}

static double step_difference(const struct walk *w)
{
    return fabs((double)w->i / (double)w->n - (double)w->j / (double)w->m);
}

bool ks_distance(const double *x, size_t n, const double *y, size_t m, double *out)
{
    struct walk w = {x, y, n, m, 0, 0, 0, 0, 0};
    double largest = 0;

    if (!n || !m)
        return false;
    while (walk_next(&w))
        largest = fmax(largest, step_difference(&w));
    *out = largest;
    return true;
}

double ks_p(double distance, double n, double m)
{
    return kolmogorov_upper(distance * sqrt(n * m / (n + m)));
}

bool wasserstein(const double *x, size_t n, const double *y, size_t m, double *out)
{
    struct walk w = {x, y, n, m, 0, 0, 0, 0, 0};
    struct sum sum = {0};
    double height = 0, before = 0;

    if (!n || !m)
        return false;
    while (walk_next(&w)) {
        if (height > 0)
            sum_add(&sum, height * (w.value - before));
        height = step_difference(&w);
        before = w.value;
    }
    if (!isfinite(sum_value(&sum)))
        return false;
    *out = sum_value(&sum);
    return true;
}

bool mann_whitney(const double *x, size_t n, const double *y, size_t m, struct rank_test *out)
{
    struct walk w = {x, y, n, m, 0, 0, 0, 0, 0};
    double a = (double)n, b = (double)m, all = a + b, u = 0, ties = 0, variance, z;

    if (!n || !m)
        return false;
    while (walk_next(&w)) {
        double t = (double)(w.di + w.dj);

        u += (double)w.dj * ((double)(w.i - w.di) + 0.5 * (double)w.di);
        ties += t * t * t - t;
    }
    variance = a * b / 12 * (all + 1 - ties / (all * (all - 1)));
    z = (fabs(u - a * b / 2) - 0.5) / sqrt(variance);
    out->u = u;
    out->auc = u / (a * b);
    out->p = variance > 0 ? fmin(1, 2 * normal_upper(z)) : 1;
    return true;
}

bool welch_test(const double *x, size_t n, const double *y, size_t m, struct mean_test *out)
{
    struct moments a = moments_of(x, n), b = moments_of(y, m);
    double va, vb, v, df, difference = b.mean - a.mean;

    if (!moments_variance(&a, 1, &va) || !moments_variance(&b, 1, &vb) || !isfinite(difference))
        return false;
    va /= (double)a.n;
    vb /= (double)b.n;
    v = va + vb;
    if (!(v > 0) || !isfinite(v))
        return false;
    /* of the shares, for v squared may leave the range */
    df = 1 / (va / v * (va / v) / (double)(a.n - 1) + vb / v * (vb / v) / (double)(b.n - 1));
    out->difference = difference;
    out->se = sqrt(v);
    out->df = df;
    out->p = 2 * t_upper(fabs(difference) / out->se, df);
    return true;
}
