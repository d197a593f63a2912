/* period: the stretches of time that budgets hold for: of the calendar, or rolling. */
#ifndef LLMOBS_QUERY_PERIOD_H
#define LLMOBS_QUERY_PERIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/zone.h"

enum period {
    PERIOD_HOUR,
    PERIOD_DAY,
    PERIOD_WEEK, /* from Monday */
    PERIOD_MONTH,
    PERIOD_LAST_24H, /* rolling, as are those behind it */
    PERIOD_LAST_7D,
    PERIOD_LAST_30D,
    PERIOD_COUNT,
};

/* "hour", "24h" ...; NULL behind the last. */
extern const char *const period_names[PERIOD_COUNT + 1];

/* Rolling periods end at the instant that is looked at; they have no end of their own. */
bool period_is_rolling(enum period p);

struct period_span {
    int64_t from_us, until_us; /* [from, until) */
};

/*
 * The calendar period of the zone that holds us, or the rolling one whose last microsecond us is.
 * A day that loses or gains an hour is as long as it is; the hour that a clock shows twice is two;
 * days of rolling periods have 24 hours. us lies in years 1 to 9999, or is taken for the first or
 * last instant of them.
 */
struct period_span period_at(enum period p, const struct zone *zone, int64_t us);

#endif
