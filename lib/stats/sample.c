/* sample: see the header. */
#include "stats/sample.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/sort128.h"
#include "stats/quantile.h"
#include "base/banned.h"

#define DIGIT_BITS 11
#define DIGITS 6 /* of 11 bits in 64, at most */

/* Below this size the radix sort's tables cost more than comparing. */
#define RADIX_MIN 512

#define UPPER_BITS 8
#define LARGE_MIN (1 << 17)

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

/* The bits in which keys differ, cut into digits: numbers of a few places leave most bits alone. */
struct digits {
    int low, bits, n; /* digit d: `bits` bits from low + d * bits on; n 0: all keys are the same */
};

/* The bits in which keys of values differ from the first one's. */
static uint64_t differing(const double *x, size_t n, uint64_t first)
{
    uint64_t differ = 0;

    for (size_t i = 0; i < n; i++)
        differ |= key_of_real(x[i]) ^ first;
    return differ;
}

static int width_of(uint64_t differ)
{
    return differ ? 64 - __builtin_clzll(differ) - __builtin_ctzll(differ) : 0;
}

static struct digits digits_of(int low, int width)
{
    struct digits d = {.low = low};

    d.n = (width + DIGIT_BITS - 1) / DIGIT_BITS;
    d.bits = d.n ? (width + d.n - 1) / d.n : 0;
    return d;
}

static size_t digit(double x, struct digits digits, int d)
{
    uint64_t key = key_of_real(x) >> digits.low >> (d * digits.bits);

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

/* Which of both arrays the order by these digits is in; that of `from` stays where they are equal.
 */
static double *radix_sort(double *from, double *to, size_t n, struct digits digits)
{
    struct digit_counts counts;

    count_digits(from, n, digits, &counts);
    for (int d = 0; d < digits.n; d++) {
        double *t = from;

        scatter(from, to, n, digits, d, counts.n[d]);
        from = to;
        to = t;
    }
    return from;
}

/* The same by `width` bits from low on. Many values are first cut into stretches that stay in a
 * cache, by their upper bits. */
static double *sort_by_bits(double *from, double *to, size_t n, int low, int width)
{
    struct digits upper = {.low = low + width - UPPER_BITS, .bits = UPPER_BITS, .n = 1};
    struct digits lower = digits_of(low, width - UPPER_BITS);
    struct digit_counts counts;
    double *sorted = from;

    if (n < LARGE_MIN || width <= UPPER_BITS)
        return radix_sort(from, to, n, digits_of(low, width));
    count_digits(from, n, upper, &counts);
    scatter(from, to, n, upper, 0, counts.n[0]); /* counts are ends now */
    for (size_t i = 0, start = 0; i < (size_t)1 << UPPER_BITS; start = counts.n[0][i++])
        if (radix_sort(to + start, from + start, counts.n[0][i] - start, lower) == to + start)
            sorted = to;
    return sorted;
}

void sample_sort(double *x, size_t n, double *scratch)
{
    uint64_t differ;
    double *sorted;

    if (!scratch || n < RADIX_MIN) {
        if (n > 1)
            qsort(x, n, sizeof(*x), compare_double);
        return;
    }
    differ = differing(x, n, key_of_real(x[0]));
    if (!differ)
        return;
    sorted = sort_by_bits(x, scratch, n, __builtin_ctzll(differ), width_of(differ));
    if (sorted != x)
        memcpy(x, sorted, n * sizeof(*x));
}

/* ---- groups ------------------------------------------------------------------------------- */

/* Each group by itself, and then a copy of all. */
static bool sort_twice(double *x, double *scratch, const size_t *start, const size_t *n,
                       size_t groups, struct sorted_groups *out)
{
    size_t all = 0;
    double *room;

    *out = (struct sorted_groups){x, x};
    for (size_t g = 0; g < groups; g++) {
        sample_sort(x + start[g], n[g], scratch + start[g]);
        all += n[g];
    }
    if (groups < 2)
        return true;
    room = malloc((all + 1) * sizeof(*room));
    if (!room)
        return false;
    all = start[0];
    for (size_t g = 0; g < groups; all += n[g++])
        memcpy(scratch + all, x + start[g], n[g] * sizeof(*x));
    sample_sort(scratch + start[0], all - start[0], room);
    free(room);
    out->all = scratch;
    return true;
}

/*
 * A key is packed with its group's number behind the bits in which keys differ, and is kept as the
 * double that has this key. Sorted by the bits of the keys alone, that is the order of all; going
 * through it, each value is put behind those of its group.
 */
struct packing {
    uint64_t first; /* a key; what keys have in common is its */
    int low, width; /* of the bits in which they differ */
    int group_bits;
};

static uint64_t low_bits(int n)
{
    return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

static void pack(double *to, const double *x, size_t n, size_t group, const struct packing *p)
{
    for (size_t i = 0; i < n; i++)
        to[i] = real_of_key((key_of_real(x[i]) >> p->low & low_bits(p->width)) << p->group_bits |
                            group);
}

static void unpack(double *packed, size_t n, const struct packing *p, double *of_group, size_t *at)
{
    uint64_t common = p->first & ~(low_bits(p->width) << p->low);

    for (size_t i = 0; i < n; i++) {
        uint64_t key = key_of_real(packed[i]);
        double x = real_of_key(common | key >> p->group_bits << p->low);

        of_group[at[key & low_bits(p->group_bits)]++] = x;
        packed[i] = x;
    }
}

bool sample_sort_groups(double *x, double *scratch, const size_t *start, const size_t *n,
                        size_t groups, struct sorted_groups *out)
{
    struct packing p = {.first = 0};
    uint64_t differ = 0;
    size_t all = 0, *at;
    double *sorted;

    for (size_t g = 0; g < groups; g++) {
        if (n[g] && !all)
            p.first = key_of_real(x[start[g]]);
        differ |= differing(x + start[g], n[g], p.first);
        all += n[g];
    }
    p.low = differ ? __builtin_ctzll(differ) : 0;
    p.width = width_of(differ);
    p.group_bits = groups > 1 ? 64 - __builtin_clzll(groups - 1) : 0;
    if (groups < 2 || all < RADIX_MIN || p.width + p.group_bits > 64 || !p.width)
        return sort_twice(x, scratch, start, n, groups, out);
    at = malloc(groups * sizeof(*at));
    if (!at)
        return false;
    memcpy(at, start, groups * sizeof(*at));
    all = start[0];
    for (size_t g = 0; g < groups; all += n[g++])
        pack(scratch + all, x + start[g], n[g], g, &p);
    all -= start[0];
    sorted = sort_by_bits(scratch + start[0], x + start[0], all, p.group_bits, p.width) - start[0];
    *out = (struct sorted_groups){sorted == x ? scratch : x, sorted};
    unpack(sorted + start[0], all, &p, out->of_group, at);
    free(at);
    return true;
}

/* ---- quantiles and ranks ------------------------------------------------------------------ */

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
