/* why: what one request cost and how long it took, and why. */
#ifndef LLMOBS_REPORT_WHY_H
#define LLMOBS_REPORT_WHY_H

#include "base/zone.h"
#include "price/price_book.h"
#include "query/phases.h"
#include "query/trace_load.h"
#include "table/table.h"

struct why_spec {
    const struct zone *zone;
    bool cost, latency;      /* only the one; neither: both, and the record */
    int64_t calls;           /* of several calls, those with a row of their own; 0: all */
    bool missing;            /* a row for each field that the log does not have */
    bool no_cost;            /* no money */
    const struct phase_table *phases; /* the user's own, as for phase_of(); or NULL */
    struct price_book *book; /* says what a call without a price lacks */
};

/*
 * The answer about a node of the tree and everything below it, or about all of it (TRACE_NONE), into
 * *out (zeroed by the caller; table_release() it, also after an error). Sections, each the rows below a
 * first one; a figure stands beside the median of its like (report/peers.h), and what the log does not
 * have is said:
 *   - cost: the bill by call and by part of its tokens; its lines add up to the first row, to the
 *     nano-dollar.
 *   - latency: the time by phase, which adds up to the first row, with what measures the steps.
 *   - record: the fields of the call, or of the span where it is no single call: logged, derived or
 *     missing, with where they come from.
 */
NODISCARD enum err why_table(struct store *s, const struct trace_tree *t, uint32_t top,
                             const struct why_spec *spec, struct table *out, struct error *err);

#endif
