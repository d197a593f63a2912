#include <criterion/criterion.h>

#include "format/dump_testing.h"

#define UUID "d0d84d31-923d-4cb5-94a8-40a0a0087578"
#define RUN(type, rest)                                                                            \
    "{\"id\":\"r1\",\"trace_id\":\"t1\",\"run_type\":\"" type "\","                             \
    "\"start_time\":\"2026-03-01T08:00:00\"," rest "}"
#define NONE (-1)

static int64_t field(const struct call_record *c, enum call_field f)
{
    return record_has(c, f) ? record_num(c, f) : NONE;
}

#define USAGE(n) "\"prompt_tokens\":" #n ",\"completion_tokens\":1"
#define NEWER(n) "{\"input_tokens\":" #n ",\"output_tokens\":1}"

/* Each case has usage in all places from some one on; the first of them counts. */
Test(langsmith, where_usage_stands)
{
    static const char *const cases[] = {
        USAGE(7) ",\"outputs\":{\"usage_metadata\":" NEWER(8) "}",
        "\"prompt_tokens\":0,\"completion_tokens\":0,\"outputs\":{\"usage_metadata\":" NEWER(7) "}",
        "\"outputs\":{\"usage_metadata\":" NEWER(7) ",\"llm_output\":{\"token_usage\":{" USAGE(8)
            "}}}",
        "\"outputs\":{\"llm_output\":{\"token_usage\":{" USAGE(7) "}},\"generations\":[[{"
            "\"message\":{\"kwargs\":{\"usage_metadata\":" NEWER(8) "}}}]]}",
        "\"outputs\":{\"generations\":[[{\"message\":{\"kwargs\":{\"usage_metadata\":" NEWER(7)
            "}}}]],\"usage\":{" USAGE(8) "}}",
        "\"outputs\":{\"generations\":[{\"message\":{\"usage_metadata\":" NEWER(7) "}}]}",
        "\"outputs\":{\"usage\":{" USAGE(7) "}}",
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[1024];

        snprintf(line, sizeof(line), RUN("llm", "%s"), cases[i]);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s: %s", cases[i], p.err.msg);
        cr_expect_eq(field(p.batch.calls, F_INPUT_TOKENS), 7, "%s: %lld", cases[i],
                     (long long)field(p.batch.calls, F_INPUT_TOKENS));
        probe_release(&p);
    }
}

Test(langsmith, zeros_are_no_usage)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, RUN("llm", "\"prompt_tokens\":0,\"completion_tokens\":0,"
                                        "\"total_tokens\":0")) == LINE_RECORDS);
    cr_expect(!record_has(p.batch.calls, F_INPUT_TOKENS));
    probe_release(&p);
}

/* What a chain counts is the sum of its calls. */
Test(langsmith, only_models_are_called)
{
    static const struct {
        const char *type, *kind;
        size_t calls, tools;
    } cases[] = {
        {"llm", "llm", 1, 0},           {"embedding", "embedding", 1, 0},
        {"chain", "chain", 0, 0},       {"tool", "tool", 0, 1},
        {"retriever", "retriever", 0, 0}, {"prompt", "other", 0, 0},
        {"parser", "other", 0, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line), RUN("%s", USAGE(9)), cases[i].type);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", cases[i].type);
        cr_expect_eq(p.batch.n_calls, cases[i].calls, "%s", cases[i].type);
        cr_expect_eq(p.batch.n_tools, cases[i].tools, "%s", cases[i].type);
        cr_expect(sv_is(p.batch.spans[0].kind, cases[i].kind), "%s", cases[i].type);
        probe_release(&p);
    }
}

#define POST                                                                                       \
    "{\"id\":\"" UUID "\",\"trace_id\":\"" UUID "\",\"run_type\":\"llm\",\"outputs\":{},"        \
    "\"start_time\":1728803137170,\"dotted_order\":\"20241013T070537170001Z" UUID "\","        \
    "\"inputs\":{\"model\":\"m\"}}"
#define PATCH                                                                                      \
    "{\"trace_id\":\"" UUID "\",\"end_time\":1728803138285,"                                    \
    "\"dotted_order\":\"20241013T070537170001Z" UUID "\",\"outputs\":{\"usage_metadata\":"     \
    NEWER(9) "},\"extra\":{\"metadata\":{\"ls_model_name\":\"m\"}}}"

