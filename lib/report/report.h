/* report: groups of calls and their figures. The only grouping machine. */
#ifndef LLMOBS_REPORT_REPORT_H
#define LLMOBS_REPORT_REPORT_H

#include "base/zone.h"
#include "table/table.h"

struct store;

struct report_spec {
    const char *const *views; /* names of views, one at least: "overview", "cost", ... */
    size_t n_views;
    const char *const *by; /* dimension names, "meta.KEY" included; none: one total row */
    size_t n_by;
    const char *const *where; /* expressions, all must hold */
    size_t n_where;
    bool since_known, until_known;
    int64_t since_us, until_us; /* [since, until) */
    const struct zone *zone;
    bool versus; /* compared with the calls of another window: */
    int64_t versus_since_us, versus_until_us; /* [since, until); the first window must have ends */
    const char *window_text; /* as the user put it, for the head; NULL: from the data */
    const char *sort; /* column key or title, or NULL: the default order */
    bool ascending;   /* with sort */
    int64_t limit;    /* groups shown before "(other)"; 0: all */
    int64_t min_n;    /* groups with fewer calls are folded into "(other)" and counted */
    const char *const *columns; /* keys or titles to show, none: the view's */
    size_t n_columns;
    bool no_cost;
    enum {
        CUMULATIVE_NO,
        CUMULATIVE_OF_COST, /* views of cost show the cumulative share */
        CUMULATIVE_SORTED,  /* every view does; without sort and dimensions of time by cost */
    } cumulative;
    bool per_outcome; /* every view shows the cost for each success */
    const char *const *success; /* expressions that make a success, all must hold; none: status=ok */
    size_t n_success;
    bool all_columns; /* machine formats: every column of the view, text ones only those shown */
    enum { COST_BEST, COST_GIVEN, COST_COMPUTED } cost;
    enum {
        TAGS_SPLIT, /* a call with n tags is an n-th of a call of each: figures are cut by the
                     * largest remainder, so that they add up */
        TAGS_FIRST, /* it is a call of its first tag */
        TAGS_ANY,   /* it is a call of each, so that groups do not add up */
    } tags;         /* with a dimension of tags, of which there can be one */
    bool chart;     /* one column is drawn: the first of columns, else what the view is about; without
                     * dimensions by day */
    bool narrate;   /* the table gets a sentence on what carries the cost or its change */
    /* Of the views whose rows are steps: */
    bool phases;              /* latency: by the parts of a request */
    bool hitl;                /* branches: people see more of what waits for a person */
    bool graph;               /* paths: edges from node to node and not whole paths */
    const char *whatif;       /* branches: what would ask a person instead, or NULL */
    const char *const *human; /* globs of nodes and tools that are people */
    size_t n_human;
    const struct phase_table *own_phases; /* as for phase_of(); or NULL */
    const struct format_spec *format; /* what answers are held against (format_checks.h); or NULL */
    bool keep_degenerate_ttft; /* else call_ttft_degenerate() values count as missing in figures */
    bool figures_only; /* no coverage, warnings and notes, which take longer than the figures of a
                        * few minutes */
    int jobs; /* threads, at least 1 */
};

/* A view of calls is a list of measures; one of steps runs by itself. */
struct view {
    const char *name, *summary;
    enum err (*run)(struct store *s, const struct report_spec *spec, struct table *out,
                    struct error *err); /* NULL: of calls */
};
extern const struct view report_views[];
extern const size_t report_view_count;

/*
 * Computes the report into *out (zeroed by the caller; table_release() it, also after an error).
 * ERR_USAGE for an unknown view, dimension, column or a bad expression (the message names it, gives
 * the column of the mistake and what is near it); ERR_DB, ERR_NOMEM. Exact: quantiles by selection,
 * sums in integers, the same result for any number of jobs.
 * With versus, calls, cost and cost per call have a column for the window before, the change and
 * the change as a part of it; groups that only one of the windows has are rows like the others.
 */
NODISCARD enum err report_run(struct store *s, const struct report_spec *spec, struct table *out,
                              struct error *err);

/* The calls that a report is of, for a walk over them. */
struct scan_spec report_scan_spec(const struct report_spec *spec);

/* First and last known start of the stored calls (for the zone's range); first > last: none. */
NODISCARD enum err report_time_range(struct store *s, int64_t *first_us, int64_t *last_us,
                                     struct error *err);

/* The names that --by and --where take, for completion and help; NULL at the end. */
const char *const *report_dimension_names(void);
bool report_dimension_is_time(const char *name);

#endif
