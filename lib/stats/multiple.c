/* multiple: see the header. */
#include "stats/multiple.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

struct ranked {
    double p;
    size_t at;
};

static int compare_ranked(const void *a, const void *b)
{
    struct ranked x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    if (x.p != y.p)
        return x.p < y.p ? -1 : 1;
    return (x.at > y.at) - (x.at < y.at);
}

/* The known p values in ascending order, *m of them; NULL when out of memory. */
static struct ranked *rank(const double *p, size_t n, size_t *m)
{
    struct ranked *r = malloc((n + 1) * sizeof(*r));

    *m = 0;
    if (!r)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i]))
            r[(*m)++] = (struct ranked){p[i], i};
    qsort(r, *m, sizeof(*r), compare_ranked);
    return r;
}

static void copy_missing(const double *p, size_t n, double *adjusted)
{
    for (size_t i = 0; i < n; i++)
        adjusted[i] = p[i];
}

enum err adjust_bh(const double *p, size_t n, double *adjusted, struct error *err)
{
    size_t m;
    struct ranked *r = rank(p, n, &m);
    double least = 1;

    if (!r)
        return error_set(err, ERR_NOMEM, "out of memory for %zu tests", n);
    copy_missing(p, n, adjusted);
    for (size_t i = m; i > 0; i--) {
        least = fmin(least, r[i - 1].p * (double)m / (double)i);
        adjusted[r[i - 1].at] = least;
    }
    free(r);
    return OK;
}

enum err adjust_holm(const double *p, size_t n, double *adjusted, struct error *err)
{
    size_t m;
    struct ranked *r = rank(p, n, &m);
    double most = 0;

    if (!r)
        return error_set(err, ERR_NOMEM, "out of memory for %zu tests", n);
    copy_missing(p, n, adjusted);
    for (size_t i = 0; i < m; i++) {
        most = fmin(1, fmax(most, r[i].p * (double)(m - i)));
        adjusted[r[i].at] = most;
    }
    free(r);
    return OK;
}

/* tan((1/2 - p) π), symmetric and without loss at both ends. */
static double cauchy_of(double p)
{
    double tail = fmax(1e-15, p < 0.5 ? p : 1 - p);

    return p < 0.5 ? 1 / tan(tail * M_PI) : -1 / tan(tail * M_PI);
}

bool combine_cauchy(const double *p, size_t n, double *out)
{
    double sum = 0, m = 0;

    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i])) {
            sum += cauchy_of(p[i]);
            m++;
        }
    if (m <= 0)
        return false;
    *out = atan2(m, sum) / M_PI;
    return true;
}

double composite_score(double p)
{
    return fmin(1, fabs(log10(p)) / 6);
}

double permutation_p(size_t as_large, size_t permutations)
{
    return (1 + (double)as_large) / (1 + (double)permutations);
}
