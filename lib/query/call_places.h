/* call_places: where in the column chunks calls are of which their number is known. */
#ifndef LLMOBS_QUERY_CALL_PLACES_H
#define LLMOBS_QUERY_CALL_PLACES_H

#include "query/scan.h"

#define CALL_GONE UINT32_MAX

/* No call has another number (writer_calls.c). */
static inline bool call_has_place(int64_t call_id)
{
    return call_id >= 1 && call_id < UINT32_MAX;
}

/* The place of a slice's first row. */
static inline int64_t call_place_first(const struct slice *slice)
{
    return slice->chunk->number * CHUNK_ROWS + slice->first;
}

/*
 * Makes places, chunk * CHUNK_ROWS + row of its columns, of n numbers of calls, each less one; of
 * one that is not there CALL_GONE. They stand `stride` bytes apart from `first` on, in ascending
 * order, and so do the places. ERR_DB, ERR_NOMEM. O(n), but all rows of a chunk are walked where
 * somebody deleted some.
 */
NODISCARD enum err call_places(struct store *s, uint32_t *first, size_t stride, size_t n,
                               struct error *err);

/* How many of n such places are before `place`. O(log n). */
size_t call_places_before(const uint32_t *first, size_t stride, size_t n, int64_t place);

#endif
