/* spans: what a span says, whichever format it is written in. */
#include "format/spans.h"

#include "format/call_rules.h"
#include "format/otlp_attributes.h"
#include "format/settings.h"

#include "base/banned.h"

void span_open(struct span *s, const struct reading *r, const char *format)
{
    *s = (struct span){.r = r,
                       .format = format,
                       .metadata = {.at = JSON_END},
                       .settings = {.at = JSON_END},
                       .tags = {.at = JSON_END}};
    picks_clear(&s->picks);
}

/* retrieval.documents.3.document.score: what was found is content, how much and how well the best of
 * it fits is not. */
static bool is_document(struct span *s, struct sv name, const struct json_doc *d, json_ref value,
                        unsigned how)
{
    static const char *const lists[] = {"retrieval.documents.", "reranker.output_documents."};
    size_t at = 0;
    int64_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(lists) && !at; i++)
        at = sv_starts(name, lists[i]) ? strlen(lists[i]) : 0;
    if (!at)
        return false;
    for (; at < name.n && name.p[at] >= '0' && name.p[at] <= '9' && n < 1000000; at++)
        n = n * 10 + (name.p[at] - '0');
    s->docs = n + 1 > s->docs ? n + 1 : s->docs;
    if (n == 0 && sv_ends(name, ".document.score"))
        leftover_add(&s->kept, SV("retrieval.top_score"), d, value, how | LEFTOVER_WEAK);
    return true;
}

/* True when the attribute is taken: the rules become one text. */
static bool take_guardrail(struct span *s, struct sv name, const struct json_doc *d, json_ref value)
{
    if (sv_is(name, "guardrail.passed"))
        s->passed = scalar_bool(d, value);
    else if (sv_is(name, "guardrail.name"))
        s->guardrail = scalar_id(s->r, d, value);
    else if (sv_is(name, "guardrail.action"))
        s->action = scalar_id(s->r, d, value);
    if (!sv_is(name, "guardrail.triggered_rules"))
        return false;
    s->rules = arena_alloc(&s->r->c->out->arena, RULES_MOST * sizeof(*s->rules));
    s->r->c->out->failed |= !s->rules;
    if (!s->rules)
        return true;
    s->n_rules = rule_list(s->r, d, value, s->rules);
    leftover_add_list(&s->kept, s->r, name, s->rules, s->n_rules);
    return true;
}

void span_attribute(struct span *s, struct sv name, const struct json_doc *d, json_ref value,
                    unsigned how)
{
    const struct known_key *k = attribute_find(name);

    if (k && k->target == T_INNER) {
        s->metadata = (struct place){d, "metadata", value};
        return;
    }
    if (sv_is(name, "llm.invocation_parameters")) {
        s->settings = (struct place){d, "llm.invocation_parameters", value};
        return;
    }
    if (is_document(s, name, d, value, how))
        return;
    if (sv_is(name, "tag.tags")) {
        s->tags = (struct place){d, "tag.tags", value};
        return;
    }
    if (k && k->target < T_COUNT)
        pick(&s->picks, k, d, value, 0);
    if (sv_starts(name, "guardrail.") && take_guardrail(s, name, d, value))
        return;
    leftover_add(&s->kept, name, d, value, how);
}

static bool is_first_token(struct sv name)
{
    return sv_is(name, "gen_ai.content.completion.chunk") ||
           sv_is(name, "First Token Stream Event");
}

static struct identity span_identity(const struct span *s)
{
    return (struct identity){
        .kind = ID_SPAN, .trace_id = s->record.trace_id, .span_id = s->record.span_id};
}

bool span_event(struct span *s, struct sv name, struct maybe_i64 at_us, json_ref attributes,
                attribute_getter get)
{
    const struct json_doc *d = s->r->c->doc;

    if (is_first_token(name) && !s->first_token_us.known)
        s->first_token_us = at_us;
    if (sv_is(name, "exception")) {
        s->error_type = scalar_text(s->r, d, get(d, attributes, "exception.type"));
        s->error_text = scalar_text(s->r, d, get(d, attributes, "exception.message"));
        if (!s->error_type.n && !s->error_text.n)
            s->error_type = SV("exception");
    }
    if (sv_is(name, "gen_ai.evaluation.result")) {
        const struct identity call = span_identity(s);

        return span_evaluation(s->r, attributes, get, &call, at_us);
    }
    return true;
}

/* The reason itself, the first of an array, or of an array in JSON text: ["stop"]. */
static struct sv finish_raw(const struct span *s)
{
    struct place p = pick_place(&s->picks, F_FINISH_REASON_RAW);
    struct sv text = scalar_text(s->r, p.doc, attribute_first(p.doc, p.at));
    const char *open = NULL, *close = NULL;

