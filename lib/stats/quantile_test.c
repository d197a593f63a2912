#include "stats/quantile.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "json/json.h"

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static const struct {
    const char *name;
    double q;
    size_t n, low, high;
    double fraction;
} places[] = {
    /* by hand: h = (n - 1) q */
    {"one value",        0.99, 1,   0,  0,  0   },
    {"two, middle",      0.5,  2,   0,  1,  0.5 },
    {"three, middle",    0.5,  3,   1,  1,  0   },
    {"minimum",          0,    10,  0,  0,  0   },
    {"maximum",          1,    10,  9,  9,  0   },
    {"five, first quarter", 0.25, 5, 1, 1,  0   },
    {"four, first quarter", 0.25, 4, 0, 1,  0.75},
    {"101 values, p50",  0.5,  101, 50, 50, 0   },
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

static char *read_whole(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text;

    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    text = malloc(*n + 1);
    cr_assert_eq(fread(text, 1, *n, f), *n);
    text[*n] = '\0';
    fclose(f);
    return text;
}

static double number(const struct json_doc *d, json_ref r)
{
    return strtod(json_raw(d, r).p, NULL);
}

/* Values made with numpy 1.24. */
Test(quantile, golden)
{
    size_t n_text;
    char *text = read_whole("../shared/corpus/golden/quantiles.json", &n_text);
    struct json_doc d = {0};
    int checked = 0;

    if (!text)
        cr_skip_test("../shared/corpus is not here");
    cr_assert_eq(json_parse(&d, text, n_text, NULL), OK);
    json_ref cases = json_get(&d, 0, "cases");
    for (json_ref c = json_first(&d, cases); c != JSON_END; c = json_next(&d, cases, c)) {
        json_ref input = json_get(&d, c, "input"), qs = json_path(&d, c, "params", "q", NULL);
        json_ref want = json_path(&d, c, "expect", "linear", NULL);
        struct sv name = json_raw(&d, json_get(&d, c, "name"));
        int64_t v[512];
        size_t n = 0;
        json_ref w = json_first(&d, want);

        for (json_ref x = json_first(&d, input); x != JSON_END; x = json_next(&d, input, x))
            if (!json_missing(&d, x))
                v[n++] = (int64_t)number(&d, x);
        for (json_ref q = json_first(&d, qs); n && q != JSON_END; q = json_next(&d, qs, q)) {
            double at = number(&d, q), out, expected = number(&d, w);

            quantiles(v, n, &at, 1, &out);
            cr_expect(fabs(out - expected) <= 1e-12 * fabs(expected), "%.*s q %g: %.17g, not %.17g",
                      SV_FMT(name), at, out, expected);
            w = json_next(&d, want, w);
            checked++;
        }
    }
    cr_expect_gt(checked, 50);
    json_release(&d);
    free(text);
}
