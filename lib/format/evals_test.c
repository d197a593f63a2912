/* The formats of evaluation tools: each trap of theirs, and the near misses of their detection. */
#include <criterion/criterion.h>

#include "format/dump_testing.h"
#include "format/evals.h"

/* The score of a name among those of the batch; NULL when there is none. */
static const struct score_record *score_named(const struct probe *p, const char *name)
{
    for (size_t i = 0; i < p->batch.n_scores; i++)
        if (text_is(p->batch.scores[i].name, name))
            return &p->batch.scores[i];
    return NULL;
}

#define NONE (-1) /* a wanted value or verdict: missing */

static void expect_score(const char *what, const struct score_record *s, double value, int passed)
{
    cr_assert(s != NULL, "%s: no score", what);
    cr_expect(s->value.known == (value != NONE) && (!s->value.known || s->value.v == value),
              "%s: value %d %g", what, s->value.known, s->value.v);
    cr_expect(s->passed.known == (passed != NONE) && (!s->passed.known || s->passed.v == passed),
              "%s: passed %d %lld", what, s->passed.known, (long long)s->passed.v);
    cr_expect(s->target == TARGET_CASE, "%s", what);
}

/* --- detection --- */

/* clang-format off */
static const struct {
    const char *line, *format;
} detected[] = {
    {"{\"evalId\":\"e\",\"results\":{}}", "promptfoo"},
    {"{\"evalId\":\"e\",\"results\":[]}", NULL},
    {"{\"evalId\":null,\"results\":{\"results\":[]}}", "promptfoo"},
    {"{\"evalId\":\"e\"}", NULL},
    {"{\"success\":true,\"testIdx\":0,\"provider\":\"p\"}", "promptfoo"},
    {"{\"gradingResult\":null,\"testCase\":{},\"provider\":{}}", "promptfoo"},
    {"{\"success\":true,\"testIdx\":0}", NULL},
    {"{\"success\":true,\"provider\":\"p\"}", NULL},
    {"{\"gradingResult\":null,\"provider\":{}}", NULL},
    {"{\"testIdx\":0,\"provider\":\"p\",\"model\":\"m\",\"cost\":1}", "generic"},
    {"{\"eval\":{},\"plan\":{},\"status\":\"success\",\"version\":2}", "inspect"},
    {"{\"eval\":{},\"samples\":[],\"status\":\"success\",\"version\":2}", "inspect"},
    {"{\"eval\":\"x\",\"samples\":[],\"status\":\"success\",\"version\":2}", NULL},
    {"{\"eval\":{},\"status\":\"success\",\"version\":2}", NULL},
    {"{\"eval\":{},\"plan\":{},\"version\":2}", NULL},
    {"{\"eval\":{},\"plan\":{},\"status\":\"success\"}", NULL},
    {"{\"eval\":0.5,\"model\":\"m\",\"status\":\"ok\",\"version\":2}", "generic"},
    {"{\"spec\":{\"completion_fns\":[],\"eval_name\":\"e\"}}", "openai-evals"},
    {"{\"spec\":{\"completion_fns\":[]}}", NULL},
    {"{\"spec\":{\"eval_name\":\"e\"}}", NULL},
    {"{\"run_id\":\"r\",\"event_id\":0,\"type\":\"match\",\"data\":{}}", "openai-evals"},
    {"{\"run_id\":\"r\",\"event_id\":0,\"type\":\"match\"}", NULL},
    {"{\"event_id\":0,\"type\":\"match\",\"data\":{}}", NULL},
    {"{\"run_id\":\"r\",\"type\":\"match\",\"data\":{}}", NULL},
    {"{\"run_id\":\"r\",\"event_id\":0,\"data\":{}}", NULL},
    {"{\"final_report\":{}}", "openai-evals"},
    {"{\"doc_id\":0,\"doc\":{},\"resps\":[]}", "lm-eval"},
    {"{\"doc_id\":0,\"doc\":{},\"filtered_resps\":[]}", "lm-eval"},
    {"{\"doc_id\":0,\"doc\":{}}", NULL},
    {"{\"doc_id\":0,\"resps\":[]}", NULL},
    {"{\"doc\":{},\"resps\":[]}", NULL},
    {"{\"results\":{},\"versions\":{},\"n-shot\":{}}", "lm-eval"},
    {"{\"results\":{},\"versions\":{}}", NULL},
    {"{\"results\":{},\"n-shot\":{}}", NULL},
    {"{\"versions\":{},\"n-shot\":{}}", NULL},
    {"{\"testCases\":[{},{\"metricsData\":null}]}", "deepeval"},
    {"{\"test_results\":[{\"metrics_data\":[]}]}", "deepeval"},
    {"{\"test_cases\":[{\"metrics_data\":[]}]}", "deepeval"},
    {"{\"conversationalTestCases\":[{\"metricsData\":[]}]}", "deepeval"},
    {"{\"testCases\":[{\"name\":\"x\"}]}", NULL},
    {"{\"name\":\"x\",\"metricsData\":[]}", "deepeval"},
    {"{\"success\":true,\"metricsData\":[]}", "deepeval"},
    {"{\"metricsData\":[]}", NULL},
    {"{\"name\":\"x\",\"metricsData\":{}}", NULL},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"m\":0.5}", "ragas"},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"m\":NaN}", "ragas"},
    {"{\"user_input\":\"q\",\"reference\":\"a\",\"m\":\"\"}", "ragas"},
    {"{\"user_input\":\"q\",\"retrieved_contexts\":[],\"m\":\"1.0\"}", "ragas"},
    {"{\"user_input\":\"q\",\"m\":0.5}", NULL},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"m\":1.5}", NULL},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"m\":-0.5}", NULL},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"m\":\"1 of 2\"}", NULL},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"m\":true}", NULL},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"row_id\":1,\"index\":0}", NULL},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"latency_s\":0.5}", NULL},
    {"{\"user_input\":\"q\",\"response\":null,\"reference\":null}", NULL},
    {"{\"user_input\":\"q\",\"response\":\"a\",\"m\":0.5,\"model\":\"x\",\"cost\":0}", "generic"},
    {"{\"item_id\":\"a\",\"passed\":true}", "case-scores"},
    {"{\"item_id\":7,\"score\":null}", "case-scores"},
    {"{\"case_id\":\"a\",\"scores\":{\"x\":1},\"model\":\"m\",\"cost\":1}", "case-scores"},
    {"{\"item_id\":\"a\"}", NULL},
    {"{\"item_id\":\"a\",\"score\":[1]}", NULL},
    {"{\"item_id\":[],\"score\":1}", NULL},
    {"{\"score\":1}", NULL},
    {"{\"item_id\":\"a\",\"score\":1,\"trace_id\":\"t\"}", "scores"},
};
/* clang-format on */

