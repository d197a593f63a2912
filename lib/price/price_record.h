/* price_record: what a call costs by a price book, as its record says it. */
#ifndef LLMOBS_PRICE_PRICE_RECORD_H
#define LLMOBS_PRICE_PRICE_RECORD_H

#include "price/price_book.h"

/* The cost of a call that its log does not tell; *out stays unknown where anything lacks. Safe from
 * several threads. ERR_NOMEM, ERR_RANGE as price_book_match(). */
NODISCARD enum err price_record(struct price_book *book, const struct call_record *c,
                                struct maybe_i64 *out, struct error *err);

#endif
