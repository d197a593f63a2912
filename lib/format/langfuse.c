/* langfuse: traces with their observations, rows of its exports, scores, and the bodies that its
 * clients send (batch). */
#include "format/aliases.h"
#include "format/call_rules.h"
#include "format/evals.h"
#include "format/groups.h"
#include "format/keyed.h"
#include "format/langfuse_usage.h"
#include "format/otlp.h"
#include "format/readers.h"
#include "format/settings.h"

#include "base/banned.h"

/* Types of observations, what their spans are, and whether they are calls. The rest of the exports'
 * spelling and that of the clients' events (generation-create) is the same word. */
static const struct kind {
    const char *type, *event, *span;
    bool is_call;
} kinds[] = {
    {"GENERATION", "generation", "llm", true},
    {"EMBEDDING", "embedding", "embedding", true},
    {"SPAN", "span", "other", false},
    {"EVENT", "event", "other", false},
    {"AGENT", "agent", "agent", false},
    {"TOOL", "tool", "tool", false},
    {"CHAIN", "chain", "chain", false},
    {"RETRIEVER", "retriever", "retriever", false},
    {"EVALUATOR", "evaluator", "evaluator", false},
    {"GUARDRAIL", "guardrail", "guardrail", false},
};

static const struct kind *kind_of_type(struct sv type)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (sv_is(type, kinds[i].type))
            return &kinds[i];
    return NULL;
}

/* generation-create and generation-update; in observation-create the body has the type. */
static bool is_event(struct sv event, const char *word)
{
    size_t n = strlen(word);

    return sv_starts(event, word) && (sv_is((struct sv){event.p + n, event.n - n}, "-create") ||
                                      sv_is((struct sv){event.p + n, event.n - n}, "-update"));
}

static const struct kind *kind_of_event(struct sv event)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (is_event(event, kinds[i].event))
            return &kinds[i];
    return NULL;
}

static bool is_observation_event(struct sv event)
{
    return kind_of_event(event) || is_event(event, "observation");
}

static bool is_other_event(struct sv event)
{
    return is_event(event, "trace") || is_event(event, "score") || sv_is(event, "sdk-log");
}

/* ---- detection ---- */

static json_ref first_of(const struct json_doc *d, json_ref list)
{
    return json_type(d, list) == JSON_ARRAY ? json_first(d, list) : JSON_END;
}

static bool is_observation(const struct json_doc *d, json_ref at)
{
    return kind_of_type(json_raw(d, json_get(d, at, "type"))) &&
           (json_get(d, at, "traceId") != JSON_END || json_get(d, at, "trace_id") != JSON_END) &&
           (json_get(d, at, "startTime") != JSON_END || json_get(d, at, "start_time") != JSON_END);
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    const uint64_t score_targets = UINT64_C(1) << T_TRACE_ID | UINT64_C(1) << T_SESSION;
    json_ref event = JSON_END;

    if (seen_all(seen, SIGN_BIT(SIGN_OBSERVATIONS)))
        return seen_all(seen, SIGN_BIT(SIGN_TRACE)) ||
               is_observation(doc, first_of(doc, seen->at[SIGN_OBSERVATIONS]));
    if (seen_all(seen, SIGN_BIT(SIGN_TRACE)) &&
        is_observation(doc, first_of(doc, json_get(doc, seen->at[SIGN_TRACE], "observations"))))
        return true;
    if (seen_all(seen, SIGN_BIT(SIGN_USAGE_DETAILS)) && (seen->targets & score_targets))
        return json_get(doc, 0, "trace_id") != JSON_END;
    if (seen_all(seen, SIGN_BIT(SIGN_DATA_TYPE)) && (seen->targets & score_targets))
        return json_get(doc, 0, "value") != JSON_END && json_get(doc, 0, "name") != JSON_END;
    if (seen_all(seen, SIGN_BIT(SIGN_BATCH))) {
        event = first_of(doc, seen->at[SIGN_BATCH]);
        event = json_get(doc, event, "type");
        return is_observation_event(json_raw(doc, event)) || is_other_event(json_raw(doc, event));
    }
    return seen_all(seen, SIGN_BIT(SIGN_TYPE)) && (seen->targets >> T_TRACE_ID & 1) &&
           json_type(doc, seen->at[SIGN_TYPE]) == JSON_STRING && is_observation(doc, 0);
}

/* ---- what a document tells ---- */

struct document {
    const struct reading *r;
    struct groups observations, traces; /* by id */
    struct groups scores;               /* in the order of the document */
};

