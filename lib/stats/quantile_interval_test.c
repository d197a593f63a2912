#include "stats/quantile_interval.h"

#include "stats/sample.h"
#include "stats/test_golden.h"

/* The smallest samples with a closed upper end, by hand: p50 from 1 - 2^-n >= 0.975, p95 and p99
 * from 1 - q^n >= 0.975. */
Test(quantile_interval, smallest_closed)
{
    static const struct {
        double q;
        size_t n;
    } cases[] = {
        {0.5,  6  },
        {0.95, 72 },
        {0.99, 368}
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct quantile_ranks enough = quantile_ranks(cases[i].n, cases[i].q, 0.95);
        struct quantile_ranks less = quantile_ranks(cases[i].n - 1, cases[i].q, 0.95);

        cr_expect(enough.high == cases[i].n && enough.coverage >= 0.95, "%g", cases[i].q);
        cr_expect_eq(less.high, 0, "%g", cases[i].q);
    }
    cr_expect_eq(quantile_ranks(0, 0.5, 0.95).low, 0);
    cr_expect_eq(quantile_ranks(0, 0.5, 0.95).high, 0);
}

Test(quantile_interval, change_of_zeros_has_no_ratio)
{
    const double zero[10] = {0}, some[10] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 2};
    struct quantile_ratio r = quantile_ratio(zero, 10, some, 10, 0.5, 0.95);

    cr_expect_not(r.has_ratio);
    cr_expect_not(r.has_interval);
    r = quantile_ratio(some, 10, some, 10, 0.1, 0.95);
    cr_expect(r.has_ratio && r.ratio == 1);
    cr_expect_not(r.has_interval, "the lower end of the baseline is open");
}

/* numpy 1.24, scipy 1.10. */
Test(quantile_interval, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/quantiles.json");
    while (golden_next(&g)) {
        size_t n;
        double *x = golden_array(&g, "input", &n);

        n = sample_finite(x, n);
        sample_sort(x, n, NULL);
        for (int i = 0; n && !golden_missing(&g, "expect/ci95") && i < 4; i++) {
            static const char *const at[] = {"0.5", "0.9", "0.95", "0.99"};
            struct quantile_ranks r = quantile_ranks(n, strtod(at[i], NULL), 0.95);
            char path[64];

            snprintf(path, sizeof(path), "expect/ci95/%s/rank_lo", at[i]);
            golden_check(&g, path, r.low, (double)r.low);
            snprintf(path, sizeof(path), "expect/ci95/%s/rank_hi", at[i]);
            golden_check(&g, path, r.high, (double)r.high);
            snprintf(path, sizeof(path), "expect/ci95/%s/lo", at[i]);
            golden_check(&g, path, r.low, r.low ? x[r.low - 1] : 0);
            snprintf(path, sizeof(path), "expect/ci95/%s/hi", at[i]);
            golden_check(&g, path, r.high, r.high ? x[r.high - 1] : 0);
            snprintf(path, sizeof(path), "expect/ci95/%s/coverage", at[i]);
            golden_check(&g, path, true, r.coverage);
        }
        free(x);
    }
    cr_expect_gt(g.n, 5);
    golden_close(&g);
}

Test(quantile_interval, golden_change)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/quantile_change.json");
    while (golden_next(&g)) {
        size_t n1, n2;
        double *x1 = golden_array(&g, "input/t1", &n1), *x2 = golden_array(&g, "input/t2", &n2);

        sample_sort(x1, n1, NULL);
        sample_sort(x2, n2, NULL);
        for (int i = 0; i < 3; i++) {
            static const char *const at[] = {"0.5", "0.95", "0.99"};
            struct quantile_ratio r = quantile_ratio(x1, n1, x2, n2, strtod(at[i], NULL), 0.95);
            double interval[] = {r.low, r.high};
            char path[64];

            snprintf(path, sizeof(path), "expect/%s/baseline", at[i]);
            golden_check(&g, path, true, r.baseline);
            snprintf(path, sizeof(path), "expect/%s/current", at[i]);
            golden_check(&g, path, true, r.current);
            snprintf(path, sizeof(path), "expect/%s/ratio", at[i]);
            golden_check(&g, path, r.has_ratio, r.ratio);
            snprintf(path, sizeof(path), "expect/%s/ci95", at[i]);
            if (golden_missing(&g, path))
                cr_expect_not(r.has_interval, "%s %s", golden_name(&g), path);
            else
                golden_check_array(&g, path, interval, 2);
        }
        free(x1);
        free(x2);
    }
    cr_expect_gt(g.n, 2);
    golden_close(&g);
}
