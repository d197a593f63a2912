/* verify: whether the database is whole, and what is derived is what the rows say. */
#ifndef LLMOBS_STORE_VERIFY_H
#define LLMOBS_STORE_VERIFY_H

#include "store/store.h"

struct verified {
    const char *check; /* "column chunks"; in the arena or static */
    int64_t checked, bad;
    const char *words; /* about the first bad one, or NULL; in the arena */
};

enum { VERIFY_MOST = 24 };

/*
 * Checks SQLite's pages and indexes, then column chunks and id runs against the rows, and what
 * points to rows of other tables; where the pages are damaged, only these. Sees one state. Reads
 * everything, some of it many times. Damage is no error: it is counted.
 */
NODISCARD enum err store_verify(struct store *s, struct arena *a, struct verified out[VERIFY_MOST],
                                size_t *n, struct error *err);

#endif
