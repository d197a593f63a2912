#include <criterion/criterion.h>

#include "format/dump_testing.h"

#define ROW(rest)                                                                                  \
    "{\"context.span_id\":\"00f067aa0ba902b7\",\"context.trace_id\":\"4bf92f35\","              \
    "\"start_time\":\"2026-03-01T08:00:00Z\"," rest "}"
#define REST(rest)                                                                                 \
    "{\"context\":{\"span_id\":\"00f067aa0ba902b7\",\"trace_id\":\"4bf92f35\"},"                \
    "\"span_kind\":\"LLM\",\"attributes\":{" rest "}}"

/* Every way to write one count: 22 input tokens. */
Test(phoenix, ways_to_write_an_attribute)
{
    static const char *const cases[] = {
        ROW("\"attributes.llm.token_count.prompt\":22"),
        ROW("\"attributes.llm.token_count.prompt\":22.0"),
        ROW("\"attributes.llm.token_count.prompt\":\"22.0\""),
        ROW("\"attributes.llm\":{\"token_count\":{\"prompt\":22}}"),
        ROW("\"attributes.llm.token_count\":{\"prompt\":22.0,\"completion\":null}"),
        ROW("\"attributes\":{\"llm\":{\"token_count.prompt\":22}}"),
        REST("\"llm.token_count.prompt\":22"),
        REST("\"llm\":{\"token_count\":{\"prompt\":22}}"),
        REST("\"llm.token_count.prompt\":22,\"llm.token_count.completion\":NaN"),
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(probe_line(&p, cases[i]) == LINE_RECORDS, "%s: %s", cases[i], p.err.msg);
        cr_assert(p.format && strcmp(p.format->name, "phoenix") == 0, "%s", cases[i]);
        cr_assert_eq(p.batch.n_calls, 1, "%s", cases[i]);
        cr_expect_eq(record_num(p.batch.calls, F_INPUT_TOKENS), 22, "%s", cases[i]);
        cr_expect(!record_has(p.batch.calls, F_OUTPUT_TOKENS), "%s", cases[i]);
        probe_release(&p);
    }
}

/* 1772352000125 ms is what date_format="epoch", the default, makes of the first. */
Test(phoenix, ways_to_write_a_time)
{
    static const char *const cases[] = {
        "\"2026-03-01T08:00:00.125000+00:00\"", "\"2026-03-01T10:00:00.125+02:00\"",
        "\"2026-03-01 08:00:00.125000\"",       "1772352000125",
        "1772352000125000",
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[256];

        snprintf(line, sizeof(line),
                 "{\"context.span_id\":\"b7\",\"context.trace_id\":\"4b\",\"start_time\":%s}",
                 cases[i]);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", p.err.msg);
        cr_expect_eq(p.batch.spans[0].started_us.v, 1772352000125000, "%s", cases[i]);
        probe_release(&p);
    }
}

/* What a chain or an agent counts is the sum of the calls below it. */
Test(phoenix, kinds)
{
    static const struct {
        const char *word, *kind;
        bool aggregate;
    } cases[] = {
        {"LLM", "llm", false},     {"CHAIN", "chain", true},         {"AGENT", "agent", true},
        {"TOOL", "tool", false},   {"RERANKER", "reranker", false},  {"UNKNOWN", "llm", false},
        {"", "llm", false},        {"EVALUATOR", "evaluator", false},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[256];

        snprintf(line, sizeof(line),
                 ROW("\"span_kind\":\"%s\",\"attributes.llm.token_count.prompt\":1"),
                 cases[i].word);
        cr_assert(probe_line(&p, line) == LINE_RECORDS);
        cr_expect(sv_is(p.batch.spans[0].kind, cases[i].kind), "%s", cases[i].word);
        cr_expect_eq((record_num(p.batch.calls, F_FLAGS) & FLAG_AGGREGATE) != 0, cases[i].aggregate,
                     "%s", cases[i].word);
        probe_release(&p);
    }
}

