/* Tests of input/stream. */
#include "input/stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "input/test_zip.h"

/* Everything that can be read in pieces of at most n bytes; the error that ended it. */
static enum err read_all(struct stream *s, size_t n, struct buf *out, struct error *err)
{
    char piece[512];
    size_t got;

    for (;;) {
        enum err rc = stream_read(s, piece, n < sizeof(piece) ? n : sizeof(piece), &got, err);
        if (rc || !got)
            return rc;
        buf_add(out, piece, got);
    }
}

static enum err read_file(const char *path, size_t n, struct buf *out, struct error *err)
{
    struct stream *s = NULL;
    enum err rc = stream_open(path, &s, err);
    if (!rc)
        rc = read_all(s, n, out, err);
    stream_close(s);
    return rc;
}

/* Packed by Python's gzip.compress(b"a\nb\n", mtime=0) and by zstd 1.5.4 with and without --check;
 * the frames that go wrong were put together by hand after RFC 1952 and RFC 8878. */
#define GZ_BODY "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\xe4\x4a\xe2\x02\x00"
#define GZ GZ_BODY "\x97\x2a\x57\x18\x04\x00\x00\x00"
#define GZ_WRONG_SUM GZ_BODY "\x96\x2a\x57\x18\x04\x00\x00\x00"
#define ZS_BODY "\x28\xb5\x2f\xfd\x04\x58\x21\x00\x00\x61\x0a\x62\x0a"
#define ZS ZS_BODY "\x25\x50\xb3\x23"
#define ZS_WRONG_SUM ZS_BODY "\x26\x50\xb3\x23"
#define ZS_PLAIN "\x28\xb5\x2f\xfd\x00\x58\x21\x00\x00\x61\x0a\x62\x0a"
#define SKIP3 "\x5f\x2a\x4d\x18\x03\x00\x00\x00\x01\x02\x03"

static const struct {
    const char *name;
    struct sv file;
    enum input_kind kind;
    const char *content;
    const char *error; /* how its message begins; NULL: none */
} cases[] = {
    {"empty", BYTES(""), INPUT_PLAIN, "", NULL},
    {"one byte", BYTES("x"), INPUT_PLAIN, "x", NULL},
    {"first byte of gzip only", BYTES("\x1f"), INPUT_PLAIN, "\x1f", NULL},
    {"three bytes of zstd only", BYTES("\x28\xb5\x2f"), INPUT_PLAIN, "\x28\xb5\x2f", NULL},
    {"plain", BYTES("a\nb\n"), INPUT_PLAIN, "a\nb\n", NULL},
    {"gzip", BYTES(GZ), INPUT_GZIP, "a\nb\n", NULL},
    {"two members", BYTES(GZ GZ), INPUT_GZIP, "a\nb\na\nb\n", NULL},
    {"gzip, padded", BYTES(GZ "\0\0\0"), INPUT_GZIP, "a\nb\n", NULL},
    {"gzip, text behind it", BYTES(GZ "x"), INPUT_GZIP, "a\nb\n",
     "other data follows the gzip data"},
    {"gzip, padding and text behind it", BYTES(GZ "\0\0x"), INPUT_GZIP, "a\nb\n",
     "other data follows the gzip data"},
    {"gzip, half a magic number behind it", BYTES(GZ "\x1f"), INPUT_GZIP, "a\nb\n",
     "gzip data is cut off"},
    {"gzip, a bad member behind it", BYTES(GZ "\x1fzzzzzzzzzzz"), INPUT_GZIP, "a\nb\n",
     "damaged gzip data: incorrect header check"},
    {"gzip, magic number only", BYTES("\x1f\x8b"), INPUT_GZIP, "", "gzip data is cut off"},
    {"gzip, wrong check sum", BYTES(GZ_WRONG_SUM), INPUT_GZIP, "a\nb\n",
     "damaged gzip data: incorrect data check"},
    {"zstd", BYTES(ZS), INPUT_ZSTD, "a\nb\n", NULL},
    {"zstd without check sum", BYTES(ZS_PLAIN), INPUT_ZSTD, "a\nb\n", NULL},
    {"two frames", BYTES(ZS_PLAIN ZS), INPUT_ZSTD, "a\nb\na\nb\n", NULL},
    {"skippable frame first", BYTES(SKIP3 ZS), INPUT_ZSTD, "a\nb\n", NULL},
    {"skippable frame between", BYTES(ZS SKIP3 ZS), INPUT_ZSTD, "a\nb\na\nb\n", NULL},
    {"skippable frame last", BYTES(ZS SKIP3), INPUT_ZSTD, "a\nb\n", NULL},
    {"skippable frame alone", BYTES(SKIP3), INPUT_ZSTD, "", NULL},
    {"skippable frame cut off", BYTES("\x5f\x2a\x4d\x18\x03\x00\x00\x00\x01"), INPUT_ZSTD, "",
     "zstd data is cut off"},
    {"zstd, text behind it", BYTES(ZS "hello"), INPUT_ZSTD, "a\nb\n",
     "damaged zstd data: Unknown frame descriptor"},
    {"zstd, magic number only", BYTES("\x28\xb5\x2f\xfd"), INPUT_ZSTD, "", "zstd data is cut off"},
    {"zstd, window of 128 MiB", BYTES("\x28\xb5\x2f\xfd\x00\x88\x09\x00\x00x"), INPUT_ZSTD, "x",
     NULL},
    {"zstd, window of 256 MiB", BYTES("\x28\xb5\x2f\xfd\x00\x90\x09\x00\x00x"), INPUT_ZSTD, "",
     "zstd data needs a window of more than 128 MiB; unpack it first"},
};

