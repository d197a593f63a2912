/*
 * id_runs: from ids of requests, traces and spans to the rows that have them. A B-tree on random
 * ids would cost each insert more than the rest of it; a sorted run for each full 16,384 rows is
 * made afterwards from the rows, like the column chunks. Rows without a run are searched through.
 */
#ifndef LLMOBS_STORE_ID_RUNS_H
#define LLMOBS_STORE_ID_RUNS_H

#include "store/store_internal.h"

enum id_run_kind { RUN_CALLS, RUN_SPANS, RUN_KINDS };

/*
 * An entry is 48 bits of fingerprint and 14 of the row's place in its run. Of hex digits and UUIDs
 * the fingerprint is the form and the first ten digits, so that a prefix is a range; of other
 * texts, and where the first eight digits are 0, it is a hash.
 */
struct id_range {
    uint64_t first, last; /* entries, both included */
};
enum { ID_RANGES = 2 };

/* The one range of an id. */
struct id_range id_range_of(struct sv packed);

/* Ranges of the ids that begin with text; *n 0: none can be told from their fingerprint. */
void id_ranges_of_prefix(struct sv text, struct id_range out[ID_RANGES], size_t *n);

/* Makes the missing runs, each inside the transaction that begin(ctx) opens. */
NODISCARD enum err id_runs_build(struct store *s, enum err (*begin)(void *ctx, struct error *err),
                                 void *ctx, struct error *err);

/* Drops the run of a row, because its ids change. Inside the caller's transaction. */
NODISCARD enum err id_runs_forget(struct store *s, enum id_run_kind kind, int64_t row,
                                  struct error *err);

/* Compares the stored runs with the rows: how many there are, and how many are not what would be made
 * now. */
NODISCARD enum err id_runs_verify(struct store *s, int64_t *checked, int64_t *bad,
                                  struct error *err);

/*
 * The runs of rows while they are written, which need not be read back for it then. Zeroed storage
 * has gathered nothing. Only runs all of whose rows were added in order are made; the others are
 * left to id_runs_build().
 */
struct id_gather {
    struct gathered_run {
        int64_t next;      /* the row that has to come; 0: none, the next run is waited for */
        int64_t forgotten; /* number + 1 of the run that was dropped last and not made since */
        uint64_t *entries; /* room for those of a run, twice: for sorting */
        size_t n;
    } runs[RUN_KINDS];
};

/* Adds a row's ids (packed; .p NULL: missing), at most 4; a run that is full by that is written.
 * Inside the caller's transaction. */
NODISCARD enum err id_gather_add(struct id_gather *g, struct store *s, enum id_run_kind kind,
                                 int64_t row, const struct sv *ids, size_t n, struct error *err);

/* id_runs_forget(), of runs that are being gathered as well. */
NODISCARD enum err id_gather_forget(struct id_gather *g, struct store *s, enum id_run_kind kind,
                                    int64_t row, struct error *err);

void id_gather_release(struct id_gather *g);

/* Calls visit(ctx, kind, row) for each row with an id in one of the ranges, and for some without:
 * the caller looks at the row. A row may come twice. */
NODISCARD enum err id_runs_find(struct store *s, const struct id_range *ranges, size_t n,
                                enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t row,
                                                  struct error *err),
                                void *ctx, struct error *err);

/* Calls visit(ctx, kind, first, last) for each stretch of rows of a kind among which there may be
 * ids whose fingerprint is a hash, which says nothing of how they begin. One look-up for each 16,384
 * rows; ids that are all UUIDs or hex digits leave nothing to visit. */
NODISCARD enum err id_runs_hashed(struct store *s, enum id_run_kind kind,
                                  enum err (*visit)(void *ctx, enum id_run_kind kind, int64_t first,
                                                    int64_t last, struct error *err),
                                  void *ctx, struct error *err);

#endif
