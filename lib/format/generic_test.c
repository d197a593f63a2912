/* Flat lines: aliases and their order, statuses, identities, complaints. Wanted values by hand. */
#include <criterion/criterion.h>

#include "format/dump_testing.h"
#include "format/readers.h"

#define MISSING INT64_MIN

static const struct {
    const char *line;
    enum call_field field;
    int64_t want;
} numbers[] = {
    /* the first alias of the list counts, wherever it stands */
    {"{\"model\":\"m\",\"cost\":2,\"cost_usd\":1}", F_COST_GIVEN_NUSD, 1000000000},
    {"{\"model\":\"m\",\"cost\":2,\"cost_usd\":null}", F_COST_GIVEN_NUSD, 2000000000},
    {"{\"model\":\"m\",\"cost\":1,\"cost\":2}", F_COST_GIVEN_NUSD, 2000000000},
    {"{\"model\":\"m\",\"cost\":1,\"cost\":null}", F_COST_GIVEN_NUSD, MISSING},
    {"{\"model\":\"m\",\"price\":\"0.000000001\"}", F_COST_GIVEN_NUSD, 1},
    /* nested and flat are one */
    {"{\"model\":\"m\",\"usage\":{\"prompt_tokens\":5}}", F_INPUT_TOKENS, 5},
    {"{\"model\":\"m\",\"usage.prompt_tokens\":5}", F_INPUT_TOKENS, 5},
    {"{\"model\":\"m\",\"tokens\":{\"input\":5,\"output\":6}}", F_OUTPUT_TOKENS, 6},
    {"{\"gen_ai\":{\"request\":{\"model\":\"m\"},\"usage\":{\"input_tokens\":5}},\"model\":\"m\","
     "\"cost\":1}",
     F_INPUT_TOKENS, 5},
    {"{\"model\":\"m\",\"usage\":{\"prompt_tokens_details\":{\"cached_tokens\":3},"
     "\"prompt_tokens\":9}}",
     F_CACHE_READ_TOKENS, 3},
    /* metadata and extra count after the line itself */
    {"{\"model\":\"m\",\"cost\":1,\"metadata\":{\"latency_ms\":7}}", F_LATENCY_US, 7000},
    {"{\"model\":\"m\",\"duration_ms\":1,\"metadata\":{\"latency_ms\":7}}", F_LATENCY_US, 1000},
    {"{\"model\":\"m\",\"cost\":1,\"extra\":\"{\\\"latency_ms\\\":7}\"}", F_LATENCY_US, 7000},
    {"{\"model\":\"m\",\"cost\":1,\"extra\":\"{broken\"}", F_LATENCY_US, MISSING},
    /* units by suffix; without one only a fraction below 1000 is seconds */
    {"{\"model\":\"m\",\"latency_us\":7}", F_LATENCY_US, 7},
    {"{\"model\":\"m\",\"duration_ns\":7999}", F_LATENCY_US, 7},
    {"{\"model\":\"m\",\"duration_s\":2}", F_LATENCY_US, 2000000},
    {"{\"model\":\"m\",\"elapsed\":1.5}", F_LATENCY_US, 1500000},
    {"{\"model\":\"m\",\"elapsed\":15}", F_LATENCY_US, MISSING},
    {"{\"model\":\"m\",\"response_time\":1500.5}", F_LATENCY_US, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"total_latency\":5}", F_LATENCY_US, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"ttft\":5}", F_TIME_TO_FIRST_TOKEN_US, 5000},
    {"{\"model\":\"m\",\"cost\":1,\"time_to_first_token_s\":0.5}", F_TIME_TO_FIRST_TOKEN_US,
     500000},
    {"{\"model\":\"m\",\"cost\":1,\"start_time\":10,\"end_time\":12.5}", F_LATENCY_US, 2500000},
    {"{\"model\":\"m\",\"cost\":1,\"start_time\":10,\"end_time\":9}", F_LATENCY_US, MISSING},
    /* a total only where it is all there is */
    {"{\"model\":\"m\",\"total_tokens\":5}", F_TOTAL_TOKENS_GIVEN, 5},
    {"{\"model\":\"m\",\"total_tokens\":5,\"input_tokens\":5}", F_TOTAL_TOKENS_GIVEN, MISSING},
    {"{\"tokens_in\":1,\"tokens_out\":2}", F_INPUT_TOKENS, 1},
    /* statuses */
    {"{\"model\":\"m\",\"status\":\"ok\"}", F_STATUS, STATUS_OK},
    {"{\"model\":\"m\",\"status\":\"ok\",\"error\":\"boom\"}", F_STATUS, STATUS_ERROR},
    {"{\"model\":\"m\",\"status\":\"cancelled\",\"error\":\"boom\"}", F_STATUS, STATUS_CANCELLED},
    {"{\"model\":\"m\",\"cost\":1,\"error\":\"\"}", F_STATUS, STATUS_OK},
    {"{\"model\":\"m\",\"cost\":1,\"error_code\":null}", F_STATUS, STATUS_OK},
    {"{\"model\":\"m\",\"cost\":1}", F_STATUS, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"error\":false}", F_STATUS, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"error\":{}}", F_STATUS, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"error\":[]}", F_STATUS, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"error\":true}", F_STATUS, STATUS_ERROR},
    {"{\"model\":\"m\",\"cost\":1,\"error_code\":0}", F_STATUS, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"error_code\":7}", F_STATUS, STATUS_ERROR},
    {"{\"model\":\"m\",\"cost\":1,\"http_status\":204}", F_STATUS, STATUS_OK},
    {"{\"model\":\"m\",\"cost\":1,\"http_status\":400}", F_STATUS, STATUS_ERROR},
    {"{\"model\":\"m\",\"status\":\"ok\",\"status_code\":500}", F_STATUS, STATUS_ERROR},
    {"{\"model\":\"m\",\"cost\":1,\"status_code\":\"UNSET\"}", F_HTTP_STATUS, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"level\":\"ERROR\"}", F_STATUS, STATUS_ERROR},
    {"{\"model\":\"m\",\"status\":\"ok\",\"level\":\"error\"}", F_STATUS, STATUS_OK},
    {"{\"model\":\"m\",\"cost\":1,\"level\":\"warning\"}", F_STATUS, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"exception\":\"Traceback\"}", F_STATUS, STATUS_ERROR},
    {"{\"model\":\"m\",\"cost\":0,\"status\":\"error\"}", F_COST_GIVEN_NUSD, MISSING},
    /* flags */
    {"{\"model\":\"m\",\"cost\":1,\"timestamp\":\"2026-03-05T08:00:00\"}", F_FLAGS, FLAG_ZONELESS},
    {"{\"model\":\"m\",\"cost\":1,\"timestamp\":\"2026-03-05T08:00:00Z\"}", F_FLAGS, MISSING},
    {"{\"model\":\"m\",\"cost\":1,\"stream\":true}", F_FLAGS, FLAG_STREAMING},
};

