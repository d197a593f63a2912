#include <criterion/criterion.h>
#include <stdio.h>
#include "sql.h"
#include "store/store_internal.h"

#define NA CALL_MISSING
#define BIT(c) (UINT64_C(1) << (c))

static struct store *s;
static int64_t *cols[C_COUNT];

static void setup(void)
{
    struct error err = {0};

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
    for (int c = 0; c < C_COUNT; c++)
        cols[c] = malloc(CHUNK_ROWS * sizeof(int64_t));
}

static void teardown(void)
{
    for (int c = 0; c < C_COUNT; c++)
        free(cols[c]);
    store_close(s);
}

TestSuite(columns, .init = setup, .fini = teardown);

static void exec_ok(const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s: %s", sql, err.msg);
}

static void rebuild(int64_t number)
{
    struct error err = {0};

    cr_assert(store_rebuild_chunk(s, number, &err) == OK, "%s", err.msg);
}

static struct chunk_info *chunks_ok(size_t *n)
{
    struct error err = {0};
    struct chunk_info *chunks = NULL;

    cr_assert(store_chunks(s, &chunks, n, &err) == OK, "%s", err.msg);
    return chunks;
}

static void read_ok(const struct chunk_info *chunk, uint64_t mask)
{
    struct error err = {0};

    cr_assert(store_read_columns(s, chunk, mask, cols, &err) == OK, "%s", err.msg);
}

/* n calls from call_id first on: starts 1000 us apart, every third without a latency, output_hash
 * of all 64 bits, the rest missing. */
static void insert_calls(int64_t first, int64_t n)
{
    char sql[800];

    (void)snprintf(sql, sizeof(sql),
                   "WITH RECURSIVE c(id) AS (SELECT %lld UNION ALL SELECT id + 1 FROM c"
                   " WHERE id < %lld)"
                   "INSERT INTO call (call_id, feature_id, started_us, latency_us, output_hash,"
                   " identity_key, source_id, source_line)"
                   "SELECT id, 1 + id %% 5, 1000 * id, CASE WHEN id %% 3 THEN id * 7 END,"
                   " (id << 47) | 1, id, 1, id FROM c",
                   (long long)first, (long long)(first + n - 1));
    exec_ok(sql);
}

static void expect_calls(const struct chunk_info *chunk, int64_t first)
{
    for (int64_t i = 0; i < chunk->rows; i++) {
        int64_t id = first + i;

        cr_assert(cols[F_FEATURE][i] == 1 + id % 5, "row %lld", (long long)i);
        cr_assert(cols[F_STARTED_US][i] == 1000 * id, "row %lld", (long long)i);
        cr_assert(cols[F_LATENCY_US][i] == (id % 3 ? id * 7 : NA), "row %lld", (long long)i);
        cr_assert(cols[F_USER][i] == NA, "row %lld", (long long)i);
        cr_assert(cols[C_SOURCE_LINE][i] == id, "row %lld", (long long)i);
        cr_assert(cols[C_INHERITED][i] == NA, "row %lld", (long long)i);
    }
}

#define WANTED                                                                                     \
    (BIT(F_FEATURE) | BIT(F_STARTED_US) | BIT(F_LATENCY_US) | BIT(F_USER) | BIT(C_SOURCE_LINE) |   \
     BIT(C_INHERITED))

/* The names of the columns come from two places: they have to agree. */
Test(columns, names)
{
    static const char *const own[] = {"session_key", "meta_id",     "cost_computed_nusd",
                                      "price_id",    "shadowed",    "identity_key",
                                      "source_id",   "source_line", "inherited"};
    struct error err = {0};
    sqlite3_stmt *rows;

    cr_assert(store_statement(s, sql_queries_chunk_rows, &rows, &err) == OK, "%s", err.msg);
    cr_assert(sqlite3_column_count(rows) == C_COUNT);
    for (int c = 0; c < C_COUNT; c++) {
        const char *name = c < F_COUNT ? call_fields[c].column : own[c - F_COUNT];

        cr_expect(strcmp(sqlite3_column_name(rows, c), name) == 0, "column %d: %s", c, name);
    }
}

