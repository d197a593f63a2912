/* The traps of telemetry and server logs: Gemini's events in both of their containers, the stream
 * of codex exec, TGI's lines, Helicone's older interface. Wanted values are worked out by hand. */
#include <criterion/criterion.h>

#include "format/dump_testing.h"

#define GEMINI(name, rest)                                                                         \
    "{\"attributes\":{\"event.name\":\"gemini_cli." name "\",\"session.id\":\"s\","                \
    "\"event.timestamp\":\"2026-03-01T08:00:10Z\"" rest "}}"
#define OTLP(name, attributes)                                                                     \
    "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"9000000000\","        \
    "\"attributes\":[{\"key\":\"event.name\",\"value\":{\"stringValue\":\"gemini_cli." name        \
    "\"}}" attributes "]}]}]}]}"
#define TEXT_ATTRIBUTE(key, value)                                                                 \
    ",{\"key\":\"" key "\",\"value\":{\"stringValue\":\"" value "\"}}"
#define INT_ATTRIBUTE(key, value) ",{\"key\":\"" key "\",\"value\":{\"intValue\":\"" value "\"}}"

#define THREAD(id) "{\"type\":\"thread.started\",\"thread_id\":\"" id "\"}"
#define TURN(usage) "{\"type\":\"turn.completed\",\"usage\":{" usage "}}"

#define TGI(level, message, span)                                                                  \
    "{\"timestamp\":\"2026-03-01T08:00:10Z\",\"level\":\"" level "\",\"message\":\"" message       \
    "\",\"target\":\"text_generation_router::server\",\"span\":{" span "}}"

#define GRAPHQL(rest) "{\"id\":\"q\",\"createdAt\":\"2026-03-01T08:00:10Z\",\"values\":[]," rest "}"

static void add_number(struct buf *b, const struct call_record *c, enum call_field f)
{
    if (record_has(c, f))
        buf_printf(b, " %lld", (long long)record_num(c, f));
    else
        buf_str(b, " -");
}

/* A call as "started_s latency_us in out read reasoning nusd status flags kind", started relative
 * to 08:00:00, a tool call as "tool name started_s latency_us status"; a semicolon behind each. */
static struct buf summary_of(const struct batch *batch)
{
    static const enum call_field fields[] = {
        F_LATENCY_US,       F_INPUT_TOKENS,    F_OUTPUT_TOKENS, F_CACHE_READ_TOKENS,
        F_REASONING_TOKENS, F_COST_GIVEN_NUSD, F_STATUS,        F_FLAGS};
    const int64_t origin_us = INT64_C(1772352000000000);
    struct buf b = {0};

    buf_str(&b, "");
    for (size_t i = 0; i < batch->n_calls; i++) {
        const struct call_record *c = &batch->calls[i];

        if (record_has(c, F_STARTED_US))
            buf_printf(&b, "%g", (double)(record_num(c, F_STARTED_US) - origin_us) / 1e6);
        else
            buf_str(&b, "-");
        for (size_t f = 0; f < ARRAY_LEN(fields); f++)
            add_number(&b, c, fields[f]);
        buf_printf(&b, " %.*s;", SV_FMT(c->dim[F_ERROR_KIND]));
    }
    for (size_t i = 0; i < batch->n_tools; i++) {
        const struct tool_record *t = &batch->tools[i];

        buf_printf(&b, "tool %.*s %g %lld %lld;", SV_FMT(t->tool_name),
                   (double)(t->started_us.v - origin_us) / 1e6, (long long)t->latency_us.v,
                   (long long)t->status.v);
    }
    return b;
}

