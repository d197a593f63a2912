/* provider_anthropic: Anthropic's message bodies and the lines of its batch results. */
#include "format/leftover.h"
#include "format/provider_parts.h"
#include "format/readers.h"

#include "base/banned.h"

/* Cached tokens are beside the input, not in it. */
bool anthropic_counts(const struct answer *a, json_ref usage)
{
    static const struct counted rows[] = {
        {"input_tokens", NULL, "usage.input_tokens", F_INPUT_TOKENS},
        {"output_tokens", NULL, "usage.output_tokens", F_OUTPUT_TOKENS},
        {"cache_read_input_tokens", NULL, "usage.cache_read_input_tokens", F_CACHE_READ_TOKENS},
        {"cache_creation_input_tokens", NULL, "usage.cache_creation_input_tokens",
         F_CACHE_WRITE_TOKENS},
        {"cache_creation", "ephemeral_5m_input_tokens",
         "usage.cache_creation.ephemeral_5m_input_tokens", F_CACHE_WRITE_5M_TOKENS},
        {"cache_creation", "ephemeral_1h_input_tokens",
         "usage.cache_creation.ephemeral_1h_input_tokens", F_CACHE_WRITE_1H_TOKENS},
    };

    answer_tier(a, json_get(a->d, usage, "service_tier"));
    return answer_counts(a, usage, rows, ARRAY_LEN(rows));
}

/* The clouds that resell Anthropic's models mark their ids. */
static struct sv provider_of(struct sv id)
{
    if (sv_starts(id, "msg_bdrk_"))
        return SV("aws.bedrock");
    return sv_starts(id, "msg_vrtx_") ? SV("gcp.vertex_ai") : SV("anthropic");
}

bool anthropic_read(const struct answer *a)
{
    answer_dim(a, F_PROVIDER, provider_of(json_raw(a->d, json_get(a->d, a->at, "id"))));
    answer_dim(a, F_RESPONSE_MODEL, answer_text(a, a->at, "model"));
    answer_finish(a, json_get(a->d, a->at, "stop_reason"));
    return anthropic_counts(a, json_get(a->d, a->at, "usage")) && answer_add_cached(a);
}

/* tool_use, server_tool_use, mcp_tool_use; their results end in tool_result. */
bool anthropic_tools(const struct answer *a)
{
    EACH(a->d, json_get(a->d, a->at, "content"), block)
    {
        if (sv_ends(json_raw(a->d, json_get(a->d, block, "type")), "tool_use") &&
            !answer_add_tool(a, answer_text(a, block, "id"), answer_text(a, block, "name"), block))
            return false;
    }
    return true;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return answer_claimed(doc, seen, "anthropic");
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    return answer_read_line(c, "anthropic", skipped_kind, bad_field, err);
}

const struct format format_anthropic = {
    .name = "anthropic",
    .summary = "message bodies of Anthropic's API",
    .claims = claims,
    .read = read,
};

/* --- batch results --- */

/* What a result may be, and of those that are no answer the kind of error: also a cancelled request
 * is one that a batch did not answer. */
static const struct {
    const char *type, *error;
} results[] = {
    {"succeeded", NULL},
    {"errored", ""},
    {"canceled", "cancelled"},
    {"expired", "expired"},
};

static size_t result_type(const struct json_doc *d)
{
    struct sv type = json_raw(d, json_path(d, 0, "result", "type", NULL));
    size_t i = 0;

    while (i < ARRAY_LEN(results) && !sv_is(type, results[i].type))
        i++;
    return i;
}

static bool claims_batch(const struct json_doc *doc, const struct seen *seen)
{
    return seen_all(seen, SIGN_BIT(SIGN_CUSTOM_ID)) && result_type(doc) < ARRAY_LEN(results);
}

/* Without an answer there is no id: a custom_id is unique in its batch only. */
static struct call_record *add_failed(const struct reading *r, size_t type)
{
    const struct json_doc *d = r->c->doc;
    json_ref error = json_path(d, 0, "result", "error", NULL);
    json_ref inner = json_get(d, error, "error");
    struct call_record *call = batch_add_call(r->c->out);
    const struct answer a = {*r, d, 0, call};

    if (!call)
        return NULL;
    call->source = r->c->source;
    call->line = r->c->line;
    call->id = line_identity(r->c, 0);
    record_set_dim(call, F_SOURCE_FORMAT, SV("anthropic-batch"));
    record_set_dim(call, F_PROVIDER, SV("anthropic"));
    if (results[type].error[0])
        call_set_error(r, call, sv_from(results[type].error), SV_NONE);
    else
        error_read(&a, inner == JSON_END ? error : inner);
    return call_settle(r, call) ? call : NULL;
}

static enum line_outcome read_batch(const struct line_context *c, struct sv *skipped_kind,
                                    struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    const struct json_doc *d = c->doc;
    struct batch_mark mark = batch_mark(c->out);
    json_ref message = json_path(d, 0, "result", "message", NULL);
    struct call_record *call = NULL;
    struct leftovers rest = {0};
    size_t type = result_type(d);

    if (type == ARRAY_LEN(results) ||
        (!results[type].error && answer_kind(d, message) != ANSWER_ANTHROPIC)) {
        *skipped_kind = SV("other answer");
        return LINE_SKIPPED;
    }
    call = results[type].error ? add_failed(&r, type)
                               : answer_add(&r, d, message, "anthropic-batch");
    if (!call) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    call_set_flag(call, FLAG_BATCH);
    leftover_add(&rest, SV("custom_id"), d, json_get(d, 0, "custom_id"), LEFTOVER_PLAIN);
    call->meta = leftover_json(&r, &rest);
    return LINE_RECORDS;
}

const struct format format_anthropic_batch = {
    .name = "anthropic-batch",
    .summary = "result files of Anthropic's batch API",
    .claims = claims_batch,
    .read = read_batch,
};
