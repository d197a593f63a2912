#include "base/zone.h"

#include <criterion/criterion.h>

#include "base/error.h"
#include "base/time_text.h"

#define S US_PER_S

/* Instants of the changes and starts of days by Python's zoneinfo. */
static const struct zone_step berlin_steps[] = {
    {INT64_MIN,      3600},
    {1774746000 * S, 7200}, /* 2026-03-29T01:00Z */
    {1792890000 * S, 3600}, /* 2026-10-25T01:00Z */
};
static const struct zone berlin = {"Europe/Berlin", berlin_steps, ARRAY_LEN(berlin_steps)};

/* Midnight of 2026-03-29 does not exist; on 2026-10-25 the clocks go from 0:00 back to 23:00. */
static const struct zone_step beirut_steps[] = {
    {INT64_MIN,      7200 },
    {1774735200 * S, 10800},
    {1792875600 * S, 7200 },
};
static const struct zone beirut = {"Asia/Beirut", beirut_steps, ARRAY_LEN(beirut_steps)};

/* On 2010-11-07 the clocks went from 0:01 back to 23:01: there were two midnights. */
static const struct zone_step st_johns_steps[] = {
    {INT64_MIN,      -9000 },
    {1289097060 * S, -12600},
};
static const struct zone st_johns = {"America/St_Johns", st_johns_steps, 2};

/* There was no 2011-12-30 in Samoa. */
static const struct zone_step apia_steps[] = {
    {INT64_MIN,      -36000},
    {1325239200 * S, 50400 },
};
static const struct zone apia = {"Pacific/Apia", apia_steps, 2};

static const struct zone utc = {"UTC", NULL, 0};

Test(zone, offset)
{
    cr_expect_eq(zone_offset_s(&utc, 0), 0);
    cr_expect_eq(zone_offset_s(&berlin, INT64_MIN), 3600);
    cr_expect_eq(zone_offset_s(&berlin, 1774746000 * S - 1), 3600);
    cr_expect_eq(zone_offset_s(&berlin, 1774746000 * S), 7200);
    cr_expect_eq(zone_offset_s(&berlin, 1792890000 * S - 1), 7200);
    cr_expect_eq(zone_offset_s(&berlin, 1792890000 * S), 3600);
    cr_expect_eq(zone_offset_s(&berlin, INT64_MAX), 3600);
}

static const struct {
    const struct zone *zone;
    int64_t day;
    int64_t start_s;
} starts[] = {
    {&utc,      0,     0         },
    {&utc,      -1,    -86400    },
    {&berlin,   20454, 1767222000}, /* 2026-01-01 */
    {&berlin,   20541, 1774738800}, /* 2026-03-29, 23 hours */
    {&berlin,   20542, 1774821600},
    {&berlin,   20635, 1782856800}, /* 2026-07-01 */
    {&berlin,   20751, 1792879200}, /* 2026-10-25, 25 hours */
    {&berlin,   20752, 1792969200},
    {&beirut,   20541, 1774735200}, /* begins at 1:00 */
    {&beirut,   20751, 1792879200},
    {&st_johns, 14920, 1289097000}, /* the first of two midnights */
    {&apia,     15337, 1325152800},
    {&apia,     15338, 1325239200}, /* the day that was not is empty */
    {&apia,     15339, 1325239200},
};

Test(zone, day_start)
{
    for (size_t i = 0; i < ARRAY_LEN(starts); i++)
        cr_expect_eq(zone_day_start_us(starts[i].zone, starts[i].day), starts[i].start_s * S,
                     "%s, day %lld", starts[i].zone->name, (long long)starts[i].day);
    cr_expect_eq(zone_day_start_us(&berlin, 20542) - zone_day_start_us(&berlin, 20541),
                 23 * 3600 * S);
    cr_expect_eq(zone_day_start_us(&berlin, 20752) - zone_day_start_us(&berlin, 20751),
                 25 * 3600 * S);
}

