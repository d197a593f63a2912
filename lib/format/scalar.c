/* scalar: one JSON value as a count, a duration, an amount, an instant or a text to keep. */
#include "format/scalar.h"

#include <math.h>
#include <stdlib.h>

#include "base/time_text.h"
#include "record/privacy.h"

#include "base/banned.h"

#define FOUND_MAX 40 /* bytes of a found value that a message shows */

bool complain(const struct reading *r, struct place p, const char *expected)
{
    enum json_type type = json_type(p.doc, p.at);
    struct sv raw = json_raw(p.doc, p.at);
    const char *quote = type == JSON_STRING ? "\"" : "";
    bool cut = raw.n > FOUND_MAX;

    *r->bad_field = sv_from(p.name);
    if (type == JSON_NONE || type == JSON_ARRAY || type == JSON_OBJECT)
        error_set(r->err, ERR_PARSE, "%s: expected %s, found %s", p.name, expected,
                  type == JSON_NONE    ? "nothing"
                  : type == JSON_ARRAY ? "an array"
                                       : "an object");
    else
        error_set(r->err, ERR_PARSE, "%s: expected %s, found %s%.*s%s%s", p.name, expected,
                  quote, (int)(cut ? FOUND_MAX : raw.n), raw.p, cut ? "..." : "", quote);
    return false;
}

/* The text of a number, or of a string that should hold one. */
static bool number_text(const struct json_doc *d, json_ref at, struct sv *out)
{
    enum json_type type = json_type(d, at);

    if (type != JSON_NUMBER && type != JSON_STRING)
        return false;
    *out = type == JSON_NUMBER ? json_raw(d, at) : sv_trim(json_raw(d, at));
    return true;
}

/* Up to 18 digits and nothing else, as nearly every count is. */
static bool plain_digits(struct sv s, int64_t *out)
{
    int64_t v = 0;

    if (!s.n || s.n > 18)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(s.p[i] - '0');

        if (digit > 9)
            return false;
        v = v * 10 + (int64_t)digit;
    }
    *out = v;
    return true;
}

/* A whole number in any decimal spelling: 22, 22.0, 2.2e1. */
static bool whole(struct sv s, int64_t *out)
{
    const char *point = s.n ? memchr(s.p, '.', s.n) : NULL;
    bool exponent = s.n && (memchr(s.p, 'e', s.n) || memchr(s.p, 'E', s.n));
    int64_t v = 0, thousandths = 0;

    if (plain_digits(s, out))
        return true;
    if (decimal_scaled(s, 0, &v))
        return false;
    if (point && !exponent)
        while (++point < s.p + s.n)
            if (*point != '0')
                return false;
    /* With an exponent the point says nothing: compare with what three more digits give. */
    if (exponent && decimal_scaled(s, 3, &thousandths) == OK && thousandths != v * 1000)
        return false;
    *out = v;
    return true;
}

