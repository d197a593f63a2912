/* What mapped lines give, worked out by hand from the lines, and every complaint about a mapping. */
#include "format/mapping.h"

#include <criterion/criterion.h>

#include "format/format_testing.h"

/* A mapping, and the lines that were read with it. */
struct mapped {
    struct mapping *m;
    struct probe p;
    struct zone zone;
    bool claimed;
};

static void mapped_open(struct mapped *x, const char *text)
{
    struct error err = {0};

    *x = (struct mapped){0};
    cr_assert(mapping_open(sv_from(text), "map.json", &x->m, &err) == OK, "%s: %s", text, err.msg);
}

static enum line_outcome read_text(struct mapped *x, struct sv line)
{
    struct line_context c = {.doc = &x->p.doc,
                             .out = &x->p.batch,
                             .line_hash = hash128(line.p, line.n, 0),
                             .source = 3,
                             .line = ++x->p.line,
                             .assume = &x->zone};

    x->p.err = (struct error){0};
    x->p.skipped = x->p.bad_field = SV_NONE;
    cr_assert(json_parse(&x->p.doc, line.p, line.n, NULL) == OK, "%.*s", (int)line.n, line.p);
    x->claimed = mapping_claims(x->m, &x->p.doc);
    if (!x->claimed)
        return LINE_SKIPPED;
    return mapping_read(x->m, &c, &x->p.skipped, &x->p.bad_field, &x->p.err);
}

static enum line_outcome read_one(struct mapped *x, const char *line)
{
    return read_text(x, sv_from(line));
}

static void mapped_close(struct mapped *x)
{
    probe_release(&x->p);
    mapping_close(x->m);
}

#define FIELDS(fields) "{\"record\":\"call\",\"fields\":{" fields "}}"

/* ---- numbers and units -------------------------------------------------------------------- */

