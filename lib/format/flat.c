/* flat: a call from a flat log line, by the table of aliases. */
#include "format/flat.h"

#include "format/evals.h"
#include "format/keyed.h"
#include "record/checks.h"
#include "record/privacy.h"

#include "base/banned.h"

#define WEAKER 100    /* what stands in metadata counts after all names of the line itself */
#define MAX_NESTING 3 /* usage.prompt_tokens_details.cached_tokens */
#define MAX_DOTTED 64 /* bytes of a dotted name; the longest alias has fewer */

static void scan_inner(struct flat *f, const struct json_doc *d, json_ref object);

/* The members of a known nested object under the names prefix.member. Others in it are dropped. */
static void scan_nested(struct flat *f, const struct json_doc *d, json_ref object, struct sv prefix,
                        unsigned weaker, int depth)
{
    char dotted[MAX_DOTTED];

    memcpy(dotted, prefix.p, prefix.n);
    dotted[prefix.n] = '.';
    for (struct member m = member_first(d, object); m.key != JSON_END;
         m = member_next(d, object, m)) {
        struct sv name = scalar_text(&f->r, d, m.key), full = {dotted, prefix.n + 1 + name.n};
        const struct known_key *k = NULL;

        if (!name.n || full.n >= sizeof(dotted))
            continue;
        memcpy(dotted + prefix.n + 1, name.p, name.n);
        k = alias_find(full);
        if (k && k->target == T_NESTED && depth < MAX_NESTING)
            scan_nested(f, d, m.value, full, weaker, depth + 1);
        else if (k && k->target < T_COUNT)
            pick(&f->picks, k, d, m.value, weaker);
        if (k && k->target < T_COUNT && !weaker)
            f->seen.targets |= UINT64_C(1) << k->target;
    }
}

/* Metadata is an object, or JSON text of one. */
static void scan_metadata(struct flat *f, const struct json_doc *d, json_ref at)
{
    struct sv text;

    if (json_type(d, at) == JSON_OBJECT) {
        scan_inner(f, d, at);
        return;
    }
    if (json_type(d, at) != JSON_STRING || f->inner.n || !json_raw(d, at).n ||
        json_raw(d, at).p[0] != '{')
        return;
    text = scalar_text(&f->r, d, at);
    if (text.n && json_parse(&f->inner, text.p, text.n, NULL) == OK)
        scan_inner(f, &f->inner, 0);
}

static void scan_member(struct flat *f, const struct json_doc *d, struct member m,
                        const struct known_key *k, unsigned weaker)
{
    if (!k || k->target == T_SIGN || (k->how == HOW_S003_MS && !f->s003))
        leftover_add(&f->rest, scalar_text(&f->r, d, m.key), d, m.value,
                     weaker ? LEFTOVER_WEAK : LEFTOVER_PLAIN);
    else if (k->target < T_COUNT)
        pick(&f->picks, k, d, m.value, weaker);
    else if (k->target == T_NESTED)
        scan_nested(f, d, m.value, k->name, weaker, 1);
}

static void scan_inner(struct flat *f, const struct json_doc *d, json_ref object)
{
    struct member m = member_first(d, object);

    for (; m.key != JSON_END; m = member_next(d, object, m))
        scan_member(f, d, m, alias_of(d, m.key), WEAKER);
}

void flat_open(struct flat *f, const struct reading *r, bool s003)
{
    const struct json_doc *d = r->c->doc;
    json_ref metadata = JSON_END, extra = JSON_END;
    unsigned i = 0;

    f->r = *r;
    f->s003 = s003;
    f->rest.n = 0;
    f->inner = (struct json_doc){0};
    f->seen.signs = f->seen.targets = 0;
    picks_clear(&f->picks);
    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        const struct known_key *k = r->c->seen && i < SEEN_MEMBERS
                                        ? r->c->seen->keys[i]
                                        : alias_of_member(d, m.key, i);

        i++;
        if (k)
            seen_note(&f->seen, k, m.value);
        if (!k || k->target != T_INNER)
            scan_member(f, d, m, k, 0);
        else if (k->rank == 0)
            metadata = m.value;
        else
            extra = m.value;
    }
    scan_metadata(f, d, metadata);
    scan_metadata(f, d, extra);
}

void flat_release(struct flat *f)
{
    json_release(&f->inner);
}

/* What a line says about a failure, in whichever of its members. */
struct failure {
    bool failed;
    struct sv type, text;
};

