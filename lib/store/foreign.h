/* foreign: another program's SQLite database, its tables as lines of JSON. */
#ifndef LLMOBS_STORE_FOREIGN_H
#define LLMOBS_STORE_FOREIGN_H

#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "base/sv.h"

struct foreign; /* an open database; one thread at a time */

/*
 * Opens the database at path to read its ordinary tables, and nothing else in it: no view, virtual
 * table, trigger or generated column is run, nothing is written to it or attached. With a
 * write-ahead log all of it is read in the state that it is in now. Without one a writer has to
 * wait for readers, so it may take its turn every 32 Ki rows, and some of what it writes may be
 * read: a file that changed meanwhile is to be read again. SQLite may leave an empty log and its
 * index beside a database that has one. Takes memory for a few MiB of pages and for a row.
 *   max_value  bytes of the longest value that is read, 1 MiB at least
 * ERR_IO with what is wrong with it, a database of llmobs included; ERR_NOMEM.
 */
NODISCARD enum err foreign_open(const char *path, int64_t max_value, struct foreign **out,
                                struct error *err);

/* Accepts NULL. */
void foreign_close(struct foreign *f);

/* Its tables, in bytewise order of their names, which are as the database has them. */
size_t foreign_tables(const struct foreign *f);
const char *foreign_table(const struct foreign *f, size_t i);

/* Goes before the first row of table i. ERR_IO, ERR_NOMEM. */
NODISCARD enum err foreign_begin(struct foreign *f, size_t i, struct error *err);

/* The same again of the table that is read. */
NODISCARD enum err foreign_rewind(struct foreign *f, struct error *err);

/* All columns of that table, {"a":null,"b":null}; borrowed until the next foreign_begin(). */
struct sv foreign_columns(const struct foreign *f);

/*
 * Up to n bytes of the table's lines, a row in each; *got is 0 at the end only.
 *   {"id":9007199254740993,"name":"text","share":0.1}
 * The columns stand in the order of the table, integers exact, reals in the fewest of 15 to 17
 * digits that give them back. NULL is left out, so that a column added to a table changes no row;
 * so is a BLOB that is no UTF-8 text. A text that is none stands there as it is, and makes the line
 * no JSON. Of a row with a value that is too long the line is longer than max_value and says
 * nothing.
 * The rows of a table come as they are stored: new ones behind the others, unless it is WITHOUT
 * ROWID. The bytes tell rows without an id apart, so they stay as they are from release to release.
 * ERR_IO, ERR_NOMEM.
 */
NODISCARD enum err foreign_read(struct foreign *f, void *p, size_t n, size_t *got,
                                struct error *err);

#endif