static const struct {
    const char *field, *line;
    enum call_field at;
    int64_t want; /* INT64_MIN: missing */
} numbers[] = {
    {"\"input_tokens\":\"/a\"",                                     "{\"a\":7}",        F_INPUT_TOKENS,   7             },
    {"\"input_tokens\":\"/a\"",                                     "{\"a\":\"7\"}",    F_INPUT_TOKENS,   7             },
    {"\"input_tokens\":\"/a\"",                                     "{\"a\":null}",     F_INPUT_TOKENS,   INT64_MIN     },
    {"\"input_tokens\":{\"pointer\":\"/a/1\",\"unit\":\"tokens\"}", "{\"a\":[1,2]}",    F_INPUT_TOKENS,   2             },
    {"\"input_tokens\":\"/a\",\"total_tokens\":\"/b\"",             "{\"b\":9}",        F_INPUT_TOKENS,   INT64_MIN     },
    {"\"total_tokens\":\"/b\"",                                     "{\"b\":9}",        F_TOTAL_TOKENS_GIVEN, 9         },
    {"\"latency\":{\"pointer\":\"/a\",\"unit\":\"s\"}",             "{\"a\":1.25}",     F_LATENCY_US,     1250000       },
    {"\"latency\":{\"pointer\":\"/a\",\"unit\":\"ms\"}",            "{\"a\":1.25}",     F_LATENCY_US,     1250          },
    {"\"latency\":{\"pointer\":\"/a\",\"unit\":\"us\"}",            "{\"a\":\"12\"}",   F_LATENCY_US,     12            },
    {"\"latency\":{\"pointer\":\"/a\",\"unit\":\"ns\"}",            "{\"a\":1999}",     F_LATENCY_US,     1             },
    {"\"queue\":{\"pointer\":\"/a\",\"unit\":\"ms\"}",              "{\"a\":0}",        F_QUEUE_US,       0             },
    {"\"started\":{\"pointer\":\"/a\",\"unit\":\"s\"}",             "{\"a\":1.0000019}", F_STARTED_US,    1000001       },
    {"\"started\":{\"pointer\":\"/a\",\"unit\":\"s\"}",             "{\"a\":-0.0000005}", F_STARTED_US,   -1            },
    {"\"started\":{\"pointer\":\"/a\",\"unit\":\"ms\"}",            "{\"a\":1788768000123}", F_STARTED_US, 1788768000123000},
    {"\"started\":{\"pointer\":\"/a\",\"unit\":\"us\"}",            "{\"a\":5}",        F_STARTED_US,     5             },
    {"\"started\":{\"pointer\":\"/a\",\"unit\":\"ns\"}",            "{\"a\":5999}",     F_STARTED_US,     5             },
    {"\"started\":\"/a\"",                                          "{\"a\":\"2026-09-07T08:00:00Z\"}", F_STARTED_US, 1788768000000000},
    {"\"started\":\"/a\",\"ended\":\"/b\"",                         "{\"a\":100,\"b\":102.5}", F_LATENCY_US, 2500000},
    {"\"started\":\"/a\",\"ended\":\"/b\"",                         "{\"a\":100,\"b\":99}", F_LATENCY_US, INT64_MIN  },
    {"\"cost\":\"/a\"",                                             "{\"a\":0.0041}",   F_COST_GIVEN_NUSD, 4100000      },
    {"\"cost\":{\"pointer\":\"/a\",\"unit\":\"cents\"}",            "{\"a\":0.41}",     F_COST_GIVEN_NUSD, 4100000      },
    {"\"cost\":{\"pointer\":\"/a\",\"unit\":\"nano_usd\"}",         "{\"a\":4100000}",  F_COST_GIVEN_NUSD, 4100000      },
    {"\"cost\":{\"const\":0},\"tier\":\"/a\"",                      "{\"a\":\"free\"}", F_COST_GIVEN_NUSD, 0            },
    {"\"status\":\"/a\"",                                           "{\"a\":\"ok\"}",   F_STATUS,         STATUS_OK     },
    {"\"status\":\"/a\"",                                           "{\"a\":429}",      F_STATUS,         STATUS_ERROR  },
    {"\"status\":\"/a\"",                                           "{\"a\":429}",      F_HTTP_STATUS,    429           },
    {"\"status\":\"/a\"",                                           "{\"a\":true}",     F_STATUS,         STATUS_OK     },
    {"\"http_status\":\"/a\"",                                      "{\"a\":503}",      F_STATUS,         STATUS_ERROR  },
    {"\"error\":\"/a\"",                                            "{\"a\":null}",     F_STATUS,         STATUS_OK     },
    {"\"error\":\"/a\",\"tier\":\"/b\"",                            "{\"b\":\"x\"}",    F_STATUS,         INT64_MIN     },
    {"\"error\":\"/a\"",                                            "{\"a\":{\"message\":\"no\"}}", F_STATUS, STATUS_ERROR},
    {"\"streaming\":\"/a\",\"batch\":\"/b\"",                       "{\"a\":true,\"b\":0}", F_FLAGS,      FLAG_STREAMING},
    {"\"streaming\":\"/a\",\"batch\":\"/b\"",                       "{\"a\":\"true\",\"b\":1}", F_FLAGS,  FLAG_STREAMING | FLAG_BATCH},
    {"\"streaming\":\"/a\"",                                        "{\"a\":false}",    F_FLAGS,          INT64_MIN     },
    /* first 16 hex digits of printf 'abc' | sha256sum; the same digits given as a hash */
    {"\"input_hash\":\"/a\"",                                       "{\"a\":\"abc\"}",  F_INPUT_HASH, -5010229573455851542},
    {"\"input_hash\":\"/a\"",                                       "{\"a\":\"ba7816bf8f01cfea\"}", F_INPUT_HASH, -5010229573455851542},
};

Test(mapping, numbers)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        char text[512];
        struct mapped x;

        snprintf(text, sizeof(text), FIELDS("%s"), numbers[i].field);
        mapped_open(&x, text);
        cr_expect_eq(read_one(&x, numbers[i].line), LINE_RECORDS, "%s: %s", numbers[i].field,
                     x.p.err.msg);
        cr_assert_eq(x.p.batch.n_calls, 1, "%s", numbers[i].field);
        const struct call_record *call = &x.p.batch.calls[0];
        int64_t got = record_has(call, numbers[i].at) ? record_num(call, numbers[i].at) : INT64_MIN;
        cr_expect_eq(got, numbers[i].want, "%s of %s: %lld", numbers[i].field, numbers[i].line,
                     (long long)got);
        mapped_close(&x);
    }
}

