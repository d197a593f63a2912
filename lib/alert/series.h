/* series: a metric period by period, for control charts. */
#ifndef LLMOBS_ALERT_SERIES_H
#define LLMOBS_ALERT_SERIES_H

#include "alert/metric.h"
#include "query/bucket.h"

struct series_group {
    struct sv group, *values; /* as struct reading */
    double *value;            /* by period; NaN: not known */
    int64_t *n;               /* values it is made of */
    int64_t total;            /* of n */
};

struct series {
    size_t periods;
    int64_t *start_us;      /* periods + 1 */
    struct series_group *v; /* those with most values first */
    size_t n;
};

struct series_spec {
    const char *const *by;
    size_t n_by;
    const char *const *where;
    size_t n_where;
    enum bucket period; /* BUCKET_HOUR or BUCKET_DAY */
    size_t periods;     /* the last ones that are over at until_us */
    int64_t until_us;
    const struct zone *zone; /* loaded over all of them */
    int jobs;
};

enum { SERIES_MOST = 2000 };

/* Everything in the arena. As metric_read(); O(calls) and 16 bytes for each group and period. Days
 * of figures that do not come from calls have 24 hours. */
NODISCARD enum err series_read(struct store *s, const struct metric *m,
                               const struct series_spec *spec, struct arena *a, struct series *out,
                               struct error *err);

#endif
