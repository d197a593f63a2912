/* sample: see the header. */
#include "stats/sample.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "stats/quantile.h"
#include "base/banned.h"

#define DIGIT_BITS 11
#define DIGITS 6 /* of 11 bits in 64, at most */

/* Below this size the radix sort's tables cost more than comparing. */
#define RADIX_MIN 512

size_t sample_finite(double *x, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i]))
            x[kept++] = x[i];
    return kept;
}

static int compare_double(const void *a, const void *b)
{
    double x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

/* Bits of a double such that unsigned order is its order. */
static uint64_t key_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof(bits));
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* The bits in which keys differ, cut into digits: numbers of a few places leave most bits alone. */
struct digits {
    int low, bits, n; /* digit d: `bits` bits from low + d * bits on; n 0: all keys are the same */
};

static struct digits digits_of(const double *x, size_t n)
{
    uint64_t first = key_of(x[0]), differ = 0;
    struct digits d = {0, 0, 0};
    int width;

    for (size_t i = 0; i < n; i++)
        differ |= key_of(x[i]) ^ first;
    if (!differ)
        return d;
    d.low = __builtin_ctzll(differ);
    width = 64 - __builtin_clzll(differ) - d.low;
    d.n = (width + DIGIT_BITS - 1) / DIGIT_BITS;
    d.bits = (width + d.n - 1) / d.n;
    return d;
}

static size_t digit(double x, struct digits digits, int d)
{
    uint64_t key = key_of(x) >> digits.low >> (d * digits.bits);

    return (size_t)key & (((size_t)1 << digits.bits) - 1);
}

/* Of each digit how many values have which. */
struct digit_counts {
    size_t n[DIGITS][1 << DIGIT_BITS];
};

static void count_digits(const double *x, size_t n, struct digits digits, struct digit_counts *c)
{
    memset(c->n, 0, (size_t)digits.n * sizeof(c->n[0]));
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < digits.n; d++)
            c->n[d][digit(x[i], digits, d)]++;
}

/* One pass of the radix sort. */
static void scatter(const double *from, double *to, size_t n, struct digits digits, int d,
                    size_t *start)
{
    size_t sum = 0;

    for (size_t i = 0; i < (size_t)1 << digits.bits; i++) {
        size_t count = start[i];

        start[i] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[start[digit(from[i], digits, d)]++] = from[i];
}

void sample_sort(double *x, size_t n, double *scratch)
{
    double *from = x, *to = scratch;
    struct digit_counts counts;
    struct digits digits;

    if (!scratch || n < RADIX_MIN) {
        if (n > 1)
            qsort(x, n, sizeof(*x), compare_double);
        return;
    }
    digits = digits_of(x, n);
    count_digits(x, n, digits, &counts);
    for (int d = 0; d < digits.n; d++) {
        double *t = from;

        scatter(from, to, n, digits, d, counts.n[d]);
        from = to;
        to = t;
    }
    if (from != x)
        memcpy(x, from, n * sizeof(*x));
}

double sample_quantile(const double *sorted, size_t n, double q)
{
    struct quantile_place p = quantile_place(q, n);

    return quantile_between(sorted[p.low], sorted[p.high], p.fraction);
}

double sample_median(double *x, size_t n)
{
    sample_sort(x, n, NULL);
    return n % 2 ? x[n / 2] : 0.5 * x[n / 2 - 1] + 0.5 * x[n / 2];
}

double sample_mad(const double *x, size_t n, double center, double *scratch)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = fabs(x[i] - center);
    return 1.4826 * sample_median(scratch, n);
}

/* How many of the sorted values are below x (or_equal: or equal to it). */
static size_t count_below(const double *sorted, size_t n, double x, bool or_equal)
{
    size_t low = 0;

    while (n) {
        size_t half = n / 2;

        if (sorted[low + half] < x || (or_equal && sorted[low + half] <= x)) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

void sample_midranks(const double *x, const double *sorted, size_t n, double *rank)
{
    for (size_t i = 0; i < n; i++)
        rank[i] = 0.5 * (double)(1 + count_below(sorted, n, x[i], false) +
                                 count_below(sorted, n, x[i], true));
}
