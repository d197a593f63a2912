/* Tests of json. Every text is parsed from a heap copy of exactly its size, so that the checked
 * build sees a read behind the end. Includers set JSON_TEST_WAY to the name of another way to look
 * at bytes than the fastest. */
#include "json/json.h"

#include <cJSON.h>
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#ifndef JSON_TEST_WAY
#define JSON_TEST_WAY string_bytes_best()->name
#endif

static const struct string_bytes *tested_way(void)
{
    for (size_t i = 0; i < string_bytes_n; i++)
        if (strcmp(string_bytes_ways[i].name, JSON_TEST_WAY) == 0 &&
            string_bytes_ways[i].runs_here())
            return &string_bytes_ways[i];
    cr_skip_test("no %s here", JSON_TEST_WAY);
    return NULL;
}

static enum err parse_copy(struct json_doc *d, struct sv text, char **copy, struct error *err)
{
    *copy = malloc(text.n ? text.n : 1);
    cr_assert_not_null(*copy);
    if (text.n)
        memcpy(*copy, text.p, text.n);
    return json_parse(d, *copy, text.n, err);
}

/* Wanted by RFC 8259, section by section; sizes explicit because some texts hold NUL. */
/* clang-format off */
static const struct {
    struct sv text;
    const char *message; /* NULL: valid */
} documents[] = {
    {SV_INIT("null"), NULL},
    {SV_INIT(" \t\r\n true \n"), NULL},
    {SV_INIT("false"), NULL},
    {SV_INIT("NaN"), NULL},
    {SV_INIT("Infinity"), NULL},
    {SV_INIT("[-Infinity,NaN]"), NULL},
    {SV_INIT("0"), NULL},
    {SV_INIT("-0"), NULL},
    {SV_INIT("-0.0e-0"), NULL},
    {SV_INIT("1234567"), NULL},
    {SV_INIT("12345678"), NULL},
    {SV_INIT("123456789012345678901234567890"), NULL},
    {SV_INIT("1e5"), NULL},
    {SV_INIT("1E+5"), NULL},
    {SV_INIT("8.4e-05"), NULL},
    {SV_INIT("1.7976931348623157e999999"), NULL},
    {SV_INIT("\"\""), NULL},
    {SV_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uD83D\\ude00\""), NULL},
    {SV_INIT("\"\\ud800\""), NULL},
    {SV_INIT("\"\\udc00\\ud800x\""), NULL},
    {SV_INIT("\"\x7f\""), NULL},
    {SV_INIT("\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\""), NULL},
    {SV_INIT("\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""), NULL},
    {SV_INIT("[]"), NULL},
    {SV_INIT("{}"), NULL},
    {SV_INIT(" [ ] "), NULL},
    {SV_INIT(" { } "), NULL},
    {SV_INIT("[[],{},[[]]]"), NULL},
    {SV_INIT("{\"a\":{\"\":[1,2]},\"a\":null}"), NULL},

    {SV_INIT("01"), "byte 2: expected nothing more, found '1'"},
    {SV_INIT("[01]"), "byte 3: expected ',' or ']', found '1'"},
    {SV_INIT("-01"), "byte 3: expected nothing more, found '1'"},
    {SV_INIT("+1"), "byte 1: expected a value, found '+'"},
    {SV_INIT(".5"), "byte 1: expected a value, found '.'"},
    {SV_INIT("[1.]"), "byte 4: expected a digit, found ']'"},
    {SV_INIT("[1.e5]"), "byte 4: expected a digit, found 'e'"},
    {SV_INIT("[1e]"), "byte 4: expected a digit, found ']'"},
    {SV_INIT("[1e+]"), "byte 5: expected a digit, found ']'"},
    {SV_INIT("[-]"), "byte 3: expected a digit, found ']'"},
    {SV_INIT("[- 1]"), "byte 3: expected a digit, found ' '"},
    {SV_INIT("--1"), "byte 2: expected a digit, found '-'"},
    {SV_INIT("0x10"), "byte 2: expected nothing more, found 'x'"},
    {SV_INIT("1e5.5"), "byte 4: expected nothing more, found '.'"},
    {SV_INIT("1 2"), "byte 3: expected nothing more, found '2'"},
    {SV_INIT("\xEF\xBC\x91"), "byte 1: expected a value, found 0xef"},
    {SV_INIT("True"), "byte 1: expected a value, found 'T'"},
    {SV_INIT("nul!"),
     "byte 4: expected true, false, null, NaN or Infinity spelled out, found '!'"},
    {SV_INIT("nullx"), "byte 5: expected nothing more, found 'x'"},
    {SV_INIT("-Inf!"),
     "byte 5: expected true, false, null, NaN or Infinity spelled out, found '!'"},
    {SV_INIT("-NaN"), "byte 2: expected a digit, found 'N'"},
    {SV_INIT("'a'"), "byte 1: expected a value, found '''"},
    {SV_INIT("\"a\nb\""), "byte 3: expected no control byte in a string, found 0x0a"},
    {SV_INIT("\"a\0b\""), "byte 3: expected no control byte in a string, found 0x00"},
    {SV_INIT("\"a\x1f\""), "byte 3: expected no control byte in a string, found 0x1f"},
    {SV_INIT("\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0\tb\""),
     "byte 67: expected no control byte in a string, found 0x09"},
    {SV_INIT("1\0"), "byte 2: expected nothing more, found 0x00"},
    {SV_INIT("\0"), "byte 1: expected a value, found 0x00"},
    {SV_INIT("[1,\v2]"), "byte 4: expected a value, found 0x0b"},
    {SV_INIT("\"\\a\""), "byte 3: expected one of \"\\/bfnrtu, found 'a'"},
    {SV_INIT("\"\\\0\""), "byte 3: expected one of \"\\/bfnrtu, found 0x00"},
    {SV_INIT("\"\\u12g4\""), "byte 6: expected four hex digits, found 'g'"},
    {SV_INIT("\"\\u123\""), "byte 7: expected four hex digits, found '\"'"},
    {SV_INIT("\"\\U0041\""), "byte 3: expected one of \"\\/bfnrtu, found 'U'"},
    {SV_INIT("\"\x80\""), "byte 2: expected UTF-8, found 0x80"},
    {SV_INIT("\"ab\xFF\""), "byte 4: expected UTF-8, found 0xff"},
    {SV_INIT("\"\xC0\x80\""), "byte 2: expected UTF-8, found 0xc0"},
    {SV_INIT("\"\xC1\xBF\""), "byte 2: expected UTF-8, found 0xc1"},
    {SV_INIT("\"\xC3\""), "byte 2: expected UTF-8, found 0xc3"},
    {SV_INIT("\"\xE0\x9F\xBF\""), "byte 2: expected UTF-8, found 0xe0"},
    {SV_INIT("\"\xED\xA0\x80\""), "byte 2: expected UTF-8, found 0xed"},
    {SV_INIT("\"\xE2\x82\""), "byte 2: expected UTF-8, found 0xe2"},
    {SV_INIT("\"\xF0\x8F\xBF\xBF\""), "byte 2: expected UTF-8, found 0xf0"},
    {SV_INIT("\"\xF4\x90\x80\x80\""), "byte 2: expected UTF-8, found 0xf4"},
    {SV_INIT("\"\xF5\x80\x80\x80\""), "byte 2: expected UTF-8, found 0xf5"},
    {SV_INIT("\"\xED\xA0"), "byte 2: expected UTF-8, found 0xed"},
    {SV_INIT("\"\xF4\x90"), "byte 2: expected UTF-8, found 0xf4"},
    {SV_INIT("[1,]"), "byte 4: expected a value, found ']'"},
    {SV_INIT("[,1]"), "byte 2: expected a value, found ','"},
    {SV_INIT("[1 2]"), "byte 4: expected ',' or ']', found '2'"},
    {SV_INIT("[1}"), "byte 3: expected ',' or ']', found '}'"},
    {SV_INIT("[}"), "byte 2: expected a value, found '}'"},
    {SV_INIT("{]"), "byte 2: expected a member name in quotes, found ']'"},
    {SV_INIT("{\"a\":1]"), "byte 7: expected ',' or '}', found ']'"},
    {SV_INIT("{\"a\":1,}"), "byte 8: expected a member name in quotes, found '}'"},
    {SV_INIT("{,}"), "byte 2: expected a member name in quotes, found ','"},
    {SV_INIT("{a:1}"), "byte 2: expected a member name in quotes, found 'a'"},
    {SV_INIT("{1:1}"), "byte 2: expected a member name in quotes, found '1'"},
    {SV_INIT("{\"a\" 1}"), "byte 6: expected ':', found '1'"},
    {SV_INIT("{\"a\",1}"), "byte 5: expected ':', found ','"},
    {SV_INIT("{\"a\":}"), "byte 6: expected a value, found '}'"},
    {SV_INIT("{\"a\"::1}"), "byte 6: expected a value, found ':'"},
    {SV_INIT("[]]"), "byte 3: expected nothing more, found ']'"},
    {SV_INIT("{} // x"), "byte 4: expected nothing more, found '/'"},
    {SV_INIT("\xEF\xBB\xBF{}"), "byte 1: expected a value, found 0xef"},

    {SV_INIT(""), "cut off behind byte 0: expected a value"},
    {SV_INIT("  "), "cut off behind byte 2: expected a value"},
    {SV_INIT("\"ab"), "cut off behind byte 3: expected '\"'"},
    {SV_INIT("{\"a\":"), "cut off behind byte 5: expected a value"},
    {SV_INIT("{\"a\""), "cut off behind byte 4: expected ':'"},
    {SV_INIT("{\"a\":1"), "cut off behind byte 6: expected ',' or '}'"},
    {SV_INIT("{\"a\":1,"), "cut off behind byte 7: expected a member name in quotes"},
    {SV_INIT("[1"), "cut off behind byte 2: expected ',' or ']'"},
    {SV_INIT("-"), "cut off behind byte 1: expected a digit"},
    {SV_INIT("\"\xF4\x8F\xBF"), "cut off behind byte 4: expected UTF-8"},
    {SV_INIT("\"\xE0"), "cut off behind byte 2: expected UTF-8"},
    {SV_INIT("\"\xED"), "cut off behind byte 2: expected UTF-8"},
};
/* clang-format on */

Test(json, documents)
{
    struct json_doc d = {.way = tested_way()};

    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        struct error err = {0};
        char *copy;
        enum err rc = parse_copy(&d, documents[i].text, &copy, &err);
        const char *want = documents[i].message;

        cr_expect_eq(rc, want ? ERR_PARSE : OK, "document %zu: %s", i, err.msg);
        cr_expect_str_eq(err.msg, want ? want : "", "document %zu", i);
        cr_expect_eq(json_cut_off(&d), want && strncmp(want, "cut", 3) == 0, "document %zu", i);
        free(copy);
    }
    json_release(&d);
}

