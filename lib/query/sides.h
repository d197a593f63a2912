/* sides: the two groups of calls that are compared: two windows of time, or what two filters let
 * through. */
#ifndef LLMOBS_QUERY_SIDES_H
#define LLMOBS_QUERY_SIDES_H

#include "query/scan.h"

enum { SIDE_A, SIDE_B, SIDE_NONE }; /* a baseline, or before; current, or after */

struct side_spec {
    bool by_time; /* windows [from, until), else filters */
    int64_t from_us[2], until_us[2];
    const char *const *where[2]; /* expressions, all must hold */
    size_t n_where[2];
};

struct sides {
    const struct side_spec *spec; /* borrowed */
    struct where **wheres[2];
    uint64_t columns; /* of the store, that sides_find() looks at */
};

/* Binds filters to what the scan sees. Release it in either case. ERR_USAGE for bad expressions. */
NODISCARD enum err sides_open(struct sides *s, const struct scan *scan,
                              const struct side_spec *spec, struct error *err);
void sides_release(struct sides *s);

/* The side of each row of the slice: SIDE_NONE for those that are on neither or not counted; *both
 * is the number of those that are on both (and so, too, on neither). room: CHUNK_ROWS values, keep:
 * CHUNK_ROWS bytes, overwritten. */
void sides_find(const struct sides *s, const struct slice *slice, int64_t *room,
                unsigned char *keep, unsigned char *out, int64_t *both);

#endif
