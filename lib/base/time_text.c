/* time_text: instants and amounts as text and back, without floating point. */
#include "base/time_text.h"

#include <stdbool.h>

#include "base/banned.h"

/* First and last day, as days since 1970, of the years that logs may speak of. */
#define DAY_MIN INT64_C(-719162) /* 0001-01-01 */
#define DAY_END INT64_C(2932897) /* 10000-01-01 */

/* Counts from 1 March of year 0, so that the leap day is the last day of a year, in eras of 400
 * years (146097 days). */
int64_t days_from_civil(int64_t year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153; /* month counted from March */

    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = yoe + era * 400 + (*month <= 2);
}

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

enum rounding { HALF_EVEN, TO_FLOOR };

/* A decimal number taken apart: its value is 0.DIGITS * 10^point, where DIGITS are the digits of
 * text, with one dot somewhere among them or none, without leading zeros. */
struct decimal {
    struct sv digits;
    bool negative;
    int64_t point;
};

static enum err decimal_parse(struct sv text, struct decimal *out)
{
    const char *p = text.p;
    const char *end;
    const char *start;
    const char *dot = NULL;
    int64_t digits = 0;
    int64_t exponent = 0;

    if (text.n == 0) /* p may be NULL, to which C lets nobody add even 0 */
        return ERR_PARSE;
    end = p + text.n;
    out->negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    start = p;
    for (; p < end && (is_digit(*p) || (*p == '.' && !dot)); p++) {
        if (*p == '.')
            dot = p;
        else
            digits++;
    }
    if (digits == 0)
        return ERR_PARSE;
    out->digits = (struct sv){start, (size_t)(p - start)};
    out->point = (dot ? dot : p) - start;
    if (p < end && (*p | 0x20) == 'e') {
        bool negative = ++p < end && *p == '-';
        if (p < end && (*p == '-' || *p == '+'))
            p++;
        if (p == end)
            return ERR_PARSE;
        for (; p < end && is_digit(*p); p++)
            if (exponent < INT64_C(1) << 53) /* further out it makes no difference */
                exponent = exponent * 10 + (*p - '0');
        out->point += negative ? -exponent : exponent;
    }
    if (p != end)
        return ERR_PARSE;
    while (out->digits.n && (out->digits.p[0] == '0' || out->digits.p[0] == '.')) {
        out->point -= out->digits.p[0] == '0';
        out->digits.p++;
        out->digits.n--;
    }
    return OK;
}

/* d * 10^scale as a whole number. The work does not depend on the size of the exponent. */
static enum err decimal_whole(const struct decimal *d, int scale, enum rounding rounding,
                              int64_t *out)
{
    int64_t keep = d->point + scale; /* digits that stand before the rounding position */
    int64_t seen = 0;
    uint64_t value = 0;
    uint64_t limit = (uint64_t)INT64_MAX + d->negative;
    int first_dropped = 0;
    bool more_dropped = false;

    for (size_t i = 0; i < d->digits.n; i++) {
        if (d->digits.p[i] == '.')
            continue;
        int digit = d->digits.p[i] - '0';
        if (seen < keep) {
            if (__builtin_mul_overflow(value, 10, &value) ||
                __builtin_add_overflow(value, (uint64_t)digit, &value))
                return ERR_RANGE;
        } else if (seen == keep) {
            first_dropped = digit;
        } else {
            more_dropped |= digit != 0;
        }
        seen++;
    }
    for (; value && seen < keep; seen++)
        if (__builtin_mul_overflow(value, 10, &value))
            return ERR_RANGE;
    bool up = rounding == TO_FLOOR
                  ? d->negative && (first_dropped || more_dropped)
                  : first_dropped > 5 || (first_dropped == 5 && (more_dropped || value & 1));
    value += up;
    if (value > limit || (up && value == 0))
        return ERR_RANGE;
    *out = (int64_t)(d->negative ? 0 - value : value);
    return OK;
}

static const int64_t powers[] = {1,       10,       100,       1000,       10000,
                                 100000,  1000000,  10000000,  100000000,  1000000000};

/* Digits with a point among them or none, of which none drops out, nothing else, and small: as
 * nearly every number of a log is. */
static bool plain_scaled(struct sv s, int scale, int64_t *out)
{
    int64_t value = 0;
    size_t point = s.n;

    if (!s.n || s.n > 16 || scale < 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit <= 9)
            value = value * 10 + (int64_t)digit;
        else if (s.p[i] == '.' && point == s.n && i > 0)
            point = i;
        else
            return false;
    }
    size_t behind = point == s.n ? 0 : s.n - point - 1;
    if (behind > (size_t)scale || (size_t)scale - behind >= ARRAY_LEN(powers))
        return false;
    return !__builtin_mul_overflow(value, powers[(size_t)scale - behind], out);
}

