/* sample: what the statistics share: finite values, their order, their ranks. */
#ifndef LLMOBS_STATS_SAMPLE_H
#define LLMOBS_STATS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

/* Moves the finite values to the front, in their order, and returns how many there are; the others
 * (NaN, infinities: missing values) are lost, n less the result says how many. */
size_t sample_finite(double *x, size_t n);

/* Ascending order of finite values. scratch: n doubles that are overwritten, which makes it a radix
 * sort in O(n), or NULL: O(n log n). -0 comes before 0 with scratch, in any order without. */
void sample_sort(double *x, size_t n, double *scratch);

/* Values of several groups in order: of each by itself, and of all together. */
struct sorted_groups {
    double *of_group; /* each group from its start on */
    double *all;      /* from the first group's start on */
};

/*
 * Group g has the n[g] finite values from x + start[g] on; starts ascend and groups do not overlap.
 * Both orders stand in x and scratch, which is as long, in either of them; with one group alone
 * they are the same array. O(values), unless their digits and the groups' numbers need more than 64
 * bits together: then as sample_sort() twice. False: out of memory.
 */
bool sample_sort_groups(double *x, double *scratch, const size_t *start, const size_t *n,
                        size_t groups, struct sorted_groups *out);

/* Quantile 0 <= q <= 1 of n >= 1 sorted values, type 7 as in quantile.h. */
double sample_quantile(const double *sorted, size_t n, double q);

/* The middle value or the mean of the two middle ones; sorts x. n >= 1. */
double sample_median(double *x, size_t n);

/* 1.4826 times the median of |x - center|, an estimate of the standard deviation of a normal
 * variable that outliers do not move. scratch: n doubles. n >= 1. */
double sample_mad(const double *x, size_t n, double center, double *scratch);

/* Ranks 1 .. n of x into rank, equal values sharing their mean rank; sorted: x in ascending order.
 * O(n log n). */
void sample_midranks(const double *x, const double *sorted, size_t n, double *rank);

#endif