/* The patch of the JavaScript client has no id; alone it knows its start by dotted_order, in which
 * the last three digits are a counter. python3: 1728803138285 - 1728803137170 = 1115 */
Test(langsmith, halves_of_a_run)
{
    static const char *const cases[] = {
        "{\"post\":[" POST "],\"patch\":[" PATCH "]}",
        "{\"patch\":[" PATCH "],\"post\":[" POST "]}",
        "{\"post\":[],\"patch\":[" PATCH "]}",
        "{\"patch\":[" PATCH "]}",
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const struct call_record *c = NULL;

        cr_assert(probe_line(&p, cases[i]) == LINE_RECORDS, "%s", p.err.msg);
        cr_assert_eq(p.batch.n_calls, 1, "%s", cases[i]);
        cr_expect_eq(p.batch.n_spans, 1);
        c = p.batch.calls;
        cr_expect(sv_is(c->id.own, UUID) && sv_is(c->id.family, "langsmith"));
        cr_expect_eq(field(c, F_STARTED_US), 1728803137170000, "%s", cases[i]);
        cr_expect_eq(field(c, F_LATENCY_US), 1115000, "%s", cases[i]);
        cr_expect_eq(field(c, F_INPUT_TOKENS), 9);
        cr_expect(sv_is(c->dim[F_REQUEST_MODEL], "m"));
        probe_release(&p);
    }
}

/* Microseconds of the Python client are microseconds. */
Test(langsmith, start_by_order)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, "{\"patch\":[{\"id\":\"r\",\"run_type\":\"llm\","
                             "\"end_time\":\"2024-10-11T20:58:24.417106+00:00\",\"dotted_order\":"
                             "\"20241011T205823000000Zaaaa.20241011T205823298773Z" UUID "\"}]}") ==
              LINE_RECORDS);
    cr_expect_eq(field(p.batch.calls, F_STARTED_US), 1728680303298773);
    cr_expect_eq(field(p.batch.calls, F_LATENCY_US), 1118333);
    probe_release(&p);
}

Test(langsmith, outcomes)
{
    static const struct {
        const char *members;
        int64_t status, latency;
    } cases[] = {
        {"\"status\":\"success\",\"end_time\":\"2026-03-01T08:00:01\"", STATUS_OK, 1000000},
        {"\"status\":\"error\",\"error\":\"x\",\"end_time\":\"2026-03-01T08:00:01\"", STATUS_ERROR,
         1000000},
        {"\"status\":\"pending\",\"end_time\":null", NONE, NONE},
        {"\"end_time\":\"2026-03-01T08:00:01\"", STATUS_OK, 1000000},
        {"\"error\":\"x\"", STATUS_ERROR, NONE},
        {"\"status\":\"success\",\"error\":\"x\"", STATUS_ERROR, NONE},
        {"\"end_time\":\"2026-03-01T07:59:59\"", STATUS_OK, NONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line), RUN("llm", "%s"), cases[i].members);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", cases[i].members);
        cr_expect_eq(field(p.batch.calls, F_STATUS), cases[i].status, "%s", cases[i].members);
        cr_expect_eq(field(p.batch.calls, F_LATENCY_US), cases[i].latency, "%s", cases[i].members);
        probe_release(&p);
    }
}

Test(langsmith, first_tokens)
{
    static const struct {
        const char *members;
        int64_t us;
    } cases[] = {
        {"\"first_token_time\":\"2026-03-01T08:00:00.25\"", 250000},
        {"\"first_token_time\":null,"
         "\"events\":[{\"name\":\"start\",\"time\":\"2026-03-01T08:00:00\"},"
         "{\"name\":\"new_token\",\"time\":\"2026-03-01T08:00:00.3\"},"
         "{\"name\":\"new_token\",\"time\":\"2026-03-01T08:00:00.4\"}]", 300000},
        {"\"events\":[{\"name\":\"end\",\"time\":\"2026-03-01T08:00:00.3\"}]", NONE},
        {"\"first_token_time\":\"2026-03-01T07:59:59\"", NONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line), RUN("llm", "%s"), cases[i].members);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", cases[i].members);
        cr_expect_eq(field(p.batch.calls, F_TIME_TO_FIRST_TOKEN_US), cases[i].us, "%s",
                     cases[i].members);
        probe_release(&p);
    }
}