enum err decimal_scaled(struct sv text, int scale_digits, int64_t *out)
{
    struct decimal d;

    if (plain_scaled(text, scale_digits, out))
        return OK;

    if (decimal_parse(text, &d))
        return ERR_PARSE;
    return decimal_whole(&d, scale_digits, HALF_EVEN, out);
}

enum err decimal_exact(struct sv text, int scale_digits, int64_t *out)
{
    struct decimal d;
    int64_t seen = 0, last = INT64_MIN; /* digits up to the last one that is not 0 */

    if (decimal_parse(text, &d))
        return ERR_PARSE;
    for (size_t i = 0; i < d.digits.n; i++) {
        seen += d.digits.p[i] != '.';
        if (d.digits.p[i] != '.' && d.digits.p[i] != '0')
            last = seen;
    }
    if (last > d.point + scale_digits)
        return ERR_RANGE;
    return decimal_whole(&d, scale_digits, HALF_EVEN, out);
}

/* Reads two digits; anything else makes *bad nonzero. */
static int two(const char *p, unsigned *bad)
{
    unsigned tens = (unsigned)(unsigned char)p[0] - '0';
    unsigned ones = (unsigned)(unsigned char)p[1] - '0';

    *bad |= (tens > 9) | (ones > 9);
    return (int)(tens * 10 + ones);
}

static bool date_exists(int year, int month, int day)
{
    static const signed char lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
        return false;
    return month != 2 || day < 29 || leap;
}

/* hh:mm, :ss and fraction from *at on, as microseconds of the day. A leap second (:60) is the
 * second after it, as POSIX counts. */
static enum err clock_parse(struct sv t, size_t *at, int64_t *us)
{
    const char *p = t.p + *at;
    size_t left = t.n - *at;
    unsigned bad = 0;
    int hour, minute, second = 0;
    int64_t fraction = 0;

    if (left < 5 || p[2] != ':')
        return ERR_PARSE;
    hour = two(p, &bad);
    minute = two(p + 3, &bad);
    size_t i = 5;
    if (left >= 8 && p[5] == ':') {
        second = two(p + 6, &bad);
        i = 8;
        if (i < left && (p[i] == '.' || p[i] == ',')) {
            size_t start = ++i;
            int64_t unit = US_PER_S / 10; /* 0 behind the microseconds: those digits drop out */
            for (; i < left && is_digit(p[i]); i++, unit /= 10)
                fraction += (p[i] - '0') * unit;
            if (i - start > 9)
                return ERR_PARSE;
        }
    }
    if (bad || hour > 23 || minute > 59 || second > 60)
        return ERR_PARSE;
    *us = (hour * 3600 + minute * 60 + second) * US_PER_S + fraction;
    *at += i;
    return OK;
}

/* Z, +hh:mm, +hhmm, +hh or nothing, up to the end of the text. */
static enum err offset_parse(struct sv t, size_t at, int *offset_s, bool *absent)
{
    const char *p = t.p + at;
    size_t left = t.n - at;
    unsigned bad = 0;
    int hours, minutes = 0;

    *offset_s = 0;
    *absent = left == 0;
    if (left == 0 || (left == 1 && (*p == 'Z' || *p == 'z')))
        return OK;
    if (left < 3 || (*p != '+' && *p != '-'))
        return ERR_PARSE;
    hours = two(p + 1, &bad);
    if (left == 5)
        minutes = two(p + 3, &bad);
    else if (left == 6 && p[3] == ':')
        minutes = two(p + 4, &bad);
    else if (left != 3)
        return ERR_PARSE;
    if (bad || hours > 23 || minutes > 59)
        return ERR_PARSE;
    *offset_s = (hours * 3600 + minutes * 60) * (*p == '-' ? -1 : 1);
    return OK;
}

static enum err in_years(int64_t us)
{
    return us >= DAY_MIN * US_PER_DAY && us < DAY_END * US_PER_DAY ? OK : ERR_RANGE;
}

static enum err calendar_parse(struct sv t, int64_t *out, bool *absent)
{
    unsigned bad = 0;
    int year = two(t.p, &bad) * 100 + two(t.p + 2, &bad);
    int month = two(t.p + 5, &bad);
    int day = two(t.p + 8, &bad);
    int64_t clock_us = 0;
    int offset_s = 0;
    size_t at = 10;
    enum err rc;

