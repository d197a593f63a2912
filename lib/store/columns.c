/* columns: the chunks of table call: listing, reading, writing, forgetting them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "sql.h"
#include "store/chunk.h"
#include "store/open_chunk.h"
#include "store/store_internal.h"
#include "base/banned.h"

#define LAYOUT_SETTING "chunk_layout"
#define LAYOUT_ROOM 64
#define KEYS_PER_CHUNK 64
#define MAX_NUMBER ((INT64_MAX - 1) / CHUNK_ROWS)

struct range {
    int64_t first, last; /* call_id */
};

static struct range range_of(int64_t number)
{
    int64_t first = number * CHUNK_ROWS + 1;

    return (struct range){first, first + (number == MAX_NUMBER ? CHUNK_ROWS - 2 : CHUNK_ROWS - 1)};
}

static void bind_range(sqlite3_stmt *stmt, int64_t number)
{
    struct range r = range_of(number);

    sqlite3_bind_int64(stmt, 1, r.first);
    sqlite3_bind_int64(stmt, 2, r.last);
}

/* ---- layout ------------------------------------------------------------------------------- */

/* The codec's version, and the names of the columns in order: what a chunk's key and bytes mean. */
static enum err layout_text(struct store *s, char out[LAYOUT_ROOM], struct error *err)
{
    struct buf names = {0};
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_chunk_rows, &stmt, err);

    if (rc)
        return rc;
    for (int c = 0; c < sqlite3_column_count(stmt); c++) {
        buf_str(&names, sqlite3_column_name(stmt, c));
        buf_char(&names, ',');
    }
    if (names.failed)
        rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    else
        (void)snprintf(out, LAYOUT_ROOM, "%d-%d-%016" PRIx64, CHUNK_VERSION,
                       sqlite3_column_count(stmt), hash64(names.p, names.n, 0));
    buf_release(&names);
    return rc;
}

/* *same: the chunks in the database are of this program's layout. */
static enum err compare_layout(struct store *s, bool *same, char wanted[LAYOUT_ROOM],
                               struct error *err)
{
    char stored[LAYOUT_ROOM];
    enum err rc = layout_text(s, wanted, err);

    if (!rc)
        rc = store_setting(s, LAYOUT_SETTING, stored, sizeof(stored), err);
    if (!rc)
        *same = strcmp(stored, wanted) == 0;
    return rc;
}

static enum err run_query(struct store *s, const unsigned char *sql, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql, &stmt, err);

    return rc ? rc : store_run(s, stmt, err);
}

enum err store_check_layout(struct store *s, struct error *err)
{
    char wanted[LAYOUT_ROOM];
    enum err rc = compare_layout(s, &s->chunks_usable, wanted, err);

    if (rc || s->chunks_usable)
        return rc;
    rc = store_exec(s, "BEGIN IMMEDIATE", err);
    if (rc)
        return rc;
    rc = run_query(s, sql_queries_chunks_clear, err);
    if (!rc)
        rc = run_query(s, sql_queries_chunk_columns_clear, err);
    if (!rc)
        rc = store_set_setting(s, LAYOUT_SETTING, wanted, err);
    if (!rc)
        rc = store_exec(s, "COMMIT", err);
    if (rc)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    else
        s->chunks_usable = true;
    return rc;
}

/* ---- listing ------------------------------------------------------------------------------ */

/* *number: the first chunk from `from` on that has rows, or -1. */
static enum err next_chunk(struct store *s, int64_t from, int64_t *number, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc;

    *number = -1;
    if (from > MAX_NUMBER)
        return OK;
    rc = store_statement(s, sql_queries_call_from, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, range_of(from).first);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    if (row && sqlite3_column_type(stmt, 0) == SQLITE_INTEGER)
        *number = (sqlite3_column_int64(stmt, 0) - 1) / CHUNK_ROWS;
    sqlite3_reset(stmt);
    return OK;
}

