/* row_image_test: rows that were put together in C read by SQL. What SQL's own INSERT stores of the
 * same values is what is wanted. */
#include "store/row_image.h"
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

static struct store *s;
static struct row_image *image;
static uint64_t random_state = 1;

static void exec(const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s", err.msg);
}

static int64_t ask(const char *sql)
{
    sqlite3_stmt *stmt;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s",
              sqlite3_errmsg(s->db));
    cr_assert(sqlite3_step(stmt) == SQLITE_ROW);
    int64_t v = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

static void open_table(const char *columns)
{
    struct error err = {0};
    char sql[256];

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
    for (const char *table = "t\0u\0"; *table; table += 2) {
        (void)snprintf(sql, sizeof(sql), "CREATE TABLE %s (%s) STRICT", table, columns);
        exec(sql);
    }
    cr_assert(row_image_new(s, "t_image", "t", &image, &err) == OK, "%s", err.msg);
}

static void store_ok(void)
{
    struct error err = {0};

    cr_assert(row_image_store(image, &err) == OK, "%s", err.msg);
}

static void close_table(void)
{
    row_image_free(image);
    store_close(s);
}

/* Table t, filled by images, is table u, filled by INSERT. */
static void expect_equal(void)
{
    cr_expect(ask("SELECT count(*) FROM t") == ask("SELECT count(*) FROM u"));
    cr_expect(ask("SELECT count(*) FROM (SELECT * FROM t EXCEPT SELECT * FROM u)") == 0);
    cr_expect(ask("SELECT count(*) FROM (SELECT * FROM u EXCEPT SELECT * FROM t)") == 0);
    cr_expect(ask("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1);
}

static uint64_t next_random(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return random_state >> 11;
}

/* Every length that a number is stored in, at its ends. */
Test(row_image, numbers)
{
    sqlite3_stmt *plain;
    uint64_t rows = 0;

    open_table("id INTEGER PRIMARY KEY, a INTEGER, b INTEGER");
    cr_assert(sqlite3_prepare_v2(s->db, "INSERT INTO u VALUES (?, ?, ?)", -1, &plain, NULL) == 0);
    exec("BEGIN IMMEDIATE");
    for (int bit = 0; bit < 64; bit++)
        for (int64_t off = -2; off <= 2; off++)
            for (int sign = 0; sign < 2; sign++) {
                int64_t v = (int64_t)((UINT64_C(1) << bit) + (uint64_t)off);
                v = sign ? (int64_t)-(uint64_t)v : v;
                int64_t id = (int64_t)((UINT64_C(1) << 63) + UINT64_MAX / 640 * rows++);
                row_image_row(image, id);
                row_image_int(image, v);
                row_image_int(image, -7);
                sqlite3_bind_int64(plain, 1, id);
                sqlite3_bind_int64(plain, 2, v);
                sqlite3_bind_int64(plain, 3, -7);
                cr_assert(sqlite3_step(plain) == SQLITE_DONE);
                sqlite3_reset(plain);
            }
    store_ok();
    exec("COMMIT");
    sqlite3_finalize(plain);
    expect_equal();
    close_table();
}

/* Blobs that end in their cell, at its limit, and in pages of their own. */
Test(row_image, blobs)
{
    static const size_t lengths[] = {0,     1,     57,     58,     127,    128,    8199,  8200,  16300, 16330, 16340, 16341, 16342,
                                     16343, 16344, 16345,  16346,  16349,  16350,  16384, 32720, 32740, 65400, 65480,
                                     65494, 65495, 65496,  65497,  65498,  65499,  65500, 65501, 65502,
                                     65532, 65533, 131000, 131064, 131070, 196600, 1000000};
    unsigned char *bytes = malloc(1000000);
    sqlite3_stmt *plain;

    open_table("id INTEGER PRIMARY KEY, a BLOB, b INTEGER, c BLOB");
    for (size_t i = 0; i < 1000000; i++)
        bytes[i] = (unsigned char)next_random();
    cr_assert(sqlite3_prepare_v2(s->db, "INSERT INTO u VALUES (?, ?, 5, ?)", -1, &plain, NULL) == 0);
    exec("BEGIN IMMEDIATE");
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        row_image_row(image, (int64_t)i);
        row_image_blob(image, (struct sv){(const char *)bytes, lengths[i]});
        row_image_int(image, 5);
        row_image_blob(image, i % 3 ? SV_NONE : (struct sv){(const char *)bytes, 9});
        sqlite3_bind_int64(plain, 1, (int64_t)i);
        sqlite3_bind_blob64(plain, 2, bytes, lengths[i], SQLITE_STATIC);
        if (i % 3)
            sqlite3_bind_null(plain, 3);
        else
            sqlite3_bind_blob64(plain, 3, bytes, 9, SQLITE_STATIC);
        cr_assert(sqlite3_step(plain) == SQLITE_DONE);
        sqlite3_reset(plain);
        if (i % 5 == 4)
            store_ok();
    }
    store_ok();
    exec("COMMIT");
    sqlite3_finalize(plain);
    free(bytes);
    expect_equal();
    close_table();
}

/* Rows of random numbers by places: several images in one transaction and in several, from one row
 * to more than a page holds. */
Test(row_image, rows)
{
    static const uint8_t places[4] = {2, 0, 3, 1};
    sqlite3_stmt *plain;
    int64_t id = 0;

    open_table("id INTEGER PRIMARY KEY, c INTEGER, a INTEGER, d INTEGER, b INTEGER");
    cr_assert(sqlite3_prepare_v2(s->db, "INSERT INTO u (id, a, b, c, d) VALUES (?, ?, ?, ?, ?)", -1,
                                 &plain, NULL) == 0);
    for (int rows = 1; rows < 40000; rows = rows * 3 + 1) {
        if (rows % 2)
            exec("BEGIN IMMEDIATE");
        for (int i = 0; i < rows; i++) {
            uint64_t known = next_random() % 16;
            int64_t v[4];
            sqlite3_clear_bindings(plain);
            sqlite3_bind_int64(plain, 1, ++id);
            for (int c = 0; c < 4; c++) {
                v[c] = (int64_t)(next_random() << 11 >> next_random() % 64);
                if (known >> c & 1)
                    sqlite3_bind_int64(plain, 2 + c, v[c]);
            }
            row_image_row(image, id);
            row_image_ints(image, places, 4, v, known);
            cr_assert(sqlite3_step(plain) == SQLITE_DONE);
            sqlite3_reset(plain);
        }
        store_ok();
        store_ok(); /* of nothing */
        if (rows % 2 == 0)
            exec("COMMIT");
    }
    if (!sqlite3_get_autocommit(s->db))
        exec("COMMIT");
    sqlite3_finalize(plain);
    expect_equal();
    close_table();
}

/* A record is moved as it is: a few steps for a row, however many columns it has. */
Test(row_image, steps)
{
    sqlite3_stmt *insert = NULL;

    open_table("id INTEGER PRIMARY KEY, a INTEGER CHECK (a >= 0), b INTEGER, c INTEGER, d INTEGER, "
               "e INTEGER, f INTEGER, g INTEGER, h INTEGER, i INTEGER, j INTEGER, k INTEGER");
    exec("BEGIN IMMEDIATE");
    for (int i = 0; i < 1000; i++) {
        row_image_row(image, i);
        row_image_int(image, i);
    }
    store_ok();
    exec("COMMIT");
    while ((insert = sqlite3_next_stmt(s->db, insert)))
        if (strncmp(sqlite3_sql(insert), "INSERT OR ROLLBACK", 18) == 0)
            break;
    cr_assert(insert != NULL);
    cr_expect(sqlite3_stmt_status(insert, SQLITE_STMTSTATUS_VM_STEP, 0) < 10 * 1000);
    cr_expect(ask("SELECT count(*) FROM t WHERE a = id AND k IS NULL") == 1000);
    close_table();
}

/* Each row has a page of its own: 1,091 fit. What does not fit is said, and the next rows are fine. */
Test(row_image, too_many)
{
    static const char bytes[16000];
    struct error err = {0};
    int64_t id = 0;

    open_table("id INTEGER PRIMARY KEY, a BLOB");
    exec("BEGIN IMMEDIATE");
    for (int rows = 1090; rows < 1093; rows++) {
        for (int i = 0; i < rows; i++) {
            row_image_row(image, ++id);
            row_image_blob(image, (struct sv){bytes, sizeof(bytes)});
        }
        cr_expect(row_image_store(image, &err) == (rows <= 1091 ? OK : ERR_RANGE));
    }
    cr_expect(strcmp(err.msg, "too many rows at once") == 0, "%s", err.msg);
    row_image_row(image, ++id);
    row_image_blob(image, SV("x"));
    store_ok();
    exec("COMMIT");
    cr_expect(ask("SELECT count(*) FROM t") == 1090 + 1091 + 1);
    cr_expect(ask("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1);
    close_table();
}

Test(row_image, an_id_that_is_there)
{
    struct error err = {0};

    open_table("id INTEGER PRIMARY KEY, a INTEGER");
    exec("INSERT INTO t VALUES (3, 4)");
    exec("BEGIN IMMEDIATE");
    row_image_row(image, 3);
    row_image_int(image, 5);
    cr_expect(row_image_store(image, &err) != OK);
    cr_expect(strstr(err.msg, "UNIQUE constraint failed: t.id") != NULL, "%s", err.msg);
    cr_expect(sqlite3_get_autocommit(s->db), "the transaction is rolled back");
    cr_expect(ask("SELECT a FROM t") == 4);
    close_table();
}

Test(row_image, tables_that_are_not)
{
    struct error err = {0};

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
    cr_expect(row_image_new(s, "x", "nothing", &image, &err) == ERR_DB);
    cr_expect(strcmp(err.msg, ":memory:: damaged: table nothing is not what it should be") == 0,
              "%s", err.msg);
    exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER UNIQUE)");
    cr_expect(row_image_new(s, "x", "t", &image, &err) == ERR_DB);
    cr_expect(strcmp(err.msg, ":memory:: damaged: table t is not what it should be") == 0, "%s",
              err.msg);
    store_close(s);
}