Test(columns, none)
{
    struct chunk_info *chunks;
    int64_t *numbers;
    struct error err = {0};
    size_t n;

    chunks = chunks_ok(&n);
    cr_expect(n == 0);
    free(chunks);
    store_read_done(s);
    store_read_done(s); /* once more does nothing */
    cr_assert(store_missing_chunks(s, &numbers, &n, &err) == OK);
    cr_expect(n == 0);
    free(numbers);
}

/* From the rows and from the chunks the answer is the same. */
Test(columns, rows_and_chunks_agree)
{
    struct chunk_info *chunks;
    int64_t *numbers;
    struct error err = {0};
    size_t n;

    insert_calls(1, CHUNK_ROWS + 10);
    cr_assert(store_missing_chunks(s, &numbers, &n, &err) == OK);
    cr_assert(n == 2);
    cr_expect(numbers[0] == 0 && numbers[1] == 1);
    free(numbers);

    for (int round = 0; round < 3; round++) { /* no chunk, the first, both */
        if (round)
            rebuild(round - 1);
        chunks = chunks_ok(&n);
        cr_assert(n == 2, "round %d", round);
        cr_expect(chunks[0].number == 0 && chunks[0].rows == CHUNK_ROWS);
        cr_expect(chunks[1].number == 1 && chunks[1].rows == 10);
        cr_expect(chunks[0].min_started_us == 1000);
        cr_expect(chunks[0].max_started_us == 65536000);
        cr_expect(chunks[1].min_started_us == 65537000);
        cr_expect(!chunks[0].untimed && !chunks[1].untimed);
        for (size_t i = 0; i < 2; i++) {
            read_ok(&chunks[i], WANTED);
            expect_calls(&chunks[i], i ? CHUNK_ROWS + 1 : 1);
        }
        read_ok(&chunks[1], BIT(F_OUTPUT_HASH));
        /* 65537 << 47 is 2^63 + 2^47; as a signed number, and one more: */
        cr_expect(cols[F_OUTPUT_HASH][0] == INT64_MIN + (INT64_C(1) << 47) + 1, "%lld",
                  (long long)cols[F_OUTPUT_HASH][0]);
        free(chunks);
        store_read_done(s);
    }
    cr_assert(store_missing_chunks(s, &numbers, &n, &err) == OK);
    cr_expect(n == 0);
    free(numbers);
}

/* From rows and from blobs: in pieces, with a gap, and with a column that is fetched afterwards. */
Test(columns, in_pieces)
{
    struct stored_columns stored = {0};
    struct error err = {0};
    struct chunk_info *chunks;
    int64_t same;
    size_t n;

    insert_calls(1, 1000);
    exec_ok("UPDATE call SET status = 2");
    for (int round = 0; round < 2; round++) {
        if (round)
            rebuild(0);
        chunks = chunks_ok(&n);
        stored.rows = 0; /* what it holds is from before */
        cr_assert(store_fetch_columns(s, &chunks[0], BIT(F_LATENCY_US) | BIT(F_USER), &stored,
                                      &err) == OK);
        cr_assert(store_fetch_columns(s, &chunks[0], BIT(F_FEATURE) | BIT(F_STATUS), &stored,
                                      &err) == OK);
        for (size_t at = 0; at < 1000; at += at == 64 ? 192 : 64) {
            size_t rows = 1000 - at < 64 ? 1000 - at : 64;

            stored_columns_read(&stored, BIT(F_LATENCY_US) | BIT(F_USER) | BIT(F_FEATURE), at, rows,
                                cols);
            for (size_t i = 0; i < rows; i++) {
                int64_t id = (int64_t)(at + i) + 1;

                cr_assert(cols[F_FEATURE][i] == 1 + id % 5, "row %lld", (long long)id);
                cr_assert(cols[F_LATENCY_US][i] == (id % 3 ? id * 7 : NA), "row %lld",
                          (long long)id);
                cr_assert(cols[F_USER][i] == NA, "row %lld", (long long)id);
            }
        }
        cr_expect(stored_columns_constant(&stored, F_USER, &same) && same == NA);
        cr_expect(stored_columns_constant(&stored, F_STATUS, &same) == (round > 0));
        cr_expect(!round || same == 2);
        cr_expect(!stored_columns_constant(&stored, F_LATENCY_US, &same));
        free(chunks);
        store_read_done(s);
    }
    stored_columns_release(&stored);
}

