/* words: see the header. */
#include "report/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include "base/time_text.h"
#include "base/zone.h"
#include "base/banned.h"

void words_count(struct buf *b, int64_t v)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%" PRIu64, v < 0 ? -(uint64_t)v : (uint64_t)v);

    if (v < 0)
        buf_char(b, '-');
    for (int i = 0; i < n; i++) {
        buf_char(b, digits[i]);
        if (i + 1 < n && (n - i - 1) % 3 == 0)
            buf_char(b, ',');
    }
}

void words_duration(struct buf *b, int64_t us)
{
    const int64_t second = US_PER_S, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

    if (us < 0) {
        buf_char(b, '-');
        us = us == INT64_MIN ? INT64_MAX : -us;
    }
    if (us == 0)
        buf_str(b, "0 s");
    else if (us < 1000)
        buf_printf(b, "%" PRId64 " us", us);
    else if (us < second / 10)
        buf_printf(b, us < 10000 ? "%.1f ms" : "%.0f ms", (double)us / 1e3);
    else if (us < 100 * second)
        buf_printf(b, "%.2f s", (double)us / 1e6);
    else if (us < hour)
        buf_printf(b, "%" PRId64 " min %" PRId64 " s", us / minute, us % minute / second);
    else if (us < day)
        buf_printf(b, "%" PRId64 " h %" PRId64 " min", us / hour, us % hour / minute);
    else
        buf_printf(b, "%" PRId64 " d %" PRId64 " h", us / day, us % day / hour);
}

void words_money(struct buf *b, int64_t nusd)
{
    uint64_t size = nusd < 0 ? -(uint64_t)nusd : (uint64_t)nusd;
    int decimals = size >= 10000000000 ? 2 : size >= 1000000 ? 4 : 9;
    double step = pow(10, 9 - decimals);

    /* Half to even, in whole units of the last decimal. */
    uint64_t shown = (uint64_t)nearbyint((double)size / step);
    uint64_t ten = (uint64_t)(pow(10, decimals) + 0.5);
    char text[48];
    int n = snprintf(text, sizeof(text), "%0*" PRIu64, decimals, shown % ten);

    while (n > 2 && text[n - 1] == '0')
        n--;
    buf_str(b, nusd < 0 ? "-$" : "$");
    words_count(b, (int64_t)(shown / ten));
    buf_char(b, '.');
    buf_add(b, text, (size_t)n);
}

void words_share(struct buf *b, double share)
{
    if (share > 0 && share < 0.005)
        buf_str(b, "<1 %");
    else
        buf_printf(b, "%.0f %%", 100 * share);
}

void words_time(struct buf *b, const struct zone *zone, int64_t us)
{
    char text[40];
    size_t n = time_format_offset(us, zone_offset_s(zone, us), true, text);

    if (n > 19)
        n = 19;
    if (n > 10)
        text[10] = ' ';
    buf_add(b, text, n);
}

struct sv words_take(struct buf *b, struct arena *a)
{
    struct sv text = SV_NONE;

    if (b->n && !b->failed) {
        text = arena_copy(a, (struct sv){b->p, b->n});
        b->failed = !text.p;
    }
    b->n = 0;
    return text;
}
