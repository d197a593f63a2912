/* codex: rollout files of the Codex command line. */
#include "format/agent.h"
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/memory.h"
#include "format/readers.h"

#include "base/banned.h"

/* A fork writes its parent's history at once; no model answers that soon after the fork. */
#define REPLAY_US INT64_C(1000000)

static const char *const line_types[] = {
    "session_meta", "turn_context", "response_item",  "event_msg",
    "compacted",    "world_state",  "ghost_snapshot",
};

static bool is_one_of(struct sv text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sv_is(text, words[i]))
            return true;
    return false;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_all(seen, SIGN_BIT(SIGN_TYPE) | SIGN_BIT(SIGN_PAYLOAD)) &&
           json_type(doc, seen->at[SIGN_TYPE]) == JSON_STRING &&
           json_type(doc, seen->at[SIGN_PAYLOAD]) == JSON_OBJECT &&
           is_one_of(json_raw(doc, seen->at[SIGN_TYPE]), line_types, ARRAY_LEN(line_types));
}

struct entry {
    struct reading r;
    struct codex_memory *m;
    json_ref payload;
    struct maybe_i64 at_us;
};

static struct sv text_of(const struct entry *e, json_ref object, const char *key)
{
    return scalar_id(&e->r, e->r.c->doc, json_get(e->r.c->doc, object, key));
}

static struct place time_of(const struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;

    return (struct place){d, "timestamp", json_get(d, 0, "timestamp")};
}

static bool read_time(struct entry *e)
{
    return scalar_time(&e->r, time_of(e), &e->at_us, NULL);
}

/* The time of a line that is of use without it too. */
static void read_time_if_any(struct entry *e)
{
    struct error error;
    struct sv field;
    const struct reading quiet = {e->r.c, &field, &error};

    if (!scalar_time(&quiet, time_of(e), &e->at_us, NULL))
        e->at_us.known = false;
}

/* --- what the session tells about itself --- */

static void read_subagent(const struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;

    if (json_get(d, json_get(d, e->payload, "source"), "subagent") != JSON_END)
        remember(&e->m->own.agent, text_of(e, e->payload, "id"));
}

/*
 * The first one is the file's own. Another one after it is that of a thread whose history follows:
 * the parent of a fork or of a subagent. When it is later than that it begins a new session, as in
 * files that were put together.
 */
static void read_meta(struct entry *e)
{
    struct codex_memory *m = e->m;
    struct sv id = text_of(e, e->payload, "id");
    struct sv parent = text_of(e, e->payload, "forked_from_id");
    struct sv session = text_of(e, e->payload, "session_id");
    bool own = !m->thread.n || sv_eq(id, remembered(&m->thread));

    if (!own && e->at_us.known && m->started_us.known && e->at_us.v > m->started_us.v + REPLAY_US) {
        *m = (struct codex_memory){0};
        own = true;
    }
    if (own) {
        remember(&m->thread, id);
        remember(&m->own.session, session.n ? session : id);
        remember(&m->own.project,
                 agent_project(&e->r, e->r.c->doc, json_get(e->r.c->doc, e->payload, "cwd")));
        m->started_us = e->at_us;
        read_subagent(e);
    }
    m->replaying |= parent.n || !own;
    remember(&m->root, parent.n ? parent : id);
    remember(&m->own.provider, text_of(e, e->payload, "model_provider"));
}

static void read_context(const struct entry *e)
{
    struct sv project = agent_project(&e->r, e->r.c->doc, json_get(e->r.c->doc, e->payload, "cwd"));

    remember(&e->m->own.model, text_of(e, e->payload, "model"));
    remember(&e->m->own.project, project);
}

/* The parent's history has its old times or that of the fork; what comes later is the file's own,
 * and so is all behind it. */
static bool is_replay(const struct entry *e)
{
    struct codex_memory *m = e->m;

    if (!m->replaying || !e->at_us.known || !m->started_us.known)
        return false;
    m->replaying = e->at_us.v <= m->started_us.v + REPLAY_US;
    return m->replaying;
}

