/* scalar: one JSON value as a count, a duration, an amount, an instant or a text to keep. */
#ifndef LLMOBS_FORMAT_SCALAR_H
#define LLMOBS_FORMAT_SCALAR_H

#include "format/format.h"

/*
 * What a reader carries along: the line, and where a complaint goes. Every scalar_*() that can fail
 * returns false after filling err and bad_field with the reason, in the form
 *   usage.input_tokens: expected a whole number, found "12a"
 * The found value is shortened to 40 bytes and stands in the message only.
 */
struct reading {
    const struct line_context *c;
    struct sv *bad_field;
    struct error *err;
};

enum unit {
    UNIT_MS,
    UNIT_S,
    UNIT_US,
    UNIT_NS,      /* floored to microseconds */
    UNIT_UNCLEAR, /* seconds when below 1000 and with a fraction, else unknown */
};

/* Where a value stands. The name is what a complaint calls it, in static storage. */
struct place {
    const struct json_doc *doc;
    const char *name;
    json_ref at;
};

/* Absent, null, NaN, and the texts "", "None" and "NaN", with which Python says the same. */
static inline bool scalar_missing(const struct json_doc *d, json_ref at)
{
    struct sv raw = json_raw(d, at);

    switch (json_type(d, at)) {
    case JSON_NONE:
    case JSON_NULL:
    case JSON_NAN:
        return true;
    case JSON_STRING:
        return raw.n == 0 || (raw.p[0] == 'N' && (sv_is(raw, "None") || sv_is(raw, "NaN")));
    default:
        return false;
    }
}

/* A whole number >= 0, as a number or as text; 22.0 is whole. A missing value is left unknown. */
bool scalar_count(const struct reading *r, struct place p, struct maybe_i64 *out);

/* A duration >= 0 in microseconds, exact decimal arithmetic. */
bool scalar_duration(const struct reading *r, struct place p, enum unit unit,
                     struct maybe_i64 *out);

/* Dollars as nano-dollars. */
bool scalar_money(const struct reading *r, struct place p, struct maybe_i64 *out);

/* An instant as time_parse() reads it, without a zone in that of the context; *zoneless may be
 * NULL. */
bool scalar_time(const struct reading *r, struct place p, struct maybe_i64 *out, bool *zoneless);

/* An instant that time_parse() found to be without a zone, in the context's one. */
int64_t assumed_utc(const struct line_context *c, int64_t us);

/* Nanoseconds since 1970 as a number or text, floored to microseconds. 0 is "not set". */
bool scalar_unix_nano(const struct reading *r, struct place p, struct maybe_i64 *out);

/* A finite number; true is 1 and false is 0. */
bool scalar_number(const struct reading *r, struct place p, struct maybe_f64 *out);

/* true, false, "true", "false", 1, 0, "1", "0" in any case; anything else is unknown. */
struct maybe_i64 scalar_bool(const struct json_doc *d, json_ref at);

/* Decoded text of a scalar, for looking at: borrowed from the line or in the batch's arena. A
 * missing value or a container gives SV_NONE. */
struct sv scalar_text(const struct reading *r, const struct json_doc *d, json_ref at);

/* The same as it may be stored: through privacy_id(), and living as long as the batch. */
struct sv scalar_id(const struct reading *r, const struct json_doc *d, json_ref at);

/* A borrowed text as it may be stored. */
struct sv keep_id(const struct reading *r, struct sv text);

/* keep_id() of an id that may be spelled in upper or lower case: hex digits become lower case, any
 * other text stays as it is. */
struct sv keep_hex(const struct reading *r, struct sv text);

/* First 64 bits of the SHA-256 of text, as a signed integer. */
int64_t text_hash(struct sv text);

/* Room in the batch's arena; NULL marks the batch as failed. */
void *keep_room(const struct reading *r, size_t size);

/* Says that the value at p is not what was expected; returns false. */
bool complain(const struct reading *r, struct place p, const char *expected);

#endif
