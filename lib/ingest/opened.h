/* opened: an input by its name, opened and looked at. */
#ifndef LLMOBS_INGEST_OPENED_H
#define LLMOBS_INGEST_OPENED_H

#include "base/arena.h"
#include "input/elements.h"
#include "store/foreign.h"

/* Zeroed storage is nothing opened. */
struct opened {
    struct foreign *database; /* that was opened for its table, or NULL */
    struct input *in;
    struct elements *pieces;
    struct sv columns; /* of a table: foreign_columns(); else SV_NONE */
};

/*
 * Opens a file, "-", or a table of an SQLite database by the name that opened_table_name() makes.
 * max_line as input_open(). ERR_IO, ERR_NOMEM; o is zeroed then.
 */
NODISCARD enum err opened_open(struct opened *o, const char *name, int64_t max_line,
                               struct error *err);

/* Table `table` of a database that outlives o, from its start; name and file are its name and the
 * database's opened_stat(). No other table of the database may be open. */
NODISCARD enum err opened_table(struct opened *o, struct foreign *database, size_t table,
                                const char *name, const struct input_stat *file, int64_t max_line,
                                struct error *err);

/* Accepts zeroed storage, and leaves it. */
void opened_close(struct opened *o);

/* "logs.db/responses": no file can have that path as long as logs.db is one. NULL when out of
 * memory. */
const char *opened_table_name(struct arena *a, const char *path, const char *table);

/* As input_stat_path(), with the write-ahead log of a database: it may have grown there alone. */
bool opened_stat(const char *path, struct input_stat *out);

#endif
