/* agreement: whether two judges of the same things say the same, beyond chance. */
#ifndef LLMOBS_STATS_AGREEMENT_H
#define LLMOBS_STATS_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agreement {
    int64_t n;
    double observed; /* share on which both say the same */
    double expected; /* of that, what judges who say the same as often would reach by chance */
    double kappa;    /* (observed - expected) / (1 - expected) (Cohen 1960) */
    bool has_kappa;  /* expected < 1: they do not both say one and the same of everything */
    double se;       /* sqrt(observed (1 - observed) / n) / (1 - expected), where has_kappa */
};

/* counts[i * k + j]: things of which the first says i and the second j, each 0 .. k - 1. False,
 * *out untouched, when there is none. */
bool cohen_kappa(const int64_t *counts, size_t k, struct agreement *out);

#endif
