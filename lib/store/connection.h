/* connection: what opening any SQLite file has in common, ours or another program's. */
#ifndef LLMOBS_STORE_CONNECTION_H
#define LLMOBS_STORE_CONNECTION_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define APPLICATION_ID 0x6c6c6d6f /* "llmo": in the header of each database of llmobs */
#define BUSY_TIMEOUT_MS 5000

/*
 * Opens path, hardened: nothing in its schema may do more than a table can. Waits BUSY_TIMEOUT_MS
 * for locks. The caller serialises what it does on one connection, so SQLite need not (NOMUTEX).
 *   parameters  of the URI, such as "?mode=ro"; NULL: path is ":memory:", or "" for a
 *               database in a temporary file without a name
 * Returns SQLite's code, with extended codes from here on; SQLITE_NOMEM leaves *db NULL, after
 * other failures *db holds the words and is to be closed.
 */
int connection_open(const char *path, const char *parameters, sqlite3 **db);

/*
 * From here on the connection takes statements that read tables and views, and no others: nothing is
 * written, attached, or set. functions: SQL's functions may be called, but for those that reach
 * outside the database.
 */
void connection_restrict(sqlite3 *db, bool functions);

/* Takes that back. */
void connection_release(sqlite3 *db);

/* Bytes of the write-ahead log beside the database; 0 when there is none. */
int64_t connection_log_bytes(const char *path);

#endif