/* One observation, and its trace as far as the document tells of it. */
struct observation {
    const struct reading *r;
    struct told told, trace;
    const struct kind *kind; /* NULL: of a type that is new */
    struct sv id, trace_id, parent, name;
    struct maybe_i64 started_us, ended_us, first_token_us;
    struct maybe_i64 status; /* enum call_status */
    struct sv message;
};

/* A member under either spelling: that of the interface and that of the exports. */
static json_ref either(const struct told *t, const char *camel, const char *snake)
{
    json_ref at = told_get(t, camel);

    return at != JSON_END || !snake ? at : told_get(t, snake);
}

static json_ref own(const struct observation *o, const char *camel, const char *snake)
{
    return either(&o->told, camel, snake);
}

/* Rows repeat these of their trace; elsewhere the trace itself has them. */
static json_ref shared(const struct observation *o, const char *camel, const char *snake)
{
    json_ref at = own(o, camel, snake);

    return at != JSON_END ? at : either(&o->trace, camel, snake);
}

static struct sv id_of(const struct observation *o, json_ref at)
{
    return scalar_id(o->r, o->r->c->doc, at);
}

/* ---- calls ---- */

static struct identity identity_of(const struct observation *o)
{
    return (struct identity){.kind = ID_OWN, .family = SV("langfuse"), .own = o->id};
}

/* Its own cost, else that of its parts. A total of 0 beside no parts is what the interface shows
 * for a model without a price. */
static bool set_cost(const struct observation *o, struct call_record *call)
{
    struct json_doc inner = {0};
    const struct json_doc *d = NULL;
    json_ref parts = object_or_text(o->r, own(o, "costDetails", "cost_details"), &inner, &d);
    struct place total = {o->r->c->doc, "totalCost", own(o, "totalCost", "total_cost")};
    struct place part = {d, "costDetails.total", json_get(d, parts, "total")};
    struct maybe_i64 cost = {0, false};
    bool ok = scalar_money(o->r, total, &cost);

    if (ok && (!cost.known || (cost.v == 0 && part.at == JSON_END))) {
        cost.known = false;
        ok = scalar_money(o->r, part, &cost);
    }
    if (ok && !cost.known) {
        struct place usage = {o->r->c->doc, "usage.totalCost",
                              json_get(o->r->c->doc, told_get(&o->told, "usage"), "totalCost")};

        ok = scalar_money(o->r, usage, &cost);
    }
    json_release(&inner);
    if (ok && cost.known)
        record_set_num(call, F_COST_GIVEN_NUSD, cost.v);
    return ok;
}

/* feature in the metadata, which may be JSON text; else a tag of the trace. What else of the
 * metadata may be stored is kept beside the call. */
static void set_feature_and_meta(const struct observation *o, struct call_record *call)
{
    static const struct {
        const char *name, *camel, *snake;
    } extra[] = {
        {"name", "name", NULL},
        {"release", "release", NULL},
        {"trace_name", "traceName", "trace_name"},
        {"version", "version", NULL},
    };
    const struct json_doc *line = o->r->c->doc, *d = NULL;
    struct json_doc inner = {0}, parameters = {0};
    struct leftovers kept = {0};
    json_ref metadata = object_or_text(o->r, told_get(&o->told, "metadata"), &inner, &d);

    for (struct member m = member_first(d, metadata); m.key != JSON_END;
         m = member_next(d, metadata, m)) {
        struct sv key = scalar_text(o->r, d, m.key);

        if (sv_is(key, "feature"))
            record_set_dim(call, F_FEATURE, scalar_id(o->r, d, m.value));
        else
            leftover_add(&kept, key, d, m.value, LEFTOVER_PLAIN);
    }
    settings_add(&kept, o->r, &parameters, line, own(o, "modelParameters", "model_parameters"));
    for (size_t i = 0; i < ARRAY_LEN(extra); i++)
        leftover_add(&kept, sv_from(extra[i].name), line,
                     shared(o, extra[i].camel, extra[i].snake), LEFTOVER_WEAK);
    if (!record_has(call, F_FEATURE))
        record_set_dim(call, F_FEATURE,
                       keep_id(o->r, tagged_feature(o->r, line, shared(o, "tags", NULL))));
    leftover_add_tags(&kept, o->r, line, shared(o, "tags", NULL));
    call->meta = leftover_json(o->r, &kept);
    json_release(&inner);
    json_release(&parameters);
}

