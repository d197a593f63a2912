/* provider: what the APIs of model providers answer, wherever in a log such a body stands. */
#include "format/provider_parts.h"

#include "record/privacy.h"

#include "base/banned.h"

/* What is known of each kind of body. */
static const struct {
    const char *format;
    const char *provider, *operation; /* NULL: the reader finds out */
    const char *id;                   /* key of the body's id, or NULL */
    const char *unfinished;           /* a part of an answer: why it is skipped */
    bool error;
    bool (*read)(const struct answer *a);
    bool (*tools)(const struct answer *a);
} kinds[ANSWER_KINDS] = {
    [ANSWER_OPENAI_CHAT] = {.format = "openai",
                            .operation = "chat",
                            .id = "id",
                            .read = openai_chat_read,
                            .tools = openai_chat_tools},
    [ANSWER_OPENAI_CHUNK] = {.format = "openai",
                             .operation = "chat",
                             .id = "id",
                             .unfinished = "chunk",
                             .read = openai_chat_read,
                             .tools = openai_chat_tools},
    [ANSWER_OPENAI_TEXT] = {.format = "openai",
                            .operation = "text_completion",
                            .id = "id",
                            .read = openai_text_read},
    [ANSWER_OPENAI_RESPONSE] = {.format = "openai",
                                .operation = "chat",
                                .id = "id",
                                .read = openai_response_read,
                                .tools = openai_response_tools},
    [ANSWER_OPENAI_EMBEDDINGS] = {.format = "openai",
                                  .operation = "embeddings",
                                  .id = "id",
                                  .read = openai_embeddings_read},
    [ANSWER_OPENAI_ERROR] = {.format = "openai", .error = true, .read = error_body_read},
    [ANSWER_ANTHROPIC] = {.format = "anthropic",
                          .operation = "chat",
                          .id = "id",
                          .read = anthropic_read,
                          .tools = anthropic_tools},
    [ANSWER_ANTHROPIC_ERROR] = {.format = "anthropic",
                                .provider = "anthropic",
                                .id = "request_id",
                                .error = true,
                                .read = error_body_read},
    [ANSWER_GEMINI] = {.format = "gemini",
                       .operation = "generate_content",
                       .id = "responseId",
                       .read = gemini_read,
                       .tools = gemini_tools},
    [ANSWER_GEMINI_ERROR] = {.format = "gemini", .error = true, .read = error_body_read},
    [ANSWER_BEDROCK_CONVERSE] = {.format = "bedrock",
                                 .provider = "aws.bedrock",
                                 .operation = "chat",
                                 .read = converse_read,
                                 .tools = converse_tools},
    [ANSWER_BEDROCK_TITAN] = {.format = "bedrock", .provider = "aws.bedrock", .read = titan_read},
    [ANSWER_BEDROCK_LLAMA] = {.format = "bedrock",
                              .provider = "aws.bedrock",
                              .operation = "text_completion",
                              .read = llama_read},
    [ANSWER_COHERE] = {.format = "cohere",
                       .provider = "cohere",
                       .operation = "chat",
                       .id = "id",
                       .read = cohere_read,
                       .tools = cohere_tools},
    [ANSWER_COHERE_GENERATE] = {.format = "cohere",
                                .provider = "cohere",
                                .operation = "text_completion",
                                .id = "id",
                                .read = cohere_generate_read},
    [ANSWER_OLLAMA] = {.format = "ollama",
                       .provider = "ollama",
                       .read = ollama_read,
                       .tools = ollama_tools},
    [ANSWER_OLLAMA_CHUNK] = {.format = "ollama",
                             .provider = "ollama",
                             .unfinished = "chunk",
                             .read = ollama_read,
                             .tools = ollama_tools},
    [ANSWER_OLLAMA_ERROR] = {.format = "ollama", .error = true, .read = error_body_read},
};

/* --- which kind a body is --- */

static bool has(const struct json_doc *d, json_ref object, const char *key)
{
    return json_get(d, object, key) != JSON_END;
}

static bool is_type(const struct json_doc *d, json_ref object, const char *key, enum json_type type)
{
    return json_type(d, json_get(d, object, key)) == type;
}

