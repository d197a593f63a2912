/* case_scores: see the header. */
#include "store/case_scores.h"

#include "base/buf.h"
#include "sql.h"
#include "store/packed_id.h"
#include "store/store_internal.h"
#include "base/banned.h"

static struct maybe_i64 column_whole(sqlite3_stmt *stmt, int column)
{
    return (struct maybe_i64){sqlite3_column_int64(stmt, column),
                              sqlite3_column_type(stmt, column) != SQLITE_NULL};
}

/* The row's case id, unpacked into text. */
static struct sv case_id(sqlite3_stmt *stmt, struct buf *text)
{
    struct sv packed = column_sv(stmt, 0);

    buf_reset(text);
    if (!packed.p || !buf_reserve(text, PACKED_ID_TEXT_ROOM(packed.n)))
        return SV_NONE;
    return packed_id_unpack(packed.p, packed.n, text->p);
}

static struct stored_case row_of(sqlite3_stmt *stmt, struct buf *text)
{
    return (struct stored_case){
        .case_id = case_id(stmt, text),
        .metric = column_sv(stmt, 1),
        .value = {sqlite3_column_double(stmt, 2), sqlite3_column_type(stmt, 2) != SQLITE_NULL},
        .passed = column_whole(stmt, 3),
        .run = column_sv(stmt, 4),
        .cluster = column_sv(stmt, 5),
        .path = column_sv(stmt, 6),
        .source_id = sqlite3_column_int64(stmt, 7),
        .line = sqlite3_column_int64(stmt, 8),
        .cost_nusd = column_whole(stmt, 9),
        .input_tokens = column_whole(stmt, 10),
        .output_tokens = column_whole(stmt, 11),
        .total_tokens = column_whole(stmt, 12),
        .latency_us = column_whole(stmt, 13),
    };
}

enum err store_case_scores(struct store *s,
                           enum err (*visit)(void *ctx, const struct stored_case *c,
                                             struct error *err),
                           void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    struct buf text = {0};
    bool row = true;
    enum err rc = store_statement(s, sql_queries_case_scores, &stmt, err);

    if (rc)
        return rc;
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (!rc && row) {
            struct stored_case c = row_of(stmt, &text);

            rc = text.failed ? error_set(err, ERR_NOMEM, "out of memory for the id of a case")
                             : visit(ctx, &c, err);
        }
    }
    sqlite3_reset(stmt);
    buf_release(&text);
    return rc;
}
