/* llm_logs: the log of the command line tool llm, an object for each response. */
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/provider.h"
#include "format/readers.h"

#include "base/banned.h"

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_all(seen, SIGN_BIT(SIGN_DATETIME_UTC)) &&
           json_get(doc, 0, "duration_ms") != JSON_END &&
           json_get(doc, 0, "conversation_id") != JSON_END;
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

static bool add_tools(const struct reading *r, const struct identity *call)
{
    const struct json_doc *d = r->c->doc;
    json_ref tools = json_get(d, 0, "tool_calls");
    uint64_t n = 0;

    if (json_type(d, tools) != JSON_ARRAY)
        return true;
    for (json_ref at = json_first(d, tools); at != JSON_END; at = json_next(d, tools, at)) {
        struct sv id = scalar_id(r, d, json_get(d, at, "tool_call_id"));
        struct tool_record *tool = batch_add_tool(r->c->out);

        if (!tool)
            return false;
        tool->id = line_identity(r->c, ++n);
        if (id.n)
            tool->id = (struct identity){.kind = ID_OWN, .family = SV("tool"), .own = id};
        tool->tool_name = scalar_id(r, d, json_get(d, at, "name"));
        tool->call = *call;
        tool->has_call = true;
        tool->source = r->c->source;
        tool->line = r->c->line;
    }
    return true;
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
    record_set_dim(call, F_SOURCE_FORMAT, SV("llm-logs"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    return apply_members(r, row_keys, ARRAY_LEN(row_keys), d, 0, call) && set_details(r, call) &&
           set_body(r, call) && call_settle(r, call) && add_tools(r, &call->id);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);

    if (json_get(c->doc, 0, "datetime_utc") == JSON_END) {
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
    .summary = "responses that llm logs --json prints",
    .claims = claims,
    .read = read,
};