/* A list of embeddings; lists of models, files and batches are called "list" as well. */
static bool is_embeddings(const struct json_doc *d, json_ref at)
{
    json_ref first = json_at(d, json_get(d, at, "data"), 0);

    return has(d, first, "embedding") || (has(d, at, "usage") && has(d, at, "model"));
}

static enum answer_kind kind_of_object(const struct json_doc *d, json_ref at, struct sv object)
{
    static const struct {
        const char *object;
        enum answer_kind kind;
    } objects[] = {
        {"chat.completion", ANSWER_OPENAI_CHAT}, {"chat.completion.chunk", ANSWER_OPENAI_CHUNK},
        {"text_completion", ANSWER_OPENAI_TEXT}, {"response", ANSWER_OPENAI_RESPONSE},
        {"list", ANSWER_OPENAI_EMBEDDINGS},      {"error", ANSWER_OPENAI_ERROR},
    };

    for (size_t i = 0; i < ARRAY_LEN(objects); i++)
        if (sv_is(object, objects[i].object) &&
            (objects[i].kind != ANSWER_OPENAI_EMBEDDINGS || is_embeddings(d, at)) &&
            (objects[i].kind != ANSWER_OPENAI_ERROR || is_type(d, at, "message", JSON_STRING)))
            return objects[i].kind;
    return ANSWER_NONE;
}

static bool is_cohere(const struct json_doc *d, json_ref at)
{
    json_ref usage = json_get(d, at, "usage");

    if (has(d, at, "generation_id"))
        return has(d, at, "meta");
    return is_type(d, at, "message", JSON_OBJECT) && has(d, at, "finish_reason") &&
           (has(d, usage, "tokens") || has(d, usage, "billed_units"));
}

/* Kinds that are told by one key and by another one beside it. */
static enum answer_kind kind_of_keys(const struct json_doc *d, json_ref at)
{
    if (is_type(d, at, "usageMetadata", JSON_OBJECT) &&
        (has(d, at, "candidates") || has(d, at, "promptFeedback") || has(d, at, "modelVersion")))
        return ANSWER_GEMINI;
    if (has(d, at, "done") && has(d, at, "created_at") && has(d, at, "model"))
        return is_type(d, at, "done", JSON_TRUE) ? ANSWER_OLLAMA : ANSWER_OLLAMA_CHUNK;
    if (is_cohere(d, at))
        return ANSWER_COHERE;
    if (has(d, json_at(d, json_get(d, at, "generations"), 0), "finish_reason"))
        return ANSWER_COHERE_GENERATE;
    if (has(d, at, "stopReason") && has(d, at, "output") && is_type(d, at, "usage", JSON_OBJECT))
        return ANSWER_BEDROCK_CONVERSE;
    if (has(d, at, "inputTextTokenCount") && (has(d, at, "results") || has(d, at, "embedding")))
        return ANSWER_BEDROCK_TITAN;
    if (has(d, at, "generation_token_count") && has(d, at, "prompt_token_count"))
        return ANSWER_BEDROCK_LLAMA;
    return ANSWER_NONE;
}

/* An error body holds the error and next to nothing else; a log line with an error holds more. */
static bool is_error_alone(const struct json_doc *d, json_ref at)
{
    static const char *const keys[] = {"error", "type", "request_id", "status", "code", "details"};

    for (struct member m = member_first(d, at); m.key != JSON_END; m = member_next(d, at, m)) {
        bool known = false;

        for (size_t i = 0; i < ARRAY_LEN(keys); i++)
            known |= sv_is(json_raw(d, m.key), keys[i]);
        if (!known)
            return false;
    }
    return true;
}

static enum answer_kind kind_of_error(const struct json_doc *d, json_ref at)
{
    json_ref error = json_get(d, at, "error");

