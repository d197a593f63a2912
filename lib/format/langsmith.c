/* langsmith: runs as LangSmith exports them, and the bodies that its clients send (post, patch). */
#include <stdio.h>

#include "base/time_text.h"
#include "format/aliases.h"
#include "format/call_rules.h"
#include "format/groups.h"
#include "format/keyed.h"
#include "format/otlp.h"
#include "format/provider.h"
#include "format/readers.h"
#include "format/settings.h"

#include "base/banned.h"

#define UUID_LENGTH 36
#define NEW_TOKEN "new_token"

static bool holds_runs(const struct json_doc *doc, json_ref list)
{
    json_ref run = json_type(doc, list) == JSON_ARRAY ? json_first(doc, list) : JSON_END;

    return json_get(doc, run, "dotted_order") != JSON_END ||
           (json_get(doc, run, "run_type") != JSON_END &&
            json_get(doc, run, "start_time") != JSON_END);
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    json_ref post = JSON_END, patch = JSON_END;

    if (seen_all(seen, SIGN_BIT(SIGN_RUN_TYPE)))
        return (json_get(doc, 0, "dotted_order") != JSON_END ||
                json_get(doc, 0, "trace_id") != JSON_END) &&
               (seen_all(seen, SIGN_BIT(SIGN_INPUTS)) ||
                json_get(doc, 0, "start_time") != JSON_END);
    if (!seen_all(seen, SIGN_BIT(SIGN_POST)))
        return false;
    post = json_get(doc, 0, "post");
    patch = json_get(doc, 0, "patch");
    return holds_runs(doc, post) || holds_runs(doc, patch);
}

/* A run, and what it says in several places. */
struct run {
    const struct reading *r;
    struct told told;
    struct sv id, trace_id, type;
    json_ref metadata, outputs, message; /* message: of the first generation */
    struct maybe_i64 started_us, ended_us;
    struct maybe_i64 status; /* enum call_status */
    struct sv error;
};

/* ---- ids and times ---- */

/* The run's own part of dotted_order, behind the last dot: 20260301T080000000000Z and the id. */
static struct sv own_order(const struct reading *r, json_ref at)
{
    struct sv order = scalar_text(r, r->c->doc, at);

    for (size_t i = order.n; i > 0; i--)
        if (order.p[i - 1] == '.')
            return (struct sv){order.p + i, order.n - i};
    return order;
}

/* A patch of the JavaScript client has no id of its own. */
static struct sv id_of(const struct reading *r, json_ref run)
{
    const struct json_doc *d = r->c->doc;
    struct sv id = scalar_text(r, d, json_get(d, run, "id"));
    struct sv order = own_order(r, json_get(d, run, "dotted_order"));

    if (id.n || order.n <= UUID_LENGTH)
        return id;
    return (struct sv){order.p + order.n - UUID_LENGTH, UUID_LENGTH};
}

/* The start that stands in dotted_order. Where times are numbers the client counts milliseconds,
 * and puts a counter into the last three digits. */
static struct maybe_i64 start_by_order(const struct run *run, bool counted)
{
    struct sv order = own_order(run->r, told_get(&run->told, "dotted_order"));
    char text[28];
    struct maybe_i64 out = {0, false};

    if (order.n < 22 || order.p[8] != 'T' || order.p[21] != 'Z')
        return out;
    snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s.%.6sZ", order.p, order.p + 4,
             order.p + 6, order.p + 9, order.p + 11, order.p + 13, order.p + 15);
    out.known = time_parse((struct sv){text, strlen(text)}, &out.v, NULL) == OK;
    if (counted)
        out.v -= out.v % 1000;
    return out;
}

static bool read_times(struct run *run)
{
    const struct json_doc *d = run->r->c->doc;
    struct place start = {d, "start_time", told_get(&run->told, "start_time")};
    struct place end = {d, "end_time", told_get(&run->told, "end_time")};

    if (!scalar_time(run->r, start, &run->started_us, NULL) ||
        !scalar_time(run->r, end, &run->ended_us, NULL))
        return false;
    if (!run->started_us.known)
        run->started_us = start_by_order(run, json_type(d, end.at) == JSON_NUMBER);
    return true;
}

