#include "stats/rate_chart.h"

#include "stats/test_golden.h"

/* mpmath 1.2, sums of beta-binomial probabilities; the first two are by hand too: Beta(1/2, 1/2)
 * and two calls have the probabilities 3/8 1/4 3/8. */
Test(rate_chart, surprise)
{
    static const struct {
        double a, b;
        int64_t x, n;
        double upper, lower, z;
    } cases[] = {
        {0.5,  0.5,   1, 2,  0.625,                 0.625,               0                   },
        {0.5,  0.5,   0, 1,  1,                     0.5,                 -0.67448975019608174},
        {2.5,  7.5,   9, 10, 0.0023097991943359375, 0.99969291687011719, 3.0094882131777306  },
        {50.5, 950.5, 1, 50, 0.91997623537267763,   0.28218485085442489, -0.91116467135072796},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct rate_chart c = {.a = cases[i].a, .b = cases[i].b};
        struct rate_surprise s;

        cr_assert(rate_chart_surprise(&c, cases[i].x, cases[i].n, &s));
        cr_expect(near_rel(s.p_upper, cases[i].upper, 1e-12), "%zu: %.17g", i, s.p_upper);
        cr_expect(near_rel(s.p_lower, cases[i].lower, 1e-12), "%zu: %.17g", i, s.p_lower);
        cr_expect(fabs(s.z - cases[i].z) < 1e-11, "%zu: %.17g", i, s.z);
    }
}

Test(rate_chart, edges)
{
    const int64_t x[] = {0, 0, 0}, n[] = {0, 0, 0}, ones[] = {1, 1, 1}, half[] = {1, 0, 0};
    struct rate_chart c = rate_chart(x, n, 3);
    struct rate_surprise s = {.z = -7};

    cr_expect(c.a == 0.5 && c.b == 0.5 && !c.spread.has_rho && !c.spread.groups);
    cr_expect_not(rate_chart_surprise(&c, 0, 0, &s));
    cr_expect_eq(s.z, -7, "untouched");
    c = rate_chart(half, ones, 3);
    cr_expect_not(c.spread.has_rho, "groups of one call each");
    c = rate_chart(ones, ones, 3);
    cr_expect(!c.spread.has_rho && c.a == 3.5 && c.b == 0.5);
    /* so improbable that it is no double: still a figure */
    c = (struct rate_chart){.a = 0.5, .b = 1e9};
    cr_assert(rate_chart_surprise(&c, 1000, 1000, &s));
    cr_expect(s.p_upper == 0 && s.p_lower == 1 && s.z == 37);
}

/* scipy 1.10. */
Test(rate_chart, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/rate_chart.json");
    while (golden_next(&g)) {
        size_t n, m;
        size_t *x = golden_indices(&g, "input/baseline_x", &n);
        size_t *calls = golden_indices(&g, "input/baseline_n", &m);
        int64_t xs[64], ns[64];
        struct rate_chart c;
        struct rate_surprise s = {0};
        bool known;

        for (size_t i = 0; i < n; i++) {
            xs[i] = (int64_t)x[i];
            ns[i] = (int64_t)calls[i];
        }
        c = rate_chart(xs, ns, n);
        golden_check(&g, "expect/a", true, c.a);
        golden_check(&g, "expect/b", true, c.b);
        golden_check(&g, "expect/rho", c.spread.has_rho, c.spread.rho);
        known = rate_chart_surprise(&c, (int64_t)golden_number(&g, "input/x"),
                                    (int64_t)golden_number(&g, "input/n"), &s);
        golden_check(&g, "expect/p_upper", known, s.p_upper);
        golden_check(&g, "expect/p_lower", known, s.p_lower);
        /* far tails are below the absolute tolerance, so once more without it */
        if (known && s.p_upper < 1e-9)
            cr_expect(near_rel(s.p_upper, golden_number(&g, "expect/p_upper"), 1e-7), "%s: %.17g",
                      golden_name(&g), s.p_upper);
        free(x);
        free(calls);
    }
    cr_expect_gt(g.n, 20);
    golden_close(&g);
}

/* The limit is the first count that is less probable than alpha, from either side. */
Test(rate_chart, limits)
{
    const int64_t x[] = {5, 3, 4, 6, 2, 5, 4, 3}, n[] = {100, 90, 110, 100, 80, 100, 95, 105};
    struct rate_chart c = rate_chart(x, n, ARRAY_LEN(n));
    struct rate_surprise s;
    int64_t at = -1;

    cr_assert(rate_chart_limit(&c, 100, 0.001, true, &at));
    cr_assert(rate_chart_surprise(&c, at, 100, &s));
    cr_expect(s.p_upper < 0.001, "p %g at %lld", s.p_upper, (long long)at);
    cr_assert(rate_chart_surprise(&c, at - 1, 100, &s));
    cr_expect(s.p_upper >= 0.001, "p %g one below", s.p_upper);
    at = -1;
    cr_expect(!rate_chart_limit(&c, 100, 0.001, false, &at), "none of 100 may happen");
    cr_expect(at == -1, "untouched");
    cr_assert(rate_chart_limit(&c, 1000, 0.001, false, &at));
    cr_assert(rate_chart_surprise(&c, at + 1, 1000, &s));
    cr_expect(s.p_lower >= 0.001, "p %g one above", s.p_lower);
    cr_expect(!rate_chart_limit(&c, 0, 0.001, true, &at), "nothing happened");
}
