/* opened_test: names of tables, and what the file system says of a database. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/opened.h"

static char dir[64];

static void begin(void)
{
    snprintf(dir, sizeof(dir), "/tmp/llmobs-opened-XXXXXX");
    cr_assert(mkdtemp(dir) != NULL);
    cr_assert(chdir(dir) == 0);
}

static void end(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert(system(command) == 0);
}

TestSuite(opened, .init = begin, .fini = end);

static sqlite3 *run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    cr_assert(sqlite3_open(path, &db) == SQLITE_OK);
    cr_assert(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    return db;
}

static const struct {
    const char *name, *first, *message; /* its first line, or what is wrong */
} names[] = {
    {"d/a.db/t",       "{\"a\":1}", NULL                                                            },
    {"./d/a.db/sub/t", "{\"a\":2}", NULL                                                            },
    {"d/a.db/",        NULL,        "no such table"                                                 },
    {"d/a.db/T",       NULL,        "no such table"                                                 },
    {"d/a.db/t/t",     NULL,        "no such table"                                                 },
    {"d/plain.log/t",  NULL,        "a damaged or encrypted SQLite database: file is not a database"},
    {"d/plain.log",    "{\"b\":1}", NULL                                                            },
    {"d/missing.db/t", NULL,        "No such file or directory"                                     },
    {"d",              NULL,        "is a directory"                                                },
};

Test(opened, by_name)
{
    cr_assert(mkdir("d", 0700) == 0);
    sqlite3_close(run_sql("d/a.db", "CREATE TABLE t(a); CREATE TABLE \"sub/t\"(a);"
                                    "INSERT INTO t VALUES (1); INSERT INTO \"sub/t\" VALUES (2)"));
    FILE *f = fopen("d/plain.log", "w");
    cr_assert(f != NULL);
    fputs("{\"b\":1}\n", f);
    fclose(f);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct opened o;
        struct error err = {0};
        struct line line;
        enum err rc = opened_open(&o, names[i].name, 1000, &err);

        cr_expect((rc == OK) == (names[i].first != NULL), "%s: %s", names[i].name, err.msg);
        if (rc)
            cr_expect_str_eq(err.msg, names[i].message, "%s: %s", names[i].name, err.msg);
        else if (elements_next(o.pieces, &line, &err) != OK || !sv_is(line.text, names[i].first))
            cr_expect(false, "%s: %.*s", names[i].name, SV_FMT(line.text));
        opened_close(&o);
    }
}

Test(opened, a_name_and_its_parts)
{
    struct arena a = {0};

    cr_expect_str_eq(opened_table_name(&a, "x/logs.db", "tool calls"), "x/logs.db/tool calls");
    arena_release(&a);
}

/* What only the log holds is seen, a log without anything in it is not. */
Test(opened, stat_with_the_log)
{
    struct input_stat before, with_log, file;
    sqlite3 *db = run_sql("a.db", "PRAGMA journal_mode = WAL; CREATE TABLE t(a)");

    cr_assert(opened_stat("a.db", &before));
    cr_assert(sqlite3_exec(db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL) == SQLITE_OK);
    cr_assert(opened_stat("a.db", &with_log) && input_stat_path("a.db", &file));
    cr_expect(with_log.size_bytes > before.size_bytes);
    cr_expect(with_log.size_bytes > file.size_bytes && with_log.mtime_ns >= file.mtime_ns);
    cr_expect(with_log.ino == file.ino);
    cr_assert(mkdir("links", 0700) == 0 && symlink("../a.db", "links/b.db") == 0);
    cr_assert(opened_stat("links/b.db", &file));
    cr_expect(file.size_bytes == with_log.size_bytes && file.mtime_ns == with_log.mtime_ns);
    sqlite3_close(db);
    cr_assert(input_stat_path("a.db", &file));
    FILE *f = fopen("a.db-wal", "w");
    cr_assert(f != NULL);
    fclose(f);
    cr_assert(opened_stat("a.db", &with_log));
    cr_expect(with_log.size_bytes == file.size_bytes && with_log.mtime_ns == file.mtime_ns);
    cr_expect(!opened_stat("none.db", &file));
}
