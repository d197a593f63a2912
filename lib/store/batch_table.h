/* batch_table: rows in memory as a table that SQL can read, so that one INSERT ... SELECT stores
 * them all, without a bind, step and reset for each. */
#ifndef LLMOBS_STORE_BATCH_TABLE_H
#define LLMOBS_STORE_BATCH_TABLE_H

#include "store/store_internal.h"

struct batch_table {
    int columns;
    size_t rows; /* may change between statements */
    void *ctx;
    /* Sets out to the value of a cell with sqlite3_result_*(); leaving it alone makes it NULL.
     * Blobs may be SQLITE_STATIC and must then live until the statement is reset. */
    void (*column)(void *ctx, size_t row, int column, sqlite3_context *out);
};

/* Makes t readable as table `name` of the connection until batch_table_remove(); t is borrowed for
 * as long. */
NODISCARD enum err batch_table_add(struct store *s, const char *name, struct batch_table *t,
                                   struct error *err);

/* Every statement that reads the table must be finalized before. A name that is none is fine. */
void batch_table_remove(struct store *s, const char *name);

#endif
