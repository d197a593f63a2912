/* vectors: what windows of embeddings have in common: rows of one dimension, their cosines. */
#ifndef LLMOBS_STATS_VECTORS_H
#define LLMOBS_STATS_VECTORS_H

#include <stdbool.h>
#include <stddef.h>

/* n rows of dim values, one after the other; borrowed. */
struct vectors {
    const double *x;
    size_t n, dim;
};

static inline const double *vectors_row(const struct vectors *v, size_t i)
{
    return v->x + i * v->dim;
}

/* 1 - cosine of the angle between a and b, 0..2. False, *out untouched, when one of them is 0,
 * holds a NaN, or is so long that its square leaves the range of a double. */
bool cosine_distance(const double *a, const double *b, size_t dim, double *out);

#endif
