/* otlp_attributes: the attribute names of the GenAI conventions and of the instrumentations. */
#include "format/otlp_attributes.h"

#include "base/banned.h"

/*
 * The rank is a name's place among those of one field, newest convention first: OpenTelemetry,
 * Traceloop, OpenInference, vLLM; last the plain names of hand-written chains. After a change:
 * UPDATE=1 and the unit tests.
 */
/* clang-format off */
static const struct known_key keys[] = {
    {TEXT("gen_ai.request.model"), F_REQUEST_MODEL, HOW_DIM, 0, 0},
    {TEXT("llm.request.model_name"), F_REQUEST_MODEL, HOW_DIM, 1, 0},
    {TEXT("llm.model_name"), F_REQUEST_MODEL, HOW_DIM, 2, 0},
    {TEXT("llm.request.model"), F_REQUEST_MODEL, HOW_DIM, 3, 0},
    {TEXT("embedding.model_name"), F_REQUEST_MODEL, HOW_DIM, 4, 0},
    {TEXT("model.name"), F_REQUEST_MODEL, HOW_DIM, 5, 0},

    {TEXT("gen_ai.response.model"), F_RESPONSE_MODEL, HOW_DIM, 0, 0},
    {TEXT("llm.response.model_name"), F_RESPONSE_MODEL, HOW_DIM, 1, 0},
    {TEXT("llm.response.model"), F_RESPONSE_MODEL, HOW_DIM, 2, 0},

    {TEXT("gen_ai.provider.name"), F_PROVIDER, HOW_DIM, 0, 0},
    {TEXT("gen_ai.system"), F_PROVIDER, HOW_DIM, 1, 0},
    {TEXT("llm.provider"), F_PROVIDER, HOW_DIM, 2, 0},
    {TEXT("llm.system"), F_PROVIDER, HOW_DIM, 3, 0},

    {TEXT("gen_ai.operation.name"), F_OPERATION, HOW_DIM, 0, 0},
    {TEXT("llm.request.type"), F_OPERATION, HOW_DIM, 1, 0},

    {TEXT("feature"), F_FEATURE, HOW_DIM, 0, 0},
    {TEXT("app.feature"), F_FEATURE, HOW_DIM, 1, 0},
    {TEXT("traceloop.association.properties.feature"), F_FEATURE, HOW_DIM, 2, 0},

    {TEXT("user.id"), F_USER, HOW_DIM, 0, 0},
    {TEXT("enduser.id"), F_USER, HOW_DIM, 1, 0},
    {TEXT("gen_ai.user"), F_USER, HOW_DIM, 2, 0},
    {TEXT("traceloop.association.properties.user_id"), F_USER, HOW_DIM, 3, 0},

    {TEXT("deployment.environment.name"), F_ENVIRONMENT, HOW_DIM, 0, 0},
    {TEXT("deployment.environment"), F_ENVIRONMENT, HOW_DIM, 1, 0},
    {TEXT("environment"), F_ENVIRONMENT, HOW_DIM, 2, 0},

    {TEXT("service.name"), F_SERVICE, HOW_DIM, 0, 0},

    {TEXT("team"), F_TEAM, HOW_DIM, 0, 0},

    {TEXT("project"), F_PROJECT, HOW_DIM, 0, 0},

    {TEXT("gen_ai.agent.name"), F_AGENT, HOW_DIM, 0, 0},
    {TEXT("agent.name"), F_AGENT, HOW_DIM, 1, 0},

    {TEXT("tenant"), F_TENANT, HOW_DIM, 0, 0},
    {TEXT("tenant.id"), F_TENANT, HOW_DIM, 1, 0},

    {TEXT("gen_ai.prompt.name"), F_PROMPT, HOW_DIM, 0, 0},
    {TEXT("traceloop.prompt.key"), F_PROMPT, HOW_DIM, 1, 0},
    {TEXT("prompt.id"), F_PROMPT, HOW_DIM, 2, 0},

    {TEXT("gen_ai.prompt.version"), F_PROMPT_VERSION, HOW_DIM, 0, 0},
    {TEXT("traceloop.prompt.version"), F_PROMPT_VERSION, HOW_DIM, 1, 0},
    {TEXT("llm.prompt_template.version"), F_PROMPT_VERSION, HOW_DIM, 2, 0},

    {TEXT("traceloop.prompt.version_hash"), F_TEMPLATE, HOW_DIM, 0, 0},
    {TEXT("llm.prompt_template.template"), F_TEMPLATE, HOW_TEMPLATE, 1, 0},

    {TEXT("gen_ai.response.finish_reasons"), F_FINISH_REASON_RAW, HOW_OTHER, 0, 0},
    {TEXT("gen_ai.response.finish_reason"), F_FINISH_REASON_RAW, HOW_OTHER, 1, 0},
    {TEXT("gen_ai.completion.0.finish_reason"), F_FINISH_REASON_RAW, HOW_OTHER, 2, 0},
    {TEXT("llm.finish_reason"), F_FINISH_REASON_RAW, HOW_OTHER, 3, 0},
    {TEXT("llm.response.finish_reason"), F_FINISH_REASON_RAW, HOW_OTHER, 4, 0},
    {TEXT("llm.response.stop_reason"), F_FINISH_REASON_RAW, HOW_OTHER, 5, 0},

    {TEXT("openai.response.service_tier"), F_TIER, HOW_DIM, 0, 0},
    {TEXT("gen_ai.openai.response.service_tier"), F_TIER, HOW_DIM, 1, 0},
    {TEXT("gen_ai.response.service_tier"), F_TIER, HOW_DIM, 2, 0},

    {TEXT("gen_ai.response.time_to_first_chunk"), F_TIME_TO_FIRST_TOKEN_US, HOW_S, 0, 0},
    {TEXT("gen_ai.latency.time_to_first_token"), F_TIME_TO_FIRST_TOKEN_US, HOW_S, 1, 0},
    {TEXT("gen_ai.server.time_to_first_token"), F_TIME_TO_FIRST_TOKEN_US, HOW_S, 2, 0},
    {TEXT("ai.response.msToFirstChunk"), F_TIME_TO_FIRST_TOKEN_US, HOW_MS, 3, 0},

    {TEXT("gen_ai.server.time_per_output_token"), F_TIME_PER_OUTPUT_TOKEN_US, HOW_S, 0, 0},

    {TEXT("gen_ai.latency.time_in_queue"), F_QUEUE_US, HOW_S, 0, 0},

    {TEXT("gen_ai.usage.input_tokens"), F_INPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("gen_ai.usage.prompt_tokens"), F_INPUT_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("llm.usage.prompt_tokens"), F_INPUT_TOKENS, HOW_COUNT, 2, 0},
    {TEXT("llm.token_count.prompt"), F_INPUT_TOKENS, HOW_COUNT, 3, 0},
    {TEXT("tokens.input"), F_INPUT_TOKENS, HOW_COUNT, 4, 0},

    {TEXT("gen_ai.usage.output_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("gen_ai.usage.completion_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("llm.usage.completion_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 2, 0},
    {TEXT("llm.token_count.completion"), F_OUTPUT_TOKENS, HOW_COUNT, 3, 0},
    {TEXT("tokens.output"), F_OUTPUT_TOKENS, HOW_COUNT, 4, 0},

    {TEXT("gen_ai.usage.cache_read.input_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("gen_ai.usage.cache_read_input_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("gen_ai.usage.cached_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 2, 0},
    {TEXT("llm.token_count.prompt_details.cache_read"), F_CACHE_READ_TOKENS, HOW_COUNT, 3, 0},
    {TEXT("llm.token_count.prompt_details.cache_input"), F_CACHE_READ_TOKENS, HOW_COUNT, 4, 0},

    {TEXT("gen_ai.usage.cache_creation.input_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("gen_ai.usage.cache_creation_input_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("llm.token_count.prompt_details.cache_write"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 2, 0},

    {TEXT("gen_ai.usage.reasoning.output_tokens"), F_REASONING_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("gen_ai.usage.reasoning_tokens"), F_REASONING_TOKENS, HOW_COUNT, 1, 0},
    {TEXT("llm.usage.reasoning_tokens"), F_REASONING_TOKENS, HOW_COUNT, 2, 0},
    {TEXT("llm.token_count.completion_details.reasoning"), F_REASONING_TOKENS, HOW_COUNT, 3, 0},

    {TEXT("llm.token_count.prompt_details.audio"), F_AUDIO_INPUT_TOKENS, HOW_COUNT, 0, 0},

    {TEXT("llm.token_count.completion_details.audio"), F_AUDIO_OUTPUT_TOKENS, HOW_COUNT, 0, 0},

    {TEXT("gen_ai.usage.total_tokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 0, 0},
    {TEXT("llm.usage.total_tokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 1, 0},
    {TEXT("llm.token_count.total"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 2, 0},

    {TEXT("gen_ai.usage.cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
    {TEXT("gen_ai.usage.cost_usd"), F_COST_GIVEN_NUSD, HOW_MONEY, 1, 0},
    {TEXT("llm.usage.cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 2, 0},
    {TEXT("llm.cost.total"), F_COST_GIVEN_NUSD, HOW_MONEY, 3, 0},
    {TEXT("operation.cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 4, 0},
    {TEXT("cost.usd"), F_COST_GIVEN_NUSD, HOW_MONEY, 5, 0},

    {TEXT("http.response.status_code"), F_HTTP_STATUS, HOW_COUNT, 0, 0},
    {TEXT("http.status_code"), F_HTTP_STATUS, HOW_COUNT, 1, 0},

    {TEXT("gen_ai.conversation.id"), T_SESSION, HOW_OTHER, 0, 0},
    {TEXT("session.id"), T_SESSION, HOW_OTHER, 1, 0},
    {TEXT("traceloop.association.properties.session_id"), T_SESSION, HOW_OTHER, 2, 0},
    {TEXT("traceloop.association.properties.chat_id"), T_SESSION, HOW_OTHER, 3, 0},

    {TEXT("gen_ai.response.id"), T_REQUEST_ID, HOW_OTHER, 0, 0},
    {TEXT("request_id"), T_REQUEST_ID, HOW_OTHER, 1, 0},
    {TEXT("request.id"), T_REQUEST_ID, HOW_OTHER, 2, 0},

    {TEXT("error.type"), T_ERROR_TYPE, HOW_OTHER, 0, 0},

    {TEXT("guardrail_triggered"), T_GUARDRAIL, HOW_OTHER, 0, 0},
    {TEXT("guardrail.triggered"), T_GUARDRAIL, HOW_OTHER, 1, 0},
    {TEXT("gen_ai.is_streaming"), T_STREAMING, HOW_OTHER, 0, 0},
    {TEXT("llm.is_streaming"), T_STREAMING, HOW_OTHER, 1, 0},
    {TEXT("gen_ai.request.stream"), T_STREAMING, HOW_OTHER, 2, 0},

    {TEXT("gen_ai.tool.name"), T_TOOL_NAME, HOW_OTHER, 0, 0},
    {TEXT("tool.name"), T_TOOL_NAME, HOW_OTHER, 1, 0},
    {TEXT("traceloop.entity.name"), T_TOOL_NAME, HOW_OTHER, 2, 0},

    {TEXT("openinference.span.kind"), T_SPAN_KIND, HOW_OTHER, 0, 0},
    {TEXT("traceloop.span.kind"), T_SPAN_KIND, HOW_OTHER, 1, 0},

    {TEXT("metadata"), T_INNER, HOW_OTHER, 0, 0},
};
/* clang-format on */

static const uint16_t slots[KEY_SLOTS] = {
#include "format/attribute_slots.inc"
};

const struct key_index attribute_index = {keys, ARRAY_LEN(keys), slots};

#define MAX_NESTING 4  /* kvlistValue in kvlistValue */
#define MAX_DOTTED 128 /* bytes of a name that was flattened */

const struct known_key *attribute_find(struct sv name)
{
    return key_find(&attribute_index, name);
}

/* {"stringValue": ...}: what is inside, whichever kind it is. */
static json_ref inside(const struct json_doc *d, json_ref any_value, struct sv *kind)
{
    struct member m = member_first(d, any_value);

    *kind = m.key == JSON_END ? SV_NONE : json_raw(d, m.key);
    return m.value;
}

/* The list below arrayValue or kvlistValue. */
static json_ref values_of(const struct json_doc *d, json_ref list)
{
    json_ref values = json_get(d, list, "values");

    return json_type(d, values) == JSON_ARRAY ? values : JSON_END;
}

static void visit_all(const struct attribute_visit *v, json_ref attributes, struct sv prefix,
                      int depth);

static void visit_one(const struct attribute_visit *v, json_ref attribute, struct sv prefix,
                      int depth)
{
    const struct json_doc *d = v->r->c->doc;
    struct sv name = scalar_text(v->r, d, json_get(d, attribute, "key")), kind;
    json_ref value = inside(d, json_get(d, attribute, "value"), &kind);

    if (!name.n)
        return;
    if (prefix.n) {
        char *dotted = NULL;

        if (prefix.n + 1 + name.n > MAX_DOTTED)
            return;
        dotted = keep_room(v->r, prefix.n + 1 + name.n);
        if (!dotted)
            return;
        memcpy(dotted, prefix.p, prefix.n);
        dotted[prefix.n] = '.';
        memcpy(dotted + prefix.n + 1, name.p, name.n);
        name = (struct sv){dotted, prefix.n + 1 + name.n};
    }
    if (sv_is(kind, "kvlistValue")) {
        if (depth < MAX_NESTING)
            visit_all(v, values_of(d, value), name, depth + 1);
    } else if (sv_is(kind, "arrayValue")) {
        v->each(v->ctx, name, values_of(d, value), false);
    } else {
        v->each(v->ctx, name, value, sv_is(kind, "intValue"));
    }
}

static void visit_all(const struct attribute_visit *v, json_ref attributes, struct sv prefix,
                      int depth)
{
    const struct json_doc *d = v->r->c->doc;

    if (json_type(d, attributes) != JSON_ARRAY)
        return;
    for (json_ref at = json_first(d, attributes); at != JSON_END;
         at = json_next(d, attributes, at))
        visit_one(v, at, prefix, depth);
}

void attributes_visit(const struct attribute_visit *v, json_ref attributes)
{
    visit_all(v, attributes, SV_NONE, 0);
}

json_ref attribute_get(const struct json_doc *d, json_ref attributes, const char *name)
{
    json_ref at = json_type(d, attributes) == JSON_ARRAY ? json_first(d, attributes) : JSON_END;
    struct sv kind;

    for (; at != JSON_END; at = json_next(d, attributes, at))
        if (sv_is(json_raw(d, json_get(d, at, "key")), name))
            return inside(d, json_get(d, at, "value"), &kind);
    return JSON_END;
}

json_ref attribute_first(const struct json_doc *d, json_ref value)
{
    json_ref first = json_type(d, value) == JSON_ARRAY ? json_first(d, value) : value;
    struct sv kind;

    return first != value && json_type(d, first) == JSON_OBJECT ? inside(d, first, &kind) : first;
}

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* 24 or 12 characters of base64 with their padding into 16 or 8 bytes; 0 when it is none. */
static size_t decode_base64_id(struct sv text, unsigned char *out)
{
    size_t n = 0, digits = text.n;
    uint32_t bits = 0;

    while (digits && text.p[digits - 1] == '=')
        digits--;
    if ((text.n != 24 || digits != 22) && (text.n != 12 || digits != 11))
        return 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = base64_digit(text.p[i]);

        if (digit < 0)
            return 0;
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4)
            out[n++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
    }
    return n;
}

struct sv span_id_of(const struct reading *r, json_ref at)
{
    struct sv text = scalar_text(r, r->c->doc, at);
    unsigned char bytes[24];
    size_t n = decode_base64_id(text, bytes);
    char *hex = NULL;

    if (!n)
        return keep_hex(r, text);
    hex = keep_room(r, 2 * n + 1);
    if (!hex)
        return SV_NONE;
    hex_encode(bytes, n, hex);
    return (struct sv){hex, 2 * n};
}
