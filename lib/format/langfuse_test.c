#include <criterion/criterion.h>

#include "format/dump_testing.h"

#define OBSERVATION(rest)                                                                          \
    "{\"id\":\"o1\",\"traceId\":\"t1\",\"startTime\":\"2026-03-01T08:00:00Z\"," rest "}"
#define GENERATION(rest) OBSERVATION("\"type\":\"GENERATION\"," rest)

#define NONE (-1)

static int64_t field(const struct call_record *c, enum call_field f)
{
    return record_has(c, f) ? record_num(c, f) : NONE;
}

/* The first two are of real traces: 179 + 35 + 64 = 278, and 6 + 2055 = 2061 of which 1104. */
Test(langfuse, parts_stand_beside_the_whole_or_are_of_it)
{
    static const struct {
        const char *usage;
        int64_t input, output, cache_read, reasoning;
    } cases[] = {
        {"\"usageDetails\":{\"input\":179,\"output\":35,\"output_reasoning\":64,\"total\":278}",
         179, 99, NONE, 64},
        {"\"usageDetails\":{\"input\":6,\"output\":2055,\"completion_details.reasoning\":1104,"
         "\"prompt_details.cache_read\":0,\"total\":2061}", 6, 2055, 0, 1104},
        {"\"usageDetails\":{\"input\":839,\"input_cached_tokens\":718,\"output\":403,"
         "\"total\":1960}", 1557, 403, 718, NONE},
        {"\"usageDetails\":{\"input\":839,\"input_cached_tokens\":718,\"output\":403,"
         "\"total\":1242}", 839, 403, 718, NONE},
        {"\"usageDetails\":{\"input\":10,\"input_audio\":4,\"output\":5,\"output_audio\":6,"
         "\"total\":25}", 14, 11, NONE, NONE},
        {"\"usageDetails\":{\"input\":10,\"input_of_my_own\":4,\"output\":5,\"total\":19}",
         14, 5, NONE, NONE},
        /* cached beside, reasoning inside: the total tells them apart too */
        {"\"usageDetails\":{\"input\":10,\"input_cache_read\":4,\"output\":5,"
         "\"output_reasoning\":3,\"total\":19}", 14, 5, 4, 3},
        /* without a total only a part that is larger than its whole proves anything */
        {"\"usageDetails\":{\"input\":10,\"input_cache_read\":4,\"output\":5}", 10, 5, 4, NONE},
        {"\"usageDetails\":{\"input\":4,\"input_cache_read\":10,\"output\":5}", 14, 5, 10, NONE},
        {"\"usageDetails\":{\"input\":7,\"total\":7}", 7, NONE, NONE, NONE},
        {"\"usageDetails\":\"{\\\"input\\\":7,\\\"output\\\":2}\"", 7, 2, NONE, NONE},
        {"\"usageDetails\":{},\"usage\":{\"input\":7,\"output\":2,\"inputCost\":0.5}", 7, 2, NONE,
         NONE},
        {"\"usage\":{\"promptTokens\":7,\"completionTokens\":2,\"totalTokens\":9}", 7, 2, NONE,
         NONE},
        {"\"usage\":{\"input\":7,\"output\":2,\"unit\":\"TOKENS\"}", 7, 2, NONE, NONE},
        {"\"usage\":{\"input\":7,\"output\":2,\"unit\":\"CHARACTERS\"}", NONE, NONE, NONE, NONE},
        {"\"inputUsage\":7,\"outputUsage\":2,\"totalUsage\":9", 7, 2, NONE, NONE},
        {"\"inputUsage\":0,\"outputUsage\":0,\"totalUsage\":0", NONE, NONE, NONE, NONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const struct call_record *c = NULL;
        char line[512];

        snprintf(line, sizeof(line), GENERATION("%s"), cases[i].usage);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s: %s", cases[i].usage, p.err.msg);
        c = p.batch.calls;
        cr_expect_eq(field(c, F_INPUT_TOKENS), cases[i].input, "%s: %lld", cases[i].usage,
                     (long long)field(c, F_INPUT_TOKENS));
        cr_expect_eq(field(c, F_OUTPUT_TOKENS), cases[i].output, "%s: %lld", cases[i].usage,
                     (long long)field(c, F_OUTPUT_TOKENS));
        cr_expect_eq(field(c, F_CACHE_READ_TOKENS), cases[i].cache_read, "%s", cases[i].usage);
        cr_expect_eq(field(c, F_REASONING_TOKENS), cases[i].reasoning, "%s", cases[i].usage);
        probe_release(&p);
    }
}

/* The words of the handlers and interfaces that send usage. */
Test(langfuse, words_of_usage)
{
    static const char *const words[][2] = {
        {"input", "input_tokens"},
        {"input_tokens", "input_tokens"},
        {"prompt_tokens", "input_tokens"},
        {"promptTokens", "input_tokens"},
        {"input_cache_read", "cache_read_tokens"},
        {"input_cached_tokens", "cache_read_tokens"},
        {"input_cache_read_tokens", "cache_read_tokens"},
        {"cache_read_input_tokens", "cache_read_tokens"},
        {"prompt_details.cache_read", "cache_read_tokens"},
        {"prompt_tokens_details.cached_tokens", "cache_read_tokens"},
        {"input_tokens_details.cached_tokens", "cache_read_tokens"},
        {"input_cache_creation", "cache_write_tokens"},
        {"input_cache_creation_tokens", "cache_write_tokens"},
        {"cache_creation_input_tokens", "cache_write_tokens"},
        {"prompt_details.cache_write", "cache_write_tokens"},
        {"input_ephemeral_5m_input_tokens", "cache_write_5m_tokens"},
        {"input_ephemeral_1h_input_tokens", "cache_write_1h_tokens"},
        {"input_audio", "audio_input_tokens"},
        {"input_audio_tokens", "audio_input_tokens"},
        {"prompt_details.audio", "audio_input_tokens"},
        {"prompt_tokens_details.audio_tokens", "audio_input_tokens"},
        {"output", "output_tokens"},
        {"output_tokens", "output_tokens"},
        {"completion_tokens", "output_tokens"},
        {"completionTokens", "output_tokens"},
        {"output_reasoning", "reasoning_tokens"},
        {"output_reasoning_tokens", "reasoning_tokens"},
        {"completion_details.reasoning", "reasoning_tokens"},
        {"completion_tokens_details.reasoning_tokens", "reasoning_tokens"},
        {"output_tokens_details.reasoning_tokens", "reasoning_tokens"},
        {"output_audio", "audio_output_tokens"},
        {"output_audio_tokens", "audio_output_tokens"},
        {"completion_details.audio", "audio_output_tokens"},
        {"completion_tokens_details.audio_tokens", "audio_output_tokens"},
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        struct probe p = {0};
        char line[512], want[64];

        snprintf(line, sizeof(line), GENERATION("\"usageDetails\":{\"%s\":7}"), words[i][0]);
        snprintf(want, sizeof(want), "%s=7", words[i][1]);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s: %s", words[i][0], p.err.msg);
        cr_expect(!dump_lacks(&p.batch, want), "%s", words[i][0]);
        probe_release(&p);
    }
}

/* What adds up to the total stands beside each other, whatever it is called. */
Test(langfuse, sums_of_usage)
{
    static const char *const cases[][3] = {
        {"a total in other words", GENERATION("\"usageDetails\":{\"input_tokens\":"
         "10,\"input_audio\":4,\"output\":5,\"total_tokens\":19}"),
         "input_tokens=14 output_tokens=5"},
        {"and in these", GENERATION("\"usage\":{\"promptTokens\":10,\"input_audio\":"
         "4,\"completionTokens\":5,\"totalTokens\":19}"),
         "input_tokens=14 output_tokens=5"},
        {"parts of one's own", GENERATION("\"usageDetails\":{\"input\":10,\"prompt_x\":"
         "1,\"cache_x\":2,\"output\":5,\"output_x\":3,"
                                          "\"completion_x\":4,\"reasoning_x\":5,\"total\":30}"),
         "input_tokens=13 output_tokens=17"},
        {"what is no count at all", GENERATION("\"usageDetails\":{\"input\":10,\"output\":"
         "5,\"inputCost\":0.5,\"images\":3,\"total\":15}"),
         "input_tokens=10 output_tokens=5"},
        {"details in an object", GENERATION("\"usageDetails\":{\"input\":"
         "10,\"prompt_tokens_details\":{\"cached_tokens\":4},\"output\":5,\"total\":15}"),
         "input_tokens=10 cache_read_tokens=4"},
        {"members of the observation itself", GENERATION("\"promptTokens\":7,\"completionTokens\":"
         "2,\"totalTokens\":9"),
         "input_tokens=7 output_tokens=2"},
        {"of which one is 0", GENERATION("\"inputUsage\":7,\"outputUsage\":0,\"totalUsage\":7"),
         "input_tokens=7 output_tokens=0"},
        {"an output that is missing", GENERATION("\"usageDetails\":{\"input\":10,\"total\":10}"),
         "input_tokens=10 !output_tokens"},
        {"a count that is null", GENERATION("\"usageDetails\":{\"input\":10,\"output\":"
         "null,\"total\":10}"), "!output_tokens"},
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

Test(langfuse, costs)
{
    static const struct {
        const char *cost;
        int64_t nusd;
    } cases[] = {
        {"\"totalCost\":0.000927499999", 927500},
        {"\"totalCost\":\"0.0001269\"", 126900},
        {"\"totalCost\":0,\"costDetails\":{\"total\":0}", 0},
        {"\"totalCost\":0,\"costDetails\":{}", NONE}, /* no price is known: not free */
        {"\"totalCost\":null,\"costDetails\":{\"total\":0.5}", 500000000},
        {"\"costDetails\":\"{\\\"total\\\":0.5}\"", 500000000},
        {"\"usage\":{\"totalCost\":0.25}", 250000000},
        {"\"inputCost\":1", NONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line), GENERATION("%s"), cases[i].cost);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s: %s", cases[i].cost, p.err.msg);
        cr_expect_eq(field(p.batch.calls, F_COST_GIVEN_NUSD), cases[i].nusd, "%s", cases[i].cost);
        probe_release(&p);
    }
}

/* An agent may have usage that agrees with nothing. */
Test(langfuse, only_generations_and_embeddings_are_calls)
{
    static const struct {
        const char *type;
        size_t calls, tools;
    } cases[] = {
        {"GENERATION", 1, 0}, {"EMBEDDING", 1, 0}, {"AGENT", 0, 0},     {"TOOL", 0, 1},
        {"SPAN", 0, 0},       {"EVENT", 0, 0},     {"CHAIN", 0, 0},     {"RETRIEVER", 0, 0},
        {"EVALUATOR", 0, 0},  {"GUARDRAIL", 0, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line),
                 OBSERVATION("\"type\":\"%s\",\"usageDetails\":{\"input\":44,\"output\":180}"),
                 cases[i].type);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", cases[i].type);
        cr_expect_eq(p.batch.n_calls, cases[i].calls, "%s", cases[i].type);
        cr_expect_eq(p.batch.n_tools, cases[i].tools, "%s", cases[i].type);
        cr_expect_eq(p.batch.n_spans, 1, "%s", cases[i].type);
        probe_release(&p);
    }
}

/* The columns may be seconds or milliseconds; the times are always right. */
Test(langfuse, durations_are_those_of_the_times)
{
    static const char *const columns[] = {
        "\"latency\":1.5,\"timeToFirstToken\":0.25",
        "\"latency\":1500,\"timeToFirstToken\":250",
        "\"x\":0",
    };

    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line),
                 GENERATION("\"endTime\":\"2026-03-01T08:00:01.5Z\","
                            "\"completionStartTime\":\"2026-03-01T08:00:00.25Z\",%s"),
                 columns[i]);
        cr_assert(probe_line(&p, line) == LINE_RECORDS);
        cr_expect_eq(field(p.batch.calls, F_LATENCY_US), 1500000, "%s", columns[i]);
        cr_expect_eq(field(p.batch.calls, F_TIME_TO_FIRST_TOKEN_US), 250000, "%s", columns[i]);
        probe_release(&p);
    }
}

