/* call_gaps: hours in which a busy system made no call, which is mostly a log that is missing. */
#ifndef LLMOBS_QUERY_CALL_GAPS_H
#define LLMOBS_QUERY_CALL_GAPS_H

#include "query/call_values.h"

struct call_gap {
    int64_t from_us, until_us; /* whole hours of UTC: no call starts in [from, until) */
};

struct call_gaps {
    double
        median; /* calls an hour, from the first hour with a call to the last one, gaps included */
    struct call_gap *gaps; /* longest first, equal ones in order of time */
    size_t n;
};

/* No gaps are named where the median is below min_median, for then they are usual. In the arena. */
NODISCARD enum err call_gaps_read(struct store *s, int jobs, double min_median, struct arena *a,
                                  struct call_gaps *out, struct error *err);

#endif
