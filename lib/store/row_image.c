/* row_image: rows as the pages of a SQLite database in memory. What the pages hold is the database
 * file format of sqlite.org/fileformat2.html: section 1.6 for the pages of a table, 2.1 for the
 * records. INSERT ... SELECT * between two tables of the same definition moves records undecoded. */
#include "store/row_image.h"

#include <stdlib.h>
#include "base/buf.h"
#include "sql.h"

#include "base/banned.h"

enum {
    PAGE = 16384,
    ROOT = 2,     /* the table's first page; page 1 holds the schema */
    LEAF_HEADER = 8,
    INNER_HEADER = 12,
    MAX_LOCAL = PAGE - 35, /* bytes of a record that its cell holds; the rest goes to pages apart */
    MIN_LOCAL = (PAGE - 12) * 32 / 255 - 23,
    MAX_LEAVES = (PAGE - INNER_HEADER) / (2 + 4 + 9),
};

struct leaf {
    uint32_t page;
    int64_t last_id;
};

/* A file: pages one after the other. While SQLite reads one, the next one is made in the other. */
struct image {
    unsigned char *bytes;
    size_t pages, cap;
};

struct row_image {
    struct store *store;
    const char *name;
    sqlite3_stmt *insert;
    unsigned char *schema; /* page 1 as SQLite wrote it */
    struct image images[2];
    int now; /* the image that is made */
    bool failed, full;

    struct leaf leaves[MAX_LEAVES]; /* the finished ones */
    size_t n_leaves;
    uint32_t leaf; /* the page that is filled; 0: none yet */
    size_t cells, content; /* of it: how many, and where they begin (they grow towards the front) */
    int64_t last_id;

    bool in_row;
    int64_t id; /* of the row that is made */
    size_t types; /* bytes in type[] */
    size_t used;  /* of them, up to the last column that is no NULL: the record ends there */
    unsigned char type[ROW_IMAGE_COLUMNS * 9];
    struct buf values;
    struct buf cell;
};

/* ---- pages -------------------------------------------------------------------------------- */

static void put16(unsigned char *p, size_t v)
{
    p[0] = (unsigned char)(v >> 8);
    p[1] = (unsigned char)v;
}