Test(generic, numbers)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct probe p = {0};
        enum line_outcome outcome = probe_line(&p, numbers[i].line);
        const struct call_record *c = p.batch.calls;

        cr_assert(outcome == LINE_RECORDS && p.batch.n_calls == 1, "%s: %s", numbers[i].line,
                  p.err.msg);
        cr_expect_eq(record_has(c, numbers[i].field) ? record_num(c, numbers[i].field) : MISSING,
                     numbers[i].want, "%s: %s is %lld", numbers[i].line,
                     call_fields[numbers[i].field].name,
                     (long long)record_num(c, numbers[i].field));
        probe_release(&p);
    }
}

static const struct {
    const char *line;
    enum call_field field;
    const char *want; /* NULL: missing */
} texts[] = {
    {"{\"model_name\":\"b\",\"model\":\"a\",\"cost\":1}", F_REQUEST_MODEL, "a"},
    {"{\"model\":{\"id\":1},\"cost\":1}", F_REQUEST_MODEL, NULL},
    {"{\"model\":\"m\",\"cost\":1,\"feature\":\"f\",\"route\":\"/x\"}", F_FEATURE, "f"},
    {"{\"model\":\"m\",\"cost\":1,\"route\":\"/x\"}", F_FEATURE, "/x"},
    {"{\"model\":\"m\",\"cost\":1,\"app\":{\"feature\":\"f\"},\"route\":\"/x\"}", F_FEATURE, "f"},
    {"{\"model\":\"m\",\"cost\":1,\"app\":\"shop\"}", F_FEATURE, NULL},
    {"{\"model\":\"m\",\"cost\":1,\"metadata\":{\"feature\":\"f\"},\"route\":\"/x\"}", F_FEATURE,
     "f"},
    {"{\"model\":\"m\",\"cost\":1,\"tags\":[\"a\",\"feature:f\",\"feature:g\"],\"route\":\"/x\"}",
     F_FEATURE, "f"},
    {"{\"model\":\"m\",\"cost\":1,\"tags\":[\"feature:\",7]}", F_FEATURE, NULL},
    {"{\"model\":\"m\",\"cost\":1,\"tags\":\"feature:f\"}", F_FEATURE, NULL},
    {"{\"model\":\"m\",\"cost\":1,\"tags\":\"[\\\"a\\\",\\\"feature:f\\\"]\"}", F_FEATURE, "f"},
    {"{\"model\":\"m\",\"cost\":1,\"tags\":\"[\\\"feature:f\\\"\"}", F_FEATURE, NULL},
    {"{\"model\":\"m\",\"cost\":1,\"error_type\":\"APIError\",\"error\":\"timeout\"}", F_ERROR_KIND,
     "APIError"},
    {"{\"model\":\"m\",\"cost\":1,\"error\":\"it timed out\"}", F_ERROR_KIND, "timeout"},
    {"{\"model\":\"m\",\"cost\":1,\"error\":{\"code\":\"rate_limited\",\"message\":\"no\"}}",
     F_ERROR_KIND, "rate_limited"},
    {"{\"model\":\"m\",\"cost\":1,\"status_code\":429}", F_ERROR_KIND, "rate_limit"},
    {"{\"model\":\"m\",\"cost\":1,\"user\":\"a\\u0001b\"}", F_USER,
     /* printf 'a\001b' | sha256sum */
     "sha256:82d34c7d68cf28219ce4ab8dd592d88dec35d1ef51625beef76220c2df266bd3"},
    {"{\"model\":\"m\",\"cost\":1,\"user\":\"None\"}", F_USER, NULL},
};

Test(generic, texts)
{
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct probe p = {0};
        enum line_outcome outcome = probe_line(&p, texts[i].line);
        const struct call_record *c = p.batch.calls;

        cr_assert(outcome == LINE_RECORDS, "%s: %s", texts[i].line, p.err.msg);
        cr_expect(texts[i].want ? sv_is(c->dim[texts[i].field], texts[i].want)
                                : !record_has(c, texts[i].field),
                  "%s: %.*s", texts[i].line, SV_FMT(c->dim[texts[i].field]));
        probe_release(&p);
    }
}

/* The names of each field, the first that counts first: those that logs of many makers have, and
 * durations by their unit. */
