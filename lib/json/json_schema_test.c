/* json_schema_test: verdicts of testdata/json/schema_cases.tsv, what is refused, and what hostile
 * schemas and texts cost. */
#include "json/json_schema.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

static struct json_schema *compiled(const char *text)
{
    struct json_schema *s = NULL;
    struct error err = {0};

    cr_assert_eq(json_schema_compile(sv_from(text), "s.json", &s, &err), OK, "%s: %s", text,
                 err.msg);
    return s;
}

/* "ok", "type", "type /a/0" */
static void verdict_of(struct json_schema *s, struct sv text, char *out, size_t size)
{
    struct json_schema_fault fault;
    struct error err = {0};

    if (json_schema_check(s, text, &fault, &err))
        snprintf(out, size, "%.*s", 200, err.msg);
    else if (!fault.keyword)
        snprintf(out, size, "ok");
    else
        snprintf(out, size, "%s%s%.*s", fault.keyword, fault.pointer.n ? " " : "",
                 SV_FMT(fault.pointer));
}

/* A case is schema, text and verdict with a tab between them; its place is told. */
Test(json_schema, verdicts)
{
    FILE *f = fopen("testdata/json/schema_cases.tsv", "r");
    char *line = NULL, got[400];
    size_t cap = 0, n = 0, at = 0;

    cr_assert(f);
    while (getline(&line, &cap, f) > 0) {
        char *text = strchr(line, '\t'), *want = text ? strchr(text + 1, '\t') : NULL;
        struct json_schema *s;

        at++;
        if (line[0] == '#')
            continue;
        cr_assert(want, "line %zu", at);
        *text++ = *want++ = '\0';
        want[strcspn(want, "\n")] = '\0';
        s = compiled(line);
        verdict_of(s, sv_from(text), got, sizeof(got));
        cr_expect_str_eq(got, want, "line %zu: %s on %s: %s", at, line, text, got);
        json_schema_free(s);
        n++;
    }
    cr_expect_eq(n, 308);
    free(line);
    fclose(f);
}

/* One schema, many texts: nothing of one is left for the next. */
Test(json_schema, texts)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"{\"a\":\"x\"}",                                  "ok"         },
        {"",                                               "not JSON"   },
        {" \n",                                            "not JSON"   },
        {"Sure, here it is: {\"a\":\"x\"}",                "not JSON"   },
        {"{'a':'x'}",                                      "not JSON"   },
        {"{\"a\":\"x\"} done",                             "not JSON"   },
        {"{\"a\":\"x",                                     "cut off"    },
        {"{\"a\":",                                        "cut off"    },
        {"```json\n{\"a\":\"x\"}\n```",                    "code fence" },
        {"  ```\n{",                                       "code fence" },
        {"{\"a\":NaN}",                                    "not JSON"   },
        {"{\"a\":-Infinity}",                              "not JSON"   },
        {"{\"a\":1}",                                      "type /a"    },
        {"{\"a\":\"\\ud800\"}",                            "ok"         },
        {"{\"a\":\"x\",\"a\":1}",                          "type /a"    }, /* all values of a key hold */
        {" {\"a\" : \"x\" } \r\n",                         "ok"         },
        {"{\"a\":\"x\",\"secret@example.com\":{\"b\":1}}", "type /*/b"  },
        {"{\"b\":1}",                                      "required /a"},
        {"[]",                                             "type"       },
    };
    struct json_schema *s = compiled(
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],"
        "\"additionalProperties\":{\"properties\":{\"b\":{\"type\":\"string\"}}}}");
    char got[400];

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        verdict_of(s, sv_from(cases[i].text), got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "%s: %s", cases[i].text, got);
    }
    json_schema_free(s);
    json_schema_free(NULL);
}

