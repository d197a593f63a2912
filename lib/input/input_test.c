/* Tests of input. */
#include "input/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "input/test_files.h"

#define BOM "\xEF\xBB\xBF"
#define BLOCK 65536

static struct input *open_file(const char *path, int64_t max_line, size_t block)
{
    struct input *in = NULL;
    struct error err = {0};
    cr_assert(input_open_with(path, max_line, block, &in, &err) == OK, "%s", err.msg);
    return in;
}

struct want_line {
    struct sv text;
    int64_t offset;
    enum line_kind kind;
    bool unended;
};

static const struct split_case {
    const char *name;
    struct sv file;
    int64_t max_line;
    struct want_line lines[5]; /* up to the one without text */
} split_cases[] = {
    {"empty", BYTES(""), 9, {{.text = {NULL, 0}}}},
    {"one line", BYTES("a\n"), 9, {{BYTES("a"), 0, LINE_COMPLETE, 0}}},
    {"no line end", BYTES("ab"), 9, {{BYTES("ab"), 0, LINE_LAST, 1}}},
    {"empty lines",
     BYTES("\n\r\n\nx"),
     9,
     {{BYTES(""), 0, LINE_COMPLETE, 0},
      {BYTES(""), 1, LINE_COMPLETE, 0},
      {BYTES(""), 3, LINE_COMPLETE, 0},
      {BYTES("x"), 4, LINE_LAST, 1}}},
    {"CRLF",
     BYTES("a\r\nbb\r\nc\r"),
     9,
     {{BYTES("a"), 0, LINE_COMPLETE, 0},
      {BYTES("bb"), 3, LINE_COMPLETE, 0},
      {BYTES("c"), 7, LINE_LAST, 1}}},
    {"CR alone", BYTES("\r"), 9, {{BYTES(""), 0, LINE_LAST, 1}}},
    {"CR inside", BYTES("a\rb\r\r\n"), 9, {{BYTES("a\rb\r"), 0, LINE_COMPLETE, 0}}},
    {"NUL bytes",
     BYTES("\0\n\0a\0\n"),
     9,
     {{BYTES("\0"), 0, LINE_COMPLETE, 0}, {BYTES("\0a\0"), 2, LINE_COMPLETE, 0}}},
    {"byte order mark alone", BYTES(BOM), 9, {{.text = {NULL, 0}}}},
    {"half a byte order mark", BYTES("\xEF\xBB"), 9, {{BYTES("\xEF\xBB"), 0, LINE_LAST, 1}}},
    {"byte order mark",
     BYTES(BOM "a\n" BOM "b\n"),
     9,
     {{BYTES("a"), 3, LINE_COMPLETE, 0}, {BYTES(BOM "b"), 5, LINE_COMPLETE, 0}}},
    {"byte order mark, empty line", BYTES(BOM "\r\n"), 9, {{BYTES(""), 3, LINE_COMPLETE, 0}}},
    {"at the limit",
     BYTES("abc\nabc\r\nabc"),
     3,
     {{BYTES("abc"), 0, LINE_COMPLETE, 0},
      {BYTES("abc"), 4, LINE_COMPLETE, 0},
      {BYTES("abc"), 9, LINE_LAST, 1}}},
    {"at the limit, CR last", BYTES("abc\r"), 3, {{BYTES("abc"), 0, LINE_LAST, 1}}},
    {"at the limit, byte order mark", BYTES(BOM "abc"), 3, {{BYTES("abc"), 3, LINE_LAST, 1}}},
    {"over the limit",
     BYTES("abcd\na\nabcdefghijkl\r\nb\n"),
     3,
     {{BYTES("abcd"), 0, LINE_TOO_LONG, 0},
      {BYTES("a"), 5, LINE_COMPLETE, 0},
      {BYTES("abcdefghijkl"), 7, LINE_TOO_LONG, 0},
      {BYTES("b"), 21, LINE_COMPLETE, 0}}},
    {"over the limit, CR inside",
     BYTES("abc\rd\rabc\r\r\r\n\n"),
     3,
     {{BYTES("abc\rd\rabc\r\r"), 0, LINE_TOO_LONG, 0}, {BYTES(""), 13, LINE_COMPLETE, 0}}},
    {"over the limit by a CR", BYTES("abc\r\r\n"), 3, {{BYTES("abc\r"), 0, LINE_TOO_LONG, 0}}},
    {"over the limit, no line end",
     BYTES("a\nabcd"),
     3,
     {{BYTES("a"), 0, LINE_COMPLETE, 0}, {BYTES("abcd"), 2, LINE_TOO_LONG, 1}}},
    {"over the limit, CR last", BYTES("abcd\r"), 3, {{BYTES("abcd"), 0, LINE_TOO_LONG, 1}}},
    {"over the limit, byte order mark",
     BYTES(BOM "abcd\nx\n"),
     3,
     {{BYTES("abcd"), 3, LINE_TOO_LONG, 0}, {BYTES("x"), 8, LINE_COMPLETE, 0}}},
};

