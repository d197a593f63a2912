#include "stats/two_sample.h"

#include <float.h>
#include "stats/sample.h"
#include "stats/test_golden.h"

static const double none[1] = {0}, one[] = {2}, ties[] = {1, 1, 2}, others[] = {1, 2, 2, 3};

Test(two_sample, empty)
{
    double ks, out = -7;
    struct rank_test r = {-7, -7, -7};
    struct mean_test m = {-7, -7, -7, -7};

    cr_expect_not(ks_distance(none, 0, one, 1, &out));
    cr_expect_not(ks_distance(one, 1, none, 0, &out));
    cr_expect_not(wasserstein(none, 0, one, 1, &ks, &out));
    cr_expect_not(mann_whitney(one, 1, none, 0, &r));
    cr_expect_not(welch_test(one, 1, ties, 3, &m));
    cr_expect(out == -7 && r.u == -7 && m.se == -7, "untouched");
}

/* By hand. F1 - F2 after 1: 2/3 - 1/4 = 5/12; after 2: 1 - 3/4 = 1/4. */
Test(two_sample, ties)
{
    double d, ks, w;
    struct rank_test r;

    cr_assert(ks_distance(ties, 3, others, 4, &d));
    cr_expect(near_rel(d, 5.0 / 12, 1e-15));
    cr_assert(wasserstein(ties, 3, others, 4, &ks, &w));
    cr_expect_eq(ks, d, "the same walk");
    cr_expect(near_rel(w, 5.0 / 12 + 1.0 / 4, 1e-15));
    /* 1: 2 ties half = 1; each 2: above two, one tie = 2.5; 3: above three = 3 */
    cr_assert(mann_whitney(ties, 3, others, 4, &r));
    cr_expect_eq(r.u, 9);
    cr_expect_eq(r.auc, 0.75);
}

Test(two_sample, constant)
{
    const double fives[] = {5, 5, 5};
    struct rank_test r;
    struct mean_test m;
    double d;

    cr_assert(mann_whitney(fives, 3, fives, 2, &r));
    cr_expect(r.auc == 0.5 && r.p == 1);
    cr_assert(ks_distance(fives, 3, fives, 2, &d));
    cr_expect(d == 0 && ks_p(d, 3, 2) == 1);
    cr_expect_not(welch_test(fives, 3, fives, 3, &m));
}

Test(two_sample, overflow)
{
    const double low[] = {-DBL_MAX, -DBL_MAX}, high[] = {DBL_MAX, DBL_MAX};
    const double small[] = {1e-200, 2e-200, 3e-200}, smaller[] = {1e-200, 2e-200, 2.5e-200};
    struct mean_test m;
    double ks, out = -7;

    cr_expect_not(wasserstein(low, 2, high, 2, &ks, &out));
    cr_expect_eq(ks, 1, "known all the same");
    cr_expect_eq(out, -7);
    cr_expect_not(welch_test(low, 2, high, 2, &m));
    cr_expect_not(welch_test(small, 3, smaller, 3, &m), "squares vanish");
}

/* By hand: means 2 and 4, variances 1 and 4 of 3 values: each adds 1/12 on the logarithm, so 4
 * degrees of freedom, t = 2.7764451051977987 (scipy.stats.t.ppf(0.975, 4)) times sqrt(1/6). */
Test(two_sample, mean_ratio)
{
    const double x[] = {1, 2, 3}, y[] = {2, 4, 6}, negative[] = {-1, -2, -3}, same[] = {2, 2, 2};
    double factor = exp(2.7764451051977987 * sqrt(1.0 / 6));
    struct mean_ratio r = {.ratio = -7};

    cr_expect_not(mean_ratio(x, 3, negative, 3, 0.95, &r));
    cr_expect_not(mean_ratio(negative, 3, x, 3, 0.95, &r));
    cr_expect_not(mean_ratio(x, 1, y, 3, 0.95, &r));
    cr_expect_not(mean_ratio(same, 3, same, 3, 0.95, &r), "no spread at all");
    cr_expect_eq(r.ratio, -7, "untouched");
    cr_assert(mean_ratio(x, 3, y, 3, 0.95, &r));
    cr_expect_eq(r.ratio, 2);
    cr_expect(near_rel(r.interval.low, 2 / factor, 1e-12));
    cr_expect(near_rel(r.interval.high, 2 * factor, 1e-12));
}

