#include "stats/bootstrap.h"

#include "stats/test_golden.h"

Test(bootstrap, limits)
{
    const double sums[] = {4, 6, 2};
    const size_t sizes[] = {2, 3, 1};
    struct interval i = {-7, -7}, again;

    cr_expect_eq(bootstrap_mean(sums, sizes, 1, 100, 0.95, 0, &i, NULL), ERR_EMPTY);
    cr_expect_eq(i.low, -7, "untouched");
    cr_assert_eq(bootstrap_mean(sums, sizes, 3, 100, 0.95, 0, &i, NULL), OK);
    cr_expect(i.low == 2 && i.high == 2, "every cluster has the mean 2");
    cr_assert_eq(bootstrap_mean(sums, NULL, 3, 100, 0.95, 5, &i, NULL), OK);
    cr_assert_eq(bootstrap_mean(sums, NULL, 3, 100, 0.95, 5, &again, NULL), OK);
    cr_expect(i.low == again.low && i.high == again.high, "the seed decides");
    cr_expect(i.low >= 2 && i.low < 4 && i.high > 4 && i.high <= 6);
}

Test(bootstrap, advised)
{
    cr_expect(bootstrap_advised(14, 0));
    cr_expect_not(bootstrap_advised(15, 2));
    cr_expect(bootstrap_advised(15, -2.1));
    cr_expect(bootstrap_advised(5000, 3));
    cr_expect_not(bootstrap_advised(5001, 3));
}

/* numpy 1.24 with 200,000 resamples; their own statement of how near 10,000 come. */
Test(bootstrap, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/bootstrap.json");
    while (golden_next(&g)) {
        size_t n;
        double *x = golden_array(&g, "input", &n), sum = 0;
        double slack = golden_number(&g, "expect/tol_abs_at_10000");
        struct interval i;

        for (size_t k = 0; k < n; k++)
            sum += x[k];
        golden_check(&g, "expect/mean", true, sum / (double)n);
        cr_assert_eq(bootstrap_mean(x, NULL, n, BOOTSTRAP_RESAMPLES,
                                    golden_number(&g, "params/conf"), 0, &i, NULL),
                     OK);
        cr_expect_float_eq(i.low, golden_number(&g, "expect/lo"), slack, "%s", golden_name(&g));
        cr_expect_float_eq(i.high, golden_number(&g, "expect/hi"), slack, "%s", golden_name(&g));
        free(x);
    }
    cr_expect_gt(g.n, 1);
    golden_close(&g);
}
