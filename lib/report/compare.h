/* compare: two groups of calls, or before and after, metric by metric, and what carries the change.
 */
#ifndef LLMOBS_REPORT_COMPARE_H
#define LLMOBS_REPORT_COMPARE_H

#include "query/sides.h"
#include "table/table.h"

struct compare_spec {
    struct scan_spec calls; /* without groups; its window covers both sides */
    struct side_spec sides;
    const char *name[2];        /* of the sides, for heads: "prompt_version=v6", "before" */
    const char *const *metrics; /* none: the usual ones that calls have; FIELD, FIELD_p95 ... */
    size_t n_metrics;
    double alpha;   /* of the adjusted p */
    int64_t min_n;  /* values on a side that a verdict needs */
    bool explain;   /* which groups carry the change of one metric, and the parts of the cost's */
    int64_t causes; /* shown to people and told to machines at most */
    bool no_cost;
};

/*
 * One row for each metric into *out (zeroed by the caller; table_release() it, also after an
 * error). ERR_USAGE for unknown metrics, bad filters, calls on both sides.
 */
NODISCARD enum err compare_run(struct store *s, const struct compare_spec *spec, struct table *out,
                               struct error *err);

enum compare_verdict {
    COMPARE_NONE,
    COMPARE_CHANGED, /* neither way is better */
    COMPARE_WORSE,
    COMPARE_BETTER,
    COMPARE_INSUFFICIENT,
};

/* In a finished table: the verdict of a row, and the row of a metric (n_rows: there is none). */
enum compare_verdict compare_verdict_at(const struct table *t, size_t row);
size_t compare_row_of(const struct table *t, struct sv metric);

#endif
