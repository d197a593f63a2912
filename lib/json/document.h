/* document: a small JSON document as a tree that can be changed and written again: configuration.
 * A strict reader in front of cJSON, which forgives too much and keeps numbers as double only. */
#ifndef LLMOBS_JSON_DOCUMENT_H
#define LLMOBS_JSON_DOCUMENT_H

#include "base/buf.h"
#include "json/json.h"

enum {
    DOCUMENT_MAX_BYTES = 1 << 20,
    DOCUMENT_MAX_DEPTH = 32, /* containers inside each other */
};

/* A value, and with it everything inside; cJSON's own, for document.c only. Numbers keep the text
 * that the source has: 0.10 is never written back as 0.1, nor 9007199254740993 as ...992. */
struct cJSON;

/*
 * Parses one document as RFC 8259 has it, without what cJSON lets through (control bytes and bad
 * UTF-8 in strings, numbers like 01), without NaN, lone surrogates and NUL, and without a key that
 * an object has twice.
 *   file  its name for messages; NULL: none
 * ERR_PARSE: "FILE:3: column 5: expected ':', found '}'" (columns count bytes from 1) or
 * "FILE: /prices/0/model: given twice"; ERR_RANGE when too long or too deep; ERR_NOMEM.
 */
NODISCARD enum err document_parse(struct sv text, const char *file, struct cJSON **out,
                                  struct error *err);

void document_free(struct cJSON *document); /* accepts NULL */

/* JSON_NONE for NULL; never JSON_NAN. */
enum json_type document_type(const struct cJSON *value);

/* The decoded text of a string, a number's text as in the source; NULL for all others. */
const char *document_text(const struct cJSON *value);

/* The key of an object's member, NULL of what is none. */
const char *document_key(const struct cJSON *member);

/* First value of a container and the one behind a value in it; NULL when there is none. */
const struct cJSON *document_first(const struct cJSON *container);
const struct cJSON *document_next(const struct cJSON *value);
size_t document_size(const struct cJSON *container); /* O(n) */

/* A member by its exact key; NULL when there is none, or no object. */
const struct cJSON *document_get(const struct cJSON *object, const char *key);

/* What a value is, for messages: "\"usd\"", "12", "an array"; of a long one the beginning. */
void document_describe(const struct cJSON *value, char *out, size_t out_size);

/* The value at a JSON Pointer, NULL when there is none. ERR_PARSE: it is no pointer; ERR_NOMEM. */
NODISCARD enum err document_find(const struct cJSON *document, const char *pointer,
                                 const struct cJSON **out, struct error *err);

/* A string that can be put into a document; NULL when out of memory. */
struct cJSON *document_string(const char *text);

/*
 * Puts a value at a JSON Pointer, in place of what is there. Objects on the way to it are made, and
 * an array where the last step is "-", which stands behind the last element.
 *   value  passes to the document, also on error; NULL takes away what is there
 * ERR_PARSE: no pointer to something in the document; ERR_NOT_FOUND: an array has no such element,
 * or a step leads into a text or number; ERR_NOMEM. After an error objects on the way may be new.
 */
NODISCARD enum err document_put(struct cJSON *document, const char *pointer, struct cJSON *value,
                                struct error *err);

/* The document in lines, with a newline at its end; on out of memory out->failed is set. */
void document_write(const struct cJSON *document, struct buf *out);

#endif