Test(phoenix, what_cannot_be_read)
{
    static const char *const cases[][2] = {
        {"{\"context.span_id\":\"b7\",\"start_time\":1}",
         "context.trace_id: expected an id, found nothing"},
        {"{\"context.span_id\":null,\"score\":1}",
         "context.span_id: expected an id, found null"},
        {ROW("\"end_time\":\"later\""), "end_time: expected a time, found \"later\""},
        {ROW("\"events\":[{\"timestamp\":true}]"),
         "events.timestamp: expected a time, found true"},
        {ROW("\"eval.Tone.score\":\"good\""), "score: expected a number, found \"good\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i][0]) == LINE_BAD, "%s", cases[i][0]);
        cr_expect_str_eq(p.err.msg, cases[i][1]);
        cr_expect(batch_size(&p.batch) == 0);
        probe_release(&p);
    }
}

Test(phoenix, evaluations)
{
    static const struct {
        const char *columns, *name, *label; /* name NULL: no score */
        double value;
    } cases[] = {
        {"\"eval.Tone.score\":0.5,\"eval.Tone.label\":\"kind\"", "Tone", "kind", 0.5},
        {"\"eval.Tone.label\":\"kind\"", "Tone", "kind", -1},
        {"\"eval.Q.A.score\":1", "Q.A", "", 1},
        {"\"eval.Tone.explanation\":\"because\"", NULL, NULL, 0},
        {"\"eval.Tone.score\":null,\"eval.Tone.label\":null", NULL, NULL, 0},
        {"\"eval..score\":1", NULL, NULL, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const struct score_record *s = NULL;
        char line[256];

        snprintf(line, sizeof(line), ROW("%s"), cases[i].columns);
        cr_assert(probe_line(&p, line) == LINE_RECORDS);
        cr_assert_eq(p.batch.n_scores, cases[i].name != NULL, "%s", cases[i].columns);
        s = p.batch.scores;
        cr_expect(!cases[i].name || (sv_is(s->name, cases[i].name) &&
                                     sv_eq(s->label, sv_from(cases[i].label)) &&
                                     s->value.known == (cases[i].value >= 0) &&
                                     (!s->value.known || s->value.v == cases[i].value)),
                  "%s", cases[i].columns);
        probe_release(&p);
    }
}

Test(phoenix, what_a_span_says)
{
    static const char *const cases[][3] = {
        {"no status", ROW("\"span_kind\":\"LLM\""), "span.status=0 !span.error_type"},
        {"an error", ROW("\"status_code\":\"ERROR\",\"status_message\":\"timed out\""),
         "span.status=1 span.error_type=timeout"},
        {"an exception",
         ROW("\"events\":[{\"name\":\"exception\",\"attributes\":{\"exception.type\":"
         "\"Timeout\"}}]"),
         "span.status=1 span.error_type=Timeout"},
        {"an exception that did no harm",
         ROW("\"status_code\":\"OK\",\"events\":[{\"name\":\"exception\",\"attributes\":{}}]"),
         "span.status=0"},
        {"a kind that is null", ROW("\"span_kind\":null,\"attributes.openinference.span.kind\":"
         "\"TOOL\""),
         "span.kind=tool"},
        {"the column says it before the attribute",
         ROW("\"span_kind\":\"LLM\",\"attributes.openinference.span.kind\":\"TOOL\""),
         "span.kind=llm"},
        {"cached tokens are of the prompt, reasoning is of the completion",
         REST("\"llm.token_count.prompt\":100,\"llm.token_count.completion\":20,"
              "\"llm.token_count.prompt_details.cache_read\":60,"
              "\"llm.token_count.completion_details.reasoning\":15"),
         "input_tokens=100 output_tokens=20 cache_read_tokens=60 reasoning_tokens=15"},
        {"an evaluation alone", "{\"context.span_id\":\"b7\",\"context.trace_id\":\"4b\",\"name\":"
         "\"truth\",\"score\":1}",
         "#span=0 score.name=truth score.value=1 score.call=[\"span\",\"4b\",\"b7\"]"},
        {"without a name", "{\"context.span_id\":\"b7\",\"context.trace_id\":\"4b\",\"label\":"
         "\"good\"}",
         "score.name=evaluation score.label=good !score.value"},
        {"without a trace", "{\"context.span_id\":\"b7\",\"score\":1}",
         "score.call=[\"span_id\",\"b7\"]"},
        {"a name may begin like another one",
         ROW("\"eval.Tone.label\":\"kind\",\"eval.Tonescore\":2,\"eval.ToneX.score\":3"),
         "#score=2 score.label=kind !score.value=2 score.value=3"},
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

Test(phoenix, what_gives_no_records)
{
    struct probe p = {0};

    cr_expect(probe_line(&p, "{\"context.span_id\":\"b7\",\"score\":null}") == LINE_SKIPPED);
    cr_expect(sv_is(p.skipped, "no span"));
    probe_line(&p, "{\"context\":{\"trace_id\":\"4b\"},\"span_kind\":\"LLM\"}");
    cr_expect(!p.format, "a context without a span");
    probe_line(&p, "{\"context\":{\"span_id\":\"b7\"},\"span_kind\":\"LLM\"}");
    cr_expect(!p.format, "a context without a trace");
    probe_release(&p);
}

/* Deeper than any attribute's name: nothing is looked for down there. */
Test(phoenix, attributes_may_be_as_deep_as_a_line)
{
    static char line[200000];
    struct probe p = {0};
    size_t n = 0;

    n += (size_t)snprintf(line, sizeof(line), "%s", "{\"context.span_id\":\"b7\","
                                                    "\"context.trace_id\":\"4b\",\"start_time\":1,"
                                                    "\"attributes\":");
    for (int i = 0; i < 20000; i++)
        n += (size_t)snprintf(line + n, sizeof(line) - n, "{\"a\":");
    line[n++] = '1';
    memset(line + n, '}', 20001);
    cr_expect(probe_line(&p, line) == LINE_RECORDS);
    cr_expect_eq(p.batch.n_calls, 0);
    probe_release(&p);
}
