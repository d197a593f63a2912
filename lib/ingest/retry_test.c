/* retry_test: what leaves the quarantine, with what, and what stays. Counts by hand. */
#include "ingest/retry.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define CALL(id) "{\"request_id\":\"" id "\",\"model\":\"m\",\"input_tokens\":3}\n"
#define OURS(id, n) "{\"who\":\"" id "\",\"in\":" n "}\n"

static const char mapping_text[] = "{\"record\":\"call\",\"identity\":\"/who\","
                                   "\"fields\":{\"input_tokens\":\"/in\"}}";

static char dir[64];
static struct store *store;
static struct mapping *map;

static void begin(void)
{
    struct error err = {0};

    snprintf(dir, sizeof(dir), "/tmp/llmobs-retry-XXXXXX");
    cr_assert(mkdtemp(dir) != NULL && chdir(dir) == 0);
    cr_assert(store_open(":memory:", STORE_WRITE, &store, &err) == OK, "%s", err.msg);
    cr_assert(mapping_open(SV(mapping_text), "m", &map, &err) == OK, "%s", err.msg);
}

static void end(void)
{
    char command[128];

    store_close(store);
    mapping_close(map);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert(system(command) == 0);
}

TestSuite(retry, .init = begin, .fini = end);

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    cr_assert(f != NULL);
    fputs(text, f);
    fclose(f);
}

static void ingest(const char *path)
{
    struct ingest_options o = {.max_line = 1 << 20, .jobs = 1};
    struct ingest_totals totals;
    struct error err = {0};

    cr_assert(ingest_run(store, &path, 1, &o, &totals, &err) == OK, "%s", err.msg);
}

/* The quarantine as retry_run() takes it. */
struct rows {
    struct retry_line lines[64];
    char texts[64][2][80];
    size_t n;
};

static enum err keep(void *ctx, const struct quarantine_row *row)
{
    struct rows *r = ctx;
    char(*text)[80] = r->texts[r->n];

    snprintf(text[0], 80, "%.*s", SV_FMT(row->path));
    snprintf(text[1], 80, "%.*s", SV_FMT(row->sha256));
    r->lines[r->n++] = (struct retry_line){
        row->id, row->source, row->line, {text[0], row->offset, row->length, text[1]}
    };
    return OK;
}

struct said {
    char text[1024];
    bool stop;
};

static void on_bad(void *ctx, const char *path, int64_t line, const char *reason)
{
    struct said *s = ctx;
    size_t n = strlen(s->text);

    snprintf(s->text + n, sizeof(s->text) - n, "%s:%lld: %s\n", path, (long long)line, reason);
}

static bool on_stop(void *ctx)
{
    return ((struct said *)ctx)->stop;
}

static enum err retry(const struct mapping *m, struct said *said, struct retry_totals *totals)
{
    const struct ingest_options o = {
        .map = m, .max_line = 1 << 20, .events = {.ctx = said, .bad_line = on_bad, .stop = on_stop}};
    struct rows *rows = calloc(1, sizeof(*rows));
    struct error err = {0};
    enum err rc;

    said->text[0] = '\0';
    cr_assert(store_quarantine(store, 1, keep, rows, &err) == OK);
    rc = retry_run(store, rows->lines, rows->n, &o, totals, &err);
    free(rows);
    return rc;
}

static struct store_counts counts(void)
{
    struct store_counts c;
    struct error err = {0};

    cr_assert(store_count(store, &c, &err) == OK, "%s", err.msg);
    return c;
}

Test(retry, a_mapping_brings_lines_in)
{
    struct retry_totals t;
    struct said said = {0};

    put("a.jsonl", CALL("1") OURS("x", "5") "not JSON\n" OURS("y", "\"many\"") OURS("x", "5"));
    ingest("a.jsonl");
    cr_assert_eq(counts().quarantined, 4);
    cr_assert_eq(retry(NULL, &said, &t), OK);
    cr_expect(t.read == 0 && t.unreadable == 4 && counts().quarantined == 4);
    cr_assert_eq(retry(map, &said, &t), OK);
    cr_expect(t.read == 2 && t.calls_new == 1 && t.calls_merged == 1 && t.unreadable == 2);
    cr_expect(strstr(said.text, "a.jsonl:4: /in: expected a whole number, found \"many\"\n"));
    cr_expect(counts().calls == 2 && counts().quarantined == 2);
    cr_assert_eq(retry(map, &said, &t), OK);
    cr_expect(t.read == 0 && counts().calls == 2, "what is in is in once");
}