Test(stream, reads_and_unpacks)
{
    static const size_t pieces[] = {1, 3, 512};

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct temp_file t = temp_new(cases[i].file.p, cases[i].file.n);
        for (size_t k = 0; k < ARRAY_LEN(pieces); k++) {
            struct stream *s = NULL;
            struct error err = {0};
            struct buf out = {0};

            cr_assert(stream_open(t.path, &s, &err) == OK, "%s: %s", cases[i].name, err.msg);
            cr_expect(stream_kind(s) == cases[i].kind, "%s", cases[i].name);
            enum err rc = read_all(s, pieces[k], &out, &err);
            cr_expect(rc == (cases[i].error ? ERR_IO : OK), "%s: %d", cases[i].name, rc);
            cr_expect(out.n == strlen(cases[i].content) &&
                          memcmp(out.p ? out.p : "", cases[i].content, out.n) == 0,
                      "%s: %zu bytes", cases[i].name, out.n);
            cr_expect(stream_damaged(s) == (rc != OK), "%s", cases[i].name);
            if (cases[i].error) {
                cr_expect(strncmp(err.msg, cases[i].error, strlen(cases[i].error)) == 0, "%s: %s",
                          cases[i].name, err.msg);
                cr_expect(strstr(err.file, "llmobs-input") != NULL, "%s: %s", cases[i].name,
                          err.file);
                char byte;
                size_t got = 1;
                cr_expect(stream_read(s, &byte, 1, &got, NULL) == ERR_IO && got == 0,
                          "%s: errors stay", cases[i].name);
            } else {
                cr_expect(stream_consumed_bytes(s) == (int64_t)cases[i].file.n, "%s",
                          cases[i].name);
            }
            buf_release(&out);
            stream_close(s);
        }
        unlink(t.path);
    }
}

/* An Inspect log is the document in it, also when it is read again; other archives are bytes. */
Test(stream, zip_archives)
{
    static const struct zip_part log[] = {
        {.name = "header.json", .text = "{\"a\":1}", .method = 8}};
    static const struct zip_part other[] = {{.name = "notes.txt", .text = "hello", .method = 8}};
    static const struct zip_part bad[] = {
        {.name = "header.json", .text = "{\"a\":1}", .method = 8, .wrong_crc = true}};
    static const struct {
        const struct zip_part *part;
        enum input_kind kind;
        const char *error;
    } archives[] = {
        {log, INPUT_EVAL_LOG, NULL},
        {other, INPUT_PLAIN, NULL},
        {bad, INPUT_EVAL_LOG, "damaged zip archive: a part is not what it was"},
    };

    for (size_t i = 0; i < ARRAY_LEN(archives); i++) {
        struct buf file = {0}, out = {0};
        struct stream *s = NULL;
        struct error err = {0};

        add_zip(&file, archives[i].part, 1, &(struct zip_how){0});
        struct temp_file t = temp_new(file.p, file.n);
        cr_assert(stream_open(t.path, &s, &err) == OK, "%s", err.msg);
        cr_expect(stream_kind(s) == archives[i].kind && stream_seekable(s), "%zu", i);
        for (int again = 0; again < 2; again++) {
            buf_reset(&out);
            cr_expect(read_all(s, 5, &out, &err) == (archives[i].error ? ERR_IO : OK), "%zu", i);
            cr_expect(!archives[i].error || strcmp(err.msg, archives[i].error) == 0, "%s", err.msg);
            cr_expect(stream_damaged(s) == (archives[i].error != NULL), "%zu", i);
            cr_expect(i != 0 || strcmp(out.p, "{\n\"a\":1}\n") == 0, "%s", out.p);
            cr_expect(i != 1 || out.n == file.n, "%zu", out.n);
            cr_expect(stream_seek(s, 0, &err) == OK);
        }
        cr_expect(stream_consumed_bytes(s) == 0);
        stream_close(s);
        unlink(t.path);
        buf_release(&file);
        buf_release(&out);
    }
}

