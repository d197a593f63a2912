#include <criterion/criterion.h>

#include "format/dump_testing.h"
#include "format/provider.h"

#define CHAT(rest) "{\"object\":\"chat.completion\"," rest "}"
#define SSE(rest) "{\"sse\":[" rest "]}"

/* The near miss beside the hit. */
Test(provider, kinds)
{
    static const struct {
        const char *body;
        enum answer_kind kind;
    } cases[] = {
        {"{}", ANSWER_NONE},
        {"[]", ANSWER_NONE},
        {"\"chat.completion\"", ANSWER_NONE},
        {"{\"object\":\"chat.completion\"}", ANSWER_OPENAI_CHAT},
        {"{\"object\":\"chat.completion.chunk\"}", ANSWER_OPENAI_CHUNK},
        {"{\"object\":\"chat.completions\"}", ANSWER_NONE},
        {"{\"object\":[\"chat.completion\"]}", ANSWER_NONE},
        {"{\"object\":\"text_completion\"}", ANSWER_OPENAI_TEXT},
        {"{\"object\":\"response\"}", ANSWER_OPENAI_RESPONSE},
        {"{\"object\":\"list\",\"data\":[{\"embedding\":[1]}]}", ANSWER_OPENAI_EMBEDDINGS},
        {"{\"object\":\"list\",\"data\":[],\"model\":\"m\",\"usage\":{}}",
         ANSWER_OPENAI_EMBEDDINGS},
        {"{\"object\":\"list\",\"data\":[{\"id\":\"gpt-4o\",\"object\":\"model\"}]}", ANSWER_NONE},
        {"{\"object\":\"error\",\"message\":\"no\"}", ANSWER_OPENAI_ERROR},
        {"{\"object\":\"error\"}", ANSWER_NONE},
        {"{\"type\":\"message\",\"stop_reason\":null}", ANSWER_ANTHROPIC},
        {"{\"type\":\"message\",\"message\":{}}", ANSWER_NONE},
        {"{\"type\":\"messages\",\"stop_reason\":null}", ANSWER_NONE},
        {"{\"usageMetadata\":{},\"candidates\":[]}", ANSWER_GEMINI},
        {"{\"usageMetadata\":{},\"promptFeedback\":{}}", ANSWER_GEMINI},
        {"{\"usageMetadata\":{},\"modelVersion\":\"m\"}", ANSWER_GEMINI},
        {"{\"usageMetadata\":{}}", ANSWER_NONE},
        {"{\"usageMetadata\":null,\"candidates\":[]}", ANSWER_NONE},
        {"{\"done\":true,\"created_at\":1,\"model\":\"m\"}", ANSWER_OLLAMA},
        {"{\"done\":false,\"created_at\":1,\"model\":\"m\"}", ANSWER_OLLAMA_CHUNK},
        {"{\"done\":true,\"created_at\":1}", ANSWER_NONE},
        {"{\"done\":true,\"model\":\"m\"}", ANSWER_NONE},
        {"{\"created_at\":1,\"model\":\"m\"}", ANSWER_NONE},
        {"{\"generation_id\":\"g\",\"meta\":{}}", ANSWER_COHERE},
        {"{\"generation_id\":\"g\"}", ANSWER_NONE},
        {"{\"message\":{},\"finish_reason\":\"x\",\"usage\":{\"tokens\":{}}}", ANSWER_COHERE},
        {"{\"message\":{},\"finish_reason\":\"x\",\"usage\":{\"billed_units\":{}}}", ANSWER_COHERE},
        {"{\"message\":{},\"finish_reason\":\"x\",\"usage\":{\"prompt_tokens\":1}}", ANSWER_NONE},
        {"{\"message\":\"\",\"finish_reason\":\"x\",\"usage\":{\"tokens\":{}}}", ANSWER_NONE},
        {"{\"message\":{},\"usage\":{\"tokens\":{}}}", ANSWER_NONE},
        {"{\"generations\":[{\"text\":\"a\",\"finish_reason\":\"x\"}]}", ANSWER_COHERE_GENERATE},
        {"{\"generations\":[]}", ANSWER_NONE},
        {"{\"output\":{},\"stopReason\":\"x\",\"usage\":{}}", ANSWER_BEDROCK_CONVERSE},
        {"{\"output\":{},\"stopReason\":\"x\"}", ANSWER_NONE},
        {"{\"output\":{},\"usage\":{}}", ANSWER_NONE},
        {"{\"stopReason\":\"x\",\"usage\":{}}", ANSWER_NONE},
        {"{\"inputTextTokenCount\":1,\"results\":[]}", ANSWER_BEDROCK_TITAN},
        {"{\"inputTextTokenCount\":1}", ANSWER_NONE},
        {"{\"generation_token_count\":1,\"prompt_token_count\":1}", ANSWER_BEDROCK_LLAMA},
        {"{\"generation_token_count\":1}", ANSWER_NONE},
        {"{\"prompt_token_count\":1}", ANSWER_NONE},
        {"{\"error\":{\"message\":\"no\",\"type\":\"t\"}}", ANSWER_OPENAI_ERROR},
        {"{\"error\":{\"message\":\"no\",\"code\":\"c\"}}", ANSWER_OPENAI_ERROR},
        {"{\"error\":{\"message\":\"no\"}}", ANSWER_NONE},
        {"{\"error\":{\"type\":\"t\",\"code\":\"c\"}}", ANSWER_NONE},
        {"{\"error\":{\"message\":\"no\",\"type\":\"t\"},\"level\":\"error\"}", ANSWER_NONE},
        {"{\"jsonrpc\":\"2.0\",\"error\":{\"message\":\"no\",\"code\":-1}}", ANSWER_NONE},
        {"{\"type\":\"error\",\"error\":{\"message\":\"no\"}}", ANSWER_ANTHROPIC_ERROR},
        {"{\"error\":{\"message\":\"no\",\"code\":404,\"status\":\"NOT_FOUND\"}}",
         ANSWER_GEMINI_ERROR},
        {"{\"error\":{\"message\":\"no\",\"code\":404}}", ANSWER_OPENAI_ERROR},
        {"{\"error\":{\"message\":\"no\",\"code\":\"404\",\"status\":\"NOT_FOUND\"}}",
         ANSWER_OPENAI_ERROR},
        {"{\"error\":\"no such model\"}", ANSWER_OLLAMA_ERROR},
        {"{\"error\":\"no\",\"status\":\"failed\"}", ANSWER_NONE},
        {"{\"error\":null}", ANSWER_NONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_doc d = {0};

        cr_assert(json_parse(&d, cases[i].body, strlen(cases[i].body), NULL) == OK, "%s",
                  cases[i].body);
        cr_expect_eq(answer_kind(&d, 0), cases[i].kind, "%s: %d", cases[i].body,
                     (int)answer_kind(&d, 0));
        json_release(&d);
    }
}

Test(provider, lines_and_whose_they_are)
{
    static const struct {
        const char *line, *format; /* NULL: nobody's */
    } cases[] = {
        {CHAT("\"id\":\"c\""), "openai"},
        {"{\"obj\\u0065ct\":\"response\"}", "openai"},
        {"{\"type\":\"message\",\"stop_reason\":\"end_turn\",\"usage\":{}}", "anthropic"},
        {"{\"error\":{\"message\":\"no\",\"type\":\"t\"}}", "openai"},
        {"{\"error\":{\"message\":\"no\",\"type\":\"t\"},\"model\":\"m\"}", "generic"},
        {"{\"error\":\"no\",\"model\":\"m\"}", "generic"},
        {"{\"done\":true,\"created_at\":1,\"model\":\"m\"}", "ollama"},
        {"{\"done\":true,\"model\":\"m\",\"cost\":1}", "generic"},
        {"{\"message\":{},\"finish_reason\":\"x\",\"usage\":{\"tokens\":{}}}", "cohere"},
        {"{\"custom_id\":\"a\",\"result\":{\"type\":\"expired\"}}", "anthropic-batch"},
        {"{\"custom_id\":\"a\",\"result\":{\"type\":\"new\"}}", NULL},
        {"{\"result\":{\"type\":\"expired\"}}", NULL},
        {"{\"custom_id\":\"a\",\"response\":{\"status_code\":200}}", "openai-batch"},
        {"{\"custom_id\":\"a\",\"response\":null,\"error\":null}", "openai-batch"},
        {"{\"custom_id\":\"a\",\"response\":null}", NULL},
        {"{\"response\":{\"status_code\":200}}", NULL},
        {"{\"response\":" CHAT("\"id\":\"c\"") "}", "wrapped-body"},
        {"{\"response_json\":" CHAT("\"id\":\"c\"") "}", "wrapped-body"},
        {"{\"answer\":" CHAT("\"id\":\"c\"") "}", NULL},
        {"{\"output\":\" {\\\"object\\\":\\\"response\\\"} \"}", "wrapped-body"},
        {"{\"output\":\"{\\\"object\\\":\\\"response\\\"\"}", NULL},
        {"{\"output\":\"object\"}", NULL},
        {"{\"result\":{\"error\":{\"message\":\"no\",\"type\":\"t\"}}}", NULL},
        {"{\"result\":{\"error\":{\"message\":\"no\",\"type\":\"t\"}},\"model\":\"m\"}",
         "wrapped-body"},
        {"{\"model\":\"m\",\"response\":{\"error\":\"no\"}}", NULL},
        {SSE("{\"type\":\"ping\"}"), "sse"},
        {SSE("{\"type\":\"response.output_text.delta\"}"), "sse"},
        {SSE("{\"type\":\"tick\"}," CHAT("\"id\":\"c\"")), "sse"},
        {SSE("{\"type\":\"tick\"}"), NULL},
        {SSE(""), NULL},
        {"{\"sse\":{\"type\":\"ping\"}}", NULL},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        probe_line(&p, cases[i].line);
        cr_expect(cases[i].format ? p.format && strcmp(p.format->name, cases[i].format) == 0
                                  : !p.format,
                  "%s: %s", cases[i].line, p.format ? p.format->name : "nobody");
        probe_release(&p);
    }
}

/* Input and output in every provider's counting, by hand after the table of token arithmetic. */
Test(provider, usage)
{
    static const struct {
        const char *usage;
        int64_t input, output, cache_read, cache_write, reasoning;
    } cases[] = {
        {"{\"prompt_tokens\":100,\"completion_tokens\":50,\"prompt_tokens_details\":"
         "{\"cached_tokens\":64},\"completion_tokens_details\":{\"reasoning_tokens\":30}}",
         100, 50, 64, -1, 30},
        {"{\"input_tokens\":100,\"output_tokens\":50,\"input_tokens_details\":"
         "{\"cached_tokens\":64},\"output_tokens_details\":{\"reasoning_tokens\":30},"
         "\"total_tokens\":150}",
         100, 50, 64, -1, 30},
        /* a proxy's: OpenAI's counts with Anthropic's parts beside them */
        {"{\"prompt_tokens\":100,\"completion_tokens\":5,\"cache_read_input_tokens\":64,"
         "\"prompt_tokens_details\":{\"cached_tokens\":64}}",
         100, 5, 64, -1, -1},
        {"{\"input_tokens\":10,\"output_tokens\":5,\"cache_read_input_tokens\":64,"
         "\"cache_creation_input_tokens\":6}",
         80, 5, 64, 6, -1},
        {"{\"inputTokens\":10,\"outputTokens\":5,\"cacheReadInputTokens\":64,\"totalTokens\":79}",
         74, 5, 64, -1, -1},
        {"{\"inputTokens\":100,\"outputTokens\":5,\"cacheReadInputTokens\":64,\"totalTokens\":105}",
         100, 5, 64, -1, -1},
        {"{\"inputTokens\":100,\"outputTokens\":5,\"cacheReadInputTokens\":64}",
         164, 5, 64, -1, -1},
        {"{\"promptTokenCount\":10,\"toolUsePromptTokenCount\":4,\"candidatesTokenCount\":5,"
         "\"thoughtsTokenCount\":7,\"cachedContentTokenCount\":3,\"totalTokenCount\":26}",
         14, 12, 3, -1, 7},
        {"{\"promptTokenCount\":10,\"totalTokenCount\":10}", 10, -1, -1, -1, -1},
        {"{\"promptTokenCount\":10}", 10, -1, -1, -1, -1},
        {"{\"totalTokenCount\":10,\"candidatesTokenCount\":4}", -1, 4, -1, -1, -1},
        {"{\"input_tokens\":100,\"output_tokens\":5,\"cache_read_input_tokens\":64}", 164, 5, 64,
         -1,
         -1},
        {"{\"input_tokens\":100,\"output_tokens\":5,\"cache_creation_input_tokens\":6}", 106, 5, -1,
         6,
         -1},
        {"{\"output_tokens\":5,\"cache_read_input_tokens\":64}", -1, 5, 64, -1, -1},
        {"{\"prompt_tokens\":100,\"completion_tokens\":5,\"cached_tokens\":64}", 100, 5, 64, -1,
         -1},
        {"{}", -1, -1, -1, -1, -1},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_doc d = {0};
        struct batch b = {0};
        struct error err = {0};
        struct sv bad = SV_NONE;
        const struct line_context c = {.doc = &d, .out = &b};
        const struct reading r = {&c, &bad, &err};
        struct call_record call = {0};
        const struct {
            enum call_field field;
            int64_t want;
        } wanted[] = {
            {F_INPUT_TOKENS, cases[i].input},           {F_OUTPUT_TOKENS, cases[i].output},
            {F_CACHE_READ_TOKENS, cases[i].cache_read},
            {F_CACHE_WRITE_TOKENS, cases[i].cache_write},
            {F_REASONING_TOKENS, cases[i].reasoning},   {F_TOTAL_TOKENS_GIVEN, -1},
        };

        cr_assert(json_parse(&d, cases[i].usage, strlen(cases[i].usage), NULL) == OK);
        cr_expect(usage_read(&r, &d, 0, &call) && call_settle(&r, &call), "%s", cases[i].usage);
        for (size_t k = 0; k < ARRAY_LEN(wanted) && (k < 5 || cases[i].input >= 0); k++)
            cr_expect_eq(record_has(&call, wanted[k].field) ? record_num(&call, wanted[k].field)
                                                            : -1,
                         wanted[k].want, "%s: %s", cases[i].usage,
                         call_fields[wanted[k].field].name);
        json_release(&d);
        batch_release(&b);
    }
}

Test(provider, complaints)
{
    static const char *const cases[][2] = {
        {CHAT("\"usage\":{\"prompt_tokens\":\"x\"}"),
         "usage.prompt_tokens: expected a whole number, found \"x\""},
        {CHAT("\"usage\":{\"completion_tokens_details\":{\"reasoning_tokens\":-1}}"),
         "usage.completion_tokens_details.reasoning_tokens: expected a whole number >= 0, found "
         "-1"},
        {CHAT("\"created\":\"x\""), "created: expected a time, found \"x\""},
        {CHAT("\"usage\":{\"total_time\":-1}"),
         "usage.total_time: expected a duration >= 0, found -1"},
        {"{\"object\":\"response\",\"completed_at\":\"x\"}",
         "completed_at: expected a time, found \"x\""},
        {"{\"type\":\"message\",\"stop_reason\":null,\"usage\":{\"input_tokens\":"
         "9223372036854775807,\"cache_read_input_tokens\":1}}",
         "usage: expected a sum below 2^63"},
        {"{\"candidates\":[],\"usageMetadata\":{\"candidatesTokenCount\":9223372036854775807,"
         "\"thoughtsTokenCount\":1}}",
         "usageMetadata: expected a sum below 2^63"},
        {"{\"candidates\":[],\"usageMetadata\":{\"promptTokensDetails\":[{\"modality\":\"AUDIO\","
         "\"tokenCount\":\"x\"}]}}",
         "usageMetadata.promptTokensDetails.tokenCount: expected a whole number, found \"x\""},
        {"{\"inputTextTokenCount\":1,\"results\":[{\"tokenCount\":9223372036854775807},"
         "{\"tokenCount\":1}]}",
         "results.tokenCount: expected a sum below 2^63, found 1"},
        {"{\"done\":true,\"model\":\"m\",\"created_at\":\"x\"}",
         "created_at: expected a time, found \"x\""},
        {"{\"done\":true,\"model\":\"m\",\"created_at\":1,\"load_duration\":\"x\"}",
         "load_duration: expected a whole number, found \"x\""},
        {"{\"output\":{},\"stopReason\":\"x\",\"usage\":{},\"metrics\":{\"latencyMs\":[]}}",
         "metrics.latencyMs: expected a duration >= 0, found an array"},
        {"{\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":"
         CHAT("\"usage\":{\"total_tokens\":\"x\"}") "}}",
         "usage.total_tokens: expected a whole number, found \"x\""},
        {"{\"custom_id\":\"a\",\"result\":{\"type\":\"succeeded\",\"message\":{\"type\":"
         "\"message\",\"stop_reason\":null,\"usage\":{\"output_tokens\":\"x\"}}}}",
         "usage.output_tokens: expected a whole number, found \"x\""},
        {"{\"cost\":\"x\",\"response\":" CHAT("\"id\":\"c\"") "}",
         "cost: expected an amount in dollars, found \"x\""},
        {SSE("{\"type\":\"message_start\",\"message\":{\"type\":\"message\",\"stop_reason\":null}},"
             "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":\"x\"}}"),
         "usage.output_tokens: expected a whole number, found \"x\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i][0]) == LINE_BAD, "%s", cases[i][0]);
        cr_expect_str_eq(p.err.msg, cases[i][1]);
        cr_expect(batch_size(&p.batch) == 0 && p.bad_field.n, "%s", cases[i][0]);
        probe_release(&p);
    }
}

Test(provider, lines_that_are_no_calls)
{
    static const char *const cases[][2] = {
        {"{\"object\":\"chat.completion.chunk\",\"usage\":null}", "chunk"},
        {"{\"done\":false,\"created_at\":1,\"model\":\"m\"}", "chunk"},
        {"{\"object\":\"response\",\"status\":\"queued\"}", "unfinished"},
        {"{\"response\":{\"object\":\"response\",\"status\":\"in_progress\"}}", "unfinished"},
        {"{\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":{\"id\":\"modr-1\"}}}",
         "other answer"},
        {"{\"custom_id\":\"a\",\"result\":{\"type\":\"succeeded\",\"message\":{}}}",
         "other answer"},
        {SSE("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
             "\"usage\":{\"output_tokens\":5}}"),
         "no answer"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i][0]) == LINE_SKIPPED, "%s", cases[i][0]);
        cr_expect(sv_is(p.skipped, cases[i][1]), "%s: %.*s", cases[i][0], SV_FMT(p.skipped));
        cr_expect(batch_size(&p.batch) == 0);
        probe_release(&p);
    }
}

Test(provider, groq_streams_its_usage_in_a_place_of_its_own)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"x_groq\":"
                             "{\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}}") ==
              LINE_RECORDS);
    cr_expect_eq(record_num(p.batch.calls, F_OUTPUT_TOKENS), 2);
    cr_expect_eq(record_num(p.batch.calls, F_FLAGS), FLAG_STREAMING);
    probe_release(&p);
}

