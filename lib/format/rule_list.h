/* rule_list: the names of guardrail rules, in the ways that programs write lists of them. */
#ifndef LLMOBS_FORMAT_RULE_LIST_H
#define LLMOBS_FORMAT_RULE_LIST_H

#include "format/scalar.h"

enum { RULES_MOST = 32, RULE_MOST_BYTES = 80, RULE_MOST_WORDS = 4 };

/*
 * The names in a JSON array (also of OTLP's AnyValues), in the text of one (["pii"]), in what
 * Python prints for a list, tuple or set (['pii', 'secrets']), or in a text with commas. What is no
 * name (too long, or a sentence) is left out, and so is what comes behind RULES_MOST. The names
 * live in the batch's arena or as long as the line. Returns how many.
 */
size_t rule_list(const struct reading *r, const struct json_doc *d, json_ref at,
                 struct sv out[RULES_MOST]);

#endif
