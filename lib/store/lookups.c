/* lookups: dictionaries, session ids, meta values, sources, counts and quarantine. */
#include <stdlib.h>
#include "sql.h"
#include "store/packed_id.h"
#include "store/store_internal.h"
#include "base/banned.h"

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* ---- dictionaries ------------------------------------------------------------------------- */

static enum err add_loaded(struct store *s, int dim, sqlite3_stmt *stmt, struct error *err)
{
    struct dictionary *d = &s->dictionaries[dim];
    int64_t id = sqlite3_column_int64(stmt, 0);

    if (id != (int64_t)d->n + 1)
        return error_set(err, ERR_DB, "%s: damaged: dictionary %s goes from id %lld to %lld",
                         s->path, call_fields[dim].name, (long long)d->n, (long long)id);
    return dictionary_add(d, column_sv(stmt, 1)) ? OK : no_memory(s, err);
}

/* What the database has and memory not yet. */
static enum err load_dictionary(struct store *s, int dim, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_dictionary_load, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, call_fields[dim].name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, (int64_t)s->dictionaries[dim].n);
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (!rc && row)
            rc = add_loaded(s, dim, stmt, err);
    }
    sqlite3_reset(stmt);
    s->dictionaries[dim].loaded = !rc;
    return rc;
}

/* NULL with err filled when it cannot be read. */
static const struct dictionary *dictionary_of(struct store *s, enum call_field dim,
                                              struct error *err)
{
    if (!s->dictionaries[dim].loaded && load_dictionary(s, (int)dim, err))
        return NULL;
    return &s->dictionaries[dim];
}

struct sv store_dimension_text(struct store *s, enum call_field dim, int64_t id)
{
    const struct dictionary *d = dictionary_of(s, dim, NULL);

    return d ? dictionary_text(d, id) : SV_NONE;
}

int64_t store_dimension_count(struct store *s, enum call_field dim, struct error *err)
{
    const struct dictionary *d = dictionary_of(s, dim, err);

    return d ? (int64_t)d->n : -1;
}

enum err store_dictionaries_refresh(struct store *s, struct error *err)
{
    enum err rc = OK;

    for (int dim = 0; dim < F_DIM_COUNT && !rc; dim++)
        if (s->dictionaries[dim].loaded)
            rc = load_dictionary(s, dim, err);
    return rc;
}

void store_dictionaries_forget(struct store *s)
{
    for (int dim = 0; dim < F_DIM_COUNT; dim++)
        dictionary_release(&s->dictionaries[dim]);
}

/* ---- session and meta --------------------------------------------------------------------- */

struct sv store_session_text(struct store *s, int64_t key, struct arena *a)
{
    struct sv packed, text = SV_NONE;
    sqlite3_stmt *stmt;
    bool row;
    char *out;

    if (store_statement(s, sql_queries_session_get, &stmt, NULL))
        return SV_NONE;
    sqlite3_bind_int64(stmt, 1, key);
    if (store_step(s, stmt, &row, NULL) || !row)
        return SV_NONE;
    packed = column_sv(stmt, 0);
    out = arena_alloc(a, PACKED_ID_TEXT_ROOM(packed.n));
    if (out)
        text = packed_id_unpack(packed.p, packed.n, out);
    sqlite3_reset(stmt);
    return text;
}

struct sv store_meta_text(struct store *s, int64_t meta_id, struct arena *a)
{
    struct sv text = SV_NONE;
    sqlite3_stmt *stmt;
    bool row;

    if (store_statement(s, sql_queries_writer_meta, &stmt, NULL))
        return SV_NONE;
    sqlite3_bind_int64(stmt, 1, meta_id);
    if (store_step(s, stmt, &row, NULL) || !row)
        return SV_NONE;
    text = arena_copy(a, column_sv(stmt, 0));
    sqlite3_reset(stmt);
    return text;
}

enum err store_meta_values(struct store *s, const char *key,
                           enum err (*visit)(void *ctx, int64_t meta_id, struct sv value),
                           void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_meta_values, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (!rc && row)
            rc = visit(ctx, sqlite3_column_int64(stmt, 0), column_sv(stmt, 1));
    }
    sqlite3_reset(stmt);
    return rc;
}

/* ---- sources ------------------------------------------------------------------------------ */

static struct hash128 column_hash(sqlite3_stmt *stmt, int column)
{
    struct sv bytes = column_sv(stmt, column);

    return bytes.n == 16 ? store_hash_from((const unsigned char *)bytes.p) : (struct hash128){0, 0};
}

static struct source_state read_source(sqlite3_stmt *stmt, const char *path)
{
    return (struct source_state){
        .id = sqlite3_column_int64(stmt, 0),
        .path = path,
        .dev = (uint64_t)sqlite3_column_int64(stmt, 2),
        .ino = (uint64_t)sqlite3_column_int64(stmt, 3),
        .size_bytes = sqlite3_column_int64(stmt, 4),
        .mtime_ns = sqlite3_column_int64(stmt, 5),
        .head = column_hash(stmt, 6),
        .offset = sqlite3_column_int64(stmt, 7),
        .lines = sqlite3_column_int64(stmt, 8),
        .prefix = column_hash(stmt, 9),
        .tail = column_hash(stmt, 10),
        .lineage = sqlite3_column_int64(stmt, 11),
        .copy_of = sqlite3_column_int64(stmt, 12),
        .copy_line = sqlite3_column_int64(stmt, 13),
        .complete = sqlite3_column_int(stmt, 14) != 0,
    };
}

