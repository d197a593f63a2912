/* pi: session files of the pi coding agent. */
#include "format/agent.h"
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/memory.h"
#include "format/readers.h"

#include "base/banned.h"

/* Lines without a message, and a key that each of them has. */
static const struct {
    const char *type, *key;
} line_types[] = {
    {"model_change",          "modelId"      },
    {"thinking_level_change", "thinkingLevel"},
    {"compaction",            "tokensBefore" },
    {"branch_summary",        "fromId"       },
    {"session_info",          "parentId"     },
    {"label",                 "targetId"     },
    {"custom",                "customType"   },
    {"custom_message",        "customType"   },
};

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    struct sv type;

    if (!seen_all(seen, SIGN_BIT(SIGN_TYPE)) ||
        json_type(doc, seen->at[SIGN_TYPE]) != JSON_STRING ||
        seen_any(seen, SIGN_BIT(SIGN_SESSION) | SIGN_BIT(SIGN_UUID) | SIGN_BIT(SIGN_PAYLOAD)))
        return false;
    type = json_raw(doc, seen->at[SIGN_TYPE]);
    if (sv_is(type, "message"))
        return json_type(doc, json_path(doc, 0, "message", "role", NULL)) == JSON_STRING &&
               json_get(doc, 0, "timestamp") != JSON_END;
    if (sv_is(type, "session"))
        return json_get(doc, 0, "cwd") != JSON_END &&
               (json_get(doc, 0, "modelId") != JSON_END || json_get(doc, 0, "version") != JSON_END);
    for (size_t i = 0; i < ARRAY_LEN(line_types); i++)
        if (sv_is(type, line_types[i].type))
            return json_get(doc, 0, line_types[i].key) != JSON_END;
    return false;
}

struct entry {
    struct reading r;
    struct session_memory *m;
    json_ref message;
    struct maybe_i64 at_us;
};

static struct sv text_of(const struct entry *e, json_ref object, const char *key)
{
    return scalar_id(&e->r, e->r.c->doc, json_get(e->r.c->doc, object, key));
}

static void read_session(const struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;

    *e->m = (struct session_memory){0};
    remember(&e->m->session, text_of(e, 0, "id"));
    remember(&e->m->project, agent_project(&e->r, d, json_get(d, 0, "cwd")));
}

static void read_model(const struct entry *e)
{
    remember(&e->m->provider, text_of(e, 0, "provider"));
    remember(&e->m->model, text_of(e, 0, "modelId"));
}

/* The provider's id of the answer, else that of the entry with the message's time: a branched
 * session repeats both. Older lines have neither; there equal lines are one. */
static struct identity message_identity(const struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;
    struct identity id = {.kind = ID_OWN, .family = SV("pi")};
    struct sv entry = text_of(e, 0, "id");

    id.own = text_of(e, e->message, "responseId");
    if (!id.own.n && entry.n)
        id.own = agent_join_id(&e->r, entry, json_raw(d, json_get(d, e->message, "timestamp")));
    return id.own.n ? id : line_identity(e->r.c, 0);
}

