/* trace_each: see the header. */
#include "store/trace_each.h"

#include "sql.h"
#include "store/packed_id.h"
#include "store/store_internal.h"
#include "base/banned.h"

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

struct sv store_unpack(struct sv packed, struct arena *a)
{
    char *room = arena_alloc(a, PACKED_ID_TEXT_ROOM(packed.n));

    return room ? packed_id_unpack(packed.p, packed.n, room) : SV_NONE;
}

/* The packed id under a key. Spans of one trace mostly follow each other. */
struct last_trace {
    int64_t key;
    unsigned char bytes[256];
    size_t n; /* 0: nothing yet */
};

static enum err trace_of(struct store *s, sqlite3_stmt *find, int64_t key, struct last_trace *last,
                         struct sv *out, struct error *err)
{
    bool row = false;
    enum err rc = OK;

    if (!last->n || last->key != key) {
        sqlite3_bind_int64(find, 1, key);
        rc = store_step(s, find, &row, err);
        if (rc)
            return rc;
        struct sv id = row ? column_sv(find, 0) : SV_NONE;
        last->key = key;
        last->n = id.n < sizeof(last->bytes) ? id.n : sizeof(last->bytes);
        if (last->n)
            memcpy(last->bytes, id.p, last->n);
        sqlite3_reset(find);
    }
    *out = (struct sv){(const char *)last->bytes, last->n};
    return OK;
}

enum err store_each_span(struct store *s, bool (*visit)(void *ctx, const struct span_brief *span),
                         void *ctx, struct error *err)
{
    struct last_trace last = {0};
    sqlite3_stmt *stmt, *find;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_trace_each_span, &stmt, err);

    if (!rc)
        rc = store_statement(s, sql_queries_trace_find, &find, err);
    while (!rc && row) {
        struct span_brief span;

        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        span = (struct span_brief){
            .root = sqlite3_column_int(stmt, 1) != 0,
            .name = column_sv(stmt, 2),
            .status = column_number(stmt, 3),
            .started_us = column_number(stmt, 4),
            .ended_us = column_number(stmt, 5),
        };
        rc = trace_of(s, find, sqlite3_column_int64(stmt, 0), &last, &span.trace, err);
        if (!rc && !visit(ctx, &span))
            rc = no_memory(s, err);
    }
    if (!rc || row)
        sqlite3_reset(stmt);
    return rc;
}

enum err store_each_trace(struct store *s, const struct chunk_info *chunk,
                          bool (*visit)(void *ctx, int64_t place, const struct call_belongs *to),
                          void *ctx, struct error *err)
{
    int64_t first = chunk->number * CHUNK_ROWS + 1, place = 0;
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_trace_each_call, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, first + CHUNK_ROWS - 1);
    while (!rc && row && place < chunk->rows) {
        struct call_belongs to;

        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        to = (struct call_belongs){sqlite3_column_int64(stmt, 0), column_sv(stmt, 1),
                                   column_sv(stmt, 2)};
        if (!visit(ctx, place++, &to))
            rc = no_memory(s, err);
    }
    sqlite3_reset(stmt);
    return rc;
}
