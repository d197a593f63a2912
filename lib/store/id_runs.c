/* id_runs: see the header. */
#include "store/id_runs.h"

#include <stdlib.h>
#include "base/hash.h"
#include "sql.h"
#include "store/packed_id.h"
#include "base/banned.h"

#define PREFIX_DIGITS 9 /* of an id, in its fingerprint */
#define PREFIX_BITS 36
#define KEY_BITS 28

/* What a kind of run is made from. */
static const struct {
    const unsigned char *rows, *last;
    int n_ids; /* columns of rows behind the row number; 0: it is an identity key */
} kinds[RUN_KINDS] = {
    [RUN_CALLS] = {sql_queries_id_run_calls, sql_queries_id_run_last_call, 4},
    [RUN_SPANS] = {sql_queries_id_run_spans, sql_queries_id_run_last_span, 2},
    [RUN_KEYS] = {sql_queries_id_run_keys,  sql_queries_id_run_last_key,  0},
};

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* ---- fingerprints ------------------------------------------------------------------------- */

uint64_t id_entry(struct sv packed)
{
    const unsigned char *p = (const unsigned char *)packed.p;
    uint64_t v = 0;

    for (size_t i = 0; i < (PREFIX_BITS + 7) / 8; i++)
        v = v << 8 | (i + 1 < packed.n ? p[i + 1] : 0);
    if (!packed.n || p[0] == PACKED_TEXT || v >> 8 == 0)
        v = hash64(packed.p, packed.n, 0) & ((UINT64_C(1) << PREFIX_BITS) - 1);
    else
        v = (uint64_t)p[0] << PREFIX_BITS | v >> 4;
    return v << RUN_LARGE_BITS;
}

uint64_t key_entry(uint64_t key)
{
    return key >> (64 - KEY_BITS) << RUN_LARGE_BITS;
}

static struct id_range range_between(uint64_t first, uint64_t last)
{
    return (struct id_range){first << RUN_LARGE_BITS,
                             last << RUN_LARGE_BITS | (RUN_LARGE_ROWS - 1)};
}

struct id_range id_range_of(struct sv packed)
{
    uint64_t entry = id_entry(packed);

    return (struct id_range){entry, entry | (RUN_LARGE_ROWS - 1)};
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void id_ranges_of_prefix(struct sv text, struct id_range out[ID_RANGES], size_t *n)
{
    const uint64_t hex = (uint64_t)PACKED_HEX << PREFIX_BITS;
    const uint64_t uuid = (uint64_t)PACKED_UUID << PREFIX_BITS;
    uint64_t v = 0;
    size_t digits = 0;
    bool hyphens = false;

    *n = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool hyphen = text.p[i] == '-' && (i == 8 || i == 13 || i == 18 || i == 23);
        int digit = hex_digit(text.p[i]);

        if (digit < 0 && !hyphen)
            return;
        hyphens = hyphens || hyphen;
        if (!hyphen && digits < PREFIX_DIGITS) {
            v = v << 4 | (unsigned)digit;
            digits++;
        }
    }
    size_t open = 4 * (PREFIX_DIGITS - digits); /* bits that the prefix leaves open */
    uint64_t low = v << open, high = low | ((UINT64_C(1) << open) - 1);

    if (low >> 4 == 0)
        return; /* among them are ids whose fingerprint is a hash */
    if (!hyphens)
        out[(*n)++] = range_between(hex | low, hex | high);
    out[(*n)++] = range_between(uuid | low, uuid | high);
}

/* ---- rows --------------------------------------------------------------------------------- */

enum err id_runs_rows(struct store *s, enum id_run_kind kind, int64_t *rows, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, kinds[kind].last, &stmt, err);

    if (!rc)
        rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    *rows = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return OK;
}

static struct sv column_blob(sqlite3_stmt *stmt, int column)
{
    const void *p = sqlite3_column_blob(stmt, column);

    return (struct sv){p, (size_t)sqlite3_column_bytes(stmt, column)};
}

/* The entries of the row that a statement stands on. */
static bool add_row(sqlite3_stmt *stmt, enum id_run_kind kind, struct run_entries *out)
{
    uint64_t place = run_place(sqlite3_column_int64(stmt, 0));
    bool ok = true;

    if (!kinds[kind].n_ids)
        return run_entries_add(out, key_entry((uint64_t)sqlite3_column_int64(stmt, 1)) | place);
    for (int i = 0; i < kinds[kind].n_ids && ok; i++) {
        struct sv id = column_blob(stmt, 1 + i);

        ok = !id.n || run_entries_add(out, id_entry(id) | place);
    }
    return ok;
}

