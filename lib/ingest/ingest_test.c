/* ingest_test: what a run leaves in the store, however often, in whatever order and under whatever
 * name the same bytes come. Wanted counts are counted by hand from the lines written here. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "ingest/ingest.h"

/* A call with an id of its own, and one without: the latter is told apart by its bytes only. */
#define ID_CALL(id) \
    "{\"request_id\":\"" id "\",\"model\":\"m\",\"input_tokens\":3,\"output_tokens\":4}\n"
#define BARE_CALL "{\"model\":\"m\",\"input_tokens\":1,\"output_tokens\":2}\n"
#define BARE_OTHER "{\"model\":\"m\",\"input_tokens\":5,\"output_tokens\":2}\n"

static char dir[64];
static struct store *store;

static void begin(void)
{
    struct error err = {0};

    snprintf(dir, sizeof(dir), "/tmp/llmobs-ingest-XXXXXX");
    cr_assert(mkdtemp(dir) != NULL);
    cr_assert(chdir(dir) == 0);
    cr_assert(store_open(":memory:", STORE_WRITE, &store, &err) == OK, "%s", err.msg);
}

static void end(void)
{
    char command[128];

    store_close(store);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert(system(command) == 0);
}

static void put(const char *path, const char *mode, const char *text)
{
    FILE *f = fopen(path, mode);

    cr_assert(f != NULL);
    fputs(text, f);
    fclose(f);
}

static void put_gz(const char *path, const char *text)
{
    gzFile f = gzopen(path, "wb");

    cr_assert(f != NULL);
    gzputs(f, text);
    gzclose(f);
}

struct seen {
    char notes[512];
    int bad_lines, files;
};

static void on_bad(void *ctx, const char *path, int64_t line, const char *reason)
{
    (void)path;
    (void)line;
    (void)reason;
    ((struct seen *)ctx)->bad_lines++;
}

static void on_file(void *ctx, const struct ingest_file *f)
{
    struct seen *s = ctx;
    size_t n = strlen(s->notes);

    s->files++;
    if (f->note)
        snprintf(s->notes + n, sizeof(s->notes) - n, "%s: %s\n", f->path, f->note);
}

static struct ingest_totals run_with(const char *const *paths, size_t n, struct seen *seen, int jobs)
{
    struct ingest_totals totals;
    struct error err = {0};
    struct ingest_options o = {.max_line = 1 << 20,
                               .jobs = jobs,
                               .hash_seed = 7,
                               .events = {.ctx = seen, .bad_line = on_bad, .file_done = on_file}};

    *seen = (struct seen){0};
    cr_assert(ingest_run(store, paths, n, &o, &totals, &err) == OK, "%s", err.msg);
    return totals;
}

static struct ingest_totals run(const char *path)
{
    struct seen seen;

    return run_with(&path, 1, &seen, 2);
}

static int64_t calls(void)
{
    struct store_counts c;
    struct error err = {0};

    cr_assert(store_count(store, &c, &err) == OK, "%s", err.msg);
    return c.calls;
}

TestSuite(ingest, .init = begin, .fini = end);

Test(ingest, twice_is_once)
{
    put("a.jsonl", "w", ID_CALL("1") ID_CALL("2") BARE_CALL BARE_CALL);
    cr_expect(run("a.jsonl").calls_new == 4);
    cr_expect(run("a.jsonl").calls_new == 0);
    cr_expect(calls() == 4);
}

Test(ingest, growth_adds_only_what_is_new)
{
    put("a.jsonl", "w", ID_CALL("1") BARE_CALL);
    cr_expect(run("a.jsonl").lines == 2);
    put("a.jsonl", "a", BARE_CALL ID_CALL("2") ID_CALL("1"));
    struct ingest_totals t = run("a.jsonl");
    cr_expect(t.lines == 3);
    cr_expect(t.calls_new == 2, "the equal line without id is another call");
    cr_expect(t.calls_merged == 1);
    cr_expect(calls() == 4);
}

Test(ingest, a_copy_adds_nothing)
{
    put("a.jsonl", "w", ID_CALL("1") BARE_CALL BARE_CALL);
    run("a.jsonl");
    put("copy.jsonl", "w", ID_CALL("1") BARE_CALL BARE_CALL);
    const char *path = "copy.jsonl";
    struct seen seen;
    struct ingest_totals t = run_with(&path, 1, &seen, 2);
    cr_expect(t.calls_new == 0);
    cr_expect(t.lines == 0, "recognised by its content, not read again");
    cr_expect(strcmp(seen.notes, "copy.jsonl: copy of a.jsonl\n") == 0, "%s", seen.notes);
    put_gz("a.jsonl.gz", ID_CALL("1") BARE_CALL BARE_CALL);
    cr_expect(run("a.jsonl.gz").lines == 0);
    cr_expect(calls() == 3);
}

