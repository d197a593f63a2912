#include "stats/paired_cosine.h"

#include "stats/test_golden.h"

/* By hand: distances 0 and 1: mean 1/2, se 1/2, t of one degree of freedom at 95 % 12.706. */
Test(paired_cosine, by_hand)
{
    const double a[] = {1, 0, 1, 0, 0, 0}, b[] = {2, 0, 0, 2, 1, 1};
    struct vectors v = {a, 3, 2}, w = {b, 3, 2}, none = {NULL, 0, 2};
    struct paired_cosine p = paired_cosine(&v, &w, 0.95);

    cr_expect(p.n == 2 && p.excluded == 1 && p.raw == 0.5 && p.has_interval);
    cr_expect(near_rel(p.se, 0.5, 1e-15));
    cr_expect(near_rel(p.interval.high, 0.5 + 12.706204736174704 / 2, 1e-12));
    p = paired_cosine(&none, &none, 0.95);
    cr_expect(p.n == 0 && !p.has_value && !p.has_interval);
}

/* numpy 1.24. */
Test(paired_cosine, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/paired_semantic_drift.json");
    while (golden_next(&g)) {
        size_t total, n = golden_count(&g, golden_ref(&g, "input/t1"));
        double *a = golden_array(&g, "input/t1", &total), *b = golden_array(&g, "input/t2", &total);
        struct vectors v = {a, n, n ? total / n : 0}, w = {b, v.n, v.dim};
        struct paired_cosine p = paired_cosine(&v, &w, golden_number(&g, "params/conf"));

        golden_check(&g, "expect/n", true, (double)p.n);
        golden_check(&g, "expect/excluded", true, (double)p.excluded);
        golden_check(&g, "expect/raw", p.has_value, p.raw);
        golden_check(&g, "expect/score", p.has_value, p.score);
        golden_check(&g, "expect/se", p.has_interval, p.se);
        if (p.has_interval)
            golden_check_array(&g, "expect/ci", &p.interval.low, 2);
        else
            cr_expect(golden_missing(&g, "expect/ci"), "%s", golden_name(&g));
        free(a);
        free(b);
    }
    cr_expect_gt(g.n, 6);
    golden_close(&g);
}
