#include "json/document.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct cJSON *parsed(const char *text)
{
    struct cJSON *d = NULL;
    struct error err = {0};

    cr_assert(document_parse(sv_from(text), "f", &d, &err) == OK, "%s: %s", text, err.msg);
    return d;
}

static const struct cJSON *at(const struct cJSON *d, const char *pointer)
{
    const struct cJSON *out = NULL;

    cr_assert(document_find(d, pointer, &out, NULL) == OK, "%s", pointer);
    return out;
}

Test(document, knows_its_values)
{
    struct cJSON *d =
        parsed(" {\"a\":[1.10,-2e3,{\"b/c~\":\"\\u00e9\\n\"}], \"\":null, \"t\":true, "
               "\"f\":false, \"A\":9007199254740993}\n");
    static const struct {
        const char *pointer;
        enum json_type type;
        const char *text, *shown;
    } cases[] = {
        {"",              JSON_OBJECT, NULL,               "an object"       },
        {"/a",            JSON_ARRAY,  NULL,               "an array"        },
        {"/a/0",          JSON_NUMBER, "1.10",             "1.10"            },
        {"/a/1",          JSON_NUMBER, "-2e3",             "-2e3"            },
        {"/a/2/b~1c~0",   JSON_STRING, "\xC3\xA9\n",       "\"\xC3\xA9\n\""  },
        {"/",             JSON_NULL,   NULL,               "null"            },
        {"/t",            JSON_TRUE,   NULL,               "true"            },
        {"/f",            JSON_FALSE,  NULL,               "false"           },
        {"/A",            JSON_NUMBER, "9007199254740993", "9007199254740993"},
        {"/T",            JSON_NONE,   NULL,               "nothing"         },
        {"/a/3",          JSON_NONE,   NULL,               "nothing"         },
        {"/a/00",         JSON_NONE,   NULL,               "nothing"         },
        {"/a/-",          JSON_NONE,   NULL,               "nothing"         },
        {"/a/4294967296", JSON_NONE,   NULL,               "nothing"         },
        {"/t/x",          JSON_NONE,   NULL,               "nothing"         },
    };
    const struct cJSON *out = d;
    struct error err = {0};
    char shown[96];

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct cJSON *v = at(d, cases[i].pointer);

        cr_expect_eq(document_type(v), cases[i].type, "%s", cases[i].pointer);
        if (cases[i].text)
            cr_expect_str_eq(document_text(v), cases[i].text);
        else
            cr_expect_null(document_text(v), "%s", cases[i].pointer);
        document_describe(v, shown, sizeof(shown));
        cr_expect_str_eq(shown, cases[i].shown);
    }
    cr_expect_eq(document_size(d), 5);
    cr_expect_str_eq(document_key(document_first(d)), "a");
    cr_expect_null(document_key(document_first(document_first(d))));
    cr_expect_eq(document_get(d, "A"), at(d, "/A"));
    cr_expect_null(document_get(at(d, "/a"), "0"));
    cr_expect_eq(document_find(d, "a", &out, &err), ERR_PARSE);
    cr_expect_str_eq(err.msg, "expected a JSON Pointer like /prices/0/model, found \"a\"");
    cr_expect_null(out);
    document_free(d);
    document_free(NULL);
}

static const struct {
    struct sv text;
    enum err rc;
    int64_t line;
    const char *message;
} refused[] = {
    {SV_INIT(""),                                                                   ERR_PARSE, 1, "column 1: expected a value, found the end"            },
    {SV_INIT("{\n \"a\" 1}"),                                                       ERR_PARSE, 2, "column 6: expected ':', found '1'"                    },
    {SV_INIT("{\"a\":1,}"),                                                         ERR_PARSE, 1, "column 8: expected a member name in quotes, found '}'"},
    {SV_INIT("[1\n,\n2"),                                                           ERR_PARSE, 3, "column 2: expected ',' or ']', found the end"         },
    {SV_INIT("[01]"),                                                               ERR_PARSE, 1, "column 3: expected ',' or ']', found '1'"             },
    {SV_INIT("[NaN]"),                                                              ERR_PARSE, 1, "column 2: expected a value, found 'N'"                },
    {SV_INIT("[-Infinity]"),                                                        ERR_PARSE, 1, "column 2: expected a value, found '-'"                },
    {SV_INIT("[\"\x1b\"]"),                                                         ERR_PARSE, 1,
     "column 3: expected no control byte in a string, found 0x1b"                                                                                        },
    {SV_INIT("[\"\xff\"]"),                                                         ERR_PARSE, 1, "column 3: expected UTF-8, found 0xff"                 },
    {SV_INIT("\xEF\xBB\xBF{}"),                                                     ERR_PARSE, 1, "column 1: expected a value, found 0xef"               },
    {SV_INIT("{}\0"),                                                               ERR_PARSE, 1, "column 3: expected nothing more, found 0x00"          },
    {SV_INIT("{} {}"),                                                              ERR_PARSE, 1, "column 4: expected nothing more, found '{'"           },
    {SV_INIT("[\"a\\u0000b\"]"),                                                    ERR_PARSE, 1, "column 3: expected a text without NUL, found 'a'"     },
    {SV_INIT("[\"\\ud800\"]"),                                                      ERR_PARSE, 1, "column 3: expected a pair of surrogates, found '\\'"  },
    {SV_INIT("{\"a\":1,\"b\":2,\"a\":3}"),                                          ERR_PARSE, 0, "/a: given twice"                                      },
    {SV_INIT("{\"a\":1,\"\\u0061\":3}"),                                            ERR_PARSE, 0, "/a: given twice"                                      },
    {SV_INIT("[{},[{\"x/\":{\"a\":[],\"\":0,\"\":1}}]]"),                           ERR_PARSE, 0, "/1/0/x~1/: given twice"                               },
    {SV_INIT("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), ERR_PARSE, 1,
     "column 33: expected at most 32 levels, found '['"                                                                                                  },
};

Test(document, refuses)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct cJSON *d = NULL;
        struct error err = {0};

        cr_expect_eq(document_parse(refused[i].text, "f", &d, &err), refused[i].rc, "%zu", i);
        cr_expect_null(d);
        cr_expect_str_eq(err.msg, refused[i].message);
        cr_expect_str_eq(err.file, "f");
        cr_expect_eq(err.line, refused[i].line, "%s", err.msg);
    }
}

