/* mcnemar: see the header. */
#include "stats/mcnemar.h"

#include <math.h>
#include "stats/distribution.h"
#include "base/banned.h"

struct mcnemar mcnemar_exact(int64_t broken, int64_t fixed)
{
    int64_t n = broken + fixed, fewer = broken < fixed ? broken : fixed;
    double tail = binomial_lower(fewer, n, 0.5);
    struct mcnemar m;

    m.p = fmin(1, 2 * tail);
    m.p_worse = binomial_upper(broken, n, 0.5);
    m.p_mid = fmin(1, 2 * tail - binomial_density(fewer, n, 0.5));
    return m;
}

double mcnemar_chi_square(int64_t broken, int64_t fixed)
{
    double d = fabs((double)broken - (double)fixed) - 1;

    return d * d / ((double)broken + (double)fixed);
}
