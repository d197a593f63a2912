#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/format_testing.h"

#define IDS "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\""
#define TIMES ",\"startTimeUnixNano\":\"1000000\",\"endTimeUnixNano\":\"5000999\""

/* A line with one span, whose members are `span`. */
static enum line_outcome read_span(struct probe *p, const char *span)
{
    char line[4096];

    snprintf(line, sizeof(line), "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{%s}]}]}]}",
             span);
    return probe_line(p, line);
}

/* The same with one attribute. */
static enum line_outcome read_attribute(struct probe *p, const char *name, const char *value)
{
    char span[2048];

    snprintf(span, sizeof(span),
             IDS TIMES ",\"attributes\":[{\"key\":\"gen_ai.usage.input_tokens\",\"value\":"
                       "{\"intValue\":1}},{\"key\":\"%s\",\"value\":{%s}}]",
             name, value);
    return read_span(p, span);
}

Test(otlp, ids_of_every_spelling_are_one)
{
    static const char *const cases[] = {
        "\"traceId\":\"0AF7651916CD43DD8448EB211C80319C\",\"spanId\":\"B7AD6B7169203331\"",
        /* python3: base64.b64encode(bytes.fromhex(...)) */
        "\"traceId\":\"CvdlGRbNQ92ESOshHIAxnA==\",\"spanId\":\"t61rcWkgMzE=\"",
        IDS,
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(read_span(&p, cases[i]) == LINE_RECORDS, "%s", cases[i]);
        cr_expect(sv_is(p.batch.spans[0].trace_id, "0af7651916cd43dd8448eb211c80319c"), "%s",
                  cases[i]);
        cr_expect(sv_is(p.batch.spans[0].span_id, "b7ad6b7169203331"), "%s", cases[i]);
        probe_release(&p);
    }
}

Test(otlp, a_duration_is_the_difference_of_floored_points)
{
    struct probe p = {0};

    cr_assert(read_attribute(&p, "x", "\"intValue\":1") == LINE_RECORDS);
    cr_expect_eq(record_num(p.batch.calls, F_STARTED_US), 1000);
    cr_expect_eq(record_num(p.batch.calls, F_LATENCY_US), 4000);
    probe_release(&p);
}

Test(otlp, attributes)
{
    static const struct {
        const char *name, *value;
        enum call_field field;
        int64_t want;
    } cases[] = {
        {"gen_ai.usage.output_tokens", "\"intValue\":\"7\"", F_OUTPUT_TOKENS, 7},
        {"gen_ai.usage.completion_tokens", "\"doubleValue\":7.0", F_OUTPUT_TOKENS, 7},
        {"llm.token_count.completion", "\"stringValue\":\"7\"", F_OUTPUT_TOKENS, 7},
        {"gen_ai.latency.time_in_queue", "\"doubleValue\":0.5", F_QUEUE_US, 500000},
        {"ai.response.msToFirstChunk", "\"doubleValue\":1.5", F_TIME_TO_FIRST_TOKEN_US, 1500},
        {"llm.is_streaming", "\"boolValue\":true", F_FLAGS, FLAG_STREAMING},
        {"error.type", "\"stringValue\":\"timeout\"", F_STATUS, STATUS_ERROR},
        {"gen_ai.usage",
         "\"kvlistValue\":{\"values\":[{\"key\":\"output_tokens\",\"value\":{\"intValue\":\"7\"}}]}",
         F_OUTPUT_TOKENS, 7},
        {"cost.usd", "\"stringValue\":\"0.5\"", F_COST_GIVEN_NUSD, 500000000},
        {"tokens.output", "\"intValue\":\"610\"", F_OUTPUT_TOKENS, 610},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(read_attribute(&p, cases[i].name, cases[i].value) == LINE_RECORDS, "%s: %s",
                  cases[i].name, p.err.msg);
        cr_expect(record_has(p.batch.calls, cases[i].field) &&
                      record_num(p.batch.calls, cases[i].field) == cases[i].want,
                  "%s", cases[i].name);
        probe_release(&p);
    }
}

