/*
 * stored_keys: which stored call an identity key belongs to, without all keys in memory. A few keys
 * are looked up in the runs, whose blocks stay in memory once they are read (5 bytes a call); when
 * there are many of them, all are loaded into a table instead.
 */
#ifndef LLMOBS_STORE_STORED_KEYS_H
#define LLMOBS_STORE_STORED_KEYS_H

#include "store/keyset.h"
#include "store/run_blocks.h"

/*
 * Look-ups after which loading everything pays. A look-up searches one block of each run, which is
 * of 65,536 calls at most: 0.45 us (measured on a busy machine, as all of this); loading takes
 * 0.2 us a call, 13 ms for as many. So it is about the same number in a database of any size, and
 * whoever stops just behind it has paid twice what would have been best.
 */
enum { STORED_KEYS_PATIENCE = 30000 };

/* Zeroed storage knows no call; set table.seed before it is opened. */
struct stored_keys {
    struct stored_run {
        struct run run;
        uint64_t *directory;
        size_t n;
        struct run_block **blocks; /* NULL: not read yet */
    } * runs;
    size_t n_runs, cap_runs;
    struct keyset
        table; /* once loaded: fingerprints, those of several calls counted up, to calls */
    bool loaded;
    struct run_block **pools; /* blocks in memory that is asked for in pieces of 2 MiB */
    size_t n_pools, left;     /* left: blocks of the last pool that are free */
    int64_t asked, blocks_read;
};

/* Finds the runs. The keys of calls that no run covers are put into rest instead. */
NODISCARD enum err stored_keys_open(struct stored_keys *k, struct store *s, struct keyset *rest,
                                    struct error *err);

/* *call_id: the call that has this key, of those that a run covers; 0: none. The call's row was
 * looked at. */
NODISCARD enum err stored_keys_find(struct stored_keys *k, struct store *s, uint64_t key,
                                    int64_t *call_id, struct error *err);

void stored_keys_release(struct stored_keys *k);

#endif
