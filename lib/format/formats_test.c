/* The samples of every format against the records that are wanted of them, and what must hold for
 * every line of any of them. UPDATE=1 rewrites the wanted records: read the difference. */
#include <criterion/criterion.h>

#include "format/dump_testing.h"

#define SAMPLES "testdata/formats/"

/* --- the samples --- */

struct sample {
    const char *name;
    struct probe p;
    int64_t skipped;
    void (*each)(struct sample *s, struct sv line);
};

static void sample_line(void *ctx, struct sv line)
{
    struct sample *s = ctx;

    s->each(s, line);
}

static void each_sample_line(void (*each)(struct sample *s, struct sv line))
{
    for (size_t i = 0; formats[i]; i++) {
        struct sample s = {.name = formats[i]->name, .each = each};
        char path[256];

        snprintf(path, sizeof(path), SAMPLES "%s/sample.jsonl", formats[i]->name);
        cr_expect(each_line(path, &s, sample_line), "%s: every format has a sample", path);
        probe_release(&s.p);
    }
}

static struct buf file_content(const char *path)
{
    FILE *f = fopen(path, "r");
    struct buf b = {0};
    char block[4096];
    size_t n;

    while (f && (n = fread(block, 1, sizeof(block), f)))
        buf_add(&b, block, n);
    if (f)
        fclose(f);
    return b;
}

static void read_into(void *ctx, struct sv line)
{
    struct sample *s = ctx;
    enum line_outcome outcome = probe_as(&s->p, NULL, line);

    cr_expect(s->p.format && strcmp(s->p.format->name, s->name) == 0,
              "%s: line %lld is taken by %s", s->name, (long long)s->p.line,
              s->p.format ? s->p.format->name : "nobody");
    cr_expect(outcome != LINE_BAD, "%s: line %lld: %s", s->name, (long long)s->p.line,
              s->p.err.msg);
}

#define OF_SOURCE(records, n)                                                                      \
    for (size_t i = 0; i < (n); i++)                                                               \
    cr_expect_eq((records)[i].source, 1, "%s: line %lld", name, (long long)(records)[i].line)

static void all_name_their_source(const char *name, const struct batch *b)
{
    OF_SOURCE(b->calls, b->n_calls);
    OF_SOURCE(b->spans, b->n_spans);
    OF_SOURCE(b->tools, b->n_tools);
    OF_SOURCE(b->branches, b->n_branches);
    OF_SOURCE(b->scores, b->n_scores);
}

Test(formats, samples_give_the_wanted_records)
{
    for (size_t i = 0; formats[i]; i++) {
        struct sample s = {.name = formats[i]->name};
        struct buf got = {0}, want;
        char path[256];

        snprintf(path, sizeof(path), SAMPLES "%s/sample.jsonl", s.name);
        cr_assert(each_line(path, &s, read_into), "%s", path);
        all_name_their_source(s.name, &s.p.batch);
        dump_batch(&got, &s.p.batch);
        snprintf(path, sizeof(path), SAMPLES "%s/records.json", s.name);
        if (getenv("UPDATE")) {
            FILE *f = fopen(path, "w");

            cr_assert(f != NULL, "%s", path);
            fwrite(got.p, 1, got.n, f);
            fclose(f);
        }
        want = file_content(path);
        cr_expect(got.n == want.n && memcmp(got.p, want.p, got.n) == 0, "%s: got\n%s", path, got.p);
        buf_release(&got);
        buf_release(&want);
        probe_release(&s.p);
    }
}

/* --- detection --- */

static void same_whatever_came_before(const struct json_doc *doc, const char *what)
{
    const struct format *first = format_detect(doc, NULL);

    for (size_t i = 0; formats[i]; i++)
        cr_expect(format_detect(doc, formats[i]) == first, "%s: behind %s", what,
                  formats[i]->name);
}