/* From the columns of a result from `first` on. */
static void read_info(sqlite3_stmt *stmt, int first, struct chunk_info *out)
{
    bool timed = sqlite3_column_type(stmt, first + 1) != SQLITE_NULL;

    out->rows = sqlite3_column_int64(stmt, first);
    out->min_started_us = timed ? sqlite3_column_int64(stmt, first + 1) : INT64_MAX;
    out->max_started_us = timed ? sqlite3_column_int64(stmt, first + 2) : INT64_MIN;
    out->untimed = sqlite3_column_int(stmt, first + 3) != 0;
}

static enum err check_rows(struct store *s, const struct chunk_info *c, struct error *err)
{
    if (c->rows >= 1 && c->rows <= CHUNK_ROWS)
        return OK;
    return error_set(err, ERR_DB, "%s: column chunk %lld is damaged: %lld rows", s->path,
                     (long long)c->number, (long long)c->rows);
}

/* What table chunk says of a chunk; *found false when it has no row there. */
static enum err stored_info(struct store *s, int64_t number, struct chunk_info *out, bool *found,
                            struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc;

    *found = false;
    if (!s->chunks_usable)
        return OK;
    rc = store_statement(s, sql_queries_chunk_get, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, number);
    rc = store_step(s, stmt, found, err);
    if (rc || !*found)
        return rc;
    out->number = number;
    read_info(stmt, 0, out);
    sqlite3_reset(stmt);
    return check_rows(s, out, err);
}

static enum err info_from_rows(struct store *s, int64_t number, struct chunk_info *out,
                               struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_chunk_rows_info, &stmt, err);

    if (rc)
        return rc;
    bind_range(stmt, number);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    out->number = number;
    read_info(stmt, 0, out);
    sqlite3_reset(stmt);
    return OK;
}

/* Inside a transaction that is open already (a writer's), reading goes on in that one. */
static enum err begin_reading(struct store *s, struct error *err)
{
    char wanted[LAYOUT_ROOM];
    enum err rc = OK;

    if (s->frozen)
        return OK;
    if (!s->reading && sqlite3_get_autocommit(s->db)) {
        rc = store_exec(s, "BEGIN", err);
        s->reading = !rc;
    }
    if (!rc)
        rc = compare_layout(s, &s->chunks_usable, wanted, err);
    return rc ? rc : store_dictionaries_refresh(s, err);
}

/* Room for one more element of an array that doubles. */
static bool room_for(void **array, size_t n, size_t *cap, size_t size)
{
    size_t wanted = *cap ? 2 * *cap : 64;
    void *grown;

    if (n < *cap)
        return true;
    grown = realloc(*array, wanted * size);
    if (!grown)
        return false;
    *array = grown;
    *cap = wanted;
    return true;
}

struct chunk_list {
    struct chunk_info *v;
    size_t n, cap;
};

static enum err add_chunk(struct store *s, struct chunk_list *l, const struct chunk_info *chunk,
                          struct error *err)
{
    if (!room_for((void **)&l->v, l->n, &l->cap, sizeof(*l->v)))
        return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    l->v[l->n++] = *chunk;
    return OK;
}

/* The chunks that are stored, whether they have rows or not. */
static enum err list_stored(struct store *s, struct chunk_list *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = s->chunks_usable;
    enum err rc = store_statement(s, sql_queries_chunk_list, &stmt, err);

    while (!rc && row) {
        struct chunk_info chunk;

        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        chunk.number = sqlite3_column_int64(stmt, 0);
        read_info(stmt, 1, &chunk);
        rc = check_rows(s, &chunk, err);
        if (!rc)
            rc = add_chunk(s, out, &chunk, err);
    }
    if (rc)
        sqlite3_reset(stmt);
    return rc;
}

/* Rows are looked for only where a number is missing, or else each chunk would cost a way down the
 * largest table there is. */
static enum err list_chunks(struct store *s, const struct chunk_list *stored,
                            struct chunk_list *out, struct error *err)
{
    size_t k = 0;
    enum err rc = OK;

