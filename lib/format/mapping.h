/* mapping: a format that the user describes: a JSON file that says where in a line the fields of a
 * record stand. Its form: schemas/mapping.schema.json. */
#ifndef LLMOBS_FORMAT_MAPPING_H
#define LLMOBS_FORMAT_MAPPING_H

#include "format/format.h"

#define MAPPING_FORMAT "map" /* its name among the formats */

struct mapping;

/*
 * Reads a mapping from the text of its file, which is not needed any longer afterwards. Strict: what
 * it does not know is an error that says where it stands and what may have been meant.
 *   file  its name for messages
 * ERR_PARSE: "FILE: /fields/latency/unit: expected ms, s, us or ns, found \"min\""; ERR_NOMEM.
 */
NODISCARD enum err mapping_open(struct sv text, const char *file, struct mapping **out,
                                struct error *err);

/* Accepts NULL. */
void mapping_close(struct mapping *m);

/* Whether the mapping speaks of this line: all that `match` asks for holds, and at least one of the
 * pointers of `fields` leads to a value. A mapping may be asked by several threads at once. */
bool mapping_claims(const struct mapping *m, const struct json_doc *doc);

/* As format.read() of a line that the mapping claims. The mapping outlives *bad_field. */
enum line_outcome mapping_read(const struct mapping *m, const struct line_context *c,
                               struct sv *skipped_kind, struct sv *bad_field, struct error *err);

/* The fields that can be mapped, by number, NULL behind the last; and what each of them is. */
const char *mapping_field_name(size_t i);
const char *mapping_field_help(size_t i);

#endif