Test(evals, detection)
{
    for (size_t i = 0; i < ARRAY_LEN(detected); i++) {
        struct json_doc doc = {0};
        const struct format *f;

        cr_assert(json_parse(&doc, detected[i].line, strlen(detected[i].line), NULL) == OK, "%s",
                  detected[i].line);
        f = format_detect(&doc, NULL);
        cr_expect(detected[i].format ? f && strcmp(f->name, detected[i].format) == 0 : !f, "%s: %s",
                  detected[i].line, f ? f->name : "nobody");
        json_release(&doc);
    }
}

/* --- lines without records, and lines that cannot be read --- */

#define PROMPTFOO(rest) "{\"testIdx\":0,\"provider\":\"p\",\"success\":true," rest "}"
#define INSPECT(samples)                                                                           \
    "{\"version\":2,\"status\":\"success\",\"eval\":{\"run_id\":\"r\",\"task_id\":\"t\","          \
    "\"task\":\"sums\"},\"samples\":[" samples "]}"
#define MODEL(rest) "{\"id\":1,\"epoch\":1,\"events\":[{\"event\":\"model\"," rest "}]}"
#define EVENT(type, data)                                                                          \
    "{\"run_id\":\"r\",\"event_id\":1,\"sample_id\":\"s\",\"type\":\"" type "\",\"data\":" data    \
    ",\"created_at\":\"2026-03-01 08:00:00.5+00:00\"}"

Test(evals, lines_that_give_nothing)
{
    /* clang-format off */
    static const char *const cases[][2] = {
        {"{\"evalId\":\"e\",\"results\":{\"results\":[]}}", "no results"},
        {"{\"evalId\":\"e\",\"results\":{\"results\":[1,null]}}", "no results"},
        {INSPECT(""), "no samples"},
        {INSPECT("7"), "no samples"},
        {INSPECT("{\"id\":1,\"epoch\":1}"), "unscored samples"},
        {"{\"spec\":{\"completion_fns\":[],\"eval_name\":\"e\"}}", "spec"},
        {EVENT("embedding", "{}"), "embedding"},
        {EVENT("cond_logp", "{}"), "cond_logp"},
        {EVENT("pick_option", "{}"), "pick_option"},
        {EVENT("raw_sample", "{}"), "raw_sample"},
        {EVENT("function_call", "{}"), "function_call"},
        {EVENT("extra", "{}"), "extra"},
        {EVENT("thought", "{}"), "other event"},
        {"{\"final_report\":{\"accuracy\":1}}", "final report"},
        {EVENT("raw_sample", "{}"), "raw_sample"},
        {EVENT("metrics", "{\"x\":\"y\",\"z\":[1]}"), "metrics"},
        {EVENT("never heard of", "{}"), "other event"},
        {"{\"doc_id\":0,\"doc\":{},\"resps\":[],\"f1\":[1]}", "no score"},
        {"{\"results\":{\"t\":{\"alias\":\"t\",\"n\":7}},\"versions\":{},\"n-shot\":{}}",
         "no score"},
        {"{\"testCases\":[{\"metricsData\":[]}]}", "no metrics"},
        {"{\"user_input\":\"q\",\"response\":\"a\",\"m\":null}", "no score"},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i][0]) == LINE_SKIPPED, "%s", cases[i][0]);
        cr_expect(text_is(p.skipped, cases[i][1]), "%s: %.*s", cases[i][0], SV_FMT(p.skipped));
        cr_expect(batch_size(&p.batch) == 0, "%s", cases[i][0]);
        probe_release(&p);
    }
}

Test(evals, unreadable_values)
{
    /* clang-format off */
    static const struct {
        const char *line, *msg;
    } cases[] = {
        {PROMPTFOO("\"response\":{\"tokenUsage\":{\"prompt\":\"12a\"}}"),
         "response.tokenUsage.prompt: expected a whole number, found \"12a\""},
        {PROMPTFOO("\"response\":{\"tokenUsage\":{\"total\":1,\"numRequests\":-1}}"),
         "response.tokenUsage.numRequests: expected a whole number >= 0, found -1"},
        {PROMPTFOO("\"latencyMs\":-1,\"response\":{\"tokenUsage\":{\"total\":1}}"),
         "latencyMs: expected a duration >= 0, found -1"},
        {PROMPTFOO("\"cost\":\"free\",\"response\":{\"tokenUsage\":{\"total\":1}}"),
         "cost: expected an amount in dollars, found \"free\""},
        {"{\"evalId\":\"e\",\"results\":{\"timestamp\":\"now\",\"results\":[]}}",
         "results.timestamp: expected a time, found \"now\""},
        {INSPECT("{\"id\":0,\"scores\":{\"m\":{\"value\":\"C\"}}}," MODEL(
             "\"output\":{\"usage\":{\"input_tokens\":[]}}")),
         "usage.input_tokens: expected a whole number, found an array"},
        {INSPECT(MODEL("\"timestamp\":\"now\"")), "timestamp: expected a time, found \"now\""},
        {INSPECT(MODEL("\"output\":{\"time\":\"x\"}")),
         "output.time: expected a duration >= 0, found \"x\""},
        {INSPECT(MODEL("\"working_time\":-1")), "working_time: expected a duration >= 0, found -1"},
        {INSPECT("{\"id\":1,\"events\":[{\"event\":\"tool\",\"completed\":\"x\"}]}"),
         "completed: expected a time, found \"x\""},
        {EVENT("sampling", "{\"usage\":{\"prompt_tokens\":1.5}}"),
         "data.usage.prompt_tokens: expected a whole number, found 1.5"},
        {"{\"run_id\":\"r\",\"event_id\":1,\"type\":\"match\",\"data\":{},\"created_at\":\"x\"}",
         "created_at: expected a time, found \"x\""},
        {"{\"results\":{},\"versions\":{},\"n-shot\":{},\"date\":\"x\"}",
         "date: expected a time, found \"x\""},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i].line) == LINE_BAD, "%s", cases[i].line);
        cr_expect(strcmp(p.err.msg, cases[i].msg) == 0, "%s: %s", cases[i].line, p.err.msg);
        cr_expect(batch_size(&p.batch) == 0, "%s: something was left", cases[i].line);
        probe_release(&p);
    }
}