/* A run that has neither a status nor an end is still going on: nothing is known then. */
static void read_status(struct run *run)
{
    const struct json_doc *d = run->r->c->doc;
    struct maybe_i64 http = {0, false};

    run->error = scalar_text(run->r, d, told_get(&run->told, "error"));
    run->status = status_of(run->r, d, told_get(&run->told, "status"), &http);
    run->status.known &= run->status.v != STATUS_UNKNOWN;
    if (run->status.known && run->status.v != STATUS_OK)
        return;
    if (run->error.n)
        run->status = (struct maybe_i64){STATUS_ERROR, true};
    else if (run->ended_us.known)
        run->status = (struct maybe_i64){STATUS_OK, true};
}

/* ---- usage ---- */

static const struct {
    const char *key;
    enum call_field field;
} counts[] = {
    {"prompt_tokens", F_INPUT_TOKENS},      {"input_tokens", F_INPUT_TOKENS},
    {"completion_tokens", F_OUTPUT_TOKENS}, {"output_tokens", F_OUTPUT_TOKENS},
    {"total_tokens", F_TOTAL_TOKENS_GIVEN},
};

static const struct {
    const char *object, *key;
    enum call_field field;
} details[] = {
    {"prompt_token_details", "cache_read", F_CACHE_READ_TOKENS},
    {"prompt_token_details", "cache_creation", F_CACHE_WRITE_TOKENS},
    {"prompt_token_details", "audio", F_AUDIO_INPUT_TOKENS},
    {"completion_token_details", "reasoning", F_REASONING_TOKENS},
    {"completion_token_details", "audio", F_AUDIO_OUTPUT_TOKENS},
    {"input_token_details", "cache_read", F_CACHE_READ_TOKENS},
    {"input_token_details", "cache_creation", F_CACHE_WRITE_TOKENS},
    {"input_token_details", "audio", F_AUDIO_INPUT_TOKENS},
    {"output_token_details", "reasoning", F_REASONING_TOKENS},
    {"output_token_details", "audio", F_AUDIO_OUTPUT_TOKENS},
};

/* Where usage may stand; of the run itself its members are asked for one by one. */
struct usage {
    const struct run *run;
    json_ref object; /* JSON_END: the run */
};

static json_ref usage_get(const struct usage *u, const char *key)
{
    if (u->object == JSON_END)
        return told_get(&u->run->told, key);
    return json_get(u->run->r->c->doc, u->object, key);
}

static bool take_count(const struct usage *u, struct call_record *call, enum call_field field,
                       const char *name, json_ref at)
{
    struct maybe_i64 v = {0, false};

    if (!scalar_count(u->run->r, (struct place){u->run->r->c->doc, name, at}, &v))
        return false;
    if (v.known)
        record_set_num(call, field, v.v);
    return true;
}

static bool has_counts(const struct usage *u)
{
    const struct json_doc *d = u->run->r->c->doc;

    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        json_ref at = usage_get(u, counts[i].key);

        if (!scalar_missing(d, at) && !sv_is(json_raw(d, at), "0"))
            return true;
    }
    return false;
}

static bool take_usage(const struct usage *u, struct call_record *call)
{
    const struct json_doc *d = u->run->r->c->doc;

    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        if (!take_count(u, call, counts[i].field, counts[i].key, usage_get(u, counts[i].key)))
            return false;
    for (size_t i = 0; i < ARRAY_LEN(details); i++)
        if (!take_count(u, call, details[i].field, details[i].object,
                        json_get(d, usage_get(u, details[i].object), details[i].key)))
            return false;
    return true;
}

