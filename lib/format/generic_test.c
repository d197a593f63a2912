/* Flat lines: aliases and their order, statuses, identities, complaints. Wanted values by hand. */
#include <criterion/criterion.h>

#include "format/format_testing.h"

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
    {"{\"model\":\"m\",\"cost\":1,\"quality_score\":\"good\"}",
     "quality_score: expected a number, found \"good\"", "quality_score"},
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

Test(generic, a_bad_line_leaves_the_records_of_the_lines_before)
{
    struct probe p = {0};

    probe_line(&p, "{\"model\":\"m\",\"cost\":1,\"score\":1}");
    probe_line(&p, "{\"model\":\"m\",\"cost\":1,\"score\":1,\"refusal\":\"x\"}");
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
