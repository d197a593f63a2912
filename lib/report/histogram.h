/* histogram: how the values of one field of calls are spread. */
#ifndef LLMOBS_REPORT_HISTOGRAM_H
#define LLMOBS_REPORT_HISTOGRAM_H

#include "query/scan.h"
#include "table/table.h"

#define HISTOGRAM_BINS_MAX 64

/*
 * The edges of at most HISTOGRAM_BINS_MAX bins over n >= 1 ascending finite values, n_edges >= 2 of
 * them: bin i holds edge[i] <= x < edge[i + 1], the last one its upper edge, too.
 *   all in 0..1                          tenths
 *   none below 0, and the largest more   0, then 1, 2, 5 times powers of ten, so that a long tail
 *   than 20 times a median above 0       leaves the rest to be seen
 *   else                                 5 to 11 of a width of 1, 2 or 5 times a power of ten
 * Returns n_edges.
 */
size_t histogram_edges(const double *sorted, size_t n, double edges[HISTOGRAM_BINS_MAX + 1]);

/*
 * Fills *out, zeroed by the caller, with a row for each bin of a field by its name
 * (report/side_fields.h: a number of calls, a score, meta.KEY): range (for people), from, to, n,
 * share, cumulative; and answers beside them: field, n, missing (calls without a value), mean, min,
 * quantiles of type 7, max. calls: without by. chart: bars of n. ERR_USAGE for a field that is no
 * number; 16 B for each call of memory; as scan_open().
 */
NODISCARD enum err histogram_run(struct store *s, const struct scan_spec *calls, const char *field,
                                 bool chart, struct table *out, struct error *err);

#endif
