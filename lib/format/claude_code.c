/* claude_code: session files of the Claude Code command line, and what its web version exports:
 * one document {"loglines":[...]} of the same lines. */
#include "format/agent.h"
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/readers.h"

#include "base/banned.h"

/* Line types that are no calls. A type that is not here is met in newer versions: with a sessionId
 * it still is such a line. */
static const char *const line_types[] = {
    "assistant",       "user",         "system",      "summary",      "attachment", "progress",
    "queue-operation", "file-history-snapshot", "permission-mode", "last-prompt", "custom-title",
    "agent-name",      "pr-link",
};

static bool is_known_type(struct sv type)
{
    for (size_t i = 0; i < ARRAY_LEN(line_types); i++)
        if (sv_is(type, line_types[i]))
            return true;
    return false;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    const uint64_t twins = SIGN_BIT(SIGN_UUID) | SIGN_BIT(SIGN_PARENT_UUID);
    const uint64_t snapshot = SIGN_BIT(SIGN_MESSAGE_ID) | SIGN_BIT(SIGN_SNAPSHOT);
    const uint64_t others = SIGN_BIT(SIGN_PAYLOAD) | SIGN_BIT(SIGN_PROJECT_HASH);

    if (seen_all(seen, SIGN_BIT(SIGN_LOGLINES)))
        return json_type(doc, seen->at[SIGN_LOGLINES]) == JSON_ARRAY;
    if (!seen_all(seen, SIGN_BIT(SIGN_TYPE)) ||
        json_type(doc, seen->at[SIGN_TYPE]) != JSON_STRING)
        return false;
    if (!is_known_type(json_raw(doc, seen->at[SIGN_TYPE])))
        return seen_all(seen, SIGN_BIT(SIGN_SESSION)) && !seen_any(seen, others) &&
               !(seen->targets >> T_TRACE_ID & 1) && !seen_model(seen) && !seen_tokens(seen);
    return seen_any(seen, SIGN_BIT(SIGN_SESSION) | SIGN_BIT(SIGN_LEAF)) || seen_all(seen, twins) ||
           seen_all(seen, snapshot);
}

/* What a line says that its call and its tool calls need. */
struct entry {
    struct reading r;
    json_ref at; /* the line in its document */
    json_ref message;
    struct maybe_i64 at_us;
    struct identity call; /* of the message; ID_LINE with a zero hash: it has none */
    struct sv request_id;
};

static struct sv text_of(const struct entry *e, json_ref object, const char *key)
{
    return scalar_id(&e->r, e->r.c->doc, json_get(e->r.c->doc, object, key));
}

/* message.id and requestId; gateways leave the latter out. A line without either has its uuid. */
static bool message_identity(const struct entry *e, struct identity *out)
{
    struct sv id = text_of(e, e->message, "id"), own = text_of(e, e->at, "uuid");

    if (id.n)
        own = e->request_id.n ? agent_join_id(&e->r, id, e->request_id) : id;
    if (!own.n)
        return false;
    *out = (struct identity){.kind = ID_OWN, .family = SV("claude-code"), .own = own};
    return true;
}

static const struct {
    const char *key, *place;
    enum call_field field;
} usage_fields[] = {
    {"input_tokens", "message.usage.input_tokens", F_INPUT_TOKENS},
    {"output_tokens", "message.usage.output_tokens", F_OUTPUT_TOKENS},
    {"cache_read_input_tokens", "message.usage.cache_read_input_tokens", F_CACHE_READ_TOKENS},
    {"cache_creation_input_tokens", "message.usage.cache_creation_input_tokens",
     F_CACHE_WRITE_TOKENS},
};

static const struct {
    const char *key, *place;
    enum call_field field;
} written_fields[] = {
    {"ephemeral_5m_input_tokens", "message.usage.cache_creation.ephemeral_5m_input_tokens",
     F_CACHE_WRITE_5M_TOKENS},
    {"ephemeral_1h_input_tokens", "message.usage.cache_creation.ephemeral_1h_input_tokens",
     F_CACHE_WRITE_1H_TOKENS},
};

static bool set_count(const struct entry *e, struct call_record *call, enum call_field field,
                      json_ref at, const char *place)
{
    struct maybe_i64 v = {0, false};

    if (!scalar_count(&e->r, (struct place){e->r.c->doc, place, at}, &v))
        return false;
    if (v.known)
        record_set_num(call, field, v.v);
    return true;
}

static bool set_usage(const struct entry *e, struct call_record *call, json_ref usage)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref written = json_get(d, usage, "cache_creation");

    for (size_t i = 0; i < ARRAY_LEN(usage_fields); i++)
        if (!set_count(e, call, usage_fields[i].field, json_get(d, usage, usage_fields[i].key),
                       usage_fields[i].place))
            return false;
    for (size_t i = 0; i < ARRAY_LEN(written_fields); i++)
        if (!set_count(e, call, written_fields[i].field,
                       json_get(d, written, written_fields[i].key), written_fields[i].place))
            return false;
    record_set_dim(call, F_TIER, text_of(e, usage, "service_tier"));
    /* Anthropic counts input without the cached parts; ours includes them */
    return add_cached_input(&e->r, call, "message.usage");
}

