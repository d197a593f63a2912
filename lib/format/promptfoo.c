/* promptfoo: results of an evaluation, as one document or one result per line. */
#include "format/aliases.h"
#include "format/evals.h"
#include "format/keyed.h"
#include "format/readers.h"

#include "base/banned.h"

static bool has(const struct json_doc *d, const char *key)
{
    return json_get(d, 0, key) != JSON_END;
}

static bool is_document(const struct json_doc *d)
{
    return has(d, "evalId") && json_type(d, json_get(d, 0, "results")) == JSON_OBJECT;
}

static bool is_result(const struct json_doc *d)
{
    return (has(d, "gradingResult") || has(d, "success")) &&
           (has(d, "testIdx") || has(d, "testCase")) && has(d, "provider");
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_any(seen, SIGN_BIT(SIGN_EVALUATION)) && (is_document(doc) || is_result(doc));
}

/* One result: a prompt, a provider and a test case met. */
struct result {
    struct reading r;
    json_ref at, response;
    struct identity id;
    struct maybe_i64 at_us; /* of the whole run: results have no time of their own */
    bool failed;            /* it broke, which is neither a pass nor a fail */
};

static json_ref member(const struct result *e, const char *key)
{
    return json_get(e->r.c->doc, e->at, key);
}

static struct sv member_id(const struct result *e, const char *key)
{
    return scalar_id(&e->r, e->r.c->doc, member(e, key));
}

/* A failed assertion leaves an error text too; failureReason tells the two apart. */
static bool is_broken(const struct result *e)
{
    const struct json_doc *d = e->r.c->doc;
    struct sv reason = scalar_text(&e->r, d, member(e, "failureReason"));

    if (reason.n)
        return sv_is(reason, "2");
    return !scalar_missing(d, member(e, "error")) && scalar_missing(d, member(e, "gradingResult"));
}

/* A provider is an object with an id, or the id itself. */
static struct sv id_at(const struct result *e, json_ref provider)
{
    const struct json_doc *d = e->r.c->doc;

    if (json_type(d, provider) == JSON_OBJECT)
        provider = json_get(d, provider, "id");
    return scalar_id(&e->r, d, provider);
}

static struct sv provider_id(const struct result *e)
{
    return id_at(e, member(e, "provider"));
}

/* The test by its variables, so that a test that is put in front of it does not move it; by its
 * number where there are none. */
static struct sv result_case(const struct result *e)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref vars = member(e, "vars");
    struct sv filter[2] = {member_id(e, "promptId"), provider_id(e)};
    struct case_key key = {.filter = join_ids(&e->r, filter, 2)};

    if (json_type(d, vars) == JSON_OBJECT && json_first(d, vars) != JSON_END)
        key.sample = value_digest(&e->r, d, vars);
    else
        key.sample = member_id(e, "testIdx");
    return case_id(&e->r, &key);
}

/* "openai:chat:gpt-4o" is the provider, its kind of endpoint, and the model, which is returned. */
static struct sv split_model(struct sv id, struct sv *provider)
{
    static const char *const kinds[] = {"chat",      "completion", "messages", "responses",
                                        "embedding", "embeddings", "realtime", "assistant"};
    ptrdiff_t colon = sv_find(id, SV(":"));
    struct sv rest;

    if (colon <= 0 || sv_find(id, SV("://")) >= 0)
        return id;
    rest = (struct sv){id.p + colon + 1, id.n - (size_t)colon - 1};
    *provider = (struct sv){id.p, (size_t)colon};
    colon = sv_find(rest, SV(":"));
    for (size_t i = 0; i < ARRAY_LEN(kinds) && colon >= 0; i++)
        if (sv_eq((struct sv){rest.p, (size_t)colon}, sv_from(kinds[i]))) {
            rest = (struct sv){rest.p + colon + 1, rest.n - (size_t)colon - 1};
            break;
        }
    return rest.n ? rest : id;
}

static void set_model(struct call_record *call, struct sv id)
{
    struct sv provider = SV_NONE, model = split_model(id, &provider);

    record_set_dim(call, F_PROVIDER, provider);
    record_set_dim(call, F_REQUEST_MODEL, model);
}

static const struct known_key usage_keys[] = {
    {TEXT("response.tokenUsage.prompt"),     F_INPUT_TOKENS,       HOW_COUNT, 0, 0},
    {TEXT("response.tokenUsage.completion"), F_OUTPUT_TOKENS,      HOW_COUNT, 0, 0},
    {TEXT("response.tokenUsage.total"),      F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 0, 0},
};

