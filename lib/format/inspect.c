/* inspect: logs of Inspect AI as JSON: samples with their scores and the events that led there. */
#include "format/aliases.h"
#include "format/evals.h"
#include "format/keyed.h"
#include "format/readers.h"
#include "format/settings.h"

#include "base/banned.h"

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_any(seen, SIGN_BIT(SIGN_EVALUATION)) &&
           json_type(doc, json_get(doc, 0, "eval")) == JSON_OBJECT &&
           (json_get(doc, 0, "plan") != JSON_END || json_get(doc, 0, "samples") != JSON_END) &&
           json_get(doc, 0, "status") != JSON_END && json_get(doc, 0, "version") != JSON_END;
}

#define SCORERS_MAX 64 /* of a run, that a broken sample has no score of */

/* What all samples of a log have in common. */
struct run {
    struct sv task;
    struct sv id[2]; /* of the run, and of its task where a run may have several */
    json_ref scorers, roles; /* who scores; models by what they do */
};

struct sample {
    struct reading r;
    const struct run *run;
    json_ref at;
    struct identity id; /* of this run's answer to the sample */
    struct sv case_id;
    struct maybe_i64 scored_us;
};

static struct sv text_of(const struct sample *s, json_ref object, const char *key)
{
    return scalar_id(&s->r, s->r.c->doc, json_get(s->r.c->doc, object, key));
}

/* --- calls and tool calls --- */

/* An event has a uuid in newer logs. Its number does not do: long logs are read in pieces. */
static struct identity event_identity(const struct sample *s, json_ref event, const char *family)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref choice = json_at(d, json_path(d, event, "output", "choices", NULL), 0);
    struct sv own = text_of(s, event, "uuid"), parts[3];

    if (!own.n && s->id.kind == ID_OWN) {
        parts[0] = s->id.own;
        parts[1] = text_of(s, event, "timestamp");
        parts[2] = text_of(s, json_get(d, choice, "message"), "id");
        if (!parts[2].n)
            parts[2] = text_of(s, event, "id");
        own = join_ids(&s->r, parts, ARRAY_LEN(parts));
    }
    if (!own.n)
        return line_identity(s->r.c, event);
    return (struct identity){.kind = ID_OWN, .family = sv_from(family), .own = own};
}

/*
 * Cached tokens are beside the input (src/inspect_ai/model/_model_output.py @ 499e6152e7b8), but were
 * in it in what older versions wrote for some providers: the total tells, where there is one.
 */
static bool set_usage(const struct reading *r, struct call_record *call, json_ref usage)
{
    static const struct known_key keys[] = {
        {TEXT("usage.input_tokens"),             F_INPUT_TOKENS,       HOW_COUNT, 0, 0},
        {TEXT("usage.output_tokens"),            F_OUTPUT_TOKENS,      HOW_COUNT, 0, 0},
        {TEXT("usage.total_tokens"),             F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 0, 0},
        {TEXT("usage.input_tokens_cache_read"),  F_CACHE_READ_TOKENS,  HOW_COUNT, 0, 0},
        {TEXT("usage.input_tokens_cache_write"), F_CACHE_WRITE_TOKENS, HOW_COUNT, 0, 0},
        {TEXT("usage.reasoning_tokens"),         F_REASONING_TOKENS,   HOW_COUNT, 0, 0},
        {TEXT("usage.total_cost"),               F_COST_GIVEN_NUSD,    HOW_MONEY, 0, 0},
    };

    return apply_members(r, keys, ARRAY_LEN(keys), r->c->doc, usage, call) &&
           (record_num(call, F_TOTAL_TOKENS_GIVEN) ||
            add_cached_input(r, call, "usage.input_tokens"));
}

/* "openai/gpt-4o-mini": the provider, and its name of the model, which may have slashes too and
 * which is returned. */
static struct sv split_model(struct sv model, struct sv *provider)
{
    ptrdiff_t slash = sv_find(model, SV("/"));

    if (slash <= 0)
        return model;
    *provider = (struct sv){model.p, (size_t)slash};
    return (struct sv){model.p + slash + 1, model.n - (size_t)slash - 1};
}