bool scalar_count(const struct reading *r, struct place p, struct maybe_i64 *out)
{
    struct sv text;
    int64_t v = 0;

    if (json_type(p.doc, p.at) == JSON_NUMBER && plain_digits(json_raw(p.doc, p.at), &v)) {
        *out = (struct maybe_i64){v, true};
        return true;
    }
    if (scalar_missing(p.doc, p.at))
        return true;
    if (!number_text(p.doc, p.at, &text) || !whole(text, &v))
        return complain(r, p, "a whole number");
    if (v < 0)
        return complain(r, p, "a whole number >= 0");
    *out = (struct maybe_i64){v, true};
    return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Whether an unclear duration can be seconds: below 1000 and with a fraction. */
static bool looks_like_seconds(struct sv text)
{
    int64_t s = 0;

    return memchr(text.p, '.', text.n) && decimal_scaled(text, 0, &s) == OK && s < 1000;
}

bool scalar_duration(const struct reading *r, struct place p, enum unit unit,
                     struct maybe_i64 *out)
{
    static const int digits[] = {[UNIT_MS] = 3, [UNIT_S] = 6, [UNIT_US] = 0, [UNIT_NS] = 0,
                                 [UNIT_UNCLEAR] = 6};
    struct sv text;
    int64_t v = 0;

    if (scalar_missing(p.doc, p.at))
        return true;
    if (!number_text(p.doc, p.at, &text) || decimal_scaled(text, digits[unit], &v) || v < 0)
        return complain(r, p, "a duration >= 0");
    if (unit == UNIT_UNCLEAR && !looks_like_seconds(text))
        return true;
    *out = (struct maybe_i64){unit == UNIT_NS ? floor_div(v, 1000) : v, true};
    return true;
}

bool scalar_money(const struct reading *r, struct place p, struct maybe_i64 *out)
{
    struct sv text;
    int64_t v = 0;

    if (scalar_missing(p.doc, p.at))
        return true;
    if (!number_text(p.doc, p.at, &text) || decimal_scaled(text, 9, &v))
        return complain(r, p, "an amount in dollars");
    *out = (struct maybe_i64){v, true};
    return true;
}

int64_t assumed_utc(const struct line_context *c, int64_t us)
{
    return c->assume ? zone_local_to_utc(c->assume, us) : us;
}

bool scalar_time(const struct reading *r, struct place p, struct maybe_i64 *out, bool *zoneless)
{
    struct sv text;
    int64_t us = 0;
    bool absent = false;

    if (scalar_missing(p.doc, p.at))
        return true;
    if (!number_text(p.doc, p.at, &text) || time_parse(text, &us, &absent))
        return complain(r, p, "a time");
    if (zoneless)
        *zoneless = absent;
    *out = (struct maybe_i64){absent ? assumed_utc(r->c, us) : us, true};
    return true;
}

bool scalar_unix_nano(const struct reading *r, struct place p, struct maybe_i64 *out)
{
    struct sv text;
    int64_t ns = 0;

    if (scalar_missing(p.doc, p.at))
        return true;
    if (!number_text(p.doc, p.at, &text) || decimal_scaled(text, 0, &ns) || ns < 0)
        return complain(r, p, "nanoseconds since 1970");
    if (ns)
        *out = (struct maybe_i64){floor_div(ns, 1000), true};
    return true;
}

bool scalar_number(const struct reading *r, struct place p, struct maybe_f64 *out)
{
    struct sv text;
    char copy[64], *end = NULL;
    double v = 0;

    if (scalar_missing(p.doc, p.at))
        return true;
    if (json_type(p.doc, p.at) == JSON_TRUE || json_type(p.doc, p.at) == JSON_FALSE) {
        *out = (struct maybe_f64){json_type(p.doc, p.at) == JSON_TRUE, true};
        return true;
    }
    if (!number_text(p.doc, p.at, &text) || !text.n || text.n >= sizeof(copy) ||
        !memchr("-0123456789", text.p[0], 11))
        return complain(r, p, "a number");
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    v = strtod(copy, &end);
    /* strtod() also knows hexadecimal, which no log means */
    if (end != copy + text.n || !isfinite(v) || memchr(copy, 'x', text.n))
        return complain(r, p, "a number");
    *out = (struct maybe_f64){v, true};
    return true;
}

struct maybe_i64 scalar_bool(const struct json_doc *d, json_ref at)
{
    struct sv text;

    switch (json_type(d, at)) {
    case JSON_TRUE:
        return (struct maybe_i64){1, true};
    case JSON_FALSE:
        return (struct maybe_i64){0, true};
    case JSON_NUMBER:
    case JSON_STRING:
        text = json_raw(d, at);
        if (sv_eq_nocase(text, SV("true")) || sv_is(text, "1"))
            return (struct maybe_i64){1, true};
        if (sv_eq_nocase(text, SV("false")) || sv_is(text, "0"))
            return (struct maybe_i64){0, true};
        return (struct maybe_i64){0, false};
    default:
        return (struct maybe_i64){0, false};
    }
}

void *keep_room(const struct reading *r, size_t size)
{
    void *p = arena_alloc(&r->c->out->arena, size);

    if (!p)
        r->c->out->failed = true;
    return p;
}

struct sv scalar_text(const struct reading *r, const struct json_doc *d, json_ref at)
{
    struct sv text;

    if (scalar_missing(d, at) || json_type(d, at) > JSON_STRING)
        return SV_NONE;
    if (!d->tokens[at].escaped)
        return json_raw(d, at);
    text = json_text(d, at, &r->c->out->arena);
    if (!text.p)
        r->c->out->failed = true;
    return text;
}

struct sv keep_id(const struct reading *r, struct sv text)
{
    struct arena *arena = &r->c->out->arena;
    struct sv allowed;

    if (!text.n)
        return SV_NONE;
    allowed = privacy_id(text, arena);
    if (allowed.p == text.p)
        allowed = arena_copy(arena, text);
    if (!allowed.p)
        r->c->out->failed = true;
    return allowed;
}

struct sv scalar_id(const struct reading *r, const struct json_doc *d, json_ref at)
{
    return keep_id(r, scalar_text(r, d, at));
}

static bool is_hex(struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        char lower = (char)(s.p[i] | 0x20);

        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(lower >= 'a' && lower <= 'f'))
            return false;
    }
    return true;
}

struct sv keep_hex(const struct reading *r, struct sv text)
{
    char *p = NULL;

    if (text.n && text.n <= PRIVACY_MAX_TEXT && hex_is_plain(text.p, text.n)) {
        text = arena_copy(&r->c->out->arena, text);
        r->c->out->failed |= !text.p;
        return text;
    }
    if (!text.n || text.n > PRIVACY_MAX_TEXT || !is_hex(text))
        return keep_id(r, text);
    p = keep_room(r, text.n);
    if (!p)
        return SV_NONE;
    for (size_t i = 0; i < text.n; i++)
        p[i] = (char)(text.p[i] >= 'A' && text.p[i] <= 'F' ? text.p[i] + ('a' - 'A') : text.p[i]);
    return (struct sv){p, text.n};
}

int64_t text_hash(struct sv text)
{
    unsigned char digest[32];
    uint64_t v = 0;
    int64_t out = 0;

    sha256_of(text.p, text.n, digest);
    for (int i = 0; i < 8; i++)
        v = v << 8 | digest[i];
    memcpy(&out, &v, sizeof(out));
    return out;
}
