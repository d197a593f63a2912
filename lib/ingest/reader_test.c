/* reader_test: what reading costs in counts that are the same on every machine. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ingest/opened.h"
#include "ingest/reader.h"

static long allocations;

/* The sanitizers bring allocators of their own, which must not be stood in for. */
#if !defined(__SANITIZE_ADDRESS__)
#define COUNTS_ALLOCATIONS true
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n)
{
    allocations++;
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    allocations++;
    return __libc_realloc(p, n);
}

#else
#define COUNTS_ALLOCATIONS false /* the lines are read all the same */
#endif

enum { LINES = 20000 };

/* Lines that differ in every number, with escapes, nested objects and leftover scalars. */
static void generic_line(FILE *f, int i)
{
    fprintf(
        f,
        "{\"timestamp\":\"2026-03-01T08:%02d:%02d.%03dZ\",\"request_id\":\"req-%08d\","
        "\"session_id\":\"s-%d\",\"user_id\":\"u%d\",\"model\":\"gpt-4.1\",\"feature\":\"chat\","
        "\"usage\":{\"input_tokens\":%d,\"output_tokens\":%d},\"latency_ms\":%d.5,"
        "\"cost_usd\":0.00%04d,\"status\":\"ok\",\"prompt\":\"line \\\"%d\\\"\\n\","
        "\"plan\":\"pro\",\"metadata\":{\"region\":\"eu-%d\"}}\n",
        i / 60 % 60, i % 60, i % 1000, i, i / 10, i % 50, 100 + i % 900, 1 + i % 300,
        300 + i % 5000, i % 10000, i, i % 3);
}

static void otlp_line(FILE *f, int i)
{
    fprintf(f,
            "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\","
            "\"value\":{\"stringValue\":\"shop\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"s\"},"
            "\"spans\":[{\"traceId\":\"%032x\",\"spanId\":\"%016x\",\"name\":\"chat\","
            "\"startTimeUnixNano\":\"1772352000%09d\",\"endTimeUnixNano\":\"1772352001%09d\","
            "\"attributes\":[{\"key\":\"gen_ai.request.model\",\"value\":{\"stringValue\":"
            "\"gpt-4.1\"}},{\"key\":\"gen_ai.usage.input_tokens\",\"value\":{\"intValue\":\"%d\"}},"
            "{\"key\":\"gen_ai.usage.output_tokens\",\"value\":{\"intValue\":\"%d\"}},"
            "{\"key\":\"app.plan\",\"value\":{\"stringValue\":\"pro\"}}]}]}]}]}\n",
            i + 1, i + 1, i, i, 100 + i % 900, 1 + i % 300);
}

static void claude_line(FILE *f, int i)
{
    fprintf(f,
            "{\"type\":\"assistant\",\"uuid\":\"00000000-0000-4000-8000-%012d\",\"sessionId\":"
            "\"5f2d7c1a-0000-4000-8000-%012d\",\"requestId\":\"req_%d\",\"cwd\":\"/home/u/shop\","
            "\"timestamp\":\"2026-03-01T08:%02d:%02d.%03dZ\",\"message\":{\"id\":\"msg_%d\","
            "\"model\":\"claude-sonnet-4-5\",\"role\":\"assistant\",\"stop_reason\":\"end_turn\","
            "\"content\":[{\"type\":\"text\",\"text\":\"%d\"}],\"usage\":{\"input_tokens\":%d,"
            "\"cache_read_input_tokens\":5,\"output_tokens\":%d}}}\n",
            i, i / 40, i, i / 60 % 60, i % 60, i % 1000, i, i, i % 900, 1 + i % 300);
}

/* Reads the file batch by batch, as a run does; the allocations of its second half, by when every
 * buffer has met the longest line. */
static long count_second_half(const char *path, const char *name)
{
    struct ingest_options options = {0};
    struct reader_counts counts = {0};
    struct reader *r = calloc(1, sizeof(*r));
    struct opened o = {0};
    struct batch b = {0};
    struct error err = {0};
    enum reader_end end = READER_MORE;
    long before = -1;

    cr_assert(reader_init(r, &options, &err) == OK, "%s", err.msg);
    cr_assert(opened_open(&o, path, 1 << 20, &err) == OK, "%s", err.msg);
    reader_begin(r, path, SV_NONE, 0, true);
    while (end == READER_MORE) {
        batch_reset(&b);
        cr_assert(reader_fill(r, o.pieces, path, 1, false, &b, &counts, &end, &err) == OK);
        if (before < 0 && counts.lines >= LINES / 2)
            before = allocations;
    }
    long n = allocations - before;
    cr_expect(end == READER_DONE && counts.lines == LINES && !counts.quarantined, "%s", name);
    opened_close(&o);
    batch_release(&b);
    reader_release(r);
    free(r);
    return n;
}

static const struct {
    const char *name;
    void (*line)(FILE *f, int i);
} kinds[] = {
    {"generic",     generic_line},
    {"otlp",        otlp_line   },
    {"claude-code", claude_line },
};

Test(reader, allocates_nothing_once_it_is_warm)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        char path[] = "/tmp/llmobs-reader-XXXXXX";
        FILE *f = fdopen(mkstemp(path), "w");

        cr_assert(f != NULL);
        for (int k = 0; k < LINES; k++)
            kinds[i].line(f, k);
        fclose(f);
        long n = count_second_half(path, kinds[i].name);
        cr_expect(n == 0, "%s: %ld allocations in %d lines", kinds[i].name, n, LINES / 2);
        cr_assert(remove(path) == 0);
    }
    cr_expect(!COUNTS_ALLOCATIONS || allocations > 0, "they are counted");
}
