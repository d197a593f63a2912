/* revisit: lines that were met before, looked at again where they stood. */
#ifndef LLMOBS_INGEST_REVISIT_H
#define LLMOBS_INGEST_REVISIT_H

#include "input/elements.h"

/* Where a line stood and which it was. */
struct revisit_place {
    const char *path;
    int64_t offset, length;
    const char *sha256; /* 64 hex digits in lower case */
};

enum revisit_state {
    REVISIT_SAME,     /* the line still stands there */
    REVISIT_TOO_LONG, /* it does, but is longer than max_line: only its beginning is in memory */
    REVISIT_CHANGED,  /* another line, or none, stands there now */
    REVISIT_GONE,     /* the input cannot be read */
    REVISIT_STDIN,    /* it came from standard input */
};

/* What a state is in a few words: "gone: it came from standard input". why: see below, or NULL. */
void revisit_words(enum revisit_state state, const char *why, char *out, size_t out_size);

struct revisit_events {
    void *ctx;
    /* An input was opened; lines of it follow. columns: of a table, as in struct opened. May be
     * NULL. */
    void (*begin)(void *ctx, const char *path, struct sv columns);
    /* A line of it that is not asked for. May be NULL. */
    void (*pass)(void *ctx, const struct line *line);
    /* A place, each exactly once. line: the line for REVISIT_SAME and REVISIT_TOO_LONG, borrowed;
     * else NULL. why: the system's words for REVISIT_GONE, else NULL. An error ends the visit. */
    enum err (*place)(void *ctx, size_t i, enum revisit_state state, const struct line *line,
                      const char *why, struct error *err);
};

/*
 * Looks at all places, input by input in order of offset, each input in one pass: O(bytes up to the
 * last place of each input + n log n).
 *   max_line  as input_open()
 * ERR_NOMEM, and what place() returns; an input that cannot be read is no error.
 */
NODISCARD enum err revisit(const struct revisit_place *places, size_t n, int64_t max_line,
                           const struct revisit_events *events, struct error *err);

#endif
