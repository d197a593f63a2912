#include "stats/pairs.h"

#include "stats/mmd.h"
#include "stats/random.h"
#include "stats/test_golden.h"

/* By hand: a 3-4-5 triangle and a fourth point on the first. */
Test(pairs, distances_and_sums)
{
    const double a[] = {0, 0, 3, 0}, b[] = {3, 4, 0, 0};
    const double want[] = {0, 3, 5, 0, 3, 0, 4, 3, 5, 4, 0, 5, 0, 3, 5, 0};
    struct vectors x = {a, 2, 2}, y = {b, 2, 2};
    double matrix[16];
    struct pair_sums s;

    pair_distances(&x, &y, matrix);
    for (size_t i = 0; i < 16; i++)
        cr_expect_eq(matrix[i], want[i], "%zu", i);
    s = pair_sums(matrix, 2, 2);
    cr_expect(s.xx == 6 && s.yy == 10 && s.xy == 5 + 0 + 4 + 3 && s.n == 2 && s.m == 2);
}

/* Against the textbook loop: tiles, lanes and the rest of odd sizes. */
Test(pairs, distances_of_any_size)
{
    static double v[40 * 19], matrix[40 * 40];
    struct random r;

    random_init(&r, 2);
    for (size_t dim = 1; dim <= 19; dim += 2) {
        struct vectors x = {v, 17, dim}, y = {v + 17 * dim, 23, dim};

        for (size_t i = 0; i < 40 * dim; i++)
            v[i] = random_unit(&r);
        pair_distances(&x, &y, matrix);
        for (size_t i = 0; i < 40; i++)
            for (size_t j = 0; j < 40; j++) {
                double sum = 0;

                for (size_t k = 0; k < dim; k++)
                    sum += pow(v[i * dim + k] - v[j * dim + k], 2);
                cr_expect(near_rel(matrix[i * 40 + j], sqrt(sum), 1e-14), "%zu: %zu %zu", dim, i,
                          j);
            }
    }
}

static double wanted[16];
static int calls;

static double spy(const struct pair_sums *s)
{
    calls++;
    cr_expect_float_eq(s->xx + s->yy + 2 * s->xy, wanted[0], 1e-9);
    cr_expect_eq(s->n + s->m, wanted[1]);
    return 0;
}

/* Whatever the labels are, all pairs add up to the total; each permutation ties. */
Test(pairs, sums_of_permutations_add_up)
{
    double matrix[49];
    const size_t cluster[] = {0, 0, 1, 1, 1, 2, 2};
    struct permutation_test t;
    struct random r;

    random_init(&r, 3);
    wanted[0] = 0;
    wanted[1] = 7;
    for (size_t i = 0; i < 7; i++) {
        for (size_t j = 0; j < i; j++) {
            matrix[i * 7 + j] = matrix[j * 7 + i] = random_unit(&r);
            wanted[0] += 2 * matrix[i * 7 + j];
        }
        matrix[i * 7 + i] = 99; /* does not count */
    }
    for (int clustered = 0; clustered < 2; clustered++) {
        calls = 0;
        cr_assert_eq(
            pair_permutation_test(matrix, 3, 4, clustered ? cluster : NULL, 3, spy, 0, 0, &t, NULL),
            OK);
        cr_expect(t.p == 1 && t.permutations == 999 && t.observed == 0);
        cr_expect(clustered ? calls <= 1000 : calls == 1000);
    }
}

static double gap(const struct pair_sums *s)
{
    return s->xy;
}

/* Two far groups of 6: of the C(12, 6) = 924 splits two reach the observed one, p about 0.0022, so
 * it is looked at more closely. As two sessions a side there are 6 splits, 2 of which reach it. */
Test(pairs, sessions_make_p_larger)
{
    double matrix[144];
    size_t cluster[12];
    struct permutation_test t, again;

    for (size_t i = 0; i < 12; i++) {
        cluster[i] = i / 3;
        for (size_t j = 0; j < 12; j++)
            matrix[i * 12 + j] = (i < 6) != (j < 6);
    }
    cr_assert_eq(pair_permutation_test(matrix, 6, 6, NULL, 0, gap, 0, 1, &t, NULL), OK);
    cr_expect_eq(t.permutations, 9999);
    cr_expect_float_eq(t.p, 2.0 / 924, 0.002);
    cr_assert_eq(pair_permutation_test(matrix, 6, 6, NULL, 0, gap, 0, 1, &again, NULL), OK);
    cr_expect_eq(t.p, again.p, "the seed decides");
    cr_assert_eq(pair_permutation_test(matrix, 6, 6, cluster, 4, gap, 0, 1, &t, NULL), OK);
    cr_expect_eq(t.permutations, 999);
    cr_expect_float_eq(t.p, 2.0 / 6, 0.06);
    for (size_t i = 0; i < 12; i++)
        cluster[i] = 0;
    cr_assert_eq(pair_permutation_test(matrix, 6, 6, cluster, 1, gap, 0, 1, &t, NULL), OK);
    cr_expect_eq(t.p, 1, "one session in both windows is two; both splits reach it");
    cr_expect_eq(pair_permutation_test(matrix, 1, 11, NULL, 0, gap, 0, 1, &t, NULL), ERR_EMPTY);
}

/* scipy 1.10: the energy test is the same machinery with another statistic. */
Test(pairs, golden_energy)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/mmd.json");
    while (golden_next(&g)) {
        size_t total, n = golden_count(&g, golden_ref(&g, "input/baseline"));
        size_t m = golden_count(&g, golden_ref(&g, "input/current"));
        double *a = golden_array(&g, "input/baseline", &total);
        double *b = golden_array(&g, "input/current", &total);
        double *matrix = malloc((n + m) * (n + m) * sizeof(*matrix));
        struct vectors x = {a, n, total / m}, y = {b, m, total / m};
        struct permutation_test t;

        pair_distances(&x, &y, matrix);
        cr_assert_eq(pair_permutation_test(matrix, n, m, NULL, 0, energy_statistic, 0, 0, &t, NULL),
                     OK);
        golden_check(&g, "expect/energy2", true, t.observed);
        cr_expect_float_eq(t.p, golden_number(&g, "expect/energy_p"),
                           golden_number(&g, "expect/energy_p_tol_abs_at_999"), "%s: %g",
                           golden_name(&g), t.p);
        free(a);
        free(b);
        free(matrix);
    }
    cr_expect_gt(g.n, 4);
    golden_close(&g);
}

/* scipy 1.10, energy_distance: numbers are vectors of one dimension. */
Test(pairs, golden_energy_of_numbers)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/two_sample.json");
    while (golden_next(&g)) {
        size_t n, m;
        double *a = golden_array(&g, "input/t1", &n), *b = golden_array(&g, "input/t2", &m);
        double *matrix = malloc((n + m) * (n + m) * sizeof(*matrix)), energy;
        struct vectors x = {a, n, 1}, y = {b, m, 1};
        struct pair_sums s;

        pair_distances(&x, &y, matrix);
        s = pair_sums(matrix, n, m);
        energy = energy_statistic(&s);
        golden_check(&g, "expect/energy_squared", true, energy);
        golden_check(&g, "expect/energy", true, sqrt(fmax(0, energy)));
        free(a);
        free(b);
        free(matrix);
    }
    cr_expect_gt(g.n, 5);
    golden_close(&g);
}
