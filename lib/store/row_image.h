/* row_image: new rows as the pages of a SQLite database in memory, so that SQLite moves them into
 * the stored table as they are. What it does for each value of an INSERT (fetch it, check its type,
 * build the record) is most of the cost of storing a wide row; here that is one pass in C. */
#ifndef LLMOBS_STORE_ROW_IMAGE_H
#define LLMOBS_STORE_ROW_IMAGE_H

#include "base/sv.h"
#include "store/store_internal.h"

#define ROW_IMAGE_COLUMNS 64 /* at most, the row's id included */

struct row_image;

/*
 * Begins an image for rows of a table of s: one with an INTEGER PRIMARY KEY as its first column and
 * without indexes. name: of its own on this connection, as the image is attached under it; static.
 * Not within a transaction. *out is freed by row_image_free().
 */
NODISCARD enum err row_image_new(struct store *s, const char *name, const char *table,
                                 struct row_image **out, struct error *err);

/* Begins a row; ids ascend. Then come its columns after the first, in order; those at the end that
 * are missing may be left out. Running out of memory is told by row_image_store(). */
void row_image_row(struct row_image *r, int64_t id);
void row_image_int(struct row_image *r, int64_t v);
void row_image_blob(struct row_image *r, struct sv bytes); /* .p NULL: NULL */

/* Columns of numbers: the next n are v[places[0]], v[places[1]] and so on, those NULL whose bit in
 * known (by the same places) is 0. */
void row_image_ints(struct row_image *r, const uint8_t *places, int n, const int64_t *v,
                    uint64_t known);

/* Moves all rows into the table, within the transaction that is open, and empties the image.
 * ERR_BUSY, with nothing stored: SQLite does not exchange an attached database that the transaction
 * has read; its documentation says so, version 3.40 does it. ERR_RANGE where the rows fill more than
 * 1,091 pages of 16 KiB, which so many rows or fewer never do. */
NODISCARD enum err row_image_store(struct row_image *r, struct error *err);

void row_image_free(struct row_image *r); /* accepts NULL; outside of a transaction */

#endif
