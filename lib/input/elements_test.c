/* Tests of elements and of the readers behind it. */
#include "input/elements.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/wait.h>
#include "input/test_files.h"

#define BOM "\xEF\xBB\xBF"
#define MANY 64

/* Lines as a container's runtime keeps them. */
#define DOCKER(log) "{\"log\":\"" log "\",\"stream\":\"stdout\",\"time\":\"t\"}"
#define CRI_TIME "2026-03-01T08:00:00.1Z"
#define CRI(tags, text) CRI_TIME " stdout " tags " " text
#define CRI_ERR(tags, text) CRI_TIME " stderr " tags " " text
#define FROM_CRI(stream, text)                                                                     \
    "{\"log\":\"" text "\",\"stream\":\"" stream "\",\"time\":\"" CRI_TIME "\"}"

struct reading {
    struct input *in;
    struct elements *e;
};

static struct reading begin(const char *path, int64_t max_line, size_t block)
{
    struct reading r = {NULL, NULL};
    struct error err = {0};
    cr_assert(input_open_with(path, max_line, block, &r.in, &err) == OK, "%s", err.msg);
    cr_assert(elements_open(r.in, max_line, &r.e, &err) == OK, "%s", err.msg);
    return r;
}

static void end(struct reading *r)
{
    elements_close(r->e);
    input_close(r->in);
}

static const struct {
    struct sv text;
    enum element_kind kind;
} kinds[] = {
    {BYTES(""),                                  ELEMENTS_LINES    },
    {BYTES(BOM),                                 ELEMENTS_LINES    },
    {BYTES(" \n\n"),                             ELEMENTS_LINES    },
    {BYTES("{\"a\":1}\n{\"a\":2}\n"),            ELEMENTS_LINES    },
    {BYTES("{\"a\":1}  \r\n{\"a\":2}\n"),        ELEMENTS_LINES    },
    {BYTES("\n{\"a\":1}\n"),                     ELEMENTS_LINES    },
    {BYTES("{\"a\":1}"),                         ELEMENTS_LINES    },
    {BYTES("{\"a\":"),                           ELEMENTS_LINES    }, /* may become either */
    {BYTES("{\"a\":\"x\n{\"a\":2}\n"),           ELEMENTS_LINES    }, /* no line end in JSON strings */
    {BYTES("{\"a\":1\n{\"a\":2}\n"),             ELEMENTS_LINES    },
    {BYTES("{\"a\":1} x\n"),                     ELEMENTS_LINES    },
    {BYTES("{\"a\":1},\n{\"a\":2}"),             ELEMENTS_DOCUMENTS},
    {BYTES("{\"a\":1}{\"a\":2}"),                ELEMENTS_DOCUMENTS},
    {BYTES("{\"a\":1} [2]"),                     ELEMENTS_DOCUMENTS},
    {BYTES("{\n  \"a\":1\n}"),                   ELEMENTS_DOCUMENTS},
    {BYTES("{\n"),                               ELEMENTS_DOCUMENTS},
    {BYTES("{\"a\":[\n{\"b\":1}]}"),             ELEMENTS_DOCUMENTS},
    {BYTES("{\"a\":\n{\"b\":1}}"),               ELEMENTS_DOCUMENTS},
    {BYTES("{\"a\":[1],\n\"b\":1}"),             ELEMENTS_DOCUMENTS},
    {BYTES(BOM "\n [{}]"),                       ELEMENTS_DOCUMENTS},
    {BYTES("["),                                 ELEMENTS_DOCUMENTS},
    {BYTES("[]"),                                ELEMENTS_DOCUMENTS},
    {BYTES("[2026-01-02 10:00:00] INFO x"),      ELEMENTS_LINES    },
    {BYTES("data: {}\n"),                        ELEMENTS_SSE      },
    {BYTES("\nevent: x\n"),                      ELEMENTS_SSE      },
    {BYTES("id: 1\n"),                           ELEMENTS_SSE      },
    {BYTES("retry:1\n"),                         ELEMENTS_SSE      },
    {BYTES(": hello\n"),                         ELEMENTS_SSE      },
    {BYTES("dat: {}\n"),                         ELEMENTS_LINES    },
    {BYTES("a,b,c\n1,2,3\n"),                    ELEMENTS_CSV      },
    {BYTES(BOM "a\tb\tc\r\n1\t2\t3"),            ELEMENTS_CSV      },
    {BYTES("\"a\";b x;c.d@e-f\n1;\"2;\n\";3\n"), ELEMENTS_CSV      },
    {BYTES("a,b,c\n"),                           ELEMENTS_CSV      },
    {BYTES("a,b,c\n1,2"),                        ELEMENTS_CSV      }, /* the row may still grow */
    {BYTES("a,b,c\n1,2\n"),                      ELEMENTS_LINES    },
    {BYTES("a,b,c\n1,2,3,4\n"),                  ELEMENTS_LINES    },
    {BYTES("a,b\n1,2\n"),                        ELEMENTS_LINES    },
    {BYTES("a,,c\n1,2,3\n"),                     ELEMENTS_LINES    },
    {BYTES("Hello, dear, world\n"),              ELEMENTS_LINES    },
    {BYTES("a,1b,c\n1,2,3\n"),                   ELEMENTS_LINES    },
    {BYTES("<?xml"),                             ELEMENTS_XML      },
    {BYTES(BOM " <testsuite>"),                  ELEMENTS_XML      },
    {BYTES("<34>Oct 11 su: x"),                  ELEMENTS_LINES    },
    {BYTES("SQLite format 3\0xxxx"),             ELEMENTS_SQLITE   },
    {BYTES("SQLite format 3 is"),                ELEMENTS_LINES    },
    {BYTES("PK\3\4xxxx"),                        ELEMENTS_ZIP      },
    {BYTES("PK\3"),                              ELEMENTS_LINES    },
    {BYTES(DOCKER("a\\n")),                       ELEMENTS_SHIPPED  },
    {BYTES("\n" DOCKER("{\\\"a\\\":") "\n"),       ELEMENTS_SHIPPED  },
    {BYTES("{\"log\":\"a\",\"time\":\"t\"}\n"),   ELEMENTS_LINES    },
    {BYTES("{\"log\":{\"a\":\",\\\"stream\\\":\\\"x\"}}"), ELEMENTS_LINES},
    {BYTES(CRI("F", "a") "\n"),                  ELEMENTS_SHIPPED  },
    {BYTES(CRI("P:tag", "a")),                   ELEMENTS_SHIPPED  },
    {BYTES("2026-03-01T08:00:00.5+02:00 stderr F"), ELEMENTS_SHIPPED},
    {BYTES("2026-03-01T08:00:00Z {\"a\":1}\n"),  ELEMENTS_SHIPPED  },
    {BYTES("2026-03-01T08:00:00.123456789Z a\n"), ELEMENTS_SHIPPED },
    {BYTES("2026-03-01T08:00:00.123Z INFO a\n"), ELEMENTS_LINES    },
    {BYTES("2026-03-01T08:00:00Z stdout X a\n"), ELEMENTS_LINES    },
    {BYTES("2026-03-01T08:00:00Z"),              ELEMENTS_LINES    },
    {BYTES("2026-03-01 08:00:00 {}\n"),          ELEMENTS_LINES    },
};

