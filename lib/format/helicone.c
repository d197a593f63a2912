/* helicone: requests as Helicone exports them, and as its older GraphQL interface answers them. */
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/leftover.h"
#include "format/provider.h"
#include "format/readers.h"

#include "base/banned.h"

/* The answer of the older interface, or an element of its list. Which members an element has, the
 * query chose: what only it can have decides. */
static json_ref graphql_list(const struct json_doc *doc)
{
    json_ref list = json_path(doc, 0, "data", "heliconeRequest", NULL);

    return json_type(doc, list) == JSON_ARRAY ? list : JSON_END;
}

static bool is_graphql(const struct json_doc *doc)
{
    static const char *const lists[] = {"properties", "values"};
    static const char *const objects[] = {"responseBody", "requestBody", "user"};

    if (json_get(doc, 0, "createdAt") == JSON_END || json_get(doc, 0, "costUSD") == JSON_END)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (json_type(doc, json_get(doc, 0, lists[i])) == JSON_ARRAY)
            return true;
    for (size_t i = 0; i < ARRAY_LEN(objects); i++)
        if (json_type(doc, json_get(doc, 0, objects[i])) == JSON_OBJECT)
            return true;
    return json_get(doc, 0, "latency") != JSON_END && json_get(doc, 0, "response") != JSON_END;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    if (seen_all(seen, SIGN_BIT(SIGN_REQUEST_CREATED) | SIGN_BIT(SIGN_REQUEST_ID)))
        return json_get(doc, 0, "delay_ms") != JSON_END ||
               json_get(doc, 0, "response_status") != JSON_END;
    return (seen_all(seen, SIGN_BIT(SIGN_CREATED_AT)) && is_graphql(doc)) ||
           (seen_all(seen, SIGN_BIT(SIGN_DATA)) && graphql_list(doc) != JSON_END);
}