/* clang-format off */
static const struct {
    const char *name;
    const char *lines[4];
    const char *want;
} cases[] = {
    {"gemini: the event stands at the end; thoughts are outside the output, tools outside the "
     "input",
     {GEMINI("api_response", ",\"duration_ms\":2500,\"input_token_count\":100,"
             "\"output_token_count\":10,\"cached_content_token_count\":60,"
             "\"thoughts_token_count\":7,\"tool_token_count\":3,\"total_token_count\":120,"
             "\"status_code\":200")},
     "7.5 2500000 103 17 60 7 - 0 - ;"},
    {"gemini: all counts are 0 where the answer had no usage",
     {GEMINI("api_response", ",\"duration_ms\":1,\"input_token_count\":0,\"output_token_count\":0,"
             "\"cached_content_token_count\":0,\"total_token_count\":0")},
     "9.999 1000 - - - - - 0 - ;"},
    {"gemini: a count that is 0 beside others is 0",
     {GEMINI("api_response", ",\"input_token_count\":5,\"output_token_count\":0,"
             "\"total_token_count\":5")},
     "10 - 5 0 - - - 0 - ;"},
    {"gemini: the same in OTLP, where its counts are texts",
     {OTLP("api_response", TEXT_ATTRIBUTE("event.timestamp", "2026-03-01T08:00:10Z")
           INT_ATTRIBUTE("duration_ms", "2500") INT_ATTRIBUTE("input_token_count", "100")
           INT_ATTRIBUTE("output_token_count", "10") INT_ATTRIBUTE("thoughts_token_count", "7"))},
     "7.5 2500000 100 17 - 7 - 0 - ;"},
    {"gemini: every attempt that failed is a call without tokens",
     {GEMINI("api_error", ",\"duration_ms\":500,\"status_code\":503,\"error\":\"x\""),
      GEMINI("api_error", ",\"error.type\":\"FetchError\",\"status_code\":\"?\"")},
     "9.5 500000 - - - - - 1 - server_error;10 - - - - - - 1 - FetchError;"},
    {"gemini: a subagent's request",
     {GEMINI("api_response", ",\"role\":\"subagent\"")}, "10 - - - - - - 0 16 ;"},
    {"gemini: a tool",
     {GEMINI("tool_call", ",\"function_name\":\"ls\",\"duration_ms\":250,\"success\":true"),
      GEMINI("tool_call", ",\"function_name\":\"rm\",\"duration_ms\":0,\"success\":\"false\"")},
     "tool ls 9.75 250000 0;tool rm 10 0 1;"},
    {"gemini: what repeats a request or tells of another thing is no record",
     {"{\"attributes\":{\"event.name\":\"gen_ai.client.inference.operation.details\","
      "\"gen_ai.usage.input_tokens\":5}}",
      GEMINI("api_request", ",\"model\":\"m\""),
      "{\"_spanContext\":{},\"attributes\":{\"gen_ai.usage.input_tokens\":5}}",
      "{\"resource\":{},\"scopeMetrics\":[]}"},
     ""},
    {"gemini: without a time of its own an event has that of its record",
     {"{\"hrTime\":[1772352001,500000999],\"attributes\":{\"event.name\":"
      "\"gemini_cli.api_response\"}}"},
     "1.5 - - - - - - 0 - ;"},

    {"codex exec: usage is that of the thread so far, reasoning a part of the output",
     {THREAD("a"),
      TURN("\"input_tokens\":10,\"cached_input_tokens\":4,\"output_tokens\":3,"
           "\"reasoning_output_tokens\":2"),
      TURN("\"input_tokens\":30,\"cached_input_tokens\":9,\"output_tokens\":8")},
     "- - 10 3 4 2 - 0 8 ;- - 30 8 9 - - 0 8 ;"},
    {"codex exec: a thread that never got a count has none",
     {TURN("\"input_tokens\":0,\"cached_input_tokens\":0,\"output_tokens\":0")},
     "- - - - - - - 0 8 ;"},
    {"codex exec: a turn that failed is told of once",
     {"{\"type\":\"error\",\"message\":\"timed out\"}",
      "{\"type\":\"turn.failed\",\"error\":{\"message\":\"timed out\"}}"},
     "- - - - - - - 1 8 timeout;"},
    {"codex exec: items are no calls",
     {"{\"type\":\"item.completed\",\"item\":{\"id\":\"i\",\"type\":\"agent_message\"}}",
      "{\"type\":\"turn.started\"}"},
     ""},

    {"tgi: durations are texts with their unit; the line stands at the end",
     {TGI("INFO", "Success", "\"total_time\":\"1.5s\""),
      TGI("INFO", "Success", "\"total_time\":\"250.5ms\""),
      TGI("INFO", "Success", "\"total_time\":\"648.287\xC2\xB5s\""),
      TGI("INFO", "Success", "\"total_time\":\"999ns\"")},
     "8.5 1500000 - - - - - 0 - ;9.7495 250500 - - - - - 0 - ;9.99935 648 - - - - - 0 - ;"
     "10 0 - - - - - 0 - ;"},
    {"tgi: other lines are no calls, and an error is one where it ends a request",
     {TGI("INFO", "Connected", "\"name\":\"main\""),
      TGI("ERROR", "Failed to bind", "\"name\":\"main\""),
      TGI("ERROR", "Model is overloaded", "\"name\":\"generate_stream\"")},
     "10 - - - - - - 1 - overloaded;"},

    {"helicone: tokens are in the provider's body, latency is in milliseconds",
     {GRAPHQL("\"latency\":12.5,\"costUSD\":0.5,\"responseBody\":{\"object\":\"chat.completion\","
              "\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}")},
     "10 12500 5 6 - - 500000000 0 - ;"},
    {"helicone: a cost of nothing is none",
     {GRAPHQL("\"latency\":1,\"costUSD\":0")}, "10 1000 - - - - - - - ;"},
    {"helicone: what the provider said of an error",
     {GRAPHQL("\"costUSD\":0,\"responseBody\":{\"error\":{\"message\":\"slow down\","
              "\"type\":\"rate_limit_error\",\"code\":429}}")},
     "10 - - - - - - 1 - rate_limit_error;"},
};
/* clang-format on */