static void set_dimensions(const struct observation *o, struct call_record *call)
{
    record_set_dim(call, F_SOURCE_FORMAT, SV("langfuse"));
    record_set_dim(call, F_REQUEST_MODEL, id_of(o, own(o, "model", "provided_model_name")));
    record_set_dim(call, F_ENVIRONMENT, id_of(o, shared(o, "environment", NULL)));
    record_set_dim(call, F_USER, id_of(o, shared(o, "userId", "user_id")));
    record_set_dim(call, F_PROMPT, id_of(o, own(o, "promptName", "prompt_name")));
    record_set_dim(call, F_PROMPT_VERSION, id_of(o, own(o, "promptVersion", "prompt_version")));
    if (o->kind && sv_is(sv_from(o->kind->span), "embedding"))
        record_set_dim(call, F_OPERATION, SV("embeddings"));
    call->session_id = id_of(o, shared(o, "sessionId", "session_id"));
    set_feature_and_meta(o, call);
}

/* Durations are differences of the times: the columns of that name are seconds in some exports and
 * milliseconds in others. */
static void set_durations(const struct observation *o, struct call_record *call)
{
    if (!o->started_us.known)
        return;
    record_set_num(call, F_STARTED_US, o->started_us.v);
    set_latency_until(call, o->ended_us);
    if (o->first_token_us.known && o->first_token_us.v >= o->started_us.v)
        record_set_num(call, F_TIME_TO_FIRST_TOKEN_US, o->first_token_us.v - o->started_us.v);
}

static bool add_call(const struct observation *o)
{
    struct call_record *call = batch_add_call(o->r->c->out);

    if (!call)
        return false;
    call->id = o->id.n ? identity_of(o) : line_identity(o->r->c, o->told.items->order);
    call->source = o->r->c->source;
    call->line = o->r->c->line;
    call->input = told_value(&o->told, "input");
    call->output = told_value(&o->told, "output");
    call->trace_id = o->trace_id;
    call->span_id = o->id;
    call->parent_span_id = o->parent;
    set_dimensions(o, call);
    set_durations(o, call);
    if (!langfuse_usage(o->r, &o->told, call) || !set_cost(o, call))
        return false;
    if (o->status.known)
        record_set_num(call, F_STATUS, o->status.v);
    if (o->status.known && o->status.v == STATUS_ERROR)
        call_set_error(o->r, call, SV_NONE, o->message);
    return call_settle(o->r, call);
}

/* ---- spans and tools ---- */

static struct sv error_of(const struct observation *o)
{
    return o->status.known && o->status.v == STATUS_ERROR ? error_kind(o->r, SV_NONE, o->message)
                                                          : SV_NONE;
}

static bool add_span(const struct observation *o)
{
    struct span_record *span = batch_add_span(o->r->c->out);

    if (!span)
        return false;
    *span = (struct span_record){
        .trace_id = o->trace_id,
        .span_id = o->id,
        .parent_span_id = o->parent,
        .name = o->name,
        .kind = o->kind ? sv_from(o->kind->span) : SV("other"),
        .error_type = error_of(o),
        .started_us = o->started_us,
        .ended_us = o->ended_us,
        .status = o->status.known ? (enum call_status)o->status.v : STATUS_UNKNOWN,
        .source = o->r->c->source,
        .line = o->r->c->line,
    };
    return true;
}

static bool add_tool(const struct observation *o)
{
    struct tool_record *tool = batch_add_tool(o->r->c->out);

    if (!tool)
        return false;
    *tool = (struct tool_record){
        .id = o->id.n ? identity_of(o) : line_identity(o->r->c, o->told.items->order),
        .trace_id = o->trace_id,
        .span_id = o->id,
        .tool_name = o->name,
        .error_kind = error_of(o),
        .started_us = o->started_us,
        .ended_us = o->ended_us,
        .status = o->status,
        .source = o->r->c->source,
        .line = o->r->c->line,
    };
    return true;
}

/* ---- observations ---- */

static bool read_times(struct observation *o)
{
    const struct {
        const char *camel, *snake;
        struct maybe_i64 *out;
    } times[] = {
        {"startTime", "start_time", &o->started_us},
        {"endTime", "end_time", &o->ended_us},
        {"completionStartTime", "completion_start_time", &o->first_token_us},
    };

    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        struct place p = {o->r->c->doc, times[i].camel, own(o, times[i].camel, times[i].snake)};

        if (!scalar_time(o->r, p, times[i].out, NULL))
            return false;
    }
    return true;
}

