#include "stats/moments.h"

#include <float.h>
#include "stats/test_golden.h"

/* 1e100 and 1 one after the other: the plain sum is 0. */
Test(moments, sum_keeps_what_rounding_loses)
{
    const double x[] = {1, 1e100, 1, -1e100};
    struct sum s = {0};

    for (size_t i = 0; i < 4; i++)
        sum_add(&s, x[i]);
    cr_expect_eq(sum_value(&s), 2);
    sum_add(&s, DBL_MAX);
    sum_add(&s, DBL_MAX);
    cr_expect(isinf(sum_value(&s)));
}

/* Python's fractions, rounded at the end. */
Test(moments, of_a_sample)
{
    const double a[] = {1, 2, 3, 4, 10}, b[] = {1e9 + 1, 1e9 + 2, 1e9 + 4};
    struct moments m = moments_of(a, 5);
    double mean, variance, sd, skewness;

    cr_assert(moments_mean(&m, &mean) && moments_variance(&m, 1, &variance) &&
              moments_sd(&m, 1, &sd) && moments_skewness(&m, &skewness));
    cr_expect_eq(mean, 4);
    cr_expect(near_rel(variance, 12.5, 1e-15));
    cr_expect(near_rel(sd, sqrt(12.5), 1e-15));
    cr_expect(near_rel(skewness, 1.1384199576606166, 1e-14));
    cr_assert(moments_variance(&m, 0, &variance));
    cr_expect(near_rel(variance, 10, 1e-15));
    m = moments_of(b, 3);
    cr_assert(moments_variance(&m, 1, &variance) && moments_skewness(&m, &skewness));
    cr_expect(near_rel(variance, 2.3333333333333333, 1e-7), "far from 0: %.17g", variance);
    cr_expect(near_rel(skewness, 0.38180177416060626, 1e-6));
}

Test(moments, undefined)
{
    const double mixed[] = {NAN, 2, INFINITY}, equal[] = {3, 3, 3}, huge[] = {DBL_MAX, -DBL_MAX};
    struct moments m = {0};
    double out = -7;

    cr_expect_not(moments_mean(&m, &out), "nothing");
    m = moments_of(mixed, 3);
    cr_expect(m.n == 1 && m.missing == 2);
    cr_expect_not(moments_sd(&m, 1, &out), "one value");
    cr_expect_not(moments_skewness(&m, &out), "one value");
    cr_expect_eq(out, -7, "untouched");
    cr_expect(moments_mean(&m, &out) && out == 2);
    out = -7;
    m = moments_of(equal, 3);
    cr_expect_not(moments_skewness(&m, &out), "constant");
    m = moments_of(huge, 2);
    cr_expect_not(moments_variance(&m, 1, &out), "overflow");
    cr_expect_eq(out, -7, "untouched");
    cr_expect(moments_sd(&m, 1, &out) == false);
}

/* {1, 2, 6} and {3, 8}: moments of one of all, and of what is left, against those of the values. */
Test(moments, merged_and_taken_apart)
{
    static const double a[] = {1, 2, 6}, b[] = {3, 8}, all[] = {1, 2, 6, 3, 8};
    struct moments x = moments_of(a, 3), y = moments_of(b, 2), z = moments_of(all, 5), got;
    double sd = 0;

    got = moments_merged(x, y);
    cr_expect(got.n == 5 && fabs(got.mean - z.mean) < 1e-12 && fabs(got.m2 - z.m2) < 1e-12);
    got = moments_without(z, y);
    cr_expect(got.n == 3 && fabs(got.mean - x.mean) < 1e-12 && fabs(got.m2 - x.m2) < 1e-12);
    cr_expect_eq(moments_without(x, x).n, 0);
    cr_expect_eq(moments_merged(x, (struct moments){0}).mean, 3);
    cr_assert(moments_sd(&x, 1, &sd));
    got = moments_from(3, 3, sd);
    cr_expect(fabs(got.m2 - x.m2) < 1e-12);
    cr_expect_eq(moments_from(1, 4, NAN).m2, 0);
    cr_expect_eq(moments_from(0, 4, 1).n, 0);
}
