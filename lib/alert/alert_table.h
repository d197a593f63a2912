/* alert_table: verdicts as a table. */
#ifndef LLMOBS_ALERT_ALERT_TABLE_H
#define LLMOBS_ALERT_ALERT_TABLE_H

#include "alert/judge.h"

/* The words that other states have here, beside those of verdicts. */
#define ALERT_RESOLVED "resolved"

struct buf;

struct alert_table_options {
    const char *verb;
    const struct zone *zone;
    bool only_firing; /* rows of what fires, and of what is resolved */
};

enum alert_column {
    ALERT_RULE,
    ALERT_SEVERITY,
    ALERT_STATE,
    ALERT_GROUP,
    ALERT_VALUE,
    ALERT_THRESHOLD,
    ALERT_N,
    ALERT_SINCE,
    ALERT_MAIN, /* main_contributor: "feature=support" */
    ALERT_MAIN_SHARE,
    ALERT_BASELINE,
    ALERT_BASELINE_N,
    ALERT_P,
    ALERT_METRIC,
    ALERT_REASON,
    ALERT_SHOWN_SEVERITY, /* for people, from here on */
    ALERT_SHOWN_STATE,
    ALERT_SHOWN_RULE,
    ALERT_SHOWN_METRIC, /* hidden unless the caller shows it: rules have names of their own */
    ALERT_SHOWN_GROUP,
    ALERT_SHOWN_FIGURE, /* "12.40 s > 10.00 s", or why there is none */
    ALERT_SHOWN_NORMAL, /* the baseline's figure */
    ALERT_SHOWN_N,
    ALERT_SHOWN_SINCE,
    ALERT_SHOWN_MAIN,
    ALERT_COLUMNS,
};

/* Columns of an empty table. ERR_NOMEM. */
NODISCARD enum err alert_table_begin(struct table *t, const struct alert_table_options *o,
                                     struct error *err);

/* The rows: what fires first, the worst severity first. */
NODISCARD enum err alert_table_add(struct table *t, const struct alert_table_options *o,
                                   const struct verdicts *v, struct error *err);

/* "12.40 s > 10.00 s": value and limit of a verdict, or what there is in their place. */
void alert_figure(struct buf *b, const struct verdict *v);

/* A row for an alert that is over. */
NODISCARD enum err alert_table_resolved(struct table *t, const struct alert_table_options *o,
                                        struct sv rule, struct sv group, int64_t since_us,
                                        struct error *err);

/* "12 rules: 1 firing, 1 pending, 9 ok, 1 without data" into out; and facts of the same. False: out
 * of memory. Rules are counted, not groups: each by the first of its states in that order. */
bool alert_table_count(struct table *t, const struct rule_set *rules, const struct verdicts *v,
                       struct buf *out);

#endif
