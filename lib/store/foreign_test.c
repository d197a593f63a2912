/* foreign_test: what is read of databases that others made, some of them with bad intentions. The
 * wanted lines are written by hand from the SQL beside them. */
#include "store/foreign.h"
#include <criterion/criterion.h>
#include <ftw.h>
#include <grp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "store/store.h"

#define MAX_VALUE (16 << 20)

static char folder[64];
static char path[128];

static void setup(void)
{
    (void)snprintf(folder, sizeof(folder), "/tmp/llmobs-foreign-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/a b?.db", folder);
}

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(name);
}

static void teardown(void)
{
    (void)chmod(folder, 0700);
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(foreign, .init = setup, .fini = teardown);

static sqlite3 *run_sql(const char *sql)
{
    sqlite3 *db = NULL;
    char *words = NULL;

    cr_assert(sqlite3_open(path, &db) == SQLITE_OK);
    cr_assert(sqlite3_exec(db, sql, NULL, NULL, &words) == SQLITE_OK, "%s: %s", sql, words);
    return db;
}

static void make(const char *sql)
{
    cr_assert(sqlite3_close(run_sql(sql)) == SQLITE_OK);
}

static struct foreign *open_ok(void)
{
    struct foreign *f = NULL;
    struct error err = {0};

    cr_assert(foreign_open(path, MAX_VALUE, &f, &err) == OK, "%s", err.msg);
    return f;
}

/* The rest of the table, read `step` bytes at a time. */
static enum err read_rest(struct foreign *f, size_t step, struct buf *out, struct error *err)
{
    char room[4096];
    size_t got = 1;
    enum err rc = OK;

    while (!rc && got) {
        rc = foreign_read(f, room, step, &got, err);
        buf_add(out, room, got);
    }
    return rc;
}

/* All tables: "name:" and a line for each row. */
static struct buf dump(size_t step)
{
    struct foreign *f = open_ok();
    struct buf out = {0};
    struct error err = {0};

    for (size_t i = 0; i < foreign_tables(f); i++) {
        buf_printf(&out, "%s:\n", foreign_table(f, i));
        cr_assert(foreign_begin(f, i, &err) == OK, "%s", err.msg);
        cr_assert(read_rest(f, step, &out, &err) == OK, "%s", err.msg);
    }
    foreign_close(f);
    buf_char(&out, '\0');
    return out;
}

/* clang-format off */
static const struct {
    const char *name, *sql, *want;
} cases[] = {
    {"nothing is in it", "CREATE TABLE t(a); DROP TABLE t", ""},
    {"whole numbers are exact",
     "CREATE TABLE t(a); INSERT INTO t VALUES (9007199254740993), (-9223372036854775808),"
     "(9223372036854775807), (0)",
     "t:\n{\"a\":9007199254740993}\n{\"a\":-9223372036854775808}\n{\"a\":9223372036854775807}\n"
     "{\"a\":0}\n"},
    {"reals read as the same number again",
     "CREATE TABLE t(a); INSERT INTO t VALUES (0.1), (0.1 + 0.2), (1e22), (1.0), (9e999),"
     "(-9e999), (9e999 - 9e999), (5e-324)",
     "t:\n{\"a\":0.1}\n{\"a\":0.30000000000000004}\n{\"a\":1e+22}\n{\"a\":1}\n{\"a\":9e999}\n"
     "{\"a\":-9e999}\n{}\n{\"a\":4.94065645841247e-324}\n"},
    {"text is escaped, and may hold NUL",
     "CREATE TABLE t(a);"
     "INSERT INTO t VALUES ('a\"b\\c'), (''), (CAST(x'61000a62' AS TEXT)), ('€')",
     "t:\n{\"a\":\"a\\\"b\\\\c\"}\n{\"a\":\"\"}\n{\"a\":\"a\\u0000\\u000ab\"}\n{\"a\":\"€\"}\n"},
    {"bad UTF-8 stays what it is",
     "CREATE TABLE t(a); INSERT INTO t VALUES (CAST(x'61ff22' AS TEXT)), (CAST(x'e282' AS TEXT))",
     "t:\n{\"a\":\"a\xFF\\\"\"}\n{\"a\":\"\xE2\x82\"}\n"},
    {"UTF-16 becomes UTF-8",
     "PRAGMA encoding = 'UTF-16be'; CREATE TABLE t(a); INSERT INTO t VALUES ('h€\U0001F600')",
     "t:\n{\"a\":\"h€\U0001F600\"}\n"},
    {"a BLOB is missing unless it is text",
     "CREATE TABLE t(a, b); INSERT INTO t VALUES (x'6162', 1), (x'ff', 2), (x'', 3)",
     "t:\n{\"a\":\"ab\",\"b\":1}\n{\"b\":2}\n{\"a\":\"\",\"b\":3}\n"},
    {"NULL is left out, and so a new column changes nothing",
     "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, NULL), (NULL, 2), (NULL, NULL);"
     "ALTER TABLE t ADD COLUMN c TEXT",
     "t:\n{\"a\":1}\n{\"b\":2}\n{}\n"},
    {"names are quoted on both sides",
     "CREATE TABLE \"we\"\"ird ] t\"(\"a\"\"b\", [select], \"x\ny\");"
     "INSERT INTO \"we\"\"ird ] t\" VALUES (1, 2, 3)",
     "we\"ird ] t:\n{\"a\\\"b\":1,\"select\":2,\"x\\ny\":3}\n"},
    {"rows come as they are stored, whatever index there is",
     "CREATE TABLE t(rowid TEXT, oid, _rowid_); CREATE INDEX i ON t(rowid, oid, _rowid_);"
     "INSERT INTO t VALUES ('b', 1, 1), ('a', 2, 2)",
     "t:\n{\"rowid\":\"b\",\"oid\":1,\"_rowid_\":1}\n{\"rowid\":\"a\",\"oid\":2,\"_rowid_\":2}\n"},
    {"a table without rowids comes by its key",
     "CREATE TABLE t(k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO t VALUES ('b', 1), ('a', 2)",
     "t:\n{\"k\":\"a\",\"v\":2}\n{\"k\":\"b\",\"v\":1}\n"},
    {"tables come by name, SQLite's own are none",
     "CREATE TABLE b(x INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE B2(x); CREATE TABLE a(x);"
     "INSERT INTO b VALUES (7); ANALYZE",
     "B2:\na:\nb:\n{\"x\":7}\n"},
    {"no view, virtual table, trigger or generated column is run",
     "CREATE VIEW responses AS SELECT 1 AS id; CREATE TABLE t(a, b AS (abs(a)), c AS (a) STORED);"
     "INSERT INTO t(a) VALUES (-1); CREATE VIRTUAL TABLE v USING fts4(x, content='');"
     "CREATE TRIGGER tr BEFORE INSERT ON t BEGIN SELECT raise(ABORT, 'no'); END;"
     "CREATE VIEW endless AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r)"
     "SELECT n FROM r",
     "t:\n{\"a\":-1}\nv_docsize:\nv_segdir:\nv_segments:\nv_stat:\n"},
    {"what is not yet in the file but in its log",
     "PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)", "t:\n{\"a\":1}\n"},
};
/* clang-format on */

Test(foreign, tables_as_lines)
{
    static const size_t steps[] = {4096, 1, 7};

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        sqlite3 *db = run_sql(cases[i].sql); /* stays open: its log is not written back */

        for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
            struct buf got = dump(steps[k]);
            cr_expect(strcmp(got.p, cases[i].want) == 0, "%s: %s", cases[i].name, got.p);
            buf_release(&got);
        }
        sqlite3_close(db);
        cr_assert(remove(path) == 0);
    }
}

