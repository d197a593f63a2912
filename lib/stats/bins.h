/* bins: a numeric field as categories, by the deciles of the baseline; rare categories as one. */
#ifndef LLMOBS_STATS_BINS_H
#define LLMOBS_STATS_BINS_H

#include <stddef.h>
#include <stdint.h>

#define BINS_MAX 10

/*
 * The edges between ten bins at the deciles (type 7) of n >= 1 ascending values, equal ones once:
 * at most BINS_MAX - 1, returns how many. Bin i holds edge[i - 1] < x <= edge[i]; the outer bins
 * are open, so the bins are one more than the edges, and every value has one.
 */
size_t bins_deciles(const double *sorted, size_t n, double edges[BINS_MAX - 1]);

/* Adds the n ascending values to counts[0 .. n_edges]. */
void bins_count(const double *sorted, size_t n, const double *edges, size_t n_edges,
                int64_t *counts);

/*
 * Categories whose expected count in the smaller of both windows, under equal shares, is below 5
 * become one at the end; the others keep their order. Changes both arrays, returns the new number.
 */
size_t bins_merge_rare(int64_t *baseline, int64_t *current, size_t n_bins);

#endif