/* An update that says neither a level nor an end says nothing of the outcome. */
static void read_status(struct observation *o)
{
    struct sv level = scalar_text(o->r, o->r->c->doc, told_get(&o->told, "level"));

    o->message = scalar_text(o->r, o->r->c->doc, own(o, "statusMessage", "status_message"));
    if (sv_is(level, "ERROR"))
        o->status = (struct maybe_i64){STATUS_ERROR, true};
    else if (level.n || o->ended_us.known)
        o->status = (struct maybe_i64){STATUS_OK, true};
}

static const struct kind *kind_of(const struct observation *o)
{
    const struct json_doc *d = o->r->c->doc;
    const struct kind *kind = kind_of_type(json_raw(d, told_get(&o->told, "type")));

    for (size_t i = o->told.n; !kind && i > 0 && o->told.n - i < TOLD_MAX; i--)
        kind = kind_of_event(json_raw(d, json_get(d, o->told.items[i - 1].around, "type")));
    return kind;
}

static bool read_observation(const struct document *doc, const struct told *told)
{
    const struct reading *r = doc->r;
    const struct json_doc *d = r->c->doc;
    struct observation o = {.r = r, .told = *told};
    struct sv trace = scalar_text(r, d, own(&o, "traceId", "trace_id"));

    o.id = keep_hex(r, told->items->id);
    o.trace = groups_find(&doc->traces, d, trace);
    o.trace_id = keep_hex(r, trace);
    o.parent = keep_hex(r, scalar_text(r, d, own(&o, "parentObservationId",
                                                 "parent_observation_id")));
    o.name = id_of(&o, told_get(told, "name"));
    o.kind = kind_of(&o);
    if (!read_times(&o))
        return false;
    read_status(&o);
    if (o.trace_id.n && o.id.n && !add_span(&o))
        return false;
    if (o.kind && o.kind->is_call)
        return add_call(&o);
    return !o.kind || !sv_is(sv_from(o.kind->span), "tool") || add_tool(&o);
}

/* ---- scores ---- */

/* Of what a score is: an observation before its trace before the session. */
static bool aim(const struct reading *r, const struct told *t, struct score_record *s)
{
    const struct json_doc *d = r->c->doc;
    struct sv observation = keep_hex(r, scalar_text(r, d, either(t, "observationId",
                                                                 "observation_id")));
    struct sv trace = keep_hex(r, scalar_text(r, d, either(t, "traceId", "trace_id")));

    if (observation.n) {
        s->target = TARGET_CALL;
        s->call = (struct identity){
            .kind = ID_OWN, .family = SV("langfuse"), .own = observation};
        return true;
    }
    s->target = trace.n ? TARGET_TRACE : TARGET_SESSION;
    s->target_id = trace.n ? trace : scalar_id(r, d, either(t, "sessionId", "session_id"));
    return s->target_id.n > 0;
}

/* Of a category value is but its index, and of a text it is 0: what was said is another member. A
 * text is what somebody wrote, and is not kept. */
static bool read_verdict(const struct reading *r, const struct told *t, struct score_record *s)
{
    const struct json_doc *d = r->c->doc;
    struct sv type = scalar_text(r, d, either(t, "dataType", "data_type"));
    json_ref value = told_get(t, "value");

    if (sv_is(type, "TEXT") || sv_is(type, "CORRECTION"))
        return true;
    if (sv_is(type, "CATEGORICAL") || (!type.n && json_type(d, value) == JSON_STRING)) {
        json_ref label = either(t, "stringValue", "string_value");

        s->label = scalar_id(r, d, label != JSON_END ? label : value);
        return true;
    }
    if (!scalar_number(r, (struct place){d, "value", value}, &s->value))
        return false;
    if (sv_is(type, "BOOLEAN") && s->value.known)
        s->passed = (struct maybe_i64){s->value.v != 0, true};
    return true;
}

static struct sv scorer_of(struct sv source)
{
    static const char *const words[][2] = {
        {"EVAL", "eval"}, {"ANNOTATION", "annotation"}, {"API", "api"}};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_is(source, words[i][0]))
            return sv_from(words[i][1]);
    return SV("api");
}

