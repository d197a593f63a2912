/* price_list: rows of prices as a table. */
#ifndef LLMOBS_REPORT_PRICE_LIST_H
#define LLMOBS_REPORT_PRICE_LIST_H

#include "price/price.h"
#include "table/table.h"

/*
 * Columns: provider, model, origin, service_tier, the prices in nano-dollars per million tokens by
 * their names in price_kind_names (JSON: input_usd_per_mtok ...), tiers, context_window, max_output,
 * from, until, match, sources, note. Columns that are empty for all rows are in data only.
 * ERR_NOMEM.
 *   out   zeroed by the caller, who releases it; its texts are its own
 */
NODISCARD enum err price_list_table(const struct price_row *const *rows, size_t n,
                                    struct table *out, struct error *err);

#endif
