/* moments: see the header. */
#include "stats/moments.h"

#include <math.h>
#include "base/banned.h"

void sum_add(struct sum *s, double x)
{
    double total = s->total + x;

    if (fabs(s->total) >= fabs(x))
        s->rest += s->total - total + x;
    else
        s->rest += x - total + s->total;
    s->total = total;
}

double sum_value(const struct sum *s)
{
    return isfinite(s->total) ? s->total + s->rest : s->total; /* rest of an overflow is NaN */
}

void moments_add(struct moments *m, double x)
{
    double delta, step, n;

    if (!isfinite(x)) {
        m->missing++;
        return;
    }
    n = (double)++m->n;
    delta = x - m->mean;
    step = delta / n;
    m->m3 += step * (delta * (n - 1) * step * (n - 2) - 3 * m->m2);
    m->m2 += delta * step * (n - 1);
    m->mean += step;
}

struct moments moments_of(const double *x, size_t n)
{
    struct moments m = {0};

    for (size_t i = 0; i < n; i++)
        moments_add(&m, x[i]);
    return m;
}

static bool give(double value, double *out)
{
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

bool moments_mean(const struct moments *m, double *out)
{
    return m->n && give(m->mean, out);
}

bool moments_variance(const struct moments *m, size_t ddof, double *out)
{
    return m->n > ddof && give(m->m2 / (double)(m->n - ddof), out);
}

bool moments_sd(const struct moments *m, size_t ddof, double *out)
{
    double variance;

    return moments_variance(m, ddof, &variance) && give(sqrt(variance), out);
}

bool moments_skewness(const struct moments *m, double *out)
{
    double n = (double)m->n;

    return m->n > 1 && m->m2 > 0 && give(m->m3 / n / pow(m->m2 / n, 1.5), out);
}

struct moments moments_from(int64_t n, double mean, double sd)
{
    if (n <= 0)
        return (struct moments){0};
    return (struct moments){
        .n = (size_t)n, .mean = mean, .m2 = n > 1 ? sd * sd * (double)(n - 1) : 0};
}

struct moments moments_merged(struct moments a, struct moments b)
{
    double n = (double)a.n, m = (double)b.n, d = b.mean - a.mean;

    if (!a.n || !b.n)
        return a.n ? a : b;
    return (struct moments){.n = a.n + b.n,
                            .missing = a.missing + b.missing,
                            .mean = a.mean + d * m / (n + m),
                            .m2 = a.m2 + b.m2 + d * d * n * m / (n + m)};
}

struct moments moments_without(struct moments all, struct moments part)
{
    double n = (double)all.n, m = (double)part.n, d;
    struct moments out = {.n = all.n - part.n};

    if (part.n >= all.n)
        return (struct moments){0};
    out.mean = (n * all.mean - m * part.mean) / (n - m);
    d = out.mean - part.mean;
    out.m2 = fmax(0, all.m2 - part.m2 - d * d * m * (n - m) / n);
    return out;
}