    if (!is_error_alone(d, at))
        return ANSWER_NONE;
    if (json_type(d, error) == JSON_STRING)
        return d->tokens[at].next == at + 3 ? ANSWER_OLLAMA_ERROR : ANSWER_NONE;
    if (json_type(d, error) != JSON_OBJECT || !is_type(d, error, "message", JSON_STRING))
        return ANSWER_NONE;
    if (sv_is(json_raw(d, json_get(d, at, "type")), "error"))
        return ANSWER_ANTHROPIC_ERROR;
    if (is_type(d, error, "code", JSON_NUMBER) && is_type(d, error, "status", JSON_STRING))
        return ANSWER_GEMINI_ERROR;
    return has(d, error, "type") || has(d, error, "code") ? ANSWER_OPENAI_ERROR : ANSWER_NONE;
}

enum answer_kind answer_kind(const struct json_doc *d, json_ref at)
{
    json_ref object = json_get(d, at, "object");
    enum answer_kind kind = ANSWER_NONE;

    if (json_type(d, at) != JSON_OBJECT)
        return ANSWER_NONE;
    if (json_type(d, object) == JSON_STRING)
        kind = kind_of_object(d, at, json_raw(d, object));
    if (!kind && sv_is(json_raw(d, json_get(d, at, "type")), "message") &&
        has(d, at, "stop_reason"))
        kind = ANSWER_ANTHROPIC;
    if (!kind)
        kind = kind_of_keys(d, at);
    if (!kind && has(d, at, "error"))
        kind = kind_of_error(d, at);
    return kind;
}

const char *answer_format(enum answer_kind kind)
{
    return kinds[kind].format;
}

bool answer_is_error(enum answer_kind kind)
{
    return kinds[kind].error;
}

/* --- parts of reading --- */

static bool set_count(const struct answer *a, json_ref at, const char *place, enum call_field field)
{
    struct maybe_i64 v = {0, false};

    if (!scalar_count(&a->r, (struct place){a->d, place, at}, &v))
        return false;
    if (v.known)
        record_set_num(a->call, field, v.v);
    return true;
}

bool answer_counts(const struct answer *a, json_ref object, const struct counted *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_ref at = json_get(a->d, object, rows[i].key);

        if (rows[i].inner)
            at = json_get(a->d, at, rows[i].inner);
        if (!set_count(a, at, rows[i].place, rows[i].field))
            return false;
    }
    return true;
}

bool answer_add_cached(const struct answer *a)
{
    static const enum call_field parts[] = {F_CACHE_READ_TOKENS, F_CACHE_WRITE_TOKENS};
    int64_t sum = 0;

    if (!record_has(a->call, F_INPUT_TOKENS))
        return true;
    sum = record_num(a->call, F_INPUT_TOKENS);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (record_has(a->call, parts[i]) &&
            __builtin_add_overflow(sum, record_num(a->call, parts[i]), &sum)) {
            *a->r.bad_field = SV("usage");
            error_set(a->r.err, ERR_RANGE, "usage: expected a sum below 2^63");
            return false;
        }
    record_set_num(a->call, F_INPUT_TOKENS, sum);
    return true;
}

void answer_dim(const struct answer *a, enum call_field field, struct sv text)
{
    if (!record_has(a->call, field))
        record_set_dim(a->call, field, text);
}

struct sv answer_text(const struct answer *a, json_ref object, const char *key)
{
    return scalar_id(&a->r, a->d, json_get(a->d, object, key));
}

bool answer_duration(const struct answer *a, json_ref at, const char *place, enum unit unit,
                     enum call_field field)
{
    struct maybe_i64 v = {0, false};

    if (!scalar_duration(&a->r, (struct place){a->d, place, at}, unit, &v))
        return false;
    if (v.known && !record_has(a->call, field))
        record_set_num(a->call, field, v.v);
    return true;
}

bool answer_started(const struct answer *a, json_ref at, const char *place)
{
    struct maybe_i64 v = {0, false};

    if (!scalar_time(&a->r, (struct place){a->d, place, at}, &v, NULL))
        return false;
    if (v.known && !record_has(a->call, F_STARTED_US))
        record_set_num(a->call, F_STARTED_US, v.v);
    return true;
}

void answer_finish(const struct answer *a, json_ref reason)
{
    record_set_dim(a->call, F_FINISH_REASON_RAW, scalar_id(&a->r, a->d, reason));
}

