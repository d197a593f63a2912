#include "stats/signed_rank.h"

#include "stats/test_golden.h"

/* scipy 1.10, wilcoxon(d, zero_method=..., correction=False, method="approx"). */
Test(signed_rank, ties_and_zeros)
{
    const double d[] = {1.5, -0.5, 2, 2, 0, 0, -2, 3.5, 0.5, 4}, zero[] = {0, 0};
    struct signed_rank w = {.n = 7};
    struct error err = {0};

    cr_expect_eq(signed_rank_test(zero, 2, false, &w, &err), ERR_EMPTY);
    cr_expect_eq(signed_rank_test(zero, 0, true, &w, &err), ERR_EMPTY);
    cr_expect_eq(w.n, 7, "untouched");
    cr_assert_eq(signed_rank_test(d, 10, false, &w, NULL), OK);
    cr_expect(w.n == 8 && w.statistic == 6.5);
    cr_expect(near_rel(w.p, 0.1051719513086604, 1e-12));
    cr_assert_eq(signed_rank_test(d, 10, true, &w, NULL), OK);
    cr_expect(w.n == 8 && w.statistic == 10.5);
    cr_expect(near_rel(w.p, 0.11059521043546625, 1e-12));
    cr_assert_eq(signed_rank_test(d, 1, true, &w, NULL), OK);
    cr_expect(near_rel(w.p, 0.31731050786291410, 1e-12), "z = 1: P(|Z| > 1)");
}
