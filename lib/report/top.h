/* top: the first of many by a number, without keeping them all. */
#ifndef LLMOBS_REPORT_TOP_H
#define LLMOBS_REPORT_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOP_MISSING INT64_MIN /* a key that is not known: last in either direction */

struct top_item {
    int64_t key;
    uint64_t item; /* whatever it stands for; equal keys come in its order */
};

/* Begin with {.most = N, .ascending = ...}; most 0 keeps all. */
struct top {
    size_t most;
    bool ascending;
    struct top_item *v;
    size_t n, cap;
    int64_t seen; /* how many were added */
};

/* False when out of memory. Amortised O(log most). */
bool top_add(struct top *t, int64_t key, uint64_t item);

/* Puts v[0..n) in order. */
void top_finish(struct top *t);
void top_release(struct top *t);

#endif
