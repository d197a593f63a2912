#include "stats/shrink.h"

#include "stats/test_golden.h"

Test(shrink, nothing)
{
    const int64_t zero[] = {0, 0};
    const double mean[] = {1, 2};
    struct shrink_rates r;
    struct shrink_means m;
    struct shrunk_rate out[2] = {{.value = -7}};
    double means[2] = {-7};

    cr_expect_not(shrink_rates(zero, zero, 2, &r, out));
    cr_expect_not(shrink_means(mean, mean, zero, 2, &m, means));
    cr_expect_not(shrink_rates(NULL, NULL, 0, &r, NULL));
    cr_expect(out[0].value == -7 && means[0] == -7, "untouched");
}

/* By hand: means 0 and 4 of 4 values with sd 2: v = 1, w = 1, q = 8, tau2 = (8 - 1)/(2 - 1) = 7,
 * overall 2, shrunk 2 -+ 2 * 7/8. An empty segment changes nothing. */
Test(shrink, means)
{
    const double mean[] = {0, NAN, 4}, sd[] = {2, NAN, 2}, none[] = {0, 0, 0};
    const int64_t n[] = {4, 0, 4};
    struct shrink_means all;
    double out[3];

    cr_assert(shrink_means(mean, sd, n, 3, &all, out));
    cr_expect(near_rel(all.tau2, 7, 1e-14) && all.overall == 2);
    cr_expect(near_rel(out[0], 0.25, 1e-14) && isnan(out[1]) && near_rel(out[2], 3.75, 1e-14));
    cr_assert(shrink_means(mean, none, n, 3, &all, out));
    cr_expect(out[0] == 0 && isnan(out[1]) && out[2] == 4, "no variance within: nothing to shrink");
    cr_expect_eq(all.overall, 2);
}

Test(shrink, order)
{
    const double value[] = {1, NAN, 3, 1, 1};
    const int64_t n[] = {5, 9, 1, 7, 5};
    const size_t high[] = {2, 3, 0, 4, 1}, low[] = {3, 0, 4, 2, 1};
    size_t order[5];

    cr_assert_eq(shrink_order(value, n, 5, false, order, NULL), OK);
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(order[i], high[i], "%zu", i);
    cr_assert_eq(shrink_order(value, n, 5, true, order, NULL), OK);
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(order[i], low[i], "%zu", i);
    cr_assert_eq(shrink_order(value, n, 0, true, order, NULL), OK);
}

static void check_order(const struct golden *g, const char *path, const double *value,
                        const int64_t *n, size_t segments, bool lowest_first)
{
    size_t order[64];
    double as_double[64];

    cr_assert_eq(shrink_order(value, n, segments, lowest_first, order, NULL), OK);
    for (size_t i = 0; i < segments; i++)
        as_double[i] = (double)order[i];
    golden_check_array(g, path, as_double, segments);
}

/* scipy 1.10. */
Test(shrink, golden_rates)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/eb_rates.json");
    while (golden_next(&g)) {
        size_t k;
        size_t *events = golden_indices(&g, "input/x", &k),
               *calls = golden_indices(&g, "input/n", &k);
        int64_t x[64], n[64];
        double value[64], low[64], high[64];
        struct shrink_rates all;
        struct shrunk_rate out[64];

        for (size_t i = 0; i < k; i++) {
            x[i] = (int64_t)events[i];
            n[i] = (int64_t)calls[i];
        }
        cr_assert(shrink_rates(x, n, k, &all, out));
        for (size_t i = 0; i < k; i++) {
            value[i] = out[i].value;
            low[i] = out[i].interval.low;
            high[i] = out[i].interval.high;
        }
        golden_check(&g, "expect/pooled", true, all.pooled);
        golden_check(&g, "expect/rho", all.has_rho, all.rho);
        golden_check(&g, "expect/M", all.differ, all.strength);
        golden_check_array(&g, "expect/shrunk", value, k);
        cr_expect_eq(all.differ, !golden_missing(&g, "expect/lo90"), "%s", golden_name(&g));
        if (all.differ) {
            golden_check_array(&g, "expect/lo90", low, k);
            golden_check_array(&g, "expect/hi90", high, k);
        }
        check_order(&g, "expect/order", value, n, k, false);
        free(events);
        free(calls);
    }
    cr_expect_gt(g.n, 3);
    golden_close(&g);
}

Test(shrink, golden_means)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/eb_means.json");
    while (golden_next(&g)) {
        size_t k;
        size_t *calls = golden_indices(&g, "input/n", &k);
        double *mean = golden_array(&g, "input/mean", &k), *sd = golden_array(&g, "input/sd", &k);
        double out[64];
        int64_t n[64];
        struct shrink_means all;

        for (size_t i = 0; i < k; i++)
            n[i] = (int64_t)calls[i];
        cr_assert(shrink_means(mean, sd, n, k, &all, out));
        golden_check(&g, "expect/tau2", true, all.tau2);
        golden_check(&g, "expect/overall", true, all.overall);
        golden_check_array(&g, "expect/shrunk", out, k);
        check_order(&g, "expect/order_lowest_first", out, n, k, true);
        free(calls);
        free(mean);
        free(sd);
    }
    cr_expect_gt(g.n, 1);
    golden_close(&g);
}
