#include "stats/forecast.h"

#include <criterion/criterion.h>
#include <math.h>

enum { MOST = 40 };

/* Days that Python's integers can make again: a linear congruential generator. */
static uint32_t next(uint32_t *x)
{
    *x = (*x * 1103515245u + 12345u) & 0x7fffffffu;
    return *x / 65536 % 100;
}

static void make_days(uint32_t seed, size_t n, bool season, struct forecast_day *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t whole = 50 + next(&seed), weekday = (uint32_t)((i + 7 * n - n) % 7);

        if (season && weekday >= 5)
            whole /= 5;
        out[i].whole = whole;
        out[i].rest = whole * next(&seed) / 100;
    }
}

/* Wanted values by Python: classes as dictionaries by weekday, exact fractions up to the root, the
 * quantiles of t from R's qt(). */
static const struct {
    uint32_t seed;
    size_t n;
    bool season;
    size_t ahead;
    double sum, low, high;
    size_t days;
    bool seasonal;
    double later_half;
} cases[] = {
    {1, 7,  false, 0,  42.42857143, 0.2969162998, 84.56022656, 7,  false, 0           },
    {2, 13, false, 3,  310.2857143, 184.5739828,  435.9974458, 7,  false, 0           },
    {3, 20, true,  10, 702.8571429, 466.9459838,  938.768302,  14, false, 1.07300885  },
    {4, 27, true,  2,  180.3809524, 35.38027061,  325.3816341, 21, false, 1.318681319 },
    {5, 28, true,  0,  46,          1.315580172,  90.68441983, 28, true,  1.018604651 },
    {6, 28, true,  9,  757.25,      640.6378914,  873.8621086, 28, true,  0.9352262644},
    {7, 40, true,  29, 2248.75,     1955.229171,  2542.270829, 28, true,  1.087215064 },
    {8, 28, false, 6,  580.5,       436.8550221,  724.1449779, 28, true,  1.020112631 },
};

Test(forecast, rest)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct forecast_day days[MOST];
        struct forecast f = {0};

        make_days(cases[i].seed, cases[i].n, cases[i].season, days);
        cr_assert_eq(forecast_rest(days, cases[i].n, cases[i].ahead, &f), OK);
        cr_expect_float_eq(f.sum, cases[i].sum, 1e-6, "%zu: sum %.10g", i, f.sum);
        cr_expect_float_eq(f.low, cases[i].low, 1e-6, "%zu: low %.10g", i, f.low);
        cr_expect_float_eq(f.high, cases[i].high, 1e-6, "%zu: high %.10g", i, f.high);
        cr_expect_eq(f.days, cases[i].days, "%zu", i);
        cr_expect_eq(f.seasonal, cases[i].seasonal, "%zu", i);
        cr_expect_float_eq(f.later_half, cases[i].later_half, 1e-9, "%zu", i);
        cr_expect_eq(f.trend, 0, "%zu", i);
    }
}

/* By the same Python: equal days leave no doubt; a ramp is the most autocorrelated there is, so
 * that the interval reaches down to 0, and is not taken for a season. */
Test(forecast, extremes)
{
    struct forecast_day days[28];
    struct forecast f = {.days = 99};

    for (size_t i = 0; i < 28; i++)
        days[i] = (struct forecast_day){10, 4};
    cr_assert_eq(forecast_rest(days, 28, 5, &f), OK);
    cr_expect(f.sum == 54 && f.low == 54 && f.high == 54 && f.later_half == 1);
    for (size_t i = 0; i < 28; i++)
        days[i] = (struct forecast_day){(double)i + 1, (double)(i + 1) / 2};
    cr_assert_eq(forecast_rest(days, 28, 7, &f), OK);
    cr_expect_float_eq(f.sum, 107.25, 1e-9);
    cr_expect(f.low == 0);
    cr_expect_float_eq(f.high, 215.07577392066622, 1e-9);
    cr_assert_eq(forecast_rest(days, 14, 7, &f), OK);
    cr_expect_float_eq(f.low, 2.093921593723458, 1e-9);
    cr_expect_float_eq(f.high, 110.40607840627655, 1e-9);
    for (size_t i = 0; i < 7; i++)
        days[i] = (struct forecast_day){0, 0};
    cr_assert_eq(forecast_rest(days, 7, 3, &f), OK);
    cr_expect(f.sum == 0 && f.low == 0 && f.high == 0 && f.later_half == 0);
}

/* By the same Python. Days of 10, 11, 12, 10 ..., and in the later half a step. */
static const struct {
    size_t n;
    double slope, step, later_half;
    int trend;
} trends[] = {
    {28, 1,  0,   2.8666666666666667, 1 },
    {14, 1,  0,   2.75,               1 },
    {28, -1, 0,   0.8486486486486486, -1},
    {28, 0,  0.8, 1.0797385620915032, 0 },
    {28, 0,  0.9, 1.0888888888888888, 0 },
    {28, 0,  2,   1.1895424836601307, 1 },
    {28, 0,  -2,  0.8235294117647058, -1},
};

Test(forecast, trend)
{
    for (size_t i = 0; i < ARRAY_LEN(trends); i++) {
        struct forecast_day days[28];
        struct forecast f;

        for (size_t k = 0; k < trends[i].n; k++) {
            double day = (double)k + 1, later = k >= 14 ? trends[i].step : 0;

            days[k] = (struct forecast_day){0};
            days[k].whole = trends[i].slope > 0   ? day
                            : trends[i].slope < 0 ? 100 - day
                                                  : 10 + (double)(k % 3) + later;
        }
        cr_assert_eq(forecast_rest(days, trends[i].n, 0, &f), OK);
        cr_expect_float_eq(f.later_half, trends[i].later_half, 1e-12, "%zu", i);
        cr_expect_eq(f.trend, trends[i].trend, "%zu", i);
    }
}

Test(forecast, needs_a_week)
{
    struct forecast_day days[6] = {
        {1, 1}
    };
    struct forecast f = {.days = 99};

    for (size_t n = 0; n <= 6; n++)
        cr_expect_eq(forecast_rest(days, n, 1, &f), ERR_EMPTY);
    cr_expect_eq(f.days, 99);
}

/* By hand: 4 are left today, then 10 a day but 1 on the days 5 and 6. */
static const struct {
    double sofar, limit;
    size_t ahead;
    int day; /* -1: none */
} breaches[] = {
    {0,  3,    3, 0 }, /* 4 */
    {0,  4,    3, 1 }, /* not above; 14 */
    {0,  14,   3, 2 }, /* 24 */
    {0,  33.9, 3, 3 }, /* 34 */
    {0,  34,   3, -1},
    {5,  3,    0, 0 }, /* it is there already */
    {0,  45,   9, 6 }, /* 44 on day 4, 45 on day 5, 46 on day 6 */
    {46, 47,   0, 0 }, /* 50 */
    {40, 44,   0, -1},
};

Test(forecast, breach)
{
    const struct forecast f = {
        .rest = 4, .day = {10, 10, 10, 10, 10, 1, 1}
    };

    for (size_t i = 0; i < ARRAY_LEN(breaches); i++) {
        size_t day = 99;
        bool found =
            forecast_breach(&f, breaches[i].ahead, breaches[i].sofar, breaches[i].limit, &day);

        cr_expect_eq(found, breaches[i].day >= 0, "%zu", i);
        cr_expect_eq(found ? (int)day : -1, breaches[i].day, "%zu: day %zu", i, day);
    }
}
