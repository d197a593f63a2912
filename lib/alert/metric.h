/* metric: the figures that rules and anomaly detectors look at, over any window. */
#ifndef LLMOBS_ALERT_METRIC_H
#define LLMOBS_ALERT_METRIC_H

#include "base/arena.h"
#include "base/error.h"
#include "base/zone.h"
#include "table/table.h"

struct store;

/*
 * By name:
 *   latency_p95_us ...   a column of `llmobs report`
 *   total_tokens_mean    a sum there by the calls that have the value, where it has no such column
 *   share:EXPR           the share of calls for which a filter expression holds
 *   count:EXPR           how many these are
 *   score:NAME           the mean of the scores of that name
 *   branch:GLOB          the share of decisions that were true, on conditions that match
 *   tool_error_rate      the share of tool calls that failed
 *   throughput_of_capacity  output tokens a second, of those that the servers could make
 *   gpu_utilization      the mean of what was mapped to scores of that name, 0..1
 */
enum metric_source {
    METRIC_REPORT,
    METRIC_SHARE,
    METRIC_COUNT,
    METRIC_SCORE,
    METRIC_BRANCH,
    METRIC_TOOL,
};

/* How figures of two windows go together. */
enum metric_shape {
    METRIC_SUM,   /* grows with the window */
    METRIC_MEAN,  /* of n values */
    METRIC_RATE,  /* the same, 0..1 */
    METRIC_LEVEL, /* quantiles, maxima: of no use for anything but comparing */
};

enum metric_family {
    FAMILY_LATENCY,
    FAMILY_COST,
    FAMILY_TOKENS,
    FAMILY_QUALITY,
    FAMILY_SAFETY,
    FAMILY_ERRORS,
    FAMILY_USAGE,
};

struct metric {
    const char *name;
    enum metric_source source;
    enum metric_shape shape;
    enum metric_family family;
    enum unit unit;       /* of values */
    const char *argument; /* behind the colon, NULL: none */
    const char *key;      /* METRIC_REPORT: the column */
    const char *n_key;    /* and the one that counts the values */
    bool divide;          /* by n */
    bool of_capacity;     /* a part of what is possible a second, which somebody has to say */
    double quantile;      /* of METRIC_LEVEL when it is one, else 0 */
};

/* Borrows the name. ERR_USAGE: "unknown metric 'latencyp95' (did you mean 'latency_p95_us'?); there are: ...". */
NODISCARD enum err metric_find(const char *name, struct metric *out, struct error *err);

/* It comes from what stands beside calls, which have no dimensions to group or filter by. */
bool metric_is_of_events(const struct metric *m);

struct metric_window {
    const char *const *by; /* dimensions: a reading for each group; none: one of all calls */
    size_t n_by;
    const char *const *where; /* expressions, all must hold */
    size_t n_where;
    int64_t since_us, until_us; /* [since, until) */
    const struct zone *zone;
    int jobs;
};

struct reading {
    struct sv group;   /* values of by with ", " between them, "(none)" for a missing one; SV_NONE
                        * without by */
    struct sv *values; /* n_by, SV_NONE: missing */
    double value;
    bool known;
    bool lower_bound; /* costs: some calls have no price */
    int64_t n;        /* values it is made of */
};

struct readings {
    struct reading *v;
    size_t n;
};

/* The figures in a window, groups without calls left out, those with most values first; all of it
 * in the arena. Without by there is always one. ERR_USAGE: a bad expression or dimension, and
 * groups of what is no figure of calls. */
NODISCARD enum err metric_read(struct store *s, const struct metric *m,
                               const struct metric_window *w, struct arena *a, struct readings *out,
                               struct error *err);

/*
 * The same by stretches of time: calls visit for each of them and group that has calls, in order of
 * time.
 *   time  the dimension "hour" or "day"; label: as it writes the stretch
 *   step_us  the length of a stretch from w->since_us on, for what is no figure of calls, whose
 *            stretches are told by number (label SV_NONE)
 */
NODISCARD enum err
metric_read_periods(struct store *s, const struct metric *m, const struct metric_window *w,
                    const char *time, int64_t step_us, struct arena *a,
                    enum err (*visit)(void *ctx, struct sv label, int64_t number,
                                      const struct reading *r, struct error *err),
                    void *ctx, struct error *err);

/* The reading of a group, NULL: none. */
const struct reading *metric_of_group(const struct readings *r, struct sv group);

/* A number of the metric's unit as people write it: "10s", "$50", "5%", "0.7", "80k". False when it
 * is none. */
bool metric_number(const struct metric *m, struct sv text, double *out);

/* The other way round: "12.4 s", "$50.00", "5.0 %". */
struct buf;
void metric_text(struct buf *b, const struct metric *m, double value);

#endif
