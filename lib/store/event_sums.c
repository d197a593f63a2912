/* event_sums: see the header. */
#include "store/event_sums.h"

#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

enum err store_event_sums(struct store *s, enum event_kind kind, int64_t since_us, int64_t until_us,
                          int64_t step_us,
                          enum err (*visit)(void *ctx, const struct event_sum *sum,
                                            struct error *err),
                          void *ctx, struct error *err)
{
    static const unsigned char *const queries[EVENT_KINDS] = {
        [EVENT_SCORE] = sql_queries_event_sums_scores,
        [EVENT_BRANCH] = sql_queries_event_sums_branches,
        [EVENT_TOOL] = sql_queries_event_sums_tools,
    };
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, queries[kind], &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, sqlite3_bind_parameter_index(stmt, ":since"), since_us);
    sqlite3_bind_int64(stmt, sqlite3_bind_parameter_index(stmt, ":until"), until_us);
    sqlite3_bind_int64(stmt, sqlite3_bind_parameter_index(stmt, ":step"), step_us);
    while (!rc && row) {
        const void *p;
        struct event_sum sum;

        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        p = sqlite3_column_blob(stmt, 0);
        sum = (struct event_sum){
            .name = {p ? p : "", (size_t)sqlite3_column_bytes(stmt, 0)},
            .period = sqlite3_column_int64(stmt, 1),
            .n = sqlite3_column_int64(stmt, 2),
            .sum_millionths = sqlite3_column_int64(stmt, 3),
        };
        rc = visit(ctx, &sum, err);
    }
    sqlite3_reset(stmt);
    return rc;
}
