/* scan_files: the texts of logs, and plain text, looked through without storing anything. */
#ifndef LLMOBS_INGEST_SCAN_FILES_H
#define LLMOBS_INGEST_SCAN_FILES_H

#include "ingest/scanning.h"

/* What was found, and where. */
struct file_find {
    const char *path;
    int64_t line;
    const struct scanned *what;
};

struct scan_files_counts {
    int64_t pieces, bytes; /* lines, or elements of documents, that are not empty */
    int64_t too_long;      /* lines that were passed over */
};

/*
 * Looks through one input ("-": standard input), line by line or element by element; several lines
 * of plain text are one piece where a private key stands in them. Adds to counts. ERR_IO,
 * ERR_NOMEM; what was found before stays told.
 */
NODISCARD enum err scan_file(struct scanning *s, const char *path, int64_t max_line,
                             void (*found)(void *ctx, const struct file_find *f), void *ctx,
                             struct scan_files_counts *counts, struct error *err);

#endif