/* A long part and a multitude of others, which must not meet each other: records and text stay in
 * proportion to the document. */
Test(evals, documents_do_not_multiply)
{
    static const struct {
        const char *start, *first, *between, *second, *end;
        bool list; /* first and second are elements of lists; else one long name, and members */
    } cases[] = {
        {"{\"version\":2,\"status\":\"x\",\"eval\":{\"scorers\":[", "{\"name\":\"s\"}",
         "]},\"samples\":[", "{\"id\":1,\"error\":1}", "]}", true},
        {"{\"version\":2,\"status\":\"x\",\"eval\":{},\"samples\":[{\"scores\":{\"", "long",
         "\":{\"value\":{", "\"k\":1", "}}}}]}", false},
        {"{\"versions\":1,\"n-shot\":1,\"results\":{\"", "long", "\":{", "\"a,b\":1", "}}}", false},
        {"{\"testFile\":\"", "long", "\",\"testCases\":[", "{\"metricsData\":[{\"score\":1}]}",
         "]}", false},
    };
    enum { N = 20000 };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        struct buf text = {0};

        buf_str(&text, cases[i].start);
        for (int n = 0; n < N; n++)
            buf_str(&text, n && cases[i].list ? "," : ""), buf_str(&text, cases[i].first);
        buf_str(&text, cases[i].between);
        for (int n = 0; n < N; n++)
            buf_str(&text, n ? "," : ""), buf_str(&text, cases[i].second);
        buf_str(&text, cases[i].end);
        cr_expect(probe_as(&p, NULL, (struct sv){text.p, text.n}) == LINE_RECORDS, "%s: %s",
                  cases[i].start, p.err.msg);
        cr_expect(p.batch.n_scores <= N * 64, "%s: %zu scores", cases[i].start, p.batch.n_scores);
        cr_expect(p.batch.arena.used_bytes < (cases[i].list ? 1000 : 100) * text.n, "%s: %zu bytes",
                  cases[i].start, p.batch.arena.used_bytes);
        buf_release(&text);
        probe_release(&p);
    }
}

/* --- promptfoo --- */

Test(promptfoo, verdicts)
{
    /* clang-format off */
    static const struct {
        const char *name, *line;
        double value;
        int passed;
        const char *label;
    } cases[] = {
        {"passed", PROMPTFOO("\"score\":1,\"failureReason\":0"), 1, 1, ""},
        {"half a score", PROMPTFOO("\"score\":0.5"), 0.5, 1, ""},
        {"failed, and its error says why",
         "{\"testIdx\":0,\"provider\":\"p\",\"success\":false,\"score\":0,\"error\":\"not it\","
         "\"gradingResult\":{\"pass\":false},\"failureReason\":1}",
         0, 0, ""},
        {"the same in files without failureReason",
         "{\"testIdx\":0,\"provider\":\"p\",\"success\":false,\"score\":0,\"error\":\"not it\","
         "\"gradingResult\":{\"pass\":false}}",
         0, 0, ""},
        {"broken is neither",
         "{\"testIdx\":0,\"provider\":\"p\",\"success\":false,\"score\":0,\"error\":\"503\","
         "\"namedScores\":{\"score\":0},\"gradingResult\":null,\"failureReason\":2}",
         NONE, NONE, "error"},
        {"broken, without failureReason",
         "{\"testIdx\":0,\"provider\":\"p\",\"success\":false,\"score\":0,\"error\":\"503\","
         "\"gradingResult\":null}",
         NONE, NONE, "error"},
        {"an unreadable score is missing", PROMPTFOO("\"score\":\"high\""), NONE, 1, ""},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(probe_line(&p, cases[i].line) == LINE_RECORDS, "%s", cases[i].name);
        cr_expect(p.batch.n_scores == 1, "%s", cases[i].name);
        expect_score(cases[i].name, score_named(&p, "score"), cases[i].value, cases[i].passed);
        cr_expect(text_is(p.batch.scores[0].label, cases[i].label), "%s", cases[i].name);
        cr_expect(p.batch.n_calls == 0, "%s: nothing was used", cases[i].name);
        probe_release(&p);
    }
}

/* Of a call: a number, or NONE. */
static int64_t figure(const struct probe *p, enum call_field f)
{
    const struct call_record *c = &p->batch.calls[0];

    return record_has(c, f) ? record_num(c, f) : NONE;
}

