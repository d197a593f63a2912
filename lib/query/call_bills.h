/* call_bills: the itemised bills of stored calls, by the price rows that they were priced by. */
#ifndef LLMOBS_QUERY_CALL_BILLS_H
#define LLMOBS_QUERY_CALL_BILLS_H

#include "query/call_values.h"
#include "store/prices.h"
#include "store/pricing.h"

/* Columns of the store that a bill is made from. */
#define CALL_BILL_COLUMNS (PRICING_USAGE_COLUMNS | COLUMN(C_PRICE_ID))

struct call_bills;

/* Loads the price rows of a store, and the names of service tiers; threads may then share it. */
NODISCARD enum err call_bills_open(struct store *s, struct call_bills **out, struct error *err);
void call_bills_close(struct call_bills *b); /* accepts NULL */

/* The row of an id, NULL: none. */
const struct price_row *call_bills_row(const struct call_bills *b, int64_t price_id);

/* One thread's. Plain data. */
struct call_biller {
    const struct call_bills *bills;
    struct pricing pricing;
};
void call_biller_init(struct call_biller *b, const struct call_bills *bills);

/* The bill of row i of columns CALL_BILL_COLUMNS, whose cost is the cost_computed_nusd that is stored.
 * False: it has no price. An answer from a proxy's cache has a bill, too, though it cost nothing. */
bool call_bill(struct call_biller *b, const int64_t *const *cols, int64_t i, struct bill *out);

/* What caches saved, for each of `rows` rows: below 0 where writing cost more than reading saved;
 * CALL_MISSING without a price. Into room, which is returned. */
const int64_t *call_savings(struct call_biller *b, const int64_t *const *cols, int64_t rows,
                            int64_t *room);

/* Input tokens as a part of the model's context window, by the price row, for each of `rows` rows of
 * columns F_INPUT_TOKENS and C_PRICE_ID: as real_to_key() makes it, CALL_MISSING where either is not
 * known. Above 1 where a log counts what the model cannot have read. Into room, which is returned. */
const int64_t *call_context_use(const struct call_bills *b, const int64_t *const *cols,
                                int64_t rows, int64_t *room);

#endif
