/* centroid: see the header. */
#include "stats/centroid.h"

#include <math.h>
#include <stdlib.h>
#include "stats/moments.h"
#include "base/banned.h"

/* The mean of the vectors that have a direction into mean (zeroed); returns how many there are. */
static size_t mean_vector(const struct vectors *v, double *mean)
{
    size_t n = 0;

    for (size_t i = 0; i < v->n; i++) {
        const double *row = vectors_row(v, i);
        double itself;

        if (!cosine_distance(row, row, v->dim, &itself))
            continue;
        for (size_t k = 0; k < v->dim; k++)
            mean[k] += row[k];
        n++;
    }
    for (size_t k = 0; n && k < v->dim; k++)
        mean[k] /= (double)n;
    return n;
}

static bool spread(const struct vectors *v, const double *mean, double *out)
{
    struct moments m = {0};

    for (size_t i = 0; i < v->n; i++) {
        double d;

        if (cosine_distance(vectors_row(v, i), mean, v->dim, &d))
            moments_add(&m, d);
    }
    return moments_sd(&m, 0, out);
}

enum err centroid_drift(const struct vectors *baseline, const struct vectors *current,
                        struct centroid_drift *out, struct error *err)
{
    enum err rc = OK;
    size_t n, m;
    double *mean;
    struct centroid_drift d;

    if (!baseline->n || !current->n)
        return error_set(err, ERR_EMPTY, "no vectors in the %s window",
                         baseline->n ? "current" : "baseline");
    if (baseline->dim != current->dim)
        return error_set(err, ERR_USAGE, "vectors of dimension %zu and %zu do not compare",
                         baseline->dim, current->dim);
    mean = calloc(2 * baseline->dim + 1, sizeof(*mean));
    if (!mean)
        return error_set(err, ERR_NOMEM, "out of memory for dimension %zu", baseline->dim);
    n = mean_vector(baseline, mean);
    m = mean_vector(current, mean + baseline->dim);
    d.excluded = baseline->n - n + (current->n - m);
    if (!cosine_distance(mean, mean + baseline->dim, baseline->dim, &d.distance) ||
        !spread(baseline, mean, &d.baseline_spread) ||
        !spread(current, mean + baseline->dim, &d.current_spread)) {
        rc = error_set(err, ERR_EMPTY, "a window's mean vector has no direction");
    } else {
        d.spread_change = fabs(d.current_spread - d.baseline_spread) / (d.baseline_spread + 1e-8);
        d.score = fmin(1, 0.7 * d.distance + 0.3 * d.spread_change);
        *out = d;
    }
    free(mean);
    return rc;
}