Test(promptfoo, calls)
{
    /* clang-format off */
    static const struct {
        const char *name, *line;
        int64_t input, output, total, latency_us, flags;
    } cases[] = {
        {"graders are other calls",
         PROMPTFOO("\"latencyMs\":5,\"gradingResult\":{\"tokensUsed\":{\"prompt\":100}},"
                   "\"response\":{\"tokenUsage\":{\"prompt\":2,\"completion\":1,\"total\":3,"
                   "\"assertions\":{\"prompt\":100,\"completion\":50,\"total\":150}}}"),
         2, 1, NONE, 5000, NONE},
        {"only a total", PROMPTFOO("\"response\":{\"tokenUsage\":{\"total\":9}}"), NONE, NONE, 9,
         NONE, NONE},
        {"from the cache: the latency is none of the model's",
         PROMPTFOO("\"latencyMs\":1,\"response\":{\"cached\":true,\"tokenUsage\":{\"total\":9,"
                   "\"cached\":9}}"),
         NONE, NONE, 9, NONE, FLAG_FROM_CACHE},
        {"several requests in one",
         PROMPTFOO("\"response\":{\"tokenUsage\":{\"prompt\":2,\"completion\":1,"
                   "\"numRequests\":2}}"),
         2, 1, NONE, NONE, FLAG_AGGREGATE},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(probe_line(&p, cases[i].line) == LINE_RECORDS && p.batch.n_calls == 1, "%s: %s",
                  cases[i].name, p.err.msg);
        cr_expect(figure(&p, F_INPUT_TOKENS) == cases[i].input, "%s", cases[i].name);
        cr_expect(figure(&p, F_OUTPUT_TOKENS) == cases[i].output, "%s", cases[i].name);
        cr_expect(figure(&p, F_TOTAL_TOKENS_GIVEN) == cases[i].total, "%s", cases[i].name);
        cr_expect(figure(&p, F_LATENCY_US) == cases[i].latency_us, "%s", cases[i].name);
        cr_expect(figure(&p, F_FLAGS) == cases[i].flags, "%s", cases[i].name);
        cr_expect(figure(&p, F_CACHE_READ_TOKENS) == NONE, "%s", cases[i].name);
        probe_release(&p);
    }
}

Test(promptfoo, models)
{
    static const char *const cases[][3] = {
        {"openai:gpt-4o-mini", "openai", "gpt-4o-mini"},
        {"openai:chat:gpt-4o", "openai", "gpt-4o"},
        {"anthropic:messages:claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"},
        {"ollama:llama3:8b", "ollama", "llama3:8b"},
        {"ollama:chat:llama3:8b", "ollama", "llama3:8b"},
        {"my-provider", "", "my-provider"},
        {"file://my.py:f", "", "file://my.py:f"},
        {":x", "", ":x"},
        {"echo:", "echo", "echo:"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[256];

        snprintf(line, sizeof(line),
                 "{\"testIdx\":0,\"provider\":{\"id\":\"%s\"},\"success\":true,"
                 "\"response\":{\"tokenUsage\":{\"total\":1}}}",
                 cases[i][0]);
        cr_assert(probe_line(&p, line) == LINE_RECORDS && p.batch.n_calls == 1);
        cr_expect(text_is(p.batch.calls[0].dim[F_PROVIDER], cases[i][1]), "%s", cases[i][0]);
        cr_expect(text_is(p.batch.calls[0].dim[F_REQUEST_MODEL], cases[i][2]), "%s", cases[i][0]);
        probe_release(&p);
    }
}

/* A case is the variables, however they are written; the order of tests does not matter then. */
Test(promptfoo, cases)
{
    /* clang-format off */
    static const struct {
        const char *name, *a, *b;
        bool same;
    } cases[] = {
        {"spacing", "\"vars\":{\"q\":\"x\",\"l\":[1,2]}",
         "\"vars\": { \"q\": \"x\" , \"l\" : [ 1, 2 ] }", true},
        {"place among the tests", "\"vars\":{\"q\":\"x\"},\"testIdx\":1",
         "\"vars\":{\"q\":\"x\"},\"testIdx\":2", true},
        {"other variables", "\"vars\":{\"q\":\"x\"}", "\"vars\":{\"q\":\"y\"}", false},
        {"a name is no value", "\"vars\":{\"q\":\"x\"}", "\"vars\":{\"qx\":\"\"}", false},
        {"inside or behind", "\"vars\":{\"q\":[[1],2]}", "\"vars\":{\"q\":[[1,2]]}", false},
        {"no variables", "\"vars\":{},\"testIdx\":1", "\"vars\":{},\"testIdx\":2", false},
        {"another prompt", "\"promptId\":\"a\"", "\"promptId\":\"b\"", false},
        {"another provider", "\"provider\":\"a\"", "\"provider\":\"b\"", false},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        for (int k = 0; k < 2; k++) {
            snprintf(line, sizeof(line), "{\"testIdx\":0,\"provider\":\"p\",\"success\":true,%s}",
                     k ? cases[i].b : cases[i].a);
            cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", line);
        }
        cr_expect(sv_eq(p.batch.scores[0].target_id, p.batch.scores[1].target_id) == cases[i].same,
                  "%s", cases[i].name);
        probe_release(&p);
    }
}

/* --- Inspect --- */

Test(inspect, score_values)
{
    static const struct {
        const char *json;
        double value;
        int passed;
        const char *label;
    } cases[] = {
        {"\"C\"", 1, 1, "C"},
        {"\"I\"", 0, 0, "I"},
        {"\"P\"", 0.5, NONE, "P"},
        {"\"N\"", 0, 0, "N"},
        {"1", 1, NONE, ""},
        {"0.25", 0.25, NONE, ""},
        {"true", 1, 1, ""},
        {"false", 0, 0, ""},
        {"\"yes\"", 1, 1, ""},
        {"\"No\"", 0, 0, ""},
        {"\"0.5\"", 0.5, NONE, ""},
        {"\"c\"", NONE, NONE, ""},
        {"NaN", NONE, NONE, ""},
        {"Infinity", NONE, NONE, ""},
        {"null", NONE, NONE, ""},
        {"\"CC\"", NONE, NONE, ""},
        {"\"prose\"", NONE, NONE, ""},
        {"1e999", NONE, NONE, ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line),
                 INSPECT("{\"id\":1,\"epoch\":2,\"scores\":{\"m\":{\"value\":%s,"
                         "\"explanation\":\"x\"}}}"),
                 cases[i].json);
        cr_assert(probe_line(&p, line) == LINE_RECORDS && p.batch.n_scores == 1, "%s",
                  cases[i].json);
        expect_score(cases[i].json, score_named(&p, "m"), cases[i].value, cases[i].passed);
        cr_expect(text_is(p.batch.scores[0].label, cases[i].label), "%s", cases[i].json);
        cr_expect(text_is(p.batch.scores[0].target_id, "sums/1//2"));
        probe_release(&p);
    }
}

