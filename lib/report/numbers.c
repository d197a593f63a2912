/* numbers: see the header. */
#include "report/numbers.h"

#include <stdlib.h>
#include "base/banned.h"

#define NUSD_PER_CENT INT64_C(10000000)
#define NUSD_PER_DOLLAR (100 * NUSD_PER_CENT)

void number_count(struct buf *b, i128 v)
{
    i128 rest = v; /* its digits are taken with its sign: the least one has no opposite */
    char text[64];
    size_t at = sizeof(text);

    for (int digits = 0; digits == 0 || rest; digits++) {
        if (digits && digits % 3 == 0)
            text[--at] = ',';
        text[--at] = (char)('0' + abs((int)(rest % 10)));
        rest /= 10;
    }
    if (v < 0)
        buf_char(b, '-');
    buf_add(b, text + at, sizeof(text) - at);
}

static i128 rounded(i128 v, int64_t unit)
{
    i128 whole = v / unit, rest = v % unit;

    return whole + (rest * 2 > unit || (rest * 2 == unit && whole % 2));
}

void number_money(struct buf *b, i128 nusd)
{
    i128 v = nusd < 0 ? -nusd : nusd;
    int64_t unit = NUSD_PER_CENT;
    int decimals = 2;

    for (; v && v < 10 * (i128)unit && v < NUSD_PER_DOLLAR && unit > 1; decimals++)
        unit /= 10;
    v = rounded(v, unit);
    buf_str(b, nusd < 0 ? "-$" : "$");
    number_count(b, v / (NUSD_PER_DOLLAR / unit));
    buf_printf(b, ".%0*lld", decimals, (long long)(v % (NUSD_PER_DOLLAR / unit)));
}

struct cell cell_wide(i128 v)
{
    struct cell c = cell_int(v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v);

    c.lower_bound = v > INT64_MAX;
    return c;
}

const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}
