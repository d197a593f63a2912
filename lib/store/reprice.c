/* reprice: a chunk's columns are read, priced, and those of the cost written back. */
#include "store/reprice.h"

#include <stdlib.h>
#include "sql.h"
#include "store/merge.h"
#include "store/prices.h"
#include "store/pricing.h"
#include "store/store_internal.h"
#include "base/banned.h"

#define COLUMNS (PRICING_COLUMNS | CALL_BIT(C_COST_COMPUTED_NUSD) | CALL_BIT(C_PRICE_ID))
#define IDS_MAX 256 /* rows of prices remembered at a time */

struct work {
    struct store *store;
    const struct reprice_spec *spec;
    struct pricing pricing;
    struct {
        const struct price_row *row;
        int64_t id;
    } ids[IDS_MAX];  /* of rows that were stored in this run, by their address */
    int64_t *values; /* room of cols */
    int64_t *cols[C_COUNT];
    int64_t *call_ids;
    bool touched; /* a row of this chunk was written */
    int64_t changed;
};

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

static enum err price_id(struct work *w, const struct price_row *row, int64_t *id,
                         struct error *err)
{
    size_t slot = hash_mix((uint64_t)(uintptr_t)row) % IDS_MAX;
    enum err rc = OK;

    if (w->ids[slot].row != row) {
        rc = store_price_put(w->store, row, false, &w->ids[slot].id, err);
        w->ids[slot].row = rc ? NULL : row;
    }
    *id = w->ids[slot].id;
    return rc;
}

/* The ids of a chunk's rows, which have gaps where somebody deleted calls. */
static enum err read_ids(struct work *w, const struct chunk_info *chunk, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    int64_t n = 0;
    enum err rc = store_statement(w->store, sql_queries_reprice_ids, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, chunk->number * CHUNK_ROWS + 1);
    sqlite3_bind_int64(stmt, 2, (chunk->number + 1) * CHUNK_ROWS);
    while (!(rc = store_step(w->store, stmt, &row, err)) && row && n < chunk->rows)
        w->call_ids[n++] = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    if (!rc && n != chunk->rows)
        rc = error_set(err, ERR_DB, "%s: damaged: chunk %lld has other calls than its rows",
                       w->store->path, (long long)chunk->number);
    return rc;
}

static void bind_maybe(sqlite3_stmt *stmt, int i, int64_t v)
{
    if (v == CALL_MISSING)
        sqlite3_bind_null(stmt, i);
    else
        sqlite3_bind_int64(stmt, i, v);
}

static enum err update(struct work *w, int64_t i, int64_t cost, int64_t price, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(w->store, sql_queries_reprice_call, &stmt, err);

    if (rc)
        return rc;
    bind_maybe(stmt, 1, cost);
    bind_maybe(stmt, 2, price);
    sqlite3_bind_int64(stmt, 3, w->call_ids[i]);
    w->cols[C_COST_COMPUTED_NUSD][i] = cost;
    w->cols[C_PRICE_ID][i] = price;
    return store_run(w->store, stmt, err);
}

static bool is_wanted(const struct work *w, int64_t i)
{
    const struct reprice_spec *spec = w->spec;
    int64_t us = w->cols[F_STARTED_US][i];

    if (spec->only_unpriced && w->cols[C_COST_COMPUTED_NUSD][i] != CALL_MISSING)
        return false;
    if (!spec->since_known && !spec->until_known)
        return true;
    return us != CALL_MISSING && (!spec->since_known || us >= spec->since_us) &&
           (!spec->until_known || us < spec->until_us);
}

static enum err price_row(struct work *w, int64_t i, struct error *err)
{
    int64_t values[C_COUNT], cost = CALL_MISSING, id = CALL_MISSING;
    struct priced priced;
    enum err rc;

    for (uint64_t left = PRICING_COLUMNS; left; left &= left - 1)
        values[__builtin_ctzll(left)] = w->cols[__builtin_ctzll(left)][i];
    rc = pricing_call(&w->pricing, values, &priced, err);
    if (!rc && !priced.lack) {
        cost = priced.cost_nusd;
        rc = price_id(w, priced.row, &id, err);
    }
    if (rc || (cost == w->cols[C_COST_COMPUTED_NUSD][i] && id == w->cols[C_PRICE_ID][i]))
        return rc;
    w->touched = true;
    w->changed += cost != w->cols[C_COST_COMPUTED_NUSD][i];
    return update(w, i, cost, id, err);
}

static enum err reprice_chunk(struct work *w, const struct chunk_info *chunk, struct error *err)
{
    enum err rc = store_read_columns(w->store, chunk, COLUMNS, w->cols, err);

    w->touched = false;
    if (!rc)
        rc = read_ids(w, chunk, err);
    for (int64_t i = 0; i < chunk->rows && !rc; i++)
        if (is_wanted(w, i))
            rc = price_row(w, i, err);
    if (!rc && w->touched)
        rc = store_replace_columns(
            w->store, chunk, CALL_BIT(C_COST_COMPUTED_NUSD) | CALL_BIT(C_PRICE_ID), w->cols, err);
    return rc;
}

/* A chunk with its transaction. */
static enum err reprice_at_once(struct work *w, const struct chunk_info *chunk, struct error *err)
{
    enum err rc = store_exec(w->store, "BEGIN IMMEDIATE", err);

    if (rc)
        return rc;
    rc = reprice_chunk(w, chunk, err);
    if (!rc)
        rc = store_exec(w->store, "COMMIT", err);
    if (rc)
        sqlite3_exec(w->store->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

static enum err make_room(struct work *w, struct error *err)
{
    size_t n = (size_t)__builtin_popcountll(COLUMNS) + 1, k = 0;

    w->values = malloc(n * CHUNK_ROWS * sizeof(*w->values));
    if (!w->values)
        return no_memory(w->store, err);
    w->call_ids = w->values;
    for (uint64_t left = COLUMNS; left; left &= left - 1)
        w->cols[__builtin_ctzll(left)] = w->values + ++k * CHUNK_ROWS;
    return OK;
}

enum err store_reprice(struct store *s, const struct reprice_spec *spec, int64_t *changed,
                       struct error *err)
{
    struct work *w = calloc(1, sizeof(*w));
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    enum err rc;

    if (!w)
        return no_memory(s, err);
    w->store = s;
    w->spec = spec;
    pricing_init(&w->pricing, s, spec->book);
    rc = make_room(w, err);
    if (!rc)
        rc = store_chunks(s, &chunks, &n, err);
    store_read_done(s); /* the one writer alone is at work: nobody changes what was listed */
    for (size_t i = 0; i < n && !rc; i++)
        rc = reprice_at_once(w, &chunks[i], err);
    *changed = w->changed;
    free(chunks);
    free(w->values);
    free(w);
    return rc;
}
