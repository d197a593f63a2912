/* call_redactions: how many places in the stored texts of calls were made unreadable. */
#ifndef LLMOBS_QUERY_CALL_REDACTIONS_H
#define LLMOBS_QUERY_CALL_REDACTIONS_H

#include "query/scan.h"

/* A call of which a stored text was looked through for what is made unreadable. */
struct call_redaction {
    uint32_t call; /* chunk * CHUNK_ROWS + row of the chunk's columns */
    int64_t n;     /* places in its texts */
};

/* 16 bytes a call. Zeroed storage is empty. */
struct call_redactions {
    struct call_redaction *v; /* by call */
    size_t n, cap;
};

/* All of them, from what the open scan sees. ERR_DB, ERR_NOMEM. Release them in either case. */
NODISCARD enum err call_redactions_load(struct store *s, struct call_redactions *out,
                                        struct error *err);
void call_redactions_release(struct call_redactions *c);

/* The places of each of a slice's rows into room, which is returned; CALL_MISSING where nobody
 * looked. */
const int64_t *call_redactions_of(const struct call_redactions *c, const struct slice *slice,
                                  int64_t *room);

#endif