/* Appends the entries of the rows that belong into a run, unsorted. */
static enum err read_rows(struct store *s, const struct run *r, struct run_entries *out,
                          struct error *err)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, kinds[r->kind].rows, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, run_first(r));
    sqlite3_bind_int64(stmt, 2, run_first(r) + run_rows(r) - 1);
    while (!rc && !(rc = store_step(s, stmt, &row, err)) && row)
        if (!add_row(stmt, r->kind, out))
            rc = no_memory(s, err);
    sqlite3_reset(stmt);
    return rc;
}

static enum err sort(struct store *s, struct run_entries *e, struct error *err)
{
    uint64_t *room = malloc((e->n + 1) * sizeof(*room));

    if (!room)
        return no_memory(s, err);
    run_entries_sort(e->v, e->n, room);
    free(room);
    return OK;
}

/* ---- building ----------------------------------------------------------------------------- */

struct building {
    struct store *s;
    enum err (*begin)(void *ctx, struct error *err);
    void *ctx;
    struct run_entries entries;
};

static enum err has_run(struct store *s, const struct run *r, bool *has, struct error *err)
{
    uint64_t directory[RUN_MOST_BLOCKS];
    size_t n;
    enum err rc = run_directory(s, r, directory, &n, err);

    *has = n > 0;
    return rc;
}

/* Makes a run of what is in b->entries. */
static enum err put_entries(struct building *b, const struct run *r, struct error *err)
{
    enum err rc = b->begin(b->ctx, err);

    if (!rc)
        rc = sort(b->s, &b->entries, err);
    return rc ? rc : run_put(b->s, r, b->entries.v, b->entries.n, err);
}

static enum err build_small(struct building *b, const struct run *r, struct error *err)
{
    bool has;
    enum err rc = has_run(b->s, r, &has, err);

    if (rc || has)
        return rc;
    b->entries.n = 0;
    rc = read_rows(b->s, r, &b->entries, err);
    return rc ? rc : put_entries(b, r, err);
}

/* From the small ones that there are, which are deleted, and from rows. */
static enum err build_large(struct building *b, const struct run *r, struct error *err)
{
    int64_t first = run_first(r);
    bool has;
    enum err rc = has_run(b->s, r, &has, err);

    if (rc || has)
        return rc;
    b->entries.n = 0;
    for (int i = 0; i < RUN_SMALLS && !rc; i++) {
        struct run small = run_of(r->kind, false, first + i * RUN_SMALL_ROWS);

        rc = run_read(b->s, &small, &b->entries, &has, err);
        if (!rc && !has)
            rc = read_rows(b->s, &small, &b->entries, err);
    }
    if (!rc)
        rc = put_entries(b, r, err);
    for (int i = 0; i < RUN_SMALLS && !rc; i++) {
        struct run small = run_of(r->kind, false, first + i * RUN_SMALL_ROWS);

        rc = run_delete(b->s, &small, err);
    }
    return rc;
}

static enum err build_kind(struct building *b, enum id_run_kind kind, struct error *err)
{
    int64_t rows = 0, row = 1;
    enum err rc = id_runs_rows(b->s, kind, &rows, err);

    for (; !rc && row + RUN_LARGE_ROWS - 1 <= rows; row += RUN_LARGE_ROWS) {
        struct run r = run_of(kind, true, row);

        rc = build_large(b, &r, err);
    }
    for (; !rc && row + RUN_SMALL_ROWS - 1 <= rows; row += RUN_SMALL_ROWS) {
        struct run r = run_of(kind, false, row);

        rc = build_small(b, &r, err);
    }
    return rc;
}

enum err id_runs_build(struct store *s, enum err (*begin)(void *ctx, struct error *err), void *ctx,
                       struct error *err)
{
    struct building b = {.s = s, .begin = begin, .ctx = ctx};
    enum err rc = OK;

    for (int kind = 0; kind < RUN_KINDS && !rc; kind++)
        rc = build_kind(&b, (enum id_run_kind)kind, err);
    run_entries_release(&b.entries);
    return rc;
}

_Static_assert(RUN_SMALLS <= 64, "a mask of the parts of a run is 64 bits");

/* ---- forgetting --------------------------------------------------------------------------- */

static size_t part_of(uint64_t entry)
{
    return (entry & (RUN_LARGE_ROWS - 1)) >> RUN_SMALL_BITS;
}

/* Puts small runs in place of a large one, but for one. What belongs into each is in order as it
 * is. */
