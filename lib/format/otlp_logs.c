/* otlp_logs: OTLP's log records that tell of model calls: the telemetry of Claude Code and of the
 * Gemini command line, evaluations. */
#include "format/agent.h"
#include "format/gemini_events.h"
#include "format/otlp.h"
#include "format/otlp_attributes.h"
#include "record/privacy.h"

#include "base/banned.h"

/* session.id with the event's number or time in it; the line where there is no session. */
static struct identity event_identity(const struct log_event *e)
{
    struct sv session = event_text_id(e, "session.id"), mark = event_text_id(e, "event.sequence");
    struct identity id = line_identity(e->r->c, e->at), joined;

    if (!mark.n)
        mark = event_text_id(e, "event.timestamp");
    if (!session.n || !mark.n)
        return id;
    joined = (struct identity){.kind = ID_OWN, .family = session, .own = mark};
    id = (struct identity){.kind = ID_OWN, .family = SV("claude-code-event")};
    id.own = privacy_id(identity_text(e->r, &joined), &e->r->c->out->arena);
    return id;
}

static bool set_numbers(const struct log_event *e, struct call_record *call)
{
    static const struct {
        const char *name;
        enum call_field field;
    } counts[] = {
        {"input_tokens", F_INPUT_TOKENS},
        {"output_tokens", F_OUTPUT_TOKENS},
        {"cache_read_tokens", F_CACHE_READ_TOKENS},
        {"cache_creation_tokens", F_CACHE_WRITE_TOKENS},
    };
    struct maybe_i64 latency = {0, false}, cost = {0, false};
    int64_t input = 0;

    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        struct maybe_i64 v = {0, false};

        if (!scalar_count(e->r, event_place(e, counts[i].name), &v))
            return false;
        if (v.known)
            record_set_num(call, counts[i].field, v.v);
    }
    if (!scalar_duration(e->r, event_place(e, "duration_ms"), UNIT_MS, &latency) ||
        !scalar_money(e->r, event_place(e, "cost_usd"), &cost))
        return false;
    if (latency.known)
        record_set_num(call, F_LATENCY_US, latency.v);
    if (cost.known)
        record_set_num(call, F_COST_GIVEN_NUSD, cost.v);
    /* the event stands at the end of the request */
    if (e->at_us.known && latency.known && latency.v <= e->at_us.v)
        record_set_num(call, F_STARTED_US, e->at_us.v - latency.v);
    if (!record_has(call, F_INPUT_TOKENS))
        return true;
    /* input without the cached parts, which ours includes */
    if (__builtin_add_overflow(record_num(call, F_INPUT_TOKENS),
                               record_num(call, F_CACHE_READ_TOKENS), &input) ||
        __builtin_add_overflow(input, record_num(call, F_CACHE_WRITE_TOKENS), &input))
        return complain(e->r, event_place(e, "input_tokens"), "a sum below 2^63");
    record_set_num(call, F_INPUT_TOKENS, input);
    return true;
}

static bool add_request(const struct log_event *e)
{
    struct call_record *call = batch_add_call(e->r->c->out);

    if (!call)
        return false;
    call->id = event_identity(e);
    call->session_id = event_text_id(e, "session.id");
    call->request_id = event_text_id(e, "request_id");
    call->source = e->r->c->source;
    call->line = e->r->c->line;
    call->value = e->at;
    if (!set_numbers(e, call))
        return false;
    record_set_dim(call, F_SOURCE_FORMAT, SV("otlp"));
    record_set_dim(call, F_PROVIDER, SV("anthropic"));
    record_set_dim(call, F_SERVICE, e->service);
    record_set_dim(call, F_REQUEST_MODEL, event_text_id(e, "model"));
    record_set_dim(call, F_USER, event_text_id(e, "user.account_uuid"));
    record_set_dim(call, F_TENANT, event_text_id(e, "organization.id"));
    record_set_num(call, F_STATUS, STATUS_OK);
    return call_settle(e->r, call);
}

static bool add_tool(const struct log_event *e)
{
    struct tool_record tool = {.id = event_identity(e),
                               .source = e->r->c->source,
                               .line = e->r->c->line,
                               .ended_us = e->at_us,
                               .tool_name = event_text_id(e, "tool_name")};
    struct sv own = event_text_id(e, "tool_use_id");
    struct place success = event_place(e, "success");
    struct maybe_i64 done = scalar_bool(e->d, success.at);
    struct tool_record *out = NULL;

    if (!scalar_duration(e->r, event_place(e, "duration_ms"), UNIT_MS, &tool.latency_us))
        return false;
    if (own.n)
        tool.id = (struct identity){.kind = ID_OWN, .family = SV("tool"), .own = own};
    if (tool.latency_us.known && tool.ended_us.known && tool.latency_us.v <= tool.ended_us.v)
        tool.started_us = (struct maybe_i64){tool.ended_us.v - tool.latency_us.v, true};
    if (done.known)
        tool.status = (struct maybe_i64){done.v ? STATUS_OK : STATUS_ERROR, true};
    tool.error_kind = error_kind(e->r, SV_NONE,
                                 scalar_text(e->r, e->d, event_place(e, "error").at));
    out = batch_add_tool(e->r->c->out);
    if (!out)
        return false;
    *out = tool;
    return true;
}