/* The bytes that a line of testdata/json stands for, in place. */
static struct sv undo_percents(char *line, size_t n)
{
    char *to = line;

    for (const char *p = line, *end = line + n; p < end;) {
        unsigned byte;

        if (*p == '%' && sscanf(p + 1, "%2X", &byte) == 1) {
            *to++ = (char)byte;
            p += 3;
        } else if (*p == '%') {
            p++;
        } else {
            *to++ = *p++;
        }
    }
    return (struct sv){line, (size_t)(to - line)};
}

/* The lists follow RFC 8259 section by section; Python's json module, strict as it can be, was
 * asked about each text when they were made. */
static int classify(const char *path, enum err want)
{
    struct json_doc d = {.way = tested_way()};
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int texts = 0;

    cr_assert_not_null(f, "%s", path);
    for (int number = 1; (n = getline(&line, &cap, f)) > 0; number++) {
        char *copy;

        if (line[0] == '#')
            continue;
        struct sv text = undo_percents(line, (size_t)n - 1);
        cr_expect_eq(parse_copy(&d, text, &copy, NULL), want, "%s:%d", path, number);
        texts++;
        free(copy);
    }
    free(line);
    fclose(f);
    json_release(&d);
    return texts;
}

Test(json, classification)
{
    cr_expect_eq(classify("testdata/json/accept.txt", OK), 142);
    cr_expect_eq(classify("testdata/json/reject.txt", ERR_PARSE), 326);
    cr_expect_eq(classify("testdata/json/more.txt", OK), 8);
}

