/* id_runs: see the header. */
#include "store/id_runs.h"

#include <endian.h>
#include <stdlib.h>
#include "base/hash.h"
#include "sql.h"
#include "store/packed_id.h"
#include "base/banned.h"

#define BLOCK_ENTRIES 1000 /* two blocks fill a page of 16 KiB */
#define MOST_BLOCKS 128    /* of a run, the directory included */
#define ROW_BITS 14
#define RUN_ROWS (1 << ROW_BITS)
#define PREFIX_BYTES 5 /* of an id, in its fingerprint */

/* What a kind of run is made from. */
static const struct {
    const unsigned char *rows, *last;
    int n_ids; /* columns of rows behind the row number */
} kinds[RUN_KINDS] = {
    [RUN_CALLS] = {sql_queries_id_run_calls, sql_queries_id_run_last_call, 4},
    [RUN_SPANS] = {sql_queries_id_run_spans, sql_queries_id_run_last_span, 2},
};
enum { MOST_IDS = 4 };

static enum err no_memory(struct store *s, struct error *err)
{
    return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
}

/* ---- fingerprints ------------------------------------------------------------------------- */

static uint64_t fingerprint(struct sv packed)
{
    const unsigned char *p = (const unsigned char *)packed.p;
    uint64_t v = 0;

    for (size_t i = 0; i < PREFIX_BYTES; i++)
        v = v << 8 | (i + 1 < packed.n ? p[i + 1] : 0);
    if (!packed.n || p[0] == PACKED_TEXT || v >> 8 == 0)
        return hash64(packed.p, packed.n, 0) & UINT64_C(0xffffffffff);
    return (uint64_t)p[0] << 40 | v;
}

static struct id_range range_between(uint64_t first, uint64_t last)
{
    return (struct id_range){first << ROW_BITS, last << ROW_BITS | (RUN_ROWS - 1)};
}

struct id_range id_range_of(struct sv packed)
{
    uint64_t v = fingerprint(packed);

    return range_between(v, v);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void id_ranges_of_prefix(struct sv text, struct id_range out[ID_RANGES], size_t *n)
{
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
        if (!hyphen && digits < 2 * PREFIX_BYTES) {
            v = v << 4 | (unsigned)digit;
            digits++;
        }
    }
    size_t open = 4 * (2 * PREFIX_BYTES - digits); /* bits that the prefix leaves open */
    uint64_t low = v << open, high = low | ((UINT64_C(1) << open) - 1);

    if (low >> 8 == 0)
        return; /* among them are ids whose fingerprint is a hash */
    if (!hyphens)
        out[(*n)++] =
            range_between((uint64_t)PACKED_HEX << 40 | low, (uint64_t)PACKED_HEX << 40 | high);
    out[(*n)++] =
        range_between((uint64_t)PACKED_UUID << 40 | low, (uint64_t)PACKED_UUID << 40 | high);
}

/* ---- entries ------------------------------------------------------------------------------ */

struct entries {
    uint64_t *v;
    size_t n;
};

static void add_entry(struct entries *e, struct sv packed, uint64_t place)
{
    uint64_t entry = fingerprint(packed) << ROW_BITS | place;

    if (packed.p && packed.n)
        e->v[e->n++] = entry;
}

static struct sv column_blob(sqlite3_stmt *stmt, int column)
{
    const void *p = sqlite3_column_blob(stmt, column);

    return (struct sv){p, (size_t)sqlite3_column_bytes(stmt, column)};
}

/* The entries of all rows of a run, unsorted; v has room for MOST_IDS * RUN_ROWS. */
static enum err read_entries(struct store *s, enum id_run_kind kind, int64_t number,
                             struct entries *out, struct error *err)
{
    int64_t first = number * RUN_ROWS + 1;
    sqlite3_stmt *stmt;
    bool row = true;
    enum err rc = store_statement(s, kinds[kind].rows, &stmt, err);

    out->n = 0;
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, first + RUN_ROWS - 1);
    while (!rc && row) {
        rc = store_step(s, stmt, &row, err);
        if (rc || !row)
            break;
        uint64_t place = (uint64_t)(sqlite3_column_int64(stmt, 0) - first);
        for (int i = 0; i < kinds[kind].n_ids; i++)
            add_entry(out, column_blob(stmt, 1 + i), place);
    }
    return rc;
}

/* Byte by byte from the last one up; the places are in order already. */
static void sort_entries(struct entries *e, uint64_t *room)
{
    for (int shift = ROW_BITS; shift < 64; shift += 8) {
        size_t starts[257] = {0};

        for (size_t i = 0; i < e->n; i++)
            starts[(e->v[i] >> shift & 255) + 1]++;
        for (int b = 0; b < 256; b++)
            starts[b + 1] += starts[b];
        for (size_t i = 0; i < e->n; i++)
            room[starts[e->v[i] >> shift & 255]++] = e->v[i];
        memcpy(e->v, room, e->n * sizeof(*room));
    }
}

