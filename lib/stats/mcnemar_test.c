#include "stats/mcnemar.h"

#include "stats/test_golden.h"

/* By hand: of 4 coins, at least 3 heads 5/16; twice the tail 10/16; less the density 4/16. */
Test(mcnemar, by_hand)
{
    struct mcnemar m = mcnemar_exact(3, 1);

    cr_expect(near_rel(m.p_worse, 5.0 / 16, 1e-14));
    cr_expect(near_rel(m.p, 10.0 / 16, 1e-14));
    cr_expect(near_rel(m.p_mid, 6.0 / 16, 1e-14));
    m = mcnemar_exact(0, 0);
    cr_expect(m.p == 1 && m.p_worse == 1 && m.p_mid == 1);
    m = mcnemar_exact(2000, 0);
    cr_expect(m.p_worse > 0 || ldexp(1, -2000) == 0, "2^-2000 is no double");
    m = mcnemar_exact(1000, 0);
    cr_expect(near_rel(m.p_worse, ldexp(1, -1000), 1e-11));
    cr_expect_eq(mcnemar_chi_square(8, 1), 4);
}

/* scipy 1.10. */
Test(mcnemar, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/mcnemar.json");
    while (golden_next(&g)) {
        struct mcnemar m = mcnemar_exact((int64_t)golden_number(&g, "input/pass_to_fail"),
                                         (int64_t)golden_number(&g, "input/fail_to_pass"));

        golden_check(&g, "expect/p_two_sided", true, m.p);
        golden_check(&g, "expect/p_worse", true, m.p_worse);
    }
    cr_expect_gt(g.n, 4);
    golden_close(&g);
}