Test(telemetry, traps)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        struct buf got;

        for (size_t k = 0; k < ARRAY_LEN(cases[i].lines) && cases[i].lines[k]; k++)
            cr_expect(probe_line(&p, cases[i].lines[k]) != LINE_BAD, "%s: %s", cases[i].name,
                      p.err.msg);
        got = summary_of(&p.batch);
        cr_expect_str_eq(got.p, cases[i].want, "%s: got %s", cases[i].name, got.p);
        buf_release(&got);
        probe_release(&p);
    }
}

/* Two streams of lines, and whether their calls are one. */
static const struct {
    const char *name;
    const char *first[2], *second[2];
    bool one;
} pairs[] = {
    {"codex exec: a thread that goes on in another stream is the same call",
     {THREAD("a"), TURN("\"output_tokens\":1")},
     {THREAD("a"), TURN("\"output_tokens\":9")},
     true },
    {"codex exec: threads without a name are each their own",
     {TURN("\"output_tokens\":1")},
     {TURN("\"output_tokens\":9")},
     false},
    {"codex exec: two threads",
     {THREAD("a"), TURN("\"output_tokens\":1")},
     {THREAD("b"), TURN("\"output_tokens\":1")},
     false},
    {"gemini: one event in both containers",
     {GEMINI("api_response", ",\"prompt_id\":\"p\"")},
     {OTLP("api_response", TEXT_ATTRIBUTE("session.id", "s") TEXT_ATTRIBUTE("prompt_id", "p")
                               TEXT_ATTRIBUTE("event.timestamp", "2026-03-01T08:00:10Z"))},
     true },
    {"gemini: two prompts that were answered in one moment",
     {GEMINI("api_response", ",\"prompt_id\":\"p\"")},
     {GEMINI("api_response", ",\"prompt_id\":\"q\"")},
     false},
    {"helicone: a request in both exports",
     {GRAPHQL("\"costUSD\":1")},
     {"{\"request_id\":\"q\",\"request_created_at\":\"2026-03-01\",\"response_status\":200}"},
     true },
};

static uint64_t key_of(const char *const lines[2])
{
    struct probe p = {0};
    uint64_t key = 0;

    for (size_t i = 0; i < 2 && lines[i]; i++)
        cr_expect(probe_line(&p, lines[i]) != LINE_BAD, "%s: %s", lines[i], p.err.msg);
    cr_assert_eq(p.batch.n_calls, 1, "%s", lines[0]);
    key = identity_key(&p.batch.calls[0].id);
    probe_release(&p);
    return key;
}

Test(telemetry, identities)
{
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        cr_expect_eq(key_of(pairs[i].first) == key_of(pairs[i].second), pairs[i].one, "%s",
                     pairs[i].name);
}

static const struct {
    const char *line, *message;
} unreadable[] = {
    {GEMINI("api_response",                                                    
     ",\"input_token_count\":\"many\""),
     "input_token_count: expected a whole number, found \"many\""},
    {GEMINI("api_response",                                                                        
     ",\"input_token_count\":9223372036854775807,\"tool_token_count\":1"),
     "input_token_count: expected a sum below 2^63, found 9223372036854775807"},
    {GEMINI("api_response", ",\"duration_ms\":-1"),
     "duration_ms: expected a duration >= 0, found -1"},
    {GEMINI("tool_call",                                                   ",\"duration_ms\":{}"),
     "duration_ms: expected a duration >= 0, found an object"},
    {"{\"hrTime\":[\"now\"],\"attributes\":{}}",                                                    
        "hrTime: expected a duration >= 0, found \"now\""                 },
    {TURN("\"input_tokens\":1.5"),                                                                  
           "usage.input_tokens: expected a whole number, found 1.5"                                 
                                          },
    {TGI("INFO",                                                                         "Success", 
                                                                  "\"total_time\":\"soon\""),
     "span.total_time: expected a duration like 1.5s or 20ms, found \"soon\""},
    {TGI("INFO",                                                                         "Success", 
                                    "\"total_time\":\"-1s\""),
     "span.total_time: expected a duration like 1.5s or 20ms, found \"-1s\""},
    {TGI("INFO",                                               "Success",                           
               "\"total_time\":1.5"),
     "span.total_time: expected a duration like 1.5s or 20ms, found 1.5"},
    {TGI("INFO",                                                                "Success",          
           "\"queue_time\":\"99999999999s\""),
     "span.queue_time: expected a duration like 1.5s or 20ms, found \"99999999999s\""},
    {GRAPHQL("\"costUSD\":\"much\""),   "costUSD: expected an amount in dollars, found \"much\""    
                                    },
};