    if (!text.n || text.p[0] != '[')
        return text;
    open = memchr(text.p, '"', text.n);
    close = open ? memchr(open + 1, '"', text.n - (size_t)(open + 1 - text.p)) : NULL;
    return close ? (struct sv){open + 1, (size_t)(close - open - 1)} : SV_NONE;
}

/* What a span without any convention is: the steps of a chain that was traced by hand have names
 * that many use alike. */
static struct sv kind_by_name(struct sv name)
{
    static const struct {
        const char *name, *kind;
    } names[] = {
        {"llm_chain",       "chain"    },
        {"retrieval",       "retriever"},
        {"retrieve",        "retriever"},
        {"guardrail_check", "guardrail"},
        {"guardrail",       "guardrail"},
        {"guardrails",      "guardrail"},
        {"rerank",          "reranker" },
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_is(name, names[i].name))
            return sv_from(names[i].kind);
    return SV("other");
}

/* What a span is, from the words of whichever convention it follows. */
static struct sv kind_of(const struct span *s, bool has_usage)
{
    static const struct {
        const char *word, *kind;
    } words[] = {
        {"llm", "llm"},
        {"chat", "llm"},
        {"completion", "llm"},
        {"text_completion", "llm"},
        {"generate_content", "llm"},
        {"embedding", "embedding"},
        {"embeddings", "embedding"},
        {"rerank", "reranker"},
        {"reranker", "reranker"},
        {"retrieval", "retriever"},
        {"retriever", "retriever"},
        {"tool", "tool"},
        {"execute_tool", "tool"},
        {"agent", "agent"},
        {"invoke_agent", "agent"},
        {"create_agent", "agent"},
        {"chain", "chain"},
        {"workflow", "chain"},
        {"task", "chain"},
        {"invoke_workflow", "chain"},
        {"guardrail", "guardrail"},
        {"evaluator", "evaluator"},
    };
    static const unsigned sources[] = {T_SPAN_KIND, F_OPERATION};

    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        struct sv word = pick_text(s->r, &s->picks, sources[i]);

        for (size_t k = 0; k < ARRAY_LEN(words) && word.n; k++)
            if (sv_eq_nocase(word, sv_from(words[k].word)))
                return sv_from(words[k].kind);
    }
    return has_usage ? SV("llm") : kind_by_name(s->record.name);
}

static bool has_usage(const struct span *s)
{
    return picked(&s->picks, F_INPUT_TOKENS) || picked(&s->picks, F_OUTPUT_TOKENS) ||
           picked(&s->picks, F_TOTAL_TOKENS_GIVEN);
}

static void set_status(struct span *s, enum span_verdict verdict, struct sv message)
{
    struct sv type = pick_text(s->r, &s->picks, T_ERROR_TYPE);

    s->record.status = STATUS_OK;
    if (verdict != SPAN_FAILED && !type.n &&
        (verdict == SPAN_OK || (!s->error_type.n && !s->error_text.n)))
        return;
    s->record.status = STATUS_ERROR;
    if (type.n)
        s->error_type = type;
    if (!s->error_text.n)
        s->error_text = message;
    s->record.error_type = error_kind(s->r, s->error_type, s->error_text);
}

static void keep_metadata(const struct span *s, struct leftovers *kept, const struct json_doc *d,
                          json_ref object, struct call_record *call)
{
    for (struct member m = member_first(d, object); m.key != JSON_END;
         m = member_next(d, object, m)) {
        struct sv key = scalar_text(s->r, d, m.key);

        if (sv_is(key, "feature"))
            record_set_dim(call, F_FEATURE, scalar_id(s->r, d, m.value));
        else
            leftover_add(kept, key, d, m.value, LEFTOVER_PLAIN);
    }
}

/* The metadata of a call, the settings that it was made with, and its tags. */
static void read_metadata(const struct span *s, struct call_record *call)
{
    struct json_doc inner = {0}, parameters = {0};
    struct leftovers kept = {0};
    struct sv text = scalar_text(s->r, s->metadata.doc, s->metadata.at);

    if (json_type(s->metadata.doc, s->metadata.at) == JSON_OBJECT)
        keep_metadata(s, &kept, s->metadata.doc, s->metadata.at, call);
    else if (text.n && text.p[0] == '{' && json_parse(&inner, text.p, text.n, NULL) == OK)
        keep_metadata(s, &kept, &inner, 0, call);
    settings_add_attributes(&kept, &s->kept);
    if (s->settings.at != JSON_END)
        settings_add(&kept, s->r, &parameters, s->settings.doc, s->settings.at);
    if (s->tags.at != JSON_END)
        leftover_add_tags(&kept, s->r, s->tags.doc, s->tags.at);
    call->meta = leftover_json(s->r, &kept);
    json_release(&inner);
    json_release(&parameters);
}