/* --- calls --- */

/* clang-format off */
static const struct {
    const char *key, *in_total, *in_last;
    enum call_field field; /* F_COUNT: of no call */
} counts[CODEX_COUNTS] = {
    [CODEX_INPUT] = {"input_tokens", "info.total_token_usage.input_tokens",
                     "info.last_token_usage.input_tokens", F_INPUT_TOKENS},
    [CODEX_CACHE_READ] = {"cached_input_tokens", "info.total_token_usage.cached_input_tokens",
                          "info.last_token_usage.cached_input_tokens", F_CACHE_READ_TOKENS},
    [CODEX_CACHE_WRITE] = {"cache_write_input_tokens",
                           "info.total_token_usage.cache_write_input_tokens",
                           "info.last_token_usage.cache_write_input_tokens",
                           F_CACHE_WRITE_TOKENS},
    [CODEX_OUTPUT] = {"output_tokens", "info.total_token_usage.output_tokens",
                      "info.last_token_usage.output_tokens", F_OUTPUT_TOKENS},
    [CODEX_REASONING] = {"reasoning_output_tokens",
                         "info.total_token_usage.reasoning_output_tokens",
                         "info.last_token_usage.reasoning_output_tokens", F_REASONING_TOKENS},
    [CODEX_TOTAL] = {"total_tokens", "info.total_token_usage.total_tokens",
                     "info.last_token_usage.total_tokens", F_COUNT},
};
/* clang-format on */

static bool read_counts(const struct entry *e, json_ref object, bool last,
                        struct maybe_i64 out[CODEX_COUNTS])
{
    const struct json_doc *d = e->r.c->doc;

    for (size_t i = 0; i < CODEX_COUNTS; i++) {
        struct place p = {d, last ? counts[i].in_last : counts[i].in_total,
                          json_get(d, object, counts[i].key)};

        out[i] = (struct maybe_i64){0, false};
        if (!scalar_count(&e->r, p, &out[i]))
            return false;
    }
    return true;
}

static bool same_counts(const struct maybe_i64 *a, const struct maybe_i64 *b)
{
    for (size_t i = 0; i < CODEX_COUNTS; i++)
        if (a[i].known != b[i].known || a[i].v != b[i].v)
            return false;
    return true;
}

/* The tokens of one call from the totals before and behind it. A smaller total began anew. */
static void difference(const struct maybe_i64 *before, const struct maybe_i64 *totals,
                       struct maybe_i64 *out)
{
    bool anew = false;

    for (size_t i = 0; i < CODEX_COUNTS; i++)
        anew |= before[i].known && totals[i].known && totals[i].v < before[i].v;
    for (size_t i = 0; i < CODEX_COUNTS; i++) {
        out[i] = totals[i];
        if (!anew && totals[i].known && before[i].known)
            out[i].v -= before[i].v;
    }
}

/* The thread whose counts these are, and the counts: the same wherever the event is told again. */
static struct identity event_identity(const struct entry *e, const struct maybe_i64 *totals)
{
    char tuple[CODEX_COUNTS * 21];
    size_t n = 0;

    if (!e->m->root.n)
        return line_identity(e->r.c, 0);
    for (size_t i = 0; i < CODEX_COUNTS; i++) {
        char digits[20];
        size_t k = sizeof(digits);
        uint64_t v = totals[i].known ? (uint64_t)totals[i].v : 0;

        do
            digits[--k] = (char)('0' + v % 10);
        while (v /= 10);
        if (i)
            tuple[n++] = '-';
        memcpy(tuple + n, digits + k, sizeof(digits) - k);
        n += sizeof(digits) - k;
    }
    return (struct identity){
        .kind = ID_OWN,
        .family = SV("codex"),
        .own = agent_join_id(&e->r, remembered(&e->m->root), (struct sv){tuple, n})};
}

