/* user_select: one SELECT that somebody typed, over the views and tables of the database. */
#include "store/user_select.h"

#include <stdlib.h>
#include "store/connection.h"
#include "store/store_internal.h"
#include "base/banned.h"

enum { MOST_BYTES = 1 << 20 }; /* of the statement */

static enum err refused(struct store *s, struct error *err)
{
    if (sqlite3_errcode(s->db) == SQLITE_AUTH)
        return error_set(err, ERR_USAGE,
                         "sql: only SELECT is allowed, and nothing that reaches "
                         "outside the database: %s",
                         sqlite3_errmsg(s->db));
    if (sqlite3_errcode(s->db) == SQLITE_ERROR || sqlite3_errcode(s->db) == SQLITE_TOOBIG)
        return error_set(err, ERR_USAGE, "sql: %s", sqlite3_errmsg(s->db));
    return store_db_error(s, err, NULL);
}

static enum err prepare(struct store *s, struct sv sql, sqlite3_stmt **out, struct error *err)
{
    const char *tail = NULL;

    if (sql.n > MOST_BYTES)
        return error_set(err, ERR_USAGE, "sql: a statement of %zu bytes; %d are the most", sql.n,
                         MOST_BYTES);
    if (sqlite3_prepare_v2(s->db, sql.p, (int)sql.n, out, &tail) != SQLITE_OK)
        return refused(s, err);
    if (!*out)
        return error_set(err, ERR_USAGE, "sql: expected a SELECT, found nothing");
    sqlite3_stmt *next = NULL;
    bool more = sqlite3_prepare_v2(s->db, tail, (int)(sql.p + sql.n - tail), &next, NULL) || next;
    sqlite3_finalize(next);
    if (more)
        return error_set(err, ERR_USAGE, "sql: expected one statement, found more behind it");
    if (sqlite3_column_count(*out) == 0)
        return error_set(err, ERR_USAGE, "sql: expected a SELECT: this statement gives no rows");
    return OK;
}

static struct sql_value value_of(sqlite3_stmt *stmt, int c)
{
    static const enum value_type types[] = {[SQLITE_INTEGER] = VALUE_INT,
                                            [SQLITE_FLOAT] = VALUE_REAL,
                                            [SQLITE_TEXT] = VALUE_TEXT,
                                            [SQLITE_BLOB] = VALUE_BLOB,
                                            [SQLITE_NULL] = VALUE_NULL};
    struct sql_value v = {.type = types[sqlite3_column_type(stmt, c)]};

    if (v.type == VALUE_INT)
        v.i = sqlite3_column_int64(stmt, c);
    if (v.type == VALUE_REAL)
        v.r = sqlite3_column_double(stmt, c);
    if (v.type == VALUE_TEXT || v.type == VALUE_BLOB) {
        const void *p = sqlite3_column_blob(stmt, c);

        v.text = (struct sv){p ? p : "", (size_t)sqlite3_column_bytes(stmt, c)};
    }
    return v;
}

static enum err tell_columns(sqlite3_stmt *stmt, size_t n, const struct select_events *events,
                             struct error *err)
{
    const char **names = calloc(n, sizeof(*names));
    enum err rc = OK;

    for (size_t c = 0; names && c < n; c++)
        if (!(names[c] = sqlite3_column_name(stmt, (int)c)))
            rc = ERR_NOMEM;
    rc = names && !rc ? events->columns(events->ctx, n, names, err)
                      : error_set(err, ERR_NOMEM, "out of memory for the columns");
    free(names);
    return rc;
}

static enum err tell_rows(struct store *s, sqlite3_stmt *stmt, size_t n,
                          const struct select_events *events, struct error *err)
{
    struct sql_value *values = calloc(n, sizeof(*values));
    enum err rc = values ? OK : error_set(err, ERR_NOMEM, "out of memory for a row");
    int code = SQLITE_ROW;

    while (!rc && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (size_t c = 0; c < n; c++)
            values[c] = value_of(stmt, (int)c);
        rc = events->row(events->ctx, n, values, err);
    }
    if (!rc && code != SQLITE_DONE)
        rc = refused(s, err);
    free(values);
    return rc;
}

enum err store_select(struct store *s, struct sv sql, const struct select_events *events,
                      struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    enum err rc;

    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "x" is a name, or wrong */
    connection_restrict(s->db, true);
    rc = prepare(s, sql, &stmt, err);
    if (!rc)
        rc = tell_columns(stmt, (size_t)sqlite3_column_count(stmt), events, err);
    if (!rc)
        rc = tell_rows(s, stmt, (size_t)sqlite3_column_count(stmt), events, err);
    sqlite3_finalize(stmt);
    connection_release(s->db);
    return rc;
}
