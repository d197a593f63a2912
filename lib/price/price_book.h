/* price_book: all prices that are known, and which of them holds for a call. */
#ifndef LLMOBS_PRICE_PRICE_BOOK_H
#define LLMOBS_PRICE_PRICE_BOOK_H

#include "price/price.h"

struct price_book;

/* When the built-in prices were looked up: "2026-08-22". */
const char *price_built_in_date(void);

NODISCARD enum err price_book_new(struct price_book **out, struct error *err);
void price_book_free(struct price_book *b); /* accepts NULL */

/*
 * Adds a row; texts are copied. Rows added earlier win over later ones; those of the user, of a
 * configuration and imported ones over the built-in ones in any case. ERR_RANGE with what is wrong:
 * no model, no price for input, a price below 0 or above PRICE_MAX, tiers that do not ascend, a
 * period that ends before it begins; ERR_PARSE for a pattern that does not compile (rows that are
 * not built in; those are compiled when they are needed).
 */
NODISCARD enum err price_book_add(struct price_book *b, const struct price_row *row,
                                  struct error *err);

/* Adds the program's own rows (schemas/prices.tsv). */
NODISCARD enum err price_book_add_built_in(struct price_book *b, struct error *err);

/* A model id as logs spell it stands for another one: a deployment's name, an inference profile. */
NODISCARD enum err price_book_alias(struct price_book *b, struct sv name, struct sv model,
                                    struct error *err);

/* A contract: `fraction_ppm` millionths off all built-in and imported prices of models that match
 * (and of the provider, if one is named) in a period. */
struct price_discount {
    struct sv provider, match;
    int64_t off_ppm; /* 0 .. 1000000 */
    struct maybe_i64 from_us, until_us;
};
NODISCARD enum err price_book_discount(struct price_book *b, const struct price_discount *d,
                                       struct error *err);

/* The rows in the order in which they are asked. Borrowed. */
size_t price_book_count(const struct price_book *b);
const struct price_row *price_book_row(const struct price_book *b, size_t i);

/* What a log says of who was asked. SV_NONE: nothing. */
struct price_names {
    struct sv provider, request_model, response_model;
};

/* The rows that match some names, best first: of the user, then of the provider that is named (else
 * of the first one that knows the model). They belong to the book. */
struct price_match {
    const struct price_row **rows;
    size_t n;
    struct sv model; /* the id that matched */
};

/*
 * Matches names; the same names give the same match again, and cost a look-up. response_model is
 * tried before request_model. Safe from several threads. ERR_NOMEM, ERR_RANGE (a pattern that goes
 * astray).
 */
NODISCARD enum err price_book_match(struct price_book *b, const struct price_names *names,
                                    const struct price_match **out, struct error *err);

/*
 * The row of a match that holds at a time and for a service tier: PRICED with *out, else what is
 * lacking. A time that is not known is no hindrance where the first row holds for ever.
 *   service_tier  as logged; default, standard, auto, batch, on_demand and what is no tier of any
 *                 provider have the rows of the standard one
 */
enum price_lack price_choose(const struct price_match *m, struct maybe_i64 at_us,
                             struct sv service_tier, const struct price_row **out);

/* Whether a service tier, as logged, is that of batches. */
bool price_is_batch(struct sv service_tier);

/* 64 bits of what a row says (origin, sources and note apart): equal rows have equal ones. */
uint64_t price_row_fingerprint(const struct price_row *row);

#endif