static bool add_call(const struct entry *e, const struct maybe_i64 *totals,
                     const struct maybe_i64 *tokens)
{
    const struct session_memory *own = &e->m->own;
    struct call_record *call = agent_add_call(&e->r, "codex");
    struct sv agent = recall(&e->r, &own->agent);

    if (!call)
        return false;
    call->id = event_identity(e, totals);
    call->session_id = recall(&e->r, &own->session);
    record_set_dim(call, F_REQUEST_MODEL, recall(&e->r, &own->model));
    record_set_dim(call, F_PROVIDER, recall(&e->r, &own->provider));
    record_set_dim(call, F_PROJECT, recall(&e->r, &own->project));
    record_set_dim(call, F_AGENT, agent.n ? agent : SV("main"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    for (size_t i = 0; i < CODEX_COUNTS; i++)
        if (counts[i].field != F_COUNT && tokens[i].known)
            record_set_num(call, counts[i].field, tokens[i].v);
    if (e->at_us.known)
        record_set_num(call, F_STARTED_US, e->at_us.v);
    if (agent.n)
        call_set_flag(call, FLAG_SIDECHAIN);
    record_set_num(call, F_STATUS, STATUS_OK);
    return call_settle(&e->r, call);
}

/* Counts are told again when the rate limits change, and without any when nothing is known yet. */
static bool read_token_count(struct entry *e, struct sv *skipped_kind)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref info = json_get(d, e->payload, "info");
    json_ref total = json_get(d, info, "total_token_usage");
    json_ref last = json_get(d, info, "last_token_usage");
    struct maybe_i64 totals[CODEX_COUNTS], tokens[CODEX_COUNTS];
    bool repeated = false, replay = false;

    *skipped_kind = SV("token_count");
    if (json_type(d, total) != JSON_OBJECT)
        return true;
    if (!read_time(e) || !read_counts(e, total, false, totals) ||
        !read_counts(e, last, true, tokens))
        return false;
    if (json_type(d, last) != JSON_OBJECT)
        difference(e->m->totals, totals, tokens);
    repeated = same_counts(totals, e->m->totals);
    memcpy(e->m->totals, totals, sizeof(totals));
    replay = is_replay(e);
    if (replay)
        *skipped_kind = SV("replay");
    return repeated || replay || add_call(e, totals, tokens);
}

/* --- tool calls --- */

static const struct {
    const char *type;
    const char *name; /* of the tool, where the item has none */
} requests[] = {
    {"function_call",    NULL         },
    {"custom_tool_call", NULL         },
    {"tool_call",        NULL         },
    {"local_shell_call", "local_shell"},
    {"web_search_call",  "web_search" },
    {"tool_search_call", "tool_search"},
};

static struct sv item_id(const struct entry *e)
{
    struct sv id = text_of(e, e->payload, "call_id");

    return id.n ? id : text_of(e, e->payload, "id");
}

static bool add_request(const struct entry *e, const char *usual_name)
{
    const struct json_doc *d = e->r.c->doc;
    struct tool_record *tool = agent_add_tool(&e->r, item_id(e), 1);

    if (!tool)
        return false;
    tool->tool_name = text_of(e, e->payload, "name");
    if (!tool->tool_name.n)
        tool->tool_name = text_of(e, json_get(d, e->payload, "function"), "name");
    if (!tool->tool_name.n && usual_name)
        tool->tool_name = sv_from(usual_name);
    tool->started_us = e->at_us;
    return true;
}

static bool add_output(const struct entry *e)
{
    struct sv id = item_id(e);
    struct tool_record *tool = id.n ? agent_add_tool(&e->r, id, 0) : NULL;

    if (tool)
        tool->ended_us = e->at_us;
    return !id.n || tool;
}

static bool read_item(struct entry *e, struct sv type)
{
    static const char *const outputs[] = {"function_call_output", "custom_tool_call_output"};

    for (size_t i = 0; i < ARRAY_LEN(requests); i++)
        if (sv_is(type, requests[i].type))
            return read_time(e) && (is_replay(e) || add_request(e, requests[i].name));
    if (is_one_of(type, outputs, ARRAY_LEN(outputs)))
        return read_time(e) && (is_replay(e) || add_output(e));
    return true;
}

/* Rust's serialised duration: whole seconds and nanoseconds. */
static bool read_duration(const struct entry *e, struct maybe_i64 *out)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref at = json_get(d, e->payload, "duration");
    struct maybe_i64 s = {0, false}, us = {0, false};

    if (!scalar_duration(&e->r, (struct place){d, "duration.secs", json_get(d, at, "secs")}, UNIT_S,
                         &s) ||
        !scalar_duration(&e->r, (struct place){d, "duration.nanos", json_get(d, at, "nanos")},
                         UNIT_NS, &us))
        return false;
    if (s.known)
        out->known = !__builtin_add_overflow(s.v, us.v, &out->v);
    return true;
}

