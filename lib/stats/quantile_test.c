#include "stats/quantile.h"

#include "stats/test_golden.h"

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* By hand: h = (n - 1) q. */
static const struct {
    const char *name;
    double q;
    size_t n, low, high;
    double fraction;
} places[] = {
    {"one value",           0.99, 1,   0,  0,  0   },
    {"two, middle",         0.5,  2,   0,  1,  0.5 },
    {"three, middle",       0.5,  3,   1,  1,  0   },
    {"minimum",             0,    10,  0,  0,  0   },
    {"maximum",             1,    10,  9,  9,  0   },
    {"five, first quarter", 0.25, 5,   1,  1,  0   },
    {"four, first quarter", 0.25, 4,   0,  1,  0.75},
    {"101 values, p50",     0.5,  101, 50, 50, 0   },
};

Test(quantile, place)
{
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct quantile_place p = quantile_place(places[i].q, places[i].n);
        cr_expect_eq(p.low, places[i].low, "%s", places[i].name);
        cr_expect_eq(p.high, places[i].high, "%s", places[i].name);
        cr_expect_float_eq(p.fraction, places[i].fraction, 1e-12, "%s", places[i].name);
    }
}

static uint64_t random_state = 42;

static uint64_t random_next(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return random_state >> 20;
}

enum shape { RANDOM, EQUAL, FEW, RISING, FALLING, ORGAN, EXTREMES, SHAPES };

static int64_t shaped(enum shape shape, size_t i, size_t n)
{
    switch (shape) {
    case RANDOM:
        return (int64_t)(random_next() % 1000000);
    case EQUAL:
        return 7;
    case FEW:
        return (int64_t)(random_next() % 3);
    case RISING:
        return (int64_t)i;
    case FALLING:
        return (int64_t)(n - i);
    case ORGAN:
        return (int64_t)(i < n / 2 ? i : n - i);
    default:
        return random_next() % 2 ? INT64_MAX : INT64_MIN + (int64_t)(random_next() % 2);
    }
}

Test(quantile, selection_is_what_sorting_gives)
{
    static const size_t sizes[] = {1, 2, 3, 23, 24, 25, 100, 257, 4097, 20000};

    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
        for (int shape = 0; shape < SHAPES; shape++) {
            size_t n = sizes[s];
            int64_t *v = malloc(n * sizeof(*v)), *sorted = malloc(n * sizeof(*v));
            size_t ranks[] = {0, n / 2, n / 2, n - 1 - n / 20, n - 1};

            for (size_t i = 0; i < n; i++)
                v[i] = shaped(shape, i, n);
            memcpy(sorted, v, n * sizeof(*v));
            qsort(sorted, n, sizeof(*v), compare);
            select_ranks(v, n, ranks, 5);
            for (size_t i = 0; i < 5; i++)
                cr_expect_eq(v[ranks[i]], sorted[ranks[i]], "n %zu shape %d rank %zu", n, shape,
                             ranks[i]);
            qsort(v, n, sizeof(*v), compare);
            cr_expect_eq(memcmp(v, sorted, n * sizeof(*v)), 0, "n %zu shape %d: values lost", n,
                         shape);
            free(v);
            free(sorted);
        }
}

/* Seven values and four quantiles, numpy.quantile(x, q): 3.5, 4.95, 4.95... by hand below. */
Test(quantile, interleaving_ranks_of_few_values)
{
    int64_t v[] = {5, 1, 4, 2, 3};
    static const double q[] = {0.5, 0.6, 0.95, 0.99};
    double out[4];

    quantiles(v, 5, q, 4, out);
    /* h = 2, 2.4, 3.8, 3.96 on 1 2 3 4 5 */
    cr_expect_float_eq(out[0], 3.0, 1e-12);
    cr_expect_float_eq(out[1], 3.4, 1e-12);
    cr_expect_float_eq(out[2], 4.8, 1e-12);
    cr_expect_float_eq(out[3], 4.96, 1e-12);
}

/* By hand; 0.07 * 100 is a trifle above 7 in binary. */
Test(quantile, nearest)
{
    static const struct {
        double q;
        size_t n, index;
    } cases[] = {
        {0.5,   1,   0 },
        {0,     10,  0 },
        {1,     10,  9 },
        {0.5,   10,  4 },
        {0.5,   11,  5 },
        {0.07,  100, 6 },
        {0.071, 100, 7 },
        {0.99,  50,  49}
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_eq(quantile_nearest(cases[i].q, cases[i].n), cases[i].index, "%g of %zu",
                     cases[i].q, cases[i].n);
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Values made with numpy 1.24. */
Test(quantile, golden)
{
    struct golden g = {0};
    int checked = 0;

    GOLDEN_OPEN(&g, "golden/quantiles.json");
    while (golden_next(&g)) {
        size_t n_all, n = 0, n_q, n_want;
        double *x = golden_array(&g, "input", &n_all), *q = golden_array(&g, "params/q", &n_q);
        double *linear = golden_array(&g, "expect/linear", &n_want);
        double *nearest = golden_array(&g, "expect/nearest_rank", &n_want);
        int64_t *v = malloc((n_all + 1) * sizeof(*v));

        for (size_t i = 0; i < n_all; i++)
            if (!isnan(x[i])) {
                v[n] = (int64_t)x[i];
                x[n++] = x[i];
            }
        qsort(x, n, sizeof(*x), compare_double);
        for (size_t i = 0; n && i < n_q; i++) {
            double out;

            quantiles(v, n, &q[i], 1, &out);
            cr_expect(golden_near(&g, out, linear[i]), "%s q %g: %.17g, not %.17g", golden_name(&g),
                      q[i], out, linear[i]);
            cr_expect_eq(x[quantile_nearest(q[i], n)], nearest[i], "%s nearest %g", golden_name(&g),
                         q[i]);
            checked++;
        }
        free(x);
        free(q);
        free(linear);
        free(nearest);
        free(v);
    }
    cr_expect_gt(checked, 50);
    golden_close(&g);
}