/* The line itself, and the line without each of its members in turn. */
static void detect_variants(struct sample *s, struct sv line)
{
    struct json_doc whole = {0}, part = {0};
    struct buf text = {0};

    cr_assert(json_parse(&whole, line.p, line.n, NULL) == OK);
    same_whatever_came_before(&whole, s->name);
    for (json_ref key = json_first(&whole, 0); key != JSON_END;) {
        json_ref value = json_next(&whole, 0, key), next = json_next(&whole, 0, value);
        const char *from = json_raw(&whole, key).p - 1;
        const char *to = next == JSON_END ? line.p + line.n - 1 : json_raw(&whole, next).p - 1;

        buf_reset(&text);
        buf_add(&text, line.p, (size_t)(from - line.p));
        if (next == JSON_END && key != json_first(&whole, 0))
            text.n -= 1; /* the comma before */
        buf_add(&text, to, (size_t)(line.p + line.n - to));
        if (json_parse(&part, text.p, text.n, NULL) == OK)
            same_whatever_came_before(&part, s->name);
        key = next;
    }
    json_release(&whole);
    json_release(&part);
    buf_release(&text);
}

Test(formats, detection_does_not_depend_on_the_line_before)
{
    each_sample_line(detect_variants);
}

static const struct {
    const char *line, *format;
} detected[] = {
    {"{}", NULL},
    {"[]", NULL},
    {"42", NULL},
    {"\"model\"", NULL},
    {"{\"model\":\"m\"}", NULL},
    {"{\"level\":\"info\",\"msg\":\"started\"}", NULL},
    {"{\"model\":\"m\",\"level\":\"error\"}", NULL},
    {"{\"model\":\"m\",\"cost\":1}", "generic"},
    {"{\"mod\\u0065l\":\"m\",\"c\\u006fst\":1}", "generic"},
    {"{\"model\":\"m\",\"usage\":{}}", "generic"},
    {"{\"tokens_in\":1,\"tokens_out\":2}", "generic"},
    {"{\"tokens_in\":1}", NULL},
    {"{\"llm\":{\"model\":\"m\"},\"cost_usd\":1}", "generic"},
    {"{\"llm\":\"m\",\"cost_usd\":1}", NULL},
    {"{\"gen_ai\":{\"request\":{\"model\":\"m\"},\"usage\":{\"input_tokens\":1}}}", "generic"},
    {"{\"gen_ai\":{\"request\":{\"model\":\"m\"},\"\":1}}", NULL},
    {"{\"request_id\":1,\"score\":0.5}", "scores"},
    {"{\"request_id\":1,\"model\":\"m\",\"score\":0.5}", "scores"},
    {"{\"score\":0.5}", NULL},
    {"{\"session_id\":1,\"result\":\"failed\"}", NULL},
    {"{\"session_id\":1,\"result\":\"failed\",\"name\":\"login\"}", NULL},
    {"{\"session_id\":1,\"result\":\"failed\",\"metric\":\"tone\"}", "scores"},
    {"{\"trace_id\":1,\"value\":7}", NULL},
    {"{\"trace_id\":1,\"value\":7,\"name\":\"tone\"}", "scores"},
    {"{\"request_id\":1,\"level\":\"info\",\"msg\":\"x\",\"score\":0.5}", NULL},
    {"{\"request_id\":1,\"scores\":{\"a\":1}}", "scores"},
    {"{\"request_id\":1,\"scores\":[]}", NULL},
    {"{\"case_id\":1,\"toxicity\":0.5}", "scores"},
    {"{\"case_id\":1,\"toxicity\":[]}", NULL},
    {"{\"batches\":[]}", NULL},
    {"{\"batches\":[{\"scopeSpans\":[]}]}", "otlp"},
    {"{\"resourceSpans\":null}", "otlp"},
    {"{\"type\":\"user\",\"uuid\":\"1\",\"parentUuid\":null}", "claude-code"},
    {"{\"type\":\"user\",\"uuid\":\"1\"}", NULL},
    {"{\"type\":\"news\",\"sessionId\":\"1\"}", "claude-code"},
    {"{\"type\":\"news\",\"sessionId\":\"1\",\"model\":\"m\",\"cost\":1}", "generic"},
    {"{\"type\":\"session_meta\",\"sessionId\":\"1\",\"payload\":{}}", "codex"},
    {"{\"type\":\"session_meta\",\"payload\":[]}", NULL},
    {"{\"type\":\"order_placed\",\"payload\":{}}", NULL},
    {"{\"type\":\"message\",\"timestamp\":1,\"message\":{\"role\":\"user\"}}", "pi"},
    {"{\"type\":\"message\",\"timestamp\":1,\"message\":\"hello\"}", NULL},
    {"{\"type\":\"session\",\"cwd\":\"/\",\"version\":3}", "pi"},
    {"{\"type\":\"session\",\"cwd\":\"/\"}", NULL},
    {"{\"sessionId\":\"1\",\"projectHash\":\"2\"}", "gemini-cli"},
    {"{\"$rewindTo\":\"1\"}", "gemini-cli"},
    {"{\"type\":\"gemini\",\"tokens\":null}", "gemini-cli"},
    {"{\"type\":\"error\",\"id\":\"1\",\"timestamp\":\"2\",\"content\":\"3\"}", "gemini-cli"},
    {"{\"type\":\"error\",\"timestamp\":\"2\",\"content\":\"3\"}", NULL},
    {"{\"call_type\":1,\"response_cost\":1,\"custom_llm_provider\":1}", "litellm"},
    {"{\"spend\":1,\"request_id\":1,\"call_type\":1,\"startTime\":1}", "litellm-spend"},
    {"{\"spend\":1,\"request_id\":1,\"model\":\"m\"}", "generic"},
    {"{\"request_created_at\":1,\"request_id\":1,\"response_status\":200}", "helicone"},
    {"{\"request_created_at\":1,\"request_id\":1}", NULL},
    {"{\"createdAt\":1,\"costUSD\":1,\"values\":[]}", "helicone"},
    {"{\"createdAt\":1,\"costUSD\":1,\"latency\":1,\"response\":\"x\"}", "helicone"},
    {"{\"createdAt\":1,\"costUSD\":1,\"model\":\"m\"}", "generic"},
    {"{\"data\":{\"heliconeRequest\":[]}}", "helicone"},
    {"{\"data\":{\"heliconeRequest\":null}}", NULL},
    {"{\"type\":\"thread.started\"}", "codex-exec"},
    {"{\"type\":\"error\",\"message\":\"x\"}", "codex-exec"},
    {"{\"type\":\"error\",\"message\":\"x\",\"at\":1}", NULL},
    {"{\"type\":\"error\",\"message\":[]}", NULL},
    {"{\"type\":\"thread.ended\"}", NULL},
    {"{\"attributes\":{\"event.name\":\"gemini_cli.x\"}}", "gemini-telemetry"},
    {"{\"attributes\":{\"event.name\":\"claude_code.x\"}}", NULL},
    {"{\"attributes\":[{\"event.name\":\"gemini_cli.x\"}]}", NULL},
    {"{\"hrTime\":[1,2]}", "gemini-telemetry"},
    {"{\"level\":\"INFO\",\"target\":\"text_generation_launcher\"}", "tgi"},
    {"{\"level\":\"INFO\",\"target\":\"hyper\"}", NULL},
    {"{\"target\":\"text_generation_launcher\"}", NULL},
    {"{\"span_attributes\":{},\"root_span_id\":1,\"metrics\":{}}", "braintrust"},
    {"{\"span_attributes\":{},\"root_span_id\":1}", NULL},
    {"{\"trajectory\":[],\"info\":{}}", "swe-agent"},
    {"{\"trajectory\":[]}", NULL},
    {"{\"history\":[{\"role\":\"user\",\"agent\":\"main\"}]}", "swe-agent"},
    {"{\"history\":[{\"role\":\"user\"}]}", NULL},
    {"{\"datetime_utc\":1,\"duration_ms\":1,\"conversation_id\":1,\"model\":\"m\"}", "llm-logs"},
    {"{\"datetime_utc\":1,\"duration_ms\":1,\"model\":\"m\"}", "generic"},
    {"{\"datetime_utc\":null,\"duration_ms\":null,\"thread_id\":null}", "llm-logs"},
    {"{\"tool_call_id\":1,\"response_id\":1,\"name\":1}", "llm-logs"},
    {"{\"tool_call_id\":1,\"response_id\":1,\"name\":1,\"model\":1,\"cost\":1}", "generic"},
    {"{\"tool_call_id\":1,\"response_id\":1}", NULL},
    {"{\"type\":7,\"sessionId\":\"1\"}", NULL},
    {"{\"template_hash\":1,\"variables_json\":1,\"model\":\"m\",\"cost\":1}", "prompt-analytics"},
    {"{\"tokens\":{\"input\":1},\"guardrails\":{},\"model\":\"m\"}", "generic"},
    {"{\"tokens\":{\"input\":1,\"output\":1},\"guardrails\":{}}", "privacy-log"},
    {"{\"tool_name\":\"x\",\"inputs\":1,\"request_id\":1,\"input_tokens\":1}", NULL},
    {"{\"event\":\"llm_call\"}", "structlog"},
    {"{\"event\":\"x\",\"level\":\"info\"}", "structlog"},
    {"{\"event\":\"x\",\"level\":\"info\",\"model\":\"m\",\"cost\":1}", "generic"},
    {"{\"event\":\"x\"}", NULL},
    {"{\"prompt_version\":1,\"input_tokens\":1,\"latency_ms\":1}", "llm-call-log"},
    {"{\"model_version\":1,\"tpot\":1}", "interaction-log"},
    {"{\"message\":\"{\\\"model\\\":\\\"m\\\",\\\"cost\\\":1}\"}", "envelope"},
    {"{\"message\":\"{\\\"model\\\":\\\"m\\\"}\"}", NULL},
    {"{\"message\":\"{broken\"}", NULL},
    {"{\"log\":\"{\\\"log\\\":\\\"{\\\\\\\"model\\\\\\\":1,\\\\\\\"cost\\\\\\\":1}\\\"}\"}", NULL},
};