static void note_text(struct failure *out, struct sv text)
{
    out->failed = true;
    if (!out->text.n)
        out->text = text;
}

static void note_type(struct failure *out, struct sv type)
{
    if (!type.n || sv_is(type, "0"))
        return;
    out->failed = true;
    if (!out->type.n)
        out->type = type;
}

/* `error` may be a text, a code, a flag, a list, or an object with type or code and message. */
static void note_error(struct flat *f, struct failure *out)
{
    struct place p = pick_place(&f->picks, T_ERROR);
    json_ref code = JSON_END;

    switch (json_type(p.doc, p.at)) {
    case JSON_STRING:
        note_text(out, scalar_text(&f->r, p.doc, p.at));
        break;
    case JSON_NUMBER:
        note_type(out, scalar_text(&f->r, p.doc, p.at));
        break;
    case JSON_TRUE:
        out->failed = true;
        break;
    case JSON_ARRAY:
        out->failed |= json_first(p.doc, p.at) != JSON_END;
        break;
    case JSON_OBJECT:
        if (json_first(p.doc, p.at) == JSON_END)
            break;
        code = json_get(p.doc, p.at, "type");
        if (scalar_missing(p.doc, code))
            code = json_get(p.doc, p.at, "code");
        note_type(out, scalar_text(&f->r, p.doc, code));
        note_text(out, scalar_text(&f->r, p.doc, json_get(p.doc, p.at, "message")));
        break;
    default:
        break;
    }
}

/* A severe level is a failure only where no status says otherwise. */
static bool is_severe(struct sv level)
{
    static const char *const severe[] = {"error", "critical", "fatal"};

    for (size_t i = 0; i < ARRAY_LEN(severe); i++)
        if (sv_eq_nocase(level, sv_from(severe[i])))
            return true;
    return false;
}

static void set_status(struct flat *f, struct call_record *call)
{
    struct place word = pick_place(&f->picks, F_STATUS);
    struct place code = pick_place(&f->picks, F_HTTP_STATUS);
    struct maybe_i64 http = {0, false}, status = status_of(&f->r, word.doc, word.at, &http);
    struct maybe_i64 by_code = status_of(&f->r, code.doc, code.at, &http);
    struct failure failure = {false, SV_NONE, SV_NONE};

    if (!status.known || by_code.v == STATUS_ERROR)
        status = by_code.known ? by_code : status;
    if (http.known)
        record_set_num(call, F_HTTP_STATUS, http.v);
    note_type(&failure, pick_text(&f->r, &f->picks, T_ERROR_TYPE));
    note_error(f, &failure);
    if (picked(&f->picks, T_EXCEPTION))
        note_text(&failure, pick_text(&f->r, &f->picks, T_EXCEPTION));
    failure.failed |= !status.known && is_severe(pick_text(&f->r, &f->picks, T_LEVEL));
    failure.failed |= status.known && status.v == STATUS_ERROR;
    if (failure.failed && !failure.type.n && !failure.text.n && http.known && http.v >= 400)
        failure.type = scalar_text(&f->r, by_code.known ? code.doc : word.doc,
                                   by_code.known ? code.at : word.at);
    if (!status.known && f->picks.no_error && !failure.failed)
        status = (struct maybe_i64){STATUS_OK, true};
    if (status.known)
        record_set_num(call, F_STATUS, status.v);
    if (failure.failed && !(status.known && status.v == STATUS_CANCELLED))
        call_set_error(&f->r, call, failure.type, failure.text);
}

/* feature, else the first tag "feature:X", else the route. */
static void set_feature(struct flat *f, struct call_record *call)
{
    struct place tags = pick_place(&f->picks, T_TAGS);

    if (record_has(call, F_FEATURE))
        return;
    if (tags.at != JSON_END)
        record_set_dim(call, F_FEATURE, keep_id(&f->r, tagged_feature(&f->r, tags.doc, tags.at)));
    if (!record_has(call, F_FEATURE))
        record_set_dim(call, F_FEATURE, pick_id(&f->r, &f->picks, T_ROUTE));
}

static void add_tags(struct flat *f)
{
    struct place tags = pick_place(&f->picks, T_TAGS);

    if (tags.at != JSON_END)
        leftover_add_tags(&f->rest, &f->r, tags.doc, tags.at);
}