Test(foreign, a_table_from_its_start_again)
{
    struct error err = {0};
    struct buf all = {0}, again = {0};
    char room[5];
    size_t got;

    make("CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y')");
    struct foreign *f = open_ok();
    cr_assert(foreign_begin(f, 0, &err) == OK);
    cr_expect(sv_is(foreign_columns(f), "{\"a\":null,\"b\":null}"));
    cr_assert(foreign_read(f, room, sizeof(room), &got, &err) == OK && got == sizeof(room));
    cr_assert(foreign_begin(f, 0, &err) == OK);
    cr_assert(read_rest(f, 100, &all, &err) == OK);
    cr_assert(read_rest(f, 100, &again, &err) == OK);
    cr_expect(sv_is((struct sv){all.p, all.n}, "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n"));
    cr_expect(again.n == 0, "nothing comes behind the end");
    foreign_close(f);
    buf_release(&all);
    buf_release(&again);
}

Test(foreign, one_state_whatever_is_written)
{
    struct buf out = {0};
    struct error err = {0};
    sqlite3 *db = run_sql("PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    struct foreign *f = open_ok();

    cr_assert(sqlite3_exec(db, "INSERT INTO t VALUES (2)", NULL, NULL, NULL) == SQLITE_OK);
    cr_assert(foreign_begin(f, 0, &err) == OK);
    cr_assert(read_rest(f, 100, &out, &err) == OK);
    cr_expect(sv_is((struct sv){out.p, out.n}, "{\"a\":1}\n"));
    foreign_close(f);
    sqlite3_close(db);
    buf_release(&out);
}

/* Who writes without such a log gets its turn between two rows of 32 Ki, and not before. */
Test(foreign, a_writer_takes_its_turn)
{
    enum { LINE = 8, LINES = 32768 };
    static const char insert[] = "INSERT INTO t VALUES (10000)";
    static char room[LINE * LINES];
    struct error err = {0};
    size_t got = 0;

    sqlite3 *db = run_sql("CREATE TABLE t(a); WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL "
                          "SELECT n + 1 FROM r WHERE n < 32768) "
                          "INSERT INTO t SELECT n % 10 FROM r");
    struct foreign *f = open_ok();
    cr_assert(foreign_begin(f, 0, &err) == OK);
    cr_assert(foreign_read(f, room, sizeof(room) - 1, &got, &err) == OK);
    cr_expect(got == sizeof(room) - 1);
    cr_expect(sqlite3_exec(db, insert, NULL, NULL, NULL) == SQLITE_OK);
    cr_expect(foreign_rewind(f, &err) == OK);
    cr_expect(foreign_read(f, room, LINE, &got, &err) == OK);
    cr_expect(sqlite3_exec(db, insert, NULL, NULL, NULL) == SQLITE_BUSY);
    cr_assert(foreign_read(f, room, sizeof(room) - LINE, &got, &err) == OK);
    cr_expect(sqlite3_exec(db, insert, NULL, NULL, NULL) == SQLITE_OK);
    cr_assert(foreign_read(f, room, sizeof(room), &got, &err) == OK);
    cr_expect(sv_is((struct sv){room, got}, "{\"a\":10000}\n{\"a\":10000}\n"));
    foreign_close(f);
    sqlite3_close(db);
}

Test(foreign, a_value_too_long)
{
    make("CREATE TABLE t(a, b);"
         "INSERT INTO t VALUES (1, 'x'), (2, CAST(zeroblob(2000000) AS TEXT)),"
         "(3, CAST(zeroblob(1000000) AS TEXT)), (4, 'z')");
    struct foreign *f = NULL;
    struct error err = {0};
    struct buf out = {0};

    cr_assert(foreign_open(path, 10, &f, &err) == OK, "1 MiB is read whatever is asked for");
    cr_assert(foreign_begin(f, 0, &err) == OK);
    cr_assert(read_rest(f, 4096, &out, &err) == OK, "%s", err.msg);
    cr_expect(out.n == 16 + (1 << 20) + 2 + 12 + 6000000 + 3 + 16, "%zu", out.n);
    cr_expect(sv_starts((struct sv){out.p, out.n}, "{\"a\":1,\"b\":\"x\"}\n{ "));
    cr_expect(sv_find((struct sv){out.p, out.n}, SV(" \n{\"a\":3,\"b\":\"\\u0000")) ==
              16 + (1 << 20));
    cr_expect(sv_ends((struct sv){out.p, out.n}, "\\u0000\"}\n{\"a\":4,\"b\":\"z\"}\n"));
    foreign_close(f);
    buf_release(&out);
}

/* ---- what cannot be read ------------------------------------------------------------------ */

static void patch(long at, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "r+b");

    cr_assert(f && fseek(f, at, SEEK_SET) == 0 && fwrite(bytes, n, 1, f) == 1 && fclose(f) == 0);
}

