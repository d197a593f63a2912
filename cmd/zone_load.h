/* zone_load: the system's time zones as plain lists of offsets. */
#ifndef LLMOBS_ZONE_LOAD_H
#define LLMOBS_ZONE_LOAD_H

#include "base/arena.h"
#include "base/error.h"
#include "base/zone.h"

/* Which zone was asked for, checked to exist; its offsets are not read yet. */
struct zone_choice {
    const char *name; /* as shown: "Europe/Berlin", "UTC", "local"; in the arena or static */
    const char *tz;   /* what TZ must be to read it; NULL: as it is */
    bool utc;         /* no offsets to read */
};

/*
 * Finds the zone of --tz.
 *   wanted  an IANA name, "UTC", "local", or NULL for local: $TZ, else /etc/localtime. A name is
 *           looked for below $TZDIR or /usr/share/zoneinfo and cannot lead out of it.
 * ERR_NOT_FOUND names the zone, or the package that brings the zones where there are none at all.
 */
NODISCARD enum err zone_choose(const char *wanted, struct arena *arena, struct zone_choice *out,
                               struct error *err);

/*
 * The offsets of the zone over [from_us, to_us], at least; outside of it the nearest one holds.
 * Years before 1900 and after 2200 are not looked at. Changes that are undone within 24 hours are
 * not seen. Steps live in the arena. About 20 us for each year. Changes TZ while it runs, so no
 * other thread may be running. ERR_NOMEM.
 */
NODISCARD enum err zone_load(const struct zone_choice *choice, int64_t from_us, int64_t to_us,
                             struct arena *arena, struct zone *out, struct error *err);

#endif