#define PART(id, choices, usage)                                                                   \
    "{\"object\":\"chat.completion.chunk\",\"id\":\"" id "\",\"choices\":[" choices "],"           \
    "\"usage\":" usage "}"

Test(provider, streams)
{
    static const struct {
        const char *name, *line;
        size_t calls, tools;
        int64_t input, output, status; /* of the last call; -1: missing */
    } cases[] = {
        {"usage in every chunk, the last one counts",
         SSE(PART("a", "", "{\"prompt_tokens\":5,\"completion_tokens\":1}") ","
             PART("a", "{\"finish_reason\":\"stop\"}",
                  "{\"prompt_tokens\":5,\"completion_tokens\":9}")),
         1, 0, 5, 9, STATUS_OK},
        {"no usage was asked for", SSE(PART("a", "{\"finish_reason\":\"stop\"}", "null")), 1, 0, -1,
         -1, STATUS_OK},
        {"cut off", SSE(PART("a", "{\"finish_reason\":null}", "null")), 1, 0, -1, -1,
         STATUS_UNKNOWN},
        {"two answers", SSE(PART("a", "", "{\"prompt_tokens\":5}") ","
                            PART("b", "", "{\"prompt_tokens\":6}")),
         2, 0, 6, -1, STATUS_UNKNOWN},
        {"chunks without an id are of one answer",
         SSE("{\"object\":\"chat.completion.chunk\"},{\"object\":\"chat.completion.chunk\","
             "\"usage\":{\"prompt_tokens\":4}}"),
         1, 0, 4, -1, STATUS_UNKNOWN},
        {"two messages, cached parts are added to each once",
         SSE("{\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"type\":\"message\","
             "\"stop_reason\":null,\"usage\":{\"input_tokens\":1,\"cache_read_input_tokens\":10}}},"
             "{\"type\":\"message_start\",\"message\":{\"id\":\"m2\",\"type\":\"message\","
             "\"stop_reason\":null,\"usage\":{\"input_tokens\":50,\"cache_read_input_tokens\":20,"
             "\"output_tokens\":3}}},"
             "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
             "\"usage\":{\"input_tokens\":50,\"cache_read_input_tokens\":20,\"output_tokens\":8}}"),
         2, 0, 70, 8, STATUS_OK},
        {"a whole message behind a streamed one",
         SSE("{\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"type\":\"message\","
             "\"stop_reason\":null,\"usage\":{\"input_tokens\":1}}},"
             "{\"id\":\"m2\",\"type\":\"message\",\"stop_reason\":\"end_turn\",\"usage\":"
             "{\"input_tokens\":50,\"cache_read_input_tokens\":20,\"output_tokens\":3}}"),
         2, 0, 70, 3, STATUS_OK},
        {"an error alone", SSE("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                               "\"message\":\"x\"}}"),
         1, 0, -1, -1, STATUS_ERROR},
        {"an error ends a response",
         SSE("{\"type\":\"response.created\",\"response\":{\"object\":\"response\",\"id\":\"r\","
             "\"status\":\"in_progress\"}},{\"type\":\"error\",\"code\":\"server_error\","
             "\"message\":\"x\"},{\"type\":\"response.failed\",\"response\":{\"object\":"
             "\"response\",\"id\":\"r\",\"status\":\"failed\",\"error\":{\"code\":"
             "\"server_error\",\"message\":\"x\"}}}"),
         1, 0, -1, -1, STATUS_ERROR},
        {"Gemini's thoughts are counted once",
         SSE("{\"responseId\":\"g\",\"candidates\":[],\"usageMetadata\":{\"promptTokenCount\":5,"
             "\"thoughtsTokenCount\":10}},{\"responseId\":\"g\",\"candidates\":[{\"finishReason\":"
             "\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":5,\"thoughtsTokenCount\":20}}"),
         1, 0, 5, 20, STATUS_OK},
        {"Gemini cut off",
         SSE("{\"responseId\":\"g\",\"candidates\":[],\"usageMetadata\":{\"promptTokenCount\":5}}"),
         1, 0, 5, -1, STATUS_UNKNOWN},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const struct {
            enum call_field field;
            int64_t want;
        } wanted[] = {
            {F_INPUT_TOKENS, cases[i].input},
            {F_OUTPUT_TOKENS, cases[i].output},
            {F_STATUS, cases[i].status},
        };
        const struct call_record *last = NULL;

        cr_assert(probe_line(&p, cases[i].line) == LINE_RECORDS, "%s: %s", cases[i].name,
                  p.err.msg);
        cr_assert_eq(p.batch.n_calls, cases[i].calls, "%s: %zu", cases[i].name, p.batch.n_calls);
        cr_expect_eq(p.batch.n_tools, cases[i].tools, "%s", cases[i].name);
        last = &p.batch.calls[p.batch.n_calls - 1];
        for (size_t k = 0; k < ARRAY_LEN(wanted); k++)
            cr_expect_eq(record_has(last, wanted[k].field) ? record_num(last, wanted[k].field) : -1,
                         wanted[k].want, "%s: %s", cases[i].name,
                         call_fields[wanted[k].field].name);
        probe_release(&p);
    }
}

