#include <criterion/criterion.h>

#include "format/format_testing.h"

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
        {"\"prompt_cost\":\"0.1\"", NONE},
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
