/* trace_rows: the rows that one trace, request or session is made of. */
#include "store/trace_rows.h"

#include <stdlib.h>
#include "base/hash.h"
#include "sql.h"
#include "store/packed_id.h"
#include "store/store_internal.h"
#include "base/banned.h"

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* A column's text in the arena; false when out of memory. */
static bool take_text(sqlite3_stmt *stmt, int column, struct arena *a, struct sv *out)
{
    struct sv text = column_sv(stmt, column);

    *out = text.p ? arena_copy(a, text) : SV_NONE;
    return !text.p || out->p;
}

/* The same of a packed id. */
static bool take_id(sqlite3_stmt *stmt, int column, struct arena *a, struct sv *out)
{
    struct sv packed = column_sv(stmt, column);
    char *room;

    *out = SV_NONE;
    if (!packed.p)
        return true;
    room = arena_alloc(a, PACKED_ID_TEXT_ROOM(packed.n));
    if (room)
        *out = packed_id_unpack(packed.p, packed.n, room);
    return room != NULL;
}

/* The array doubles inside the arena: what it leaves behind is less than what it needs. */
static bool room_for(struct arena *a, void *array, size_t n, size_t *cap, size_t size)
{
    size_t wanted = *cap ? 2 * *cap : 16;
    void *old, *grown;

    if (n < *cap)
        return true;
    grown = arena_zalloc(a, wanted, size);
    if (!grown)
        return false;
    memcpy(&old, array, sizeof(old));
    if (n)
        memcpy(grown, old, n * size);
    memcpy(array, &grown, sizeof(grown));
    *cap = wanted;
    return true;
}

/* ---- keys --------------------------------------------------------------------------------- */

static struct sv pack(struct arena *a, struct sv text)
{
    unsigned char *room = arena_alloc(a, PACKED_ID_ROOM(text.n));

    return room ? (struct sv){(const char *)room, packed_id_pack(text, room)} : SV_NONE;
}

/* The writer's way to find a key: from the id's hash on, until a key is free. */
static enum err probe(struct store *s, const unsigned char *sql, struct sv packed, int64_t *key,
                      bool *known, struct error *err)
{
    uint64_t k = hash64(packed.p, packed.n, 0);
    sqlite3_stmt *stmt;
    bool taken = true;
    enum err rc = store_statement(s, sql, &stmt, err);

    *known = false;
    for (; !rc && taken && !*known; k++) {
        if ((int64_t)k == CALL_MISSING)
            continue;
        sqlite3_bind_int64(stmt, 1, (int64_t)k);
        rc = store_step(s, stmt, &taken, err);
        if (!rc && taken) {
            *known = sv_eq(column_sv(stmt, 0), packed);
            *key = (int64_t)k;
            sqlite3_reset(stmt);
        }
    }
    return rc;
}

static enum err key_of(struct store *s, const unsigned char *sql, struct sv id, int64_t *key,
                       bool *known, struct error *err)
{
    struct arena a = {0};
    struct sv packed = pack(&a, id);
    enum err rc = packed.p ? probe(s, sql, packed, key, known, err) : no_memory(s, err);

    arena_release(&a);
    return rc;
}

enum err store_trace_key(struct store *s, struct sv trace_id, int64_t *key, bool *known,
                         struct error *err)
{
    return key_of(s, sql_queries_trace_find, trace_id, key, known, err);
}

enum err store_session_key(struct store *s, struct sv session_id, int64_t *key, bool *known,
                           struct error *err)
{
    return key_of(s, sql_queries_session_get, session_id, key, known, err);
}

struct sv store_trace_text(struct store *s, int64_t key, struct arena *a)
{
    struct sv text = SV_NONE;
    sqlite3_stmt *stmt;
    bool row;

    if (store_statement(s, sql_queries_trace_find, &stmt, NULL))
        return SV_NONE;
    sqlite3_bind_int64(stmt, 1, key);
    if (store_step(s, stmt, &row, NULL) || !row)
        return SV_NONE;
    if (!take_id(stmt, 0, a, &text))
        text = SV_NONE;
    sqlite3_reset(stmt);
    return text;
}

/* ---- spans -------------------------------------------------------------------------------- */

static bool read_span(sqlite3_stmt *stmt, struct arena *a, struct span_row *out)
{
    struct sv *const texts[] = {&out->name,  &out->kind,       &out->service,
                                &out->scope, &out->error_type, &out->attributes};

    *out = (struct span_row){
        .row = sqlite3_column_int64(stmt, 0),
        .status = column_number(stmt, 9),
        .started_us = column_number(stmt, 10),
        .ended_us = column_number(stmt, 11),
        .call_id = column_number(stmt, 12),
        .source_id = sqlite3_column_int64(stmt, 13),
        .source_line = sqlite3_column_int64(stmt, 14),
    };
    for (int i = 0; i < (int)ARRAY_LEN(texts); i++)
        if (!take_text(stmt, 3 + i, a, texts[i]))
            return false;
    return take_id(stmt, 1, a, &out->span) && take_id(stmt, 2, a, &out->parent);
}

