/* provider_stream: captures of server-sent events, as {"sse":[data,data,...]}: one call for each
 * answer that a provider streamed. A stream says neither how long it took nor when its first token
 * came. */
#include "format/provider_parts.h"
#include "format/readers.h"

#include "base/banned.h"

/* A capture that is being read. */
struct stream {
    struct reading r;
    const struct json_doc *d;
    size_t first;      /* calls from here on are this document's */
    enum answer_kind kind; /* of the answer that is being streamed; ANSWER_NONE: none */
    json_ref begun;    /* a response that has been created and not ended yet */
};

static struct call_record *current(const struct stream *s)
{
    struct batch *b = s->r.c->out;

    return s->kind && b->n_calls > s->first ? &b->calls[b->n_calls - 1] : NULL;
}

static void forget(struct call_record *call, enum call_field f)
{
    call->known &= ~(UINT64_C(1) << f);
    if (f >= F_DIM_COUNT)
        call->num[f - F_DIM_COUNT] = 0;
}

/* What can only be done when an answer is read to its end. */
static bool end_answer(struct stream *s)
{
    struct answer a = {s->r, s->d, 0, current(s)};
    bool anthropic = s->kind == ANSWER_ANTHROPIC;

    s->kind = ANSWER_NONE;
    if (!a.call)
        return true;
    answer_status(&a, STATUS_UNKNOWN);
    return (!anthropic || answer_add_cached(&a)) && call_settle(&s->r, a.call);
}

static struct sv event_type(const struct json_doc *d, json_ref event)
{
    return json_raw(d, json_get(d, event, "type"));
}

static struct call_record *begin(struct stream *s, enum answer_kind kind, json_ref body)
{
    struct call_record *call = end_answer(s) ? batch_add_call(s->r.c->out) : NULL;

    if (!call)
        return NULL;
    s->kind = kind;
    call->source = s->r.c->source;
    call->line = s->r.c->line;
    call->id = answer_identity(&s->r, s->d, body);
    record_set_dim(call, F_SOURCE_FORMAT, SV("sse"));
    call_set_flag(call, FLAG_STREAMING);
    return call;
}

/* --- OpenAI's chunks and Gemini's parts: each is a body that says a little more --- */

static bool same_answer(const struct stream *s, enum answer_kind kind, json_ref body)
{
    const struct call_record *call = current(s);
    struct identity id;

    if (!call || s->kind != kind)
        return false;
    id = answer_identity(&s->r, s->d, body);
    return id.kind == ID_LINE || (call->id.kind == ID_OWN && sv_eq(id.own, call->id.own));
}

static bool body_part(struct stream *s, enum answer_kind kind, json_ref body)
{
    struct call_record *call = same_answer(s, kind, body) ? current(s) : begin(s, kind, body);
    struct answer a = {s->r, s->d, body, call};
    bool ended = false;

    if (!call || !answer_read(&s->r, s->d, body, call))
        return false;
    ended = record_has(call, F_FINISH_REASON_RAW);
    if (ended)
        answer_status(&a, STATUS_OK);
    else if (record_has(call, F_STATUS) && record_num(call, F_STATUS) == STATUS_OK)
        forget(call, F_STATUS);
    return answer_add_tools(&s->r, s->d, body, &call->id);
}

/* --- Anthropic's events --- */

/* The output that a message begins with is a snapshot; message_delta has the whole. */
static bool message_start(struct stream *s, json_ref event)
{
    json_ref message = json_get(s->d, event, "message");
    struct answer a = {s->r, s->d, message, NULL};

    if (answer_kind(s->d, message) != ANSWER_ANTHROPIC)
        return true;
    a.call = begin(s, ANSWER_ANTHROPIC, message);
    if (!a.call)
        return false;
    answer_dim(&a, F_PROVIDER, SV("anthropic"));
    answer_dim(&a, F_OPERATION, SV("chat"));
    answer_dim(&a, F_RESPONSE_MODEL, answer_text(&a, message, "model"));
    if (!anthropic_counts(&a, json_get(s->d, message, "usage")))
        return false;
    forget(a.call, F_OUTPUT_TOKENS);
    return true;
}

/* Counts are those of the message so far, so that the last ones are the message's. */
static bool message_delta(struct stream *s, json_ref event)
{
    json_ref reason = json_path(s->d, event, "delta", "stop_reason", NULL);
    struct answer a = {s->r, s->d, event, current(s)};

    if (!a.call || s->kind != ANSWER_ANTHROPIC)
        return true;
    if (!scalar_missing(s->d, reason)) {
        answer_finish(&a, reason);
        answer_status(&a, STATUS_OK);
    }
    return anthropic_counts(&a, json_get(s->d, event, "usage"));
}

