/* drift_verdict: see the header. */
#include "stats/drift_verdict.h"

#include <math.h>
#include "base/banned.h"

#define EVENTS_MIN 5

enum drift_verdict drift_verdict(int64_t n_baseline, int64_t n_current, int64_t n_min,
                                 double p_adjusted, double effect, double least)
{
    if (n_baseline < n_min || n_current < n_min || isnan(p_adjusted) || isnan(effect))
        return DRIFT_INSUFFICIENT;
    if (!(p_adjusted <= DRIFT_P_MAX))
        return DRIFT_NONE;
    return effect >= least ? DRIFT_YES : DRIFT_SMALL;
}

double drift_rate_effect(int64_t x1, int64_t n1, int64_t x2, int64_t n2)
{
    double a = (double)x1 / (double)n1, b = (double)x2 / (double)n2, effect = fabs(b - a);
    int64_t events = a > b ? x1 : x2;

    if (events >= EVENTS_MIN && fmax(a, b) >= 2 * fmin(a, b))
        effect = fmax(effect, DRIFT_RATE_MIN);
    return effect;
}