static const struct {
    const char *field, *line, *message;
} bad_values[] = {
    {"\"input_tokens\":\"/a/b\"",                        "{\"a\":{\"b\":\"12a\"}}", "/a/b: expected a whole number, found \"12a\""},
    {"\"input_tokens\":\"/a\"",                          "{\"a\":-1}",    "/a: expected a whole number >= 0, found -1"         },
    {"\"latency\":{\"pointer\":\"/a\",\"unit\":\"ms\"}", "{\"a\":-1}",    "/a: expected a duration >= 0, found -1"             },
    {"\"latency\":{\"pointer\":\"/a\",\"unit\":\"ms\"}", "{\"a\":[1]}",   "/a: expected a duration >= 0, found an array"       },
    {"\"latency\":{\"pointer\":\"/a\",\"unit\":\"s\"}",  "{\"a\":1e30}",  "/a: expected a duration >= 0, found 1e30"           },
    {"\"cost\":\"/a\"",                                  "{\"a\":\"$1\"}", "/a: expected an amount of money, found \"$1\""     },
    {"\"started\":{\"pointer\":\"/a\",\"unit\":\"s\"}",  "{\"a\":\"now\"}", "/a: expected a number, found \"now\""             },
    {"\"started\":\"/a\"",                               "{\"a\":\"now\"}", "/a: expected a time, found \"now\""               },
    {"\"feature\":\"/a\"",                               "{\"a\":{\"x\":1}}", "/a: expected a text, found an object"           },
    {"\"streaming\":\"/a\"",                             "{\"a\":\"maybe\"}", "/a: expected true or false, found \"maybe\""    },
};

Test(mapping, values_that_cannot_be_read)
{
    for (size_t i = 0; i < ARRAY_LEN(bad_values); i++) {
        char text[512];
        struct mapped x;

        snprintf(text, sizeof(text), FIELDS("%s"), bad_values[i].field);
        mapped_open(&x, text);
        cr_expect_eq(read_one(&x, bad_values[i].line), LINE_BAD, "%s", bad_values[i].line);
        cr_expect_str_eq(x.p.err.msg, bad_values[i].message);
        cr_expect(x.p.bad_field.n && sv_starts(sv_from(bad_values[i].message), x.p.bad_field.p));
        cr_expect_eq(batch_size(&x.p.batch), 0);
        mapped_close(&x);
    }
}

/* ---- times without a zone ----------------------------------------------------------------- */

Test(mapping, times_without_a_zone)
{
    static const struct zone_step steps[] = {
        {INT64_MIN, 7200}
    };
    struct mapped x;

    mapped_open(&x, FIELDS("\"started\":\"/a\""));
    cr_assert_eq(read_one(&x, "{\"a\":\"2026-09-07 08:00:00\"}"), LINE_RECORDS);
    x.zone = (struct zone){"Europe/Berlin", steps, 1};
    cr_assert_eq(read_one(&x, "{\"a\":\"2026-09-07 08:00:00\"}"), LINE_RECORDS);
    cr_assert_eq(read_one(&x, "{\"a\":\"2026-09-07T08:00:00Z\"}"), LINE_RECORDS);
    const struct call_record *calls = x.p.batch.calls;
    cr_expect_eq(record_num(&calls[0], F_STARTED_US), 1788768000000000);
    cr_expect_eq(record_num(&calls[1], F_STARTED_US), 1788760800000000);
    cr_expect_eq(record_num(&calls[2], F_STARTED_US), 1788768000000000);
    cr_expect_eq(record_num(&calls[0], F_FLAGS), FLAG_ZONELESS);
    cr_expect_eq(record_num(&calls[1], F_FLAGS), FLAG_ZONELESS);
    cr_expect(!record_has(&calls[2], F_FLAGS));
    mapped_close(&x);
}

/* ---- which lines -------------------------------------------------------------------------- */

