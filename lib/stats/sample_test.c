#include "stats/sample.h"

#include <float.h>
#include <string.h>
#include "stats/random.h"
#include "stats/test_golden.h"

Test(sample, finite)
{
    double x[] = {NAN, 3, INFINITY, -0.0, -INFINITY, 1, DBL_MAX};

    cr_assert_eq(sample_finite(x, 7), 4);
    cr_expect_eq(x[0], 3);
    cr_expect_eq(x[1], 0);
    cr_expect_eq(x[2], 1);
    cr_expect_eq(x[3], DBL_MAX);
    cr_expect_eq(sample_finite(x, 0), 0);
}

Test(sample, radix_sort_is_what_comparing_gives)
{
    static const size_t sizes[] = {0, 1, 2, 511, 512, 513, 5000};
    struct random r;

    random_init(&r, 1);
    for (int shape = 0; shape < 5; shape++)
        for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
            size_t n = sizes[s];
            double *x = malloc((n + 1) * sizeof(*x)), *y = malloc((n + 1) * sizeof(*x));
            double *scratch = malloc((n + 1) * sizeof(*x));

            for (size_t i = 0; i < n; i++) {
                double u = random_unit(&r);

                x[i] = shape == 0   ? u
                       : shape == 1 ? floor(10 * u) - 5
                       : shape == 2 ? (u < 0.5 ? -DBL_MAX : DBL_TRUE_MIN)
                       : shape == 3 ? exp(1000 * (u - 0.5)) * (u < 0.3 ? -1 : 1)
                                    : 7;
            }
            memcpy(y, x, n * sizeof(*x));
            sample_sort(x, n, scratch);
            sample_sort(y, n, NULL);
            for (size_t i = 0; i < n; i++) {
                cr_expect_eq(x[i], y[i], "shape %d, %zu of %zu", shape, i, n);
                cr_expect(!i || x[i - 1] <= x[i]);
            }
            free(x);
            free(y);
            free(scratch);
        }
}

/* Each group as sorted by itself, and all of them together; between groups is room that is not
 * theirs, and some have no values. Shapes as above: the second has few bits, the fourth all of
 * them. */
Test(sample, groups_are_what_sorting_each_gives)
{
    static const size_t sizes[] = {0, 3, 200, 20000};
    static const size_t counts[] = {1, 2, 12, 300};
    struct random r;

    random_init(&r, 2);
    for (int shape = 0; shape < 5; shape++)
        for (size_t c = 0; c < ARRAY_LEN(counts); c++)
            for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
                size_t groups = counts[c], room = groups * (sizes[s] / groups + 3), all = 0;
                double *x = malloc(room * sizeof(*x)), *scratch = malloc(room * sizeof(*x));
                double *want = malloc(room * sizeof(*x)), *want_all = malloc(room * sizeof(*x));
                size_t *start = malloc(groups * sizeof(*start)), *n = malloc(groups * sizeof(*n));
                struct sorted_groups got;

                for (size_t g = 0; g < groups; g++) {
                    start[g] = g * (room / groups) + 1;
                    n[g] = g % 5 == 4 ? 0 : sizes[s] / groups;
                    for (size_t i = 0; i < n[g]; i++) {
                        double u = random_unit(&r);

                        x[start[g] + i] = want[start[g] + i] = want_all[all++] =
                            shape == 0   ? u
                            : shape == 1 ? floor(10 * u) - 5
                            : shape == 2 ? (u < 0.5 ? -DBL_MAX : DBL_TRUE_MIN)
                            : shape == 3 ? exp(1000 * (u - 0.5)) * (u < 0.3 ? -1 : 1)
                                         : 7;
                    }
                    sample_sort(want + start[g], n[g], NULL);
                }
                sample_sort(want_all, all, NULL);
                cr_assert(sample_sort_groups(x, scratch, start, n, groups, &got));
                cr_expect_arr_eq(got.all + start[0], want_all, all * sizeof(*x),
                                 "shape %d, %zu groups of %zu", shape, groups, sizes[s]);
                for (size_t g = 0; g < groups; g++)
                    cr_expect_arr_eq(got.of_group + start[g], want + start[g], n[g] * sizeof(*x),
                                     "shape %d, group %zu of %zu", shape, g, groups);
                free(x);
                free(scratch);
                free(want);
                free(want_all);
                free(start);
                free(n);
            }
}

/* By hand. */
Test(sample, median_and_mad)
{
    double one[] = {5}, even[] = {4, 1, 3, 2}, odd[] = {9, 1, 5};
    double huge[] = {DBL_MAX, DBL_MAX}, scratch[4];
    double x[] = {1, 1, 2, 2, 4, 6, 9}, scratch7[7];

    cr_expect_eq(sample_median(one, 1), 5);
    cr_expect_eq(sample_median(even, 4), 2.5);
    cr_expect_eq(sample_median(odd, 3), 5);
    cr_expect_eq(sample_median(huge, 2), DBL_MAX, "the sum of both would overflow");
    cr_expect_eq(sample_mad(one, 1, 5, scratch), 0);
    /* |x - 2| = 1 1 0 0 2 4 7, the middle one is 1 */
    cr_expect_float_eq(sample_mad(x, 7, 2, scratch7), 1.4826, 1e-15);
}

Test(sample, midranks)
{
    const double x[] = {3, 1, 3, 2, 3}, sorted[] = {1, 2, 3, 3, 3}, want[] = {4, 1, 4, 2, 4};
    double rank[5];

    sample_midranks(x, sorted, 5, rank);
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(rank[i], want[i], "%zu", i);
    sample_midranks(x, sorted, 0, rank);
}
