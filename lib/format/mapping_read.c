/* mapping_read: a line into a record, by what a mapping says. */
#include "format/evals.h"
#include "format/flat.h"
#include "format/keyed.h"
#include "format/mapping_fields.h"
#include "base/time_text.h"

#include "base/banned.h"

struct place mapping_place(const struct mapping *m, const struct mapping_from *from,
                           const struct json_doc *doc)
{
    if (from->constant != JSON_END)
        return (struct place){&m->doc, from->name, from->constant};
    return (struct place){doc, from->name, json_pointer_get(doc, &from->pointer)};
}

/* ---- which lines -------------------------------------------------------------------------- */

static bool same_number(struct sv a, struct sv b)
{
    enum { DIGITS = 6 };
    int64_t x, y;

    return sv_eq(a, b) || (decimal_scaled(a, DIGITS, &x) == OK &&
                           decimal_scaled(b, DIGITS, &y) == OK && x == y);
}

/* Two scalars are one value of JSON; containers are never. */
static bool same_scalar(const struct json_doc *d, json_ref at, const struct json_doc *e,
                        json_ref other)
{
    enum json_type type = json_type(d, at);
    struct arena texts = {0};
    bool same = type == json_type(e, other);

    if (same && type == JSON_NUMBER)
        same = same_number(json_raw(d, at), json_raw(e, other));
    else if (same && type == JSON_STRING)
        same = sv_eq(json_text(d, at, &texts), json_text(e, other, &texts));
    arena_release(&texts);
    return same && type < JSON_ARRAY;
}

bool mapping_claims(const struct mapping *m, const struct json_doc *doc)
{
    for (size_t i = 0; i < m->n_match; i++) {
        const struct mapping_match *x = &m->match[i];
        json_ref at = json_pointer_get(doc, &x->pointer);

        if (at == JSON_END ||
            (x->constant != JSON_END && !same_scalar(doc, at, &m->doc, x->constant)))
            return false;
    }
    for (size_t i = 0; i < m->n_fields; i++)
        if (m->fields[i].from.constant == JSON_END &&
            json_pointer_get(doc, &m->fields[i].from.pointer) != JSON_END)
            return true;
    return false;
}

/* ---- values ------------------------------------------------------------------------------- */

