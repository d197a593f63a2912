/* batch_table_test: memory read by SQL. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "store/batch_table.h"

static const int64_t numbers[] = {INT64_MIN, -1, 0, INT64_MAX};

/* Columns: the number, its row as a blob, nothing. */
static void cell(void *ctx, size_t row, int column, sqlite3_context *out)
{
    const int64_t *n = ctx;

    if (column == 0)
        sqlite3_result_int64(out, n[row]);
    else if (column == 1)
        sqlite3_result_blob(out, &"0123"[row], 1, SQLITE_STATIC);
}

static void exec(struct store *s, const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s", err.msg);
}

static int64_t ask(struct store *s, const char *sql)
{
    sqlite3_stmt *stmt;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s",
              sqlite3_errmsg(s->db));
    cr_assert(sqlite3_step(stmt) == SQLITE_ROW);
    int64_t v = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

Test(batch_table, insert_select)
{
    struct batch_table t = {3, ARRAY_LEN(numbers), (void *)numbers, cell};
    struct store *s = NULL;
    struct error err = {0};

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
    cr_assert(batch_table_add(s, "some_batch", &t, &err) == OK);
    exec(s, "CREATE TABLE x (n INTEGER, b BLOB, z)");
    exec(s, "INSERT INTO x SELECT * FROM some_batch");
    cr_expect(eq(i64, ask(s, "SELECT count(*) FROM x WHERE z IS NULL"), 4));
    cr_expect(eq(i64, ask(s, "SELECT min(n) FROM x"), INT64_MIN));
    cr_expect(eq(i64, ask(s, "SELECT n FROM x WHERE b = x'33'"), INT64_MAX));
    t.rows = 0;
    exec(s, "INSERT INTO x SELECT * FROM some_batch");
    cr_expect(eq(i64, ask(s, "SELECT count(*) FROM x"), 4), "an empty batch adds nothing");
    batch_table_remove(s, "some_batch");
    batch_table_remove(s, "some_batch");
    cr_expect(store_exec(s, "SELECT * FROM some_batch", &err) == ERR_DB, "it is gone");
    store_close(s);
}
