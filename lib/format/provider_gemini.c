/* provider_gemini: answers of Gemini's API and of Vertex AI. */
#include "format/provider_parts.h"
#include "format/readers.h"

#include "base/banned.h"

/* A count and the one that the source keeps beside it. */
static bool set_sum(const struct answer *a, json_ref usage, const struct counted *of,
                    const struct counted *and)
{
    struct maybe_i64 first = {0, false}, second = {0, false};
    int64_t sum = 0;

    if (!scalar_count(&a->r, (struct place){a->d, of->place, json_get(a->d, usage, of->key)},
                      &first) ||
        !scalar_count(&a->r, (struct place){a->d, and->place, json_get(a->d, usage, and->key)},
                      &second))
        return false;
    if (__builtin_add_overflow(first.v, second.v, &sum)) {
        *a->r.bad_field = SV("usageMetadata");
        error_set(a->r.err, ERR_RANGE, "usageMetadata: expected a sum below 2^63");
        return false;
    }
    if (first.known || second.known)
        record_set_num(a->call, of->field, sum);
    return true;
}

/* The audio among tokens by modality. */
static bool audio_tokens(const struct answer *a, json_ref details, const char *place,
                         enum call_field field)
{
    EACH(a->d, details, part)
    {
        struct maybe_i64 v = {0, false};

        if (!sv_is(json_raw(a->d, json_get(a->d, part, "modality")), "AUDIO"))
            continue;
        if (!scalar_count(&a->r, (struct place){a->d, place, json_get(a->d, part, "tokenCount")},
                          &v))
            return false;
        if (v.known)
            record_set_num(a->call, field, v.v);
    }
    return true;
}

/* Thoughts are beside the candidates, tool results beside the prompt; cached content is in it. */
bool gemini_usage(const struct answer *a, json_ref usage)
{
    enum { PROMPT, TOOL_PROMPT, CANDIDATES, THOUGHTS, CACHED, TOTAL, ROWS };
    static const struct counted rows[ROWS] = {
        {"promptTokenCount", NULL, "usageMetadata.promptTokenCount", F_INPUT_TOKENS},
        {"toolUsePromptTokenCount", NULL, "usageMetadata.toolUsePromptTokenCount", F_INPUT_TOKENS},
        {"candidatesTokenCount", NULL, "usageMetadata.candidatesTokenCount", F_OUTPUT_TOKENS},
        {"thoughtsTokenCount", NULL, "usageMetadata.thoughtsTokenCount", F_REASONING_TOKENS},
        {"cachedContentTokenCount", NULL, "usageMetadata.cachedContentTokenCount",
         F_CACHE_READ_TOKENS},
        {"totalTokenCount", NULL, "usageMetadata.totalTokenCount", F_TOTAL_TOKENS_GIVEN},
    };

    if (!set_sum(a, usage, &rows[PROMPT], &rows[TOOL_PROMPT]) ||
        !set_sum(a, usage, &rows[CANDIDATES], &rows[THOUGHTS]) ||
        !answer_counts(a, usage, &rows[THOUGHTS], 2))
        return false;
    /* the sums above are exact: only where neither is there, the total says something */
    if (!record_has(a->call, F_INPUT_TOKENS) && !record_has(a->call, F_OUTPUT_TOKENS) &&
        !answer_counts(a, usage, &rows[TOTAL], 1))
        return false;
    return audio_tokens(a, json_get(a->d, usage, "promptTokensDetails"),
                        "usageMetadata.promptTokensDetails.tokenCount", F_AUDIO_INPUT_TOKENS) &&
           audio_tokens(a, json_get(a->d, usage, "candidatesTokensDetails"),
                        "usageMetadata.candidatesTokensDetails.tokenCount",
                        F_AUDIO_OUTPUT_TOKENS);
}

/* Protobuf in Python writes the reason's number, which is no word of the API: it is not kept raw. */
static void set_finish(const struct answer *a, json_ref reason)
{
    static const char *const numbered[] = {"",       "stop",           "length",
                                           "content_filter", "content_filter", "other",
                                           "content_filter", "content_filter", "content_filter"};
    struct sv raw = json_raw(a->d, reason);

    if (json_type(a->d, reason) != JSON_NUMBER)
        answer_finish(a, reason);
    else if (raw.n == 1 && raw.p[0] > '0' && raw.p[0] < '9')
        record_set_dim(a->call, F_FINISH_REASON, sv_from(numbered[raw.p[0] - '0']));
}

/* A prompt that was blocked has no candidates. */
static void set_blocked(const struct answer *a)
{
    json_ref reason = json_path(a->d, a->at, "promptFeedback", "blockReason", NULL);

    if (scalar_missing(a->d, reason))
        return;
    answer_finish(a, reason);
    record_set_dim(a->call, F_FINISH_REASON, SV("content_filter"));
    call_add_guardrail(&a->r, a->call, scalar_id(&a->r, a->d, reason), SV("blocked"));
}

bool gemini_read(const struct answer *a)
{
    json_ref usage = json_get(a->d, a->at, "usageMetadata");
    json_ref first = json_at(a->d, json_get(a->d, a->at, "candidates"), 0);
    bool vertex = json_get(a->d, usage, "trafficType") != JSON_END;

    answer_dim(a, F_PROVIDER, vertex ? SV("gcp.vertex_ai") : SV("gcp.gemini"));
    answer_dim(a, F_RESPONSE_MODEL, answer_text(a, a->at, "modelVersion"));
    answer_tier(a, json_get(a->d, usage, "serviceTier"));
    set_finish(a, json_get(a->d, first, "finishReason"));
    set_blocked(a);
    return gemini_usage(a, usage) &&
           answer_started(a, json_get(a->d, a->at, "createTime"), "createTime");
}

bool gemini_tools(const struct answer *a)
{
    EACH(a->d, json_get(a->d, a->at, "candidates"), candidate)
    {
        EACH(a->d, json_path(a->d, candidate, "content", "parts", NULL), part)
        {
            json_ref call = json_get(a->d, part, "functionCall");

            if (call != JSON_END && !answer_add_tool(a, answer_text(a, call, "id"),
                                                     answer_text(a, call, "name"), part))
                return false;
        }
    }
    return true;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return answer_claimed(doc, seen, "gemini");
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    return answer_read_line(c, "gemini", skipped_kind, bad_field, err);
}

const struct format format_gemini = {
    .name = "gemini",
    .summary = "answers of Gemini's API and Vertex AI",
    .claims = claims,
    .read = read,
};
