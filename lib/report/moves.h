/* moves: when the level of a metric changed first, hour by hour or day by day. */
#ifndef LLMOBS_REPORT_MOVES_H
#define LLMOBS_REPORT_MOVES_H

#include "query/side_values.h"
#include "report/side_fields.h"

/* What is looked at in each period: the mean, or a quantile of the values. */
struct move_question {
    const char *metric; /* borrowed */
    struct compared_field *field;
    double q; /* 0: the mean */
};

struct move {
    const char *metric;
    struct sv at;         /* label of the first period of the new level, in the arena */
    double before, after; /* medians of the periods of both levels */
    enum unit unit;
    size_t period;
};

/*
 * The first change point (stats/change_points.h) of each metric in the calls of spec, in order of
 * time; metrics that have none, or fewer than 8 periods, are left out. Periods are hours where
 * these have ten calls on average, else days; the one still running at the end counts like the
 * others.
 */
NODISCARD enum err moves_find(struct store *s, const struct scan_spec *spec,
                              const struct move_question *questions, size_t n, struct arena *a,
                              struct move **out, size_t *n_out, struct error *err);

#endif