static const struct known_key detail_keys[] = {
    {TEXT("response.tokenUsage.completionDetails.reasoning"), F_REASONING_TOKENS, HOW_COUNT, 0, 0},
};

static const struct known_key figure_keys[] = {
    {TEXT("latencyMs"), F_LATENCY_US,      HOW_MS,    0, 0},
    {TEXT("cost"),      F_COST_GIVEN_NUSD, HOW_MONEY, 0, 0},
    {TEXT("promptId"),  F_TEMPLATE,        HOW_DIM,   0, 0},
};

/* What the model used. A replay, an echo or an error used nothing. */
static bool set_usage(const struct result *e, struct call_record *call, bool *any)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref usage = json_get(d, e->response, "tokenUsage");
    struct place requests = {d, "response.tokenUsage.numRequests",
                             json_get(d, usage, "numRequests")};
    struct maybe_i64 n = {0, false};

    if (!apply_members(&e->r, usage_keys, ARRAY_LEN(usage_keys), d, usage, call) ||
        !apply_members(&e->r, detail_keys, ARRAY_LEN(detail_keys), d,
                       json_get(d, usage, "completionDetails"), call) ||
        !scalar_count(&e->r, requests, &n))
        return false;
    if (n.v > 1)
        call_set_flag(call, FLAG_AGGREGATE);
    *any = record_num(call, F_INPUT_TOKENS) || record_num(call, F_OUTPUT_TOKENS) ||
           record_num(call, F_TOTAL_TOKENS_GIVEN);
    return true;
}

/* The latency of an answer from promptfoo's own cache is none of the model's. */
static bool set_figures(const struct result *e, struct call_record *call)
{
    const struct json_doc *d = e->r.c->doc;
    bool cached = json_type(d, json_get(d, e->response, "cached")) == JSON_TRUE;
    size_t from = cached ? 1 : 0;

    if (cached)
        call_set_flag(call, FLAG_FROM_CACHE);
    return apply_members(&e->r, figure_keys + from, ARRAY_LEN(figure_keys) - from, d, e->at, call);
}

/* The call of the result, if it says what the model used. What graders used (tokensUsed,
 * tokenUsage.assertions) are other calls, of which nothing else is told. */
static bool add_call(const struct result *e)
{
    const struct json_doc *d = e->r.c->doc;
    struct call_record call = {.id = e->id, .source = e->r.c->source, .line = e->r.c->line};
    struct call_record *out = NULL;
    bool any = false;

    if (!set_usage(e, &call, &any))
        return false;
    if (!any)
        return true;
    if (!set_figures(e, &call))
        return false;
    record_set_dim(&call, F_SOURCE_FORMAT, SV("promptfoo"));
    set_model(&call, provider_id(e));
    record_set_dim(&call, F_FINISH_REASON_RAW,
                   scalar_id(&e->r, d, json_get(d, e->response, "finishReason")));
    if (e->at_us.known)
        record_set_num(&call, F_STARTED_US, e->at_us.v);
    if (e->failed)
        call_set_error(&e->r, &call, SV_NONE, scalar_text(&e->r, d, member(e, "error")));
    else
        record_set_num(&call, F_STATUS, STATUS_OK);
    if (!call_settle(&e->r, &call))
        return false;
    call.value = e->at;
    out = batch_add_call(e->r.c->out);
    if (out)
        *out = call;
    return out != NULL;
}

/* --- judges --- */

/* Assertions that ask a model; "not-llm-rubric" does, too. */
static bool asks_model(const struct json_doc *d, json_ref assertion)
{
    static const char *const types[] = {"agent-rubric",
                                        "answer-relevance",
                                        "context-faithfulness",
                                        "context-recall",
                                        "context-relevance",
                                        "conversation-relevance",
                                        "factuality",
                                        "g-eval",
                                        "llm-rubric",
                                        "model-graded-closedqa",
                                        "model-graded-factuality",
                                        "search-rubric",
                                        "select-best",
                                        "trajectory:goal-success"};
    struct sv type = json_raw(d, json_get(d, assertion, "type"));

    if (sv_starts(type, "not-"))
        type = (struct sv){type.p + 4, type.n - 4};
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (sv_is(type, types[i]))
            return true;
    return false;
}

/* Who is asked: of the assertion before that of the test (getFinalTest() in src/assertions), where
 * several kinds of providers may stand under their names. SV_NONE: promptfoo's default. */
static struct sv asked_model(const struct result *e, json_ref assertion)
{
    const struct json_doc *d = e->r.c->doc;
    const json_ref given[] = {json_get(d, assertion, "provider"),
                              json_path(d, e->at, "testCase", "options", "provider", NULL)};
    struct sv model = SV_NONE, provider;

