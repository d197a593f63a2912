#include <criterion/criterion.h>

#include <fcntl.h>
#include "input/eval_log.h"
#include "input/test_zip.h"

#define PART(n, t, m) .name = n, .text = t, .method = m
#define HEADER {PART("header.json", " {\"version\": 2} \n", 8)}
#define START {PART("_journal/start.json", "{\"version\":1}", 8)}
#define SAMPLE(id, text, method) {PART("samples/" id "_epoch_1.json", text, method)}
#define OTHER {PART("summaries.json", "[]", 8)}
#define DOCUMENT(samples) "{\n\"version\": 2,\"samples\":[" samples "]}\n"

/* clang-format off */
static const struct {
    const char *name;
    struct zip_part parts[6];
    struct zip_how how;
    const char *document; /* NULL: another archive */
    const char *damage;   /* what comes behind it */
} cases[] = {
    {"samples in the order of the archive, packed in every way",
     {START, SAMPLE("b", "{\"id\":\"b\"}", 0), SAMPLE("a", "{\"id\":\"a\"}\n", 8), OTHER,
      SAMPLE("c", "{\"id\":\"c\"}", 93), HEADER}, {0},
     DOCUMENT("{\"id\":\"b\"},\n{\"id\":\"a\"}\n,\n{\"id\":\"c\"}"), NULL},
    {"a comment at the end", {HEADER, SAMPLE("a", "7", 8)}, {.comment = "PK\x05\x06 is no end"},
     DOCUMENT("7"), NULL},
    {"records of a large archive", {HEADER, SAMPLE("a", "7", 8)}, {.large = true}, DOCUMENT("7"),
     NULL},
    {"no samples", {HEADER}, {0}, "{\n\"version\": 2}\n", NULL},
    {"a run that goes on", {START, SAMPLE("a", "7", 8)}, {0},
     "{\n\"version\":1,\"status\":\"started\",\"samples\":[7]}\n", NULL},
    {"a sample that was tried again", {SAMPLE("a", "1", 8), SAMPLE("b", "2", 8), SAMPLE("a", "3",
     8), HEADER},
     {0}, DOCUMENT("2,\n3"), NULL},
    {"an empty part", {HEADER, SAMPLE("a", "", 0), SAMPLE("b", "7", 8)}, {0}, DOCUMENT(",\n7"),
     NULL},
    {"ids may hold anything", {HEADER, SAMPLE("x/y_epoch_z/1", "7", 8)}, {0}, DOCUMENT("7"), NULL},
    {"what is no sample", {HEADER, {PART("samples/a.json", "1", 8)}, {PART("samples/a_epoch_1.txt",
     "2", 8)},
                           {PART("sample/a_epoch_1.json", "3", 8)}}, {0}, "{\n\"version\": 2}\n", NULL},

    {"another archive", {{PART("a.txt", "7", 8)}}, {0}, NULL, NULL},
    {"nothing in it", {{0}}, {0}, NULL, NULL},
    {"samples in chunks", {HEADER, {PART("samples/a_epoch_1/sample.json", "{}", 8)}}, {0}, NULL,
     NULL},
    {"without its end", {HEADER, SAMPLE("a", "7", 8)}, {.less = 1}, NULL, NULL},

    {"an unknown way to pack", {HEADER, SAMPLE("a", "7", 8), SAMPLE("b", "8", 99)}, {0},
     "{\n\"version\": 2,\"samples\":[7", "the zip archive is packed in a way that is not known "
     "here"},
    {"encrypted", {HEADER, {PART("samples/a_epoch_1.json", "7", 8), .flags = 1}}, {0},
     "{\n\"version\": 2,\"samples\":[", "the zip archive is encrypted"},
    {"a wrong check sum", {HEADER, {PART("samples/a_epoch_1.json", "7", 8), .wrong_crc = true}},
     {0},
     "{\n\"version\": 2,\"samples\":[7", "damaged zip archive: a part is not what it was"},
    {"a part that is not there", {HEADER, {PART("samples/a_epoch_1.json", "7", 8), .elsewhere =
     true}}, {0},
     "{\n\"version\": 2,\"samples\":[", "damaged zip archive: a part is missing"},
    {"a part that is too short", {HEADER, {PART("samples/a_epoch_1.json", "7777", 8), .cut = true}},
     {0},
     "{\n\"version\": 2,\"samples\":[7777", "damaged zip archive: a part is cut off"},
    {"zstd that is too short", {HEADER, {PART("samples/a_epoch_1.json", "7777", 93), .cut = true}},
     {0},
     "{\n\"version\": 2,\"samples\":[777", "damaged zip archive: a part is cut off"},
    {"a part that goes on", {HEADER, {PART("samples/a_epoch_1.json", "7", 8), .extra = true}}, {0},
     "{\n\"version\": 2,\"samples\":[7", "damaged zip archive: a part is not what it was"},
    {"a part that is longer than it says", {HEADER, {PART("samples/a_epoch_1.json", "7777", 8),
     .unpacked = 3}}, {0},
     "{\n\"version\": 2,\"samples\":[7777", "a part of the zip archive unpacks to too much"},
    {"a part that is shorter than it says", {HEADER, {PART("samples/a_epoch_1.json", "7777", 8),
     .unpacked = 5}}, {0},
     "{\n\"version\": 2,\"samples\":[7777", "damaged zip archive: a part is not what it was"},
    {"a header that is damaged", {{PART("header.json", "{}", 8), .wrong_crc = true}, SAMPLE("a",
     "7", 8)}, {0},
     "", "damaged zip archive: a part is not what it was"},
    {"a header that is none", {{PART("header.json", "[{}]", 8)}, SAMPLE("a", "7", 8)}, {0},
     "", "damaged zip archive: the header is no JSON object"},
    {"nor is an empty one", {{PART("header.json", "{ }", 8)}, SAMPLE("a", "7", 8)}, {0},
     "", "damaged zip archive: the header is no JSON object"},
    {"a header that is too long", {{PART("header.json", "{\"a\":1}", 8), .unpacked =
     EVAL_LOG_MAX_HEADER + 1}}, {0},
     "", "the header in the zip archive is longer than 16 MiB"},
};
/* clang-format on */

