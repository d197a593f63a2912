#include <criterion/criterion.h>

#include "format/dump_testing.h"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define IDS "\"traceID\":\"" TRACE "\",\"spanID\":\"00f067aa0ba902b7\",\"operationName\":\"chat\","
#define USAGE                                                                                      \
    "\"tags\":[{\"key\":\"gen_ai.usage.input_tokens\",\"type\":\"int64\",\"value\":\"5\"}]"

static enum line_outcome read_span(struct probe *p, const char *span)
{
    char line[2048];

    snprintf(line, sizeof(line),
             "{\"data\":[{\"traceID\":\"" TRACE "\",\"spans\":[{%s}],"
             "\"processes\":{\"p1\":{\"serviceName\":\"shop\"}}}]}",
             span);
    return probe_line(p, line);
}

Test(jaeger, what_cannot_be_read)
{
    static const char *const cases[][2] = {
        {"\"operationName\":\"x\"", "spanID: expected an id, found nothing"},
        {"\"operationName\":\"x\",\"spanID\":{}", "spanID: expected an id, found an object"},
        {IDS "\"startTime\":\"soon\"", "startTime: expected a whole number, found \"soon\""},
        {IDS "\"duration\":-1", "duration: expected a whole number >= 0, found -1"},
        {IDS "\"logs\":[{\"timestamp\":1.5}]", "timestamp: expected a whole number, found 1.5"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};

        cr_expect(read_span(&p, cases[i][0]) == LINE_BAD, "%s", cases[i][0]);
        cr_expect_str_eq(p.err.msg, cases[i][1]);
        cr_expect(batch_size(&p.batch) == 0);
        probe_release(&p);
    }
}

