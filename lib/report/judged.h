/* judged: the figures of one check in one group, from the values of what was judged. */
#ifndef LLMOBS_REPORT_JUDGED_H
#define LLMOBS_REPORT_JUDGED_H

#include <stdint.h>
#include "base/error.h"
#include "record/checks.h"
#include "stats/interval.h"

/* One score. Those of one thing by several judges count as one, by their mean. */
struct judged {
    uint64_t of;    /* what was judged */
    double value;   /* NaN: unreadable */
    double weight;  /* > 0 */
    uint32_t row;   /* of the report */
    uint32_t check; /* whatever tells checks apart */
    uint32_t score; /* number: the same is the same score */
    int8_t passed;  /* -1: unknown */
};

struct judged_figures {
    int64_t n;          /* judged, with a value in 0 .. 1 */
    int64_t unreadable; /* judged, without a value that can be read */
    int64_t outside;    /* with a value outside of 0 .. 1 */
    double mean, sd;    /* n >= 1; sd: n >= 2, of the values as they are */
    double p10, p50, p90;
    struct interval interval; /* of the mean, 95 %; n >= 2 */
    bool has_interval;
    int64_t events;      /* check_event() */
    double rate;         /* of events, weighted; n >= 1 */
    struct interval rate_interval; /* Wilson 95 %, with the effective n of the weights */
    double below_half;   /* share of values below 0.5, weighted */
    int64_t passed_n, passed; /* that have a verdict; of these passed */
    bool weighted;       /* weights differ: quantiles are those of the weighted values */
};

/* Sorts by row, check and thing, and makes one of what several judges said of one thing (of one
 * score that stands there twice, too). Returns how many are left. */
size_t judged_unite(struct judged *v, size_t n);

/* The figures of n values of one check, which are sorted by value. event_of: CHECK_COUNT counts what
 * is at least 0.5. ERR_NOMEM. */
NODISCARD enum err judged_figure(struct judged *v, size_t n, enum check event_of,
                                 struct judged_figures *out, struct error *err);

#endif