static const struct {
    const char *match, *line;
    bool claims;
} matches[] = {
    {"[]",                                             "{\"m\":\"x\"}",                 true },
    {"[]",                                             "{\"n\":\"x\"}",                 false},
    {"[]",                                             "{\"m\":null}",                  true },
    {"[\"/k\"]",                                       "{\"m\":\"x\"}",                 false},
    {"[\"/k\"]",                                       "{\"m\":\"x\",\"k\":null}",      true },
    {"[{\"pointer\":\"/k\"}]",                         "{\"m\":\"x\",\"k\":[]}",        true },
    {"[{\"pointer\":\"/k\",\"const\":\"done\"}]",      "{\"m\":1,\"k\":\"done\"}",      true },
    {"[{\"pointer\":\"/k\",\"const\":\"done\"}]",      "{\"m\":1,\"k\":\"d\\u006fne\"}", true},
    {"[{\"pointer\":\"/k\",\"const\":\"d\\u006fne\"}]", "{\"m\":1,\"k\":\"done\"}",     true },
    {"[{\"pointer\":\"/k\",\"const\":\"done\"}]",      "{\"m\":1,\"k\":\"Done\"}",      false},
    {"[{\"pointer\":\"/k\",\"const\":\"1\"}]",         "{\"m\":1,\"k\":1}",             false},
    {"[{\"pointer\":\"/k\",\"const\":1}]",             "{\"m\":1,\"k\":1.0}",           true },
    {"[{\"pointer\":\"/k\",\"const\":1}]",             "{\"m\":1,\"k\":1.1}",           false},
    {"[{\"pointer\":\"/k\",\"const\":true}]",          "{\"m\":1,\"k\":true}",          true },
    {"[{\"pointer\":\"/k\",\"const\":true}]",          "{\"m\":1,\"k\":false}",         false},
    {"[{\"pointer\":\"/k\",\"const\":true}, \"/l\"]",  "{\"m\":1,\"k\":true}",          false},
    {"[\"/k\"]",                                       "{\"k\":1}",                     false},
    {"[\"/k\"]",                                       "[1]",                           false},
    {"[\"/k\"]",                                       "7",                             false},
};

Test(mapping, match)
{
    for (size_t i = 0; i < ARRAY_LEN(matches); i++) {
        char text[512];
        struct mapped x;

        snprintf(text, sizeof(text),
                 "{\"record\":\"call\",\"match\":%s,\"fields\":{\"tier\":\"/m\","
                 "\"provider\":{\"const\":\"p\"}}}",
                 matches[i].match);
        mapped_open(&x, text);
        read_one(&x, matches[i].line);
        cr_expect_eq(x.claimed, matches[i].claims, "%s: %s", matches[i].match, matches[i].line);
        mapped_close(&x);
    }
}

/* ---- identity ----------------------------------------------------------------------------- */

static const struct {
    const char *mapping, *line;
    enum id_kind kind;
    const char *family, *own;
} identities[] = {
    {"\"identity\":\"/i\",\"fields\":{\"tier\":\"/t\"}",          "{\"i\":7,\"t\":1}",          ID_OWN,  "request", "7"  },
    {"\"identity\":[\"/i\",\"/j\"],\"fields\":{\"tier\":\"/t\"}", "{\"i\":7,\"j\":\"a\",\"t\":1}", ID_OWN, "request", "7/a"},
    {"\"identity\":[{\"const\":\"g\"},\"/i\"],\"fields\":{\"tier\":\"/t\"}", "{\"i\":7,\"t\":1}", ID_OWN, "request", "g/7"},
    {"\"identity\":[\"/i\",\"/j\"],\"fields\":{\"tier\":\"/t\"}", "{\"i\":7,\"t\":1}",          ID_LINE, NULL,      NULL },
    {"\"identity\":\"/i\",\"fields\":{\"request_id\":\"/t\"}",    "{\"i\":null,\"t\":1}",       ID_OWN,  "request", "1"  },
    {"\"fields\":{\"request_id\":\"/t\",\"span_id\":\"/s\"}",     "{\"t\":1,\"s\":\"AB\"}",     ID_OWN,  "span_id", "ab" },
    {"\"fields\":{\"trace_id\":\"/t\",\"span_id\":\"/s\"}",       "{\"t\":\"1\",\"s\":\"AB\"}", ID_SPAN, NULL,      NULL },
    {"\"fields\":{\"tier\":\"/t\"}",                              "{\"t\":\"1\"}",              ID_LINE, NULL,      NULL },
};

Test(mapping, identity)
{
    for (size_t i = 0; i < ARRAY_LEN(identities); i++) {
        char text[512];
        struct mapped x;

        snprintf(text, sizeof(text), "{\"record\":\"call\",%s}", identities[i].mapping);
        mapped_open(&x, text);
        cr_assert_eq(read_one(&x, identities[i].line), LINE_RECORDS, "%s", x.p.err.msg);
        const struct identity *id = &x.p.batch.calls[0].id;
        cr_assert_eq(id->kind, identities[i].kind, "%s", text);
        cr_expect(id->kind != ID_OWN || (sv_is(id->family, identities[i].family) &&
                                         sv_is(id->own, identities[i].own)),
                  "%s", text);
        mapped_close(&x);
    }
}

