/* spike: recent figures against fixed multiples of earlier ones. */
#ifndef LLMOBS_STATS_SPIKE_H
#define LLMOBS_STATS_SPIKE_H

#include <stdbool.h>

/* A window's calls: number and sum. n = 0: no data. */
struct spike_window {
    double n, sum;
};

/* Mean of the recent window above factor times that of history, strictly. Without a history the
 * recent window is compared with itself, so it never fires. */
bool spike_of_mean(struct spike_window recent, struct spike_window history, double factor);

/* The same where no data counts as a mean of 0: without a history any recent value fires. */
bool spike_of_mean_from_zero(struct spike_window recent, struct spike_window history,
                             double factor);

/* Sum of the recent hour above factor times history's sum per hour, strictly. */
bool spike_of_sum(double recent, double history, double history_hours, double factor);

/* |recent - history| above the threshold. */
bool rate_moved(double recent, double history, double threshold);

/* (recent - history) / history * 100. False, *out untouched, without a history or when it is 0. */
bool increase_percent(double recent, double history, double *out);

#endif
