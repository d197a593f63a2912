/* openai_evals: the record files of OpenAI evals: a spec, events, and a final report. */
#include "format/aliases.h"
#include "format/evals.h"
#include "format/keyed.h"
#include "format/memory.h"
#include "format/readers.h"

#include "base/banned.h"

static bool is_spec(const struct json_doc *d)
{
    json_ref spec = json_get(d, 0, "spec");

    return json_get(d, spec, "completion_fns") != JSON_END &&
           json_get(d, spec, "eval_name") != JSON_END;
}

static bool is_event(const struct json_doc *d)
{
    return json_get(d, 0, "run_id") != JSON_END && json_get(d, 0, "event_id") != JSON_END &&
           json_get(d, 0, "type") != JSON_END && json_get(d, 0, "data") != JSON_END;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_any(seen, SIGN_BIT(SIGN_EVALUATION)) &&
           (is_event(doc) || is_spec(doc) || json_get(doc, 0, "final_report") != JSON_END);
}

struct event {
    struct reading r;
    json_ref data;
    struct identity id;
    struct sv case_id;
    struct maybe_i64 at_us;
};

static struct sv text_of(const struct event *e, json_ref object, const char *key)
{
    return scalar_id(&e->r, e->r.c->doc, json_get(e->r.c->doc, object, key));
}

static const struct known_key usage_keys[] = {
    {TEXT("data.usage.prompt_tokens"),     F_INPUT_TOKENS,       HOW_COUNT, 0, 0},
    {TEXT("data.usage.completion_tokens"), F_OUTPUT_TOKENS,      HOW_COUNT, 0, 0},
    {TEXT("data.usage.total_tokens"),      F_TOTAL_TOKENS_GIVEN, HOW_COUNT, 0, 0},
};

/* What the spec said of the run, which its events do not repeat; NULL: it was another run's. */
static const struct evals_memory *run_of(const struct event *e)
{
    const struct evals_memory *m = e->r.c->memory ? &e->r.c->memory->openai_evals : NULL;

    return m && sv_eq(remembered(&m->run), text_of(e, 0, "run_id")) ? m : NULL;
}

/* A sample may take several of these. What they used is told by some solvers only. */
static bool add_call(const struct event *e)
{
    const struct json_doc *d = e->r.c->doc;
    const struct evals_memory *run = run_of(e);
    struct call_record *call = batch_add_call(e->r.c->out);

    if (!call)
        return false;
    call->id = e->id;
    call->source = e->r.c->source;
    call->line = e->r.c->line;
    if (!apply_members(&e->r, usage_keys, ARRAY_LEN(usage_keys), d, json_get(d, e->data, "usage"),
                       call))
        return false;
    record_set_dim(call, F_SOURCE_FORMAT, SV("openai-evals"));
    record_set_dim(call, F_REQUEST_MODEL, run ? recall(&e->r, &run->model) : SV_NONE);
    record_set_dim(call, F_RESPONSE_MODEL, text_of(e, e->data, "model"));
    if (e->at_us.known)
        record_set_num(call, F_STARTED_US, e->at_us.v);
    record_set_num(call, F_STATUS, STATUS_OK);
    return call_settle(&e->r, call);
}

static struct score_record *add_score(const struct event *e, struct sv name)
{
    struct score_record *s = add_case_score(&e->r, &e->id, e->case_id, name);

    if (s)
        s->at_us = e->at_us;
    return s;
}

static bool add_match(const struct event *e)
{
    const struct json_doc *d = e->r.c->doc;
    struct score_record *s = add_score(e, SV("match"));

    if (!s)
        return false;
    score_set_verdict(s, scalar_bool(d, json_get(d, e->data, "correct")));
    return true;
}