    for (int64_t number = 0; !rc; number++) {
        struct chunk_info chunk = {0};

        if (k == stored->n || stored->v[k].number != number) {
            rc = next_chunk(s, number, &number, err);
            if (rc || number < 0)
                break;
        }
        while (k < stored->n && stored->v[k].number < number)
            k++;
        if (k < stored->n && stored->v[k].number == number)
            chunk = stored->v[k++];
        else
            rc = info_from_rows(s, number, &chunk, err);
        if (!rc)
            rc = add_chunk(s, out, &chunk, err);
    }
    return rc;
}

enum err store_chunks(struct store *s, struct chunk_info **out, size_t *n, struct error *err)
{
    struct chunk_list stored = {0}, all = {0};
    enum err rc = begin_reading(s, err);

    if (!rc)
        rc = list_stored(s, &stored, err);
    if (!rc)
        rc = list_chunks(s, &stored, &all, err);
    free(stored.v);
    if (rc) {
        free(all.v);
        store_read_done(s);
        return rc;
    }
    *out = all.v;
    *n = all.n;
    return OK;
}

enum err store_missing_chunks(struct store *s, int64_t **out, size_t *n, struct error *err)
{
    int64_t *numbers = NULL;
    size_t count = 0, cap = 0;
    int64_t number = -1;
    enum err rc = OK;

    while (!rc) {
        struct chunk_info info;
        bool found = true;

        rc = stored_info(s, number + 1, &info, &found, err);
        number += found;
        if (rc || found)
            continue;
        rc = next_chunk(s, number + 1, &number, err);
        if (rc || number < 0)
            break;
        rc = stored_info(s, number, &info, &found, err);
        if (rc || found)
            continue;
        if (room_for((void **)&numbers, count, &cap, sizeof(*numbers)))
            numbers[count++] = number;
        else
            rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    }
    if (rc) {
        free(numbers);
        return rc;
    }
    *out = numbers;
    *n = count;
    return OK;
}

void store_read_done(struct store *s)
{
    store_column_done(s);
    if (s->reading)
        sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    s->reading = false;
}

enum err store_freeze(struct store *s, struct error *err)
{
    enum err rc = begin_reading(s, err);

    if (rc) {
        store_read_done(s);
        return rc;
    }
    s->frozen = s->reading;
    s->reading = false; /* nobody else ends it */
    return OK;
}

void store_thaw(struct store *s)
{
    s->reading = s->frozen;
    s->frozen = false;
    store_read_done(s);
}

/* ---- reading ------------------------------------------------------------------------------ */

static bool wanted_column(uint64_t mask, int c)
{
    return mask >> c & 1;
}

static void store_values(sqlite3_stmt *stmt, uint64_t mask, size_t row, int64_t *const *cols)
{
    for (int c = 0; c < C_COUNT; c++)
        if (wanted_column(mask, c) && cols[c])
            cols[c][row] = sqlite3_column_type(stmt, c) == SQLITE_NULL
                               ? CALL_MISSING
                               : sqlite3_column_int64(stmt, c);
}

/* Columns in mask from the rows of a chunk; *rows: how many there were, CHUNK_ROWS at most. */
static enum err columns_from_rows(struct store *s, int64_t number, uint64_t mask,
                                  int64_t *const *cols, size_t *rows, struct error *err)
{
    sqlite3_stmt *stmt;
    size_t n = 0;
    bool row;
    enum err rc = store_statement(s, sql_queries_chunk_rows, &stmt, err);

    if (rc)
        return rc;
    bind_range(stmt, number);
    for (;;) {
        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        store_values(stmt, mask, n++, cols);
    }
    *rows = n;
    return rc;
}

static enum err damaged_column(struct store *s, int64_t number, int c, struct error *err)
{
    return error_set(err, ERR_DB, "%s: column chunk %lld is damaged: column %d cannot be decoded",
                     s->path, (long long)number, c);
}

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* Room for one column of a chunk in any form. */
static bool room_for_column(struct stored_columns *out, int c)
{
    if (!out->p[c])
        out->p[c] = malloc(CHUNK_ROOM(CHUNK_ROWS));
    return out->p[c] != NULL;
}

