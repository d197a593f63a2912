/* joined: the groups of one window, or of two that are compared. */
#ifndef LLMOBS_REPORT_JOINED_H
#define LLMOBS_REPORT_JOINED_H

#include "query/scan.h"

/* Where the groups of a scan are: in groups list[start[g]] .. list[start[g + 1] - 1]; start NULL:
 * each one is the group of its number. */
struct places {
    uint32_t *start, *list;
};

/*
 * Groups 0 .. n_now - 1 are those of the window reported; n_now .. n - 1 are those that only the
 * window before has. Buckets of time are joined by their place in their window (align.h),
 * everything else by its value. A scan's group with several tags is in several groups here.
 */
struct joined {
    size_t n_by;
    uint32_t n, n_now;
    const struct scan *now, *before; /* before NULL: there is only one window */
    const struct zone *zone;
    int64_t since_us, until_us, before_since_us; /* when there are two */
    bool first_tag;                              /* the others do not count */
    struct places of_now, of_before;
    struct group_source *sources; /* by group; NULL: all are those of the scan */
    size_t tags;                  /* the dimension of tags; n_by: none */
};

/* Joins after the first walks of both scans; the others of the fields are given. ERR_USAGE for two
 * dimensions of tags. Release it in either case. */
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
