#include "query/bucket.h"

#include <criterion/criterion.h>
#include "base/time_text.h"

/* Europe/Berlin 2026: zdump -v says 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC. */
static const struct zone_step berlin_steps[] = {
    {INT64_MIN,                3600},
    {INT64_C(1774746000000000), 7200},
    {INT64_C(1792890000000000), 3600},
};
static const struct zone berlin = {"Europe/Berlin", berlin_steps, 3};

/* Australia/Lord_Howe: half an hour, 2026-04-04 15:00 UTC from +11 to +10:30, 2026-10-03 15:30
 * UTC back. */
static const struct zone_step howe_steps[] = {
    {INT64_MIN,                39600},
    {INT64_C(1775314800000000), 37800},
    {INT64_C(1791041400000000), 39600},
};
static const struct zone howe = {"Australia/Lord_Howe", howe_steps, 3};

static const struct zone_step kathmandu_steps[] = {
    {INT64_MIN, 20700}
};
static const struct zone kathmandu = {"Asia/Kathmandu", kathmandu_steps, 1};
static const struct zone utc = {"UTC", NULL, 0};

/* Labels from GNU date with TZ set; ISO weeks also from Python's isocalendar(). */
static const struct {
    const struct zone *zone;
    enum bucket kind;
    const char *at, *label;
} cases[] = {
    {&utc,       BUCKET_DAY,     "2026-11-16T00:00:00Z",        "2026-11-16"               },
    {&utc,       BUCKET_DAY,     "2026-11-16T23:59:59.999999Z", "2026-11-16"               },
    {&utc,       BUCKET_DAY,     "1969-12-31T23:59:59.999999Z", "1969-12-31"               },
    {&utc,       BUCKET_DAY,     "1970-01-01T00:00:00Z",        "1970-01-01"               },
    {&utc,       BUCKET_DAY,     "2024-02-29T12:00:00Z",        "2024-02-29"               },
    {&utc,       BUCKET_DAY,     "0001-01-01T00:00:00Z",        "0001-01-01"               },
    {&utc,       BUCKET_DAY,     "9999-12-31T23:59:59Z",        "9999-12-31"               },
    {&utc,       BUCKET_MONTH,   "1969-12-31T23:00:00Z",        "1969-12"                  },
    {&utc,       BUCKET_MONTH,   "2026-11-30T23:59:59Z",        "2026-11"                  },
    {&utc,       BUCKET_WEEK,    "2026-11-16T00:00:00Z",        "2026-W47"                 },
    {&utc,       BUCKET_WEEK,    "2026-11-15T23:59:59Z",        "2026-W46"                 },
    {&utc,       BUCKET_WEEK,    "2026-12-31T00:00:00Z",        "2026-W53"                 },
    {&utc,       BUCKET_WEEK,    "2027-01-03T23:00:00Z",        "2026-W53"                 },
    {&utc,       BUCKET_WEEK,    "2027-01-04T00:00:00Z",        "2027-W01"                 },
    {&utc,       BUCKET_WEEK,    "2024-12-30T00:00:00Z",        "2025-W01"                 },
    {&utc,       BUCKET_WEEK,    "1970-01-01T00:00:00Z",        "1970-W01"                 },
    {&utc,       BUCKET_WEEK,    "1969-12-28T00:00:00Z",        "1969-W52"                 },
    {&utc,       BUCKET_WEEKDAY, "2026-11-16T00:00:00Z",        "1"                        },
    {&utc,       BUCKET_WEEKDAY, "2026-11-22T00:00:00Z",        "7"                        },
    {&utc,       BUCKET_WEEKDAY, "1970-01-01T00:00:00Z",        "4"                        },
    {&utc,       BUCKET_WEEKDAY, "1969-12-31T00:00:00Z",        "3"                        },
    {&utc,       BUCKET_HOUR,    "2026-10-25T01:30:00Z",        "2026-10-25T01:00:00Z"     },
    {&utc,       BUCKET_HOUR,    "1969-12-31T23:59:59.999999Z", "1969-12-31T23:00:00Z"     },
    {&utc,       BUCKET_MINUTE,  "2026-10-25T01:30:59.5Z",      "2026-10-25T01:30:00Z"     },
    {&utc,       BUCKET_5M,      "2026-10-25T01:34:59Z",        "2026-10-25T01:30:00Z"     },
    {&utc,       BUCKET_15M,     "2026-10-25T01:59:59Z",        "2026-10-25T01:45:00Z"     },
    /* the day that has 23 hours, the one that has 25 */
    {&berlin,    BUCKET_DAY,     "2026-03-28T23:00:00Z",        "2026-03-29"               },
    {&berlin,    BUCKET_DAY,     "2026-03-29T21:59:59Z",        "2026-03-29"               },
    {&berlin,    BUCKET_DAY,     "2026-03-29T22:00:00Z",        "2026-03-30"               },
    {&berlin,    BUCKET_DAY,     "2026-10-24T22:00:00Z",        "2026-10-25"               },
    {&berlin,    BUCKET_DAY,     "2026-10-25T22:59:59Z",        "2026-10-25"               },
    {&berlin,    BUCKET_DAY,     "2026-10-25T23:00:00Z",        "2026-10-26"               },
    {&berlin,    BUCKET_HOUR,    "2026-03-29T00:59:59Z",        "2026-03-29T01:00:00+01:00"},
    {&berlin,    BUCKET_HOUR,    "2026-03-29T01:00:00Z",        "2026-03-29T03:00:00+02:00"},
    /* the hour that the clock shows twice is two */
    {&berlin,    BUCKET_HOUR,    "2026-10-25T00:30:00Z",        "2026-10-25T02:00:00+02:00"},
    {&berlin,    BUCKET_HOUR,    "2026-10-25T01:30:00Z",        "2026-10-25T02:00:00+01:00"},
    {&berlin,    BUCKET_15M,     "2026-10-25T01:44:00Z",        "2026-10-25T02:30:00+01:00"},
    {&berlin,    BUCKET_WEEK,    "2026-11-15T23:00:00Z",        "2026-W47"                 },
    {&berlin,    BUCKET_MONTH,   "2026-11-30T23:00:00Z",        "2026-12"                  },
    /* an hour that a change of half an hour cuts in two */
    {&howe,      BUCKET_HOUR,    "2026-04-04T14:59:59Z",        "2026-04-05T01:00:00+11:00"},
    {&howe,      BUCKET_HOUR,    "2026-04-04T15:00:00Z",        "2026-04-05T01:30:00+10:30"},
    {&howe,      BUCKET_HOUR,    "2026-04-04T15:30:00Z",        "2026-04-05T02:00:00+10:30"},
    {&howe,      BUCKET_HOUR,    "2026-10-03T15:30:00Z",        "2026-10-04T02:30:00+11:00"},
    {&kathmandu, BUCKET_HOUR,    "2026-11-16T00:14:59Z",        "2026-11-16T05:00:00+05:45"},
    {&kathmandu, BUCKET_HOUR,    "2026-11-16T00:15:00Z",        "2026-11-16T06:00:00+05:45"},
};

