/* values: what a percentile is made of, for tests of significance. */
#ifndef LLMOBS_ALERT_VALUES_H
#define LLMOBS_ALERT_VALUES_H

#include "alert/metric.h"

struct sample_of_calls {
    double *v; /* ascending; free() it */
    size_t n;
};

/* The values behind a metric that has a quantile, in a window without groups. 8 bytes for each
 * call, twice while they are sorted. As metric_read(). */
NODISCARD enum err values_read(struct store *s, const struct metric *m,
                               const struct metric_window *w, struct sample_of_calls *out,
                               struct error *err);

/* "DIM=VALUE" for exactly this value, SV_NONE: calls without one; in the arena, NULL: out of
 * memory.
 */
const char *values_filter(struct arena *a, const char *dimension, struct sv value);

#endif
