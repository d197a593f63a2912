/* spending: what was used in a stretch of time by group, and day by day before it. */
#ifndef LLMOBS_REPORT_SPENDING_H
#define LLMOBS_REPORT_SPENDING_H

#include "base/wide.h"
#include "query/period.h"
#include "query/scan.h"
#include "stats/forecast.h"

/* What is added up; errors count as the others. */
enum spending_unit {
    SPENDING_NUSD,   /* cost: as given by the log, else as computed from prices */
    SPENDING_TOKENS, /* input and output */
    SPENDING_CALLS,
};

struct spending_spec {
    const char *const *by; /* dimensions, none of them of time */
    size_t n_by;
    const char *const *where; /* expressions, all must hold */
    size_t n_where;
    enum spending_unit unit;
    const struct zone *zone;
    struct period_span span;             /* calls that start in it are counted */
    bool history;                        /* also read the days before, for a forecast: */
    int64_t today;                       /* the day (civil, since 1970) that is not over */
    int64_t rest_from_us, rest_until_us; /* hours of the day that are still to come, on the clock of
                                          * the zone, since midnight; none when equal */
    bool since_known;                    /* no call before it is read */
    int64_t since_us;
    int jobs;
};

struct spending_group {
    int64_t calls;
    i128 used;
    int64_t unknown; /* calls of which it is not known what they used: `used` is a lower bound */
};

struct spending;

/* Reads the calls, once. What spec points to is borrowed until spending_close(). As scan_open()
 * and scan_walk(). */
NODISCARD enum err spending_open(struct store *s, const struct spending_spec *spec,
                                 struct spending **out, struct error *err);
void spending_close(struct spending *s); /* accepts NULL */

/* Groups that have calls in the span or, with history, before it; in an order that may differ from
 * run to run. */
size_t spending_count(const struct spending *s);
struct spending_group spending_get(const struct spending *s, size_t group);

/* The value of dimension d of `by`, SV_NONE when it is missing; copied into the arena. */
NODISCARD enum err spending_name(const struct spending *s, size_t group, size_t d,
                                 struct arena *arena, struct sv *out, struct error *err);

/*
 * The whole days of a group before today, behind the day of its first call, the last one is
 * yesterday; at most FORECAST_SEASON_DAYS. Returns how many there are. A group whose first call is
 * older than that has all of them; on the others it was not there yet.
 */
size_t spending_days(const struct spending *s, size_t group, struct forecast_day *out);

/* About a group that deserves a closer look. */
struct spending_question {
    size_t group;
    i128 above; /* which call took the sum above this? */
    /* The answers: */
    bool since_known;
    int64_t since_us;      /* start of that call */
    const char *dimension; /* what the largest part of the use belongs to: the first of feature,
                            * user, model that is not in `by` and whose largest value is not a
                            * missing one; NULL: none */
    struct sv value;       /* its value, in the arena; of equal ones the first by name */
    double share;          /* of the group's use */
};

/* Answers the questions, at most one for a group, with a second walk. */
NODISCARD enum err spending_ask(struct spending *s, struct spending_question *questions, size_t n,
                                struct arena *arena, struct error *err);

#endif
