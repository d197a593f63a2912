/* zone: a time zone as the list of its UTC offsets over a stretch of time. */
#include "base/zone.h"

#include "base/time_text.h"
#include "base/banned.h"

/* Index of the step that holds at us; z has at least one. Before the first step, the first. */
static size_t step_at(const struct zone *z, int64_t us)
{
    size_t low = 0;
    size_t high = z->n;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (z->steps[middle].from_us <= us)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int32_t zone_offset_s(const struct zone *z, int64_t us)
{
    return z->n ? z->steps[step_at(z, us)].offset_s : 0;
}

/* Instants at the ends of int64 stay there instead of wrapping. */
static int64_t add_clamped(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

int64_t zone_day(const struct zone *z, int64_t us)
{
    int64_t local = add_clamped(us, zone_offset_s(z, us) * US_PER_S);

    return local / US_PER_DAY - (local % US_PER_DAY < 0);
}

int64_t zone_day_start_us(const struct zone *z, int64_t day)
{
    int64_t midnight; /* as if local time were UTC */

    if (__builtin_mul_overflow(day, US_PER_DAY, &midnight))
        return day < 0 ? INT64_MIN : INT64_MAX;
    if (z->n == 0)
        return midnight;
    /* No zone is two days away from UTC, so earlier steps end before this day begins. */
    for (size_t i = step_at(z, add_clamped(midnight, -2 * US_PER_DAY));; i++) {
        int64_t from = z->steps[i].from_us;
        int64_t start = add_clamped(midnight, -z->steps[i].offset_s * US_PER_S);
        if (start < from) /* the clocks jumped over midnight */
            start = from;
        if (i + 1 == z->n || start < z->steps[i + 1].from_us)
            return start;
    }
}

int64_t zone_local_to_utc(const struct zone *z, int64_t local_us)
{
    int64_t before = local_us; /* as the step before would have it */

    if (z->n == 0)
        return local_us;
    /* No zone is two days away from UTC, so earlier steps end before this time. */
    for (size_t i = step_at(z, add_clamped(local_us, -2 * US_PER_DAY));; i++) {
        int64_t us = add_clamped(local_us, -z->steps[i].offset_s * US_PER_S);
        if (us < z->steps[i].from_us) /* behind the end of the last step: jumped over */
            return before;
        if (i + 1 == z->n || us < z->steps[i + 1].from_us)
            return us;
        before = us;
    }
}
