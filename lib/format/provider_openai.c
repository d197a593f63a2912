/* provider_openai: bodies of OpenAI's API and of those that answer like it (Azure, Groq, Mistral,
 * Together, vLLM), and the lines of its batch output. */
#include "format/leftover.h"
#include "format/provider_parts.h"
#include "format/readers.h"
#include "record/privacy.h"

#include "base/banned.h"

/* Cached and reasoning tokens are inside the counts that hold them. */
static const struct counted usage_rows[] = {
    {"input_tokens", NULL, "usage.input_tokens", F_INPUT_TOKENS},
    {"prompt_tokens", NULL, "usage.prompt_tokens", F_INPUT_TOKENS},
    {"output_tokens", NULL, "usage.output_tokens", F_OUTPUT_TOKENS},
    {"completion_tokens", NULL, "usage.completion_tokens", F_OUTPUT_TOKENS},
    {"total_tokens", NULL, "usage.total_tokens", F_TOTAL_TOKENS_GIVEN},
    {"cached_tokens", NULL, "usage.cached_tokens", F_CACHE_READ_TOKENS},
    {"input_tokens_details", "cached_tokens", "usage.input_tokens_details.cached_tokens",
     F_CACHE_READ_TOKENS},
    {"prompt_tokens_details", "cached_tokens", "usage.prompt_tokens_details.cached_tokens",
     F_CACHE_READ_TOKENS},
    {"input_tokens_details", "audio_tokens", "usage.input_tokens_details.audio_tokens",
     F_AUDIO_INPUT_TOKENS},
    {"prompt_tokens_details", "audio_tokens", "usage.prompt_tokens_details.audio_tokens",
     F_AUDIO_INPUT_TOKENS},
    {"output_tokens_details", "reasoning_tokens", "usage.output_tokens_details.reasoning_tokens",
     F_REASONING_TOKENS},
    {"completion_tokens_details", "reasoning_tokens",
     "usage.completion_tokens_details.reasoning_tokens", F_REASONING_TOKENS},
    {"output_tokens_details", "audio_tokens", "usage.output_tokens_details.audio_tokens",
     F_AUDIO_OUTPUT_TOKENS},
    {"completion_tokens_details", "audio_tokens", "usage.completion_tokens_details.audio_tokens",
     F_AUDIO_OUTPUT_TOKENS},
};

bool openai_usage(const struct answer *a, json_ref usage)
{
    return answer_counts(a, usage, usage_rows, ARRAY_LEN(usage_rows));
}

/* OpenAI's own models; under other names somebody else may have answered. */
static bool is_own_model(struct sv model)
{
    static const char *const own[] = {"gpt-",  "chatgpt-", "o1",       "o3",  "o4",
                                      "codex", "davinci",  "babbage",  "ft:", "text-embedding-",
                                      "dall-e", "omni-",   "computer-use-"};

    for (size_t i = 0; i < ARRAY_LEN(own); i++)
        if (sv_starts(model, own[i]))
            return true;
    return false;
}

static void set_provider(const struct answer *a)
{
    if (json_get(a->d, a->at, "x_groq") != JSON_END)
        answer_dim(a, F_PROVIDER, SV("groq"));
    else if (json_get(a->d, a->at, "prompt_filter_results") != JSON_END)
        answer_dim(a, F_PROVIDER, SV("azure.ai.openai"));
    else if (is_own_model(json_raw(a->d, json_get(a->d, a->at, "model"))))
        answer_dim(a, F_PROVIDER, SV("openai"));
}

static void set_common(const struct answer *a)
{
    answer_dim(a, F_RESPONSE_MODEL, answer_text(a, a->at, "model"));
    answer_tier(a, json_get(a->d, a->at, "service_tier"));
    set_provider(a);
}

/* Azure's filters that stepped in, by their category. */
static void add_filters(const struct answer *a, json_ref holder)
{
    json_ref results = json_get(a->d, holder, "content_filter_results");

    for (struct member m = member_first(a->d, results); m.key != JSON_END;
         m = member_next(a->d, results, m))
        if (json_type(a->d, json_get(a->d, m.value, "filtered")) == JSON_TRUE)
            call_add_guardrail(&a->r, a->call, scalar_id(&a->r, a->d, m.key), SV("filtered"));
}

/* Groq counts seconds beside the tokens; while streaming it has its usage in a place of its own. */
static bool read_usage(const struct answer *a)
{
    json_ref usage = json_get(a->d, a->at, "usage");

    if (json_type(a->d, usage) != JSON_OBJECT)
        usage = json_path(a->d, a->at, "x_groq", "usage", NULL);
    return openai_usage(a, usage) &&
           answer_duration(a, json_get(a->d, usage, "queue_time"), "usage.queue_time", UNIT_S,
                           F_QUEUE_US) &&
           answer_duration(a, json_get(a->d, usage, "total_time"), "usage.total_time", UNIT_S,
                           F_LATENCY_US);
}