/* How a tool call ended: an exit code, success, or the result of an MCP server. */
static struct maybe_i64 end_status(const struct entry *e)
{
    const struct json_doc *d = e->r.c->doc;
    struct sv code = json_raw(d, json_get(d, e->payload, "exit_code"));
    struct maybe_i64 success = scalar_bool(d, json_get(d, e->payload, "success"));
    json_ref result = json_get(d, e->payload, "result");
    bool failed = json_get(d, result, "Err") != JSON_END ||
                  scalar_bool(d, json_path(d, result, "Ok", "isError", NULL)).v;

    if (code.n)
        return (struct maybe_i64){sv_is(code, "0") ? STATUS_OK : STATUS_ERROR, true};
    if (success.known)
        return (struct maybe_i64){success.v ? STATUS_OK : STATUS_ERROR, true};
    return (struct maybe_i64){failed ? STATUS_ERROR : STATUS_OK,
                              json_type(d, result) == JSON_OBJECT};
}

/* What a person ran in the shell is no tool call. */
static bool add_end(const struct entry *e)
{
    struct sv id = item_id(e);
    bool by_user = sv_is(text_of(e, e->payload, "source"), "user_shell");
    struct tool_record *tool = NULL;
    struct maybe_i64 latency = {0, false};

    if (!id.n || by_user)
        return true;
    if (!read_duration(e, &latency))
        return false;
    tool = agent_add_tool(&e->r, id, 0);
    if (!tool)
        return false;
    tool->ended_us = e->at_us;
    tool->latency_us = latency;
    tool->status = end_status(e);
    return true;
}

static bool read_event(struct entry *e, struct sv type, struct sv *skipped_kind)
{
    static const char *const ends[] = {"exec_command_end", "mcp_tool_call_end", "patch_apply_end"};

    if (sv_is(type, "token_count"))
        return read_token_count(e, skipped_kind);
    if (is_one_of(type, ends, ARRAY_LEN(ends)))
        return read_time(e) && (is_replay(e) || add_end(e));
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct json_doc *d = c->doc;
    struct codex_memory nothing = {0};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    json_ref type = json_get(d, 0, "type");
    struct sv line_type = json_raw(d, type), item_type;
    struct entry e = {
        {c, bad_field, err},
        c->memory ? &c->memory->codex : &nothing,
        json_get(d, 0, "payload"),
        {0, false         }
    };
    bool ok = true;

    *skipped_kind = SV_NONE;
    item_type = json_raw(d, json_get(d, e.payload, "type"));
    if (sv_is(line_type, "session_meta")) {
        read_time_if_any(&e);
        read_meta(&e);
    } else if (sv_is(line_type, "turn_context")) {
        read_context(&e);
    } else if (sv_is(line_type, "response_item")) {
        ok = read_item(&e, item_type);
    } else if (sv_is(line_type, "event_msg")) {
        ok = read_event(&e, item_type, skipped_kind);
    }
    if (!ok) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (batch_size(c->out) > before)
        return LINE_RECORDS;
    if (!skipped_kind->n)
        *skipped_kind = agent_line_kind(&e.r, type);
    return LINE_SKIPPED;
}

const struct format format_codex = {
    .name = "codex",
    .summary = "rollout files of the Codex command line",
    .claims = claims,
    .read = read,
    .stateful = true,
};
