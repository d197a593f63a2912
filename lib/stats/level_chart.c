/* level_chart: see the header. */
#include "stats/level_chart.h"

#include <math.h>
#include <stdlib.h>
#include "stats/sample.h"
#include "base/banned.h"

#define SEASONS_MAX 8
#define SEASONS_MIN 4

static bool positive(double x)
{
    return x > 0 && isfinite(x);
}

enum err level_chart(const double *baseline, size_t n, struct level_chart *out, struct error *err)
{
    double *logs = malloc((2 * n + 1) * sizeof(*logs));
    size_t k = 0;

    if (!logs)
        return error_set(err, ERR_NOMEM, "out of memory for %zu periods", n);
    for (size_t i = 0; i < n; i++)
        if (positive(baseline[i]))
            logs[k++] = log(baseline[i]);
    *out = (struct level_chart){.n = k, .missing = n - k};
    if (k < LEVEL_CHART_MIN) {
        free(logs);
        return error_set(err, ERR_EMPTY, "insufficient data (n %zu, needs %d)", k, LEVEL_CHART_MIN);
    }
    out->log_median = sample_median(logs, k);
    out->median = exp(out->log_median);
    out->log_sigma = sample_mad(logs, k, out->log_median, logs + n);
    out->threshold = 3 + 6 * pow(8 / (double)k, 1.38);
    free(logs);
    return OK;
}

bool level_chart_z(const struct level_chart *c, double x, double *z)
{
    if (!(c->log_sigma > 0) || !positive(x))
        return false;
    *z = (log(x) - c->log_median) / c->log_sigma;
    return true;
}

void season_ratio(const double *x, size_t n, size_t slots, double *ratio)
{
    for (size_t i = 0; i < n; i++) {
        double earlier[SEASONS_MAX];
        size_t known = 0;

        for (size_t k = 1; k <= SEASONS_MAX && k * slots <= i; k++)
            if (positive(x[i - k * slots]))
                earlier[known++] = x[i - k * slots];
        ratio[i] =
            known >= SEASONS_MIN && positive(x[i]) ? x[i] / sample_median(earlier, known) : NAN;
    }
}