static void expect_line(const struct split_case *c, size_t block, struct input *in, size_t i)
{
    const struct want_line *want = &c->lines[i];
    struct line got = {0};
    unsigned char sha[32];

    cr_assert(input_next(in, &got, NULL) == OK, "%s, block %zu: line %zu", c->name, block, i + 1);
    cr_expect(sv_eq(got.text, want->text), "%s, block %zu: text of line %zu", c->name, block,
              i + 1);
    cr_expect(got.number == (int64_t)i + 1 && got.offset == want->offset &&
                  got.length == (int64_t)want->text.n,
              "%s, block %zu: line %zu: number %lld, offset %lld, length %lld", c->name, block,
              i + 1, (long long)got.number, (long long)got.offset, (long long)got.length);
    cr_expect(got.kind == want->kind && got.ended == !want->unended,
              "%s, block %zu: kind of line %zu", c->name, block, i + 1);
    if (got.kind != LINE_TOO_LONG)
        return;
    sha256_of(want->text.p, want->text.n, sha);
    cr_expect(memcmp(sha, got.sha256, 32) == 0, "%s, block %zu: SHA-256", c->name, block);
}

/* A block size of n puts an end of a read at every position up to the file's length. */
Test(input, splits_lines)
{
    for (size_t k = 0; k < ARRAY_LEN(split_cases); k++) {
        const struct split_case *c = &split_cases[k];
        struct temp_file t = temp_new(c->file.p, c->file.n);

        for (size_t block = 1; block <= c->file.n + 1; block++) {
            struct input *in = open_file(t.path, c->max_line, block);
            struct line line;
            struct input_mark mark;
            size_t n = 0;

            for (; c->lines[n].text.p; n++)
                expect_line(c, block, in, n);
            cr_expect(input_next(in, &line, NULL) == ERR_EMPTY, "%s", c->name);
            cr_expect(input_next(in, &line, NULL) == ERR_EMPTY, "%s: again", c->name);
            input_get_mark(in, &mark);
            cr_expect(mark.lines == (int64_t)n, "%s", c->name);
            cr_expect(mark.offset == (n ? (int64_t)c->file.n : 0), "%s: mark at %lld", c->name,
                      (long long)mark.offset);
            input_close(in);
        }
        unlink(t.path);
    }
}

/* Lines of all lengths between 0 and 100 KB, without an end behind the last. */
static void make_content(struct buf *out)
{
    uint32_t x = 7;

    for (int i = 0; i < 60; i++) {
        x = x * 1664525 + 1013904223;
        size_t n = i % 6 == 5 ? x % 100000 : x % 700;
        for (size_t k = 0; k < n; k++) {
            x = x * 1664525 + 1013904223;
            buf_char(out, (char)('a' + (x >> 24) % 16));
        }
        buf_str(out, i % 2 ? "\r\n" : "\n");
    }
    buf_str(out, "the end");
}

/* The mark at offset, computed from the whole content as input.h defines it. */
static struct input_mark mark_of(const struct buf *content, int64_t offset, int64_t lines)
{
    struct input_mark m = {.offset = offset, .lines = lines};
    int64_t base = offset / BLOCK * BLOCK - BLOCK;

    base = base < 0 ? 0 : base;
    for (int64_t at = 0; at < base; at += BLOCK)
        m.prefix = hash128(content->p + at, BLOCK, hash_mix(m.prefix.hi) ^ m.prefix.lo);
    m.tail = hash128(content->p + base, (size_t)(offset - base), 0);
    return m;
}

static bool mark_eq(const struct input_mark *a, const struct input_mark *b)
{
    return a->offset == b->offset && a->lines == b->lines && a->prefix.hi == b->prefix.hi &&
           a->prefix.lo == b->prefix.lo && a->tail.hi == b->tail.hi && a->tail.lo == b->tail.lo;
}

/* The same content plain, as two gzip members and as two zstd frames. */
struct three_files {
    struct temp_file t[3];
};

static struct three_files make_files(const struct buf *content)
{
    struct three_files f;
    struct buf packed = {0};
    size_t half = content->n / 2;

    f.t[0] = temp_new(content->p, content->n);
    add_gzip(&packed, content->p, half);
    add_gzip(&packed, content->p + half, content->n - half);
    f.t[1] = temp_new(packed.p, packed.n);
    buf_reset(&packed);
    add_skippable(&packed, 5);
    add_zstd(&packed, content->p, half);
    add_zstd(&packed, content->p + half, content->n - half);
    f.t[2] = temp_new(packed.p, packed.n);
    buf_release(&packed);
    return f;
}

static void remove_files(const struct three_files *f)
{
    for (int i = 0; i < 3; i++)
        unlink(f->t[i].path);
}