static enum err take_apart(struct store *s, const struct run *large, const struct run *but,
                           const struct run_entries *all, struct error *err)
{
    uint64_t *parts = malloc((all->n + 1) * sizeof(*parts));
    size_t ends[RUN_SMALLS + 1] = {0};
    enum err rc = parts ? run_delete(s, large, err) : no_memory(s, err);

    for (size_t i = 0; i < all->n && !rc; i++)
        ends[part_of(all->v[i]) + 1]++;
    for (size_t p = 0; p < RUN_SMALLS; p++)
        ends[p + 1] += ends[p];
    for (size_t i = 0; i < all->n && !rc; i++)
        parts[ends[part_of(all->v[i])]++] = all->v[i];
    for (size_t p = 0, first = 0; p < RUN_SMALLS && !rc; first = ends[p++]) {
        struct run small =
            run_of(large->kind, false, run_first(large) + (int64_t)p * RUN_SMALL_ROWS);

        if (small.number != but->number)
            rc = run_put(s, &small, parts + first, ends[p] - first, err);
    }
    free(parts);
    return rc;
}

enum err id_runs_forget(struct store *s, enum id_run_kind kind, int64_t row, struct error *err)
{
    struct run small = run_of(kind, false, row), large = run_of(kind, true, row);
    struct run_entries all = {0};
    bool whole;
    enum err rc = run_read(s, &large, &all, &whole, err);

    if (!rc && whole)
        rc = take_apart(s, &large, &small, &all, err);
    else if (!rc)
        rc = run_delete(s, &large, err); /* what is left of a damaged one */
    run_entries_release(&all);
    return rc ? rc : run_delete(s, &small, err);
}

/* ---- walking ------------------------------------------------------------------------------ */

enum err id_runs_at(struct store *s, enum id_run_kind kind, int64_t row, struct run *out,
                    uint64_t directory[RUN_MOST_BLOCKS], size_t *n, struct error *err)
{
    enum err rc = OK;

    *n = 0;
    *out = run_of(kind, true, row);
    if (run_first(out) == row)
        rc = run_directory(s, out, directory, n, err);
    if (rc || *n)
        return rc;
    *out = run_of(kind, false, row);
    return run_directory(s, out, directory, n, err);
}

/* ---- verifying ---------------------------------------------------------------------------- */

static enum err verify_run(struct store *s, const struct run *r, struct run_entries *wanted,
                           struct run_entries *stored, bool *same, struct error *err)
{
    enum err rc;

    wanted->n = stored->n = 0;
    rc = run_read(s, r, stored, same, err);
    if (!rc)
        rc = read_rows(s, r, wanted, err);
    if (!rc)
        rc = sort(s, wanted, err);
    *same = !rc && *same && stored->n == wanted->n &&
            (!wanted->n || memcmp(stored->v, wanted->v, wanted->n * sizeof(*wanted->v)) == 0);
    return rc;
}

static enum err verify_kind(struct store *s, enum id_run_kind kind, struct run_entries lists[2],
                            int64_t *checked, int64_t *bad, struct error *err)
{
    uint64_t directory[RUN_MOST_BLOCKS];
    struct run r = {.kind = kind};
    int64_t rows = 0;
    enum err rc = id_runs_rows(s, kind, &rows, err);

    for (int64_t row = 1; !rc && row <= rows; row += run_rows(&r)) {
        bool same = true;
        size_t n;

        rc = id_runs_at(s, kind, row, &r, directory, &n, err);
        if (rc || !n)
            continue;
        rc = verify_run(s, &r, &lists[0], &lists[1], &same, err);
        ++*checked;
        *bad += !same;
    }
    return rc;
}

enum err id_runs_verify(struct store *s, int64_t *checked, int64_t *bad, struct error *err)
{
    struct run_entries lists[2] = {{0}};
    enum err rc = OK;

    *checked = *bad = 0;
    for (int kind = 0; kind < RUN_KINDS && !rc; kind++)
        rc = verify_kind(s, (enum id_run_kind)kind, lists, checked, bad, err);
    run_entries_release(&lists[0]);
    run_entries_release(&lists[1]);
    return rc;
}

/* ---- finding ------------------------------------------------------------------------------ */

struct search {
    struct store *s;
    const struct id_range *ranges;
    size_t n_ranges;
    enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t row, struct error *err);
    void *ctx;
    struct run_entries scanned; /* of rows without a run */
};

/* Rows without a run. */
static enum err search_rows(struct search *x, const struct run *r, struct error *err)
{
    enum err rc;