/* The first place that counts anything: of runs without usage the interface says 0. */
static bool read_usage(const struct run *run, struct call_record *call)
{
    const struct json_doc *d = run->r->c->doc;
    const struct {
        struct usage usage;
        bool provider; /* in the words of whichever provider was asked */
    } places[] = {
        {{run, JSON_END}, false},
        {{run, json_get(d, run->outputs, "usage_metadata")}, false},
        {{run, json_path(d, run->outputs, "llm_output", "token_usage", NULL)}, true},
        {{run, json_get(d, run->message, "usage_metadata")}, false},
        {{run, json_get(d, run->outputs, "usage")}, true},
    };

    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        const struct usage *u = &places[i].usage;

        if ((i && u->object == JSON_END) || !has_counts(u))
            continue;
        return places[i].provider ? usage_read(run->r, d, u->object, call) : take_usage(u, call);
    }
    return true;
}

/* ---- the rest of a call ---- */

static json_ref first_of(const struct json_doc *d, json_ref list)
{
    return json_type(d, list) == JSON_ARRAY ? json_first(d, list) : JSON_END;
}

/* outputs.generations[0][0], or generations[0] where one prompt was asked. */
static json_ref generation_of(const struct json_doc *d, json_ref outputs)
{
    json_ref first = first_of(d, json_get(d, outputs, "generations"));

    return json_type(d, first) == JSON_ARRAY ? json_first(d, first) : first;
}

/* The first of the values that is there, as it may be stored. */
static struct sv first_id(const struct run *run, const json_ref *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!scalar_missing(run->r->c->doc, values[i]))
            return scalar_id(run->r, run->r->c->doc, values[i]);
    return SV_NONE;
}

static struct sv metadata_id(const struct run *run, const char *key)
{
    return scalar_id(run->r, run->r->c->doc, json_get(run->r->c->doc, run->metadata, key));
}

static void set_models(const struct run *run, struct call_record *call)
{
    const struct json_doc *d = run->r->c->doc;
    json_ref parameters = json_get(d, told_get(&run->told, "extra"), "invocation_params");
    json_ref response = json_get(d, run->message, "response_metadata");
    const json_ref asked[] = {
        json_get(d, run->metadata, "ls_model_name"),
        json_get(d, parameters, "model"),
        json_get(d, parameters, "model_name"),
        json_get(d, told_get(&run->told, "inputs"), "model"),
    };
    const json_ref answered[] = {
        json_get(d, run->outputs, "model"),
        json_path(d, run->outputs, "llm_output", "model_name", NULL),
        json_get(d, response, "model_name"),
        json_get(d, response, "model"),
    };

    record_set_dim(call, F_REQUEST_MODEL, first_id(run, asked, ARRAY_LEN(asked)));
    record_set_dim(call, F_RESPONSE_MODEL, first_id(run, answered, ARRAY_LEN(answered)));
    record_set_dim(call, F_PROVIDER, metadata_id(run, "ls_provider"));
}

static void set_finish(const struct run *run, struct call_record *call)
{
    const struct json_doc *d = run->r->c->doc;
    json_ref response = json_get(d, run->message, "response_metadata");
    const json_ref reasons[] = {
        body_finish(d, run->outputs),
        json_path(d, generation_of(d, run->outputs), "generation_info", "finish_reason", NULL),
        json_get(d, response, "finish_reason"),
        json_get(d, response, "stop_reason"),
    };

    record_set_dim(call, F_FINISH_REASON_RAW, first_id(run, reasons, ARRAY_LEN(reasons)));
}

