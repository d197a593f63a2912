/* interval: the two ends of a confidence interval, both known. */
#ifndef LLMOBS_STATS_INTERVAL_H
#define LLMOBS_STATS_INTERVAL_H

struct interval {
    double low, high;
};

#endif