/* libzstd keeps back what it could not check when it sees the whole frame at once. */
Test(stream, zstd_wrong_check_sum)
{
    struct temp_file t = temp_new(ZS_WRONG_SUM, sizeof(ZS_WRONG_SUM) - 1);
    struct error err = {0};
    struct buf out = {0};

    for (size_t n = 1; n < 6; n++) {
        buf_reset(&out);
        cr_expect(read_file(t.path, n, &out, &err) == ERR_IO);
        cr_expect_str_eq(err.msg, "damaged zstd data: Restored data doesn't match checksum");
        cr_expect(out.n <= 4 && !memcmp("a\nb\n", out.p ? out.p : "", out.n));
    }
    buf_release(&out);
    unlink(t.path);
}

/* Every true prefix of packed data gives a prefix of the content and then "cut off"; one that ends
 * between members is whole. */
Test(stream, cut_off_anywhere)
{
    static const struct {
        struct sv file;
        size_t whole;
    } packed[] = {{BYTES(GZ GZ), sizeof(GZ) - 1}, {BYTES(ZS ZS), sizeof(ZS) - 1}};

    for (size_t i = 0; i < ARRAY_LEN(packed); i++)
        for (size_t n = 4; n < packed[i].file.n; n++) {
            struct temp_file t = temp_new(packed[i].file.p, n);
            struct error err = {0};
            struct buf out = {0};
            enum err rc = read_file(t.path, 512, &out, &err);

            cr_expect(rc == (n == packed[i].whole ? OK : ERR_IO), "%zu: %zu bytes", i, n);
            cr_expect(!rc || strstr(err.msg, "is cut off"), "%zu: %zu bytes: %s", i, n, err.msg);
            cr_expect(out.n <= 8 && memcmp("a\nb\na\nb\n", out.p ? out.p : "", out.n) == 0);
            cr_expect(n < packed[i].whole || out.n >= 4, "%zu: %zu bytes", i, n);
            buf_release(&out);
            unlink(t.path);
        }
}

/* Longer than the buffers on the way, packed well and badly. */
Test(stream, large_content)
{
    struct buf content = {0}, packed = {0}, out = {0};
    uint32_t x = 1;

    for (int i = 0; i < 300000; i++) {
        x = x * 1664525 + 1013904223;
        buf_char(&content, i < 150000 ? (char)(x >> 24) : 'a');
    }
    for (int zstd = 0; zstd < 2; zstd++) {
        buf_reset(&packed);
        (zstd ? add_zstd : add_gzip)(&packed, content.p, content.n);
        (zstd ? add_zstd : add_gzip)(&packed, content.p, content.n);
        struct temp_file t = temp_new(packed.p, packed.n);
        buf_reset(&out);
        cr_expect(read_file(t.path, 500, &out, NULL) == OK);
        cr_expect(out.n == 2 * content.n && !memcmp(out.p, content.p, content.n) &&
                  !memcmp(out.p + content.n, content.p, content.n));
        unlink(t.path);
    }
    buf_release(&content);
    buf_release(&packed);
    buf_release(&out);
}

Test(stream, seeks)
{
    static const struct {
        struct sv file;
        int64_t to;
        const char *rest;
    } seeks[] = {
        {BYTES("a\nb\n"), 0, "a\nb\n"}, {BYTES("a\nb\n"), 2, "b\n"}, {BYTES("a\nb\n"), 4, ""},
        {BYTES("a\nb\n"), 9, ""},       {BYTES(GZ), 0, "a\nb\n"},    {BYTES(ZS), 0, "a\nb\n"},
    };

    for (size_t i = 0; i < ARRAY_LEN(seeks); i++)
        for (size_t before = 0; before < 4; before++) {
            struct temp_file t = temp_new(seeks[i].file.p, seeks[i].file.n);
            struct stream *s = NULL;
            struct buf out = {0};
            char byte;
            size_t got;

            cr_assert(stream_open(t.path, &s, NULL) == OK);
            cr_expect(stream_seekable(s));
            for (size_t k = 0; k < before; k++)
                cr_expect(stream_read(s, &byte, 1, &got, NULL) == OK);
            cr_expect(stream_seek(s, seeks[i].to, NULL) == OK);
            cr_expect(read_all(s, 512, &out, NULL) == OK);
            cr_expect(out.n == strlen(seeks[i].rest) &&
                          !memcmp(out.p ? out.p : "", seeks[i].rest, out.n),
                      "case %zu after %zu", i, before);
            buf_release(&out);
            stream_close(s);
            unlink(t.path);
        }
}

