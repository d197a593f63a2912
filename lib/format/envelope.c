/* envelope: a log shipper's line whose text is a JSON object itself: Docker, kubelet (as
 * shipped_lines.h makes it), CloudWatch, python-json-logger. One level is unwrapped. */
#include "format/aliases.h"
#include "format/readers.h"
#include "format/scalar.h"

#include "base/banned.h"

/* The wrapped object parsed into *inner; its text is in the line or in the arena. */
static bool unwrap(const struct json_doc *doc, json_ref at, struct arena *a, struct json_doc *inner)
{
    struct sv text = json_type(doc, at) == JSON_STRING ? sv_trim(json_raw(doc, at)) : SV_NONE;

    if (!text.n || text.p[0] != '{')
        return false;
    text = json_text(doc, at, a);
    return text.p && json_parse(inner, text.p, text.n, NULL) == OK;
}

/* The format of what is inside; an envelope in an envelope is not opened. */
static const struct format *inner_format(const struct json_doc *inner)
{
    struct seen seen;

    seen_scan(inner, &seen);
    for (size_t i = 0; formats[i] && formats[i] != &format_envelope; i++)
        if (formats[i]->claims(inner, &seen))
            return formats[i];
    return NULL;
}

static struct place wrapped_text(const struct json_doc *doc)
{
    static const char *const keys[] = {"log", "message", "msg"};

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        json_ref at = json_get(doc, 0, keys[i]);

        if (json_type(doc, at) == JSON_STRING)
            return (struct place){doc, keys[i], at};
    }
    return (struct place){doc, "message", JSON_END};
}

/* Lines of shippers are known to be such by what stands beside the text, whatever the text is. */
static bool is_shipped(const struct json_doc *doc)
{
    static const char *const signs[][2] = {
        {"log",     "time"         },
        {"message", "ingestionTime"}
    };

    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (json_type(doc, json_get(doc, 0, signs[i][0])) == JSON_STRING &&
            json_get(doc, 0, signs[i][1]) != JSON_END)
            return true;
    return false;
}

static bool claims(const struct json_doc *doc, const struct seen *seen)
{
    struct json_doc inner = {0};
    struct arena own = {0};
    bool mine = false;

    if (!seen_all(seen, SIGN_BIT(SIGN_TEXT)))
        return false;
    mine = unwrap(doc, wrapped_text(doc).at, &own, &inner) ? inner_format(&inner) != NULL
                                                           : is_shipped(doc);
    json_release(&inner);
    arena_release(&own);
    return mine;
}

/* Text that begins like an object and is none: the rest of it stands elsewhere, or nowhere. */
static bool is_broken(struct place text)
{
    return sv_starts(sv_trim(json_raw(text.doc, text.at)), "{");
}

/* Calls that do not say when take the time of the envelope. */
static bool lend_time(const struct reading *r, size_t from)
{
    static const char *const keys[] = {"time", "timestamp", "@timestamp", "asctime"};
    struct batch *b = r->c->out;
    struct maybe_i64 at = {0, false};
    bool zoneless = false;

    for (size_t i = 0; i < ARRAY_LEN(keys) && !at.known; i++) {
        struct place p = {r->c->doc, keys[i], json_get(r->c->doc, 0, keys[i])};

        if (!scalar_time(r, p, &at, &zoneless))
            return false;
    }
    for (size_t i = from; i < b->n_calls && at.known; i++) {
        struct call_record *call = &b->calls[i];

        if (record_has(call, F_STARTED_US))
            continue;
        record_set_num(call, F_STARTED_US, at.v);
        if (zoneless)
            record_set_num(call, F_FLAGS, record_num(call, F_FLAGS) | FLAG_ZONELESS);
    }
    return true;
}

static enum line_outcome read(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err)
{
    const struct reading r = {c, bad_field, err};
    struct line_context within = *c;
    struct batch_mark mark = batch_mark(c->out);
    struct place text = wrapped_text(c->doc);
    struct json_doc inner = {0};
    const struct format *f = NULL;
    enum line_outcome outcome = LINE_SKIPPED;

    *skipped_kind = SV("text");
    if (unwrap(c->doc, text.at, &c->out->arena, &inner)) {
        *skipped_kind = SV("other log line");
        f = inner_format(&inner);
    } else if (is_broken(text)) {
        complain(&r, text, "whole JSON");
        outcome = LINE_BAD;
    }
    if (f) {
        within.doc = &inner;
        within.seen = NULL;
        outcome = f->read(&within, skipped_kind, bad_field, err);
    }
    if (outcome == LINE_RECORDS && !lend_time(&r, mark.n_calls)) {
        batch_rewind(c->out, mark);
        outcome = LINE_BAD;
    }
    json_release(&inner);
    return outcome;
}

const struct format format_envelope = {
    .name = "envelope",
    .summary = "JSON inside log, message or msg: Docker, CloudWatch, python-json-logger",
    .claims = claims,
    .read = read,
};
