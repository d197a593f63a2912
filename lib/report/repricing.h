/* repricing: what calls would cost by other prices, another model or with other numbers of tokens.
 */
#ifndef LLMOBS_REPORT_REPRICING_H
#define LLMOBS_REPORT_REPRICING_H

#include "price/price_book.h"
#include "query/scan.h"
#include "table/table.h"

#define REPRICING_WHOLE 1000000 /* a factor of 1 */

struct repricing_spec {
    const struct scan_spec *scan; /* calls and groups; its cost is what they are compared by */
    struct price_book *book;
    const struct price_names *to; /* another model, at its price of to_us; NULL: each call's own */
    int64_t to_us;
    int64_t input_ppm, output_ppm; /* factors for all input and all output tokens, in millionths */
};

/*
 * A table of the groups, the dearest first, and a total: cost as it is, cost as it would be, the
 * change. Columns behind the dimensions: calls, cost_usd, unpriced_calls, new_cost_usd,
 * new_unpriced_calls, change_usd, change_rate, changed_calls. Costs that miss calls are lower
 * bounds; the change then is over the calls that have both. Facts: "changed_calls",
 * "calls_newly_priced", "calls_no_longer_priced", "calls_without_cost" (no price, and none given by
 * the log though there was something to pay for), "calls_with_logged_cost" (whose cost is that of
 * the log), and "lack_<reason>" for calls with something to pay for that cannot be priced. out
 * zeroed by the caller, who releases it, also after an error ERR_USAGE as scan_open(); ERR_DB,
 * ERR_NOMEM, ERR_RANGE.
 */
NODISCARD enum err repricing_run(struct store *s, const struct repricing_spec *spec,
                                 struct table *out, struct error *err);

#endif
