/* step_table: what the views of steps (tools, branches, paths, retrieval, phases) have in common: a
 * list of figures over the columns of steps becomes a table, as measures do for calls. */
#ifndef LLMOBS_REPORT_STEP_TABLE_H
#define LLMOBS_REPORT_STEP_TABLE_H

#include "base/wide.h"
#include "query/steps.h"
#include "report/report.h"

enum figure_kind {
    FIGURE_STEPS, /* how many there are */
    FIGURE_SHARE, /* the same as a part of all, or of those of the same from_node */
    FIGURE_N,     /* steps that know the column */
    FIGURE_COUNT, /* sum, 0 where nobody knows it */
    FIGURE_SUM,   /* sum; missing where nobody knows it */
    FIGURE_SUM_SHARE,
    FIGURE_MEAN, /* whole */
    FIGURE_RATE, /* mean of 0 and 1 */
    FIGURE_QUANTILE,
    FIGURE_MAX,
};

struct step_figure {
    const char *key, *also_key, *title; /* of struct column */
    enum unit unit;
    enum figure_kind kind;
    int column;  /* enum step_column or call_field */
    int percent; /* FIGURE_QUANTILE */
    bool in_text, money;
    int drop;
    bool compared; /* FIGURE_STEPS, _SHARE, _RATE: has columns of the window before with --vs */
    bool in_graph;
};

struct step_view {
    const char *name; /* of the view */
    enum steps_of of;
    const char *one, *many; /* what the steps are called */
    const char *nothing;    /* said when there are none */
    const char *const *by;  /* where the user names no dimensions */
    size_t n_by;
    const char *sort; /* key to sort by where the user names none; NULL: steps */
    bool parts;       /* steps are parts of each other: there is no total */
    const struct step_figure *figures;
    size_t n;
};

struct step_group {
    int64_t steps, before; /* before: of the window that is compared with */
    int64_t unpriced;      /* steps whose request has a call without a price */
};

/* Of one figure's column in one group. */
struct step_sum {
    i128 sum;
    int64_t n, max;
    int64_t sum_before, n_before;
};

/* The values of a column with quantiles, one entry for each step that knows it. */
struct step_values {
    int column;
    uint32_t *group;
    int64_t *v;
    size_t n, cap;
    size_t *start; /* after the walks: those of group g are v[start[g] .. start[g + 1]) */
};

struct step_table {
    const struct step_view *view;
    const struct report_spec *spec;
    struct store *store;
    struct table *out;
    struct steps *steps;
    const char *const *by;
    size_t n_by;
    struct steps_counts counts, counts_before;
    bool before; /* the walk is over the window that is compared with */
    struct step_group *groups;
    struct step_sum *sums;         /* view->n of each group */
    uint32_t n_groups, cap_groups; /* behind the groups: "(other)", then the total */
    struct step_values values[8];
    size_t n_values;
    struct step_group *wholes; /* by code of from_node, where that is a dimension; else NULL */
    struct sv *names;          /* n_by of each group */
    uint32_t *order, shown, too_few; /* order: of the groups, those shown first */
};

/*
 * Walks over the steps and fills spec's table. Afterwards, remark (or NULL) adds what the view has
 * to say beside; then all is released. ERR_USAGE for what the view does not know.
 */
NODISCARD enum err step_table_run(struct store *s, const struct report_spec *spec,
                                  const struct step_view *view,
                                  enum err (*remark)(struct step_table *t, struct error *err),
                                  struct table *out, struct error *err);

/* Place of a dimension in by; n_by when it is not there. */
size_t step_table_dimension(const struct step_table *t, const char *name);

/* Sums over all groups of the first figure of a column; there must be one. */
const struct step_sum *step_table_total(const struct step_table *t, int column);

/* A quantile, over all steps, of a column that has quantiles; missing when no step knows it. */
struct cell step_table_quantile(const struct step_table *t, int column, int percent);

#endif