Test(elements, recognises_containers)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct temp_file t = temp_new(kinds[i].text.p, kinds[i].text.n);
        for (size_t block = 1; block <= kinds[i].text.n + 1; block++) {
            struct reading r = begin(t.path, 1000, block);
            cr_expect(elements_kind(r.e) == kinds[i].kind, "%s, block %zu: %d", kinds[i].text.p,
                      block, (int)elements_kind(r.e));
            struct line line;
            if (kinds[i].kind >= ELEMENTS_XML)
                cr_expect(elements_next(r.e, &line, NULL) == ERR_EMPTY);
            end(&r);
        }
        unlink(t.path);
    }
}

struct want_piece {
    const char *text; /* LINE_TOO_LONG: its beginning */
    int64_t offset, length, number;
    enum line_kind kind;
    bool unended;
};

static const struct piece_case {
    const char *name;
    struct sv file;
    int64_t max_line;
    struct want_piece pieces[9];
} piece_cases[] = {
    {"lines",
     BYTES("{\"a\":1}\n\n[2]\n"),
     99,                                                                                                               {{"{\"a\":1}", 0, 7, 1, 0, 0}, {"", 8, 0, 2, 0, 0}, {"[2]", 9, 3, 3, 0, 0}}             },
    {"array",
     BYTES(BOM "[ {\"a\":1} ,\n{\"b\":\"],[\"}\n,3,\"x\\\"]\",[4,5],null]\n"),
     99,                                                                                                               {{"{\"a\":1}", 5, 7, 1, 0, 0},
      {"{\"b\":\"],[\"}", 15, 11, 2, 0, 0},
      {"3", 28, 1, 3, 0, 0},
      {"\"x\\\"]\"", 30, 6, 3, 0, 0},
      {"[4,5]", 37, 5, 3, 0, 0},
      {"null", 43, 4, 3, 0, 0}}                                                                                                                                                                        },
    {"two arrays",
     BYTES("[{},{}]\n[{}]"),
     99,                                                                                                               {{"{}", 1, 2, 1, 0, 0}, {"{}", 4, 2, 1, 0, 0}, {"{}", 9, 2, 2, 0, 0}}                   },
    {"array cut off",
     BYTES("[{\"a\":1},{\"a\":\"x\n"),
     99,                                                                                                               {{"{\"a\":1}", 1, 7, 1, 0, 0}, {"{\"a\":\"x\n", 9, 8, 1, LINE_LAST, 1}}                 },
    {"array cut off between",                                 BYTES("[{\"a\":1},\n"),                              99, {{"{\"a\":1}", 1, 7, 1, 0, 0}}                                                          },
    {"scalar cut off",
     BYTES("[\"a\",12"),
     99,                                                                                                               {{"\"a\"", 1, 3, 1, 0, 0}, {"12", 5, 2, 1, LINE_LAST, 1}}                               },
    {"array, broken",
     BYTES("[{}:{}\n{}"),
     99,                                                                                                               {{"{}", 1, 2, 1, 0, 0}, {":{}", 3, 3, 1, 0, 0}, {"{}", 7, 2, 2, 0, 0}}                  },
    {"elements too long",
     BYTES("[\"aaaaaaaaaaa\",[[\"bbbbbbbbbbbbb\"]],1]"),
     10,                                                                                                               {{"\"aaaaaaaaaaa\"", 1, 13, 1, LINE_TOO_LONG, 0},
      {"\"bbbbbbbbbbbbb\"", 17, 15, 1, LINE_TOO_LONG, 0},
      {"1", 35, 1, 1, 0, 0}}                                                                                                                                                                           },
    {"documents",
     BYTES("{\n\"a\": 1\n}\n{}, {\"b\":\n2}x y\n{\"c\""),
     99,                                                                                                               {{"{\n\"a\": 1\n}", 0, 10, 1, 0, 0},
      {"{}", 11, 2, 4, 0, 0},
      {"{\"b\":\n2}", 15, 8, 4, 0, 0},
      {"x y", 23, 3, 5, 0, 0},
      {"{\"c\"", 27, 4, 6, LINE_LAST, 1}}                                                                                                                                                              },
    {"envelopes",
     BYTES("{\"a\":1, \"r\":[{\"b\":2,\"s\":[30000,40000,50000,60000,70000,80000]}, 7],\"z\":6}"),
     48,                                                                                                               {{"{\"a\":1,\"r\":[{\"b\":2,\"s\":[30000,40000,50000,60000]}]}", 25, 23, 1, 0, 0},
      {"{\"a\":1,\"r\":[{\"b\":2,\"s\":[70000,80000]}]}", 49, 11, 1, 0, 0},
      {"{\"a\":1,\"r\":[7]}", 64, 1, 1, 0, 0},
      {"{\"a\":1,\"r\":[],\"z\":6}", 65, 8, 1, 0, 0}}                                                                                                                                                  },
    {"envelopes, object in object, arrays beside each other",
     BYTES("{\"o\":{\"n\":[1],\"x\":{},\"m\":[20000000000000000000,{\"p\":3000000000000000000000}]}"
           ",\"t\":\"]\"}"
           "\n{}"),
     70,                                                                                                               {{"{\"o\":{\"n\":[1]}}", 11, 1, 1, 0, 0},
      {"{\"o\":{\"n\":[],\"x\":{},\"m\":[20000000000000000000]}}", 26, 20, 1, 0, 0},
      {"{\"o\":{\"n\":[],\"x\":{},\"m\":[{\"p\":3000000000000000000000}]}}", 47, 28, 1, 0, 0},
      {"{\"o\":{\"n\":[],\"x\":{},\"m\":[]},\"t\":\"]\"}", 75, 11, 1, 0, 0},
      {"{}", 87, 2, 2, 0, 0}}                                                                                                                                                                          },
    {"envelope cut off",
     BYTES("{\"a\":[11,22,33,44],\"bb\":{\"c\":1"),
     12,                                                                                                               {{"{\"a\":[11,22]}", 6, 5, 1, 0, 0},
      {"{\"a\":[33,44]}", 12, 5, 1, 0, 0},
      {"", 17, 13, 1, LINE_TOO_LONG, 1}}                                                                                                                                                               },
    {"last member cut off",
     BYTES("{\"a\":[11,22,33,44,55,66,77,88,99],\"b\":1"),
     30,                                                                                                               {{"{\"a\":[11,22,33,44,55,66,77,88]}", 6, 23, 1, 0, 0},
      {"{\"a\":[99]}", 30, 2, 1, 0, 0},
      {"{\"a\":[],\"b\":1", 32, 7, 1, LINE_LAST, 1}}                                                                                                                                                   },
    {"member too long",
     BYTES("[{\"i\":1,\"t\":\"0123456789\"},{}]"),
     16,                                                                                                               {{"{\"i\":1,\"t\":\"0123456789\"}", 1, 24, 1, LINE_TOO_LONG, 0}, {"{}", 26, 2, 1, 0, 0}}},
    {"document broken inside",
     BYTES("{\"a\":[1,2,3,4,5,6],x\n{}"),
     11,                                                                                                               {{"{\"a\":[1,2,3]}", 6, 5, 1, 0, 0},
      {"{\"a\":[4,5,6]}", 12, 5, 1, 0, 0},
      {"],x", 17, 3, 1, 0, 0},
      {"{}", 21, 2, 2, 0, 0}}                                                                                                                                                                          },
    {"answers",
     BYTES(BOM "\nevent: a\ndata: {\"x\":1}\ndata:  \n\n: c\ndata: no\n\ndata: [2]\r\n\r\n"
               "data: [DONE]\n\ndata: {}\ndata: {}\ndata: [DONE]\n"),
     99,                                                                                                               {{"{\"sse\":[{\"x\":1},[2]]}", 4, 72, 2, 0, 0}, {"{\"sse\":[{},{}]}", 77, 31, 13, 0, 0}}},
    {"answers by type",
     BYTES("data: {\"type\":\"message_start\"}\n\ndata: {\"type\": \"message_stop\"}\n\n"
           "event: response.created\ndata: {}\n\nevent: response.created\ndata: {\"y\":1}\n\n"),
     99,                                                                                                               {{"{\"sse\":[{\"type\":\"message_start\"},{\"type\": \"message_stop\"}]}", 0, 63, 1, 0, 0},
      {"{\"sse\":[{}]}", 64, 34, 5, 0, 0},
      {"{\"sse\":[{\"y\":1}]}", 98, 39, 8, LINE_LAST, 1}}                                                                                                                                              },
    {"answer over two lines, cut off",
     BYTES("data: {\"a\":\ndata: 1}\n\ndata: {\"b"),
     99,                                                                                                               {{"{\"sse\":[{\"a\":\n1}]}", 0, 31, 1, LINE_LAST, 1}}                                   },
    {"nothing but noise",                                     BYTES("data: [DONE]\n\ndata: [DONE]\n\n: ping\n\n"), 99, {{0}}                                                                                   },
    {"no JSON in an answer",
     BYTES("data: oops\n\ndata: [DONE]\n"),
     99,                                                                                                               {{"data: oops\n\ndata: [DONE]\n", 0, 25, 1, 0, 0}}                                      },
    {"answer too long",
     BYTES("data: {\"a\":123456789}\n\ndata: {}\n\ndata: [DONE]\n\ndata: {}\n\n"),
     20,                                                                                                               {{"data: {\"a\":123456789}\n\ndata: {}\n\ndata: [DONE]\n", 0, 46, 1, LINE_TOO_LONG, 0},
      {"{\"sse\":[{}]}", 47, 10, 7, LINE_LAST, 1}}                                                                                                                                                     },
    {"table",
     BYTES("a,b,c d\n1,x,\r\n-2.5e+3,\"q \"\"z\"\"\n,\",007\n\n01,{},1.\n,,\n1,2\n1,2,3,4\n5,6,7"),
     99,                                                                                                               {{"{\"a\":1,\"b\":\"x\"}", 8, 4, 2, 0, 0},
      {"{\"a\":-2.5e+3,\"b\":\"q \\\"z\\\"\\n,\",\"c d\":\"007\"}", 14, 23, 3, 0, 0},
      {"{\"a\":\"01\",\"b\":\"{}\",\"c d\":\"1.\"}", 39, 8, 6, 0, 0},
      {"{}", 48, 2, 7, 0, 0},
      {"1,2", 51, 3, 8, 0, 0},
      {"1,2,3,4", 55, 7, 9, 0, 0},
      {"{\"a\":5,\"b\":6,\"c d\":7}", 63, 5, 10, LINE_LAST, 1}}                                                                                                                                        },
    {"rows too long",
     BYTES("a;b;c\n1;2;3\n1;\"2\n2222222222\";3\n4;5\";\"6\"7\n"),
     12,                                                                                                               {{"{\"a\":1,\"b\":2,\"c\":3}", 6, 5, 2, 0, 0},
      {"1;\"2\n2222222222\";3\n", 12, 19, 3, LINE_TOO_LONG, 0},
      {"{\"a\":4,\"b\":\"5\\\"\",\"c\":67}", 31, 9, 5, 0, 0}}                                                                                                                                          },
};

