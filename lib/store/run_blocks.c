/* run_blocks: see the header. */
#include "store/run_blocks.h"

#include <endian.h>
#include <stdlib.h>
#include "sql.h"
#include "base/banned.h"

#define HEADER 9 /* width and first entry */
#define MOST_PER_BLOCK (RUN_BLOCK_BYTES - HEADER)

/* ---- rows --------------------------------------------------------------------------------- */

int64_t run_rows(const struct run *r)
{
    return r->large ? RUN_LARGE_ROWS : RUN_SMALL_ROWS;
}

int64_t run_first(const struct run *r)
{
    return r->number * run_rows(r) + 1;
}

struct run run_of(enum id_run_kind kind, bool large, int64_t row)
{
    struct run r = {kind, large, 0};

    r.number = (row - 1) / run_rows(&r);
    return r;
}

uint64_t run_place(int64_t row)
{
    return (uint64_t)(row - 1) & (RUN_LARGE_ROWS - 1);
}

int64_t run_row(const struct run *r, uint64_t entry)
{
    struct run large = run_of(r->kind, true, run_first(r));

    return run_first(&large) + (int64_t)(entry & (RUN_LARGE_ROWS - 1));
}

/* ---- entries ------------------------------------------------------------------------------ */

bool run_entries_add(struct run_entries *e, uint64_t entry)
{
    if (e->n == e->cap) {
        size_t cap = e->cap ? e->cap * 2 : RUN_SMALL_ROWS;
        uint64_t *grown = realloc(e->v, cap * sizeof(*grown));

        if (!grown)
            return false;
        e->v = grown;
        e->cap = cap;
    }
    e->v[e->n++] = entry;
    return true;
}

void run_entries_release(struct run_entries *e)
{
    free(e->v);
    *e = (struct run_entries){0};
}

/* Byte by byte from the last one up; the places are in order already. */
void run_entries_sort(uint64_t *v, size_t n, uint64_t *room)
{
    for (int shift = RUN_LARGE_BITS; shift < 64; shift += 8) {
        size_t starts[257] = {0};

        for (size_t i = 0; i < n; i++)
            starts[(v[i] >> shift & 255) + 1]++;
        if (!n || starts[(v[0] >> shift & 255) + 1] == n)
            continue; /* all alike */
        for (int b = 0; b < 256; b++)
            starts[b + 1] += starts[b];
        for (size_t i = 0; i < n; i++)
            room[starts[v[i] >> shift & 255]++] = v[i];
        memcpy(v, room, n * sizeof(*room));
    }
}

/* ---- blocks ------------------------------------------------------------------------------- */

static int64_t block_key(const struct run *r, size_t block)
{
    return ((int64_t)(2 * r->kind + r->large) << 40) + r->number * RUN_MOST_BLOCKS + (int64_t)block;
}

static uint64_t low_bytes(unsigned width)
{
    return width < 8 ? (UINT64_C(1) << 8 * width) - 1 : UINT64_MAX;
}

uint64_t run_block_entry(const struct run_block *b, size_t i)
{
    uint64_t v;

    memcpy(&v, b->bytes + i * b->width, sizeof(v));
    return b->first + (le64toh(v) & low_bytes(b->width));
}

