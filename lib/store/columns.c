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

static void read_info(sqlite3_stmt *stmt, struct chunk_info *out)
{
    bool timed = sqlite3_column_type(stmt, 1) != SQLITE_NULL;

    out->rows = sqlite3_column_int64(stmt, 0);
    out->min_started_us = timed ? sqlite3_column_int64(stmt, 1) : INT64_MAX;
    out->max_started_us = timed ? sqlite3_column_int64(stmt, 2) : INT64_MIN;
    out->untimed = sqlite3_column_int(stmt, 3) != 0;
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
    read_info(stmt, out);
    sqlite3_reset(stmt);
    if (out->rows < 1 || out->rows > CHUNK_ROWS)
        return error_set(err, ERR_DB, "%s: column chunk %lld is damaged: %lld rows", s->path,
                         (long long)number, (long long)out->rows);
    return OK;
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
    read_info(stmt, out);
    sqlite3_reset(stmt);
    return OK;
}

/* The first chunk from `from` on; its number is -1 when there is none. The rows are asked only where
 * no chunk is stored: in a table of millions each question reads another page. */
static enum err next_info(struct store *s, int64_t from, struct chunk_info *out, struct error *err)
{
    bool found;
    enum err rc = stored_info(s, from, out, &found, err);

    out->number = from;
    if (rc || found)
        return rc;
    rc = next_chunk(s, from, &out->number, err);
    if (rc || out->number < 0)
        return rc;
    rc = stored_info(s, out->number, out, &found, err);
    return rc || found ? rc : info_from_rows(s, out->number, out, err);
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

enum err store_chunks(struct store *s, struct chunk_info **out, size_t *n, struct error *err)
{
    struct chunk_info *chunks = NULL;
    size_t count = 0, cap = 0;
    int64_t number = -1;
    enum err rc = begin_reading(s, err);

    while (!rc) {
        struct chunk_info info;

        rc = next_info(s, number + 1, &info, err);
        number = info.number;
        if (rc || number < 0)
            break;
        if (room_for((void **)&chunks, count, &cap, sizeof(*chunks)))
            chunks[count++] = info;
        else
            rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    }
    if (rc) {
        free(chunks);
        store_read_done(s);
        return rc;
    }
    *out = chunks;
    *n = count;
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

/* An encoded column, borrowed until the statement is reset: in *stmt, NULL when no value in it is
 * known. */
static enum err find_column(struct store *s, int64_t number, int c, sqlite3_stmt **out,
                            struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_chunk_column_get, &stmt, err);

    *out = NULL;
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, number * KEYS_PER_CHUNK + c);
    rc = store_step(s, stmt, &row, err);
    if (!rc && row)
        *out = stmt;
    return rc;
}

/* Rows of a column that are wanted, and room to take its bytes out of the lock. */
struct wanted_rows {
    const struct chunk_info *chunk;
    size_t first, count;
    unsigned char *bytes; /* room of them; NULL: few rows, which are decoded where they are */
    size_t room;
};

static bool decode_rows(const struct wanted_rows *w, const void *bytes, size_t size, int64_t *out)
{
    return chunk_decode_part(bytes, size, (size_t)w->chunk->rows, w->first, w->count,
                             out + w->first);
}

/* One column, of which many rows are decoded outside of the lock, which is where threads gain.
 * *sound: it can be decoded. */
static enum err read_column(struct store *s, const struct wanted_rows *w, int c, int64_t *out,
                            bool *sound, struct error *err)
{
    sqlite3_stmt *stmt;
    size_t size = 0;
    const void *data;
    enum err rc;

    *sound = true;
    pthread_mutex_lock(&s->lock);
    rc = find_column(s, w->chunk->number, c, &stmt, err);
    data = stmt ? sqlite3_column_blob(stmt, 0) : NULL;
    if (stmt) {
        size = (size_t)sqlite3_column_bytes(stmt, 0);
        *sound = data && size <= w->room; /* an empty blob is damage, no missing column */
    }
    if (data && *sound && !w->bytes)
        *sound = decode_rows(w, data, size, out);
    else if (data && *sound)
        memcpy(w->bytes, data, size);
    if (stmt)
        sqlite3_reset(stmt);
    pthread_mutex_unlock(&s->lock);
    if (!rc && !stmt)
        for (size_t i = w->first; i < w->first + w->count; i++)
            out[i] = CALL_MISSING;
    if (data && *sound && w->bytes)
        *sound = decode_rows(w, w->bytes, size, out);
    return rc;
}

static enum err damaged_column(struct store *s, int64_t number, int c, struct error *err)
{
    return error_set(err, ERR_DB, "%s: column chunk %lld is damaged: column %d cannot be decoded",
                     s->path, (long long)number, c);
}

static enum err columns_from_chunk(struct store *s, const struct chunk_info *chunk, size_t first,
                                   size_t count, uint64_t mask, int64_t *const *cols,
                                   struct error *err)
{
    struct wanted_rows w = {.chunk = chunk, .first = first, .count = count};
    bool few = count < (size_t)chunk->rows / 8;
    enum err rc = OK;

    w.room = CHUNK_ROOM((size_t)chunk->rows);
    w.bytes = few ? NULL : malloc(w.room);
    if (!few && !w.bytes)
        return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    for (int c = 0; c < C_COUNT && !rc; c++) {
        bool sound;

        if (!wanted_column(mask, c))
            continue;
        rc = read_column(s, &w, c, cols[c], &sound, err);
        if (!rc && !sound)
            rc = damaged_column(s, chunk->number, c, err);
    }
    free(w.bytes);
    return rc;
}

enum err store_read_columns(struct store *s, const struct chunk_info *chunk, uint64_t mask,
                            int64_t *const cols[C_COUNT], struct error *err)
{
    return store_read_rows(s, chunk, 0, chunk->rows, mask, cols, err);
}

enum err store_read_rows(struct store *s, const struct chunk_info *chunk, int64_t first, int64_t n,
                         uint64_t mask, int64_t *const cols[C_COUNT], struct error *err)
{
    struct chunk_info stored = {0};
    bool found = false;
    size_t rows = 0;
    enum err rc;

    pthread_mutex_lock(&s->lock);
    rc = stored_info(s, chunk->number, &stored, &found, err);
    if (!rc && !found)
        rc = columns_from_rows(s, chunk->number, mask, cols, &rows, err);
    pthread_mutex_unlock(&s->lock);
    if (rc)
        return rc;
    if (found)
        rows = (size_t)stored.rows;
    if ((int64_t)rows != chunk->rows)
        return error_set(err, ERR_DB, "%s: calls %lld and following changed while they were read",
                         s->path, (long long)range_of(chunk->number).first);
    return found ? columns_from_chunk(s, chunk, (size_t)first, (size_t)n, mask, cols, err) : OK;
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
    rc = columns_from_chunk(s, chunk, 0, (size_t)chunk->rows, UINT64_C(1) << c, cols, damage);
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
