/* json: one pass over a line of JSON; the result is a flat index of its values (no tree). */
#ifndef LLMOBS_JSON_JSON_H
#define LLMOBS_JSON_JSON_H

#include <stdint.h>
#include "base/arena.h"
#include "base/error.h"
#include "base/sv.h"
#include "json/string_bytes.h"

enum json_type {
    JSON_NONE = 0, /* no such value */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER, /* text checked against the grammar, not converted */
    JSON_NAN,    /* NaN, Infinity, -Infinity: not JSON, but Python writes them; read as missing */
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* Index of a value in a document; 0 is the root, JSON_END is "no such value". */
typedef uint32_t json_ref;
#define JSON_END UINT32_MAX

/* One value. An object's members are stored as key, value, key, value (keys are JSON_STRING). */
struct json_token {
    uint32_t start;  /* offset of the first byte; of a string: behind the opening quote */
    uint32_t length; /* bytes; of a string: without the quotes; of a container: with brackets */
    uint32_t next;   /* index of the token behind this value and all that is inside it; while
                      * parsing, of an open container: the one around it (so no stack is needed) */
    uint8_t type;    /* enum json_type */
    uint8_t escaped; /* string: holds at least one backslash */
    uint16_t pad;
};

/* A parsed document. Reused from line to line: json_parse() keeps the capacity. */
struct json_doc {
    const char *text; /* the parsed bytes, borrowed from the caller of json_parse() */
    struct json_token *tokens;
    uint32_t n;
    uint32_t cap;
    bool cut_off;         /* see json_cut_off() */
    uint32_t fault_at;    /* after json_parse() failed with ERR_PARSE: offset of the byte that does
                           * not fit, or of the end when there is nothing more */
    const char *expected; /* and what would have fitted: "':'" */
    const struct string_bytes *way; /* NULL: json_parse() chooses the fastest of this machine */
};

#define JSON_MAX_TOKENS (UINT32_C(2) << 20) /* 32 MiB of index: what one line may cost at most */

/*
 * Parses exactly one JSON value with optional white space around it. Full check of the grammar
 * (RFC 8259, plus NaN/Infinity/-Infinity), of UTF-8 (no surrogates, no overlong forms) and of
 * \u escapes (a lone surrogate escape is accepted: it decodes to U+FFFD). Any depth. Control
 * bytes inside strings are errors.
 *
 *   text, n  the bytes; borrowed until the next json_parse() on doc. n < 4 GiB, else ERR_RANGE
 *   err      ERR_PARSE with what was expected and the byte, counted from 1 ("byte 17: expected
 *            ':', found '}'"), or "cut off behind byte 17" (see json_cut_off); ERR_RANGE when over
 *            JSON_MAX_TOKENS; ERR_NOMEM. No json_ref is valid after an error.
 *
 * Never reads text[n]. O(n), whatever the input, and the same result whichever way (of
 * string_bytes.h) the machine allows.
 */
NODISCARD enum err json_parse(struct json_doc *doc, const char *text, size_t n, struct error *err);

/* After json_parse() failed on text: true when text is the beginning of a valid document, that is
 * when more bytes at the end could have made it valid. */
bool json_cut_off(const struct json_doc *doc);

void json_release(struct json_doc *doc);

static inline enum json_type json_type(const struct json_doc *d, json_ref r)
{
    return r == JSON_END ? JSON_NONE : (enum json_type)d->tokens[r].type;
}

/* The raw text of a value: of a string without quotes and with escapes as written. */
static inline struct sv json_raw(const struct json_doc *d, json_ref r)
{
    if (r == JSON_END)
        return SV_NONE;
    return (struct sv){d->text + d->tokens[r].start, d->tokens[r].length};
}

/* First child of a container (of an object: its first key), JSON_END when empty or no container. */
json_ref json_first(const struct json_doc *d, json_ref container);

/* The value or key behind r inside container, JSON_END at the end. In an object
 * json_next(key) is its value, json_next(value) the next key. */
json_ref json_next(const struct json_doc *d, json_ref container, json_ref r);

/* Value of a member; the last one wins when a key occurs twice; JSON_END when absent or obj is no
 * object. Compares the decoded key. O(members). */
json_ref json_get(const struct json_doc *d, json_ref obj, const char *key);

/* Several steps at once: json_path(d, 0, "usage", "details", NULL). */
json_ref json_path(const struct json_doc *d, json_ref obj, ...) __attribute__((sentinel));

/* Element i of an array, JSON_END when there is none. O(i). */
json_ref json_at(const struct json_doc *d, json_ref array, size_t i);

/*
 * The decoded text of a string: borrowed from the document when it has no escape, else written
 * to the arena. Of any other scalar: its raw text. Of a container or JSON_END: SV_NONE.
 * .p is NULL with n 0 when out of memory (an empty string has .p != NULL).
 */
struct sv json_text(const struct json_doc *d, json_ref r, struct arena *a);

/* true for JSON_NONE, null, NaN. */
bool json_missing(const struct json_doc *d, json_ref r);

#endif
