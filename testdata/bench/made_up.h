/* made_up: numbers and texts that the generators of logs share. */
#ifndef LLMOBS_BENCH_MADE_UP_H
#define LLMOBS_BENCH_MADE_UP_H

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators". */
static inline uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline double uniform(uint64_t *state)
{
    return (double)(splitmix64(state) >> 11) * 0x1p-53;
}

/* Small ranks often, large ones seldom: about Zipf with exponent 1. */
static inline unsigned skewed(uint64_t *state, unsigned n)
{
    double x = pow((double)n + 1.0, uniform(state));
    unsigned rank = (unsigned)x - 1;
    return rank < n ? rank : n - 1;
}

/* Howard Hinnant's days-to-civil algorithm, written out for years after 2000; microseconds UTC. */
static inline void civil(int64_t us, char *out, size_t size)
{
    int64_t days = us / 86400000000 + 719468, t = us % 86400000000;
    int64_t era = days / 146097, doe = days % 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    int64_t y = yoe + era * 400 + (m <= 2);
    snprintf(out, size,
             "%04" PRId64 "-%02" PRId64 "-%02" PRId64 "T%02" PRId64 ":%02" PRId64 ":%02" PRId64
             ".%06" PRId64 "Z",
             y, m, d, t / 3600000000, t / 60000000 % 60, t / 1000000 % 60, t % 1000000);
}

#define MADE_UP_START_US INT64_C(1767225600000000) /* 2026-01-01 */

#endif