static int64_t at(const char *text)
{
    int64_t us = 0;

    cr_assert_eq(time_parse(sv_from(text), &us, NULL), OK, "%s", text);
    return us;
}

Test(bucket, labels)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bucketer b;
        char label[40];
        int64_t number;

        bucketer_init(&b, cases[i].zone, cases[i].kind);
        number = bucket_number(&b, at(cases[i].at));
        cr_expect_eq(bucket_label(cases[i].zone, cases[i].kind, number, label), strlen(label));
        cr_expect_str_eq(label, cases[i].label, "%s in %s: %s", cases[i].at, cases[i].zone->name,
                         label);
        cr_expect_eq(number % bucket_step(cases[i].zone, cases[i].kind), 0, "%s", cases[i].at);
    }
}

/* What is remembered from the last answer never changes the next one. */
Test(bucket, memory_does_not_show)
{
    static const struct zone *const zones[] = {&utc, &berlin, &howe, &kathmandu};
    int64_t first = at("2026-03-27T00:00:00Z");

    for (int z = 0; z < 4; z++)
        for (int kind = BUCKET_MINUTE; kind <= BUCKET_WEEKDAY; kind++) {
            struct bucketer b;
            int64_t last = INT64_MIN;

            bucketer_init(&b, zones[z], (enum bucket)kind);
            for (int64_t us = first; us < first + 240 * US_PER_DAY; us += 1501 * US_PER_S) {
                struct bucketer fresh;
                int64_t number = bucket_number(&b, us);

                bucketer_init(&fresh, zones[z], (enum bucket)kind);
                cr_assert_eq(number, bucket_number(&fresh, us), "zone %d kind %d", z, kind);
                cr_assert(kind == BUCKET_WEEKDAY || number >= last, "numbers rise with time");
                last = number;
            }
        }
}

Test(bucket, instants_outside_of_the_calendar)
{
    struct bucketer b;
    char label[40];

    bucketer_init(&b, &utc, BUCKET_DAY);
    bucket_label(&utc, BUCKET_DAY, bucket_number(&b, INT64_MAX), label);
    cr_expect_str_eq(label, "9999-12-31");
    bucket_label(&utc, BUCKET_DAY, bucket_number(&b, INT64_MIN + 1), label);
    cr_expect_str_eq(label, "0001-01-01");
}

Test(bucket, step)
{
    cr_expect_eq(bucket_step(&utc, BUCKET_HOUR), 3600);
    cr_expect_eq(bucket_step(&berlin, BUCKET_HOUR), 3600);
    cr_expect_eq(bucket_step(&howe, BUCKET_HOUR), 1800);
    cr_expect_eq(bucket_step(&kathmandu, BUCKET_HOUR), 900);
    cr_expect_eq(bucket_step(&kathmandu, BUCKET_DAY), 1);
}

/* 2026-10-24T22:30Z is the 25th in Berlin, and so is 2026-10-25T22:30Z: the day has 25 hours. */
Test(bucket, days_label)
{
    const int64_t first = INT64_C(1792881000000000), last = first + US_PER_DAY;
    char text[96];

    cr_expect_eq(bucket_days_label(&utc, first, last, text), 24);
    cr_expect_str_eq(text, "2026-10-24 .. 2026-10-25");
    cr_expect_eq(bucket_days_label(&berlin, first, last, text), 10);
    cr_expect_str_eq(text, "2026-10-25");
}