Test(ingest, a_copy_that_went_on_adds_its_own)
{
    put("a.jsonl", "w", ID_CALL("1") BARE_CALL);
    run("a.jsonl");
    put("copy.jsonl", "w", ID_CALL("1") BARE_CALL BARE_CALL ID_CALL("2"));
    struct ingest_totals t = run("copy.jsonl");
    cr_expect(t.calls_new == 2);
    put("a.jsonl", "a", BARE_CALL ID_CALL("2"));
    cr_expect(run("a.jsonl").calls_new == 0, "now both hold the same");
    cr_expect(calls() == 4);
}

Test(ingest, a_part_of_a_known_file_adds_nothing)
{
    put("a.jsonl", "w", BARE_CALL BARE_CALL BARE_OTHER BARE_CALL);
    run("a.jsonl");
    put("head.jsonl", "w", BARE_CALL BARE_CALL);
    cr_expect(run("head.jsonl").calls_new == 0);
    put("tail.jsonl", "w", BARE_OTHER BARE_CALL);
    cr_expect(run("tail.jsonl").calls_new == 0);
    cr_expect(calls() == 4);
}

Test(ingest, rotation_by_rename)
{
    put("app.log", "w", BARE_OTHER BARE_CALL);
    run("app.log");
    put("app.log", "a", BARE_CALL); /* not read yet when the file is rotated */
    cr_assert(rename("app.log", "app.log.1") == 0);
    put("app.log", "w", BARE_CALL);
    const char *both[] = {"app.log", "app.log.1"};
    struct seen seen;
    struct ingest_totals t = run_with(both, 2, &seen, 2);
    cr_expect(t.calls_new == 2, "got %lld: an equal line after a rotation is another call",
              (long long)t.calls_new);
    cr_expect(calls() == 4);
    t = run_with(both, 2, &seen, 2);
    cr_expect(t.calls_new == 0);
}

Test(ingest, rotation_by_rename_when_the_new_file_begins_alike)
{
    put("app.log", "w", BARE_CALL BARE_OTHER);
    run("app.log");
    cr_assert(rename("app.log", "app.log.1") == 0);
    put("app.log", "w", BARE_CALL BARE_CALL);
    const char *both[] = {"app.log", "app.log.1"};
    struct seen seen;
    struct ingest_totals t = run_with(both, 2, &seen, 2);
    cr_expect(t.calls_new == 2, "got %lld", (long long)t.calls_new);
    cr_expect(calls() == 4);
}

Test(ingest, rotation_by_copy_and_truncate)
{
    put("app.log", "w", BARE_OTHER BARE_CALL);
    run("app.log");
    put("app.log.1", "w", BARE_OTHER BARE_CALL);
    put("app.log", "w", "");
    cr_expect(run("app.log").calls_new == 0);
    put("app.log", "w", BARE_CALL BARE_OTHER);
    const char *both[] = {"app.log", "app.log.1"};
    struct seen seen;
    struct ingest_totals t = run_with(both, 2, &seen, 1);
    cr_expect(t.calls_new == 2, "got %lld", (long long)t.calls_new);
    cr_expect(calls() == 4);
}

Test(ingest, a_file_cut_short_adds_nothing)
{
    put("a.jsonl", "w", ID_CALL("1") BARE_CALL BARE_CALL);
    run("a.jsonl");
    put("a.jsonl", "w", ID_CALL("1") BARE_CALL);
    cr_expect(run("a.jsonl").calls_new == 0);
    cr_expect(calls() == 3);
}

Test(ingest, an_unfinished_line_waits)
{
    put("a.jsonl", "w", ID_CALL("1") "{\"request_id\":\"2\",\"model\":\"m\",\"inp");
    struct ingest_totals t = run("a.jsonl");
    cr_expect(t.calls_new == 1);
    cr_expect(t.waiting == 1);
    cr_expect(t.quarantined == 0);
    put("a.jsonl", "a", "ut_tokens\":1}\n");
    t = run("a.jsonl");
    cr_expect(t.calls_new == 1);
    cr_expect(t.waiting == 0);
}

Test(ingest, a_finished_line_without_its_end_is_taken_once)
{
    put("a.jsonl", "w", "{\"model\":\"m\",\"input_tokens\":1,\"output_tokens\":2}");
    cr_expect(run("a.jsonl").calls_new == 1);
    put("a.jsonl", "a", "\n" BARE_CALL);
    cr_expect(run("a.jsonl").calls_new == 1);
    cr_expect(calls() == 2);
}

