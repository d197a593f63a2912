/* when: the times that people type after --since and --until. */
#ifndef LLMOBS_WHEN_H
#define LLMOBS_WHEN_H

#include "base/error.h"
#include "base/zone.h"

enum when_kind {
    WHEN_NONE,    /* not given */
    WHEN_AGO,     /* value: microseconds before now */
    WHEN_DATE,    /* value: civil day (days since 1970-01-01) in the zone */
    WHEN_INSTANT, /* value: microseconds since 1970 UTC */
    WHEN_LOCAL,   /* value: as an instant, but the clock of the zone was read */
    WHEN_TODAY,   /* value: days to add to today */
    WHEN_WEEK,    /* ISO week, from Monday; value: weeks to add to this one */
    WHEN_MONTH,   /* value: months to add to this one */
};

/* A time as typed, understood but not yet pinned to a zone and to now. */
struct when {
    const char *text; /* as typed; borrowed */
    enum when_kind kind;
    int64_t value;
};

/* Names the forms that when_parse() takes, for messages and help. */
#define WHEN_FORMS "24h, 7d, 2026-09-07, 2026-09-07T08:00:00Z, yesterday or this-month"

/*
 * 30s, 30m, 24h, 7d, 2w (before now); 2026-09-07, 20260907; an RFC 3339 instant, without a zone
 * read in the report's; now, today, yesterday, this-week, last-week, this-month, last-month.
 * ERR_PARSE or ERR_RANGE with a message that does not name the option; *out untouched then.
 */
NODISCARD enum err when_parse(const char *text, struct when *out, struct error *err);

/* A length of time that an option takes: 30m, 1h, 30d. text NULL leaves *out as it is. ERR_USAGE
 * with the option's name. */
NODISCARD enum err when_duration(const char *option, const char *text, int64_t *out,
                                 struct error *err);

/* The first instant that --since includes. */
int64_t when_since_us(const struct when *w, const struct zone *z, int64_t now_us);

/* The first instant that --until excludes: behind the day, week or month named, or the instant
 * itself. */
int64_t when_until_us(const struct when *w, const struct zone *z, int64_t now_us);

#endif