static void set_model(struct call_record *call, struct sv model)
{
    struct sv provider = SV_NONE;

    model = split_model(model, &provider);
    record_set_dim(call, F_PROVIDER, provider);
    record_set_dim(call, F_REQUEST_MODEL, model);
}

/* The time that the model took: what Inspect waited for a free connection is not in it. */
static bool read_latency(const struct sample *s, json_ref event, struct maybe_i64 *out)
{
    const struct json_doc *d = s->r.c->doc;
    struct place own = {d, "output.time", json_path(d, event, "output", "time", NULL)};
    struct place working = {d, "working_time", json_get(d, event, "working_time")};

    return scalar_duration(&s->r, own, UNIT_S, out) &&
           (out->known || scalar_duration(&s->r, working, UNIT_S, out));
}

static bool set_figures(const struct sample *s, struct call_record *call, json_ref event)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref usage = json_path(d, event, "output", "usage", NULL);
    struct place time = {d, "timestamp", json_get(d, event, "timestamp")};
    struct maybe_i64 started = {0, false}, latency = {0, false};
    bool cached = sv_is(json_raw(d, json_get(d, event, "cache")), "read");
    bool zoneless = false;

    if (!set_usage(&s->r, call, usage))
        return false;
    if (!scalar_time(&s->r, time, &started, &zoneless) || !read_latency(s, event, &latency))
        return false;
    if (started.known)
        record_set_num(call, F_STARTED_US, started.v);
    if (started.known && zoneless)
        call_set_flag(call, FLAG_ZONELESS);
    if (cached) /* the time and the price are those of an earlier run */
        call_set_flag(call, FLAG_FROM_CACHE);
    else if (latency.known)
        record_set_num(call, F_LATENCY_US, latency.v);
    return true;
}

static bool add_call(const struct sample *s, json_ref event)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref error = json_get(d, event, "error");
    json_ref choice = json_at(d, json_path(d, event, "output", "choices", NULL), 0);
    struct call_record *call = batch_add_call(s->r.c->out);
    struct json_doc inner = {0};
    struct leftovers kept = {0};

    if (!call)
        return false;
    settings_add(&kept, &s->r, &inner, d, json_get(d, event, "config"));
    call->meta = leftover_json(&s->r, &kept);
    json_release(&inner);
    call->id = event_identity(s, event, "inspect");
    call->value = event;
    call->source = s->r.c->source;
    call->line = s->r.c->line;
    if (!set_figures(s, call, event))
        return false;
    record_set_dim(call, F_SOURCE_FORMAT, SV("inspect"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    set_model(call, text_of(s, event, "model"));
    record_set_dim(call, F_RESPONSE_MODEL, text_of(s, json_get(d, event, "output"), "model"));
    record_set_dim(call, F_FINISH_REASON_RAW, text_of(s, choice, "stop_reason"));
    if (!scalar_missing(d, error))
        call_set_error(&s->r, call, SV_NONE, scalar_text(&s->r, d, error));
    else if (json_type(d, json_get(d, event, "pending")) == JSON_TRUE)
        record_set_num(call, F_STATUS, STATUS_UNKNOWN);
    else
        record_set_num(call, F_STATUS, STATUS_OK);
    return call_settle(&s->r, call);
}

static bool add_tool(const struct sample *s, json_ref event)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref error = json_get(d, event, "error");
    struct tool_record *tool = batch_add_tool(s->r.c->out);

    if (!tool)
        return false;
    tool->id = event_identity(s, event, "inspect-tool");
    tool->source = s->r.c->source;
    tool->line = s->r.c->line;
    tool->tool_name = text_of(s, event, "function");
    if (!scalar_time(&s->r, (struct place){d, "timestamp", json_get(d, event, "timestamp")},
                     &tool->started_us, NULL) ||
        !scalar_time(&s->r, (struct place){d, "completed", json_get(d, event, "completed")},
                     &tool->ended_us, NULL) ||
        !scalar_duration(&s->r,
                         (struct place){d, "working_time", json_get(d, event, "working_time")},
                         UNIT_S, &tool->latency_us))
        return false;
    tool->status = (struct maybe_i64){STATUS_OK, true};
    if (!scalar_missing(d, error)) {
        tool->status.v = STATUS_ERROR;
        tool->error_kind =
            error_kind(&s->r, scalar_text(&s->r, d, json_get(d, error, "type")), SV_NONE);
    }
    return true;
}