/* clang-format off */
static const struct {
    const char *field;
    enum { TEXTS, COUNTS, DOLLARS, TIMES, DURATIONS } value;
    const char *beside; /* what makes the line a call */
    const char *names;
} aliases[] = {
    {"request_model", TEXTS, "\"cost_usd\":1",
     "model model_name model_version llm.model gen_ai.request.model request_model deployment "
     "modelId"},
    {"response_model", TEXTS, "\"model\":\"m\",\"cost_usd\":1",
     "response_model gen_ai.response.model"},
    {"provider", TEXTS, "\"model\":\"m\",\"cost_usd\":1",
     "provider gen_ai.provider.name gen_ai.system vendor"},
    {"operation", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "operation gen_ai.operation.name"},
    {"feature", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "feature app.feature feature_name route"},
    {"user", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "user_id user end_user userId"},
    {"environment", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "environment env"},
    {"service", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "service service_name service.name"},
    {"team", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "team team_id team_name"},
    {"project", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "project project_id project_name"},
    {"agent", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "agent agent_id agent_name"},
    {"tenant", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "tenant tenant_id organization_id"},
    {"prompt", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "prompt_name prompt_id"},
    {"prompt_version", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "prompt_version"},
    {"template", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "prompt_template_hash template_hash"},
    {"finish_reason_raw", TEXTS, "\"model\":\"m\",\"cost_usd\":1",
     "finish_reason stop_reason finishReason"},
    {"tier", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "service_tier tier"},
    {"session_id", TEXTS, "\"model\":\"m\",\"cost_usd\":1",
     "session_id conversation_id thread_id sessionId"},
    {"request_id", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "request_id requestId"},
    {"trace_id", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "trace_id traceId"},
    {"span_id", TEXTS, "\"model\":\"m\",\"cost_usd\":1,\"trace_id\":\"t\"", "span_id spanId"},
    {"parent_span_id", TEXTS, "\"model\":\"m\",\"cost_usd\":1,\"trace_id\":\"t\",\"span_id\":\"s\"",
     "parent_span_id parent_id parentSpanId"},
    {"error_kind", TEXTS, "\"model\":\"m\",\"cost_usd\":1", "error_type error.type error_code "
     "error_class"},
    {"input_tokens", COUNTS, "\"model\":\"m\"",
     "input_tokens prompt_tokens tokens.input tokens_in usage.prompt_tokens usage.input_tokens "
     "inputTokens promptTokens prompt_token_count number_input_tokens gen_ai.usage.input_tokens "
     "usage.inputTokens"},
    {"output_tokens", COUNTS, "\"model\":\"m\"",
     "output_tokens completion_tokens tokens.output tokens_out usage.completion_tokens "
     "usage.output_tokens outputTokens completionTokens completion_token_count "
     "number_output_tokens "
     "gen_ai.usage.output_tokens usage.outputTokens"},
    {"cache_read_tokens", COUNTS, "\"model\":\"m\",\"cost_usd\":1",
     "cached_tokens cache_read_tokens cache_read_input_tokens "
     "usage.prompt_tokens_details.cached_tokens cachedInputTokens usage.cache_read_input_tokens "
     "usage.input_tokens_details.cached_tokens"},
    {"cache_write_tokens", COUNTS, "\"model\":\"m\",\"cost_usd\":1",
     "cache_write_tokens cache_creation_tokens cache_creation_input_tokens "
     "usage.cache_creation_input_tokens"},
    {"reasoning_tokens", COUNTS, "\"model\":\"m\",\"cost_usd\":1",
     "reasoning_tokens usage.completion_tokens_details.reasoning_tokens "
     "usage.output_tokens_details.reasoning_tokens"},
    {"total_tokens_given", COUNTS, "\"model\":\"m\",\"cost_usd\":1",
     "total_tokens tokens.total usage.total_tokens totalTokens total_token_count "
     "number_total_tokens"},
    {"input_chars", COUNTS, "\"model\":\"m\",\"cost_usd\":1", "input_chars input_length"},
    {"output_chars", COUNTS, "\"model\":\"m\",\"cost_usd\":1", "output_chars output_length"},
    {"cost_given_nusd", DOLLARS, "\"model\":\"m\"",
     "cost_usd cost estimated_cost_usd total_cost spend response_cost costUSD price"},
    {"started_us", TIMES, "\"model\":\"m\",\"cost_usd\":1",
     "timestamp ts time @timestamp created_at datetime asctime start_time startTime created"},
    {"latency_us", DURATIONS, "\"model\":\"m\"",
     "latency_ms duration_ms response_time_ms elapsed_ms total_latency_ms latency_s duration_s "
     "end_to_end_latency_s latency_us latency_ns duration_us duration_ns response_time_s "
     "response_time_us response_time_ns elapsed_s elapsed_us elapsed_ns total_latency_s "
     "total_latency_us total_latency_ns end_to_end_latency_ms end_to_end_latency_us "
     "end_to_end_latency_ns"},
    {"time_to_first_token_us", DURATIONS, "\"model\":\"m\",\"cost_usd\":1",
     "ttft_ms time_to_first_token_ms ttft first_token_ms ttft_s ttft_us ttft_ns "
     "time_to_first_token_s time_to_first_token_us time_to_first_token_ns first_token_s "
     "first_token_us first_token_ns"},
    {"time_per_output_token_us", DURATIONS, "\"model\":\"m\",\"cost_usd\":1",
     "tpot_ms inter_token_latency_s tpot_s tpot_us tpot_ns time_per_output_token_ms "
     "time_per_output_token_s time_per_output_token_us time_per_output_token_ns "
     "inter_token_latency_ms inter_token_latency_us inter_token_latency_ns"},
    {"queue_us", DURATIONS, "\"model\":\"m\",\"cost_usd\":1",
     "queue_ms queue_time_ms queue_s queue_us queue_ns queue_time_s queue_time_us queue_time_ns"},
};
/* clang-format on */

#define NAMES_MAX 32

static size_t names_of(size_t row, struct sv *out)
{
    size_t n = 0;

    for (const char *at = aliases[row].names; *at; n++) {
        cr_assert(n < NAMES_MAX);
        out[n] = (struct sv){at, strcspn(at, " ")};
        at += out[n].n + strspn(at + out[n].n, " ");
    }
    return n;
}

