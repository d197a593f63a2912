/* divergence: see the header. */
#include "stats/divergence.h"

#include <math.h>
#include "stats/moments.h"
#include "base/banned.h"

/* What grows while walking over the bins. */
struct parts {
    struct sum kl, reverse, js, variation, roots;
    bool kl_infinite, reverse_infinite;
};

/* p ln(p/q) for p > 0, 0 for p = 0. */
static double relative(double p, double q)
{
    return p > 0 ? p * log(p / q) : 0;
}

static void add_bin(struct parts *s, double p, double q)
{
    double middle = 0.5 * (p + q), root = sqrt(p) - sqrt(q);

    if (p > 0 && q <= 0)
        s->kl_infinite = true;
    else
        sum_add(&s->kl, relative(p, q));
    if (q > 0 && p <= 0)
        s->reverse_infinite = true;
    else
        sum_add(&s->reverse, relative(q, p));
    sum_add(&s->js, 0.5 * (relative(p, middle) + relative(q, middle)));
    sum_add(&s->variation, 0.5 * fabs(p - q));
    sum_add(&s->roots, 0.5 * root * root);
}

/* Rounding makes sums of what is 0 or 1 in truth a trifle too small or large. */
static double clamp(double x)
{
    return fmin(1, fmax(0, x));
}

static struct divergence finish(const struct parts *s)
{
    struct divergence d = {0};

    d.kl = s->kl_infinite ? INFINITY : fmax(0, sum_value(&s->kl));
    d.kl_reverse = s->reverse_infinite ? INFINITY : fmax(0, sum_value(&s->reverse));
    d.psi = d.kl + d.kl_reverse;
    d.js_bits = clamp(sum_value(&s->js) / M_LN2);
    d.js_distance = sqrt(d.js_bits);
    d.total_variation = clamp(sum_value(&s->variation));
    d.hellinger = sqrt(clamp(sum_value(&s->roots)));
    return d;
}

bool divergence_of_counts(const int64_t *baseline, const int64_t *current, size_t n_bins,
                          double pseudo, struct divergence *out)
{
    struct parts parts = {0};
    double n = 0, m = 0, bins = (double)n_bins;

    for (size_t i = 0; i < n_bins; i++) {
        n += (double)baseline[i];
        m += (double)current[i];
    }
    if (!(n > 0) || !(m > 0))
        return false;
    for (size_t i = 0; i < n_bins; i++)
        add_bin(&parts, ((double)baseline[i] + pseudo) / (n + pseudo * bins),
                ((double)current[i] + pseudo) / (m + pseudo * bins));
    *out = finish(&parts);
    out->psi_noise = (bins - 1) * (1 / n + 1 / m);
    return true;
}

struct divergence divergence_of_shares(const double *p, const double *q, size_t n)
{
    struct parts parts = {0};

    for (size_t i = 0; i < n; i++)
        add_bin(&parts, p[i], q[i]);
    return finish(&parts);
}
