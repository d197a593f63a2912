#include "query/period.h"

#include <criterion/criterion.h>
#include "query/test_calls.h"

/* Wanted values in seconds by Python's zoneinfo. */
static const struct {
    const char *name;
    enum period period;
    bool berlin;
    int64_t at_s, from_s, until_s;
} cases[] = {
    {"a day of 23 hours",                  PERIOD_DAY,   true,  1774778400, 1774738800, 1774821600},
    {"a day of 25 hours",                  PERIOD_DAY,   true,  1792926000, 1792879200, 1792969200},
    {"the first second of a day",          PERIOD_DAY,   true,  1792879200, 1792879200, 1792969200},
    {"the last second of a day",           PERIOD_DAY,   true,  1792969199, 1792879200, 1792969200},
    {"a week with 25 hours on its Sunday", PERIOD_WEEK,  true,  1792926000, 1792360800, 1792969200},
    {"Monday is of the next week",         PERIOD_WEEK,  true,  1792969200, 1792969200, 1793574000},
    {"a week before 1970",                 PERIOD_WEEK,  false, -86400,     -259200,    345600    },
    {"a month of summer and winter",       PERIOD_MONTH, true,  1792926000, 1790805600, 1793487600},
    {"the first second of a month",        PERIOD_MONTH, true,  1793487600, 1793487600, 1796079600},
    {"the last second of a year",          PERIOD_MONTH, true,  1798757999, 1796079600, 1798758000},
    {"February 29",                        PERIOD_MONTH, false, 1709168400, 1706745600, 1709251200},
    {"02:30 for the first time",           PERIOD_HOUR,  true,  1792888200, 1792886400, 1792890000},
    {"02:30 for the second time",          PERIOD_HOUR,  true,  1792891800, 1792890000, 1792893600},
    {"the hour behind one left out",       PERIOD_HOUR,  true,  1774746000, 1774746000, 1774749600},
};

Test(period, calendar)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct period_span s = period_at(
            cases[i].period, cases[i].berlin ? &test_berlin : &test_utc, cases[i].at_s * 1000000);

        cr_expect_eq(s.from_us, cases[i].from_s * 1000000, "%s", cases[i].name);
        cr_expect_eq(s.until_us, cases[i].until_s * 1000000, "%s", cases[i].name);
        cr_expect(!period_is_rolling(cases[i].period));
    }
}

Test(period, rolling)
{
    const int64_t hour = INT64_C(3600000000), at = INT64_C(1792926000000000);
    static const int hours[] = {24, 168, 720};

    for (size_t i = 0; i < ARRAY_LEN(hours); i++) {
        enum period p = PERIOD_LAST_24H + (enum period)i;
        struct period_span s = period_at(p, &test_berlin, at);

        cr_expect(period_is_rolling(p));
        cr_expect_eq(s.until_us, at + 1);
        cr_expect_eq(s.until_us - s.from_us, hours[i] * hour, "%s", period_names[p]);
    }
}

Test(period, ends_of_time)
{
    for (enum period p = 0; p < PERIOD_COUNT; p++) {
        struct period_span first = period_at(p, &test_berlin, INT64_MIN);
        struct period_span last = period_at(p, &test_berlin, INT64_MAX);

        cr_expect_lt(first.from_us, first.until_us, "%s", period_names[p]);
        cr_expect_lt(last.from_us, last.until_us, "%s", period_names[p]);
    }
}
