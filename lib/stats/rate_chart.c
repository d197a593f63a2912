/* rate_chart: see the header. */
#include "stats/rate_chart.h"

#include <math.h>
#include <stdlib.h>
#include "stats/distribution.h"
#include "stats/special.h"
#include "base/banned.h"

#define Z_MAX 37

struct rate_spread rate_spread(const int64_t *x, const int64_t *n, size_t groups)
{
    struct rate_spread s = {0};
    double p, pq, squares = 0, scatter = 0, k1;

    for (size_t i = 0; i < groups; i++)
        if (n[i] > 0) {
            s.events += (double)x[i];
            s.n += (double)n[i];
            squares += (double)n[i] * (double)n[i];
            s.groups++;
        }
    s.has_rho = s.groups > 1 && s.events > 0 && s.events < s.n;
    if (!s.has_rho)
        return s;
    p = s.events / s.n;
    pq = p * (1 - p);
    k1 = (double)s.groups - 1;
    for (size_t i = 0; i < groups; i++)
        if (n[i] > 0) {
            double d = (double)x[i] / (double)n[i] - p;

            scatter += (double)n[i] * d * d;
        }
    /* groups of one each have no inside to compare with: 0 / 0 */
    s.rho = (scatter - pq * k1) / (pq * (s.n - squares / s.n - k1));
    s.has_rho = isfinite(s.rho);
    if (!s.has_rho)
        s.rho = 0;
    return s;
}

struct rate_chart rate_chart(const int64_t *x, const int64_t *n, size_t periods)
{
    struct rate_chart c = {.spread = rate_spread(x, n, periods)};
    double strength = c.spread.n + 1, p = (c.spread.events + 0.5) / strength;

    if (c.spread.has_rho && c.spread.rho > 0)
        strength = fmin(strength, fmax(1 / c.spread.rho - 1, 2));
    c.a = p * strength;
    c.b = (1 - p) * strength;
    return c;
}

/* Beta-binomial P(X = k). */
static double probability(double k, double n, double a, double b)
{
    return exp(log_beta(k + a, n - k + b) - log_beta(a, b) - log_beta(k + 1, n - k + 1)) / (n + 1);
}

/* P(X >= k + 1) from P(X = k), by the ratio of neighbours; the sum ends where nothing is added. */
static double sum_above(double k, double n, double a, double b, double at_k)
{
    double sum = 0, term = at_k;

    while (k < n) {
        term *= (n - k) * (a + k) / ((k + 1) * (b + n - k - 1));
        sum += term;
        k++;
        if (term < 1e-18 * sum && (n - k) * (a + k) < (k + 1) * (b + n - k - 1))
            break;
    }
    return sum;
}

bool rate_chart_surprise(const struct rate_chart *c, int64_t x, int64_t n,
                         struct rate_surprise *out)
{
    double k = (double)x, m = (double)n, here, above, below;

    if (n <= 0)
        return false;
    here = probability(k, m, c->a, c->b);
    if (k * (c->a + c->b) >= m * c->a) { /* the smaller tail is summed */
        above = sum_above(k, m, c->a, c->b, here);
        below = fmax(0, 1 - above - here);
    } else {
        below = sum_above(m - k, m, c->b, c->a, here); /* of what did not happen */
        above = fmax(0, 1 - below - here);
    }
    out->p_upper = x == 0 ? 1 : fmin(1, above + here);
    out->p_lower = x == n ? 1 : fmin(1, below + here);
    if (above < below)
        out->z = -normal_quantile(fmax(above + here / 2, 1e-300));
    else
        out->z = normal_quantile(fmax(below + here / 2, 1e-300));
    out->z = fmin(Z_MAX, fmax(-Z_MAX, out->z));
    return true;
}

bool rate_chart_limit(const struct rate_chart *c, int64_t n, double alpha, bool above, int64_t *out)
{
    int64_t calm = above ? 0 : n, beyond = above ? n : 0;
    struct rate_surprise s;

    if (!rate_chart_surprise(c, beyond, n, &s) || (above ? s.p_upper : s.p_lower) >= alpha)
        return false;
    while (llabs(beyond - calm) > 1) {
        int64_t middle = calm + (beyond - calm) / 2;

        if (!rate_chart_surprise(c, middle, n, &s))
            return false;
        if ((above ? s.p_upper : s.p_lower) < alpha)
            beyond = middle;
        else
            calm = middle;
    }
    *out = beyond;
    return true;
}
