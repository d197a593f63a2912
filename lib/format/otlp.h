/* otlp: the two signals of OTLP that bring records. */
#ifndef LLMOBS_FORMAT_OTLP_H
#define LLMOBS_FORMAT_OTLP_H

#include "format/pick.h"

/* Visits each element of an array member of an object; false when each() was. Nothing to visit is
 * true. */
bool otlp_each(const struct json_doc *d, json_ref object, const char *member,
               bool (*each)(void *ctx, json_ref element), void *ctx);

/* Records of one element of resourceSpans (or of Tempo's batches). false: *r->err is filled. */
bool otlp_read_spans(const struct reading *r, json_ref resource_spans);

/* Records of one element of resourceLogs. *skipped names an event that gave none. */
bool otlp_read_logs(const struct reading *r, json_ref resource_logs, struct sv *skipped);

#endif
