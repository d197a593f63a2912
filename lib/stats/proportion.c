/* proportion: see the header. */
#include "stats/proportion.h"

#include <math.h>
#include "stats/distribution.h"
#include "base/banned.h"

bool wilson_interval_of_rate(double rate, double n, double confidence, struct interval *out)
{
    double z, square, center, half, scale;

    if (!(n > 0))
        return false;
    z = normal_quantile(0.5 + confidence / 2);
    square = z * z;
    scale = 1 + square / n;
    center = (rate + square / (2 * n)) / scale;
    half = z / scale * sqrt(rate * (1 - rate) / n + square / (4 * n * n));
    out->low = rate <= 0 ? 0 : fmax(0, center - half);
    out->high = rate >= 1 ? 1 : fmin(1, center + half);
    return true;
}

bool wilson_interval(int64_t x, int64_t n, double confidence, struct interval *out)
{
    return n > 0 && wilson_interval_of_rate((double)x / (double)n, (double)n, confidence, out);
}

/* Hypergeometric probability of x1 of x events in the first n1 of n, by binomial ones. */
static double table_probability(int64_t x1, int64_t n1, int64_t x2, int64_t n2)
{
    int64_t x = x1 + x2, n = n1 + n2;
    double p = (double)x / (double)n;

    return binomial_density(x1, n1, p) * binomial_density(x2, n2, p) / binomial_density(x, n, p);
}

double fisher_exact(int64_t x1, int64_t n1, int64_t x2, int64_t n2)
{
    int64_t x = x1 + x2, low = x > n2 ? x - n2 : 0, high = x < n1 ? x : n1;
    double observed = table_probability(x1, n1, x2, n2), sum = 0;

    for (int64_t k = low; k <= high; k++) {
        double p = table_probability(k, n1, x - k, n2);

        if (p <= observed * (1 + 1e-7))
            sum += p;
    }
    return fmin(1, sum);
}

bool proportion_compare(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double confidence,
                        struct proportion_change *out)
{
    struct interval a, b;
    double m1 = (double)n1, m2 = (double)n2, p1, p2, pooled, least;

    if (!wilson_interval(x1, n1, confidence, &a) || !wilson_interval(x2, n2, confidence, &b))
        return false;
    p1 = (double)x1 / m1;
    p2 = (double)x2 / m2;
    out->difference = p2 - p1;
    out->interval.low = out->difference - hypot(p2 - b.low, a.high - p1);
    out->interval.high = out->difference + hypot(b.high - p2, p1 - a.low);
    pooled = ((double)x1 + (double)x2) / (m1 + m2);
    least = fmin(m1, m2) * fmin(pooled, 1 - pooled);
    out->test = least >= 5 ? PROPORTION_CHI_SQUARE : PROPORTION_FISHER;
    if (out->test == PROPORTION_FISHER) {
        out->p = fisher_exact(x1, n1, x2, n2);
    } else {
        double variance = pooled * (1 - pooled) * (1 / m1 + 1 / m2);

        out->p = chi_square_upper(out->difference * out->difference / variance, 1);
    }
    return true;
}