static char *copy_text(struct arena *a, struct sv text)
{
    char *copy = arena_alloc(a, text.n + 1);

    if (!copy)
        return NULL;
    if (text.n)
        memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    return copy;
}

/* The array doubles inside the arena: what it leaves behind is less than what it needs. */
static bool add_source(struct arena *a, struct source_state **all, size_t n, sqlite3_stmt *stmt)
{
    const char *path = copy_text(a, column_sv(stmt, 1));

    if (!path)
        return false;
    if ((n & (n - 1)) == 0) { /* full: 0, 1, 2, 4, 8 elements */
        struct source_state *grown = arena_zalloc(a, n ? 2 * n : 1, sizeof(*grown));

        if (!grown)
            return false;
        if (n)
            memcpy(grown, *all, n * sizeof(*grown));
        *all = grown;
    }
    (*all)[n] = read_source(stmt, path);
    return true;
}

enum err store_sources(struct store *s, struct arena *a, struct source_state **out, size_t *n,
                       struct error *err)
{
    struct source_state *all = NULL;
    size_t count = 0;
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_sources, &stmt, err);

    if (rc)
        return rc;
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (!rc && row)
            rc = add_source(a, &all, count++, stmt) ? OK : no_memory(s, err);
    }
    sqlite3_reset(stmt);
    if (rc)
        return rc;
    *out = all;
    *n = count;
    return OK;
}

/* ---- counts ------------------------------------------------------------------------------- */

/* Rows of call without the shadowed ones. Over the chunks, since counting rows reads them all. */
static enum err count_calls(struct store *s, int64_t *out, struct error *err)
{
    int64_t *shadowed = malloc(sizeof(*shadowed) * CHUNK_ROWS);
    int64_t *cols[C_COUNT] = {[C_SHADOWED] = shadowed};
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    enum err rc = shadowed ? store_chunks(s, &chunks, &n, err) : no_memory(s, err);

    *out = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        rc = store_read_columns(s, &chunks[i], UINT64_C(1) << C_SHADOWED, cols, err);
        for (int64_t r = 0; r < chunks[i].rows && !rc; r++)
            *out += shadowed[r] == CALL_MISSING;
    }
    free(chunks);
    free(shadowed);
    return rc;
}

static enum err count_others(struct store *s, struct store_counts *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_counts, &stmt, err);

    if (!rc)
        rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    out->spans = sqlite3_column_int64(stmt, 0);
    out->tool_calls = sqlite3_column_int64(stmt, 1);
    out->branch_decisions = sqlite3_column_int64(stmt, 2);
    out->scores = sqlite3_column_int64(stmt, 3);
    out->scores_waiting = sqlite3_column_int64(stmt, 4);
    out->quarantined = sqlite3_column_int64(stmt, 5);
    sqlite3_reset(stmt);
    return OK;
}

enum err store_count(struct store *s, struct store_counts *out, struct error *err)
{
    bool reading = s->reading; /* somebody's transaction goes on afterwards */
    struct store_counts counts;
    enum err rc = count_calls(s, &counts.calls, err);

    if (!rc)
        rc = count_others(s, &counts, err);
    if (!reading)
        store_read_done(s);
    if (!rc)
        *out = counts;
    return rc;
}

enum err store_count_quarantined(struct store *s, int64_t *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_quarantine_count, &stmt, err);

    if (!rc)
        rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    *out = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return OK;
}

/* ---- quarantine --------------------------------------------------------------------------- */

static struct quarantine_row read_quarantined(sqlite3_stmt *stmt)
{
    return (struct quarantine_row){
        .id = sqlite3_column_int64(stmt, 0),
        .path = column_sv(stmt, 1),
        .reason = column_sv(stmt, 2),
        .field = column_sv(stmt, 3),
        .line = sqlite3_column_int64(stmt, 4),
        .offset = sqlite3_column_int64(stmt, 5),
        .length = sqlite3_column_int64(stmt, 6),
        .sha256 = column_sv(stmt, 7),
        .source = sqlite3_column_int64(stmt, 8),
    };
}

enum err store_quarantine(struct store *s, int64_t from_id,
                          enum err (*visit)(void *ctx, const struct quarantine_row *row), void *ctx,
                          struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_quarantine_rows, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, from_id);
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (!rc && row) {
            struct quarantine_row found = read_quarantined(stmt);

            rc = visit(ctx, &found);
        }
    }
    sqlite3_reset(stmt);
    return rc;
}

enum err store_quarantine_drop(struct store *s, int64_t id, int64_t *removed, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_quarantine_drop, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, id);
    rc = store_run(s, stmt, err);
    if (!rc)
        *removed = sqlite3_changes64(s->db);
    return rc;
}