Test(otlp, finish_reasons)
{
    static const char *const cases[][2] = {
        {"\"arrayValue\":{\"values\":[{\"stringValue\":\"length\"}]}", "length"},
        {"\"stringValue\":\"[\\\"length\\\"]\"", "length"},
        {"\"stringValue\":\"length\"", "length"},
        {"\"arrayValue\":{\"values\":[]}", ""},
        {"\"stringValue\":\"[]\"", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(read_attribute(&p, "gen_ai.response.finish_reasons", cases[i][0]) ==
                  LINE_RECORDS);
        cr_expect(text_is(p.batch.calls[0].dim[F_FINISH_REASON_RAW], cases[i][1]), "%s", cases[i][0]);
        probe_release(&p);
    }
}

Test(otlp, newer_names_come_before_older_ones)
{
    struct probe p = {0};

    cr_assert(read_attribute(&p, "gen_ai.usage.prompt_tokens", "\"intValue\":9") == LINE_RECORDS);
    cr_expect_eq(record_num(p.batch.calls, F_INPUT_TOKENS), 1);
    probe_release(&p);
}

Test(otlp, statuses)
{
    static const struct {
        const char *rest;
        enum call_status want;
        const char *kind;
    } cases[] = {
        {"", STATUS_OK, ""},
        {",\"status\":{\"code\":1}", STATUS_OK, ""},
        {",\"status\":{\"code\":2,\"message\":\"rate limited\"}", STATUS_ERROR, "rate_limit"},
        {",\"status\":{\"code\":\"STATUS_CODE_ERROR\",\"message\":\"timed out\"}", STATUS_ERROR,
         "timeout"},
        {",\"events\":[{\"name\":\"exception\"}]", STATUS_ERROR, "exception"},
        {",\"status\":{\"code\":1},\"events\":[{\"name\":\"exception\"}]", STATUS_OK, ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char span[512];
        struct probe p = {0};

        snprintf(span, sizeof(span), IDS "%s", cases[i].rest);
        cr_assert(read_span(&p, span) == LINE_RECORDS);
        cr_expect_eq(p.batch.spans[0].status, cases[i].want, "%s", cases[i].rest);
        cr_expect(text_is(p.batch.spans[0].error_type, cases[i].kind), "%s: %.*s", cases[i].rest,
                  SV_FMT(p.batch.spans[0].error_type));
        cr_expect_eq(p.batch.n_calls, 0, "no usage, no call");
        probe_release(&p);
    }
}

Test(otlp, kinds)
{
    static const char *const cases[][3] = {
        {"gen_ai.operation.name", "execute_tool", "tool"},
        {"gen_ai.operation.name", "embeddings", "embedding"},
        {"openinference.span.kind", "RERANKER", "reranker"},
        {"traceloop.span.kind", "workflow", "chain"},
        {"llm.request.type", "rerank", "reranker"},
        {"http.method", "GET", "llm"}, /* it has usage */
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char value[128];
        struct probe p = {0};

        snprintf(value, sizeof(value), "\"stringValue\":\"%s\"", cases[i][1]);
        cr_assert(read_attribute(&p, cases[i][0], value) == LINE_RECORDS);
        cr_expect(sv_is(p.batch.spans[0].kind, cases[i][2]), "%s", cases[i][1]);
        cr_expect_eq(p.batch.n_tools, strcmp(cases[i][2], "tool") == 0, "%s", cases[i][1]);
        probe_release(&p);
    }
}

/* A chain traced by hand: no convention, but names that many use alike. */
Test(otlp, steps_of_a_chain)
{
    static const struct {
        const char *name, *kind;
    } cases[] = {
        {"llm_chain",       "chain"    },
        {"retrieval",       "retriever"},
        {"guardrail_check", "guardrail"},
        {"prompt_assembly", "other"    },
        {"retrievals",      "other"    },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char span[512];
        struct probe p = {0};

        snprintf(span, sizeof(span),
                 IDS TIMES ",\"name\":\"%s\",\"attributes\":[{\"key\":\"prompt.tokens\",\"value\":"
                           "{\"intValue\":\"44120\"}}]",
                 cases[i].name);
        cr_assert(read_span(&p, span) == LINE_RECORDS, "%s: %s", cases[i].name, p.err.msg);
        cr_expect(text_is(p.batch.spans[0].kind, cases[i].kind), "%s", cases[i].name);
        cr_expect(text_is(p.batch.spans[0].attributes, "{\"prompt.tokens\":44120}"), "%s",
                  cases[i].name);
        cr_expect(p.batch.n_calls == 0, "%s: tokens of a prompt are not billed", cases[i].name);
        probe_release(&p);
    }
}

Test(otlp, a_chain_names_its_model_and_tokens)
{
    struct probe p = {0};

    cr_assert(read_span(&p, IDS TIMES ",\"name\":\"model_call\",\"attributes\":["
                                      "{\"key\":\"model.name\",\"value\":{\"stringValue\":\"m\"}},"
                                      "{\"key\":\"tokens.input\",\"value\":{\"intValue\":\"7\"}}]") ==
              LINE_RECORDS);
    cr_assert(p.batch.n_calls == 1);
    cr_expect(text_is(p.batch.calls[0].dim[F_REQUEST_MODEL], "m"));
    cr_expect(record_num(p.batch.calls, F_INPUT_TOKENS) == 7);
    cr_expect(text_is(p.batch.spans[0].kind, "llm"));
    probe_release(&p);
}

Test(otlp, deep_attributes_end)
{
    struct buf line = {0};
    struct probe p = {0};

    buf_str(&line, "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS
                   ",\"attributes\":[{\"key\":\"a\",\"value\":{");
    for (int i = 0; i < 100; i++)
        buf_str(&line, "\"kvlistValue\":{\"values\":[{\"key\":\"a\",\"value\":{");
    buf_str(&line, "\"intValue\":1");
    for (int i = 0; i < 100; i++)
        buf_str(&line, "}}]}");
    buf_str(&line, "}}]}]}]}]}");
    cr_expect_eq(probe_line(&p, line.p), LINE_RECORDS);
    cr_expect(p.batch.n_spans == 1 && !p.batch.spans[0].attributes.p);
    buf_release(&line);
    probe_release(&p);
}

Test(otlp, complaints)
{
    static const char *const cases[][2] = {
        {"\"spanId\":\"b7ad6b7169203331\"", "traceId: expected an id, found nothing"},
        {"\"traceId\":\"ab\",\"spanId\":\"\"", "spanId: expected an id, found \"\""},
        {IDS ",\"startTimeUnixNano\":\"soon\"",
         "startTimeUnixNano: expected nanoseconds since 1970, found \"soon\""},
        {IDS ",\"events\":[{\"timeUnixNano\":-1}]",
         "timeUnixNano: expected nanoseconds since 1970, found -1"},
        {IDS ",\"attributes\":[{\"key\":\"gen_ai.usage.input_tokens\",\"value\":"
             "{\"stringValue\":\"many\"}}]",
         "gen_ai.usage.input_tokens: expected a whole number, found \"many\""},
        {IDS ",\"events\":[{\"name\":\"gen_ai.evaluation.result\",\"attributes\":[{\"key\":"
             "\"gen_ai.evaluation.score.value\",\"value\":{\"stringValue\":\"x\"}}]}]",
         "gen_ai.evaluation.score.value: expected a number, found \"x\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect_eq(read_span(&p, cases[i][0]), LINE_BAD, "%s", cases[i][0]);
        cr_expect_str_eq(p.err.msg, cases[i][1]);
        cr_expect_eq(batch_size(&p.batch), 0);
        probe_release(&p);
    }
}

/* A line with one log record of this name and these attributes. */
static enum line_outcome read_log(struct probe *p, const char *record)
{
    char line[4096];

    snprintf(line, sizeof(line),
             "{\"resourceLogs\":[{\"scopeLogs\":[{\"scope\":{\"name\":"
             "\"com.anthropic.claude_code.events\"},\"logRecords\":[{\"timeUnixNano\":"
             "\"10000000000\",%s}]}]}]}",
             record);
    return probe_line(p, line);
}

#define NAMED(name)                                                                                \
    "\"attributes\":[{\"key\":\"event.name\",\"value\":{\"stringValue\":\"" name "\"}}"
#define ATTRIBUTE(name, value) ",{\"key\":\"" name "\",\"value\":{\"stringValue\":\"" value "\"}}"

Test(otlp, events)
{
    static const struct {
        const char *record;
        enum line_outcome outcome;
        const char *skipped;
        size_t calls, tools, scores;
    } cases[] = {
        {"\"body\":{\"stringValue\":\"claude_code.api_request\"}", LINE_RECORDS, NULL, 1, 0, 0},
        {"\"eventName\":\"claude_code.api_request\"", LINE_RECORDS, NULL, 1, 0, 0},
        {NAMED("api_request") "]", LINE_RECORDS, NULL, 1, 0, 0},
        {NAMED("tool_result") "]", LINE_RECORDS, NULL, 0, 1, 0},
        {NAMED("api_error") "]", LINE_SKIPPED, "claude_code.api_error", 0, 0, 0},
        {NAMED("user_prompt") "]", LINE_SKIPPED, "claude_code.user_prompt", 0, 0, 0},
        {NAMED("gen_ai.client.inference.operation.details") "]", LINE_SKIPPED,
         "gen_ai.client.inference.operation.details", 0, 0, 0},
        {"\"body\":{\"stringValue\":\"what a day\"}", LINE_SKIPPED, "log", 0, 0, 0},
        {"\"body\":null", LINE_SKIPPED, "log", 0, 0, 0},
        {NAMED("gen_ai.evaluation.result") "]", LINE_SKIPPED, "gen_ai.evaluation.result", 0, 0, 0},
        {IDS "," NAMED("gen_ai.evaluation.result") "]", LINE_RECORDS, NULL, 0, 0, 1},
        {NAMED("api_request") ATTRIBUTE("duration_ms", "-1") "]", LINE_BAD, NULL, 0, 0, 0},
        {NAMED("api_request") ATTRIBUTE("input_tokens", "9223372036854775807")
             ATTRIBUTE("cache_read_tokens", "1") "]",
         LINE_BAD, NULL, 0, 0, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect_eq(read_log(&p, cases[i].record), cases[i].outcome, "%s: %s", cases[i].record,
                     p.err.msg);
        cr_expect(!cases[i].skipped || sv_is(p.skipped, cases[i].skipped), "%s: %.*s",
                  cases[i].record, SV_FMT(p.skipped));
        cr_expect(p.batch.n_calls == cases[i].calls && p.batch.n_tools == cases[i].tools &&
                      p.batch.n_scores == cases[i].scores,
                  "%s", cases[i].record);
        probe_release(&p);
    }
}

Test(otlp, an_event_stands_at_the_end_of_its_request)
{
    struct probe p = {0};
    const struct call_record *c;

    cr_assert(read_log(&p, NAMED("api_request") ATTRIBUTE("duration_ms", "2500")
                               ATTRIBUTE("session.id", "s") ATTRIBUTE("event.timestamp", "t")
                                   "]") == LINE_RECORDS);
    c = p.batch.calls;
    cr_expect_eq(record_num(c, F_STARTED_US), 7500000);
    cr_expect(sv_is(c->id.family, "claude-code-event") && sv_is(c->id.own, "s:t"));
    probe_release(&p);
}

Test(otlp, lines_without_records)
{
    static const char *const cases[][2] = {
        {"{\"resourceSpans\":[]}", "empty"},
        {"{\"resourceSpans\":7}", "empty"},
        {"{\"resourceMetrics\":[{}]}", "metric"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect_eq(probe_line(&p, cases[i][0]), LINE_SKIPPED);
        cr_expect(sv_is(p.skipped, cases[i][1]), "%s", cases[i][0]);
        probe_release(&p);
    }
}