/* Each byte that may not stand in a string, at each place of the vectorised scan. */
Test(json, string_stops_at_every_place)
{
    static const char stops[] = {'\0', '\x1f', '\n', '\x80', '\xff', '"', '\\'};
    struct json_doc d = {.way = tested_way()};

    for (size_t place = 0; place < 150; place++)
        for (size_t k = 0; k < sizeof(stops); k++)
            for (size_t tail = 1; tail < 70; tail += 17) {
                char text[256];
                char *copy;
                memset(text, 'x', sizeof(text));
                text[0] = '"';
                text[1 + place] = stops[k];
                text[1 + place + tail] = '"';
                struct sv s = {text, 2 + place + tail};
                cr_expect_eq(parse_copy(&d, s, &copy, NULL), ERR_PARSE, "0x%02x at %zu, %zu",
                             (unsigned char)stops[k], place, tail);
                free(copy);
                text[1 + place] = 'y';
                cr_expect_eq(parse_copy(&d, s, &copy, NULL), OK, "at %zu, %zu", place, tail);
                cr_expect_eq(json_raw(&d, 0).n, place + tail);
                free(copy);
            }
    json_release(&d);
}

/* Characters that stand across the end of a window, whole, damaged and cut off: where the fault is
 * said to be is counted by hand. */
