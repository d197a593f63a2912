/* paired_cosine: semantic drift of the answers to the same inputs. */
#ifndef LLMOBS_STATS_PAIRED_COSINE_H
#define LLMOBS_STATS_PAIRED_COSINE_H

#include <stdbool.h>
#include <stddef.h>
#include "stats/interval.h"
#include "stats/vectors.h"

struct paired_cosine {
    size_t n, excluded; /* pairs; pairs with a vector of length 0, which has no direction */
    double raw;         /* 1 - mean cosine, 0..2 */
    double score;       /* at most 1 */
    double se;
    struct interval interval;     /* t over pairs */
    bool has_value, has_interval; /* one pair; two */
};

/* Row i of t1 with row i of t2, of which there are as many, of the same dimension. */
struct paired_cosine paired_cosine(const struct vectors *t1, const struct vectors *t2,
                                   double confidence);

#endif