static void put32(unsigned char *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

/* SQLite's variable-length integer, for v below 2^56 or any id; its length, at most 9. */
static size_t put_varint(unsigned char *p, uint64_t v)
{
    size_t n = 1;

    if (v < 0x80) {
        p[0] = (unsigned char)v;
        return 1;
    }
    if (v >> 56) {
        p[8] = (unsigned char)v;
        v >>= 8;
        for (int i = 7; i >= 0; i--, v >>= 7)
            p[i] = (unsigned char)(v & 0x7f) | 0x80;
        return 9;
    }
    while (v >> 7 * n)
        n++;
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(v >> 7 * (n - 1 - i) & 0x7f) | (i + 1 < n ? 0x80 : 0);
    return n;
}

static unsigned char *page_at(const struct row_image *r, uint32_t page)
{
    return r->images[r->now].bytes + (size_t)(page - 1) * PAGE;
}

/* A further page, its number; 0 when there is no memory. What is in it is left from earlier. */
static uint32_t add_page(struct row_image *r)
{
    struct image *m = &r->images[r->now];

    if (m->pages == m->cap) {
        size_t cap = m->cap ? 2 * m->cap : 8;
        unsigned char *bytes = realloc(m->bytes, cap * PAGE);
        if (!bytes) {
            r->failed = true;
            return 0;
        }
        m->bytes = bytes;
        m->cap = cap;
    }
    return (uint32_t)++m->pages;
}

static void end_leaf(struct row_image *r)
{
    unsigned char *p = page_at(r, r->leaf);

    p[0] = 13; /* leaf of a table */
    put16(p + 1, 0);
    put16(p + 3, r->cells);
    put16(p + 5, r->content);
    p[7] = 0;
    if (r->n_leaves == MAX_LEAVES)
        r->full = true;
    else
        r->leaves[r->n_leaves++] = (struct leaf){r->leaf, r->last_id};
}

static void begin_leaf(struct row_image *r)
{
    r->leaf = add_page(r);
    r->cells = 0;
    r->content = PAGE;
}

/* The pages above the rows: page 1, and the page that lists the leaves. */
static void begin_image(struct row_image *r)
{
    r->images[r->now].pages = 0;
    r->n_leaves = 0;
    r->leaf = 0;
    for (int i = 0; i < ROOT && !r->failed; i++)
        add_page(r);
}

/* The first page of the table lists the leaves, or is the only one itself. */
static void end_image(struct row_image *r)
{
    unsigned char *root, *cell;

    end_leaf(r);
    root = page_at(r, ROOT);
    cell = root + PAGE;
    if (r->n_leaves == 1) {
        memcpy(root, page_at(r, r->leaf), PAGE);
        if (r->leaf == r->images[r->now].pages)
            r->images[r->now].pages--;
    } else {
        for (size_t i = 0; i + 1 < r->n_leaves; i++) {
            unsigned char id[9];
            size_t n = put_varint(id, (uint64_t)r->leaves[i].last_id);

            cell -= 4 + n;
            put32(cell, r->leaves[i].page);
            memcpy(cell + 4, id, n);
            put16(root + INNER_HEADER + 2 * i, (size_t)(cell - root));
        }
        root[0] = 5; /* inner page of a table */
        put16(root + 1, 0);
        put16(root + 3, r->n_leaves - 1);
        put16(root + 5, (size_t)(cell - root));
        root[7] = 0;
        put32(root + 8, r->leaves[r->n_leaves - 1].page);
    }
    memcpy(page_at(r, 1), r->schema, PAGE);
    put32(page_at(r, 1) + 28, (uint32_t)r->images[r->now].pages);
}

/* ---- rows --------------------------------------------------------------------------------- */

/* The number's type, which says how many bytes it has; these come to `to`, which has room for 8. */
static inline unsigned char put_int(unsigned char *to, int64_t v, size_t *length)
{
    static const unsigned char bytes_of[9] = {1, 1, 2, 3, 4, 6, 6, 8, 8}; /* by bytes needed */
    static const unsigned char type_of[9] = {0, 1, 2, 3, 4, 0, 5, 0, 6};
    uint64_t magnitude = v < 0 ? ~(uint64_t)v : (uint64_t)v;

    *length = 0;
    if (v == 0 || v == 1)
        return (unsigned char)(8 + v); /* constants, without bytes */
    *length = bytes_of[(72 - __builtin_clzll(magnitude | 1)) / 8]; /* with the sign's bit */
    uint64_t bits = (uint64_t)v << (64 - 8 * *length);
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(bits >> (56 - 8 * i));
    return type_of[*length];
}

void row_image_ints(struct row_image *r, const uint8_t *places, int n, const int64_t *v,
                    uint64_t known)
{
    unsigned char *to = (unsigned char *)r->values.p + r->values.n, *type = r->type + r->types;
    size_t length;

    if (r->values.failed)
        return;
    for (int i = 0; i < n; i++) {
        type[i] = 0;
        if (!(known >> places[i] & 1))
            continue;
        type[i] = put_int(to, v[places[i]], &length);
        to += length;
        r->used = r->types + (size_t)i + 1;
    }
    r->values.n = (size_t)(to - (unsigned char *)r->values.p);
    r->types += (size_t)n;
}

void row_image_int(struct row_image *r, int64_t v)
{
    row_image_ints(r, (const uint8_t[]){0}, 1, &v, 1);
}

void row_image_blob(struct row_image *r, struct sv bytes)
{
    if (!bytes.p) {
        r->type[r->types++] = 0;
        return;
    }
    r->types += put_varint(r->type + r->types, 12 + 2 * (uint64_t)bytes.n);
    r->used = r->types;
    buf_add(&r->values, bytes.p, bytes.n);
    buf_reserve(&r->values, ROW_IMAGE_COLUMNS * sizeof(int64_t));
}

/* The record's header length, which counts itself. */
static size_t put_header_length(unsigned char *p, size_t types)
{
    size_t n = put_varint(p, types + 1);

    return n == 1 ? 1 : put_varint(p, types + n);
}

/* The bytes of a record beyond those in its cell: a chain of pages. The number of the first. */
static uint32_t put_overflow(struct row_image *r, struct sv rest)
{
    uint32_t first = 0, last = 0;

    while (rest.n && !r->failed) {
        size_t n = rest.n < PAGE - 4 ? rest.n : PAGE - 4;
        uint32_t page = add_page(r);
        if (!page)
            break;
        if (last)
            put32(page_at(r, last), page);
        else
            first = page;
        put32(page_at(r, page), 0);
        memcpy(page_at(r, page) + 4, rest.p, n);
        rest = (struct sv){rest.p + n, rest.n - n};
        last = page;
    }
    return first;
}

static void put_cell(struct row_image *r, const struct buf *cell)
{
    if (!r->leaf)
        begin_leaf(r);
    if (r->content < LEAF_HEADER + 2 * (r->cells + 1) + cell->n) {
        end_leaf(r);
        begin_leaf(r);
    }
    if (r->failed)
        return;
    unsigned char *p = page_at(r, r->leaf);
    r->content -= cell->n;
    memcpy(p + r->content, cell->p, cell->n);
    put16(p + LEAF_HEADER + 2 * r->cells, r->content);
    r->cells++;
    r->last_id = r->id;
}

/* The row that was made becomes a cell: lengths, id, record. */
static void end_row(struct row_image *r)
{
    unsigned char head[32];
    size_t header, payload, local, n;

    r->in_row = false;
    if (r->failed || r->values.failed) {
        r->failed = true;
        return;
    }
    header = put_header_length(head, r->used);
    payload = header + r->used + r->values.n;
    local = payload;
    if (payload > MAX_LOCAL) {
        local = MIN_LOCAL + (payload - MIN_LOCAL) % (PAGE - 4);
        if (local > MAX_LOCAL)
            local = MIN_LOCAL;
    }
    n = put_varint(head, payload);
    n += put_varint(head + n, (uint64_t)r->id);
    n += put_header_length(head + n, r->used);
    buf_reset(&r->cell);
    buf_add(&r->cell, head, n);
    buf_add(&r->cell, r->type, r->used);
    if (payload == local) {
        buf_add(&r->cell, r->values.p, r->values.n);
    } else {
        size_t held = local - header - r->used;
        unsigned char page[4];

        buf_add(&r->cell, r->values.p, held);
        put32(page, put_overflow(r, (struct sv){r->values.p + held, r->values.n - held}));
        buf_add(&r->cell, page, sizeof(page));
    }
    r->failed |= r->cell.failed;
    if (!r->failed)
        put_cell(r, &r->cell);
}

void row_image_row(struct row_image *r, int64_t id)
{
    if (r->in_row)
        end_row(r);
    else
        begin_image(r);
    r->in_row = true;
    r->id = id;
    r->type[0] = 0; /* the id stands beside the record */
    r->types = r->used = 1;
    buf_reset(&r->values);
    r->failed |= !buf_reserve(&r->values, ROW_IMAGE_COLUMNS * sizeof(int64_t));
}

enum err row_image_store(struct row_image *r, struct error *err)
{
    struct image *m = &r->images[r->now];
    bool any, failed, full;

    if (r->in_row)
        end_row(r);
    any = r->leaf != 0;
    if (any && !r->failed)
        end_image(r);
    failed = r->failed;
    full = r->full;
    r->failed = r->full = false;
    r->leaf = 0;
    if (failed)
        return error_set(err, ERR_NOMEM, "out of memory for rows");
    if (full)
        return error_set(err, ERR_RANGE, "too many rows at once");
    if (!any)
        return OK;
    r->now = !r->now;
    if (sqlite3_deserialize(r->store->db, r->name, m->bytes, (sqlite3_int64)(m->pages * PAGE),
                            (sqlite3_int64)(m->pages * PAGE),
                            0) != SQLITE_OK)
        return store_db_error(r->store, err, r->name);
    return store_run(r->store, r->insert, err);
}

/* ---- opening ------------------------------------------------------------------------------ */

static enum err damaged(struct row_image *r, const char *table, struct error *err)
{
    return error_set(err, ERR_DB, "%s: damaged: table %s is not what it should be",
                     store_path(r->store), table);
}

/* A table of the same definition in the attached database: only then are records moved as they
 * are. */
static enum err create_table(struct row_image *r, const char *table, struct error *err)
{
    static const char begin[] = "CREATE TABLE ";
    sqlite3_stmt *stmt = NULL;
    struct buf sql = {0};
    struct sv is = SV_NONE;
    bool row = false;
    enum err rc = store_statement(r->store, sql_queries_table_sql, &stmt, err);

    if (rc)
        return rc;
    sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
    rc = store_step(r->store, stmt, &row, err);
    if (!rc && row)
        is = sv_from((const char *)sqlite3_column_text(stmt, 0));
    if (!rc && !sv_starts(is, begin))
        rc = damaged(r, table, err);
    if (!rc) {
        buf_printf(&sql, "%s%s.", begin, r->name);
        buf_str(&sql, is.p + strlen(begin));
    }
    sqlite3_reset(stmt);
    if (!rc && sql.failed)
        rc = error_set(err, ERR_NOMEM, "out of memory for rows");
    stmt = NULL;
    if (!rc && sqlite3_prepare_v2(r->store->db, sql.p, -1, &stmt, NULL) != SQLITE_OK)
        rc = store_db_error(r->store, err, table);
    if (!rc)
        rc = store_run(r->store, stmt, err);
    sqlite3_finalize(stmt);
    buf_release(&sql);
    return rc;
}

/* Keeps page 1 of the attached database, which has nothing but the empty table. */
static enum err keep_schema(struct row_image *r, const char *table, struct error *err)
{
    sqlite3_int64 size = 0;

    r->schema = sqlite3_serialize(r->store->db, r->name, &size, 0);
    if (!r->schema)
        return error_set(err, ERR_NOMEM, "out of memory for rows");
    return size == ROOT * PAGE ? OK : damaged(r, table, err);
}

static enum err open_image(struct row_image *r, const char *table, struct error *err)
{
    struct buf sql = {0};
    enum err rc = OK;

    buf_printf(&sql, "ATTACH ':memory:' AS %s; PRAGMA %s.page_size = %d", r->name, r->name, PAGE);
    rc = sql.failed ? error_set(err, ERR_NOMEM, "out of memory for rows")
                    : store_exec(r->store, sql.p, err);
    if (!rc)
        rc = create_table(r, table, err);
    if (!rc)
        rc = keep_schema(r, table, err);
    /* OR ROLLBACK: a failure ends the transaction anyway, so what the statement changes need not be
     * kept for taking back. */
    buf_reset(&sql);
    buf_printf(&sql, "INSERT OR ROLLBACK INTO main.%s SELECT * FROM %s.%s", table, r->name, table);
    if (!rc && sql.failed)
        rc = error_set(err, ERR_NOMEM, "out of memory for rows");
    if (!rc && sqlite3_prepare_v3(r->store->db, sql.p, -1, SQLITE_PREPARE_PERSISTENT, &r->insert,
                                  NULL) != SQLITE_OK)
        rc = store_db_error(r->store, err, table);
    buf_release(&sql);
    return rc;
}

enum err row_image_new(struct store *s, const char *name, const char *table,
                       struct row_image **out, struct error *err)
{
    struct row_image *r = calloc(1, sizeof(*r));
    enum err rc;

    if (!r)
        return error_set(err, ERR_NOMEM, "out of memory for rows");
    r->store = s;
    r->name = name;
    rc = open_image(r, table, err);
    if (rc)
        row_image_free(r);
    else
        *out = r;
    return rc;
}

void row_image_free(struct row_image *r)
{
    struct buf sql = {0};

    if (!r)
        return;
    sqlite3_finalize(r->insert);
    buf_printf(&sql, "DETACH %s", r->name);
    if (!sql.failed)
        sqlite3_exec(r->store->db, sql.p, NULL, NULL, NULL);
    sqlite3_free(r->schema);
    free(r->images[0].bytes);
    free(r->images[1].bytes);
    buf_release(&sql);
    buf_release(&r->values);
    buf_release(&r->cell);
    free(r);
}
