/*
 * id_runs: from ids of requests, traces and spans, and from identity keys, to the rows that have
 * them. A B-tree on random ids would cost each insert more than the rest of it; sorted runs are
 * made afterwards from the rows, like the column chunks: a small one for each full 4,096 rows, and
 * one large one in place of 16 of them. So a look-up reads two blocks for each 65,536 rows and of
 * each of at most 63 small runs. Rows without a run, 4,095 at most after an ingest, are searched
 * through.
 */
#ifndef LLMOBS_STORE_ID_RUNS_H
#define LLMOBS_STORE_ID_RUNS_H

#include "store/run_blocks.h"

/*
 * The fingerprint of hex digits and UUIDs is their form and their first nine digits, so that a
 * prefix is a range; of other texts, and where the first eight digits are 0, it is a hash; of an
 * identity key its first 28 bits.
 */
struct id_range {
    uint64_t first, last; /* entries, both included */
};
enum { ID_RANGES = 2 };

/* The one range of an id. */
struct id_range id_range_of(struct sv packed);

/* Ranges of the ids that begin with text; *n 0: none can be told from their fingerprint. */
void id_ranges_of_prefix(struct sv text, struct id_range out[ID_RANGES], size_t *n);

/* The entry of an id, and of an identity key, at place 0. */
uint64_t id_entry(struct sv packed);
uint64_t key_entry(uint64_t key);

/* The rows of a kind, which is the number of the last one. */
NODISCARD enum err id_runs_rows(struct store *s, enum id_run_kind kind, int64_t *rows,
                                struct error *err);

/* The run that begins at a row, with its directory; *n 0: of these rows (as many as a small run
 * has) there is none. The next one begins run_rows() further. */
NODISCARD enum err id_runs_at(struct store *s, enum id_run_kind kind, int64_t row, struct run *out,
                              uint64_t directory[RUN_MOST_BLOCKS], size_t *n, struct error *err);

/* Makes what is missing, each run inside the transaction that begin(ctx) opens. */
NODISCARD enum err id_runs_build(struct store *s, enum err (*begin)(void *ctx, struct error *err),
                                 void *ctx, struct error *err);

/* Drops the small run of a row, because its ids change; a large one is taken apart first. Inside
 * the caller's transaction. */
NODISCARD enum err id_runs_forget(struct store *s, enum id_run_kind kind, int64_t row,
                                  struct error *err);

/* Compares the stored runs with the rows: how many there are, and how many are not what would be
 * made now. */
NODISCARD enum err id_runs_verify(struct store *s, int64_t *checked, int64_t *bad,
                                  struct error *err);

/* Calls visit(ctx, kind, row) for each row with an id in one of the ranges, and for some without:
 * the caller looks at the row. A row may come twice. */
NODISCARD enum err id_runs_find(struct store *s, const struct id_range *ranges, size_t n,
                                enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t row,
                                                  struct error *err),
                                void *ctx, struct error *err);

/* Calls visit(ctx, kind, first, last) for each stretch of 4,096 rows of a kind (calls or spans)
 * among which there may be ids whose fingerprint is a hash, which says nothing of how they begin.
 * Ids that are all UUIDs or hex digits leave nothing to visit but the last rows. */
NODISCARD enum err id_runs_hashed(struct store *s, enum id_run_kind kind,
                                  enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t first,
                                                    int64_t last, struct error *err),
                                  void *ctx, struct error *err);

#endif
