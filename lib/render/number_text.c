/* number_text: numbers as people read them. */
#include "render/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time_text.h"
#include "base/banned.h"

#define FIXED_BELOW 1e15 /* larger reals are written with an exponent */

/* One way of showing a unit; it is taken when the column's largest number is at least `from`.
 * Decimals are enough for `digits` digits of the smallest number, within the limits. */
struct way {
    enum unit unit;
    double from;
    int shift, digits, least_decimals, most_decimals;
    const char *name, *suffix;
};

/* Of a unit's rows the first that fits is taken. */
/* clang-format off */
static const struct way ways[] = {
    {UNIT_US,     1e6,  6, 2, 2, 3, "s",   ""  },
    {UNIT_US,     1e3,  3, 2, 0, 2, "ms",  ""  },
    {UNIT_US,     0,    0, 0, 0, 0, "us",  ""  },
    {UNIT_TOKENS, 1e7,  6, 1, 1, 2, "tok", " M"},
    {UNIT_TOKENS, 0,    0, 0, 0, 0, "tok", ""  },
    {UNIT_NUSD,   1e11, 9, 2, 2, 2, "",    ""  }, /* from $100 on cents are enough */
    {UNIT_NUSD,   1e8,  9, 2, 2, 4, "",    ""  }, /* from $0.1 on */
    {UNIT_NUSD,   1e6,  9, 2, 2, 6, "",    ""  }, /* from $0.001 on */
    {UNIT_NUSD,   0,    9, 2, 2, 9, "",    ""  },
    {UNIT_RATE,   0,    0, 1, 1, 2, "%",   ""  },
    {UNIT_PER_S,  0,    0, 1, 1, 3, "/s",  ""  },
    {UNIT_REAL,   0,    0, 2, 2, 4, "",    ""  },
    {UNIT_COUNT,  0,    0, 0, 0, 0, "",    ""  },
    {UNIT_NONE,   0,    0, 0, 0, 0, "",    ""  },
};
/* clang-format on */

/* Digits of a number to be put together: separators and point are not in it yet. */
struct digits {
    char text[40];
    size_t n;
    int decimals;
    bool negative;
    bool zero; /* all digits are 0 */
};

static bool is_real_unit(enum unit unit)
{
    return unit == UNIT_RATE || unit == UNIT_PER_S || unit == UNIT_REAL;
}

bool cell_number(const struct cell *c, double *out)
{
    if (c->type == CELL_INT)
        *out = (double)c->i;
    else if (c->type == CELL_REAL && isfinite(c->r))
        *out = c->r;
    else
        return false;
    return true;
}

bool cell_whole(const struct cell *c, int64_t *out)
{
    double v;

    if (c->type == CELL_INT) {
        *out = c->i;
        return true;
    }
    if (!cell_number(c, &v))
        return false;
    v = nearbyint(v);
    if (v < -0x1p63 || v >= 0x1p63)
        return false;
    *out = (int64_t)v;
    return true;
}

void number_range_add(struct number_range *range, const struct cell *c)
{
    double v;

    if (!cell_number(c, &v) || v == 0)
        return;
    v = fabs(v);
    if (v > range->largest)
        range->largest = v;
    if (range->smallest == 0 || v < range->smallest)
        range->smallest = v;
}

/* Decimals that show so many digits of v: two digits of 0.0234 need 3, of 7 need 1, of 42 none. */
static int decimals_for(double v, int digits)
{
    int decimals = 0;

    for (int i = 1; i < digits; i++)
        v /= 10;
    for (; v > 0 && v < 0.995 && decimals < 9; decimals++)
        v *= 10;
    return decimals;
}

struct number_style number_style_for(enum unit unit, const struct number_range *range)
{
    const struct way *way = ways;
    double smallest = range->smallest;
    int decimals;

    while (way->unit != unit || range->largest < way->from)
        way++;
    smallest *= unit == UNIT_RATE ? 100 : 1;
    for (int i = 0; i < way->shift; i++)
        smallest /= 10;
    decimals = decimals_for(smallest, way->digits);
    if (decimals < way->least_decimals)
        decimals = way->least_decimals;
    if (decimals > way->most_decimals)
        decimals = way->most_decimals;
    return (struct number_style){unit, way->shift, decimals, way->name, way->suffix, false};
}