/* A day begins where its number begins, in each zone and on each day of its tables. */
Test(zone, day_is_the_inverse)
{
    static const struct zone *const zones[] = {&utc, &berlin, &beirut};

    for (size_t z = 0; z < ARRAY_LEN(zones); z++)
        for (int64_t day = 20400; day < 20800; day++) {
            int64_t start = zone_day_start_us(zones[z], day);
            cr_expect_eq(zone_day(zones[z], start), day);
            cr_expect_eq(zone_day(zones[z], start - 1), day - 1);
        }
    cr_expect_eq(zone_day(&utc, -1), -1);
    cr_expect_eq(zone_day(&utc, 0), 0);
    cr_expect_eq(zone_day(&utc, US_PER_DAY - 1), 0);
}

/* Wanted instants by Python's zoneinfo: datetime(..., tzinfo=zone, fold=0).timestamp(). */
static const struct {
    const char *name;
    const struct zone *zone;
    int64_t local_s, utc_s;
} locals[] = {
    {"UTC is itself",                &utc,      1774746000, 1774746000},
    {"winter",                       &berlin,   1767225600, 1767222000}, /* 2026-01-01T00:00 */
    {"summer",                       &berlin,   1782864000, 1782856800}, /* 2026-07-01T00:00 */
    {"the last second before a gap", &berlin,   1774749599, 1774745999}, /* 2026-03-29T01:59:59 */
    {"a gap begins",                 &berlin,   1774749600, 1774746000}, /* 02:00 is 03:00 */
    {"inside a gap",                 &berlin,   1774751400, 1774747800}, /* 02:30 is 03:30 */
    {"a gap ends",                   &berlin,   1774753200, 1774746000}, /* 03:00 */
    {"before two equal hours",       &berlin,   1792893599, 1792886399}, /* 2026-10-25T01:59:59 */
    {"the first of two",             &berlin,   1792895400, 1792888200}, /* 02:30 */
    {"behind two equal hours",       &berlin,   1792897200, 1792893600}, /* 03:00 */
    {"west of Greenwich",            &st_johns, 1289088000, 1289097000}, /* 2010-11-07T00:00 */
    {"west, behind the change",      &st_johns, 1289088060, 1289100660}, /* 00:01 */
    {"a day that was not",           &apia,     1325246400, 1325282400}, /* 2011-12-30T12:00 */
};

Test(zone, local_to_utc)
{
    for (size_t i = 0; i < ARRAY_LEN(locals); i++)
        cr_expect_eq(zone_local_to_utc(locals[i].zone, locals[i].local_s * S), locals[i].utc_s * S,
                     "%s: %lld", locals[i].name,
                     (long long)zone_local_to_utc(locals[i].zone, locals[i].local_s * S) / S);
    cr_expect_eq(zone_local_to_utc(&berlin, 1792895400 * S + 7), 1792888200 * S + 7);
}

/* Back from the clocks every instant is itself, but for the second of two equal hours. */
Test(zone, local_to_utc_is_the_inverse)
{
    static const struct zone *const zones[] = {&utc, &berlin, &beirut, &st_johns};

    for (size_t z = 0; z < ARRAY_LEN(zones); z++)
        for (int64_t day = 14900; day < 20800; day += 1)
            for (int64_t hour = 0; hour < 24; hour++) {
                int64_t us = day * US_PER_DAY + hour * 3600 * S;
                int64_t local = us + zone_offset_s(zones[z], us) * S;
                int64_t back = zone_local_to_utc(zones[z], local);
                cr_expect(back == us || (back < us && back + zone_offset_s(zones[z], back) * S ==
                                                          local));
            }
}

Test(zone, ends_of_time)
{
    cr_expect_eq(zone_day(&berlin, INT64_MAX), INT64_MAX / US_PER_DAY);
    cr_expect_eq(zone_day(&st_johns, INT64_MIN), INT64_MIN / US_PER_DAY - 1);
    cr_expect_eq(zone_day_start_us(&berlin, INT64_MAX), INT64_MAX);
    cr_expect_eq(zone_day_start_us(&berlin, INT64_MIN), INT64_MIN);
    cr_expect_eq(zone_day_start_us(&utc, INT64_MAX), INT64_MAX);
    cr_expect_eq(zone_local_to_utc(&st_johns, INT64_MAX), INT64_MAX);
    cr_expect_eq(zone_local_to_utc(&berlin, INT64_MIN), INT64_MIN);
}
