/* Documents and pointers of RFC 6901, section 5, and what its grammar refuses. */
#include "json/json_pointer.h"

#include <criterion/criterion.h>

static const char document[] = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
                               "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8,"
                               "\"o\":{\"\":{\"p\":9}},\"q\":[[1],[2,[3]]]}";

static const struct {
    const char *pointer;
    const char *want; /* NULL: nothing there */
} cases[] = {
    {"/foo",       "[\"bar\",\"baz\"]"},
    {"/foo/0",     "bar"              },
    {"/",          "0"                },
    {"/a~1b",      "1"                },
    {"/c%d",       "2"                },
    {"/e^f",       "3"                },
    {"/g|h",       "4"                },
    {"/i\\j",      "5"                },
    {"/k\"l",      "6"                },
    {"/ ",         "7"                },
    {"/m~0n",      "8"                },
    {"/o//p",      "9"                },
    {"/q/1/1/0",   "3"                },
    {"/a/b",       NULL               },
    {"/m~01n",     NULL               }, /* the key "m~1n" */
    {"/foo/2",     NULL               },
    {"/foo/00",    NULL               },
    {"/foo/-",     NULL               },
    {"/foo/",      NULL               },
    {"/foo/+1",    NULL               },
    {"/foo/0/x",   NULL               },
    {"/foo/18446744073709551616", NULL}, /* 2^64 is not element 0 */
    {"/nothing",   NULL               },
};

Test(json_pointer, leads_to)
{
    struct json_doc d = {0};
    struct arena a = {0};

    cr_assert(json_parse(&d, document, sizeof(document) - 1, NULL) == OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_pointer p;
        cr_assert(json_pointer_parse(sv_from(cases[i].pointer), &a, &p) == OK, "%s",
                  cases[i].pointer);
        cr_expect_str_eq(p.text, cases[i].pointer);
        json_ref at = json_pointer_get(&d, &p);
        cr_expect(cases[i].want ? sv_is(json_raw(&d, at), cases[i].want) : at == JSON_END, "%s",
                  cases[i].pointer);
    }
    arena_release(&a);
    json_release(&d);
}

Test(json_pointer, the_whole_document)
{
    struct json_doc d = {0}, none = {0};
    struct json_pointer p;
    struct arena a = {0};

    cr_assert(json_pointer_parse(SV(""), &a, &p) == OK);
    cr_assert(json_parse(&d, "7", 1, NULL) == OK);
    cr_expect(json_pointer_get(&d, &p) == 0 && p.n == 0);
    cr_expect(json_pointer_get(&none, &p) == JSON_END);
    arena_release(&a);
    json_release(&d);
}

Test(json_pointer, refuses)
{
    static const struct sv bad[] = {SV_INIT("usage"), SV_INIT("#/usage"), SV_INIT("/a~"),
                                    SV_INIT("/a~2b"), SV_INIT("/a~/b"), SV_INIT("/a\0b"),
                                    SV_INIT("a/b")};
    struct arena a = {0};

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct json_pointer p = {.n = 77};
        cr_expect(json_pointer_parse(bad[i], &a, &p) == ERR_PARSE && p.n == 77, "%s", bad[i].p);
    }
    arena_release(&a);
}

/* Each value's pointer leads back to it; a key's is that of its value. */
Test(json_pointer, write)
{
    struct json_doc d = {0};
    struct arena a = {0};
    struct buf b = {0};
    json_ref key = JSON_END;

    cr_assert_eq(json_parse(&d, document, sizeof(document) - 1, NULL), OK);
    for (json_ref r = 0; r < d.n; r++) {
        struct json_pointer p;
        json_ref found;

        buf_reset(&b);
        json_pointer_write(&d, r, &b);
        cr_assert_eq(json_pointer_parse((struct sv){b.n ? b.p : "", b.n}, &a, &p), OK);
        found = json_pointer_get(&d, &p);
        cr_expect(found == r || found == r + 1, "%u: %.*s", r, (int)b.n, b.p);
        if (found == r + 1)
            key = r;
    }
    cr_expect_neq(key, JSON_END);
    buf_release(&b);
    arena_release(&a);
    json_release(&d);
}