Test(stream, seek_forgets_damage)
{
    struct temp_file t = temp_new(GZ "x", sizeof(GZ "x") - 1);
    struct stream *s = NULL;
    struct buf out = {0};

    cr_assert(stream_open(t.path, &s, NULL) == OK);
    cr_expect(read_all(s, 512, &out, NULL) == ERR_IO);
    cr_expect(stream_seek(s, 0, NULL) == OK && !stream_damaged(s));
    cr_expect(read_all(s, 512, &out, NULL) == ERR_IO);
    cr_expect(out.n == 8);
    buf_release(&out);
    stream_close(s);
    unlink(t.path);
}

Test(stream, stat_of_a_file)
{
    struct temp_file t = temp_new("hello", 5);
    struct timespec times[2] = {{.tv_sec = 5, .tv_nsec = 7}, {.tv_sec = 1000, .tv_nsec = 42}};
    struct stat st;
    struct stream *s = NULL;

    cr_assert(utimensat(AT_FDCWD, t.path, times, 0) == 0 && stat(t.path, &st) == 0);
    cr_assert(stream_open(t.path, &s, NULL) == OK);
    const struct input_stat *got = stream_stat(s);
    cr_expect(got->dev == st.st_dev && got->ino == st.st_ino && got->size_bytes == 5 &&
              got->mtime_ns == INT64_C(1000000000042) && got->regular);
    cr_expect_str_eq(stream_name(s), t.path);
    stream_close(s);
    unlink(t.path);
}

/* Runs a child that writes text to our standard input, in two pieces with a pause between. */
static pid_t feed_stdin(const char *text, size_t n, int flags)
{
    int fds[2];
    cr_assert(pipe2(fds, flags) == 0);
    pid_t pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        bool ok = write(fds[1], text, n / 2) == (ssize_t)(n / 2);
        usleep(30000);
        ok = ok && write(fds[1], text + n / 2, n - n / 2) == (ssize_t)(n - n / 2);
        _exit(ok ? 0 : 1);
    }
    cr_assert(dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
    close(fds[0]);
    close(fds[1]);
    return pid;
}

Test(stream, standard_input)
{
    static const struct {
        struct sv file;
        int flags;
    } feeds[] = {
        {BYTES("a\nb\n"), 0},
        {BYTES("a\nb\n"), O_NONBLOCK},
        {BYTES(GZ), 0},
        {BYTES(ZS), O_NONBLOCK},
        {BYTES("\xEF\xBB\xBF"
               "1"),
         0}, /* a magic number's length, in two reads */
    };

    for (size_t i = 0; i < ARRAY_LEN(feeds); i++) {
        pid_t pid = feed_stdin(feeds[i].file.p, feeds[i].file.n, feeds[i].flags);
        struct stream *s = NULL;
        struct error err = {0};
        struct buf out = {0};

        cr_assert(stream_open("-", &s, &err) == OK, "%s", err.msg);
        cr_expect(!stream_seekable(s) && !stream_stat(s)->regular);
        cr_expect(stream_stat(s)->size_bytes == -1);
        cr_expect_str_eq(stream_name(s), "standard input");
        cr_expect(read_all(s, 512, &out, &err) == OK, "%s", err.msg);
        cr_expect(out.n == 4 && !memcmp(out.p, i == 4 ? feeds[i].file.p : "a\nb\n", 4), "%zu", i);
        buf_release(&out);
        stream_close(s);
        waitpid(pid, NULL, 0);
    }
}

Test(stream, cannot_be_opened)
{
    struct temp_file t = temp_new("", 0);
    struct stream *s = NULL;
    struct error err = {0};

    cr_expect(stream_open(temp_dir(), &s, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "is a directory");
    cr_expect_str_eq(err.file, temp_dir());
    cr_expect(stream_open("/nonexistent/x", &s, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "No such file or directory");
    cr_expect(stream_open("/nonexistent/x", &s, NULL) == ERR_IO);
    drop_privileges(t.path);
    cr_assert(chmod(t.path, 0) == 0);
    cr_expect(stream_open(t.path, &s, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "Permission denied");
    regain_privileges();
    cr_expect(s == NULL);
    unlink(t.path);
}

/* Standard input that is open for writing only: reading it fails. */
Test(stream, read_error)
{
    struct stream *s = NULL;
    struct error err = {0};
    int fd = open("/dev/null", O_WRONLY);

    cr_assert(fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    cr_expect(stream_open("-", &s, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "Bad file descriptor");
    cr_expect_str_eq(err.file, "standard input");
    close(fd);
}
