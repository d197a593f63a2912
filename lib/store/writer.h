/* writer: batches of records into the store, exactly once. */
#ifndef LLMOBS_STORE_WRITER_H
#define LLMOBS_STORE_WRITER_H

#include "price/price_book.h"
#include "store/store.h"

struct writer;

/* What the writing did to the records of one source in this run. */
struct source_tally {
    int64_t calls_new, calls_merged; /* merged: repeats of a call that was there already */
    int64_t calls_updated;           /* of the merged ones: changed what is stored */
    int64_t spans, tool_calls, branch_decisions, scores; /* new ones */
    int64_t scores_conflicting;      /* that say something else than before */
    int64_t repeated;                /* spans, tools, branches, scores that were there already */
    int64_t quarantined;             /* new in quarantine */
    int64_t first_us, last_us;       /* start times of its calls, first > last: none */
};

/*
 * Begins to write. hash_seed keys the in-memory tables (any value; a random one resists crafted
 * input). The identity keys of what is stored take 5 B of memory per stored call, 16 B once
 * many were looked up; those of new calls 16 B to 24 B.
 *   prices  what calls that are new or change cost by; borrowed until writer_close(). NULL: their
 *           cost is what their log says, or unknown
 */
NODISCARD enum err writer_open(struct store *s, uint64_t hash_seed, struct price_book *prices,
                               struct writer **out, struct error *err);

/*
 * Adds a batch and the states of the sources it was read from, as they are behind the batch's last
 * line; both are stored in the same transaction. Commits whenever 64 Ki records are in the open
 * transaction. The batch is borrowed; nothing of it is kept. After an error the open transaction is
 * rolled back and only writer_close() may follow.
 */
NODISCARD enum err writer_add(struct writer *w, const struct batch *b,
                              const struct source_state *states, size_t n_states,
                              struct error *err);

/* From now on nothing is committed before writer_finish(): all of it is stored, or none. */
void writer_hold(struct writer *w);

/* Takes a line out of quarantine, in the open transaction: before the writer_add() that brings its
 * records in, so that both are stored or none. Unknown ids are ignored. Errors as there. */
NODISCARD enum err writer_drop_quarantine(struct writer *w, int64_t quarantine_id,
                                          struct error *err);

/*
 * Ends the run: decides which spans of the touched traces are calls, joins scores, tool calls and
 * decisions that waited for their call, writes the open column chunk, rebuilds missing ones and
 * commits.
 */
NODISCARD enum err writer_finish(struct writer *w, struct error *err);

/* Rolls back what writer_finish() or an earlier commit has not stored. Accepts NULL. */
void writer_close(struct writer *w);

/* The tally of a source (by id); zeroes for one that this writer never saw. */
struct source_tally writer_tally(const struct writer *w, int64_t source_id);

#endif
