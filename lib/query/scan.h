/* scan: a filtered, grouped walk over the column chunks, on several threads. */
#ifndef LLMOBS_QUERY_SCAN_H
#define LLMOBS_QUERY_SCAN_H

#include "query/call_values.h"
#include "query/dimensions.h"
#include "query/where.h"

struct scan_spec {
    const char *const *by; /* dimension names */
    size_t n_by;
    const char *const *where; /* expressions, all must hold */
    size_t n_where;
    bool since_known, until_known;
    int64_t since_us, until_us; /* [since, until) */
    const struct zone *zone;
    enum cost_choice cost; /* for filters on the cost */
    bool drop_degenerate_ttft; /* visitors find them missing; filters see them as logged */
    int jobs;              /* threads, at least 1 */
};

#define SCAN_OUT UINT32_MAX /* group of a row that is not counted */
/* Rows that go by together: what is read and made of so many stays in the processor's cache. */
#define SCAN_BLOCK 4096

/* Rows of one chunk as a visitor sees them: all, or SCAN_BLOCK of them. */
struct slice {
    int thread; /* 0 .. scan_threads() - 1: visitors keep what they add up by thread */
    const struct chunk_info *chunk;
    int64_t first; /* place of the first one in the chunk */
    int64_t rows;
    const int64_t *const *cols; /* cols[c] for the columns that were asked for */
    const uint32_t *group;      /* of each row; SCAN_OUT: filtered away */
    uint32_t groups;            /* all groups in this slice are below */
};

/* What the filters let through, window included unless said otherwise. */
struct scan_counts {
    int64_t calls;
    int64_t calls_without_time; /* also those that a window on time leaves out */
    int64_t zoneless_calls;
    int64_t degenerate_ttft; /* call_ttft_degenerate(), dropped or not; 0 unless the first walk
                              * read times to first token */
    int64_t first_us, last_us; /* first > last: no call has a start */
};

struct scan;

/* Binds dimensions and filters to the store and begins its read transaction. What spec points to
 * is borrowed until scan_close(). ERR_USAGE for bad names and expressions. */
NODISCARD enum err scan_open(struct store *s, const struct scan_spec *spec, struct scan **out,
                             struct error *err);
void scan_close(struct scan *s); /* accepts NULL */

/* ERR_USAGE when spec groups by tags: for who needs each call to be in one group. */
NODISCARD enum err scan_refuse_tags(const struct scan_spec *spec, struct error *err);

int scan_threads(const struct scan *s);

/*
 * Calls visit(ctx, slice) once for each chunk that has counted rows, from several threads at once,
 * in no order; the slice has the columns of mask. Every walk sees the same rows and groups. The
 * first one finds out the groups: they are numbered from 0 as they are met, so numbers may differ
 * from run to run. visit returns false when out of memory, which ends the walk with ERR_NOMEM.
 */
NODISCARD enum err scan_walk(struct scan *s, uint64_t mask,
                             bool (*visit)(void *ctx, const struct slice *slice), void *ctx,
                             struct error *err);

/* The same, but the slices are of at most SCAN_BLOCK rows, the first and the last of which are
 * counted; one thread goes through those of one chunk, in order. About twice as fast, and a window
 * of minutes costs little more than its calls. */
NODISCARD enum err scan_walk_blocks(struct scan *s, uint64_t mask,
                                    bool (*visit)(void *ctx, const struct slice *slice), void *ctx,
                                    struct error *err);

/* After the first walk: */
struct scan_counts scan_counts(const struct scan *s);
uint32_t scan_groups(const struct scan *s);

/* The axis of dimension d of by, and a group's code on it. */
const struct axis *scan_axis(const struct scan *s, size_t d);
int64_t scan_code(const struct scan *s, uint32_t group, size_t d);

/* Opens a further axis, or a further filter, on what this scan sees. */
NODISCARD enum err scan_open_axis(const struct scan *s, struct sv name, struct axis *out,
                                  struct error *err);
NODISCARD enum err scan_open_where(const struct scan *s, struct sv text, struct where **out,
                                   struct error *err);

#endif
