/* find_ids: see the header. */
#include "store/find_ids.h"

#include <stdlib.h>
#include "sql.h"
#include "store/id_runs.h"
#include "store/packed_id.h"
#include "store/trace_rows.h"
#include "base/banned.h"

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* ---- what was found ----------------------------------------------------------------------- */

struct finding {
    struct store *s;
    struct sv text;
    bool prefix;
    struct arena *a;
    struct found_ids *out;
    struct arena row_arena; /* the ids of the row being looked at */
};

static bool fits(const struct finding *f, struct sv id)
{
    if (!id.p || (f->prefix ? id.n < f->text.n : id.n != f->text.n))
        return false;
    return memcmp(id.p, f->text.p, f->text.n) == 0;
}

static enum err add_found(struct finding *f, enum found_kind kind, struct sv id, struct sv trace,
                          int64_t call_id, struct error *err)
{
    struct found_ids *all = f->out;

    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].kind == kind && sv_eq(all->v[i].id, id) && sv_eq(all->v[i].trace, trace)) {
            if (all->v[i].call_id == CALL_MISSING ||
                (call_id != CALL_MISSING && call_id < all->v[i].call_id))
                all->v[i].call_id = call_id;
            return OK;
        }
    if (all->n == FOUND_MOST) {
        all->more = true;
        return OK;
    }
    struct found_id *found = &all->v[all->n];
    *found = (struct found_id){.kind = kind, .call_id = call_id};
    found->id = arena_copy(f->a, id);
    found->trace = trace.p ? arena_copy(f->a, trace) : SV_NONE;
    if (!found->id.p || (trace.p && !found->trace.p))
        return no_memory(f->s, err);
    all->n++;
    return OK;
}

/* The ids of one row, of a call or of a span. */
static enum err look_at(struct finding *f, struct sv request, struct sv trace, struct sv span,
                        struct sv own, int64_t call_id, struct error *err)
{
    enum err rc = OK;

    if (fits(f, trace))
        rc = add_found(f, FOUND_TRACE, trace, trace, CALL_MISSING, err);
    if (!rc && fits(f, span))
        rc = add_found(f, FOUND_SPAN, span, trace, call_id, err);
    if (!rc && fits(f, request))
        rc = add_found(f, FOUND_REQUEST, request, trace, call_id, err);
    if (!rc && fits(f, own))
        rc = add_found(f, FOUND_REQUEST, own, trace, call_id, err);
    return rc;
}

/* ---- rows --------------------------------------------------------------------------------- */

static struct sv unpack(sqlite3_stmt *stmt, int column, struct arena *a)
{
    const void *p = sqlite3_column_blob(stmt, column);
    size_t n = (size_t)sqlite3_column_bytes(stmt, column);
    char *room = p ? arena_alloc(a, PACKED_ID_TEXT_ROOM(n)) : NULL;

    return room ? packed_id_unpack(p, n, room) : SV_NONE;
}

/* The row a statement of id_run_calls or id_run_spans stands on. */
static enum err look_at_row(struct finding *f, enum id_run_kind kind, sqlite3_stmt *stmt,
                            struct error *err)
{
    struct sv ids[4] = {SV_NONE, SV_NONE, SV_NONE, SV_NONE};
    int64_t row = sqlite3_column_int64(stmt, 0);
    enum err rc;

    for (int i = 0; i < (kind == RUN_CALLS ? 4 : 2); i++)
        ids[i] = unpack(stmt, 1 + i, &f->row_arena);
    rc = kind == RUN_CALLS ? look_at(f, ids[0], ids[1], ids[2], ids[3], row, err)
                           : look_at(f, SV_NONE, ids[0], ids[1], SV_NONE, CALL_MISSING, err);
    arena_reset(&f->row_arena);
    return rc;
}

static enum err look_at_rows(struct finding *f, enum id_run_kind kind, int64_t first, int64_t last,
                             struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(
        f->s, kind == RUN_CALLS ? sql_queries_id_run_calls : sql_queries_id_run_spans, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, last);
    while (!rc && row && !f->out->more) {
        rc = store_step(f->s, stmt, &row, err);
        if (!rc && row)
            rc = look_at_row(f, kind, stmt, err);
    }
    sqlite3_reset(stmt);
    return rc;
}

