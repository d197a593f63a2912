#include "stats/design_effect.h"

#include "stats/sample.h"
#include "stats/test_golden.h"
#include "stats/two_sample.h"

/* By hand: two clusters (1, 2) and (5, 6): between 16, within 1/2, size 2: 15.5 / 16.5. */
Test(design_effect, of_two_pairs)
{
    const double x[] = {1, 5, 2, 6}, same[] = {3, 3, 3, 3};
    const size_t cluster[] = {0, 2, 0, 2}, sizes[] = {2, 0, 2};
    double icc;

    cr_assert_eq(intraclass_correlation(x, cluster, 4, 3, &icc, NULL), OK);
    cr_expect(near_rel(icc, 15.5 / 16.5, 1e-15));
    cr_expect(near_rel(design_effect(sizes, 3, icc), 1 + icc, 1e-15));
    cr_expect_eq(design_effect(sizes, 3, -0.4), 1);
    cr_expect_eq(design_effect(sizes, 0, 0.5), 1, "nothing");
    cr_assert_eq(intraclass_correlation(same, cluster, 4, 3, &icc, NULL), OK);
    cr_expect_eq(icc, 0, "equal values");
    cr_assert_eq(intraclass_correlation(x, cluster, 0, 0, &icc, NULL), OK);
    cr_expect_eq(icc, 0, "nothing");
    cr_assert_eq(intraclass_correlation(x, cluster, 2, 3, &icc, NULL), OK);
    cr_expect_eq(icc, 0, "single values");
    cr_assert_eq(intraclass_correlation(x, (const size_t[]){0, 0, 0, 0}, 4, 1, &icc, NULL), OK);
    cr_expect_eq(icc, 0, "one cluster");
}

static double *sorted_copy(const double *x, size_t n)
{
    double *copy = malloc((n + 1) * sizeof(*copy));

    memcpy(copy, x, n * sizeof(*copy));
    sample_sort(copy, n, NULL);
    return copy;
}

/* numpy 1.24. */
Test(design_effect, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/design_effect.json");
    while (golden_next(&g)) {
        size_t n[2], unused;
        double *x[2] = {golden_array(&g, "input/t1", &n[0]), golden_array(&g, "input/t2", &n[1])};
        size_t *cluster[2] = {golden_indices(&g, "input/cluster1", &unused),
                              golden_indices(&g, "input/cluster2", &unused)};
        double *sorted[2] = {sorted_copy(x[0], n[0]), sorted_copy(x[1], n[1])};
        double icc, deff[2], n_eff[2], d;

        sample_midranks(x[0], sorted[0], n[0], x[0]);
        cr_assert_eq(intraclass_correlation(x[0], cluster[0], n[0], 64, &icc, NULL), OK);
        for (int w = 0; w < 2; w++) {
            size_t sizes[64] = {0};

            for (size_t i = 0; i < n[w]; i++)
                sizes[cluster[w][i]]++;
            deff[w] = design_effect(sizes, 64, icc);
            n_eff[w] = (double)n[w] / deff[w];
        }
        cr_assert(ks_distance(sorted[0], n[0], sorted[1], n[1], &d));
        golden_check(&g, "expect/icc", true, icc);
        golden_check_array(&g, "expect/deff", deff, 2);
        golden_check_array(&g, "expect/n_eff", n_eff, 2);
        golden_check(&g, "expect/ks_d", true, d);
        golden_check(&g, "expect/ks_p_clustered", true, ks_p(d, n_eff[0], n_eff[1]));
        for (int w = 0; w < 2; w++) {
            free(x[w]);
            free(cluster[w]);
            free(sorted[w]);
        }
    }
    cr_expect_gt(g.n, 3);
    golden_close(&g);
}
