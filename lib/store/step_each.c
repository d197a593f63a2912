/* step_each: see the header. */
#include "store/step_each.h"

#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

/* A damaged or foolish log must not give a time below 0. */
static int64_t latency_of(const struct step_brief *step)
{
    int64_t v = step->latency_us;

    if (v == CALL_MISSING && step->started_us != CALL_MISSING && step->ended_us != CALL_MISSING &&
        __builtin_sub_overflow(step->ended_us, step->started_us, &v))
        return CALL_MISSING;
    return v < 0 ? CALL_MISSING : v;
}

static void read_step(sqlite3_stmt *stmt, struct step_brief *out)
{
    *out = (struct step_brief){
        .id = sqlite3_column_int64(stmt, 0),
        .call_id = column_number(stmt, 1),
        .session_key = column_number(stmt, 2),
        .trace = column_sv(stmt, 3),
        .request = column_sv(stmt, 4),
        .name = column_sv(stmt, 5),
        .from = column_sv(stmt, 6),
        .condition = column_sv(stmt, 7),
        .detail = column_sv(stmt, 8),
        .kind = column_sv(stmt, 9),
        .span = column_sv(stmt, 10),
        .parent = column_sv(stmt, 11),
        .error_kind = column_number(stmt, 12),
        .started_us = column_number(stmt, 13),
        .ended_us = column_number(stmt, 14),
        .latency_us = column_number(stmt, 15),
        .status = column_number(stmt, 16),
        .result = column_number(stmt, 17),
        .version = column_sv(stmt, 18),
    };
    out->latency_us = latency_of(out);
}

enum err store_each_step(struct store *s, enum step_table table,
                         bool (*visit)(void *ctx, const struct step_brief *step), void *ctx,
                         struct error *err)
{
    static const unsigned char *const queries[] = {
        [EACH_TOOL] = sql_queries_step_tools,
        [EACH_BRANCH] = sql_queries_step_branches,
        [EACH_SPAN] = sql_queries_step_spans,
    };
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, queries[table], &stmt, err);

    if (rc)
        return rc;
    while (!rc && row) {
        struct step_brief step;

        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        read_step(stmt, &step);
        if (!visit(ctx, &step))
            rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    }
    sqlite3_reset(stmt);
    return rc;
}

enum err store_call_columns(struct store *s, int64_t call_id, int64_t out[C_COUNT], bool *known,
                            struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_chunk_rows, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, call_id);
    sqlite3_bind_int64(stmt, 2, call_id);
    rc = store_step(s, stmt, known, err);
    if (rc || !*known)
        return rc;
    for (int c = 0; c < C_COUNT; c++)
        out[c] = column_number(stmt, c);
    sqlite3_reset(stmt);
    return OK;
}
