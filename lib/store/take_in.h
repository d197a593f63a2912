/* take_in: one database takes in another, as if it had read the logs of both. */
#ifndef LLMOBS_STORE_TAKE_IN_H
#define LLMOBS_STORE_TAKE_IN_H

#include "store/writer.h"

/* What came from the other database and was new. */
struct taken_in {
    struct source_tally records; /* of all kinds, over all sources */
    int64_t sources, annotations, baselines;
    int64_t prices; /* that hold now */
};

/*
 * Feeds all records of `from`, opened for reading, to a writer that holds its transaction
 * (writer_hold()), so that identity, winners and traces are decided by the rules for logs, whatever
 * the order of databases. Done twice it changes nothing. Ordinals of lines without an id are those
 * that `from` has counted. Sources come along with how far they were read; one that both know
 * (path, device, inode and head) is as far as it was read by either. Marks come along; prices that
 * hold there hold here, too, where there is none for the same calls, and those that were set and
 * retired are here as such; baselines come along, each once, with the results of the newest of a
 * name.
 *
 * After an error only writer_close() may follow. ERR_DB for a damaged `from`.
 */
NODISCARD enum err store_take_in(struct writer *w, struct store *from, struct taken_in *out,
                                 struct error *err);

#endif