Test(input, marks_follow_from_the_content)
{
    static const size_t blocks[] = {61, 1000, BLOCK - 1, BLOCK, 1 << 20};
    static const int64_t max_lines[] = {1 << 20, 5000};
    struct buf content = {0};

    make_content(&content);
    cr_assert(content.n > 5 * BLOCK);
    struct three_files f = make_files(&content);
    for (size_t i = 0; i < 3 * ARRAY_LEN(blocks) * ARRAY_LEN(max_lines); i++) {
        struct input *in = open_file(f.t[i % 3].path, max_lines[i / 3 % 2], blocks[i / 6]);
        struct input_mark mark, want;
        struct line line;

        cr_expect(input_kind(in) == (enum input_kind)(i % 3));
        input_get_mark(in, &mark);
        want = mark_of(&content, 0, 0);
        cr_expect(mark_eq(&mark, &want), "%zu: at the start", i);
        while (input_next(in, &line, NULL) == OK) {
            int64_t end = line.offset + line.length;
            end += end < (int64_t)content.n && content.p[end] == '\r';
            end += end < (int64_t)content.n;
            cr_expect(memcmp(content.p + line.offset, line.text.p, line.text.n) == 0);
            want = mark_of(&content, end, line.number);
            input_get_mark(in, &mark);
            cr_expect(mark_eq(&mark, &want), "%zu: line %lld", i, (long long)line.number);
        }
        cr_expect(mark.offset == (int64_t)content.n && mark.lines == 61);
        struct stat st;
        cr_assert(stat(f.t[i % 3].path, &st) == 0);
        cr_expect(input_consumed_bytes(in) == st.st_size);
        input_close(in);
    }
    remove_files(&f);
    buf_release(&content);
}

/* Opens, resumes at the mark, and expects the line with this number and offset to come next. */
static void expect_resumed(const char *path, const struct input_mark *mark, bool check_prefix,
                           const struct buf *content)
{
    struct input *in = open_file(path, 1 << 20, 20000);
    struct error err = {0};
    struct line line;
    struct input_mark again;
    bool matches = false;

    cr_expect(input_resume(in, mark, check_prefix, &matches, &err) == OK, "%s", err.msg);
    cr_expect(matches, "offset %lld", (long long)mark->offset);
    input_get_mark(in, &again);
    cr_expect(mark_eq(mark, &again), "offset %lld", (long long)mark->offset);
    enum err rc = input_next(in, &line, &err);
    if (mark->offset == (int64_t)content->n) {
        cr_expect(rc == ERR_EMPTY);
    } else {
        cr_assert(rc == OK);
        cr_expect(line.number == mark->lines + 1 && line.offset == mark->offset);
        cr_expect(memcmp(content->p + line.offset, line.text.p, line.text.n) == 0);
    }
    while (rc == OK)
        rc = input_next(in, &line, &err);
    input_get_mark(in, &again);
    struct input_mark want = mark_of(content, (int64_t)content->n, 61);
    cr_expect(mark_eq(&again, &want), "from offset %lld", (long long)mark->offset);
    input_close(in);
}

Test(input, resumes_at_every_line)
{
    struct buf content = {0};

    make_content(&content);
    struct three_files f = make_files(&content);
    for (int i = 0; i < 3; i++) {
        int64_t lines = 0;
        for (size_t at = 0; at <= content.n; at++) {
            if (at && at < content.n && content.p[at - 1] != '\n')
                continue;
            struct input_mark mark = mark_of(&content, (int64_t)at, lines++);
            expect_resumed(f.t[i].path, &mark, false, &content);
            if (lines % 8 == 0)
                expect_resumed(f.t[i].path, &mark, true, &content);
        }
        cr_expect(lines == 62);
    }
    remove_files(&f);
    buf_release(&content);
}

/* Marks at and around the borders of blocks, where there is no line's start. */
Test(input, resumes_at_block_borders)
{
    static const int64_t offsets[] = {0,         1,
                                      BLOCK - 1, BLOCK,
                                      BLOCK + 1, 2 * BLOCK - 1,
                                      2 * BLOCK, 2 * BLOCK + 1,
                                      3 * BLOCK, 4 * BLOCK - 1};
    struct buf content = {0};

    make_content(&content);
    struct three_files f = make_files(&content);
    for (size_t i = 0; i < 3 * ARRAY_LEN(offsets); i++) {
        struct input *in = open_file(f.t[i % 3].path, 1 << 20, 5000);
        struct input_mark mark = mark_of(&content, offsets[i / 3], 4), again;
        bool matches = false;

        cr_expect(input_resume(in, &mark, false, &matches, NULL) == OK && matches, "%lld",
                  (long long)mark.offset);
        input_get_mark(in, &again);
        cr_expect(mark_eq(&mark, &again), "%lld", (long long)mark.offset);
        input_close(in);
    }
    remove_files(&f);
    buf_release(&content);
}

/* What an input says of its start does not depend on where it stands. */
Test(input, goes_back_after_resuming)
{
    struct buf content = {0};

    make_content(&content);
    struct three_files f = make_files(&content);
    struct input_mark mark = mark_of(&content, (int64_t)content.n - 7, 60);
    const char *end = memchr(content.p, '\r', content.n);
    const char *lf = memchr(content.p, '\n', content.n);
    struct hash128 want = hash128(content.p, (size_t)((lf < end ? lf : end) - content.p), 0);
    for (int i = 0; i < 3; i++) {
        struct input *in = open_file(f.t[i].path, 1 << 20, 5000);
        struct line line;
        bool matches = false, complete = false;
        ptrdiff_t best = 0;

        cr_expect(input_resume(in, &mark, false, &matches, NULL) == OK && matches);
        struct hash128 head = input_head(in, &complete);
        cr_expect(complete && head.hi == want.hi && head.lo == want.lo, "%d", i);
        cr_expect(input_match(in, NULL, 0, &best, NULL) == OK && best == -1);
        cr_expect(input_next(in, &line, NULL) == OK && line.number == 1 && line.offset == 0);
        input_close(in);
    }
    remove_files(&f);
    buf_release(&content);
}

