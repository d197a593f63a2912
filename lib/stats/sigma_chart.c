/* sigma_chart: see the header. */
#include "stats/sigma_chart.h"

#include <math.h>
#include "stats/moments.h"
#include "base/banned.h"

struct sigma_chart sigma_chart(const double *baseline, size_t n, double k_sigma)
{
    struct moments m = moments_of(baseline, n);
    struct sigma_chart c = {.n = m.n};

    c.has_mean = moments_mean(&m, &c.mean);
    c.has_limits = moments_sd(&m, 1, &c.sd);
    if (c.has_limits) {
        c.low = c.mean - k_sigma * c.sd;
        c.high = c.mean + k_sigma * c.sd;
    }
    return c;
}

bool sigma_chart_flag(const struct sigma_chart *c, double x, bool *flag)
{
    if (!c->has_limits || !(c->sd > 0) || !isfinite(x))
        return false;
    *flag = x < c->low || x > c->high;
    return true;
}