/* Opens and reads everything; the first message, "" when all went well. */
static void read_all(char *words, size_t size)
{
    struct foreign *f = NULL;
    struct error err = {0};
    struct buf out = {0};
    enum err rc = foreign_open(path, MAX_VALUE, &f, &err);

    for (size_t i = 0; !rc && i < foreign_tables(f); i++) {
        rc = foreign_begin(f, i, &err);
        while (!rc) {
            char room[4096];
            size_t got = 0;
            rc = foreign_read(f, room, sizeof(room), &got, &err);
            if (!got)
                break;
        }
    }
    cr_expect(rc == OK || rc == ERR_IO, "%s", err.msg);
    (void)snprintf(words, size, "%s", rc ? err.msg : "");
    foreign_close(f);
    buf_release(&out);
}

#define ROWS                                                                                       \
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 500) "               \
    "INSERT INTO t SELECT n, printf('%0100d', n) FROM r"

Test(foreign, damaged)
{
    char words[400];

    make("PRAGMA page_size = 4096; CREATE TABLE t(a, b);" ROWS);
    patch(4096, "\xff\xff\xff\xff", 4);
    read_all(words, sizeof(words));
    cr_expect(strcmp(words, "a damaged SQLite database: database disk image is malformed") == 0,
              "%s", words);
    patch(100, "\xff", 1); /* what the schema's page is */
    read_all(words, sizeof(words));
    cr_expect(strstr(words, "a damaged SQLite database: ") == words, "%s", words);
    patch(18, "\x09\x09", 2); /* the version of the format */
    read_all(words, sizeof(words));
    cr_expect(strcmp(words, "a damaged or encrypted SQLite database: file is not a database") == 0,
              "%s", words);
}

