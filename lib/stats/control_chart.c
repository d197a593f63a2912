/* control_chart: see the header. */
#include "stats/control_chart.h"

#include <math.h>
#include "base/banned.h"

size_t ewma_chart(const double *z, size_t n, double lambda, double l, struct ewma *out)
{
    double value = 0, faded = 1, limit = 0;
    size_t first = n;

    for (size_t i = 0; i < n; i++) {
        if (!isnan(z[i])) {
            value = lambda * z[i] + (1 - lambda) * value;
            faded *= (1 - lambda) * (1 - lambda);
            limit = l * sqrt(lambda / (2 - lambda) * (1 - faded));
            if (first == n && fabs(value) > limit)
                first = i;
        }
        out[i] = (struct ewma){value, limit};
    }
    return first;
}

size_t cusum_chart(const double *z, size_t n, double k, double h, struct cusum *out)
{
    struct cusum c = {0, 0};
    size_t first = n;

    for (size_t i = 0; i < n; i++) {
        if (!isnan(z[i])) {
            c.up = fmax(0, c.up + z[i] - k);
            c.down = fmax(0, c.down - z[i] - k);
            if (first == n && (c.up > h || c.down > h))
                first = i;
        }
        out[i] = c;
    }
    return first;
}

size_t shewhart_first(const double *z, size_t n, double limit)
{
    size_t i = 0;

    while (i < n && !(fabs(z[i]) > limit))
        i++;
    return i;
}

/* How many of the `window` values up to i are beyond `limit` on the side of `side`. */
static int beyond(const double *z, size_t i, size_t window, double side, double limit)
{
    size_t from = i + 1 > window ? i + 1 - window : 0;
    int count = 0;

    for (size_t j = from; j <= i; j++)
        count += side * z[j] > limit;
    return count;
}

void western_electric(const double *z, size_t n, uint8_t *rules)
{
    for (size_t i = 0; i < n; i++) {
        double side = z[i] < 0 ? -1 : 1, size = fabs(z[i]);
        int found = 0;

        if (size > 3)
            found |= WE_BEYOND_3;
        if (size > 2 && beyond(z, i, 3, side, 2) >= 2)
            found |= WE_2_OF_3_BEYOND_2;
        if (size > 1 && beyond(z, i, 5, side, 1) >= 4)
            found |= WE_4_OF_5_BEYOND_1;
        if (beyond(z, i, 8, side, 0) == 8)
            found |= WE_8_ON_ONE_SIDE;
        rules[i] = (uint8_t)found;
    }
}