Test(formats, detection)
{
    for (size_t i = 0; i < ARRAY_LEN(detected); i++) {
        struct json_doc doc = {0};
        const struct format *f;

        cr_assert(json_parse(&doc, detected[i].line, strlen(detected[i].line), NULL) == OK, "%s",
                  detected[i].line);
        f = format_detect(&doc, NULL);
        cr_expect(detected[i].format ? f && strcmp(f->name, detected[i].format) == 0 : !f,
                  "%s: %s", detected[i].line, f ? f->name : "nobody");
        json_release(&doc);
    }
}

Test(formats, are_found_by_name)
{
    cr_expect(format_find("generic") && strcmp(format_find("generic")->name, "generic") == 0);
    cr_expect(format_find("nonsense") == NULL);
    for (size_t i = 0; formats[i]; i++)
        cr_expect(format_find(formats[i]->name) == formats[i] && formats[i]->summary);
}

/* --- nothing that people wrote comes out --- */

#define CANARY "the canary sings"

/* Members whose text is an id, a name or a label: the only ones that may come out. */
static const char *const allowed[] = {
    "request_id", "user_id", "user", "model", "model_name", "model_version", "provider",
    "feature", "session_id", "sessionId", "id", "trace_id", "span_id", "parent_id", "region",
    "tags", "triggered", "finish_reason", "stop_reason", "template_hash", "prompt_version",
    "from_node", "to_node", "condition", "tool_name", "tool_version", "org", "team", "plan", "env", "route",
    "service_tier", "agentId", "cwd", "requestId", "uuid", "name", "traceId", "spanId",
    "parentSpanId", "service.name", "deployment.environment", "run_date", "type", "quality_note",
    "gen_ai.agent.name", "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model",
    "gen_ai.response.model", "gen_ai.response.id", "gen_ai.conversation.id", "user.id",
    "gen_ai.response.finish_reasons", "gen_ai.evaluation.name", "gen_ai.evaluation.score.label",
    "gen_ai.tool.name", "gen_ai.tool.call.id", "exception.type", "openinference.span.kind",
    "llm.model_name", "llm.finish_reason", "app.user.plan", "session.id", "event.sequence",
    "event.timestamp", "tool_use_id",
    "project_id", "root_span_id", "span_parents", "Helicone-Session-Id", "app", "request_model",
    "request_user_id", "response_model", "call_type", "custom_llm_provider", "end_user",
    "model_group", "organization_id", "team_id", "prompt_id", "request_tags",
    "user_api_key_org_id", "user_api_key_team_alias", "user_api_key_user_id", "conversation_id",
    "thread_id", "response_id",
    "resolved_model", "tool_call_id", "toolCallId", "toolName", "exit_status",
    "task", "task_id", "run_id", "eval_id", "sample_id", "doc_hash", "filter", "promptId",
    "testFile", "function", "finishReason", "completion_fns",
    "object", "custom_id", "responseId", "modelVersion", "serviceTier", "blockReason", "stopReason",
    "completionReason", "generation_id", "done_reason", "call_id", "toolUseId", "version",
    "traceID", "spanID", "operationName", "serviceName", "otel.scope.name", "gen_ai.system",
    "context.trace_id", "context.span_id", "attributes.llm.model_name", "attributes.llm.provider",
    "attributes.session.id", "llm.provider", "tool.name", "agent.name", "label",
    "userId", "environment", "parentObservationId", "promptName", "promptVersion", "release",
    "provided_model_name", "parent_observation_id", "trace_name", "prompt_name", "observation_id",
    "string_value", "value", "ls_provider", "ls_model_name", "run_type", "parent_run_id",
    "session_name", "dotted_order", "span_kind", "eval.Hallucination.label",
    "event.name", "function_name", "role", "error_type", "finish_reasons", "thread_id", "metric", "case_id",
    "item_id", "test_id", "run", "cluster", "document_id", "experiment", "judge", "judge_model",
    "evaluationModel", "evaluation_model",
};

