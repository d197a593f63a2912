/* compared_text: see the header. */
#include "report/compared_text.h"

#include <math.h>
#include "report/words.h"
#include "base/banned.h"

#define MOST 9.2e18 /* what int64 holds */

static int64_t whole(double v)
{
    return v >= MOST ? INT64_MAX : v <= -MOST ? INT64_MIN + 1 : (int64_t)rint(v);
}

/* Three digits, without an exponent where that reads well. */
static void add_real(struct buf *b, double v)
{
    double size = fabs(v);

    if (size >= 1000 && size < MOST)
        words_count(b, whole(v));
    else
        buf_printf(b, size >= 1e6 || (size > 0 && size < 1e-4) ? "%.2e" : "%.3g", v);
}

static void add_tokens(struct buf *b, double v)
{
    if (fabs(v) >= 100)
        words_count(b, whole(v));
    else
        buf_printf(b, "%.3g", v);
}

static void add_level(struct buf *b, enum unit unit, double v)
{
    switch (unit) {
    case UNIT_US:
        words_duration(b, whole(v));
        break;
    case UNIT_NUSD:
        words_money(b, whole(v));
        break;
    case UNIT_TOKENS:
    case UNIT_COUNT:
        add_tokens(b, v);
        break;
    case UNIT_RATE:
        buf_printf(b, "%.1f %%", 100 * v);
        break;
    default:
        add_real(b, v);
        break;
    }
}

void compared_level(struct buf *b, enum unit unit, double v)
{
    if (isfinite(v))
        add_level(b, unit, v);
    else
        buf_char(b, '-');
}

void compared_ratio(struct buf *b, double ratio)
{
    if (!isfinite(ratio))
        buf_char(b, '-');
    else if (ratio >= 10)
        buf_printf(b, "x %.3g", ratio);
    else
        buf_printf(b, "%+.1f %%", 100 * (ratio - 1));
}

void compared_difference(struct buf *b, enum unit unit, double d)
{
    if (!isfinite(d)) {
        buf_char(b, '-');
    } else if (unit == UNIT_RATE) {
        buf_printf(b, "%+.1f pt", 100 * d);
    } else {
        if (d >= 0)
            buf_char(b, '+');
        add_level(b, unit, d);
    }
}

void compared_p(struct buf *b, double p)
{
    if (isnan(p))
        buf_char(b, '-');
    else if (p < 1e-6)
        buf_str(b, "<1e-6");
    else
        buf_printf(b, "%.2g", p);
}

void compared_n(struct buf *b, int64_t n, double effective)
{
    words_count(b, n);
    if (n && effective < 0.995 * (double)n) {
        buf_str(b, " (eff ");
        words_count(b, whole(effective));
        buf_char(b, ')');
    }
}

const char *compared_unit(enum unit unit)
{
    switch (unit) {
    case UNIT_US:
        return "us";
    case UNIT_NUSD:
        return "usd";
    case UNIT_TOKENS:
        return "tokens";
    case UNIT_COUNT:
        return "count";
    case UNIT_RATE:
        return "rate";
    case UNIT_PER_S:
        return "per second";
    default:
        return "number";
    }
}

struct cell compared_cell(enum unit unit, double v)
{
    if (!isfinite(v))
        return (struct cell){0};
    return cell_real(unit == UNIT_NUSD ? v / 1e9 : v);
}