void answer_status(const struct answer *a, enum call_status status)
{
    if (!record_has(a->call, F_STATUS))
        record_set_num(a->call, F_STATUS, status);
}

void answer_tier(const struct answer *a, json_ref tier)
{
    answer_dim(a, F_TIER, scalar_id(&a->r, a->d, tier));
    if (sv_is(json_raw(a->d, tier), "batch"))
        call_set_flag(a->call, FLAG_BATCH);
}

bool answer_add_tool(const struct answer *a, struct sv id, struct sv name, json_ref item)
{
    struct tool_record *tool = batch_add_tool(a->r.c->out);

    if (!tool)
        return false;
    *tool = (struct tool_record){.id = line_identity(a->r.c, (uint64_t)item + 1),
                                 .call = a->call->id,
                                 .has_call = true,
                                 .tool_name = name,
                                 .source = a->r.c->source,
                                 .line = a->r.c->line};
    if (id.n)
        tool->id = (struct identity){.kind = ID_OWN, .family = SV("tool"), .own = id};
    return true;
}

bool function_tools(const struct answer *a, json_ref tool_calls)
{
    EACH(a->d, tool_calls, tool)
    {
        struct sv name = answer_text(a, json_get(a->d, tool, "function"), "name");

        if (!name.n)
            name = answer_text(a, tool, "name");
        if (name.n && !answer_add_tool(a, answer_text(a, tool, "id"), name, tool))
            return false;
    }
    return true;
}

/* A code in words (context_length_exceeded) says more than the type that it has, a number less. */
static json_ref error_type(const struct json_doc *d, json_ref error)
{
    static const char *const types[] = {"type", "status", "code"};
    json_ref code = json_get(d, error, "code"), type = JSON_END;
    struct sv word = json_raw(d, code);

    if (json_type(d, code) == JSON_STRING && privacy_is_error_type(word) &&
        !(word.p[0] >= '0' && word.p[0] <= '9'))
        return code;
    for (size_t i = 0; i < ARRAY_LEN(types) && scalar_missing(d, type); i++)
        type = json_get(d, error, types[i]);
    return type;
}

void error_read(const struct answer *a, json_ref error)
{
    json_ref type = error_type(a->d, error), message = error;
    struct maybe_i64 http = {0, false};

    if (json_type(a->d, error) == JSON_OBJECT) {
        message = json_get(a->d, error, "message");
        status_of(&a->r, a->d, json_get(a->d, error, "code"), &http);
    }
    if (http.known && !record_has(a->call, F_HTTP_STATUS))
        record_set_num(a->call, F_HTTP_STATUS, http.v);
    call_set_error(&a->r, a->call, scalar_text(&a->r, a->d, type),
                   scalar_text(&a->r, a->d, message));
}

bool error_body_read(const struct answer *a)
{
    json_ref error = json_get(a->d, a->at, "error");

    error_read(a, error == JSON_END ? a->at : error);
    return true;
}

/* --- a body --- */

bool answer_read(const struct reading *r, const struct json_doc *d, json_ref at,
                 struct call_record *call)
{
    enum answer_kind kind = answer_kind(d, at);
    const struct answer a = {*r, d, at, call};

    if (!kind)
        return true;
    if (!kinds[kind].read(&a))
        return false;
    answer_dim(&a, F_PROVIDER, sv_from(kinds[kind].provider));
    answer_dim(&a, F_OPERATION, sv_from(kinds[kind].operation));
    if (!kinds[kind].unfinished)
        answer_status(&a, STATUS_OK);
    return true;
}

struct identity answer_identity(const struct reading *r, const struct json_doc *d, json_ref at)
{
    enum answer_kind kind = answer_kind(d, at);
    struct sv own = SV_NONE;

    if (kinds[kind].id)
        own = scalar_id(r, d, json_get(d, at, kinds[kind].id));
    if (!own.n && kind == ANSWER_COHERE)
        own = scalar_id(r, d, json_get(d, at, "generation_id"));
    if (!own.n)
        return line_identity(r->c, at);
    return (struct identity){
        .kind = ID_OWN, .family = sv_from(kinds[kind].format), .own = own};
}

