/* otlp_spans: OTLP's traces, resource by resource, scope by scope. */
#include "format/otlp.h"
#include "format/otlp_attributes.h"
#include "format/spans.h"

#include "base/banned.h"

/* One element of resourceSpans: its attributes hold for all its spans. */
struct resource {
    const struct reading *r;
    struct picks picks;
    struct sv scope;
};

#define WEAKER 100 /* an attribute of the resource counts after those of the span */

static void pick_resource(void *ctx, struct sv name, json_ref value, bool integer)
{
    struct resource *res = ctx;
    const struct known_key *k = attribute_find(name);

    (void)integer;
    if (k && k->target < T_COUNT)
        pick(&res->picks, k, res->r->c->doc, value, WEAKER);
}

static void read_attribute(void *ctx, struct sv name, json_ref value, bool integer)
{
    struct span *s = ctx;

    span_attribute(s, name, s->r->c->doc, value, integer ? LEFTOVER_INTEGER : LEFTOVER_PLAIN);
}

static bool read_event(void *ctx, json_ref event)
{
    struct span *s = ctx;
    const struct json_doc *d = s->r->c->doc;
    struct sv name = scalar_text(s->r, d, json_get(d, event, "name"));
    struct place time = {d, "timeUnixNano", json_get(d, event, "timeUnixNano")};
    struct maybe_i64 at_us = {0, false};

    return scalar_unix_nano(s->r, time, &at_us) &&
           span_event(s, name, at_us, json_get(d, event, "attributes"), attribute_get);
}

static enum span_verdict verdict_of(struct sv code)
{
    if (sv_is(code, "2") || sv_is(code, "STATUS_CODE_ERROR"))
        return SPAN_FAILED;
    return sv_is(code, "1") || sv_is(code, "STATUS_CODE_OK") ? SPAN_OK : SPAN_UNSET;
}

/* The ids, times and name of the span itself. */
static bool read_frame(struct span *s, json_ref at)
{
    const struct json_doc *d = s->r->c->doc;
    struct span_record *out = &s->record;
    const struct {
        const char *key;
        struct sv *out;
    } ids[] = {{"traceId", &out->trace_id}, {"spanId", &out->span_id}};
    const struct {
        const char *key;
        struct maybe_i64 *out;
    } times[] = {{"startTimeUnixNano", &out->started_us}, {"endTimeUnixNano", &out->ended_us}};

    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        struct place p = {d, ids[i].key, json_get(d, at, ids[i].key)};

        *ids[i].out = span_id_of(s->r, p.at);
        if (!ids[i].out->n)
            return complain(s->r, p, "an id");
    }
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        struct place p = {d, times[i].key, json_get(d, at, times[i].key)};

        if (!scalar_unix_nano(s->r, p, times[i].out))
            return false;
    }
    out->parent_span_id = span_id_of(s->r, json_get(d, at, "parentSpanId"));
    if (sv_is(out->parent_span_id, "0000000000000000"))
        out->parent_span_id = SV_NONE;
    out->name = scalar_id(s->r, d, json_get(d, at, "name"));
    return true;
}

static bool read_span(void *ctx, json_ref at)
{
    const struct resource *res = ctx;
    const struct json_doc *d = res->r->c->doc;
    struct span s;
    const struct attribute_visit visit = {res->r, &s, read_attribute};
    json_ref status = json_get(d, at, "status");

    span_open(&s, res->r, "otlp");
    s.value = at;
    s.picks = res->picks;
    s.record.scope = res->scope;
    attributes_visit(&visit, json_get(d, at, "attributes"));
    return read_frame(&s, at) && otlp_each(d, at, "events", read_event, &s) &&
           span_close(&s, verdict_of(scalar_text(res->r, d, json_get(d, status, "code"))),
                      scalar_text(res->r, d, json_get(d, status, "message")));
}

/* Older exporters call the scope an instrumentation library. */
static bool read_scope(void *ctx, json_ref at)
{
    struct resource *res = ctx;
    const struct json_doc *d = res->r->c->doc;
    json_ref scope = json_get(d, at, "scope");

    if (scope == JSON_END)
        scope = json_get(d, at, "instrumentationLibrary");
    res->scope = scalar_id(res->r, d, json_get(d, scope, "name"));
    return otlp_each(d, at, "spans", read_span, res);
}

bool otlp_read_spans(const struct reading *r, json_ref resource_spans)
{
    const struct json_doc *d = r->c->doc;
    struct resource res = {.r = r};
    const struct attribute_visit visit = {r, &res, pick_resource};

    picks_clear(&res.picks);
    attributes_visit(&visit, json_path(d, resource_spans, "resource", "attributes", NULL));
    return otlp_each(d, resource_spans, "scopeSpans", read_scope, &res) &&
           otlp_each(d, resource_spans, "instrumentationLibrarySpans", read_scope, &res);
}