static const struct {
    const char *schema, *want;
    int64_t line;
} refused[] = {
    {"",                                                          "column 1: expected a value, found the end",                                    1},
    {"{\"type\":}",                                               "column 9: expected a value, found '}'",                                        1},
    {"{\"minimum\":1,\"minimum\":2}",                             "/minimum: given twice",                                                        0},
    {"1",                                                         "expected a schema (an object, true or false), found 1",                        1},
    {"{\n\"items\":\n[]}",                                        "/items: expected a schema (an object, true or false), found an array",
     3                                                                                                                                             },
    {"{\"type\":\"strng\"}",
     "/type: expected null, boolean, integer, number, string, array or object, found \"strng\"",                                                  1},
    {"{\"type\":[]}",                                             "/type: expected one type at least, found an array",                            1},
    {"{\"type\":[\"null\",1]}",
     "/type/1: expected null, boolean, integer, number, string, array or object, found 1",                                                        1},
    {"{\"enum\":1}",                                              "/enum: expected a list of values, found 1",                                    1},
    {"{\"minimum\":\"1\"}",                                       "/minimum: expected a number, found \"1\"",                                     1},
    {"{\"multipleOf\":0}",                                        "/multipleOf: expected a number above 0, found 0",                              1},
    {"{\"multipleOf\":-2}",                                       "/multipleOf: expected a number above 0, found -2",                             1},
    {"{\"multipleOf\":1.000000000000000001}",                     "/multipleOf: at most 18 digits are possible here",
     1                                                                                                                                             },
    {"{\"minLength\":-1}",                                        "/minLength: expected a whole number from 0 on, found -1",                      1},
    {"{\"maxItems\":1.5}",                                        "/maxItems: expected a whole number from 0 on, found 1.5",                      1},
    {"{\"pattern\":\"a(\"}",                                      "/pattern: pattern 'a(', column 3: missing closing parenthesis",                1},
    {"{\"patternProperties\":{\"[\":true}}",
     "/patternProperties/[: pattern '[', column 2: missing terminating ] for character class",                                                    1},
    {"{\"uniqueItems\":1}",                                       "/uniqueItems: expected true or false, found 1",                                1},
    {"{\"required\":\"a\"}",                                      "/required: expected a list of names, found \"a\"",                             1},
    {"{\"required\":[1]}",                                        "/required/0: expected a text, found 1",                                        1},
    {"{\"properties\":[]}",                                       "/properties: expected an object, found an array",                              1},
    {"{\"properties\":{\"a\":null}}",
     "/properties/a: expected a schema (an object, true or false), found null",                                                                   1},
    {"{\"dependentRequired\":{\"a\":1}}",                         "/dependentRequired/a: expected a list of names, found 1",
     1                                                                                                                                             },
    {"{\"anyOf\":[]}",                                            "/anyOf: expected a list of schemas, one at least, found an array",             1},
    {"{\"allOf\":{}}",                                            "/allOf: expected a list of schemas, one at least, found an object",            1},
    {"{\"$defs\":[]}",                                            "/$defs: expected an object of schemas, found an array",                        1},
    {"{\"$defs\":{\"a\":{\"tpe\":\"null\"}}}",
     "/$defs/a/tpe: unknown keyword; did you mean \"type\"?",                                                                                     1},
    {"{\"x-mine\":1}",                                            "/x-mine: unknown keyword",                                                     1},
    {"{\"properties\":{},\"unevaluatedProperties\":false}",
     "/unevaluatedProperties: this keyword is not supported",                                                                                     1},
    {"{\"$dynamicRef\":\"#a\"}",                                  "/$dynamicRef: this keyword is not supported",                                  1},
    {"{\"items\":true,\"additionalItems\":false}",
     "/additionalItems: this keyword is not supported",                                                                                           1},
    {"{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}",
     "/$schema: expected https://json-schema.org/draft/2020-12/schema, found "
     "\"http://json-schema.org/draft-07/schema#\"",                                                                                               1},
    {"{\"$id\":1}",                                               "/$id: expected a text, found 1",                                               1},
    {"{\"items\":{\"$id\":\"a\"}}",                               "/items/$id: only the whole schema can have one here",                          1},
    {"{\"$anchor\":\"1a\"}",
     "/$anchor: expected a name of letters, digits, '-', '_' and '.', found \"1a\"",                                                              1},
    {"{\"$anchor\":\"a\",\"items\":{\"$anchor\":\"a\"}}",         NULL,                                                                           1},
    {"{\"$ref\":\"other.json\"}",
     "/$ref: expected a place in this file (\"#\", \"#/$defs/name\", \"#anchor\"), found "
     "\"other.json\"",                                                                                                                            1},
    {"{\"$ref\":\"#/$defs/a\"}",                                  "/$ref: \"#/$defs/a\" leads to no schema",                                      1},
    {"{\"$ref\":\"#/$defs\",\"$defs\":{}}",                       "/$ref: \"#/$defs\" leads to no schema",                                        1},
    {"{\"$ref\":\"#a\"}",                                         "/$ref: \"#a\" leads to no schema",                                             1},
    {"{\"$ref\":\"#/%2\"}",                                       "/$ref: \"#/%2\" leads to no schema",                                           1},
    {"{\"$ref\":1}",                                              "/$ref: expected a text, found 1",                                              1},
    {"{\"$ref\":\"#\"}",                                          "leads back to itself without a step into the value that is checked",           1},
    {"{\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},\n\"b\":{\"not\":{\"$ref\":\"#/"
     "$defs/a\"}}}}",                                        "/$defs/a: leads back to itself without a step into the value that is checked", 1},
};

Test(json_schema, refusals)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct json_schema *s = NULL;
        struct error err = {0};
        enum err rc = json_schema_compile(sv_from(refused[i].schema), "s.json", &s, &err);

        cr_expect(rc == ERR_PARSE || rc == ERR_RANGE, "%s", refused[i].schema);
        cr_expect_null(s);
        if (refused[i].want)
            cr_expect_str_eq(err.msg, refused[i].want, "%s: %s", refused[i].schema, err.msg);
        cr_expect_str_eq(err.file, "s.json", "%s", refused[i].schema);
        cr_expect_eq(err.line, refused[i].line, "%s: %d", refused[i].schema, (int)err.line);
    }
}

static void repeat(struct buf *b, const char *text, size_t n)
{
    while (n--)
        buf_str(b, text);
}