/* Rows without a start, chunks without a row in between, a very large id, a deleted row. */
Test(columns, gaps)
{
    struct chunk_info *chunks;
    size_t n;

    exec_ok("INSERT INTO call (call_id, identity_key, source_id, source_line, started_us) VALUES"
            "(5, 1, 1, 1, NULL), (9, 2, 1, 2, -7), (131073, 3, 1, 3, NULL),"
            "(9223372036854775807, 4, 1, 4, 20), (-3, 5, 1, 5, 1)");
    for (int round = 0; round < 2; round++) {
        if (round) {
            rebuild(0);
            rebuild(2);
            rebuild(140737488355327);
        }
        chunks = chunks_ok(&n);
        cr_assert(n == 3, "%zu", n);
        cr_expect(chunks[0].number == 0 && chunks[0].rows == 2 && chunks[0].untimed);
        cr_expect(chunks[0].min_started_us == -7 && chunks[0].max_started_us == -7);
        cr_expect(chunks[1].number == 2 && chunks[1].rows == 1 && chunks[1].untimed);
        cr_expect(chunks[1].min_started_us > chunks[1].max_started_us, "no start at all");
        cr_expect(chunks[2].number == 140737488355327 && chunks[2].rows == 1);
        cr_expect(!chunks[2].untimed);
        read_ok(&chunks[0], BIT(F_STARTED_US) | BIT(C_IDENTITY_KEY));
        cr_expect(cols[F_STARTED_US][0] == NA && cols[F_STARTED_US][1] == -7);
        cr_expect(cols[C_IDENTITY_KEY][0] == 1 && cols[C_IDENTITY_KEY][1] == 2);
        read_ok(&chunks[2], BIT(C_SOURCE_LINE));
        cr_expect(cols[C_SOURCE_LINE][0] == 4);
        free(chunks);
        store_read_done(s);
    }
    exec_ok("DELETE FROM call WHERE call_id < 100");
    rebuild(0);
    chunks = chunks_ok(&n);
    cr_expect(n == 2, "a chunk without rows is none");
    free(chunks);
}

Test(columns, written_and_deleted)
{
    struct error err = {0};
    int64_t started[] = {5, NA, 3}, line[] = {1, 2, 3};
    int64_t *given[C_COUNT] = {[F_STARTED_US] = started, [C_SOURCE_LINE] = line};
    struct chunk_info *chunks;
    size_t n;

    exec_ok("INSERT INTO call (call_id, identity_key, source_id, source_line) VALUES"
            "(1, 1, 1, 1), (2, 2, 1, 2), (3, 3, 1, 3)");
    for (int again = 0; again < 2; again++)
        cr_assert(store_write_chunk(s, 0, 3, given, &err) == OK, "%s", err.msg);
    chunks = chunks_ok(&n);
    cr_assert(n == 1);
    cr_expect(chunks[0].rows == 3 && chunks[0].min_started_us == 3);
    cr_expect(chunks[0].max_started_us == 5 && chunks[0].untimed);
    read_ok(&chunks[0], BIT(F_STARTED_US) | BIT(F_FEATURE) | BIT(C_SOURCE_LINE));
    cr_expect(memcmp(cols[F_STARTED_US], started, sizeof(started)) == 0);
    cr_expect(memcmp(cols[C_SOURCE_LINE], line, sizeof(line)) == 0);
    cr_expect(cols[F_FEATURE][2] == NA, "a column that was not given");
    free(chunks);
    store_read_done(s);

    cr_assert(store_delete_chunk(s, 0, &err) == OK);
    chunks = chunks_ok(&n);
    cr_assert(n == 1);
    cr_expect(chunks[0].min_started_us > chunks[0].max_started_us, "now it comes from the rows");
    free(chunks);
}

/* Changes by others stay outside of a read transaction; a transaction that is open goes on. */
Test(columns, transactions)
{
    struct chunk_info *chunks;
    size_t n;

    free(chunks_ok(&n));
    cr_expect(!sqlite3_get_autocommit(s->db));
    store_read_done(s);
    cr_expect(sqlite3_get_autocommit(s->db));
    exec_ok("BEGIN IMMEDIATE");
    insert_calls(1, 3);
    chunks = chunks_ok(&n);
    cr_expect(n == 1 && chunks[0].rows == 3, "the writer sees its own rows");
    free(chunks);
    store_read_done(s);
    cr_expect(!sqlite3_get_autocommit(s->db), "reading does not end the writer's transaction");
    exec_ok("ROLLBACK");
}