enum change { GROWN, CUT_BEFORE_MARK, CUT_AT_MARK, TAIL_CHANGED, START_CHANGED, EMPTIED };

static const struct {
    const char *name;
    enum change change;
    bool check_prefix;
    bool matches;
} changes[] = {
    {"grown", GROWN, false, true},
    {"grown, whole check", GROWN, true, true},
    {"cut off behind the mark", CUT_AT_MARK, false, true},
    {"cut off before the mark", CUT_BEFORE_MARK, false, false},
    {"cut off before the mark, whole check", CUT_BEFORE_MARK, true, false},
    {"changed before the mark", TAIL_CHANGED, false, false},
    {"changed before the mark, whole check", TAIL_CHANGED, true, false},
    {"changed at the start", START_CHANGED, false, true},
    {"changed at the start, whole check", START_CHANGED, true, false},
    {"emptied", EMPTIED, false, false},
};

/* content as it is after the change; the mark is at offset. */
static void make_change(struct buf *out, const struct buf *content, enum change change,
                        size_t offset)
{
    size_t n = change == CUT_BEFORE_MARK ? offset - 1
               : change == CUT_AT_MARK   ? offset
               : change == EMPTIED       ? 0
                                         : content->n;
    buf_add(out, content->p, n);
    if (change == GROWN)
        buf_str(out, " and more\nand more\n");
    if (change == TAIL_CHANGED)
        out->p[offset - 2]++;
    if (change == START_CHANGED)
        out->p[0]++;
}

Test(input, resumes_only_what_is_the_same)
{
    struct buf content = {0};

    make_content(&content);
    size_t offset = content.n - strlen("the end");
    struct input_mark mark = mark_of(&content, (int64_t)offset, 60);
    for (size_t i = 0; i < 3 * ARRAY_LEN(changes); i++) {
        size_t kind = i / ARRAY_LEN(changes), k = i % ARRAY_LEN(changes);
        struct buf now = {0};
        struct error err = {0};
        struct line line;
        bool matches = !changes[k].matches;

        make_change(&now, &content, changes[k].change, offset);
        struct three_files f = make_files(&now);
        struct input *in = open_file(f.t[kind].path, 1 << 20, 3000);
        cr_expect(input_resume(in, &mark, changes[k].check_prefix, &matches, &err) == OK, "%s",
                  err.msg);
        /* What is packed is read from the start and cannot hide a change there. */
        bool want = changes[k].matches && !(kind && changes[k].change == START_CHANGED);
        cr_expect(matches == want, "%zu, %s", kind, changes[k].name);
        enum err rc = input_next(in, &line, &err);
        if (changes[k].change == EMPTIED || changes[k].change == CUT_AT_MARK) {
            cr_expect(rc == ERR_EMPTY, "%zu, %s", kind, changes[k].name);
        } else {
            cr_assert(rc == OK, "%zu, %s", kind, changes[k].name);
            cr_expect(line.number == (matches ? 61 : 1), "%zu, %s", kind, changes[k].name);
            cr_expect(line.offset == (matches ? (int64_t)offset : 0), "%zu, %s", kind,
                      changes[k].name);
            cr_expect(!memcmp(line.text.p, now.p + line.offset, line.text.n));
        }
        input_close(in);
        remove_files(&f);
        buf_release(&now);
    }
    buf_release(&content);
}

Test(input, refuses_impossible_marks)
{
    static const struct input_mark marks[] = {
        {.offset = -1},
        {.offset = 0, .lines = -1},
        {.offset = INT64_MIN, .lines = INT64_MIN},
        {.offset = INT64_MAX, .lines = 1},
        {.offset = 4, .lines = 2}, /* wrong tail */
    };
    struct temp_file t = temp_new("a\nb\n", 4);

    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        struct input *in = open_file(t.path, 9, 9);
        struct error err = {0};
        struct line line;
        bool matches = true;
        ptrdiff_t best = 0;

        cr_expect(input_resume(in, &marks[i], i % 2, &matches, &err) == OK && !matches, "%zu: %s",
                  i, err.msg);
        cr_expect(input_match(in, &marks[i], 1, &best, &err) == OK && best == -1, "%zu: %s", i,
                  err.msg);
        cr_expect(input_next(in, &line, NULL) == OK && line.number == 1);
        input_close(in);
    }
    unlink(t.path);
}

/* Marks of four other inputs: three stand in the same content, in no order, one in content that
 * differs early. */
