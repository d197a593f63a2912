/* ranking: the order of the groups, and which of them have a row of their own. */
#ifndef LLMOBS_REPORT_RANKING_H
#define LLMOBS_REPORT_RANKING_H

#include "report/joined.h"
#include "table/table.h"

struct ranking_spec {
    size_t n_by;
    const int64_t *calls;     /* by group */
    const int64_t *calls_before; /* by group, orders those without calls; or NULL */
    const struct cell *keys;  /* by group: what to sort by; NULL: the default order */
    bool ascending;           /* of keys; missing ones are last in any case */
    int64_t limit, min_n;     /* 0: none */
};

struct ranking {
    uint32_t *order; /* shown groups first, then the others */
    uint32_t groups, shown;
    uint32_t below_min_n, beyond_limit; /* why the others are not shown */
};

/*
 * Default order, and the one of equal keys: dimensions of time ascending, then calls descending
 * (those of this window, then those of the one before),
 * then the names of the other dimensions bytewise; missing ones last.
 */
NODISCARD enum err rank_groups(const struct joined *groups, const struct ranking_spec *spec,
                               struct ranking *out, struct error *err);
void ranking_release(struct ranking *r);

#endif
