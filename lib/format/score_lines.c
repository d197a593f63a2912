/* score_lines: what judges, people and rules say about an answer, a line for each, naming the call,
 * trace, session or case that it is about. */
#include "format/aliases.h"
#include "format/evals.h"
#include "format/readers.h"
#include "record/checks.h"

#include "base/banned.h"

/* Names of the members, the first one that is there counts. */
static const char *const case_names[] = {"case_id", "test_case_id", "test_id", "example_id", NULL};
static const char *const check_names[] = {
    "name",      "metric",    "check",    "score_name",      "criterion",
    "evaluator", "dimension", "category", "annotation_name", NULL};
static const char *const value_names[] = {"score",         "value",     "eval_score", "rating",
                                          "overall_score", NULL};
static const char *const verdict_names[] = {"passed", "pass", "result", "verdict", "outcome", NULL};
static const char *const feedback_names[] = {"feedback", "user_feedback", "thumbs", "thumb",
                                             "reaction", NULL};
static const char *const escalation_names[] = {"escalated", "escalation", NULL};
static const char *const group_names[] = {"scores", "categories", "metrics", "checks", NULL};
static const char *const scorer_names[] = {"scorer",         "score_source", "source", "scored_by",
                                           "annotator_kind", "rater",        NULL};
static const char *const time_names[] = {"timestamp", "scored_at", "created_at", "time", "ts", NULL};
static const char *const rate_names[] = {"sample_rate", "sampling_rate", NULL};

static json_ref first_of(const struct json_doc *d, json_ref object, const char *const *names)
{
    for (; *names; names++) {
        json_ref at = json_get(d, object, *names);

        if (at != JSON_END)
            return at;
    }
    return JSON_END;
}

static bool is_one_of(struct sv name, const char *const *names)
{
    for (; *names; names++)
        if (sv_is(name, *names))
            return true;
    return false;
}

/* ---- recognition -------------------------------------------------------------------------- */

static bool names_target(const struct json_doc *d, const struct seen *seen)
{
    const uint64_t ids = UINT64_C(1) << T_REQUEST_ID | UINT64_C(1) << T_TRACE_ID |
                         UINT64_C(1) << T_SPAN_ID | UINT64_C(1) << T_SESSION;

    return (seen->targets & ids) || json_get(d, 0, "identity") != JSON_END ||
           first_of(d, 0, case_names) != JSON_END;
}

/* A member that is a score by itself: a check that everybody knows. */
static bool is_check(const struct json_doc *d, json_ref key)
{
    struct sv name = json_raw(d, key);

    return check_of(name) != CHECK_COUNT && !is_one_of(name, value_names) &&
           !is_one_of(name, feedback_names);
}

/* Words that other logs use, too: they need the name of a check, some of them one under a name that
 * is for checks alone. */
static bool is_weak_tell(const struct json_doc *d, struct sv name)
{
    static const char *const unmistakable[] = {"metric",    "check",     "score_name",
                                               "criterion", "evaluator", NULL};
    static const char *const weak[] = {"value", "passed", "verdict", NULL};
    static const char *const weaker[] = {"result", "outcome", "pass", NULL};

    return (is_one_of(name, weak) && first_of(d, 0, check_names) != JSON_END) ||
           (is_one_of(name, weaker) && first_of(d, 0, unmistakable) != JSON_END);
}

static bool is_tell(const struct json_doc *d, json_ref key)
{
    static const char *const strong[] = {"score",         "eval_score", "rating",
                                         "overall_score", NULL};
    struct sv name = json_raw(d, key);

    return is_check(d, key) || is_one_of(name, strong) || is_one_of(name, feedback_names) ||
           is_one_of(name, escalation_names) || is_weak_tell(d, name);
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    if (!names_target(doc, seen) || seen_call(seen) ||
        seen_all(seen, SIGN_BIT(SIGN_LEVEL) | SIGN_BIT(SIGN_TEXT)))
        return false;
    for (size_t i = 0; group_names[i]; i++)
        if (json_type(doc, json_get(doc, 0, group_names[i])) == JSON_OBJECT)
            return true;
    for (struct member m = member_first(doc, 0); m.key != JSON_END; m = member_next(doc, 0, m)) {
        enum json_type kind = json_type(doc, m.value);

        if (kind != JSON_OBJECT && kind != JSON_ARRAY && is_tell(doc, m.key))
            return true;
    }
    return false;
}