Test(input, finds_the_furthest_match)
{
    struct buf content = {0}, other = {0};

    make_content(&content);
    make_content(&other);
    other.p[other.n / 2]++;
    int64_t n = (int64_t)content.n;
    const struct input_mark marks[] = {
        mark_of(&content, n / 2 + 1, 40), mark_of(&other, n - 7, 60),   mark_of(&content, 10, 1),
        mark_of(&content, n - 7, 60),     mark_of(&content, n / 4, 20),
    };
    const struct {
        const char *name;
        size_t n;   /* of the marks, from the first on */
        size_t cut; /* the file ends so many bytes before the content's end */
        ptrdiff_t best;
    } matches[] = {
        {"all", 5, 0, 3},
        {"grown", 5, 7, 3},
        {"cut off", 5, 8, 0},
        {"cut off early", 5, 2 * content.n / 3, 4},
        {"without the furthest", 3, 0, 0},
        {"two", 2, 0, 0},
        {"none", 0, 0, -1},
    };
    for (size_t i = 0; i < 3 * ARRAY_LEN(matches); i++) {
        size_t kind = i / ARRAY_LEN(matches), k = i % ARRAY_LEN(matches);
        struct buf now = {0};
        struct error err = {0};
        struct line line;
        bool complete;
        ptrdiff_t best = -9;

        buf_add(&now, content.p, content.n - matches[k].cut);
        struct three_files f = make_files(&now);
        struct input *in = open_file(f.t[kind].path, 1 << 20, 7000);
        input_head(in, &complete);
        cr_expect(input_match(in, marks, matches[k].n, &best, &err) == OK, "%s", err.msg);
        cr_expect(best == matches[k].best, "%zu, %s: %td", kind, matches[k].name, best);
        struct input_mark at, want = best < 0 ? mark_of(&content, 0, 0) : marks[best];
        input_get_mark(in, &at);
        cr_expect(mark_eq(&at, &want), "%zu, %s", kind, matches[k].name);
        if (at.offset < (int64_t)now.n) {
            cr_expect(input_next(in, &line, NULL) == OK);
            cr_expect(line.offset == want.offset && line.number == want.lines + 1);
        }
        input_close(in);
        remove_files(&f);
        buf_release(&now);
    }
    buf_release(&content);
    buf_release(&other);
}

/* The other content differs from its start on; then nothing matches. */
Test(input, finds_no_match)
{
    struct buf content = {0}, other = {0};

    make_content(&content);
    make_content(&other);
    other.p[3]++;
    const struct input_mark marks[] = {mark_of(&other, 200000, 30), mark_of(&other, 300000, 40)};
    struct three_files f = make_files(&content);
    for (int i = 0; i < 3; i++) {
        struct input *in = open_file(f.t[i].path, 1 << 20, 7000);
        struct line line;
        ptrdiff_t best = 0;
        cr_expect(input_match(in, marks, 2, &best, NULL) == OK && best == -1);
        cr_expect(input_next(in, &line, NULL) == OK && line.number == 1 && line.offset == 0);
        input_close(in);
    }
    remove_files(&f);
    buf_release(&content);
    buf_release(&other);
}

static const struct {
    const char *name;
    struct sv a, b;
    bool same;
    bool complete; /* of a */
} heads[] = {
    {"what follows does not matter", BYTES("a\nb"), BYTES("a\nc\n"), true, true},
    {"line end does not matter", BYTES("a\r\nb"), BYTES("a\n"), true, true},
    {"byte order mark does not matter", BYTES(BOM "a\n"), BYTES("a\n"), true, true},
    {"not ended", BYTES("a"), BYTES("a\n"), true, false},
    {"another line", BYTES("a\n"), BYTES("b\n"), false, true},
    {"longer line", BYTES("a\n"), BYTES("ab\n"), false, true},
    {"empty line", BYTES("\n"), BYTES("\r\na"), true, true},
    {"empty line and empty input", BYTES("\n"), BYTES(""), false, true},
    {"empty input and byte order mark", BYTES(""), BYTES(BOM), true, false},
};

static struct hash128 head_of(struct sv file, bool *complete)
{
    struct temp_file t = temp_new(file.p, file.n);
    struct input *in = open_file(t.path, 9, 2);
    struct hash128 h = input_head(in, complete);
    struct line line;
    bool again;

    while (input_next(in, &line, NULL) == OK)
        ;
    struct hash128 later = input_head(in, &again);
    cr_expect(h.hi == later.hi && h.lo == later.lo && *complete == again);
    input_close(in);
    unlink(t.path);
    return h;
}

Test(input, head)
{
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        bool complete, dummy;
        struct hash128 a = head_of(heads[i].a, &complete), b = head_of(heads[i].b, &dummy);
        cr_expect((a.hi == b.hi && a.lo == b.lo) == heads[i].same, "%s", heads[i].name);
        cr_expect(complete == heads[i].complete, "%s", heads[i].name);
        cr_expect((a.hi || a.lo) == (heads[i].a.n > 0), "%s", heads[i].name);
    }
}

/* First lines that differ behind 64 KiB only; asked before and after reading on. */
Test(input, head_of_long_lines)
{
    struct buf a = {0};
    struct hash128 h[4];
    bool complete;

    for (int i = 0; i < 5 * BLOCK; i++)
        buf_char(&a, i == 4 * BLOCK ? '\n' : 'x');
    struct hash128 want = hash128(a.p, BLOCK, 0);
    for (int i = 0; i < 4; i++) {
        if (i == 2)
            a.p[BLOCK] = 'y';
        struct temp_file t = temp_new(a.p, a.n);
        struct input *in = open_file(t.path, 1 << 20, 4000);
        struct line line;
        if (i % 2)
            cr_expect(input_next(in, &line, NULL) == OK && input_next(in, &line, NULL) == OK);
        h[i] = input_head(in, &complete);
        cr_expect(!complete && h[i].hi == want.hi && h[i].lo == want.lo, "%d", i);
        cr_expect(input_next(in, &line, NULL) == (i % 2 ? ERR_EMPTY : OK));
        input_close(in);
        unlink(t.path);
    }
    buf_release(&a);
}

