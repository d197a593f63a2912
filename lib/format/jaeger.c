/* jaeger: traces as Jaeger's query service gives them (/api/traces, the download of its pages). */
#include "format/aliases.h"
#include "format/groups.h"
#include "format/otlp.h"
#include "format/otlp_attributes.h"
#include "format/readers.h"
#include "format/spans.h"

#include "base/banned.h"

#define WEAKER 100           /* a tag of the process counts after those of the span */
#define PROCESS_TAGS_MAX 64  /* they are read for every span of the process */
#define TRACE_DIGITS 32
#define SPAN_DIGITS 16

/* An envelope of a long trace may hold none of its spans. */
static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    json_ref trace = JSON_END, spans = JSON_END;

    if (!seen_all(seen, SIGN_BIT(SIGN_DATA)) ||
        json_type(doc, seen->at[SIGN_DATA]) != JSON_ARRAY)
        return false;
    trace = json_first(doc, seen->at[SIGN_DATA]);
    spans = json_get(doc, trace, "spans");
    return json_get(doc, trace, "traceID") != JSON_END && json_type(doc, spans) == JSON_ARRAY &&
           (json_first(doc, spans) == JSON_END ||
            json_get(doc, json_first(doc, spans), "operationName") != JSON_END);
}

struct trace {
    const struct reading *r;
    json_ref at;
    struct groups processes; /* by processID */
};

/* What a span's tags say of the span itself rather than of its call. */
struct frame {
    struct span *span;
    struct sv status, message;
    bool error;
};

/* Older versions leave out zeros at the front: with them an id is the same as in OTLP. */
static struct sv padded_id(const struct reading *r, json_ref at, size_t digits)
{
    struct sv id = keep_hex(r, scalar_text(r, r->c->doc, at));
    char *out = NULL;

    for (size_t i = 0; i < id.n; i++)
        if (!(id.p[i] >= '0' && id.p[i] <= '9') && !(id.p[i] >= 'a' && id.p[i] <= 'f'))
            return id;
    if (!id.n || id.n >= digits)
        return id;
    out = keep_room(r, digits);
    if (!out)
        return SV_NONE;
    memset(out, '0', digits - id.n);
    memcpy(out + digits - id.n, id.p, id.n);
    return (struct sv){out, digits};
}

/* An attribute_getter for a list of tags. */
static json_ref tag_get(const struct json_doc *d, json_ref tags, const char *name)
{
    json_ref tag = json_type(d, tags) == JSON_ARRAY ? json_first(d, tags) : JSON_END;

    for (; tag != JSON_END; tag = json_next(d, tags, tag))
        if (sv_is(json_raw(d, json_get(d, tag, "key")), name))
            return json_get(d, tag, "value");
    return JSON_END;
}

/* The translation from OpenTelemetry writes these three parts of a span as tags. */
static bool read_frame_tag(struct frame *f, struct sv name, json_ref value)
{
    const struct reading *r = f->span->r;
    const struct json_doc *d = r->c->doc;

    if (sv_is(name, "otel.status_code"))
        f->status = scalar_text(r, d, value);
    else if (sv_is(name, "otel.status_description"))
        f->message = scalar_text(r, d, value);
    else if (sv_is(name, "error"))
        f->error = scalar_bool(d, value).v != 0;
    else if (sv_is(name, "otel.scope.name") || sv_is(name, "otel.library.name"))
        f->span->record.scope = scalar_id(r, d, value);
    else
        return sv_is(name, "span.kind") || sv_is(name, "otel.scope.version") ||
               sv_is(name, "otel.library.version");
    return true;
}

static bool read_tag(void *ctx, json_ref tag)
{
    struct frame *f = ctx;
    const struct reading *r = f->span->r;
    const struct json_doc *d = r->c->doc;
    struct sv name = scalar_text(r, d, json_get(d, tag, "key"));
    json_ref value = json_get(d, tag, "value");
    bool integer = sv_is(json_raw(d, json_get(d, tag, "type")), "int64");

    if (!read_frame_tag(f, name, value))
        span_attribute(f->span, name, d, value, integer ? LEFTOVER_INTEGER : LEFTOVER_PLAIN);
    return true;
}

static bool read_log(void *ctx, json_ref log)
{
    struct frame *f = ctx;
    const struct reading *r = f->span->r;
    const struct json_doc *d = r->c->doc;
    json_ref fields = json_get(d, log, "fields");
    struct maybe_i64 at_us = {0, false};

    return scalar_count(r, (struct place){d, "timestamp", json_get(d, log, "timestamp")}, &at_us) &&
           span_event(f->span, scalar_text(r, d, tag_get(d, fields, "event")), at_us, fields,
                      tag_get);
}

static void pick_weaker(struct span *s, struct sv name, json_ref value)
{
    const struct known_key *k = attribute_find(name);

    if (k && k->target < T_COUNT)
        pick(&s->picks, k, s->r->c->doc, value, WEAKER);
}

