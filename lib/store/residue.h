/* residue: whether a word is still anywhere in the database, after all of it was to be deleted. */
#ifndef LLMOBS_STORE_RESIDUE_H
#define LLMOBS_STORE_RESIDUE_H

#include "store/store.h"

struct residue {
    const char *table; /* static */
    int64_t rows;      /* that mention the word */
};

enum { RESIDUE_MOST = 24 };

/*
 * Tables in whose texts and ids the word stands by itself: not as a part of a longer word of
 * letters, digits and '_'. Only tables with such rows are given.
 */
NODISCARD enum err store_residue(struct store *s, struct sv word, struct residue out[RESIDUE_MOST],
                                 size_t *n, struct error *err);

/*
 * How often the bytes stand in the file at path and in the log beside it, wherever: in rows, in
 * free pages, inside longer words. *bytes: how many were looked through. Only while this process
 * does not have the database open: closing a file drops the locks on it. ERR_IO.
 */
NODISCARD enum err store_count_bytes(const char *path, struct sv word, int64_t *found,
                                     int64_t *bytes, struct error *err);

#endif