#define WRAPPED(rest, body) "{\"provider\":\"p\"," rest ",\"response\":" body "}"
#define BATCHED(rest) "{\"id\":\"q\",\"custom_id\":\"a\"," rest "}"
#define CHOICE(rest) CHAT("\"choices\":[{" rest "}]")
#define RESPONSE(rest) "{\"object\":\"response\"" rest "}"
#define OLLAMA(rest) "{\"done\":true,\"created_at\":1,\"model\":\"m\"" rest "}"
#define MESSAGE_START(usage)                                                                       \
    "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\","                  \
    "\"stop_reason\":null,\"usage\":{" usage "}}}"
#define GEMINI(usage, rest) "{\"usageMetadata\":{" usage "}," rest "}"
#define CONVERSE(reason, usage)                                                                    \
    "{\"output\":{},\"stopReason\":\"" reason "\",\"usage\":{" usage "},"                          \
    "\"metrics\":{\"latencyMs\":5}}"

Test(provider, what_a_body_says)
{
    static const char *const cases[][3] = {
        /* OpenAI and those alike */
        {"a text of refusal is one, whatever the finish reason says",
         CHOICE("\"finish_reason\":\"stop\",\"message\":{\"refusal\":\"no\"}"),
         "finish_reason=refusal finish_reason_raw=stop"},
        {"no refusal", CHOICE("\"finish_reason\":\"stop\",\"message\":{\"refusal\":null}"),
         "finish_reason=stop"},
        {"an empty one", CHOICE("\"finish_reason\":\"stop\",\"message\":{\"refusal\":\"\"}"),
         "finish_reason=stop"},
        {"a refusal in pieces",
         SSE(PART("a", "{\"delta\":{\"refusal\":\"no\"}}", "null") ","
             PART("a", "{\"finish_reason\":\"stop\",\"delta\":{}}", "null")),
         "finish_reason=refusal"},
        {"a refusal among a response's parts",
         RESPONSE(",\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":["
                  "{\"type\":\"refusal\",\"refusal\":\"no\"}]}]"),
         "finish_reason=refusal"},
        {"Azure filtered the prompt",
         CHAT("\"prompt_filter_results\":[{\"content_filter_results\":{\"hate\":{\"filtered\":"
         "true}}}]"),
         "flags=64 provider=azure.ai.openai"},
        {"and did not",
         CHAT("\"prompt_filter_results\":[{\"content_filter_results\":{\"hate\":{\"filtered\":"
         "false}}}]"),
         "!flags"},
        {"Azure filtered the answer",
         CHOICE("\"content_filter_results\":{\"hate\":{\"filtered\":true}}"), "flags=64"},
        {"Groq's seconds", CHAT("\"x_groq\":{},\"usage\":{\"queue_time\":0.25,\"total_time\":1.5}"),
         "provider=groq queue_us=250000 latency_us=1500000"},
        {"audio inside",
         CHAT("\"usage\":{\"prompt_tokens\":9,\"prompt_tokens_details\":{\"audio_tokens\":4},"
              "\"completion_tokens_details\":{\"audio_tokens\":3}}"),
         "audio_input_tokens=4 audio_output_tokens=3 input_tokens=9"},
        {"audio inside, newer names",
         CHAT("\"usage\":{\"input_tokens\":9,\"input_tokens_details\":{\"audio_tokens\":4},"
              "\"output_tokens_details\":{\"audio_tokens\":3}}"),
         "audio_input_tokens=4 audio_output_tokens=3"},
        {"an embedding's input",
         "{\"object\":\"list\",\"model\":\"m\",\"usage\":{\"prompt_tokens\":7}}",
         "input_tokens=7 !output_tokens operation=embeddings"},
        {"by its total", "{\"object\":\"list\",\"model\":\"m\",\"usage\":{\"total_tokens\":7}}",
         "input_tokens=7 !total_tokens_given"},
        {"an incomplete response says why",
         RESPONSE(",\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":"
         "\"max_output_tokens\"}"),
         "finish_reason=length finish_reason_raw=max_output_tokens status=0"},
        {"or does not", RESPONSE(",\"status\":\"incomplete\",\"incomplete_details\":{}"),
         "finish_reason=other finish_reason_raw=incomplete"},
        {"only an incomplete one has such a reason",
         RESPONSE(",\"status\":\"completed\",\"incomplete_details\":{\"reason\":"
         "\"max_output_tokens\"}"),
         "finish_reason_raw=completed"},
        {"a failed response", RESPONSE(",\"status\":\"failed\""), "status=1"},
        {"an error", RESPONSE(",\"status\":\"incomplete\",\"error\":{\"code\":\"server_error\"}"),
         "status=1 error_kind=server_error"},
        {"a cancelled one", RESPONSE(",\"status\":\"cancelled\""), "status=2"},
        {"an unknown end", RESPONSE(",\"status\":\"lost\""), "status=3"},
        {"no status", RESPONSE(""), "status=0 !latency_us !started_us"},
        {"a response's times", RESPONSE(",\"created_at\":1772352000,\"completed_at\":1772352003"),
         "started_us=1772352000000000 latency_us=3000000"},
        {"turned round", RESPONSE(",\"created_at\":1772352003,\"completed_at\":1772352000"),
         "!latency_us"},
        {"an end alone", RESPONSE(",\"completed_at\":1772352000"), "!latency_us !started_us"},
        {"the wrapping line's own times come first",
         WRAPPED("\"timestamp\":1772352001,\"latency_ms\":7",
                 RESPONSE(",\"created_at\":1772352000,\"completed_at\":1772352003,\"model\":"
                 "\"m\"")),
         "started_us=1772352001000000 latency_us=7000"},
        {"a response's session", RESPONSE(",\"conversation\":{\"id\":\"s\"}"), "session_id=s"},

        /* server-sent events */
        {"a tool among the blocks of a message",
         SSE(MESSAGE_START("") ",{\"type\":\"content_block_start\",\"content_block\":{\"type\":"
         "\"text\"}},"
             "{\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\",\"id\":"
             "\"t\","
             "\"name\":\"f\"}}"),
         "#call=1 #tool=1 tool.id=[\"tool\",\"t\"] tool.tool_name=f"},
        {"a message's first output is a snapshot, the last is the whole",
         SSE(MESSAGE_START("\"input_tokens\":3,\"output_tokens\":1") ","
             "{\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":8}},"
             "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"},\"usage\":{"
             "\"output_tokens\":9}}"),
         "#call=1 input_tokens=3 output_tokens=9 finish_reason=length status=0 flags=1"},
        {"a message that was cut off has no output",
         SSE(MESSAGE_START("\"input_tokens\":3,\"output_tokens\":1")),
         "input_tokens=3 !output_tokens status=3"},
        {"the end of a message that did not begin here",
         SSE(PART("a", "", "{\"completion_tokens\":7}") ",{\"type\":\"message_delta\",\"delta\":"
             "{\"stop_reason\":\"max_tokens\"},\"usage\":{\"output_tokens\":9}},"
             "{\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\",\"name\":"
             "\"f\"}}"),
         "#call=1 output_tokens=7 !finish_reason #tool=0"},
        {"nothing that begins as a message but is none",
         SSE(PART("a", "", "{\"completion_tokens\":7}") ",{\"type\":\"message_start\","
         "\"message\":{}}"),
         "#call=1 output_tokens=7"},
        {"an incomplete response",
         SSE("{\"type\":\"response.created\",\"response\":" RESPONSE(",\"id\":\"r\"") "},"
             "{\"type\":\"response.incomplete\",\"response\":"
             RESPONSE(",\"id\":\"r\",\"status\":\"incomplete\"") "}"),
         "#call=1 finish_reason_raw=incomplete"},
        {"a failed one",
         SSE("{\"type\":\"response.failed\",\"response\":" RESPONSE(",\"id\":\"r\",\"status\":"
         "\"failed\"") "}"),
         "#call=1 status=1"},
        {"a cancelled one",
         SSE("{\"type\":\"response.cancelled\",\"response\":" RESPONSE(",\"id\":\"r\",\"status\":"
         "\"cancelled\"") "}"),
         "#call=1 status=2"},
        {"one whose end is missing, before another",
         SSE("{\"type\":\"response.created\",\"response\":" RESPONSE(",\"id\":\"r\",\"status\":"
         "\"in_progress\"")
             "},{\"type\":\"response.created\",\"response\":" RESPONSE(",\"id\":\"s\"") "},"
             "{\"type\":\"response.completed\",\"response\":" RESPONSE(",\"id\":\"s\",\"status\":"
             "\"completed\"") "}"),
         "#call=2 id=[\"openai\",\"r\"] status=3 id=[\"openai\",\"s\"] status=0"},
        {"an error in words of its own", SSE("{\"type\":\"error\",\"code\":\"server_error\","
         "\"message\":\"x\"}"),
         "#call=1 status=1 error_kind=server_error"},
        {"an error ends what was being written",
         SSE(PART("a", "", "{\"prompt_tokens\":5}") ",{\"error\":{\"message\":\"x\",\"type\":"
         "\"overloaded\"}}"),
         "#call=1 id=[\"openai\",\"a\"] input_tokens=5 status=1 error_kind=overloaded"},

        /* batches */
        {"a batch has its flag, which is half its price",
         BATCHED("\"response\":{\"status_code\":200,\"request_id\":\"r\",\"body\":"
         CHAT("\"id\":\"c\"") "}"),
         "id=[\"openai\",\"c\"] flags=2 http_status=200 request_id=r meta={\"custom_id\":\"a\"}"},
        {"a request that failed has the batch line's id",
         BATCHED("\"response\":{\"status_code\":500,\"body\":{\"error\":{\"message\":\"x\","
         "\"code\":\"429\"}}}"),
         "id=[\"openai\",\"q\"] flags=2 status=1 http_status=429 !input_tokens"},
        {"a request that expired",
         BATCHED("\"response\":null,\"error\":{\"code\":\"batch_expired\",\"message\":\"x\"}"),
         "status=1 error_kind=batch_expired !http_status"},
        {"a body that is an error all by itself",
         BATCHED("\"response\":{\"status_code\":400,\"body\":{\"message\":\"timed out\"}}"),
         "status=1 error_kind=timeout http_status=400"},
        {"an expired request of Anthropic's", BATCHED("\"result\":{\"type\":\"expired\"}"),
         "id=line status=1 error_kind=expired flags=2 provider=anthropic !input_tokens"},
        {"a cancelled one", BATCHED("\"result\":{\"type\":\"canceled\"}"),
         "status=1 error_kind=cancelled"},
        {"an errored one",
         BATCHED("\"result\":{\"type\":\"errored\",\"error\":{\"type\":\"error\",\"error\":{"
                 "\"type\":\"overloaded_error\",\"message\":\"x\"}}}"),
         "status=1 error_kind=overloaded_error"},
        {"an errored one, its error not wrapped",
         BATCHED("\"result\":{\"type\":\"errored\",\"error\":{\"type\":\"overloaded_error\","
         "\"message\":\"x\"}}"),
         "error_kind=overloaded_error"},

        /* who answered */
        {"Anthropic", "{\"type\":\"message\",\"id\":\"msg_01\",\"stop_reason\":\"end_turn\"}",
         "provider=anthropic"},
        {"Bedrock", "{\"type\":\"message\",\"id\":\"msg_bdrk_01\",\"stop_reason\":\"end_turn\"}",
         "provider=aws.bedrock"},
        {"Vertex AI", "{\"type\":\"message\",\"id\":\"msg_vrtx_01\",\"stop_reason\":\"end_turn\"}",
         "provider=gcp.vertex_ai"},

        /* Gemini */
        {"nothing but a total", GEMINI("\"totalTokenCount\":9", "\"candidates\":[]"),
         "total_tokens_given=9 !input_tokens !output_tokens"},
        {"a total beside a part says nothing",
         GEMINI("\"totalTokenCount\":9,\"candidatesTokenCount\":4", "\"candidates\":[]"),
         "output_tokens=4 !total_tokens_given !input_tokens"},
        {"audio among modalities",
         GEMINI("\"promptTokenCount\":20,\"promptTokensDetails\":[{\"modality\":\"AUDIO\","
         "\"tokenCount\":7},"
                "{\"modality\":\"TEXT\",\"tokenCount\":13}],\"candidatesTokensDetails\":["
                "{\"modality\":\"AUDIO\",\"tokenCount\":3}]", "\"candidates\":[]"),
         "audio_input_tokens=7 audio_output_tokens=3 input_tokens=20"},
        {"a reason in Python's numbers", GEMINI("", "\"candidates\":[{\"finishReason\":2}]"),
         "finish_reason=length !finish_reason_raw"},
        {"an unknown number", GEMINI("", "\"candidates\":[{\"finishReason\":9}]"),
         "!finish_reason"},
        {"a long number", GEMINI("", "\"candidates\":[{\"finishReason\":12}]"), "!finish_reason"},
        {"a blocked prompt", GEMINI("", "\"promptFeedback\":{\"blockReason\":\"OTHER\"}"),
         "finish_reason=content_filter finish_reason_raw=OTHER flags=64"},

        /* Ollama: nanoseconds, and no count where the prompt was cached */
        {"Ollama",
         "{\"done\":true,\"created_at\":\"2026-03-01T08:00:00.123456789Z\",\"model\":\"m\","
         "\"total_duration\":5000000000,\"load_duration\":1000000000,\"prompt_eval_duration\":"
         "500000000,"
         "\"eval_count\":5}",
         "!input_tokens output_tokens=5 latency_us=5000000 time_to_first_token_us=1500000 "
         "started_us=1772352000123456"},
        {"no first token where only one part of it is known",
         OLLAMA(",\"prompt_eval_duration\":500000000"), "!time_to_first_token_us"},
        {"nor where it is the other", OLLAMA(",\"load_duration\":500000000"),
         "!time_to_first_token_us"},
        {"a wrapping line knows better",
         WRAPPED("\"ttft_ms\":7", OLLAMA(",\"load_duration\":1000,\"prompt_eval_duration\":1000")),
         "time_to_first_token_us=7000"},

        /* Cohere: what was processed are the counts, what was billed is kept beside them */
        {"Cohere",
         "{\"generation_id\":\"g\",\"meta\":{\"billed_units\":{\"input_tokens\":"
         "5,\"output_tokens\":3},"
         "\"tokens\":{\"input_tokens\":70,\"output_tokens\":4}}}",
         "id=[\"cohere\",\"g\"] input_tokens=70 output_tokens=4 "
         "meta={\"billed_input_tokens\":5,\"billed_output_tokens\":3}"},
        {"only what was billed",
         "{\"generation_id\":\"g\",\"meta\":{\"billed_units\":{\"input_tokens\":"
         "5,\"output_tokens\":3}}}",
         "input_tokens=5 output_tokens=3"},
        {"version 2",
         "{\"id\":\"i\",\"message\":{},\"finish_reason\":\"COMPLETE\",\"usage\":{\"tokens\":{"
         "\"input_tokens\":70,"
         "\"output_tokens\":4},\"cached_tokens\":60}}",
         "id=[\"cohere\",\"i\"] input_tokens=70 cache_read_tokens=60 finish_reason=stop"},
        {"a model that a proxy added",
         "{\"id\":\"i\",\"model\":\"command\",\"message\":{},\"finish_reason\":\"COMPLETE\","
         "\"usage\":{\"tokens\":{}}}",
         "response_model=command"},

        /* Bedrock */
        {"the other spelling of cached tokens",
         CONVERSE("end_turn", "\"inputTokens\":1,\"cacheReadInputTokenCount\":20,"
                              "\"cacheWriteInputTokenCount\":300"),
         "input_tokens=321 cache_read_tokens=20 cache_write_tokens=300 latency_us=5000"},
        {"a total that fits nothing",
         CONVERSE("end_turn", "\"inputTokens\":100,\"outputTokens\":5,\"cacheReadInputTokens\":20,"
                              "\"totalTokens\":999"),
         "input_tokens=120"},
        {"a guardrail intervened", CONVERSE("guardrail_intervened", ""),
         "flags=64 finish_reason=content_filter"},
        {"Titan's results are summed",
         "{\"inputTextTokenCount\":7,\"results\":[{\"tokenCount\":2,\"completionReason\":"
         "\"FINISH\"},"
         "{\"tokenCount\":3}]}",
         "input_tokens=7 output_tokens=5 finish_reason=stop operation=text_completion"},
        {"Titan's embedding", "{\"inputTextTokenCount\":7,\"embedding\":[1]}",
         "input_tokens=7 !output_tokens operation=embeddings"},
        {"Llama",
         "{\"prompt_token_count\":7,\"generation_token_count\":2,\"stop_reason\":\"length\"}",
         "input_tokens=7 output_tokens=2 finish_reason=length"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const char *lacks = NULL;

        cr_assert(probe_line(&p, cases[i][1]) == LINE_RECORDS, "%s: %s", cases[i][0], p.err.msg);
        lacks = dump_lacks(&p.batch, cases[i][2]);
        cr_expect(!lacks, "%s: %s", cases[i][0], lacks);
        probe_release(&p);
    }
}