Test(ingest, bad_lines_are_kept_by_place)
{
    put("a.jsonl", "w", ID_CALL("1") "{\"a\":\n" "[1]\n" "{\"x\":1}\n" ID_CALL("2")
        "{\"model\":\"m\",\"input_tokens\":\"12a\"}\n");
    const char *path = "a.jsonl";
    struct seen seen;
    struct ingest_totals t = run_with(&path, 1, &seen, 2);
    cr_expect(t.calls_new == 2);
    cr_expect(t.quarantined == 4);
    cr_expect(seen.bad_lines == 4);
    cr_expect(run_with(&path, 1, &seen, 2).quarantined == 0);
}

Test(ingest, what_is_no_log_is_one_message)
{
    FILE *f = fopen("notes.txt", "w");
    cr_assert(f != NULL);
    for (int i = 0; i < 5000; i++)
        fprintf(f, "line %d of a text\n", i);
    fclose(f);
    const char *paths[] = {"notes.txt", "a.jsonl", "missing.jsonl"};
    put("a.jsonl", "w", ID_CALL("1"));
    struct seen seen;
    struct ingest_totals t = run_with(paths, 3, &seen, 2);
    cr_expect(seen.bad_lines == 0);
    cr_expect(t.files_failed == 1, "the missing one");
    cr_expect(t.files_no_log == 1);
    cr_expect(t.quarantined == 0);
    cr_expect(t.calls_new == 1, "the others are read all the same");
}

Test(ingest, a_log_behind_a_long_banner)
{
    FILE *f = fopen("banner.log", "w");
    cr_assert(f != NULL);
    for (int i = 0; i < 150; i++)
        fprintf(f, "starting up, step %d\n", i);
    for (int i = 0; i < 20; i++)
        fprintf(f, "{\"request_id\":\"r%d\",\"model\":\"m\",\"input_tokens\":1}\n", i);
    fclose(f);
    const char *path = "banner.log";
    struct seen seen;
    struct ingest_totals t = run_with(&path, 1, &seen, 2);
    cr_expect(t.calls_new == 20);
    cr_expect(t.quarantined == 150);
    cr_expect(t.files_no_log == 0);
    cr_expect(run_with(&path, 1, &seen, 2).quarantined == 0);
}

static void put_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    char *words = NULL;

    cr_assert(sqlite3_open(path, &db) == SQLITE_OK);
    cr_assert(sqlite3_exec(db, sql, NULL, NULL, &words) == SQLITE_OK, "%s", words);
    sqlite3_close(db);
}

#define TWO_TABLES                                                                                 \
    "CREATE TABLE calls(request_id, model, input_tokens);"                                         \
    "INSERT INTO calls VALUES ('1', 'm', 1), (NULL, 'm', 2), (NULL, 'm', 2), ('x', 'm', 'many');"  \
    "CREATE TABLE other(a); INSERT INTO other VALUES (1), (2);"

Test(ingest, a_database_is_read_by_its_tables)
{
    put_sql("some.db", TWO_TABLES);
    const char *path = "some.db";
    struct seen seen;
    struct ingest_totals t = run_with(&path, 1, &seen, 2);
    cr_expect(t.files == 1 && t.files_failed == 0);
    cr_expect(t.calls_new == 3 && t.quarantined == 1 && t.lines == 6 && t.skipped == 2);
    cr_expect(seen.bad_lines == 1);
    t = run_with(&path, 1, &seen, 1);
    cr_expect(t.calls_new == 0 && t.lines == 0);
    cr_expect(strcmp(seen.notes, "some.db: unchanged\n") == 0, "%s", seen.notes);
}

Test(ingest, rows_without_an_id_that_stay_when_others_are_deleted)
{
    put_sql("some.db", TWO_TABLES);
    cr_expect(run("some.db").calls_new == 3);
    put_sql("some.db", "DELETE FROM calls WHERE rowid = 1");
    cr_expect(run("some.db").calls_new == 0);
    put_sql("some.db", "INSERT INTO calls VALUES (NULL, 'm', 2)");
    cr_expect(run("some.db").calls_new == 1);
    put_sql("some.db", "DROP TABLE calls; CREATE TABLE calls(model, input_tokens);"
                       "INSERT INTO calls VALUES ('m', 2)");
    cr_expect(run("some.db").calls_new == 0);
    cr_expect(calls() == 4);
}

/* A copy that was read meanwhile has the same content as the renamed one. */
Test(ingest, a_renamed_file_goes_on_though_there_is_a_copy)
{
    const char *paths[] = {"a.log", "b.log", "a.log.1"};
    struct seen seen;

    put("a.log", "w", ID_CALL("1") BARE_CALL BARE_CALL);
    run("a.log");
    put("a.log", "w", ID_CALL("1") BARE_OTHER); /* shorter: the longest known content is another */
    run("a.log");
    put("b.log", "w", ID_CALL("1") BARE_OTHER);
    run_with(&paths[1], 1, &seen, 2);
    cr_expect(strcmp(seen.notes, "b.log: copy of a.log\n") == 0, "%s", seen.notes);
    cr_assert(rename("a.log", "a.log.1") == 0);
    run_with(&paths[2], 1, &seen, 2);
    cr_expect(strcmp(seen.notes, "a.log.1: renamed from a.log\n") == 0, "%s", seen.notes);
}

