/* call_texts: the texts of the calls of a line, gone through once for all who look at them. */
#ifndef LLMOBS_INGEST_CALL_TEXTS_H
#define LLMOBS_INGEST_CALL_TEXTS_H

#include "ingest/keeping.h"
#include "ingest/scanning.h"

/*
 * Shows the texts of the line d to whoever is there (either may be NULL), call by call of those
 * that it gave to b from `first` on. Each call has the texts of its own value; one that has none,
 * beside others of the same line, has no texts. w: room, used again and again. Out of memory marks
 * the batch as failed.
 */
void call_texts_show(struct content_walk *w, const struct json_doc *d, struct scanning *scanning,
                     struct keeping *keeping, struct batch *b, size_t first);

#endif