static struct temp_file zip_file(size_t i)
{
    struct temp_file t;
    struct buf b = {0};
    size_t n = 0;

    while (n < ARRAY_LEN(cases[i].parts) && cases[i].parts[n].name)
        n++;
    add_zip(&b, cases[i].parts, n, &cases[i].how);
    t = temp_new(b.p, b.n);
    buf_release(&b);
    return t;
}

static struct eval_log *open_file(const char *path, int *fd)
{
    struct eval_log *z = NULL;

    *fd = open(path, O_RDONLY);
    cr_assert(*fd >= 0);
    cr_assert(eval_log_open(*fd, lseek(*fd, 0, SEEK_END), &z) == OK);
    return z;
}

static enum err read_all(struct eval_log *z, size_t step, struct buf *out, const char **damage)
{
    size_t got = 1;
    enum err rc = OK;

    while (!rc && got) {
        cr_assert(buf_reserve(out, step));
        rc = eval_log_read(z, out->p + out->n, step, &got, damage);
        out->n += got;
    }
    if (out->p)
        out->p[out->n] = '\0';
    return rc;
}

Test(eval_log, documents_and_damage)
{
    static const size_t steps[] = {1, 7, 100000};

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct temp_file t = zip_file(i);
        int fd = -1;
        struct eval_log *z = open_file(t.path, &fd);

        cr_expect((z != NULL) == (cases[i].document != NULL), "%s", cases[i].name);
        for (size_t k = 0; z && k < ARRAY_LEN(steps); k++) {
            struct buf out = {0};
            const char *damage = NULL;
            enum err rc = read_all(z, steps[k], &out, &damage);

            cr_expect(rc == (cases[i].damage ? ERR_PARSE : OK), "%s: %d", cases[i].name, rc);
            /* as far as it was unpacked: not all of it where reads are small */
            cr_expect(strncmp(cases[i].document, out.p, out.n) == 0, "%s: %s", cases[i].name,
            out.p);
            cr_expect(rc || out.n == strlen(cases[i].document), "%s: %s", cases[i].name, out.p);
            cr_expect(!cases[i].damage || strcmp(damage, cases[i].damage) == 0, "%s: %s",
                      cases[i].name, damage);
            if (rc) {
                size_t got = 1;
                cr_expect(eval_log_read(z, out.p, 1, &got, &damage) == rc && !got, "errors stay");
            }
            buf_release(&out);
            eval_log_rewind(z);
        }
        eval_log_close(z);
        close(fd);
        unlink(t.path);
    }
}