/* CRI("F", "") is 31 bytes. */
static const struct piece_case shipped_cases[] = {
    {"a kubelet's lines",
     BYTES(CRI("F", "{\"a\":1}") "\r\n\n" CRI_ERR("F", "") "\n" CRI_TIME " x\\\n" CRI("F", "cut")),
     199,
     {{FROM_CRI("stdout", "{\\\"a\\\":1}"), 0, 40, 1, 0, 0},
      {"", 41, 0, 2, 0, 0},
      {FROM_CRI("stderr", ""), 42, 32, 3, 0, 0},
      {"{\"log\":\"x\\\\\",\"time\":\"" CRI_TIME "\"}", 75, 25, 4, 0, 0},
      {FROM_CRI("stdout", "cut"), 101, 35, 5, LINE_LAST, 1}}},
    {"parts are one line, with a character that was cut in two",
     BYTES(CRI("P", "ab\xC3") "\n" CRI("P", "\xA4") "\n" CRI("F:x", "cd") "\n" CRI("F", "e") "\n"),
     199,
     {{FROM_CRI("stdout", "ab\xC3\xA4" "cd"), 0, 106, 1, 0, 0},
      {FROM_CRI("stdout", "e"), 107, 33, 4, 0, 0}}},
    {"another stream's line ends the parts",
     BYTES(CRI("P", "a") "\n" CRI_ERR("F", "b") "\n" CRI("F", "c") "\n"),
     199,
     {{FROM_CRI("stdout", "a"), 0, 33, 1, 0, 0},
      {FROM_CRI("stderr", "b"), 34, 33, 2, 0, 0},
      {FROM_CRI("stdout", "c"), 68, 33, 3, 0, 0}}},
    {"a line of no such form stands as it is",
     BYTES(CRI("P", "a") "\nnoise\n{}\n"),
     199,
     {{FROM_CRI("stdout", "a"), 0, 33, 1, 0, 0},
      {"noise", 34, 5, 2, 0, 0},
      {"{}", 40, 2, 3, 0, 0}}},
    {"the last part is not there yet",
     BYTES(CRI("F", "a") "\n" CRI("P", "b") "\n"),
     199,
     {{FROM_CRI("stdout", "a"), 0, 33, 1, 0, 0},
      {FROM_CRI("stdout", "b"), 34, 33, 2, LINE_LAST, 1}}},
    {"a line that is too long",
     BYTES(CRI("F", "aaaaaaaaaaaa") "\n" CRI("F", "b") "\n"),
     40,
     {{CRI("F", "aaaaaaaaaaaa"), 0, 44, 1, LINE_TOO_LONG, 0},
      {FROM_CRI("stdout", "b"), 45, 33, 2, 0, 0}}},
    {"Docker's lines stand as they are, short ones without a line end too",
     BYTES(DOCKER("{\\\"a\\\":\\\"\\\\n") "\n" DOCKER("b\\n")),
     199,
     {{DOCKER("{\\\"a\\\":\\\"\\\\n"), 0, 51, 1, 0, 0},
      {DOCKER("b\\n"), 52, 42, 2, LINE_LAST, 1}}},
};