/* Durations that the span's own times give, where no attribute does. */
static void set_durations(const struct span *s, struct call_record *call)
{
    const struct span_record *span = &s->record;
    int64_t us = 0;

    if (!span->started_us.known)
        return;
    record_set_num(call, F_STARTED_US, span->started_us.v);
    if (span->ended_us.known && span->ended_us.v >= span->started_us.v)
        record_set_num(call, F_LATENCY_US, span->ended_us.v - span->started_us.v);
    us = s->first_token_us.v - span->started_us.v;
    if (s->first_token_us.known && us >= 0 && !record_has(call, F_TIME_TO_FIRST_TOKEN_US))
        record_set_num(call, F_TIME_TO_FIRST_TOKEN_US, us);
}

/* What a field of the call took is not said once more by the span. */
static void drop_taken(struct span *s, const struct call_record *call)
{
    for (unsigned t = 0; t <= T_REQUEST_ID; t++) {
        bool taken = t == T_SESSION      ? call->session_id.n > 0
                     : t == T_REQUEST_ID ? call->request_id.n > 0
                                         : record_has(call, (enum call_field)t);
        struct place p = pick_place(&s->picks, t);
        if (taken && p.at != JSON_END)
            leftover_drop(&s->kept, p.doc, p.at);
    }
}

/* What a step's own name says of which guardrail it was: "guardrail_check" nothing. */
static struct sv guardrail_name(const struct span *s)
{
    if (s->guardrail.n)
        return s->guardrail;
    return sv_is(s->record.kind, "guardrail") && !sv_is(kind_by_name(s->record.name), "guardrail")
               ? s->record.name
               : SV_NONE;
}

/* The guardrails that were triggered, of the call of the span or for one that the store finds. One
 * that let the answer through all the same has flagged it. */
static void take_triggered(const struct span *s, struct call_record *call)
{
    struct place triggered = pick_place(&s->picks, T_GUARDRAIL);
    struct sv action = s->action;

    if (!action.n && s->passed.known)
        action = s->passed.v ? SV("flagged") : SV("blocked");
    for (size_t i = 0; i < s->n_rules; i++)
        call_add_guardrail(s->r, call, keep_id(s->r, s->rules[i]), action);
    if (!s->n_rules &&
        (scalar_bool(triggered.doc, triggered.at).v || (s->passed.known && !s->passed.v)))
        call_add_guardrail(s->r, call, guardrail_name(s), action);
}

static bool add_call(struct span *s)
{
    struct call_record *call = batch_add_call(s->r->c->out);
    struct place streaming = pick_place(&s->picks, T_STREAMING);

    if (!call)
        return false;
    call->id = span_identity(s);
    call->trace_id = s->record.trace_id;
    call->span_id = s->record.span_id;
    call->parent_span_id = s->record.parent_span_id;
    call->session_id = pick_id(s->r, &s->picks, T_SESSION);
    call->request_id = pick_id(s->r, &s->picks, T_REQUEST_ID);
    call->source = s->r->c->source;
    call->line = s->r->c->line;
    call->value = s->value;
    if (!picks_apply(s->r, &s->picks, call))
        return false;
    record_set_dim(call, F_SOURCE_FORMAT, sv_from(s->format));
    record_set_dim(call, F_FINISH_REASON_RAW, keep_id(s->r, finish_raw(s)));
    read_metadata(s, call);
    if (!record_has(call, F_FEATURE) && record_has(call, F_AGENT))
        record_set_dim(call, F_FEATURE, call->dim[F_AGENT]);
    set_durations(s, call);
    if (scalar_bool(streaming.doc, streaming.at).v)
        call_set_flag(call, FLAG_STREAMING);
    take_triggered(s, call);
    if (sv_is(s->record.kind, "agent") || sv_is(s->record.kind, "chain"))
        call_set_flag(call, FLAG_AGGREGATE);
    record_set_num(call, F_STATUS, s->record.status);
    if (s->record.status == STATUS_ERROR)
        call_set_error(s->r, call, s->error_type, s->error_text);
    if (!call_settle(s->r, call))
        return false;
    drop_taken(s, call);
    return true;
}

/* Of a tool, among the attributes. */
static struct sv kept_version(const struct span *s)
{
    static const char *const keys[] = {"gen_ai.tool.version", "tool.version", "tool_version"};

    for (size_t i = 0; i < s->kept.n; i++)
        for (size_t k = 0; k < ARRAY_LEN(keys); k++)
            if (sv_is(s->kept.item[i].key, keys[k]))
                return scalar_id(s->r, s->kept.item[i].doc, s->kept.item[i].at);
    return SV_NONE;
}

