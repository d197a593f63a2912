/* session_list: conversations: what each took, how one went, and how many there were at once. */
#ifndef LLMOBS_REPORT_SESSION_LIST_H
#define LLMOBS_REPORT_SESSION_LIST_H

#include "query/scan.h"
#include "query/trace_load.h"
#include "table/table.h"

struct session_list_spec {
    struct scan_spec calls;
    const char *sort; /* NULL: the latest first */
    bool ascending;
    int64_t limit; /* 0: all */
    bool no_cost;
    const char *const *columns;
    size_t n_columns;
};

/*
 * One row for each session that has calls that fit, of these calls alone. A figure more than three
 * times the median of all sessions listed, of which there are five at least, is an outlier. About
 * 130 bytes of memory for each session and thread. ERR_USAGE for unknown columns and bad filters.
 */
NODISCARD enum err session_list(struct store *s, const struct session_list_spec *spec,
                                struct table *out, struct error *err);

/* The turns of one session in order, with what it had cost by then and how its context grew. */
NODISCARD enum err session_turns(struct store *s, const struct trace_tree *t,
                                 const struct session_list_spec *spec, struct table *out,
                                 struct error *err);

/* By number of the turn, 1 for the first call of each session: input tokens and cost, median and
 * 95th percentile (definition 7 of Hyndman and Fan). 24 bytes for each call. */
NODISCARD enum err session_by_turn(struct store *s, const struct session_list_spec *spec,
                                   struct table *out, struct error *err);

/* For each day: the most sessions that ran at once, and how many did on average over it. A session
 * runs from the start of its first call to the end of its last. */
NODISCARD enum err session_concurrent(struct store *s, const struct session_list_spec *spec,
                                      struct table *out, struct error *err);

#endif
