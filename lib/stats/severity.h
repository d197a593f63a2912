/* severity: how bad an incident is, from what fires together, and when an alert is over. */
#ifndef LLMOBS_STATS_SEVERITY_H
#define LLMOBS_STATS_SEVERITY_H

#include <stdbool.h>
#include <stddef.h>

/* Worst first, so that < is worse. */
enum severity {
    SEVERITY_P0, /* harm, or total failure */
    SEVERITY_P1, /* an objective is missed */
    SEVERITY_P2, /* drift, below the baseline, a spike */
    SEVERITY_P3, /* one metric, a small effect */
    SEVERITY_COUNT,
};

/* What fires in one segment and window: together one incident. */
struct incident_member {
    enum severity severity; /* of the rule alone */
    int family;             /* latency, cost, ...: whichever numbers the caller gives them */
    int periods;            /* in how many of the last 3 periods it fired, the last one included */
};

enum { SEVERITY_PERSISTS = 2, SEVERITY_FAMILIES = 3 };

/*
 * A P0 is one at once, whatever else is the case. Members of 3 families are a P1. Else the worst
 * member counts, but a P2 of one family alone is a P3 until it fired in 2 of 3 periods: one metric
 * may be noise. n >= 1. O(n²).
 */
enum severity incident_severity(const struct incident_member *m, size_t n);

/* Where an alert may be cleared that fires beyond a threshold: half way back to what is normal.
 * normal = threshold: at the threshold. Whichever side normal is on. */
double hysteresis_level(double threshold, double normal);

/* Zeroed storage is an alert that does not fire. */
struct hysteresis {
    bool firing;
    int calm; /* checks in a row, the last one included, that were back */
};

enum { HYSTERESIS_CALM = 2 };

/* One more check: beyond the threshold, or back behind hysteresis_level(), or neither. It fires at
 * once and clears after 2 checks in a row that were back. Returns whether it fires now. */
bool hysteresis_step(struct hysteresis *h, bool beyond, bool back);

#endif
