/* reprice: stored calls get the costs that a price book gives them now. */
#ifndef LLMOBS_STORE_REPRICE_H
#define LLMOBS_STORE_REPRICE_H

#include "price/price_book.h"
#include "store/store.h"

struct reprice_spec {
    struct price_book *book;
    bool only_unpriced; /* calls that have a computed cost keep it */
    bool since_known, until_known;
    int64_t since_us, until_us; /* [since, until); calls without a start are outside of any bound */
};

/*
 * Sets cost_computed_nusd and price_id of the calls that cost something else now, chunk by chunk, each
 * in a transaction: after a kill those done are done. *changed: how many calls. Costs that logs give
 * stay as they are. O(calls) reads, writes for what changes. ERR_NOMEM, ERR_DB, ERR_BUSY.
 */
NODISCARD enum err store_reprice(struct store *s, const struct reprice_spec *spec, int64_t *changed,
                                 struct error *err);

#endif