static bool may_come_out(struct sv name)
{
    for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
        if (sv_is(name, allowed[i]))
            return true;
    return false;
}

static void sing(struct sample *s, struct sv line, struct sv place, struct sv name)
{
    struct buf changed = {0}, out = {0};
    struct probe p = {0};

    buf_add(&changed, line.p, (size_t)(place.p - line.p));
    buf_str(&changed, CANARY);
    buf_add(&changed, place.p + place.n, (size_t)(line.p + line.n - place.p - place.n));
    probe_as(&p, NULL, (struct sv){changed.p, changed.n});
    dump_batch(&out, &p.batch);
    buf_sv(&out, p.skipped);
    buf_sv(&out, p.bad_field);
    if (sv_find((struct sv){out.p, out.n}, SV(CANARY)) >= 0)
        cr_expect(may_come_out(name), "%s: the text of %.*s came out:\n%s", s->name, SV_FMT(name),
                  out.p);
    probe_release(&p);
    buf_release(&out);
    buf_release(&changed);
}

/* Every text below at, each replaced alone. An OTLP attribute has the name of its key. */
static void sing_all(struct sample *s, const struct json_doc *d, struct sv line, json_ref at,
                     struct sv name)
{
    struct sv key = json_raw(d, json_get(d, at, "key"));