Test(json, characters_across_windows)
{
    static const struct {
        const char *text;
        size_t n, fault; /* the byte of the text that does not fit; n: it is UTF-8 */
    } characters[] = {
        {"\xC3\xA4",                             2, 2},
        {"\xE5\xAE\xA2",                         3, 3},
        {"\xF0\x9F\x98\x80",                     4, 4},
        {"\xF0\x9F\x98x",                        4, 0},
        {"\xED\xA0\x80",                         3, 0},
        {"\xF0\x9F\x98\x80\x80",                 5, 4},
        {"\xE5\xAE\xA2\x80\x80\x80\x80\x80\x80", 9, 3},
    };
    struct json_doc d = {.way = tested_way()};

    for (size_t i = 0; i < ARRAY_LEN(characters); i++)
        for (size_t before = 2 * STRING_BYTES_MAX - 70; before <= 2 * STRING_BYTES_MAX + 2;
             before++) {
            struct buf b = {0};
            char *copy;

            buf_str(&b, before % 2 ? "\"" : "\"x");
            while (b.n < before)
                buf_add(&b, "\xC3\xA4", 2);
            buf_add(&b, characters[i].text, characters[i].n);
            for (size_t k = 0; k < 100; k++)
                buf_char(&b, 'x');
            buf_char(&b, '"');
            enum err rc = parse_copy(&d, (struct sv){b.p, b.n}, &copy, NULL);
            if (characters[i].fault == characters[i].n) {
                cr_expect_eq(rc, OK, "character %zu behind %zu", i, before);
                cr_expect_eq(json_raw(&d, 0).n, b.n - 2, "character %zu behind %zu", i, before);
            } else {
                cr_expect_eq(rc, ERR_PARSE, "character %zu behind %zu", i, before);
                cr_expect_eq(d.fault_at, before + characters[i].fault, "character %zu behind %zu",
                             i, before);
            }
            free(copy);
            rc = parse_copy(&d, (struct sv){b.p, before + 1}, &copy, NULL);
            cr_expect(rc == ERR_PARSE && json_cut_off(&d), "cut in character %zu behind %zu", i,
                      before);
            free(copy);
            buf_release(&b);
        }
    json_release(&d);
}

/* "More bytes could make it valid" holds for every proper prefix of a valid document that is not
 * valid itself; a wrong answer here would throw away a line that is still being written. */
Test(json, prefixes_are_cut_off)
{
    static const struct sv valid[] = {
        SV_INIT("{\"model\": \"gpt-4o\", \"n\": [1, -2.5e+10, 0.125], \"ok\": true, \"x\": null}"),
        SV_INIT(" [ false , NaN, -Infinity, Infinity, {}, [], {\"a\":{\"b\":[[]]}} ] "),
        SV_INIT("\"\\u00e9\\ud83d\\ude00 \xC3\xA9 \xE2\x82\xAC \xED\x9F\xBF \xE0\xA0\x80 "
                "\xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF \\\\ \\\" end\""),
        SV_INIT("-12345678901234567890.12345678901234567890e-12345678901234567890"),
    };
    struct json_doc d = {.way = tested_way()};

    for (size_t i = 0; i < ARRAY_LEN(valid); i++)
        for (size_t n = 0; n <= valid[i].n; n++) {
            struct error err = {0};
            char *copy;
            enum err rc = parse_copy(&d, (struct sv){valid[i].p, n}, &copy, &err);
            cr_expect(rc == OK || json_cut_off(&d), "document %zu, %zu bytes: %s", i, n, err.msg);
            if (n == valid[i].n)
                cr_expect_eq(rc, OK, "document %zu: %s", i, err.msg);
            free(copy);
        }
    json_release(&d);
}

