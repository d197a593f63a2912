/* drift_measure: how far the values of one field differ between two windows: the figures of a row.
 * Numbers in, numbers out; the definitions are those of lib/stats. */
#ifndef LLMOBS_REPORT_DRIFT_MEASURE_H
#define LLMOBS_REPORT_DRIFT_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"

enum drift_kind {
    DRIFT_NUMBER,   /* a duration, a count, an amount: logarithms where nothing is below zero */
    DRIFT_SCORE,    /* in 0..1 mostly: as it is */
    DRIFT_RATE,     /* 0 or 1 */
    DRIFT_CATEGORY, /* codes */
    DRIFT_EMBEDDING,
};

enum drift_method {
    METHOD_DEFAULT, /* by kind: KS and Wasserstein; chi-square and difference; chi-square and
                     * Jensen-Shannon; MMD */
    METHOD_CENTROID,
    METHOD_PAIRED_COSINE,
    METHOD_KL,
    METHOD_JS,
    METHOD_PSI,
    METHOD_KS,
    METHOD_CHI2,
    METHOD_WASSERSTEIN,
    METHOD_MMD,
    METHOD_COUNT,
};

extern const char *const drift_method_names[METHOD_COUNT + 1]; /* [0]: NULL; NULL at the end */

/* Fields of the kind can be judged so. */
bool drift_method_fits(enum drift_method m, enum drift_kind kind);

/* The values of both windows, ascending, finite; codes are whole. */
struct drift_sample {
    const double *v[2];
    size_t n[2];
    double deff[2]; /* design effects, 1: every call speaks for itself */
};

enum drift_change { CHANGE_NONE, CHANGE_RATIO, CHANGE_DIFFERENCE, CHANGE_AUC };

#define DRIFT_UNKNOWN (-1) /* no category */

/* Unknown figures are NaN. */
struct drift_figures {
    const char *method, *effect_kind;
    int64_t n[2];
    double n_eff[2];
    double level[2]; /* medians; of rates the rates; of categories the share of the one that
                      * changed most */
    double category; /* code of that one, or DRIFT_UNKNOWN */
    double effect, min_effect, p;
    enum drift_change change;
    double changed, low, high; /* ratio of medians or difference of shares, 95 % interval */
    double noise;              /* psi: what noise alone gives on average */
    double reverse;            /* kl: current first */
};

/*
 * judged by m, which fits the kind. threshold: the least effect that is drift, NaN: the method's.
 * The n are filled in any case; with an empty window the rest is unknown. ERR_NOMEM.
 */
NODISCARD enum err drift_measure(const struct drift_sample *s, enum drift_kind kind,
                                 enum drift_method m, double threshold, struct drift_figures *out,
                                 struct error *err);

/*
 * As many evenly spaced order statistics as the values are worth: what intervals of quantiles are
 * made from where calls of a session are alike. free() *room. ERR_NOMEM.
 */
NODISCARD enum err drift_effective(const struct drift_sample *s, double **room,
                                   struct drift_sample *out, struct error *err);

/* The share of zeros among numbers, which their logarithms leave out: a rate. False when there is
 * none on either side. */
bool drift_zeros(const struct drift_sample *s, double threshold, struct drift_figures *out);

#endif
