/* gemini_cli: session files of the Gemini command line, as one document or as JSON lines. */
#include "format/agent.h"
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/memory.h"
#include "format/readers.h"

#include "base/banned.h"

static const char *const message_types[] = {"user", "info", "warning", "error"};

static bool is_message(const struct json_doc *doc)
{
    return json_type(doc, json_get(doc, 0, "id")) == JSON_STRING &&
           json_type(doc, json_get(doc, 0, "timestamp")) == JSON_STRING &&
           json_get(doc, 0, "content") != JSON_END;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    struct sv type;

    if (seen_any(seen, SIGN_BIT(SIGN_SESSION_CHANGE)) ||
        seen_all(seen, SIGN_BIT(SIGN_SESSION) | SIGN_BIT(SIGN_PROJECT_HASH)))
        return true;
    if (!seen_all(seen, SIGN_BIT(SIGN_TYPE)) || json_type(doc, seen->at[SIGN_TYPE]) != JSON_STRING)
        return false;
    type = json_raw(doc, seen->at[SIGN_TYPE]);
    if (sv_is(type, "gemini"))
        return seen_any(seen, SIGN_BIT(SIGN_TOKENS)) || is_message(doc);
    for (size_t i = 0; i < ARRAY_LEN(message_types); i++)
        if (sv_is(type, message_types[i]))
            return !seen_model(seen) && !seen_tokens(seen) && is_message(doc);
    return false;
}

/* A document, or the part of it that is one message. */
struct entry {
    struct reading r;
    struct session_memory *m;
    json_ref at;
    uint64_t n; /* of the message in its document */
    struct maybe_i64 at_us;
};

static struct sv text_of(const struct entry *e, json_ref object, const char *key)
{
    return scalar_id(&e->r, e->r.c->doc, json_get(e->r.c->doc, object, key));
}

static void read_header(const struct entry *e)
{
    *e->m = (struct session_memory){0};
    remember(&e->m->session, text_of(e, e->at, "sessionId"));
    if (sv_is(text_of(e, e->at, "kind"), "subagent"))
        remember(&e->m->agent, SV("subagent"));
}

/* Ids of messages are unique in their session; a message that changed is written again, whole. */
static struct identity message_identity(const struct entry *e)
{
    struct sv id = text_of(e, e->at, "id");

    if (!id.n)
        return line_identity(e->r.c, e->n);
    return (struct identity){.kind = ID_OWN,
                             .family = SV("gemini-cli"),
                             .own = agent_join_id(&e->r, remembered(&e->m->session), id)};
}

static bool sum_into(const struct entry *e, struct call_record *call, enum call_field to,
                     int64_t more)
{
    int64_t sum = record_has(call, to) ? record_num(call, to) : 0;

    if (__builtin_add_overflow(sum, more, &sum)) {
        *e->r.bad_field = SV("tokens");
        error_set(e->r.err, ERR_RANGE, "tokens: expected a sum below 2^63");
        return false;
    }
    record_set_num(call, to, sum);
    return true;
}

