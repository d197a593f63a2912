/* prices: table price. */
#ifndef LLMOBS_STORE_PRICES_H
#define LLMOBS_STORE_PRICES_H

#include "price/price_book.h"
#include "store/store.h"

/* Stores a row, unless one that says the same is there; *id: its price_id. With active set it will
 * price calls from now on, in place of an active one for the same calls. */
NODISCARD enum err store_price_put(struct store *s, const struct price_row *row, bool active,
                                   int64_t *id, struct error *err);

/* A stored row will price no more calls. */
NODISCARD enum err store_price_retire(struct store *s, int64_t id, struct error *err);

/* Several rows at once, all or none: end with the result so far, which is returned. */
NODISCARD enum err store_prices_begin(struct store *s, struct error *err);
NODISCARD enum err store_prices_end(struct store *s, enum err rc, struct error *err);

/* All rows, the latest first, to visit; texts are borrowed for the call. ERR_DB for a damaged row.
 */
NODISCARD enum err store_price_rows(struct store *s,
                                    enum err (*visit)(void *ctx, int64_t id, bool active,
                                                      const struct price_row *row,
                                                      struct error *err),
                                    void *ctx, struct error *err);

/* Adds the active rows to a book: the latest first, since it is what the user said last. */
NODISCARD enum err store_prices_load(struct store *s, struct price_book *book, struct error *err);

#endif
