/* llm_logs: the log of the command line tool llm: responses with their tool calls, or the rows of
 * the tables of its database, in which these stand apart. */
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/provider.h"
#include "format/readers.h"

#include "base/banned.h"

/* A row of table tool_calls or tool_results; its tool_call_id may be missing. */
static bool is_tool_row(const struct json_doc *doc)
{
    return json_get(doc, 0, "response_id") != JSON_END && json_get(doc, 0, "name") != JSON_END;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    if (!seen_all(seen, SIGN_BIT(SIGN_DATETIME_UTC)))
        return !seen_model(seen) && !seen_tokens(seen) &&
               json_get(doc, 0, "tool_call_id") != JSON_END && is_tool_row(doc);
    return json_get(doc, 0, "duration_ms") != JSON_END &&
           (json_get(doc, 0, "conversation_id") != JSON_END ||
            json_get(doc, 0, "thread_id") != JSON_END); /* of table turns */
}

/* clang-format off */
static const struct known_key row_keys[] = {
    {TEXT("model"), F_REQUEST_MODEL, HOW_DIM, 0, 0},
    {TEXT("resolved_model"), F_RESPONSE_MODEL, HOW_DIM, 0, 0},
    {TEXT("duration_ms"), F_LATENCY_US, HOW_MS, 0, 0},
    {TEXT("input_tokens"), F_INPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("output_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
};
/* clang-format on */

/* What the provider's usage says beyond the two sums, in its own spelling. */
/* clang-format off */
static const struct known_key detail_keys[] = {
    {TEXT("token_details.cachedContentTokenCount"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("token_details.thoughtsTokenCount"), F_REASONING_TOKENS, HOW_COUNT, 0, 0},
};
/* clang-format on */

/* clang-format off */
static const struct known_key input_keys[] = {
    {TEXT("token_details.prompt_tokens_details.cached_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0,
     0},
    {TEXT("token_details.prompt_tokens_details.audio_tokens"), F_AUDIO_INPUT_TOKENS, HOW_COUNT, 0,
     0},
};
/* clang-format on */

/* clang-format off */
static const struct known_key output_keys[] = {
    {TEXT("token_details.completion_tokens_details.reasoning_tokens"), F_REASONING_TOKENS,
     HOW_COUNT, 0, 0},
    {TEXT("token_details.completion_tokens_details.audio_tokens"), F_AUDIO_OUTPUT_TOKENS, HOW_COUNT,
     0, 0},
};
/* clang-format on */

/* Only Anthropic's details have these; there the input is without them. */
/* clang-format off */
static const struct known_key disjoint_keys[] = {
    {TEXT("token_details.cache_read_input_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("token_details.cache_creation_input_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
};
/* clang-format on */

static const struct {
    const char *key;
    const struct known_key *keys;
    size_t n;
} details[] = {
    {NULL,                        detail_keys, ARRAY_LEN(detail_keys)},
    {"prompt_tokens_details",     input_keys,  ARRAY_LEN(input_keys) },
    {"input_tokens_details",      input_keys,  ARRAY_LEN(input_keys) },
    {"completion_tokens_details", output_keys, ARRAY_LEN(output_keys)},
    {"output_tokens_details",     output_keys, ARRAY_LEN(output_keys)},
};

static bool set_details(const struct reading *r, struct call_record *call)
{
    struct json_doc inner = {0};
    const struct json_doc *d = NULL;
    json_ref at = object_or_text(r, json_get(r->c->doc, 0, "token_details"), &inner, &d);
    bool apart = json_get(d, at, "cache_read_input_tokens") != JSON_END ||
                 json_get(d, at, "cache_creation_input_tokens") != JSON_END;
    bool ok = true;

    for (size_t i = 0; i < ARRAY_LEN(details) && ok; i++)
        ok = apply_members(r, details[i].keys, details[i].n, d,
                           details[i].key ? json_get(d, at, details[i].key) : at, call);
    if (ok && apart)
        ok = apply_members(r, disjoint_keys, ARRAY_LEN(disjoint_keys), d, at, call) &&
             add_cached_input(r, call, "token_details");
    json_release(&inner);
    return ok;
}

/* The provider's own body, as an object or as JSON text: its finish reason, and its usage where the
 * row has none, as in logs of older versions. */
static bool set_body(const struct reading *r, struct call_record *call)
{
    struct json_doc inner = {0};
    const struct json_doc *d = NULL;
    json_ref at = object_or_text(r, json_get(r->c->doc, 0, "response_json"), &inner, &d);
    json_ref usage = json_get(d, at, "usage");
    bool ok = true;

    record_set_dim(call, F_FINISH_REASON_RAW, scalar_id(r, d, body_finish(d, at)));
    if (!record_has(call, F_INPUT_TOKENS) && !record_has(call, F_OUTPUT_TOKENS) &&
        json_type(d, usage) == JSON_OBJECT)
        ok = usage_read(r, d, usage, call);
    json_release(&inner);
    return ok;
}

/* What makes the tool call at `at` the same wherever it stands; the line's n-th may have no id. */
static struct identity tool_identity(const struct reading *r, json_ref at, struct sv response,
                                     uint64_t n)
{
    const struct json_doc *d = r->c->doc;
    struct sv id = scalar_id(r, d, json_get(d, at, "tool_call_id"));
    struct sv row = scalar_id(r, d, json_get(d, at, "id"));
    char *both;

    if (id.n)
        return (struct identity){.kind = ID_OWN, .family = SV("tool"), .own = id};
    if (!response.n || !row.n)
        return line_identity(r->c, n);
    both = keep_room(r, response.n + 1 + row.n);
    if (!both)
        return line_identity(r->c, n);
    memcpy(both, response.p, response.n);
    both[response.n] = ':';
    memcpy(both + response.n + 1, row.p, row.n);
    return (struct identity){
        .kind = ID_OWN, .family = SV("llm-tool"), .own = {both, response.n + 1 + row.n}};
}

static struct tool_record *add_tool(const struct reading *r, json_ref at, struct identity id)
{
    struct tool_record *tool = batch_add_tool(r->c->out);

    if (!tool)
        return NULL;
    tool->id = id;
    tool->tool_name = scalar_id(r, r->c->doc, json_get(r->c->doc, at, "name"));
    tool->source = r->c->source;
    tool->line = r->c->line;
    return tool;
}

/* call NULL: it is unknown */
static bool add_tool_call(const struct reading *r, json_ref at, struct sv response, uint64_t n,
                          const struct identity *call)
{
    struct tool_record *tool = add_tool(r, at, tool_identity(r, at, response, n));

    if (!tool)
        return false;
    tool->has_call = call != NULL;
    if (call)
        tool->call = *call;
    return true;
}

/* The other half of a tool call. The response beside it is not that which asked for the call but
 * the next one, which was given the result. */
static bool add_tool_result(const struct reading *r, json_ref at)
{
    const struct json_doc *d = r->c->doc;
    struct sv exception = scalar_text(r, d, json_get(d, at, "exception"));
    struct tool_record *tool = add_tool(r, at, tool_identity(r, at, SV_NONE, 0));

    if (!tool)
        return false;
    tool->status = (struct maybe_i64){exception.n ? STATUS_ERROR : STATUS_OK, true};
    if (exception.n)
        tool->error_kind = error_kind(r, SV_NONE, exception);
    return true;
}

static bool has_tool_call_id(const struct reading *r, json_ref at)
{
    return scalar_text(r, r->c->doc, json_get(r->c->doc, at, "tool_call_id")).n > 0;
}

static bool add_tools(const struct reading *r, struct sv response, const struct identity *call)
{
    const struct json_doc *d = r->c->doc;
    json_ref calls = json_get(d, 0, "tool_calls"), results = json_get(d, 0, "tool_results");
    bool ok = true;
    uint64_t n = 0;

    if (json_type(d, calls) == JSON_ARRAY)
        for (json_ref at = json_first(d, calls); ok && at != JSON_END; at = json_next(d, calls, at))
            ok = add_tool_call(r, at, response, ++n, call);
    if (json_type(d, results) == JSON_ARRAY)
        for (json_ref at = json_first(d, results); ok && at != JSON_END;
             at = json_next(d, results, at))
            if (has_tool_call_id(r, at))
                ok = add_tool_result(r, at);
    return ok;
}

/* A result without the id of its call belongs to nothing. */
static enum line_outcome read_tool_row(const struct reading *r, struct sv *skipped_kind)
{
    const struct json_doc *d = r->c->doc;
    struct sv response = scalar_id(r, d, json_get(d, 0, "response_id"));
    struct identity call = {.kind = ID_OWN, .family = SV("llm"), .own = response};
    bool result = json_get(d, 0, "output") != JSON_END || json_get(d, 0, "exception") != JSON_END;
    bool ok;

    if (result && !has_tool_call_id(r, 0)) {
        *skipped_kind = SV("tool result");
        return LINE_SKIPPED;
    }
    ok = result ? add_tool_result(r, 0)
                : add_tool_call(r, 0, response, 0, response.n ? &call : NULL);
    return ok ? LINE_RECORDS : LINE_BAD;
}

static bool add_call(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct call_record *call = batch_add_call(r->c->out);
    struct sv id = scalar_id(r, d, json_get(d, 0, "id"));
    struct place time = {d, "datetime_utc", json_get(d, 0, "datetime_utc")};
    struct maybe_i64 started = {0, false};

    if (!call || !utc_time(r, time, &started))
        return false;
    if (started.known)
        record_set_num(call, F_STARTED_US, started.v);
    call->source = r->c->source;
    call->line = r->c->line;
    call->id = line_identity(r->c, 0);
    if (id.n)
        call->id = (struct identity){.kind = ID_OWN, .family = SV("llm"), .own = id};
    call->session_id = scalar_id(r, d, json_get(d, 0, "conversation_id"));
    if (!call->session_id.n)
        call->session_id = scalar_id(r, d, json_get(d, 0, "thread_id"));
    record_set_dim(call, F_SOURCE_FORMAT, SV("llm-logs"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    return apply_members(r, row_keys, ARRAY_LEN(row_keys), d, 0, call) && set_details(r, call) &&
           set_body(r, call) && call_settle(r, call) && add_tools(r, id, &call->id);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);

    if (json_get(c->doc, 0, "datetime_utc") == JSON_END) {
        if (is_tool_row(c->doc))
            return read_tool_row(&r, skipped_kind);
        *skipped_kind = SV("no response");
        return LINE_SKIPPED;
    }
    if (add_call(&r))
        return LINE_RECORDS;
    batch_rewind(c->out, mark);
    return LINE_BAD;
}

const struct format format_llm_logs = {
    .name = "llm-logs",
    .summary = "responses of the tool llm: llm logs --json, or its logs.db",
    .claims = claims,
    .read = read,
};