/* ---- privacy ------------------------------------------------------------------------------ */

/* Wanted by printf 'x%.0s' $(seq 201) | sha256sum. */
Test(mapping, long_texts_are_hashed)
{
    char line[512];
    struct mapped x;

    mapped_open(&x, "{\"record\":\"call\",\"identity\":\"/i\",\"fields\":{\"feature\":\"/i\","
                    "\"session_id\":\"/i\",\"error\":\"/i\"},\"meta\":{\"i\":\"/i\"}}");
    snprintf(line, sizeof(line), "{\"i\":\"%0201d\"}", 0);
    for (size_t i = 0; line[i]; i++)
        if (line[i] == '0')
            line[i] = 'x';
    cr_assert_eq(read_one(&x, line), LINE_RECORDS, "%s", x.p.err.msg);
    const struct call_record *call = &x.p.batch.calls[0];
    cr_expect(text_is(call->dim[F_FEATURE],
                      "sha256:84a0678c90937f5dcf9994d5866668da6b995109c8ad845410559b48a4ecafed"));
    cr_expect(sv_eq(call->dim[F_FEATURE], call->session_id));
    cr_expect(sv_eq(call->dim[F_FEATURE], call->id.own));
    cr_expect(call->meta.p == NULL, "%.*s", SV_FMT(call->meta));
    cr_expect(text_is(call->dim[F_ERROR_KIND], "other"));
    mapped_close(&x);
}

/* ---- tool calls and scores ---------------------------------------------------------------- */

static char file_text[1 << 16];

static const char *file(const char *path)
{
    FILE *f = fopen(path, "rb");

    cr_assert(f, "%s", path);
    file_text[fread(file_text, 1, sizeof(file_text) - 1, f)] = '\0';
    fclose(f);
    return file_text;
}

Test(mapping, tool_calls)
{
    struct mapped x;

    mapped_open(&x, file("testdata/mapping/tools.json"));
    cr_assert_eq(read_one(&x, "{\"fn\":{\"name\":\"search\",\"call\":\"c7\",\"us\":1500,"
                              "\"failed\":\"timed out\",\"chars\":12},\"for\":\"r1\","
                              "\"when\":\"2026-09-07T08:00:00Z\"}"),
                 LINE_RECORDS, "%s", x.p.err.msg);
    cr_assert_eq(read_one(&x, "{\"fn\":{\"name\":\"search\",\"failed\":false}}"), LINE_RECORDS);
    cr_expect_eq(read_one(&x, "{\"fn\":{},\"for\":\"r1\"}"), LINE_SKIPPED);
    cr_expect(x.claimed && text_is(x.p.skipped, "no tool call"));
    cr_assert_eq(x.p.batch.n_tools, 2);
    const struct tool_record *t = x.p.batch.tools;
    cr_expect(text_is(t[0].tool_name, "search") && text_is(t[0].request_id, "r1"));
    cr_expect(t[0].id.kind == ID_OWN && text_is(t[0].id.family, "tool") &&
              text_is(t[0].id.own, "c7"));
    cr_expect(t[0].has_call && text_is(t[0].call.family, "request") &&
              text_is(t[0].call.own, "r1"));
    cr_expect(t[0].latency_us.known && t[0].latency_us.v == 1500);
    cr_expect(t[0].started_us.known && t[0].started_us.v == 1788768000000000);
    cr_expect(t[0].output_chars.known && t[0].output_chars.v == 12);
    cr_expect(t[0].status.v == STATUS_ERROR && text_is(t[0].error_kind, "timeout"));
    cr_expect(t[0].source == 3 && t[0].line == 1);
    cr_expect(t[1].id.kind == ID_LINE && !t[1].has_call && !t[1].status.known);
    mapped_close(&x);
}

