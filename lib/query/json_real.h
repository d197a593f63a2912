/* json_real: a number in what the database keeps as JSON, as a double. */
#ifndef LLMOBS_QUERY_JSON_REAL_H
#define LLMOBS_QUERY_JSON_REAL_H

#include "json/json.h"
#include "record/record.h"

/* Of a number, or of a text that is one; true is 1, false is 0. Not known for all else, and for
 * what is too large for a double. */
struct maybe_f64 json_real(const struct json_doc *d, json_ref at);

#endif