/* The n-th name's value, in JSON and as a record has it. */
static void add_value(struct buf *b, size_t row, struct sv name, size_t n, bool stored)
{
    long long v = 11 + (long long)n;
    static const struct {
        const char *suffix;
        long long ns;
    } units[] = {{"_ms", 1000000}, {"_us", 1000}, {"_ns", 1}, {"_s", 1000000000}, {"ttft",
    1000000}};

    switch (aliases[row].value) {
    case TEXTS:
        buf_printf(b, stored ? "v%lld" : "\"v%lld\"", v);
        break;
    case COUNTS:
        buf_printf(b, "%lld", v);
        break;
    case DOLLARS:
        buf_printf(b, "%lld", stored ? v * 1000000000 : v);
        break;
    case TIMES:
        buf_printf(b, "%lld", (1772352000 + v) * (stored ? 1000000 : 1));
        break;
    case DURATIONS:
        for (size_t i = 0; i < ARRAY_LEN(units); i++)
            if (sv_ends(name, units[i].suffix)) {
                buf_printf(b, "%lld", stored ? v * 1000 * units[i].ns / 1000 : v * 1000);
                break;
            }
        break;
    }
}

static void check_line(size_t row, const char *line, struct sv name, size_t n)
{
    struct buf want = {0};
    struct probe p = {0};

    buf_printf(&want, "%s=", aliases[row].field);
    add_value(&want, row, name, n, true);
    cr_expect(probe_as(&p, &format_generic, sv_from(line)) == LINE_RECORDS, "%s: %s", line,
              p.err.msg);
    cr_expect(!dump_lacks(&p.batch, want.p), "%s: %s", line, want.p);
    buf_release(&want);
    probe_release(&p);
}

/* Names from to, in reverse: the first of them counts. */
static void check_order(size_t row, const struct sv *names, size_t from, size_t to)
{
    struct buf line = {0};

    buf_printf(&line, "{%s", aliases[row].beside);
    for (size_t i = to; i-- > from;) {
        buf_printf(&line, ",\"%.*s\":", SV_FMT(names[i]));
        add_value(&line, row, names[i], i, false);
    }
    buf_str(&line, "}");
    check_line(row, line.p, names[from], from);
    buf_release(&line);
}

/* A dotted name is also that of a member of an object. */
static void check_nested(size_t row, struct sv name, size_t n)
{
    struct buf line = {0};
    size_t depth = 0;

    buf_printf(&line, "{%s,\"", aliases[row].beside);
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '.')
            depth++;
        if (name.p[i] == '.')
            buf_str(&line, "\":{\"");
        else
            buf_char(&line, name.p[i]);
    }
    buf_str(&line, "\":");
    add_value(&line, row, name, n, false);
    for (size_t i = 0; i <= depth; i++)
        buf_str(&line, "}");
    check_line(row, line.p, name, n);
    buf_release(&line);
}

/* Names with a dot in them that are no objects in the logs we know. */
static bool is_flat(struct sv name)
{
    return !memchr(name.p, '.', name.n) || sv_is(name, "service.name") || sv_is(name, "error.type");
}

Test(generic, names_of_fields)
{
    for (size_t row = 0; row < ARRAY_LEN(aliases); row++) {
        struct sv names[NAMES_MAX];
        size_t n = names_of(row, names);

        for (size_t i = 0; i < n; i++) {
            check_order(row, names, i, i + 1);
            check_order(row, names, i, n);
            if (!is_flat(names[i]))
                check_nested(row, names[i], i);
        }
    }
}

#define LINE(rest) "{\"model\":\"m\",\"timestamp\":\"2026-03-01T08:00:00Z\"" rest "}"
#define PRIVACY(rest) LINE(",\"tokens\":{\"input\":5,\"output\":6}" rest)
#define BRANCH(rest) "{\"from_node\":\"a\",\"to_node\":\"b\",\"condition_result\":true" rest "}"
#define TOOL(rest) "{\"tool_name\":\"f\",\"inputs\":\"x\",\"request_id\":\"r\"" rest "}"
#define LLM(rest)                                                                                  \
    "{\"datetime_utc\":\"2026-03-01T08:00:00.5\",\"duration_ms\":7,"                               \
    "\"conversation_id\":\"s\"" rest "}"
#define DETAILS(rest) LLM(",\"input_tokens\":100,\"output_tokens\":50,\"token_details\":{" rest "}")

