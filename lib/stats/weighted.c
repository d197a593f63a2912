/* weighted: see the header. */
#include "stats/weighted.h"

#include <math.h>
#include "stats/moments.h"
#include "base/banned.h"

void weighted_add(struct weighted *w, int64_t value, int64_t weight)
{
    i128 product = (i128)value * weight;

    w->overflow |= __builtin_add_overflow(w->product, product, &w->product);
    w->weight += weight; /* 2^63 terms of 2^63 fit */
    w->n++;
}

void weighted_merge(struct weighted *into, const struct weighted *from)
{
    into->overflow |= from->overflow;
    into->overflow |= __builtin_add_overflow(into->product, from->product, &into->product);
    into->weight += from->weight;
    into->n += from->n;
}

bool weighted_mean(const struct weighted *w, double *out)
{
    if (w->overflow || w->weight <= 0)
        return false;
    *out = divide_real(w->product, w->weight);
    return true;
}

struct weighted_estimate weighted_estimate(const double *value, const double *weight, size_t n)
{
    struct weighted_estimate e = {0};
    struct sum weights = {0}, products = {0}, squares = {0}, errors = {0};
    double total, m;

    for (size_t i = 0; i < n; i++) {
        if (!isfinite(value[i]) || !isfinite(weight[i])) {
            e.missing++;
            continue;
        }
        e.n++;
        sum_add(&weights, weight[i]);
        sum_add(&products, weight[i] * value[i]);
        sum_add(&squares, weight[i] * weight[i]);
    }
    total = sum_value(&weights);
    e.mean = sum_value(&products) / total;
    e.effective_n = total * total / sum_value(&squares);
    e.has_mean = total > 0 && isfinite(e.mean) && isfinite(e.effective_n);
    if (!e.has_mean) {
        e.mean = e.effective_n = 0;
        return e;
    }
    for (size_t i = 0; i < n; i++)
        if (isfinite(value[i]) && isfinite(weight[i])) {
            double d = weight[i] / total * (value[i] - e.mean);

            sum_add(&errors, d * d);
        }
    m = (double)e.n;
    e.has_se = e.n > 1;
    if (e.has_se)
        e.se = sqrt(sum_value(&errors) * m / (m - 1));
    return e;
}

double weighted_quantile(const double *sorted, const double *weight, size_t n, double q)
{
    struct sum all = {0, 0}, below = {0, 0};
    double wanted;

    for (size_t i = 0; i < n; i++)
        sum_add(&all, weight[i]);
    wanted = sum_value(&all) * (q - 1e-12); /* 0.3 of 10 equal ones is the third */
    for (size_t i = 0; i + 1 < n; i++) {
        sum_add(&below, weight[i]);
        if (sum_value(&below) >= wanted)
            return sorted[i];
    }
    return sorted[n - 1];
}