    if (bad || t.p[7] != '-' || !date_exists(year, month, day))
        return ERR_PARSE;
    *absent = true;
    if (t.n > at) {
        char c = t.p[at++];
        if (c != 'T' && c != ' ' && c != 't')
            return ERR_PARSE;
        rc = clock_parse(t, &at, &clock_us);
        if (rc)
            return rc;
        rc = offset_parse(t, at, &offset_s, absent);
        if (rc)
            return rc;
    }
    *out = days_from_civil(year, month, day) * US_PER_DAY + clock_us - offset_s * US_PER_S;
    return year == 0 ? ERR_RANGE : in_years(*out);
}

/* The number of digits before the point tells the unit: seconds have 10 until the year 2286. */
static enum err epoch_parse(struct sv t, int64_t *out)
{
    struct decimal d;
    enum err rc;
    int scale;

    if (decimal_parse(t, &d))
        return ERR_PARSE;
    scale = d.point <= 11 ? 6 : d.point <= 14 ? 3 : d.point <= 17 ? 0 : -3;
    rc = decimal_whole(&d, scale, TO_FLOOR, out);
    return rc ? rc : in_years(*out);
}

enum err time_parse(struct sv text, int64_t *out_us, bool *zoneless)
{
    bool absent = false;
    int64_t us = 0;
    enum err rc;

    if (text.n >= 10 && text.p[4] == '-' && is_digit(text.p[3])) /* not 1.5e-10000 */
        rc = calendar_parse(text, &us, &absent);
    else
        rc = epoch_parse(text, &us);
    if (rc)
        return rc;
    *out_us = us;
    if (zoneless)
        *zoneless = absent;
    return OK;
}

/* v with at least width digits; returns the end. */
static char *put_digits(char *out, uint64_t v, int width)
{
    char text[20];
    int n = 0;

    do {
        text[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v || n < width);
    while (n)
        *out++ = text[--n];
    return out;
}

/* 2026-03-05T08:00:00 of an instant in whole seconds; returns the end. */
static char *put_calendar(char *out, int64_t seconds)
{
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    unsigned second = (unsigned)(seconds - days * 86400);
    int64_t year;
    int month, day;

    civil_from_days(days, &year, &month, &day);
    if (year < 0)
        *out++ = '-';
    out = put_digits(out, (uint64_t)(year < 0 ? -year : year), 4);
    *out++ = '-';
    out = put_digits(out, (unsigned)month, 2);
    *out++ = '-';
    out = put_digits(out, (unsigned)day, 2);
    *out++ = 'T';
    out = put_digits(out, second / 3600, 2);
    *out++ = ':';
    out = put_digits(out, second / 60 % 60, 2);
    *out++ = ':';
    return put_digits(out, second % 60, 2);
}

size_t time_format_utc(int64_t us, char *out)
{
    int64_t seconds = us / US_PER_S - (us % US_PER_S < 0);
    unsigned fraction = (unsigned)(us % US_PER_S + (us % US_PER_S < 0 ? US_PER_S : 0));
    char *p = put_calendar(out, seconds);

    if (fraction) {
        *p++ = '.';
        p = put_digits(p, fraction, 6);
    }
    *p++ = 'Z';
    *p = '\0';
    return (size_t)(p - out);
}

size_t time_format_offset(int64_t us, int offset_s, bool utc_z, char *out)
{
    int64_t seconds = us / US_PER_S - (us % US_PER_S < 0);
    char *p = put_calendar(out, seconds + offset_s);

    if (utc_z && offset_s == 0) {
        *p++ = 'Z';
    } else {
        unsigned minutes = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / 60;
        *p++ = offset_s < 0 ? '-' : '+';
        p = put_digits(p, minutes / 60, 2);
        *p++ = ':';
        p = put_digits(p, minutes % 60, 2);
    }
    *p = '\0';
    return (size_t)(p - out);
}

size_t money_format(int64_t nusd, char *out)
{
    uint64_t v = nusd < 0 ? 0 - (uint64_t)nusd : (uint64_t)nusd;
    char *p = out;

    if (nusd < 0)
        *p++ = '-';
    p = put_digits(p, v / 1000000000, 1);
    if (v % 1000000000) {
        *p++ = '.';
        p = put_digits(p, v % 1000000000, 9);
        while (p[-1] == '0')
            p--;
    }
    *p = '\0';
    return (size_t)(p - out);
}
