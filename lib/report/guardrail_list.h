/* guardrail_list: guardrails by rule and action: how often they are triggered, in which quarter of
 * an hour most, and whether one has fallen silent. */
#ifndef LLMOBS_REPORT_GUARDRAIL_LIST_H
#define LLMOBS_REPORT_GUARDRAIL_LIST_H

#include "query/scan.h"
#include "table/table.h"

#define GUARDRAIL_SURGE 10       /* calls in 15 minutes, above which it is one */
#define GUARDRAIL_SILENCE_P 0.01 /* of no call by chance, below which it is silent */

struct guardrail_spec {
    struct scan_spec calls;  /* by: the dimensions of `by` but rule and action */
    const char *const *by;   /* in the order of the columns; rule or action is among them */
    size_t n_by;
    int64_t limit;           /* rows; 0: all */
};

/*
 * A row for each rule and action of the calls, and for each group of the other dimensions: time
 * first, then most calls; calls whose log does not name what was triggered are a row without names.
 * A call counts once in a row. Columns:
 *   calls, guardrail_rate       with it, and their share of all calls of the group
 *   first, last                 starts of the first and the last one
 *   peak_15m                    most calls in any 15 minutes; state "surge" above GUARDRAIL_SURGE
 *   calls_since, expected       calls of the group after the last one, and how many of them would
 *                               have it if its share until then went on; state "silent" when none
 *                               is less likely than GUARDRAIL_SILENCE_P (Poisson: exp(-expected))
 * Memory: 24 B for each trigger. ERR_NOMEM, ERR_USAGE for tags, and as scan_open().
 */
NODISCARD enum err guardrail_list(struct store *s, const struct guardrail_spec *spec,
                                  struct table *out, struct error *err);

#endif
