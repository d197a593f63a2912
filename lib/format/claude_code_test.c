#include <criterion/criterion.h>

#include "format/format_testing.h"

#define LINE(rest)                                                                                 \
    "{\"type\":\"assistant\",\"sessionId\":\"s\","                                           \
    "\"timestamp\":\"2026-03-01T08:00:00Z\"," rest "}"

Test(claude_code, identities)
{
    static const struct {
        const char *name, *line, *own; /* NULL: by the line */
    } cases[] = {
        {"message and request", LINE("\"requestId\":\"r\",\"message\":{\"id\":\"m\",\"usage\":{}}"),
         "m:r"},
        {"a gateway leaves out the request", LINE("\"message\":{\"id\":\"m\",\"usage\":{}}"), "m"},
        {"the line's own id", LINE("\"uuid\":\"u\",\"requestId\":\"r\",\"message\":{\"usage\":{}}"),
         "u"},
        {"none", LINE("\"message\":{\"usage\":{}}"), NULL},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const struct identity *id;

        cr_assert(probe_line(&p, cases[i].line) == LINE_RECORDS, "%s", cases[i].name);
        id = &p.batch.calls[0].id;
        cr_expect(cases[i].own ? id->kind == ID_OWN && sv_is(id->family, "claude-code") &&
                                     sv_is(id->own, cases[i].own)
                               : id->kind == ID_LINE,
                  "%s", cases[i].name);
        probe_release(&p);
    }
}

Test(claude_code, lines_that_are_no_calls)
{
    static const char *const cases[][2] = {
        {LINE("\"message\":{\"model\":\"<synthetic>\",\"usage\":{\"input_tokens\":1}}"),
         "synthetic"},
        {LINE("\"isApiErrorMessage\":true,\"message\":{\"usage\":{\"input_tokens\":1}}"),
         "api_error"},
        {LINE("\"message\":{\"content\":[{\"type\":\"text\"}]}"), "assistant"},
        {LINE("\"message\":null"), "assistant"},
        {"{\"type\":\"system\",\"sessionId\":\"s\",\"timestamp\":\"x\"}", "system"},
        {"{\"type\":\"brand-new\",\"sessionId\":\"s\"}", "brand-new"},
        {"{\"type\":\"what a day\",\"sessionId\":\"s\"}", "other"},
        {"{\"type\":\"a234567890123456789012345678901234567890z\",\"sessionId\":\"s\"}",
         "a234567890123456789012345678901234567890"},
        {"{\"type\":\"user\",\"sessionId\":\"s\",\"message\":{\"content\":\"hi\"}}", "user"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i][0]) == LINE_SKIPPED, "%s", cases[i][0]);
        cr_expect(sv_is(p.skipped, cases[i][1]), "%s: %.*s", cases[i][0], SV_FMT(p.skipped));
        cr_expect(batch_size(&p.batch) == 0);
        probe_release(&p);
    }
}