/* ---- what it is about --------------------------------------------------------------------- */

struct target_of_line {
    enum score_target kind;
    struct identity call;
    struct sv id, text; /* text: what makes the score's own identity */
};

/* "span:TRACE:SPAN", "FAMILY:ID": an identity as this program writes it. */
static bool parse_identity(struct sv text, struct identity *out)
{
    const char *colon = text.n ? memchr(text.p, ':', text.n) : NULL;
    struct sv family, rest;

    if (!colon)
        return false;
    family = (struct sv){text.p, (size_t)(colon - text.p)};
    rest = (struct sv){colon + 1, text.n - family.n - 1};
    if (!family.n || !rest.n)
        return false;
    *out = (struct identity){.kind = ID_OWN, .family = family, .own = rest};
    if (!sv_is(family, "span"))
        return true;
    colon = memchr(rest.p, ':', rest.n);
    if (!colon || colon == rest.p || colon + 1 == rest.p + rest.n)
        return false;
    out->kind = ID_SPAN;
    out->trace_id = (struct sv){rest.p, (size_t)(colon - rest.p)};
    out->span_id = (struct sv){colon + 1, rest.n - out->trace_id.n - 1};
    return true;
}

static struct sv id_of(const struct reading *r, const char *const *names)
{
    return scalar_id(r, r->c->doc, first_of(r->c->doc, 0, names));
}

static bool aim_at_call(const struct reading *r, struct target_of_line *t)
{
    static const char *const identities[] = {"identity", NULL};
    static const char *const requests[] = {"request_id", "requestId", NULL};
    static const char *const traces[] = {"trace_id", "traceId", NULL};
    static const char *const spans[] = {"span_id", "spanId", NULL};
    const struct json_doc *d = r->c->doc;
    struct sv request = id_of(r, requests), identity = id_of(r, identities);
    struct sv trace = keep_hex(r, scalar_text(r, d, first_of(d, 0, traces)));
    struct sv span = keep_hex(r, scalar_text(r, d, first_of(d, 0, spans)));

    if (!identity.n && (sv_starts(request, "span:") || sv_starts(request, "line:")))
        identity = request; /* of a call without an id that was sampled */
    if (identity.n && parse_identity(identity, &t->call))
        return true;
    if (trace.n && span.n)
        t->call = (struct identity){.kind = ID_SPAN, .trace_id = trace, .span_id = span};
    else if (request.n)
        t->call = (struct identity){.kind = ID_OWN, .family = SV("request"), .own = request};
    else if (span.n)
        t->call = (struct identity){.kind = ID_OWN, .family = SV("span_id"), .own = span};
    return t->call.kind != ID_LINE;
}

static bool aim(const struct reading *r, struct target_of_line *t)
{
    static const char *const traces[] = {"trace_id", "traceId", NULL};
    static const char *const sessions[] = {"session_id", "conversation_id", "thread_id",
                                           "sessionId", NULL};
    const struct json_doc *d = r->c->doc;

    *t = (struct target_of_line){.kind = TARGET_CALL, .call = {.kind = ID_LINE}};
    if (aim_at_call(r, t)) {
        t->text = identity_text(r, &t->call);
        return true;
    }
    t->kind = TARGET_TRACE;
    t->id = keep_hex(r, scalar_text(r, d, first_of(d, 0, traces)));
    if (!t->id.n) {
        t->kind = TARGET_SESSION;
        t->id = id_of(r, sessions);
    }
    if (!t->id.n) {
        t->kind = TARGET_CASE;
        t->id = id_of(r, case_names);
    }
    if (!t->id.n)
        return false;
    struct identity named = {.kind = ID_OWN,
                             .family = t->kind == TARGET_TRACE     ? SV("trace")
                                       : t->kind == TARGET_SESSION ? SV("session")
                                                                   : SV("case"),
                             .own = t->id};
    t->text = identity_text(r, &named);
    return true;
}

/* ---- who says so -------------------------------------------------------------------------- */

