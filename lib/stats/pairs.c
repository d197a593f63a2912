/* pairs: see the header. */
#include "stats/pairs.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "stats/multiple.h"
#include "stats/random.h"
#include "base/banned.h"

/* Rows that stay in the cache while the others pass by. */
#define TILE 16

/* Permutations that share one walk over the matrix. */
#define BATCH 16

/* Two values an instruction on any 64-bit machine. */
typedef double lanes __attribute__((vector_size(2 * sizeof(double))));

/* Four sums at once, for each addition waits for the one before. */
static double squared_distance(const double *a, const double *b, size_t dim)
{
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    double total = 0;
    size_t i = 0;

    for (; i + 8 <= dim; i += 8) {
        lanes x[4], y[4];

        memcpy(x, a + i, sizeof(x));
        memcpy(y, b + i, sizeof(y));
        s0 += (x[0] - y[0]) * (x[0] - y[0]);
        s1 += (x[1] - y[1]) * (x[1] - y[1]);
        s2 += (x[2] - y[2]) * (x[2] - y[2]);
        s3 += (x[3] - y[3]) * (x[3] - y[3]);
    }
    for (; i < dim; i++)
        total += (a[i] - b[i]) * (a[i] - b[i]);
    s0 += s1 + (s2 + s3);
    return total + s0[0] + s0[1];
}

static const double *pooled_row(const struct vectors *x, const struct vectors *y, size_t i)
{
    return i < x->n ? vectors_row(x, i) : vectors_row(y, i - x->n);
}

void pair_distances(const struct vectors *x, const struct vectors *y, double *matrix)
{
    size_t all = x->n + y->n;

    for (size_t tile = 0; tile < all; tile += TILE) {
        size_t end = tile + TILE < all ? tile + TILE : all;

        for (size_t i = tile; i < all; i++) {
            const double *row = pooled_row(x, y, i);

            for (size_t j = tile; j < end && j < i; j++) {
                double d = sqrt(squared_distance(row, pooled_row(x, y, j), x->dim));

                matrix[i * all + j] = matrix[j * all + i] = d;
            }
        }
    }
    for (size_t i = 0; i < all; i++)
        matrix[i * all + i] = 0;
}

struct pair_sums pair_sums(const double *matrix, size_t n, size_t m)
{
    struct pair_sums s = {.n = (double)n, .m = (double)m};
    size_t all = n + m;

    for (size_t i = 0; i < all; i++) {
        double same = 0, other = 0;

        for (size_t j = 0; j < i; j++)
            if ((i < n) == (j < n))
                same += matrix[i * all + j];
            else
                other += matrix[i * all + j];
        *(i < n ? &s.xx : &s.yy) += 2 * same;
        s.xy += other;
    }
    return s;
}

/* The units whose labels change: single rows or sessions, x's first. */
struct units {
    size_t *of; /* unit of each row */
    size_t n_x, n_all;
};

static void make_units(struct units *u, size_t n, size_t all, const size_t *cluster,
                       size_t n_clusters, size_t *of_cluster)
{
    u->n_x = u->n_all = 0;
    for (size_t i = 0; i < all; i++) {
        if (i == 0 || i == n) {
            u->n_x = u->n_all;
            for (size_t c = 0; cluster && c < n_clusters; c++)
                of_cluster[c] = SIZE_MAX;
        }
        if (!cluster) {
            u->of[i] = u->n_all++;
        } else {
            if (of_cluster[cluster[i]] == SIZE_MAX)
                of_cluster[cluster[i]] = u->n_all++;
            u->of[i] = of_cluster[cluster[i]];
        }
    }
}

/* Everything that permuting needs. */
struct shuffle {
    const double *matrix;
    size_t all;
    struct units units;
    double *row_sums, total;
    size_t *chosen;      /* units on the side of x */
    bool *is_x;          /* unit by unit */
    size_t *rows[BATCH]; /* of the smaller side, ascending */
    size_t n_rows[BATCH];
    bool rows_are_x[BATCH];
    struct random random;
};

static void draw(struct shuffle *s, size_t b)
{
    const struct units *u = &s->units;
    size_t n = 0;

    random_sample(&s->random, u->n_all, u->n_x, s->chosen);
    memset(s->is_x, 0, u->n_all * sizeof(*s->is_x));
    for (size_t i = 0; i < u->n_x; i++)
        s->is_x[s->chosen[i]] = true;
    for (size_t i = 0; i < s->all; i++)
        n += s->is_x[u->of[i]];
    s->rows_are_x[b] = 2 * n <= s->all;
    s->n_rows[b] = 0;
    for (size_t i = 0; i < s->all; i++)
        if (s->is_x[u->of[i]] == s->rows_are_x[b])
            s->rows[b][s->n_rows[b]++] = i;
}