static void expect_piece(const struct piece_case *c, size_t i, size_t block, struct elements *e)
{
    const struct want_piece *w = &c->pieces[i];
    struct line line;
    struct error err = {0};
    enum err rc = elements_next(e, &line, &err);

    if (!w->text) {
        cr_expect(rc == ERR_EMPTY, "%s, block %zu: piece %zu %.*s", c->name, block, i,
                  rc ? 0 : (int)line.text.n, line.text.p);
        return;
    }
    cr_assert(rc == OK, "%s, block %zu, piece %zu: %d %s", c->name, block, i, (int)rc, err.msg);
    struct sv text = sv_from(w->text);
    if (w->kind == LINE_TOO_LONG) {
        unsigned char sha[32];
        sha256_of(c->file.p + w->offset, (size_t)w->length, sha);
        cr_expect(memcmp(sha, line.sha256, sizeof(sha)) == 0, "%s, block %zu", c->name, block);
        text = (struct sv){c->file.p + w->offset, (size_t)w->length};
    }
    cr_expect(sv_eq(line.text, text), "%s, block %zu, piece %zu: %.*s", c->name, block, i,
              (int)line.text.n, line.text.p);
    cr_expect(line.offset == w->offset && line.length == w->length && line.number == w->number &&
                  line.kind == w->kind && line.ended == !w->unended,
              "%s, block %zu, piece %zu: at %lld, %lld bytes, line %lld, kind %d", c->name, block,
              i, (long long)line.offset, (long long)line.length, (long long)line.number,
              (int)line.kind);
    if (!line.made && line.kind != LINE_TOO_LONG)
        cr_expect(sv_eq(line.text, (struct sv){c->file.p + line.offset, (size_t)line.length}));
}

#define ALL_CASES (ARRAY_LEN(piece_cases) + ARRAY_LEN(shipped_cases))

static const struct piece_case *case_at(size_t k)
{
    return k < ARRAY_LEN(piece_cases) ? &piece_cases[k]
                                      : &shipped_cases[k - ARRAY_LEN(piece_cases)];
}

Test(elements, cuts_pieces)
{
    for (size_t k = 0; k < ALL_CASES; k++) {
        const struct piece_case *c = case_at(k);
        struct temp_file t = temp_new(c->file.p, c->file.n);
        for (size_t block = 1; block <= c->file.n + 1; block++) {
            struct reading r = begin(t.path, c->max_line, block);
            size_t n = 0;
            do
                expect_piece(c, n, block, r.e);
            while (c->pieces[n++].text);
            end(&r);
        }
        unlink(t.path);
    }
}

