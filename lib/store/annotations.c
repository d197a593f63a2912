/* annotations: see the header. */
#include "store/annotations.h"

#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

enum err store_annotate(struct store *s, const struct annotation *a, int64_t *id, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_annotation_put, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, a->at_us);
    sqlite3_bind_text(stmt, 2, a->kind.p, (int)a->kind.n, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, a->text.p, (int)a->text.n, SQLITE_STATIC);
    rc = store_run(s, stmt, err);
    sqlite3_clear_bindings(stmt);
    if (!rc)
        *id = sqlite3_last_insert_rowid(s->db);
    return rc;
}

enum err store_annotations(struct store *s, int64_t since_us, int64_t until_us,
                           enum err (*visit)(void *ctx, const struct annotation *a,
                                             struct error *err),
                           void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_annotations, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, since_us);
    sqlite3_bind_int64(stmt, 2, until_us);
    while (!rc && row) {
        struct annotation a;

        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        a = (struct annotation){.id = sqlite3_column_int64(stmt, 0),
                                .at_us = sqlite3_column_int64(stmt, 1),
                                .kind = column_sv(stmt, 2),
                                .text = column_sv(stmt, 3)};
        rc = visit(ctx, &a, err);
    }
    sqlite3_reset(stmt);
    return rc;
}

enum err store_annotation_drop(struct store *s, int64_t id, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_annotation_drop, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, id);
    rc = store_run(s, stmt, err);
    if (!rc && sqlite3_changes(s->db) == 0)
        return error_set(err, ERR_NOT_FOUND, "no mark has the number %lld", (long long)id);
    return rc;
}