/* The score of an answer is known when its last score event was written. */
static bool add_events(struct sample *s)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref events = json_get(d, s->at, "events");
    bool ok = true;

    if (json_type(d, events) != JSON_ARRAY)
        return true;
    for (json_ref at = json_first(d, events); at != JSON_END && ok; at = json_next(d, events, at)) {
        struct sv kind = json_raw(d, json_get(d, at, "event"));

        if (sv_is(kind, "model"))
            ok = add_call(s, at);
        else if (sv_is(kind, "tool"))
            ok = add_tool(s, at);
        else if (sv_is(kind, "score"))
            ok = scalar_time(&s->r, (struct place){d, "timestamp", json_get(d, at, "timestamp")},
                             &s->scored_us, NULL);
    }
    return ok;
}

/* --- scores --- */

/* What Inspect itself takes the letters and words of a score for. Half a point is no verdict. */
static const struct {
    struct sv text;
    double value;
    struct maybe_i64 passed;
} letters[] = {
    {SV_INIT("C"),     1,   {1, true} },
    {SV_INIT("I"),     0,   {0, true} },
    {SV_INIT("P"),     0.5, {0, false}},
    {SV_INIT("N"),     0,   {0, true} },
    {SV_INIT("yes"),   1,   {1, true} },
    {SV_INIT("no"),    0,   {0, true} },
    {SV_INIT("true"),  1,   {1, true} },
    {SV_INIT("false"), 0,   {0, true} },
};

static void set_value(const struct sample *s, struct score_record *score, json_ref value)
{
    const struct json_doc *d = s->r.c->doc;
    enum json_type type = json_type(d, value);
    struct sv text = json_raw(d, value);

    if (type == JSON_TRUE || type == JSON_FALSE) {
        score_set_verdict(score, scalar_bool(d, value));
        return;
    }
    score->value = score_value(&s->r, d, value);
    for (size_t i = 0; i < ARRAY_LEN(letters) && type == JSON_STRING; i++) {
        bool letter = letters[i].text.n == 1;

        if (letter ? !sv_eq(text, letters[i].text) : !sv_eq_nocase(text, letters[i].text))
            continue;
        score->value = (struct maybe_f64){letters[i].value, true};
        score->passed = letters[i].passed;
        if (letter)
            score->label = letters[i].text;
    }
}

/* How the run set up a scorer. */
static json_ref scorer_options(const struct sample *s, struct sv scorer)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref list = s->run->scorers, at = JSON_END;

    if (json_type(d, list) == JSON_ARRAY)
        at = json_first(d, list);
    for (int i = 0; at != JSON_END && i < SCORERS_MAX; at = json_next(d, list, at), i++)
        if (sv_eq(text_of(s, at, "name"), scorer))
            return json_get(d, at, "options");
    return JSON_END;
}

/* The model that plays a part in the run. */
static struct sv role_model(const struct sample *s, struct sv role)
{
    const struct json_doc *d = s->r.c->doc;

    for (struct member m = member_first(d, s->run->roles); m.key != JSON_END;
         m = member_next(d, s->run->roles, m))
        if (sv_eq(scalar_text(&s->r, d, m.key), role))
            return text_of(s, m.value, "model");
    return SV_NONE;
}

/* The model that wrote the last message of the grading, which model_graded_qa and its like keep. */
static struct sv grading_model(const struct sample *s, json_ref score)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref grading = json_path(d, score, "metadata", "grading", NULL);
    struct sv model = SV_NONE;

    if (json_type(d, grading) != JSON_ARRAY)
        return SV_NONE;
    for (json_ref at = json_first(d, grading); at != JSON_END; at = json_next(d, grading, at))
        model = text_of(s, at, "model");
    return model;
}

/*
 * In the order in which Inspect chooses (src/inspect_ai/scorer/_model.py @ 499e6152e7b8): the model
 * that the scorer was given, and of several nobody's; the one in the role, "grader" for the scorers
 * that come with Inspect; else whoever the grading is by.
 */
