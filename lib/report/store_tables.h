/* store_tables: what is said of the database itself, as tables. */
#ifndef LLMOBS_REPORT_STORE_TABLES_H
#define LLMOBS_REPORT_STORE_TABLES_H

#include "store/removal.h"
#include "store/take_in.h"
#include "table/table.h"

/* All fill *out, zeroed by the caller, who releases it. */

/* What the parts of the database take: part, rows, bytes, bytes_per_call (missing without calls),
 * share, largest first. */
NODISCARD enum err space_table(struct store *s, struct table *out, struct error *err);

/* What was found wrong: check, checked, bad, words about the first bad one. *bad: all of them. */
NODISCARD enum err verify_table(struct store *s, struct table *out, int64_t *bad,
                                struct error *err);

/* What was deleted: rows, n; kinds of which there was nothing are left out. */
NODISCARD enum err removed_table(const struct removed *r, struct table *out, struct error *err);

/* What came from databases: one row for each, with what was new in it. Paths are borrowed. */
NODISCARD enum err taken_in_table(const struct taken_in *x, const char *const *paths, size_t n,
                                  struct table *out, struct error *err);

/* The documented views: view, what (its comment), sql. */
NODISCARD enum err schema_table(struct table *out, struct error *err);

/* The answer to a SELECT, at most `most` rows of it (0: all); what is left out is told of in a
 * warning. Columns of one name are told apart by a number behind it. Blobs are shown in hex.
 * ERR_USAGE of store_select(). */
NODISCARD enum err select_table(struct store *s, struct sv sql, int64_t most, struct table *out,
                                struct error *err);

#endif
