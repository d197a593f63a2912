/* agreement: see the header. */
#include "stats/agreement.h"

#include <math.h>
#include "base/banned.h"

bool cohen_kappa(const int64_t *counts, size_t k, struct agreement *out)
{
    struct agreement a = {0};
    double n, same = 0, chance = 0;

    for (size_t i = 0; i < k * k; i++)
        a.n += counts[i];
    if (a.n <= 0)
        return false;
    n = (double)a.n;
    for (size_t i = 0; i < k; i++) {
        double first = 0, second = 0;

        for (size_t j = 0; j < k; j++) {
            first += (double)counts[i * k + j];
            second += (double)counts[j * k + i];
        }
        same += (double)counts[i * k + i];
        chance += first * second;
    }
    a.observed = same / n;
    a.expected = chance / (n * n);
    a.has_kappa = a.expected < 1;
    if (a.has_kappa) {
        a.kappa = (a.observed - a.expected) / (1 - a.expected);
        a.se = sqrt(a.observed * (1 - a.observed) / n) / (1 - a.expected);
    }
    *out = a;
    return true;
}