/* ---- blocks ------------------------------------------------------------------------------- */

static int64_t block_key(enum id_run_kind kind, int64_t number, int64_t block)
{
    return ((int64_t)kind << 40) + number * MOST_BLOCKS + block;
}

static enum err put_block(struct store *s, int64_t key, const uint64_t *entries, size_t n,
                          struct error *err)
{
    unsigned char bytes[BLOCK_ENTRIES * 8];
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_id_run_put, &stmt, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++)
        for (int b = 0; b < 8; b++)
            bytes[8 * i + (size_t)b] = (unsigned char)(entries[i] >> 8 * b);
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_blob(stmt, 2, bytes, (int)(8 * n), SQLITE_STATIC);
    rc = store_run(s, stmt, err);
    sqlite3_clear_bindings(stmt);
    return rc;
}

/* A block's entries into out (BLOCK_ENTRIES); *n 0: there is no such block, or it is damaged. */
static enum err get_block(struct store *s, int64_t key, uint64_t *out, size_t *n, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_id_run_get, &stmt, err);

    *n = 0;
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, key);
    rc = store_step(s, stmt, &row, err);
    if (rc || !row)
        return rc;
    struct sv bytes = column_blob(stmt, 0);
    *n = bytes.n % 8 || bytes.n > BLOCK_ENTRIES * 8 ? 0 : bytes.n / 8;
    for (size_t i = 0; i < *n; i++) {
        uint64_t entry;

        memcpy(&entry, bytes.p + 8 * i, 8);
        out[i] = le64toh(entry);
    }
    sqlite3_reset(stmt);
    return OK;
}

static enum err put_run(struct store *s, enum id_run_kind kind, int64_t number,
                        const struct entries *e, struct error *err)
{
    uint64_t directory[BLOCK_ENTRIES];
    size_t blocks = 0;

    for (size_t from = 0; from < e->n; from += BLOCK_ENTRIES) {
        size_t n = e->n - from < BLOCK_ENTRIES ? e->n - from : BLOCK_ENTRIES;
        enum err rc;

        directory[blocks++] = e->v[from];
        rc = put_block(s, block_key(kind, number, (int64_t)blocks), e->v + from, n, err);
        if (rc)
            return rc;
    }
    if (!blocks)
        directory[blocks++] = UINT64_MAX; /* rows without any id: nothing to look for */
    return put_block(s, block_key(kind, number, 0), directory, blocks, err);
}

/* ---- building ----------------------------------------------------------------------------- */

/* Rows of a kind, which is the number of the last one. */
static enum err row_count(struct store *s, enum id_run_kind kind, int64_t *rows, struct error *err)
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

static enum err has_run(struct store *s, enum id_run_kind kind, int64_t number, bool *has,
                        struct error *err)
{
    uint64_t directory[BLOCK_ENTRIES];
    size_t n;
    enum err rc = get_block(s, block_key(kind, number, 0), directory, &n, err);

    *has = n > 0;
    return rc;
}

static enum err build_missing(struct store *s, enum id_run_kind kind, struct entries *e,
                              uint64_t *room, enum err (*begin)(void *ctx, struct error *err),
                              void *ctx, struct error *err)
{
    int64_t rows = 0;
    enum err rc = row_count(s, kind, &rows, err);

    for (int64_t number = 0; !rc && number < rows / RUN_ROWS; number++) {
        bool has = true;

        rc = has_run(s, kind, number, &has, err);
        if (rc || has)
            continue;
        rc = begin(ctx, err);
        if (!rc)
            rc = read_entries(s, kind, number, e, err);
        if (rc)
            break;
        sort_entries(e, room);
        rc = put_run(s, kind, number, e, err);
    }
    return rc;
}

enum err id_runs_build(struct store *s, enum err (*begin)(void *ctx, struct error *err), void *ctx,
                       struct error *err)
{
    struct entries e = {.v = malloc(sizeof(uint64_t) * MOST_IDS * RUN_ROWS)};
    uint64_t *room = malloc(sizeof(uint64_t) * MOST_IDS * RUN_ROWS);
    enum err rc = e.v && room ? OK : no_memory(s, err);

    for (int kind = 0; kind < RUN_KINDS && !rc; kind++)
        rc = build_missing(s, (enum id_run_kind)kind, &e, room, begin, ctx, err);
    free(e.v);
    free(room);
    return rc;
}

/* ---- verifying ---------------------------------------------------------------------------- */