/* session_id is the project; the conversation has three names. */
Test(langsmith, sessions)
{
    static const char *const names[] = {"session_id", "thread_id", "conversation_id"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line),
                 RUN("llm", "\"session_id\":\"project\","
                            "\"extra\":{\"metadata\":{\"%s\":\"talk\"}}"),
                 names[i]);
        cr_assert(probe_line(&p, line) == LINE_RECORDS);
        cr_expect(sv_is(p.batch.calls[0].session_id, "talk"), "%s", names[i]);
        cr_expect(sv_is(p.batch.calls[0].dim[F_PROJECT], "project"), "%s", names[i]);
        cr_expect(!p.batch.calls[0].meta.p, "%s", names[i]);
        probe_release(&p);
    }
}

/* Where the parts of the counts stand; also the words of older versions. */
Test(langsmith, parts_of_usage)
{
    static const char *const cases[][2] = {
        {USAGE(100) ",\"total_tokens\":101,\"prompt_token_details\":{\"cache_read\":"
         "60,\"cache_creation\":10,\"audio\":4},"
                    "\"completion_token_details\":{\"reasoning\":1,\"audio\":0}",
         "input_tokens=100 output_tokens=1 cache_read_tokens=60 cache_write_tokens=10 "
         "audio_input_tokens=4 "
         "reasoning_tokens=1 audio_output_tokens=0"},
        {"\"outputs\":{\"usage_metadata\":{\"input_tokens\":100,\"output_tokens\":"
         "20,\"input_token_details\":"
         "{\"cache_read\":60,\"cache_creation\":10,\"audio\":4},\"output_token_details\":{"
         "\"reasoning\":15,\"audio\":2}}}",
         "input_tokens=100 output_tokens=20 cache_read_tokens=60 cache_write_tokens=10 "
         "audio_input_tokens=4 "
         "reasoning_tokens=15 audio_output_tokens=2"},
        {"\"total_tokens\":9", "total_tokens_given=9 !input_tokens"},
        {"\"outputs\":{\"usage_metadata\":{\"total_tokens\":9}}",
         "total_tokens_given=9 !input_tokens"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const char *lacks = NULL;
        char line[1024];

        snprintf(line, sizeof(line), RUN("llm", "%s"), cases[i][0]);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s: %s", cases[i][0], p.err.msg);
        lacks = dump_lacks(&p.batch, cases[i][1]);
        cr_expect(!lacks, "%s: %s", cases[i][0], lacks);
        probe_release(&p);
    }
}

#define METADATA(rest) "\"extra\":{\"metadata\":{" rest "}}"
#define ANSWER(rest) "\"outputs\":{\"generations\":[[{" rest "}]]}"

Test(langsmith, what_a_run_says)
{
    static const char *const cases[][3] = {
        {"what the metadata hold",
         RUN("llm", METADATA("\"user_id\":\"u\",\"environment\":\"e\",\"team\":\"t\","
         "\"lc_hub_repo\":\"p\",\"feature\":\"f\","
                             "\"lc_hub_commit_hash\":\"v\",\"agent_name\":\"a\",\"ls_provider\":"
                             "\"o\",\"ls_model_name\":\"m\","
                             "\"ls_model_type\":\"chat\",\"x\":7") ",\"tags\":[\"feature:g\"]"),
         "user=u environment=e team=t prompt=p feature=f prompt_version=v agent=a provider=o "
         "request_model=m operation=chat "
         "meta={\"tags\":\"[\\\"feature:g\\\"]\",\"x\":7}"},
        {"a feature among the tags", RUN("llm", "\"tags\":[\"x\",\"feature:g\"]"), "feature=g"},
        {"a model of texts", RUN("llm", METADATA("\"ls_model_type\":\"llm\"")),
         "operation=text_completion"},
        {"an embedding", RUN("embedding", METADATA("\"ls_model_type\":\"chat\"")),
         "operation=embeddings"},
        {"neither", RUN("llm", METADATA("\"ls_model_type\":\"x\"")), "!operation"},
        {"a name of the project comes before its id", RUN("llm",
         "\"session_id\":\"i\",\"session_name\":\"n\""), "project=n !session_id"},
        {"the model that was asked for", RUN("llm", "\"extra\":{\"invocation_params\":{\"model\":"
         "\"m\"}}"), "request_model=m"},
        {"in other words", RUN("llm", "\"extra\":{\"invocation_params\":{\"model_name\":\"m\"}}"),
         "request_model=m"},
        {"among the inputs", RUN("llm", "\"inputs\":{\"model\":\"m\"}"), "request_model=m"},
        {"the model that answered", RUN("llm", "\"outputs\":{\"model\":\"m\"}"),
         "response_model=m"},
        {"as LangChain says it", RUN("llm", "\"outputs\":{\"llm_output\":{\"model_name\":\"m\"}}"),
         "response_model=m"},
        {"as its messages do", RUN("llm", ANSWER("\"message\":{\"kwargs\":{\"response_metadata\":{"
         "\"model_name\":\"m\"}}}")), "response_model=m"},
        {"and other ones", RUN("llm", ANSWER("\"message\":{\"response_metadata\":{\"model\":"
         "\"m\"}}")), "response_model=m"},
        {"why it ended", RUN("llm", "\"outputs\":{\"choices\":[{\"finish_reason\":\"length\"}]}"),
         "finish_reason=length"},
        {"as LangChain says it", RUN("llm", ANSWER("\"generation_info\":{\"finish_reason\":"
         "\"length\"}")), "finish_reason=length"},
        {"as its messages do", RUN("llm", ANSWER("\"message\":{\"response_metadata\":{"
         "\"finish_reason\":\"length\"}}")), "finish_reason=length"},
        {"and other ones", RUN("llm", ANSWER("\"message\":{\"response_metadata\":{\"stop_reason\":"
         "\"max_tokens\"}}")), "finish_reason=length"},
        {"the answer's own id", RUN("llm", "\"parent_run_id\":\"p\",\"outputs\":{\"id\":\"a\"}"),
         "request_id=a parent_span_id=p span.parent_span_id=p"},
        {"an error", RUN("llm", "\"status\":\"error\",\"error\":\"timed out\""),
         "status=1 error_kind=timeout span.error_type=timeout"},
        {"a status alone", RUN("llm", "\"status\":\"error\""), "status=1 span.status=1"},
        {"what is still going on", RUN("llm", "\"status\":\"pending\""),
         "!status span.status=3 !span.error_type"},
        {"a tool's error", RUN("tool", "\"name\":\"f\",\"error\":\"timed out\""),
         "tool.tool_name=f tool.status=1 tool.error_kind=timeout"},
        {"a tool without one", RUN("tool", "\"name\":\"f\",\"end_time\":\"2026-03-01T08:00:01\""),
         "tool.status=0 !tool.error_kind"},
        {"what people said of a call", RUN("llm", "\"feedback_stats\":{\"good\":{\"n\":2,\"avg\":"
         "0.5},\"none\":{\"n\":0,\"avg\":null}}"),
         "#score=1 score.name=good score.value=0.5 score.target=0 score.call=[\"langsmith\","
         "\"r1\"]"},
        {"and of what it is part of", RUN("chain", "\"feedback_stats\":{\"good\":{\"n\":"
         "2,\"avg\":1}}"), "score.target=1 score.target_id=t1"},
        {"a patch that does not say what it is of", "{\"patch\":[{\"id\":\"r\",\"trace_id\":\"t\","
         "\"dotted_order\":\"x\","
         "\"end_time\":1772352000000}]}", "#call=0 span.kind=other"},
        {"but has the metadata of a model", "{\"patch\":[{\"id\":\"r\",\"trace_id\":\"t\","
         "\"dotted_order\":\"x\","
         "\"end_time\":1772352000000," METADATA("\"ls_model_type\":\"chat\"") "}]}",
         "#call=1 span.kind=llm"},
        {"an order that holds no time", "{\"patch\":[{\"id\":\"r\",\"run_type\":\"llm\","
         "\"end_time\":1,\"dotted_order\":\"x" UUID "\"}]}", "#call=1 !started_us"},
        {"nor does one like it", "{\"patch\":[{\"id\":\"r\",\"run_type\":\"llm\",\"end_time\":"
         "1,\"dotted_order\":\"20241011-205823298773Z" UUID "\"}]}", "!started_us"},
        {"two runs in one body", "{\"post\":[{\"id\":\"b\",\"dotted_order\":\"x\",\"run_type\":"
         "\"llm\"},{\"id\":\"a\","
         "\"run_type\":\"llm\"},{\"id\":\"b\",\"run_type\":\"llm\"}]}", "#call=2"},
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

Test(langsmith, what_gives_no_records)
{
    struct probe p = {0};

    cr_expect(probe_line(&p, "{\"post\":[{\"id\":\"r\",\"dotted_order\":\"x\"}]}") == LINE_SKIPPED);
    cr_expect(sv_is(p.skipped, "no run"));
    probe_release(&p);
}

/* 0.0000000005 dollars are half a nano-dollar: to even. */
Test(langsmith, costs)
{
    static const struct {
        const char *members;
        int64_t nusd;
    } cases[] = {
        {"\"total_cost\":\"0.036714\"", 36714000},
        {"\"total_cost\":\"0.0000000005\"", 0},
        {"\"total_cost\":null,\"prompt_cost\":\"0.1\",\"completion_cost\":\"0.2\"", 300000000},
        {"\"total_cost\":\"0.5\",\"prompt_cost\":\"0.1\",\"completion_cost\":\"0.2\"", 500000000},
        {"\"prompt_cost\":\"0.1\"", NONE},
        {"\"completion_cost\":\"0.1\"", NONE},
        {"\"total_cost\":null", NONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line), RUN("llm", "%s"), cases[i].members);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", cases[i].members);
        cr_expect_eq(field(p.batch.calls, F_COST_GIVEN_NUSD), cases[i].nusd, "%s",
                     cases[i].members);
        probe_release(&p);
    }
}

Test(langsmith, what_cannot_be_read)
{
    static const char *const cases[][2] = {
        {"{\"post\":[{\"run_type\":\"llm\",\"start_time\":1}]}",
         "id: expected an id, found nothing"},
        {RUN("llm", "\"end_time\":\"later\""), "end_time: expected a time, found \"later\""},
        {RUN("llm", "\"first_token_time\":\"x\""),
         "first_token_time: expected a time, found \"x\""},
        {RUN("llm", "\"events\":[{\"name\":\"new_token\",\"time\":\"x\"}]"),
         "events.time: expected a time, found \"x\""},
        {RUN("llm", "\"prompt_tokens\":1.5"), "prompt_tokens: expected a whole number, found 1.5"},
        {RUN("llm", USAGE(1) ",\"prompt_token_details\":{\"cache_read\":\"x\"}"),
         "prompt_token_details: expected a whole number, found \"x\""},
        {RUN("llm", "\"total_cost\":\"much\""),
         "total_cost: expected an amount in dollars, found \"much\""},
        {RUN("chain", "\"feedback_stats\":{\"k\":{\"avg\":\"x\"}}"),
         "feedback_stats.avg: expected a number, found \"x\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i][0]) == LINE_BAD, "%s", cases[i][0]);
        cr_expect_str_eq(p.err.msg, cases[i][1]);
        cr_expect(batch_size(&p.batch) == 0);
        probe_release(&p);
    }
}

Test(langsmith, detection)
{
    static const char *const cases[][2] = {
        {"{\"run_type\":\"llm\",\"trace_id\":\"t\",\"inputs\":{}}", "langsmith"},
        {"{\"run_type\":\"llm\",\"dotted_order\":\"x\",\"start_time\":1}", "langsmith"},
        {"{\"run_type\":\"llm\",\"inputs\":{}}", ""},
        {"{\"run_type\":\"llm\",\"trace_id\":\"t\"}", ""},
        {"{\"post\":[{\"dotted_order\":\"x\"}]}", "langsmith"},
        {"{\"post\":[{\"title\":\"x\"}]}", ""},
        {"{\"post\":[]}", ""},
        {"{\"post\":\"p\",\"patch\":7,\"model\":\"m\",\"cost\":1}", "generic"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        probe_line(&p, cases[i][0]);
        cr_expect_str_eq(p.format ? p.format->name : "", cases[i][1], "%s", cases[i][0]);
        probe_release(&p);
    }
}
