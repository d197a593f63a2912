/* quantile: selection by branch-free partitioning around sampled pivots. */
#include "stats/quantile.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "stats/random.h"
#include "base/banned.h"

/* Up to this many values insertion sort beats partitioning. */
#define SMALL 24

struct quantile_place quantile_place(double q, size_t n)
{
    struct quantile_place p;
    double h = (double)(n - 1) * q;
    double below = floor(h);

    p.low = (size_t)below;
    p.fraction = h - below;
    if (p.low >= n - 1) {
        p.low = n - 1;
        p.fraction = 0;
    }
    p.high = p.fraction > 0 ? p.low + 1 : p.low;
    return p;
}

double quantile_between(double low, double high, double fraction)
{
    return fraction > 0 ? low + fraction * (high - low) : low;
}

size_t quantile_nearest(double q, size_t n)
{
    double rank = ceil((double)n * q - 1e-9);

    return rank <= 1 ? 0 : (size_t)rank - 1;
}

static void swap(int64_t *a, int64_t *b)
{
    int64_t t = *a;
    *a = *b;
    *b = t;
}

static void insertion_sort(int64_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        int64_t x = v[i];
        size_t j = i;

        for (; j > 0 && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

static int compare_i64(const void *a, const void *b)
{
    int64_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

/* Values below the pivot to the front; returns how many. No branch depends on a value, which is
 * what makes it three times as fast as the textbook loop on random data. */
static size_t partition_below(int64_t *v, size_t n, int64_t pivot)
{
    size_t below = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t x = v[i];

        v[i] = v[below];
        v[below] = x;
        below += x < pivot;
    }
    return below;
}

static size_t partition_equal(int64_t *v, size_t n, int64_t pivot)
{
    size_t equal = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t x = v[i];

        v[i] = v[equal];
        v[equal] = x;
        equal += x == pivot;
    }
    return equal;
}

/* A value that stands near `rank`: that quantile of a sample moved to the front of v. */
static int64_t choose_pivot(int64_t *v, size_t n, size_t rank, uint64_t *state)
{
    size_t sample = n > 4096 ? 23 : n > 256 ? 9 : 5;

    for (size_t i = 0; i < sample; i++)
        swap(&v[i], &v[i + splitmix64(state) % (n - i)]);
    insertion_sort(v, sample);
    return v[(size_t)((double)sample * ((double)rank / (double)n))];
}

static void select_part(int64_t *v, size_t n, size_t offset, const size_t *ranks, size_t n_ranks,
                        int patience, uint64_t *state)
{
    while (n_ranks) {
        size_t below, equal, left, right;
        int64_t pivot;

        if (n <= SMALL) {
            insertion_sort(v, n);
            return;
        }
        if (!patience--) { /* an input made to be slow */
            qsort(v, n, sizeof(*v), compare_i64);
            return;
        }
        pivot = choose_pivot(v, n, ranks[n_ranks / 2] - offset, state);
        below = partition_below(v, n, pivot);
        for (left = 0; left < n_ranks && ranks[left] - offset < below; left++) {
        }
        select_part(v, below, offset, ranks, left, patience, state);
        if (left == n_ranks)
            return;
        equal = partition_equal(v + below, n - below, pivot);
        for (right = left; right < n_ranks && ranks[right] - offset < below + equal; right++) {
        }
        v += below + equal;
        n -= below + equal;
        offset += below + equal;
        ranks += right;
        n_ranks -= right;
    }
}

void select_ranks(int64_t *v, size_t n, const size_t *ranks, size_t n_ranks)
{
    uint64_t state = n;
    int patience = 8;

    for (size_t m = n; m; m /= 2)
        patience += 2;
    select_part(v, n, 0, ranks, n_ranks, patience, &state);
}

void quantiles(int64_t *v, size_t n, const double *q, size_t n_q, double *out)
{
    struct quantile_place place[QUANTILES_MAX];
    size_t ranks[2 * QUANTILES_MAX] = {0}, n_ranks = 0;

    assert(n > 0 && n_q <= QUANTILES_MAX);
    for (size_t i = 0; i < n_q; i++) {
        place[i] = quantile_place(q[i], n);
        ranks[n_ranks++] = place[i].low;
        ranks[n_ranks++] = place[i].high;
    }
    /* Neighbouring quantiles of few values interleave: high of one may be above low of the next. */
    for (size_t i = 1; i < n_ranks; i++)
        for (size_t j = i; j > 0 && ranks[j - 1] > ranks[j]; j--) {
            size_t t = ranks[j];
            ranks[j] = ranks[j - 1];
            ranks[j - 1] = t;
        }
    select_ranks(v, n, ranks, n_ranks);
    for (size_t i = 0; i < n_q; i++)
        out[i] =
            quantile_between((double)v[place[i].low], (double)v[place[i].high], place[i].fraction);
}