static struct sv judge_of(const struct sample *s, struct sv scorer, json_ref score)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref options = scorer_options(s, scorer), given = json_get(d, options, "model");
    struct sv role = text_of(s, options, "model_role"), model, provider;

    if (!role.n && sv_starts(scorer, "model_graded_"))
        role = SV("grader");
    model = scalar_missing(d, given) ? role_model(s, role) : scalar_id(&s->r, d, given);
    if (!model.n && scalar_missing(d, given))
        model = grading_model(s, score);
    return split_model(model, &provider);
}

/* judge: whose score it is, where that is a model's. */
static struct score_record *add_score(const struct sample *s, struct sv name, struct sv judge)
{
    struct score_record *score = add_case_score(&s->r, &s->id, s->case_id, name);

    if (!score)
        return NULL;
    score_set_judge(score, judge);
    score->at_us = s->scored_us;
    score->cluster = case_cluster(&s->r, s->r.c->doc, s->at);
    return score;
}

/* "scorer.part" for scores that have several values: by name, or by number in a list. */
static bool add_part(const struct sample *s, struct sv scorer, struct sv judge, struct sv part,
                     json_ref value)
{
    char *name = NULL;
    struct score_record *score = NULL;

    if (json_type(s->r.c->doc, value) > JSON_STRING)
        return true;
    name = keep_room(&s->r, scorer.n + 1 + part.n);
    if (!name)
        return false;
    if (scorer.n)
        memcpy(name, scorer.p, scorer.n);
    name[scorer.n] = '.';
    if (part.n)
        memcpy(name + scorer.n + 1, part.p, part.n);
    score = add_score(s, (struct sv){name, scorer.n + 1 + part.n}, judge);
    if (!score)
        return false;
    set_value(s, score, value);
    return true;
}

static bool add_sample_score(const struct sample *s, struct sv scorer, json_ref given)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref value = json_get(d, given, "value");
    struct sv judge = judge_of(s, scorer, given);
    struct score_record *score = NULL;
    uint64_t n = 0;

    if (json_type(d, value) == JSON_OBJECT) {
        for (struct member m = member_first(d, value); m.key != JSON_END;
             m = member_next(d, value, m))
            if (!add_part(s, scorer, judge, scalar_text(&s->r, d, m.key), m.value))
                return false;
        return true;
    }
    if (json_type(d, value) == JSON_ARRAY) {
        for (json_ref at = json_first(d, value); at != JSON_END; at = json_next(d, value, at))
            if (!add_part(s, scorer, judge, number_id(&s->r, n++), at))
                return false;
        return true;
    }
    score = add_score(s, scorer, judge);
    if (!score)
        return false;
    set_value(s, score, value);
    return true;
}

/* A sample that broke before it was scored has the scores that it should have had, without value.
 */
static bool add_missing_scores(const struct sample *s)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref scorers = s->run->scorers, at = JSON_END;

    if (json_type(d, scorers) == JSON_ARRAY)
        at = json_first(d, scorers);
    for (int i = 0; at != JSON_END && i < SCORERS_MAX; at = json_next(d, scorers, at), i++) {
        struct sv name = text_of(s, at, "name");
        struct score_record *score = add_score(s, name, judge_of(s, name, JSON_END));

        if (!score)
            return false;
        score->label = SV("error");
    }
    return true;
}

static bool add_scores(const struct sample *s)
{
    const struct json_doc *d = s->r.c->doc;
    json_ref scores = json_get(d, s->at, "scores");
    struct member m = member_first(d, scores);

    if (m.key == JSON_END && !scalar_missing(d, json_get(d, s->at, "error")))
        return add_missing_scores(s);
    for (; m.key != JSON_END; m = member_next(d, scores, m))
        if (!add_sample_score(s, scalar_id(&s->r, d, m.key), m.value))
            return false;
    return true;
}