static bool block_start(struct stream *s, json_ref event)
{
    json_ref block = json_get(s->d, event, "content_block");
    struct answer a = {s->r, s->d, event, current(s)};

    if (!a.call || s->kind != ANSWER_ANTHROPIC || !sv_ends(event_type(s->d, block), "tool_use"))
        return true;
    return answer_add_tool(&a, answer_text(&a, block, "id"), answer_text(&a, block, "name"), block);
}

static bool ignored(struct stream *s, json_ref event)
{
    (void)s;
    (void)event;
    return true;
}

/* --- events of OpenAI's responses: the last one holds the whole response --- */

/* A response whose end was not captured is a call of which little is known. */
static bool response_cut_off(struct stream *s)
{
    json_ref begun = s->begun;
    struct call_record *call = NULL;

    s->begun = JSON_END;
    if (begun == JSON_END)
        return true;
    call = begin(s, ANSWER_OPENAI_RESPONSE, begun);
    return call && answer_read(&s->r, s->d, begun, call);
}

static bool response_created(struct stream *s, json_ref event)
{
    json_ref response = json_get(s->d, event, "response");

    if (!response_cut_off(s))
        return false;
    if (answer_kind(s->d, response) == ANSWER_OPENAI_RESPONSE)
        s->begun = response;
    return true;
}

static bool response_end(struct stream *s, json_ref event)
{
    json_ref response = json_get(s->d, event, "response");

    if (answer_kind(s->d, response) != ANSWER_OPENAI_RESPONSE)
        return true;
    s->begun = JSON_END;
    return body_part(s, ANSWER_OPENAI_RESPONSE, response);
}

/* A failure in the middle belongs to the answer that it ends. */
static bool failed(struct stream *s, json_ref event)
{
    json_ref error = json_get(s->d, event, "error");
    struct answer a = {s->r, s->d, event, NULL};

    if (!response_cut_off(s))
        return false;
    a.call = current(s) ? current(s) : begin(s, ANSWER_OPENAI_ERROR, event);
    if (!a.call)
        return false;
    error_read(&a, error == JSON_END ? event : error);
    return true;
}

/* --- events --- */

static const struct {
    const char *type;
    bool (*read)(struct stream *s, json_ref event);
} events[] = {
    {"message_start", message_start},
    {"message_delta", message_delta},
    {"message_stop", ignored},
    {"content_block_start", block_start},
    {"content_block_delta", ignored},
    {"content_block_stop", ignored},
    {"ping", ignored},
    {"error", failed},
    {"response.created", response_created},
    {"response.completed", response_end},
    {"response.incomplete", response_end},
    {"response.failed", response_end},
    {"response.cancelled", response_end},
};

static size_t find_event(struct sv type)
{
    size_t i = 0;

    while (i < ARRAY_LEN(events) && !sv_is(type, events[i].type))
        i++;
    return i;
}

static bool read_event(struct stream *s, json_ref event)
{
    size_t known = find_event(event_type(s->d, event));
    enum answer_kind kind = ANSWER_NONE;

    if (known < ARRAY_LEN(events))
        return events[known].read(s, event);
    kind = answer_kind(s->d, event);
    if (kind == ANSWER_OPENAI_CHUNK || kind == ANSWER_GEMINI)
        return body_part(s, kind, event);
    if (answer_is_error(kind))
        return failed(s, event);
    if (!kind || answer_unfinished(s->d, event))
        return true;
    return end_answer(s) && answer_add(&s->r, s->d, event, "sse") != NULL;
}

static bool is_stream_event(const struct json_doc *d, json_ref event)
{
    struct sv type = event_type(d, event);

    return find_event(type) < ARRAY_LEN(events) || sv_starts(type, "response.") ||
           answer_kind(d, event) != ANSWER_NONE;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    if (!seen_any(seen, SIGN_BIT(SIGN_ANSWER)))
        return false;
    EACH(doc, json_get(doc, 0, "sse"), event)
    {
        if (is_stream_event(doc, event))
            return true;
    }
    return false;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    struct batch_mark mark = batch_mark(c->out);
    struct stream s = {{c, bad_field, err}, c->doc, c->out->n_calls, ANSWER_NONE, JSON_END};
    bool ok = true;

    EACH(c->doc, json_get(c->doc, 0, "sse"), event)
    {
        ok = ok && read_event(&s, event);
    }
    if (!ok || !response_cut_off(&s) || !end_answer(&s)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (c->out->n_calls > s.first)
        return LINE_RECORDS;
    batch_rewind(c->out, mark);
    *skipped_kind = SV("no answer");
    return LINE_SKIPPED;
}

const struct format format_sse = {
    .name = "sse",
    .summary = "server-sent events as captured: OpenAI, Anthropic, Gemini",
    .claims = claims,
    .read = read,
};