    if (json_type(d, at) == JSON_STRING)
        sing(s, line, json_raw(d, at), name);
    else if (json_type(d, at) == JSON_ARRAY)
        for (json_ref v = json_first(d, at); v != JSON_END; v = json_next(d, at, v))
            sing_all(s, d, line, v, name);
    else if (json_type(d, at) == JSON_OBJECT)
        for (json_ref k = json_first(d, at); k != JSON_END;) {
            json_ref v = json_next(d, at, k);
            struct sv own = json_raw(d, k);
            bool inside = sv_ends(own, "Value") || sv_is(own, "values");

            if (!sv_is(own, "key"))
                sing_all(s, d, line, v, key.p ? key : inside ? name : own);
            k = json_next(d, at, v);
        }
}

static void sing_in_line(struct sample *s, struct sv line)
{
    struct json_doc d = {0};

    cr_assert(json_parse(&d, line.p, line.n, NULL) == OK);
    sing_all(s, &d, line, 0, SV_NONE);
    json_release(&d);
}

Test(formats, no_content_comes_out_of_any_sample)
{
    each_sample_line(sing_in_line);
}

/* --- a format that the user chose reads anything without harm --- */

static void force_all(struct sample *s, struct sv line)
{
    for (size_t i = 0; formats[i]; i++) {
        struct probe p = {0};
        enum line_outcome outcome = probe_as(&p, formats[i], line);

        cr_expect((outcome == LINE_RECORDS) == (batch_size(&p.batch) > 0), "%s as %s", s->name,
                  formats[i]->name);
        cr_expect(outcome != LINE_BAD || p.err.msg[0], "%s as %s: no reason", s->name,
                  formats[i]->name);
        cr_expect(outcome != LINE_SKIPPED || p.skipped.n, "%s as %s: no kind", s->name,
                  formats[i]->name);
        probe_release(&p);
    }
}

Test(formats, every_format_takes_every_line)
{
    static const char *const odd[] = {"{}", "[]", "null", "1", "\"x\"", "{\"type\":[]}",
                                      "{\"resourceSpans\":{}}", "{\"resourceLogs\":[1,[],{}]}"};
    struct sample s = {.name = "odd"};

    each_sample_line(force_all);
    for (size_t i = 0; i < ARRAY_LEN(odd); i++)
        force_all(&s, sv_from(odd[i]));
}
