/* bootstrap: see the header. */
#include "stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include "stats/random.h"
#include "stats/sample.h"
#include "base/banned.h"

static double resample(const double *sums, const size_t *sizes, size_t n, struct random *r)
{
    double sum = 0, size = 0;

    for (size_t i = 0; i < n; i++) {
        size_t c = (size_t)random_below(r, n);

        sum += sums[c];
        size += sizes ? (double)sizes[c] : 1;
    }
    return sum / size;
}

enum err bootstrap_mean(const double *sums, const size_t *sizes, size_t n_clusters,
                        size_t resamples, double confidence, uint64_t seed, struct interval *out,
                        struct error *err)
{
    double *means;
    struct random r;

    if (n_clusters < 2 || !resamples)
        return error_set(err, ERR_EMPTY, "%zu clusters, needs 2", n_clusters);
    means = malloc(2 * resamples * sizeof(*means));
    if (!means)
        return error_set(err, ERR_NOMEM, "out of memory for %zu resamples", resamples);
    random_init(&r, seed);
    for (size_t i = 0; i < resamples; i++)
        means[i] = resample(sums, sizes, n_clusters, &r);
    sample_sort(means, resamples, means + resamples);
    out->low = sample_quantile(means, resamples, 0.5 - confidence / 2);
    out->high = sample_quantile(means, resamples, 0.5 + confidence / 2);
    free(means);
    return OK;
}

bool bootstrap_advised(size_t n_clusters, double skewness)
{
    return n_clusters < 15 || (n_clusters <= 5000 && fabs(skewness) > 2);
}
