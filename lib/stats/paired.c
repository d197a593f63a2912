/* paired: see the header. */
#include "stats/paired.h"

#include <math.h>
#include <stdlib.h>
#include "stats/distribution.h"
#include "stats/moments.h"
#include "base/banned.h"

/* Σ_clusters (Σ_cluster (d - mean))², and how many clusters there are. */
static double cluster_squares(const double *d, const size_t *cluster, size_t n, double mean,
                              struct moments *of, size_t n_clusters, size_t *clusters)
{
    struct sum squares = {0};

    *clusters = 0;
    if (!cluster) {
        for (size_t i = 0; i < n; i++)
            if (isfinite(d[i])) {
                sum_add(&squares, (d[i] - mean) * (d[i] - mean));
                ++*clusters;
            }
        return sum_value(&squares);
    }
    for (size_t i = 0; i < n; i++)
        moments_add(&of[cluster[i]], d[i] - mean);
    for (size_t c = 0; c < n_clusters; c++) {
        double sum = of[c].mean * (double)of[c].n;

        sum_add(&squares, sum * sum);
        *clusters += of[c].n > 0;
    }
    return sum_value(&squares);
}

enum err paired_test(const double *d, const size_t *cluster, size_t n, size_t n_clusters,
                     struct paired *out, struct error *err)
{
    struct moments m = {0}, *of = NULL;
    struct sum sum = {0};
    double largest = 0, g, squares;

    if (cluster) {
        of = calloc(n_clusters + 1, sizeof(*of));
        if (!of)
            return error_set(err, ERR_NOMEM, "out of memory for %zu clusters", n_clusters);
    }
    *out = (struct paired){0};
    for (size_t i = 0; i < n; i++) {
        moments_add(&m, d[i]);
        if (isfinite(d[i])) {
            sum_add(&sum, d[i]);
            largest = fmax(largest, fabs(d[i]));
        }
    }
    out->n = m.n;
    out->missing = m.missing;
    if (m.n)
        out->mean = sum_value(&sum) / (double)m.n;
    squares = cluster_squares(d, cluster, n, out->mean, of, n_clusters, &out->clusters);
    free(of);
    if (out->clusters < 2)
        return error_set(err, ERR_EMPTY, "%zu clusters, needs 2", out->clusters);
    g = (double)out->clusters;
    out->df = g - 1;
    out->se = sqrt(g / (g - 1) * squares) / (double)m.n;
    if (!moments_skewness(&m, &out->skewness))
        out->skewness = 0;
    if (!(out->se > 1e-12 * largest)) {
        out->se = 0;
        out->skewness = 0;
        out->t = NAN;
        out->p = out->mean == 0;
        out->p_worse = out->mean >= 0;
        return OK;
    }
    out->t = out->mean / out->se;
    out->p = 2 * t_upper(fabs(out->t), out->df);
    out->p_worse = t_upper(-out->t, out->df);
    return OK;
}

struct interval paired_interval(const struct paired *p, double confidence)
{
    double half = t_critical(0.5 - confidence / 2, p->df) * p->se;

    return (struct interval){p->mean - half, p->mean + half};
}

double paired_detectable(const struct paired *p, double alpha)
{
    return (t_critical(alpha, p->df) + normal_quantile(0.8)) * p->se;
}

double paired_cases_needed(const struct paired *p, double margin, double alpha)
{
    double sd = p->se * sqrt((double)p->n);
    double ratio = (normal_quantile(1 - alpha) + normal_quantile(0.8)) * sd / margin;

    return ceil(ratio * ratio);
}
