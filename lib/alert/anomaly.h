/* anomaly: what is unusual in the last period, by control charts over the periods before. */
#ifndef LLMOBS_ALERT_ANOMALY_H
#define LLMOBS_ALERT_ANOMALY_H

#include "alert/judge.h"
#include "alert/series.h"

enum anomaly_method {
    ANOMALY_DEFAULT, /* for rates the beta-binomial chart and silence, for levels the median/MAD
                      * chart, for sums the same without their season; EWMA and change points beside
                      * them */
    ANOMALY_ZSCORE,  /* sigma (3) standard deviations around the mean */
    ANOMALY_SPC,     /* the same with 2, as source S000 has it; beside it the Western Electric rules */
    ANOMALY_MAD,     /* median and MAD of the logarithms */
    ANOMALY_EWMA,
    ANOMALY_CUSUM,
    ANOMALY_SEASONAL, /* the same hour of the week, or weekday, of the last 4 to 8 weeks */
};

struct anomaly_spec {
    enum anomaly_method method;
    double sigma;               /* 0: the method's own */
    const char *const *metrics; /* names; none: a list of usual ones */
    size_t n_metrics;
    const char *const *by;
    size_t n_by;
    const char *const *where;
    size_t n_where;
    enum bucket period;      /* BUCKET_HOUR or BUCKET_DAY */
    const struct zone *zone; /* loaded over all calls and two days more */
    int64_t now_us;          /* the period that holds it is still running */
    int64_t
        since_us;  /* backtest: periods from here on are judged, else the last one that is over */
    bool backtest; /* of each detector the first period in which it fired */
    int jobs;
};

/*
 * Verdicts of each metric and group: what fires (VERDICT_PENDING: to be watched), or one that says
 * that all is well or why nothing can be said. verdict.rule is a made-up one: its name is the
 * detector
 * ("level", "rate", "silence", "ewma", "change_point" ...), its metric the metric, with sigmas as
 * its unit for ewma and cusum. *seasonal: the season could be taken out. Everything in the arena.
 * Errors as metric_read().
 */
NODISCARD enum err anomaly_run(struct store *s, const struct anomaly_spec *spec, struct arena *a,
                               struct verdicts *out, bool *seasonal, struct error *err);

#endif