static struct sv scorer_of(const struct reading *r)
{
    static const char *const words[][2] = {
        {"human",     "human"     },
        {"person",    "human"     },
        {"annotator", "human"     },
        {"annotation","annotation"},
        {"judge",     "judge"     },
        {"llm",       "judge"     },
        {"llm_judge", "judge"     },
        {"model",     "judge"     },
        {"rule",      "rule"      },
        {"code",      "rule"      },
        {"user",      "user"      },
        {"end_user",  "user"      },
        {"eval",      "eval"      },
        {"api",       "api"       },
    };
    const struct json_doc *d = r->c->doc;
    struct sv text = scalar_text(r, d, first_of(d, 0, scorer_names));

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (sv_eq_nocase(text, sv_from(words[i][0])))
            return sv_from(words[i][1]);
    return scalar_missing(d, json_get(d, 0, "judge")) ? SV_NONE : SV("judge");
}

/* What the scores of the line have in common. Phoenix notes its judges' model as metadata.model. */
static struct score_record who_scored(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct score_record who = {.scorer = scorer_of(r)};
    struct sv model = judge_model(r, d, 0);

    if (!who.scorer.n)
        who.scorer = r->c->scorer;
    if (!model.n && sv_is(who.scorer, "judge"))
        model = scalar_id(r, d, json_path(d, 0, "metadata", "model", NULL));
    if (!model.n && (!who.scorer.n || sv_is(who.scorer, "judge")))
        model = r->c->judge_model;
    score_set_judge(&who, model);
    return who;
}

/* ---- what they say ------------------------------------------------------------------------ */

struct line_scores {
    struct reading r;
    struct target_of_line target;
    struct score_record who; /* scorer and judge_model of it */
    struct maybe_i64 at_us;
    struct maybe_f64 weight;
};

/* A later score of the same check by the same judge takes the place of an earlier one. */
static struct score_record *add(struct line_scores *x, struct sv name, struct sv scorer)
{
    const struct reading *r = &x->r;
    struct score_record *s = batch_add_score(r->c->out);
    struct sv parts[3];
    struct identity own = {.kind = ID_OWN, .family = x->target.text};

    if (!s)
        return NULL;
    if (!name.n)
        name = r->c->score_name;
    if (!scorer.n)
        scorer = x->who.scorer;
    parts[0] = name.n ? name : SV("quality");
    parts[1] = scorer.n ? scorer : SV("-");
    parts[2] = x->who.judge_model;
    own.own = join_ids(r, parts, parts[2].n ? 3 : 2);
    *s = (struct score_record){
        .id = {.kind = ID_OWN, .family = SV("score"), .own = keep_id(r, identity_text(r, &own))},
        .target = x->target.kind,
        .call = x->target.call,
        .target_id = x->target.id,
        .name = keep_id(r, name),
        .scorer = scorer,
        .judge_model = x->who.judge_model,
        .at_us = x->at_us,
        .weight = x->weight,
        .source = r->c->source,
        .line = r->c->line
    };
    return s;
}

static struct maybe_f64 number_of(const struct reading *r, json_ref at)
{
    if (scalar_missing(r->c->doc, at))
        return (struct maybe_f64){0, false};
    return score_value(r, r->c->doc, at);
}

/* {"factual_accuracy":0.9,"tone":{"score":0.5}} */
static bool add_group(struct line_scores *x, json_ref group)
{
    const struct json_doc *d = x->r.c->doc;

    for (struct member m = member_first(d, group); m.key != JSON_END;
         m = member_next(d, group, m)) {
        struct sv name = scalar_text(&x->r, d, m.key);
        json_ref at = m.value;
        struct score_record *s;

        if (json_type(d, at) == JSON_OBJECT)
            at = first_of(d, at, value_names);
        if (at == JSON_END || json_type(d, at) == JSON_ARRAY || json_type(d, at) == JSON_OBJECT)
            continue;
        s = add(x, name, SV_NONE);
        if (!s)
            return false;
        score_read(&x->r, s, at);
    }
    return true;
}

/* 1, 0 and -1, true and false, up and down. What else a user wrote is theirs and not kept. */
static bool add_feedback(struct line_scores *x)
{
    const struct json_doc *d = x->r.c->doc;
    json_ref at = first_of(d, 0, feedback_names);
    bool escalated = scalar_bool(d, first_of(d, 0, escalation_names)).v;
    struct score_record *s;

    if (json_type(d, at) == JSON_OBJECT)
        at = first_of(d, at, value_names);
    if (at == JSON_END && !escalated)
        return true;
    s = add(x, SV("feedback"), x->who.scorer.n ? x->who.scorer : SV("user"));
    if (!s)
        return false;
    if (at != JSON_END)
        score_read(&x->r, s, at);
    if (escalated) {
        s->label = SV("escalation");
        score_set_verdict(s, (struct maybe_i64){0, true});
    }
    return true;
}

