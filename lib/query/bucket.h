/* bucket: which minute, hour, day, week ... an instant falls into, in a time zone. */
#ifndef LLMOBS_QUERY_BUCKET_H
#define LLMOBS_QUERY_BUCKET_H

#include <stddef.h>
#include <stdint.h>
#include "base/zone.h"

enum bucket {
    BUCKET_MINUTE,
    BUCKET_5M,
    BUCKET_15M,
    BUCKET_HOUR,
    BUCKET_DAY,
    BUCKET_WEEK,  /* ISO 8601: Monday to Sunday */
    BUCKET_MONTH,
    BUCKET_WEEKDAY, /* 1 Monday .. 7 Sunday, whatever the week */
};

/* Remembers the stretch that it answered for last, so that calls in order of time cost a
 * comparison. Not to be shared by threads; copy it instead. */
struct bucketer {
    const struct zone *zone;
    enum bucket kind;
    int64_t from_us, until_us; /* number holds in [from_us, until_us) */
    int64_t number;
};

/* The zone is borrowed. */
void bucketer_init(struct bucketer *b, const struct zone *zone, enum bucket kind);

/*
 * Number of the bucket that holds us; later buckets have greater numbers (weekdays: 1..7).
 * Below a day it is the UTC second in which the bucket begins, where a change of the offset begins
 * a new one: the hour that a clock shows twice is two buckets. Else it is the civil day since 1970,
 * the ISO week (0 holds 1970-01-01), or year * 12 + month - 1. Instants outside of years 1 to 9999
 * count as the first or the last one inside.
 */
int64_t bucket_number(struct bucketer *b, int64_t us);

/* Seconds that all bucket numbers of this kind and zone are multiples of; 1 from a day upwards. */
int64_t bucket_step(const struct zone *zone, enum bucket kind);

/* 2026-10-25T02:00:00+02:00 (Z in a zone whose only offset is 0), 2026-11-16, 2026-W47, 2026-11, 1.
 * out needs 40 bytes. Returns the length. */
size_t bucket_label(const struct zone *zone, enum bucket kind, int64_t number, char *out);

/* The days from one instant to another: "2026-11-14 .. 2026-11-20", one day alone. out needs 96
 * bytes. Returns the length. */
size_t bucket_days_label(const struct zone *zone, int64_t first_us, int64_t last_us, char *out);

#endif