static bool add_metrics(const struct event *e)
{
    const struct json_doc *d = e->r.c->doc;
    const struct evals_memory *run = run_of(e);

    for (struct member m = member_first(d, e->data); m.key != JSON_END;
         m = member_next(d, e->data, m)) {
        enum json_type type = json_type(d, m.value);
        struct score_record *s = NULL;

        if (type != JSON_NUMBER && type != JSON_TRUE && type != JSON_FALSE)
            continue;
        s = add_score(e, scalar_text(&e->r, d, m.key));
        if (!s)
            return false;
        score_set_judge(s, run ? recall(&e->r, &run->judge) : SV_NONE);
        s->value = score_value(&e->r, d, m.value);
        if (type != JSON_NUMBER)
            s->passed = scalar_bool(d, m.value);
    }
    return true;
}

/* The sample broke: nobody knows whether the model would have passed. */
static bool add_error(const struct event *e)
{
    struct score_record *s = add_score(e, SV("match"));

    if (!s)
        return false;
    s->label = SV("error");
    return true;
}

static const struct {
    const char *type;
    bool (*add)(const struct event *e); /* NULL: no record */
} events[] = {
    {"sampling",      add_call   },
    {"match",         add_match  },
    {"metrics",       add_metrics},
    {"error",         add_error  },
    {"embedding",     NULL       },
    {"cond_logp",     NULL       },
    {"pick_option",   NULL       },
    {"raw_sample",    NULL       },
    {"function_call", NULL       },
    {"extra",         NULL       },
};

static bool read_event(const struct reading *r, struct sv *skipped_kind)
{
    const struct json_doc *d = r->c->doc;
    struct event e = {.r = *r, .data = json_get(d, 0, "data")};
    struct sv type = json_raw(d, json_get(d, 0, "type"));
    const struct case_key key = {.sample = text_of(&e, 0, "sample_id")};
    const struct sv own[] = {text_of(&e, 0, "run_id"), text_of(&e, 0, "event_id")};

    e.id = line_identity(r->c, 0);
    if (own[0].n && own[1].n)
        e.id = (struct identity){
            .kind = ID_OWN, .family = SV("openai-evals"), .own = join_ids(r, own, 2)};
    e.case_id = case_id(r, &key);
    if (!scalar_time(r, (struct place){d, "created_at", json_get(d, 0, "created_at")}, &e.at_us,
                     NULL))
        return false;
    *skipped_kind = SV("other event");
    for (size_t i = 0; i < ARRAY_LEN(events); i++)
        if (sv_eq(type, sv_from(events[i].type))) {
            *skipped_kind = sv_from(events[i].type);
            return !events[i].add || events[i].add(&e);
        }
    return true;
}

/* Of the models of a run the last one judges, where a model does
 * (evals/elsuite/modelgraded/classify.py @ 4bfc1f58a821). */
static void read_spec(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    json_ref spec = json_get(d, 0, "spec"), model = json_get(d, spec, "completion_fns");
    json_ref cls = json_path(d, spec, "run_config", "eval_spec", "cls", NULL), last = model;

    if (!r->c->memory)
        return;
    if (json_type(d, model) == JSON_ARRAY) {
        for (json_ref at = json_first(d, model); at != JSON_END; at = json_next(d, model, at))
            last = at;
        model = json_at(d, model, 0);
    }
    r->c->memory->openai_evals = (struct evals_memory){0};
    remember(&r->c->memory->openai_evals.run, scalar_id(r, d, json_get(d, spec, "run_id")));
    remember(&r->c->memory->openai_evals.model, scalar_id(r, d, model));
    if (sv_find(scalar_text(r, d, cls), SV("modelgraded")) >= 0)
        remember(&r->c->memory->openai_evals.judge, scalar_id(r, d, last));
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);

    *skipped_kind = is_spec(c->doc) ? SV("spec") : SV("final report");
    if (is_spec(c->doc))
        read_spec(&r);
    if (is_event(c->doc) && !read_event(&r, skipped_kind)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_openai_evals = {
    .name = "openai-evals",
    .summary = "record files of OpenAI evals: spec, events, final report",
    .claims = claims,
    .read = read,
    .stateful = true,
};