Test(elements, resumes_at_every_piece)
{
    for (size_t k = 0; k < ALL_CASES; k++) {
        const struct piece_case *c = case_at(k);
        struct temp_file t = temp_new(c->file.p, c->file.n);
        struct reading r = begin(t.path, c->max_line, 7);
        struct input_mark marks[MANY];
        struct line line;
        size_t n = 0;

        do {
            elements_get_mark(r.e, &marks[n]);
            if (n && c->pieces[n - 1].unended) { /* stepping back is to the mark before */
                struct input_mark back;
                elements_unread_last(r.e);
                elements_get_mark(r.e, &back);
                cr_expect(back.offset == marks[n - 1].offset, "%s", c->name);
                cr_expect(elements_next(r.e, &line, NULL) == ERR_EMPTY);
            }
            n++;
        } while (elements_next(r.e, &line, NULL) == OK);
        end(&r);
        for (size_t i = 0; i < n; i++)
            for (int matching = 0; matching < 2; matching++) {
                struct error err = {0};
                bool matches = false;
                ptrdiff_t best = -1;
                r = begin(t.path, c->max_line, 5);
                struct input_mark both[3] = {marks[0], marks[i], marks[n - 1]};
                both[2].tail.lo++;
                if (matching)
                    cr_assert(elements_match(r.e, both, 3, &best, &err) == OK);
                else
                    cr_assert(elements_resume(r.e, &marks[i], i % 2, &matches, &err) == OK);
                cr_expect(matching ? best == 1 || i == 0 : matches, "%s, piece %zu", c->name, i);
                for (size_t at = i; at < n; at++)
                    expect_piece(c, at, 0, r.e);
                end(&r);
            }
        r = begin(t.path, c->max_line, 5);
        bool matches = true;
        marks[n - 1].prefix.hi++;
        marks[n - 1].tail.hi++;
        cr_assert(elements_resume(r.e, &marks[n - 1], true, &matches, NULL) == OK);
        cr_expect(!matches);
        expect_piece(c, 0, 0, r.e);
        end(&r);
        unlink(t.path);
    }
}

/* What was there is not handed out again when the file was written anew with more in it. */
Test(elements, goes_on_behind_known_elements)
{
    static const struct {
        const char *before, *after, *want[4];
    } cases[] = {
        {"[{\"a\":1},{\"a\":2}]\n",                                 "[{\"a\":1},{\"a\":2},{\"a\":3}]\n", {"{\"a\":3}"}                                          },
        {"[]",                                                      "[{}]",                              {"{}"}                                                 },
        {"[{}]",                                                    "[{}]\n[{\"b\":1}]",                 {"{\"b\":1}"}                                          },
        {"{\n}\n",                                                  "{\n}\n{\"a\":\n1}\n",               {"{\"a\":\n1}"}                                        },
        {"{\"h\":1,\"r\":[\n[1],[2],[3],[4],[5],[6],[7],[8],[9]]}",
         "{\"h\":1,\"r\":[\n[1],[2],[3],[4],[5],[6],[7],[8],[9],[0]],\"z\":0}",                          {"{\"h\":1,\"r\":[[0]]}", "{\"h\":1,\"r\":[],\"z\":0}"}},
        {"data: {}\n\ndata: [DONE]\n",
         "data: {}\n\ndata: [DONE]\n\ndata: {}\ndata: [DONE]\n\n",                                       {"{\"sse\":[{}]}"}                                     },
        {"a,b,c\n1,2,3\n",                                          "a,b,c\n1,2,3\n4,5,6\n",             {"{\"a\":4,\"b\":5,\"c\":6}"}                          },
        {CRI("F", "a") "\n",  CRI("F", "a") "\n" CRI("F", "b") "\n",  {FROM_CRI("stdout", "b")}},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct temp_file t = temp_new(cases[i].before, strlen(cases[i].before));
        struct reading r = begin(t.path, 45, 9);
        struct input_mark mark;
        struct line line;
        bool matches = false;

        while (elements_next(r.e, &line, NULL) == OK)
            cr_expect(line.ended, "%zu", i);
        elements_get_mark(r.e, &mark);
        end(&r);
        temp_write(t.path, "wb", cases[i].after, strlen(cases[i].after));
        r = begin(t.path, 45, 9);
        cr_assert(elements_resume(r.e, &mark, true, &matches, NULL) == OK);
        cr_expect(matches, "%zu", i);
        for (size_t k = 0; cases[i].want[k]; k++) {
            cr_assert(elements_next(r.e, &line, NULL) == OK, "%zu", i);
            cr_expect(sv_is(line.text, cases[i].want[k]), "%zu: %.*s", i, (int)line.text.n,
                      line.text.p);
        }
        cr_expect(elements_next(r.e, &line, NULL) == ERR_EMPTY, "%zu", i);
        end(&r);
        unlink(t.path);
    }
}

/* Docker cuts lines at 16 KiB; the parts of one that is too long go with it. */
Test(elements, docker_joins_the_parts_of_a_line)
{
    struct buf file = {0}, part = {0};
    struct line line;

    for (int i = 0; i < 16384; i++)
        buf_char(&part, 'x');
    for (int i = 0; i < 3; i++)
        buf_printf(&file, DOCKER("%s%s") "\n", i < 2 ? part.p : "", i < 2 ? "" : "y\\n");
    buf_str(&file, DOCKER("z\\n") "\n");
    struct temp_file t = temp_new(file.p, file.n);
    struct reading r = begin(t.path, 1 << 20, 5000);
    cr_assert(elements_next(r.e, &line, NULL) == OK);
    cr_expect(line.made && line.offset == 0 && line.number == 1);
    cr_expect(line.text.n == strlen(DOCKER("")) + 2 * 16384 + 3, "%zu", line.text.n);
    cr_expect(sv_ends(line.text, "xxy\\n\",\"stream\":\"stdout\",\"time\":\"t\"}"));
    cr_assert(elements_next(r.e, &line, NULL) == OK);
    cr_expect(sv_is(line.text, DOCKER("z\\n")) && line.number == 4);
    cr_expect(elements_next(r.e, &line, NULL) == ERR_EMPTY);
    end(&r);
    r = begin(t.path, 20000, 5000);
    cr_assert(elements_next(r.e, &line, NULL) == OK);
    cr_expect(line.kind == LINE_TOO_LONG && line.number == 1);
    cr_assert(elements_next(r.e, &line, NULL) == OK);
    cr_expect(sv_is(line.text, DOCKER("z\\n")) && line.number == 4, "%.*s", (int)line.text.n,
              line.text.p);
    cr_expect(elements_next(r.e, &line, NULL) == ERR_EMPTY);
    end(&r);
    unlink(t.path);
    buf_release(&file);
    buf_release(&part);
}