Test(mapping, scores)
{
    struct mapped x;

    mapped_open(&x, file("testdata/mapping/scores.json"));
    cr_assert_eq(read_one(&x, "{\"kind\":\"thumb\",\"request\":\"r1\",\"chat\":\"c\",\"up\":true,"
                              "\"by\":\"m\",\"word\":\"good\",\"ts\":1788768000.5}"),
                 LINE_RECORDS, "%s", x.p.err.msg);
    cr_assert_eq(read_one(&x, "{\"kind\":\"thumb\",\"chat\":\"c\",\"up\":0}"), LINE_RECORDS);
    cr_expect_eq(read_one(&x, "{\"kind\":\"thumb\",\"up\":1}"), LINE_BAD);
    cr_expect_str_eq(x.p.err.msg,
                     "request_id: expected a call, trace, session or case of the score, found none");
    cr_assert_eq(x.p.batch.n_scores, 2);
    const struct score_record *s = x.p.batch.scores;
    cr_expect(s[0].target == TARGET_CALL && text_is(s[0].call.own, "r1"));
    cr_expect(text_is(s[0].name, "thumb") && text_is(s[0].scorer, "user") &&
              text_is(s[0].label, "good") && text_is(s[0].judge_model, "m"));
    cr_expect(s[0].value.known && s[0].value.v == 1 && s[0].passed.v == 1);
    cr_expect(s[0].at_us.v == 1788768000500000);
    cr_expect(s[1].target == TARGET_SESSION && text_is(s[1].target_id, "c"));
    cr_expect(s[1].value.v == 0 && s[1].passed.known && s[1].passed.v == 0);
    mapped_close(&x);
}

/* ---- complaints --------------------------------------------------------------------------- */

