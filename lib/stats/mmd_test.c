#include "stats/mmd.h"

#include <float.h>
#include "stats/test_golden.h"

Test(mmd, refused)
{
    const double a[] = {1, 0, 2, 1}, bad[] = {NAN, 1, 2, 2}, far[] = {DBL_MAX, 0, 0, 0};
    struct vectors x = {a, 2, 2}, one = {a, 1, 2}, nan = {bad, 2, 2}, flat = {a, 4, 1};
    struct vectors huge = {far, 2, 2};
    struct mmd r = {.p = -7};
    struct error err = {0};

    cr_expect_eq(mmd_test(&x, &one, NULL, 0, 0, 0, &r, NULL, &err), ERR_EMPTY);
    cr_expect_str_eq(err.msg, "insufficient data (n 1, needs 2)");
    cr_expect_eq(mmd_test(&x, &flat, NULL, 0, 0, 0, &r, NULL, &err), ERR_USAGE);
    cr_expect_str_eq(err.msg, "vectors of dimension 2 and 1 do not compare");
    cr_expect_eq(mmd_test(&x, &nan, NULL, 0, 0, 0, &r, NULL, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "a vector holds a value that is not finite");
    cr_expect_eq(mmd_test(&x, &huge, NULL, 0, 0, 0, &r, NULL, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "distances leave the range of a double");
    cr_expect_eq(r.p, -7, "untouched");
}

/* numpy 1.24. */
Test(mmd, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/mmd.json");
    while (golden_next(&g)) {
        size_t total, n = golden_count(&g, golden_ref(&g, "input/baseline"));
        size_t m = golden_count(&g, golden_ref(&g, "input/current"));
        double *a = golden_array(&g, "input/baseline", &total);
        double *b = golden_array(&g, "input/current", &total), score[128];
        struct vectors x = {a, n, total / m}, y = {b, m, total / m};
        struct mmd r, again;

        cr_assert_eq(mmd_test(&x, &y, NULL, 0, 0, 0, &r, score, NULL), OK);
        golden_check(&g, "expect/median_distance", true, r.median_distance);
        golden_check(&g, "expect/mmd2_u", true, r.mmd2);
        golden_check(&g, "expect/kernel_auc", true, r.kernel_auc);
        golden_check(&g, "expect/energy2", true, r.energy2);
        golden_check(&g, "expect/energy_h", r.has_energy_h, r.energy_h);
        cr_expect_float_eq(r.p, golden_number(&g, "expect/p"),
                           golden_number(&g, "expect/p_tol_abs_at_999"), "%s: %g", golden_name(&g),
                           r.p);
        cr_assert_eq(mmd_test(&x, &y, NULL, 0, 0, 0, &again, NULL, NULL), OK);
        cr_expect_eq(r.p, again.p, "%s: the seed decides", golden_name(&g));
        free(a);
        free(b);
    }
    cr_expect_gt(g.n, 4);
    golden_close(&g);
}
