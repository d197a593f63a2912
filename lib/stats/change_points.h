/* change_points: where a series of periods took another level. */
#ifndef LLMOBS_STATS_CHANGE_POINTS_H
#define LLMOBS_STATS_CHANGE_POINTS_H

#include <stddef.h>
#include "base/error.h"

#define CHANGE_POINTS_MIN 8     /* periods a series needs */
#define CHANGE_POINTS_MAX 2000  /* the search is O(n²): use longer periods */
#define CHANGE_POINTS_SEGMENT 4 /* periods a level lasts at least */

struct change_point {
    size_t index;                       /* first period of the new level */
    double median_before, median_after; /* of the two neighbouring levels */
    double p; /* of these two: Mann-Whitney, or Welch's t for 14 periods and less together */
};

struct change_points {
    double sigma; /* noise of one period; 0: the series is constant but for jumps, none is found */
    size_t n;
    struct change_point at[CHANGE_POINTS_MAX / CHANGE_POINTS_SEGMENT];
    size_t n_candidates; /* before the weak ones were dropped */
    size_t candidates[CHANGE_POINTS_MAX / CHANGE_POINTS_SEGMENT];
};

/*
 * sigma = 1.4826 MAD of the first differences / sqrt 2 (their standard deviation / sqrt 2 if that
 * is 0). The series, winsorised to its running median of 5 -+ 3 sigma, is split so that Σ squared
 * error / sigma² + 5 ln n per change is least, exactly (optimal partitioning, Jackson et al. 2005).
 * Then, the worst first, changes with p > 0.001 between the two raw segments beside them are
 * dropped.
 *
 *   y    n finite values, oldest first
 *   err  ERR_EMPTY with less than CHANGE_POINTS_MIN values; ERR_RANGE with more than
 *        CHANGE_POINTS_MAX or one that is not finite; ERR_NOMEM. *out is untouched then.
 */
NODISCARD enum err change_points(const double *y, size_t n, struct change_points *out,
                                 struct error *err);

#endif
