/* price_tsv: the built-in prices, and the form in which they are written down. */
#ifndef LLMOBS_PRICE_PRICE_TSV_H
#define LLMOBS_PRICE_PRICE_TSV_H

#include "base/buf.h"
#include "price/price.h"

/*
 * Calls visit(ctx, row) for each row of a table of prices as schemas/prices.tsv describes it; texts
 * of the row are borrowed from `text`. ERR_PARSE with the line and the column's name where the
 * table is none, and what visit returns.
 */
NODISCARD enum err price_tsv_read(struct sv text,
                                  enum err (*visit)(void *ctx, const struct price_row *row,
                                                    struct error *err),
                                  void *ctx, struct error *err);

/* The program's own table. */
struct sv price_tsv_built_in(void);

/* What stands behind "# <key>: " in the head of a table: "as of" is 2026-08-22. SV_NONE: nothing.
 */
struct sv price_tsv_head(struct sv text, const char *key);

/* Dollars per million tokens as nano-dollars. False for what is no decimal from 0 to PRICE_MAX, or
 * one that nano-dollars cannot hold exactly: rounded, a price could become none. */
bool price_parse(struct sv text, int64_t *nusd_per_mtok);

/*
 * "THRESHOLD INPUT/OUTPUT/CACHE_READ/CACHE_WRITE_5M/CACHE_WRITE_1H;...": tiers of a row, and back.
 * False when it is none, or when there are more than PRICE_TIERS_MAX.
 */
bool price_parse_tiers(struct sv text, struct price_row *row);
void price_format_tiers(const struct price_row *row, struct buf *out);

#endif