/* More than their file together: some bytes would be unpacked several times. */
Test(eval_log, parts_that_overlap)
{
    struct zip_part parts[] = {HEADER, {PART("samples/a_epoch_1.json", NULL, 0), .twice = true}};
    struct buf text = {0}, file = {0}, out = {0};
    const char *damage = NULL;
    int fd = -1;

    for (int i = 0; i < 5000; i++)
        buf_char(&text, '7');
    parts[1].text = text.p;
    add_zip(&file, parts, 2, &(struct zip_how){0});
    struct temp_file t = temp_new(file.p, file.n);
    struct eval_log *z = open_file(t.path, &fd);
    cr_assert(z != NULL);
    cr_expect(read_all(z, 100, &out, &damage) == ERR_PARSE && out.n == 0);
    cr_expect_str_eq(damage, "parts of the zip archive overlap");
    eval_log_close(z);
    close(fd);
    unlink(t.path);
    buf_release(&text);
    buf_release(&file);
    buf_release(&out);
}

/* Deflate cannot make more than about 1030 bytes of one, zstd can. */
Test(eval_log, bombs)
{
    static const unsigned methods[] = {8, 93};
    size_t n = (size_t)40 << 20;
    char *text = malloc(n + 1), *block = malloc(1 << 20);

    cr_assert(text && block);
    memset(text, ' ', n);
    text[n] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        struct zip_part parts[] = {HEADER, {PART("samples/a_epoch_1.json", text, methods[i])}};
        struct buf file = {0};
        const char *damage = NULL;
        size_t got = 1, sum = 0;
        enum err rc = OK;
        int fd = -1;

        add_zip(&file, parts, 2, &(struct zip_how){0});
        struct temp_file t = temp_new(file.p, file.n);
        struct eval_log *z = open_file(t.path, &fd);
        cr_assert(z != NULL);
        while (!rc && got) {
            rc = eval_log_read(z, block, 1 << 20, &got, &damage);
            sum += got;
        }
        cr_expect(rc == (i ? ERR_PARSE : OK), "%u", methods[i]);
        cr_expect(i ? sum < (size_t)20 << 20 : sum > n, "%zu", sum);
        cr_expect(!i || strcmp(damage, "a part of the zip archive unpacks to too much") == 0);
        cr_expect(eval_log_consumed_bytes(z) < (int64_t)file.n);
        eval_log_close(z);
        close(fd);
        unlink(t.path);
        buf_release(&file);
    }
    free(text);
    free(block);
}

/* Whatever is missing at its end, and whichever byte of it is another: no more than an error. */
Test(eval_log, every_byte_matters_or_does_not)
{
    struct temp_file t = zip_file(0);
    char bytes[2048];
    FILE *f = fopen(t.path, "rb");
    size_t n = fread(bytes, 1, sizeof(bytes), f);

    fclose(f);
    cr_assert(n > 100 && n < sizeof(bytes));
    for (size_t i = 0; i < 2 * n; i++) {
        struct buf out = {0};
        const char *damage = NULL;
        size_t left = i < n ? n : i - n;
        int fd = -1;

        bytes[i % n] ^= i < n ? 0x20 : 0;
        temp_write(t.path, "wb", bytes, left);
        bytes[i % n] ^= i < n ? 0x20 : 0;
        struct eval_log *z = open_file(t.path, &fd);
        if (z)
            (void)!read_all(z, 64, &out, &damage);
        cr_expect(out.n < 4096);
        eval_log_close(z);
        close(fd);
        buf_release(&out);
    }
    unlink(t.path);
}
