/* provider_bedrock: answers of AWS Bedrock: Converse, and models that are invoked with bodies of
 * their own (those of Anthropic, Cohere and AI21 look as their makers' do). None has its model's
 * name. */
#include "format/provider_parts.h"
#include "format/readers.h"

#include "base/banned.h"

static int64_t known_or_0(const struct call_record *call, enum call_field f)
{
    return record_has(call, f) ? record_num(call, f) : 0;
}

/* Cached tokens are beside the input, unless the total says that they are in it. */
bool converse_usage(const struct answer *a, json_ref usage)
{
    static const struct counted rows[] = {
        {"inputTokens", NULL, "usage.inputTokens", F_INPUT_TOKENS},
        {"outputTokens", NULL, "usage.outputTokens", F_OUTPUT_TOKENS},
        {"totalTokens", NULL, "usage.totalTokens", F_TOTAL_TOKENS_GIVEN},
        {"cacheReadInputTokenCount", NULL, "usage.cacheReadInputTokenCount", F_CACHE_READ_TOKENS},
        {"cacheReadInputTokens", NULL, "usage.cacheReadInputTokens", F_CACHE_READ_TOKENS},
        {"cacheWriteInputTokenCount", NULL, "usage.cacheWriteInputTokenCount",
         F_CACHE_WRITE_TOKENS},
        {"cacheWriteInputTokens", NULL, "usage.cacheWriteInputTokens", F_CACHE_WRITE_TOKENS},
    };
    int64_t sum = 0;

    if (!answer_counts(a, usage, rows, ARRAY_LEN(rows)))
        return false;
    if (record_has(a->call, F_TOTAL_TOKENS_GIVEN) &&
        !__builtin_add_overflow(known_or_0(a->call, F_INPUT_TOKENS),
                                known_or_0(a->call, F_OUTPUT_TOKENS), &sum) &&
        sum == record_num(a->call, F_TOTAL_TOKENS_GIVEN))
        return true;
    return answer_add_cached(a);
}

bool converse_read(const struct answer *a)
{
    json_ref reason = json_get(a->d, a->at, "stopReason");

    answer_finish(a, reason);
    if (sv_is(json_raw(a->d, reason), "guardrail_intervened"))
        call_add_guardrail(&a->r, a->call, SV_NONE, SV("blocked"));
    return converse_usage(a, json_get(a->d, a->at, "usage")) &&
           answer_duration(a, json_path(a->d, a->at, "metrics", "latencyMs", NULL),
                           "metrics.latencyMs", UNIT_MS, F_LATENCY_US);
}

bool converse_tools(const struct answer *a)
{
    EACH(a->d, json_path(a->d, a->at, "output", "message", "content", NULL), block)
    {
        json_ref use = json_get(a->d, block, "toolUse");

        if (use != JSON_END && !answer_add_tool(a, answer_text(a, use, "toolUseId"),
                                                answer_text(a, use, "name"), block))
            return false;
    }
    return true;
}

static bool titan_output(const struct answer *a)
{
    json_ref results = json_get(a->d, a->at, "results");
    int64_t sum = 0;
    bool any = false;

    EACH(a->d, results, result)
    {
        struct place p = {a->d, "results.tokenCount", json_get(a->d, result, "tokenCount")};
        struct maybe_i64 v = {0, false};

        if (!scalar_count(&a->r, p, &v))
            return false;
        if (__builtin_add_overflow(sum, v.v, &sum))
            return complain(&a->r, p, "a sum below 2^63");
        any |= v.known;
    }
    if (any)
        record_set_num(a->call, F_OUTPUT_TOKENS, sum);
    answer_finish(a, json_get(a->d, json_at(a->d, results, 0), "completionReason"));
    return true;
}

bool titan_read(const struct answer *a)
{
    static const struct counted rows[] = {
        {"inputTextTokenCount", NULL, "inputTextTokenCount", F_INPUT_TOKENS},
    };
    bool embedding = json_get(a->d, a->at, "embedding") != JSON_END;

    answer_dim(a, F_OPERATION, embedding ? SV("embeddings") : SV("text_completion"));
    if (sv_is(json_raw(a->d, json_get(a->d, a->at, "amazon-bedrock-guardrailAction")),
              "INTERVENED"))
        call_add_guardrail(&a->r, a->call, SV_NONE, SV("blocked"));
    return answer_counts(a, a->at, rows, ARRAY_LEN(rows)) && titan_output(a);
}

bool llama_read(const struct answer *a)
{
    static const struct counted rows[] = {
        {"prompt_token_count", NULL, "prompt_token_count", F_INPUT_TOKENS},
        {"generation_token_count", NULL, "generation_token_count", F_OUTPUT_TOKENS},
    };

    answer_finish(a, json_get(a->d, a->at, "stop_reason"));
    return answer_counts(a, a->at, rows, ARRAY_LEN(rows));
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return answer_claimed(doc, seen, "bedrock");
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    return answer_read_line(c, "bedrock", skipped_kind, bad_field, err);
}

const struct format format_bedrock = {
    .name = "bedrock",
    .summary = "answers of AWS Bedrock: Converse, Titan, Llama",
    .claims = claims,
    .read = read,
};