static enum err visit_rows(void *ctx, enum id_run_kind kind, int64_t first, int64_t last,
                           struct error *err)
{
    struct finding *f = ctx;

    return f->out->more ? OK : look_at_rows(f, kind, first, last, err);
}

static enum err visit(void *ctx, enum id_run_kind kind, int64_t row, struct error *err)
{
    struct finding *f = ctx;

    return f->out->more ? OK : look_at_rows(f, kind, row, row, err);
}

/* ---- ways to find ------------------------------------------------------------------------- */

static enum err find_keys(struct finding *f, struct error *err)
{
    int64_t key;
    bool known = false;
    enum err rc = store_trace_key(f->s, f->text, &key, &known, err);

    if (!rc && known)
        rc = add_found(f, FOUND_TRACE, f->text, f->text, CALL_MISSING, err);
    if (!rc)
        rc = store_session_key(f->s, f->text, &key, &known, err);
    if (!rc && known)
        rc = add_found(f, FOUND_SESSION, f->text, SV_NONE, CALL_MISSING, err);
    return rc;
}

static enum err find_exact(struct finding *f, struct error *err)
{
    unsigned char *room = arena_alloc(f->a, PACKED_ID_ROOM(f->text.n));
    struct id_range range;
    enum err rc;

    if (!room)
        return no_memory(f->s, err);
    rc = find_keys(f, err);
    if (rc || f->out->n)
        return rc;
    range = id_range_of((struct sv){(const char *)room, packed_id_pack(f->text, room)});
    return id_runs_find(f->s, &range, 1, visit, f, err);
}

static enum err find_sessions(struct finding *f, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(f->s, sql_queries_sessions_all, &stmt, err);

    while (!rc && row && !f->out->more) {
        rc = store_step(f->s, stmt, &row, err);
        if (rc || !row)
            break;
        struct sv id = unpack(stmt, 1, &f->row_arena);
        if (fits(f, id))
            rc = add_found(f, FOUND_SESSION, id, SV_NONE, CALL_MISSING, err);
        arena_reset(&f->row_arena);
    }
    if (!rc)
        sqlite3_reset(stmt);
    return rc;
}

static enum err find_prefix(struct finding *f, struct error *err)
{
    struct id_range ranges[ID_RANGES];
    size_t n;
    enum err rc = OK;

    f->prefix = true;
    id_ranges_of_prefix(f->text, ranges, &n);
    if (n)
        rc = id_runs_find(f->s, ranges, n, visit, f, err);
    if (!rc)
        rc = find_sessions(f, err);
    if (!rc && !f->out->n)
        rc = id_runs_hashed(f->s, RUN_CALLS, visit_rows, f, err);
    if (!rc && !f->out->n)
        rc = id_runs_hashed(f->s, RUN_SPANS, visit_rows, f, err);
    return rc;
}

static int compare_found(const void *a, const void *b)
{
    const struct found_id *x = a, *y = b;

    return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : sv_cmp(x->id, y->id);
}

enum err store_find(struct store *s, struct sv text, struct arena *a, struct found_ids *out,
                    struct error *err)
{
    struct finding f = {.s = s, .text = text, .a = a, .out = out};
    enum err rc;

    *out = (struct found_ids){.n = 0};
    if (!text.n)
        return OK;
    rc = find_exact(&f, err);
    if (!rc && !out->n)
        rc = find_prefix(&f, err);
    arena_release(&f.row_arena);
    if (!rc)
        qsort(out->v, out->n, sizeof(*out->v), compare_found);
    return rc;
}

/* ---- the calls of an id ------------------------------------------------------------------- */

struct gathering {
    struct store *s;
    enum found_kind kind;
    struct sv packed;
    int64_t *v;
    size_t n, cap;
};

static enum err add_call(struct gathering *g, int64_t call_id, struct error *err)
{
    if (g->n == g->cap) {
        size_t cap = g->cap ? 2 * g->cap : 16;
        int64_t *grown = realloc(g->v, cap * sizeof(*grown));

        if (!grown)
            return no_memory(g->s, err);
        g->v = grown;
        g->cap = cap;
    }
    g->v[g->n++] = call_id;
    return OK;
}

