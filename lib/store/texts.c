/* texts: what is stored of the texts of calls. */
#include "store/texts.h"

#include <stdlib.h>
#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

static enum err take_text(struct store *s, sqlite3_stmt *stmt, struct arena *a,
                          struct stored_text out[TEXT_SIDES], struct error *err)
{
    const void *p = sqlite3_column_blob(stmt, 1);
    struct sv text = {p ? p : "", (size_t)sqlite3_column_bytes(stmt, 1)};
    int side = sqlite3_column_int(stmt, 0);

    if (side < 0 || side >= TEXT_SIDES)
        return OK;
    out[side] = (struct stored_text){.text = arena_copy(a, text),
                                     .chars = sqlite3_column_int64(stmt, 2),
                                     .cut = sqlite3_column_int(stmt, 3) != 0};
    return out[side].text.p ? OK : error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

enum err store_texts(struct store *s, int64_t call_id, struct arena *a,
                     struct stored_text out[TEXT_SIDES], struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_texts_of_call, &stmt, err);

    for (int i = 0; i < TEXT_SIDES; i++)
        out[i] = (struct stored_text){0};
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, call_id);
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        rc = take_text(s, stmt, a, out, err);
    sqlite3_reset(stmt);
    return rc;
}

enum err store_whole_text(struct store *s, int64_t call_id, enum text_side side, struct arena *a,
                          struct sv *out, bool *changed, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err rc = store_statement(s, sql_queries_text_whole, &stmt, err);

    *out = SV_NONE;
    *changed = false;
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, call_id);
    sqlite3_bind_int64(stmt, 2, side);
    rc = store_step(s, stmt, &row, err);
    if (!rc && row) {
        *changed = sqlite3_column_int(stmt, 0) != 0;
        if (!*changed) {
            const void *p = sqlite3_column_blob(stmt, 1);

            *out = arena_copy(a, (struct sv){p ? p : "", (size_t)sqlite3_column_bytes(stmt, 1)});
        }
        if (!*changed && !out->p)
            rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    }
    sqlite3_reset(stmt);
    return rc;
}

enum err store_each_text(struct store *s, enum text_side side,
                         bool (*visit)(void *ctx, int64_t call_id), void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_texts_of_side, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, side);
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        if (!visit(ctx, sqlite3_column_int64(stmt, 0)))
            rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    sqlite3_reset(stmt);
    return rc;
}

enum err store_scored_calls(struct store *s, int64_t **out, size_t *n, struct error *err)
{
    int64_t *ids = NULL;
    size_t count = 0, cap = 0;
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_scored_calls, &stmt, err);

    if (rc)
        return rc;
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row) {
        if (count == cap) {
            int64_t *grown = realloc(ids, (cap ? 2 * cap : 256) * sizeof(*grown));

            if (!grown) {
                rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
                break;
            }
            ids = grown;
            cap = cap ? 2 * cap : 256;
        }
        ids[count++] = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_reset(stmt);
    if (rc) {
        free(ids);
        return rc;
    }
    *out = ids;
    *n = count;
    return OK;
}

/* ---- redactions --------------------------------------------------------------------------- */

static enum err put_text(struct store *s, int64_t key, struct sv text, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_text_change, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, text.p, (int)text.n, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, key);
    rc = store_run(s, stmt, err);
    sqlite3_clear_bindings(stmt);
    return rc;
}

static enum err add_redactions(struct store *s, int64_t key, const struct redaction *list, size_t n,
                               struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_redaction_add, &stmt, err);

    for (size_t i = 0; !rc && i < n; i++) {
        sqlite3_bind_int64(stmt, 1, key);
        sqlite3_bind_text(stmt, 2, list[i].kind.p, (int)list[i].kind.n, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 3, list[i].n);
        rc = store_run(s, stmt, err);
    }
    return rc;
}

/* The statement is reset before the row it gave is changed, so its text is copied. */
static enum err next_text(struct store *s, int64_t *key, struct arena *a, struct sv *text,
                          bool *row, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_texts_next, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, *key);
    rc = store_step(s, stmt, row, err);
    if (rc || !*row)
        return rc;
    *key = sqlite3_column_int64(stmt, 0);
    const void *p = sqlite3_column_blob(stmt, 1);
    *text = arena_copy(a, (struct sv){p ? p : "", (size_t)sqlite3_column_bytes(stmt, 1)});
    sqlite3_reset(stmt);
    return text->p ? OK : error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

static enum err note_the_others(struct store *s, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_redaction_none, &stmt, err);

    return rc ? rc : store_run(s, stmt, err);
}

enum err store_redact_texts(struct store *s, bool commit,
                            enum err (*redact)(void *ctx, struct sv text, struct sv *out,
                                               const struct redaction **list, size_t *n,
                                               struct error *err),
                            void *ctx, struct error *err)
{
    struct arena arena = {0};
    int64_t key = INT64_MIN;
    bool row = true;
    enum err rc = store_exec(s, "PRAGMA secure_delete = ON; BEGIN IMMEDIATE", err);

    while (!rc) {
        const struct redaction *list = NULL;
        struct sv text, changed;
        size_t n = 0;

        rc = next_text(s, &key, &arena, &text, &row, err);
        if (rc || !row)
            break;
        rc = redact(ctx, text, &changed, &list, &n, err);
        if (!rc && n)
            rc = put_text(s, key, changed, err);
        if (!rc && n)
            rc = add_redactions(s, key, list, n, err);
        arena_reset(&arena);
    }
    arena_release(&arena);
    if (!rc)
        rc = note_the_others(s, err);
    if (!rc && commit)
        rc = store_exec(s, "COMMIT", err);
    if (!sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

enum err store_has_redactions(struct store *s, bool *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_redactions_any, &stmt, err);

    if (!rc)
        rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    *out = sqlite3_column_int(stmt, 0) != 0;
    sqlite3_reset(stmt);
    return OK;
}

enum err store_each_redaction(struct store *s,
                              bool (*visit)(void *ctx, int64_t call_id, struct sv kind, int64_t n),
                              void *ctx, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_redactions, &stmt, err);

    if (rc)
        return rc;
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        if (!visit(ctx, sqlite3_column_int64(stmt, 0) / 4, column_sv(stmt, 1),
                   sqlite3_column_int64(stmt, 2)))
            rc = error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    sqlite3_reset(stmt);
    return rc;
}
