/* The edges of bins: by hand from the rule in histogram.h. */
#include "report/histogram.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

static const struct {
    const char *name;
    double x[5];
    size_t n;
    double edges[20];
    size_t n_edges;
} cases[] = {
    {"a share has tenths, which are the nearest doubles", {0.2, 0.3}, 2,
     {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}, 11},
    {"zeros alone too", {0, 0}, 2, {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}, 11},
    {"widths of 500: 4000 in at most ten", {0, 2000, 4000}, 3,
     {0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000}, 9},
    {"below zero the edges begin at one below the least", {-3, 1, 6}, 3,
     {-3, -2, -1, 0, 1, 2, 3, 4, 5, 6}, 10},
    {"one value has one bin", {7}, 1, {7, 8}, 2},
    {"20 times the median is no long tail", {1, 1, 20}, 3,
     {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20}, 11},
    {"more than that grows, from below the least above 0", {0, 3, 4, 5, 101}, 5,
     {0, 2, 5, 10, 20, 50, 100, 200}, 8},
    {"the largest on an edge ends there", {3, 4, 100}, 3, {0, 2, 5, 10, 20, 50, 100}, 7},
};

Test(histogram, edges)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        double edges[HISTOGRAM_BINS_MAX + 1];
        size_t n = histogram_edges(cases[i].x, cases[i].n, edges);

        cr_assert_eq(n, cases[i].n_edges, "%s: %zu edges", cases[i].name, n);
        for (size_t k = 0; k < n; k++)
            cr_expect_eq(edges[k], cases[i].edges[k], "%s: edge %zu is %.17g", cases[i].name, k,
                         edges[k]);
    }
}

/* Whatever the values: few bins, finite edges that do not fall. */
Test(histogram, edges_of_hostile_values)
{
    static const double values[][3] = {
        {-DBL_MAX,    0,        DBL_MAX           },
        {DBL_MIN,     DBL_MIN,  1e300             },
        {4.9e-324,    4.9e-324, 9.9e-323          },
        {1e17,        1e17,     1e17 + 64         },
        {-4.9e-324,   0,        4.9e-324          },
        {1,           1,        DBL_MAX           },
        {9007199254740991.0, 9007199254740992.0, 9007199254740994.0},
    };

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        double edges[HISTOGRAM_BINS_MAX + 1];
        size_t n = histogram_edges(values[i], 3, edges);

        cr_expect(n >= 2 && n <= HISTOGRAM_BINS_MAX + 1, "%zu: %zu edges", i, n);
        for (size_t k = 0; k < n; k++)
            cr_expect(isfinite(edges[k]) && (!k || edges[k] >= edges[k - 1]), "%zu: edge %zu %g", i,
                      k, edges[k]);
    }
}