/* An evaluation whose record names the span that it judges. */
static bool add_evaluation(const struct log_event *e)
{
    struct identity call = {.kind = ID_SPAN,
                            .trace_id = span_id_of(e->r, json_get(e->d, e->at, "traceId")),
                            .span_id = span_id_of(e->r, json_get(e->d, e->at, "spanId"))};

    return !call.trace_id.n || !call.span_id.n ||
           span_evaluation(e->r, e->attributes, attribute_get, &call, e->at_us);
}

static const struct {
    const char *name;
    bool (*add)(const struct log_event *e); /* NULL: known to be no record */
} events[] = {
    {"claude_code.api_request", add_request},
    {"claude_code.tool_result", add_tool},
    {"gen_ai.evaluation.result", add_evaluation},
    {"claude_code.api_error", NULL}, /* an attempt of a request that is told of at its end */
    {"claude_code.user_prompt", NULL},
    {"claude_code.tool_decision", NULL},
    {"gen_ai.client.inference.operation.details", NULL}, /* repeats its span */
};

struct logs {
    struct log_event event;
    bool claude_code; /* the scope is Claude Code's */
    struct sv *skipped;
};

/* Names are compared as written: none of ours has an escape, and a body may be long. */
static struct sv raw_text(const struct json_doc *d, json_ref at)
{
    return json_type(d, at) == JSON_STRING ? json_raw(d, at) : SV_NONE;
}

/* Does the record call itself by this name, in one of the places where exporters put it? Claude
 * Code also writes the name without its prefix into event.name, and then its scope tells. */
static bool is_named(const struct logs *logs, struct sv name)
{
    const struct log_event *e = &logs->event;
    static const struct sv prefix = {"claude_code.", 12};
    json_ref body = json_get(e->d, e->at, "body");
    const struct sv names[] = {
        raw_text(e->d, json_get(e->d, e->at, "eventName")),
        raw_text(e->d, event_place(e, "event.name").at),
        raw_text(e->d, json_get(e->d, body, "stringValue")),
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq(names[i], name))
            return true;
    return logs->claude_code && sv_starts(name, prefix.p) &&
           sv_eq(names[1], (struct sv){name.p + prefix.n, name.n - prefix.n});
}

/* Whatever else there is: an event of the Gemini command line, or some log. */
static bool read_gemini(const struct logs *logs)
{
    const struct log_event *e = &logs->event;
    json_ref name = event_place(e, "event.name").at;

    *logs->skipped = SV("log");
    if (!sv_starts(raw_text(e->d, name), GEMINI_EVENT_PREFIX))
        return true;
    *logs->skipped = agent_line_kind(e->r, name);
    return gemini_event_read(e, raw_text(e->d, name), "otlp");
}

static bool read_record(void *ctx, json_ref at)
{
    struct logs *logs = ctx;
    struct log_event *e = &logs->event;
    struct place time = {e->d, "timeUnixNano", json_get(e->d, at, "timeUnixNano")};

    e->at = at;
    e->attributes = json_get(e->d, at, "attributes");
    e->at_us = (struct maybe_i64){0, false};
    if (!scalar_unix_nano(e->r, time, &e->at_us))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        if (!is_named(logs, sv_from(events[i].name)))
            continue;
        *logs->skipped = sv_from(events[i].name);
        return !events[i].add || events[i].add(e);
    }
    return read_gemini(logs);
}

static bool read_scope(void *ctx, json_ref at)
{
    struct logs *logs = ctx;
    const struct json_doc *d = logs->event.d;

    logs->claude_code = sv_is(json_raw(d, json_path(d, at, "scope", "name", NULL)),
                              "com.anthropic.claude_code.events");
    return otlp_each(d, at, "logRecords", read_record, logs);
}

bool otlp_read_logs(const struct reading *r, json_ref resource_logs, struct sv *skipped)
{
    const struct json_doc *d = r->c->doc;
    json_ref attributes = json_path(d, resource_logs, "resource", "attributes", NULL);
    struct logs logs = {.event = {.r = r, .d = d, .get = attribute_get}, .skipped = skipped};

    logs.event.service = scalar_id(r, d, attribute_get(d, attributes, "service.name"));
    return otlp_each(d, resource_logs, "scopeLogs", read_scope, &logs);
}
