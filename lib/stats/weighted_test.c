#include "stats/weighted.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "json/json.h"

Test(weighted, large_sums_are_exact)
{
    struct weighted w = {0}, other = {0};
    double mean = 0;

    /* Latencies of 2^61 us: each product is far outside of 64 bits. */
    weighted_add(&w, INT64_C(1) << 61, 1000000);
    weighted_add(&other, (INT64_C(1) << 61) + 1024, 1000000);
    weighted_merge(&w, &other);
    cr_expect_eq(w.n, 2);
    cr_assert(weighted_mean(&w, &mean));
    cr_expect_eq((int64_t)mean, (INT64_C(1) << 61) + 512);
}

Test(weighted, overflow_has_no_mean)
{
    struct weighted w = {0};
    double mean = 1;

    for (int i = 0; i < 3; i++)
        weighted_add(&w, INT64_MAX, INT64_MAX);
    cr_expect(w.overflow);
    cr_expect_not(weighted_mean(&w, &mean));
    cr_expect_eq(mean, 1, "untouched");
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

/* Values made with numpy 1.24. */
Test(weighted, golden)
{
    size_t n_text;
    char *text = read_whole("../shared/corpus/golden/token_weighted_latency.json", &n_text);
    struct json_doc d = {0};
    int checked = 0;

    if (!text)
        cr_skip_test("../shared/corpus is not here");
    cr_assert_eq(json_parse(&d, text, n_text, NULL), OK);
    json_ref cases = json_get(&d, 0, "cases");
    for (json_ref c = json_first(&d, cases); c != JSON_END; c = json_next(&d, cases, c)) {
        json_ref values = json_path(&d, c, "input", "latency_us", NULL);
        json_ref weights = json_path(&d, c, "input", "output_tokens", NULL);
        json_ref value = json_path(&d, c, "expect", "value", NULL);
        struct sv name = json_raw(&d, json_get(&d, c, "name"));
        struct weighted w = {0};
        double mean;

        for (size_t i = 0; json_at(&d, values, i) != JSON_END; i++) {
            json_ref v = json_at(&d, values, i), t = json_at(&d, weights, i);
            if (!json_missing(&d, v) && !json_missing(&d, t))
                weighted_add(&w, strtoll(json_raw(&d, v).p, NULL, 10),
                             strtoll(json_raw(&d, t).p, NULL, 10));
        }
        cr_expect_eq(w.n, strtoll(json_raw(&d, json_path(&d, c, "expect", "n", NULL)).p, NULL, 10),
                     "%.*s", SV_FMT(name));
        cr_expect_eq(weighted_mean(&w, &mean), !json_missing(&d, value), "%.*s", SV_FMT(name));
        if (!json_missing(&d, value)) {
            double expected = strtod(json_raw(&d, value).p, NULL);
            cr_expect(fabs(mean - expected) <= 1e-9 * expected, "%.*s: %.17g, not %.17g",
                      SV_FMT(name), mean, expected);
        }
        checked++;
    }
    cr_expect_gt(checked, 5);
    json_release(&d);
    free(text);
}