Test(json, walk)
{
    struct sv text =
        SV("{\"id\":7,\"tags\":[\"a\",[],{\"k\":1}],\"usage\":{\"details\":{\"n\":-1}},"
           "\"id\":8,\"\\u0069\\u0064\":9,\"none\":null,\"nan\":NaN}");
    struct json_doc d = {.way = tested_way()};
    struct arena a = {0};
    json_ref tags, r;

    cr_assert_eq(json_parse(&d, text.p, text.n, NULL), OK);
    cr_expect_eq(json_type(&d, 0), JSON_OBJECT);
    cr_expect(sv_eq(json_raw(&d, 0), text));

    r = json_first(&d, 0);
    cr_expect(sv_is(json_text(&d, r, &a), "id"));
    r = json_next(&d, 0, r);
    cr_expect(sv_is(json_text(&d, r, &a), "7"));
    r = json_next(&d, 0, r);
    cr_expect(sv_is(json_text(&d, r, &a), "tags"));
    tags = json_next(&d, 0, r);
    cr_expect(sv_is(json_raw(&d, tags), "[\"a\",[],{\"k\":1}]"));
    cr_expect(sv_is(json_text(&d, json_next(&d, 0, tags), &a), "usage"));

    cr_expect(sv_is(json_raw(&d, json_at(&d, tags, 0)), "a"));
    cr_expect_eq(json_type(&d, json_at(&d, tags, 1)), JSON_ARRAY);
    cr_expect_eq(json_first(&d, json_at(&d, tags, 1)), JSON_END);
    cr_expect_eq(json_type(&d, json_at(&d, tags, 2)), JSON_OBJECT);
    cr_expect_eq(json_at(&d, tags, 3), JSON_END);
    cr_expect_eq(json_at(&d, 0, 0), JSON_END, "an object has no elements");
    cr_expect_eq(json_next(&d, tags, json_at(&d, tags, 2)), JSON_END);

    cr_expect(sv_is(json_raw(&d, json_get(&d, 0, "id")), "9"), "the last one wins, decoded");
    cr_expect_eq(json_get(&d, 0, "i"), JSON_END);
    cr_expect_eq(json_get(&d, 0, "idx"), JSON_END);
    cr_expect_eq(json_get(&d, 0, ""), JSON_END);
    cr_expect_eq(json_get(&d, tags, "a"), JSON_END, "an array has no members");
    cr_expect_eq(json_get(&d, JSON_END, "a"), JSON_END);
    cr_expect(sv_is(json_raw(&d, json_path(&d, 0, "usage", "details", "n", NULL)), "-1"));
    cr_expect_eq(json_path(&d, 0, "usage", "nothing", "n", NULL), JSON_END);
    cr_expect_eq(json_path(&d, 0, NULL), 0);

    cr_expect(json_missing(&d, json_get(&d, 0, "none")));
    cr_expect(json_missing(&d, json_get(&d, 0, "nan")));
    cr_expect(json_missing(&d, JSON_END));
    cr_expect_not(json_missing(&d, tags));
    cr_expect_eq(json_type(&d, JSON_END), JSON_NONE);
    cr_expect_null(json_raw(&d, JSON_END).p);
    cr_expect_null(json_text(&d, tags, &a).p, "a container has no text");
    cr_expect_null(json_text(&d, JSON_END, &a).p);
    cr_expect_eq(json_first(&d, json_first(&d, 0)), JSON_END, "a key has no children");

    cr_assert_eq(json_parse(&d, "[]", 2, NULL), OK, "the next line reuses the document");
    cr_expect_eq(d.n, 1);
    arena_release(&a);
    json_release(&d);
    json_release(&d);
}