Test(columns, damaged)
{
    static const struct {
        const char *name, *damage, *words;
    } cases[] = {
        {"no rows",         "UPDATE chunk SET rows = 0",                                               "column chunk 0 is damaged: 0 rows"},
        {"too many rows",   "UPDATE chunk SET rows = 65537",                                           "chunk 0 is damaged: 65537 rows"   },
        {"other rows",      "UPDATE chunk SET rows = 2",                                               "chunk 0 is damaged: column 20"    },
        {"an empty column", "UPDATE chunk_column SET data = x''",                                      "is damaged: column 20"            },
        {"a short column",  "UPDATE chunk_column SET data = substr(data, 1, 17)",
         "is damaged: column 20 cannot be decoded"                                                                                        },
        {"a long column",   "UPDATE chunk_column SET data = zeroblob(1000000)",                        "damaged: column 20"               },
        {"width 9",         "UPDATE chunk_column SET data = CAST(x'0109' || substr(data, 3) AS BLOB)",
         "damaged: column 20"                                                                                                             },
    };

    insert_calls(1, 3);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct chunk_info *chunks = NULL;
        struct error err = {0};
        size_t n = 0;
        enum err rc;

        rebuild(0);
        exec_ok(cases[i].damage);
        rc = store_chunks(s, &chunks, &n, &err);
        if (!rc)
            rc = store_read_columns(s, &chunks[0], BIT(F_STARTED_US), cols, &err);
        cr_expect(rc == ERR_DB, "%s", cases[i].name);
        cr_expect(strstr(err.msg, cases[i].words) != NULL, "%s: %s", cases[i].name, err.msg);
        free(chunks);
        store_read_done(s);
    }
}

Test(columns, changed_while_read)
{
    struct chunk_info chunk = {.number = 0, .rows = 3};
    struct error err = {0};

    insert_calls(1, 2);
    cr_expect(store_read_columns(s, &chunk, BIT(F_USER), cols, &err) == ERR_DB);
    cr_expect(strstr(err.msg, "changed while they were read") != NULL, "%s", err.msg);
}

struct reader {
    pthread_t thread;
    const struct chunk_info *chunks;
    size_t n;
    bool good;
};

static void *read_all(void *ctx)
{
    struct reader *r = ctx;
    int64_t *mine[C_COUNT] = {[F_STARTED_US] = malloc(CHUNK_ROWS * sizeof(int64_t)),
                              [F_LATENCY_US] = malloc(CHUNK_ROWS * sizeof(int64_t))};

    r->good = true;
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < r->n; i++) {
            struct error err = {0};
            enum err rc = store_read_columns(s, &r->chunks[i],
                                             BIT(F_STARTED_US) | BIT(F_LATENCY_US), mine, &err);

            for (int64_t k = 0; k < r->chunks[i].rows; k++) {
                int64_t id = r->chunks[i].number * CHUNK_ROWS + k + 1;

                r->good &= !rc && mine[F_STARTED_US][k] == 1000 * id;
                r->good &= !rc && mine[F_LATENCY_US][k] == (id % 3 ? id * 7 : NA);
            }
        }
    free(mine[F_STARTED_US]);
    free(mine[F_LATENCY_US]);
    return NULL;
}

/* One chunk of blobs and one of rows, four threads. */
Test(columns, threads)
{
    struct reader readers[4];
    struct chunk_info *chunks;
    size_t n;

    insert_calls(1, CHUNK_ROWS + 100);
    rebuild(0);
    chunks = chunks_ok(&n);
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        readers[i] = (struct reader){.chunks = chunks, .n = n};
        cr_assert(pthread_create(&readers[i].thread, NULL, read_all, &readers[i]) == 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        pthread_join(readers[i].thread, NULL);
        cr_expect(readers[i].good, "thread %zu", i);
    }
    free(chunks);
    store_read_done(s);
}
