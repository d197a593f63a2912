/* provider_cohere: answers of Cohere's chat API, versions 1 and 2, and of its generate API. */
#include "format/leftover.h"
#include "format/provider_parts.h"
#include "format/readers.h"

#include "base/banned.h"

/* `tokens` were processed, `billed_units` are what is paid: fewer, as the service adds prompts of
 * its own. Where only the latter are told, they are the best count there is. */
static bool read_usage(const struct answer *a)
{
    static const struct counted rows[] = {
        {"billed_units", "input_tokens", "billed_units.input_tokens", F_INPUT_TOKENS},
        {"tokens", "input_tokens", "tokens.input_tokens", F_INPUT_TOKENS},
        {"billed_units", "output_tokens", "billed_units.output_tokens", F_OUTPUT_TOKENS},
        {"tokens", "output_tokens", "tokens.output_tokens", F_OUTPUT_TOKENS},
        {"cached_tokens", NULL, "cached_tokens", F_CACHE_READ_TOKENS},
    };
    json_ref usage = json_get(a->d, a->at, "usage");
    json_ref billed = JSON_END;
    struct leftovers rest = {0};

    if (json_type(a->d, usage) != JSON_OBJECT)
        usage = json_get(a->d, a->at, "meta");
    if (!answer_counts(a, usage, rows, ARRAY_LEN(rows)))
        return false;
    billed = json_get(a->d, usage, "billed_units");
    leftover_add(&rest, SV("billed_input_tokens"), a->d, json_get(a->d, billed, "input_tokens"),
                 LEFTOVER_PLAIN);
    leftover_add(&rest, SV("billed_output_tokens"), a->d, json_get(a->d, billed, "output_tokens"),
                 LEFTOVER_PLAIN);
    if (!a->call->meta.n)
        a->call->meta = leftover_json(&a->r, &rest);
    return true;
}

bool cohere_read(const struct answer *a)
{
    answer_dim(a, F_RESPONSE_MODEL, answer_text(a, a->at, "model"));
    answer_finish(a, json_get(a->d, a->at, "finish_reason"));
    return read_usage(a);
}

bool cohere_tools(const struct answer *a)
{
    return function_tools(a, json_get(a->d, a->at, "tool_calls")) &&
           function_tools(a, json_path(a->d, a->at, "message", "tool_calls", NULL));
}

bool cohere_generate_read(const struct answer *a)
{
    json_ref first = json_at(a->d, json_get(a->d, a->at, "generations"), 0);

    answer_finish(a, json_get(a->d, first, "finish_reason"));
    return read_usage(a);
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return answer_claimed(doc, seen, "cohere");
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    return answer_read_line(c, "cohere", skipped_kind, bad_field, err);
}

const struct format format_cohere = {
    .name = "cohere",
    .summary = "answers of Cohere's API, versions 1 and 2",
    .claims = claims,
    .read = read,
};