/* Wanted bytes by hand from RFC 8259 section 7 and the UTF-8 table of RFC 3629. */
static const struct {
    struct sv text, want;
} strings[] = {
    {SV_INIT("\"\""),                             SV_INIT("")                                    },
    {SV_INIT("\"plain\""),                        SV_INIT("plain")                               },
    {SV_INIT("\"\xC3\xA9\""),                     SV_INIT("\xC3\xA9")                            },
    {SV_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),   SV_INIT("\"\\/\b\f\n\r\t")                     },
    {SV_INIT("\"\\u0000\""),                      SV_INIT("\0")                                  },
    {SV_INIT("\"a\\u0041\\u00e9\\u20AC\""),       SV_INIT("aA\xC3\xA9\xE2\x82\xAC")              },
    {SV_INIT("\"\\uD83D\\uDE00\""),               SV_INIT("\xF0\x9F\x98\x80")                    },
    {SV_INIT("\"\\ud800\\udc00\\udbff\\udfff\""), SV_INIT("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")    },
    {SV_INIT("\"\\ud800\""),                      SV_INIT("\xEF\xBF\xBD")                        },
    {SV_INIT("\"\\udc00x\""),                     SV_INIT("\xEF\xBF\xBDx")                       },
    {SV_INIT("\"\\ud800\\n\""),                   SV_INIT("\xEF\xBF\xBD\n")                      },
    {SV_INIT("\"\\ud800\\u0041\""),               SV_INIT("\xEF\xBF\xBD"
                                            "A")              },
    {SV_INIT("\"\\ud800\\ud83d\\ude00\""),        SV_INIT("\xEF\xBF\xBD\xF0\x9F\x98\x80")        },
    {SV_INIT("\"\\ud800udc00\""),                 SV_INIT("\xEF\xBF\xBDudc00")                   },
    {SV_INIT("\"\\uffff\\ud7ff\\ue000\""),        SV_INIT("\xEF\xBF\xBF\xED\x9F\xBF\xEE\x80\x80")},
    {SV_INIT("\"\\\\u0041\""),                    SV_INIT("\\u0041")                             },
};

Test(json, text)
{
    struct json_doc d = {.way = tested_way()};
    struct arena a = {0};

    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        char *copy;
        cr_assert_eq(parse_copy(&d, strings[i].text, &copy, NULL), OK, "string %zu", i);
        struct sv got = json_text(&d, 0, &a);
        cr_expect_not_null(got.p, "string %zu", i);
        cr_expect(sv_eq(got, strings[i].want), "string %zu: %.*s", i, SV_FMT(got));
        free(copy);
    }
    arena_release(&a);
    json_release(&d);
}

/* Keys are compared as they decode, whatever way they are written. */
Test(json, escaped_keys)
{
    struct sv text = SV("{\"\\u0000\":1,\"a\\u0000\":2,\"\\u00e9t\\u00e9\":3,\"\\ud83d\\ude00\":4,"
                        "\"a\\n\":5}");
    struct json_doc d = {.way = tested_way()};

    cr_assert_eq(json_parse(&d, text.p, text.n, NULL), OK);
    cr_expect_eq(json_get(&d, 0, ""), JSON_END);
    cr_expect_eq(json_get(&d, 0, "a"), JSON_END);
    cr_expect(sv_is(json_raw(&d, json_get(&d, 0, "\xC3\xA9t\xC3\xA9")), "3"));
    cr_expect(sv_is(json_raw(&d, json_get(&d, 0, "\xF0\x9F\x98\x80")), "4"));
    cr_expect(sv_is(json_raw(&d, json_get(&d, 0, "a\n")), "5"));
    cr_expect_eq(json_get(&d, 0, "\xF0\x9F\x98"), JSON_END);
    json_release(&d);
}

static void nest(struct buf *b, const char *open, const char *inner, const char *close, size_t n)
{
    buf_reset(b);
    for (size_t i = 0; i < n; i++)
        buf_str(b, open);
    buf_str(b, inner);
    for (size_t i = 0; i < n; i++)
        buf_str(b, close);
}

Test(json, deep)
{
    static const size_t depths[] = {1000, 100000, 1000000};
    struct json_doc d = {.way = tested_way()};
    struct buf b = {0};

    for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
        struct error err = {0};
        nest(&b, "[", "", "]", depths[i]);
        cr_expect_eq(json_parse(&d, b.p, b.n, &err), OK, "%s", err.msg);
        cr_expect_eq(d.n, depths[i]);
        cr_expect_eq(json_first(&d, (json_ref)depths[i] - 1), JSON_END);
        cr_expect_eq(json_parse(&d, b.p, b.n - 1, NULL), ERR_PARSE);
        cr_expect(json_cut_off(&d));
        b.p[b.n - 1] = '}';
        cr_expect_eq(json_parse(&d, b.p, b.n, NULL), ERR_PARSE);
        cr_expect_not(json_cut_off(&d));
        nest(&b, "{\"a\":", "1", "}", depths[i]);
        cr_expect_eq(json_parse(&d, b.p, b.n, &err), OK, "%s", err.msg);
        cr_expect_eq(d.n, 2 * depths[i] + 1);
    }
    buf_release(&b);
    json_release(&d);
}