Test(langfuse, an_observation_without_end)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, GENERATION("\"endTime\":null,\"latency\":3.5")) == LINE_RECORDS);
    cr_expect(!record_has(p.batch.calls, F_LATENCY_US));
    cr_expect(!record_has(p.batch.calls, F_STATUS));
    probe_release(&p);
}

/* In the trace the same observation stands without its input and output. */
Test(langfuse, the_list_and_its_repetition_are_one)
{
    static const char *const cases[] = {
        "{\"trace\":{\"id\":\"t1\",\"userId\":\"u\",\"observations\":[%s]},\"observations\":[%s]}",
        "{\"observations\":[%s,%s],\"id\":\"t1\",\"userId\":\"u\"}",
        "{\"trace\":{\"id\":\"t1\",\"userId\":\"u\",\"observations\":[%s,%s]}}",
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[1024];

        snprintf(line, sizeof(line), cases[i], GENERATION("\"model\":\"m\""),
                 GENERATION("\"model\":\"m\",\"input\":\"hello\""));
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", p.err.msg);
        cr_assert(strcmp(p.format->name, "langfuse") == 0);
        cr_expect_eq(p.batch.n_calls, 1, "%s", cases[i]);
        cr_expect_eq(p.batch.n_spans, 1, "%s", cases[i]);
        cr_expect(sv_is(p.batch.calls[0].dim[F_USER], "u"), "%s", cases[i]);
        probe_release(&p);
    }
}