static bool add_tool(const struct span *s)
{
    const struct span_record *span = &s->record;
    struct tool_record *tool = batch_add_tool(s->r->c->out);

    if (!tool)
        return false;
    *tool = (struct tool_record){
        .id = span_identity(s),
        .trace_id = span->trace_id,
        .span_id = span->span_id,
        .tool_name = pick_id(s->r, &s->picks, T_TOOL_NAME),
        .error_kind = span->error_type,
        .started_us = span->started_us,
        .ended_us = span->ended_us,
        .status = {span->status, true},
        .source = span->source,
        .line = span->line,
    };
    if (!tool->tool_name.n)
        tool->tool_name = span->name;
    tool->tool_version = kept_version(s);
    return true;
}

/* Who the calls below a span without usage are for. */
static bool add_context(const struct span *s, struct span_record *out)
{
    struct span_context *context = NULL;
    bool some = picked(&s->picks, T_SESSION);

    for (int i = 0; i < CONTEXT_DIMS; i++)
        some = some || picked(&s->picks, span_context_fields[i]);
    if (!some)
        return true;
    context = arena_zalloc(&s->r->c->out->arena, 1, sizeof(*context));
    if (!context)
        return false;
    for (int i = 0; i < CONTEXT_DIMS; i++)
        context->dim[i] = pick_id(s->r, &s->picks, span_context_fields[i]);
    context->session_id = pick_id(s->r, &s->picks, T_SESSION);
    out->context = context;
    return true;
}

/* For the call that it guards. */
static void add_span_guardrails(const struct span *s, struct span_record *out)
{
    struct call_record guarded = {0};

    take_triggered(s, &guarded);
    out->guardrails = guarded.guardrails;
    if (record_has(&guarded, F_FLAGS) && !guarded.guardrails.n)
        out->guardrails = SV("\t\n"); /* one of which nothing else is known */
}

/* A verdict of the span's guardrail: on its call, or on the trace where it has none. */
static struct score_record *add_verdict(const struct span *s, struct sv key, struct sv name)
{
    const struct identity id = span_identity(s);
    struct score_record *score = add_call_score(s->r, &id, key, name, SV("rule"));

    if (score && !s->record.has_usage) {
        score->target = TARGET_TRACE;
        score->target_id = s->record.trace_id;
    }
    if (score)
        score->at_us = s->record.started_us;
    return score;
}

/* A score "guardrail", and one "guardrail_rule" for each rule that was triggered. */
static bool add_guardrail(const struct span *s)
{
    struct score_record *score;

    if (s->passed.known) {
        score = add_verdict(s, SV("guardrail"), SV("guardrail"));
        if (!score)
            return false;
        score->passed = s->passed;
    }
    for (size_t i = 0; i < s->n_rules; i++) {
        const struct identity named = {
            .kind = ID_OWN, .family = SV("guardrail_rule"), .own = s->rules[i]};

        score = add_verdict(s, identity_text(s->r, &named), SV("guardrail_rule"));
        if (!score)
            return false;
        score->label = keep_id(s->r, s->rules[i]);
        score->passed = (struct maybe_i64){0, true};
    }
    return true;
}

bool span_close(struct span *s, enum span_verdict verdict, struct sv message)
{
    struct span_record *out = NULL;

    set_status(s, verdict, message);
    s->record.has_usage = has_usage(s);
    s->record.kind = kind_of(s, s->record.has_usage);
    if (!s->record.service.n)
        s->record.service = pick_id(s->r, &s->picks, F_SERVICE);
    s->record.source = s->r->c->source;
    s->record.line = s->r->c->line;
    if (s->record.has_usage && !add_call(s))
        return false;
    if (s->docs)
        leftover_add_count(&s->kept, s->r, SV("retrieval.documents.count"), s->docs);
    s->record.attributes = leftover_json(s->r, &s->kept);
    out = batch_add_span(s->r->c->out);
    if (!out)
        return false;
    *out = s->record;
    if (!s->record.has_usage && !add_context(s, out))
        return false;
    if (!s->record.has_usage)
        add_span_guardrails(s, out);
    if ((s->passed.known || s->n_rules) && !add_guardrail(s))
        return false;
    return !sv_is(s->record.kind, "tool") || add_tool(s);
}

bool span_evaluation(const struct reading *r, json_ref attributes, attribute_getter get,
                     const struct identity *call, struct maybe_i64 at_us)
{
    const struct json_doc *d = r->c->doc;
    struct sv name = scalar_id(r, d, get(d, attributes, "gen_ai.evaluation.name"));
    struct place value = {d, "gen_ai.evaluation.score.value",
                          get(d, attributes, "gen_ai.evaluation.score.value")};
    struct maybe_f64 number = {0, false};
    struct score_record *s = NULL;

    if (!scalar_number(r, value, &number))
        return false;
    if (!name.n)
        name = SV("evaluation");
    s = add_call_score(r, call, name, name, SV("eval"));
    if (!s)
        return false;
    s->value = number;
    s->label = scalar_id(r, d, get(d, attributes, "gen_ai.evaluation.score.label"));
    s->at_us = at_us;
    return true;
}
