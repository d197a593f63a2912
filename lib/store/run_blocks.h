/*
 * run_blocks: sorted runs of entries in table id_run. An entry is a fingerprint and, in its last 18
 * bits, the place of a row among 65,536. A small run is of 4,096 rows, a large one of 65,536; an
 * entry is the same in both, so that small ones make a large one by sorting.
 */
#ifndef LLMOBS_STORE_RUN_BLOCKS_H
#define LLMOBS_STORE_RUN_BLOCKS_H

#include "store/store_internal.h"

/* Of ids of calls, of ids of spans, of the identity keys of calls. */
enum id_run_kind { RUN_CALLS, RUN_SPANS, RUN_KEYS, RUN_KINDS };

enum {
    RUN_SMALL_BITS = 12,
    RUN_SMALL_ROWS = 1 << RUN_SMALL_BITS,
    RUN_LARGE_BITS = 16,
    RUN_LARGE_ROWS = 1 << RUN_LARGE_BITS,
    RUN_SMALLS = RUN_LARGE_ROWS / RUN_SMALL_ROWS, /* that make a large one */
    RUN_MOST_BLOCKS = 1024,                       /* of a run, the directory included */
    RUN_BLOCK_BYTES = 16300, /* with key and header what a page of 16 KiB holds without overflow */
};

struct run {
    enum id_run_kind kind;
    bool large;
    int64_t number; /* rows [number * run_rows() + 1, (number + 1) * run_rows()] */
};

struct run run_of(enum id_run_kind kind, bool large, int64_t row);
int64_t run_rows(const struct run *r);
int64_t run_first(const struct run *r);

/* The last 18 bits of a row's entries, and the row of an entry of this run. */
uint64_t run_place(int64_t row);
int64_t run_row(const struct run *r, uint64_t entry);

/* ---- entries ------------------------------------------------------------------------------ */

/* Zeroed storage is an empty list. */
struct run_entries {
    uint64_t *v;
    size_t n, cap;
};

/* False when out of memory. */
bool run_entries_add(struct run_entries *e, uint64_t entry);

/* Sorts n entries; room for as many is the caller's. What is in order of places may stay unsorted
 * below them. O(n). */
void run_entries_sort(uint64_t *v, size_t n, uint64_t *room);

void run_entries_release(struct run_entries *e);

/* ---- blocks ------------------------------------------------------------------------------- */

/* Up to RUN_BLOCK_BYTES of entries in order, as they are stored: the bytes that one takes (1), the
 * first one (8, little-endian), and of each one the difference to it. */
struct run_block {
    size_t n;
    unsigned width;
    uint64_t first;
    unsigned char bytes[RUN_BLOCK_BYTES + 8]; /* the differences; 8 more may be read */
};

uint64_t run_block_entry(const struct run_block *b, size_t i);

/* The first entry that is not below this one; b->n when there is none. */
size_t run_block_from(const struct run_block *b, uint64_t entry);

/* The first entries of a run's blocks; *n 0: there is no such run, or its directory is damaged. A
 * run without entries has one of UINT64_MAX. */
NODISCARD enum err run_directory(struct store *s, const struct run *r,
                                 uint64_t out[RUN_MOST_BLOCKS], size_t *n, struct error *err);

/* The first block of n in which an entry that is not below this one may be. */
size_t run_directory_from(const uint64_t *directory, size_t n, uint64_t entry);

/* Block b of those in the directory. ERR_DB when it is missing or damaged. */
NODISCARD enum err run_block_get(struct store *s, const struct run *r, size_t b,
                                 struct run_block *out, struct error *err);

/* Appends all entries of a run; *whole false, with nothing appended, when there is none or it is
 * damaged. */
NODISCARD enum err run_read(struct store *s, const struct run *r, struct run_entries *out,
                            bool *whole, struct error *err);

/* Stores a run of sorted entries, and deletes one, inside the caller's transaction. */
NODISCARD enum err run_put(struct store *s, const struct run *r, const uint64_t *v, size_t n,
                           struct error *err);
NODISCARD enum err run_delete(struct store *s, const struct run *r, struct error *err);

#endif
