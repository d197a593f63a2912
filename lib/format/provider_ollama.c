/* provider_ollama: answers of Ollama, whole or as a stream of lines. */
#include "format/provider_parts.h"
#include "format/readers.h"

#include "base/banned.h"

/* The first token comes when the model is loaded and the prompt is read. */
static bool first_token(const struct answer *a)
{
    struct maybe_i64 load = {0, false}, prompt = {0, false};
    int64_t sum = 0;

    if (!scalar_count(&a->r,
                      (struct place){a->d, "load_duration", json_get(a->d, a->at, "load_duration")},
                      &load) ||
        !scalar_count(&a->r,
                      (struct place){a->d, "prompt_eval_duration",
                                     json_get(a->d, a->at, "prompt_eval_duration")},
                      &prompt))
        return false;
    if (load.known && prompt.known && !record_has(a->call, F_TIME_TO_FIRST_TOKEN_US) &&
        !__builtin_add_overflow(load.v, prompt.v, &sum))
        record_set_num(a->call, F_TIME_TO_FIRST_TOKEN_US, sum / 1000);
    return true;
}

/* A prompt that was cached has no count: that is not zero. */
bool ollama_read(const struct answer *a)
{
    static const struct counted rows[] = {
        {"prompt_eval_count", NULL, "prompt_eval_count", F_INPUT_TOKENS},
        {"eval_count", NULL, "eval_count", F_OUTPUT_TOKENS},
    };
    bool chat = json_get(a->d, a->at, "message") != JSON_END;

    answer_dim(a, F_OPERATION, chat ? SV("chat") : SV("text_completion"));
    answer_dim(a, F_RESPONSE_MODEL, answer_text(a, a->at, "model"));
    answer_finish(a, json_get(a->d, a->at, "done_reason"));
    return answer_counts(a, a->at, rows, ARRAY_LEN(rows)) &&
           answer_started(a, json_get(a->d, a->at, "created_at"), "created_at") &&
           answer_duration(a, json_get(a->d, a->at, "total_duration"), "total_duration", UNIT_NS,
                           F_LATENCY_US) &&
           first_token(a);
}

bool ollama_tools(const struct answer *a)
{
    return function_tools(a, json_path(a->d, a->at, "message", "tool_calls", NULL));
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return answer_claimed(doc, seen, "ollama");
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    return answer_read_line(c, "ollama", skipped_kind, bad_field, err);
}

const struct format format_ollama = {
    .name = "ollama",
    .summary = "answers of Ollama, whole or streamed as lines",
    .claims = claims,
    .read = read,
};