/* A text in `refusal` is one, whatever the finish reason says. */
static void note_refusal(const struct answer *a, json_ref message)
{
    json_ref refusal = json_get(a->d, message, "refusal");

    if (json_type(a->d, refusal) == JSON_STRING && json_raw(a->d, refusal).n)
        record_set_dim(a->call, F_FINISH_REASON, SV("refusal"));
}

bool openai_chat_read(const struct answer *a)
{
    json_ref choices = json_get(a->d, a->at, "choices");
    json_ref filters = json_get(a->d, a->at, "prompt_filter_results");

    set_common(a);
    answer_finish(a, json_get(a->d, json_at(a->d, choices, 0), "finish_reason"));
    EACH(a->d, choices, choice)
    {
        note_refusal(a, json_get(a->d, choice, "message"));
        note_refusal(a, json_get(a->d, choice, "delta"));
        add_filters(a, choice);
    }
    EACH(a->d, filters, filter)
    {
        add_filters(a, filter);
    }
    return read_usage(a) && answer_started(a, json_get(a->d, a->at, "created"), "created");
}

bool openai_chat_tools(const struct answer *a)
{
    EACH(a->d, json_get(a->d, a->at, "choices"), choice)
    {
        if (!function_tools(a, json_path(a->d, choice, "message", "tool_calls", NULL)) ||
            !function_tools(a, json_path(a->d, choice, "delta", "tool_calls", NULL)))
            return false;
    }
    return true;
}

bool openai_text_read(const struct answer *a)
{
    json_ref first = json_at(a->d, json_get(a->d, a->at, "choices"), 0);

    set_common(a);
    answer_finish(a, json_get(a->d, first, "finish_reason"));
    return read_usage(a) && answer_started(a, json_get(a->d, a->at, "created"), "created");
}

/* Nothing is written, so that the total is the input. */
bool openai_embeddings_read(const struct answer *a)
{
    static const struct counted rows[] = {
        {"total_tokens", NULL, "usage.total_tokens", F_INPUT_TOKENS},
        {"prompt_tokens", NULL, "usage.prompt_tokens", F_INPUT_TOKENS},
    };

    set_common(a);
    return answer_counts(a, json_get(a->d, a->at, "usage"), rows, ARRAY_LEN(rows));
}

/* --- responses --- */

/* Its status is what a response has for a finish reason; of an incomplete one there is more. */
static void response_status(const struct answer *a)
{
    static const char *const ends[] = {"completed", "incomplete", "failed", "cancelled"};
    json_ref status = json_get(a->d, a->at, "status"), error = json_get(a->d, a->at, "error");
    json_ref reason = json_path(a->d, a->at, "incomplete_details", "reason", NULL);
    struct sv word = json_raw(a->d, status);
    bool ended = false;

    for (size_t i = 0; i < ARRAY_LEN(ends) && !ended; i++)
        ended = sv_is(word, ends[i]);
    if (sv_is(word, "incomplete") && privacy_is_error_type(json_raw(a->d, reason)))
        answer_finish(a, reason);
    else if (ended)
        answer_finish(a, status);
    if (sv_is(word, "failed") || json_type(a->d, error) == JSON_OBJECT)
        error_read(a, error);
    else if (sv_is(word, "cancelled"))
        answer_status(a, STATUS_CANCELLED);
    else if (!ended && !scalar_missing(a->d, status))
        answer_status(a, STATUS_UNKNOWN);
}

static bool response_times(const struct answer *a)
{
    struct maybe_i64 created = {0, false}, completed = {0, false};
    int64_t latency = 0;

    if (!scalar_time(&a->r, (struct place){a->d, "created_at", json_get(a->d, a->at, "created_at")},
                     &created, NULL) ||
        !scalar_time(&a->r,
                     (struct place){a->d, "completed_at", json_get(a->d, a->at, "completed_at")},
                     &completed, NULL))
        return false;
    if (created.known && !record_has(a->call, F_STARTED_US))
        record_set_num(a->call, F_STARTED_US, created.v);
    if (created.known && completed.known && !record_has(a->call, F_LATENCY_US) &&
        !__builtin_sub_overflow(completed.v, created.v, &latency) && latency >= 0)
        record_set_num(a->call, F_LATENCY_US, latency);
    return true;
}

static void response_dimensions(const struct answer *a)
{
    json_ref prompt = json_get(a->d, a->at, "prompt");
    json_ref metadata = json_get(a->d, a->at, "metadata");

    answer_dim(a, F_USER, answer_text(a, a->at, "user"));
    answer_dim(a, F_PROMPT, answer_text(a, prompt, "id"));
    answer_dim(a, F_PROMPT_VERSION, answer_text(a, prompt, "version"));
    answer_dim(a, F_FEATURE, answer_text(a, metadata, "feature"));
    if (!a->call->session_id.n)
        a->call->session_id = answer_text(a, json_get(a->d, a->at, "conversation"), "id");
}

