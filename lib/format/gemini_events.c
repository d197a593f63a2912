/*
 * gemini_events: what the Gemini command line's telemetry tells of a request or a tool.
 *
 * Names and meaning confirmed in google-gemini/gemini-cli @ 5411f113cafa
 * (packages/core/src/telemetry/types.ts, loggers.ts) and in a real file (dspv/caprock @
 * 1fed6149c1b9: testdata/gemini/telemetry.log):
 *  - counts are those of usageMetadata, with 0 for each that the answer did not have; when it had
 *    no usage at all, all of them are 0, the total included;
 *  - an event is written when its request is over, so that it began duration_ms before;
 *  - every attempt of a retried request is a request with an event of its own;
 *  - each request is told of a second time as gen_ai.client.inference.operation.details.
 */
#include "format/gemini_events.h"

#include "format/agent.h"
#include "format/keyed.h"
#include "format/otlp_attributes.h"
#include "record/privacy.h"

#include "base/banned.h"

/* Session and time of the event, and the prompt that it belongs to: agents work side by side. */
static struct identity event_identity(const struct log_event *e)
{
    struct sv session = event_text_id(e, "session.id");
    struct sv mark = event_text_id(e, "event.timestamp");

    if (!session.n || !mark.n)
        return line_identity(e->r->c, e->at);
    mark = agent_join_id(e->r, mark, event_text_id(e, "prompt_id"));
    return (struct identity){
        .kind = ID_OWN, .family = SV("gemini-event"), .own = agent_join_id(e->r, session, mark)};
}

static bool read_end(const struct log_event *e, struct maybe_i64 *out)
{
    *out = (struct maybe_i64){0, false};
    if (!scalar_time(e->r, event_place(e, "event.timestamp"), out, NULL))
        return false;
    if (!out->known)
        *out = e->at_us;
    return true;
}

static bool set_times(const struct log_event *e, struct call_record *call)
{
    struct maybe_i64 latency = {0, false}, ended = {0, false};

    if (!scalar_duration(e->r, event_place(e, "duration_ms"), UNIT_MS, &latency) ||
        !read_end(e, &ended))
        return false;
    if (latency.known)
        record_set_num(call, F_LATENCY_US, latency.v);
    if (ended.known && latency.v <= ended.v)
        record_set_num(call, F_STARTED_US, ended.v - latency.v);
    return true;
}

static struct call_record *add_call(const struct log_event *e, const char *source_format)
{
    struct call_record *call = agent_add_call(e->r, source_format);
    struct sv role = event_text_id(e, "role");

    if (!call)
        return NULL;
    call->id = event_identity(e);
    call->session_id = event_text_id(e, "session.id");
    record_set_dim(call, F_PROVIDER, SV("gcp.gemini"));
    record_set_dim(call, F_OPERATION, SV("generate_content"));
    record_set_dim(call, F_REQUEST_MODEL, event_text_id(e, "model"));
    record_set_dim(call, F_SERVICE, e->service);
    record_set_dim(call, F_AGENT, role);
    if (sv_is(role, "subagent"))
        call_set_flag(call, FLAG_SIDECHAIN);
    return set_times(e, call) ? call : NULL;
}

static bool too_much(const struct log_event *e, const char *name)
{
    return complain(e->r, event_place(e, name), "a sum below 2^63");
}

/* Thoughts are told apart from the output, what tools put in apart from the input. */
static bool set_tokens(const struct log_event *e, struct call_record *call)
{
    static const char *const names[] = {"input_token_count",    "output_token_count",
                                        "thoughts_token_count", "tool_token_count",
                                        "total_token_count",    "cached_content_token_count"};
    enum { INPUT, OUTPUT, THOUGHTS, TOOL, TOTAL, CACHED, COUNTS };
    struct maybe_i64 n[COUNTS] = {
        {0, false}
    };
    bool any = false;

    for (size_t i = 0; i < COUNTS; i++) {
        if (!scalar_count(e->r, event_place(e, names[i]), &n[i]))
            return false;
        any |= n[i].v > 0;
    }
    if (n[TOTAL].known && !any)
        return true;
    if (__builtin_add_overflow(n[INPUT].v, n[TOOL].v, &n[INPUT].v))
        return too_much(e, "input_token_count");
    if (__builtin_add_overflow(n[OUTPUT].v, n[THOUGHTS].v, &n[OUTPUT].v))
        return too_much(e, "output_token_count");
    if (n[INPUT].known)
        record_set_num(call, F_INPUT_TOKENS, n[INPUT].v);
    if (n[OUTPUT].known)
        record_set_num(call, F_OUTPUT_TOKENS, n[OUTPUT].v);
    if (n[CACHED].known)
        record_set_num(call, F_CACHE_READ_TOKENS, n[CACHED].v);
    if (n[THOUGHTS].known)
        record_set_num(call, F_REASONING_TOKENS, n[THOUGHTS].v);
    return true;
}

