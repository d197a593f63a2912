#include "stats/change_points.h"

#include "stats/random.h"
#include "stats/test_golden.h"

/* Seven 1, then seven 5, with one 3 between for noise: the differences are 0 but for two of 2, so
 * their MAD is 0 and sigma is their sd / sqrt 2 = sqrt(8 - 16/14)/sqrt(13)/sqrt(2) = 0.5136. */
Test(change_points, mad_of_zero)
{
    double y[15];
    struct change_points c;

    for (int i = 0; i < 15; i++)
        y[i] = i < 7 ? 1 : i == 7 ? 3 : 5;
    cr_assert_eq(change_points(y, 15, &c, NULL), OK);
    cr_expect(near_rel(c.sigma, sqrt((8 - 16.0 / 14) / 13 / 2), 1e-14), "%.17g", c.sigma);
    cr_assert_eq(c.n, 1);
    cr_expect(c.at[0].index == 7 || c.at[0].index == 8, "%zu", c.at[0].index);
    cr_expect(c.at[0].median_before == 1 && c.at[0].median_after == 5 && c.at[0].p < 0.001);
}

Test(change_points, refused)
{
    double y[CHANGE_POINTS_MAX + 1] = {0};
    static struct change_points c;
    struct error err = {0};

    cr_expect_eq(change_points(y, 7, &c, &err), ERR_EMPTY);
    cr_expect_str_eq(err.msg, "insufficient data (n 7, needs 8)");
    cr_expect_eq(change_points(y, CHANGE_POINTS_MAX + 1, &c, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "2001 periods, at most 2000: use longer ones");
    y[3] = NAN;
    cr_expect_eq(change_points(y, 8, &c, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "period 4 has no value");
    y[3] = 0;
    cr_expect_eq(change_points(y, CHANGE_POINTS_MAX, &c, &err), OK);
    cr_expect(c.n == 0 && c.sigma == 0, "constant");
}

/* Levels 0 and 4 by turns every 4 periods, the shortest there are, in small noise: as many changes
 * as fit. */
Test(change_points, as_many_as_fit)
{
    static double y[CHANGE_POINTS_MAX];
    static struct change_points c;
    struct random r;

    random_init(&r, 1);
    for (size_t i = 0; i < CHANGE_POINTS_MAX; i++)
        y[i] = (i / 4 % 2 ? 4000 : 0) + random_unit(&r);
    cr_assert_eq(change_points(y, CHANGE_POINTS_MAX, &c, NULL), OK);
    cr_expect_leq(c.n_candidates, CHANGE_POINTS_MAX / CHANGE_POINTS_SEGMENT - 1);
    cr_expect_gt(c.n_candidates, 0);
}

/* numpy 1.24, scipy 1.10. */
Test(change_points, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/change_points.json");
    while (golden_next(&g)) {
        size_t n, i = 0;
        double *y = golden_array(&g, "input", &n), candidates[16];
        static struct change_points c;
        json_ref list = golden_ref(&g, "expect/result/change_points");
        bool known = change_points(y, n, &c, NULL) == OK;

        cr_expect_eq(known, !golden_missing(&g, "expect/result"), "%s", golden_name(&g));
        if (known) {
            golden_check(&g, "expect/result/sigma", true, c.sigma);
            for (i = 0; i < c.n_candidates; i++)
                candidates[i] = (double)c.candidates[i];
            golden_check_array(&g, "expect/result/candidates", candidates, c.n_candidates);
            cr_expect_eq(c.n, golden_count(&g, list), "%s: %zu", golden_name(&g), c.n);
            for (i = 0; i < c.n && i < golden_count(&g, list); i++) {
                json_ref at = json_at(&g.doc, list, i);

                cr_expect_eq(c.at[i].index, golden_value(&g, golden_at(&g, at, "index")));
                cr_expect(near_rel(c.at[i].median_before,
                                   golden_value(&g, golden_at(&g, at, "median_before")), 1e-12));
                cr_expect(near_rel(c.at[i].median_after,
                                   golden_value(&g, golden_at(&g, at, "median_after")), 1e-12));
                cr_expect(near_rel(c.at[i].p, golden_value(&g, golden_at(&g, at, "p")), 1e-6),
                          "%.17g", c.at[i].p);
            }
        }
        free(y);
    }
    cr_expect_gt(g.n, 5);
    golden_close(&g);
}
