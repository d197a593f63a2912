/* stored_keys_test: the keys of rows in runs, and how much is read for a look-up. */
#include "store/stored_keys.h"
#include <criterion/criterion.h>
#include "base/hash.h"
#include "store/id_runs.h"

/* A large run, a small one and three rows without. */
enum { LAST = RUN_LARGE_ROWS + RUN_SMALL_ROWS + 3, RUNS = 2 };

static struct store *s;
static struct stored_keys k;
static struct keyset rest;

/* Rows 5, 6 and that before the last run have keys that differ in their last bits alone. */
static uint64_t key_of(int64_t row)
{
    const uint64_t alike = UINT64_C(0x123456789abcde00);

    return row == 5                    ? alike
           : row == 6                  ? alike + 1
           : row == RUN_LARGE_ROWS + 1 ? alike + 2
                                       : hash_mix((uint64_t)row);
}

static void exec_ok(const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s: %s", sql, err.msg);
}

static enum err begin(void *ctx, struct error *err)
{
    (void)ctx, (void)err;
    return OK;
}

static void open_keys(void)
{
    struct error err = {0};

    stored_keys_release(&k);
    keyset_release(&rest);
    cr_assert(stored_keys_open(&k, s, &rest, &err) == OK, "%s", err.msg);
}

static void setup(void)
{
    struct error err = {0};
    sqlite3_stmt *stmt;

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
    cr_assert(sqlite3_prepare_v2(s->db,
                                 "INSERT INTO call (call_id, identity_key, source_id, source_line)"
                                 " VALUES (?, ?, 1, 1)",
                                 -1, &stmt, NULL) == SQLITE_OK);
    exec_ok("BEGIN");
    for (int64_t i = 1; i <= LAST; i++) {
        sqlite3_bind_int64(stmt, 1, i);
        sqlite3_bind_int64(stmt, 2, (int64_t)key_of(i));
        cr_assert(sqlite3_step(stmt) == SQLITE_DONE);
        sqlite3_reset(stmt);
    }
    exec_ok("COMMIT");
    sqlite3_finalize(stmt);
    cr_assert(id_runs_build(s, begin, NULL, &err) == OK, "%s", err.msg);
    k = (struct stored_keys){.table.seed = 7};
    rest = (struct keyset){.seed = 7};
    open_keys();
}

static void teardown(void)
{
    stored_keys_release(&k);
    keyset_release(&rest);
    store_close(s);
}

TestSuite(stored_keys, .init = setup, .fini = teardown);

static int64_t find(uint64_t key)
{
    struct error err = {0};
    int64_t row = -1;

    cr_assert(stored_keys_find(&k, s, key, &row, &err) == OK, "%s", err.msg);
    return row;
}

static void look(const char *when)
{
    for (int64_t row = 1; row <= LAST; row += row < 10 ? 1 : 1009)
        cr_expect(find(key_of(row)) == (row <= LAST - 3 ? row : 0), "%s: row %lld", when,
                  (long long)row);
    for (uint64_t i = 1; i <= 1000; i++)
        cr_expect(find(hash_mix(LAST + i)) == 0, "%s: no row %llu", when,
                  (unsigned long long)i + LAST);
    cr_expect(find(key_of(RUN_LARGE_ROWS + 1)) == RUN_LARGE_ROWS + 1, "%s", when);
    cr_expect(find(key_of(5) + 3) == 0, "%s: like three others but for its last bits", when);
    cr_expect(find(0) == 0 && find(UINT64_MAX) == 0, "%s", when);
}

Test(stored_keys, in_runs_and_loaded_alike)
{
    look("in runs");
    cr_expect(!k.loaded && k.n_runs == RUNS);
    k.asked = STORED_KEYS_PATIENCE;
    look("loaded");
    cr_expect(k.loaded && k.n_runs == 0);
}

Test(stored_keys, rows_without_a_run_are_the_callers)
{
    for (int64_t row = LAST - 3; row <= LAST; row++)
        cr_expect(keyset_find(&rest, key_of(row)) == (row > LAST - 3 ? row : 0));
    exec_ok("DELETE FROM id_run");
    open_keys();
    cr_expect(k.n_runs == 0 && find(key_of(1)) == 0);
    for (int64_t row = 1; row <= LAST; row += 997)
        cr_expect(keyset_find(&rest, key_of(row)) == row);
}

/* A key's entries may reach over the end of a block: two then. */
Test(stored_keys, reads_a_block_of_each_run)
{
    for (uint64_t i = 1; i <= 20; i++) {
        open_keys();
        cr_expect(find(hash_mix(LAST + i)) == 0);
        cr_expect(k.blocks_read >= 1 && k.blocks_read <= 2 * RUNS, "%lld",
                  (long long)k.blocks_read);
        int64_t before = k.blocks_read;
        cr_expect(find(hash_mix(LAST + i)) == 0);
        cr_expect(k.blocks_read == before, "what was read stays");
    }
}

/* A run may know more than the rows: those are asked. */
Test(stored_keys, rows_that_are_gone)
{
    exec_ok("DELETE FROM call WHERE call_id = 4711");
    exec_ok("UPDATE call SET identity_key = 1 WHERE call_id = 4712");
    cr_expect(find(key_of(4711)) == 0);
    cr_expect(find(key_of(4712)) == 0);
    cr_expect(find(key_of(4713)) == 4713);
}

/* A call that were taken for new because of a bad block would be there twice. */
Test(stored_keys, damage_is_an_error)
{
    struct error err = {0};
    int64_t row;

    exec_ok("UPDATE id_run SET data = x'0102' WHERE key % 1024 > 0");
    cr_expect(stored_keys_find(&k, s, key_of(1), &row, &err) == ERR_DB);
    cr_expect(strstr(err.msg, "damaged: an id run of the rows from"), "%s", err.msg);
}
