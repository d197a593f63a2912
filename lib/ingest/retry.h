/* retry: quarantined lines read again, and what can be read now is stored. */
#ifndef LLMOBS_INGEST_RETRY_H
#define LLMOBS_INGEST_RETRY_H

#include "ingest/ingest.h"
#include "ingest/revisit.h"

/* A line in quarantine. */
struct retry_line {
    int64_t id; /* of its row */
    int64_t source, line;
    struct revisit_place place;
};

struct retry_totals {
    int64_t read;    /* left the quarantine */
    int64_t skipped; /* of these: legitimately no record */
    int64_t unreadable, missing; /* stayed: cannot be read; is gone, changed or too long */
    int64_t calls_new, calls_merged, calls_updated, spans, tool_calls, branch_decisions, scores;
};

/*
 * Reads the lines again where they stood, each input in one pass, with the options of an ingest (from,
 * map, assume, set, keep, max_line, hash_seed, and of the events bad_line and stop). A line that is still
 * the one that was met, and that can be read now, is stored as a line of its source, and its row
 * leaves the quarantine in the same transaction. All others stay, and bad_line() says why.
 *   lines  need not be sorted
 * ERR_STOPPED after stop(): what was read until then is stored. ERR_USAGE as ingest_run().
 */
NODISCARD enum err retry_run(struct store *s, const struct retry_line *lines, size_t n,
                             const struct ingest_options *o, struct retry_totals *totals,
                             struct error *err);

#endif