/* session_id of the run is its project; the conversation is in the metadata. */
static void set_dimensions(const struct run *run, struct call_record *call)
{
    static const struct {
        const char *key;
        enum call_field field;
    } named[] = {
        {"user_id", F_USER},         {"environment", F_ENVIRONMENT},
        {"team", F_TEAM},            {"lc_hub_repo", F_PROMPT},
        {"feature", F_FEATURE},      {"lc_hub_commit_hash", F_PROMPT_VERSION},
        {"agent_name", F_AGENT},
    };
    const struct json_doc *d = run->r->c->doc;
    const json_ref sessions[] = {
        json_get(d, run->metadata, "session_id"),
        json_get(d, run->metadata, "thread_id"),
        json_get(d, run->metadata, "conversation_id"),
    };
    const json_ref projects[] = {
        told_get(&run->told, "session_name"),
        told_get(&run->told, "session_id"),
    };
    bool embedding = sv_is(run->type, "embedding");
    struct sv model_type = metadata_id(run, "ls_model_type");

    for (size_t i = 0; i < ARRAY_LEN(named); i++)
        record_set_dim(call, named[i].field, metadata_id(run, named[i].key));
    if (!record_has(call, F_FEATURE))
        record_set_dim(call, F_FEATURE,
                       keep_id(run->r, tagged_feature(run->r, d, told_get(&run->told, "tags"))));
    record_set_dim(call, F_SOURCE_FORMAT, SV("langsmith"));
    record_set_dim(call, F_OPERATION,
                   embedding                     ? SV("embeddings")
                   : sv_is(model_type, "chat")   ? SV("chat")
                   : sv_is(model_type, "llm")    ? SV("text_completion")
                                                 : SV_NONE);
    record_set_dim(call, F_PROJECT, first_id(run, projects, ARRAY_LEN(projects)));
    call->session_id = first_id(run, sessions, ARRAY_LEN(sessions));
}

/* Metadata that no field takes. */
static void set_meta(const struct run *run, struct call_record *call)
{
    static const char *const taken[] = {
        "user_id",    "environment", "team",        "lc_hub_repo", "lc_hub_commit_hash", "feature",
        "agent_name", "session_id",  "thread_id",   "conversation_id", "ls_provider",
        "ls_model_name", "ls_model_type",
    };
    const struct json_doc *d = run->r->c->doc;
    struct json_doc inner = {0};
    struct leftovers kept = {0};

    for (struct member m = member_first(d, run->metadata); m.key != JSON_END;
         m = member_next(d, run->metadata, m)) {
        struct sv key = scalar_text(run->r, d, m.key);
        size_t i = 0;

        while (i < ARRAY_LEN(taken) && !sv_is(key, taken[i]))
            i++;
        if (i == ARRAY_LEN(taken))
            leftover_add(&kept, key, d, m.value, LEFTOVER_PLAIN);
    }
    settings_add(&kept, run->r, &inner, d,
                 json_get(d, told_get(&run->told, "extra"), "invocation_params"));
    settings_add(&kept, run->r, &inner, d, run->metadata); /* ls_temperature */
    leftover_add_tags(&kept, run->r, d, told_get(&run->told, "tags"));
    call->meta = leftover_json(run->r, &kept);
    json_release(&inner);
}

/* total_cost is decimal text; where it is missing its two parts stand for it. */
static bool set_cost(const struct run *run, struct call_record *call)
{
    static const char *const keys[] = {"total_cost", "prompt_cost", "completion_cost"};
    struct maybe_i64 cost[ARRAY_LEN(keys)] = {{0, false}};

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct place p = {run->r->c->doc, keys[i], told_get(&run->told, keys[i])};

        if (!scalar_money(run->r, p, &cost[i]))
            return false;
    }
    if (!cost[0].known && cost[1].known && cost[2].known)
        cost[0].known = !__builtin_add_overflow(cost[1].v, cost[2].v, &cost[0].v);
    if (cost[0].known)
        record_set_num(call, F_COST_GIVEN_NUSD, cost[0].v);
    return true;
}