static const struct {
    const char *text, *message;
} refused[] = {
    {"",                                                "cut off behind byte 0: expected a value"},
    {"[]",                                              "expected an object"},
    {"{\"recrod\":\"call\"}",                           "/: unknown key \"recrod\"; did you mean \"record\"?"},
    {"{\"record\":\"call\",\"zzz\":1}",                 "/: unknown key \"zzz\"; known are record, fields, match, identity, meta, $schema, description"},
    {"{\"record\":\"call\",\"record\":\"call\"}",       "/record: given twice"},
    {"{\"record\":\"calls\",\"fields\":{}}",            "/record: expected \"call\", \"tool_call\" or \"score\", found \"calls\""},
    {"{\"fields\":{}}",                                 "/record: expected \"call\", \"tool_call\" or \"score\", found nothing"},
    {"{\"record\":\"call\"}",                           "/fields: expected an object, found nothing"},
    {FIELDS(""),                                        "/fields: expected at least one pointer"},
    {FIELDS("\"tier\":{\"const\":\"x\"}"),              "/fields: expected at least one pointer"},
    {FIELDS("\"model\":\"/a\""),                        "/fields: unknown field \"model\"; did you mean \"request_model\"?"},
    {FIELDS("\"latency_ms\":\"/a\""),                   "/fields: unknown field \"latency_ms\"; did you mean \"latency\"?"},
    {FIELDS("\"input_token\":\"/a\""),                  "/fields: unknown field \"input_token\"; did you mean \"input_tokens\"?"},
    {FIELDS("\"tier\":\"a\""),                          "/fields/tier: expected a JSON Pointer like /usage/input_tokens, found \"a\""},
    {FIELDS("\"tier\":\"\""),                           "/fields/tier: expected a JSON Pointer like /usage/input_tokens, found \"\""},
    {FIELDS("\"tier\":7"),                              "/fields/tier: expected a JSON Pointer like /usage/input_tokens, found 7"},
    {FIELDS("\"tier\":\"/a~\""),                        "/fields/tier: expected a JSON Pointer like /usage/input_tokens, found \"/a~\""},
    {FIELDS("\"tier\":{}"),                             "/fields/tier: expected either \"pointer\" or \"const\""},
    {FIELDS("\"tier\":{\"pointer\":\"/a\",\"const\":1}"), "/fields/tier: expected either \"pointer\" or \"const\""},
    {FIELDS("\"tier\":{\"pionter\":\"/a\"}"),           "/fields/tier: unknown key \"pionter\"; did you mean \"pointer\"?"},
    {FIELDS("\"tier\":{\"const\":[1]}"),                "/fields/tier/const: expected a text, a number, true or false, found an array"},
    {FIELDS("\"tier\":{\"const\":null}"),               "/fields/tier/const: expected a text, a number, true or false, found null"},
    {FIELDS("\"tier\":{\"pointer\":\"/a\",\"unit\":\"s\"}"), "/fields/tier/unit: the field has no unit"},
    {FIELDS("\"latency\":\"/a\""),                      "/fields/latency: a duration needs a unit: {\"pointer\": ..., \"unit\": \"ms\"}"},
    {FIELDS("\"latency\":{\"pointer\":\"/a\",\"unit\":\"min\"}"), "/fields/latency/unit: expected ms, s, us, ns, found \"min\""},
    {FIELDS("\"cost\":{\"pointer\":\"/a\",\"unit\":7}"), "/fields/cost/unit: expected usd, cents, nano_usd, found 7"},
    {FIELDS("\"input_tokens\":{\"pointer\":\"/a\",\"unit\":\"k\"}"), "/fields/input_tokens/unit: expected tokens, found \"k\""},
    {FIELDS("\"input_tokens\":{\"const\":\"many\"}"),   "/fields/input_tokens/const: expected a whole number, found \"many\""},
    {FIELDS("\"user\":\"/prompt\""),                    "/fields/user: /prompt holds content, which is not stored"},
    {FIELDS("\"user\":\"/messages/0\""),                "/fields/user: /messages/0 holds content, which is not stored"},
    {FIELDS("\"user\":\"/a/api_key\""),                 "/fields/user: /a/api_key holds content, which is not stored"},
    {"{\"record\":\"call\",\"identity\":\"/messages/0/content\",\"fields\":{\"tier\":\"/a\"}}", "/identity: /messages/0/content holds content, which is not stored"},
    {"{\"record\":\"call\",\"identity\":[],\"fields\":{\"tier\":\"/a\"}}", "/identity: expected at least one pointer"},
    {"{\"record\":\"call\",\"identity\":[{\"const\":1}],\"fields\":{\"tier\":\"/a\"}}", "/identity: expected at least one pointer"},
    {"{\"record\":\"call\",\"identity\":[\"/a\",7],\"fields\":{\"tier\":\"/a\"}}", "/identity/1: expected a JSON Pointer like /usage/input_tokens, found 7"},
    {"{\"record\":\"call\",\"identity\":[\"/a\",\"/a\",\"/a\",\"/a\",\"/a\",\"/a\",\"/a\",\"/a\",\"/a\"],\"fields\":{\"tier\":\"/a\"}}", "/identity: expected at most 8 parts"},
    {"{\"record\":\"call\",\"match\":\"/a\",\"fields\":{\"tier\":\"/a\"}}", "/match: expected a list, found \"/a\""},
    {"{\"record\":\"call\",\"match\":[\"/a\",{\"const\":1}],\"fields\":{\"tier\":\"/a\"}}", "/match/1/pointer: expected a JSON Pointer like /usage/input_tokens, found nothing"},
    {"{\"record\":\"call\",\"match\":[{\"pointer\":\"/a\",\"const\":{}}],\"fields\":{\"tier\":\"/a\"}}", "/match/0/const: expected a text, a number, true or false, found an object"},
    {"{\"record\":\"call\",\"fields\":{\"tier\":\"/a\"},\"meta\":[\"/a\"]}", "/meta: expected an object, found an array"},
    {"{\"record\":\"call\",\"fields\":{\"tier\":\"/a\"},\"meta\":{\"prompt\":\"/a\"}}", "/meta/prompt: by its name it holds content, which is not stored"},
    {"{\"record\":\"call\",\"fields\":{\"tier\":\"/a\"},\"meta\":{\"x\":\"/messages/0/who\"}}", "/meta/x: by its name it holds content, which is not stored"},
    {"{\"record\":\"score\",\"fields\":{\"latency\":\"/a\"}}", "/fields: unknown field \"latency\"; known are request_id, trace_id, span_id, session_id, at, name, value, label, passed, scorer, judge_model, case"},
    {"{\"record\":\"score\",\"fields\":{\"name\":\"/a\"}}", "/fields: a score needs a name, and a value, label or passed"},
    {"{\"record\":\"score\",\"fields\":{\"name\":\"/a\",\"value\":\"/b\"}}", "/fields: a score needs a request_id, trace_id, session_id or case"},
    {"{\"record\":\"score\",\"fields\":{\"name\":\"/a\",\"value\":\"/b\",\"case\":\"/c\"},\"meta\":{}}", "/meta: only calls have meta"},
    {"{\"record\":\"tool_call\",\"fields\":{\"status\":\"/a\"}}", "/fields: a tool_call needs a tool"},
};

