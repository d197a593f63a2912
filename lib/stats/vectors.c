/* vectors: see the header. */
#include "stats/vectors.h"

#include <math.h>
#include "base/banned.h"

bool cosine_distance(const double *a, const double *b, size_t dim, double *out)
{
    double ab = 0, aa = 0, bb = 0, cosine;

    for (size_t i = 0; i < dim; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    cosine = ab / (sqrt(aa) * sqrt(bb));
    if (!(aa > 0 && bb > 0) || !isfinite(aa) || !isfinite(bb) || !isfinite(cosine))
        return false;
    *out = 1 - fmin(1, fmax(-1, cosine));
    return true;
}