/* first_token_time, else the first event of a new token. */
static bool find_first_token(const struct run *run, struct maybe_i64 *out)
{
    const struct json_doc *d = run->r->c->doc;
    struct place p = {d, "first_token_time", told_get(&run->told, "first_token_time")};
    json_ref events = told_get(&run->told, "events"), at = first_of(d, events);

    for (; p.at == JSON_END && at != JSON_END; at = json_next(d, events, at))
        if (sv_is(json_raw(d, json_get(d, at, "name")), NEW_TOKEN))
            p = (struct place){d, "events.time", json_get(d, at, "time")};
    return scalar_time(run->r, p, out, NULL);
}

static bool set_times(const struct run *run, struct call_record *call)
{
    struct maybe_i64 token = {0, false};

    if (!find_first_token(run, &token))
        return false;
    if (!run->started_us.known)
        return true;
    record_set_num(call, F_STARTED_US, run->started_us.v);
    set_latency_until(call, run->ended_us);
    if (token.known && token.v >= run->started_us.v)
        record_set_num(call, F_TIME_TO_FIRST_TOKEN_US, token.v - run->started_us.v);
    return true;
}

static struct identity identity_of(const struct run *run)
{
    return (struct identity){.kind = ID_OWN, .family = SV("langsmith"), .own = run->id};
}

/* Of other runs the counts are sums. A patch alone may not say what run it is of; the metadata of
 * models stand only on calls. */
static bool is_call(const struct run *run)
{
    const struct json_doc *d = run->r->c->doc;

    if (run->type.n)
        return sv_is(run->type, "llm") || sv_is(run->type, "embedding");
    return json_get(d, run->metadata, "ls_model_name") != JSON_END ||
           json_get(d, run->metadata, "ls_model_type") != JSON_END;
}

static bool add_call(const struct run *run)
{
    struct call_record *call = batch_add_call(run->r->c->out);

    if (!call)
        return false;
    call->id = identity_of(run);
    call->source = run->r->c->source;
    call->line = run->r->c->line;
    call->input = told_value(&run->told, "inputs");
    call->output = told_value(&run->told, "outputs");
    call->trace_id = run->trace_id;
    call->span_id = run->id;
    call->parent_span_id = scalar_id(run->r, run->r->c->doc, told_get(&run->told, "parent_run_id"));
    call->request_id =
        scalar_id(run->r, run->r->c->doc, json_get(run->r->c->doc, run->outputs, "id"));
    set_models(run, call);
    set_finish(run, call);
    set_dimensions(run, call);
    set_meta(run, call);
    if (!read_usage(run, call) || !set_cost(run, call) || !set_times(run, call))
        return false;
    if (run->status.known)
        record_set_num(call, F_STATUS, run->status.v);
    if (run->status.known && run->status.v == STATUS_ERROR)
        call_set_error(run->r, call, SV_NONE, run->error);
    return call_settle(run->r, call);
}

/* ---- spans, tools, scores ---- */

static struct sv kind_of(const struct run *run)
{
    static const char *const kinds[] = {"llm", "chain", "tool", "retriever", "embedding"};

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (sv_is(run->type, kinds[i]))
            return sv_from(kinds[i]);
    return is_call(run) ? SV("llm") : SV("other");
}

static bool add_span(const struct run *run)
{
    const struct json_doc *d = run->r->c->doc;
    struct span_record *span = batch_add_span(run->r->c->out);

    if (!span)
        return false;
    span->trace_id = run->trace_id;
    span->span_id = run->id;
    span->parent_span_id = scalar_id(run->r, d, told_get(&run->told, "parent_run_id"));
    span->name = scalar_id(run->r, d, told_get(&run->told, "name"));
    span->kind = kind_of(run);
    span->started_us = run->started_us;
    span->ended_us = run->ended_us;
    span->status = run->status.known ? (enum call_status)run->status.v : STATUS_UNKNOWN;
    if (span->status == STATUS_ERROR)
        span->error_type = error_kind(run->r, SV_NONE, run->error);
    span->source = run->r->c->source;
    span->line = run->r->c->line;
    return true;
}

