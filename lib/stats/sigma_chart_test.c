#include "stats/sigma_chart.h"

#include "stats/test_golden.h"

/* By hand: mean 2, sd 1, limits 0 and 4. */
Test(sigma_chart, limits_are_strict)
{
    const double x[] = {1, NAN, 2, 3};
    struct sigma_chart c = sigma_chart(x, 4, 2);
    bool flag = true;

    cr_expect(c.n == 3 && c.mean == 2 && c.sd == 1 && c.low == 0 && c.high == 4);
    cr_expect(sigma_chart_flag(&c, 4, &flag) && !flag);
    cr_expect(sigma_chart_flag(&c, 4.001, &flag) && flag);
    cr_expect(sigma_chart_flag(&c, -0.001, &flag) && flag);
    cr_expect_not(sigma_chart_flag(&c, NAN, &flag));
    c = sigma_chart(x, 0, 2);
    cr_expect_not(c.has_mean);
    cr_expect_not(sigma_chart_flag(&c, 1, &flag));
}

/* numpy 1.24. */
Test(sigma_chart, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/seed_2sigma.json");
    while (golden_next(&g)) {
        size_t n, m, n_flags;
        double *x = golden_array(&g, "input/baseline", &n),
               *new = golden_array(&g, "input/new", &m);
        double *want = golden_array(&g, "expect/flag", &n_flags), direction[16];
        struct sigma_chart c = sigma_chart(x, n, golden_number(&g, "params/k_sigma"));

        golden_check(&g, "expect/mean", c.has_mean, c.mean);
        golden_check(&g, "expect/sd", c.has_limits, c.sd);
        golden_check(&g, "expect/upper", c.has_limits, c.high);
        golden_check(&g, "expect/lower", c.has_limits, c.low);
        cr_assert_eq(m, n_flags);
        for (size_t i = 0; i < m; i++) {
            bool flag, known = sigma_chart_flag(&c, new[i], &flag);

            cr_expect_eq(known, !isnan(want[i]), "%s %zu", golden_name(&g), i);
            cr_expect(!known || flag == (want[i] != 0), "%s %zu", golden_name(&g), i);
            direction[i] = (new[i] > c.mean) - (new[i] < c.mean);
        }
        golden_check_array(&g, "expect/direction", direction, m);
        free(x);
        free(new);
        free(want);
    }
    cr_expect_gt(g.n, 2);
    golden_close(&g);
}