Test(claude_code, complaints)
{
    static const char *const cases[][2] = {
        {LINE("\"message\":{\"usage\":{\"input_tokens\":\"x\"}}"),
         "message.usage.input_tokens: expected a whole number, found \"x\""},
        {LINE("\"message\":{\"usage\":{\"cache_creation\":{\"ephemeral_1h_input_tokens\":-1}}}"),
         "message.usage.cache_creation.ephemeral_1h_input_tokens: expected a whole number >= 0, "
         "found -1"},
        {LINE("\"message\":{\"usage\":{\"input_tokens\":9223372036854775807,"
              "\"cache_read_input_tokens\":1}}"),
         "message.usage: expected a sum below 2^63"},
        {LINE("\"costUSD\":\"x\",\"message\":{\"usage\":{}}"),
         "costUSD: expected an amount in dollars, found \"x\""},
        {"{\"type\":\"assistant\",\"sessionId\":\"s\",\"timestamp\":\"x\"}",
         "timestamp: expected a time, found \"x\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i][0]) == LINE_BAD, "%s", cases[i][0]);
        cr_expect_str_eq(p.err.msg, cases[i][1]);
        cr_expect(batch_size(&p.batch) == 0 && p.bad_field.n);
        probe_release(&p);
    }
}

Test(claude_code, a_project_is_the_last_part_of_the_directory)
{
    static const char *const cases[][2] = {
        {LINE("\"cwd\":\"/home/me/shop\",\"message\":{\"usage\":{}}"), "shop"},
        {LINE("\"cwd\":\"/home/me/shop/\",\"message\":{\"usage\":{}}"), "shop"},
        {LINE("\"cwd\":\"C:\\\\work\\\\shop\",\"message\":{\"usage\":{}}"), "shop"},
        {LINE("\"cwd\":\"shop\",\"message\":{\"usage\":{}}"), "shop"},
        {LINE("\"cwd\":\"/\",\"message\":{\"usage\":{}}"), ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(probe_line(&p, cases[i][0]) == LINE_RECORDS);
        cr_expect(text_is(p.batch.calls[0].dim[F_PROJECT], cases[i][1]), "%s", cases[i][0]);
        probe_release(&p);
    }
}

Test(claude_code, missing_usage_is_not_zero)
{
    struct probe p = {0};
    const struct call_record *c;

    cr_assert(probe_line(&p, LINE("\"message\":{\"id\":\"m\",\"usage\":{\"output_tokens\":3}}")) ==
              LINE_RECORDS);
    c = p.batch.calls;
    cr_expect(!record_has(c, F_INPUT_TOKENS) && !record_has(c, F_CACHE_READ_TOKENS) &&
              !record_has(c, F_COST_GIVEN_NUSD) && record_num(c, F_OUTPUT_TOKENS) == 3);
    probe_release(&p);
}

/* The web version exports one document, whose lines may lack their ids. */
Test(claude_code, the_web_export_is_a_document_of_lines)
{
    static const char doc[] =
        "{\"loglines\":[{\"type\":\"user\",\"message\":{\"content\":\"hi\"}},7,"
        "{\"type\":\"assistant\",\"timestamp\":\"2026-03-01T08:00:00Z\",\"requestId\":\"r\","
        "\"message\":{\"id\":\"m\",\"usage\":{\"output_tokens\":1}}},"
        "{\"type\":\"assistant\",\"message\":{\"usage\":{\"output_tokens\":2},\"content\":"
        "[{\"type\":\"tool_use\",\"name\":\"Bash\"}]}},"
        "{\"type\":\"assistant\",\"message\":{\"usage\":{\"output_tokens\":2},\"content\":"
        "[{\"type\":\"tool_use\",\"name\":\"Bash\"}]}}]}";
    struct probe p = {0};
    const struct call_record *c;

    cr_assert_eq(probe_line(&p, doc), LINE_RECORDS, "%s", p.err.msg);
    cr_expect_str_eq(p.format->name, "claude-code");
    cr_assert(p.batch.n_calls == 3 && p.batch.n_tools == 2);
    c = p.batch.calls;
    cr_expect(c[0].id.kind == ID_OWN && sv_is(c[0].id.own, "m:r"));
    cr_expect_eq(record_num(c, F_STARTED_US), 1772352000000000);
    cr_expect_neq(identity_key(&c[1].id), identity_key(&c[2].id));
    cr_expect_neq(identity_key(&p.batch.tools[0].id), identity_key(&p.batch.tools[1].id));
    probe_release(&p);

    cr_expect_eq(probe_line(&p, "{\"loglines\":[{\"type\":\"user\"}]}"), LINE_SKIPPED);
    cr_expect(sv_is(p.skipped, "session"));
    cr_expect_eq(probe_line(&p, "{\"loglines\":[{\"type\":\"user\",\"timestamp\":\"x\"}]}"),
                 LINE_BAD);
    cr_expect_str_eq(p.err.msg, "timestamp: expected a time, found \"x\"");
    cr_expect_eq(probe_line(&p, "{\"loglines\":{}}"), LINE_BAD);
    cr_expect_str_eq(p.err.msg, "unknown format");
    probe_release(&p);
}