Test(mapping, refuses)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct mapping *m = NULL;
        struct error err = {0};

        cr_expect_eq(mapping_open(sv_from(refused[i].text), "map.json", &m, &err), ERR_PARSE, "%s",
                     refused[i].text);
        cr_expect(m == NULL);
        cr_expect_str_eq(err.msg, refused[i].message);
        cr_expect_str_eq(err.file, "map.json");
        mapping_close(m);
    }
    mapping_close(NULL);
}

/* Near misses of what is refused: ids below and beside content. */
Test(mapping, accepts)
{
    static const char *const texts[] = {
        FIELDS("\"user\":\"/context/user_id\""),      FIELDS("\"finish_reason\":\"/stop_reason\""),
        FIELDS("\"provider\":\"/system\""),           FIELDS("\"prompt\":\"/prompt/name\""),
        FIELDS("\"input_hash\":\"/messages\""),       FIELDS("\"error\":\"/error/message\""),
        FIELDS("\"input_tokens\":\"/input/tokens\""), FIELDS("\"tier\":\"/0/~0~1\""),
    };

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct mapped x;
        mapped_open(&x, texts[i]);
        mapped_close(&x);
    }
}

/* ---- the schema --------------------------------------------------------------------------- */

/* schemas/mapping.schema.json knows the fields of the table, each where the table has it. */
Test(mapping, schema_and_table_agree)
{
    static const char *const records[] = {"call", "tool_call", "score"};
    const char *text = file("schemas/mapping.schema.json");
    struct json_doc d = {0};
    size_t in_schema = 0, in_table = 0;

    cr_assert(json_parse(&d, text, strlen(text), NULL) == OK);
    for (size_t r = 0; r < ARRAY_LEN(records); r++) {
        json_ref all = json_path(&d, 0, "$defs", records[r], "properties", NULL);

        for (json_ref key = json_first(&d, all); key != JSON_END;
             key = json_next(&d, all, json_next(&d, all, key)))
            in_schema++;
        for (size_t i = 0; mapping_field_name(i); i++) {
            char mapping[512];
            struct mapping *m = NULL;
            struct error err = {0};
            bool known;

            snprintf(mapping, sizeof(mapping), "{\"record\":\"%s\",\"fields\":{\"%s\":7}}",
                     records[r], mapping_field_name(i));
            cr_assert(mapping_open(sv_from(mapping), NULL, &m, &err) == ERR_PARSE);
            known = !strstr(err.msg, "unknown field");
            cr_expect_eq(known, json_get(&d, all, mapping_field_name(i)) != JSON_END, "%s of %s",
                         mapping_field_name(i), records[r]);
        }
    }
    for (size_t i = 0; mapping_field_name(i); i++) {
        const char *help = mapping_field_help(i);
        cr_expect(*help && (sv_ends(sv_from(help), "...") || !sv_ends(sv_from(help), ".")));
        in_table++;
    }
    cr_expect(in_schema >= in_table, "%zu, %zu", in_schema, in_table);
    json_release(&d);
}

/* The example that the manual speaks of. */
Test(mapping, example)
{
    struct mapped x;

    mapped_open(&x, file("testdata/mapping/gateway.json"));
    cr_assert_eq(
        read_one(&x, "{\"event\":\"llm_done\",\"tenant\":\"acme\",\"id\":17,\"llm\":{\"name\":"
                     "\"gpt-4o\"},\"labels\":{\"feature\":\"search\",\"region\":\"eu\",\"a/b\":2},"
                     "\"at\":1788768000123,\"took\":1.25,\"usage\":[120,34],\"price\":\"0.41\","
                     "\"http\":200,\"question\":\"canary\"}"),
        LINE_RECORDS, "%s", x.p.err.msg);
    const struct call_record *call = &x.p.batch.calls[0];
    cr_expect(text_is(call->dim[F_REQUEST_MODEL], "gpt-4o"));
    cr_expect(text_is(call->dim[F_PROVIDER], "openai"));
    cr_expect(text_is(call->dim[F_SOURCE_FORMAT], "map"));
    cr_expect(text_is(call->id.own, "acme/17"));
    cr_expect(text_is(call->meta, "{\"region\":\"eu\",\"retries\":2}"));
    cr_expect(record_has(call, F_INPUT_HASH));
    cr_expect_eq(record_num(call, F_INPUT_TOKENS), 120);
    cr_expect_eq(record_num(call, F_COST_GIVEN_NUSD), 4100000);
    mapped_close(&x);
}