Test(langfuse, a_score_is_worth_what_its_type_says)
{
    static const struct {
        const char *members, *label;
        double value; /* NONE: no value */
        int64_t passed;
    } cases[] = {
        {"\"data_type\":\"NUMERIC\",\"value\":0.78", "", 0.78, NONE},
        {"\"data_type\":\"NUMERIC\",\"value\":\"0.78\"", "", 0.78, NONE},
        {"\"data_type\":\"BOOLEAN\",\"value\":1,\"string_value\":\"True\"", "", 1, 1},
        {"\"data_type\":\"BOOLEAN\",\"value\":0,\"string_value\":\"False\"", "", 0, 0},
        {"\"data_type\":\"CATEGORICAL\",\"value\":2,\"string_value\":\"kind\"", "kind", NONE, NONE},
        {"\"data_type\":\"CATEGORICAL\",\"value\":\"kind\"", "kind", NONE, NONE},
        {"\"data_type\":\"TEXT\",\"value\":0,\"string_value\":\"I liked it\"", "", NONE, NONE},
        {"\"dataType\":\"NUMERIC\",\"value\":0.5", "", 0.5, NONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const struct score_record *s = NULL;
        char line[512];

        snprintf(line, sizeof(line), "{\"id\":\"s\",\"trace_id\":\"t\",\"name\":\"n\",%s}",
                 cases[i].members);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s: %s", cases[i].members, p.err.msg);
        s = p.batch.scores;
        cr_expect(sv_eq(s->label, sv_from(cases[i].label)), "%s", cases[i].members);
        cr_expect(cases[i].value < 0 ? !s->value.known : s->value.v == cases[i].value, "%s",
                  cases[i].members);
        cr_expect(cases[i].passed < 0 ? !s->passed.known : s->passed.v == cases[i].passed, "%s",
                  cases[i].members);
        probe_release(&p);
    }
}

#define EVENTS(type, body) "{\"batch\":[{\"id\":\"e\",\"type\":\"" type "\",\"body\":{" body "}}]}"

Test(langfuse, what_an_observation_says)
{
    static const char *const cases[][3] = {
        {"a level below that of an error", GENERATION("\"level\":\"WARNING\",\"statusMessage\":"
         "\"slow\""),
         "status=0 !error_kind span.status=0"},
        {"an error", GENERATION("\"level\":\"ERROR\",\"statusMessage\":\"timed out\""),
         "status=1 error_kind=timeout span.status=1 span.error_type=timeout"},
        {"a tool's error", OBSERVATION("\"type\":\"TOOL\",\"name\":\"f\",\"level\":\"ERROR\","
         "\"statusMessage\":\"timed out\""),
         "tool.tool_name=f tool.status=1 tool.error_kind=timeout tool.id=[\"langfuse\",\"o1\"]"},
        {"nothing of its outcome", GENERATION("\"model\":\"m\""), "!status span.status=3"},
        {"a token before the start has no time",
         GENERATION("\"completionStartTime\":\"2026-03-01T07:59:59Z\""), "!time_to_first_token_us"},
        {"what takes in texts without writing any", OBSERVATION("\"type\":\"EMBEDDING\""),
         "operation=embeddings span.kind=embedding"},
        {"its own cost comes before that of its parts",
         GENERATION("\"totalCost\":0.25,\"costDetails\":{\"total\":0.5}"),
         "cost_given_nusd=250000000"},
        {"a path of a model is kept as it is",
         GENERATION("\"model\":\"projects/p/models/gemini-2.5-flash\""),
         "request_model=projects/p/models/gemini-2.5-flash"},
        {"a version is kept", GENERATION("\"version\":\"v7\",\"release\":\"r1\""),
         "meta={\"release\":\"r1\",\"version\":\"v7\"}"},
        {"the row of an export",
         "{\"id\":\"o1\",\"trace_id\":\"t1\",\"type\":\"GENERATION\",\"parent_observation_id\":"
         "\"\","
         "\"start_time\":\"2026-03-01 08:00:00.250000\",\"end_time\":\"2026-03-01 08:00:"
         "01.500000\","
         "\"completion_start_time\":\"2026-03-01 08:00:00.500000\",\"provided_model_name\":\"m\","
         "\"usage_details\":{\"input\":7,\"output\":2},\"total_cost\":\"0.000123\",\"latency\":9,"
         "\"time_to_first_token\":9,\"user_id\":\"u\",\"session_id\":\"s\",\"prompt_name\":\"p\","
         "\"prompt_version\":3,\"environment\":\"prod\",\"status_message\":\"\"}",
         "!parent_span_id started_us=1772352000250000 latency_us=1250000 "
         "time_to_first_token_us=250000 "
         "request_model=m input_tokens=7 output_tokens=2 cost_given_nusd=123000 user=u "
         "session_id=s "
         "prompt=p prompt_version=3 environment=prod status=0"},
        {"a body without an id has its event's", EVENTS("generation-create", "\"traceId\":\"t\""),
         "id=[\"langfuse\",\"e\"]"},
        {"the body says what it is", EVENTS("observation-create", "\"id\":\"g\",\"traceId\":\"t\","
         "\"type\":\"GENERATION\""),
         "#call=1"},
        {"a type that is new", EVENTS("observation-create", "\"id\":\"g\",\"traceId\":\"t\","
         "\"type\":\"THOUGHT\""),
         "#call=0 #tool=0 span.kind=other"},
        {"without a trace there is no span", EVENTS("generation-create", "\"id\":\"g\""),
         "#call=1 #span=0"},
        {"an event that is nothing of this",
         "{\"batch\":[{\"id\":\"e\",\"type\":\"generation-create\",\"body\":{\"id\":\"g\"}},"
         "{\"id\":\"f\",\"type\":\"generation-delete\",\"body\":{\"id\":\"h\"}},"
         "{\"id\":\"i\",\"type\":\"generation-create\",\"body\":7}]}",
         "#call=1"},
        {"scores beside their trace",
         "{\"trace\":{\"id\":\"t\",\"scores\":[{\"id\":\"a\",\"traceId\":\"t\",\"name\":\"n\","
         "\"value\":1}]},"
         "\"observations\":[],\"scores\":[{\"id\":\"b\",\"traceId\":\"t\",\"name\":\"n\",\"value\":"
         "0}]}",
         "#score=2 score.value=1 score.value=0"},
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

#define SCORE(rest) "{\"id\":\"s\",\"name\":\"n\",\"data_type\":\"NUMERIC\",\"value\":1," rest "}"

/* target 0 is a call, 1 a trace, 2 a session. */
Test(langfuse, what_a_score_is_of)
{
    static const char *const cases[][3] = {
        {"an observation", SCORE("\"observation_id\":\"o1\",\"trace_id\":\"t\",\"session_id\":"
         "\"s\""),
         "score.target=0 score.call=[\"langfuse\",\"o1\"]"},
        {"a trace", SCORE("\"observation_id\":null,\"trace_id\":\"t\",\"session_id\":\"s\""),
         "score.target=1 score.target_id=t"},
        {"a session", SCORE("\"trace_id\":\"\",\"session_id\":\"s\""),
         "score.target=2 score.target_id=s"},
        {"a person gave it", SCORE("\"trace_id\":\"t\",\"source\":\"ANNOTATION\""),
         "score.scorer=annotation score.id=[\"langfuse-score\",\"s\"]"},
        {"a judge gave it", SCORE("\"trace_id\":\"t\",\"source\":\"EVAL\""), "score.scorer=eval"},
        {"a program gave it", SCORE("\"trace_id\":\"t\",\"source\":\"API\""), "score.scorer=api"},
        {"when", SCORE("\"trace_id\":\"t\",\"timestamp\":\"2026-03-01 08:00:00.000001\""),
         "score.at_us=1772352000000001"},
        {"a correction is a text",
         "{\"name\":\"n\",\"trace_id\":\"t\",\"data_type\":\"CORRECTION\",\"value\":"
         "0,\"string_value\":\"better\"}",
         "#score=1 !score.value !score.label score.id=line"},
        {"a yes or no that is missing",
         "{\"name\":\"n\",\"trace_id\":\"t\",\"data_type\":\"BOOLEAN\",\"value\":null}",
         "!score.passed"},
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

/* An update's members replace those of the create; what it lacks stays. */
Test(langfuse, updates_change_what_was_said)
{
    struct probe p = {0};
    const struct call_record *c = NULL;

    cr_assert(probe_line(&p, "{\"batch\":[{\"type\":\"generation-create\",\"body\":{\"id\":\"g\","
                             "\"traceId\":\"t\",\"startTime\":\"2026-03-01T08:00:00Z\","
                             "\"model\":\"m\",\"usage\":{\"input\":1,\"output\":1}}},"
                             "{\"type\":\"generation-update\",\"body\":{\"id\":\"g\","
                             "\"endTime\":\"2026-03-01T08:00:02Z\",\"level\":\"ERROR\","
                             "\"model\":null,\"usage\":{\"input\":5,\"output\":3}}}]}") ==
              LINE_RECORDS);
    cr_assert_eq(p.batch.n_calls, 1);
    c = p.batch.calls;
    cr_expect(sv_is(c->dim[F_REQUEST_MODEL], "m"));
    cr_expect_eq(field(c, F_INPUT_TOKENS), 5);
    cr_expect_eq(field(c, F_LATENCY_US), 2000000);
    cr_expect_eq(field(c, F_STATUS), STATUS_ERROR);
    probe_release(&p);
}

Test(langfuse, without_ids_each_is_one_of_its_own)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, "{\"batch\":[{\"type\":\"generation-create\",\"body\":{}},"
                             "{\"type\":\"generation-create\",\"body\":{}},"
                             "{\"type\":\"tool-create\",\"body\":{}},{\"type\":\"score-create\","
                             "\"body\":{\"name\":\"n\",\"traceId\":\"t\",\"value\":1}}]}") ==
              LINE_RECORDS);
    cr_assert_eq(p.batch.n_calls, 2);
    cr_expect(identity_key(&p.batch.calls[0].id) != identity_key(&p.batch.calls[1].id));
    cr_expect_eq(p.batch.n_tools, 1);
    cr_expect_eq(p.batch.n_scores, 1);
    probe_release(&p);
}

Test(langfuse, what_cannot_be_read)
{
    static const char *const cases[][2] = {
        {GENERATION("\"endTime\":\"later\""), "endTime: expected a time, found \"later\""},
        {GENERATION("\"usageDetails\":{\"input\":-1}"),
         "input: expected a whole number >= 0, found -1"},
        {GENERATION("\"usageDetails\":{\"input_of_my_own\":\"x\"}"),
         "usageDetails: expected a whole number, found \"x\""},
        {GENERATION("\"usageDetails\":{\"input\":9223372036854775807,\"input_audio\":1}"),
         "usageDetails: expected a sum below 2^63"},
        {GENERATION("\"totalCost\":\"much\""),
         "totalCost: expected an amount in dollars, found \"much\""},
        {GENERATION("\"costDetails\":{\"total\":[]}"),
         "costDetails.total: expected an amount in dollars, found an array"},
        {GENERATION("\"usage\":{\"totalCost\":\"x\"}"),
         "usage.totalCost: expected an amount in dollars, found \"x\""},
        {"{\"trace_id\":\"t\",\"name\":\"n\",\"data_type\":\"NUMERIC\",\"value\":\"x\"}",
         "value: expected a number, found \"x\""},
        {"{\"trace_id\":\"t\",\"name\":\"n\",\"data_type\":\"NUMERIC\",\"value\":1,"
         "\"timestamp\":\"x\"}", "timestamp: expected a time, found \"x\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i][0]) == LINE_BAD, "%s", cases[i][0]);
        cr_expect_str_eq(p.err.msg, cases[i][1]);
        cr_expect(batch_size(&p.batch) == 0);
        probe_release(&p);
    }
}

Test(langfuse, what_gives_no_records)
{
    static const char *const cases[] = {
        "{\"batch\":[{\"type\":\"trace-create\",\"body\":{\"id\":\"t\"}}]}",
        "{\"batch\":[{\"type\":\"sdk-log\",\"body\":{}}]}",
        "{\"batch\":[{\"type\":\"score-create\",\"body\":{\"value\":1}}]}",
        "{\"trace\":{\"id\":\"t\"},\"observations\":[]}",
        "{\"session_id\":null,\"name\":\"n\",\"data_type\":\"NUMERIC\",\"value\":1}",
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i]) == LINE_SKIPPED, "%s", cases[i]);
        cr_expect(sv_is(p.skipped, "no observation"), "%s", cases[i]);
        probe_release(&p);
    }
}