size_t run_block_from(const struct run_block *b, uint64_t entry)
{
    size_t low = 0, high = b->n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (run_block_entry(b, middle) < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t run_directory_from(const uint64_t *directory, size_t n, uint64_t entry)
{
    size_t low = 0, high = n; /* the first block that begins at or behind the entry */

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (directory[middle] < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : 0;
}

/* How many of n entries fit into a block when each takes `width` bytes. */
static size_t fitting(const uint64_t *v, size_t n, unsigned width)
{
    size_t low = 1, high = MOST_PER_BLOCK / width < n ? MOST_PER_BLOCK / width : n;

    while (low < high) {
        size_t middle = (low + high + 1) / 2;

        if (v[middle - 1] - v[0] > low_bytes(width))
            high = middle - 1;
        else
            low = middle;
    }
    return low;
}

/* Encodes the most of n > 0 entries that a block holds; returns how many. */
static size_t encode(const uint64_t *v, size_t n, unsigned char *out, size_t *size)
{
    unsigned width = 1;
    size_t most = 0;

    for (unsigned w = 1; w <= 8; w++) {
        size_t fit = fitting(v, n, w);

        if (fit > most) {
            most = fit;
            width = w;
        }
    }
    uint64_t first = htole64(v[0]);
    out[0] = (unsigned char)width;
    memcpy(out + 1, &first, sizeof(first));
    for (size_t i = 0; i < most; i++) { /* the next one overwrites what is above the width */
        uint64_t difference = htole64(v[i] - v[0]);

        memcpy(out + HEADER + i * width, &difference, sizeof(difference));
    }
    *size = HEADER + most * width;
    return most;
}

static enum err put_bytes(struct store *s, int64_t key, const void *bytes, size_t n,
                          struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_id_run_put, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_blob(stmt, 2, bytes, (int)n, SQLITE_STATIC);
    rc = store_run(s, stmt, err);
    sqlite3_clear_bindings(stmt);
    return rc;
}

/* The bytes under a key are given to `take`, for as long as it runs; none: SV_NONE. */
static enum err with_bytes(struct store *s, int64_t key, void (*take)(struct sv bytes, void *out),
                           void *out, struct error *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err rc = store_statement(s, sql_queries_id_run_get, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, key);
    rc = store_step(s, stmt, &row, err);
    if (rc)
        return rc;
    take(row ? (struct sv){sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0)}
             : SV_NONE,
         out);
    sqlite3_reset(stmt);
    return OK;
}

struct directory {
    uint64_t *first;
    size_t n;
};

static void take_directory(struct sv bytes, void *out)
{
    struct directory *d = out;

    d->n = bytes.n % 8 || bytes.n > RUN_MOST_BLOCKS * 8 ? 0 : bytes.n / 8;
    for (size_t i = 0; i < d->n; i++) {
        uint64_t first;

        memcpy(&first, bytes.p + 8 * i, 8);
        d->first[i] = le64toh(first);
    }
}

enum err run_directory(struct store *s, const struct run *r, uint64_t out[RUN_MOST_BLOCKS],
                       size_t *n, struct error *err)
{
    struct directory d = {out, 0};
    enum err rc = with_bytes(s, block_key(r, 0), take_directory, &d, err);

    *n = d.n;
    return rc;
}

static void take_block(struct sv bytes, void *out)
{
    struct run_block *b = out;
    unsigned width = bytes.n > HEADER ? (unsigned char)bytes.p[0] : 0;

    b->n = 0;
    if (width < 1 || width > 8 || bytes.n > RUN_BLOCK_BYTES || (bytes.n - HEADER) % width)
        return;
    b->width = width;
    memcpy(&b->first, bytes.p + 1, 8);
    b->first = le64toh(b->first);
    memcpy(b->bytes, bytes.p + HEADER, bytes.n - HEADER);
    memset(b->bytes + bytes.n - HEADER, 0, 8);
    b->n = (bytes.n - HEADER) / width;
}

enum err run_block_get(struct store *s, const struct run *r, size_t b, struct run_block *out,
                       struct error *err)
{
    enum err rc = with_bytes(s, block_key(r, b + 1), take_block, out, err);

    if (!rc && !out->n)
        return error_set(err, ERR_DB, "%s: damaged: an id run of the rows from %lld on", s->path,
                         (long long)run_first(r));
    return rc;
}

enum err run_read(struct store *s, const struct run *r, struct run_entries *out, bool *whole,
                  struct error *err)
{
    uint64_t directory[RUN_MOST_BLOCKS];
    struct error damage;
    struct run_block block;
    size_t blocks, before = out->n;
    enum err rc = run_directory(s, r, directory, &blocks, err);

    *whole = !rc && blocks;
    for (size_t b = 0; *whole && b < blocks && directory[0] != UINT64_MAX; b++) {
        rc = run_block_get(s, r, b, &block, &damage);
        *whole = !rc && block.first == directory[b];
        for (size_t i = 0; *whole && i < block.n; i++)
            if (!run_entries_add(out, run_block_entry(&block, i)))
                return error_set(err, ERR_NOMEM, "%s: out of memory", s->path);
        if (rc && rc != ERR_DB)
            *err = damage;
    }
    if (!*whole)
        out->n = before;
    return rc == ERR_DB ? OK : rc; /* what the database is to blame for is no error */
}

enum err run_put(struct store *s, const struct run *r, const uint64_t *v, size_t n,
                 struct error *err)
{
    unsigned char bytes[HEADER + RUN_BLOCK_BYTES];
    uint64_t directory[RUN_MOST_BLOCKS];
    size_t blocks = 0;
    enum err rc = OK;

    for (size_t at = 0; at < n && !rc;) {
        size_t size;
        size_t used = encode(v + at, n - at, bytes, &size);

        directory[blocks++] = htole64(v[at]);
        rc = put_bytes(s, block_key(r, blocks), bytes, size, err);
        at += used;
    }
    if (!blocks)
        directory[blocks++] = UINT64_MAX; /* rows without any id: nothing to look for */
    return rc ? rc : put_bytes(s, block_key(r, 0), directory, 8 * blocks, err);
}

enum err run_delete(struct store *s, const struct run *r, struct error *err)
{
    sqlite3_stmt *stmt;
    enum err rc = store_statement(s, sql_queries_id_run_delete, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, block_key(r, 0));
    sqlite3_bind_int64(stmt, 2, block_key(r, RUN_MOST_BLOCKS - 1));
    return store_run(s, stmt, err);
}