Test(foreign, cut_off)
{
    char words[400];

    make("PRAGMA page_size = 4096; CREATE TABLE t(a, b);" ROWS);
    cr_assert(truncate(path, 3 * 4096) == 0);
    read_all(words, sizeof(words));
    cr_expect(strstr(words, "a damaged SQLite database: ") == words, "%s", words);
}

#define PAGE 4096

/* A page of a tree whose children are all the same page. */
static void put_inner_page(unsigned char *page, unsigned char child)
{
    enum { CELLS = 500, CELL = 5 };

    memset(page, 0, PAGE);
    page[0] = 5; /* an inner page of a table */
    page[3] = CELLS >> 8, page[4] = CELLS & 0xff;
    page[5] = (PAGE - CELLS * CELL) >> 8, page[6] = (PAGE - CELLS * CELL) & 0xff;
    page[11] = child; /* the rightmost one */
    for (int i = 0; i < CELLS; i++) {
        int at = PAGE - (i + 1) * CELL;
        page[12 + 2 * i] = (unsigned char)(at >> 8);
        page[13 + 2 * i] = (unsigned char)at;
        page[at + 3] = child;
        page[at + 4] = 1; /* the rowid that parts it from the next */
    }
}

/* Pages 2 to 5: three levels of 501 ways each to the next one, then a row. 126 million rows. */
Test(foreign, a_tree_that_has_no_end)
{
    static unsigned char pages[4][PAGE];
    char words[400];

    make("PRAGMA page_size = 4096; CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    FILE *f = fopen(path, "rb");
    cr_assert(f && fseek(f, PAGE, SEEK_SET) == 0 && fread(pages[3], PAGE, 1, f) == 1);
    fclose(f);
    for (int i = 0; i < 3; i++)
        put_inner_page(pages[i], (unsigned char)(i + 3));
    patch(PAGE, pages, sizeof(pages));
    patch(28, "\0\0\0\5", 4); /* the file's pages */
    read_all(words, sizeof(words));
    cr_expect(strcmp(words, "a damaged SQLite database: more rows than it has room for") == 0,
              "%s", words);
}

Test(foreign, our_own)
{
    char words[400];
    struct store *s = NULL;
    struct error err = {0};

    cr_assert(store_open(path, STORE_WRITE, &s, &err) == OK, "%s", err.msg);
    store_close(s);
    read_all(words, sizeof(words));
    cr_expect(strcmp(words, "a database of llmobs, not a log: --db names it") == 0, "%s", words);
}

Test(foreign, missing)
{
    char words[400];

    read_all(words, sizeof(words));
    cr_expect(strcmp(words, "an SQLite database: unable to open database file") == 0, "%s", words);
}

/* The files of a program that was killed in the middle of a transaction are those of one that is in
 * the middle of it. */
Test(foreign, left_in_the_middle_of_a_change)
{
    char words[400], command[600];

    make("CREATE TABLE t(a, b)");
    sqlite3 *db = run_sql("PRAGMA cache_size = 1; BEGIN;" ROWS);
    (void)snprintf(command, sizeof(command),
                   "cp '%s' %s/copy && cp '%s-journal' %s/copy-journal", path, folder, path,
                   folder);
    cr_assert(system(command) == 0);
    sqlite3_close(db);
    (void)snprintf(path, sizeof(path), "%s/copy", folder);
    read_all(words, sizeof(words));
    cr_expect(strcmp(words, "an SQLite database that a program left in the middle of a change; "
                            "opening it with sqlite3 undoes that") == 0,
              "%s", words);
}

/* Nobody's rights do not reach beyond the mode of the file. */
static bool reads_as_nobody(const char *want)
{
    pid_t pid = fork();
    char words[400];
    int status = 1;

    if (pid == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
            _exit(2);
        read_all(words, sizeof(words));
        _exit(strcmp(words, want) != 0);
    }
    cr_assert(pid > 0 && waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Test(foreign, in_a_folder_that_cannot_be_written)
{
    char wal[160];

    make("PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    cr_assert(chmod(path, 0444) == 0 && chmod(folder, 0555) == 0);
    cr_expect(reads_as_nobody(""), "it stays as it is");
    (void)snprintf(wal, sizeof(wal), "%s-wal", path);
    cr_assert(chmod(folder, 0755) == 0);
    FILE *f = fopen(wal, "w");
    cr_assert(f && fputs("changes", f) > 0 && fclose(f) == 0);
    cr_assert(chmod(wal, 0444) == 0 && chmod(folder, 0555) == 0);
    cr_expect(reads_as_nobody("an SQLite database that cannot be read here: its -wal file holds "
                              "changes that only a process that may write in the directory can "
                              "bring in"));
}
