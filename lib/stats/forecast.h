/* forecast: what the rest of a period will add up to, from the days before. Pure: no allocation, no
 * state. */
#ifndef LLMOBS_STATS_FORECAST_H
#define LLMOBS_STATS_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include "base/error.h"

enum {
    FORECAST_LEAST_DAYS = 7,
    FORECAST_SEASON_DAYS = 28, /* four weeks: the season is taken out, older days are not used */
};

/* One whole day of the past: all of it, and the part of it in the hours that are still to come of
 * the day that is not over. Weekdays follow one another, so only one of them is to be known. */
struct forecast_day {
    double whole, rest;
};

struct forecast {
    double rest;       /* expected for what is left of the day that is not over */
    double day[7];     /* expected for the n-th whole day behind it, for n % 7 */
    double sum;        /* expected for all that is left of the period */
    double low, high;  /* 80 % prediction interval of the sum, low >= 0 */
    size_t days;       /* that it is made from */
    bool seasonal;     /* by weekday; else every day is taken for the same */
    double later_half; /* the days of the later half of whole weeks / those of the earlier half; 0:
                        * undefined, as of one week */
    int trend;         /* 1 rising, -1 falling: the halves differ by more than 3 standard errors */
};

/*
 * Forecast of the rest of a day and of `ahead` whole days behind it.
 *
 *   history  n days in order, the last one is yesterday; finite, not below 0; borrowed
 *   n        below 7 gives ERR_EMPTY. Of 7 to 27 days the last whole weeks are used, each day
 *            counting the same: K = 1 class. From 28 on the last four weeks, each weekday on its
 *            own: K = 7 classes.
 *
 * With m_c and r_c the means of whole and rest of a class, h_c its days ahead, H = ahead, n_c its
 * days in the history, N all of them and c0 the class of today:
 *
 *   sum  = r_c0 + Σ h_c·m_c
 *   V    = s_rr·(1 + 1/n_c0) + f·[ s_ww·(H + Σ h_c²/n_c) + 2·s_wr·h_c0/n_c0 ]
 *   low, high = sum ± t(0.9; N - K)·sqrt(V)
 *
 * s_ww, s_rr, s_wr are the (co)variances of the deviations from the class means, over N - K. The
 * terms with 1/n_c are the uncertainty of the means. f = (1 + ρ)/(1 - ρ) widens the interval where
 * days resemble the day before (Bartlett 1946); ρ is the lag-1 autocorrelation of the deviations of
 * whole days, held to 0 .. 0.8. Simulated with 0 to 29 days ahead, the interval held 80 to 86 % of
 * the truth for independent days with four weeks of history, skewed ones included, 75 to 83 % with
 * ρ = 0.6; with one or two weeks, where the season is not removed, 80 to 100 %.
 *
 * No trend is followed: with days that grew by 1.5 % of the first one each day the interval held
 * next to nothing. `trend` says that there is one. With d the difference of the sums of the halves,
 * of k days each, and v the variance of their days about the means of half and class, over 2·k -
 * 2·K: d² > 3²·2·k·v. It told 78 % of such growths over four weeks, and less than 2 % of
 * independent days.
 *
 * ERR_EMPTY without text, *out untouched then. O(n).
 */
NODISCARD enum err forecast_rest(const struct forecast_day *history, size_t n, size_t ahead,
                                 struct forecast *out);

/*
 * The day on which the sum is expected to be above `limit`, `sofar` being there already: 0 the day
 * that is not over, 1 the day behind it and so on up to `ahead`. False: on none.
 */
bool forecast_breach(const struct forecast *f, size_t ahead, double sofar, double limit,
                     size_t *day);

#endif
