/* joined: the groups of one window, or of two that are compared. */
#ifndef LLMOBS_REPORT_JOINED_H
#define LLMOBS_REPORT_JOINED_H

#include "query/scan.h"

/*
 * Groups 0 .. n_now - 1 are those of the window reported, by the same numbers; n_now .. n - 1 are
 * those that only the window before has. Buckets of time are joined by their place in their window
 * (align.h), everything else by its value.
 */
struct joined {
    size_t n_by;
    uint32_t n, n_now;
    const struct scan *now, *before; /* before NULL: there is only one window */
    const struct zone *zone;
    int64_t since_us, until_us, before_since_us; /* when there are two */
    uint32_t *of_before;                         /* of each group of before: its group here */
    uint32_t *vanished; /* of each group from n_now on: its group of before */
};

/* Joins after the first walks of both scans; fields above the arrays but n and n_now are given.
 * Release it in either case. */
NODISCARD enum err joined_find(struct joined *j, struct error *err);
void joined_release(struct joined *j);

bool joined_is_time(const struct joined *j, size_t d);

/* What makes the group's value on dimension d: equal for equal values, ascending in time. False
 * when it has none. */
bool joined_value(const struct joined *j, uint32_t group, size_t d, int64_t *out);

/* Its text, SV_NONE when it has none; a bucket of the window before goes by the name of the one
 * that it is compared with, unless the window reported does not reach so far. */
struct sv joined_text(const struct joined *j, uint32_t group, size_t d, struct arena *a);

/* Order of two groups by their texts, missing ones last, whatever their numbers: <0, 0, >0. The
 * arena is for texts that have to be made. */
int joined_compare(const struct joined *j, uint32_t a, uint32_t b, struct arena *scratch);

#endif
