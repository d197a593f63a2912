/* paired_cosine: see the header. */
#include "stats/paired_cosine.h"

#include <math.h>
#include "stats/distribution.h"
#include "stats/moments.h"
#include "base/banned.h"

struct paired_cosine paired_cosine(const struct vectors *t1, const struct vectors *t2,
                                   double confidence)
{
    struct paired_cosine p = {0};
    struct moments m = {0};
    double sd;

    for (size_t i = 0; i < t1->n; i++) {
        double d;

        if (cosine_distance(vectors_row(t1, i), vectors_row(t2, i), t1->dim, &d))
            moments_add(&m, d);
        else
            p.excluded++;
    }
    p.n = m.n;
    p.has_value = moments_mean(&m, &p.raw);
    p.score = fmin(1, p.raw);
    p.has_interval = moments_sd(&m, 1, &sd);
    if (p.has_interval) {
        double half;

        p.se = sd / sqrt((double)m.n);
        half = t_critical(0.5 - confidence / 2, (double)(m.n - 1)) * p.se;
        p.interval = (struct interval){p.raw - half, p.raw + half};
    }
    return p;
}