enum err store_trace_spans(struct store *s, int64_t trace_key, struct arena *a,
                           struct span_row **out, size_t *n, struct error *err)
{
    struct span_row *all = NULL;
    size_t count = 0, cap = 0;
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_trace_spans, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, trace_key);
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        if (!room_for(a, &all, count, &cap, sizeof(*all)) || !read_span(stmt, a, &all[count++]))
            rc = no_memory(s, err);
    }
    sqlite3_reset(stmt);
    if (rc)
        return rc;
    *out = all;
    *n = count;
    return OK;
}

enum err store_spans_near(struct store *s, int64_t first, int64_t last,
                          void (*visit)(void *ctx, const struct near_span *span), void *ctx,
                          struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_spans_near, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, last);
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        const struct near_span span = {
            .name = column_sv(stmt, 0),
            .started_us = column_number(stmt, 1),
            .ended_us = column_number(stmt, 2),
            .attributes = column_sv(stmt, 3),
        };
        visit(ctx, &span);
    }
    sqlite3_reset(stmt);
    return rc;
}

/* ---- calls -------------------------------------------------------------------------------- */

static enum err read_ids(struct store *s, int64_t call_id, struct arena *a, struct call_entry *out,
                         struct error *err)
{
    enum { KIND_OWN = 1 };
    struct sv *const ids[] = {&out->request, &out->trace, &out->span, &out->parent};
    sqlite3_stmt *stmt;
    bool row, ok = true;
    enum err rc = store_statement(s, sql_queries_call_ids, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, call_id);
    rc = store_step(s, stmt, &row, err);
    if (rc || !row)
        return rc;
    for (int i = 0; i < (int)ARRAY_LEN(ids); i++)
        ok = ok && take_id(stmt, i, a, ids[i]);
    if (sqlite3_column_int(stmt, 4) == KIND_OWN)
        ok = ok && take_id(stmt, 5, a, &out->own);
    sqlite3_reset(stmt);
    return ok ? OK : no_memory(s, err);
}

enum err store_call(struct store *s, int64_t call_id, struct arena *a, struct call_entry *out,
                    struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_chunk_rows, &stmt, err);

    if (rc)
        return rc;
    *out = (struct call_entry){.id = call_id};
    sqlite3_bind_int64(stmt, 1, call_id);
    sqlite3_bind_int64(stmt, 2, call_id);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    if (!row)
        return error_set(err, ERR_NOT_FOUND, "%s: no call %lld", s->path, (long long)call_id);
    for (int c = 0; c < C_COUNT; c++)
        out->v[c] = column_number(stmt, c);
    sqlite3_reset(stmt);
    return read_ids(s, call_id, a, out, err);
}

/* ---- steps -------------------------------------------------------------------------------- */

static bool read_step(sqlite3_stmt *stmt, bool branch, struct arena *a, struct step_row *out)
{
    struct sv *const texts[] = {&out->identity, &out->name,      &out->error_kind,
                                &out->from,     &out->condition, &out->context};

    *out = (struct step_row){
        .branch = branch,
        .id = sqlite3_column_int64(stmt, 0),
        .call_id = column_number(stmt, 1),
        .started_us = column_number(stmt, 8),
        .ended_us = column_number(stmt, 9),
        .latency_us = column_number(stmt, 10),
        .status = column_number(stmt, 11),
        .result = column_number(stmt, 12),
        .source_id = sqlite3_column_int64(stmt, 13),
        .source_line = sqlite3_column_int64(stmt, 14),
    };
    for (int i = 0; i < (int)ARRAY_LEN(texts); i++)
        if (!take_text(stmt, 2 + i, a, texts[i]))
            return false;
    return true;
}

static enum err read_steps(struct store *s, sqlite3_stmt *stmt, bool branch, struct arena *a,
                           struct step_list *out, struct error *err)
{
    bool row = true;
    enum err rc = OK;

    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        if (!room_for(a, &out->v, out->n, &out->cap, sizeof(*out->v)) ||
            !read_step(stmt, branch, a, &out->v[out->n++]))
            rc = no_memory(s, err);
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc;
}

enum err store_steps(struct store *s, int64_t call_id, struct sv request, struct sv trace,
                     struct arena *a, struct step_list *out, struct error *err)
{
    static const unsigned char *const queries[] = {sql_queries_trace_tools,
                                                   sql_queries_trace_branches};
    struct sv ids[] = {request, trace};

    for (int i = 0; i < (int)ARRAY_LEN(ids); i++) {
        ids[i] = ids[i].n ? pack(a, ids[i]) : SV_NONE;
        if ((i ? trace : request).n && !ids[i].p)
            return no_memory(s, err);
    }
    for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
        sqlite3_stmt *stmt;
        enum err rc = store_statement(s, queries[q], &stmt, err);

        if (rc)
            return rc;
        if (call_id != CALL_MISSING)
            sqlite3_bind_int64(stmt, 1, call_id);
        for (int i = 0; i < (int)ARRAY_LEN(ids); i++)
            if (ids[i].p)
                sqlite3_bind_blob(stmt, 2 + i, ids[i].p, (int)ids[i].n, SQLITE_STATIC);
        rc = read_steps(s, stmt, q == 1, a, out, err);
        if (rc)
            return rc;
    }
    return OK;
}
