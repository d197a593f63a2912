/* prices: rows of table price. */
#include "store/prices.h"

#include "base/buf.h"
#include "price/price_tsv.h"
#include "sql.h"
#include "store/store_internal.h"
#include "base/banned.h"

static void bind_text(sqlite3_stmt *stmt, int *next, struct sv text)
{
    if (!text.n || sqlite3_bind_text64(stmt, *next, text.p, text.n, SQLITE_STATIC, SQLITE_UTF8))
        sqlite3_bind_null(stmt, *next);
    ++*next;
}

static void bind_maybe(sqlite3_stmt *stmt, int *next, struct maybe_i64 x)
{
    if (x.known)
        sqlite3_bind_int64(stmt, *next, x.v);
    else
        sqlite3_bind_null(stmt, *next);
    ++*next;
}

static void bind_i64(sqlite3_stmt *stmt, int *next, int64_t v)
{
    sqlite3_bind_int64(stmt, (*next)++, v);
}

static enum err run_for(struct store *s, const unsigned char *sql, int64_t id, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, id);
    return store_run(s, stmt, err);
}

enum err store_price_put(struct store *s, const struct price_row *row, bool active, int64_t *id,
                         struct error *err)
{
    struct buf tiers = {0};
    sqlite3_stmt *stmt;
    bool there;
    int next = 1;
    enum err rc = store_statement(s, sql_queries_price_put, &stmt, err);

    if (rc)
        return rc;
    price_format_tiers(row, &tiers);
    if (tiers.failed)
        return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
    bind_text(stmt, &next, sv_from(price_origin_names[row->origin]));
    bind_i64(stmt, &next, active);
    bind_i64(stmt, &next, (int64_t)price_row_fingerprint(row));
    bind_text(stmt, &next, row->provider);
    bind_text(stmt, &next, row->model);
    bind_text(stmt, &next, row->match);
    bind_i64(stmt, &next, row->named_only);
    bind_i64(stmt, &next, row->embedding);
    bind_text(stmt, &next, row->service_tier);
    for (int k = 0; k < PRICE_COUNT; k++)
        bind_maybe(stmt, &next, row->price[k]);
    bind_text(stmt, &next, (struct sv){tiers.p, tiers.n});
    bind_maybe(stmt, &next, row->context_window);
    bind_maybe(stmt, &next, row->max_output);
    bind_maybe(stmt, &next, row->from_us);
    bind_maybe(stmt, &next, row->until_us);
    bind_text(stmt, &next, row->sources);
    bind_text(stmt, &next, row->note);
    rc = store_step(s, stmt, &there, err);
    if (!rc && there) {
        *id = sqlite3_column_int64(stmt, 0);
        rc = store_run(s, stmt, err);
    }
    buf_release(&tiers);
    return rc || !active ? rc : run_for(s, sql_queries_price_supersede, *id, err);
}

enum err store_price_retire(struct store *s, int64_t id, struct error *err)
{
    return run_for(s, sql_queries_price_retire, id, err);
}

enum err store_prices_begin(struct store *s, struct error *err)
{
    return store_exec(s, "BEGIN IMMEDIATE", err);
}

enum err store_prices_end(struct store *s, enum err rc, struct error *err)
{
    if (!rc)
        rc = store_exec(s, "COMMIT", err);
    if (rc)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

static struct sv text_at(sqlite3_stmt *stmt, int *column)
{
    const void *p = sqlite3_column_blob(stmt, *column);
    struct sv text = {p, (size_t)sqlite3_column_bytes(stmt, *column)};

    ++*column;
    return p ? text : SV_NONE;
}

static struct maybe_i64 maybe_at(sqlite3_stmt *stmt, int *column)
{
    struct maybe_i64 x = {sqlite3_column_int64(stmt, *column),
                          sqlite3_column_type(stmt, *column) != SQLITE_NULL};

    ++*column;
    return x;
}

/* False for a row that this program did not write. */
static bool read_row(sqlite3_stmt *stmt, struct price_row *row)
{
    struct sv origin;
    int c = 1;

    *row = (struct price_row){.origin = PRICE_ORIGIN_COUNT};
    origin = text_at(stmt, &c);
    for (int o = 0; o < PRICE_ORIGIN_COUNT; o++)
        if (sv_is(origin, price_origin_names[o]))
            row->origin = (enum price_origin)o;
    c += 2; /* active, fingerprint */
    row->provider = text_at(stmt, &c);
    row->model = text_at(stmt, &c);
    row->match = text_at(stmt, &c);
    row->named_only = maybe_at(stmt, &c).v != 0;
    row->embedding = maybe_at(stmt, &c).v != 0;
    row->service_tier = text_at(stmt, &c);
    for (int k = 0; k < PRICE_COUNT; k++)
        row->price[k] = maybe_at(stmt, &c);
    if (!price_parse_tiers(text_at(stmt, &c), row))
        return false;
    row->context_window = maybe_at(stmt, &c);
    row->max_output = maybe_at(stmt, &c);
    row->from_us = maybe_at(stmt, &c);
    row->until_us = maybe_at(stmt, &c);
    row->sources = text_at(stmt, &c);
    row->note = text_at(stmt, &c);
    return row->origin != PRICE_ORIGIN_COUNT;
}

enum err store_price_rows(struct store *s,
                          enum err (*visit)(void *ctx, int64_t id, bool active,
                                            const struct price_row *row, struct error *err),
                          void *ctx, struct error *err)
{
    struct price_row row;
    sqlite3_stmt *stmt = NULL;
    bool there = true;
    enum err rc = store_statement(s, sql_queries_price_rows, &stmt, err);

    while (!rc && !(rc = store_step(s, stmt, &there, err)) && there) {
        int64_t id = sqlite3_column_int64(stmt, 0);

        if (!read_row(stmt, &row))
            rc = error_set(err, ERR_DB, "%s: damaged: price %lld", s->path, (long long)id);
        else
            rc = visit(ctx, id, sqlite3_column_int(stmt, 2) != 0, &row, err);
    }
    sqlite3_reset(stmt); /* accepts NULL */
    return rc;
}

static enum err add_active(void *ctx, int64_t id, bool active, const struct price_row *row,
                           struct error *err)
{
    (void)id;
    return active ? price_book_add(ctx, row, err) : OK;
}

enum err store_prices_load(struct store *s, struct price_book *book, struct error *err)
{
    return store_price_rows(s, add_active, book, err);
}
