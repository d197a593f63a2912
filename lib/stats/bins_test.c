#include "stats/bins.h"

#include "stats/test_golden.h"

/* 0 .. 10: the deciles are 1 .. 9; a value on an edge belongs below it. */
Test(bins, deciles)
{
    double x[11], edges[BINS_MAX - 1], constant[] = {5, 5, 5};
    int64_t counts[BINS_MAX] = {0};
    const double others[] = {-1e300, 1, 1.5, 9, 9.5, 1e300};

    for (int i = 0; i < 11; i++)
        x[i] = i;
    cr_assert_eq(bins_deciles(x, 11, edges), 9);
    for (int i = 0; i < 9; i++)
        cr_expect_float_eq(edges[i], i + 1, 1e-12);
    bins_count(others, 6, edges, 9, counts);
    cr_expect(counts[0] == 2 && counts[1] == 1 && counts[8] == 1 && counts[9] == 2);
    cr_expect_eq(bins_deciles(constant, 3, edges), 1, "equal edges once");
    cr_expect_eq(bins_deciles(constant, 1, edges), 1);
}

/* By hand: windows of 100 and 50, so a category needs (a + b) / 3 >= 5. */
Test(bins, rare)
{
    int64_t a[] = {60, 10, 9, 21}, b[] = {30, 5, 5, 10}, few[] = {1, 2}, more[] = {3, 4};

    cr_assert_eq(bins_merge_rare(a, b, 4), 4);
    cr_expect(a[2] == 21 && b[2] == 10, "kept in order");
    cr_expect(a[3] == 9 && b[3] == 5, "14 / 3 < 5");
    cr_assert_eq(bins_merge_rare(few, more, 2), 1);
    cr_expect(few[0] == 3 && more[0] == 7);
    cr_expect_eq(bins_merge_rare(a, b, 0), 0);
}