static bool read_sample(const struct reading *r, const struct run *run, json_ref at, uint64_t n)
{
    struct sample s = {.r = *r, .run = run, .at = at};
    struct sv id = text_of(&s, at, "id"), epoch = text_of(&s, at, "epoch");
    const struct case_key key = {.task = run->task, .sample = id, .epoch = epoch};

    s.id = line_identity(r->c, n);
    if (run->id[0].n && id.n) {
        const struct sv parts[] = {run->id[0], run->id[1], id, epoch};

        s.id = (struct identity){
            .kind = ID_OWN, .family = SV("inspect"), .own = join_ids(r, parts, ARRAY_LEN(parts))};
    }
    s.case_id = case_id(r, &key);
    return add_events(&s) && add_scores(&s);
}

static struct run read_run(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    json_ref eval = json_get(d, 0, "eval");
    struct run run = {.task = scalar_id(r, d, json_get(d, eval, "task")),
                      .scorers = json_get(d, eval, "scorers"),
                      .roles = json_get(d, eval, "model_roles")};

    run.id[0] = scalar_id(r, d, json_get(d, eval, "eval_id"));
    if (!run.id[0].n) {
        run.id[0] = scalar_id(r, d, json_get(d, eval, "run_id"));
        run.id[1] = scalar_id(r, d, json_get(d, eval, "task_id"));
    }
    return run;
}

/* Of a log without samples the header says what each model took in all. */
static bool add_total(const struct reading *r, const struct run *run, struct member model,
                      struct maybe_i64 started)
{
    const struct json_doc *d = r->c->doc;
    struct sv name = scalar_id(r, d, model.key);
    const struct sv parts[] = {run->id[0], run->id[1], SV("total"), name};
    struct call_record *call = batch_add_call(r->c->out);

    if (!call)
        return false;
    call->id = line_identity(r->c, model.key);
    if (run->id[0].n)
        call->id = (struct identity){
            .kind = ID_OWN, .family = SV("inspect"), .own = join_ids(r, parts, ARRAY_LEN(parts))};
    call->source = r->c->source;
    call->line = r->c->line;
    record_set_dim(call, F_SOURCE_FORMAT, SV("inspect"));
    record_set_dim(call, F_OPERATION, SV("chat"));
    set_model(call, name);
    call_set_flag(call, FLAG_AGGREGATE);
    if (started.known)
        record_set_num(call, F_STARTED_US, started.v);
    return set_usage(r, call, model.value) && call_settle(r, call);
}

static bool add_totals(const struct reading *r, const struct run *run)
{
    const struct json_doc *d = r->c->doc;
    json_ref stats = json_get(d, 0, "stats"), usage = json_get(d, stats, "model_usage");
    struct maybe_i64 started = {0, false};

    if (!scalar_time(r, (struct place){d, "stats.started_at", json_get(d, stats, "started_at")},
                     &started, NULL))
        return false;
    for (struct member m = member_first(d, usage); m.key != JSON_END; m = member_next(d, usage, m))
        if (!add_total(r, run, m, started))
            return false;
    return true;
}

static bool read_samples(const struct reading *r, const struct run *run, json_ref samples,
                         uint64_t *n)
{
    const struct json_doc *d = r->c->doc;
    json_ref at = json_type(d, samples) == JSON_ARRAY ? json_first(d, samples) : JSON_END;

    for (; at != JSON_END; at = json_next(d, samples, at))
        if (json_type(d, at) == JSON_OBJECT && !read_sample(r, run, at, ++*n))
            return false;
    return true;
}

/* Pieces of a long log, and a header that was dumped alone, have no samples either: the totals count
 * only where the run kept none. */
static bool has_no_samples(const struct json_doc *d)
{
    return json_get(d, 0, "samples") == JSON_END &&
           json_type(d, json_path(d, 0, "eval", "config", "log_samples", NULL)) == JSON_FALSE;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    const struct json_doc *d = c->doc;
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    const struct run run = read_run(&r);
    json_ref samples = json_get(d, 0, "samples");
    uint64_t n = 0;
    bool ok = has_no_samples(d) ? add_totals(&r, &run) : read_samples(&r, &run, samples, &n);

    if (!ok) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (batch_size(c->out) > before)
        return LINE_RECORDS;
    *skipped_kind = n ? SV("unscored samples") : SV("no samples");
    return LINE_SKIPPED;
}

const struct format format_inspect = {
    .name = "inspect",
    .summary = "logs of Inspect AI, as .eval file or as JSON",
    .claims = claims,
    .read = read,
};