Test(jaeger, ids_are_as_long_as_those_of_opentelemetry)
{
    static const struct {
        const char *trace, *span, *want_trace, *want_span;
    } cases[] = {
        {"BC07807133692D12E4268DC007EF9A19", "93AA82C8CDA9AC57", "bc07807133692d12e4268dc007ef9a19",
         "93aa82c8cda9ac57"},
        {"e4268dc007ef9a19", "1", "0000000000000000e4268dc007ef9a19", "0000000000000001"},
        {"not-hex", "x", "not-hex", "x"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char span[256];

        snprintf(span, sizeof(span),
                 "\"traceID\":\"%s\",\"spanID\":\"%s\",\"operationName\":\"x\"", cases[i].trace,
                 cases[i].span);
        cr_assert(read_span(&p, span) == LINE_RECORDS);
        cr_expect(sv_is(p.batch.spans[0].trace_id, cases[i].want_trace), "%s", cases[i].trace);
        cr_expect(sv_is(p.batch.spans[0].span_id, cases[i].want_span), "%s", cases[i].span);
        probe_release(&p);
    }
}

Test(jaeger, parents)
{
#define REF(kind, trace, span)                                                                     \
    "{\"refType\":\"" kind "\",\"traceID\":\"" trace "\",\"spanID\":\"" span "\"}"
    static const char *const cases[][2] = {
        {"[]", ""},
        {"null", ""},
        {"[" REF("CHILD_OF", TRACE, "00f067aa0ba90201") "]", "00f067aa0ba90201"},
        {"[" REF("FOLLOWS_FROM", TRACE, "00f067aa0ba90202") "]", "00f067aa0ba90202"},
        {"[" REF("FOLLOWS_FROM", TRACE, "00f067aa0ba90202") ","
             REF("CHILD_OF", TRACE, "00f067aa0ba90201") "]", "00f067aa0ba90201"},
        {"[" REF("CHILD_OF", "another", "00f067aa0ba90203") "]", ""},
        {"[" REF("CHILD_OF", TRACE, "0") "]", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char span[512];

        snprintf(span, sizeof(span), IDS "\"references\":%s", cases[i][0]);
        cr_assert(read_span(&p, span) == LINE_RECORDS, "%s", p.err.msg);
        cr_expect(sv_eq(p.batch.spans[0].parent_span_id, sv_from(cases[i][1])), "%s", cases[i][0]);
        probe_release(&p);
    }
}

Test(jaeger, a_call)
{
    struct probe p = {0};
    const struct call_record *c = NULL;

    cr_assert(read_span(&p, IDS "\"startTime\":1772352000000001,\"duration\":2000,"
                                "\"processID\":\"p1\"," USAGE) == LINE_RECORDS);
    c = p.batch.calls;
    cr_assert_eq(p.batch.n_calls, 1);
    cr_expect_eq(record_num(c, F_INPUT_TOKENS), 5);
    cr_expect_eq(record_num(c, F_STARTED_US), 1772352000000001);
    cr_expect_eq(record_num(c, F_LATENCY_US), 2000);
    cr_expect(sv_is(c->dim[F_SERVICE], "shop") && sv_is(p.batch.spans[0].service, "shop"));
    cr_expect(sv_is(c->dim[F_SOURCE_FORMAT], "jaeger"));
    probe_release(&p);
}

/* Older clients have the tag error alone. */
Test(jaeger, outcomes)
{
#define TAG(key, value) "{\"key\":\"" key "\",\"value\":" value "}"
    static const struct {
        const char *tags;
        enum call_status status;
    } cases[] = {
        {"", STATUS_OK},
        {TAG("error", "true"), STATUS_ERROR},
        {TAG("error", "\"true\""), STATUS_ERROR},
        {TAG("error", "false"), STATUS_OK},
        {TAG("otel.status_code", "\"ERROR\""), STATUS_ERROR},
        {TAG("otel.status_code", "\"OK\""), STATUS_OK},
        {TAG("error.type", "\"timeout\""), STATUS_ERROR},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        char span[512];

        snprintf(span, sizeof(span), IDS "\"tags\":[%s]", cases[i].tags);
        cr_assert(read_span(&p, span) == LINE_RECORDS, "%s", p.err.msg);
        cr_expect_eq(p.batch.spans[0].status, cases[i].status, "%s", cases[i].tags);
        probe_release(&p);
    }
}

#define SPAN(rest) "{\"operationName\":\"chat\",\"spanID\":\"00f067aa0ba902b7\"" rest "}"
#define JAEGER(spans, processes)                                                                   \
    "{\"data\":[{\"traceID\":\"" TRACE "\",\"spans\":[" spans "],\"processes\":{" processes "}}]}"

Test(jaeger, what_a_span_says)
{
    static const char *const cases[][3] = {
        {"it has its trace's id", JAEGER(SPAN(""), ""), "span.trace_id=" TRACE},
        {"an older way to name the parent", JAEGER(SPAN(",\"parentSpanID\":\"1\""), ""),
         "span.parent_span_id=0000000000000001"},
        {"a reference without a trace", JAEGER(SPAN(",\"references\":[{\"refType\":\"CHILD_OF\","
         "\"spanID\":\"2\"}]"), ""),
         "span.parent_span_id=0000000000000002"},
        {"the first that it follows from",
         JAEGER(SPAN(",\"references\":[{\"refType\":\"FOLLOWS_FROM\",\"spanID\":\"3\"},"
                     "{\"refType\":\"FOLLOWS_FROM\",\"spanID\":\"4\"}]"), ""),
         "span.parent_span_id=0000000000000003"},
        {"no start", JAEGER(SPAN(",\"startTime\":0,\"duration\":5"), ""),
         "!span.started_us !span.ended_us"},
        {"the status is told in tags",
         JAEGER(SPAN(",\"tags\":[" TAG("otel.status_code", "\"ERROR\"") ","
                     TAG("otel.status_description", "\"timed out\"") "]"), ""),
         "span.status=1 span.error_type=timeout"},
        {"so is the scope",
         JAEGER(SPAN(",\"tags\":[" TAG("otel.scope.name", "\"a\"") "," TAG("span.kind",
         "\"client\"") ","
                     TAG("otel.scope.version", "\"1\"") "]"), ""),
         "span.scope=a !span.attributes"},
        {"and in older versions",
         JAEGER(SPAN(",\"tags\":[" TAG("otel.library.name", "\"a\"") ","
                     TAG("otel.library.version", "\"1\"") "]"), ""),
         "span.scope=a !span.attributes"},
        {"each span has its own process",
         JAEGER(SPAN(",\"processID\":\"p1\"") "," SPAN(",\"processID\":\"p2\"") ","
                SPAN(",\"processID\":\"p3\""),
                "\"p3\":{\"serviceName\":\"c\"},\"p1\":{\"serviceName\":\"a\"},\"p2\":{"
                "\"serviceName\":\"b\"}"),
         "#span=3 span.service=a span.service=b span.service=c"},
        {"of an array the first element is the reason",
         JAEGER(SPAN(",\"tags\":[" TAG("gen_ai.usage.input_tokens", "5") ","
                     TAG("gen_ai.response.finish_reasons", "\"[\\\"length\\\"]\"") "]"), ""),
         "finish_reason=length"},
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

Test(jaeger, what_is_of_this_format)
{
    static const char *const cases[][2] = {
        {JAEGER("", ""), "jaeger"},
        {JAEGER("{\"name\":\"x\"}", ""), ""},
        {"{\"data\":[{\"spans\":[" SPAN("") "]}]}", ""},
        {"{\"data\":[{\"traceID\":\"" TRACE "\",\"spans\":{}}]}", ""},
        {"{\"data\":{\"traceID\":\"" TRACE "\",\"spans\":[]}}", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct probe p = {0};
        enum line_outcome outcome = probe_line(&p, cases[i][0]);

        cr_expect_str_eq(p.format ? p.format->name : "", cases[i][1], "%s", cases[i][0]);
        cr_expect(!p.format || (outcome == LINE_SKIPPED && sv_is(p.skipped, "empty")));
        probe_release(&p);
    }
}

/* A trace that cannot be read takes those before it in its line with it. */
Test(jaeger, a_line_is_read_whole_or_not_at_all)
{
    struct probe p = {0};

    cr_expect(probe_line(&p, JAEGER(SPAN("") "," SPAN(",\"duration\":-1"), "")) == LINE_BAD);
    cr_expect_eq(batch_size(&p.batch), 0);
    probe_release(&p);
}

/* 2^63 - 1 microseconds, and one that begins then. */
Test(jaeger, an_end_beyond_64_bits_is_unknown)
{
    struct probe p = {0};

    cr_assert(read_span(&p, IDS "\"startTime\":9223372036854775807,\"duration\":1," USAGE) ==
              LINE_RECORDS);
    cr_expect(!p.batch.spans[0].ended_us.known);
    cr_expect(!record_has(p.batch.calls, F_LATENCY_US));
    probe_release(&p);
}
