/* two_sample: see the header. */
#include "stats/two_sample.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
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

/* ln(b / a), 0 < a <= b. Neighbours are close mostly: there 2 artanh(z) by its series, to the last
 * digit, which costs a tenth of two logarithms and loses nothing to their difference. */
static double log_ratio(double a, double b)
{
    double z = (b - a) / (b + a), s = z * z;

    if (z > 0x1p-7 || b > 0x1p1000) /* far apart; the sum of two may leave the range */
        return log(b) - log(a);
    return 2 * z * (1 + s * (1.0 / 3 + s * (1.0 / 5 + s * (1.0 / 7))));
}

#define BLOCK 256 /* terms that are added as they are, before the sum that keeps its error */

/* On the way through two sorted samples. */
struct between {
    bool logarithms;
    double unit;          /* 1 / (n m) */
    double at;            /* the value that was come to */
    int64_t height, most; /* the functions' distance behind it, and the largest one, in units */
    double area;          /* that is not in the sum yet */
    struct sum sum;
};

/* Comes to the next value: the stretch up to it counts. Of equal values only the last one has one.
 */
static inline void come_to(struct between *b, double at)
{
    if (at > b->at) {
        int64_t height = llabs(b->height);

        b->most = height > b->most ? height : b->most;
        b->area += (double)height * b->unit * (b->logarithms ? log_ratio(b->at, at) : at - b->at);
    }
    b->at = at;
}

static inline void add_area(struct between *b)
{
    sum_add(&b->sum, b->area);
    b->area = 0;
}

/*
 * The largest distance of both distribution functions, which is exact, and the area between them
 * over the values or over their logarithms. No branch depends on which sample comes next, which
 * cannot be predicted.
 */
static void walk_between(const double *x, size_t n, const double *y, size_t m, bool logarithms,
                         double *largest, double *area)
{
    struct between b = {
        .logarithms = logarithms, .unit = 1 / ((double)n * (double)m), .at = fmin(x[0], y[0])};
    size_t i = 0, j = 0;

    while (i < n && j < m) {
        size_t left = n - i < m - j ? n - i : m - j; /* neither can end before */

        for (size_t k = left < BLOCK ? left : BLOCK; k; k--) {
            double u = x[i], v = y[j];

            come_to(&b, u < v ? u : v);
            b.height += u <= v ? (int64_t)m : 0;
            b.height -= v <= u ? (int64_t)n : 0;
            i += u <= v;
            j += v <= u;
        }
        add_area(&b);
    }
    for (; i < n; i++, b.height += (int64_t)m) {
        come_to(&b, x[i]);
        add_area(&b);
    }
    for (; j < m; j++, b.height -= (int64_t)n) {
        come_to(&b, y[j]);
        add_area(&b);
    }
    *largest = (double)b.most / ((double)n * (double)m);
    *area = sum_value(&b.sum);
}

bool ks_distance(const double *x, size_t n, const double *y, size_t m, double *out)
{
    double area;

    if (!n || !m)
        return false;
    walk_between(x, n, y, m, false, out, &area);
    return true;
}

double ks_p(double distance, double n, double m)
{
    return kolmogorov_upper(distance * sqrt(n * m / (n + m)));
}

static bool area_between(const double *x, size_t n, const double *y, size_t m, bool logarithms,
                         double *largest, double *out)
{
    double area;

    *largest = 0;
    if (!n || !m)
        return false;
    walk_between(x, n, y, m, logarithms, largest, &area);
    if (!isfinite(area))
        return false;
    *out = area;
    return true;
}

bool wasserstein(const double *x, size_t n, const double *y, size_t m, double *ks, double *out)
{
    return area_between(x, n, y, m, false, ks, out);
}

bool wasserstein_log(const double *x, size_t n, const double *y, size_t m, double *ks, double *out)
{
    return area_between(x, n, y, m, true, ks, out);
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

/* Two estimates' variances added, with Welch and Satterthwaite's degrees of freedom. */
struct added {
    double variance, df;
};

static bool add_variances(double va, double n, double vb, double m, struct added *out)
{
    double v = va + vb, a = va / v, b = vb / v; /* shares, for v squared may leave the range */

    if (!(v > 0) || !isfinite(v))
        return false;
    out->variance = v;
    out->df = 1 / (a * a / fmax(1, n - 1) + b * b / fmax(1, m - 1));
    return true;
}

static bool welch_worth(const struct moments *a, double n, const struct moments *b, double m,
                        struct mean_test *out)
{
    double va, vb, difference = b->mean - a->mean;
    struct added v;

    if (!moments_variance(a, 1, &va) || !moments_variance(b, 1, &vb) || !isfinite(difference) ||
        !add_variances(va / n, n, vb / m, m, &v))
        return false;
    out->difference = difference;
    out->se = sqrt(v.variance);
    out->df = v.df;
    out->p = 2 * t_upper(fabs(difference) / out->se, v.df);
    return true;
}

bool welch_of_moments(const struct moments *a, const struct moments *b, struct mean_test *out)
{
    return welch_worth(a, (double)a->n, b, (double)b->n, out);
}

bool welch_effective(const double *x, size_t n, double n_eff, const double *y, size_t m,
                     double m_eff, struct mean_test *out)
{
    struct moments a = moments_of(x, n), b = moments_of(y, m);

    return welch_worth(&a, n_eff, &b, m_eff, out);
}

bool welch_test(const double *x, size_t n, const double *y, size_t m, struct mean_test *out)
{
    struct moments a = moments_of(x, n), b = moments_of(y, m);

    return welch_of_moments(&a, &b, out);
}

struct interval auc_interval(double auc, double n, double m, double confidence)
{
    double q1 = auc / (2 - auc), q2 = 2 * auc * auc / (1 + auc);
    double variance = auc * (1 - auc) + (m - 1) * (q1 - auc * auc) + (n - 1) * (q2 - auc * auc);
    double half = normal_quantile(0.5 + confidence / 2) * sqrt(fmax(0, variance) / (n * m));

    return (struct interval){fmax(0, auc - half), fmin(1, auc + half)};
}

static bool ratio_worth(const struct moments *a, double n, const struct moments *b, double m,
                        double confidence, struct mean_ratio *out)
{
    double va, vb, half;
    struct added v;

    if (!moments_variance(a, 1, &va) || !moments_variance(b, 1, &vb) || !(a->mean > 0) ||
        !(b->mean > 0) ||
        !add_variances(va / a->mean / a->mean / n, n, vb / b->mean / b->mean / m, m, &v))
        return false;
    half = t_critical(0.5 - confidence / 2, v.df) * sqrt(v.variance);
    out->ratio = b->mean / a->mean;
    out->interval.low = out->ratio * exp(-half);
    out->interval.high = out->ratio * exp(half);
    return true;
}

bool mean_ratio_effective(const double *x, size_t n, double n_eff, const double *y, size_t m,
                          double m_eff, double confidence, struct mean_ratio *out)
{
    struct moments a = moments_of(x, n), b = moments_of(y, m);

    return ratio_worth(&a, n_eff, &b, m_eff, confidence, out);
}

bool mean_ratio(const double *x, size_t n, const double *y, size_t m, double confidence,
                struct mean_ratio *out)
{
    struct moments a = moments_of(x, n), b = moments_of(y, m);

    return ratio_worth(&a, (double)a.n, &b, (double)b.n, confidence, out);
}