Test(inspect, scores_of_several_values)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, INSPECT("{\"id\":1,\"scores\":{\"o\":{\"value\":{\"a\":\"C\",\"b\":2,"
                                     "\"c\":[1]}},\"l\":{\"value\":[\"I\",{}]},"
                                     "\"e\":{\"value\":[]}}}")) == LINE_RECORDS);
    cr_expect(p.batch.n_scores == 3);
    expect_score("o.a", score_named(&p, "o.a"), 1, 1);
    expect_score("o.b", score_named(&p, "o.b"), 2, NONE);
    expect_score("l.0", score_named(&p, "l.0"), 0, 0);
    probe_release(&p);
}

/* The totals in the header and in each sample repeat the model events. */
Test(inspect, only_model_events_are_calls)
{
    static const char line[] =
        "{\"version\":2,\"status\":\"success\",\"eval\":{\"run_id\":\"r\"},\"plan\":{},"
        "\"stats\":{\"model_usage\":{\"m\":{\"input_tokens\":7,\"output_tokens\":3}}},"
        "\"samples\":[{\"id\":1,\"epoch\":1,\"output\":{\"usage\":{\"input_tokens\":7}},"
        "\"model_usage\":{\"m\":{\"input_tokens\":7}},\"events\":["
        "{\"event\":\"model\",\"model\":\"p/a/b\",\"output\":{\"usage\":{\"input_tokens\":7,"
        "\"output_tokens\":3},\"time\":2},\"working_time\":3},"
        "{\"event\":\"model\",\"model\":\"m\",\"cache\":\"read\",\"output\":{\"time\":2}},"
        "{\"event\":\"model\",\"model\":\"m\",\"cache\":\"write\",\"working_time\":2},"
        "{\"event\":\"model\",\"model\":\"m\",\"error\":\"timed out\"},"
        "{\"event\":\"model\",\"model\":\"m\",\"pending\":true}]}]}";
    static const struct {
        int64_t latency_us, status, flags;
    } want[] = {
        {2000000, STATUS_OK, 0}, {0, STATUS_OK, FLAG_FROM_CACHE}, {2000000, STATUS_OK, 0},
        {0, STATUS_ERROR, 0},    {0, STATUS_UNKNOWN, 0},
    };
    struct probe p = {0};

    cr_assert(probe_line(&p, line) == LINE_RECORDS && p.batch.n_calls == ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        const struct call_record *c = &p.batch.calls[i];

        cr_expect(record_num(c, F_LATENCY_US) == want[i].latency_us, "%zu", i);
        cr_expect(record_has(c, F_LATENCY_US) == (want[i].latency_us != 0), "%zu", i);
        cr_expect(record_num(c, F_STATUS) == want[i].status, "%zu", i);
        cr_expect(record_num(c, F_FLAGS) == want[i].flags, "%zu", i);
    }
    cr_expect(figure(&p, F_INPUT_TOKENS) == 7 && figure(&p, F_OUTPUT_TOKENS) == 3);
    cr_expect(text_is(p.batch.calls[0].dim[F_PROVIDER], "p") &&
              text_is(p.batch.calls[0].dim[F_REQUEST_MODEL], "a/b"));
    probe_release(&p);
}

/* Anthropic's input has no cached part, which the total shows; OpenAI's has. */
Test(inspect, cached_input)
{
    static const struct {
        const char *usage;
        int64_t input;
    } cases[] = {
        {"\"input_tokens\":10,\"output_tokens\":5,\"total_tokens\":45,"
         "\"input_tokens_cache_read\":20,\"input_tokens_cache_write\":10",
         40},
        {"\"input_tokens\":40,\"output_tokens\":5,\"total_tokens\":45,"
         "\"input_tokens_cache_read\":20",
         40},
        {"\"input_tokens\":10,\"output_tokens\":5,\"total_tokens\":19,"
         "\"input_tokens_cache_read\":4",
         14},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line), INSPECT(MODEL("\"output\":{\"usage\":{%s}}")), cases[i].usage);
        cr_assert(probe_line(&p, line) == LINE_RECORDS);
        cr_expect(figure(&p, F_INPUT_TOKENS) == cases[i].input, "%s", cases[i].usage);
        probe_release(&p);
    }
}

/* A long log is read in pieces, in which a sample's events begin anew. */
Test(inspect, identities_do_not_depend_on_the_piece)
{
    static const char *const pieces[] = {
        INSPECT("{\"id\":1,\"epoch\":1,\"scores\":{\"m\":{\"value\":\"C\"}},\"events\":["
                "{\"event\":\"model\",\"uuid\":\"u1\"},"
                "{\"event\":\"model\",\"timestamp\":\"2026-03-01T08:00:00Z\",\"output\":"
                "{\"choices\":[{\"message\":{\"id\":\"m1\"}}]}}]}"),
        INSPECT("{\"id\":1,\"epoch\":1,\"scores\":{\"m\":{\"value\":\"C\"}},\"events\":["
                "{\"event\":\"model\",\"timestamp\":\"2026-03-01T08:00:00Z\",\"output\":"
                "{\"choices\":[{\"message\":{\"id\":\"m1\"}}]}},"
                "{\"event\":\"model\",\"timestamp\":\"2026-03-01T08:00:00Z\",\"output\":"
                "{\"choices\":[{\"message\":{\"id\":\"m2\"}}]}},"
                "{\"event\":\"model\",\"uuid\":\"u1\"}]}"),
    };
    struct probe p = {0};
    const struct call_record *c = NULL;

    for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
        cr_assert(probe_line(&p, pieces[i]) == LINE_RECORDS);
    c = p.batch.calls;
    cr_assert(p.batch.n_calls == 5 && p.batch.n_scores == 2);
    cr_expect(identity_key(&c[0].id) == identity_key(&c[4].id));
    cr_expect(identity_key(&c[1].id) == identity_key(&c[2].id));
    cr_expect(identity_key(&c[1].id) != identity_key(&c[3].id));
    cr_expect(identity_key(&p.batch.scores[0].id) == identity_key(&p.batch.scores[1].id));
    probe_release(&p);
}