Test(input, line_longer_than_the_buffer)
{
    static const size_t blocks[] = {4096, 100001, 1 << 20};
    struct buf content = {0};
    unsigned char sha[32];

    buf_str(&content, "before\n");
    for (int i = 0; i < 3000000; i++)
        buf_char(&content, (char)('a' + i % 23));
    buf_str(&content, "\r\nafter\n");
    sha256_of(content.p + 7, 3000000, sha);
    struct three_files f = make_files(&content);
    for (size_t i = 0; i < 3 * ARRAY_LEN(blocks); i++) {
        struct input *in = open_file(f.t[i % 3].path, 1000000, blocks[i / 3]);
        struct input_mark mark, want;
        struct line line;

        cr_expect(input_next(in, &line, NULL) == OK && line.kind == LINE_COMPLETE);
        cr_assert(input_next(in, &line, NULL) == OK);
        cr_expect(line.kind == LINE_TOO_LONG && line.ended);
        cr_expect(line.number == 2 && line.offset == 7 && line.length == 3000000);
        cr_expect(line.text.n == 4096 && !memcmp(line.text.p, content.p + 7, 4096));
        cr_expect(memcmp(line.sha256, sha, 32) == 0);
        input_get_mark(in, &mark);
        want = mark_of(&content, 3000009, 2);
        cr_expect(mark_eq(&mark, &want));
        cr_assert(input_next(in, &line, NULL) == OK);
        cr_expect(line.number == 3 && sv_is(line.text, "after"));
        input_close(in);
        /* and handed out whole where it may be */
        in = open_file(f.t[i % 3].path, 3000000, blocks[i / 3]);
        cr_expect(input_next(in, &line, NULL) == OK);
        cr_assert(input_next(in, &line, NULL) == OK && line.kind == LINE_COMPLETE);
        cr_expect(line.text.n == 3000000 && !memcmp(line.text.p, content.p + 7, 3000000));
        input_close(in);
    }
    remove_files(&f);
    buf_release(&content);
}

/* A last line waits, grows, and is then read whole from the mark before it. */
Test(input, last_line_is_put_back)
{
    static const int64_t max_lines[] = {100, 3}; /* the last line fits, is too long */

    for (size_t i = 0; i < ARRAY_LEN(max_lines); i++) {
        struct temp_file t = temp_new("a\nbcde", 6);
        struct input *in = open_file(t.path, max_lines[i], 100);
        struct input_mark behind, before;
        struct line line;
        bool matches = false;

        cr_expect(input_next(in, &line, NULL) == OK);
        input_unread_last(in);
        input_get_mark(in, &before);
        cr_expect(before.offset == 2 && before.lines == 1, "nothing happens after an ended line");
        cr_expect(input_next(in, &line, NULL) == OK && !line.ended && sv_is(line.text, "bcde"));
        input_get_mark(in, &behind);
        cr_expect(behind.offset == 6 && behind.lines == 2);
        input_unread_last(in);
        input_unread_last(in);
        input_get_mark(in, &behind);
        cr_expect(mark_eq(&before, &behind));
        cr_expect(input_next(in, &line, NULL) == ERR_EMPTY);
        input_close(in);

        temp_write(t.path, "ab", "f\ng", 3);
        in = open_file(t.path, max_lines[i], 100);
        cr_expect(input_resume(in, &before, false, &matches, NULL) == OK && matches);
        cr_expect(input_next(in, &line, NULL) == OK);
        cr_expect(line.ended && line.number == 2 && sv_is(line.text, "bcdef"));
        input_close(in);
        unlink(t.path);
    }
}

/* Packed content cut off half-way: lines that are whole come first, then the error, which stays;
 * the mark stands behind the last line handed out. */
Test(input, cut_off)
{
    static const int64_t max_lines[] = {1 << 20, 20000};
    struct buf content = {0};

    make_content(&content);
    struct three_files f = make_files(&content);
    for (int i = 0; i < 4; i++) {
        struct stat st;
        struct temp_file *t = &f.t[1 + i % 2];
        struct error err = {0};
        struct line line;
        struct input_mark mark, again;
        bool matches = false, complete;
        enum err rc;
        int64_t end = 0, lines = 0;

        cr_assert(i >= 2 ||
                  (stat(t->path, &st) == 0 && truncate(t->path, st.st_size * 3 / 4) == 0));
        struct input *in = open_file(t->path, max_lines[i / 2], 10000);
        while ((rc = input_next(in, &line, &err)) == OK) {
            cr_expect(line.ended);
            cr_expect(!memcmp(line.text.p, content.p + line.offset, line.text.n));
            end = line.offset + line.length + 1;
            end += content.p[end - 1] == '\r';
            lines++;
        }
        cr_expect(rc == ERR_IO && strstr(err.msg, "is cut off"), "%s", err.msg);
        cr_expect(lines > 10 && lines < 60);
        cr_expect(input_next(in, &line, &err) == ERR_IO);
        input_get_mark(in, &mark);
        struct input_mark want = mark_of(&content, end, lines);
        cr_expect(mark_eq(&mark, &want), "%d", i);
        input_close(in);

        in = open_file(t->path, max_lines[i / 2], 10000);
        cr_expect(input_resume(in, &mark, false, &matches, NULL) == OK && matches);
        cr_expect(input_next(in, &line, NULL) == ERR_IO);
        input_get_mark(in, &again);
        cr_expect(mark_eq(&mark, &again));
        input_close(in);

        /* a mark behind the damage does not match, and reading starts again */
        in = open_file(t->path, max_lines[i / 2], 10000);
        want = mark_of(&content, (int64_t)content.n, 61);
        cr_expect(input_resume(in, &want, false, &matches, &err) == OK && !matches);
        cr_expect(input_next(in, &line, NULL) == OK && line.number == 1 && line.offset == 0);
        struct hash128 head = input_head(in, &complete);
        cr_expect(complete && (head.hi || head.lo));
        input_close(in);
    }
    remove_files(&f);
    buf_release(&content);
}