/* The value that has no name of its own, and the verdict on it. */
static bool add_main(struct line_scores *x)
{
    const struct json_doc *d = x->r.c->doc;
    json_ref value = first_of(d, 0, value_names), verdict = first_of(d, 0, verdict_names);
    json_ref flagged = json_get(d, 0, "flagged");
    struct sv name = scalar_id(&x->r, d, first_of(d, 0, check_names));
    struct maybe_i64 passed = score_verdict(&x->r, verdict);
    struct score_record *s;

    if (value == JSON_END && verdict == JSON_END && flagged == JSON_END)
        return true;
    if (json_type(d, value) == JSON_OBJECT || json_type(d, value) == JSON_ARRAY)
        return true;
    if (!name.n && value != JSON_END && json_get(d, 0, "overall_score") == value)
        name = SV("overall_score");
    if (!name.n && value != JSON_END && json_get(d, 0, "rating") == value)
        name = SV("rating");
    s = add(x, name, SV_NONE);
    if (!s)
        return false;
    if (value != JSON_END)
        score_read(&x->r, s, value);
    if (!passed.known && flagged != JSON_END && scalar_bool(d, flagged).known)
        passed = (struct maybe_i64){!scalar_bool(d, flagged).v, true};
    if (passed.known && value == JSON_END)
        score_set_verdict(s, passed);
    else if (passed.known)
        s->passed = passed;
    else if (verdict != JSON_END && !scalar_missing(d, verdict)) {
        s->label = SV("unclear"); /* whatever number stands beside it */
        s->value = (struct maybe_f64){0, false};
    }
    return true;
}

static bool add_checks(struct line_scores *x)
{
    const struct json_doc *d = x->r.c->doc;

    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        struct score_record *s;

        if (!is_check(d, m.key) || json_type(d, m.value) == JSON_OBJECT ||
            json_type(d, m.value) == JSON_ARRAY)
            continue;
        s = add(x, scalar_text(&x->r, d, m.key), SV_NONE);
        if (!s)
            return false;
        score_read(&x->r, s, m.value);
    }
    return true;
}

/* A call that was drawn with chance r stands for 1/r of them. */
static struct maybe_f64 weight_of(const struct reading *r)
{
    const struct json_doc *d = r->c->doc;
    struct maybe_f64 weight = number_of(r, json_get(d, 0, "weight"));
    struct maybe_f64 rate = number_of(r, first_of(d, 0, rate_names));

    if (!weight.known && rate.known && rate.v > 0 && rate.v <= 1)
        weight = (struct maybe_f64){1 / rate.v, true};
    weight.known = weight.known && weight.v > 0 && weight.v <= 1e9;
    return weight;
}

static bool add_all(struct line_scores *x)
{
    const struct json_doc *d = x->r.c->doc;

    for (size_t i = 0; group_names[i]; i++) {
        json_ref group = json_get(d, 0, group_names[i]);

        if (json_type(d, group) == JSON_OBJECT && !add_group(x, group))
            return false;
    }
    return add_feedback(x) && add_main(x) && add_checks(x);
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    struct line_scores x = {.r = {c, bad_field, err}};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    struct place time = {c->doc, "timestamp", first_of(c->doc, 0, time_names)};

    if (!aim(&x.r, &x.target)) {
        *skipped_kind = SV("score of nothing");
        return LINE_SKIPPED;
    }
    x.who = who_scored(&x.r);
    x.weight = weight_of(&x.r);
    if (!scalar_time(&x.r, time, &x.at_us, NULL) || !add_all(&x)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    if (batch_size(c->out) > before)
        return LINE_RECORDS;
    *skipped_kind = SV("no score");
    return LINE_SKIPPED;
}

const struct format format_scores = {
    .name = "scores",
    .summary = "scores of calls, traces, sessions or cases: judges, people's labels, feedback",
    .claims = claims,
    .read = read,
};
