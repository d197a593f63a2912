#include "stats/homogeneity.h"

#include "stats/test_golden.h"

/* By hand: 10 0 / 0 10 gives chi-square 20, half of it deflated by 2; e^-x/2 for two degrees. */
Test(homogeneity, by_hand)
{
    const int64_t a[] = {10, 0, 0}, b[] = {0, 0, 10}, same[] = {4, 0, 0}, none[] = {0, 0, 0};
    const int64_t x[] = {10, 10, 10}, y[] = {10, 10, 10};
    struct homogeneity h = {.p = -7};

    cr_expect_not(homogeneity_test(same, same, 3, 1, &h), "one category");
    cr_expect_not(homogeneity_test(a, none, 3, 1, &h), "one side empty");
    cr_expect_eq(h.p, -7, "untouched");
    cr_assert(homogeneity_test(a, b, 3, 2, &h));
    cr_expect(h.chi_square == 10 && h.df == 1 && h.cramers_v == 1 && h.least_expected == 5);
    cr_assert(homogeneity_test(x, y, 3, 1, &h));
    cr_expect(h.chi_square == 0 && h.df == 2 && h.p == 1);
}

/* scipy 1.10. */
Test(homogeneity, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/chi2.json");
    while (golden_next(&g)) {
        size_t n;
        size_t *a = golden_indices(&g, "input/t1", &n), *b = golden_indices(&g, "input/t2", &n);
        int64_t counts[2][16] = {{0}};
        struct homogeneity h = {0};
        bool known;

        for (size_t i = 0; i < n; i++) {
            counts[0][i] = (int64_t)a[i];
            counts[1][i] = (int64_t)b[i];
        }
        known = homogeneity_test(counts[0], counts[1], n, 1, &h);
        golden_check(&g, "expect/chi2", known, h.chi_square);
        golden_check(&g, "expect/df", known, (double)h.df);
        golden_check(&g, "expect/p", known, h.p);
        golden_check(&g, "expect/cramers_v", known, h.cramers_v);
        golden_check(&g, "expect/min_expected", known, h.least_expected);
        free(a);
        free(b);
    }
    cr_expect_gt(g.n, 2);
    golden_close(&g);
}