static bool add_tool(const struct run *run)
{
    struct tool_record *tool = batch_add_tool(run->r->c->out);

    if (!tool)
        return false;
    *tool = (struct tool_record){
        .id = identity_of(run),
        .trace_id = run->trace_id,
        .span_id = run->id,
        .tool_name = scalar_id(run->r, run->r->c->doc, told_get(&run->told, "name")),
        .started_us = run->started_us,
        .ended_us = run->ended_us,
        .status = run->status,
        .source = run->r->c->source,
        .line = run->r->c->line,
    };
    if (run->status.known && run->status.v == STATUS_ERROR)
        tool->error_kind = error_kind(run->r, SV_NONE, run->error);
    return true;
}

/* What people and evaluators said of a run: of a call on the call, else on the trace. */
static bool add_feedback(const struct run *run)
{
    const struct json_doc *d = run->r->c->doc;
    const struct identity id = identity_of(run);
    json_ref stats = told_get(&run->told, "feedback_stats");

    for (struct member m = member_first(d, stats); m.key != JSON_END;
         m = member_next(d, stats, m)) {
        struct sv name = scalar_text(run->r, d, m.key);
        struct place mean = {d, "feedback_stats.avg", json_get(d, m.value, "avg")};
        struct score_record *s = NULL;
        struct maybe_f64 value = {0, false};

        if (!scalar_number(run->r, mean, &value))
            return false;
        if (!value.known || !name.n)
            continue;
        s = add_call_score(run->r, &id, name, name, SV("api"));
        if (!s)
            return false;
        s->value = value;
        s->at_us = run->ended_us;
        if (is_call(run) || !run->trace_id.n)
            continue;
        s->target = TARGET_TRACE;
        s->target_id = run->trace_id;
    }
    return true;
}

/* ---- documents ---- */

static bool read_run(const struct reading *r, const struct told *told, struct sv id)
{
    const struct json_doc *d = r->c->doc;
    struct run run = {.r = r, .told = *told, .id = keep_id(r, id)};
    json_ref generation = JSON_END;

    run.trace_id = scalar_id(r, d, told_get(told, "trace_id"));
    run.type = scalar_text(r, d, told_get(told, "run_type"));
    run.metadata = json_get(d, told_get(told, "extra"), "metadata");
    run.outputs = told_get(told, "outputs");
    generation = generation_of(d, run.outputs);
    run.message = json_get(d, generation, "message");
    if (json_get(d, run.message, "kwargs") != JSON_END)
        run.message = json_get(d, run.message, "kwargs");
    if (!run.id.n)
        return complain(r, (struct place){d, "id", JSON_END}, "an id");
    if (!read_times(&run))
        return false;
    read_status(&run);
    if (run.trace_id.n && !add_span(&run))
        return false;
    if (is_call(&run) && !add_call(&run))
        return false;
    if (sv_is(run.type, "tool") && !add_tool(&run))
        return false;
    return add_feedback(&run);
}

struct body {
    const struct reading *r;
    struct groups runs;
};

static bool add_half(void *ctx, json_ref run)
{
    struct body *b = ctx;

    return groups_add(&b->runs, b->r, id_of(b->r, run), run, JSON_END);
}

/* post begins a run and patch ends it. */
static bool read_runs(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct body b = {.r = r};
    bool ok = otlp_each(d, 0, "post", add_half, &b) && otlp_each(d, 0, "patch", add_half, &b);

    if (ok && json_get(d, 0, "run_type") != JSON_END)
        ok = add_half(&b, 0);
    groups_sort(&b.runs);
    for (size_t i = 0; ok && i < b.runs.n;) {
        struct told told = groups_from(&b.runs, d, i);

        ok = read_run(r, &told, told.items->id);
        i += told.n;
    }
    groups_release(&b.runs);
    return ok;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);

    if (!read_runs(&r)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    *skipped_kind = SV("no run");
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_langsmith = {
    .name = "langsmith",
    .summary = "runs of LangSmith, and the bodies with post and patch that its clients send",
    .claims = claims,
    .read = read,
};
