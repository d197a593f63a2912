#include <criterion/criterion.h>

#include <stdio.h>

#include "format/leftover.h"
#include "format/pick.h"

/* Members of the object in, JSON out. */
static const struct {
    const char *name, *in, *out;
} cases[] = {
    {"sorted, as written",
     "{\"b\":1.50,\"a\":\"x\",\"c\":true}",
     "{\"a\":\"x\",\"b\":1.50,\"c\":true}"},
    {"the last of a key counts", "{\"a\":1,\"a\":2}", "{\"a\":2}"},
    {"no null, no containers", "{\"a\":null,\"b\":[1],\"c\":{\"d\":1},\"e\":NaN}", NULL},
    {"no content", "{\"prompt\":\"x\",\"my_message\":\"x\",\"api_key\":\"x\",\"org\":\"x\"}",
     "{\"org\":\"x\"}"},
    {"no JSON in text", "{\"a\":\"{\\\"x\\\":1}\",\"b\":\" [1]\",\"c\":\"}\"}", "{\"c\":\"}\"}"},
    {"escapes have one spelling", "{\"a\":\"\\u0041\\/\\n\"}", "{\"a\":\"A/\\n\"}"},
    {"escaped keys are judged decoded", "{\"pro\\u006dpt\":1,\"\\u006frg\":1}", "{\"org\":1}"},
    {"keys that are sentences", "{\"what I said\":1,\"\":1,\"a\\\"b\":1}", NULL},
    {"nothing", "{}", NULL},
};

static struct sv json_of(struct json_doc *d, struct batch *b, const char *text, size_t n)
{
    struct line_context c = {.doc = d, .out = b};
    struct reading r = {&c, NULL, NULL};
    struct leftovers l = {0};

    cr_assert(json_parse(d, text, n, NULL) == OK, "%s", text);
    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m))
        leftover_add(&l, scalar_text(&r, d, m.key), d, m.value, LEFTOVER_PLAIN);
    return leftover_json(&r, &l);
}

Test(leftover, members)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_doc d = {0};
        struct batch b = {0};
        struct sv got = json_of(&d, &b, cases[i].in, strlen(cases[i].in));

        cr_expect(cases[i].out ? sv_is(got, cases[i].out) : !got.p, "%s: %.*s", cases[i].name,
                  SV_FMT(got));
        json_release(&d);
        batch_release(&b);
    }
}

Test(leftover, limits)
{
    char text[64 * 1024];
    size_t n = 0;
    struct json_doc d = {0};
    struct batch b = {0};
    struct sv got;

    text[n++] = '{';
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\"k%03d\":%d", i ? "," : "", i, i);
    text[n++] = '}';
    got = json_of(&d, &b, text, n);
    cr_expect(sv_ends(got, ",\"k063\":63}"), "64 members");
    n = 0;
    text[n++] = '{';
    for (int i = 0; i < 60; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\"k%03d\":\"%0200d\"", i ? "," : "", i,
                              i);
    text[n++] = '}';
    got = json_of(&d, &b, text, n);
    cr_expect(got.n <= LEFTOVER_MAX_BYTES && got.n > LEFTOVER_MAX_BYTES - 220, "%zu", got.n);
    cr_expect(json_parse(&d, got.p, got.n, NULL) == OK, "whole members only");
    n = (size_t)snprintf(text, sizeof(text), "{\"a\":\"%0201d\",\"%081d\":1}", 0, 0);
    got = json_of(&d, &b, text, n);
    cr_expect(got.p == NULL, "a long text and a long key");
    json_release(&d);
    batch_release(&b);
}

Test(leftover, weak_members_and_integers_in_text)
{
    static const char text[] = "{\"a\":1,\"b\":\"12\",\"c\":\"-0\",\"d\":\"012\",\"e\":\"1x\"}";
    struct json_doc d = {0};
    struct batch b = {0};
    struct line_context c = {.doc = &d, .out = &b};
    struct reading r = {&c, NULL, NULL};
    struct leftovers l = {0};

    cr_assert(json_parse(&d, text, strlen(text), NULL) == OK);
    leftover_add(&l, SV("x"), &d, json_get(&d, 0, "a"), LEFTOVER_PLAIN);
    leftover_add(&l, SV("x"), &d, json_get(&d, 0, "b"), LEFTOVER_WEAK);
    leftover_add(&l, SV("b"), &d, json_get(&d, 0, "b"), LEFTOVER_INTEGER);
    leftover_add(&l, SV("c"), &d, json_get(&d, 0, "c"), LEFTOVER_INTEGER);
    leftover_add(&l, SV("d"), &d, json_get(&d, 0, "d"), LEFTOVER_INTEGER);
    leftover_add(&l, SV("e"), &d, json_get(&d, 0, "e"), LEFTOVER_INTEGER);
    cr_expect(sv_is(leftover_json(&r, &l), "{\"b\":12,\"c\":-0,\"x\":1}"));
    json_release(&d);
    batch_release(&b);
}

/* Tags as the log has them, and the text that stands for their set. */
static const struct {
    const char *name, *line, *want;
} tag_lists[] = {
    {"in their order",   "[\"b\",\"a\"]",                     "{\"tags\":\"[\\\"b\\\",\\\"a\\\"]\"}"},
    {"each once",        "[\"a\",\"b\",\"a\",\" a \"]",       "{\"tags\":\"[\\\"a\\\",\\\"b\\\"]\"}"},
    {"no sentences",     "[\"a b c d\",\"a b c d e\"]",       "{\"tags\":\"[\\\"a b c d\\\"]\"}"    },
    {"only texts",       "[1,null,{\"k\":1},[\"x\"],\"a\"]",  "{\"tags\":\"[\\\"a\\\"]\"}"          },
    {"AnyValue",         "[{\"stringValue\":\"a\"}]",         "{\"tags\":\"[\\\"a\\\"]\"}"          },
    {"one text",         "\"a\"",                             "{\"tags\":\"[\\\"a\\\"]\"}"          },
    {"escapes",          "[\"a\\u0022b\"]",                   "{\"tags\":\"[\\\"a\\\\\\\"b\\\"]\"}" },
    {"the gateway's own", "[\"User-Agent: x\"]",              ""                                    },
    {"none",             "[]",                                ""                                    },
    {"empty",            "[\"\"]",                            ""                                    },
    {"JSON",             "[\"{}\"]",                          ""                                    },
};

Test(leftover, tags)
{
    for (size_t i = 0; i < ARRAY_LEN(tag_lists); i++) {
        struct batch out = {0};
        struct json_doc doc = {0};
        struct line_context c = {.doc = &doc, .out = &out};
        struct reading r = {&c, NULL, NULL};
        struct leftovers l = {0};
        struct sv got;

        cr_assert_eq(json_parse(&doc, tag_lists[i].line, strlen(tag_lists[i].line), NULL), OK);
        leftover_add_tags(&l, &r, &doc, 0);
        got = leftover_json(&r, &l);
        cr_expect(sv_is(got.p ? got : SV(""), tag_lists[i].want), "%s: %.*s", tag_lists[i].name,
                  SV_FMT(got));
        json_release(&doc);
        batch_release(&out);
    }
}
