#include "store/store.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sql.h"
#include "base/hash.h"
#include "store/lock_holder.h"
#include "store/store_internal.h"

static char folder[64];
static char db[128];

static void setup(void)
{
    (void)snprintf(folder, sizeof(folder), "/tmp/llmobs-store-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    (void)snprintf(db, sizeof(db), "%s/a.db", folder);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void teardown(void)
{
    (void)chmod(folder, 0700);
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(store, .init = setup, .fini = teardown);

static struct store *open_ok(enum store_mode mode)
{
    struct error err = {0};
    struct store *s = NULL;

    cr_assert(store_open(db, mode, &s, &err) == OK, "%s", err.msg);
    return s;
}

static void exec_ok(struct store *s, const char *sql)
{
    struct error err = {0};

    cr_assert(store_exec(s, sql, &err) == OK, "%s: %s", sql, err.msg);
}

static int64_t value(struct store *s, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t v;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", sql,
              sqlite3_errmsg(s->db));
    cr_assert(sqlite3_step(stmt) == SQLITE_ROW, "%s", sql);
    v = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

/* Makes a database without lib/store. */
static void foreign(const char *sql)
{
    sqlite3 *raw = NULL;

    cr_assert(sqlite3_open(db, &raw) == SQLITE_OK);
    cr_assert(sqlite3_exec(raw, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(raw));
    sqlite3_close(raw);
}

static void write_file(const char *text, size_t n)
{
    FILE *f = fopen(db, "w");

    cr_assert(f && fwrite(text, 1, n, f) == n && fclose(f) == 0);
}

/* Opening fails in this way, in both modes unless only one is asked for. */
static void expect_failure(enum store_mode mode, enum err want, const char *words)
{
    struct error err = {0};
    struct store *s = NULL;
    enum err rc = store_open(db, mode, &s, &err);

    cr_expect(rc == want, "%s: code %d, wanted %d: %s", words, rc, want, err.msg);
    cr_expect(strstr(err.msg, words) != NULL, "wanted \"%s\", got \"%s\"", words, err.msg);
    cr_expect(strncmp(err.msg, db, strlen(db)) == 0, "names the file: %s", err.msg);
    cr_expect(s == NULL);
    store_close(s);
}

Test(store, made_private)
{
    struct store *s;
    struct stat st;
    char path[160];

    (void)umask(0);
    s = open_ok(STORE_WRITE);
    exec_ok(s, "INSERT INTO setting VALUES ('a', 'b')");
    for (size_t i = 0; i < 3; i++) {
        static const char *const suffixes[] = {"", "-wal", "-shm"};

        (void)snprintf(path, sizeof(path), "%s%s", db, suffixes[i]);
        cr_assert(stat(path, &st) == 0, "%s", path);
        cr_expect((st.st_mode & 0777) == 0600, "%s: %o", path, st.st_mode & 0777);
    }
    cr_expect(value(s, "PRAGMA page_size") == 16384);
    cr_expect(value(s, "PRAGMA application_id") == 0x6c6c6d6f);
    cr_expect(value(s, "PRAGMA user_version") == 17);
    cr_expect(value(s, "SELECT journal_mode = 'wal' FROM pragma_journal_mode") == 1);
    cr_expect(strcmp(store_path(s), db) == 0);
    store_close(s);
    (void)snprintf(path, sizeof(path), "%s-wal", db);
    cr_expect(stat(path, &st) != 0, "the log is gone after closing");
}

Test(store, opens_again)
{
    struct store *s = open_ok(STORE_WRITE);

    exec_ok(s, "INSERT INTO setting VALUES ('a', 'b')");
    store_close(s);
    s = open_ok(STORE_WRITE);
    cr_expect(value(s, "SELECT value = 'b' FROM setting WHERE name = 'a'") == 1);
    store_close(s);
    s = open_ok(STORE_READ);
    cr_expect(value(s, "SELECT value = 'b' FROM setting WHERE name = 'a'") == 1);
    store_close(s);
    store_close(NULL);
}

Test(store, in_memory)
{
    struct error err = {0};
    struct store *s = NULL;

    cr_assert(store_open(":memory:", STORE_WRITE, &s, &err) == OK, "%s", err.msg);
    cr_expect(value(s, "SELECT count(*) FROM v_calls") == 0);
    store_close(s);
    s = NULL;
    cr_expect(store_open(":memory:", STORE_READ, &s, &err) == ERR_USAGE);
    cr_expect(strstr(err.msg, "nothing to read") != NULL, "%s", err.msg);
}

/* Names that a URI would read otherwise. */
Test(store, odd_names)
{
    static const char *const names[] = {"a?mode=memory", "b#c", "d%41",
                                        "file:e",        "f g", "\xc3\xa4"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct store *s;
        struct stat st;

        (void)snprintf(db, sizeof(db), "%s/%s", folder, names[i]);
        s = open_ok(STORE_WRITE);
        cr_expect(stat(db, &st) == 0 && st.st_size > 0, "%s", names[i]);
        store_close(s);
        store_close(open_ok(STORE_READ));
    }
    cr_assert(chdir(folder) == 0);
    (void)snprintf(db, sizeof(db), "file:relative?mode=memory");
    store_close(open_ok(STORE_WRITE));
    cr_expect(access(db, F_OK) == 0, "a relative name");
}

Test(store, missing)
{
    expect_failure(STORE_READ, ERR_NOT_FOUND, ": no such database (llmobs ingest makes one)");
    cr_expect(access(db, F_OK) != 0, "reading makes nothing");
    (void)snprintf(db, sizeof(db), "%s/none/a.db", folder);
    expect_failure(STORE_WRITE, ERR_IO, "cannot be made: No such file or directory");
    expect_failure(STORE_READ, ERR_NOT_FOUND, "no such database");
}

Test(store, dangling_link)
{
    char target[160];

    (void)snprintf(target, sizeof(target), "%s/elsewhere", folder);
    cr_assert(symlink(target, db) == 0);
    expect_failure(STORE_WRITE, ERR_NOT_FOUND, "no such database");
    cr_expect(access(target, F_OK) != 0, "nothing is made behind a link");
}

Test(store, no_database)
{
    static const char text[] = "{\"model\":\"m\"}\n{\"model\":\"m\"}\n";
    char *much = malloc(100000);

    (void)snprintf(db, sizeof(db), "%s", folder);
    expect_failure(STORE_READ, ERR_IO, "is a directory, not a database");
    expect_failure(STORE_WRITE, ERR_IO, "is a directory, not a database");

    (void)snprintf(db, sizeof(db), "%s/pipe", folder);
    cr_assert(mkfifo(db, 0600) == 0);
    expect_failure(STORE_READ, ERR_IO, "is no regular file");
    expect_failure(STORE_WRITE, ERR_IO, "is no regular file");

    (void)snprintf(db, sizeof(db), "%s/a.jsonl", folder);
    write_file(text, sizeof(text) - 1);
    expect_failure(STORE_READ, ERR_DB, "no llmobs database, nor any other of SQLite");
    expect_failure(STORE_WRITE, ERR_DB, "no llmobs database, nor any other of SQLite");
    memset(much, 'x', 100000);
    write_file(much, 100000);
    expect_failure(STORE_READ, ERR_DB, "no llmobs database, nor any other of SQLite");
    expect_failure(STORE_WRITE, ERR_DB, "no llmobs database, nor any other of SQLite");
    free(much);

    write_file("", 0);
    expect_failure(STORE_READ, ERR_DB, "is empty (llmobs ingest fills it)");
    store_close(open_ok(STORE_WRITE));
}

/* A foreign database is refused before a byte of it changes, its journal mode included. */
Test(store, foreign_database)
{
    struct stat before, after;

    foreign("PRAGMA application_id = 42; CREATE TABLE call (x)");
    cr_assert(stat(db, &before) == 0);
    expect_failure(STORE_READ, ERR_DB, "is a database of another program, not of llmobs");
    expect_failure(STORE_WRITE, ERR_DB, "is a database of another program, not of llmobs");
    cr_assert(stat(db, &after) == 0);
    cr_expect(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    cr_expect(before.st_size == after.st_size);
    remove(db);
    foreign("CREATE TABLE notes (x)");
    expect_failure(STORE_READ, ERR_DB, "is a database of another program, not of llmobs");
    expect_failure(STORE_WRITE, ERR_DB, "is a database of another program, not of llmobs");
}

Test(store, other_schemas)
{
    store_close(open_ok(STORE_WRITE));
    foreign("PRAGMA user_version = 18");
    expect_failure(STORE_READ, ERR_DB,
                   ": made by a newer llmobs (schema 18, this program knows 17)");
    expect_failure(STORE_WRITE, ERR_DB,
                   ": made by a newer llmobs (schema 18, this program knows 17)");
    foreign("PRAGMA user_version = 0");
    expect_failure(STORE_READ, ERR_DB, "damaged: schema 0");
    foreign("PRAGMA user_version = -1");
    expect_failure(STORE_WRITE, ERR_DB, "damaged: schema -1");
}

Test(store, truncated)
{
    struct stat st;

    store_close(open_ok(STORE_WRITE));
    cr_assert(stat(db, &st) == 0);
    cr_assert(truncate(db, st.st_size / 2) == 0);
    expect_failure(STORE_READ, ERR_DB, ": damaged: database disk image is malformed");
    expect_failure(STORE_WRITE, ERR_DB, ": damaged: database disk image is malformed");
    cr_assert(truncate(db, 50) == 0);
    expect_failure(STORE_READ, ERR_DB, ": damaged: database disk image is malformed");
}

/* Runs as an ordinary user where the tests run as root, for whom no folder is read-only. */
static int as_user(void (*what)(void))
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(77);
        what();
        _exit(0);
    }
    cr_assert(pid > 0 && waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void read_there(void)
{
    struct error err = {0};
    struct store *s = NULL;

    if (store_open(db, STORE_READ, &s, &err) || value(s, "SELECT count(*) FROM v_calls") != 1)
        _exit(1);
    store_close(s);
}

static void write_there(void)
{
    struct error err = {0};
    struct store *s = NULL;

    if (store_open(db, STORE_WRITE, &s, &err) == OK || !strstr(err.msg, db))
        _exit(1);
}

static void fail_there(void)
{
    struct error err = {0};
    struct store *s = NULL;

    if (store_open(db, STORE_READ, &s, &err) != ERR_IO || !strstr(err.msg, "cannot be read here"))
        _exit(1);
}

#define ONE_CALL_TAIL                                                                              \
    " INTO call (call_id, identity_key, source_id, source_line) VALUES (1, 7, 1, 1)"
#define ONE_CALL "INSERT" ONE_CALL_TAIL

Test(store, read_only_folder)
{
    struct store *s = open_ok(STORE_WRITE);
    char wal[160];
    FILE *f;

    exec_ok(s, ONE_CALL);
    store_close(s);
    cr_assert(chmod(db, 0444) == 0 && chmod(folder, 0555) == 0);
    cr_expect(as_user(read_there) == 0, "a reader needs no file beside the database");
    cr_expect(as_user(write_there) == 0, "a writer says so");

    (void)snprintf(wal, sizeof(wal), "%s-wal", db);
    cr_assert(chmod(folder, 0755) == 0);
    f = fopen(wal, "w");
    cr_assert(f && fputs("changes", f) > 0 && fclose(f) == 0);
    cr_assert(chmod(wal, 0444) == 0 && chmod(folder, 0555) == 0);
    cr_expect(as_user(fail_there) == 0, "what stands in a log is not silently left out");
}

/* ---- a copy to try things out in ---- */

static struct store *copy_ok(void)
{
    struct error err = {0};
    struct store *s = NULL;

    cr_assert(store_open_copy(db, &s, &err) == OK, "%s", err.msg);
    return s;
}

/* The bytes of the database (or of what is beside it) as a hash; 0 when there is no such file. */
static uint64_t content(const char *suffix)
{
    char path[160], block[4096];
    uint64_t hash = 0;
    size_t n;

    (void)snprintf(path, sizeof(path), "%s%s", db, suffix);
    FILE *f = fopen(path, "r");
    while (f && (n = fread(block, 1, sizeof(block), f)))
        hash = hash64(block, n, hash) | 1;
    if (f)
        fclose(f);
    return hash;
}

Test(store, a_copy_is_written_and_the_database_is_not)
{
    struct store *s = open_ok(STORE_WRITE), *reader;
    uint64_t before;

    exec_ok(s, ONE_CALL);
    store_close(s);
    before = content("");
    s = copy_ok();
    cr_expect(value(s, "SELECT count(*) FROM v_calls") == 1);
    exec_ok(s, "BEGIN IMMEDIATE; DELETE FROM call; COMMIT; INSERT INTO setting VALUES ('a', 'b')");
    cr_expect(strcmp(store_path(s), db) == 0);
    store_close(s);
    cr_expect(content("") == before && !content("-wal"));
    cr_expect(access(db, F_OK) == 0);

    /* an empty log that a reader left goes, one with changes stays, and is read */
    reader = open_ok(STORE_READ);
    store_close(reader);
    store_close(copy_ok());
    cr_expect(content("") == before && !content("-wal"));
}

Test(store, a_copy_of_nothing_is_empty)
{
    struct store *s = copy_ok();

    exec_ok(s, ONE_CALL);
    store_close(s);
    cr_expect(access(db, F_OK) != 0, "no database is made");
}

/* A writer that was killed leaves its log: it counts, and it stays as it is. */
Test(store, a_copy_has_what_the_log_holds)
{
    uint64_t before, log;
    pid_t pid = fork();

    if (pid == 0) {
        exec_ok(open_ok(STORE_WRITE), ONE_CALL);
        _exit(0);
    }
    cr_assert(waitpid(pid, NULL, 0) == pid);
    before = content("");
    log = content("-wal");
    cr_assert(log);
    struct store *s = copy_ok();
    cr_expect(value(s, "SELECT count(*) FROM call") == 1);
    store_close(s);
    cr_expect(content("") == before && content("-wal") == log);
}

Test(store, a_copy_while_somebody_writes)
{
    struct store *w = open_ok(STORE_WRITE), *s;

    exec_ok(w, "BEGIN IMMEDIATE; " ONE_CALL);
    s = copy_ok();
    exec_ok(w, "COMMIT");
    cr_expect(value(s, "SELECT count(*) FROM call") == 0);
    store_close(s);
    store_close(w);
    s = copy_ok();
    cr_expect(value(s, "SELECT count(*) FROM call") == 1);
    store_close(s);
}

Test(store, a_copy_of_an_older_database_is_migrated)
{
    char sql[256];
    uint64_t before;
    struct store *s;

    foreign((const char *)sql_0001_facts);
    (void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = 1",
                   0x6c6c6d6f);
    foreign(sql);
    before = content("");
    s = copy_ok();
    cr_expect(value(s, "PRAGMA user_version") == 17);
    cr_expect(value(s, "SELECT count(*) FROM v_calls") == 0);
    store_close(s);
    cr_expect(content("") == before);
}

/* What an older program counted of texts stays, of kinds that nobody noted. */
Test(store, redactions_of_an_older_database)
{
    static const unsigned char *const older[] = {
        sql_0001_facts,           sql_0002_prices,          sql_0003_traces,
        sql_0004_quality,         sql_0005_tool_versions,   sql_0006_span_context,
        sql_0007_embeddings,      sql_0008_evals,           sql_0009_findings,
        sql_0010_texts,           sql_0011_sampled_sources, sql_0012_span_guardrails,
        sql_0013_request_calls,   sql_0014_id_runs,
    };
    char sql[256];
    struct store *s;

    for (size_t i = 0; i < ARRAY_LEN(older); i++)
        foreign((const char *)older[i]);
    foreign("INSERT INTO content VALUES (5, 'to [email]', 14, 0, 1, x'00'), "
            "(6, 'ok', 2, 0, 0, x'00');"
            "CREATE VIEW v_content AS SELECT key, redactions FROM content");
    (void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = 14",
                   0x6c6c6d6f);
    foreign(sql);
    s = open_ok(STORE_WRITE);
    cr_expect(value(s, "SELECT count(*) = 2 AND sum(chars * key) = 82 AND min(cut) = 0 AND "
                       "max(text) = 'to [email]' AND min(rank) = x'00' FROM call_text") == 1);
    cr_expect(value(s, "SELECT count(*) FROM redaction") == 1);
    cr_expect(value(s, "SELECT key = 5 AND kind = '' AND n = 1 FROM redaction") == 1);
    store_close(s);
}

/* Before schema 17 the order of baselines was that of their numbers, whatever the clock said. */
Test(store, baselines_keep_their_order)
{
    static const char rows[] =
        "INSERT INTO baseline SELECT column1, column2, column3, NULL, '', NULL, 0, 0, 0, 0, 0, 0, "
        "NULL "
        "FROM (VALUES (1, 'a', 50), (2, 'b', 10), (3, 'a', 40), (4, 'a', 40), (5, 'a', 900))";
    struct store *s = NULL;
    struct error err;

    cr_assert_eq(store_open(":memory:", STORE_WRITE, &s, &err), OK);
    cr_assert_eq(store_exec(s, rows, &err), OK, "%s", err.msg);
    for (int times = 0; times < 2; times++) {
        cr_assert_eq(store_exec(s, (const char *)sql_0017_baseline_order, &err), OK, "%s", err.msg);
        /* 50; 50 + 2 numbers on; 50 + 3; 900 and, alone of its name, 10 stay */
        cr_expect_eq(value(s, "SELECT group_concat(blessed_us, '') FROM "
                              "(SELECT blessed_us FROM baseline ORDER BY baseline_id)"),
                     50105253900);
    }
    store_close(s);
}

static void copy_there(void)
{
    struct error err = {0};
    struct store *s = NULL;

    if (store_open_copy(db, &s, &err) || value(s, "SELECT count(*) FROM call") != 1)
        _exit(1);
    store_close(s);
}

static void fail_to_copy_there(void)
{
    struct error err = {0};
    struct store *s = NULL;

    if (store_open_copy(db, &s, &err) != ERR_IO || !strstr(err.msg, "cannot be read here"))
        _exit(1);
}

Test(store, a_copy_from_a_read_only_folder)
{
    struct store *s = open_ok(STORE_WRITE);
    char wal[160];
    FILE *f;

    exec_ok(s, ONE_CALL);
    store_close(s);
    cr_assert(chmod(db, 0444) == 0 && chmod(folder, 0555) == 0);
    cr_expect(as_user(copy_there) == 0);
    (void)snprintf(wal, sizeof(wal), "%s-wal", db);
    cr_assert(chmod(folder, 0755) == 0);
    f = fopen(wal, "w");
    cr_assert(f && fputs("changes", f) > 0 && fclose(f) == 0);
    cr_assert(chmod(wal, 0444) == 0 && chmod(folder, 0555) == 0);
    cr_expect(as_user(fail_to_copy_there) == 0);
}

Test(store, what_cannot_be_copied_says_so)
{
    struct error err = {0};
    struct store *s = NULL;

    foreign("CREATE TABLE other (x)");
    cr_expect(store_open_copy(db, &s, &err) == ERR_DB);
    cr_expect(strstr(err.msg, "is a database of another program") != NULL, "%s", err.msg);
    write_file("no database at all, but long enough to be one, more than a hundred bytes of text, "
               "so that it is looked at", 104);
    cr_expect(store_open_copy(db, &s, &err) == ERR_DB);
    cr_expect(strstr(err.msg, "no llmobs database") != NULL, "%s", err.msg);
    cr_expect(store_open_copy(folder, &s, &err) == ERR_IO);
    cr_expect(strstr(err.msg, "is a directory") != NULL, "%s", err.msg);
    cr_expect(s == NULL);
}

Test(store, reader_sees_the_old_state)
{
    struct store *w = open_ok(STORE_WRITE);
    struct store *r = open_ok(STORE_READ);

    exec_ok(w, "BEGIN IMMEDIATE; " ONE_CALL);
    cr_expect(value(r, "SELECT count(*) FROM call") == 0);
    exec_ok(w, "COMMIT");
    cr_expect(value(r, "SELECT count(*) FROM call") == 1);
    store_close(r);
    store_close(w);
}

Test(store, frozen)
{
    struct store *w = open_ok(STORE_WRITE);
    struct store *r = open_ok(STORE_READ);
    struct chunk_info *chunks;
    struct error err = {0};
    size_t n;

    cr_assert(store_freeze(r, &err) == OK, "%s", err.msg);
    exec_ok(w, "BEGIN IMMEDIATE; " ONE_CALL "; COMMIT");
    cr_expect(value(r, "SELECT count(*) FROM call") == 0, "of the moment of freezing");
    for (int i = 0; i < 2; i++) {
        cr_assert(store_chunks(r, &chunks, &n, &err) == OK, "%s", err.msg);
        cr_expect(n == 0, "a report ends without thawing");
        free(chunks);
        store_read_done(r);
    }
    store_thaw(r);
    cr_expect(value(r, "SELECT count(*) FROM call") == 1);
    store_thaw(r); /* once more does nothing */
    store_close(r);
    store_close(w);
}

Test(store, reader_cannot_write)
{
    struct error err = {0};
    struct store *s;

    store_close(open_ok(STORE_WRITE));
    s = open_ok(STORE_READ);
    cr_expect(store_exec(s, ONE_CALL, &err) == ERR_IO);
    cr_expect(strstr(err.msg, "readonly") != NULL, "%s", err.msg);
    store_close(s);
}

/* Another process writes: a second writer waits 5 seconds, then the message names the first. */
Test(store, locked)
{
    struct error err = {0};
    struct store *s;
    char words[64], byte;
    int ready[2], done[2];
    pid_t pid;

    store_close(open_ok(STORE_WRITE));
    cr_assert(pipe(ready) == 0 && pipe(done) == 0);
    pid = fork();
    if (pid == 0) {
        struct store *held = open_ok(STORE_WRITE);

        exec_ok(held, "BEGIN IMMEDIATE; " ONE_CALL);
        (void)!write(ready[1], "r", 1);
        (void)!read(done[0], &byte, 1);
        _exit(0);
    }
    cr_assert(read(ready[0], &byte, 1) == 1);
    cr_expect(store_open(db, STORE_WRITE, &s, &err) == ERR_BUSY);
    cr_expect(strstr(err.msg, ": database is locked by ") != NULL, "%s", err.msg);
    (void)snprintf(words, sizeof(words), "locked by process %d", (int)pid);
    if (lock_holder(db))
        cr_expect(strstr(err.msg, words) != NULL, "wanted \"%s\", got \"%s\"", words, err.msg);
    store_close(open_ok(STORE_READ)); /* readers wait for nobody */
    (void)!write(done[1], "d", 1);
    cr_assert(waitpid(pid, NULL, 0) == pid);
    s = open_ok(STORE_WRITE); /* it ended without closing, so free again */
    cr_expect(value(s, "SELECT count(*) FROM call") == 0, "and nothing of it stays");
    store_close(s);
}

Test(store, nobody_holds_it)
{
    cr_expect(lock_holder(db) == 0);
    store_close(open_ok(STORE_WRITE));
    cr_expect(lock_holder(db) == 0);
}

/* Many processes make the same database at once: each gets it whole. */
Test(store, made_at_once)
{
    enum { PROCESSES = 8 };
    int failed = 0;

    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            struct error err = {0};
            struct store *s = NULL;
            int code;

            /* On a slow machine the others may take longer than an open waits. */
            while ((code = store_open(db, STORE_WRITE, &s, &err)) == ERR_BUSY)
                err = (struct error){0};
            if (code) {
                (void)fprintf(stderr, "%s\n", err.msg);
                _exit(1);
            }
            if (store_exec(s, "INSERT INTO meta (scalars) VALUES ('{}')", &err)) {
                (void)fprintf(stderr, "%s\n", err.msg);
                _exit(1);
            }
            store_close(s);
            _exit(0);
        }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        cr_assert(wait(&status) > 0);
        failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    cr_expect(failed == 0, "%d of %d failed", failed, PROCESSES);
    struct store *s = open_ok(STORE_READ);
    cr_expect(value(s, "SELECT count(*) FROM meta") == PROCESSES);
    cr_expect(
        value(s, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1);
    store_close(s);
}

/* What was committed survives a process that is killed. */
Test(store, killed)
{
    struct store *s;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        s = open_ok(STORE_WRITE);
        exec_ok(s, ONE_CALL);
        exec_ok(s, "BEGIN; INSERT INTO setting VALUES ('half', 'way')");
        (void)raise(SIGKILL);
    }
    cr_assert(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    s = open_ok(STORE_READ);
    cr_expect(value(s, "SELECT count(*) FROM call") == 1);
    cr_expect(value(s, "SELECT count(*) FROM setting WHERE name = 'half'") == 0);
    store_close(s);
}

/* Views are derived: a writing open puts those of the program in place of others, and leaves its
 * own alone; a reading one brings its own. */
Test(store, views_are_renewed)
{
    struct store *s = open_ok(STORE_WRITE);
    int64_t version = value(s, "PRAGMA schema_version");

    store_close(s);
    s = open_ok(STORE_WRITE);
    cr_expect(value(s, "PRAGMA schema_version") == version, "nothing to do");
    exec_ok(s, "DROP VIEW v_calls; CREATE VIEW v_calls AS SELECT 'hostile' AS model");
    store_close(s);
    s = open_ok(STORE_READ);
    cr_expect(value(s, "SELECT count(*) FROM v_calls WHERE model = 'hostile'") == 0, "reader");
    store_close(s);
    s = open_ok(STORE_WRITE);
    cr_expect(value(s, "SELECT count(*) FROM v_calls WHERE model = 'hostile'") == 0, "writer");
    store_close(s);
}

Test(store, other_layouts_are_dropped)
{
    struct store *s = open_ok(STORE_WRITE);
    struct error err = {0};

    exec_ok(s, ONE_CALL);
    cr_assert(store_rebuild_chunk(s, 0, &err) == OK, "%s", err.msg);
    store_close(s);
    s = open_ok(STORE_WRITE);
    cr_expect(value(s, "SELECT count(*) FROM chunk") == 1, "its own stay");
    exec_ok(s, "UPDATE setting SET value = 'old' WHERE name = 'chunk_layout'");
    store_close(s);
    s = open_ok(STORE_WRITE);
    cr_expect(value(s, "SELECT count(*) FROM chunk") == 0);
    cr_expect(value(s, "SELECT count(*) FROM chunk_column") == 0);
    cr_expect(value(s, "SELECT value <> 'old' FROM setting WHERE name = 'chunk_layout'") == 1);
    store_close(s);
}

Test(store, statements)
{
    struct store *s = open_ok(STORE_WRITE);
    sqlite3_stmt *first, *again;
    struct error err = {0};
    char text[16];

    cr_assert(store_statement(s, sql_queries_setting_get, &first, &err) == OK);
    sqlite3_bind_text(first, 1, "chunk_layout", -1, SQLITE_STATIC);
    cr_assert(sqlite3_step(first) == SQLITE_ROW);
    cr_assert(store_statement(s, sql_queries_setting_get, &again, &err) == OK);
    cr_expect(again == first, "prepared once");
    cr_expect(sqlite3_step(again) == SQLITE_DONE, "reset, and without its binding");
    cr_expect(store_statement(s, (const unsigned char *)"SELECT nonsense", &first, &err) == ERR_DB);
    cr_expect(strstr(err.msg, "no such column: nonsense") != NULL, "%s", err.msg);
    cr_expect(store_exec(s, "SELEKT", &err) == ERR_DB);
    cr_expect(strstr(err.msg, "syntax error") != NULL, "%s", err.msg);

    cr_assert(store_set_setting(s, "name", "one", &err) == OK);
    cr_assert(store_set_setting(s, "name", "more than fits", &err) == OK);
    cr_assert(store_setting(s, "name", text, 5, &err) == OK);
    cr_expect(strcmp(text, "more") == 0, "%s", text);
    cr_assert(store_setting(s, "none", text, sizeof(text), &err) == OK);
    cr_expect(strcmp(text, "") == 0);
    store_close(s);
}

Test(store, hash_bytes)
{
    unsigned char bytes[16];
    char hex[33];
    struct hash128 h = {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210)};

    store_hash_bytes(h, bytes);
    hex_encode(bytes, 16, hex);
    cr_expect(strcmp(hex, "0123456789abcdeffedcba9876543210") == 0, "%s", hex);
    h = store_hash_from(bytes);
    cr_expect(h.hi == UINT64_C(0x0123456789abcdef) && h.lo == UINT64_C(0xfedcba9876543210));
}

static sqlite3_mem_methods real_memory;
static int until_failure; /* SQLite's allocations that still succeed; negative: all do */

static void *failing_malloc(int n)
{
    return until_failure == 0 || (until_failure > 0 && --until_failure == 0)
               ? NULL
               : real_memory.xMalloc(n);
}

static void *failing_realloc(void *p, int n)
{
    return until_failure == 0 || (until_failure > 0 && --until_failure == 0)
               ? NULL
               : real_memory.xRealloc(p, n);
}

/* SQLite runs out of memory at its first allocation, its second, ... until a whole opening and a
 * rebuilt chunk fit. Each time there is an error with words, and the database stays whole. */
Test(store, out_of_memory, .timeout = 60)
{
    sqlite3_mem_methods failing;
    bool done = false;
    int failures = 0;

    cr_assert(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory) == SQLITE_OK);
    failing = real_memory;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    cr_assert(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) == SQLITE_OK);
    until_failure = -1;
    cr_assert(sqlite3_initialize() == SQLITE_OK);
    for (int at = 1; !done; at += at < 50 ? 1 : 7) {
        struct error err = {0};
        struct store *s = NULL;
        enum err rc;

        until_failure = at;
        rc = store_open(db, STORE_WRITE, &s, &err);
        if (!rc)
            rc = store_exec(s, "INSERT OR IGNORE" ONE_CALL_TAIL, &err);
        if (!rc)
            rc = store_rebuild_chunk(s, 0, &err);
        done = until_failure > 0;
        until_failure = -1;
        failures += rc != OK;
        if (rc)
            cr_assert(err.code == rc && err.msg[0], "allocation %d: no words", at);
        store_close(s);
    }
    cr_expect(failures > 50, "%d", failures);
    struct store *s = open_ok(STORE_READ);
    cr_expect(value(s, "SELECT count(*) FROM call") == 1);
    cr_expect(
        value(s, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1);
    store_close(s);
}
