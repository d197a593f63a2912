/* bucket: civil time by integer arithmetic on the zone's offset steps. */
#include "query/bucket.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "base/time_text.h"
#include "base/banned.h"

#define FIRST_US (INT64_C(-62135596800) * US_PER_S) /* 0001-01-01 */
#define LAST_US (INT64_C(253402300800) * US_PER_S - 1) /* the end of 9999 */

/* Width of the buckets below a day, 0 for the others. */
static const int64_t width_us[] = {
    [BUCKET_MINUTE] = 60 * US_PER_S, [BUCKET_5M] = 300 * US_PER_S,
    [BUCKET_15M] = 900 * US_PER_S,   [BUCKET_HOUR] = 3600 * US_PER_S,
    [BUCKET_DAY] = 0,                [BUCKET_WEEK] = 0,
    [BUCKET_MONTH] = 0,              [BUCKET_WEEKDAY] = 0,
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void bucketer_init(struct bucketer *b, const struct zone *zone, enum bucket kind)
{
    *b = (struct bucketer){.zone = zone, .kind = kind, .from_us = 1, .until_us = 0};
}

/* The step that holds at us: its offset and [*from, *until). */
static int64_t step_at(const struct zone *z, int64_t us, int64_t *from, int64_t *until)
{
    size_t low = 0, high = z->n;

    *from = INT64_MIN;
    *until = INT64_MAX;
    if (!z->n)
        return 0;
    while (high - low > 1) { /* steps[low] begins at or before us, or low is 0 */
        size_t middle = low + (high - low) / 2;

        if (z->steps[middle].from_us <= us)
            low = middle;
        else
            high = middle;
    }
    if (low > 0)
        *from = z->steps[low].from_us;
    if (low + 1 < z->n)
        *until = z->steps[low + 1].from_us;
    return z->steps[low].offset_s * US_PER_S;
}

static int64_t number_of_day(enum bucket kind, int64_t day)
{
    int64_t year;
    int month, day_of_month;

    switch (kind) {
    case BUCKET_WEEK:
        return floor_div(day + 3, 7); /* 1970-01-01 was a Thursday */
    case BUCKET_MONTH:
        civil_from_days(day, &year, &month, &day_of_month);
        return year * 12 + month - 1;
    case BUCKET_WEEKDAY:
        return day + 3 - 7 * floor_div(day + 3, 7) + 1;
    default:
        return day;
    }
}

int64_t bucket_number(struct bucketer *b, int64_t us)
{
    int64_t offset_us, step_from, step_until, width, start;

    if (us >= b->from_us && us < b->until_us)
        return b->number;
    us = min(max(us, FIRST_US), LAST_US);
    offset_us = step_at(b->zone, us, &step_from, &step_until);
    width = width_us[b->kind] ? width_us[b->kind] : US_PER_DAY;
    start = floor_div(us + offset_us, width) * width - offset_us;
    /* Civil time is even only within one step, so the answer is remembered no further. */
    b->from_us = max(start, step_from);
    b->until_us = min(start + width, step_until);
    if (width_us[b->kind])
        b->number = floor_div(b->from_us, US_PER_S);
    else
        b->number = number_of_day(b->kind, floor_div(us + offset_us, US_PER_DAY));
    return b->number;
}

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

int64_t bucket_step(const struct zone *zone, enum bucket kind)
{
    int64_t step = width_us[kind] / US_PER_S;

    if (!step)
        return 1;
    for (size_t i = 0; i < zone->n; i++) {
        step = greatest_divisor(step, zone->steps[i].offset_s);
        if (i > 0)
            step = greatest_divisor(step, floor_div(zone->steps[i].from_us, US_PER_S));
    }
    return step;
}

size_t bucket_label(const struct zone *zone, enum bucket kind, int64_t number, char *out)
{
    int64_t year = 0, thursday;
    int month = 1, day = 1, n;

    switch (kind) {
    case BUCKET_DAY:
        civil_from_days(number, &year, &month, &day);
        n = snprintf(out, 40, "%04" PRId64 "-%02d-%02d", year, month, day);
        break;
    case BUCKET_WEEK: /* a week belongs to the year of its Thursday */
        thursday = number * 7;
        civil_from_days(thursday, &year, &month, &day);
        n = snprintf(out, 40, "%04" PRId64 "-W%02" PRId64, year,
                     (thursday - days_from_civil(year, 1, 1)) / 7 + 1);
        break;
    case BUCKET_MONTH:
        year = floor_div(number, 12);
        n = snprintf(out, 40, "%04" PRId64 "-%02" PRId64, year, number - year * 12 + 1);
        break;
    case BUCKET_WEEKDAY:
        n = snprintf(out, 40, "%" PRId64, number);
        break;
    default:
        return time_format_offset(number * US_PER_S, zone_offset_s(zone, number * US_PER_S),
                                  zone->n <= 1, out);
    }
    return (size_t)n;
}

size_t bucket_days_label(const struct zone *zone, int64_t first_us, int64_t last_us, char *out)
{
    struct bucketer b;
    int64_t first, last;
    size_t n;

    bucketer_init(&b, zone, BUCKET_DAY);
    first = bucket_number(&b, first_us);
    last = bucket_number(&b, last_us);
    n = bucket_label(zone, BUCKET_DAY, first, out);
    if (first == last)
        return n;
    memcpy(out + n, " .. ", 4);
    return n + 4 + bucket_label(zone, BUCKET_DAY, last, out + n + 4);
}
