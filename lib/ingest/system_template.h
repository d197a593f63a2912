/* system_template: a name for the template of calls that name none: a hash of their system message,
 * words with digits in it being all the same. */
#ifndef LLMOBS_INGEST_SYSTEM_TEMPLATE_H
#define LLMOBS_INGEST_SYSTEM_TEMPLATE_H

#include "format/content.h"
#include "record/record.h"

#define SYSTEMS_KEPT 256

/* Zeroed storage is empty. */
struct system_template {
    struct content_walk walk;
    struct arena arena; /* of the line at hand */
    uint64_t hash;      /* of the texts that were visited */
    bool some;
    struct {
        struct hash128 text; /* 0, 0: free */
        uint64_t masked;
    } recent[SYSTEMS_KEPT]; /* the same message comes again and again */
};

void system_template_release(struct system_template *x);

/*
 * "system-" and 8 hex digits, in the batch's arena, for a call of line d; SV_NONE for one without a
 * system message.
 *   alone  the line's only call: all of the line is about it
 * Out of memory marks the batch as failed.
 */
struct sv system_template_of(struct system_template *x, const struct json_doc *d,
                             const struct call_record *call, bool alone, struct batch *b);

#endif
