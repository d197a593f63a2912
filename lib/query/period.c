/* period: see the header. */
#include "query/period.h"

#include "base/time_text.h"
#include "query/bucket.h"
#include "base/banned.h"

#define FIRST_US (INT64_C(-62135596800) * US_PER_S)    /* 0001-01-01 */
#define LAST_US (INT64_C(253402300800) * US_PER_S - 1) /* the end of 9999 */

const char *const period_names[PERIOD_COUNT + 1] = {
    "hour", "day", "week", "month", "24h", "7d", "30d", NULL,
};

/* Of the rolling ones. */
static const int64_t lengths_us[PERIOD_COUNT] = {
    [PERIOD_LAST_24H] = US_PER_DAY,
    [PERIOD_LAST_7D] = 7 * US_PER_DAY,
    [PERIOD_LAST_30D] = 30 * US_PER_DAY,
};

bool period_is_rolling(enum period p)
{
    return lengths_us[p] != 0;
}

static struct period_span days(const struct zone *zone, int64_t from, int64_t until)
{
    return (struct period_span){zone_day_start_us(zone, from), zone_day_start_us(zone, until)};
}

static struct period_span month(const struct zone *zone, int64_t day)
{
    int64_t year;
    int month, day_of_month;
    int64_t first;

    civil_from_days(day, &year, &month, &day_of_month);
    first = day - day_of_month + 1;
    return days(zone, first,
                month == 12 ? days_from_civil(year + 1, 1, 1)
                            : days_from_civil(year, month + 1, 1));
}

struct period_span period_at(enum period p, const struct zone *zone, int64_t us)
{
    struct bucketer hour;
    int64_t day, monday;

    us = us < FIRST_US ? FIRST_US : us > LAST_US ? LAST_US : us;
    day = zone_day(zone, us);
    switch (p) {
    case PERIOD_HOUR:
        bucketer_init(&hour, zone, BUCKET_HOUR);
        bucket_number(&hour, us); /* remembers from when to when it holds */
        return (struct period_span){hour.from_us, hour.until_us};
    case PERIOD_DAY:
        return days(zone, day, day + 1);
    case PERIOD_WEEK:
        monday = day - ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        return days(zone, monday, monday + 7);
    case PERIOD_MONTH:
        return month(zone, day);
    default:
        return (struct period_span){us + 1 - lengths_us[p], us + 1};
    }
}
