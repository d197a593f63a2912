/* judged: from scores to what was judged, and the figures of one check in one group of it. */
#ifndef LLMOBS_REPORT_JUDGED_H
#define LLMOBS_REPORT_JUDGED_H

#include "query/call_scores.h"
#include "stats/interval.h"

/* One score. Those of one thing by several judges count as one, by their mean. */
struct judged {
    uint64_t of;    /* what was judged */
    double value;   /* NaN: unreadable */
    uint32_t row;   /* of the report */
    uint32_t check; /* whatever tells checks apart */
    uint32_t score; /* number: the same is the same score */
    uint32_t group; /* of the scan, not SCAN_OUT */
    uint32_t kind;  /* of the scores: its weight */
    int8_t passed;  /* -1: unknown */
};

struct judged_figures {
    int64_t n;          /* judged, with a value in 0 .. 1 */
    int64_t checked;    /* of these, what nobody had to say */
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
size_t judged_unite(struct judged *v, size_t n, const struct score_kind *kinds);

/* Where scores belong. */
struct judged_places {
    /* Sets row and check of one in a group; false: it is not counted, or memory is out. */
    bool (*place)(void *ctx, struct judged *score);
    void *ctx;
};

/*
 * What was judged, in order of rows and values, one key for each, from all scores in groups that
 * the scan counts: the rows are in the upper half of hi, the rest is for judged_figure(). out has
 * room for all of them (call_scores n and n_others) that have a place; it may be the array of the
 * scores itself, which are gone then. ERR_NOMEM.
 */
NODISCARD enum err judged_spread(const struct call_scores *scores,
                                 const struct judged_places *places, struct key128 *out, size_t *n,
                                 struct error *err);

static inline uint32_t judged_row(struct key128 key)
{
    return (uint32_t)(key.hi >> 32);
}

/* The figures of n of them, of one row and check; they are used up. event_of: CHECK_COUNT counts
 * what is at least 0.5. ERR_NOMEM. */
NODISCARD enum err judged_figure(struct key128 *v, size_t n, const struct score_kind *kinds,
                                 enum check event_of, struct judged_figures *out,
                                 struct error *err);

#endif
