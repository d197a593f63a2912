/* drift_verdict: when a difference between two windows is called drift. */
#ifndef LLMOBS_STATS_DRIFT_VERDICT_H
#define LLMOBS_STATS_DRIFT_VERDICT_H

#include <stdint.h>

enum drift_verdict { DRIFT_NONE, DRIFT_SMALL, DRIFT_YES, DRIFT_INSUFFICIENT };

#define DRIFT_P_MAX 0.01 /* of the adjusted p */
#define DRIFT_N_MIN 30   /* values in each window, if nothing else is said */

/* The least effects that matter. */
#define DRIFT_W1_LOG_MIN 0.10 /* Wasserstein of logarithms: quantiles moved by about 10 % */
#define DRIFT_W1_SD_MIN 0.10  /* of scores, in standard deviations of the baseline */
#define DRIFT_JS_MIN 0.10     /* Jensen-Shannon distance of categories */
#define DRIFT_AUC_MIN 0.55    /* kernel AUC of embeddings */
#define DRIFT_RATE_MIN 0.01   /* difference of rates; or a factor 2, see drift_rate_effect() */

/*
 * Insufficient with less than n_min values on a side or a missing (NaN) p or effect; drift
 * for p <= DRIFT_P_MAX and effect >= least; small (real, but too little to matter) for such a p
 * alone; else none.
 */
enum drift_verdict drift_verdict(int64_t n_baseline, int64_t n_current, int64_t n_min,
                                 double p_adjusted, double effect, double least);

/* |difference| of two rates, to be compared with DRIFT_RATE_MIN; a change by a factor 2 counts as
 * at least DRIFT_RATE_MIN when the larger rate has 5 events and more. n1, n2 >= 1. */
double drift_rate_effect(int64_t x1, int64_t n1, int64_t x2, int64_t n2);

#endif
