/* zone: a time zone as the list of its UTC offsets over a stretch of time. */
#ifndef LLMOBS_BASE_ZONE_H
#define LLMOBS_BASE_ZONE_H

#include <stdint.h>
#include <stddef.h>

struct zone_step {
    int64_t from_us;  /* UTC instant from which the offset holds; the first is INT64_MIN */
    int32_t offset_s; /* local time minus UTC */
};

/* Plain data; the name and the steps belong to whoever filled it (cmd reads the system's zone
 * data). n == 0 means UTC. Steps are ascending. */
struct zone {
    const char *name; /* as shown to people: "Europe/Berlin", "UTC" */
    const struct zone_step *steps;
    size_t n;
};

/* Offset in seconds that holds at us. O(log n). */
int32_t zone_offset_s(const struct zone *z, int64_t us);

/* UTC instant of local midnight that starts the civil day (days since 1970) in the zone; where
 * midnight does not exist, the first instant of that day; where it comes twice, the first. */
int64_t zone_day_start_us(const struct zone *z, int64_t day);

/* Civil day (days since 1970-01-01) that us falls into locally. */
int64_t zone_day(const struct zone *z, int64_t us);

/* The UTC instant at which the clocks of the zone show local_us (a time read as if it were UTC); of
 * two such instants the first; when the clocks jump over it, as much later as they jump. */
int64_t zone_local_to_utc(const struct zone *z, int64_t local_us);

#endif