/* numpy 1.24, scipy 1.10. */
Test(two_sample, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/two_sample.json");
    while (golden_next(&g)) {
        size_t n, m;
        double *x = golden_array(&g, "input/t1", &n), *y = golden_array(&g, "input/t2", &m);
        double d = 0, ks = 0, w = 0;
        struct rank_test r = {0};
        struct mean_test t = {0};
        bool welch;

        sample_sort(x, n, NULL);
        sample_sort(y, m, NULL);
        cr_expect(ks_distance(x, n, y, m, &d) && wasserstein(x, n, y, m, &ks, &w) &&
                  mann_whitney(x, n, y, m, &r));
        welch = welch_test(x, n, y, m, &t);
        golden_check(&g, "expect/ks_d", true, d);
        cr_expect_eq(ks, d);
        golden_check(&g, "expect/ks_p_limit", true, ks_p(d, (double)n, (double)m));
        golden_check(&g, "expect/wasserstein1", true, w);
        golden_check(&g, "expect/mw_u", true, r.u);
        golden_check(&g, "expect/auc", true, r.auc);
        golden_check(&g, "expect/cliffs_delta", true, 2 * r.auc - 1);
        golden_check(&g, "expect/mw_p", true, r.p);
        golden_check(&g, "expect/welch_p", welch, t.p);
        if (welch)
            golden_check(&g, "expect/mean_diff", true, t.difference);
        free(x);
        free(y);
    }
    cr_expect_gt(g.n, 5);
    golden_close(&g);
}

/* W1 of logarithms: every value doubled is ln 2 apart. */
Test(two_sample, wasserstein_of_logarithms)
{
    static const double x[] = {1, 3, 3, 7}, y[] = {2, 6, 6, 14};
    double ks = 0, w = 0;

    cr_expect(wasserstein_log(x, 4, y, 4, &ks, &w));
    cr_expect_eq(ks, 0.5, "after 1: 1/4; after 3: 3/4 - 1/4; after 6: 0");
    cr_expect_float_eq(w, log(2), 1e-15);
    cr_expect_not(wasserstein_log(x, 0, y, 4, &ks, &w));
}

/* Of as many values on both sides W1 is the mean distance of those of the same rank: summed up so,
 * in long double. Neighbours are closer than a millionth, and further apart than all doubles up
 * to 2. */
Test(two_sample, wasserstein_by_rank)
{
    enum { N = 3000 };
    static double x[N], y[N];
    long double logarithms = 0, plain = 0;
    double ks, w = 0;

    for (int i = 0; i < N; i++) {
        x[i] = i < 2000 ? 1 + i * 1e-7 : exp2((i - 1999) * 1.023);
        y[i] = i < 2000 ? 1 + i * 1.0001e-7 : exp2((i - 1999) * 1.02305);
        logarithms += fabsl(logl((long double)x[i]) - logl((long double)y[i])) / N;
        plain += fabsl((long double)x[i] - (long double)y[i]) / N;
    }
    cr_expect(wasserstein_log(x, N, y, N, &ks, &w));
    cr_expect(near_rel(w, (double)logarithms, 1e-12), "%.17g %.17Lg", w, logarithms);
    cr_expect(wasserstein(x, N, y, N, &ks, &w));
    cr_expect(near_rel(w, (double)plain, 1e-12), "%.17g %.17Lg", w, plain);
}

/* Worth a quarter of their number, means have errors twice as large. */
Test(two_sample, effective_numbers)
{
    static const double x[] = {1, 2, 3, 4, 5, 6, 7, 8}, y[] = {2, 3, 4, 5, 6, 7, 8, 9};
    struct mean_test plain, clustered;
    struct mean_ratio narrow, wide;

    cr_expect(welch_test(x, 8, y, 8, &plain) && welch_effective(x, 8, 2, y, 8, 2, &clustered));
    cr_expect_float_eq(clustered.se, 2 * plain.se, 1e-12);
    cr_expect_float_eq(clustered.difference, plain.difference, 0);
    cr_expect(clustered.p > plain.p);
    cr_expect_float_eq(clustered.df, 2, 1e-12); /* equal variances: n + m - 2 */
    cr_expect(mean_ratio(x, 8, y, 8, 0.95, &narrow) &&
              mean_ratio_effective(x, 8, 2, y, 8, 2, 0.95, &wide));
    cr_expect(wide.interval.low < narrow.interval.low && wide.interval.high > narrow.interval.high);
}

/* Hanley and McNeil's formula by Python: auc 0.8, n 50, m 40. */
Test(two_sample, auc_interval)
{
    struct interval i = auc_interval(0.8, 50, 40, 0.95);
    double q1 = 0.8 / 1.2, q2 = 1.28 / 1.8;
    double se = sqrt((0.16 + 39 * (q1 - 0.64) + 49 * (q2 - 0.64)) / 2000);

    cr_expect_float_eq(i.low, 0.8 - 1.959963984540054 * se, 1e-12);
    cr_expect_float_eq(i.high, 0.8 + 1.959963984540054 * se, 1e-12);
    i = auc_interval(1, 50, 40, 0.95);
    cr_expect(i.low == 1 && i.high == 1);
}