static void set_status(const struct log_event *e, struct call_record *call)
{
    struct maybe_i64 http = {0, false};
    struct maybe_i64 status = status_of(e->r, e->d, event_place(e, "status_code").at, &http);

    record_set_num(call, F_STATUS, status.known ? status.v : STATUS_OK);
    if (http.known)
        record_set_num(call, F_HTTP_STATUS, http.v);
}

static bool add_response(const struct log_event *e, const char *source_format)
{
    struct call_record *call = add_call(e, source_format);
    json_ref reasons = event_place(e, "finish_reasons").at;

    if (!call || !set_tokens(e, call))
        return false;
    set_status(e, call);
    record_set_dim(call, F_FINISH_REASON_RAW,
                   scalar_id(e->r, e->d, attribute_first(e->d, reasons)));
    return call_settle(e->r, call);
}

static struct sv text_of(const struct log_event *e, const char *name)
{
    return scalar_text(e->r, e->d, event_place(e, name).at);
}

static bool add_error(const struct log_event *e, const char *source_format)
{
    struct call_record *call = add_call(e, source_format);
    struct sv type = text_of(e, "error.type"), text = text_of(e, "error.message");

    if (!call)
        return false;
    set_status(e, call);
    if (!type.n)
        type = text_of(e, "error_type");
    if (!type.n && record_has(call, F_HTTP_STATUS))
        type = text_of(e, "status_code");
    call_set_error(e->r, call, type, text.n ? text : text_of(e, "error"));
    return call_settle(e->r, call);
}

static bool add_tool(const struct log_event *e, const char *source_format)
{
    struct sv name = event_text_id(e, "function_name");
    struct maybe_i64 latency = {0, false}, ended = {0, false};
    struct maybe_i64 done = scalar_bool(e->d, event_place(e, "success").at);
    struct tool_record *tool = NULL;

    (void)source_format;
    if (!scalar_duration(e->r, event_place(e, "duration_ms"), UNIT_MS, &latency) ||
        !read_end(e, &ended))
        return false;
    tool = agent_add_tool(e->r, SV_NONE, e->at);
    if (!tool)
        return false;
    tool->id = event_identity(e);
    if (tool->id.kind == ID_OWN) /* tools that ran side by side may end in one millisecond */
        tool->id.own = agent_join_id(e->r, tool->id.own, name);
    tool->tool_name = name;
    tool->latency_us = latency;
    tool->ended_us = ended;
    if (latency.known && ended.known && latency.v <= ended.v)
        tool->started_us = (struct maybe_i64){ended.v - latency.v, true};
    if (done.known)
        tool->status = (struct maybe_i64){done.v ? STATUS_OK : STATUS_ERROR, true};
    if (done.known && !done.v)
        tool->error_kind = error_kind(e->r, text_of(e, "error_type"), text_of(e, "error"));
    return true;
}

bool gemini_event_read(const struct log_event *e, struct sv name, const char *source_format)
{
    static const struct {
        const char *name;
        bool (*add)(const struct log_event *e, const char *source_format);
    } events[] = {
        {GEMINI_EVENT_PREFIX "api_response", add_response},
        {GEMINI_EVENT_PREFIX "api_error",    add_error   },
        {GEMINI_EVENT_PREFIX "tool_call",    add_tool    },
    };

    for (size_t i = 0; i < ARRAY_LEN(events); i++)
        if (sv_is(name, events[i].name))
            return events[i].add(e, source_format);
    return true;
}