/* What tools put in counts as input and thoughts as output; the log has both apart. */
static bool set_tokens(const struct entry *e, struct call_record *call, json_ref tokens)
{
    static const struct known_key keys[] = {
        {TEXT("tokens.input"),    F_INPUT_TOKENS,      HOW_COUNT, 0, 0},
        {TEXT("tokens.output"),   F_OUTPUT_TOKENS,     HOW_COUNT, 0, 0},
        {TEXT("tokens.cached"),   F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
        {TEXT("tokens.thoughts"), F_REASONING_TOKENS,  HOW_COUNT, 0, 0},
    };
    const struct json_doc *d = e->r.c->doc;
    struct maybe_i64 tool = {0, false};

    if (!apply_members(&e->r, keys, ARRAY_LEN(keys), d, tokens, call) ||
        !scalar_count(&e->r, (struct place){d, "tokens.tool", json_get(d, tokens, "tool")}, &tool))
        return false;
    return (!tool.known || sum_into(e, call, F_INPUT_TOKENS, tool.v)) &&
           (!record_has(call, F_REASONING_TOKENS) ||
            sum_into(e, call, F_OUTPUT_TOKENS, record_num(call, F_REASONING_TOKENS)));
}

static bool add_call(const struct entry *e, json_ref tokens, const struct identity *id)
{
    struct call_record *call = agent_add_call(&e->r, "gemini-cli");
    struct sv agent = recall(&e->r, &e->m->agent);

    if (!call)
        return false;
    call->id = *id;
    call->session_id = recall(&e->r, &e->m->session);
    record_set_dim(call, F_PROVIDER, SV("gcp.gemini"));
    record_set_dim(call, F_OPERATION, SV("generate_content"));
    record_set_dim(call, F_REQUEST_MODEL, text_of(e, e->at, "model"));
    record_set_dim(call, F_AGENT, agent.n ? agent : SV("main"));
    if (agent.n)
        call_set_flag(call, FLAG_SIDECHAIN);
    if (!set_tokens(e, call, tokens))
        return false;
    if (e->at_us.known)
        record_set_num(call, F_STARTED_US, e->at_us.v);
    record_set_num(call, F_STATUS, STATUS_OK);
    return call_settle(&e->r, call);
}

static bool add_tool(const struct entry *e, json_ref at, uint64_t n, const struct identity *call)
{
    const struct json_doc *d = e->r.c->doc;
    struct sv id = text_of(e, at, "id");
    struct place time = {d, "toolCalls.timestamp", json_get(d, at, "timestamp")};
    struct maybe_i64 http = {0, false};
    struct tool_record *tool = NULL;

    if (id.n)
        id = agent_join_id(&e->r, remembered(&e->m->session), id);
    tool = agent_add_tool(&e->r, id, (e->n + 1) << 32 | n);
    if (!tool || !scalar_time(&e->r, time, &tool->ended_us, NULL))
        return false;
    tool->tool_name = text_of(e, at, "name");
    tool->started_us = e->at_us;
    tool->status = status_of(&e->r, d, json_get(d, at, "status"), &http);
    if (call) {
        tool->call = *call;
        tool->has_call = true;
    }
    return true;
}

static bool read_message(struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref tokens = json_get(d, e->at, "tokens"), tools = json_get(d, e->at, "toolCalls");
    struct place time = {d, "timestamp", json_get(d, e->at, "timestamp")};
    bool has_call = json_type(d, tokens) == JSON_OBJECT;
    struct identity id;
    uint64_t n = 0;

    if (!sv_is(json_raw(d, json_get(d, e->at, "type")), "gemini"))
        return true;
    if (!scalar_time(&e->r, time, &e->at_us, NULL))
        return false;
    id = message_identity(e);
    if (has_call && !add_call(e, tokens, &id))
        return false;
    if (json_type(d, tools) == JSON_ARRAY)
        for (json_ref at = json_first(d, tools); at != JSON_END; at = json_next(d, tools, at))
            if (!add_tool(e, at, n++, has_call ? &id : NULL))
                return false;
    return true;
}

static bool read_messages(const struct entry *e, json_ref messages)
{
    const struct json_doc *d = e->r.c->doc;
    uint64_t n = 0;

    if (json_type(d, messages) != JSON_ARRAY)
        return true;
    for (json_ref at = json_first(d, messages); at != JSON_END; at = json_next(d, messages, at)) {
        struct entry message = {
            e->r, e->m, at, ++n, {0, false}
        };

        if (!read_message(&message))
            return false;
    }
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct json_doc *d = c->doc;
    struct session_memory nothing = {0};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    struct entry e = {
        {c, bad_field, err},
        c->memory ? &c->memory->gemini_cli : &nothing, 0, 0, {0, false         }
    };
    json_ref type = json_get(d, 0, "type"), set = json_get(d, 0, "$set");
    bool ok = true;

    if (type != JSON_END) {
        *skipped_kind = agent_line_kind(&e.r, type);
        ok = read_message(&e);
    } else if (set != JSON_END || json_get(d, 0, "$rewindTo") != JSON_END) {
        /* what is taken back was paid all the same */
        *skipped_kind = set != JSON_END ? SV("$set") : SV("$rewindTo");
        ok = read_messages(&e, json_get(d, set, "messages"));
    } else {
        *skipped_kind = SV("session");
        read_header(&e);
        ok = read_messages(&e, json_get(d, 0, "messages"));
    }
    if (!ok) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_gemini_cli = {
    .name = "gemini-cli",
    .summary = "session files of the Gemini command line",
    .claims = claims,
    .read = read,
    .stateful = true,
};