void mapping_values_clear(struct mapping_values *v)
{
    *v = (struct mapping_values){0};
    for (size_t i = 0; i < M_COUNT; i++)
        v->text[i].at = JSON_END;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* A number in a unit. */
static bool take_scaled(const struct reading *r, struct place p, const struct mapping_unit *unit,
                        const char *expected, struct maybe_i64 *out)
{
    enum json_type type = json_type(p.doc, p.at);
    int64_t v = 0;

    if (type != JSON_NUMBER && type != JSON_STRING)
        return complain(r, p, expected);
    if (decimal_scaled(sv_trim(json_raw(p.doc, p.at)), unit->digits, &v))
        return complain(r, p, expected);
    if (unit->kind == MAPPED_DURATION && v < 0)
        return complain(r, p, expected);
    *out = (struct maybe_i64){floor_div(v, unit->divisor), true};
    return true;
}

/* A text that will be stored, or at least looked at; of an object nobody knows what is meant. */
static bool take_text(const struct reading *r, const struct mapping_target *t, struct place p,
                      struct mapping_values *out)
{
    if (t->kind != MAPPED_ANY && json_type(p.doc, p.at) >= JSON_ARRAY)
        return complain(r, p, "a text");
    out->text[t->at] = p;
    return true;
}

static bool take_bool(const struct reading *r, const struct mapping_target *t, struct place p,
                      struct mapping_values *out)
{
    struct maybe_i64 v = scalar_bool(p.doc, p.at);

    if (!v.known)
        return complain(r, p, "true or false");
    if (t->at != M_FLAG)
        out->number[t->at] = v;
    else if (v.v)
        out->flags |= t->flag;
    return true;
}

static bool take_time(const struct reading *r, const struct mapping_field *f, struct place p,
                      struct mapping_values *out)
{
    bool zoneless = false;

    if (f->from.unit)
        return take_scaled(r, p, f->from.unit, "a number", &out->number[f->target->at]);
    if (!scalar_time(r, p, &out->number[f->target->at], &zoneless))
        return false;
    if (zoneless)
        out->flags |= FLAG_ZONELESS;
    return true;
}

bool mapping_take(const struct reading *r, const struct mapping_field *f, struct place p,
                  struct mapping_values *out)
{
    const struct mapping_target *t = f->target;

    if (scalar_missing(p.doc, p.at)) {
        if (t->kind <= MAPPED_ANY) /* an error that is null says something, too */
            out->text[t->at] = p;
        return true;
    }
    switch ((enum mapping_kind)t->kind) {
    case MAPPED_TEXT:
    case MAPPED_WORD:
    case MAPPED_ANY:
        return take_text(r, t, p, out);
    case MAPPED_COUNT:
    case MAPPED_TOKENS:
        return scalar_count(r, p, &out->number[t->at]);
    case MAPPED_DURATION:
        return take_scaled(r, p, f->from.unit, "a duration >= 0", &out->number[t->at]);
    case MAPPED_TIME:
        return take_time(r, f, p, out);
    case MAPPED_MONEY:
        return take_scaled(r, p, f->from.unit, "an amount of money", &out->number[t->at]);
    case MAPPED_BOOL:
        return take_bool(r, t, p, out);
    case MAPPED_NUMBER:
        return scalar_number(r, p, &out->value);
    }
    return true;
}

/* ---- records ------------------------------------------------------------------------------ */

/* A line on its way. */
struct mapped {
    const struct mapping *m;
    struct reading r;
    struct mapping_values v;
};

static struct sv id_of(const struct mapped *x, unsigned at)
{
    return scalar_id(&x->r, x->v.text[at].doc, x->v.text[at].at);
}

static struct sv text_of(const struct mapped *x, unsigned at)
{
    return scalar_text(&x->r, x->v.text[at].doc, x->v.text[at].at);
}

/* The identity that the mapping names, else SV_NONE: also when a part of it is missing. */
static struct sv own_id(const struct mapped *x)
{
    struct sv parts[MAPPING_MAX_IDENTITY];

    for (size_t i = 0; i < x->m->n_identity; i++) {
        struct place p = mapping_place(x->m, &x->m->identity[i], x->r.c->doc);

        parts[i] = scalar_text(&x->r, p.doc, p.at);
        if (!parts[i].n)
            return SV_NONE;
    }
    return x->m->n_identity ? join_ids(&x->r, parts, x->m->n_identity) : SV_NONE;
}

static struct identity identity_or_line(const struct mapped *x, struct sv family)
{
    struct sv own = own_id(x);

    if (own.n)
        return (struct identity){.kind = ID_OWN, .family = family, .own = own};
    return line_identity(x->r.c, 0);
}

static struct identity request_call(struct sv request_id)
{
    return (struct identity){.kind = ID_OWN, .family = SV("request"), .own = request_id};
}

static struct identity span_call(struct sv trace_id, struct sv span_id)
{
    return (struct identity){.kind = ID_SPAN, .trace_id = trace_id, .span_id = span_id};
}

/* As of any flat line: an own id, then those of a span, then one that calls may share. */
static struct identity call_identity(const struct mapped *x, const struct call_record *call)
{
    struct sv own = own_id(x);

    if (own.n)
        return request_call(own);
    if (call->trace_id.n && call->span_id.n)
        return span_call(call->trace_id, call->span_id);
    if (call->span_id.n)
        return (struct identity){.kind = ID_OWN, .family = SV("span_id"), .own = call->span_id};
    return call->request_id.n ? request_call(call->request_id) : line_identity(x->r.c, 0);
}

static void offer_texts(const struct mapped *x, struct flat *f)
{
    for (size_t i = 0; i < x->m->n_fields; i++) {
        const struct mapping_target *t = x->m->fields[i].target;
        struct known_key key = {.target = t->at};

        if (t->kind > MAPPED_ANY || x->v.text[t->at].at == JSON_END)
            continue;
        key.name = sv_from(x->m->fields[i].from.name);
        key.how = t->at >= F_DIM_COUNT && t->at < F_COUNT ? HOW_HASH
                  : t->kind == MAPPED_TEXT                ? HOW_DIM
                                                          : HOW_OTHER;
        if (t->at == F_STATUS || t->at == F_HTTP_STATUS)
            key.how = HOW_OTHER;
        pick(&f->picks, &key, x->v.text[t->at].doc, x->v.text[t->at].at, 0);
    }
}

static void offer_meta(const struct mapped *x, struct flat *f)
{
    for (size_t i = 0; i < x->m->n_meta; i++)
        leftover_add(&f->rest, x->m->meta[i].key, x->r.c->doc,
                     json_pointer_get(x->r.c->doc, &x->m->meta[i].pointer), LEFTOVER_PLAIN);
}

static bool add_call(struct mapped *x)
{
    struct call_record *call = batch_add_call(x->r.c->out);
    struct flat f;

    if (!call)
        return false;
    f.r = x->r;
    f.s003 = false;
    f.rest.n = 0;
    f.inner = (struct json_doc){0};
    picks_clear(&f.picks);
    call->source = x->r.c->source;
    call->line = x->r.c->line;
    record_set_dim(call, F_SOURCE_FORMAT, SV(MAPPING_FORMAT));
    for (unsigned n = F_DIM_COUNT; n < F_COUNT; n++)
        if (x->v.number[n].known)
            record_set_num(call, (enum call_field)n, x->v.number[n].v);
    if (x->v.flags)
        record_set_num(call, F_FLAGS, x->v.flags);
    offer_texts(x, &f);
    offer_meta(x, &f);
    if (!flat_fill(&f, call))
        return false;
    set_latency_until(call, x->v.number[T_ENDED]);
    if (!call_settle(&x->r, call))
        return false;
    call->id = call_identity(x, call);
    call->meta = leftover_json(&x->r, &f.rest);
    return true;
}

/* Whether what is said of an error is one: not false, 0 or an empty container. */
static bool is_error(struct place p)
{
    enum json_type type = json_type(p.doc, p.at);

    if (type >= JSON_ARRAY)
        return json_first(p.doc, p.at) != JSON_END;
    return type != JSON_FALSE && !scalar_missing(p.doc, p.at) && !sv_is(json_raw(p.doc, p.at), "0");
}

static bool add_tool_call(struct mapped *x)
{
    struct tool_record *t = batch_add_tool(x->r.c->out);
    struct place status = x->v.text[F_STATUS];
    struct maybe_i64 http;

    if (!t)
        return false;
    *t = (struct tool_record){
        .id = identity_or_line(x, SV("tool")),
        .request_id = id_of(x, T_REQUEST_ID),
        .trace_id = keep_hex(&x->r, text_of(x, T_TRACE_ID)),
        .span_id = keep_hex(&x->r, text_of(x, T_SPAN_ID)),
        .tool_name = id_of(x, T_TOOL_NAME),
        .started_us = x->v.number[F_STARTED_US],
        .ended_us = x->v.number[T_ENDED],
        .latency_us = x->v.number[F_LATENCY_US],
        .status = status_of(&x->r, status.doc, status.at, &http),
        .input_chars = x->v.number[F_INPUT_CHARS],
        .output_chars = x->v.number[F_OUTPUT_CHARS],
        .source = x->r.c->source,
        .line = x->r.c->line,
    };
    if (t->request_id.n) {
        t->call = request_call(t->request_id);
        t->has_call = true;
    }
    if (is_error(x->v.text[T_ERROR]) || is_error(x->v.text[T_ERROR_TYPE])) {
        t->status = (struct maybe_i64){STATUS_ERROR, true};
        t->error_kind = error_kind(&x->r, text_of(x, T_ERROR_TYPE), text_of(x, T_ERROR));
    }
    return true;
}

/* What a score is of: the nearest thing that the line names. */
static bool set_target(struct mapped *x, struct score_record *s)
{
    struct sv trace_id = keep_hex(&x->r, text_of(x, T_TRACE_ID));
    struct sv span_id = keep_hex(&x->r, text_of(x, T_SPAN_ID));
    const struct {
        struct sv id;
        enum score_target target;
    } others[] = {
        {trace_id,               TARGET_TRACE  },
        {id_of(x, T_SESSION),    TARGET_SESSION},
        {id_of(x, M_CASE),       TARGET_CASE   },
    };
    struct sv request_id = id_of(x, T_REQUEST_ID);

    s->target = TARGET_CALL;
    if (trace_id.n && span_id.n)
        s->call = span_call(trace_id, span_id);
    else if (request_id.n)
        s->call = request_call(request_id);
    if (s->call.kind != ID_LINE)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (others[i].id.n) {
            s->target = others[i].target;
            s->target_id = others[i].id;
            return true;
        }
    *x->r.bad_field = SV("request_id");
    error_set(x->r.err, ERR_PARSE,
              "request_id: expected a call, trace, session or case of the score, found none");
    return false;
}

static bool add_score(struct mapped *x)
{
    struct score_record *s = batch_add_score(x->r.c->out);

    if (!s)
        return false;
    *s = (struct score_record){
        .id = identity_or_line(x, SV("score")),
        .name = id_of(x, M_NAME),
        .label = id_of(x, M_LABEL),
        .scorer = id_of(x, M_SCORER),
        .judge_model = id_of(x, M_JUDGE_MODEL),
        .value = x->v.value,
        .passed = x->v.number[M_PASSED],
        .at_us = x->v.number[F_STARTED_US],
        .source = x->r.c->source,
        .line = x->r.c->line,
    };
    if (!s->scorer.n && s->judge_model.n)
        s->scorer = SV("judge");
    return set_target(x, s);
}

enum line_outcome mapping_read(const struct mapping *m, const struct line_context *c,
                               struct sv *skipped_kind, struct sv *bad_field, struct error *err)
{
    struct mapped x = {
        .m = m, .r = {c, bad_field, err}
    };
    struct batch_mark mark = batch_mark(c->out);
    bool ok = true;

    mapping_values_clear(&x.v);
    for (size_t i = 0; ok && i < m->n_fields; i++)
        ok = mapping_take(&x.r, &m->fields[i], mapping_place(m, &m->fields[i].from, c->doc), &x.v);
    if (ok && m->record == MAPPING_TOOL_CALL && scalar_missing(x.v.text[T_TOOL_NAME].doc,
                                                               x.v.text[T_TOOL_NAME].at)) {
        *skipped_kind = SV("no tool call");
        return LINE_SKIPPED;
    }
    if (ok)
        ok = m->record == MAPPING_CALL        ? add_call(&x)
             : m->record == MAPPING_TOOL_CALL ? add_tool_call(&x)
                                              : add_score(&x);
    if (ok)
        return LINE_RECORDS;
    batch_rewind(c->out, mark);
    return LINE_BAD;
}