/* Types in capitals and a trace tell observations from the lines of agent transcripts. */
Test(langfuse, detection)
{
    static const char *const cases[][2] = {
        {GENERATION("\"sessionId\":\"s\""), "langfuse"},
        {OBSERVATION("\"type\":\"generation\",\"sessionId\":\"s\""), ""},
        {"{\"trace_id\":\"t\",\"usage_details\":{}}", "langfuse"},
        {"{\"usage_details\":{}}", ""},
        {"{\"usage_details\":{},\"session_id\":\"s\"}", ""},
        {"{\"id\":\"o\",\"type\":\"GENERATION\",\"trace_id\":\"t\",\"start_time\":1}", "langfuse"},
        {"{\"id\":\"o\",\"type\":\"GENERATION\",\"start_time\":1}", ""},
        {"{\"id\":\"o\",\"type\":\"GENERATION\",\"trace_id\":\"t\"}", ""},
        {"{\"data_type\":\"NUMERIC\",\"trace_id\":\"t\",\"name\":\"n\"}", ""},
        {"{\"data_type\":\"NUMERIC\",\"trace_id\":\"t\",\"value\":1}", ""},
        {"{\"batch\":[{\"type\":\"span-update\"}]}", "langfuse"},
        {"{\"batch\":[{\"type\":\"span-delete\"}]}", ""},
        {"{\"data_type\":\"x\",\"value\":1,\"name\":\"n\"}", ""},
        {"{\"batch\":[{\"type\":\"other\"}]}", ""},
        {"{\"batch\":\"b-1\",\"model\":\"m\",\"cost\":1}", "generic"},
        {"{\"trace\":\"t-1\",\"model\":\"m\",\"cost\":1}", "generic"},
        {"{\"trace\":{},\"model\":\"m\",\"cost\":1}", "generic"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        probe_line(&p, cases[i][0]);
        cr_expect_str_eq(p.format ? p.format->name : "", cases[i][1], "%s", cases[i][0]);
        probe_release(&p);
    }
}

/* What tells formats apart is kept like any other member where it tells nothing. */
Test(langfuse, elsewhere_a_sign_is_a_member)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, "{\"batch\":\"b-1\",\"span_kind\":\"x\",\"model\":\"m\","
                             "\"cost\":1}") == LINE_RECORDS);
    cr_expect(sv_is(p.batch.calls[0].meta, "{\"batch\":\"b-1\",\"span_kind\":\"x\"}"));
    probe_release(&p);
}
