#include "when.h"

#include <criterion/criterion.h>
#include <string.h>
#include "base/time_text.h"

/* 2026: Berlin goes to +02:00 on 29 March 01:00 UTC and back on 25 October 01:00 UTC. The instants
 * below were computed with Python's zoneinfo. */
static const struct zone_step berlin_steps[] = {
    {INT64_MIN,                      3600},
    {INT64_C(1774746000) * US_PER_S, 7200},
    {INT64_C(1792890000) * US_PER_S, 3600},
};
static const struct zone berlin = {"Europe/Berlin", berlin_steps, 3};
static const struct zone utc = {"UTC", NULL, 0};

#define NOW (INT64_C(1795258200) * US_PER_S) /* Saturday 2026-11-21 10:50:00 UTC */

static const struct {
    const char *text;
    const struct zone *zone;
    int64_t since_s, until_s;
} cases[] = {
    {"now",                       &utc,    1795258200, 1795258200},
    {"0h",                        &utc,    1795258200, 1795258200},
    {"30s",                       &utc,    1795258170, 1795258170},
    {"30m",                       &utc,    1795256400, 1795256400},
    {"24h",                       &berlin, 1795171800, 1795171800},
    {"7d",                        &utc,    1794653400, 1794653400},
    {"2w",                        &utc,    1794048600, 1794048600},
    {"2026-09-07",                &utc,    1788739200, 1788825600},
    {"20260907",                  &utc,    1788739200, 1788825600},
    {"2026-09-07",                &berlin, 1788732000, 1788818400},
    {"2026-03-29",                &berlin, 1774738800, 1774821600}, /* 23 hours */
    {"2026-10-25",                &berlin, 1792879200, 1792969200}, /* 25 hours */
    {"2026-09-07T08:00:00Z",      &berlin, 1788768000, 1788768000},
    {"2026-09-07T08:00:00+02:00", &utc,    1788760800, 1788760800},
    {"2026-09-07T08:00",          &berlin, 1788760800, 1788760800},
    {"2026-11-07 08:00:00",       &berlin, 1794034800, 1794034800},
    {"2026-03-29T02:30",          &berlin, 1774747800, 1774747800}, /* left out: 03:30 */
    {"today",                     &berlin, 1795215600, 1795302000},
    {"yesterday",                 &berlin, 1795129200, 1795215600},
    {"this-week",                 &utc,    1794787200, 1795392000},
    {"last-week",                 &utc,    1794182400, 1794787200},
    {"this-month",                &utc,    1793491200, 1796083200},
    {"last-month",                &berlin, 1790805600, 1793487600},
    {"1969-12-31",                &utc,    -86400,     0         },
};

Test(when, resolves)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct error err = {0};
        struct when w = {0};
        enum err rc = when_parse(cases[i].text, &w, &err);
        int64_t since, until;

        cr_expect(rc == OK, "%s: %s", cases[i].text, err.msg);
        cr_expect(w.text == cases[i].text);
        since = when_since_us(&w, cases[i].zone, NOW);
        until = when_until_us(&w, cases[i].zone, NOW);
        cr_expect(since == cases[i].since_s * US_PER_S, "%s since: %ld", cases[i].text,
                  (long)(since / US_PER_S));
        cr_expect(until == cases[i].until_s * US_PER_S, "%s until: %ld", cases[i].text,
                  (long)(until / US_PER_S));
    }
}

Test(when, january_looks_back_to_december)
{
    struct when w = {0};
    struct error err = {0};

    cr_assert(when_parse("last-month", &w, &err) == OK);
    /* now: 2026-01-15 00:00 UTC; wanted: 2025-12-01 and 2026-01-01 */
    cr_expect(when_since_us(&w, &utc, 1768435200 * US_PER_S) == 1764547200 * US_PER_S);
    cr_expect(when_until_us(&w, &utc, 1768435200 * US_PER_S) == 1767225600 * US_PER_S);
}

static const struct {
    const char *text;
    enum err want;
} bad[] = {
    {"",                      ERR_PARSE},
    {"d",                     ERR_PARSE},
    {"7",                     ERR_PARSE},
    {"7y",                    ERR_PARSE},
    {"-7d",                   ERR_PARSE},
    {"7d ",                   ERR_PARSE},
    {"1.5h",                  ERR_PARSE},
    {"2026-13-01",            ERR_PARSE},
    {"2026-02-29",            ERR_PARSE},
    {"20260230",              ERR_PARSE},
    {"2026-9-7",              ERR_PARSE},
    {"1795258200",            ERR_PARSE}, /* seconds or milliseconds: say it as a date */
    {"Yesterday",             ERR_PARSE},
    {"last-year",             ERR_PARSE},
    {"99999999999999999999d", ERR_RANGE},
    {"9999999999w",           ERR_RANGE},
};

Test(when, refuses)
{
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct error err = {0};
        struct when w = {.value = 77};

        cr_expect(when_parse(bad[i].text, &w, &err) == bad[i].want, "%s: %d", bad[i].text,
                  err.code);
        cr_expect(w.value == 77, "%s", bad[i].text);
        cr_expect(strstr(err.msg, bad[i].want == ERR_PARSE ? "expected a time like"
                                                           : "outside the years 1 to 9999"));
    }
}
