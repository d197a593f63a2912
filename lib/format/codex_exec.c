/*
 * codex_exec: what `codex exec --json` writes, one event a line.
 *
 * Names confirmed in openai/codex @ 08a1f30ca23f (codex-rs/exec/src/exec_events.rs); that the usage
 * of turn.completed is the thread's total so far, also over the turns before a `codex exec resume`,
 * in event_processor_with_jsonl_output.rs @ 029bf4d55c5d (usage_from_last_total) and by what was
 * measured for gitmoot/gitmoot issue 661 and openai/codex issue 17539. So a thread is one call
 * that stands for all of its requests; of its totals the largest holds. reasoning_output_tokens
 * (openai/codex pull 19308) is part of the output. No line has a time or a model.
 */
#include "format/agent.h"
#include "format/aliases.h"
#include "format/keyed.h"
#include "format/memory.h"
#include "format/readers.h"

#include "base/banned.h"

static const char *const line_types[] = {
    "thread.started", "turn.started", "turn.completed", "turn.failed",
    "item.started",   "item.updated", "item.completed", "item.plan.delta",
};

/* {"type":"error","message":"..."}: of an error that ends the turn, turn.failed tells again. */
static bool is_stream_error(const struct json_doc *doc, struct sv type)
{
    return sv_is(type, "error") && json_type(doc, json_get(doc, 0, "message")) == JSON_STRING &&
           doc->tokens[0].next == 5; /* the object and twice a key and a value: nothing else */
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    struct sv type;

    if (!seen_all(seen, SIGN_BIT(SIGN_TYPE)) || json_type(doc, seen->at[SIGN_TYPE]) != JSON_STRING)
        return false;
    type = json_raw(doc, seen->at[SIGN_TYPE]);
    for (size_t i = 0; i < ARRAY_LEN(line_types); i++)
        if (sv_is(type, line_types[i]))
            return true;
    return is_stream_error(doc, type);
}

/* clang-format off */
static const struct known_key usage_keys[] = {
    {TEXT("usage.input_tokens"), F_INPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("usage.cached_input_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("usage.cache_write_input_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("usage.output_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("usage.reasoning_output_tokens"), F_REASONING_TOKENS, HOW_COUNT, 0, 0},
};
/* clang-format on */

static struct call_record *add_call(const struct reading *r, const struct session_memory *m)
{
    struct call_record *call = agent_add_call(r, "codex-exec");

    if (!call)
        return NULL;
    call->id = line_identity(r->c, 0);
    call->session_id = recall(r, &m->session);
    record_set_dim(call, F_AGENT, SV("main"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    call_set_flag(call, FLAG_AGGREGATE);
    return call;
}

/* Without any request that was answered the totals are 0, which is what they were set to. */
static void forget_nothing(struct call_record *call)
{
    bool any = false;

    for (size_t i = 0; i < ARRAY_LEN(usage_keys); i++)
        any |= record_has(call, usage_keys[i].target) && record_num(call, usage_keys[i].target) > 0;
    for (size_t i = 0; i < ARRAY_LEN(usage_keys) && !any; i++)
        call->known &= ~(UINT64_C(1) << usage_keys[i].target);
}

static bool add_turn(const struct reading *r, const struct session_memory *m)
{
    const struct json_doc *d = r->c->doc;
    struct call_record *call = add_call(r, m);

    if (!call ||
        !apply_members(r, usage_keys, ARRAY_LEN(usage_keys), d, json_get(d, 0, "usage"), call))
        return false;
    if (call->session_id.n)
        call->id =
            (struct identity){.kind = ID_OWN, .family = SV("codex-exec"), .own = call->session_id};
    forget_nothing(call);
    record_set_num(call, F_STATUS, STATUS_OK);
    return call_settle(r, call);
}

/* A turn that failed is a call of its own: what the thread had used before is told by others. */
static bool add_failure(const struct reading *r, const struct session_memory *m)
{
    const struct json_doc *d = r->c->doc;
    struct call_record *call = add_call(r, m);

    if (!call)
        return false;
    call_set_error(r, call, SV_NONE, scalar_text(r, d, json_path(d, 0, "error", "message", NULL)));
    return call_settle(r, call);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    const struct json_doc *d = c->doc;
    struct session_memory nothing = {0};
    struct session_memory *m = c->memory ? &c->memory->codex_exec : &nothing;
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    json_ref at = json_get(d, 0, "type");
    struct sv type = json_type(d, at) == JSON_STRING ? json_raw(d, at) : SV_NONE;
    bool ok = true;

    *skipped_kind = agent_line_kind(&r, at);
    if (sv_is(type, "thread.started")) {
        *m = (struct session_memory){0};
        remember(&m->session, scalar_id(&r, d, json_get(d, 0, "thread_id")));
    } else if (sv_is(type, "turn.completed")) {
        ok = add_turn(&r, m);
    } else if (sv_is(type, "turn.failed")) {
        ok = add_failure(&r, m);
    }
    if (!ok) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_codex_exec = {
    .name = "codex-exec",
    .summary = "the events of codex exec --json: one call for each thread",
    .claims = claims,
    .read = read,
    .stateful = true,
};
