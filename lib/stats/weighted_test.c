#include "stats/weighted.h"

#include "stats/test_golden.h"

Test(weighted, large_sums_are_exact)
{
    struct weighted w = {0}, other = {0};
    double mean = 0;

    /* Latencies of 2^61 us: each product is far outside of 64 bits. */
    weighted_add(&w, INT64_C(1) << 61, 1000000);
    weighted_add(&other, (INT64_C(1) << 61) + 1024, 1000000);
    weighted_merge(&w, &other);
    cr_expect_eq(w.n, 2);
    cr_assert(weighted_mean(&w, &mean));
    cr_expect_eq((int64_t)mean, (INT64_C(1) << 61) + 512);
}

/* By hand: the values written out as often as their weight says, then the ceil(n q)-th. */
Test(weighted, quantiles)
{
    static const double x[] = {0.1, 0.2, 0.3, 0.4}, w[] = {1, 1, 1, 1}, heavy[] = {1, 1, 20, 1};

    cr_expect_eq(weighted_quantile(x, w, 4, 0.5), 0.2);
    cr_expect_eq(weighted_quantile(x, w, 4, 0.51), 0.3);
    cr_expect_eq(weighted_quantile(x, w, 4, 0), 0.1);
    cr_expect_eq(weighted_quantile(x, w, 4, 1), 0.4);
    cr_expect_eq(weighted_quantile(x, heavy, 4, 0.1), 0.3);
    cr_expect_eq(weighted_quantile(x, heavy, 4, 0.08), 0.2);
    cr_expect_eq(weighted_quantile(x, w, 1, 0.9), 0.1);
}

Test(weighted, overflow_has_no_mean)
{
    struct weighted w = {0};
    double mean = 1;

    for (int i = 0; i < 3; i++)
        weighted_add(&w, INT64_MAX, INT64_MAX);
    cr_expect(w.overflow);
    cr_expect_not(weighted_mean(&w, &mean));
    cr_expect_eq(mean, 1, "untouched");
}

/* By hand: weights 1 and 3 of 0 and 4: mean 3, n_eff 16/10, errors 9 + 9, se sqrt(18 * 2)/4. */
Test(weighted, estimate)
{
    const double value[] = {0, NAN, 4, 7}, weight[] = {1, 5, 3, INFINITY}, zero[] = {0, 0, 0, 0};
    const double huge[] = {1e300, 1e300};
    struct weighted_estimate e = weighted_estimate(value, weight, 4);

    cr_expect(e.n == 2 && e.missing == 2 && e.has_mean && e.has_se);
    cr_expect(e.mean == 3 && near_rel(e.effective_n, 1.6, 1e-15) && near_rel(e.se, 1.5, 1e-15));
    e = weighted_estimate(value, weight, 1);
    cr_expect(e.has_mean && e.mean == 0 && !e.has_se, "one");
    e = weighted_estimate(value, zero, 4);
    cr_expect(e.n == 3 && !e.has_mean && !e.has_se, "no weight");
    e = weighted_estimate(value, weight, 0);
    cr_expect(e.n == 0 && !e.has_mean && !e.has_se, "nothing");
    e = weighted_estimate(huge, huge, 2);
    cr_expect_not(e.has_mean, "overflow");
}

/* Values made with numpy 1.24. */
Test(weighted, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/token_weighted_latency.json");
    while (golden_next(&g)) {
        size_t n;
        double *value = golden_array(&g, "input/latency_us", &n);
        double *weight = golden_array(&g, "input/output_tokens", &n), mean = 0;
        struct weighted_estimate e = weighted_estimate(value, weight, n);
        struct weighted w = {0};
        bool known;

        for (size_t i = 0; i < n; i++)
            if (!isnan(value[i]) && !isnan(weight[i]))
                weighted_add(&w, (int64_t)value[i], (int64_t)weight[i]);
        golden_check(&g, "expect/n", true, (double)w.n);
        golden_check(&g, "expect/sum_tokens", true, (double)w.weight);
        known = weighted_mean(&w, &mean);
        golden_check(&g, "expect/value", known, mean);
        golden_check(&g, "expect/value", e.has_mean, e.mean);
        golden_check(&g, "expect/n", true, (double)e.n);
        golden_check(&g, "expect/excluded", true, (double)e.missing);
        golden_check(&g, "expect/n_eff", e.has_mean, e.effective_n);
        golden_check(&g, "expect/se", e.has_se, e.se);
        free(value);
        free(weight);
    }
    cr_expect_gt(g.n, 5);
    golden_close(&g);
}
