/* drift: whether calls of one window differ from those of an earlier one, field by field. */
#ifndef LLMOBS_REPORT_DRIFT_H
#define LLMOBS_REPORT_DRIFT_H

#include "query/scan.h"
#include "report/drift_measure.h"
#include "table/table.h"

struct drift_window {
    int64_t from_us, until_us; /* [from, until) */
};

struct drift_spec {
    struct scan_spec calls; /* by: the segments; its window covers both of these: */
    struct drift_window baseline, current;
    const char *const *fields; /* none: all that calls have */
    size_t n_fields;
    enum drift_method method;
    double threshold;            /* the least effect that is drift; NaN: each method's own */
    int64_t min_n;               /* values on a side that a verdict needs */
    const char *embedding_model; /* NULL: the only one */
    int64_t embedding_dim;       /* 0: the only one */
    size_t permutations;         /* 0: 999, and 9,999 where these see something */
    uint64_t seed;
    bool quiet_segments; /* people: segments without drift are counted, not shown */
    int64_t limit;       /* rows shown; 0: all */
    bool no_cost;
};

enum drift_answer { DRIFT_ANSWER_NONE, DRIFT_ANSWER_DRIFT, DRIFT_ANSWER_INSUFFICIENT };

/*
 * One row for each field, then for each field and segment, into *out (zeroed by the caller;
 * table_release() it, also after an error). Each field is read once; about 16 bytes for each call
 * in the windows. ERR_USAGE for unknown fields, a method that does not fit, bad filters.
 */
NODISCARD enum err drift_run(struct store *s, const struct drift_spec *spec, struct table *out,
                             enum drift_answer *answer, struct error *err);

#endif