/* A value that was cut off, handed out and not stepped back from is no place to go on from. */
Test(elements, grown_inside_a_value)
{
    static const char *const texts[][2] = {
        {"{\n\"a\":\"x", "{\n\"a\":\"xy\"}"},
        {"[{},2",        "[{},23]"         },
        {"[{\"a\":\"x",  "[{\"a\":\"xy\"}]"},
    };

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct temp_file t = temp_new(texts[i][0], strlen(texts[i][0]));
        struct reading r = begin(t.path, 40, 9);
        struct input_mark mark;
        struct line line;
        bool matches = true;

        while (elements_next(r.e, &line, NULL) == OK)
            ;
        cr_expect(!line.ended && line.kind == LINE_LAST);
        elements_get_mark(r.e, &mark);
        end(&r);
        temp_write(t.path, "wb", texts[i][1], strlen(texts[i][1]));
        r = begin(t.path, 40, 9);
        cr_expect(elements_resume(r.e, &mark, true, &matches, NULL) == OK);
        cr_expect(!matches, "%s", texts[i][1]);
        cr_assert(elements_next(r.e, &line, NULL) == OK, "%s", texts[i][1]);
        cr_expect(line.ended && line.offset <= 1, "%s", texts[i][1]);
        end(&r);
        unlink(t.path);
    }
}

/* The first record is handed out as soon as it is there, though the writer has not finished. */
Test(elements, slow_pipe, .timeout = 20)
{
    static const char *const texts[] = {"{}\n", "[1,", "[{},", "x\n"};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        int fds[2];
        struct line line;
        cr_assert(pipe(fds) == 0 && dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
        close(fds[0]);
        cr_assert(write(fds[1], "    ", 4) == 4);
        cr_assert(write(fds[1], texts[i], strlen(texts[i])) > 0);
        if (i == 1 || i == 3)
            close(fds[1]); /* lines, of which the end, or a second, must be seen */
        struct reading r = begin("-", 100, 4096);
        cr_expect(elements_next(r.e, &line, NULL) == OK);
        end(&r);
        if (i == 0 || i == 2)
            close(fds[1]);
        close(STDIN_FILENO);
        cr_assert(open("/dev/null", O_RDONLY) == STDIN_FILENO);
    }
}

/* OTLP-like: resources with scopes with spans; every third span has an array in it. */
static void make_spans(struct buf *b, int resources, int scopes, int spans, const char *space)
{
    buf_str(b, "{\"resourceSpans\":[");
    for (int i = 0; i < resources; i++) {
        buf_printf(b, "%s{\"resource\":{\"attributes\":[%d]},%s\"scopeSpans\":[", i ? "," : "", i,
                   space);
        for (int j = 0; j < scopes; j++) {
            buf_printf(b, "%s{\"scope\":\"s\\\"]}%d\",\"spans\":[", j ? "," : "", j);
            for (int k = 0; k < spans; k++) {
                buf_printf(b, "%s%s{\"id\":\"%d.%d.%d\"", k ? "," : "", space, i, j, k);
                buf_str(b, k % 3 ? "}" : ",\"e\":[{\"t\":1},\"}\"]}");
            }
            buf_str(b, "]}");
        }
        buf_str(b, "],\"schemaUrl\":\"u\"}");
    }
    buf_str(b, "]}");
}

/* Appends what an independent parser finds: each span with the resource and scope it lies in. */
static void list_spans(struct buf *out, struct sv text)
{
    cJSON *doc = cJSON_ParseWithLength(text.p, text.n), *r, *s, *p;

    cr_assert(doc != NULL, "no JSON: %.*s", (int)text.n, text.p);
    cJSON_ArrayForEach(r, cJSON_GetObjectItem(doc, "resourceSpans"))
    {
        cJSON *about = cJSON_GetObjectItem(cJSON_GetObjectItem(r, "resource"), "attributes");
        cJSON_ArrayForEach(s, cJSON_GetObjectItem(r, "scopeSpans"))
        {
            cJSON_ArrayForEach(p, cJSON_GetObjectItem(s, "spans"))
            {
                char *span = cJSON_PrintUnformatted(p);
                buf_printf(out, "%d %s %s\n", cJSON_GetArrayItem(about, 0)->valueint,
                           cJSON_GetObjectItem(s, "scope")->valuestring, span);
                free(span);
            }
        }
    }
    cJSON_Delete(doc);
}

Test(elements, envelopes_hold_each_element_once)
{
    static const struct {
        int resources, scopes, spans;
        int64_t max_line;
        const char *space;
    } cases[] = {
        {1,   1,  200,  256,   ""    },
        {5,   3,  40,   256,   "\n  "},
        {40,  2,  3,    400,   ""    },
        {300, 1,  1,    256,   " "   },
        {3,   1,  90,   2000,  ""    },
        {2,   30, 1,    1000,  "\n"  },
        {1,   1,  1,    9999,  "\n"  },
        {1,   1,  9000, 65536, ""    },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf doc = {0}, packed = {0}, want = {0};
        make_spans(&doc, cases[i].resources, cases[i].scopes, cases[i].spans, cases[i].space);
        list_spans(&want, (struct sv){doc.p, doc.n});
        buf_str(&doc, "\n{\"resourceSpans\":[]}{\"resourceSpans\":\n[]}\n");
        add_gzip(&packed, doc.p, doc.n);
        for (size_t block = 1; block < 100000; block = block * 3 + 1) {
            struct temp_file t = block % 2 ? temp_new(doc.p, doc.n) : temp_new(packed.p, packed.n);
            struct reading r = begin(t.path, cases[i].max_line, block);
            struct buf got = {0};
            struct line line;
            int64_t pieces = 0;

            while (elements_next(r.e, &line, NULL) == OK) {
                cr_expect(line.kind == LINE_COMPLETE &&
                          line.text.n <= (size_t)cases[i].max_line + 9);
                list_spans(&got, line.text);
                pieces++;
            }
            cr_expect(sv_eq((struct sv){got.p, got.n}, (struct sv){want.p, want.n}),
                      "case %zu, block %zu", i, block);
            cr_expect((pieces == 3) == (doc.n < (size_t)cases[i].max_line));
            end(&r);
            buf_release(&got);
            unlink(t.path);
        }
        buf_release(&doc);
        buf_release(&packed);
        buf_release(&want);
    }
}

