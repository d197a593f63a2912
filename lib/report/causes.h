/* causes: which groups of calls carry the change of a metric's mean, and what the change of the
 * cost is made of. Exact sums, so that neither order nor threads count. */
#ifndef LLMOBS_REPORT_CAUSES_H
#define LLMOBS_REPORT_CAUSES_H

#include "query/side_values.h"

struct cause {
    const char *dimension;
    struct sv value;     /* SV_NONE: calls without one */
    double contribution; /* to the change of the mean, in the metric's unit */
    double share;        /* of the change */
    double excess;       /* share beyond what it would be if all groups changed alike */
};

struct cause_list {
    struct cause *v; /* in the arena, the largest excess first */
    size_t n, cap;
    double before, after; /* the means */
};

/*
 * Over all single-valued dimensions but those that stand in `skip` (NULL at the end) and times. The
 * contribution of a group is w_b (m_b - M) - w_a (m_a - M): its share of calls w, its mean m, M the
 * mean of all before; over the groups of a dimension they add up to the change. What its share
 * would be if every mean changed by the same factor is left out of the excess; groups that carry
 * less than a tenth more than that are no causes. At most `most` are kept.
 */
NODISCARD enum err causes_find(struct scan *scan, const struct sides *sides,
                               const struct side_field *field, const char *const *skip, size_t most,
                               struct arena *a, struct cause_list *out, struct error *err);

/* Nano-dollars; the first four add up to the last. */
struct cost_split {
    int64_t calls;           /* more or fewer calls, each at the mean cost of before */
    int64_t tokens_per_call; /* within each model */
    int64_t price;           /* cost per token within each model: its prices, and what of its tokens
                              * are output or cached */
    int64_t mix;             /* calls that go to other models than before */
    int64_t total;           /* cost of the second side less that of the first */
    int64_t n[2];            /* calls with a cost */
    int64_t without[2];      /* those without one */
};

/* The first change is that of the calls, then that of the mix, the tokens and the price, each at
 * the levels before of those behind it. *known false: a side has no call
 * with a cost, or the change does not fit. */
NODISCARD enum err cost_split_find(struct scan *scan, const struct sides *sides, struct arena *a,
                                   struct cost_split *out, bool *known, struct error *err);

#endif
