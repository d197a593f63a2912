#include "stats/proportion.h"

#include "stats/test_golden.h"

/* By hand: with x = 0 the upper end is z^2 / (n + z^2), z = 1.959963984540054. */
Test(proportion, wilson_at_the_ends)
{
    struct interval i = {-1, -1};

    cr_expect_not(wilson_interval(0, 0, 0.95, &i));
    cr_expect_eq(i.low, -1, "untouched");
    cr_assert(wilson_interval(0, 10, 0.95, &i));
    cr_expect_eq(i.low, 0);
    cr_expect(near_rel(i.high, 3.8414588206941245 / 13.8414588206941245, 1e-14));
    cr_assert(wilson_interval(10, 10, 0.95, &i));
    cr_expect_eq(i.high, 1);
    cr_expect(near_rel(i.low, 10 / 13.8414588206941245, 1e-14));
    cr_assert(wilson_interval(INT64_MAX / 2, INT64_MAX, 0.95, &i));
    cr_expect(i.low < 0.5 && i.high >= 0.5 && i.high - i.low < 1e-8);
}

/* By hand: margins 4 and 4 of 8 have the probabilities 1 16 36 16 1 of 70. */
Test(proportion, fisher)
{
    cr_expect(near_rel(fisher_exact(4, 4, 0, 4), 2.0 / 70, 1e-13));
    cr_expect(near_rel(fisher_exact(3, 4, 1, 4), 34.0 / 70, 1e-13));
    cr_expect(near_rel(fisher_exact(2, 4, 2, 4), 1, 1e-13));
    cr_expect(near_rel(fisher_exact(0, 4, 0, 4), 1, 1e-13));
    cr_expect(near_rel(fisher_exact(4, 4, 4, 4), 1, 1e-13));
    cr_expect(near_rel(fisher_exact(1, 1, 0, 0), 1, 1e-13), "all in one group");
}

/* Expected counts of exactly 5 are enough for chi-square: by hand (10/20 - 0/20)^2 / (1/4 * 3/4 *
 * 2/20) = 40/3. */
Test(proportion, which_test)
{
    struct proportion_change c;

    cr_assert(proportion_compare(0, 20, 10, 20, 0.95, &c));
    cr_expect_eq(c.test, PROPORTION_CHI_SQUARE);
    /* scipy.stats.chi2.sf(40 / 3, 1) */
    cr_expect(near_rel(c.p, 0.00026072963285531651, 1e-12), "%.17g", c.p);
    cr_assert(proportion_compare(0, 20, 9, 20, 0.95, &c));
    cr_expect_eq(c.test, PROPORTION_FISHER);
    cr_expect_not(proportion_compare(0, 20, 0, 0, 0.95, &c));
}

/* scipy 1.10. */
Test(proportion, golden_wilson)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/wilson.json");
    while (golden_next(&g)) {
        struct interval i = {0};
        bool known = wilson_interval((int64_t)golden_number(&g, "input/x"),
                                     (int64_t)golden_number(&g, "input/n"),
                                     golden_number(&g, "params/conf"), &i);
        double ends[] = {i.low, i.high};

        cr_expect_eq(known, !golden_missing(&g, "expect/ci"), "%s", golden_name(&g));
        if (known)
            golden_check_array(&g, "expect/ci", ends, 2);
    }
    cr_expect_gt(g.n, 10);
    golden_close(&g);
}

Test(proportion, golden_two)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/two_proportions.json");
    while (golden_next(&g)) {
        struct proportion_change c = {0};
        bool known = proportion_compare(
            (int64_t)golden_number(&g, "input/x1"), (int64_t)golden_number(&g, "input/n1"),
            (int64_t)golden_number(&g, "input/x2"), (int64_t)golden_number(&g, "input/n2"),
            golden_number(&g, "params/conf"), &c);
        double ends[] = {c.interval.low, c.interval.high};

        golden_check(&g, "expect/diff", known, c.difference);
        golden_check(&g, "expect/p", known, c.p);
        if (known) {
            struct sv method = json_raw(&g.doc, golden_ref(&g, "expect/method"));

            golden_check_array(&g, "expect/ci_newcombe", ends, 2);
            cr_expect_eq(sv_is(method, "fisher"), c.test == PROPORTION_FISHER, "%s",
                         golden_name(&g));
        }
    }
    cr_expect_gt(g.n, 5);
    golden_close(&g);
}
