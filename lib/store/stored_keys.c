/* stored_keys: see the header. */
#include "store/stored_keys.h"

#include <stdlib.h>
#include "base/large.h"
#include "sql.h"
#include "store/id_runs.h"
#include "base/banned.h"

#define PREFETCH_AHEAD 16
#define POOL_BYTES ((size_t)2 << 20)
#define POOL_BLOCKS (POOL_BYTES / sizeof(struct run_block))

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory for the keys of calls", s->path);
}

/* ---- opening ------------------------------------------------------------------------------ */

static enum err add_run(struct stored_keys *k, struct store *s, const struct run *r,
                        const uint64_t *directory, size_t n, struct error *err)
{
    struct stored_run *x;

    if (k->n_runs == k->cap_runs) {
        size_t cap = k->cap_runs ? 2 * k->cap_runs : 64;
        struct stored_run *grown = realloc(k->runs, cap * sizeof(*grown));

        if (!grown)
            return no_memory(s, err);
        k->runs = grown;
        k->cap_runs = cap;
    }
    x = &k->runs[k->n_runs++];
    *x = (struct stored_run){.run = *r, .n = n};
    x->directory = malloc(n * sizeof(*x->directory));
    x->blocks = calloc(n, sizeof(struct run_block *));
    if (!x->directory || !x->blocks)
        return no_memory(s, err);
    memcpy(x->directory, directory, n * sizeof(*directory));
    return OK;
}

/* From the rows. */
static enum err add_rest(struct store *s, int64_t first, int64_t last, struct keyset *rest,
                         struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, sql_queries_id_run_keys, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, last);
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row) {
        int64_t call_id = sqlite3_column_int64(stmt, 0);

        if (call_id > UINT32_MAX)
            rc = error_set(err, ERR_RANGE, "%s: more than %u calls", s->path, UINT32_MAX);
        else if (!keyset_put(rest, (uint64_t)sqlite3_column_int64(stmt, 1), (uint32_t)call_id))
            rc = no_memory(s, err);
    }
    sqlite3_reset(stmt);
    return rc;
}

enum err stored_keys_open(struct stored_keys *k, struct store *s, struct keyset *rest,
                          struct error *err)
{
    uint64_t directory[RUN_MOST_BLOCKS];
    struct run r = {.kind = RUN_KEYS};
    int64_t rows = 0;
    enum err rc = id_runs_rows(s, RUN_KEYS, &rows, err);

    if (!rc && rows > UINT32_MAX)
        return error_set(err, ERR_RANGE, "%s: more than %u calls", s->path, UINT32_MAX);
    for (int64_t row = 1; !rc && row <= rows; row += run_rows(&r)) {
        size_t n;

        rc = id_runs_at(s, RUN_KEYS, row, &r, directory, &n, err);
        if (!rc && n)
            rc = add_run(k, s, &r, directory, n, err);
        else if (!rc)
            rc = add_rest(s, row, row + run_rows(&r) - 1, rest, err);
    }
    return rc;
}

/* ---- blocks ------------------------------------------------------------------------------- */

/* In small pieces, touching memory for the first time costs more than reading a block into it. */
static bool add_pool(struct stored_keys *k)
{
    struct run_block **grown = realloc(k->pools, (k->n_pools + 1) * sizeof(*grown));

    if (!grown)
        return false;
    k->pools = grown;
    k->pools[k->n_pools] = large_alloc(POOL_BYTES);
    if (!k->pools[k->n_pools])
        return false;
    k->n_pools++;
    k->left = POOL_BLOCKS;
    return true;
}

static enum err block_of(struct stored_keys *k, struct store *s, struct stored_run *x, size_t b,
                         struct error *err)
{
    struct run_block *block;
    enum err rc;

    if (x->blocks[b])
        return OK;
    if (!k->left && !add_pool(k))
        return no_memory(s, err);
    block = k->pools[k->n_pools - 1] + (POOL_BLOCKS - k->left);
    rc = run_block_get(s, &x->run, b, block, err);
    if (rc)
        return rc;
    x->blocks[b] = block;
    k->left--;
    k->blocks_read++;
    return OK;
}

static void release_runs(struct stored_keys *k)
{
    for (size_t i = 0; i < k->n_runs; i++) {
        free(k->runs[i].directory);
        free(k->runs[i].blocks);
    }
    for (size_t i = 0; i < k->n_pools; i++)
        free(k->pools[i]);
    free(k->runs);
    free(k->pools);
    k->runs = NULL;
    k->pools = NULL;
    k->n_runs = k->cap_runs = k->n_pools = k->left = 0;
}