void number_title(struct buf *b, const struct number_style *style, struct sv title)
{
    bool time = style->unit == UNIT_US; /* an "s" in a title is rarely the unit */
    bool named = !time && sv_find(title, sv_from(style->name)) >= 0;

    buf_sv(b, title);
    if (style->name[0] && !named) {
        buf_char(b, ' ');
        buf_str(b, style->name);
    }
}

/* v / 10^shift with the given decimals (at most shift), rounded half to even. */
static void digits_of_whole(int64_t v, int shift, int decimals, struct digits *out)
{
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    uint64_t unit = 1;
    uint64_t beyond;

    for (int i = decimals; i < shift; i++)
        unit *= 10;
    beyond = rest % unit;
    rest /= unit;
    if (beyond > unit - beyond || (beyond == unit - beyond && rest % 2))
        rest++;
    out->n = (size_t)snprintf(out->text, sizeof(out->text), "%0*llu", decimals + 1,
                              (unsigned long long)rest);
    out->decimals = decimals;
    out->negative = v < 0;
    out->zero = rest == 0;
}

/* v below FIXED_BELOW in absolute value. */
static void digits_of_real(double v, int decimals, struct digits *out)
{
    char fixed[40];
    int n = snprintf(fixed, sizeof(fixed), "%.*f", decimals, fabs(v));

    out->n = 0;
    out->zero = true;
    for (int i = 0; i < n; i++) {
        if (fixed[i] == '.')
            continue;
        out->text[out->n++] = fixed[i];
        out->zero = out->zero && fixed[i] == '0';
    }
    out->decimals = decimals;
    out->negative = v < 0;
}

static void add_digits(struct buf *b, const struct digits *d)
{
    size_t before_point = d->n - (size_t)d->decimals;

    for (size_t i = 0; i < d->n; i++) {
        if (i == before_point)
            buf_char(b, '.');
        else if (i > 0 && i < before_point && (before_point - i) % 3 == 0)
            buf_char(b, ',');
        buf_char(b, d->text[i]);
    }
}

/* False when the cell holds no number that can be written with fixed decimals. */
static bool find_digits(const struct number_style *style, const struct cell *c, struct digits *out)
{
    int64_t whole;
    double real;

    if (!is_real_unit(style->unit)) {
        if (!cell_whole(c, &whole))
            return false;
        digits_of_whole(whole, style->shift, style->decimals, out);
        return true;
    }
    if (!cell_number(c, &real))
        return false;
    real *= style->unit == UNIT_RATE ? 100 : 1;
    if (fabs(real) >= FIXED_BELOW)
        return false;
    digits_of_real(real, style->decimals, out);
    return true;
}

size_t number_text(struct buf *b, const struct number_style *style, bool dollar,
                   const struct cell *c)
{
    size_t before = b->n;
    struct digits d;
    double v;

    if (!cell_number(c, &v))
        return 0;
    if (!find_digits(style, c, &d)) {
        buf_printf(b, "%.4g", v);
        return b->n - before;
    }
    if (d.zero && v != 0 && !c->lower_bound) { /* not nothing, but less than can be shown */
        d.text[d.n - 1] = '1';
        buf_char(b, d.negative ? '>' : '<');
    } else if (style->plus && v > 0)
        buf_char(b, '+');
    if (d.negative)
        buf_char(b, '-');
    if (dollar)
        buf_char(b, '$');
    add_digits(b, &d);
    buf_str(b, style->suffix);
    return b->n - before;
}

static void add_real(struct buf *b, double v)
{
    char text[32];

    if (v == 0)
        v = 0; /* -0 */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    buf_str(b, text);
}

bool number_exact(struct buf *b, enum unit unit, const struct cell *c)
{
    char dollars[32];
    int64_t whole;
    double real;

    if (unit == UNIT_NUSD || unit == UNIT_US || c->type == CELL_INT) {
        if (!cell_whole(c, &whole))
            return false;
        if (unit == UNIT_NUSD)
            buf_add(b, dollars, money_format(whole, dollars));
        else
            buf_i64(b, whole);
        return true;
    }
    if (!cell_number(c, &real))
        return false;
    add_real(b, real);
    return true;
}
