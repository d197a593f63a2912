#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/dump_testing.h"

#define IDS "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\""
#define TIMES ",\"startTimeUnixNano\":\"1000000\",\"endTimeUnixNano\":\"5000999\""
#define ATTRIBUTE(name, value) ",{\"key\":\"" name "\",\"value\":{\"stringValue\":\"" value "\"}}"

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
        {"gen_ai.is_streaming", "\"boolValue\":true", F_FLAGS, FLAG_STREAMING},
        {"gen_ai.request.stream", "\"boolValue\":true", F_FLAGS, FLAG_STREAMING},
        {"error.type", "\"stringValue\":\"timeout\"", F_STATUS, STATUS_ERROR},
        {"gen_ai.usage",
         "\"kvlistValue\":{\"values\":[{\"key\":\"output_tokens\",\"value\":{\"intValue\":"
         "\"7\"}}]}",
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
        cr_expect(text_is(p.batch.calls[0].dim[F_FINISH_REASON_RAW], cases[i][1]), "%s",
        cases[i][0]);
        probe_release(&p);
    }
}

#define TRACELOOP(name) "traceloop.association.properties." name
#define INPUT "gen_ai.usage.input_tokens"
#define OUTPUT "gen_ai.usage.output_tokens"

/* The names of each field in the documents of the conventions, newest first. */
/* clang-format off */
static const struct {
    const char *field;
    int64_t unit;       /* of the field in the attribute's; 0: a text */
    const char *usage;  /* what makes the span a call; NULL: the field itself does */
    const char *names[8];
} named[] = {
    {"operation", 0, INPUT, {"gen_ai.operation.name", "llm.request.type"}},
    {"provider", 0, INPUT, {"gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"}},
    {"request_model", 0, INPUT,
     {"gen_ai.request.model", "llm.request.model_name", "llm.model_name", "llm.request.model",
      "embedding.model_name", "model.name"}},
    {"response_model", 0, INPUT,
     {"gen_ai.response.model", "llm.response.model_name", "llm.response.model"}},
    {"feature", 0, INPUT, {"feature", "app.feature", TRACELOOP("feature")}},
    {"user", 0, INPUT, {"user.id", "enduser.id", "gen_ai.user", TRACELOOP("user_id")}},
    {"session_id", 0, INPUT,
     {"gen_ai.conversation.id", "session.id", TRACELOOP("session_id"), TRACELOOP("chat_id")}},
    {"request_id", 0, INPUT, {"gen_ai.response.id"}},
    {"environment", 0, INPUT,
     {"deployment.environment.name", "deployment.environment", "environment"}},
    {"agent", 0, INPUT, {"gen_ai.agent.name", "agent.name"}},
    {"service", 0, INPUT, {"service.name"}},
    {"team", 0, INPUT, {"team"}},
    {"project", 0, INPUT, {"project"}},
    {"tenant", 0, INPUT, {"tenant", "tenant.id"}},
    {"prompt", 0, INPUT, {"gen_ai.prompt.name", "traceloop.prompt.key", "prompt.id"}},
    {"prompt_version", 0, INPUT,
     {"gen_ai.prompt.version", "traceloop.prompt.version", "llm.prompt_template.version"}},
    {"template", 0, INPUT, {"traceloop.prompt.version_hash"}},
    {"finish_reason_raw", 0, INPUT,
     {"gen_ai.response.finish_reasons", "gen_ai.response.finish_reason",
      "gen_ai.completion.0.finish_reason", "llm.finish_reason", "llm.response.finish_reason",
      "llm.response.stop_reason"}},
    {"tier", 0, INPUT,
     {"openai.response.service_tier", "gen_ai.openai.response.service_tier",
      "gen_ai.response.service_tier"}},
    {"error_kind", 0, INPUT, {"error.type"}},
    {"input_tokens", 1, NULL,
     {INPUT, "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens", "llm.token_count.prompt",
      "tokens.input"}},
    {"output_tokens", 1, NULL,
     {OUTPUT, "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens",
      "llm.token_count.completion", "tokens.output"}},
    {"total_tokens_given", 1, NULL,
     {"gen_ai.usage.total_tokens", "llm.usage.total_tokens", "llm.token_count.total"}},
    {"cache_read_tokens", 1, OUTPUT,
     {"gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
      "gen_ai.usage.cached_tokens", "llm.token_count.prompt_details.cache_read",
      "llm.token_count.prompt_details.cache_input"}},
    {"cache_write_tokens", 1, OUTPUT,
     {"gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
      "llm.token_count.prompt_details.cache_write"}},
    {"reasoning_tokens", 1, INPUT,
     {"gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
      "llm.usage.reasoning_tokens", "llm.token_count.completion_details.reasoning"}},
    {"audio_input_tokens", 1, INPUT, {"llm.token_count.prompt_details.audio"}},
    {"audio_output_tokens", 1, INPUT, {"llm.token_count.completion_details.audio"}},
    {"http_status", 1, INPUT, {"http.response.status_code", "http.status_code"}},
    {"cost_given_nusd", 1000000000, INPUT,
     {"gen_ai.usage.cost", "gen_ai.usage.cost_usd", "llm.usage.cost", "llm.cost.total",
      "operation.cost", "cost.usd"}},
    {"time_to_first_token_us", 1000000, INPUT,
     {"gen_ai.response.time_to_first_chunk", "gen_ai.latency.time_to_first_token",
      "gen_ai.server.time_to_first_token"}},
    {"time_to_first_token_us", 1000, INPUT, {"ai.response.msToFirstChunk"}},
    {"time_per_output_token_us", 1000000, INPUT, {"gen_ai.server.time_per_output_token"}},
    {"queue_us", 1000000, INPUT, {"gen_ai.latency.time_in_queue"}},
};
/* clang-format on */

