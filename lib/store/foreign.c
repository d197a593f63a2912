/* foreign: another program's SQLite database, its tables as lines of JSON. */
#include "store/foreign.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "sql.h"
#include "store/connection.h"
#include "store/lock_holder.h"
#include "base/banned.h"

/* A page is there once, however often a damaged tree leads to it: each byte of the file bounds what
 * SQLite may do in one pass over a table. A row of 20 columns is about 25 steps. */
#define STEPS_AT_LEAST (INT64_C(10) << 20)
#define STEPS_PER_BYTE 64
#define STEPS_BETWEEN_LOOKS 10000
#define ROWS_IN_A_TURN 32768

struct foreign {
    const char *path;
    sqlite3 *db;
    struct arena arena;
    const char **tables;
    size_t n_tables, cap_tables;
    int64_t steps, max_steps; /* of the statement that runs */
    size_t max_value;
    bool takes_turns; /* there is no write-ahead log, so a writer waits for us */

    sqlite3_stmt *rows; /* of the table that is read */
    int64_t n_rows;     /* read of it, the one in `line` included */
    bool at_end;
    struct buf columns;  /* foreign_columns() */
    struct buf keys;     /* the columns' names as JSON, `,"name":` one behind the other */
    struct buf key_ends; /* size_t for each: its end in keys */
    struct buf line;
    size_t line_at; /* what of it was handed out */
};

/* ---- errors ------------------------------------------------------------------------------- */

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory reading a database");
}

static enum err locked(const struct foreign *f, struct error *err)
{
    int64_t pid = lock_holder(f->path);

    if (pid)
        return error_set(err, ERR_IO, "database is locked by process %lld", (long long)pid);
    return error_set(err, ERR_IO, "database is locked by another process");
}

/* The connection's last error. */
static enum err trouble(const struct foreign *f, struct error *err)
{
    const char *words = sqlite3_errmsg(f->db);
    int code = sqlite3_extended_errcode(f->db);

    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return no_memory(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return locked(f, err);
    case SQLITE_NOTADB:
        return error_set(err, ERR_IO, "a damaged or encrypted SQLite database: %s", words);
    case SQLITE_CORRUPT:
        return error_set(err, ERR_IO, "a damaged SQLite database: %s", words);
    case SQLITE_INTERRUPT:
        return error_set(err, ERR_IO, "a damaged SQLite database: more rows than it has room for");
    case SQLITE_READONLY: /* a hot journal */
        return error_set(err, ERR_IO,
                         "an SQLite database that a program left in the middle of a change; "
                         "opening it with sqlite3 undoes that");
    default:
        return error_set(err, ERR_IO, "an SQLite database: %s", words);
    }
}

/* ---- opening ------------------------------------------------------------------------------ */

static int count_steps(void *ctx)
{
    struct foreign *f = ctx;

    f->steps += STEPS_BETWEEN_LOOKS;
    return f->steps > f->max_steps;
}