/* Whether the blocks behind a run's directory hold exactly these entries. */
static enum err holds(struct store *s, enum id_run_kind kind, int64_t number,
                      const struct entries *e, bool *same, struct error *err)
{
    uint64_t directory[BLOCK_ENTRIES], block[BLOCK_ENTRIES];
    size_t blocks = 0, n = 0, at = 0;
    enum err rc = get_block(s, block_key(kind, number, 0), directory, &blocks, err);

    *same = blocks == (e->n ? (e->n + BLOCK_ENTRIES - 1) / BLOCK_ENTRIES : 1);
    if (!e->n)
        *same = *same && directory[0] == UINT64_MAX;
    for (size_t b = 0; e->n && b < blocks && *same && !rc; b++) {
        rc = get_block(s, block_key(kind, number, (int64_t)b + 1), block, &n, err);
        *same = !rc && n && directory[b] == block[0] && at + n <= e->n &&
                memcmp(block, e->v + at, n * sizeof(*block)) == 0;
        at += n;
    }
    *same = *same && at == e->n;
    return rc;
}

static enum err verify_kind(struct store *s, enum id_run_kind kind, struct entries *e,
                            uint64_t *room, int64_t *checked, int64_t *bad, struct error *err)
{
    int64_t rows = 0;
    enum err rc = row_count(s, kind, &rows, err);

    for (int64_t number = 0; !rc && number < rows / RUN_ROWS; number++) {
        bool has = false, same = true;

        rc = has_run(s, kind, number, &has, err);
        if (rc || !has)
            continue;
        rc = read_entries(s, kind, number, e, err);
        if (rc)
            break;
        sort_entries(e, room);
        rc = holds(s, kind, number, e, &same, err);
        ++*checked;
        *bad += !same;
    }
    return rc;
}

enum err id_runs_verify(struct store *s, int64_t *checked, int64_t *bad, struct error *err)
{
    struct entries e = {.v = malloc(sizeof(uint64_t) * MOST_IDS * RUN_ROWS)};
    uint64_t *room = malloc(sizeof(uint64_t) * MOST_IDS * RUN_ROWS);
    enum err rc = e.v && room ? OK : no_memory(s, err);

    *checked = *bad = 0;
    for (int kind = 0; kind < RUN_KINDS && !rc; kind++)
        rc = verify_kind(s, (enum id_run_kind)kind, &e, room, checked, bad, err);
    free(e.v);
    free(room);
    return rc;
}

/* ---- forgetting --------------------------------------------------------------------------- */

enum err id_runs_forget(struct store *s, enum id_run_kind kind, int64_t row, struct error *err)
{
    int64_t number = (row - 1) / RUN_ROWS;
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_id_run_delete, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, block_key(kind, number, 0));
    sqlite3_bind_int64(stmt, 2, block_key(kind, number, MOST_BLOCKS - 1));
    return store_run(s, stmt, err);
}

/* ---- gathering ---------------------------------------------------------------------------- */

static enum err write_gathered(struct gathered_run *r, struct store *s, enum id_run_kind kind,
                               int64_t number, struct error *err)
{
    struct entries e = {r->entries, r->n};

    r->n = 0;
    r->forgotten = 0;
    sort_entries(&e, r->entries + MOST_IDS * RUN_ROWS);
    return put_run(s, kind, number, &e, err);
}

enum err id_gather_add(struct id_gather *g, struct store *s, enum id_run_kind kind, int64_t row,
                       const struct sv *ids, size_t n, struct error *err)
{
    struct gathered_run *r = &g->runs[kind];
    int64_t number = (row - 1) / RUN_ROWS, first = number * RUN_ROWS + 1;

    if (row != r->next) {
        r->next = 0;
        r->n = 0;
        if (row != first)
            return OK;
    }
    if (!r->entries)
        r->entries = malloc(2 * sizeof(uint64_t) * MOST_IDS * RUN_ROWS);
    if (!r->entries)
        return no_memory(s, err);
    struct entries e = {r->entries, r->n};
    for (size_t i = 0; i < n; i++)
        add_entry(&e, ids[i], (uint64_t)(row - first));
    r->n = e.n;
    r->next = row + 1;
    return row - first < RUN_ROWS - 1 ? OK : write_gathered(r, s, kind, number, err);
}

enum err id_gather_forget(struct id_gather *g, struct store *s, enum id_run_kind kind, int64_t row,
                          struct error *err)
{
    struct gathered_run *r = &g->runs[kind];
    int64_t number = (row - 1) / RUN_ROWS;

    if (r->next && number == (r->next - 1) / RUN_ROWS)
        r->next = 0;
    if (r->forgotten == number + 1) /* changes often come several to a run */
        return OK;
    r->forgotten = number + 1;
    return id_runs_forget(s, kind, row, err);
}