/* Each of n definitions leads to the next one. */
static struct sv chain(struct buf *b, int n)
{
    buf_str(b, "{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < n; i++)
        buf_printf(b, "\"d%d\":{\"$ref\":\"#/$defs/d%d\"},", i, i + 1);
    buf_printf(b, "\"d%d\":true}}", n);
    return (struct sv){b->p, b->n};
}

Test(json_schema, limits)
{
    struct json_schema *s = NULL;
    struct buf b = {0};
    struct error err = {0};

    cr_expect_eq(json_schema_compile(chain(&b, JSON_SCHEMA_MAX_NESTING - 2), "s", &s, &err), OK,
                 "%s", err.msg);
    json_schema_free(s);
    buf_reset(&b);
    cr_expect_eq(json_schema_compile(chain(&b, JSON_SCHEMA_MAX_NESTING), "s", &s, &err), ERR_RANGE);
    cr_expect(strstr(err.msg, "more than 64 schemas about one value"), "%s", err.msg);
    buf_reset(&b);
    repeat(&b, "{\"items\":", 40);
    buf_str(&b, "true");
    repeat(&b, "}", 40);
    cr_expect_eq(json_schema_compile((struct sv){b.p, b.n}, "s", &s, &err), ERR_PARSE);
    cr_expect(strstr(err.msg, "at most 32 levels"), "%s", err.msg);
    buf_reset(&b);
    buf_str(&b, "{\"allOf\":[{}");
    repeat(&b, ",{\"pattern\":\"a\"}", JSON_SCHEMA_MAX_PATTERNS + 1);
    buf_str(&b, "]}");
    cr_expect_eq(json_schema_compile((struct sv){b.p, b.n}, "s", &s, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "/allOf/1001/pattern: more than 1000 patterns");
    buf_release(&b);
}

/* Two ways into each level make 2^depth ways to the bottom; the check is given up. */
Test(json_schema, steps)
{
    struct json_schema *s = compiled("{\"allOf\":[{\"properties\":{\"a\":{\"$ref\":\"#\"}}},"
                                     "{\"properties\":{\"a\":{\"$ref\":\"#\"}}}]}");
    struct json_schema_fault fault;
    struct buf b = {0};
    struct error err = {0};

    repeat(&b, "{\"a\":", 10);
    buf_str(&b, "1");
    repeat(&b, "}", 10);
    cr_expect_eq(json_schema_check(s, (struct sv){b.p, b.n}, &fault, &err), OK, "%s", err.msg);
    buf_reset(&b);
    repeat(&b, "{\"a\":", 100);
    buf_str(&b, "1");
    repeat(&b, "}", 100);
    cr_expect_eq(json_schema_check(s, (struct sv){b.p, b.n}, &fault, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "given up: the schema takes too many steps for this text");
    cr_expect_null(fault.keyword);
    json_schema_free(s);
    buf_release(&b);
}

Test(json_schema, deep_texts)
{
    static const char *const schemas[] = {"{\"items\":{\"$ref\":\"#\"}}", "{\"uniqueItems\":true}",
                                          "{\"const\":[]}", "true"};
    static const enum err want[] = {ERR_RANGE, ERR_RANGE, OK, OK};
    struct json_schema_fault fault;
    struct buf b = {0};

    repeat(&b, "[", 100000);
    repeat(&b, "]", 100000);
    for (size_t i = 0; i < ARRAY_LEN(schemas); i++) {
        struct json_schema *s = compiled(schemas[i]);
        struct error err = {0};

        cr_expect_eq(json_schema_check(s, (struct sv){b.p, b.n}, &fault, &err), want[i], "%s",
                     schemas[i]);
        if (want[i])
            cr_expect_str_eq(err.msg, "nested too deeply to be checked");
        json_schema_free(s);
    }
    buf_release(&b);
}

/* What it tries, PCRE2 gives up; that is no fault of the text. */
Test(json_schema, patterns_are_bounded)
{
    struct json_schema *s = compiled("{\"pattern\":\"^(a+)+$\"}");
    struct json_schema_fault fault;
    struct error err = {0};

    cr_expect_eq(
        json_schema_check(s, SV("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\""), &fault, &err),
        ERR_RANGE);
    cr_expect(strstr(err.msg, "it tries too many ways"), "%s", err.msg);
    json_schema_free(s);
}

/* A list of n numbers that all differ, a hundred thousand of them, in well under a second. */
Test(json_schema, many_items)
{
    struct json_schema *s = compiled("{\"uniqueItems\":true,\"items\":{\"type\":\"integer\"}}");
    struct buf b = {0};
    char got[400];

    buf_str(&b, "[0");
    for (int i = 1; i < 100000; i++)
        buf_printf(&b, ",%d", i);
    buf_str(&b, "]");
    verdict_of(s, (struct sv){b.p, b.n}, got, sizeof(got));
    cr_expect_str_eq(got, "ok");
    b.n--;
    buf_str(&b, ",7.0]");
    verdict_of(s, (struct sv){b.p, b.n}, got, sizeof(got));
    cr_expect_str_eq(got, "uniqueItems");
    json_schema_free(s);
    buf_release(&b);
}
