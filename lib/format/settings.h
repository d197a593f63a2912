/* settings: temperature, top_p and max_tokens that a call was made with, kept under these names as
 * scalars beside the call whatever the log calls them: meta.temperature is one dimension for all. */
#ifndef LLMOBS_FORMAT_SETTINGS_H
#define LLMOBS_FORMAT_SETTINGS_H

#include "format/leftover.h"

/* Adds what an object of parameters ({"temperature":0.2,"maxTokens":512}) says, or JSON text of
 * one, which is parsed into inner (zeroed; json_release() it behind leftover_json()). What is there
 * already stays. */
void settings_add(struct leftovers *l, const struct reading *r, struct json_doc *inner,
                  const struct json_doc *d, json_ref parameters);

/* Adds what the attributes of a span say: gen_ai.request.temperature. */
void settings_add_attributes(struct leftovers *l, const struct leftovers *attributes);

#endif