static void add_attribute(struct buf *span, const char *name, int value)
{
    buf_printf(span, "%s{\"key\":\"%s\",\"value\":{\"stringValue\":\"%d\"}}",
               sv_ends((struct sv){span->p, span->n}, "[") ? "" : ",", name, value);
}

/* The names from the n-th to the last one in reverse: the n-th, being the newest, is the one that
 * counts. Its value is 11 + n. */
static void check_newest(size_t row, size_t n, size_t last)
{
    struct buf span = {0}, want = {0};
    struct probe p = {0};
    int64_t value = 11 + (int64_t)n;

    buf_str(&span, IDS TIMES ",\"attributes\":[");
    if (named[row].usage)
        add_attribute(&span, named[row].usage, 1);
    for (size_t i = last + 1; i-- > n;)
        add_attribute(&span, named[row].names[i], 11 + (int)i);
    buf_str(&span, "]");
    buf_printf(&want, "%s=%lld", named[row].field,
               (long long)(named[row].unit ? value * named[row].unit : value));
    cr_expect(read_span(&p, span.p) == LINE_RECORDS, "%s: %s", span.p, p.err.msg);
    cr_expect(!dump_lacks(&p.batch, want.p), "%s by %s of %zu names", named[row].field,
              named[row].names[n], last + 1 - n);
    buf_release(&span);
    buf_release(&want);
    probe_release(&p);
}

Test(otlp, newer_names_come_before_older_ones)
{
    for (size_t i = 0; i < ARRAY_LEN(named); i++) {
        size_t last = 0;

        while (last + 1 < ARRAY_LEN(named[i].names) && named[i].names[last + 1])
            last++;
        for (size_t n = 0; n <= last; n++) {
            check_newest(i, n, n);
            check_newest(i, n, last);
        }
    }
}

#define EXCEPTION(attributes)                                                                      \
    ",\"events\":[{\"name\":\"exception\",\"attributes\":[{}" attributes "]}]"

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
        {",\"status\":{\"code\":\"STATUS_CODE_OK\"},\"events\":[{\"name\":\"exception\"}]",
         STATUS_OK, ""},
        {EXCEPTION(ATTRIBUTE("exception.type", "Timeout")), STATUS_ERROR, "Timeout"},
        {EXCEPTION(ATTRIBUTE("exception.message", "Connection refused")), STATUS_ERROR,
         "connection"},
        {EXCEPTION(ATTRIBUTE("exception.message", "Connection refused"))
         ",\"status\":{\"code\":2,\"message\":\"timed out\"}", STATUS_ERROR, "connection"},
        {EXCEPTION(ATTRIBUTE("exception.type", "Timeout"))
         ",\"attributes\":[{}" ATTRIBUTE("error.type", "429") "]", STATUS_ERROR, "rate_limit"},
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

