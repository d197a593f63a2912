/* mmd: see the header. */
#include "stats/mmd.h"

#include <math.h>
#include <stdlib.h>
#include "stats/sample.h"
#include "stats/two_sample.h"
#include "base/banned.h"

double mmd_statistic(const struct pair_sums *s)
{
    return s->xx / (s->n * (s->n - 1)) + s->yy / (s->m * (s->m - 1)) - 2 * s->xy / (s->n * s->m);
}

double energy_statistic(const struct pair_sums *s)
{
    return 2 * s->xy / (s->n * s->m) - s->xx / (s->n * s->n) - s->yy / (s->m * s->m);
}

static void energy(const double *distances, size_t n, size_t m, struct mmd *out)
{
    struct pair_sums s = pair_sums(distances, n, m);
    double between = 2 * s.xy / (s.n * s.m);

    out->energy2 = energy_statistic(&s);
    out->has_energy_h = between > 0;
    /* as in MMD, with the sign turned */
    out->energy_h = out->has_energy_h ? -mmd_statistic(&s) / between : 0;
}

/* scratch: (n + m)² values. */
static double median_of_pairs(const double *distances, size_t all, double *scratch)
{
    size_t pairs = 0;

    for (size_t i = 0; i < all; i++)
        for (size_t j = 0; j < i; j++)
            scratch[pairs++] = distances[i * all + j];
    sample_sort(scratch, pairs, scratch + pairs);
    return sample_quantile(scratch, pairs, 0.5);
}

static void distances_to_kernel(double *matrix, size_t all, double median)
{
    for (size_t i = 0; i < all; i++)
        for (size_t j = 0; j <= i; j++) {
            double d = matrix[i * all + j] / median;

            matrix[i * all + j] = matrix[j * all + i] = median > 0 ? exp(-d * d) : 1;
        }
}

static void score_rows(const double *kernel, size_t n, size_t m, double *score)
{
    size_t all = n + m;

    for (size_t i = 0; i < all; i++) {
        double to_x = 0, to_y = 0;

        for (size_t j = 0; j < all; j++)
            if (j != i)
                *(j < n ? &to_x : &to_y) += kernel[i * all + j];
        score[i] = to_y / (double)(i < n ? m : m - 1) - to_x / (double)(i < n ? n - 1 : n);
    }
}

/* scratch: 2(n + m) values. */
static double auc_of_scores(const double *score, size_t n, size_t m, double *scratch)
{
    struct rank_test r = {.auc = NAN};

    for (size_t i = 0; i < n + m; i++)
        scratch[i] = rint(score[i] * 1e12) / 1e12; /* the same vector twice is a tie */
    sample_sort(scratch, n, NULL);
    sample_sort(scratch + n, m, NULL);
    (void)mann_whitney(scratch, n, scratch + n, m, &r);
    return r.auc;
}

static bool all_finite(const struct vectors *v)
{
    for (size_t i = 0; i < v->n * v->dim; i++)
        if (!isfinite(v->x[i]))
            return false;
    return true;
}

static enum err check(const struct vectors *x, const struct vectors *y, struct error *err)
{
    if (x->n < 2 || y->n < 2)
        return error_set(err, ERR_EMPTY, "insufficient data (n %zu, needs 2)",
                         x->n < y->n ? x->n : y->n);
    if (x->dim != y->dim)
        return error_set(err, ERR_USAGE, "vectors of dimension %zu and %zu do not compare", x->dim,
                         y->dim);
    if (!all_finite(x) || !all_finite(y))
        return error_set(err, ERR_RANGE, "a vector holds a value that is not finite");
    return OK;
}

enum err mmd_test(const struct vectors *baseline, const struct vectors *current,
                  const size_t *cluster, size_t n_clusters, size_t permutations, uint64_t seed,
              struct mmd *out, double *score, struct error *err)
{
    size_t n = baseline->n, m = current->n, all = n + m, cells;
    double *matrix = NULL, *scratch = NULL;
    struct permutation_test test;
    struct mmd r = {0};
    enum err rc = check(baseline, current, err);

    if (rc)
        return rc;
    if (__builtin_mul_overflow(all, all, &cells) ||
        __builtin_mul_overflow(cells, sizeof(*matrix), &cells))
        return error_set(err, ERR_NOMEM, "out of memory for %zu vectors", all);
    matrix = malloc(cells);
    scratch = malloc(cells);
    if (!matrix || !scratch) {
        rc = error_set(err, ERR_NOMEM, "out of memory for %zu vectors", all);
        goto done;
    }
    pair_distances(baseline, current, matrix);
    energy(matrix, n, m, &r);
    r.median_distance = median_of_pairs(matrix, all, scratch);
    if (!isfinite(r.energy2)) {
        rc = error_set(err, ERR_RANGE, "distances leave the range of a double");
        goto done;
    }
    distances_to_kernel(matrix, all, r.median_distance);
    rc = pair_permutation_test(matrix, n, m, cluster, n_clusters, mmd_statistic,
                               permutations, seed, &test, err);
    if (rc)
        goto done;
    r.mmd2 = test.observed;
    r.p = test.p;
    r.permutations = test.permutations;
    score_rows(matrix, n, m, scratch);
    for (size_t i = 0; score && i < all; i++)
        score[i] = scratch[i];
    r.kernel_auc = auc_of_scores(scratch, n, m, scratch + all);
    *out = r;
done:
    free(matrix);
    free(scratch);
    return rc;
}