bool answer_add_tools(const struct reading *r, const struct json_doc *d, json_ref at,
                      const struct identity *call)
{
    enum answer_kind kind = answer_kind(d, at);
    struct call_record owner = {.id = *call};
    const struct answer a = {*r, d, at, &owner};

    return !kinds[kind].tools || kinds[kind].tools(&a);
}

struct call_record *answer_add(const struct reading *r, const struct json_doc *d, json_ref at,
                               const char *format)
{
    struct call_record *call = batch_add_call(r->c->out);

    if (!call)
        return NULL;
    call->source = r->c->source;
    call->line = r->c->line;
    record_set_dim(call, F_SOURCE_FORMAT, sv_from(format));
    if (!answer_read(r, d, at, call) || !call_settle(r, call))
        return NULL;
    call->id = answer_identity(r, d, at);
    return answer_add_tools(r, d, at, &call->id) ? call : NULL;
}

bool usage_read(const struct reading *r, const struct json_doc *d, json_ref usage,
                struct call_record *call)
{
    const struct answer a = {*r, d, usage, call};

    if (has(d, usage, "promptTokenCount") || has(d, usage, "totalTokenCount"))
        return gemini_usage(&a, usage);
    if (has(d, usage, "inputTokens"))
        return converse_usage(&a, usage);
    if (!has(d, usage, "prompt_tokens") && (has(d, usage, "cache_read_input_tokens") ||
                                            has(d, usage, "cache_creation_input_tokens")))
        return anthropic_counts(&a, usage) && answer_add_cached(&a);
    return openai_usage(&a, usage);
}

const char *answer_unfinished(const struct json_doc *d, json_ref at)
{
    enum answer_kind kind = answer_kind(d, at);
    json_ref status = json_get(d, at, "status"), usage = json_get(d, at, "usage");

    if (kind == ANSWER_OPENAI_RESPONSE &&
        (sv_is(json_raw(d, status), "queued") || sv_is(json_raw(d, status), "in_progress")))
        return "unfinished";
    if (kind != ANSWER_OPENAI_CHUNK)
        return kinds[kind].unfinished;
    if (json_type(d, usage) != JSON_OBJECT)
        usage = json_path(d, at, "x_groq", "usage", NULL);
    return json_type(d, usage) == JSON_OBJECT ? NULL : kinds[kind].unfinished;
}

/* --- a line that is a body --- */

/* Signs first: most lines have none of them. */
bool answer_claimed(const struct json_doc *doc, const struct seen *seen, const char *format)
{
    const uint64_t cohere =
        SIGN_BIT(SIGN_FINISH_REASON) | SIGN_BIT(SIGN_TEXT) | SIGN_BIT(SIGN_USAGE);
    const char *name = NULL;
    bool maybe = seen_any(seen, SIGN_BIT(SIGN_ANSWER)) || seen_all(seen, cohere);

    if (!maybe && seen_all(seen, SIGN_BIT(SIGN_TYPE)))
        maybe = sv_is(json_raw(doc, seen->at[SIGN_TYPE]), "message");
    if (!maybe && seen_all(seen, SIGN_BIT(SIGN_ERROR)))
        maybe = !seen_model(seen) && !scalar_missing(doc, seen->at[SIGN_ERROR]);
    if (maybe)
        name = answer_format(answer_kind(doc, 0));
    return name && strcmp(name, format) == 0;
}

enum line_outcome answer_read_line(const struct line_context *c, const char *format,
                                   struct sv *skipped_kind, struct sv *bad_field,
                                   struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    enum answer_kind kind = answer_kind(c->doc, 0);
    const char *skip = kind ? answer_unfinished(c->doc, 0) : "no answer";
    struct call_record *call = NULL;

    if (skip) {
        *skipped_kind = sv_from(skip);
        return LINE_SKIPPED;
    }
    call = answer_add(&r, c->doc, 0, format);
    if (!call) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (kind == ANSWER_OPENAI_CHUNK) {
        call_set_flag(call, FLAG_STREAMING);
        record_set_num(call, F_STATUS, STATUS_OK);
    }
    return LINE_RECORDS;
}
