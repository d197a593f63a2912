/* verify: whether the database is whole, and what is derived is what the rows say. */
#include "store/verify.h"

#include <stdlib.h>
#include "base/buf.h"
#include "sql.h"
#include "store/id_runs.h"
#include "store/store_internal.h"
#include "base/banned.h"

struct checks {
    struct store *s;
    struct arena *a;
    struct verified *v;
    size_t n;
};

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* Texts are copied; words may be SV_NONE. */
static enum err add(struct checks *c, struct sv check, int64_t checked, int64_t bad,
                    struct sv words, struct error *err)
{
    struct verified *v = &c->v[c->n++];
    struct buf text = {0};

    *v = (struct verified){.checked = checked, .bad = bad};
    buf_sv(&text, check);
    buf_char(&text, '\0');
    buf_sv(&text, words);
    buf_char(&text, '\0');
    struct sv kept = text.failed ? SV_NONE : arena_copy(c->a, (struct sv){text.p, text.n});
    buf_release(&text);
    v->check = kept.p;
    v->words = kept.p && words.n ? kept.p + check.n + 1 : NULL;
    return kept.p ? OK : no_memory(c->s, err);
}

static struct sv column(sqlite3_stmt *stmt, int i)
{
    return sv_from((const char *)sqlite3_column_text(stmt, i));
}

/* Several lines as one. */
static void buf_line(struct buf *out, struct sv text)
{
    for (size_t i = 0; i < text.n; i++)
        buf_char(out, text.p[i] == '\n' ? ' ' : text.p[i]);
}

/* *whole: nothing is wrong with them. */
static enum err check_pages(struct checks *c, bool *whole, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    struct buf first = {0};
    int64_t pages = 0, bad = 0;
    int code = SQLITE_ERROR;
    enum err rc = store_pragma(c->s, "PRAGMA page_count", &pages, err);

    if (!rc &&
        sqlite3_prepare_v2(c->s->db, "PRAGMA integrity_check(100)", -1, &stmt, NULL) == SQLITE_OK)
        while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
            if (sv_is(column(stmt, 0), "ok"))
                continue;
            if (!bad++)
                buf_line(&first, column(stmt, 0));
        }
    if (!rc && code != SQLITE_DONE && (sqlite3_errcode(c->s->db) & 0xff) == SQLITE_CORRUPT) {
        if (!bad++)
            buf_str(&first, sqlite3_errmsg(c->s->db));
        code = SQLITE_DONE;
    }
    if (!rc && code != SQLITE_DONE)
        rc = store_db_error(c->s, err, NULL);
    sqlite3_finalize(stmt);
    if (!rc)
        rc = add(c, SV("pages and indexes"), pages, bad, (struct sv){first.p, first.n}, err);
    *whole = bad == 0;
    buf_release(&first);
    return rc;
}

static enum err check_chunks(struct checks *c, struct error *err)
{
    struct error why;
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    int64_t checked = 0, bad = 0;
    struct error first = {.code = OK}, damage;
    enum err rc = store_chunks(c->s, &chunks, &n, &why);

    if (rc == ERR_DB)
        return add(c, SV("column chunks"), 0, 1, sv_from(why.msg), err);
    if (rc)
        *err = why;
    for (size_t i = 0; i < n && !rc; i++) {
        bool stored = false;

        rc = store_verify_chunk(c->s, chunks[i].number, &stored, &damage, err);
        checked += stored;
        if (!rc && damage.code && !bad++)
            first = damage;
    }
    free(chunks);
    return rc ? rc : add(c, SV("column chunks"), checked, bad, sv_from(first.msg), err);
}

static enum err check_runs(struct checks *c, struct error *err)
{
    int64_t checked, bad;
    enum err rc = id_runs_verify(c->s, &checked, &bad, err);

    return rc ? rc : add(c, SV("id runs"), checked, bad, SV_NONE, err);
}

static enum err check_values(struct checks *c, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(c->s, sql_queries_verify_values, &stmt, err);

    if (!rc)
        rc = store_step(c->s, stmt, &row, err);
    if (rc)
        return rc;
    rc = add(c, SV("values of calls"), sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
             SV_NONE, err);
    sqlite3_reset(stmt);
    return rc;
}

static enum err check_references(struct checks *c, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(c->s, sql_queries_verify_references, &stmt, err);

    while (!rc && c->n < VERIFY_MOST && !(rc = store_step(c->s, stmt, &row, err)) && row)
        rc = add(c, column(stmt, 0), sqlite3_column_int64(stmt, 1), sqlite3_column_int64(stmt, 2),
                 SV_NONE, err);
    if (!rc)
        sqlite3_reset(stmt);
    return rc;
}

enum err store_verify(struct store *s, struct arena *a, struct verified out[VERIFY_MOST], size_t *n,
                      struct error *err)
{
    struct checks c = {.s = s, .a = a, .v = out};
    bool whole = false;
    enum err rc = store_exec(s, "BEGIN", err);

    if (rc)
        return rc;
    rc = check_pages(&c, &whole, err);
    if (!rc && whole)
        rc = check_chunks(&c, err);
    if (!rc && whole)
        rc = check_runs(&c, err);
    if (!rc && whole)
        rc = check_values(&c, err);
    if (!rc && whole)
        rc = check_references(&c, err);
    sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    *n = c.n;
    return rc;
}
