/* cost_parts: what costs are made of: the lines of all bills, added up by group. */
#ifndef LLMOBS_REPORT_COST_PARTS_H
#define LLMOBS_REPORT_COST_PARTS_H

#include "query/scan.h"
#include "table/table.h"

/*
 * A row for each group and part of its cost: dimensions, part ("input", "cache read" ..., "as logged"
 * where the log's own cost counts, "from a cache"), calls, tokens, price per million tokens (missing
 * where it is not one), cost_usd. The rows of a group add up to its cost in `report cost`, to the
 * nano-dollar, and all rows to the total. Calls without a cost are counted in the fact "unpriced_calls".
 *   out   zeroed by the caller, who releases it, also after an error
 * ERR_USAGE as scan_open(); ERR_DB, ERR_NOMEM.
 */
NODISCARD enum err cost_parts_run(struct store *s, const struct scan_spec *spec, struct table *out,
                                  struct error *err);

#endif
