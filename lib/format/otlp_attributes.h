/* otlp_attributes: reading OTLP's attribute lists, and the names in them that mean something. */
#ifndef LLMOBS_FORMAT_OTLP_ATTRIBUTES_H
#define LLMOBS_FORMAT_OTLP_ATTRIBUTES_H

#include "format/pick.h"

extern const struct key_index attribute_index;

/* The known attribute of this name, or NULL. */
const struct known_key *attribute_find(struct sv name);

/* Who wants to see the attributes of a list. */
struct attribute_visit {
    const struct reading *r;
    void *ctx;
    /* value: the scalar itself, the list of an arrayValue, or JSON_END. integer: it is an intValue,
     * whose text may stand in quotes. The name lives as long as the batch's arena or the line. */
    void (*each)(void *ctx, struct sv name, json_ref value, bool integer);
};

/* Every attribute of [{"key":..,"value":{"stringValue":..}}, ...]; a kvlistValue is flattened
 * with dots. */
void attributes_visit(const struct attribute_visit *v, json_ref attributes);

/* The value of one attribute by its name, JSON_END when there is none. */
json_ref attribute_get(const struct json_doc *d, json_ref attributes, const char *name);

/* The first element of a list, plain or of an arrayValue; any other value itself. */
json_ref attribute_first(const struct json_doc *d, json_ref value);

/* A trace or span id as lower-case hex: from hex of either case, or from base64 of 16 or 8 bytes;
 * any other text as it is. SV_NONE when missing. */
struct sv span_id_of(const struct reading *r, json_ref at);

#endif
