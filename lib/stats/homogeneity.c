/* homogeneity: see the header. */
#include "stats/homogeneity.h"

#include <math.h>
#include "stats/distribution.h"
#include "base/banned.h"

bool homogeneity_test(const int64_t *baseline, const int64_t *current, size_t n_bins,
                      double deflation, struct homogeneity *out)
{
    double n = 0, m = 0, chi_square = 0, least = INFINITY;
    size_t used = 0;

    for (size_t i = 0; i < n_bins; i++) {
        n += (double)baseline[i];
        m += (double)current[i];
        used += baseline[i] > 0 || current[i] > 0;
    }
    if (used < 2 || !(n > 0) || !(m > 0))
        return false;
    for (size_t i = 0; i < n_bins; i++) {
        double both = (double)baseline[i] + (double)current[i];
        double expected = both * n / (n + m), d = (double)baseline[i] - expected;

        if (both <= 0)
            continue;
        chi_square += d * d / expected + d * d / (both - expected);
        least = fmin(least, fmin(expected, both - expected));
    }
    out->df = used - 1;
    out->cramers_v = sqrt(chi_square / (n + m));
    out->chi_square = chi_square / deflation;
    out->p = chi_square_upper(out->chi_square, (double)out->df);
    out->least_expected = least;
    return true;
}
