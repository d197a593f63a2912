/* collect: an input's records one batch after the other, without a database. */
#ifndef LLMOBS_INGEST_COLLECT_H
#define LLMOBS_INGEST_COLLECT_H

#include "ingest/ingest.h"

struct collected {
    int64_t lines, unreadable; /* lines of which nothing could be made */
    char format[32];           /* of most lines; "" when none was recognised */
};

/*
 * Reads a file (or "-") to its end. visit() gets each batch, which it must not keep, in order of
 * the lines; records have the source number 1. What visit() returns other than OK ends the reading
 * and is returned. Of the options jobs, hash_seed, prices and progress have no meaning here. ERR_IO
 * when it cannot be read whole or nothing in it is known: figures of a part would mislead.
 */
NODISCARD enum err collect_file(const char *path, const struct ingest_options *o,
                                enum err (*visit)(void *ctx, const struct batch *b,
                                                  struct error *err),
                                void *ctx, struct collected *out, struct error *err);

#endif
