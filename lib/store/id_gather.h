/* id_gather: the runs of rows while they are written, which need not be read back for it then. */
#ifndef LLMOBS_STORE_ID_GATHER_H
#define LLMOBS_STORE_ID_GATHER_H

#include "store/run_blocks.h"

/*
 * Zeroed storage has gathered nothing. Only runs all of whose rows were added in order are made;
 * the others are left to id_runs_build(). Rows that begin a large run are kept until it is full, at
 * most 16 bytes for each id of 65,536 rows while that is sorted.
 */
struct id_gather {
    struct gathered_run {
        int64_t first, next; /* the first row that is kept, the row that has to come; next 0: none,
                                the next run is waited for */
        int64_t
            forgotten; /* number + 1 of the small run that was dropped last and not made since */
        struct run_entries kept;
    } runs[RUN_KINDS];
};

/* Adds a row's ids (packed; .p NULL: missing), or its identity key (RUN_KEYS); a run that is full
 * by that is written. Rows come in order. Inside the caller's transaction. */
NODISCARD enum err id_gather_add(struct id_gather *g, struct store *s, enum id_run_kind kind,
                                 int64_t row, const struct sv *ids, size_t n, struct error *err);
NODISCARD enum err id_gather_key(struct id_gather *g, struct store *s, int64_t row, uint64_t key,
                                 struct error *err);

/* id_runs_forget(), of runs that are being gathered as well. */
NODISCARD enum err id_gather_forget(struct id_gather *g, struct store *s, enum id_run_kind kind,
                                    int64_t row, struct error *err);

/* Whether there is something for id_gather_finish() to write. */
bool id_gather_waits(const struct id_gather *g);

/* Writes the full small runs of what is kept. */
NODISCARD enum err id_gather_finish(struct id_gather *g, struct store *s, struct error *err);

void id_gather_release(struct id_gather *g);

#endif