/* Sum of row[at[0]] .. row[at[n - 1]]. */
static double gather(const double *row, const size_t *at, size_t n)
{
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        s0 += row[at[i]];
        s1 += row[at[i + 1]];
        s2 += row[at[i + 2]];
        s3 += row[at[i + 3]];
    }
    for (; i < n; i++)
        s0 += row[at[i]];
    return s0 + s1 + (s2 + s3);
}

/* The sums of the first `batch` drawn permutations. */
static void sum_batch(const struct shuffle *s, size_t batch, struct pair_sums *out)
{
    size_t seen[BATCH] = {0};
    double inside[BATCH] = {0}, rows[BATCH] = {0};

    for (size_t i = 0; i < s->all; i++)
        for (size_t b = 0; b < batch; b++)
            if (seen[b] < s->n_rows[b] && s->rows[b][seen[b]] == i) {
                inside[b] += gather(s->matrix + i * s->all, s->rows[b], seen[b]);
                rows[b] += s->row_sums[i];
                seen[b]++;
            }
    for (size_t b = 0; b < batch; b++) {
        double few = (double)s->n_rows[b], many = (double)(s->all - s->n_rows[b]);
        double own = 2 * inside[b], cross = rows[b] - own, other = s->total - own - 2 * cross;

        out[b] = s->rows_are_x[b] ? (struct pair_sums){own, other, cross, few, many}
                                  : (struct pair_sums){other, own, cross, many, few};
    }
}

static size_t count_reaching(struct shuffle *s, size_t permutations, double observed,
                             pair_statistic *statistic)
{
    struct pair_sums sums[BATCH];
    size_t reaching = 0;

    for (size_t done = 0; done < permutations;) {
        size_t batch = permutations - done < BATCH ? permutations - done : BATCH;

        for (size_t b = 0; b < batch; b++)
            draw(s, b);
        sum_batch(s, batch, sums);
        for (size_t b = 0; b < batch; b++)
            reaching += s->n_rows[b] < 2 || statistic(&sums[b]) >= observed - 1e-12;
        done += batch;
    }
    return reaching;
}

static void prepare(struct shuffle *s)
{
    s->total = 0;
    for (size_t i = 0; i < s->all; i++) {
        s->row_sums[i] = 0;
        for (size_t j = 0; j < s->all; j++)
            if (j != i)
                s->row_sums[i] += s->matrix[i * s->all + j];
        s->total += s->row_sums[i];
    }
}

enum err pair_permutation_test(const double *matrix, size_t n, size_t m, const size_t *cluster,
                               size_t n_clusters, pair_statistic *statistic, size_t permutations,
                               uint64_t seed,
                               struct permutation_test *out, struct error *err)
{
    size_t all = n + m, reaching;
    struct shuffle s = {.matrix = matrix, .all = all};
    size_t *places = malloc(((BATCH + 2) * all + n_clusters + 1) * sizeof(*places));
    struct pair_sums sums;
    enum err rc = OK;

    s.row_sums = malloc((all + 1) * sizeof(*s.row_sums));
    s.is_x = malloc(all + 1);
    if (!places || !s.row_sums || !s.is_x) {
        rc = error_set(err, ERR_NOMEM, "out of memory for %zu vectors", all);
        goto done;
    }
    if (n < 2 || m < 2) {
        rc = error_set(err, ERR_EMPTY, "insufficient data (n %zu, needs 2)", n < m ? n : m);
        goto done;
    }
    for (size_t b = 0; b < BATCH; b++)
        s.rows[b] = places + b * all;
    s.chosen = places + BATCH * all;
    s.units.of = s.chosen + all;
    make_units(&s.units, n, all, cluster, n_clusters, s.units.of + all);
    prepare(&s);
    random_init(&s.random, seed);
    sums = pair_sums(matrix, n, m);
    out->observed = statistic(&sums);
    out->permutations = permutations ? permutations : PERMUTATIONS;
    reaching = count_reaching(&s, out->permutations, out->observed, statistic);
    if (!permutations && permutation_p(reaching, PERMUTATIONS) <= 0.005) {
        out->permutations = PERMUTATIONS_SURE;
        reaching += count_reaching(&s, PERMUTATIONS_SURE - PERMUTATIONS, out->observed, statistic);
    }
    out->p = permutation_p(reaching, out->permutations);
done:
    free(places);
    free(s.row_sums);
    free(s.is_x);
    return rc;
}