/* Records of one document that have no ids of their own are still different ones. */
Test(provider, records_of_a_document_are_told_apart)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, SSE("{\"object\":\"list\",\"model\":\"m\",\"usage\":{}},"
                                 "{\"object\":\"list\",\"model\":\"m\",\"usage\":{}}")) ==
              LINE_RECORDS);
    cr_assert_eq(p.batch.n_calls, 2);
    cr_expect(identity_key(&p.batch.calls[0].id) != identity_key(&p.batch.calls[1].id));
    probe_release(&p);
    p = (struct probe){0};
    cr_assert(probe_line(&p, "{\"usageMetadata\":{},\"candidates\":[{\"content\":{\"parts\":["
                             "{\"functionCall\":{\"name\":\"f\"}},{\"functionCall\":{\"name\":"
                             "\"f\"}}]}}]}") == LINE_RECORDS);
    cr_assert_eq(p.batch.n_tools, 2);
    cr_expect(identity_key(&p.batch.tools[0].id) != identity_key(&p.batch.tools[1].id));
    probe_release(&p);
}

/* What the body says of tokens and finish counts; the line's own time and names come first. */
Test(provider, a_wrapped_body_and_what_stands_beside_it)
{
    struct probe p = {0};
    const struct call_record *c;

    cr_assert(probe_line(&p, "{\"id\":\"7\",\"timestamp\":1772352000.25,\"provider\":\"proxy\","
                             "\"input_tokens\":1,\"output_tokens\":1,\"quality_score\":0.5,"
                             "\"correct\":\"yes\",\"completion\":"
                             CHAT("\"id\":\"c\",\"created\":1772351999,\"model\":\"gpt-4o\","
                                  "\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":2}") "}") ==
              LINE_RECORDS);
    c = p.batch.calls;
    cr_expect(sv_is(c->id.own, "c") && sv_is(c->id.family, "openai"));
    cr_expect_eq(record_num(c, F_STARTED_US), 1772352000250000);
    cr_expect_eq(record_num(c, F_INPUT_TOKENS), 8);
    cr_expect_eq(record_num(c, F_OUTPUT_TOKENS), 2);
    cr_expect(sv_is(c->dim[F_PROVIDER], "proxy") && sv_is(c->dim[F_RESPONSE_MODEL], "gpt-4o"));
    cr_expect(sv_is(c->meta, "{\"correct\":\"yes\",\"id\":\"7\"}"), "%.*s", SV_FMT(c->meta));
    cr_assert_eq(p.batch.n_scores, 1);
    cr_expect(sv_is(p.batch.scores[0].name, "quality"));
    probe_release(&p);
}

