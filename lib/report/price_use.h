/* price_use: which rows of prices the stored calls were priced by. */
#ifndef LLMOBS_REPORT_PRICE_USE_H
#define LLMOBS_REPORT_PRICE_USE_H

#include "query/scan.h"
#include "table/table.h"

/*
 * A row for each price row that priced calls of the scan, the dearest first: price_id, provider,
 * model, origin, calls, cost_usd, input and output price, from, until.
 *   out   zeroed by the caller, who releases it, also after an error
 * ERR_USAGE as scan_open(); ERR_DB, ERR_NOMEM.
 */
NODISCARD enum err price_use_run(struct store *s, const struct scan_spec *spec, struct table *out,
                                 struct error *err);

#endif
