#include "stats/level_chart.h"

#include "stats/test_golden.h"

/* By hand: logarithms 1 2 3 4 5 6 7 8 and 8 periods: median 4.5, |..| 0.5 0.5 1.5 1.5 2.5 2.5 ..,
 * MAD 2. */
Test(level_chart, by_hand)
{
    double x[11], z = -7;
    struct level_chart c;
    struct error err = {0};

    for (int i = 0; i < 8; i++)
        x[i] = exp(i + 1);
    x[8] = 0;
    x[9] = -3;
    x[10] = NAN;
    cr_assert_eq(level_chart(x, 11, &c, NULL), OK);
    cr_expect(c.n == 8 && c.missing == 3 && c.threshold == 9);
    cr_expect(near_rel(c.log_median, 4.5, 1e-14) && near_rel(c.log_sigma, 2.9652, 1e-14));
    cr_expect(level_chart_z(&c, exp(4.5 + 2.9652), &z) && near_rel(z, 1, 1e-13));
    z = -7;
    cr_expect_not(level_chart_z(&c, 0, &z));
    cr_expect_not(level_chart_z(&c, INFINITY, &z));
    cr_expect_eq(z, -7, "untouched");
    cr_expect_eq(level_chart(x + 1, 10, &c, &err), ERR_EMPTY);
    cr_expect_str_eq(err.msg, "insufficient data (n 7, needs 8)");
    cr_expect(c.n == 7 && c.missing == 3);
    cr_expect_eq(level_chart(x, 0, &c, NULL), ERR_EMPTY);
}

/* Two slots: 10 and 100, the last one doubled; four seasons are enough, three are not. */
Test(level_chart, season)
{
    double x[] = {10, 100, 10, 100, 10, 100, 10, 100, 10, 200}, ratio[10];

    season_ratio(x, 10, 2, ratio);
    for (int i = 0; i < 8; i++)
        cr_expect(isnan(ratio[i]), "%d", i);
    cr_expect(ratio[8] == 1 && ratio[9] == 2);
    x[3] = 0;
    season_ratio(x, 10, 2, ratio);
    cr_expect(isnan(ratio[9]), "three are known");
}

/* numpy 1.24. */
Test(level_chart, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/level_chart.json");
    while (golden_next(&g)) {
        size_t n, m;
        double *x = golden_array(&g, "input/baseline", &n),
               *new = golden_array(&g, "input/new", &m);
        double z[16], flag[16];
        struct level_chart c;
        bool known = level_chart(x, n, &c, NULL) == OK, all = known;

        golden_check(&g, "expect/median", known, c.median);
        golden_check(&g, "expect/sigma_ln", known, c.log_sigma);
        golden_check(&g, "expect/threshold", known, c.threshold);
        for (size_t i = 0; known && i < m; i++) {
            all &= level_chart_z(&c, new[i], &z[i]);
            flag[i] = all && fabs(z[i]) > c.threshold;
        }
        cr_expect_eq(all, !golden_missing(&g, "expect/z"), "%s", golden_name(&g));
        if (all) {
            golden_check_array(&g, "expect/z", z, m);
            golden_check_array(&g, "expect/flag", flag, m);
        }
        free(x);
        free(new);
    }
    cr_expect_gt(g.n, 5);
    golden_close(&g);
}
