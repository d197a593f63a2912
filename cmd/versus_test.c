#include "versus.h"

#include <criterion/criterion.h>
#include <string.h>
#include "base/time_text.h"

/* Berlin as in when_test.c, with the change of October 2025 before. */
static const struct zone_step berlin_steps[] = {
    {INT64_MIN,                      7200},
    {INT64_C(1761440400) * US_PER_S, 3600},
    {INT64_C(1774746000) * US_PER_S, 7200},
    {INT64_C(1792890000) * US_PER_S, 3600},
};
static const struct zone berlin = {"Europe/Berlin", berlin_steps, 4};
static const struct zone utc = {"UTC", NULL, 0};

#define NOW (INT64_C(1795258200) * US_PER_S) /* Saturday 2026-11-21 10:50:00 UTC */

/* What the window should be was written down as local dates, which Python's zoneinfo converted. */
/* clang-format off */
static const struct {
    const char *vs, *since, *until; /* until NULL: now */
    const struct zone *zone;
    int64_t want_since_s, want_until_s;
} cases[] = {
    {"previous", "yesterday", "yesterday", &berlin, 1795042800, 1795129200},
    {"previous", "yesterday", "yesterday", &utc, 1795046400, 1795132800},
    {"previous", "2026-10-25", "2026-10-25", &berlin, 1792792800, 1792879200}, /* 25 hours against 24 */
    {"previous", "2026-10-26", "2026-10-26", &berlin, 1792879200, 1792969200}, /* 24 hours against 25 */
    {"previous", "2026-03-29", "2026-03-29", &berlin, 1774652400, 1774738800}, /* 23 hours against 24 */
    {"previous", "2026-10-19", "2026-10-25", &berlin, 1791756000, 1792360800},
    {"previous", "24h", NULL, &berlin, 1795085400, 1795171800},
    {"previous", "2026-11-21T06:00", "2026-11-21T10:00", &berlin, 1795222800, 1795237200},
    {"previous", "today", NULL, &berlin, 1795129200, 1795171800},
    {"previous", "2026-11-19", NULL, &berlin, 1794783600, 1794999000}, /* touches three days */
    {"previous", "this-week", NULL, &berlin, 1794178800, 1794653400},
    {"previous", "last-week", "last-week", &berlin, 1793574000, 1794178800},
    {"previous", "this-month", NULL, &berlin, 1790805600, 1792576200},
    {"previous", "last-month", "last-month", &berlin, 1788213600, 1790805600},
    {"previous", "2026-03-01", "2026-03-31", &utc, 1769904000, 1772323200}, /* a whole month */
    {"previous", "2026-01-01", "2026-03-31", &utc, 1759276800, 1767225600}, /* three of them */
    {"previous", "2026-03-02", "2026-03-31", &utc, 1769817600, 1772409600}, /* 30 days */
    {"7d", "yesterday", "yesterday", &berlin, 1794524400, 1794610800},
    {"7d", "2026-10-26", "2026-10-26", &berlin, 1792360800, 1792447200}, /* days stay days */
    {"1w", "2026-10-26T10:00", "2026-10-26T12:00", &berlin, 1792396800, 1792404000},
    {"168h", "2026-10-26T10:00", "2026-10-26T12:00", &berlin, 1792400400, 1792407600}, /* hours are hours */
    {"2026-09-01..2026-09-07", "7d", NULL, &berlin, 1788213600, 1788818400},
    {"2026-09-01T00:00:00Z..2026-09-01T06:00:00Z", "6h", NULL, &berlin, 1788220800, 1788242400},
    {"2026-09-01", "today", NULL, &berlin, 1788213600, 1788300000},
    {"last-month", "7d", NULL, &berlin, 1790805600, 1793487600},
};
/* clang-format on */

Test(versus, windows)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct zone *z = cases[i].zone;
        struct arena arena = {0};
        struct error err = {0};
        struct versus v = {0};
        struct when since = {0}, until = {0};
        struct window reported, got = {0};

        cr_assert_eq(versus_parse(cases[i].vs, &arena, &v, &err), OK, "%s: %s", cases[i].vs,
                     err.msg);
        cr_assert_eq(when_parse(cases[i].since, &since, &err), OK);
        cr_assert(!cases[i].until || when_parse(cases[i].until, &until, &err) == OK);
        reported.since_us = when_since_us(&since, z, NOW);
        reported.until_us = cases[i].until ? when_until_us(&until, z, NOW) : NOW;
        cr_expect_eq(versus_window(&v, &since, reported, z, NOW, &got, &err), OK);
        cr_expect_eq(got.since_us, cases[i].want_since_s * US_PER_S, "%s since %s: %lld",
                     cases[i].vs, cases[i].since, (long long)(got.since_us / US_PER_S));
        cr_expect_eq(got.until_us, cases[i].want_until_s * US_PER_S, "%s since %s until: %lld",
                     cases[i].vs, cases[i].since, (long long)(got.until_us / US_PER_S));
        arena_release(&arena);
    }
}

static const struct {
    const char *text, *message;
} mistakes[] = {
    {"",                     "--vs: expected previous, 7d or 2026-09-01..2026-09-07, found \"\""      },
    {"before",               "--vs: expected previous, 7d or 2026-09-01..2026-09-07, found \"before\""},
    {"now",                  "--vs: expected previous, 7d or 2026-09-01..2026-09-07, found \"now\""   },
    {"0d",                   "--vs: expected previous, 7d or 2026-09-01..2026-09-07, found \"0d\""    },
    {"2026-09-01T00:00:00Z", "--vs: expected previous, 7d or 2026-09-01..2026-09-07, found \"2026"    },
    {"2026-09-01..x",        "--vs: expected a time like 24h, 7d, 2026-09-07, 2026-09-07T08:00:00Z, "
                      "yesterday or this-month, found \"x\""                     },
    {"..2026-09-01",         "--vs: expected a time like 24h"                                         },
};

Test(versus, mistakes)
{
    struct arena arena = {0};
    struct versus v = {0};
    struct window w;
    struct error err;

    for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
        cr_expect_eq(versus_parse(mistakes[i].text, &arena, &v, &err), ERR_USAGE);
        cr_expect_eq(strncmp(err.msg, mistakes[i].message, strlen(mistakes[i].message)), 0, "%s",
                     err.msg);
        cr_expect_eq(v.kind, VERSUS_NONE, "untouched");
    }
    cr_assert_eq(versus_parse("2026-09-07..2026-09-01", &arena, &v, &err), OK);
    cr_expect_eq(versus_window(&v, &(struct when){0}, (struct window){0, 1}, &utc, NOW, &w, &err),
                 ERR_USAGE);
    cr_expect_str_eq(err.msg, "--vs 2026-09-07..2026-09-01: its beginning is not before its end");
    arena_release(&arena);
}