/* Points the connection's one handle at a column: a blob that is read through it is copied once, one
 * that a statement gives twice. A handle that a writer or an error spoiled is opened anew. */
static enum err seek_column(struct store *s, int64_t key, struct error *err)
{
    if (s->column && sqlite3_blob_reopen(s->column, key) == SQLITE_OK)
        return OK;
    store_column_done(s);
    if (sqlite3_blob_open(s->db, "main", "chunk_column", "data", key, 0, &s->column) == SQLITE_OK)
        return OK;
    store_db_error(s, err, NULL);
    store_column_done(s);
    return err ? err->code : ERR_DB;
}

void store_column_done(struct store *s)
{
    sqlite3_blob_close(s->column);
    s->column = NULL;
}

static enum err fetch_column(struct store *s, int64_t number, int c, struct stored_columns *out,
                             struct error *err)
{
    enum err rc = seek_column(s, number * KEYS_PER_CHUNK + c, err);
    int size;

    if (rc)
        return rc;
    size = sqlite3_blob_bytes(s->column);
    if (!room_for_column(out, c))
        return no_memory(s, err);
    if ((size_t)size > CHUNK_ROOM(CHUNK_ROWS))
        return damaged_column(s, number, c, err);
    if (sqlite3_blob_read(s->column, out->p[c], size, 0) != SQLITE_OK)
        return store_db_error(s, err, NULL);
    out->size[c] = (size_t)size;
    return OK;
}

/* Which columns of a chunk are stored; in the others no value is known. */
static enum err list_columns(struct store *s, int64_t number, uint64_t *mask, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_chunk_columns, &stmt, err);

    *mask = 0;
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, number);
    while (!(rc = store_step(s, stmt, &row, err)) && row)
        *mask |= UINT64_C(1) << (sqlite3_column_int64(stmt, 0) % KEYS_PER_CHUNK);
    return rc;
}

static enum err fetch_from_chunk(struct store *s, int64_t number, uint64_t mask,
                                 struct stored_columns *out, struct error *err)
{
    uint64_t stored;
    enum err rc = list_columns(s, number, &stored, err);

    out->plain = false;
    stored &= mask;
    for (uint64_t left = stored; left && !rc; left &= left - 1)
        rc = fetch_column(s, number, __builtin_ctzll(left), out, err);
    if (!s->reading && !s->frozen) /* an open handle would keep the transaction that it reads in */
        store_column_done(s);
    out->known |= stored;
    return rc;
}

static bool all_missing(const int64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (values[i] != CALL_MISSING)
            return false;
    return true;
}

static enum err fetch_from_rows(struct store *s, int64_t number, uint64_t mask,
                                struct stored_columns *out, size_t *rows, struct error *err)
{
    int64_t *cols[C_COUNT] = {NULL};
    enum err rc;

    out->plain = true;
    for (uint64_t left = mask; left; left &= left - 1) {
        int c = __builtin_ctzll(left);

        if (!room_for_column(out, c))
            return no_memory(s, err);
        cols[c] = (int64_t *)(void *)out->p[c];
    }
    rc = columns_from_rows(s, number, mask, cols, rows, err);
    for (uint64_t left = mask; left && !rc; left &= left - 1) {
        int c = __builtin_ctzll(left);

        if (!all_missing(cols[c], *rows))
            out->known |= UINT64_C(1) << c;
    }
    return rc;
}

/* What a chunk's columns of mask are, into out, which holds others of it or nothing. */
static enum err fetch(struct store *s, const struct chunk_info *chunk, uint64_t mask,
                      struct stored_columns *out, struct error *err)
{
    struct chunk_info stored = {0};
    bool found;
    size_t rows = 0;
    enum err rc = stored_info(s, chunk->number, &stored, &found, err);