/* The same sample of another epoch, task or run is another one; its case is that of its epoch. */
Test(inspect, epochs_and_runs)
{
#define RUN(run, task, epoch)                                                                      \
    "{\"version\":2,\"status\":\"success\",\"eval\":{\"run_id\":\"" run "\",\"task_id\":\"" task   \
    "\",\"task\":\"sums\"},\"samples\":[{\"id\":1,\"epoch\":" epoch                                \
    ",\"scores\":{\"m\":{\"value\":1}}}]}"
    static const char *const logs[] = {RUN("a", "t", "1"), RUN("a", "t", "2"), RUN("b", "t", "1"),
                                       RUN("a", "u", "1")};
    struct probe p = {0};

    for (size_t i = 0; i < ARRAY_LEN(logs); i++)
        cr_assert(probe_line(&p, logs[i]) == LINE_RECORDS);
    for (size_t i = 0; i < ARRAY_LEN(logs); i++)
        for (size_t k = 0; k < i; k++)
            cr_expect(identity_key(&p.batch.scores[i].id) != identity_key(&p.batch.scores[k].id),
                      "%zu %zu", i, k);
    cr_expect(text_is(p.batch.scores[0].target_id, "sums/1//1"));
    cr_expect(text_is(p.batch.scores[1].target_id, "sums/1//2"));
    cr_expect(text_is(p.batch.scores[2].target_id, "sums/1//1"));
    probe_release(&p);
}

/* --- OpenAI evals --- */

Test(openai_evals, the_spec_names_the_model_of_its_run)
{
#define SPEC(run, model)                                                                           \
    "{\"spec\":{\"completion_fns\":" model ",\"eval_name\":\"e\",\"run_id\":\"" run "\"}}"
    static const struct {
        const char *spec, *model;
    } cases[] = {
        {SPEC("r", "[\"gpt-4o-mini\",\"x\"]"), "gpt-4o-mini"},
        {SPEC("r", "[]"), ""},
        {SPEC("other", "[\"gpt-4o-mini\"]"), ""},
        {"{\"final_report\":{}}", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i].spec) == LINE_SKIPPED);
        cr_expect(probe_line(&p, "{\"final_report\":{}}") == LINE_SKIPPED);
        cr_assert(probe_line(&p, EVENT("sampling", "{\"sampled\":[\"x\"]}")) == LINE_RECORDS);
        cr_expect(text_is(p.batch.calls[0].dim[F_REQUEST_MODEL], cases[i].model), "%s",
                  cases[i].spec);
        probe_release(&p);
    }
}

/* A spec takes the place of the one before, with what it does not say. */
Test(openai_evals, a_new_spec_forgets_the_old_one)
{
    struct probe p = {0};

    probe_line(&p, SPEC("q", "[\"gpt-4o-mini\"]"));
    probe_line(&p, SPEC("r", "[]"));
    cr_assert(probe_line(&p, EVENT("sampling", "{}")) == LINE_RECORDS);
    cr_expect(!record_has(&p.batch.calls[0], F_REQUEST_MODEL));
    cr_expect(!record_has(&p.batch.calls[0], F_INPUT_TOKENS));
    probe_release(&p);
}

