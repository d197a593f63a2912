/* quantile_interval: see the header. */
#include "stats/quantile_interval.h"

#include <math.h>
#include "stats/distribution.h"
#include "stats/sample.h"
#include "base/banned.h"

struct quantile_ranks quantile_ranks(size_t n, double q, double confidence)
{
    struct quantile_ranks r = {0, 0, 1};
    double alpha = 1 - confidence;
    int64_t m = (int64_t)n, low = binomial_quantile(alpha / 2, m, q);
    int64_t high = binomial_quantile(1 - alpha / 2, m, q) + 1;

    if (low > 0) {
        r.low = (size_t)low;
        r.coverage -= binomial_lower(low - 1, m, q);
    }
    if (high <= m) {
        r.high = (size_t)high;
        r.coverage -= binomial_upper(high, m, q);
    }
    return r;
}

struct quantile_ratio quantile_ratio(const double *baseline, size_t n_baseline,
                                     const double *current, size_t n_current, double q,
                                     double confidence)
{
    struct quantile_ranks r1 = quantile_ranks(n_baseline, q, confidence);
    struct quantile_ranks r2 = quantile_ranks(n_current, q, confidence);
    struct quantile_ratio out = {0};
    double l1, l2, d, q1, q2;

    out.baseline = q1 = sample_quantile(baseline, n_baseline, q);
    out.current = q2 = sample_quantile(current, n_current, q);
    out.has_ratio = q1 > 0 && q2 > 0;
    if (!out.has_ratio)
        return out;
    out.ratio = q2 / q1;
    d = log(q2 / q1);
    l1 = r1.low ? baseline[r1.low - 1] : 0;
    l2 = r2.low ? current[r2.low - 1] : 0;
    out.has_low = l2 > 0 && r1.high;
    out.has_high = l1 > 0 && r2.high;
    if (out.has_low)
        out.low = exp(d - hypot(log(q2 / l2), log(baseline[r1.high - 1] / q1)));
    if (out.has_high)
        out.high = exp(d + hypot(log(current[r2.high - 1] / q2), log(q1 / l1)));
    out.has_interval = out.has_low && out.has_high;
    return out;
}
