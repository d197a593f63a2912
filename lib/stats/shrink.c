/* shrink: see the header. */
#include "stats/shrink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "stats/distribution.h"
#include "stats/rate_chart.h"
#include "base/banned.h"

bool shrink_rates(const int64_t *x, const int64_t *n, size_t segments, struct shrink_rates *all,
                  struct shrunk_rate *out)
{
    struct rate_spread s = rate_spread(x, n, segments);

    if (!(s.n > 0))
        return false;
    *all = (struct shrink_rates){.pooled = s.events / s.n, .rho = s.rho, .has_rho = s.has_rho};
    all->differ = s.has_rho && s.rho > 1e-9;
    if (all->differ)
        all->strength = fmax(1 / s.rho - 1, 1);
    for (size_t i = 0; i < segments; i++) {
        double events = (double)x[i], calls = (double)n[i];
        double a = events + all->pooled * all->strength;
        double b = calls - events + (1 - all->pooled) * all->strength;

        out[i] = (struct shrunk_rate){.value = (s.events + 0.5) / (s.n + 1)};
        if (all->differ) {
            out[i].value = a / (calls + all->strength);
            out[i].interval.low = beta_quantile(0.05, a, b);
            out[i].interval.high = beta_quantile(0.95, a, b);
        }
    }
    return true;
}

/* Mean of the segments weighted by 1/(tau2 + variance/n); without any variance by n. */
static double weighted_overall(const double *mean, const int64_t *n, size_t segments,
                               double variance, double tau2)
{
    double sum = 0, weights = 0;

    for (size_t i = 0; i < segments; i++)
        if (n[i] > 0) {
            double m = (double)n[i], w = variance > 0 ? 1 / (tau2 + variance / m) : m;

            sum += w * mean[i];
            weights += w;
        }
    return sum / weights;
}

static double between_variance(const double *mean, const int64_t *n, size_t segments,
                               double variance)
{
    double center = weighted_overall(mean, n, segments, variance, 0);
    double q = 0, weights = 0, squares = 0, k = 0;

    for (size_t i = 0; i < segments; i++)
        if (n[i] > 0) {
            double w = (double)n[i] / variance;

            q += w * (mean[i] - center) * (mean[i] - center);
            weights += w;
            squares += w * w;
            k++;
        }
    return k > 1 ? fmax(0, (q - (k - 1)) / (weights - squares / weights)) : 0;
}

bool shrink_means(const double *mean, const double *sd, const int64_t *n, size_t segments,
                  struct shrink_means *all, double *out)
{
    double squares = 0, df = 0, variance = 0, total = 0;

    for (size_t i = 0; i < segments; i++) {
        total += (double)n[i];
        if (n[i] > 1) {
            squares += (double)(n[i] - 1) * sd[i] * sd[i];
            df += (double)(n[i] - 1);
        }
    }
    if (!(total > 0))
        return false;
    if (df > 0)
        variance = squares / df;
    all->tau2 = variance > 0 ? between_variance(mean, n, segments, variance) : 0;
    all->overall = weighted_overall(mean, n, segments, variance, all->tau2);
    for (size_t i = 0; i < segments; i++) {
        double v = variance / (double)n[i];

        if (n[i] <= 0)
            out[i] = NAN;
        else if (!(variance > 0))
            out[i] = mean[i];
        else if (all->tau2 > 0)
            out[i] = (all->tau2 * mean[i] + v * all->overall) / (all->tau2 + v);
        else
            out[i] = all->overall;
    }
    return true;
}

struct place {
    double value;
    int64_t n;
    size_t at;
};

static int compare_place(const void *a, const void *b)
{
    struct place x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    if (isnan(x.value) != isnan(y.value))
        return isnan(x.value) ? 1 : -1;
    if (x.value < y.value || x.value > y.value)
        return x.value < y.value ? -1 : 1;
    if (x.n != y.n)
        return x.n > y.n ? -1 : 1;
    return (x.at > y.at) - (x.at < y.at);
}

enum err shrink_order(const double *value, const int64_t *n, size_t segments, bool lowest_first,
                      size_t *order, struct error *err)
{
    struct place *p = malloc((segments + 1) * sizeof(*p));

    if (!p)
        return error_set(err, ERR_NOMEM, "out of memory for %zu segments", segments);
    for (size_t i = 0; i < segments; i++)
        p[i] = (struct place){lowest_first ? value[i] : -value[i], n[i], i};
    qsort(p, segments, sizeof(*p), compare_place);
    for (size_t i = 0; i < segments; i++)
        order[i] = p[i].at;
    free(p);
    return OK;
}