    if (!rc && found) {
        rows = (size_t)stored.rows;
        if (stored.rows == chunk->rows)
            rc = fetch_from_chunk(s, chunk->number, mask, out, err);
    } else if (!rc) {
        rc = fetch_from_rows(s, chunk->number, mask, out, &rows, err);
    }
    if (!rc && (int64_t)rows != chunk->rows)
        rc = error_set(err, ERR_DB, "%s: calls %lld and following changed while they were read",
                       s->path, (long long)range_of(chunk->number).first);
    return rc;
}

/* Outside of the lock, which is where the threads gain. */
static enum err begin_columns(struct store *s, struct stored_columns *out, struct error *err)
{
    for (uint64_t left = out->plain ? 0 : out->known; left; left &= left - 1) {
        int c = __builtin_ctzll(left);

        if (!chunk_begin(out->p[c], out->size[c], (size_t)out->rows, &out->readers[c]))
            return damaged_column(s, out->number, c, err);
    }
    return OK;
}

enum err store_fetch_columns(struct store *s, const struct chunk_info *chunk, uint64_t mask,
                             struct stored_columns *out, struct error *err)
{
    enum err rc = OK;

    if (!out->readers)
        out->readers = calloc(C_COUNT, sizeof(*out->readers));
    if (!out->readers)
        return no_memory(s, err);
    if (!out->rows || out->number != chunk->number)
        out->asked = out->known = 0;
    out->number = chunk->number;
    out->rows = chunk->rows;
    if (mask & ~out->asked) {
        pthread_mutex_lock(&s->lock);
        rc = fetch(s, chunk, mask & ~out->asked, out, err);
        pthread_mutex_unlock(&s->lock);
    }
    if (!rc)
        rc = begin_columns(s, out, err);
    out->asked |= mask;
    if (rc)
        out->rows = 0;
    return rc;
}

static void missing_values(size_t n, int64_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = CALL_MISSING;
}

void stored_columns_read(struct stored_columns *c, uint64_t mask, size_t first, size_t n,
                         int64_t *const cols[C_COUNT])
{
    for (uint64_t left = mask; left; left &= left - 1) {
        int i = __builtin_ctzll(left);

        if (!wanted_column(c->known, i)) {
            missing_values(n, cols[i]);
        } else if (c->plain) {
            memcpy(cols[i], c->p[i] + first * sizeof(int64_t), n * sizeof(int64_t));
        } else {
            chunk_skip(&c->readers[i], first);
            chunk_next(&c->readers[i], n, cols[i]);
        }
    }
}

bool stored_columns_constant(const struct stored_columns *c, int column, int64_t *out)
{
    const struct chunk_reader *r = &c->readers[column];
    bool known = wanted_column(c->known, column);

    if (known && (c->plain || r->width || r->bits))
        return false;
    *out = known ? (int64_t)r->base : CALL_MISSING;
    return true;
}

void stored_columns_release(struct stored_columns *c)
{
    for (int i = 0; i < C_COUNT; i++)
        free(c->p[i]);
    free(c->readers);
    *c = (struct stored_columns){0};
}

enum err store_read_columns(struct store *s, const struct chunk_info *chunk, uint64_t mask,
                            int64_t *const cols[C_COUNT], struct error *err)
{
    struct stored_columns stored = {0};
    enum err rc = store_fetch_columns(s, chunk, mask, &stored, err);

    if (!rc)
        stored_columns_read(&stored, mask, 0, (size_t)chunk->rows, cols);
    stored_columns_release(&stored);
    return rc;
}

static enum err first_number(struct store *s, const unsigned char *sql, int64_t a, int64_t b,
                             int64_t *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, a);
    sqlite3_bind_int64(stmt, 2, b);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    *out = row ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_reset(stmt);
    return OK;
}