    x->scanned.n = 0;
    rc = read_rows(x->s, r, &x->scanned, err);
    for (size_t k = 0; k < x->n_ranges; k++)
        for (size_t i = 0; i < x->scanned.n && !rc; i++)
            if (x->scanned.v[i] >= x->ranges[k].first && x->scanned.v[i] <= x->ranges[k].last)
                rc = x->visit(x->ctx, r->kind, run_row(r, x->scanned.v[i]), err);
    return rc;
}

/* The blocks that a range reaches into. */
static enum err search_blocks(struct search *x, const struct run *r, const uint64_t *directory,
                              size_t n, const struct id_range *range, struct error *err)
{
    struct run_block block;
    enum err rc = OK;

    for (size_t b = run_directory_from(directory, n, range->first);
         b < n && directory[b] <= range->last && !rc; b++) {
        uint64_t entry;

        rc = run_block_get(x->s, r, b, &block, err);
        for (size_t i = rc ? 0 : run_block_from(&block, range->first); !rc && i < block.n; i++) {
            entry = run_block_entry(&block, i);
            if (entry > range->last)
                break;
            rc = x->visit(x->ctx, r->kind, run_row(r, entry), err);
        }
    }
    return rc;
}

static enum err search_kind(struct search *x, enum id_run_kind kind, struct error *err)
{
    uint64_t directory[RUN_MOST_BLOCKS];
    struct run r = {.kind = kind};
    int64_t rows = 0;
    enum err rc = id_runs_rows(x->s, kind, &rows, err);

    for (int64_t row = 1; !rc && row <= rows; row += run_rows(&r)) {
        size_t n;

        rc = id_runs_at(x->s, kind, row, &r, directory, &n, err);
        if (!rc && !n)
            rc = search_rows(x, &r, err);
        for (size_t k = 0; k < x->n_ranges && n && !rc; k++)
            rc = search_blocks(x, &r, directory, n, &x->ranges[k], err);
    }
    return rc;
}

enum err id_runs_find(struct store *s, const struct id_range *ranges, size_t n,
                      enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t row,
                                        struct error *err),
                      void *ctx, struct error *err)
{
    struct search x = {.s = s, .ranges = ranges, .n_ranges = n, .visit = visit, .ctx = ctx};
    bool alone = sqlite3_get_autocommit(s->db) != 0; /* one transaction, not one for each block */
    enum err rc = alone ? store_exec(s, "BEGIN", err) : OK;

    if (rc)
        return rc;
    rc = search_kind(&x, RUN_CALLS, err);
    if (!rc)
        rc = search_kind(&x, RUN_SPANS, err);
    if (alone)
        sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    run_entries_release(&x.scanned);
    return rc;
}

/* ---- what no range can tell --------------------------------------------------------------- */

#define HASHED_END (UINT64_C(1) << PREFIX_BITS << RUN_LARGE_BITS) /* entries below are of hashes   \
                                                                   */

/* Which small parts of a run have entries of hashes: bit i is the i-th one of its 64. */
static enum err hashed_parts(struct store *s, const struct run *r, const uint64_t *directory,
                             size_t n, uint64_t *parts, struct error *err)
{
    struct run_block block;
    enum err rc = OK;

    for (size_t b = 0; b < n && directory[b] < HASHED_END && !rc; b++) {
        rc = run_block_get(s, r, b, &block, err);
        for (size_t i = 0; !rc && i < block.n && run_block_entry(&block, i) < HASHED_END; i++)
            *parts |= UINT64_C(1) << part_of(run_block_entry(&block, i));
    }
    return rc;
}

enum err id_runs_hashed(struct store *s, enum id_run_kind kind,
                        enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t first,
                                          int64_t last, struct error *err),
                        void *ctx, struct error *err)
{
    uint64_t directory[RUN_MOST_BLOCKS];
    struct run r = {.kind = kind};
    int64_t rows = 0;
    enum err rc = id_runs_rows(s, kind, &rows, err);

    for (int64_t row = 1; !rc && row <= rows; row += run_rows(&r)) {
        uint64_t parts = 0;
        size_t n;

        rc = id_runs_at(s, kind, row, &r, directory, &n, err);
        if (!rc && n)
            rc = hashed_parts(s, &r, directory, n, &parts, err);
        for (int64_t at = row; at < row + run_rows(&r) && !rc; at += RUN_SMALL_ROWS)
            if (!n || parts >> part_of(run_place(at)) & 1)
                rc = visit(ctx, kind, at, at + RUN_SMALL_ROWS - 1, err);
    }
    return rc;
}
