/* versus: the window that a report is compared with. */
#include "versus.h"

#include <string.h>
#include "text.h"
#include "base/time_text.h"
#include "base/banned.h"

static enum err not_understood(const char *text, struct error *err)
{
    return error_set(err, ERR_USAGE, "--vs: expected " VERSUS_FORMS ", found \"%s\"", text);
}

/* FROM..TO. */
static enum err parse_range(const char *text, const char *dots, struct arena *a, struct versus *out,
                            struct error *err)
{
    const char *from = text_copy(a, (struct sv){text, (size_t)(dots - text)});
    const char *to = text_copy(a, sv_from(dots + strlen("..")));
    struct error bad;

    if (!from || !to)
        return error_set(err, ERR_NOMEM, "out of memory");
    if (when_parse(from, &out->since, &bad) || when_parse(to, &out->until, &bad))
        return error_set(err, ERR_USAGE, "--vs: %s", bad.msg);
    out->kind = VERSUS_WINDOW;
    return OK;
}

enum err versus_parse(const char *text, struct arena *a, struct versus *out, struct error *err)
{
    const char *dots = strstr(text, "..");
    struct versus v = {.kind = VERSUS_PREVIOUS, .text = text};
    struct error bad;
    enum err rc = OK;

    if (dots) {
        rc = parse_range(text, dots, a, &v, err);
    } else if (strcmp(text, "previous") != 0) {
        if (when_parse(text, &v.since, &bad))
            return not_understood(text, err);
        v.until = v.since;
        v.kind = VERSUS_WINDOW;
        if (v.since.kind == WHEN_AGO) {
            v.kind = VERSUS_AGO;
            v.ago_us = v.since.value;
            v.ago_days = strchr("dw", text[strlen(text) - 1]) != NULL;
        }
        if (v.since.kind == WHEN_INSTANT || v.since.kind == WHEN_LOCAL ||
            (v.kind == VERSUS_AGO && v.ago_us == 0)) /* "now", "0d" */
            return not_understood(text, err);
    }
    if (!rc)
        *out = v;
    return rc;
}

/* ---- windows ------------------------------------------------------------------------------ */

static bool is_midnight(const struct zone *z, int64_t us)
{
    return zone_day_start_us(z, zone_day(z, us)) == us;
}

/* The same time of the clock on another day; the day's beginning stays that. */
static int64_t on_day(const struct zone *z, int64_t us, int64_t day)
{
    int64_t today = zone_day(z, us);

    if (is_midnight(z, us))
        return zone_day_start_us(z, day);
    return zone_local_to_utc(z, us + zone_offset_s(z, us) * US_PER_S + (day - today) * US_PER_DAY);
}

static int64_t month_of(int64_t day, int *day_of_month)
{
    int64_t year;
    int month;

    civil_from_days(day, &year, &month, day_of_month);
    return year * 12 + month - 1;
}

static int64_t first_of(int64_t month)
{
    return days_from_civil(month / 12, (int)(month % 12) + 1, 1);
}

static bool begins_month(const struct zone *z, int64_t us)
{
    int day;

    month_of(zone_day(z, us), &day);
    return day == 1 && is_midnight(z, us);
}

/* n months earlier; a day that the month does not have is its last one. */
static int64_t months_earlier(const struct zone *z, int64_t us, int64_t n)
{
    int day;
    int64_t month = month_of(zone_day(z, us), &day) - n;
    int64_t length = first_of(month + 1) - first_of(month);

    return on_day(z, us, first_of(month) + (day < length ? day : length) - 1);
}

static struct window by_days(const struct zone *z, struct window w, int64_t days)
{
    return (struct window){on_day(z, w.since_us, zone_day(z, w.since_us) - days),
                           on_day(z, w.until_us, zone_day(z, w.until_us) - days)};
}

static struct window previous(const struct when *since, struct window w, const struct zone *z)
{
    int day;
    int64_t days = zone_day(z, w.until_us - 1) - zone_day(z, w.since_us) + 1; /* touched */
    int64_t length = w.until_us - w.since_us;

    if (begins_month(z, w.since_us) && (since->kind == WHEN_MONTH || begins_month(z, w.until_us))) {
        int64_t n = month_of(zone_day(z, w.until_us - 1), &day) -
                    month_of(zone_day(z, w.since_us), &day) + 1;
        return (struct window){months_earlier(z, w.since_us, n), months_earlier(z, w.until_us, n)};
    }
    if (since->kind == WHEN_WEEK)
        return by_days(z, w, (days + 6) / 7 * 7);
    if (is_midnight(z, w.since_us) && since->kind != WHEN_AGO)
        return by_days(z, w, days);
    return (struct window){w.since_us - length, w.since_us};
}

enum err versus_window(const struct versus *v, const struct when *since, struct window reported,
                       const struct zone *z, int64_t now_us, struct window *out, struct error *err)
{
    struct window w;

    if (v->kind == VERSUS_WINDOW) {
        w.since_us = when_since_us(&v->since, z, now_us);
        w.until_us = when_until_us(&v->until, z, now_us);
        if (w.since_us >= w.until_us)
            return error_set(err, ERR_USAGE, "--vs %s: its beginning is not before its end",
                             v->text);
    } else if (v->kind == VERSUS_PREVIOUS) {
        w = previous(since, reported, z);
    } else if (v->ago_days) {
        w = by_days(z, reported, v->ago_us / US_PER_DAY);
    } else {
        w = (struct window){reported.since_us - v->ago_us, reported.until_us - v->ago_us};
    }
    *out = w;
    return OK;
}