Test(openai_evals, verdicts)
{
    static const struct {
        const char *line;
        double value;
        int passed;
    } cases[] = {
        {EVENT("match", "{\"correct\":true}"), 1, 1},
        {EVENT("match", "{\"correct\":false,\"picked\":null}"), 0, 0},
        {EVENT("match", "{\"expected\":\"x\"}"), NONE, NONE},
        {EVENT("error", "{\"type\":\"Timeout\",\"message\":\"x\"}"), NONE, NONE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(probe_line(&p, cases[i].line) == LINE_RECORDS && p.batch.n_calls == 0);
        expect_score(cases[i].line, score_named(&p, "match"), cases[i].value, cases[i].passed);
        cr_expect(text_is(p.batch.scores[0].target_id, "/s//"));
        probe_release(&p);
    }
}

/* --- lm-evaluation-harness --- */

#define RESULT(rest) "{\"id\":\"x\",\"testIdx\":0,\"provider\":{\"id\":\"openai:chat:m\"}," rest "}"
#define HEADER(config, rest)                                                                       \
    "{\"version\":2,\"status\":\"success\",\"plan\":{},\"eval\":{\"eval_id\":\"e\","               \
    "\"task\":\"t\",\"config\":{" config "}}" rest "}"
#define USED(rest)                                                                                 \
    HEADER("\"log_samples\":false", ",\"stats\":{\"started_at\":\"2026-03-01T08:00:00Z\","         \
                                    "\"model_usage\":{\"openai/m\":{" rest "}}}")

/* What the figures of a result are. */
Test(evals, what_else_results_say)
{
    static const char *const cases[][3] = {
        {"promptfoo: an assertion that failed leaves an error text too",
         RESULT("\"success\":false,\"score\":0,\"failureReason\":1,\"error\":\"Expected x\","
         "\"gradingResult\":null"),
         "score.passed=0 score.value=0 !score.label"},
        {"promptfoo: what broke is neither right nor wrong",
         RESULT("\"success\":false,\"score\":0,\"failureReason\":2,\"error\":\"timed out\","
         "\"namedScores\":{\"a\":1}"),
         "#score=1 !score.passed !score.value score.label=error"},
        {"promptfoo: without the reason the grading tells", RESULT("\"success\":false,\"error\":"
         "\"x\",\"gradingResult\":null"),
         "score.label=error"},
        {"promptfoo: the model's figures",
         RESULT("\"success\":true,\"latencyMs\":7,\"cost\":0.5,\"response\":{\"finishReason\":"
         "\"length\",\"tokenUsage\":"
                "{\"prompt\":5,\"completion\":6,\"total\":11,\"completionDetails\":{\"reasoning\":"
                "4},\"assertions\":{\"prompt\":99}}},"
                "\"gradingResult\":{\"pass\":true,\"tokensUsed\":{\"prompt\":77}}"),
         "#call=1 id=[\"promptfoo\",\"x\"] provider=openai request_model=m latency_us=7000 "
         "cost_given_nusd=500000000 "
         "input_tokens=5 output_tokens=6 reasoning_tokens=4 finish_reason=length !flags"},
        {"promptfoo: the latency of a cached answer is none",
         RESULT("\"success\":true,\"latencyMs\":7,\"response\":{\"cached\":true,\"tokenUsage\":{"
         "\"total\":11}}"),
         "flags=4 !latency_us total_tokens_given=11"},
        {"promptfoo: several requests", RESULT("\"success\":true,\"response\":{\"tokenUsage\":{"
         "\"total\":11,\"numRequests\":2}}"),
         "flags=8"},
        {"promptfoo: nothing was used", RESULT("\"success\":true,\"response\":{\"tokenUsage\":{"
         "\"total\":0}}"), "#call=0"},

        {"inspect: cached tokens are beside the input",
         INSPECT(MODEL("\"model\":\"openai/m\",\"output\":{\"usage\":{\"input_tokens\":"
         "100,\"output_tokens\":5,"
                       "\"input_tokens_cache_read\":60,\"input_tokens_cache_write\":"
                       "10,\"reasoning_tokens\":2,"
                       "\"total_cost\":0.5}}")),
         "input_tokens=170 output_tokens=5 cache_read_tokens=60 cache_write_tokens=10 "
         "reasoning_tokens=2 "
         "cost_given_nusd=500000000 provider=openai request_model=m"},
        {"inspect: unless the total says that they are in it",
         INSPECT(MODEL("\"model\":\"openai/m\",\"output\":{\"usage\":{\"input_tokens\":"
         "100,\"output_tokens\":5,"
                       "\"input_tokens_cache_read\":60,\"total_tokens\":105}}")),
         "input_tokens=100"},
        {"inspect: the header's totals where no samples were kept",
         USED("\"input_tokens\":5,\"output_tokens\":6,\"total_tokens\":11"),
         "#call=1 id=[\"inspect\",\"e//total/openai/m\"] provider=openai request_model=m "
         "input_tokens=5 output_tokens=6 "
         "started_us=1772352000000000 flags=8 !status"},
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

/* Totals of samples that are somewhere else would be counted twice. */
Test(evals, totals_that_do_not_count)
{
    static const char *const cases[] = {
        HEADER("", ",\"stats\":{\"model_usage\":{\"m\":{\"input_tokens\":5}}}"),
        HEADER("\"log_samples\":true", ",\"stats\":{\"model_usage\":{\"m\":{\"input_tokens\":5}}}"),
        HEADER("\"log_samples\":false", ",\"stats\":{\"model_usage\":{\"m\":{\"input_tokens\":5}}},"
        "\"samples\":[]"),
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_line(&p, cases[i]) == LINE_SKIPPED, "%s", cases[i]);
        cr_expect(sv_is(p.skipped, "no samples"));
        probe_release(&p);
    }
}

#define SAMPLE(rest) "{\"doc_id\":3,\"doc\":{},\"target\":1,\"resps\":[]," rest "}"

Test(lm_eval, metrics_of_a_sample)
{
    /* clang-format off */
    static const struct {
        const char *line, *name, *in_case;
        double value;
        int passed;
        size_t n;
    } cases[] = {
        {SAMPLE("\"acc\":1.0,\"doc_hash\":\"h\",\"filter\":\"none\""), "acc", "/h/none/", 1, 1, 1},
        {SAMPLE("\"acc\":0"), "acc", "/3//", 0, 0, 1},
        {SAMPLE("\"acc_norm\":1.0"), "acc_norm", "/3//", 1, 1, 1},
        {SAMPLE("\"exact_match\":0.0"), "exact_match", "/3//", 0, 0, 1},
        {SAMPLE("\"prompt_level_strict_acc\":1"), "prompt_level_strict_acc", "/3//", 1, 1, 1},
        {SAMPLE("\"em\":0"), "em", "/3//", 0, 0, 1},
        {SAMPLE("\"f1\":1"), "f1", "/3//", 1, NONE, 1},
        {SAMPLE("\"correct\":false"), "correct", "/3//", 0, 0, 1},
        {SAMPLE("\"acc\":0.5"), "acc", "/3//", 0.5, NONE, 1},
        {SAMPLE("\"bleu\":1.0"), "bleu", "/3//", 1, NONE, 1},
        {SAMPLE("\"inst_level_strict\":true"), "inst_level_strict", "/3//", 1, 1, 1},
        {SAMPLE("\"metrics\":[\"acc\"],\"acc\":1,\"other\":0.5"), "acc", "/3//", 1, 1, 1},
        {SAMPLE("\"acc\":1,\"f1\":[\"a\",[\"b\"]],\"text\":\"0.5\",\"ppl\":NaN"), "acc", "/3//", 1,
         1, 1},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_assert(probe_line(&p, cases[i].line) == LINE_RECORDS, "%s", cases[i].line);
        cr_expect(p.batch.n_scores == cases[i].n, "%s: %zu", cases[i].line, p.batch.n_scores);
        expect_score(cases[i].line, score_named(&p, cases[i].name), cases[i].value,
                     cases[i].passed);
        cr_expect(text_is(p.batch.scores[0].target_id, cases[i].in_case), "%s", cases[i].line);
        probe_release(&p);
    }
}

Test(lm_eval, results)
{
    static const char line[] =
        "{\"results\":{\"a\":{\"acc,none\":0.25,\"acc_stderr,none\":0.01,\"alias\":\"a\","
        "\"sample_len\":9},\"b\":{\"acc,none\":0.5,\"em,x\":NaN,\"em_stderr,x\":\"N/A\"}},"
        "\"versions\":{},\"n-shot\":{},\"date\":1772352000.25}";
    struct probe p = {0};

    cr_assert(probe_line(&p, line) == LINE_RECORDS && p.batch.n_scores == 2);
    for (size_t i = 0; i < 2; i++) {
        expect_score(line, &p.batch.scores[i], i ? 0.5 : 0.25, NONE);
        cr_expect(text_is(p.batch.scores[i].name, "acc"));
        cr_expect(text_is(p.batch.scores[i].target_id, i ? "b//none/" : "a//none/"));
        cr_expect(p.batch.scores[i].at_us.v == 1772352000250000);
    }
    cr_expect(identity_key(&p.batch.scores[0].id) != identity_key(&p.batch.scores[1].id));
    probe_release(&p);
}

/* --- DeepEval --- */

Test(deepeval, metrics)
{
    /* clang-format off */
    static const struct {
        const char *metric, *name;
        double value;
        int passed;
        const char *scorer, *label;
    } cases[] = {
        {"\"name\":\"Answer Relevancy\",\"score\":0.5,\"success\":true", "answer_relevancy", 0.5, 1,
         "eval", ""},
        {"\"name\":\"answer_relevancy\",\"score\":0,\"success\":false,"
         "\"evaluationModel\":\"gpt\"",
         "answer_relevancy", 0, 0, "judge", ""},
        {"\"name\":\"My Tone [GEval]\",\"score\":1,\"success\":true,\"evaluation_model\":\"gpt\"",
         "my_tone", 1, 1, "judge", ""},
        {"\"name\":\"Multi-Turn (GEval)\",\"score\":1", "multi_turn", 1, NONE, "eval", ""},
        {"\"name\":\"Bias\",\"score\":null,\"success\":false,\"error\":\"it broke\"", "bias", NONE,
         NONE, "eval", "error"},
        {"\"name\":\"Bias\",\"success\":false", "bias", NONE, NONE, "eval", ""},
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[512];

        snprintf(line, sizeof(line),
                 "{\"testFile\":\"t.py\",\"testCases\":[{\"name\":\"c\","
                 "\"success\":true,\"metricsData\":[{%s}]}]}",
                 cases[i].metric);
        cr_assert(probe_line(&p, line) == LINE_RECORDS && p.batch.n_scores == 1);
        expect_score(cases[i].metric, score_named(&p, cases[i].name), cases[i].value,
                     cases[i].passed);
        cr_expect(text_is(p.batch.scores[0].scorer, cases[i].scorer), "%s", cases[i].metric);
        cr_expect(text_is(p.batch.scores[0].label, cases[i].label), "%s", cases[i].metric);
        cr_expect(text_is(p.batch.scores[0].target_id, "t.py/c//"));
        probe_release(&p);
    }
}

/* Cases of one name, and a metric that is there twice, are results of their own. */
Test(deepeval, results_differ)
{
    struct probe p = {0};

    cr_assert(probe_line(&p, "{\"testCases\":[{\"name\":\"c\",\"metricsData\":[{\"name\":\"M\"},"
                             "{\"name\":\"M\"}]},{\"order\":1,\"metricsData\":[{\"name\":\"M\"}]}],"
                             "\"conversationalTestCases\":[{\"name\":\"c\",\"metricsData\":["
                             "{\"name\":\"M\"},7]}]}") == LINE_RECORDS);
    cr_assert(p.batch.n_scores == 4);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect(identity_key(&p.batch.scores[i].id) != identity_key(&p.batch.scores[k].id));
    cr_expect(text_is(p.batch.scores[2].target_id, "/1//"));
    probe_release(&p);
}

/* --- ragas --- */

Test(ragas, columns)
{
    static const struct {
        const char *rest;
        size_t n;
    } cases[] = {
        {"\"a\":0.5,\"b\":1,\"c\":0", 3},
        {"\"a\":0.5,\"b\":null,\"c\":NaN,\"d\":\"\"", 1},
        {"\"a\":0.5,\"b\":1.01,\"c\":-0.01", 1},
        {"\"a\":\"0.5\",\"b\":\"half\",\"c\":true", 1},
        {"\"a\":0.5,\"id\":1,\"row_index\":1,\"timestamp\":1,\"latency_s\":1", 1},
        {"\"a\":0.5,\"score\":0.25", 2},
        {"\"a\":0.5,\"reference\":\"1\",\"rubrics\":\"0\"", 1},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char line[256];

        snprintf(line, sizeof(line), "{\"user_input\":\"1\",\"response\":\"0\",%s}", cases[i].rest);
        cr_assert(probe_line(&p, line) == LINE_RECORDS, "%s", line);
        cr_expect(p.batch.n_scores == cases[i].n, "%s: %zu", line, p.batch.n_scores);
        expect_score(line, score_named(&p, "a"), 0.5, NONE);
        probe_release(&p);
    }
}

/* The case is the question, or the row's own id; the answer is what two runs differ in. */
Test(ragas, cases)
{
    static const char *const lines[] = {
        "{\"user_input\":\"q\",\"response\":\"a\",\"m\":0.5}",
        "{\"user_input\":\"q\",\"response\":\"b\",\"m\":0.5}",
        "{\"user_input\":\"r\",\"response\":\"a\",\"m\":0.5}",
        "{\"user_input\":\"q\",\"response\":\"a\",\"m\":0.5,\"sample_id\":\"s\"}",
    };
    struct probe p = {0};

    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        cr_assert(probe_line(&p, lines[i]) == LINE_RECORDS);
    cr_expect(sv_eq(p.batch.scores[0].target_id, p.batch.scores[1].target_id));
    cr_expect(!sv_eq(p.batch.scores[0].target_id, p.batch.scores[2].target_id));
    cr_expect(text_is(p.batch.scores[3].target_id, "/s//"));
    probe_release(&p);
}
