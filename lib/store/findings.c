/* findings: what scanning found in the texts of calls. */
#include "store/findings.h"

#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

enum err store_each_finding(struct store *s,
                            bool (*visit)(void *ctx, int64_t call_id, struct sv kind, bool output,
                                          int64_t n),
                            void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_findings, &stmt, err);

    if (rc)
        return rc;
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        if (!visit(ctx, sqlite3_column_int64(stmt, 0), column_sv(stmt, 1),
                   sqlite3_column_int(stmt, 2) != 0, sqlite3_column_int64(stmt, 3)))
            rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    sqlite3_reset(stmt);
    return rc;
}
