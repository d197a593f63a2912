/* signed_rank: see the header. */
#include "stats/signed_rank.h"

#include <math.h>
#include <stdlib.h>
#include "stats/distribution.h"
#include "stats/sample.h"
#include "base/banned.h"

/* t^3 - t, summed over the runs of equal sorted values other than 0. */
static double tie_sum(const double *sorted, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n;) {
        size_t j = i;
        double t;

        while (j < n && sorted[j] == sorted[i])
            j++;
        t = (double)(j - i);
        if (sorted[i] > 0)
            sum += t * t * t - t;
        i = j;
    }
    return sum;
}

enum err signed_rank_test(const double *d, size_t n, bool pratt, struct signed_rank *out,
                          struct error *err)
{
    double *size = malloc((3 * n + 1) * sizeof(*size)), *sorted, *rank;
    double plus = 0, minus = 0, all, zeros = 0, variance;
    size_t m = 0, used = 0;

    if (!size)
        return error_set(err, ERR_NOMEM, "out of memory for %zu differences", n);
    sorted = size + n;
    rank = sorted + n;
    for (size_t i = 0; i < n; i++) {
        used += d[i] != 0;
        if (d[i] != 0 || pratt)
            size[m++] = fabs(d[i]);
    }
    if (!used) {
        free(size);
        return error_set(err, ERR_EMPTY, "all differences are 0");
    }
    for (size_t i = 0; i < m; i++)
        sorted[i] = size[i];
    sample_sort(sorted, m, rank);
    sample_midranks(size, sorted, m, rank);
    m = 0;
    for (size_t i = 0; i < n; i++) {
        if (d[i] > 0)
            plus += rank[m];
        if (d[i] < 0)
            minus += rank[m];
        m += d[i] != 0 || pratt;
    }
    all = (double)m;
    zeros = (double)(m - used);
    variance = (all * (all + 1) * (2 * all + 1) - zeros * (zeros + 1) * (2 * zeros + 1)) / 24 -
               tie_sum(sorted, m) / 48;
    out->n = used;
    out->statistic = fmin(plus, minus);
    /* half the total is what is expected; both sums have the same distance from it */
    out->p = fmin(1, 2 * normal_upper(0.5 * fabs(plus - minus) / sqrt(variance)));
    free(size);
    return OK;
}