/* clang-format off */
static const struct known_key request_keys[] = {
    {TEXT("request_model"), F_REQUEST_MODEL, HOW_DIM, 0, 0},
    {TEXT("model"), F_REQUEST_MODEL, HOW_DIM, 1, 0},
    {TEXT("response_model"), F_RESPONSE_MODEL, HOW_DIM, 0, 0},
    {TEXT("model_override"), F_RESPONSE_MODEL, HOW_DIM, 1, 0},
    {TEXT("provider"), F_PROVIDER, HOW_DIM, 0, 0},
    {TEXT("request_user_id"), F_USER, HOW_DIM, 0, 0},
    {TEXT("helicone_user"), F_USER, HOW_DIM, 1, 0},
    {TEXT("prompt_id"), F_PROMPT, HOW_DIM, 0, 0},
    {TEXT("prompt_version"), F_PROMPT_VERSION, HOW_DIM, 0, 0},
    {TEXT("request_created_at"), F_STARTED_US, HOW_TIME, 0, 0},
    {TEXT("delay_ms"), F_LATENCY_US, HOW_MS, 0, 0},
    {TEXT("time_to_first_token"), F_TIME_TO_FIRST_TOKEN_US, HOW_MS, 0, 0},
    {TEXT("prompt_tokens"), F_INPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("completion_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("total_tokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 0, 0},
    {TEXT("prompt_cache_read_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("prompt_cache_write_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("reasoning_tokens"), F_REASONING_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("prompt_audio_tokens"), F_AUDIO_INPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("completion_audio_tokens"), F_AUDIO_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
    {TEXT("costUSD"), F_COST_GIVEN_NUSD, HOW_MONEY, 1, 0},
};
/* clang-format on */

/* clang-format off */
static const struct known_key property_keys[] = {
    {TEXT("request_properties.feature"), F_FEATURE, HOW_DIM, 0, 0},
    {TEXT("request_properties.app"), F_FEATURE, HOW_DIM, 1, 0},
    {TEXT("request_properties.Helicone-Session-Name"), F_FEATURE, HOW_DIM, 2, 0},
    {TEXT("request_properties.environment"), F_ENVIRONMENT, HOW_DIM, 0, 0},
};
/* clang-format on */

/* What users write beside a request; the newer name of the same object comes first. */
static json_ref properties_of(const struct json_doc *d)
{
    json_ref at = json_get(d, 0, "request_properties");

    return json_type(d, at) == JSON_OBJECT ? at : json_get(d, 0, "properties");
}

static void set_properties(const struct reading *r, struct call_record *call)
{
    const struct json_doc *d = r->c->doc;
    json_ref properties = properties_of(d);
    struct leftovers rest = {0};

    call->session_id = scalar_id(r, d, json_get(d, properties, "Helicone-Session-Id"));
    for (struct member m = member_first(d, properties); m.key != JSON_END;
         m = member_next(d, properties, m)) {
        struct sv key = scalar_text(r, d, m.key);

        if (!sv_is(key, "feature") && !sv_starts(key, "Helicone-"))
            leftover_add(&rest, key, d, m.value, LEFTOVER_PLAIN);
    }
    call->meta = leftover_json(r, &rest);
}

/* An HTTP status, or -2 for a request without an answer and -3 for one that reached nobody. */
static bool set_status(const struct reading *r, struct call_record *call)
{
    const struct json_doc *d = r->c->doc;
    struct place p = {d, "response_status", json_get(d, 0, "response_status")};
    struct maybe_f64 status = {0, false};
    struct maybe_i64 http = {0, false};

    if (!scalar_number(r, p, &status))
        return false;
    if (!status.known)
        return true;
    if (status.v == -2) {
        record_set_num(call, F_STATUS, STATUS_CANCELLED);
        return true;
    }
    if (status.v < 0) {
        call_set_error(r, call, SV("connection"), SV_NONE);
        return true;
    }
    if (status.v < 100 || status.v > 599)
        return true;
    http = (struct maybe_i64){(int64_t)status.v, true};
    record_set_num(call, F_HTTP_STATUS, http.v);
    record_set_num(call, F_STATUS, STATUS_OK);
    if (http.v >= 400)
        call_set_error(r, call, scalar_text(r, d, p.at), SV_NONE);
    return true;
}

/* Anthropic counts cached tokens apart, which a given total confirms or not (call_settle). */
static bool set_cached(const struct reading *r, struct call_record *call)
{
    bool apart =
        record_has(call, F_PROVIDER) && sv_eq_nocase(call->dim[F_PROVIDER], SV("anthropic"));

    if (record_has(call, F_TOTAL_TOKENS_GIVEN) || !apart)
        return true;
    return add_cached_input(r, call, "prompt_tokens");
}

/* The reference to a stored answer; without one it is an id of zeros. */
static bool is_from_cache(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct sv reference = scalar_text(r, d, json_get(d, 0, "cache_reference_id"));

    for (size_t i = 0; i < reference.n; i++)
        if (reference.p[i] != '0' && reference.p[i] != '-')
            return true;
    return false;
}

static bool add_scores(const struct reading *r, const struct call_record *call)
{
    const struct json_doc *d = r->c->doc;
    json_ref scores = json_get(d, 0, "scores");
    struct maybe_i64 liked = scalar_bool(d, json_get(d, 0, "feedback_rating"));
    const struct identity id = call->id;
    struct maybe_i64 at_us = {record_num(call, F_STARTED_US), record_has(call, F_STARTED_US)};
    struct score_record *s = NULL;

    for (struct member m = member_first(d, scores); m.key != JSON_END;
         m = member_next(d, scores, m)) {
        struct sv name = scalar_text(r, d, m.key);
        struct maybe_f64 value = {0, false};

        if (!scalar_number(r, (struct place){d, "scores", m.value}, &value))
            return false;
        if (!value.known || !name.n)
            continue;
        s = add_call_score(r, &id, name, name, SV("api"));
        if (!s)
            return false;
        s->value = value;
        s->at_us = at_us;
    }
    if (!liked.known)
        return true;
    s = add_call_score(r, &id, SV("feedback"), SV("feedback"), SV("user"));
    if (!s)
        return false;
    s->passed = liked;
    s->at_us = at_us;
    return true;
}

static bool add_call(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct call_record *call = batch_add_call(r->c->out);

    if (!call)
        return false;
    call->source = r->c->source;
    call->line = r->c->line;
    record_set_dim(call, F_SOURCE_FORMAT, SV("helicone"));
    if (!apply_members(r, request_keys, ARRAY_LEN(request_keys), d, 0, call) ||
        !apply_members(r, property_keys, ARRAY_LEN(property_keys), d, properties_of(d), call) ||
        !set_status(r, call) || !set_cached(r, call))
        return false;
    call->request_id = scalar_id(r, d, json_get(d, 0, "request_id"));
    call->id = line_identity(r->c, 0);
    if (call->request_id.n)
        call->id =
            (struct identity){.kind = ID_OWN, .family = SV("helicone"), .own = call->request_id};
    set_properties(r, call);
    record_set_dim(call, F_FINISH_REASON_RAW,
                   scalar_id(r, d, body_finish(d, json_get(d, 0, "response_body"))));
    if (is_from_cache(r))
        call_set_flag(call, FLAG_FROM_CACHE);
    return call_settle(r, call) && add_scores(r, call);
}

/* ---- the older GraphQL interface ---------------------------------------------------------- */

/*
 * Confirmed in Helicone/helicone (web/lib/api/graphql): fields in schema/main.graphql @
 * 079597681f75; query/heliconeRequest.ts @ 0cfc73547552 fills id with the request's id and latency
 * with its delay in milliseconds. Token counts are in the provider's body only. A cost of 0 is what
 * metrics/costCalc.ts @ 073578e289c4 gives when it has no price.
 */
/* clang-format off */
static const struct known_key graphql_keys[] = {
    {TEXT("model"), F_REQUEST_MODEL, HOW_DIM, 0, 0},
    {TEXT("createdAt"), F_STARTED_US, HOW_TIME, 0, 0},
    {TEXT("latency"), F_LATENCY_US, HOW_MS, 0, 0},
    {TEXT("costUSD"), F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
};
/* clang-format on */

/* [{"name":"feature","value":"search"}, ...]: what stands beside a request, as a list. */
static void graphql_properties(const struct reading *r, json_ref list, struct picks *picks,
                               struct call_record *call)
{
    const struct json_doc *d = r->c->doc;
    struct leftovers rest = {0};

    if (json_type(d, list) != JSON_ARRAY)
        return;
    for (json_ref at = json_first(d, list); at != JSON_END; at = json_next(d, list, at)) {
        struct sv key = scalar_text(r, d, json_get(d, at, "name"));
        json_ref value = json_get(d, at, "value");

        for (size_t i = 0; i < ARRAY_LEN(property_keys); i++)
            if (sv_is(key, property_keys[i].name.p + strlen("request_properties.")))
                pick(picks, &property_keys[i], d, value, 0);
        if (sv_is(key, "Helicone-Session-Id"))
            call->session_id = scalar_id(r, d, value);
        else if (!sv_is(key, "feature") && !sv_starts(key, "Helicone-"))
            leftover_add(&rest, key, d, value, LEFTOVER_PLAIN);
    }
    call->meta = leftover_json(r, &rest);
}

static bool graphql_feedback(const struct reading *r, json_ref request,
                             const struct call_record *call)
{
    const struct json_doc *d = r->c->doc;
    struct maybe_i64 liked = scalar_bool(d, json_path(d, request, "feedback", "rating", NULL));
    const struct identity id = call->id;
    struct score_record *s = NULL;

    if (!liked.known)
        return true;
    s = add_call_score(r, &id, SV("feedback"), SV("feedback"), SV("user"));
    if (s)
        s->passed = liked;
    return s != NULL;
}

static bool graphql_call(const struct reading *r, json_ref request)
{
    const struct json_doc *d = r->c->doc;
    struct call_record *call = batch_add_call(r->c->out);
    struct picks picks;

    if (!call)
        return false;
    call->source = r->c->source;
    call->line = r->c->line;
    call->value = request;
    record_set_dim(call, F_SOURCE_FORMAT, SV("helicone"));
    picks_clear(&picks);
    pick_members(&picks, graphql_keys, ARRAY_LEN(graphql_keys), d, request);
    graphql_properties(r, json_get(d, request, "properties"), &picks, call);
    if (!picks_apply(r, &picks, call))
        return false;
    if (!record_num(call, F_COST_GIVEN_NUSD))
        call->known &= ~(UINT64_C(1) << F_COST_GIVEN_NUSD);
    call->request_id = scalar_id(r, d, json_get(d, request, "id"));
    call->id = line_identity(r->c, request);
    if (call->request_id.n)
        call->id =
            (struct identity){.kind = ID_OWN, .family = SV("helicone"), .own = call->request_id};
    record_set_dim(call, F_USER, scalar_id(r, d, json_path(d, request, "user", "id", NULL)));
    return answer_read(r, d, json_get(d, request, "responseBody"), call) && call_settle(r, call) &&
           graphql_feedback(r, request, call);
}

static bool graphql_calls(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    json_ref list = graphql_list(d);

    if (list == JSON_END)
        return graphql_call(r, 0);
    for (json_ref at = json_first(d, list); at != JSON_END; at = json_next(d, list, at))
        if (json_type(d, at) == JSON_OBJECT && !graphql_call(r, at))
            return false;
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    bool newer = json_get(c->doc, 0, "request_created_at") != JSON_END, ok = true;

    *skipped_kind = SV("no request");
    if (newer)
        ok = add_call(&r);
    else if (graphql_list(c->doc) != JSON_END || is_graphql(c->doc))
        ok = graphql_calls(&r);
    if (!ok) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_helicone = {
    .name = "helicone",
    .summary = "requests exported from Helicone, also by its older GraphQL interface",
    .claims = claims,
    .read = read,
};
