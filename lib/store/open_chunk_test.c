/* open_chunk_test: what is kept in memory is what gets written. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include "store/open_chunk.h"
#include "store/store_internal.h"

static struct store *s;
static struct open_chunk chunk;
static struct error err;

static void setup(void)
{
    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
}

static void teardown(void)
{
    open_chunk_release(&chunk);
    store_close(s);
}

TestSuite(open_chunk, .init = setup, .fini = teardown);

/* Calls from, from + 1 ... with input tokens that are their id, in the table too. */
static void add_calls(int64_t from, int64_t n)
{
    static struct call_row rows[1000];
    sqlite3_stmt *stmt;
    size_t held = 0;

    cr_assert(
        sqlite3_prepare_v2(s->db,
                           "INSERT INTO call (call_id, input_tokens, identity_key, source_id, "
                           "source_line) VALUES (?1, ?1, ?1, 1, 1)",
                           -1, &stmt, NULL) == SQLITE_OK);
    cr_assert(store_exec(s, "BEGIN", &err) == OK);
    for (int64_t i = from; i < from + n; i++) {
        struct call_row *row = &rows[held++];
        row->known = 0;
        call_row_set(row, F_INPUT_TOKENS, i);
        call_row_set(row, C_IDENTITY_KEY, i);
        call_row_set(row, C_SOURCE_ID, 1);
        sqlite3_bind_int64(stmt, 1, i);
        cr_assert(store_run(s, stmt, &err) == OK);
        if (held < ARRAY_LEN(rows) && i + 1 < from + n)
            continue;
        cr_assert(open_chunk_add(&chunk, s, rows, held, &err) == OK);
        held = 0;
    }
    cr_assert(open_chunk_write(&chunk, s, &err) == OK);
    cr_assert(store_exec(s, "COMMIT", &err) == OK);
    sqlite3_finalize(stmt);
}

/* The stored input tokens of one call as the chunks have them. */
static int64_t stored(int64_t call_id, enum call_field f)
{
    static int64_t values[CHUNK_ROWS];
    int64_t *cols[C_COUNT] = {NULL};
    struct chunk_info *chunks = NULL;
    size_t n = 0;
    int64_t number = (call_id - 1) / CHUNK_ROWS, v = 0;

    cr_assert(store_chunks(s, &chunks, &n, &err) == OK);
    cr_assert(number < (int64_t)n);
    cols[f] = values;
    cr_assert(store_read_columns(s, &chunks[number], CALL_BIT(f), cols, &err) == OK);
    v = values[(call_id - 1) % CHUNK_ROWS];
    store_read_done(s);
    free(chunks);
    return v;
}

Test(open_chunk, grows_over_the_boundary)
{
    add_calls(1, 10);
    cr_expect(eq(i64, stored(10, F_INPUT_TOKENS), 10));
    cr_expect(chunk.cols[C_SOURCE_ID] == NULL, "not kept in chunks");
    cr_expect(chunk.cols[F_OUTPUT_TOKENS] == NULL, "never occurred");
    add_calls(11, CHUNK_ROWS);
    cr_expect(eq(i64, chunk.number, 1));
    cr_expect(eq(sz, chunk.rows, 10));
    cr_expect(eq(i64, stored(CHUNK_ROWS, F_INPUT_TOKENS), CHUNK_ROWS));
    cr_expect(eq(i64, stored(CHUNK_ROWS + 10, F_INPUT_TOKENS), CHUNK_ROWS + 10));
    cr_expect(eq(i64, stored(CHUNK_ROWS, F_LATENCY_US), CALL_MISSING));
}

Test(open_chunk, loads_what_was_written)
{
    struct chunk_info *chunks = NULL;
    size_t n = 0;

    add_calls(1, 10);
    open_chunk_release(&chunk);
    cr_assert(store_chunks(s, &chunks, &n, &err) == OK);
    cr_assert(open_chunk_load(&chunk, s, 10, &chunks[0], &err) == OK);
    store_read_done(s);
    free(chunks);
    cr_expect(chunk.cols[F_OUTPUT_TOKENS] == NULL);
    cr_expect(chunk.dirty == false);
    add_calls(11, 5);
    for (int64_t i = 1; i <= 15; i++)
        cr_expect(eq(i64, stored(i, F_INPUT_TOKENS), i));
}

Test(open_chunk, loads_nothing_from_an_empty_or_full_one)
{
    cr_assert(open_chunk_load(&chunk, s, 0, NULL, &err) == OK);
    cr_expect(eq(i64, chunk.number, 0));
    cr_assert(open_chunk_load(&chunk, s, CHUNK_ROWS, NULL, &err) == OK);
    cr_expect(eq(i64, chunk.number, 1));
    cr_expect(eq(sz, chunk.rows, 0));
    cr_expect(chunk.lost == false);
}

/* Ids 1 to 10 with only 9 rows: places are no ids, so nothing is kept and what was written goes. */
Test(open_chunk, gaps_make_it_lost)
{
    struct chunk_info info = {.number = 0, .rows = 9};
    struct call_row row = {0};

    add_calls(1, 10);
    open_chunk_release(&chunk);
    cr_assert(open_chunk_load(&chunk, s, 10, &info, &err) == OK);
    cr_expect(chunk.lost);
    add_calls(11, 1);
    cr_expect(chunk.cols[F_INPUT_TOKENS] == NULL);
    cr_expect(eq(i64, stored(11, F_INPUT_TOKENS), 11), "from the rows");
    cr_expect(open_chunk_change(&chunk, s, 3, &row, &err) == OK);
    add_calls(12, CHUNK_ROWS - 10);
    cr_expect(chunk.lost == false);
    cr_expect(eq(i64, stored(CHUNK_ROWS + 1, F_INPUT_TOKENS), CHUNK_ROWS + 1));
}

Test(open_chunk, changes)
{
    struct call_row row = {0};
    int64_t *missing = NULL;
    size_t n = 0;

    add_calls(1, CHUNK_ROWS + 5);
    call_row_set(&row, F_OUTPUT_TOKENS, 7);
    cr_assert(open_chunk_change(&chunk, s, CHUNK_ROWS + 2, &row, &err) == OK);
    cr_assert(open_chunk_write(&chunk, s, &err) == OK);
    cr_expect(eq(i64, stored(CHUNK_ROWS + 2, F_OUTPUT_TOKENS), 7));
    cr_expect(eq(i64, stored(CHUNK_ROWS + 2, F_INPUT_TOKENS), CALL_MISSING));
    cr_expect(eq(i64, stored(CHUNK_ROWS + 3, F_OUTPUT_TOKENS), CALL_MISSING));
    for (int i = 0; i < 2; i++)
        cr_assert(open_chunk_change(&chunk, s, 5 + i, &row, &err) == OK);
    cr_assert(store_missing_chunks(s, &missing, &n, &err) == OK);
    cr_expect(eq(sz, n, 1));
    cr_expect(eq(i64, missing[0], 0));
    free(missing);
}
