/*
 * tgi: the JSON log of Hugging Face's text-generation-inference (--json-output).
 *
 * Fields of the span and their texts confirmed in huggingface/text-generation-inference @
 * db931fcf42da (router/src/server.rs, logging.rs); the shape of a line in logs that people posted.
 * A request that was answered ends with the message "Success" in a span with its timings, which
 * are Rust's texts of a duration. Token counts and the model stand in no line.
 */
#include "base/time_text.h"
#include "format/agent.h"
#include "format/aliases.h"
#include "format/readers.h"

#include "base/banned.h"

#define ROUTER "text_generation_router" /* what answers requests; also router::infer and others */

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    return seen_all(seen, SIGN_BIT(SIGN_LOG_TARGET) | SIGN_BIT(SIGN_LEVEL)) &&
           sv_starts(json_raw(doc, seen->at[SIGN_LOG_TARGET]), "text_generation_");
}

static bool is_text(const struct json_doc *d, json_ref object, const char *key, const char *text)
{
    json_ref at = json_get(d, object, key);

    return json_type(d, at) == JSON_STRING && sv_is(json_raw(d, at), text);
}

/* The span with the timings: the innermost one, or one around it. */
static json_ref timed_span(const struct json_doc *d)
{
    json_ref span = json_get(d, 0, "span"), spans = json_get(d, 0, "spans");

    if (json_get(d, span, "total_time") != JSON_END || json_type(d, spans) != JSON_ARRAY)
        return span;
    for (json_ref at = json_first(d, spans); at != JSON_END; at = json_next(d, spans, at))
        if (json_get(d, at, "total_time") != JSON_END)
            return at;
    return span;
}

/* 1.23s, 45.1ms, 648.287µs, 12ns in microseconds, floored. */
static bool rust_duration(const struct reading *r, json_ref span, const char *key, const char *name,
                          struct maybe_i64 *out)
{
    static const struct {
        struct sv unit;
        int digits; /* of the number, to make it nanoseconds */
    } units[] = {
        {SV_INIT("ns"),        0},
        {SV_INIT("\xC2\xB5s"), 3},
        {SV_INIT("us"),        3},
        {SV_INIT("ms"),        6},
        {SV_INIT("s"),         9},
    };
    const struct json_doc *d = r->c->doc;
    struct place p = {d, name, json_get(d, span, key)};
    struct sv text = scalar_text(r, d, p.at);
    int64_t ns = 0;

    if (scalar_missing(d, p.at))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        struct sv unit = units[i].unit;

        if (!sv_ends(text, unit.p))
            continue;
        if (decimal_scaled((struct sv){text.p, text.n - unit.n}, units[i].digits, &ns) || ns < 0)
            break;
        *out = (struct maybe_i64){ns / 1000, true};
        return true;
    }
    return complain(r, p, "a duration like 1.5s or 20ms");
}

static bool read_timings(const struct reading *r, json_ref span, struct call_record *call)
{
    static const struct {
        const char *key, *name;
        enum call_field field;
    } timings[] = {
        {"total_time",     "span.total_time",     F_LATENCY_US              },
        {"queue_time",     "span.queue_time",     F_QUEUE_US                },
        {"time_per_token", "span.time_per_token", F_TIME_PER_OUTPUT_TOKEN_US},
    };

    for (size_t i = 0; i < ARRAY_LEN(timings); i++) {
        struct maybe_i64 us = {0, false};

        if (!rust_duration(r, span, timings[i].key, timings[i].name, &us))
            return false;
        if (us.known)
            record_set_num(call, timings[i].field, us.v);
    }
    return true;
}

/* What was asked for is the name of one of the spans around the line. */
static struct sv operation_of(const struct json_doc *d)
{
    json_ref spans = json_get(d, 0, "spans");
    json_ref at = json_type(d, spans) == JSON_ARRAY ? json_first(d, spans) : JSON_END;

    for (; at != JSON_END; at = json_next(d, spans, at))
        if (is_text(d, at, "name", "chat_completions"))
            return SV("chat");
    return SV("text_completion");
}

/* A line is written when its request is over. */
static bool set_start(const struct reading *r, struct call_record *call)
{
    const struct json_doc *d = r->c->doc;
    struct maybe_i64 ended = {0, false};
    int64_t latency = record_has(call, F_LATENCY_US) ? record_num(call, F_LATENCY_US) : 0;

    if (!scalar_time(r, (struct place){d, "timestamp", json_get(d, 0, "timestamp")}, &ended, NULL))
        return false;
    if (ended.known && latency <= ended.v)
        record_set_num(call, F_STARTED_US, ended.v - latency);
    return true;
}

static bool add_call(const struct reading *r, bool failed)
{
    const struct json_doc *d = r->c->doc;
    json_ref span = timed_span(d);
    struct call_record *call = agent_add_call(r, "tgi");

    if (!call || !read_timings(r, span, call) || !set_start(r, call))
        return false;
    call->id = line_identity(r->c, 0);
    record_set_dim(call, F_OPERATION, operation_of(d));
    if (!failed && is_text(d, span, "name", "generate_stream"))
        call_set_flag(call, FLAG_STREAMING);
    record_set_num(call, F_STATUS, STATUS_OK);
    if (failed)
        call_set_error(r, call, SV_NONE, scalar_text(r, d, json_get(d, 0, "message")));
    return call_settle(r, call);
}

/* Why a request failed is logged once, by what gave it up: the checks before the queue, which run
 * in generate_stream for every kind of request, the sender of errors behind it, or who waited. */
static bool is_failure(const struct json_doc *d)
{
    static const char *const spans[] = {"generate_stream", "send_error", "generate"};
    json_ref span = json_get(d, 0, "span");

    if (!is_text(d, 0, "level", "ERROR"))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(spans); i++)
        if (is_text(d, span, "name", spans[i]))
            return true;
    return false;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct batch_mark mark = batch_mark(c->out);
    json_ref target = json_get(c->doc, 0, "target");
    bool answered = is_text(c->doc, 0, "message", "Success"), failed = is_failure(c->doc);

    if (!sv_starts(json_raw(c->doc, target), ROUTER) || (!answered && !failed)) {
        *skipped_kind = SV("other log line");
        return LINE_SKIPPED;
    }
    if (add_call(&r, failed))
        return LINE_RECORDS;
    batch_rewind(c->out, mark);
    return LINE_BAD;
}

const struct format format_tgi = {
    .name = "tgi",
    .summary = "the JSON log of text-generation-inference: how long each request took",
    .claims = claims,
    .read = read,
};
