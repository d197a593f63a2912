/* braintrust: spans of Braintrust's logs and experiments. */
#include "format/aliases.h"
#include "format/evals.h"
#include "format/keyed.h"
#include "format/readers.h"
#include "format/settings.h"

#include "base/banned.h"

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_any(seen, SIGN_BIT(SIGN_SPAN_ATTRIBUTES)) &&
           json_get(doc, 0, "root_span_id") != JSON_END && json_get(doc, 0, "metrics") != JSON_END;
}

/* A row while it is read. */
struct row {
    struct reading r;
    json_ref metadata, metrics, attributes;
    struct sv type; /* llm task function tool score eval */
    bool scorer;    /* done by a scorer, not by what is scored */
    struct span_record span;
    struct sv error_type, error_text;
};

static struct identity row_identity(const struct row *w)
{
    return (struct identity){
        .kind = ID_SPAN, .trace_id = w->span.trace_id, .span_id = w->span.span_id};
}

static bool read_ids(struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    json_ref parents = json_get(d, 0, "span_parents");
    const struct {
        const char *key;
        struct sv *out;
    } ids[] = {
        {"root_span_id", &w->span.trace_id},
        {"span_id",      &w->span.span_id }
    };

    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        struct place p = {d, ids[i].key, json_get(d, 0, ids[i].key)};

        *ids[i].out = keep_hex(&w->r, scalar_text(&w->r, d, p.at));
        if (!ids[i].out->n)
            return complain(&w->r, p, "an id");
    }
    if (json_type(d, parents) == JSON_ARRAY)
        w->span.parent_span_id = keep_hex(&w->r, scalar_text(&w->r, d, json_at(d, parents, 0)));
    return true;
}

/* An error is a text or an object. */
static void read_error(struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    json_ref error = json_get(d, 0, "error");

    w->span.status = scalar_missing(d, error) ? STATUS_OK : STATUS_ERROR;
    if (w->span.status == STATUS_OK)
        return;
    w->error_text = scalar_text(&w->r, d, error);
    if (json_type(d, error) == JSON_OBJECT) {
        w->error_type = scalar_text(&w->r, d, json_get(d, error, "name"));
        w->error_text = scalar_text(&w->r, d, json_get(d, error, "message"));
    }
    w->span.error_type = error_kind(&w->r, w->error_type, w->error_text);
}

static struct sv kind_of(const struct row *w)
{
    static const struct {
        const char *type, *kind;
    } kinds[] = {
        {"llm",      "llm"      },
        {"tool",     "tool"     },
        {"score",    "evaluator"},
        {"task",     "chain"    },
        {"eval",     "chain"    },
        {"function", "chain"    },
    };

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (sv_is(w->type, kinds[i].type))
            return sv_from(kinds[i].kind);
    return SV("other");
}

static bool read_frame(struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    struct place start = {d, "metrics.start", json_get(d, w->metrics, "start")};
    struct place end = {d, "metrics.end", json_get(d, w->metrics, "end")};
    struct place created = {d, "created", json_get(d, 0, "created")};

    if (!read_ids(w) || !scalar_time(&w->r, start, &w->span.started_us, NULL) ||
        !scalar_time(&w->r, end, &w->span.ended_us, NULL))
        return false;
    if (!w->span.started_us.known && !scalar_time(&w->r, created, &w->span.started_us, NULL))
        return false;
    w->span.name = scalar_id(&w->r, d, json_get(d, w->attributes, "name"));
    w->span.kind = kind_of(w);
    read_error(w);
    return true;
}