static bool set_usage(const struct entry *e, struct call_record *call, json_ref usage)
{
    static const struct known_key keys[] = {
        {TEXT("message.usage.input"),      F_INPUT_TOKENS,       HOW_COUNT, 0, 0},
        {TEXT("message.usage.output"),     F_OUTPUT_TOKENS,      HOW_COUNT, 0, 0},
        {TEXT("message.usage.cacheRead"),  F_CACHE_READ_TOKENS,  HOW_COUNT, 0, 0},
        {TEXT("message.usage.cacheWrite"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
    };
    static const struct known_key cost_keys[] = {
        {TEXT("message.usage.cost.total"), F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
    };
    const struct json_doc *d = e->r.c->doc;

    return apply_members(&e->r, keys, ARRAY_LEN(keys), d, usage, call) &&
           apply_members(&e->r, cost_keys, ARRAY_LEN(cost_keys), d, json_get(d, usage, "cost"),
                         call) &&
           add_cached_input(&e->r, call, "message.usage");
}

static void set_status(const struct entry *e, struct call_record *call)
{
    const struct json_doc *d = e->r.c->doc;
    struct sv reason = json_raw(d, json_get(d, e->message, "stopReason"));
    json_ref text = json_get(d, e->message, "errorMessage");

    record_set_num(call, F_STATUS, sv_is(reason, "aborted") ? STATUS_CANCELLED : STATUS_OK);
    if (sv_is(reason, "error"))
        call_set_error(&e->r, call, SV_NONE, scalar_text(&e->r, d, text));
}

static bool add_call(const struct entry *e, json_ref usage, const struct identity *id)
{
    static const struct known_key keys[] = {
        {TEXT("message.model"),         F_REQUEST_MODEL,     HOW_DIM, 0, 0},
        {TEXT("message.responseModel"), F_RESPONSE_MODEL,    HOW_DIM, 0, 0},
        {TEXT("message.provider"),      F_PROVIDER,          HOW_DIM, 0, 0},
        {TEXT("message.stopReason"),    F_FINISH_REASON_RAW, HOW_DIM, 0, 0},
    };
    struct call_record *call = agent_add_call(&e->r, "pi");

    if (!call)
        return false;
    call->id = *id;
    call->session_id = recall(&e->r, &e->m->session);
    record_set_dim(call, F_REQUEST_MODEL, recall(&e->r, &e->m->model));
    record_set_dim(call, F_PROVIDER, recall(&e->r, &e->m->provider));
    record_set_dim(call, F_PROJECT, recall(&e->r, &e->m->project));
    record_set_dim(call, F_AGENT, SV("main"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    if (!apply_members(&e->r, keys, ARRAY_LEN(keys), e->r.c->doc, e->message, call) ||
        !set_usage(e, call, usage))
        return false;
    if (e->at_us.known)
        record_set_num(call, F_STARTED_US, e->at_us.v);
    set_status(e, call);
    return call_settle(&e->r, call);
}

static bool add_requests(const struct entry *e, const struct identity *call, bool has_call)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref content = json_get(d, e->message, "content");
    uint64_t n = 0;

    if (json_type(d, content) != JSON_ARRAY)
        return true;
    for (json_ref at = json_first(d, content); at != JSON_END; at = json_next(d, content, at)) {
        struct tool_record *tool = NULL;

        n++;
        if (!sv_is(json_raw(d, json_get(d, at, "type")), "toolCall"))
            continue;
        tool = agent_add_tool(&e->r, text_of(e, at, "id"), n);
        if (!tool)
            return false;
        tool->tool_name = text_of(e, at, "name");
        tool->started_us = e->at_us;
        tool->call = *call;
        tool->has_call = has_call;
    }
    return true;
}

static bool read_assistant(const struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref usage = json_get(d, e->message, "usage");
    bool has_call = json_type(d, usage) == JSON_OBJECT;
    struct identity id = message_identity(e);

    return (!has_call || add_call(e, usage, &id)) && add_requests(e, &id, has_call);
}

static bool add_result(const struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;
    bool failed = json_type(d, json_get(d, e->message, "isError")) == JSON_TRUE;
    struct tool_record *tool = agent_add_tool(&e->r, text_of(e, e->message, "toolCallId"), 1);

    if (!tool)
        return false;
    tool->tool_name = text_of(e, e->message, "toolName");
    tool->ended_us = e->at_us;
    tool->status = (struct maybe_i64){failed ? STATUS_ERROR : STATUS_OK, true};
    return true;
}

static bool read_message(struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;
    struct sv role = json_raw(d, json_get(d, e->message, "role"));
    struct place time = {d, "timestamp", json_get(d, 0, "timestamp")};
    bool result = sv_is(role, "toolResult");

    if (!result && !sv_is(role, "assistant"))
        return true;
    return scalar_time(&e->r, time, &e->at_us, NULL) &&
           (result ? add_result(e) : read_assistant(e));
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct json_doc *d = c->doc;
    struct session_memory nothing = {0};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    json_ref type = json_get(d, 0, "type");
    struct entry e = {
        {c, bad_field, err},
        c->memory ? &c->memory->pi : &nothing,
        json_get(d, 0, "message"),
        {0, false         }
    };

    *skipped_kind = agent_line_kind(&e.r, type);
    if (sv_is(json_raw(d, type), "session"))
        read_session(&e);
    if (sv_is(json_raw(d, type), "session") || sv_is(json_raw(d, type), "model_change"))
        read_model(&e);
    if (sv_is(json_raw(d, type), "message") && !read_message(&e)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_pi = {
    .name = "pi",
    .summary = "session files of the pi coding agent",
    .claims = claims,
    .read = read,
    .stateful = true,
};