enum err store_call_at(struct store *s, const struct chunk_info *chunk, int64_t place,
                       int64_t *call_id, struct error *err)
{
    int64_t first = range_of(chunk->number).first, last = range_of(chunk->number).last;
    enum err rc = OK;

    *call_id = first + place;
    if (chunk->rows == CHUNK_ROWS)
        return OK;
    rc = first_number(s, sql_queries_call_last_in, first, last, &last, err);
    if (rc || last - first + 1 == chunk->rows)
        return rc;
    return first_number(s, sql_queries_call_at, first, place, call_id, err);
}

/* ---- writing ------------------------------------------------------------------------------ */

enum err store_delete_chunk(struct store *s, int64_t number, struct error *err)
{
    static const unsigned char *const queries[] = {sql_queries_chunk_delete,
                                                   sql_queries_chunk_columns_delete};

    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        sqlite3_stmt *stmt;
        enum err rc = store_statement(s, queries[i], &stmt, err);

        if (rc)
            return rc;
        sqlite3_bind_int64(stmt, 1, number);
        rc = store_run(s, stmt, err);
        if (rc)
            return rc;
    }
    return OK;
}

static enum err put_info(struct store *s, int64_t number, size_t rows, const int64_t *started,
                         struct error *err)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    bool untimed = false;
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_chunk_put, &stmt, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < rows; i++) {
        int64_t v = started ? started[i] : CALL_MISSING;

        untimed |= v == CALL_MISSING;
        if (v == CALL_MISSING)
            continue;
        first = v < first ? v : first;
        last = v > last ? v : last;
    }
    sqlite3_bind_int64(stmt, 1, number);
    sqlite3_bind_int64(stmt, 2, (int64_t)rows);
    if (first <= last) {
        sqlite3_bind_int64(stmt, 3, first);
        sqlite3_bind_int64(stmt, 4, last);
    }
    sqlite3_bind_int(stmt, 5, untimed);
    return store_run(s, stmt, err);
}

static enum err put_column(struct store *s, int64_t key, const int64_t *values, size_t rows,
                           struct error *err)
{
    size_t size = chunk_encode(values, rows, s->encoded);
    sqlite3_stmt *stmt;
    enum err rc;

    if (!size)
        return OK;
    rc = store_statement(s, sql_queries_chunk_column_put, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_blob(stmt, 2, s->encoded, (int)size, SQLITE_STATIC);
    rc = store_run(s, stmt, err);
    sqlite3_clear_bindings(stmt);
    return rc;
}

static enum err room_for_encoding(struct store *s, struct error *err)
{
    if (!s->encoded)
        s->encoded = malloc(CHUNK_ROOM(CHUNK_ROWS));
    return s->encoded ? OK : error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

enum err store_write_chunk(struct store *s, int64_t number, size_t rows,
                           int64_t *const cols[C_COUNT], struct error *err)
{
    enum err rc = store_delete_chunk(s, number, err);

    if (rc || rows == 0)
        return rc;
    rc = room_for_encoding(s, err);
    if (!rc)
        rc = put_info(s, number, rows, cols[F_STARTED_US], err);
    for (int c = 0; c < C_COUNT && !rc; c++)
        if (cols[c])
            rc = put_column(s, number * KEYS_PER_CHUNK + c, cols[c], rows, err);
    return rc;
}

static enum err delete_column(struct store *s, int64_t key, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_chunk_column_delete, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, key);
    return store_run(s, stmt, err);
}

enum err store_replace_columns(struct store *s, const struct chunk_info *chunk, uint64_t mask,
                               int64_t *const cols[C_COUNT], struct error *err)
{
    struct chunk_info stored;
    bool found;
    enum err rc = stored_info(s, chunk->number, &stored, &found, err);

    if (rc || !found)
        return rc;
    rc = room_for_encoding(s, err);
    for (uint64_t left = mask; left && !rc; left &= left - 1) {
        int c = __builtin_ctzll(left);
        int64_t key = chunk->number * KEYS_PER_CHUNK + c;

        rc = delete_column(s, key, err);
        if (!rc)
            rc = put_column(s, key, cols[c], (size_t)chunk->rows, err);
    }
    return rc;
}

int64_t *store_column_new(void)
{
    int64_t *p = malloc(CHUNK_ROWS * sizeof(*p));

    for (size_t i = 0; p && i < CHUNK_ROWS; i++)
        p[i] = CALL_MISSING;
    return p;
}

/* The current row's values; a column has memory once a value of it occurred. */
static bool collect_values(sqlite3_stmt *stmt, size_t row, int64_t **cols)
{
    for (int c = 0; c < C_COUNT; c++) {
        if (sqlite3_column_type(stmt, c) == SQLITE_NULL)
            continue;
        if (!cols[c] && !(cols[c] = store_column_new()))
            return false;
        cols[c][row] = sqlite3_column_int64(stmt, c);
    }
    return true;
}

enum err store_rebuild_chunk(struct store *s, int64_t number, struct error *err)
{
    int64_t *cols[C_COUNT] = {NULL};
    size_t rows = 0;
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_chunk_rows, &stmt, err);