Test(telemetry, lines_that_cannot_be_read)
{
    for (size_t i = 0; i < ARRAY_LEN(unreadable); i++) {
        struct probe p = {0};

        cr_expect_eq(probe_line(&p, unreadable[i].line), LINE_BAD, "%s", unreadable[i].line);
        cr_expect_str_eq(p.err.msg, unreadable[i].message, "%s: %s", unreadable[i].line, p.err.msg);
        cr_expect_eq(batch_size(&p.batch), 0);
        probe_release(&p);
    }
}

/* What else they say. */
/* clang-format off */
static const char *const told[][3] = {
    {"gemini: an error by its class", GEMINI("api_error", ",\"error_type\":\"ApiError\","
     "\"status_code\":429"),
     "status=1 http_status=429 error_kind=ApiError"},
    {"gemini: its newer name comes first", GEMINI("api_error", ",\"error_type\":\"ApiError\","
     "\"error.type\":\"Quota\""),
     "error_kind=Quota"},
    {"gemini: an error by its status", GEMINI("api_error", ",\"status_code\":\"429\""),
     "http_status=429 error_kind=rate_limit"},
    {"gemini: an error by its text", GEMINI("api_error", ",\"error.message\":\"timed out\","
     "\"error\":\"refused\""), "error_kind=timeout"},
    {"gemini: whose name was another once", GEMINI("api_error", ",\"error\":\"timed out\""),
     "error_kind=timeout"},
    {"gemini: an answer without a status is one", GEMINI("api_response", ""),
     "status=0 !http_status"},
    {"gemini: an answer that is none", GEMINI("api_response", ",\"status_code\":500"),
     "status=1 http_status=500"},
    {"gemini: a duration from before 1970", GEMINI("api_response",
     ",\"duration_ms\":9007199254740991"),
     "!started_us latency_us=9007199254740991000"},
    {"gemini: nothing is known of the tokens", GEMINI("api_response",
     ",\"input_token_count\":0,\"output_token_count\":0"),
     "input_tokens=0 output_tokens=0"},
    {"gemini: the error of a tool", GEMINI("tool_call", ",\"function_name\":\"f\",\"success\":"
     "false,\"error\":\"timed out\""),
     "tool.status=1 tool.error_kind=timeout !tool.started_us !tool.latency_us"},
    {"gemini: its class", GEMINI("tool_call", ",\"function_name\":\"f\",\"success\":"
     "false,\"error_type\":\"NotFound\""),
     "tool.error_kind=NotFound"},
    {"gemini: a tool without one", GEMINI("tool_call", ",\"function_name\":\"f\",\"success\":"
     "true,\"error\":\"timed out\""),
     "tool.status=0 !tool.error_kind tool.id=[\"gemini-event\",\"s:2026-03-01T08:00:10Z::f\"]"},
    {"gemini: a tool that did not say", GEMINI("tool_call", ",\"function_name\":\"f\",\"error\":"
     "\"timed out\""),
     "!tool.status !tool.error_kind"},
    {"gemini: the service is the resource's",
     "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{}" TEXT_ATTRIBUTE("service.name", "cli")
     "]},\"scopeLogs\":[{"
     "\"logRecords\":[{\"attributes\":[{}" TEXT_ATTRIBUTE("event.name", "gemini_cli.api_response")
     "]}]}]}]}",
     "service=cli id=line"},
};
/* clang-format on */

Test(telemetry, what_else_events_say)
{
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        struct probe p = {0};
        const char *lacks = NULL;

        cr_assert(probe_line(&p, told[i][1]) == LINE_RECORDS, "%s: %s", told[i][0], p.err.msg);
        lacks = dump_lacks(&p.batch, told[i][2]);
        cr_expect(!lacks, "%s: %s", told[i][0], lacks);
        probe_release(&p);
    }
}