Test(ingest, a_database_that_is_none)
{
    FILE *f = fopen("some.db", "wb");
    cr_assert(f != NULL);
    fwrite("SQLite format 3", 1, 16, f);
    fclose(f);
    const char *path = "some.db";
    struct seen seen;
    cr_expect(run_with(&path, 1, &seen, 2).files_failed == 1);
    cr_expect(strcmp(seen.notes, "some.db: a damaged or encrypted SQLite database: "
                                 "file is not a database\n") == 0,
              "%s", seen.notes);
}

Test(ingest, many_batches_on_one_thread_and_two)
{
    FILE *f = fopen("big.jsonl", "w");
    cr_assert(f != NULL);
    for (int i = 0; i < 20000; i++)
        fprintf(f, "{\"request_id\":\"r%d\",\"model\":\"m%d\",\"input_tokens\":%d}\n", i % 15000,
                i % 7, i);
    fclose(f);
    const char *path = "big.jsonl";
    struct seen seen;
    struct ingest_totals two = run_with(&path, 1, &seen, 2);
    cr_expect(two.calls_new == 15000);
    cr_expect(two.calls_merged == 5000);
    store_close(store);
    struct error err = {0};
    cr_assert(store_open(":memory:", STORE_WRITE, &store, &err) == OK);
    struct ingest_totals one = run_with(&path, 1, &seen, 1);
    cr_expect(one.calls_new == two.calls_new);
    cr_expect(one.calls_updated == two.calls_updated);
}

Test(ingest, unknown_format_and_stamp_are_named)
{
    struct ingest_totals totals;
    struct error err = {0};
    const char *path = "a.jsonl", *set = "colour=red";
    struct ingest_options o = {.from = "klingon", .max_line = 1 << 20, .jobs = 1};

    cr_expect(ingest_run(store, &path, 1, &o, &totals, &err) == ERR_USAGE);
    cr_expect(strncmp(err.msg, "--from klingon: unknown format; known are auto ", 47) == 0, "%s",
              err.msg);
    o.from = NULL;
    o.set = &set;
    o.n_set = 1;
    cr_expect(ingest_run(store, &path, 1, &o, &totals, &err) == ERR_USAGE);
    cr_expect(strncmp(err.msg, "--set colour=red: expected KEY=VALUE with KEY one of feature", 60) == 0,
              "%s", err.msg);
}

static void on_formats(void *ctx, const struct ingest_file *f)
{
    snprintf(ctx, 64, "%s", f->formats);
}

/* A mapping is asked first; lines it does not speak of go on to the formats. */
Test(ingest, a_mapping_is_asked_first)
{
    static const char text[] = "{\"record\":\"call\",\"match\":[{\"pointer\":\"/ev\",\"const\":"
                               "\"end\"}],\"identity\":\"/who\",\"fields\":{\"request_model\":"
                               "\"/model\",\"input_tokens\":\"/in\"}}";
    struct ingest_totals totals;
    struct error err = {0};
    struct mapping *map = NULL;
    char names[64];
    const char *path = "a.jsonl";
    struct ingest_options o = {.max_line = 1 << 20,
                               .jobs = 2,
                               .events = {.ctx = names, .file_done = on_formats}};

    cr_assert(mapping_open(SV(text), "map.json", &map, &err) == OK, "%s", err.msg);
    o.map = map;
    put(path, "w",
        ID_CALL("1") "{\"ev\":\"end\",\"who\":7,\"in\":5}\n"
                     "{\"ev\":\"end\",\"who\":8,\"model\":\"m\",\"input_tokens\":1,\"in\":2}\n"
                     "{\"ev\":\"begin\",\"who\":9,\"in\":2}\n");
    cr_assert(ingest_run(store, &path, 1, &o, &totals, &err) == OK, "%s", err.msg);
    cr_expect_str_eq(names, "map 2, generic 1");
    cr_expect(totals.calls_new == 3 && totals.quarantined == 1);
    put(path, "w", "{\"ev\":\"end\",\"who\":1,\"in\":5}\n");
    o.from = "otlp"; /* for the others */
    cr_assert(ingest_run(store, &path, 1, &o, &totals, &err) == OK, "%s", err.msg);
    cr_expect_str_eq(names, "map");
    mapping_close(map);
}