static void set_ids(struct flat *f, struct call_record *call)
{
    const struct picks *p = &f->picks;

    call->session_id = pick_id(&f->r, p, T_SESSION);
    call->request_id = pick_id(&f->r, p, T_REQUEST_ID);
    call->trace_id = keep_hex(&f->r, pick_text(&f->r, p, T_TRACE_ID));
    call->span_id = keep_hex(&f->r, pick_text(&f->r, p, T_SPAN_ID));
    call->parent_span_id = keep_hex(&f->r, pick_text(&f->r, p, T_PARENT_ID));
}

/* An id that several calls of one workflow may share (request_id) comes after those that only one
 * can have. */
static struct identity call_identity(struct flat *f, const struct call_record *call,
                                     enum flat_identity by)
{
    struct sv own = SV_NONE;

    if (by == FLAT_BY_ANY_ID) {
        if (call->trace_id.n && call->span_id.n)
            return (struct identity){
                .kind = ID_SPAN, .trace_id = call->trace_id, .span_id = call->span_id};
        if (call->span_id.n)
            return (struct identity){
                .kind = ID_OWN, .family = SV("span_id"), .own = call->span_id};
        own = pick_id(&f->r, &f->picks, T_ID);
    }
    if (!own.n)
        own = call->request_id;
    if (own.n)
        return (struct identity){.kind = ID_OWN, .family = SV("request"), .own = own};
    return line_identity(f->r.c, 0);
}

/* A latency from start and end, where the line gives no other. */
static bool set_latency(struct flat *f, struct call_record *call)
{
    struct maybe_i64 ended = {0, false};
    int64_t latency = 0;

    if (!picked(&f->picks, T_ENDED))
        return true;
    if (!scalar_time(&f->r, pick_place(&f->picks, T_ENDED), &ended, NULL))
        return false;
    if (!record_has(call, F_LATENCY_US) && record_has(call, F_STARTED_US) && ended.known &&
        !__builtin_sub_overflow(ended.v, record_num(call, F_STARTED_US), &latency) && latency >= 0)
        record_set_num(call, F_LATENCY_US, latency);
    return true;
}

/* A duration whose unit nobody can tell is no latency, but it is not lost either. */
static void keep_unclear(struct flat *f, const struct call_record *call)
{
    struct place p = pick_place(&f->picks, F_LATENCY_US);

    if (p.at != JSON_END && !record_has(call, F_LATENCY_US))
        leftover_add(&f->rest, sv_from(p.name), p.doc, p.at, LEFTOVER_PLAIN);
}

static bool add_score(struct flat *f, const struct call_record *call, enum target from,
                      const char *name)
{
    struct place p = pick_place(&f->picks, from);
    struct score_record *s = NULL;

    if (!picked(&f->picks, from))
        return true;
    s = add_call_score(&f->r, &call->id, sv_from(name), sv_from(name), SV("eval"));
    if (!s)
        return false;
    score_set_judge(s, judge_model(&f->r, f->r.c->doc, 0));
    s->value = score_value(&f->r, p.doc, p.at);
    if (record_has(call, F_STARTED_US))
        s->at_us = (struct maybe_i64){record_num(call, F_STARTED_US), true};
    return true;
}

/* What the line says itself of safety. Its members are kept as what they are, too. */
static void set_logged(struct flat *f, struct call_record *call)
{
    struct place refusal = pick_place(&f->picks, T_REFUSAL);
    struct maybe_i64 said = scalar_bool(refusal.doc, refusal.at);

    if (said.known)
        call_set_logged(call, FLAG_LOGGED_REFUSAL, FLAG_LOGGED_REFUSED, said.v);
    for (size_t i = 0; i < f->rest.n; i++) {
        const struct leftover *x = &f->rest.item[i];

        if (!sv_is(x->key, "pii_detected") && !sv_is(x->key, "pii_found") &&
            !sv_is(x->key, "contains_pii"))
            continue;
        said = scalar_bool(x->doc, x->at);
        if (said.known)
            call_set_logged(call, FLAG_LOGGED_PII, FLAG_LOGGED_PII_FOUND, said.v);
    }
}