/* The lines of programs whose words are not everybody's. */
/* clang-format off */
static const char *const sources[][3] = {
    {"privacy log", PRIVACY(",\"request_id\":\"r\",\"user_id\":\"u\",\"cost_usd\":"
     "0.5,\"latency_ms\":7,"
                            "\"guardrails\":{\"passed\":false,\"triggered\":[\"pii\",\"\"]},"
                            "\"input_hash\":\"00000000000000ff\","
                            "\"input_length\":10,\"output_length\":20"),
     "source=privacy-log id=[\"request\",\"r\"] user=u input_tokens=5 output_tokens=6 "
     "cost_given_nusd=500000000 "
     "latency_us=7000 input_hash=255 input_chars=10 output_chars=20 flags=64 #score=2 "
     "score.name=guardrail score.passed=0 "
     "score.name=guardrail_rule score.label=pii score.scorer=rule score.at_us=1772352000000000"},
    {"whose guardrails let it pass", PRIVACY(",\"guardrails\":{\"passed\":true,\"triggered\":[]}"),
     "!flags #score=1 score.passed=1"},
    {"or say only what was wrong", PRIVACY(",\"guardrails\":{\"triggered\":[\"pii\"]}"),
     "flags=64 #score=1 score.label=pii"},
    {"or only that something was", PRIVACY(",\"guardrails\":{\"passed\":false}"),
     "flags=64 #score=1"},
    {"tokens alone are anybody's", PRIVACY(""), "source=generic"},
    {"and so are half of them", LINE(",\"tokens\":{\"output\":6},\"input_hash\":\"x\""),
     "source=generic"},
    {"a hash is known by its 16 digits", PRIVACY(",\"input_hash\":\"FFFFFFFFFFFFFFFF\""),
     "input_hash=-1"},
    {"an event of structlog", LINE(",\"event\":\"llm_interaction\",\"prompt_tokens\":5"),
     "source=structlog input_tokens=5"},
    {"in its other name", LINE(",\"event\":\"llm_call\""), "source=structlog"},
    {"without its name", LINE(",\"prompt_tokens\":5,\"latency_ms\":7,\"finish_reason\":\"stop\","
     "\"estimated_cost_usd\":0.5"),
     "source=structlog latency_us=7000 cost_given_nusd=500000000"},
    {"another event about a model", LINE(",\"event\":\"answered\",\"level\":\"info\","
     "\"prompt_tokens\":5"), "source=generic"},
    {"prompt analytics",
     "{\"template_hash\":\"a1b2c3d4\",\"variables_json\":\"{}\",\"tokens\":9,\"latency_ms\":"
     "7,\"eval_score\":0.5,\"error\":null}",
     "source=prompt-analytics template=a1b2c3d4 total_tokens_given=9 latency_us=7000 status=0 "
     "score.name=quality "
     "score.value=0.5 !request_model"},
    /* MD5 by Python's hashlib */
    {"the text of a template",
     "{\"model\":\"m\",\"latency_ms\":1,\"prompt_template\":\"Summarise {text} for {user}.\"}",
     "source=generic template=46471a3f"},
    {"a template of one word is no name",
     "{\"model\":\"m\",\"latency_ms\":1,\"template\":\"{question}\",\"template_hash\":null}",
     "source=generic template=af2e6953"},
    {"an interaction log: milliseconds",
     "{\"model_version\":\"m\",\"ttft\":5,\"tpot\":2,\"total_latency\":50,\"finish_reason\":"
     "\"safety\",\"quality_score\":0.5}",
     "source=interaction-log request_model=m time_to_first_token_us=5000 "
     "time_per_output_token_us=2000 latency_us=50000 "
     "finish_reason=content_filter"},
    {"a call log", LINE(",\"prompt_version\":\"v\",\"input_tokens\":5,\"latency_ms\":7,\"status\":"
     "\"success\""),
     "source=llm-call-log prompt_version=v status=0"},
    {"a decision", BRANCH(",\"request_id\":\"r\",\"trace_id\":\"AB\",\"condition\":\"c\","
     "\"context\":{\"n\":1,\"s\":\"x\"},"
                          "\"timestamp\":\"2026-03-01T08:00:00Z\""),
     "#branch=1 branch.request_id=r branch.trace_id=ab branch.condition=c branch.result=1 "
     "branch.context={\"n\":1} "
     "branch.decided_us=1772352000000000"},
    {"a decision of numbers", "{\"from_node\":\"a\",\"to_node\":\"b\",\"condition_result\":"
     "0,\"context\":\"{\\\"n\\\":1}\"}",
     "branch.result=0 branch.context={\"n\":1}"},
    {"a decision that is not known", "{\"from_node\":\"a\",\"to_node\":\"b\",\"condition_result\":"
     "null}", "!branch.result"},
    {"a tool", TOOL(",\"latency_ms\":7,\"status\":\"success\",\"trace_id\":\"AB\",\"span_id\":"
     "\"CD\","
     "\"error\":false"),
     "#tool=1 tool.tool_name=f tool.call=[\"request\",\"r\"] tool.latency_us=7000 tool.status=0 "
     "tool.trace_id=ab tool.span_id=cd "
     "!tool.error_kind"},
    {"a tool's error", TOOL(",\"status\":\"success\",\"error\":\"timed out\""),
     "tool.status=1 tool.error_kind=timeout"},

    /* llm: the provider's details beyond the two sums, in its own spelling */
    {"llm", LLM(",\"id\":\"i\",\"model\":\"m\",\"resolved_model\":\"m-1\",\"input_tokens\":"
     "7,\"tool_calls\":[{\"name\":\"f\","
                "\"tool_call_id\":\"t\"}],\"response_json\":{\"candidates\":[{\"finishReason\":"
                "\"MAX_TOKENS\"}]}"),
     "source=llm-logs id=[\"llm\",\"i\"] request_model=m response_model=m-1 session_id=s "
     "started_us=1772352000500000 "
     "latency_us=7000 input_tokens=7 finish_reason=length !flags tool.id=[\"tool\",\"t\"] "
     "tool.call=[\"llm\",\"i\"]"},
    {"llm: without ids", LLM(",\"tool_calls\":[{\"name\":\"f\"}]"), "id=line tool.id=line"},
    {"llm: OpenAI's details", DETAILS("\"prompt_tokens_details\":{\"cached_tokens\":"
     "60,\"audio_tokens\":4},"
                                      "\"completion_tokens_details\":{\"reasoning_tokens\":"
                                      "30,\"audio_tokens\":2}"),
     "input_tokens=100 output_tokens=50 cache_read_tokens=60 audio_input_tokens=4 "
     "reasoning_tokens=30 audio_output_tokens=2"},
    {"llm: its newer words", DETAILS("\"input_tokens_details\":{\"cached_tokens\":60},"
     "\"output_tokens_details\":{\"reasoning_tokens\":30}"),
     "input_tokens=100 cache_read_tokens=60 reasoning_tokens=30"},
    {"llm: Gemini's", DETAILS("\"cachedContentTokenCount\":60,\"thoughtsTokenCount\":30"),
     "cache_read_tokens=60 reasoning_tokens=30"},
    {"llm: Anthropic's stand beside the input", DETAILS("\"cache_read_input_tokens\":60"),
     "input_tokens=160 cache_read_tokens=60"},
    {"llm: both of them", DETAILS("\"cache_creation_input_tokens\":10"),
     "input_tokens=110 cache_write_tokens=10"},
    {"llm: details in text", LLM(",\"input_tokens\":100,\"token_details\":\"{"
     "\\\"cache_read_input_tokens\\\":60}\""), "input_tokens=160"},
    {"llm: an older log has the provider's body only",
     LLM(",\"response_json\":{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}"),
     "input_tokens=5 output_tokens=6"},
    {"llm: whose usage does not count where the row has its own",
     LLM(",\"input_tokens\":7,\"response_json\":{\"usage\":{\"prompt_tokens\":"
     "5,\"completion_tokens\":6}}"),
     "input_tokens=7 !output_tokens"},

    /* what fails, and how that is told */
    {"a code of the status", LINE(",\"status\":\"429\""), "status=1 http_status=429 "
     "error_kind=rate_limit"},
    {"a code beside it", LINE(",\"status\":\"ok\",\"status_code\":500"), "status=1 http_status=500 "
     "error_kind=server_error"},
    {"a code that is none", LINE(",\"status\":\"ok\",\"status_code\":200"),
     "status=0 http_status=200 !error_kind"},
    {"a type that is 0", LINE(",\"cost\":1,\"error_code\":0"), "!status"},
    {"an exception", LINE(",\"cost\":1,\"exception\":\"Traceback: timed out\""),
     "status=1 error_kind=timeout"},
    {"its other name", LINE(",\"cost\":1,\"exc_info\":\"timed out\""),
     "status=1 error_kind=timeout"},
    {"an error's message", LINE(",\"cost\":1,\"error_message\":\"timed out\""),
     "status=1 error_kind=timeout"},
    {"shorter", LINE(",\"cost\":1,\"error_msg\":\"timed out\""), "status=1 error_kind=timeout"},
    {"a severe level", LINE(",\"cost\":1,\"level\":\"ERROR\""), "status=1 !error_kind"},
    {"its other names", LINE(",\"cost\":1,\"log_level\":\"critical\""), "status=1"},
    {"and this", LINE(",\"cost\":1,\"levelname\":\"FATAL\""), "status=1"},
    {"a level that a status contradicts", LINE(",\"status\":\"ok\",\"level\":\"error\""),
     "status=0"},
    {"a lesser level", LINE(",\"cost\":1,\"level\":\"warning\""), "!status"},
    {"an error of two members", LINE(",\"cost\":1,\"error\":{\"type\":\"Quota\",\"message\":"
     "\"timed out\"}"), "error_kind=Quota"},
    {"streaming", LINE(",\"cost\":1,\"stream\":true"), "flags=1"},
    {"streaming, in another word", LINE(",\"cost\":1,\"streaming\":true"), "flags=1"},
    {"and another", LINE(",\"cost\":1,\"is_streaming\":true"), "flags=1"},
    {"an end", LINE(",\"cost\":1,\"ended_at\":\"2026-03-01T08:00:02Z\""), "latency_us=2000000"},
    {"an end, written otherwise", LINE(",\"latency_ms\":7,\"endTime\":\"2026-03-01T08:00:02Z\""),
     "latency_us=7000"},
    {"an end alone", LINE(",\"cost\":1,\"endTime\":\"2026-03-01T08:00:02Z\""),
     "latency_us=2000000"},
    {"a fraction of seconds", LINE(",\"cost\":1,\"duration\":1.5"), "latency_us=1500000"},
    {"a score", LINE(",\"cost\":1,\"score\":0.5"), "score.name=quality score.value=0.5 "
     "score.at_us=1772352000000000"},
};
/* clang-format on */

