/*
 * gemini_telemetry: the file that the Gemini command line's telemetry.outfile names: records of
 * OpenTelemetry's JavaScript SDK as JSON.stringify() writes them, one indented document after the
 * other. Attributes are an object. Confirmed in google-gemini/gemini-cli @ 5411f113cafa
 * (packages/core/src/telemetry/file-exporters.ts): logs, spans and metrics go to the same file;
 * the spans repeat the usage of the events.
 */
#include "format/agent.h"
#include "format/aliases.h"
#include "format/gemini_events.h"
#include "format/readers.h"

#include "base/banned.h"

/* Another name for an event that the file has already. */
#define DETAILS "gen_ai.client.inference.operation.details"

/* Compared as written: no name of ours has an escape. */
static struct sv event_name(const struct json_doc *doc, json_ref attributes)
{
    json_ref name = json_get(doc, attributes, "event.name");

    return json_type(doc, name) == JSON_STRING ? json_raw(doc, name) : SV_NONE;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    struct sv name;

    if (seen_all(seen, SIGN_BIT(SIGN_SDK)))
        return true;
    if (!seen_all(seen, SIGN_BIT(SIGN_ATTRIBUTES)))
        return false;
    name = event_name(doc, seen->at[SIGN_ATTRIBUTES]);
    return sv_starts(name, GEMINI_EVENT_PREFIX) || sv_is(name, DETAILS);
}

/* [seconds, nanoseconds] since 1970. */
static bool read_hr_time(const struct reading *r, struct maybe_i64 *out)
{
    const struct json_doc *d = r->c->doc;
    json_ref at = json_get(d, 0, "hrTime");
    struct maybe_i64 s = {0, false}, us = {0, false};

    if (!scalar_duration(r, (struct place){d, "hrTime", json_at(d, at, 0)}, UNIT_S, &s) ||
        !scalar_duration(r, (struct place){d, "hrTime", json_at(d, at, 1)}, UNIT_NS, &us))
        return false;
    if (s.known)
        out->known = !__builtin_add_overflow(s.v, us.v, &out->v);
    return true;
}

/* What a record is called when it is skipped. */
static struct sv kind_of(const struct reading *r, json_ref attributes)
{
    const struct json_doc *d = r->c->doc;
    json_ref name = json_get(d, attributes, "event.name");

    if (json_get(d, 0, "scopeMetrics") != JSON_END)
        return SV("metric");
    if (json_get(d, 0, "_spanContext") != JSON_END)
        return SV("span");
    return name != JSON_END ? agent_line_kind(r, name) : SV("log");
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    size_t before = batch_size(c->out);
    struct log_event e = {
        .r = &r, .d = c->doc, .attributes = json_get(c->doc, 0, "attributes"), .get = json_get};
    struct sv name = event_name(c->doc, e.attributes);

    *skipped_kind = kind_of(&r, e.attributes);
    if (!read_hr_time(&r, &e.at_us) || !gemini_event_read(&e, name, "gemini-telemetry")) {
        batch_rewind(c->out, mark);
        return LINE_BAD;
    }
    return batch_size(c->out) > before ? LINE_RECORDS : LINE_SKIPPED;
}

const struct format format_gemini_telemetry = {
    .name = "gemini-telemetry",
    .summary = "the Gemini command line's telemetry.outfile",
    .claims = claims,
    .read = read,
};