void id_gather_release(struct id_gather *g)
{
    for (int kind = 0; kind < RUN_KINDS; kind++)
        free(g->runs[kind].entries);
    *g = (struct id_gather){0};
}

/* ---- finding ------------------------------------------------------------------------------ */

struct search {
    struct store *s;
    const struct id_range *ranges;
    size_t n_ranges;
    enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t row, struct error *err);
    void *ctx;
    struct entries scanned; /* room for rows without a run; v NULL: not needed yet */
};

static enum err visit_entries(struct search *x, enum id_run_kind kind, int64_t number,
                              const struct id_range *range, const uint64_t *v, size_t n,
                              struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < n && !rc; i++)
        if (v[i] >= range->first && v[i] <= range->last)
            rc = x->visit(x->ctx, kind, number * RUN_ROWS + 1 + (int64_t)(v[i] & (RUN_ROWS - 1)),
                          err);
    return rc;
}

static enum err scan_rows(struct search *x, enum id_run_kind kind, int64_t number,
                          struct error *err)
{
    enum err rc;

    if (!x->scanned.v)
        x->scanned.v = malloc(sizeof(uint64_t) * MOST_IDS * RUN_ROWS);
    if (!x->scanned.v)
        return no_memory(x->s, err);
    rc = read_entries(x->s, kind, number, &x->scanned, err);
    for (size_t r = 0; r < x->n_ranges && !rc; r++)
        rc = visit_entries(x, kind, number, &x->ranges[r], x->scanned.v, x->scanned.n, err);
    return rc;
}

/* The blocks that a range reaches into, by the directory's first entries. */
static enum err search_blocks(struct search *x, enum id_run_kind kind, int64_t number,
                              const uint64_t *directory, size_t n, const struct id_range *range,
                              struct error *err)
{
    uint64_t entries[BLOCK_ENTRIES];
    size_t low = 0, high = n; /* the first block that begins at or behind range->first */
    enum err rc = OK;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (directory[middle] < range->first)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t b = low ? low - 1 : 0; b < n && directory[b] <= range->last && !rc; b++) {
        size_t found;

        rc = get_block(x->s, block_key(kind, number, (int64_t)b + 1), entries, &found, err);
        if (!rc)
            rc = visit_entries(x, kind, number, range, entries, found, err);
    }
    return rc;
}

static enum err search_run(struct search *x, enum id_run_kind kind, int64_t number,
                           struct error *err)
{
    uint64_t directory[BLOCK_ENTRIES];
    size_t n = 0;
    enum err rc = get_block(x->s, block_key(kind, number, 0), directory, &n, err);

    if (rc)
        return rc;
    if (!n)
        return scan_rows(x, kind, number, err);
    for (size_t r = 0; r < x->n_ranges && !rc; r++)
        rc = search_blocks(x, kind, number, directory, n, &x->ranges[r], err);
    return rc;
}

/* ---- what no range can tell --------------------------------------------------------------- */

#define HASHED_END (UINT64_C(1) << 40 << ROW_BITS) /* entries below are of hashes */

static enum err may_hash(struct store *s, enum id_run_kind kind, int64_t number, bool *may,
                         struct error *err)
{
    uint64_t directory[BLOCK_ENTRIES];
    size_t n = 0;
    enum err rc = get_block(s, block_key(kind, number, 0), directory, &n, err);

    *may = !n || directory[0] < HASHED_END; /* without a run it is not known */
    return rc;
}

enum err id_runs_hashed(struct store *s, enum id_run_kind kind,
                        enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t first,
                                          int64_t last, struct error *err),
                        void *ctx, struct error *err)
{
    int64_t rows = 0;
    enum err rc = row_count(s, kind, &rows, err);

    for (int64_t number = 0; !rc && number * RUN_ROWS < rows; number++) {
        int64_t first = number * RUN_ROWS + 1;
        bool may = true;

        rc = may_hash(s, kind, number, &may, err);
        if (!rc && may)
            rc = visit(ctx, kind, first, first + RUN_ROWS - 1, err);
    }
    return rc;
}

enum err id_runs_find(struct store *s, const struct id_range *ranges, size_t n,
                      enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t row,
                                        struct error *err),
                      void *ctx, struct error *err)
{
    struct search x = {.s = s, .ranges = ranges, .n_ranges = n, .visit = visit, .ctx = ctx};
    enum err rc = OK;

    for (int kind = 0; kind < RUN_KINDS && !rc; kind++) {
        int64_t rows = 0;

        rc = row_count(s, (enum id_run_kind)kind, &rows, err);
        for (int64_t number = 0; !rc && number * RUN_ROWS < rows; number++)
            rc = search_run(&x, (enum id_run_kind)kind, number, err);
    }
    free(x.scanned.v);
    return rc;
}