Test(generic, what_a_line_says)
{
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        struct probe p = {0};
        const char *lacks = NULL;

        cr_assert(probe_line(&p, sources[i][1]) == LINE_RECORDS, "%s: %s", sources[i][0],
                  p.err.msg);
        lacks = dump_lacks(&p.batch, sources[i][2]);
        cr_expect(!lacks, "%s: %s", sources[i][0], lacks);
        probe_release(&p);
    }
}

/* Lines of the same programs that are no calls; also those that a format is forced on. */
Test(generic, what_is_skipped)
{
    static const struct {
        const struct format *format; /* NULL: whose it is */
        const char *line, *kind;
    } cases[] = {
        {NULL, "{\"event\":\"started\",\"level\":\"info\"}", "other event"},
        {&format_structlog, "{\"event\":\"started\",\"level\":\"info\"}", "other event"},
        {&format_structlog, "{\"event\":7,\"level\":\"info\"}", "no call"},
        {&format_structlog, "{\"a\":1}", "no call"},
        {&format_prompt_analytics, "{\"a\":1}", "no prompt analytics"},
        {&format_branch_decisions, "{\"from_node\":\"a\"}", "no decision"},
        {&format_branch_decisions, "{\"to_node\":\"a\"}", "no decision"},
        {&format_tool_calls, "{\"a\":1}", "no tool call"},
        {&format_llm_logs, "{\"a\":1}", "no response"},
        {&format_generic, "{\"a\":1}", "no call"},
        {&format_tgi, "{\"a\":1}", "other log line"},
        {&format_litellm, "{\"a\":1}", "no call"},
        {&format_helicone, "{\"a\":1}", "no request"},
        {&format_braintrust, "{\"a\":1}", "no span"},
        {&format_wrapped_body, "{\"a\":1}", "no answer"},
        {&format_envelope, "{\"a\":1}", "text"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(probe_as(&p, cases[i].format, sv_from(cases[i].line)) == LINE_SKIPPED, "%s: %s",
                  cases[i].line, p.err.msg);
        cr_expect(sv_is(p.skipped, cases[i].kind), "%s: %.*s", cases[i].line, SV_FMT(p.skipped));
        cr_expect(batch_size(&p.batch) == 0, "%s", cases[i].line);
        probe_release(&p);
    }
}

static const struct {
    const char *line, *family, *own; /* family "span": own is the span's id; NULL: by the line */
} identities[] = {
    {"{\"model\":\"m\",\"cost\":1,\"trace_id\":\"AB\",\"span_id\":\"CD\",\"id\":\"x\"}", "span",
     "cd"},
    {"{\"model\":\"m\",\"cost\":1,\"span_id\":\"Run-1\",\"id\":\"x\"}", "span_id", "Run-1"},
    {"{\"model\":\"m\",\"cost\":1,\"id\":\"x\",\"request_id\":\"r\"}", "request", "x"},
    {"{\"model\":\"m\",\"cost\":1,\"request_id\":\"r\"}", "request", "r"},
    {"{\"model\":\"m\",\"cost\":1,\"id\":7}", "request", "7"},
    {"{\"model\":\"m\",\"cost\":1,\"trace_id\":\"t\"}", NULL, NULL},
    {"{\"model\":\"m\",\"cost\":1}", NULL, NULL},
};

Test(generic, identities)
{
    for (size_t i = 0; i < ARRAY_LEN(identities); i++) {
        struct probe p = {0};
        const struct identity *id;

        cr_assert(probe_line(&p, identities[i].line) == LINE_RECORDS, "%s", identities[i].line);
        id = &p.batch.calls[0].id;
        if (!identities[i].family)
            cr_expect(id->kind == ID_LINE && (id->line.hi || id->line.lo), "%s",
                      identities[i].line);
        else if (strcmp(identities[i].family, "span") == 0)
            cr_expect(id->kind == ID_SPAN && sv_is(id->span_id, identities[i].own), "%s",
                      identities[i].line);
        else
            cr_expect(id->kind == ID_OWN && sv_is(id->family, identities[i].family) &&
                          sv_is(id->own, identities[i].own),
                      "%s", identities[i].line);
        probe_release(&p);
    }
}

static const struct {
    const char *line, *message, *field;
} complaints[] = {
    {"{\"model\":\"m\",\"usage\":{\"input_tokens\":\"12a\"}}",
     "usage.input_tokens: expected a whole number, found \"12a\"", "usage.input_tokens"},
    {"{\"model\":\"m\",\"latency_ms\":-5}", "latency_ms: expected a duration >= 0, found -5",
     "latency_ms"},
    {"{\"model\":\"m\",\"latency_ms\":1e400}", "latency_ms: expected a duration >= 0, found 1e400",
     "latency_ms"},
    {"{\"model\":\"m\",\"output_tokens\":-1}",
     "output_tokens: expected a whole number >= 0, found -1", "output_tokens"},
    {"{\"model\":\"m\",\"cost\":\"free\"}", "cost: expected an amount in dollars, found \"free\"",
     "cost"},
    {"{\"model\":\"m\",\"cost\":1,\"timestamp\":\"noon\"}",
     "timestamp: expected a time, found \"noon\"", "timestamp"},
    {"{\"model\":\"m\",\"cost\":1,\"end_time\":\"noon\"}",
     "end_time: expected a time, found \"noon\"", "end_time"},
    {"{\"model\":\"m\",\"input_tokens\":1,\"cached_tokens\":9223372036854775807}",
     "input_tokens: expected a sum below 2^63", "input_tokens"},
    {"{\"template_hash\":\"x\",\"variables_json\":\"\",\"tokens\":{}}",
     "tokens: expected a whole number, found an object", "tokens"},
    {"{\"from_node\":\"a\",\"to_node\":\"b\",\"condition_result\":\"maybe\"}",
     "condition_result: expected true or false, found \"maybe\"", "condition_result"},
    {"{\"from_node\":\"a\",\"to_node\":\"b\",\"condition_result\":1,\"timestamp\":\"x\"}",
     "timestamp: expected a time, found \"x\"", "timestamp"},
    {"{\"tool_name\":\"a\",\"inputs\":1,\"request_id\":1,\"latency_ms\":\"x\"}",
     "latency_ms: expected a duration >= 0, found \"x\"", "latency_ms"},
    {"{\"message\":\"{\\\"model\\\":\\\"m\\\",\\\"cost\\\":1}\",\"time\":\"x\"}",
     "time: expected a time, found \"x\"", "time"},
    {"{\"message\":\"{\\\"model\\\":\\\"m\\\",\\\"cost\\\":\\\"x\\\"}\"}",
     "cost: expected an amount in dollars, found \"x\"", "cost"},
};

Test(generic, complaints)
{
    for (size_t i = 0; i < ARRAY_LEN(complaints); i++) {
        struct probe p = {0};
        enum line_outcome outcome = probe_line(&p, complaints[i].line);

        cr_expect(outcome == LINE_BAD && batch_size(&p.batch) == 0, "%s", complaints[i].line);
        cr_expect_str_eq(p.err.msg, complaints[i].message);
        cr_expect(sv_is(p.bad_field, complaints[i].field), "%s", complaints[i].line);
        probe_release(&p);
    }
}

/* Value NULL: there is a score, and it cannot be read. */
static const struct {
    const char *line, *name, *value, *scorer;
} scored[] = {
    {"{\"model\":\"m\",\"cost\":1,\"quality_score\":0.8}", "quality", "0.8", "eval"},
    {"{\"model\":\"m\",\"cost\":1,\"quality_score\":\"n/a\"}", "quality", NULL, "eval"},
    {"{\"model\":\"m\",\"cost\":1,\"toxicity\":0.25}", "toxicity", "0.25", "eval"},
    {"{\"model\":\"m\",\"cost\":1,\"json_valid\":true}", "json_valid", "1", "eval"},
    {"{\"model\":\"m\",\"cost\":1,\"feedback\":\"thumbs_down\"}", "feedback", "0", "user"},
    {"{\"model\":\"m\",\"cost\":1,\"feedback\":-1}", "feedback", "0", "user"},
    {"{\"model\":\"m\",\"cost\":1,\"feedback\":\"too slow\"}", "feedback", NULL, "user"},
};

Test(generic, scores_of_a_line)
{
    for (size_t i = 0; i < ARRAY_LEN(scored); i++) {
        struct probe p = {0};
        const struct score_record *s;

        cr_assert_eq(probe_line(&p, scored[i].line), LINE_RECORDS, "%s", scored[i].line);
        cr_assert_eq(p.batch.n_scores, 1, "%s", scored[i].line);
        s = p.batch.scores;
        cr_expect(sv_is(s->name, scored[i].name), "%s", scored[i].line);
        cr_expect(sv_is(s->scorer, scored[i].scorer), "%s", scored[i].line);
        cr_expect_eq(s->value.known, scored[i].value != NULL, "%s", scored[i].line);
        if (s->value.known)
            cr_expect_eq(s->value.v, strtod(scored[i].value, NULL), "%s", scored[i].line);
        probe_release(&p);
    }
}

Test(generic, a_bad_line_leaves_the_records_of_the_lines_before)
{
    struct probe p = {0};

    probe_line(&p, "{\"model\":\"m\",\"cost\":1,\"score\":1}");
    probe_line(&p, "{\"model\":\"m\",\"cost\":1,\"score\":1,\"end_time\":\"x\"}");
    cr_expect(p.batch.n_calls == 1 && p.batch.n_scores == 1);
    probe_release(&p);
}

Test(generic, an_unclear_duration_stays_as_meta)
{
    struct probe p = {0};

    probe_line(&p, "{\"model\":\"m\",\"cost\":1,\"elapsed\":15,\"metadata\":{\"org\":\"a\"}}");
    cr_assert(p.batch.n_calls == 1);
    cr_expect(sv_is(p.batch.calls[0].meta, "{\"elapsed\":15,\"org\":\"a\"}"), "%.*s",
              SV_FMT(p.batch.calls[0].meta));
    probe_release(&p);
}

Test(generic, equal_lines_without_id_are_equal_and_their_scores_too)
{
    static const char line[] = "{\"model\":\"m\",\"cost\":1,\"score\":1,\"refusal\":true}";
    struct probe p = {0};

    probe_line(&p, line);
    probe_line(&p, line);
    cr_assert(p.batch.n_calls == 2 && p.batch.n_scores == 4);
    cr_expect_eq(identity_key(&p.batch.calls[0].id), identity_key(&p.batch.calls[1].id));
    cr_expect_eq(identity_key(&p.batch.scores[0].id), identity_key(&p.batch.scores[2].id));
    cr_expect_neq(identity_key(&p.batch.scores[0].id), identity_key(&p.batch.scores[1].id));
    cr_expect_eq(identity_key(&p.batch.scores[0].call), identity_key(&p.batch.calls[0].id));
    probe_release(&p);
}

#define EMBEDDED(rest) "{\"model\":\"m\",\"cost\":1," rest "}"

Test(generic, embeddings)
{
    static const struct {
        const char *name, *line;
        size_t n;
        enum embedding_role role;
        const char *model;
        float first;
        uint32_t dim;
    } cases[] = {
        {"of the answer", EMBEDDED("\"embedding\":[0.5,-1e-3]"), 1, EMBEDDING_OUTPUT, NULL, 0.5f, 2},
        {"by its other name, with its model",
         EMBEDDED("\"output_embedding\":[2],\"embedding_model\":\"small-3\""), 1,
         EMBEDDING_OUTPUT, "small-3", 2, 1},
        {"of the input", EMBEDDED("\"input_embedding\":[ 3 , 4 ]"), 1, EMBEDDING_INPUT, NULL, 3, 2},
        {"of both", EMBEDDED("\"input_embedding\":[3],\"embedding\":[1]"), 2, EMBEDDING_OUTPUT,
         NULL, 1, 1},
        {"an empty one is none", EMBEDDED("\"embedding\":[]"), 0, 0, NULL, 0, 0},
        {"base64 is not read", EMBEDDED("\"embedding\":\"AAAA\""), 0, 0, NULL, 0, 0},
        {"nor are several", EMBEDDED("\"embedding\":[[1],[2]]"), 0, 0, NULL, 0, 0},
        {"null is none", EMBEDDED("\"embedding\":null"), 0, 0, NULL, 0, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        const struct embedding_record *e;

        probe_line(&p, cases[i].line);
        cr_assert(p.batch.n_calls == 1 && p.batch.n_embeddings == cases[i].n, "%s: %zu",
                  cases[i].name, p.batch.n_embeddings);
        e = p.batch.embeddings;
        if (cases[i].n) {
            cr_expect(e->role == cases[i].role && e->dim == cases[i].dim, "%s", cases[i].name);
            cr_expect(e->vector[0] == cases[i].first, "%s", cases[i].name);
            cr_expect(cases[i].model ? sv_is(e->model, cases[i].model) : !e->model.p, "%s",
                      cases[i].name);
            cr_expect_eq(identity_key(&e->call), identity_key(&p.batch.calls[0].id));
        }
        if (cases[i].n > 1)
            cr_expect(identity_key(&e[0].id) != identity_key(&e[1].id) &&
                      e[1].role == EMBEDDING_INPUT);
        probe_release(&p);
    }
}

Test(generic, what_is_no_number_makes_an_embedding_unreadable)
{
    static const struct {
        const char *line, *message;
    } cases[] = {
        {EMBEDDED("\"embedding\":[1,\"2\"]"),
         "embedding: expected a finite number, found \"2\""},
        {EMBEDDED("\"embedding\":[1,NaN]"), "embedding: expected a finite number, found NaN"},
        {EMBEDDED("\"embedding\":[1,1e99]"), "embedding: expected a finite number, found 1e99"},
        {EMBEDDED("\"embedding\":[1,[2]]"), "embedding: expected a finite number, found an array"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        probe_line(&p, cases[i].line);
        cr_expect_str_eq(p.err.msg, cases[i].message);
        cr_expect(!batch_size(&p.batch), "%s", cases[i].line);
        probe_release(&p);
    }
}
