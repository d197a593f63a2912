/* litellm: what the LiteLLM gateway logs of a call: the standard payload of its callbacks, and the
 * rows of its table of spending. */
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/readers.h"
#include "format/settings.h"

#include "base/banned.h"

static bool claims_payload(const struct json_doc *doc, const struct seen *seen)
{
    return seen_any(seen, SIGN_BIT(SIGN_GATEWAY)) && json_get(doc, 0, "call_type") != JSON_END &&
           json_get(doc, 0, "response_cost") != JSON_END &&
           json_get(doc, 0, "custom_llm_provider") != JSON_END;
}

static bool claims_spend(const struct json_doc *doc, const struct seen *seen)
{
    return seen_all(seen, SIGN_BIT(SIGN_GATEWAY) | SIGN_BIT(SIGN_REQUEST_ID)) &&
           json_get(doc, 0, "spend") != JSON_END && json_get(doc, 0, "call_type") != JSON_END &&
           json_get(doc, 0, "startTime") != JSON_END;
}

/* One row while it is read. The metadata is an object, in the table of spending JSON text. */
struct row {
    struct reading r;
    struct json_doc inner, inner_tags;
    const struct json_doc *metadata_doc;
    json_ref metadata;
    struct call_record *call;
};

/* Of several keys for one field the first with a value counts. An empty text is none. */
/* clang-format off */
static const struct known_key row_keys[] = {
    {TEXT("model_group"), F_REQUEST_MODEL, HOW_DIM, 0, 0},
    {TEXT("model"), F_REQUEST_MODEL, HOW_DIM, 1, 0},
    {TEXT("model"), F_RESPONSE_MODEL, HOW_DIM, 0, 0},
    {TEXT("custom_llm_provider"), F_PROVIDER, HOW_DIM, 0, 0},
    {TEXT("end_user"), F_USER, HOW_DIM, 0, 0},
    {TEXT("user"), F_USER, HOW_DIM, 1, 0},
    {TEXT("team_id"), F_TEAM, HOW_DIM, 0, 0},
    {TEXT("organization_id"), F_TENANT, HOW_DIM, 0, 0},
    {TEXT("agent_id"), F_AGENT, HOW_DIM, 0, 0},
    {TEXT("prompt_tokens"), F_INPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("completion_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("total_tokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 0, 0},
    {TEXT("response_cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
    {TEXT("spend"), F_COST_GIVEN_NUSD, HOW_MONEY, 1, 0},
};
/* clang-format on */

/* clang-format off */
static const struct known_key metadata_keys[] = {
    {TEXT("metadata.user_api_key_user_id"), F_USER, HOW_DIM, 0, 0},
    {TEXT("metadata.user_api_key_team_alias"), F_TEAM, HOW_DIM, 0, 0},
    {TEXT("metadata.user_api_key_team_id"), F_TEAM, HOW_DIM, 1, 0},
    {TEXT("metadata.user_api_key_org_id"), F_TENANT, HOW_DIM, 0, 0},
};
/* clang-format on */

static const struct known_key prompt_keys[] = {
    {TEXT("metadata.prompt_management_metadata.prompt_id"), F_PROMPT, HOW_DIM, 0, 0},
};

/* The gateway makes all providers' usage look like OpenAI's; cached tokens are in the input. */
/* clang-format off */
static const struct known_key usage_keys[] = {
    {TEXT("usage.cache_read_input_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("usage.cache_creation_input_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
};
/* clang-format on */

/* clang-format off */
static const struct known_key input_keys[] = {
    {TEXT("usage.prompt_tokens_details.cached_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("usage.prompt_tokens_details.cache_creation_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0,
     0},
    {TEXT("usage.prompt_tokens_details.audio_tokens"), F_AUDIO_INPUT_TOKENS, HOW_COUNT, 0, 0},
};
/* clang-format on */

/* clang-format off */
static const struct known_key output_keys[] = {
    {TEXT("usage.completion_tokens_details.reasoning_tokens"), F_REASONING_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("usage.completion_tokens_details.audio_tokens"), F_AUDIO_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
};
/* clang-format on */

static bool apply_usage(const struct row *w, const struct json_doc *d, json_ref usage)
{
    const struct reading *r = &w->r;

    return apply_members(r, usage_keys, ARRAY_LEN(usage_keys), d, usage, w->call) &&
           apply_members(r, input_keys, ARRAY_LEN(input_keys), d,
                         json_get(d, usage, "prompt_tokens_details"), w->call) &&
           apply_members(r, output_keys, ARRAY_LEN(output_keys), d,
                         json_get(d, usage, "completion_tokens_details"), w->call);
}

static bool apply_response(const struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    json_ref response = json_get(d, 0, "response");

    record_set_dim(w->call, F_RESPONSE_MODEL, scalar_id(&w->r, d, json_get(d, response, "model")));
    record_set_dim(w->call, F_TIER, scalar_id(&w->r, d, json_get(d, response, "service_tier")));
    record_set_dim(w->call, F_FINISH_REASON_RAW, scalar_id(&w->r, d, body_finish(d, response)));
    return apply_usage(w, w->metadata_doc,
                       json_get(w->metadata_doc, w->metadata, "usage_object")) &&
           apply_usage(w, d, json_get(d, response, "usage"));
}

/* What the row itself says of a dimension comes before the key's owner. */
static bool apply_metadata(const struct row *w)
{
    const struct json_doc *d = w->metadata_doc;
    const struct reading *r = &w->r;

    return apply_members(r, metadata_keys, ARRAY_LEN(metadata_keys), d, w->metadata, w->call) &&
           apply_members(r, row_keys, ARRAY_LEN(row_keys), r->c->doc, 0, w->call) &&
           apply_members(r, prompt_keys, ARRAY_LEN(prompt_keys), d,
                         json_get(d, w->metadata, "prompt_management_metadata"), w->call);
}

/* acompletion is completion in Python's asynchronous spelling. */
static struct sv operation_of(const struct reading *r, struct sv type)
{
    static const struct {
        const char *type, *operation;
    } words[] = {
        {"completion",         "chat"            },
        {"text_completion",    "text_completion" },
        {"embedding",          "embeddings"      },
        {"responses",          "chat"            },
        {"anthropic_messages", "chat"            },
        {"generate_content",   "generate_content"},
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_is(type, words[i].type) ||
            (type.n && type.p[0] == 'a' &&
             sv_is((struct sv){type.p + 1, type.n - 1}, words[i].type)))
            return sv_from(words[i].operation);
    return keep_id(r, type);
}

/* The first tag stands for the feature, unless one says so. The gateway's own tags do not count. */
static void set_feature_and_tags(struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    json_ref tags = json_get(d, 0, "request_tags");
    struct sv text = scalar_text(&w->r, d, tags), feature;
    struct json_doc parameters = {0};
    struct leftovers kept = {0};

    if (text.n && text.p[0] == '[' && json_parse(&w->inner_tags, text.p, text.n, NULL) == OK) {
        d = &w->inner_tags;
        tags = 0;
    }
    feature = tagged_feature(&w->r, d, tags);
    for (json_ref tag = json_type(d, tags) == JSON_ARRAY ? json_first(d, tags) : JSON_END;
         tag != JSON_END && !feature.n; tag = json_next(d, tags, tag)) {
        feature = scalar_text(&w->r, d, tag);
        if (sv_starts(feature, "User-Agent:"))
            feature = SV_NONE;
    }
    record_set_dim(w->call, F_FEATURE, keep_id(&w->r, feature));
    settings_add(&kept, &w->r, &parameters, w->r.c->doc,
                 json_get(w->r.c->doc, 0, "model_parameters"));
    leftover_add_tags(&kept, &w->r, d, tags);
    w->call->meta = leftover_json(&w->r, &kept);
    json_release(&parameters);
}

static void set_ids(const struct row *w, const char *id_key)
{
    const struct json_doc *d = w->r.c->doc, *m = w->metadata_doc;
    json_ref requester = json_get(m, w->metadata, "requester_metadata");
    struct sv id = scalar_id(&w->r, d, json_get(d, 0, id_key));
    struct sv session = scalar_id(&w->r, m, json_get(m, requester, "session_id"));

    if (!session.n)
        session = scalar_id(&w->r, d, json_get(d, 0, "session_id"));
    if (!session.n)
        session = scalar_id(&w->r, m, json_get(m, requester, "trace_id"));
    if (!session.n)
        session = scalar_id(&w->r, d, json_get(d, 0, "trace_id"));
    w->call->session_id = session;
    w->call->trace_id = keep_hex(&w->r, scalar_text(&w->r, d, json_get(d, 0, "trace_id")));
    w->call->request_id = id;
    w->call->id = line_identity(w->r.c, 0);
    if (id.n)
        w->call->id = (struct identity){.kind = ID_OWN, .family = SV("litellm"), .own = id};
}

/* The time of the first token is that of the end where the answer did not come in pieces. */
static bool set_times(const struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    const struct place start = {d, "startTime", json_get(d, 0, "startTime")};
    const struct place end = {d, "endTime", json_get(d, 0, "endTime")};
    const struct place first = {d, "completionStartTime", json_get(d, 0, "completionStartTime")};
    bool streaming = scalar_bool(d, json_get(d, 0, "stream")).v;
    struct maybe_i64 started = {0, false}, ended = {0, false}, first_token = {0, false};
    int64_t us = 0;

    if (streaming)
        call_set_flag(w->call, FLAG_STREAMING);
    if (!utc_time(&w->r, start, &started) || !utc_time(&w->r, end, &ended) ||
        !utc_time(&w->r, first, &first_token))
        return false;
    if (started.known)
        record_set_num(w->call, F_STARTED_US, started.v);
    set_latency_until(w->call, ended);
    if (streaming && first_token.known && started.known &&
        !(ended.known && ended.v == first_token.v) &&
        !__builtin_sub_overflow(first_token.v, started.v, &us) && us >= 0)
        record_set_num(w->call, F_TIME_TO_FIRST_TOKEN_US, us);
    return true;
}

static void set_status(const struct row *w)
{
    const struct json_doc *d = w->r.c->doc, *info_doc = d;
    json_ref info = json_get(d, 0, "error_information");
    struct maybe_i64 http = {0, false}, none = {0, false};
    struct maybe_i64 status = status_of(&w->r, d, json_get(d, 0, "status"), &none);
    struct sv text, type;

    if (json_type(d, info) != JSON_OBJECT) {
        info_doc = w->metadata_doc;
        info = json_get(info_doc, w->metadata, "error_information");
    }
    if (status.known)
        record_set_num(w->call, F_STATUS, status.v);
    status_of(&w->r, info_doc, json_get(info_doc, info, "error_code"), &http);
    if (http.known)
        record_set_num(w->call, F_HTTP_STATUS, http.v);
    if (!status.known || status.v != STATUS_ERROR)
        return;
    text = scalar_text(&w->r, info_doc, json_get(info_doc, info, "error_message"));
    type = scalar_text(&w->r, info_doc, json_get(info_doc, info, "error_class"));
    if (!text.n)
        text = scalar_text(&w->r, d, json_get(d, 0, "error_str"));
    if (!type.n)
        type = scalar_text(&w->r, info_doc, json_get(info_doc, info, "error_code"));
    call_set_error(&w->r, w->call, type, text);
}

/* A cost of nothing is right for an answer from the cache, and unknown where the price was not
 * found. */
static void set_cost(const struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    struct call_record *call = w->call;
    bool no_price = json_type(d, json_get(d, 0, "response_cost_failure_debug_info")) >= JSON_STRING;

    if (scalar_bool(d, json_get(d, 0, "cache_hit")).v) {
        call_set_flag(call, FLAG_FROM_CACHE);
        return;
    }
    if (no_price && record_has(call, F_COST_GIVEN_NUSD) && !record_num(call, F_COST_GIVEN_NUSD))
        call->known &= ~(UINT64_C(1) << F_COST_GIVEN_NUSD);
}/* Guardrails that intervened; that one ran and passed is no news. */
static void add_guardrails(const struct row *w, const struct json_doc *d, json_ref information)
{
    static const char *const words[] = {"guardrail_intervened", "blocked", "intervened"};
    bool list = json_type(d, information) == JSON_ARRAY;
    json_ref one = list ? json_first(d, information) : information;

    for (; one != JSON_END; one = list ? json_next(d, information, one) : JSON_END) {
        struct sv status = json_raw(d, json_get(d, one, "guardrail_status"));

        for (size_t i = 0; i < ARRAY_LEN(words); i++)
            if (sv_is(status, words[i]))
                call_add_guardrail(&w->r, w->call,
                                   scalar_id(&w->r, d, json_get(d, one, "guardrail_name")),
                                   SV("blocked"));
    }
}

/* A row about a batch sums the calls in it. */
static void set_flags(const struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    struct sv type = scalar_text(&w->r, d, json_get(d, 0, "call_type"));

    record_set_dim(w->call, F_OPERATION, operation_of(&w->r, type));
    if (sv_find(type, SV("batch")) >= 0) {
        call_set_flag(w->call, FLAG_BATCH);
        call_set_flag(w->call, FLAG_AGGREGATE);
    }
    add_guardrails(w, d, json_get(d, 0, "guardrail_information"));
    if (!(record_has(w->call, F_FLAGS) && record_num(w->call, F_FLAGS) & FLAG_GUARDRAIL))
        add_guardrails(w, w->metadata_doc,
                       json_get(w->metadata_doc, w->metadata, "guardrail_information"));
}

static bool add_call(struct row *w, const char *format, const char *id_key)
{
    const struct json_doc *d = w->r.c->doc;

    w->metadata = object_or_text(&w->r, json_get(d, 0, "metadata"), &w->inner, &w->metadata_doc);
    w->call = batch_add_call(w->r.c->out);
    if (!w->call)
        return false;
    w->call->source = w->r.c->source;
    w->call->line = w->r.c->line;
    record_set_dim(w->call, F_SOURCE_FORMAT, sv_from(format));
    if (!apply_metadata(w) || !apply_response(w) || !set_times(w))
        return false;
    set_ids(w, id_key);
    set_feature_and_tags(w);
    set_flags(w);
    set_status(w);
    set_cost(w);
    return call_settle(&w->r, w->call);
}

static enum line_outcome read_row(const struct line_context *c, const char *format,
                                  const char *id_key, struct sv *skipped_kind, struct sv *bad_field,
                                  struct error *err)
{
    struct row w = {
        .r = {c, bad_field, err}
    };
    struct batch_mark mark = batch_mark(c->out);
    bool ok = false;

    if (json_get(c->doc, 0, "call_type") == JSON_END) {
        *skipped_kind = SV("no call");
        return LINE_SKIPPED;
    }
    ok = add_call(&w, format, id_key);
    json_release(&w.inner);
    json_release(&w.inner_tags);
    if (ok)
        return LINE_RECORDS;
    batch_rewind(c->out, mark);
    return LINE_BAD;
}

static enum line_outcome read_payload(const struct line_context *c, struct sv *skipped_kind,
                                      struct sv *bad_field, struct error *err)
{
    return read_row(c, "litellm", "id", skipped_kind, bad_field, err);
}

const struct format format_litellm = {
    .name = "litellm",
    .summary = "standard logging payloads of LiteLLM",
    .claims = claims_payload,
    .read = read_payload,
};

static enum line_outcome read_spend(const struct line_context *c, struct sv *skipped_kind,
                                    struct sv *bad_field, struct error *err)
{
    return read_row(c, "litellm-spend", "request_id", skipped_kind, bad_field, err);
}

const struct format format_litellm_spend = {
    .name = "litellm-spend",
    .summary = "rows of LiteLLM's table of spending",
    .claims = claims_spend,
    .read = read_spend,
};