static void read_process(const struct trace *t, struct span *s, json_ref span)
{
    const struct json_doc *d = t->r->c->doc;
    struct sv id = scalar_text(t->r, d, json_get(d, span, "processID"));
    struct told process = groups_find(&t->processes, d, id);
    json_ref tags = told_get(&process, "tags");
    json_ref tag = json_type(d, tags) == JSON_ARRAY ? json_first(d, tags) : JSON_END;

    pick_weaker(s, SV("service.name"), told_get(&process, "serviceName"));
    for (int i = 0; tag != JSON_END && i < PROCESS_TAGS_MAX; i++, tag = json_next(d, tags, tag))
        pick_weaker(s, scalar_text(t->r, d, json_get(d, tag, "key")), json_get(d, tag, "value"));
}

/* The first reference within the trace; that of a child is stronger than "follows from". */
static json_ref parent_of(const struct json_doc *d, json_ref span)
{
    json_ref references = json_get(d, span, "references"), follows = JSON_END;
    json_ref at = json_type(d, references) == JSON_ARRAY ? json_first(d, references) : JSON_END;
    struct sv trace = json_raw(d, json_get(d, span, "traceID"));

    for (; at != JSON_END; at = json_next(d, references, at)) {
        json_ref other = json_get(d, at, "traceID");

        if (other != JSON_END && trace.p && !sv_eq(json_raw(d, other), trace))
            continue;
        if (sv_is(json_raw(d, json_get(d, at, "refType")), "CHILD_OF"))
            return json_get(d, at, "spanID");
        if (follows == JSON_END)
            follows = json_get(d, at, "spanID");
    }
    return follows != JSON_END ? follows : json_get(d, span, "parentSpanID");
}

/* Ids, name and times; a time is microseconds here, an end is a duration. */
static bool read_frame(const struct trace *t, struct span *s, json_ref at)
{
    const struct reading *r = t->r;
    const struct json_doc *d = r->c->doc;
    struct span_record *out = &s->record;
    struct place trace = {d, "traceID", json_get(d, at, "traceID")};
    struct place span = {d, "spanID", json_get(d, at, "spanID")};
    struct place start = {d, "startTime", json_get(d, at, "startTime")};
    struct place duration = {d, "duration", json_get(d, at, "duration")};
    struct maybe_i64 lasted = {0, false};

    if (scalar_missing(d, trace.at))
        trace.at = json_get(d, t->at, "traceID");
    out->trace_id = padded_id(r, trace.at, TRACE_DIGITS);
    out->span_id = padded_id(r, span.at, SPAN_DIGITS);
    if (!out->trace_id.n || !out->span_id.n)
        return complain(r, out->trace_id.n ? span : trace, "an id");
    out->parent_span_id = padded_id(r, parent_of(d, at), SPAN_DIGITS);
    if (sv_is(out->parent_span_id, "0000000000000000"))
        out->parent_span_id = SV_NONE;
    out->name = scalar_id(r, d, json_get(d, at, "operationName"));
    if (!scalar_count(r, start, &out->started_us) || !scalar_count(r, duration, &lasted))
        return false;
    out->started_us.known &= out->started_us.v != 0;
    out->ended_us.known =
        out->started_us.known && lasted.known &&
        !__builtin_add_overflow(out->started_us.v, lasted.v, &out->ended_us.v);
    return true;
}

static enum span_verdict verdict_of(const struct frame *f)
{
    if (sv_is(f->status, "OK"))
        return SPAN_OK;
    return f->error || sv_is(f->status, "ERROR") ? SPAN_FAILED : SPAN_UNSET;
}

static bool read_span(void *ctx, json_ref at)
{
    const struct trace *t = ctx;
    const struct json_doc *d = t->r->c->doc;
    struct span s;
    struct frame f = {.span = &s};

    span_open(&s, t->r, "jaeger");
    s.value = at;
    read_process(t, &s, at);
    return read_frame(t, &s, at) && otlp_each(d, at, "tags", read_tag, &f) &&
           otlp_each(d, at, "logs", read_log, &f) && span_close(&s, verdict_of(&f), f.message);
}

static bool read_trace(void *ctx, json_ref at)
{
    struct trace t = {.r = ctx, .at = at};
    const struct json_doc *d = t.r->c->doc;
    json_ref processes = json_get(d, at, "processes");
    bool ok = true;

    for (struct member m = member_first(d, processes); ok && m.key != JSON_END;
         m = member_next(d, processes, m))
        ok = groups_add(&t.processes, t.r, scalar_text(t.r, d, m.key), m.value, JSON_END);
    groups_sort(&t.processes);
    ok = ok && otlp_each(d, at, "spans", read_span, &t);
    groups_release(&t.processes);
    return ok;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);

    if (!otlp_each(c->doc, 0, "data", read_trace, &r)) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    *skipped_kind = SV("empty");
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_jaeger = {
    .name = "jaeger",
    .summary = "traces as Jaeger exports them: data with spans and processes",
    .claims = claims,
    .read = read,
};
