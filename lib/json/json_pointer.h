/* json_pointer: a place in any document (RFC 6901): /usage/details/0/cached~1read. */
#ifndef LLMOBS_JSON_JSON_POINTER_H
#define LLMOBS_JSON_JSON_POINTER_H

#include "base/buf.h"
#include "json/json.h"

struct json_pointer {
    const char *text; /* as written */
    size_t n;         /* steps */
    const char **steps; /* decoded */
};

/*
 * Reads a pointer. Everything in *out lives in the arena. "" is the whole document.
 * ERR_PARSE when it does not begin with '/', when a '~' is not followed by 0 or 1, or when it holds a
 * NUL (no key that we look for has one); ERR_NOMEM. No error text: the caller knows the place.
 */
NODISCARD enum err json_pointer_parse(struct sv text, struct arena *a, struct json_pointer *out);

/* The number of an element that a step names: digits without a leading zero; false: it is none. */
bool json_pointer_index(const char *step, size_t *out);

/* The value it leads to from the root, JSON_END when there is none. */
json_ref json_pointer_get(const struct json_doc *d, const struct json_pointer *p);

/* Appends a step: "/a~1b". */
void json_pointer_add_step(struct buf *out, struct sv step);

/* Appends the pointer to a value of the document, of a key that to its value. O(values before it).
 */
void json_pointer_write(const struct json_doc *d, json_ref at, struct buf *out);

#endif
