/* audit_map: where the record of each call stands in its log, for whoever keeps the log with its
 * texts apart and looks one up by its request. */
#ifndef LLMOBS_INGEST_AUDIT_MAP_H
#define LLMOBS_INGEST_AUDIT_MAP_H

#include "format/format.h"
#include "ingest/ingest.h"
#include "input/input.h"

/*
 * A line of JSON for each call of the context's batch from `first` on, as they are to be stored
 * (sampled, users hashed), all of them read from `line` of the input `path`:
 *   {"request_id":"...","identity":"...","source":"app.jsonl","line":812,"offset":93812,"length":415,
 *    "sha256":"..."}
 * request_id null: the log has none. identity: as in v_calls; of a line without any id without the
 * number that the database adds. offset, length and sha256 are those of the bytes in the unpacked
 * file, without a line end; null where there is no such file. Out of memory marks the batch as
 * failed.
 */
void audit_map_add(const struct audit_sink *to, const struct line_context *c,
                   const struct line *line, const char *path, size_t first);

#endif