    if (rc)
        return rc;
    bind_range(stmt, number);
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        if (!collect_values(stmt, rows++, cols))
            rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    sqlite3_reset(stmt);
    if (!rc)
        rc = store_write_chunk(s, number, rows, cols, err);
    for (int c = 0; c < C_COUNT; c++)
        free(cols[c]);
    return rc;
}

/* ---- verifying ---------------------------------------------------------------------------- */

static bool same_info(const struct chunk_info *a, const struct chunk_info *b)
{
    return a->rows == b->rows && a->min_started_us == b->min_started_us &&
           a->max_started_us == b->max_started_us && a->untimed == b->untimed;
}

/* What the database is to blame for is the answer, no error. */
static enum err is_damage(const struct error *why, struct error *err)
{
    if (why->code == ERR_DB)
        return OK;
    *err = *why;
    return why->code;
}

/* One column against the rows' (both have room for CHUNK_ROWS). */
static enum err verify_column(struct store *s, const struct chunk_info *chunk, int c,
                              int64_t *stored, int64_t *wanted, struct error *damage,
                              struct error *err)
{
    int64_t *cols[C_COUNT] = {NULL};
    size_t rows = 0;
    enum err rc;

    cols[c] = wanted;
    rc = columns_from_rows(s, chunk->number, UINT64_C(1) << c, cols, &rows, err);
    if (rc)
        return rc;
    cols[c] = stored;
    rc = store_read_columns(s, chunk, UINT64_C(1) << c, cols, damage);
    if (rc)
        return is_damage(damage, err);
    for (size_t i = 0; i < rows; i++)
        if (stored[i] != wanted[i]) {
            error_set(damage, ERR_DB, "chunk %lld: column %d differs from row %zu",
                      (long long)chunk->number, c, i + 1);
            return OK;
        }
    return OK;
}

enum err store_verify_chunk(struct store *s, int64_t number, bool *stored,
                            struct error *damage, struct error *err)
{
    struct chunk_info info = {.number = number}, rows = {.number = number};
    int64_t *a = NULL, *b = NULL;
    enum err rc;

    *damage = (struct error){.code = OK};
    rc = stored_info(s, number, &info, stored, damage);
    if (rc)
        return is_damage(damage, err);
    if (!*stored)
        return OK;
    rc = info_from_rows(s, number, &rows, err);
    if (!rc && !same_info(&info, &rows)) {
        error_set(damage, ERR_DB, "chunk %lld: says %lld calls, there are %lld or other times",
                  (long long)number, (long long)info.rows, (long long)rows.rows);
        return OK;
    }
    a = store_column_new();
    b = store_column_new();
    if (!rc && (!a || !b))
        rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    for (int c = 0; c < C_COUNT && !rc && !damage->code; c++)
        if (CHUNK_COLUMNS >> c & 1)
            rc = verify_column(s, &info, c, a, b, damage, err);
    free(a);
    free(b);
    return rc;
}