/* Reading is stopped after every piece, begins anew with another limit, and loses nothing. */
Test(elements, envelopes_resume_with_any_limit)
{
    struct buf doc = {0}, want = {0}, got = {0};
    struct input_mark mark = {0};
    struct line line = {0};
    enum err rc = OK;

    make_spans(&doc, 4, 2, 30, "\n");
    list_spans(&want, (struct sv){doc.p, doc.n});
    struct temp_file t = temp_new(doc.p, doc.n);
    for (int turn = 0; rc == OK; turn++) {
        static const int64_t limits[] = {300, 700, 256, 2000};
        struct reading r = begin(t.path, limits[turn % 4], 100);
        bool matches = true;
        if (turn)
            cr_assert(elements_resume(r.e, &mark, false, &matches, NULL) == OK);
        cr_assert(matches, "turn %d", turn);
        rc = elements_next(r.e, &line, NULL);
        if (!rc)
            list_spans(&got, line.text);
        elements_get_mark(r.e, &mark);
        end(&r);
    }
    cr_expect(sv_eq((struct sv){got.p, got.n}, (struct sv){want.p, want.n}));
    unlink(t.path);
    buf_release(&doc);
    buf_release(&want);
    buf_release(&got);
}

Test(elements, arrays_of_any_length)
{
    struct buf doc = {0}, packed = {0};

    buf_char(&doc, '[');
    for (int i = 0; i < 100000; i++)
        buf_printf(&doc, "%s{\"i\":%d}", i ? ",\n" : "", i);
    buf_str(&doc, "]\n");
    add_zstd(&packed, doc.p, doc.n);
    for (int k = 0; k < 2; k++) {
        struct temp_file t = k ? temp_new(packed.p, packed.n) : temp_new(doc.p, doc.n);
        struct reading r = begin(t.path, 1 << 20, 262144);
        struct input_mark mark;
        struct line line;
        char want[32];
        bool matches;
        for (int i = 0; i < 100000; i++) {
            cr_assert(elements_next(r.e, &line, NULL) == OK);
            snprintf(want, sizeof(want), "{\"i\":%d}", i);
            cr_assert(sv_is(line.text, want) && line.number == i + 1);
            if (i == 60000) {
                elements_get_mark(r.e, &mark);
                end(&r);
                r = begin(t.path, 1 << 20, 262144);
                cr_assert(elements_resume(r.e, &mark, false, &matches, NULL) == OK && matches);
            }
        }
        cr_expect(elements_next(r.e, &line, NULL) == ERR_EMPTY);
        end(&r);
        unlink(t.path);
    }
    buf_release(&doc);
    buf_release(&packed);
}

Test(elements, any_depth)
{
    size_t depth = 1000000;
    struct buf doc = {0};

    buf_str(&doc, "{\"a\":\n");
    for (size_t i = 0; i < depth; i++)
        buf_char(&doc, '[');
    for (size_t i = 0; i < depth; i++)
        buf_char(&doc, ']');
    buf_str(&doc, "}\n{}");
    struct temp_file t = temp_new(doc.p, doc.n);
    for (int small = 0; small < 2; small++) {
        struct reading r = begin(t.path, small ? 1000 : 16 << 20, 262144);
        struct line line;
        cr_expect(elements_next(r.e, &line, NULL) == OK);
        cr_expect((line.kind == LINE_TOO_LONG) == small);
        while (line.offset < (int64_t)doc.n - 2)
            cr_assert(elements_next(r.e, &line, NULL) == OK);
        cr_expect(sv_is(line.text, "{}"));
        end(&r);
    }
    unlink(t.path);
    buf_release(&doc);
}

/* White space is no reason to hold it all in memory, nor does it change what is found. */
Test(elements, much_white_space)
{
    struct buf doc = {0};

    static const char *const parts[] = {
        "",      "[", "{\"a\":", "1}", ",", "{\"b\":", "2}", "]", "{",
        "\"r\"", ":", "[",       "3",  ",", "4",       "]",  "}"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        buf_str(&doc, parts[i]);
        for (int k = 0; k < (i == 0 ? 9 : 200000); k++)
            buf_char(&doc, k % 40 ? ' ' : '\n');
    }
    struct temp_file t = temp_new(doc.p, doc.n);
    struct reading r = begin(t.path, 1000, 10000);
    struct line line;
    static const char *const want[] = {"{\"r\":[3]}", "{\"r\":[4]}"};
    for (int i = 0; i < 2; i++) { /* an object that is too long only for its white space */
        cr_assert(elements_next(r.e, &line, NULL) == OK);
        cr_expect(line.text.n == 7, "%.*s", (int)line.text.n, line.text.p);
    }
    for (int i = 0; i < 2; i++) {
        cr_assert(elements_next(r.e, &line, NULL) == OK);
        cr_expect(sv_is(line.text, want[i]), "%.*s", (int)line.text.n, line.text.p);
    }
    cr_expect(elements_next(r.e, &line, NULL) == ERR_EMPTY);
    end(&r);
    unlink(t.path);
    buf_release(&doc);
}

/* Whatever the bytes are: the end comes, pieces follow each other, and block sizes do not matter.
 */