static bool read_score(const struct reading *r, const struct told *t)
{
    const struct json_doc *d = r->c->doc;
    struct score_record row = {.source = r->c->source, .line = r->c->line}, *out = NULL;
    struct sv id = scalar_id(r, d, told_get(t, "id"));
    struct place time = {d, "timestamp", told_get(t, "timestamp")};

    row.name = scalar_id(r, d, told_get(t, "name"));
    if (!row.name.n || !aim(r, t, &row))
        return true;
    row.id = id.n ? (struct identity){.kind = ID_OWN, .family = SV("langfuse-score"), .own = id}
                  : line_identity(r->c, t->items->order);
    row.scorer = scorer_of(scalar_text(r, d, told_get(t, "source")));
    score_set_judge(&row, judge_model(r, d, told_get(t, "metadata")));
    if (!read_verdict(r, t, &row) || !scalar_time(r, time, &row.at_us, NULL))
        return false;
    out = batch_add_score(r->c->out);
    if (!out)
        return false;
    *out = row;
    return true;
}

/* ---- documents ---- */

static struct sv text_of(const struct document *doc, json_ref object, const char *key)
{
    return scalar_text(doc->r, doc->r->c->doc, json_get(doc->r->c->doc, object, key));
}

static bool add_observation(void *ctx, json_ref at)
{
    struct document *doc = ctx;

    return groups_add(&doc->observations, doc->r, text_of(doc, at, "id"), at, JSON_END);
}

static bool add_score(void *ctx, json_ref at)
{
    struct document *doc = ctx;

    return groups_add(&doc->scores, doc->r, SV_NONE, at, JSON_END);
}

/* A trace repeats the observations that stand beside it, without some of their members. */
static bool add_trace(struct document *doc, json_ref at)
{
    const struct json_doc *d = doc->r->c->doc;

    return groups_add(&doc->traces, doc->r, text_of(doc, at, "id"), at, JSON_END) &&
           otlp_each(d, at, "observations", add_observation, doc) &&
           otlp_each(d, at, "scores", add_score, doc);
}

/* Without an id of its own a body goes by that of the event. */
static bool add_event(void *ctx, json_ref event)
{
    struct document *doc = ctx;
    const struct json_doc *d = doc->r->c->doc;
    struct sv type = text_of(doc, event, "type"), id;
    json_ref body = json_get(d, event, "body");

    if (json_type(d, body) != JSON_OBJECT)
        return true;
    id = text_of(doc, body, "id");
    if (!id.n)
        id = text_of(doc, event, "id");
    if (is_event(type, "trace"))
        return groups_add(&doc->traces, doc->r, id, body, event);
    if (is_event(type, "score"))
        return add_score(doc, body);
    return !is_observation_event(type) ||
           groups_add(&doc->observations, doc->r, id, body, event);
}

/* The document's parts into their groups. */
static bool collect(struct document *doc)
{
    const struct json_doc *d = doc->r->c->doc;
    json_ref trace = json_get(d, 0, "trace");

    if (json_type(d, trace) == JSON_OBJECT)
        return add_trace(doc, trace) && otlp_each(d, 0, "observations", add_observation, doc) &&
               otlp_each(d, 0, "scores", add_score, doc);
    if (json_type(d, json_get(d, 0, "observations")) == JSON_ARRAY)
        return add_trace(doc, 0);
    if (json_type(d, json_get(d, 0, "batch")) == JSON_ARRAY)
        return otlp_each(d, 0, "batch", add_event, doc);
    if (json_get(d, 0, "data_type") != JSON_END || json_get(d, 0, "dataType") != JSON_END)
        return add_score(doc, 0);
    return !kind_of_type(text_of(doc, 0, "type")) || add_observation(doc, 0);
}

static bool read_document(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct document doc = {.r = r};
    bool ok = collect(&doc);

    groups_sort(&doc.observations);
    groups_sort(&doc.traces);
    for (size_t i = 0; ok && i < doc.observations.n;) {
        struct told told = groups_from(&doc.observations, d, i);

        if (!told.items->id.n) /* without ids each is one of its own */
            told.n = 1;
        ok = read_observation(&doc, &told);
        i += told.n;
    }
    for (size_t i = 0; ok && i < doc.scores.n; i++) {
        struct told told = {d, &doc.scores.items[i], 1};

        ok = read_score(r, &told);
    }
    groups_release(&doc.observations);
    groups_release(&doc.traces);
    groups_release(&doc.scores);
    return ok;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);

    if (!read_document(&r)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    *skipped_kind = SV("no observation");
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_langfuse = {
    .name = "langfuse",
    .summary = "traces, observations and scores of Langfuse, exported or as its clients send them",
    .claims = claims,
    .read = read,
};
