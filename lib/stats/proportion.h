/* proportion: rates, their intervals, and whether two differ. */
#ifndef LLMOBS_STATS_PROPORTION_H
#define LLMOBS_STATS_PROPORTION_H

#include <stdbool.h>
#include <stdint.h>
#include "stats/interval.h"

/*
 * Score interval of x events in n (Wilson 1927), 0 <= x <= n, without continuity correction:
 * exactly 0 at the lower end for x = 0, exactly 1 at the upper for x = n. False, *out untouched,
 * for n = 0: nothing was seen, so nothing is known.
 */
bool wilson_interval(int64_t x, int64_t n, double confidence, struct interval *out);

/* The same of a rate that stands for n events, whole or not: of a weighted rate and its effective n.
 * 0 <= rate <= 1, n > 0. */
bool wilson_interval_of_rate(double rate, double n, double confidence, struct interval *out);

enum proportion_test { PROPORTION_CHI_SQUARE, PROPORTION_FISHER };

struct proportion_change {
    double difference;        /* second rate - first */
    struct interval interval; /* hybrid of both score intervals (Newcombe 1998, method 10) */
    enum proportion_test test;
    double p; /* two-sided: chi-square without correction where all four expected counts are 5 and
               * more, else Fisher's exact test */
};

/* x events in n, first and second. False, *out untouched, when an n is 0. */
bool proportion_compare(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double confidence,
                        struct proportion_change *out);

/*
 * Fisher's exact test, two-sided: the probability, given the margins, of all tables that are not
 * more likely than this one (within a factor of 1 + 1e-7, as in R). 0 <= x <= n each, n1 + n2 >= 1.
 * O(the smallest margin).
 */
double fisher_exact(int64_t x1, int64_t n1, int64_t x2, int64_t n2);

#endif