static enum err gather(void *ctx, enum id_run_kind kind, int64_t row, struct error *err)
{
    struct gathering *g = ctx;
    sqlite3_stmt *stmt;
    bool there, same = false;
    enum err rc;

    if (kind != RUN_CALLS)
        return OK;
    rc = store_statement(g->s, sql_queries_call_ids, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, row);
    rc = store_step(g->s, stmt, &there, err);
    if (rc || !there)
        return rc;
    for (int c = 0; c < 6; c++) /* request, trace, span, parent, kind, own */
        if (g->kind == FOUND_TRACE ? c == 1 : c == 0 || c == 5) {
            const void *p = sqlite3_column_blob(stmt, c);
            struct sv id = {p, (size_t)sqlite3_column_bytes(stmt, c)};

            same = same || (p && sv_eq(id, g->packed));
        }
    sqlite3_reset(stmt);
    return same ? add_call(g, row, err) : OK;
}

static int compare_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

enum err store_calls_of(struct store *s, enum found_kind kind, struct sv id, int64_t **out,
                        size_t *n, struct error *err)
{
    struct arena a = {0};
    unsigned char *room = arena_alloc(&a, PACKED_ID_ROOM(id.n));
    struct gathering g = {.s = s, .kind = kind};
    struct id_range range;
    size_t kept = 0;
    enum err rc = room ? OK : no_memory(s, err);

    if (!rc) {
        g.packed = (struct sv){(const char *)room, packed_id_pack(id, room)};
        range = id_range_of(g.packed);
        rc = id_runs_find(s, &range, 1, gather, &g, err);
    }
    arena_release(&a);
    if (rc) {
        free(g.v);
        return rc;
    }
    if (g.n)
        qsort(g.v, g.n, sizeof(*g.v), compare_i64);
    for (size_t i = 0; i < g.n; i++)
        if (!i || g.v[i] != g.v[i - 1])
            g.v[kept++] = g.v[i];
    *out = g.v;
    *n = kept;
    return OK;
}

/* ---- sessions ----------------------------------------------------------------------------- */

static enum err gather_session(struct gathering *g, const struct chunk_info *chunk, int64_t key,
                               int64_t *keys, struct error *err)
{
    int64_t *cols[C_COUNT] = {[C_SESSION_KEY] = keys};
    enum err rc = store_read_columns(g->s, chunk, UINT64_C(1) << C_SESSION_KEY, cols, err);

    for (int64_t i = 0; i < chunk->rows && !rc; i++) {
        int64_t call_id;

        if (keys[i] != key)
            continue;
        rc = store_call_at(g->s, chunk, i, &call_id, err);
        if (!rc)
            rc = add_call(g, call_id, err);
    }
    return rc;
}

enum err store_calls_of_session(struct store *s, int64_t session_key, int64_t **out, size_t *n,
                                struct error *err)
{
    bool reading = s->reading; /* somebody's transaction goes on afterwards */
    int64_t *keys = malloc(sizeof(*keys) * CHUNK_ROWS);
    struct gathering g = {.s = s};
    struct chunk_info *chunks = NULL;
    size_t n_chunks = 0;
    enum err rc = keys ? store_chunks(s, &chunks, &n_chunks, err) : no_memory(s, err);

    for (size_t i = 0; i < n_chunks && !rc; i++)
        rc = gather_session(&g, &chunks[i], session_key, keys, err);
    if (!reading)
        store_read_done(s);
    free(chunks);
    free(keys);
    if (rc) {
        free(g.v);
        return rc;
    }
    *out = g.v;
    *n = g.n;
    return OK;
}

enum err store_only_session(struct store *s, struct arena *a, struct sv *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    int n = 0;
    enum err rc = store_statement(s, sql_queries_sessions_all, &stmt, err);

    *out = SV_NONE;
    while (!rc && row && n < 2) {
        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        *out = ++n == 1 ? unpack(stmt, 1, a) : SV_NONE;
    }
    if (!rc && row)
        sqlite3_reset(stmt);
    return rc;
}
