/* align: see the header. */
#include "report/align.h"

#include "base/time_text.h"
#include "base/banned.h"

static int64_t local_us(const struct zone *z, int64_t us)
{
    return us + zone_offset_s(z, us) * US_PER_S;
}

static int64_t time_of_day(const struct zone *z, int64_t us)
{
    return local_us(z, us) - zone_day(z, us) * US_PER_DAY;
}

static int64_t number_at(const struct zone *z, enum bucket kind, int64_t us)
{
    struct bucketer b;

    bucketer_init(&b, z, kind);
    return bucket_number(&b, us);
}

/* The instant so many days later at the same time of the clock. */
static int64_t same_clock(const struct zone *z, int64_t us, int64_t days)
{
    int64_t local = local_us(z, us), wanted = local + days * US_PER_DAY;
    int64_t found = zone_local_to_utc(z, wanted);
    int64_t repeated = us - zone_local_to_utc(z, local); /* 0, or how much later it came again */

    return local_us(z, found + repeated) == wanted ? found + repeated : found;
}

int64_t align_bucket(const struct zone *z, enum bucket kind, int64_t number, int64_t from_us,
                     int64_t to_us)
{
    int64_t from = number_at(z, kind, from_us), to = number_at(z, kind, to_us);

    switch (kind) {
    case BUCKET_WEEKDAY:
        return number;
    case BUCKET_DAY:
    case BUCKET_WEEK:
    case BUCKET_MONTH:
        return number - from + to;
    default:
        break;
    }
    if (time_of_day(z, from_us) != time_of_day(z, to_us))
        return number_at(z, kind, (number - from + to) * US_PER_S);
    return number_at(z, kind,
                     same_clock(z, number * US_PER_S, zone_day(z, to_us) - zone_day(z, from_us)));
}
