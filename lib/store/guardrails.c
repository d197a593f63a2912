/* guardrails: which ones were triggered in which calls. */
#include "store/guardrails.h"

#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

enum err store_each_guardrail(struct store *s,
                              bool (*visit)(void *ctx, int64_t identity_key, struct sv rule,
                                            struct sv action),
                              void *ctx, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_guardrails, &stmt, err);

    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        if (!visit(ctx, sqlite3_column_int64(stmt, 0), column_sv(stmt, 1), column_sv(stmt, 2)))
            rc = error_set(err, ERR_NOMEM, "out of memory for guardrails");
    if (stmt)
        sqlite3_reset(stmt);
    return rc;
}