#define OPEN_31 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define CLOSE_31 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"

/* Near misses: 32 levels one behind the other, keys that differ in case only, the largest size. */
Test(document, accepts)
{
    struct buf text = {0};
    struct cJSON *d;
    struct error err = {0};

    buf_printf(&text, "[%s%s,%s%s]", OPEN_31, CLOSE_31, OPEN_31, CLOSE_31);
    document_free(parsed(text.p));
    buf_reset(&text);
    document_free(parsed("{\"a\":1,\"A\":2,\"b\":{\"a\":1}}"));
    document_free(parsed("[\"\\ud83d\\ude00\"]"));
    buf_str(&text, "[");
    while (text.n < DOCUMENT_MAX_BYTES - 1)
        buf_char(&text, ' ');
    buf_str(&text, "]");
    d = parsed(text.p);
    document_free(d);
    buf_str(&text, " ");
    cr_expect_eq(document_parse((struct sv){text.p, text.n}, "f", &d, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "longer than 1048576 bytes");
    buf_release(&text);
}

/* Quadratic work would take minutes. */
Test(document, many_keys_are_no_trouble, .timeout = 20)
{
    struct buf text = {0};
    struct cJSON *d = NULL;
    struct error err = {0};

    buf_char(&text, '{');
    for (int i = 0; i < 90000; i++)
        buf_printf(&text, "%s\"%d\":0", i ? "," : "", i);
    buf_str(&text, ",\"77777\":1}");
    cr_expect_eq(document_parse((struct sv){text.p, text.n}, "f", &d, &err), ERR_PARSE);
    cr_expect_str_eq(err.msg, "/77777: given twice");
    buf_release(&text);
}

static const struct {
    const char *before, *pointer, *value; /* value NULL: takes away */
    enum err rc;
    const char *after; /* as text, or the message */
} changes[] = {
    {"{\"a\":0.10}",      "/b",      "2.50",  OK,            "{\n\t\"a\":\t0.10,\n\t\"b\":\t2.50\n}\n"                    },
    {"{\"a\":1,\"b\":2}", "/a",      "\"x\"", OK,            "{\n\t\"a\":\t\"x\",\n\t\"b\":\t2\n}\n"                      },
    {"{\"a\":1,\"b\":2}", "/a",      NULL,    OK,            "{\n\t\"b\":\t2\n}\n"                                        },
    {"{}",                "/a/b~1c", "1",     OK,            "{\n\t\"a\":\t{\n\t\t\"b/c\":\t1\n\t}\n}\n"                  },
    {"{}",                "/a/-",    "1",     OK,            "{\n\t\"a\":\t[1]\n}\n"                                      },
    {"{\"a\":[1]}",       "/a/-",    "2",     OK,            "{\n\t\"a\":\t[1, 2]\n}\n"                                   },
    {"{\"a\":[1,2]}",     "/a/0",    "3",     OK,            "{\n\t\"a\":\t[3, 2]\n}\n"                                   },
    {"{\"a\":[1,2]}",     "/a/0",    NULL,    OK,            "{\n\t\"a\":\t[2]\n}\n"                                      },
    {"{\"a\":[1,2]}",     "/a/2",    "3",     ERR_NOT_FOUND, "/a/2: there is no such place"                               },
    {"{\"a\":1}",         "/a/b",    "3",     ERR_NOT_FOUND, "/a/b: there is no such place"                               },
    {"{\"a\":1}",         "/b",      NULL,    ERR_NOT_FOUND, "/b: there is no such place"                                 },
    {"{\"a\":[]}",        "/a/-/b",  "1",     ERR_NOT_FOUND, "/a/-/b: there is no such place"                             },
    {"{}",                "",        "1",     ERR_PARSE,     "expected a JSON Pointer like /prices/0/model, found \"\""   },
    {"{}",                "/~2",     "1",     ERR_PARSE,     "expected a JSON Pointer like /prices/0/model, found \"/~2\""},
};

Test(document, changes)
{
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        struct cJSON *d = parsed(changes[i].before);
        struct cJSON *value = changes[i].value ? parsed(changes[i].value) : NULL;
        struct buf text = {0};
        struct error err = {0};
        enum err rc = document_put(d, changes[i].pointer, value, &err);

        cr_expect_eq(rc, changes[i].rc, "%s", changes[i].pointer);
        document_write(d, &text);
        cr_expect_str_eq(rc ? err.msg : text.p, changes[i].after);
        document_free(d);
        buf_release(&text);
    }
}

Test(document, strings)
{
    struct cJSON *d = parsed("{}");
    struct buf text = {0};

    cr_assert(document_put(d, "/a", document_string("\"\\\x01\xC3\xA9"), NULL) == OK);
    document_write(d, &text);
    cr_expect_str_eq(text.p, "{\n\t\"a\":\t\"\\\"\\\\\\u0001\xC3\xA9\"\n}\n");
    document_free(d);
    buf_release(&text);
}
