/* store_internal: what the files of lib/store share and nobody else sees. */
#ifndef LLMOBS_STORE_STORE_INTERNAL_H
#define LLMOBS_STORE_STORE_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>
#include "store/dictionary.h"
#include "store/store.h"

/* The dictionaries: the dimensions of a call by enum call_field, then those of the other tables. */
enum store_dictionary {
    D_IDENTITY_FAMILY = F_DIM_COUNT,
    D_TOOL,
    D_NODE,
    D_CONDITION,
    D_SCORE_NAME,
    D_SCORER,
    D_JUDGE_MODEL,
    D_TOOL_VERSION,
    D_EMBEDDING_MODEL,
    D_FINDING,
    D_RULE,
    D_ACTION,
    D_COUNT,
};

struct store_statement {
    const unsigned char *sql; /* the embedded text, by address */
    sqlite3_stmt *stmt;
};

struct store {
    sqlite3 *db;
    char *path;
    enum store_mode mode;
    int turn_fd;          /* holds the one writer's lock; -1: none */
    pthread_mutex_t lock; /* held while the connection is used by store_fetch_columns() */
    bool lock_made;
    bool chunks_usable; /* in this transaction: setting 'chunk_layout' is the program's */
    bool reading;       /* a read transaction is open */
    bool frozen;        /* one is open from store_freeze() to store_thaw() */
    struct dictionary dictionaries[F_DIM_COUNT]; /* loaded at first use */
    struct store_statement *statements;
    size_t n_statements, cap_statements;
    unsigned char *encoded; /* room for one encoded column; made at first use */
    sqlite3_blob *column;   /* what encoded columns are read through, or NULL */
};

/* A 128-bit hash as it stands in the database: 16 bytes in the order of its hex digits (hi first,
 * most significant byte first), so that SQL's hex() shows the same text as C. */
void store_hash_bytes(struct hash128 h, unsigned char out[16]);
struct hash128 store_hash_from(const unsigned char bytes[16]);

/* ---- SQL ---------------------------------------------------------------------------------- */

/* Turns the connection's last error into err: SQLITE_BUSY and SQLITE_LOCKED to ERR_BUSY (with the
 * process that holds it, where it can be found), SQLITE_NOMEM to ERR_NOMEM, SQLITE_FULL,
 * SQLITE_IOERR, SQLITE_CANTOPEN and SQLITE_READONLY to ERR_IO, everything else to ERR_DB. Message:
 * "<path>: <what>: <SQLite's words>"; what may be NULL. Always returns an error. */
enum err store_db_error(struct store *s, struct error *err, const char *what);

/* ERR_BUSY, with the process that holds the database where it can be found. */
enum err store_locked(struct store *s, struct error *err);

/* Runs SQL without results; several statements are allowed. */
NODISCARD enum err store_exec(struct store *s, const char *sql, struct error *err);

/* The whole number that a pragma gives. */
NODISCARD enum err store_pragma(struct store *s, const char *sql, int64_t *out, struct error *err);

/* The prepared form of one embedded statement ("sql.h": sql_queries_<name>), prepared at first use,
 * reset and without bindings. Owned by the store until store_close(). Looks through the prepared
 * ones: fetch it once, outside of loops. */
NODISCARD enum err store_statement(struct store *s, const unsigned char *sql, sqlite3_stmt **out,
                                   struct error *err);

/* Steps a statement that gives no row and resets it. */
NODISCARD enum err store_run(struct store *s, sqlite3_stmt *stmt, struct error *err);

/* Steps to the next row: *row says whether there is one; the statement is reset when there is none
 * and after an error. */
NODISCARD enum err store_step(struct store *s, sqlite3_stmt *stmt, bool *row, struct error *err);

/* A column of the row that a statement stands on, borrowed until it moves on; SV_NONE and
 * CALL_MISSING for NULL. */
static inline struct sv column_sv(sqlite3_stmt *stmt, int column)
{
    const void *p;

    if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
        return SV_NONE;
    p = sqlite3_column_blob(stmt, column);
    return (struct sv){p ? p : "", (size_t)sqlite3_column_bytes(stmt, column)};
}

static inline int64_t column_number(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? CALL_MISSING
                                                            : sqlite3_column_int64(stmt, column);
}

/* ---- dictionaries ------------------------------------------------------------------------- */

/* Adds to the dictionaries that are loaded what the database has got since. */
NODISCARD enum err store_dictionaries_refresh(struct store *s, struct error *err);

/* Drops what is loaded; texts handed out are gone. */
void store_dictionaries_forget(struct store *s);

/* ---- chunks ------------------------------------------------------------------------------- */

/* Writes (replaces) chunk `number` from arrays of rows values each, in order of call_id;
 * CALL_MISSING marks a missing value, a NULL array one that is missing in every row. Inside the
 * caller's transaction. rows 0 deletes the chunk. */
NODISCARD enum err store_write_chunk(struct store *s, int64_t number, size_t rows,
                                     int64_t *const cols[C_COUNT], struct error *err);

/* CHUNK_ROWS values, all missing; free() it. NULL when out of memory. */
int64_t *store_column_new(void);

/* The same from the rows of table call. */
NODISCARD enum err store_rebuild_chunk(struct store *s, int64_t number, struct error *err);

/* Writes the columns of mask of a stored chunk anew, from arrays of its rows. Does nothing for a chunk
 * that is not stored. Inside the caller's transaction. */
NODISCARD enum err store_replace_columns(struct store *s, const struct chunk_info *chunk,
                                         uint64_t mask, int64_t *const cols[C_COUNT],
                                         struct error *err);

/* Closes the handle that columns are read through, which keeps a read transaction open. */
void store_column_done(struct store *s);

/* Deletes chunk `number`, because a row in it changes. Inside the caller's transaction. */
NODISCARD enum err store_delete_chunk(struct store *s, int64_t number, struct error *err);

/* Compares the stored chunk `number` with its rows. *stored false: there is none.
 * damage: what is wrong with it; its code is OK when nothing is. */
NODISCARD enum err store_verify_chunk(struct store *s, int64_t number, bool *stored,
                                      struct error *damage, struct error *err);

/* Deletes all chunks when another layout of columns wrote them: store_open()'s last step. */
NODISCARD enum err store_check_layout(struct store *s, struct error *err);

/* Numbers of the chunks that have rows in call and none in chunk, ascending; free() the array.
 * Cost: one look-up per chunk. */
NODISCARD enum err store_missing_chunks(struct store *s, int64_t **out, size_t *n,
                                        struct error *err);

#endif