Test(elements, hostile_text)
{
    static const char *const words[] = {"{",   "}",    "[",  "]",      "\"",        "\\",
                                        ",",   ":",    "\n", "data: ", "\"a\":",    "\"spans\":[",
                                        "1",   "null", " ",  "\xff",   "event: x",  "[DONE]",
                                        "a,b", "{}",   "\r", "\"\",",  "{\"a\":[{", "}]}",
                                        "\n" CRI("P", "x"), "\n" CRI_ERR("F", ""), "\n" CRI("F", "")};
    uint64_t x = 5;

    for (int round = 0; round < 3000; round++) {
        struct buf text = {0};
        uint64_t hash[2] = {0, 0};
        static const char *const begins[] = {"",        "[",          "{\n",
                                             "data: ",  "a,b,c\n",    CRI("F", "a") "\n",
                                             CRI("P", "{")};
        buf_str(&text, begins[round % (int)ARRAY_LEN(begins)]);
        for (int i = 0; i < 60; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            buf_str(&text, words[(x >> 33) % ARRAY_LEN(words)]);
        }
        struct temp_file t = temp_new(text.p, text.n);
        for (int k = 0; k < 2; k++) {
            struct reading r = begin(t.path, 16 + round % 50, k ? 3 : 1000);
            struct line line;
            int64_t last = 0;
            while (elements_next(r.e, &line, NULL) == OK) {
                cr_assert(line.offset >= last && line.length >= 0);
                last = line.offset + line.length;
                hash[k] = hash64(line.text.p, line.text.n, hash[k] ^ (uint64_t)line.offset);
            }
            cr_assert(last <= (int64_t)text.n);
            end(&r);
        }
        cr_expect(hash[0] == hash[1], "%d: %s", round, text.p);
        unlink(t.path);
        buf_release(&text);
    }
}

/* A pipe can be gone on in, but not gone back in. */
Test(elements, pipes)
{
    for (int spoil = 0; spoil < 2; spoil++) {
        struct buf doc = {0};
        struct input_mark mark;
        struct error err = {0};
        struct line line;
        bool matches;
        int fds[2];

        buf_char(&doc, '[');
        for (int i = 0; i < 50000; i++)
            buf_printf(&doc, "%s{\"i\":%d}", i ? "," : "", i);
        struct temp_file t = temp_new(doc.p, doc.n);
        struct reading r = begin(t.path, 1000, 4096);
        for (int i = 0; i < 40000; i++)
            cr_assert(elements_next(r.e, &line, NULL) == OK);
        elements_get_mark(r.e, &mark);
        end(&r);
        mark.tail.lo += (uint64_t)spoil;
        cr_assert(pipe(fds) == 0);
        pid_t pid = fork();
        if (pid == 0) {
            signal(SIGPIPE, SIG_DFL);
            close(fds[0]);
            ssize_t n = write(fds[1], doc.p, doc.n);
            _exit(n < 0);
        }
        close(fds[1]);
        cr_assert(dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
        close(fds[0]);
        r = begin("-", 1000, 4096);
        enum err rc = elements_resume(r.e, &mark, false, &matches, &err);
        if (spoil) {
            cr_expect(rc == ERR_USAGE);
            cr_expect_str_eq(err.msg, "a pipe cannot be read again from its start");
        } else {
            cr_expect(rc == OK && matches);
            cr_expect(elements_next(r.e, &line, NULL) == OK && sv_is(line.text, "{\"i\":40000}"));
        }
        end(&r);
        close(STDIN_FILENO);
        cr_assert(open("/dev/null", O_RDONLY) == STDIN_FILENO);
        waitpid(pid, NULL, 0);
        unlink(t.path);
        buf_release(&doc);
    }
}

Test(elements, damaged_data_says_so)
{
    struct buf doc = {0}, packed = {0};
    struct error err = {0};
    struct line line;
    int64_t pieces = 0;
    enum err rc;

    buf_char(&doc, '[');
    for (int i = 0; i < 200000; i++)
        buf_printf(&doc, "%s{\"i\":%d}", i ? "," : "", i * 7919 % 1000003);
    add_gzip(&packed, doc.p, doc.n);
    struct temp_file t = temp_new(packed.p, packed.n / 2);
    struct reading r = begin(t.path, 1000, 65536);
    while ((rc = elements_next(r.e, &line, &err)) == OK)
        pieces++;
    cr_expect(rc == ERR_IO && pieces > 1000);
    cr_expect_str_eq(err.msg, "gzip data is cut off");
    end(&r);
    unlink(t.path);
    buf_release(&doc);
    buf_release(&packed);
}

/* Real files: every piece is JSON, and there are as many as Python's json module counts. */
Test(elements, corpus)
{
    static const struct {
        const char *pattern;
        enum element_kind kind;
        int pieces;
    } files[] = {
        {"../shared/corpus/otlp/tempo_export_with_batches.json",    ELEMENTS_LINES,     1   },
        {"../shared/corpus/jaeger/helm_2.json",                     ELEMENTS_DOCUMENTS, 1   },
        {"../shared/corpus/langfuse/crewai-2025-07-11.trace.json",  ELEMENTS_DOCUMENTS, 1   },
        {"../shared/corpus/inspect/log_read_sample.json",           ELEMENTS_DOCUMENTS, 1   },
        {"../shared/corpus/swe-agent/networking_1.traj",            ELEMENTS_DOCUMENTS, 1   },
        {"../shared/corpus/made/llm_logs.json",                     ELEMENTS_DOCUMENTS, 8   },
        {"../shared/corpus/made/promptfoo_results.json",            ELEMENTS_DOCUMENTS, 1   },
        {"../shared/corpus/workloads/llmperf-raw/anyscale_7b.json", ELEMENTS_DOCUMENTS, 150 },
        {"../shared/corpus/api-sse/anthropic_0.sse",                ELEMENTS_SSE,       1   },
        {"../shared/corpus/api-sse/openai_chat_0.sse",              ELEMENTS_SSE,       1   },
        {"../shared/corpus/workloads/azure-llm-2023-code.dev.csv",  ELEMENTS_CSV,       3000},
        {"../shared/corpus/evals/gsm8k.dev.jsonl",                  ELEMENTS_LINES,     1200},
    };

    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        if (access(files[i].pattern, R_OK)) {
            cr_log_info("no corpus: %s", files[i].pattern);
            continue;
        }
        struct reading r = begin(files[i].pattern, 16 << 20, 262144);
        struct line line;
        int pieces = 0;
        cr_expect(elements_kind(r.e) == files[i].kind, "%s", files[i].pattern);
        while (elements_next(r.e, &line, NULL) == OK) {
            cJSON *doc = cJSON_ParseWithLength(line.text.p, line.text.n);
            cr_expect(doc != NULL, "%s: %.*s", files[i].pattern, 80, line.text.p);
            cJSON_Delete(doc);
            pieces++;
        }
        cr_expect(pieces == files[i].pieces, "%s: %d", files[i].pattern, pieces);
        end(&r);
    }
}