/* ---- loading ------------------------------------------------------------------------------ */

/* Calls whose keys have one fingerprint follow each other. */
static bool load_entry(struct stored_keys *k, const struct run *r, uint64_t entry)
{
    uint64_t key = entry & ~(uint64_t)(RUN_LARGE_ROWS - 1);

    while (keyset_find(&k->table, key))
        key++;
    return keyset_put(&k->table, key, (uint32_t)run_row(r, entry));
}

static enum err load_run(struct stored_keys *k, struct store *s, struct stored_run *x,
                         struct error *err)
{
    enum err rc = OK;

    for (size_t b = 0; b < x->n && x->directory[0] != UINT64_MAX && !rc; b++) {
        rc = block_of(k, s, x, b, err);
        for (size_t i = 0; !rc && i < x->blocks[b]->n; i++) {
            const struct run_block *block = x->blocks[b];

            if (i + PREFETCH_AHEAD < block->n)
                keyset_prefetch(&k->table, run_block_entry(block, i + PREFETCH_AHEAD) &
                                               ~(uint64_t)(RUN_LARGE_ROWS - 1));
            if (!load_entry(k, &x->run, run_block_entry(block, i)))
                rc = no_memory(s, err);
        }
    }
    return rc;
}

static enum err load(struct stored_keys *k, struct store *s, struct error *err)
{
    uint64_t rows = 0;
    enum err rc = OK;

    for (size_t i = 0; i < k->n_runs; i++)
        rows += (uint64_t)run_rows(&k->runs[i].run);
    if (!keyset_reserve(&k->table, rows))
        return no_memory(s, err);
    for (size_t i = 0; i < k->n_runs && !rc; i++)
        rc = load_run(k, s, &k->runs[i], err);
    release_runs(k);
    k->loaded = !rc;
    return rc;
}

/* ---- finding ------------------------------------------------------------------------------ */

/* *call_id: the call, when its row says that it has this key. */
static enum err look_at(struct store *s, int64_t call, uint64_t key, int64_t *call_id,
                        struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_call_key, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, call);
    rc = store_step(s, stmt, &row, err);
    if (rc || !row)
        return rc;
    if ((uint64_t)sqlite3_column_int64(stmt, 0) == key)
        *call_id = call;
    sqlite3_reset(stmt);
    return OK;
}

static enum err find_in_table(const struct stored_keys *k, struct store *s, uint64_t key,
                              int64_t *call_id, struct error *err)
{
    enum err rc = OK;
    uint32_t call;

    for (uint64_t at = key_entry(key); !rc && !*call_id && (call = keyset_find(&k->table, at));
         at++)
        rc = look_at(s, call, key, call_id, err);
    return rc;
}

static enum err find_in_run(struct stored_keys *k, struct store *s, struct stored_run *x,
                            uint64_t key, int64_t *call_id, struct error *err)
{
    uint64_t first = key_entry(key), last = first | (RUN_LARGE_ROWS - 1);
    enum err rc = OK;

    for (size_t b = run_directory_from(x->directory, x->n, first);
         b < x->n && x->directory[b] <= last && !rc && !*call_id; b++) {
        rc = block_of(k, s, x, b, err);
        for (size_t i = rc ? 0 : run_block_from(x->blocks[b], first);
             !rc && !*call_id && i < x->blocks[b]->n; i++) {
            uint64_t entry = run_block_entry(x->blocks[b], i);

            if (entry > last)
                break;
            rc = look_at(s, run_row(&x->run, entry), key, call_id, err);
        }
    }
    return rc;
}

enum err stored_keys_find(struct stored_keys *k, struct store *s, uint64_t key, int64_t *call_id,
                          struct error *err)
{
    enum err rc = OK;

    *call_id = 0;
    if (k->n_runs && ++k->asked > STORED_KEYS_PATIENCE)
        rc = load(k, s, err);
    if (rc)
        return rc;
    if (k->loaded)
        return find_in_table(k, s, key, call_id, err);
    for (size_t i = 0; i < k->n_runs && !rc && !*call_id; i++)
        rc = find_in_run(k, s, &k->runs[i], key, call_id, err);
    return rc;
}

void stored_keys_release(struct stored_keys *k)
{
    release_runs(k);
    keyset_release(&k->table);
    *k = (struct stored_keys){.table.seed = k->table.seed};
}