/* clang-format off */
static const struct known_key metric_keys[] = {
    {TEXT("metrics.prompt_tokens"), F_INPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("metrics.completion_tokens"), F_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("metrics.tokens"), F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 0, 0},
    {TEXT("metrics.prompt_cached_tokens"), F_CACHE_READ_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("metrics.prompt_cache_creation_tokens"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("metrics.completion_reasoning_tokens"), F_REASONING_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("metrics.prompt_audio_tokens"), F_AUDIO_INPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("metrics.completion_audio_tokens"), F_AUDIO_OUTPUT_TOKENS, HOW_COUNT, 0, 0},
    {TEXT("metrics.time_to_first_token"), F_TIME_TO_FIRST_TOKEN_US, HOW_S, 0, 0},
    {TEXT("metrics.estimated_cost"), F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
};
/* clang-format on */

/* clang-format off */
static const struct known_key metadata_keys[] = {
    {TEXT("metadata.model"), F_REQUEST_MODEL, HOW_DIM, 0, 0},
    {TEXT("metadata.provider"), F_PROVIDER, HOW_DIM, 0, 0},
    {TEXT("metadata.feature"), F_FEATURE, HOW_DIM, 0, 0},
    {TEXT("metadata.user_id"), F_USER, HOW_DIM, 0, 0},
    {TEXT("metadata.environment"), F_ENVIRONMENT, HOW_DIM, 0, 0},
    {TEXT("metadata.prompt_version"), F_PROMPT_VERSION, HOW_DIM, 0, 0},
};
/* clang-format on */

static const struct known_key row_keys[] = {
    {TEXT("project_id"), F_PROJECT, HOW_DIM, 0, 0},
};

static void set_feature(const struct row *w, struct call_record *call)
{
    const struct json_doc *d = w->r.c->doc;

    if (w->scorer)
        record_set_dim(call, F_FEATURE, SV("eval"));
    else if (!record_has(call, F_FEATURE))
        record_set_dim(call, F_FEATURE,
                       keep_id(&w->r, tagged_feature(&w->r, d, json_get(d, 0, "tags"))));
}

static void set_meta(const struct row *w, struct call_record *call)
{
    const struct json_doc *d = w->r.c->doc;
    struct json_doc inner = {0};
    struct leftovers kept = {0};

    settings_add(&kept, &w->r, &inner, d, json_get(d, 0, "metadata"));
    leftover_add_tags(&kept, &w->r, d, json_get(d, 0, "tags"));
    call->meta = leftover_json(&w->r, &kept);
    json_release(&inner);
}

static bool add_call(const struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    const struct reading *r = &w->r;
    struct call_record *call = batch_add_call(r->c->out);

    if (!call)
        return false;
    call->id = row_identity(w);
    call->trace_id = w->span.trace_id;
    call->span_id = w->span.span_id;
    call->parent_span_id = w->span.parent_span_id;
    call->session_id = scalar_id(r, d, json_get(d, w->metadata, "session_id"));
    call->source = r->c->source;
    call->line = r->c->line;
    record_set_dim(call, F_SOURCE_FORMAT, SV("braintrust"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    if (!apply_members(r, metadata_keys, ARRAY_LEN(metadata_keys), d, w->metadata, call) ||
        !apply_members(r, metric_keys, ARRAY_LEN(metric_keys), d, w->metrics, call) ||
        !apply_members(r, row_keys, ARRAY_LEN(row_keys), d, 0, call))
        return false;
    record_set_dim(
        call, F_FINISH_REASON_RAW,
        scalar_id(r, d, json_get(d, json_at(d, json_get(d, 0, "output"), 0), "finish_reason")));
    set_feature(w, call);
    set_meta(w, call);
    if (w->span.started_us.known)
        record_set_num(call, F_STARTED_US, w->span.started_us.v);
    set_latency_until(call, w->span.ended_us);
    record_set_num(call, F_STATUS, w->span.status);
    if (w->span.status == STATUS_ERROR)
        call_set_error(r, call, w->error_type, w->error_text);
    return call_settle(r, call);
}

static bool add_span(const struct row *w, bool has_usage)
{
    struct span_record *span = batch_add_span(w->r.c->out);

    if (!span)
        return false;
    *span = w->span;
    span->has_usage = has_usage;
    return true;
}

static bool add_tool(const struct row *w)
{
    struct tool_record *tool = batch_add_tool(w->r.c->out);

    if (!tool)
        return false;
    *tool = (struct tool_record){
        .id = row_identity(w),
        .trace_id = w->span.trace_id,
        .span_id = w->span.span_id,
        .tool_name = w->span.name,
        .error_kind = w->span.error_type,
        .started_us = w->span.started_us,
        .ended_us = w->span.ended_us,
        .status = {w->span.status, true},
        .source = w->r.c->source,
        .line = w->r.c->line
    };
    return true;
}

/* The model that a scorer notes on its own row is the judge. */
static struct sv judge_of(const struct row *w)
{
    const struct json_doc *d = w->r.c->doc;
    struct sv judge = judge_model(&w->r, d, 0);

    return judge.n || !w->scorer ? judge : scalar_id(&w->r, d, json_get(d, w->metadata, "model"));
}

/* Scores of a call's own row are the call's; those of any other row say something of the trace. */
static bool add_scores(const struct row *w, bool has_call)
{
    const struct json_doc *d = w->r.c->doc;
    json_ref scores = json_get(d, 0, "scores");
    const struct identity id = row_identity(w);

    for (struct member m = member_first(d, scores); m.key != JSON_END;
         m = member_next(d, scores, m)) {
        struct sv name = scalar_text(&w->r, d, m.key);
        struct maybe_f64 value = {0, false};
        struct score_record *s = NULL;

        if (!scalar_number(&w->r, (struct place){d, "scores", m.value}, &value))
            return false;
        if (!value.known || !name.n)
            continue;
        s = add_call_score(&w->r, &id, name, name, SV("eval"));
        if (!s)
            return false;
        score_set_judge(s, judge_of(w));
        s->value = value;
        s->at_us = w->span.started_us;
        if (has_call)
            continue;
        s->target = TARGET_TRACE;
        s->target_id = w->span.trace_id;
        s->call = (struct identity){0};
    }
    return true;
}

/* A scorer's own span may have used a model; other rows that are no call repeat their children's
 * counts at most. */
static bool is_call(const struct row *w)
{
    const struct json_doc *d = w->r.c->doc;

    return sv_is(w->type, "llm") || (sv_is(w->type, "score") &&
                                     !scalar_missing(d, json_get(d, w->metrics, "prompt_tokens")));
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct json_doc *d = c->doc;
    struct row w = {
        .r = {c, bad_field, err},
        .metadata = json_get(d, 0, "metadata"),
        .metrics = json_get(d, 0, "metrics"),
        .attributes = json_get(d, 0, "span_attributes")
    };
    struct batch_mark mark = batch_mark(c->out);
    bool has_call = false;

    if (json_get(d, 0, "root_span_id") == JSON_END) {
        *skipped_kind = SV("no span");
        return LINE_SKIPPED;
    }
    w.span.source = c->source;
    w.span.line = c->line;
    w.type = json_raw(d, json_get(d, w.attributes, "type"));
    w.scorer = sv_is(w.type, "score") ||
               sv_is(json_raw(d, json_get(d, w.attributes, "purpose")), "scorer");
    has_call = is_call(&w);
    if (read_frame(&w) && add_span(&w, has_call) && (!has_call || add_call(&w)) &&
        (!sv_is(w.type, "tool") || add_tool(&w)) && add_scores(&w, has_call))
        return LINE_RECORDS;
    batch_rewind(c->out, mark);
    return LINE_BAD;
}

const struct format format_braintrust = {
    .name = "braintrust",
    .summary = "spans of Braintrust's logs and experiments",
    .claims = claims,
    .read = read,
};
