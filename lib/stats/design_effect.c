/* design_effect: see the header. */
#include "stats/design_effect.h"

#include <math.h>
#include <stdlib.h>
#include "stats/moments.h"
#include "base/banned.h"

static double variance_components(const struct moments *of, size_t n_clusters,
                                  const struct moments *all)
{
    double n = (double)all->n, squares = 0, between = 0, within = 0, k = 0, size;

    for (size_t c = 0; c < n_clusters; c++) {
        double m = (double)of[c].n, d = of[c].mean - all->mean;

        k += of[c].n > 0;
        squares += m * m;
        between += m * d * d;
        within += of[c].m2;
    }
    if (k < 2 || k >= n)
        return 0;
    size = (n - squares / n) / (k - 1);
    between /= k - 1;
    within /= n - k;
    return between > 0 || within > 0 ? (between - within) / (between + (size - 1) * within) : 0;
}

enum err intraclass_correlation(const double *x, const size_t *cluster, size_t n, size_t n_clusters,
                                double *out, struct error *err)
{
    struct moments *of = calloc(n_clusters + 1, sizeof(*of)), all = moments_of(x, n);

    if (!of)
        return error_set(err, ERR_NOMEM, "out of memory for %zu sessions", n_clusters);
    for (size_t i = 0; i < n; i++)
        moments_add(&of[cluster[i]], x[i]);
    *out = variance_components(of, n_clusters, &all);
    free(of);
    return OK;
}

double design_effect(const size_t *sizes, size_t n_clusters, double icc)
{
    double n = 0, squares = 0;

    for (size_t c = 0; c < n_clusters; c++) {
        n += (double)sizes[c];
        squares += (double)sizes[c] * (double)sizes[c];
    }
    return n > 0 ? fmax(1, 1 + (squares / n - 1) * icc) : 1;
}
