/* prices: the prices that hold for a run of the program. */
#ifndef LLMOBS_PRICES_H
#define LLMOBS_PRICES_H

#include "commands.h"
#include "price/price_book.h"

/* Those of the configuration, with its aliases and discounts, then those that the database has
 * (added and imported; store may be NULL), then the built-in ones. What is wrong with the first is
 * named with its place. The caller frees the book with price_book_free(). */
NODISCARD enum err prices_open(const struct invocation *inv, struct store *store,
                               struct price_book **out, struct error *err);

/* The same, with what n other databases have behind what `store` has. */
NODISCARD enum err prices_open_all(const struct invocation *inv, struct store *store,
                                   struct store *const *others, size_t n, struct price_book **out,
                                   struct error *err);

/* Whole days from the day of the built-in prices to now. */
int64_t prices_age_days(int64_t now_us);

#endif