Test(provider, errors)
{
    static const struct {
        const char *line, *kind; /* NULL: none is known */
        int64_t http; /* -1: missing */
    } cases[] = {
        {"{\"error\":{\"message\":\"x\",\"type\":\"invalid_request_error\",\"code\":"
         "\"context_length_exceeded\"}}",
         "context_length_exceeded", -1},
        {"{\"error\":{\"message\":\"x\",\"type\":\"invalid_request_error\",\"code\":null}}",
         "invalid_request_error", -1},
        {"{\"error\":{\"message\":\"x\",\"code\":\"429\"}}", "rate_limit", 429},
        {"{\"error\":{\"code\":400,\"message\":\"x\",\"status\":\"INVALID_ARGUMENT\"}}",
         "INVALID_ARGUMENT", 400},
        {"{\"error\":{\"message\":\"x\",\"type\":\"tokens\",\"code\":\"429\"}}", "tokens", 429},
        {"{\"error\":{\"message\":\"x\",\"type\":\"tokens\",\"code\":\"not a word\"}}", "tokens",
         -1},
        {"{\"error\":\"unauthorized\"}", "auth", -1},
        {"{\"custom_id\":\"a\",\"response\":{\"status_code\":500,\"body\":{}},\"error\":null}",
         NULL, 500},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const struct call_record *c;

        cr_assert(probe_line(&p, cases[i].line) == LINE_RECORDS, "%s", cases[i].line);
        c = p.batch.calls;
        cr_expect_eq(record_num(c, F_STATUS), STATUS_ERROR);
        cr_expect(sv_eq(c->dim[F_ERROR_KIND], sv_from(cases[i].kind)), "%s: %.*s", cases[i].line,
                  SV_FMT(c->dim[F_ERROR_KIND]));
        cr_expect_eq(record_has(c, F_HTTP_STATUS) ? record_num(c, F_HTTP_STATUS) : -1,
                     cases[i].http);
        cr_expect(!record_has(c, F_INPUT_TOKENS) && !record_has(c, F_OUTPUT_TOKENS));
        probe_release(&p);
    }
}