/* The words of OpenTelemetry, OpenInference and Traceloop. */
Test(otlp, kinds)
{
    static const char *const cases[][3] = {
        {"gen_ai.operation.name", "chat", "llm"},
        {"gen_ai.operation.name", "text_completion", "llm"},
        {"gen_ai.operation.name", "generate_content", "llm"},
        {"gen_ai.operation.name", "embeddings", "embedding"},
        {"gen_ai.operation.name", "retrieval", "retriever"},
        {"gen_ai.operation.name", "execute_tool", "tool"},
        {"gen_ai.operation.name", "invoke_agent", "agent"},
        {"gen_ai.operation.name", "create_agent", "agent"},
        {"gen_ai.operation.name", "invoke_workflow", "chain"},
        {"llm.request.type", "completion", "llm"},
        {"llm.request.type", "embedding", "embedding"},
        {"llm.request.type", "rerank", "reranker"},
        {"openinference.span.kind", "LLM", "llm"},
        {"openinference.span.kind", "EMBEDDING", "embedding"},
        {"openinference.span.kind", "CHAIN", "chain"},
        {"openinference.span.kind", "RETRIEVER", "retriever"},
        {"openinference.span.kind", "RERANKER", "reranker"},
        {"openinference.span.kind", "TOOL", "tool"},
        {"openinference.span.kind", "AGENT", "agent"},
        {"openinference.span.kind", "GUARDRAIL", "guardrail"},
        {"openinference.span.kind", "EVALUATOR", "evaluator"},
        {"openinference.span.kind", "PROMPT", "other"},
        {"traceloop.span.kind", "workflow", "chain"},
        {"traceloop.span.kind", "task", "chain"},
        {"traceloop.span.kind", "agent", "agent"},
        {"traceloop.span.kind", "tool", "tool"},
        {"http.method", "GET", "other"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char span[512];
        struct probe p = {0};

        snprintf(span, sizeof(span),
                 IDS ",\"attributes\":[{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}}]",
                 cases[i][0], cases[i][1]);
        cr_assert(read_span(&p, span) == LINE_RECORDS);
        cr_expect(sv_is(p.batch.spans[0].kind, cases[i][2]), "%s", cases[i][1]);
        cr_expect_eq(p.batch.n_tools, strcmp(cases[i][2], "tool") == 0, "%s", cases[i][1]);
        cr_expect_eq(p.batch.n_calls, 0, "%s", cases[i][1]);
        probe_release(&p);
    }
}

#define CALL(attributes)                                                                           \
    IDS TIMES ",\"attributes\":[{\"key\":\"gen_ai.usage.input_tokens\","                           \
              "\"value\":{\"intValue\":1}}" attributes "]"
#define EVENT(name, nanoseconds)                                                                   \
    "{\"name\":\"" name "\",\"timeUnixNano\":\"" nanoseconds "\"}"

Test(otlp, what_a_span_says)
{
    static const char *const cases[][3] = {
        {"usage makes a call, whatever the span is called", CALL(""), "#call=1 span.kind=llm"},
        {"an agent's usage sums up that of others",
         CALL(ATTRIBUTE("gen_ai.operation.name", "invoke_agent")), "#call=1 flags=8"},
        {"so does a workflow's", CALL(ATTRIBUTE("traceloop.span.kind", "workflow")),
         "#call=1 flags=8"},
        {"no parent", CALL("") ",\"parentSpanId\":\"\"", "!parent_span_id !span.parent_span_id"},
        {"a parent of zeros is none", CALL("") ",\"parentSpanId\":\"0000000000000000\"",
         "!parent_span_id !span.parent_span_id"},
        {"a parent", CALL("") ",\"parentSpanId\":\"B7AD6B7169203332\"",
         "parent_span_id=b7ad6b7169203332"},
        {"the first token came when the first chunk did",
         CALL("") ",\"events\":[" EVENT("gen_ai.content.completion.chunk", "3000000") ","
                  EVENT("gen_ai.content.completion.chunk", "4000000") "]",
         "time_to_first_token_us=2000"},
        {"another name of the same",
         CALL("") ",\"events\":[" EVENT("First Token Stream Event", "3000000") "]",
         "time_to_first_token_us=2000"},
        {"other events are no tokens",
         CALL("") ",\"events\":[" EVENT("gen_ai.choice", "3000000") "]", "!time_to_first_token_us"},
        {"an attribute says it better than an event",
         CALL(ATTRIBUTE("gen_ai.response.time_to_first_chunk", "0.001"))
             ",\"events\":[" EVENT("First Token Stream Event", "3000000") "]",
         "time_to_first_token_us=1000"},
        {"a token before the start has no time",
         CALL("") ",\"events\":[" EVENT("First Token Stream Event", "1") "]",
         "!time_to_first_token_us"},
        {"an end before the start gives no latency",
         IDS ",\"startTimeUnixNano\":\"5000000\",\"endTimeUnixNano\":\"1000000\","
             "\"attributes\":[{}" ATTRIBUTE("llm.usage.total_tokens", "1") "]",
         "started_us=5000 !latency_us"},
        {"no times", IDS ",\"attributes\":[{}" ATTRIBUTE("llm.usage.total_tokens", "1") "]",
         "!started_us !latency_us"},
        {"metadata in JSON text", CALL(ATTRIBUTE("metadata", "{\\\"feature\\\":\\\"f\\\","
         "\\\"n\\\":7}")),
         "feature=f meta={\"n\":7}"},
        {"metadata that is none", CALL(ATTRIBUTE("metadata", "[7]")), "!feature !meta"},
        {"an agent's calls are its feature", CALL(ATTRIBUTE("gen_ai.agent.name", "a")),
         "agent=a feature=a"},
        {"unless one is named",
         CALL(ATTRIBUTE("gen_ai.agent.name", "a") ATTRIBUTE("feature", "f")), "feature=f"},
        {"a tool", IDS ",\"name\":\"s\",\"attributes\":[{}" ATTRIBUTE("traceloop.span.kind", "tool")
                       ATTRIBUTE("gen_ai.tool.name", "t1") ATTRIBUTE("tool.name", "t2") "]",
         "#tool=1 tool.tool_name=t1"},
        {"OpenInference's", IDS ",\"name\":\"s\",\"attributes\":[{}"
                                ATTRIBUTE("openinference.span.kind", "TOOL")
                                ATTRIBUTE("tool.name", "t2") "]",
         "tool.tool_name=t2"},
        {"Traceloop's", IDS ",\"name\":\"s\",\"attributes\":[{}"
                            ATTRIBUTE("traceloop.span.kind", "tool")
                            ATTRIBUTE("traceloop.entity.name", "t3") "]",
         "tool.tool_name=t3"},
        {"a tool without a name has its span's",
         IDS ",\"name\":\"s\",\"attributes\":[{}" ATTRIBUTE("traceloop.span.kind", "tool") "]",
         "tool.tool_name=s"},
        {"headers may hold keys and are not kept",
         CALL(ATTRIBUTE("llm.headers", "Bearer-1") ATTRIBUTE("llm.request.functions.0.name", "f")
                  ATTRIBUTE("plan", "pro")),
         "span.attributes={\"plan\":\"pro\"}"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const char *lacks = NULL;

        cr_assert(read_span(&p, cases[i][1]) == LINE_RECORDS, "%s: %s", cases[i][0], p.err.msg);
        lacks = dump_lacks(&p.batch, cases[i][2]);
        cr_expect(!lacks, "%s: %s", cases[i][0], lacks);
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
        {"retrieve",        "retriever"},
        {"guardrail_check", "guardrail"},
        {"guardrail",       "guardrail"},
        {"guardrails",      "guardrail"},
        {"rerank",          "reranker" },
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
                                      "{\"key\":\"tokens.input\",\"value\":{\"intValue\":\"7\"}}]")
                                      ==
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
        {NAMED("tool_decision") "]", LINE_SKIPPED, "claude_code.tool_decision", 0, 0, 0},
        {NAMED("gen_ai.client.inference.operation.details") "]", LINE_SKIPPED,
         "gen_ai.client.inference.operation.details", 0, 0, 0},
        {"\"body\":{\"stringValue\":\"what a day\"}", LINE_SKIPPED, "log", 0, 0, 0},
        {"\"body\":null", LINE_SKIPPED, "log", 0, 0, 0},
        {NAMED("gen_ai.evaluation.result") "]", LINE_SKIPPED, "gen_ai.evaluation.result", 0, 0, 0},
        {"\"traceId\":\"ab\"," NAMED("gen_ai.evaluation.result") "]", LINE_SKIPPED,
         "gen_ai.evaluation.result", 0, 0, 0},
        {"\"spanId\":\"ab\"," NAMED("gen_ai.evaluation.result") "]", LINE_SKIPPED,
         "gen_ai.evaluation.result", 0, 0, 0},
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

/* The line's own time is second 10. */
Test(otlp, what_an_event_says)
{
    static const char *const cases[][3] = {
        {"a request, whose input is told without its cached parts",
         NAMED("api_request") ATTRIBUTE("model", "m") ATTRIBUTE("duration_ms", "2500")
             ATTRIBUTE("input_tokens", "3") ATTRIBUTE("output_tokens", "5")
             ATTRIBUTE("cache_read_tokens", "70") ATTRIBUTE("cache_creation_tokens", "6")
             ATTRIBUTE("cost_usd", "0.5") ATTRIBUTE("session.id", "s") ATTRIBUTE("request_id", "r")
             ATTRIBUTE("user.account_uuid", "u") ATTRIBUTE("organization.id", "o")
             ATTRIBUTE("event.sequence", "4") ATTRIBUTE("event.timestamp", "t") "]",
         "id=[\"claude-code-event\",\"s:4\"] request_model=m provider=anthropic user=u tenant=o "
         "session_id=s request_id=r started_us=7500000 latency_us=2500000 input_tokens=79 "
         "output_tokens=5 cache_read_tokens=70 cache_write_tokens=6 cost_given_nusd=500000000 "
         "status=0"},
        {"cached parts below the input are added as well",
         NAMED("api_request") ATTRIBUTE("input_tokens", "100") ATTRIBUTE("cache_read_tokens", "70")
             ATTRIBUTE("cache_creation_tokens", "6") "]",
         "input_tokens=176"},
        {"no input, no sum", NAMED("api_request") ATTRIBUTE("cache_read_tokens", "70") "]",
         "!input_tokens cache_read_tokens=70"},
        {"without a number its time tells it from others",
         NAMED("api_request") ATTRIBUTE("session.id", "s") ATTRIBUTE("event.timestamp", "t") "]",
         "id=[\"claude-code-event\",\"s:t\"]"},
        {"without a session nothing does",
         NAMED("api_request") ATTRIBUTE("event.sequence", "4") "]", "id=line"},
        {"nor with a session alone", NAMED("api_request") ATTRIBUTE("session.id", "s") "]",
         "id=line"},
        {"no duration, no start", NAMED("api_request") "]",
         "!started_us !latency_us !cost_given_nusd !input_tokens"},
        {"a duration from before 1970", NAMED("api_request") ATTRIBUTE("duration_ms", "10001") "]",
         "!started_us latency_us=10001000"},
        {"a tool",
         NAMED("tool_result") ATTRIBUTE("tool_name", "Bash") ATTRIBUTE("success", "false")
             ATTRIBUTE("duration_ms", "2500") ATTRIBUTE("tool_use_id", "w")
             ATTRIBUTE("error", "timed out") "]",
         "tool.id=[\"tool\",\"w\"] tool.tool_name=Bash tool.status=1 tool.started_us=7500000 "
         "tool.ended_us=10000000 tool.latency_us=2500000 tool.error_kind=timeout"},
        {"a tool that succeeded", NAMED("tool_result") ATTRIBUTE("success", "true") "]",
         "tool.status=0 !tool.started_us !tool.latency_us"},
        {"a tool of which too little is known",
         NAMED("tool_result") ATTRIBUTE("duration_ms", "10001") "]",
         "!tool.status !tool.started_us"},
        {"an evaluation of a span",
         IDS "," NAMED("gen_ai.evaluation.result") ATTRIBUTE("gen_ai.evaluation.name", "truth")
             ATTRIBUTE("gen_ai.evaluation.score.value", "0.5")
             ATTRIBUTE("gen_ai.evaluation.score.label", "pass") "]",
         "score.name=truth score.value=0.5 score.label=pass "
         "score.call=[\"span\",\"0af7651916cd43dd8448eb211c80319c\",\"b7ad6b7169203331\"]"},
        {"an evaluation without a name", IDS "," NAMED("gen_ai.evaluation.result") "]",
         "score.name=evaluation"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const char *lacks = NULL;

        cr_assert(read_log(&p, cases[i][1]) == LINE_RECORDS, "%s: %s", cases[i][0], p.err.msg);
        lacks = dump_lacks(&p.batch, cases[i][2]);
        cr_expect(!lacks, "%s: %s", cases[i][0], lacks);
        probe_release(&p);
    }
}

Test(otlp, lines_without_records)
{
    static const char *const cases[][2] = {
        {"{\"resourceSpans\":[]}", "empty"},
        {"{\"resourceSpans\":7}", "empty"},
        {"{\"resourceMetrics\":[{}]}", "metric"},
        /* a name without its prefix is Claude Code's in Claude Code's scope only */
        {"{\"resourceLogs\":[{\"scopeLogs\":[{\"scope\":{\"name\":\"web\"},\"logRecords\":[{"
         NAMED("api_request") "]}]}]}]}", "log"},
        {"{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{" NAMED("gemini_cli.config")
         "]}]}]}]}", "gemini_cli.config"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect_eq(probe_line(&p, cases[i][0]), LINE_SKIPPED);
        cr_expect(sv_is(p.skipped, cases[i][1]), "%s", cases[i][0]);
        probe_release(&p);
    }
}
