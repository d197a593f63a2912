#include <criterion/criterion.h>

#include "format/call_rules.h"
#include "format/format_testing.h"

struct table_fixture {
    struct json_doc doc;
    struct batch batch;
    struct line_context c;
    struct sv bad_field;
    struct error err;
    struct reading r;
};

static void fixture_init(struct table_fixture *f)
{
    *f = (struct table_fixture){0};
    f->c = (struct line_context){.doc = &f->doc, .out = &f->batch, .line_hash = {1, 2}};
    f->r = (struct reading){&f->c, &f->bad_field, &f->err};
}

Test(call_rules, finish_reasons)
{
    static const char *const cases[][2] = {
        {"stop", "stop"},
        {"STOP", "stop"},
        {"end_turn", "stop"},
        {"stop_sequence", "stop"},
        {"completed", "stop"},
        {"COMPLETE", "stop"},
        {"FINISH", "stop"},
        {"FINISH_REASON_STOP", "stop"},
        {"eos", "stop"},
        {"length", "length"},
        {"max_tokens", "length"},
        {"MAX_TOKENS", "length"},
        {"max_output_tokens", "length"},
        {"model_length", "length"},
        {"tool_calls", "tool_calls"},
        {"TOOL_CALL", "tool_calls"},
        {"tool_use", "tool_calls"},
        {"toolUse", "tool_calls"},
        {"tool-calls", "tool_calls"},
        {"function_call", "tool_calls"},
        {"content_filter", "content_filter"},
        {"content-filter", "content_filter"},
        {"CONTENT_FILTERED", "content_filter"},
        {"SAFETY", "content_filter"},
        {"RECITATION", "content_filter"},
        {"BLOCKLIST", "content_filter"},
        {"PROHIBITED_CONTENT", "content_filter"},
        {"guardrail_intervened", "content_filter"},
        {"refusal", "refusal"},
        {"error", "error"},
        {"failed", "error"},
        {"pause_turn", "other"},
        {"", "other"},
        {"stopp", "other"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(sv_is(finish_reason(sv_from(cases[i][0])), cases[i][1]), "%s", cases[i][0]);
}

Test(call_rules, status_words_and_codes)
{
    static const struct {
        const char *json;
        int status, http; /* -1: unknown */
    } cases[] = {
        {"\"success\"", STATUS_OK, -1},     {"\"OK\"", STATUS_OK, -1},
        {"200", STATUS_OK, 200},            {"\"404\"", STATUS_ERROR, 404},
        {"599", STATUS_ERROR, 599},         {"600", STATUS_UNKNOWN, -1},
        {"99", STATUS_UNKNOWN, -1},         {"\"canceled\"", STATUS_CANCELLED, -1},
        {"\"pending\"", STATUS_UNKNOWN, -1}, {"true", STATUS_OK, -1},
        {"false", STATUS_ERROR, -1},        {"null", -1, -1},
        {"\"\"", -1, -1},                   {"{}", -1, -1},
        {"\"4x4\"", STATUS_UNKNOWN, -1},  {"\"4/4\"", STATUS_UNKNOWN, -1},
        {"\"succeeded\"", STATUS_OK, -1},   {"\"completed\"", STATUS_OK, -1},
        {"\"COMPLETE\"", STATUS_OK, -1},    {"\"True\"", STATUS_OK, -1},
        {"\"error\"", STATUS_ERROR, -1},    {"\"failed\"", STATUS_ERROR, -1},
        {"\"failure\"", STATUS_ERROR, -1},  {"\"fail\"", STATUS_ERROR, -1},
        {"\"errored\"", STATUS_ERROR, -1},  {"\"timeout\"", STATUS_ERROR, -1},
        {"\"false\"", STATUS_ERROR, -1},    {"\"cancelled\"", STATUS_CANCELLED, -1},
        {"\"aborted\"", STATUS_CANCELLED, -1},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct maybe_i64 http = {-1, false}, status;
        struct table_fixture f;

        fixture_init(&f);
        cr_assert(json_parse(&f.doc, cases[i].json, strlen(cases[i].json), NULL) == OK);
        status = status_of(&f.r, &f.doc, 0, &http);
        cr_expect_eq(status.known ? status.v : -1, cases[i].status, "%s", cases[i].json);
        cr_expect_eq(http.v, cases[i].http, "%s", cases[i].json);
        json_release(&f.doc);
        batch_release(&f.batch);
    }
}

#define NO -1 /* not known */

/* Wanted sums by hand, from the table of token arithmetic: a part outside its whole is added. */
static const struct {
    const char *name;
    int64_t input, output, read, written, reasoning, total;
    int64_t want_input, want_output, want_total;
} sums[] = {
    {"parts inside", 100, 20, 64, NO, 5, 120, 100, 20, NO},
    {"no total, parts inside", 100, 20, 64, NO, 5, NO, 100, 20, NO},
    {"the total says the cache is outside", 100, 20, 64, 6, NO, 190, 170, 20, NO},
    {"the total says reasoning is outside", 100, 20, NO, NO, 5, 125, 100, 25, NO},
    {"the total says both are", 100, 20, 64, NO, 5, 189, 164, 25, NO},
    {"a total that fits nothing", 100, 20, 64, NO, 5, 7, 100, 20, NO},
    {"a part larger than the whole", 10, 20, 90, NO, NO, NO, 100, 20, NO},
    {"reasoning larger than the whole", 10, 20, NO, NO, 21, NO, 10, 41, NO},
    {"nothing but a total", NO, NO, NO, NO, NO, 99, NO, NO, 99},
    {"output alone", NO, 20, 64, NO, NO, 99, NO, 20, NO},
    {"output alone, whatever the total is", NO, 20, 64, NO, NO, 84, NO, 20, NO},
    {"input alone, whatever the total is", 100, NO, 64, NO, NO, 164, 100, NO, NO},
    {"cached parts inside, reasoning outside", 100, 20, 64, NO, 5, 125, 100, 25, NO},
    {"zeros", 0, 0, 0, 0, 0, 0, 0, 0, NO},
};

static void set(struct call_record *c, enum call_field f, int64_t v)
{
    if (v != NO)
        record_set_num(c, f, v);
}

static int64_t get(const struct call_record *c, enum call_field f)
{
    return record_has(c, f) ? record_num(c, f) : NO;
}

Test(call_rules, tokens_inside_and_outside)
{
    for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
        struct call_record c = {0};
        struct table_fixture f;

        fixture_init(&f);
        set(&c, F_INPUT_TOKENS, sums[i].input);
        set(&c, F_OUTPUT_TOKENS, sums[i].output);
        set(&c, F_CACHE_READ_TOKENS, sums[i].read);
        set(&c, F_CACHE_WRITE_TOKENS, sums[i].written);
        set(&c, F_REASONING_TOKENS, sums[i].reasoning);
        set(&c, F_TOTAL_TOKENS_GIVEN, sums[i].total);
        cr_expect(call_settle(&f.r, &c), "%s", sums[i].name);
        cr_expect_eq(get(&c, F_INPUT_TOKENS), sums[i].want_input, "%s", sums[i].name);
        cr_expect_eq(get(&c, F_OUTPUT_TOKENS), sums[i].want_output, "%s", sums[i].name);
        cr_expect_eq(get(&c, F_TOTAL_TOKENS_GIVEN), sums[i].want_total, "%s", sums[i].name);
    }
}

Test(call_rules, a_sum_beyond_64_bits_is_an_error)
{
    struct call_record c = {0};
    struct table_fixture f;

    fixture_init(&f);
    set(&c, F_INPUT_TOKENS, INT64_MAX - 1);
    set(&c, F_CACHE_READ_TOKENS, INT64_MAX);
    cr_expect(!call_settle(&f.r, &c));
    cr_expect_str_eq(f.err.msg, "input_tokens: expected a sum below 2^63");
    cr_expect(sv_is(f.bad_field, "input_tokens"));
}

Test(call_rules, an_error_with_nothing_in_it_has_no_counts)
{
    struct call_record c = {0};
    struct table_fixture f;

    fixture_init(&f);
    set(&c, F_INPUT_TOKENS, 0);
    set(&c, F_OUTPUT_TOKENS, 0);
    set(&c, F_COST_GIVEN_NUSD, 0);
    cr_expect(call_settle(&f.r, &c) && record_has(&c, F_INPUT_TOKENS), "no error: zeros stay");
    set(&c, F_STATUS, STATUS_ERROR);
    cr_expect(call_settle(&f.r, &c));
    cr_expect(!record_has(&c, F_INPUT_TOKENS) && !record_has(&c, F_OUTPUT_TOKENS) &&
              !record_has(&c, F_COST_GIVEN_NUSD));
    set(&c, F_INPUT_TOKENS, 3);
    set(&c, F_OUTPUT_TOKENS, 0);
    cr_expect(call_settle(&f.r, &c) && get(&c, F_OUTPUT_TOKENS) == 0, "something was counted");
    set(&c, F_INPUT_TOKENS, 0);
    set(&c, F_OUTPUT_TOKENS, 3);
    cr_expect(call_settle(&f.r, &c) && get(&c, F_INPUT_TOKENS) == 0, "something was written");
    set(&c, F_OUTPUT_TOKENS, 0);
    set(&c, F_COST_GIVEN_NUSD, 1);
    cr_expect(call_settle(&f.r, &c) && get(&c, F_INPUT_TOKENS) == 0, "something was paid");
}

Test(call_rules, error_kinds)
{
    static const struct {
        const char *type, *text, *kind;
    } cases[] = {
        {"RateLimitError", "slow down", "RateLimitError"},
        {"429", "", "rate_limit"},
        {"17", "", "17"},
        {"", "timeout", "timeout"},
        {"", "the canary sings", "other"},
        {"not a type", "Connection refused", "connection"},
        {"bad request it was", "", "invalid_request"},
        {"", "", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct table_fixture f;
        struct sv kind;

        fixture_init(&f);
        kind = error_kind(&f.r, sv_from(cases[i].type), sv_from(cases[i].text));
        cr_expect(text_is(kind, cases[i].kind), "%s, %s: %.*s", cases[i].type, cases[i].text,
                  SV_FMT(kind));
        batch_release(&f.batch);
    }
}

Test(call_rules, identities_of_scores)
{
    const struct identity own = {.kind = ID_OWN, .family = SV("request"), .own = SV("r")};
    const struct identity line = {.kind = ID_LINE,
                                  .line = {0x0123456789abcdef, 0xfedcba9876543210}};
    struct table_fixture f;
    struct score_record *s;
    struct identity other;

    fixture_init(&f);
    cr_expect(sv_is(identity_text(&f.r, &line), "line:0123456789abcdeffedcba9876543210"));
    s = add_call_score(&f.r, &own, SV("quality"), SV("quality"), SV("eval"));
    cr_expect(s && sv_is(s->id.own, "request:r:quality") && sv_is(s->id.family, "score"));
    s = add_call_score(&f.r, &line, SV("quality"), SV("quality"), SV("eval"));
    cr_expect(s && s->id.kind == ID_LINE && s->call.kind == ID_LINE);
    other = s->id;
    s = add_call_score(&f.r, &line, SV("refusal"), SV("refusal"), SV("eval"));
    cr_expect_neq(identity_key(&other), identity_key(&s->id));
    cr_expect_neq(identity_key(&line), identity_key(&s->id));
    other = line_identity(&f.c, 1);
    cr_expect_neq(identity_key(&other), identity_key(&(struct identity){.line = f.c.line_hash}));
    batch_release(&f.batch);
}
