/* when: the times that people type after --since and --until. */
#include "when.h"

#include <string.h>
#include "base/sv.h"
#include "base/time_text.h"
#include "base/banned.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static const struct {
    const char *name;
    enum when_kind kind;
    int64_t value;
} names[] = {
    {"now",        WHEN_AGO,   0 },
    {"today",      WHEN_TODAY, 0 },
    {"yesterday",  WHEN_TODAY, -1},
    {"this-week",  WHEN_WEEK,  0 },
    {"last-week",  WHEN_WEEK,  -1},
    {"this-month", WHEN_MONTH, 0 },
    {"last-month", WHEN_MONTH, -1},
};

static const struct {
    char letter;
    int64_t us;
} units[] = {
    {'s', US_PER_S       },
    {'m', 60 * US_PER_S  },
    {'h', 3600 * US_PER_S},
    {'d', US_PER_DAY     },
    {'w', 7 * US_PER_DAY },
};

/* "24h". ERR_PARSE when it is no number with a unit, ERR_RANGE when it is too long ago to matter.
 */
static enum err parse_ago(struct sv text, struct when *out)
{
    int64_t count = 0;
    size_t i = 0;

    for (; i < text.n && digit(text.p[i]); i++)
        if (__builtin_mul_overflow(count, 10, &count) ||
            __builtin_add_overflow(count, text.p[i] - '0', &count))
            return ERR_RANGE;
    if (i == 0 || i + 1 != text.n)
        return ERR_PARSE;
    for (size_t u = 0; u < ARRAY_LEN(units); u++) {
        if (units[u].letter != text.p[i])
            continue;
        if (__builtin_mul_overflow(count, units[u].us, &out->value) ||
            out->value > INT64_C(9000) * 366 * US_PER_DAY)
            return ERR_RANGE;
        out->kind = WHEN_AGO;
        return OK;
    }
    return ERR_PARSE;
}

/* 2026-09-07 or 20260907. */
static enum err parse_date(struct sv text, struct when *out)
{
    char iso[] = "0000-00-00";
    int64_t us;
    enum err rc;

    for (size_t i = 0; i < text.n; i++)
        if (!digit(text.p[i]) && !(text.n == 10 && (i == 4 || i == 7) && text.p[i] == '-'))
            return ERR_PARSE;
    if (text.n == 8) {
        memcpy(iso, text.p, 4);
        memcpy(iso + 5, text.p + 4, 2);
        memcpy(iso + 8, text.p + 6, 2);
    } else if (text.n == 10 && text.p[4] == '-' && text.p[7] == '-') {
        memcpy(iso, text.p, 10);
    } else {
        return ERR_PARSE;
    }
    rc = time_parse(SV(iso), &us, NULL);
    if (rc)
        return rc;
    out->kind = WHEN_DATE;
    out->value = (us - (us % US_PER_DAY + US_PER_DAY) % US_PER_DAY) / US_PER_DAY;
    return OK;
}

static enum err parse_instant(struct sv text, struct when *out)
{
    bool zoneless = false;
    enum err rc;

    /* A bare number would be a guess between seconds, milliseconds and days. */
    if (sv_find(text, SV(":")) < 0)
        return ERR_PARSE;
    rc = time_parse(text, &out->value, &zoneless);
    out->kind = zoneless ? WHEN_LOCAL : WHEN_INSTANT;
    return rc;
}

enum err when_parse(const char *text, struct when *out, struct error *err)
{
    static enum err (*const forms[])(struct sv, struct when *) = {parse_ago, parse_date,
                                                                  parse_instant};
    struct when w = {.text = text};
    enum err rc = ERR_PARSE;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(text, names[i].name) == 0) {
            *out = (struct when){text, names[i].kind, names[i].value};
            return OK;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(forms) && rc == ERR_PARSE; i++)
        rc = forms[i](sv_from(text), &w);
    if (rc == ERR_RANGE)
        return error_set(err, rc, "\"%s\" is outside the years 1 to 9999", text);
    if (rc)
        return error_set(err, rc, "expected a time like " WHEN_FORMS ", found \"%s\"", text);
    *out = w;
    return OK;
}

static int64_t first_of_month(int64_t day, int64_t add)
{
    int64_t year, months;
    int month, day_of_month;

    civil_from_days(day, &year, &month, &day_of_month);
    months = year * 12 + month - 1 + add;
    return days_from_civil(months / 12, (int)(months % 12) + 1, 1);
}

/* The span of days that is meant, [first, behind); false when it is an instant. */
static bool days_meant(const struct when *w, int64_t today, int64_t *first, int64_t *behind)
{
    int64_t monday = today - ((today + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */

    switch (w->kind) {
    case WHEN_DATE:
        *first = w->value;
        *behind = *first + 1;
        return true;
    case WHEN_TODAY:
        *first = today + w->value;
        *behind = *first + 1;
        return true;
    case WHEN_WEEK:
        *first = monday + 7 * w->value;
        *behind = *first + 7;
        return true;
    case WHEN_MONTH:
        *first = first_of_month(today, w->value);
        *behind = first_of_month(today, w->value + 1);
        return true;
    case WHEN_NONE:
    case WHEN_AGO:
    case WHEN_INSTANT:
    case WHEN_LOCAL:
        break;
    }
    return false;
}

static int64_t resolve(const struct when *w, const struct zone *z, int64_t now_us, bool until)
{
    int64_t first, behind;

    if (days_meant(w, zone_day(z, now_us), &first, &behind))
        return zone_day_start_us(z, until ? behind : first);
    if (w->kind == WHEN_AGO)
        return now_us - w->value;
    return w->kind == WHEN_LOCAL ? zone_local_to_utc(z, w->value) : w->value;
}

enum err when_duration(const char *option, const char *text, int64_t *out, struct error *err)
{
    struct when w;

    if (!text)
        return OK;
    if (when_parse(text, &w, NULL) || w.kind != WHEN_AGO || w.value <= 0)
        return error_set(err, ERR_USAGE, "--%s: expected a time like 1h or 30d, found \"%s\"",
                         option, text);
    *out = w.value;
    return OK;
}

int64_t when_since_us(const struct when *w, const struct zone *z, int64_t now_us)
{
    return resolve(w, z, now_us, false);
}

int64_t when_until_us(const struct when *w, const struct zone *z, int64_t now_us)
{
    return resolve(w, z, now_us, true);
}
