/* format: what each log format means. One file per format; formats.c holds the table. */
#ifndef LLMOBS_FORMAT_FORMAT_H
#define LLMOBS_FORMAT_FORMAT_H

#include "base/zone.h"
#include "json/json.h"
#include "record/record.h"

struct format_memory;
struct seen;

/* The bytes of a line, hashed when the first record without an id of its own asks. */
struct line_bytes {
    struct sv text;
    struct hash128 hash;
    bool hashed;
};

/* What a reader needs beside the line itself. */
struct line_context {
    const struct json_doc *doc; /* the parsed line; root is 0 */
    struct batch *out;          /* where records go; text that they keep goes into out->arena */
    struct hash128 line_hash;   /* of the line's bytes, for records without an id */
    struct line_bytes *bytes;   /* the bytes instead, for line_hash; may be NULL */
    uint32_t source;
    int64_t line;
    const struct seen *seen;      /* what format_detect_seen() saw in doc; or NULL */
    struct format_memory *memory; /* of the input's earlier lines; NULL: they are unknown */
    const struct zone *assume;    /* of times without a zone; NULL: UTC */
    struct sv score_name, scorer, judge_model; /* of scores whose lines do not say it */
    const char *cluster_key; /* the member that says what a case belongs to; NULL: the usual ones */
};

enum line_outcome {
    LINE_RECORDS, /* gave records */
    LINE_SKIPPED, /* legitimately none: *skipped_kind says what it was */
    LINE_BAD,     /* unreadable: *err says what, *bad_field which field; no records were added */
};

struct format {
    const char *name;    /* as in --from and in the summary: "claude-code" */
    const char *summary; /* one line for --from list */
    /* Does this document belong to the format, if none before it in the table claims it? Looks at
     * keys and types only. `seen` is what its top level holds (aliases.h). */
    bool (*claims)(const struct json_doc *doc, const struct seen *seen);
    enum line_outcome (*read)(const struct line_context *c, struct sv *skipped_kind,
                              struct sv *bad_field, struct error *err);
    /* What a line means depends on the lines of the input before it, told through the context's
     * memory: they are read in order, and whoever goes on in the middle of an input first reads
     * from its start, dropping the records. */
    bool stateful;
};

extern const struct format *const formats[]; /* in the order of detection, NULL at the end */

const struct format *format_find(const char *name); /* NULL when there is none */

/* The first format of the table that claims the document, trying `last` first where that gives
 * the same answer; NULL when nobody does. */
const struct format *format_detect(const struct json_doc *doc, const struct format *last);

/* The same, and *seen is what the top level of an object holds. */
const struct format *format_detect_seen(const struct json_doc *doc, struct seen *seen);

#endif