Test(json, limits)
{
    struct json_doc d = {.way = tested_way()};
    struct error err = {0};
    struct buf b = {0};

    cr_expect_eq(json_parse(&d, "1", UINT32_MAX, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "a document of 4294967295 bytes: fewer than 4294967295 are possible");
    buf_str(&b, "[0");
    for (size_t i = 0; i < JSON_MAX_TOKENS; i++)
        buf_str(&b, ",0");
    buf_str(&b, "]");
    cr_assert_not(b.failed);
    cr_expect_eq(json_parse(&d, b.p, b.n, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "more than 2097152 values and keys in one document");
    cr_expect_not(json_cut_off(&d));
    cr_expect_eq(json_parse(&d, "[0]", 3, &err), OK, "the document can be used on");
    buf_release(&b);
    json_release(&d);
}

/* A text that cJSON cannot hold: it ends strings at NUL and refuses lone surrogates. */
static bool beyond_cjson(struct sv text)
{
    return sv_find(text, SV("\\u0000")) >= 0 || sv_find(text, SV("\xEF\xBF\xBD")) >= 0;
}

static bool same_text(const struct json_doc *d, json_ref r, const char *want)
{
    struct arena a = {0};
    struct sv got = json_text(d, r, &a);
    bool same = memchr(got.p, '\0', got.n) || sv_is(got, want);

    arena_release(&a);
    return same;
}

/* Whether our value r and cJSON's agree on structure, strings and numbers. Recursive: cJSON itself
 * gives up at depth 1000. */
static bool same_value(const struct json_doc *d, json_ref r, const cJSON *want)
{
    json_ref at = json_first(d, r);
    char number[400];

    switch (json_type(d, r)) {
    case JSON_NULL:
        return cJSON_IsNull(want);
    case JSON_FALSE:
        return cJSON_IsFalse(want);
    case JSON_TRUE:
        return cJSON_IsTrue(want);
    case JSON_STRING:
        return cJSON_IsString(want) && same_text(d, r, want->valuestring);
    case JSON_NUMBER:
        snprintf(number, sizeof(number), "%.*s", (int)json_raw(d, r).n, json_raw(d, r).p);
        return cJSON_IsNumber(want) && strtod(number, NULL) == want->valuedouble;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    default:
        return false;
    }
    if (json_type(d, r) == JSON_ARRAY ? !cJSON_IsArray(want) : !cJSON_IsObject(want))
        return false;
    for (const cJSON *child = want->child; child; child = child->next) {
        if (at != JSON_END && json_type(d, r) == JSON_OBJECT) {
            if (!same_text(d, at, child->string))
                return false;
            at = json_next(d, r, at);
        }
        if (at == JSON_END || !same_value(d, at, child))
            return false;
        at = json_next(d, r, at);
    }
    return at == JSON_END;
}

/* xorshift64: the same documents in every run. */
static unsigned dice(uint64_t *state, unsigned sides)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (unsigned)(*state >> 32) % sides;
}

static void random_space(struct buf *b, uint64_t *state)
{
    static const char *const spaces[] = {"", "", "", " ", " ", "\n", "\t \r"};

    buf_str(b, spaces[dice(state, ARRAY_LEN(spaces))]);
}

static void random_string(struct buf *b, uint64_t *state)
{
    static const char *const pieces[] = {
        "a",
        "model",
        " ",
        "\xC3\xA9",
        "\xE2\x82\xAC",
        "\xF0\x9F\x98\x80",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u00e9",
        "\\uD83D\\uDE00",
        "0123456789",
        "\\u0041",
        "{\\\"x\\\":[",
        "the quick brown fox jumps over the lazy dog, twice",
    };

    buf_char(b, '"');
    for (unsigned n = dice(state, 8); n > 0; n--)
        buf_str(b, pieces[dice(state, ARRAY_LEN(pieces))]);
    buf_char(b, '"');
}

static void random_value(struct buf *b, uint64_t *state, int depth)
{
    static const char *const scalars[] = {
        "null", "true", "false",   "0",     "-0",           "1",
        "-17",  "3.25", "8.4e-05", "1E+10", "1234567.0625", "9007199254740993",
    };
    unsigned kind = dice(state, depth > 0 ? 4 : 2);

    random_space(b, state);
    if (kind == 0) {
        buf_str(b, scalars[dice(state, ARRAY_LEN(scalars))]);
    } else if (kind == 1) {
        random_string(b, state);
    } else {
        buf_char(b, kind == 2 ? '[' : '{');
        random_space(b, state);
        for (unsigned i = 0, n = dice(state, 6); i < n; i++) {
            if (i > 0)
                buf_char(b, ',');
            if (kind == 3) {
                random_space(b, state);
                random_string(b, state);
                random_space(b, state);
                buf_char(b, ':');
            }
            random_value(b, state, depth - 1);
        }
        buf_char(b, kind == 2 ? ']' : '}');
    }
    random_space(b, state);
}

Test(json, agrees_with_cjson_on_generated)
{
    struct json_doc d = {.way = tested_way()};
    struct buf b = {0};
    uint64_t state = UINT64_C(0x9E3779B97F4A7C15);

    for (int i = 0; i < 3000; i++) {
        struct error err = {0};
        char *copy;

        buf_reset(&b);
        random_value(&b, &state, 5);
        cr_assert_eq(parse_copy(&d, (struct sv){b.p, b.n}, &copy, &err), OK, "%s in %s", err.msg,
                     b.p);
        cJSON *want = cJSON_ParseWithLength(b.p, b.n);
        cr_expect(same_value(&d, 0, want), "%s", b.p);
        cJSON_Delete(want);
        free(copy);
    }
    buf_release(&b);
    json_release(&d);
}

/* With some bytes overwritten: what we take, cJSON takes too (it is the more lenient), and reads
 * it in the same way. */
Test(json, agrees_with_cjson_on_damaged)
{
    static const char marks[] = "{}[]\",:\\0-.eE1tn u\n\x80\xE2";
    struct json_doc d = {.way = tested_way()};
    struct buf b = {0};
    uint64_t state = 42;
    int taken = 0;

    for (int i = 0; i < 20000; i++) {
        char *copy;

        buf_reset(&b);
        random_value(&b, &state, 3);
        for (unsigned k = dice(&state, 3) + 1; k > 0; k--)
            b.p[dice(&state, (unsigned)b.n)] = marks[dice(&state, sizeof(marks) - 1)];
        enum err rc = parse_copy(&d, (struct sv){b.p, b.n}, &copy, NULL);
        cJSON *want = cJSON_ParseWithLength(b.p, b.n);
        if (rc == OK && want) {
            taken++;
            cr_expect(same_value(&d, 0, want), "%s", b.p);
        } else if (rc == OK) {
            cr_expect(sv_find((struct sv){b.p, b.n}, SV("\\u")) >= 0, "only we take %s", b.p);
        }
        cJSON_Delete(want);
        free(copy);
    }
    cr_expect_gt(taken, 1000, "the comparison compared something");
    buf_release(&b);
    json_release(&d);
}

static long compare_file(const char *path)
{
    struct json_doc d = {.way = tested_way()};
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    long lines = 0;
    ssize_t n;

    cr_assert_not_null(f, "%s", path);
    while ((n = getline(&line, &cap, f)) > 0) {
        struct error err = {0};
        struct sv text = sv_trim((struct sv){line, (size_t)n});
        char *copy;
        lines++;
        enum err rc = parse_copy(&d, text, &copy, &err);
        cJSON *want = cJSON_ParseWithLength(text.p, text.n);
        cr_expect_eq(rc == OK, want != NULL, "%s:%ld: %s", path, lines, err.msg);
        if (rc == OK && want && !beyond_cjson(text))
            cr_expect(same_value(&d, 0, want), "%s:%ld", path, lines);
        cJSON_Delete(want);
        free(copy);
    }
    free(line);
    fclose(f);
    json_release(&d);
    return lines;
}

Test(json, agrees_with_cjson_on_real_logs)
{
    static const char *const patterns[] = {
        "../shared/corpus/claude-code/*.jsonl",
        "../shared/corpus/claude-code/*/*.jsonl",
        "../shared/corpus/claude-code/*/*/*.jsonl",
        "../shared/corpus/claude-code/*/*/*/*.jsonl",
        "../shared/corpus/otlp/*.jsonl",
    };
    long lines = 0;

    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        glob_t g = {0};
        if (glob(patterns[i], 0, NULL, &g) == 0)
            for (size_t k = 0; k < g.gl_pathc; k++)
                lines += compare_file(g.gl_pathv[k]);
        globfree(&g);
    }
    if (lines == 0)
        cr_skip_test("no logs in ../shared/corpus");
}