bool openai_response_read(const struct answer *a)
{
    set_common(a);
    response_dimensions(a);
    response_status(a);
    EACH(a->d, json_get(a->d, a->at, "output"), item)
    {
        EACH(a->d, json_get(a->d, item, "content"), part)
        {
            note_refusal(a, part);
        }
    }
    return openai_usage(a, json_get(a->d, a->at, "usage")) && response_times(a);
}

/* function_call, mcp_call, web_search_call ...: the last ones have no name but their type. */
bool openai_response_tools(const struct answer *a)
{
    static const struct sv end = {"_call", 5};

    EACH(a->d, json_get(a->d, a->at, "output"), item)
    {
        struct sv type = json_raw(a->d, json_get(a->d, item, "type"));
        struct sv id = answer_text(a, item, "call_id"), name = answer_text(a, item, "name");

        if (!sv_ends(type, end.p))
            continue;
        if (!id.n)
            id = answer_text(a, item, "id");
        if (!name.n)
            name = keep_id(&a->r, (struct sv){type.p, type.n - end.n});
        if (!answer_add_tool(a, id, name, item))
            return false;
    }
    return true;
}

/* --- lines --- */

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return answer_claimed(doc, seen, "openai");
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    return answer_read_line(c, "openai", skipped_kind, bad_field, err);
}

const struct format format_openai = {
    .name = "openai",
    .summary = "bodies of OpenAI's API and those alike: chat, responses, completions, embeddings",
    .claims = claims,
    .read = read,
};

static bool claims_batch(const struct json_doc *doc, const struct seen *seen)
{
    json_ref response = JSON_END;

    if (!seen_all(seen, SIGN_BIT(SIGN_CUSTOM_ID)))
        return false;
    response = json_get(doc, 0, "response");
    return json_get(doc, response, "status_code") != JSON_END ||
           (json_type(doc, response) == JSON_NULL && seen_all(seen, SIGN_BIT(SIGN_ERROR)));
}

/* The batch line's own id is that of a request without an answer. */
static bool batch_failure(const struct answer *a, json_ref body)
{
    json_ref error = json_get(a->d, 0, "error");
    struct sv own = answer_text(a, 0, "id");

    if (json_type(a->d, error) != JSON_OBJECT)
        error = json_get(a->d, body, "error");
    error_read(a, error == JSON_END ? body : error);
    a->call->id = line_identity(a->r.c, 0);
    if (own.n)
        a->call->id = (struct identity){.kind = ID_OWN, .family = SV("openai"), .own = own};
    return true;
}

static void batch_line(const struct answer *a, json_ref response, struct maybe_i64 http)
{
    struct leftovers rest = {0};

    if (http.known && !record_has(a->call, F_HTTP_STATUS))
        record_set_num(a->call, F_HTTP_STATUS, http.v);
    call_set_flag(a->call, FLAG_BATCH);
    a->call->request_id = answer_text(a, response, "request_id");
    leftover_add(&rest, SV("custom_id"), a->d, json_get(a->d, 0, "custom_id"), LEFTOVER_PLAIN);
    a->call->meta = leftover_json(&a->r, &rest);
}

static struct call_record *add_failed(const struct reading *r, json_ref body)
{
    struct call_record *call = batch_add_call(r->c->out);
    const struct answer a = {*r, r->c->doc, 0, call};

    if (!call)
        return NULL;
    call->source = r->c->source;
    call->line = r->c->line;
    record_set_dim(call, F_SOURCE_FORMAT, SV("openai-batch"));
    return batch_failure(&a, body) && call_settle(r, call) ? call : NULL;
}

static enum line_outcome read_batch(const struct line_context *c, struct sv *skipped_kind,
                                    struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    const struct json_doc *d = c->doc;
    struct batch_mark mark = batch_mark(c->out);
    json_ref response = json_get(d, 0, "response"), body = json_get(d, response, "body");
    struct maybe_i64 http = {0, false};
    struct maybe_i64 status = status_of(&r, d, json_get(d, response, "status_code"), &http);
    enum answer_kind kind = answer_kind(d, body);
    struct answer a = {r, d, 0, NULL};
    bool failed = answer_is_error(kind) || (status.known && status.v == STATUS_ERROR) ||
                  json_type(d, json_get(d, 0, "error")) == JSON_OBJECT;

    if (!failed && (!kind || answer_unfinished(d, body))) {
        *skipped_kind = SV("other answer");
        return LINE_SKIPPED;
    }
    a.call = failed ? add_failed(&r, body) : answer_add(&r, d, body, "openai-batch");
    if (!a.call) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    batch_line(&a, response, http);
    return LINE_RECORDS;
}

const struct format format_openai_batch = {
    .name = "openai-batch",
    .summary = "output and error files of OpenAI's batch API",
    .claims = claims_batch,
    .read = read_batch,
};
