/* bins: see the header. */
#include "stats/bins.h"

#include <stdbool.h>
#include "stats/sample.h"
#include "base/banned.h"

#define EXPECTED_MIN 5

size_t bins_deciles(const double *sorted, size_t n, double edges[BINS_MAX - 1])
{
    size_t n_edges = 0;

    for (int i = 1; i < BINS_MAX; i++) {
        double edge = sample_quantile(sorted, n, (double)i / BINS_MAX);

        if (!n_edges || edge > edges[n_edges - 1])
            edges[n_edges++] = edge;
    }
    return n_edges;
}

void bins_count(const double *sorted, size_t n, const double *edges, size_t n_edges,
                int64_t *counts)
{
    size_t bin = 0;

    for (size_t i = 0; i < n; i++) {
        while (bin < n_edges && sorted[i] > edges[bin])
            bin++;
        counts[bin]++;
    }
}

size_t bins_merge_rare(int64_t *baseline, int64_t *current, size_t n_bins)
{
    double n = 0, m = 0, smaller;
    int64_t rare[2] = {0};
    size_t kept = 0;
    bool any = false;

    for (size_t i = 0; i < n_bins; i++) {
        n += (double)baseline[i];
        m += (double)current[i];
    }
    smaller = n < m ? n : m;
    for (size_t i = 0; i < n_bins; i++) {
        double pooled = (double)baseline[i] + (double)current[i];

        if (pooled * smaller / (n + m) < EXPECTED_MIN || n + m <= 0) {
            rare[0] += baseline[i];
            rare[1] += current[i];
            any = true;
        } else {
            baseline[kept] = baseline[i];
            current[kept++] = current[i];
        }
    }
    if (any) {
        baseline[kept] = rare[0];
        current[kept++] = rare[1];
    }
    return kept;
}