static void set_limits(struct foreign *f)
{
    struct stat st;
    int64_t bytes = stat(f->path, &st) == 0 ? st.st_size : 0;

    if (__builtin_add_overflow(bytes, connection_log_bytes(f->path), &bytes) ||
        __builtin_mul_overflow(bytes, STEPS_PER_BYTE, &f->max_steps) ||
        __builtin_add_overflow(f->max_steps, STEPS_AT_LEAST, &f->max_steps))
        f->max_steps = INT64_MAX;
    sqlite3_progress_handler(f->db, STEPS_BETWEEN_LOOKS, count_steps, f);
    sqlite3_limit(f->db, SQLITE_LIMIT_LENGTH, (int)f->max_value);
    sqlite3_limit(f->db, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
}

/* Whether a pragma gives this value. */
static enum err pragma_is(struct foreign *f, const char *sql, const char *value, bool *is,
                          struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    enum err rc = OK;

    if (sqlite3_prepare_v2(f->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        *is = sv_is(sv_from((const char *)sqlite3_column_text(stmt, 0)), value);
    else
        rc = trouble(f, err);
    sqlite3_finalize(stmt);
    return rc;
}

/* Connects and begins to read: only then does SQLite look at the file. */
static enum err connect_to(struct foreign *f, const char *parameters, struct error *err)
{
    static const char settings[] = "PRAGMA cache_size = -2048; PRAGMA mmap_size = 0; "
                                   "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY";
    bool is_own = false, has_log = false;
    char own[16];

    if (connection_open(f->path, parameters, &f->db) != SQLITE_OK)
        return f->db ? trouble(f, err) : no_memory(err);
    sqlite3_db_config(f->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    set_limits(f);
    if (sqlite3_exec(f->db, settings, NULL, NULL, NULL) != SQLITE_OK)
        return trouble(f, err);
    snprintf(own, sizeof(own), "%d", APPLICATION_ID);
    enum err rc = pragma_is(f, "PRAGMA application_id", own, &is_own, err);
    if (!rc && is_own)
        return error_set(err, ERR_IO, "a database of llmobs, not a log: --db names it");
    if (!rc)
        rc = pragma_is(f, "PRAGMA journal_mode", "wal", &has_log, err);
    if (!rc && has_log && sqlite3_exec(f->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        rc = trouble(f, err);
    f->takes_turns = !has_log;
    if (!rc)
        connection_restrict(f->db, false);
    return rc;
}

/* As open_reading() in store.c: where SQLite cannot make the file that it needs beside a
 * write-ahead log, nobody can write, so without such a log the database stays as it is. */
static enum err connect_anyhow(struct foreign *f, struct error *err)
{
    enum err rc = connect_to(f, "?mode=ro", err);
    int code = f->db ? sqlite3_extended_errcode(f->db) : SQLITE_NOMEM;

    if (!rc || code == SQLITE_READONLY_ROLLBACK ||
        ((code & 0xff) != SQLITE_CANTOPEN && (code & 0xff) != SQLITE_READONLY))
        return rc;
    if (connection_log_bytes(f->path))
        return error_set(err, ERR_IO,
                         "an SQLite database that cannot be read here: its -wal file holds changes "
                         "that only a process that may write in the directory can bring in");
    sqlite3_close_v2(f->db);
    return connect_to(f, "?mode=ro&immutable=1", err);
}

static enum err add_table(struct foreign *f, struct sv name, struct error *err)
{
    if (f->n_tables == f->cap_tables) {
        size_t cap = f->cap_tables ? 2 * f->cap_tables : 32;
        const char **tables = realloc(f->tables, cap * sizeof(*tables));

        if (!tables)
            return no_memory(err);
        f->tables = tables;
        f->cap_tables = cap;
    }
    name.n++; /* with its NUL */
    f->tables[f->n_tables] = arena_copy(&f->arena, name).p;
    return f->tables[f->n_tables++] ? OK : no_memory(err);
}

/* SQLite keeps the names that begin with sqlite_ to itself. */
static enum err list_tables(struct foreign *f, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    enum err rc = OK;
    int code;

    if (sqlite3_prepare_v2(f->db, (const char *)sql_queries_foreign_tables, -1, &stmt, NULL))
        return trouble(f, err);
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW && !rc) {
        struct sv name = sv_from((const char *)sqlite3_column_text(stmt, 0));

        if (name.n && !sv_starts(name, "sqlite_"))
            rc = add_table(f, name, err);
    }
    if (!rc && code != SQLITE_DONE)
        rc = trouble(f, err);
    sqlite3_finalize(stmt);
    return rc;
}

enum err foreign_open(const char *path, int64_t max_value, struct foreign **out, struct error *err)
{
    enum { VALUE_AT_LEAST = 1 << 20 }; /* the schema holds longer texts than some rows may */
    int64_t value = max_value > VALUE_AT_LEAST ? max_value : VALUE_AT_LEAST;
    struct foreign *f = calloc(1, sizeof(*f));
    enum err rc;

    if (!f)
        return no_memory(err);
    f->max_value = value < INT_MAX ? (size_t)value : INT_MAX;
    f->path = arena_text(&f->arena, path);
    rc = f->path ? connect_anyhow(f, err) : no_memory(err);
    if (!rc)
        rc = list_tables(f, err);
    if (rc) {
        foreign_close(f);
        return rc;
    }
    *out = f;
    return OK;
}

void foreign_close(struct foreign *f)
{
    if (!f)
        return;
    sqlite3_finalize(f->rows);
    sqlite3_close_v2(f->db);
    buf_release(&f->columns);
    buf_release(&f->keys);
    buf_release(&f->key_ends);
    buf_release(&f->line);
    free(f->tables);
    arena_release(&f->arena);
    free(f);
}

size_t foreign_tables(const struct foreign *f)
{
    return f->n_tables;
}

const char *foreign_table(const struct foreign *f, size_t i)
{
    return f->tables[i];
}

/* ---- a table ------------------------------------------------------------------------------ */

/* Notes a column and adds it to the statement that selects it. */
static void add_column(struct foreign *f, const char *name, sqlite3_str *select)
{
    size_t from = f->keys.n;

    sqlite3_str_appendf(select, "%s\"%w\"", from ? "," : "SELECT ", name);
    buf_char(&f->keys, ',');
    buf_json_string(&f->keys, sv_from(name));
    buf_char(&f->keys, ':');
    buf_add(&f->key_ends, &f->keys.n, sizeof(f->keys.n));
    buf_add(&f->columns, f->keys.p + from, f->keys.n - from);
    buf_str(&f->columns, "null");
}

/* PRAGMA table_info leaves out generated columns, which would run what the schema says. */
static enum err read_columns(struct foreign *f, const char *table, sqlite3_str *select,
                             struct error *err)
{
    char *sql = sqlite3_mprintf("PRAGMA main.table_info(\"%w\")", table);
    sqlite3_stmt *stmt = NULL;
    enum err rc = OK;
    int code;

    if (!sql)
        return no_memory(err);
    buf_reset(&f->keys);
    buf_reset(&f->key_ends);
    buf_reset(&f->columns);
    code = sqlite3_prepare_v2(f->db, sql, -1, &stmt, NULL);
    while (code == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
        add_column(f, (const char *)sqlite3_column_text(stmt, 1), select);
    code = sqlite3_finalize(stmt);
    sqlite3_free(sql);
    if (code)
        rc = trouble(f, err);
    else if (!f->keys.n)
        rc = error_set(err, ERR_IO, "a damaged SQLite database: table %s has no columns", table);
    else
        f->columns.p[0] = '{';
    buf_char(&f->columns, '}');
    return rc;
}

/* NOT INDEXED: in the order in which the rows are stored, not in that of an index that happens to
 * hold all columns. */
static enum err prepare_rows(struct foreign *f, const char *table, sqlite3_str *select,
                             struct error *err)
{
    sqlite3_str_appendf(select, " FROM main.\"%w\" NOT INDEXED LIMIT -1 OFFSET ?1", table);
    if (sqlite3_str_errcode(select) || f->keys.failed || f->key_ends.failed || f->columns.failed)
        return no_memory(err);
    if (sqlite3_prepare_v2(f->db, sqlite3_str_value(select), -1, &f->rows, NULL) != SQLITE_OK)
        return trouble(f, err);
    return OK;
}

/* The next row is number n, from 0. */
static enum err go_to_row(struct foreign *f, int64_t n, struct error *err)
{
    sqlite3_reset(f->rows); /* repeats the failure that was told before */
    return sqlite3_bind_int64(f->rows, 1, n) == SQLITE_OK ? OK : trouble(f, err);
}

enum err foreign_rewind(struct foreign *f, struct error *err)
{
    f->steps = 0;
    f->n_rows = 0;
    f->at_end = false;
    buf_reset(&f->line);
    f->line_at = 0;
    return go_to_row(f, 0, err);
}

enum err foreign_begin(struct foreign *f, size_t i, struct error *err)
{
    sqlite3_str *select = sqlite3_str_new(f->db);

    sqlite3_finalize(f->rows);
    f->rows = NULL;
    f->steps = 0;
    enum err rc = read_columns(f, f->tables[i], select, err);
    if (!rc)
        rc = prepare_rows(f, f->tables[i], select, err);
    if (!rc)
        rc = foreign_rewind(f, err);
    sqlite3_free(sqlite3_str_finish(select));
    return rc;
}

struct sv foreign_columns(const struct foreign *f)
{
    return (struct sv){f->columns.p, f->columns.n};
}

/* ---- rows --------------------------------------------------------------------------------- */

/* A number that reads as the same one again. JSON has no infinity; SQLite reads 9e999 as one. */
static void add_real(struct buf *b, double v)
{
    char text[40];

    if (isinf(v)) {
        buf_str(b, v > 0 ? "9e999" : "-9e999");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    buf_str(b, text);
}

/* As a JSON string, but for bytes that are no UTF-8: whoever reads the line says so. */
static void add_text(struct buf *b, struct sv text)
{
    static const char hex[] = "0123456789abcdef";
    size_t from = 0;

    buf_char(b, '"');
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        buf_add(b, text.p + from, i - from);
        buf_char(b, '\\');
        if (c < ' ')
            buf_add(b, (const char[]){'u', '0', '0', hex[c >> 4], hex[c & 15]}, 5);
        else
            buf_char(b, (char)c);
        from = i + 1;
    }
    if (text.n)
        buf_add(b, text.p + from, text.n - from);
    buf_char(b, '"');
}

static bool is_utf8(struct sv text)
{
    for (size_t i = 0, n; i < text.n; i += n) {
        n = utf8_length(text.p + i, text.n - i);
        if (!n)
            return false;
    }
    return true;
}

static void add_value(struct foreign *f, int column)
{
    int type = sqlite3_column_type(f->rows, column);
    struct sv key = {f->keys.p, 0}, text = SV_NONE;
    size_t from = 0, to;

    if (column)
        memcpy(&from, f->key_ends.p + (size_t)(column - 1) * sizeof(from), sizeof(from));
    memcpy(&to, f->key_ends.p + (size_t)column * sizeof(to), sizeof(to));
    key = (struct sv){f->keys.p + from, to - from};
    if (type == SQLITE_TEXT)
        text.p = (const char *)sqlite3_column_text(f->rows, column);
    else if (type == SQLITE_BLOB)
        text.p = sqlite3_column_blob(f->rows, column);
    if (text.p)
        text.n = (size_t)sqlite3_column_bytes(f->rows, column);
    if (type == SQLITE_NULL || (type == SQLITE_BLOB && !is_utf8(text)))
        return;
    f->line.failed |= type == SQLITE_TEXT && !text.p; /* SQLite's way to say it */
    buf_sv(&f->line, key);
    if (type == SQLITE_INTEGER)
        buf_i64(&f->line, sqlite3_column_int64(f->rows, column));
    else if (type == SQLITE_FLOAT)
        add_real(&f->line, sqlite3_column_double(f->rows, column));
    else
        add_text(&f->line, text);
}

/* A line that is too long, for a row with a value that is. */
static void add_nothing(struct foreign *f)
{
    if (!buf_reserve(&f->line, f->max_value + 1))
        return;
    memset(f->line.p, ' ', f->max_value + 1);
    f->line.n = f->max_value + 1;
}

/* Makes the next row's line. */
static enum err next_row(struct foreign *f, struct error *err)
{
    int code = sqlite3_step(f->rows);
    enum err rc = OK;

    buf_reset(&f->line);
    f->line_at = 0;
    f->at_end = code == SQLITE_DONE;
    if (f->at_end)
        return OK;
    if (code != SQLITE_ROW && (code & 0xff) != SQLITE_TOOBIG)
        return trouble(f, err);
    f->n_rows++;
    if (code == SQLITE_ROW) {
        int n = sqlite3_column_count(f->rows);

        for (int c = 0; c < n; c++)
            add_value(f, c);
        if (!f->line.n)
            buf_char(&f->line, '{');
        buf_char(&f->line, '}');
        if (f->takes_turns && f->n_rows % ROWS_IN_A_TURN == 0)
            rc = go_to_row(f, f->n_rows, err);
    } else {
        add_nothing(f);
        rc = go_to_row(f, f->n_rows, err);
    }
    buf_char(&f->line, '\n');
    if (f->line.failed)
        return no_memory(err);
    f->line.p[0] = '{';
    return rc;
}

enum err foreign_read(struct foreign *f, void *p, size_t n, size_t *got, struct error *err)
{
    *got = 0;
    for (;;) {
        size_t left = f->line.n - f->line_at;
        size_t take = left < n - *got ? left : n - *got;

        if (take)
            memcpy((char *)p + *got, f->line.p + f->line_at, take);
        *got += take;
        f->line_at += take;
        if (*got == n || f->at_end)
            return OK;
        enum err rc = next_row(f, err);
        if (rc)
            return rc;
    }
}