static void set_dimensions(const struct entry *e, struct call_record *call)
{
    const struct json_doc *d = e->r.c->doc;
    struct sv agent = text_of(e, e->at, "agentId");

    record_set_dim(call, F_SOURCE_FORMAT, SV("claude-code"));
    record_set_dim(call, F_PROVIDER, SV("anthropic"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    record_set_dim(call, F_REQUEST_MODEL, text_of(e, e->message, "model"));
    record_set_dim(call, F_FINISH_REASON_RAW, text_of(e, e->message, "stop_reason"));
    record_set_dim(call, F_AGENT, agent.n ? agent : SV("main"));
    record_set_dim(call, F_PROJECT, agent_project(&e->r, d, json_get(d, e->at, "cwd")));
    call->session_id = text_of(e, e->at, "sessionId");
    call->request_id = e->request_id;
}

static bool add_call(const struct entry *e, json_ref usage)
{
    const struct json_doc *d = e->r.c->doc;
    struct call_record *call = batch_add_call(e->r.c->out);
    struct maybe_i64 cost = {0, false};

    if (!call)
        return false;
    call->id = e->call;
    call->source = e->r.c->source;
    call->line = e->r.c->line;
    if (!set_usage(e, call, usage) ||
        !scalar_money(&e->r, (struct place){d, "costUSD", json_get(d, e->at, "costUSD")}, &cost))
        return false;
    set_dimensions(e, call);
    if (e->at_us.known)
        record_set_num(call, F_STARTED_US, e->at_us.v);
    if (cost.known)
        record_set_num(call, F_COST_GIVEN_NUSD, cost.v);
    if (json_type(d, json_get(d, e->at, "isSidechain")) == JSON_TRUE)
        call_set_flag(call, FLAG_SIDECHAIN);
    record_set_num(call, F_STATUS, STATUS_OK);
    return call_settle(&e->r, call);
}

/* Of a block without an id, among the records of its document. */
static uint64_t block_number(const struct entry *e, uint64_t block)
{
    return ((uint64_t)e->at << 32) + block + 1;
}

static bool add_tool_use(const struct entry *e, json_ref content, uint64_t block)
{
    struct tool_record *tool =
        agent_add_tool(&e->r, text_of(e, content, "id"), block_number(e, block));

    if (!tool)
        return false;
    tool->tool_name = text_of(e, content, "name");
    tool->started_us = e->at_us;
    tool->request_id = e->request_id;
    tool->call = e->call;
    tool->has_call = e->call.kind != ID_LINE;
    return true;
}

static bool add_tool_result(const struct entry *e, json_ref content, uint64_t block)
{
    const struct json_doc *d = e->r.c->doc;
    struct tool_record *tool =
        agent_add_tool(&e->r, text_of(e, content, "tool_use_id"), block_number(e, block));
    bool failed = json_type(d, json_get(d, content, "is_error")) == JSON_TRUE;

    if (!tool)
        return false;
    tool->ended_us = e->at_us;
    tool->status = (struct maybe_i64){failed ? STATUS_ERROR : STATUS_OK, true};
    return true;
}

/* Every block of this type in the message's content goes to add(). */
static bool each_block(const struct entry *e, const char *type,
                       bool (*add)(const struct entry *e, json_ref content, uint64_t block))
{
    const struct json_doc *d = e->r.c->doc;
    json_ref content = json_get(d, e->message, "content");
    uint64_t block = 0;

    if (json_type(d, content) != JSON_ARRAY)
        return true;
    for (json_ref at = json_first(d, content); at != JSON_END; at = json_next(d, content, at)) {
        if (sv_is(json_raw(d, json_get(d, at, "type")), type) && !add(e, at, block))
            return false;
        block++;
    }
    return true;
}

static bool read_assistant(const struct entry *e, struct sv *skipped_kind)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref usage = json_get(d, e->message, "usage");

    if (sv_is(json_raw(d, json_get(d, e->message, "model")), "<synthetic>")) {
        *skipped_kind = SV("synthetic");
        return true;
    }
    if (json_type(d, json_get(d, e->at, "isApiErrorMessage")) == JSON_TRUE) {
        *skipped_kind = SV("api_error");
        return true;
    }
    if (json_type(d, usage) == JSON_OBJECT && !add_call(e, usage))
        return false;
    return each_block(e, "tool_use", add_tool_use);
}

static bool read_entry(const struct reading *r, json_ref at, struct sv *skipped_kind)
{
    const struct json_doc *d = r->c->doc;
    json_ref type = json_get(d, at, "type");
    bool assistant = sv_is(json_raw(d, type), "assistant"), user = sv_is(json_raw(d, type), "user");
    struct place time = {d, "timestamp", json_get(d, at, "timestamp")};
    struct entry e = {*r, at, json_get(d, at, "message"), {0, false}, {0}, SV_NONE};

    *skipped_kind = SV_NONE;
    if (!assistant && !user)
        return true;
    if (!scalar_time(r, time, &e.at_us, NULL))
        return false;
    e.request_id = text_of(&e, at, "requestId");
    if (!message_identity(&e, &e.call))
        e.call = line_identity(r->c, at);
    return assistant ? read_assistant(&e, skipped_kind)
                     : each_block(&e, "tool_result", add_tool_result);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct json_doc *d = c->doc;
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    json_ref lines = json_get(d, 0, "loglines"), at = JSON_END;
    bool ok = true;

    if (json_type(d, lines) == JSON_ARRAY) {
        for (at = json_first(d, lines); at != JSON_END && ok; at = json_next(d, lines, at))
            ok = read_entry(&r, at, skipped_kind);
        *skipped_kind = SV("session");
    } else {
        ok = read_entry(&r, 0, skipped_kind);
    }
    if (!ok) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (batch_size(c->out) > before)
        return LINE_RECORDS;
    if (!skipped_kind->n)
        *skipped_kind = agent_line_kind(&r, json_get(d, 0, "type"));
    return LINE_SKIPPED;
}

const struct format format_claude_code = {
    .name = "claude-code",
    .summary = "session files of Claude Code, and the export of its web version",
    .claims = claims,
    .read = read,
};