    for (size_t i = 0; i < ARRAY_LEN(given) && !model.n; i++) {
        json_ref text = json_get(d, given[i], "text");

        model = id_at(e, text == JSON_END ? given[i] : text);
    }
    return split_model(model, &provider);
}

/* The one model that was asked for a metric (for any, without a name); of several nobody's. */
static struct sv judge_of(const struct result *e, struct sv metric)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref parts = json_path(d, e->at, "gradingResult", "componentResults", NULL);
    struct sv judge = SV_NONE;
    bool asked = false;

    if (json_type(d, parts) != JSON_ARRAY)
        return SV_NONE;
    for (json_ref at = json_first(d, parts); at != JSON_END; at = json_next(d, parts, at)) {
        json_ref assertion = json_get(d, at, "assertion");
        struct sv model;

        if (!asks_model(d, assertion) ||
            (metric.n && !sv_eq(scalar_text(&e->r, d, json_get(d, assertion, "metric")), metric)))
            continue;
        model = asked_model(e, assertion);
        if (asked && !sv_eq(model, judge))
            return SV_NONE;
        judge = model;
        asked = true;
    }
    return judge;
}

/* Scores by name, beside the one verdict on the result. */
static bool add_named(const struct result *e, struct sv in_case)
{
    const struct json_doc *d = e->r.c->doc;
    json_ref named = member(e, "namedScores");

    for (struct member m = member_first(d, named); m.key != JSON_END && !e->failed;
         m = member_next(d, named, m)) {
        struct maybe_f64 value = score_value(&e->r, d, m.value);
        struct sv name = scalar_text(&e->r, d, m.key);
        struct score_record *s = NULL;

        if (!value.known)
            continue;
        s = add_case_score(&e->r, &e->id, in_case, name);
        if (!s)
            return false;
        score_set_judge(s, judge_of(e, name));
        s->value = value;
        s->at_us = e->at_us;
        s->cluster = case_cluster(&e->r, d, e->at);
    }
    return true;
}

/* `success` is what the author of the tests wanted; in red-team runs: that the model resisted. */
static bool add_scores(const struct result *e)
{
    const struct json_doc *d = e->r.c->doc;
    struct sv in_case = result_case(e);
    struct score_record *s = add_case_score(&e->r, &e->id, in_case, SV("score"));

    if (!s)
        return false;
    score_set_judge(s, judge_of(e, SV_NONE));
    s->at_us = e->at_us;
    s->cluster = case_cluster(&e->r, d, e->at);
    if (e->failed) {
        s->label = SV("error");
    } else {
        s->value = score_value(&e->r, d, member(e, "score"));
        s->passed = scalar_bool(d, member(e, "success"));
    }
    return add_named(e, in_case);
}

static bool read_result(const struct reading *r, json_ref at, struct maybe_i64 at_us, uint64_t n)
{
    const struct json_doc *d = r->c->doc;
    struct result e = {.r = *r, .at = at, .at_us = at_us};
    struct sv own = scalar_id(r, d, json_get(d, at, "id"));

    e.id = line_identity(r->c, n);
    if (own.n)
        e.id = (struct identity){.kind = ID_OWN, .family = SV("promptfoo"), .own = own};
    e.response = json_get(d, at, "response");
    e.failed = is_broken(&e);
    return add_call(&e) && add_scores(&e);
}

static bool read_document(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    json_ref results = json_get(d, 0, "results"), list = json_get(d, results, "results");
    struct maybe_i64 at_us = {0, false};
    uint64_t n = 0;

    if (!scalar_time(r, (struct place){d, "results.timestamp", json_get(d, results, "timestamp")},
                     &at_us, NULL))
        return false;
    if (json_type(d, list) != JSON_ARRAY)
        return true;
    for (json_ref at = json_first(d, list); at != JSON_END; at = json_next(d, list, at))
        if (json_type(d, at) == JSON_OBJECT && !read_result(r, at, at_us, ++n))
            return false;
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    const struct json_doc *d = c->doc;
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    bool ok = true;

    if (is_document(d))
        ok = read_document(&r);
    else if (is_result(d))
        ok = read_result(&r, 0, (struct maybe_i64){0, false}, 0);
    if (!ok) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (batch_size(c->out) > before)
        return LINE_RECORDS;
    *skipped_kind = SV("no results");
    return LINE_SKIPPED;
}

const struct format format_promptfoo = {
    .name = "promptfoo",
    .summary = "results of promptfoo eval, as document or JSON lines",
    .claims = claims,
    .read = read,
};
