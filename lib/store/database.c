/* database: errors, statements and settings of the store's connection. */
#include <stdio.h>
#include <stdlib.h>
#include "sql.h"
#include "store/lock_holder.h"
#include "store/store_internal.h"
#include "base/banned.h"

enum err store_locked(struct store *s, struct error *err)
{
    int64_t pid = lock_holder(s->path);

    if (pid)
        return error_set(err, ERR_BUSY, "%s: database is locked by process %lld", s->path,
                         (long long)pid);
    return error_set(err, ERR_BUSY, "%s: database is locked by another process", s->path);
}

static enum err code_of(int sqlite_code)
{
    switch (sqlite_code & 0xff) {
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return ERR_IO;
    default:
        return ERR_DB;
    }
}

enum err store_db_error(struct store *s, struct error *err, const char *what)
{
    int code = sqlite3_extended_errcode(s->db);

    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return store_locked(s, err);
    case SQLITE_NOTADB:
        return error_set(err, ERR_DB, "%s: no llmobs database, nor any other of SQLite", s->path);
    case SQLITE_CORRUPT:
        return error_set(err, ERR_DB, "%s: damaged: %s", s->path, sqlite3_errmsg(s->db));
    default:
        return error_set(err, code_of(code), "%s: %s%s%s", s->path, what ? what : "",
                         what ? ": " : "", sqlite3_errmsg(s->db));
    }
}

enum err store_exec(struct store *s, const char *sql, struct error *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK
                                                                   : store_db_error(s, err, NULL);
}

enum err store_pragma(struct store *s, const char *sql, int64_t *out, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    enum err rc = OK;

    if (sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    else
        rc = store_db_error(s, err, NULL);
    sqlite3_finalize(stmt);
    return rc;
}

static bool remember(struct store *s, const unsigned char *sql, sqlite3_stmt *stmt)
{
    if (s->n_statements == s->cap_statements) {
        size_t cap = s->cap_statements ? 2 * s->cap_statements : 32;
        struct store_statement *grown = realloc(s->statements, cap * sizeof(*grown));

        if (!grown)
            return false;
        s->statements = grown;
        s->cap_statements = cap;
    }
    s->statements[s->n_statements++] = (struct store_statement){sql, stmt};
    return true;
}

enum err store_statement(struct store *s, const unsigned char *sql, sqlite3_stmt **out,
                         struct error *err)
{
    sqlite3_stmt *stmt;

    for (size_t i = 0; i < s->n_statements; i++)
        if (s->statements[i].sql == sql) {
            *out = s->statements[i].stmt;
            sqlite3_reset(*out);
            sqlite3_clear_bindings(*out);
            return OK;
        }
    if (sqlite3_prepare_v3(s->db, (const char *)sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL))
        return store_db_error(s, err, NULL);
    if (!remember(s, sql, stmt)) {
        sqlite3_finalize(stmt);
        return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    }
    *out = stmt;
    return OK;
}

enum err store_step(struct store *s, sqlite3_stmt *stmt, bool *row, struct error *err)
{
    int rc = sqlite3_step(stmt);
    enum err e = OK;

    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        return OK;
    if (rc != SQLITE_DONE)
        e = store_db_error(s, err, NULL);
    sqlite3_reset(stmt);
    return e;
}

enum err store_run(struct store *s, sqlite3_stmt *stmt, struct error *err)
{
    bool row;
    enum err rc = store_step(s, stmt, &row, err);

    sqlite3_reset(stmt);
    return rc;
}

enum err store_setting(struct store *s, const char *name, char *out, size_t size, struct error *err)
{
    const char *value = NULL;
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_setting_get, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    if (row)
        value = (const char *)sqlite3_column_text(stmt, 0);
    (void)snprintf(out, size, "%s", value ? value : "");
    sqlite3_reset(stmt);
    return OK;
}

enum err store_set_setting(struct store *s, const char *name, const char *value, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_setting_put, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, value, -1, SQLITE_STATIC);
    return store_run(s, stmt, err);
}

enum err store_sampling(struct store *s, struct store_sampling *out, struct error *err)
{
    int64_t *const to[] = {&out->kept, &out->left_out, &out->least_ppb, &out->most_ppb};
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_sampling, &stmt, err);

    if (!rc)
        rc = store_step(s, stmt, &row, err);
    for (int i = 0; !rc && i < (int)ARRAY_LEN(to); i++)
        *to[i] = sqlite3_column_int64(stmt, i); /* 0 for NULL */
    if (!rc)
        sqlite3_reset(stmt);
    return rc;
}

void store_hash_bytes(struct hash128 h, unsigned char out[16])
{
    for (int i = 0; i < 8; i++) {
        out[i] = (unsigned char)(h.hi >> (56 - 8 * i));
        out[i + 8] = (unsigned char)(h.lo >> (56 - 8 * i));
    }
}

struct hash128 store_hash_from(const unsigned char bytes[16])
{
    struct hash128 h = {0, 0};

    for (int i = 0; i < 8; i++) {
        h.hi = h.hi << 8 | bytes[i];
        h.lo = h.lo << 8 | bytes[i + 8];
    }
    return h;
}