Test(retry, what_is_gone_or_changed_stays)
{
    struct retry_totals t;
    struct said said = {0};

    put("a.jsonl", CALL("1") OURS("x", "5") OURS("y", "6"));
    put("b.jsonl", CALL("2") OURS("z", "7"));
    ingest("a.jsonl");
    ingest("b.jsonl");
    put("a.jsonl", CALL("1") OURS("x", "4") OURS("y", "6"));
    cr_assert(unlink("b.jsonl") == 0);
    cr_assert_eq(retry(map, &said, &t), OK);
    cr_expect(t.read == 1 && t.missing == 2 && t.calls_new == 1);
    cr_expect_str_eq(said.text, "a.jsonl:2: changed: another line stands there now\n"
                                "b.jsonl:2: gone: No such file or directory\n");
    cr_expect_eq(counts().quarantined, 2);
}

Test(retry, packed_and_in_an_array)
{
    struct retry_totals t;
    struct said said = {0};
    gzFile f = gzopen("a.jsonl.gz", "wb");

    cr_assert(f != NULL);
    gzputs(f, CALL("1") OURS("x", "5"));
    gzclose(f);
    put("b.json", "[\n" CALL("2") ",\n" OURS("y", "5") "]\n");
    ingest("a.jsonl.gz");
    ingest("b.json");
    cr_assert_eq(counts().quarantined, 2);
    cr_assert_eq(retry(map, &said, &t), OK);
    cr_expect(t.read == 2 && t.calls_new == 2 && counts().quarantined == 0, "%s", said.text);
}

/* Lines without any id are told apart by their bytes and place, as if read at first. */
Test(retry, equal_lines_are_two)
{
    static const char without_id[] = "{\"record\":\"call\",\"fields\":{\"input_tokens\":\"/in\"}}";
    struct mapping *m = NULL;
    struct retry_totals t;
    struct said said = {0};
    struct error err = {0};

    cr_assert(mapping_open(SV(without_id), "m", &m, &err) == OK);
    put("a.jsonl", CALL("1") "{\"in\":5}\n{\"in\":5}\n");
    ingest("a.jsonl");
    cr_assert_eq(retry(m, &said, &t), OK);
    cr_expect(t.read == 2 && t.calls_new == 2 && counts().quarantined == 0);
    mapping_close(m);
}

Test(retry, many_lines_are_several_batches)
{
    struct retry_totals t;
    struct said said = {0};
    FILE *f = fopen("a.jsonl", "w");
    struct error err = {0};
    struct ingest_options o = {
        .map = map, .max_line = 1 << 20, .events = {.ctx = &said, .bad_line = on_bad, .stop = on_stop}};
    enum { LINES = 5000 };
    struct retry_line *lines = calloc(LINES, sizeof(*lines));
    char (*texts)[65] = calloc(LINES, sizeof(*texts));
    int64_t offset = 0;

    cr_assert(f && lines && texts);
    fputs(CALL("first"), f);
    offset = ftell(f);
    for (int i = 0; i < LINES; i++) {
        unsigned char digest[32];
        char line[64];
        int n = snprintf(line, sizeof(line), "{\"who\":%d,\"in\":1}", i);

        fprintf(f, "%s\n", line);
        sha256_of(line, (size_t)n, digest);
        hex_encode(digest, 32, texts[i]);
        lines[i] = (struct retry_line){
            i + 1, 1, i + 2, {"a.jsonl", offset, n, texts[i]}
        };
        offset += n + 1;
    }
    fclose(f);
    ingest("a.jsonl");
    cr_assert_eq(counts().quarantined, LINES);
    said.stop = true;
    cr_expect_eq(retry_run(store, lines, LINES, &o, &t, &err), ERR_STOPPED);
    cr_expect(t.read == 2048 && counts().calls == 1 + 2048 && counts().quarantined == LINES - 2048);
    said.stop = false;
    cr_expect_eq(retry_run(store, lines + 2048, LINES - 2048, &o, &t, &err), OK, "%s", err.msg);
    cr_expect(counts().calls == 1 + LINES && counts().quarantined == 0);
    free(lines);
    free(texts);
}

Test(retry, options_are_checked)
{
    const struct ingest_options o = {.from = "no-such", .max_line = 100};
    struct retry_totals t;
    struct error err = {0};

    cr_expect_eq(retry_run(store, NULL, 0, &o, &t, &err), ERR_USAGE);
    cr_expect(strstr(err.msg, "--from no-such: unknown format") != NULL);
}
