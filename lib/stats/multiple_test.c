#include "stats/multiple.h"

#include "stats/test_golden.h"

/* By hand, m = 3: BH 0.01 * 3 = 0.03; 0.03 * 3/2 = 0.045, above 0.04 * 3/3 = 0.04, so 0.04.
 * Holm 0.03; 0.06; max(0.06, 0.04). */
Test(multiple, missing_is_no_test)
{
    const double p[] = {0.04, NAN, 0.01, 0.03}, bh[] = {0.04, 0, 0.03, 0.04};
    const double holm[] = {0.06, 0, 0.03, 0.06};
    double out[4], one;

    cr_assert_eq(adjust_bh(p, 4, out, NULL), OK);
    for (size_t i = 0; i < 4; i++)
        cr_expect(i == 1 ? isnan(out[i]) : near_rel(out[i], bh[i], 1e-15), "bh %zu", i);
    cr_assert_eq(adjust_holm(p, 4, out, NULL), OK);
    for (size_t i = 0; i < 4; i++)
        cr_expect(i == 1 ? isnan(out[i]) : near_rel(out[i], holm[i], 1e-15), "holm %zu", i);
    cr_expect(combine_cauchy(p + 1, 2, &one) && near_rel(one, 0.01, 1e-14), "a single one");
    one = -7;
    cr_expect_not(combine_cauchy(p + 1, 1, &one));
    cr_expect_eq(one, -7, "untouched");
    cr_assert_eq(adjust_bh(NULL, 0, NULL, NULL), OK);
}

Test(multiple, scores)
{
    const double tiny[] = {1e-14, 1e-14};
    double p;

    cr_expect_eq(composite_score(1), 0);
    cr_expect(near_rel(composite_score(0.001), 0.5, 1e-15));
    cr_expect_eq(composite_score(1e-9), 1);
    cr_expect_eq(composite_score(0), 1);
    cr_expect_eq(permutation_p(0, 999), 0.001);
    cr_expect_eq(permutation_p(999, 999), 1);
    cr_expect_eq(permutation_p(0, 0), 1);
    cr_expect(combine_cauchy(tiny, 2, &p) && near_rel(p, 1e-14, 1e-12));
}

/* statsmodels' definitions, numpy 1.24. */
Test(multiple, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/multiple_tests.json");
    while (golden_next(&g)) {
        size_t n;
        double *p = golden_array(&g, "input", &n), out[64], combined = 0;
        bool known = combine_cauchy(p, n, &combined);

        cr_assert_eq(adjust_bh(p, n, out, NULL), OK);
        golden_check_array(&g, "expect/bh", out, n);
        for (size_t i = 0; i < n; i++)
            out[i] = out[i] <= golden_number(&g, "params/q");
        golden_check_array(&g, "expect/rejected", out, n);
        cr_assert_eq(adjust_holm(p, n, out, NULL), OK);
        golden_check_array(&g, "expect/holm", out, n);
        cr_expect_eq(known, !golden_missing(&g, "expect/cauchy_combined"));
        if (known)
            cr_expect(near_rel(combined, golden_number(&g, "expect/cauchy_combined"),
                               golden_number(&g, "expect/cauchy_tol_rel")),
                      "%s: %.17g", golden_name(&g), combined);
        free(p);
    }
    cr_expect_gt(g.n, 4);
    golden_close(&g);
}