/* The damage lies within a line that is too long: the mark stands before that line. */
Test(input, cut_off_inside_a_long_line)
{
    struct buf content = {0}, packed = {0};

    make_content(&content);
    for (size_t i = 0; i < content.n; i++)
        if (content.p[i] == '\n' && i > 100000)
            content.p[i] = 'n';
    add_gzip(&packed, content.p, content.n);
    struct temp_file t = temp_new(packed.p, packed.n / 2);
    struct input *in = open_file(t.path, 1000, 3000);
    struct input_mark mark = {0}, last = {0};
    struct line line;
    enum err rc;

    while ((rc = input_next(in, &line, NULL)) == OK)
        input_get_mark(in, &last);
    cr_expect(rc == ERR_IO && last.offset > 0);
    input_get_mark(in, &mark);
    cr_expect(mark_eq(&mark, &last));
    cr_expect(input_next(in, &line, NULL) == ERR_IO);
    input_close(in);
    unlink(t.path);
    buf_release(&content);
    buf_release(&packed);
}

/* Nothing could be unpacked: this is not an empty input. */
Test(input, cut_off_at_once)
{
    struct temp_file t = temp_new("\x1f\x8b\x08", 3);
    struct input *in = open_file(t.path, 100, 100);
    struct error err = {0};
    struct line line;
    bool complete = true;
    struct hash128 head = input_head(in, &complete);

    cr_expect(!complete && (head.hi || head.lo));
    cr_expect(input_next(in, &line, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "gzip data is cut off");
    input_close(in);
    unlink(t.path);
}

Test(input, cannot_be_opened)
{
    struct input *in = NULL;
    struct error err = {0};

    cr_expect(input_open(temp_dir(), 100, &in, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "is a directory");
    cr_expect(input_open("/nonexistent/x", 100, &in, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "No such file or directory");
    cr_expect_str_eq(err.file, "/nonexistent/x");
    cr_expect(in == NULL);
    input_close(NULL);
}

/* Runs a child that writes to our standard input. */
static pid_t feed_stdin(const char *p, size_t n)
{
    int fds[2];
    cr_assert(pipe(fds) == 0);
    pid_t pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        close(fds[0]);
        for (ssize_t done = 0; n; n -= (size_t)done, p += done)
            if ((done = write(fds[1], p, n)) < 0)
                _exit(1);
        _exit(0);
    }
    cr_assert(dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
    close(fds[0]);
    close(fds[1]);
    return pid;
}

Test(input, standard_input)
{
    struct buf content = {0}, packed = {0};

    make_content(&content);
    add_gzip(&packed, content.p, content.n);
    for (int i = 0; i < 2; i++) {
        struct input *in = NULL;
        struct line line;
        struct input_mark mark, want;
        int64_t n = 0;
        pid_t pid = i ? feed_stdin(packed.p, packed.n) : feed_stdin(content.p, content.n);

        cr_assert(input_open("-", 1 << 20, &in, NULL) == OK);
        cr_expect(input_kind(in) == (i ? INPUT_GZIP : INPUT_PLAIN));
        cr_expect(input_stat(in)->size_bytes == -1 && !input_stat(in)->regular);
        for (; input_next(in, &line, NULL) == OK; n++)
            cr_expect(!memcmp(content.p + line.offset, line.text.p, line.text.n));
        cr_expect(n == 61);
        input_get_mark(in, &mark);
        want = mark_of(&content, (int64_t)content.n, 61);
        cr_expect(mark_eq(&mark, &want));
        input_close(in);
        waitpid(pid, NULL, 0);
    }
    buf_release(&content);
    buf_release(&packed);
}

/* A pipe goes on at a mark like a file; when that does not match it can go back only as long as
 * everything is still in memory. */
Test(input, pipe_resumes)
{
    static const struct {
        bool spoil;
        int64_t offset;
        enum err rc;
    } pipes[] = {
        {false, 50000, OK}, {false, 250000, OK}, {true, 50000, OK}, {true, 250000, ERR_USAGE}};
    struct buf content = {0};

    make_content(&content);
    for (size_t i = 0; i < ARRAY_LEN(pipes); i++) {
        struct input_mark mark = mark_of(&content, pipes[i].offset, 9);
        struct input *in = NULL;
        struct error err = {0};
        struct line line;
        bool matches = pipes[i].spoil;
        pid_t pid = feed_stdin(content.p, content.n);

        mark.prefix.hi += pipes[i].spoil;
        cr_assert(input_open_with("-", 1 << 20, 4096, &in, NULL) == OK);
        cr_expect(input_resume(in, &mark, false, &matches, &err) == pipes[i].rc, "%s", err.msg);
        cr_expect(matches == !pipes[i].spoil);
        if (pipes[i].rc) {
            cr_expect_str_eq(err.msg, "a pipe cannot be read again from its start");
            cr_expect_str_eq(err.file, "standard input");
        } else {
            cr_expect(input_next(in, &line, NULL) == OK);
            cr_expect(line.offset == (matches ? pipes[i].offset : 0));
        }
        input_close(in);
        close(STDIN_FILENO);
        cr_assert(open("/dev/null", O_RDONLY) == STDIN_FILENO);
        waitpid(pid, NULL, 0);
    }
    buf_release(&content);
}

/* A line is handed out as soon as it is there, though the writer has not finished. */
Test(input, slow_pipe, .timeout = 20)
{
    for (int i = 0; i < 3; i++) {
        struct buf packed = {0};
        struct input *in = NULL;
        struct line line;
        int fds[2];

        if (i == 0)
            buf_str(&packed, "first\nsec");
        else
            (i == 1 ? add_gzip : add_zstd)(&packed, "first\nsec", 9);
        cr_assert(pipe(fds) == 0 && dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
        close(fds[0]);
        cr_assert(write(fds[1], packed.p, packed.n) == (ssize_t)packed.n);
        cr_assert(input_open("-", 100, &in, NULL) == OK);
        cr_expect(input_next(in, &line, NULL) == OK && sv_is(line.text, "first"));
        cr_assert(write(fds[1], packed.p, packed.n) == (ssize_t)packed.n);
        cr_expect(input_next(in, &line, NULL) == OK && sv_is(line.text, "secfirst"));
        close(fds[1]);
        cr_expect(input_next(in, &line, NULL) == OK && sv_is(line.text, "sec"));
        cr_expect(input_next(in, &line, NULL) == ERR_EMPTY);
        input_close(in);
        buf_release(&packed);
    }
}

/* Lines "0\n", "1\n" ... up to an end or a failure; a few bytes at a time. */
struct counting {
    int next, end;
    bool fails;
};

static enum err make_lines(void *ctx, void *p, size_t n, size_t *got, struct error *err)
{
    struct counting *c = ctx;
    char line[16];

    *got = 0;
    if (c->next == c->end)
        return c->fails ? error_set(err, ERR_IO, "torn") : OK;
    *got = (size_t)snprintf(line, sizeof(line), "%d\n", c->next++);
    cr_assert(*got <= n);
    memcpy(p, line, *got);
    return OK;
}

static enum err make_again(void *ctx, struct error *err)
{
    (void)err;
    ((struct counting *)ctx)->next = 0;
    return OK;
}

static struct input *open_made(struct counting *c)
{
    static const struct input_stat stat = {.dev = 1, .ino = 2, .size_bytes = 3, .regular = true};
    const struct stream_source source = {c, make_lines, make_again};
    struct input *in = NULL;

    cr_assert(input_open_made("counted", &stat, &source, 100, &in, NULL) == OK);
    return in;
}

/* What is made is an input like any other: it grows, is gone on with, is checked from its start. */
Test(input, made)
{
    struct counting c = {.end = 50000};
    struct input *in = open_made(&c);
    struct input_mark mark;
    struct line line = {0};
    bool matches = false, complete;
    struct hash128 head = input_head(in, &complete);

    cr_expect(input_kind(in) == INPUT_MADE && input_stat(in)->ino == 2);
    while (input_next(in, &line, NULL) == OK)
        ;
    cr_expect(line.number == 50000 && line.ended && sv_is(line.text, "49999"));
    input_get_mark(in, &mark);
    cr_expect(input_rewind(in, NULL) == OK && input_next(in, &line, NULL) == OK);
    cr_expect(line.number == 1 && sv_is(line.text, "0"));
    input_close(in);

    c = (struct counting){.end = 50001};
    in = open_made(&c);
    struct hash128 again = input_head(in, &complete);
    cr_expect(again.hi == head.hi && again.lo == head.lo && complete);
    cr_expect(input_resume(in, &mark, false, &matches, NULL) == OK && matches);
    cr_expect(input_next(in, &line, NULL) == OK && line.number == 50001 &&
              sv_is(line.text, "50000"));
    input_close(in);

    mark.prefix.lo++; /* other content far before the mark: a file's tail would not show it */
    c.next = 0;
    in = open_made(&c);
    cr_expect(input_resume(in, &mark, false, &matches, NULL) == OK && !matches);
    cr_expect(input_next(in, &line, NULL) == OK && line.number == 1);
    input_close(in);
}

Test(input, made_with_a_failure)
{
    struct counting c = {.end = 2, .fails = true};
    struct input *in = open_made(&c);
    struct error err = {0};
    struct line line;

    cr_expect(input_next(in, &line, &err) == OK && input_next(in, &line, &err) == OK);
    cr_expect(input_next(in, &line, &err) == ERR_IO);
    cr_expect_str_eq(err.msg, "torn");
    cr_expect_str_eq(err.file, "counted");
    input_close(in);
}