bool flat_fill(struct flat *f, struct call_record *call)
{
    struct place streaming = pick_place(&f->picks, T_STREAMING);
    struct place guardrail = pick_place(&f->picks, T_GUARDRAIL);

    if (!picks_apply(&f->r, &f->picks, call))
        return false;
    keep_unclear(f, call);
    if (!set_latency(f, call))
        return false;
    if (scalar_bool(streaming.doc, streaming.at).v)
        call_set_flag(call, FLAG_STREAMING);
    if (scalar_bool(guardrail.doc, guardrail.at).v)
        call_set_flag(call, FLAG_GUARDRAIL);
    set_logged(f, call);
    set_ids(f, call);
    set_feature(f, call);
    set_status(f, call);
    return true;
}

/* The scores that stand on the line under the name of what they are about. */
static bool add_checks(struct flat *f, const struct call_record *call)
{
    const struct json_doc *d = f->r.c->doc;

    if (!seen_all(&f->seen, SIGN_BIT(SIGN_CHECK)))
        return true;
    for (struct member m = member_first(d, 0); m.key != JSON_END; m = member_next(d, 0, m)) {
        const struct known_key *k = alias_of(d, m.key);
        enum check check = k && k->sign == SIGN_CHECK ? check_of(k->name) : CHECK_COUNT;
        struct score_record *s;

        if (!k || k->sign != SIGN_CHECK || scalar_missing(d, m.value) ||
            json_type(d, m.value) == JSON_OBJECT || json_type(d, m.value) == JSON_ARRAY)
            continue;
        s = add_call_score(&f->r, &call->id, k->name, k->name,
                           check == CHECK_FEEDBACK ? SV("user") : SV("eval"));
        if (!s)
            return false;
        score_set_judge(s, judge_model(&f->r, d, 0));
        score_read(&f->r, s, m.value);
        if (record_has(call, F_STARTED_US))
            s->at_us = (struct maybe_i64){record_num(call, F_STARTED_US), true};
    }
    return true;
}

#define INPUT_EMBEDDING "input_embedding"

/* The vectors of the answer and of the input. The name of the model that makes them stays among the
 * leftovers, too: lines have it without any vector. */
static bool add_embeddings(struct flat *f, const struct call_record *call)
{
    const struct json_doc *d = f->r.c->doc;
    struct place p = pick_place(&f->picks, T_EMBEDDING);
    struct place input = {d, INPUT_EMBEDDING, JSON_END};
    struct sv model;

    if (p.at == JSON_END)
        return true;
    model = scalar_id(&f->r, d, json_get(d, 0, "embedding_model"));
    if (strcmp(p.name, INPUT_EMBEDDING) == 0)
        return add_call_embedding(&f->r, &call->id, EMBEDDING_INPUT, p, model);
    input.at = json_get(d, 0, INPUT_EMBEDDING);
    return add_call_embedding(&f->r, &call->id, EMBEDDING_OUTPUT, p, model) &&
           add_call_embedding(&f->r, &call->id, EMBEDDING_INPUT, input, model);
}

bool flat_facts(struct flat *f, const struct call_record *call)
{
    return add_embeddings(f, call) && add_score(f, call, T_QUALITY, "quality") &&
           add_score(f, call, T_HALLUCINATION, "hallucination") && add_checks(f, call);
}

static bool add_call(struct flat *f, const struct flat_rules *rules)
{
    struct call_record *call = batch_add_call(f->r.c->out);

    if (!call)
        return false;
    call->source = f->r.c->source;
    call->line = f->r.c->line;
    record_set_dim(call, F_SOURCE_FORMAT, sv_from(rules->format));
    if (!flat_fill(f, call) || !call_settle(&f->r, call))
        return false;
    call->id = call_identity(f, call, rules->by);
    add_tags(f);
    call->meta = leftover_json(&f->r, &f->rest);
    return flat_facts(f, call) && (!rules->more || rules->more(f, call));
}

static const char *why_no_call(const struct flat *f, const struct flat_rules *rules)
{
    if (rules->skip)
        return rules->skip(f);
    return seen_call(&f->seen) ? NULL : "no call";
}

enum line_outcome flat_read(const struct line_context *c, const struct flat_rules *rules,
                            struct sv *skipped_kind, struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    enum line_outcome outcome = LINE_RECORDS;
    const char *skip = NULL;
    struct flat f;

    flat_open(&f, &r, rules->s003);
    skip = why_no_call(&f, rules);
    if (skip) {
        *skipped_kind = sv_from(skip);
        outcome = LINE_SKIPPED;
    } else if (!add_call(&f, rules)) {
        batch_rewind(c->out, mark);
        outcome = LINE_BAD;
    }
    flat_release(&f);
    return outcome;
}
