#include "stats/control_chart.h"

#include "stats/test_golden.h"

/* By hand, lambda 1/2 and L 1: e = 1, 1 (missing), 3/2; limits sqrt(1/3 * 3/4), sqrt(1/3 * 15/16).
 */
Test(control_chart, ewma)
{
    const double z[] = {2, NAN, 2};
    struct ewma out[3];

    cr_expect_eq(ewma_chart(z, 3, 0.5, 1, out), 0);
    cr_expect(out[0].value == 1 && out[1].value == 1 && out[2].value == 1.5);
    cr_expect(near_rel(out[0].limit, 0.5, 1e-15) && out[1].limit == out[0].limit);
    cr_expect(near_rel(out[2].limit, sqrt(15.0 / 48), 1e-15));
    cr_expect_eq(ewma_chart(z, 3, 0.5, 2.5, out), 2);
    cr_expect_eq(ewma_chart(z, 0, 0.5, 1, out), 0);
}

Test(control_chart, cusum)
{
    const double z[] = {3, NAN, 3.5, -9};
    struct cusum out[4];

    cr_expect_eq(cusum_chart(z, 4, 0.5, 5, out), 2, "2.5, then 5.5");
    cr_expect(out[1].up == 2.5 && out[2].up == 5.5 && out[3].up == 0 && out[3].down == 8.5);
    cr_expect_eq(cusum_chart(z, 4, 0.5, 5.5, out), 3, "strictly above");
    cr_expect_eq(cusum_chart(z, 4, 0.5, 9, out), 4, "none");
}

Test(control_chart, western_electric)
{
    static const struct {
        const char *name;
        double z[8];
        int want; /* at the last value */
    } cases[] = {
        {"3 is not beyond 3",         {0, 0, 0, 0, 0, 0, 0, 3},             0                 },
        {"beyond 3",                  {0, 0, 0, 0, 0, 0, 0, -3.1},          WE_BEYOND_3       },
        {"two of three",              {0, 0, 0, 0, 0, 2.1, 0, 2.1},         WE_2_OF_3_BEYOND_2},
        {"on both sides",             {0, 0, 0, 0, 0, -2.1, 0, 2.1},        0                 },
        {"two, but not the last",     {0, 0, 0, 0, 0, 2.1, 2.1, 0},         0                 },
        {"four of five",              {0, 0, 0, -1.1, -1.1, 0, -1.1, -1.1}, WE_4_OF_5_BEYOND_1},
        {"eight on one side",         {.1, .1, .1, .1, .1, .1, .1, .1},     WE_8_ON_ONE_SIDE  },
        {"a zero is on neither side", {.1, .1, .1, 0, .1, .1, .1, .1},      0                 },
        {"a missing one neither",     {.1, .1, .1, NAN, .1, .1, .1, .1},    0                 },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint8_t rules[8];

        western_electric(cases[i].z, 8, rules);
        cr_expect_eq(rules[7], cases[i].want, "%s: %d", cases[i].name, rules[7]);
    }
}

static void check_first(const struct golden *g, const char *path, size_t got, size_t n)
{
    golden_check(g, path, got < n, (double)got);
}

/* numpy 1.24. */
Test(control_chart, golden)
{
    struct golden g = {0};

    GOLDEN_OPEN(&g, "golden/charts.json");
    while (golden_next(&g)) {
        size_t n, i = 0;
        double *z = golden_array(&g, "input", &n), values[4][64];
        struct ewma e[64];
        struct cusum c[64];
        uint8_t rules[64];
        json_ref list = golden_ref(&g, "expect/western_electric");

        check_first(
            &g, "expect/ewma_first",
            ewma_chart(z, n, golden_number(&g, "params/lambda"), golden_number(&g, "params/L"), e),
            n);
        check_first(&g, "expect/cusum_first",
                    cusum_chart(z, n, golden_number(&g, "params/cusum_k"),
                                golden_number(&g, "params/cusum_h"), c),
                    n);
        check_first(&g, "expect/shewhart_first",
                    shewhart_first(z, n, golden_number(&g, "params/shewhart")), n);
        for (i = 0; i < n; i++) {
            values[0][i] = e[i].value;
            values[1][i] = e[i].limit;
            values[2][i] = c[i].up;
            values[3][i] = c[i].down;
        }
        golden_check_array(&g, "expect/ewma", values[0], n);
        golden_check_array(&g, "expect/ewma_limit", values[1], n);
        golden_check_array(&g, "expect/cusum_up", values[2], n);
        golden_check_array(&g, "expect/cusum_down", values[3], n);
        western_electric(z, n, rules);
        i = 0;
        for (json_ref r = json_first(&g.doc, list); r != JSON_END; r = json_next(&g.doc, list, r)) {
            size_t m;
            double *want = golden_array_at(&g, r, &m);
            int bits = 0;

            for (size_t k = 0; k < m; k++)
                bits |= 1 << (int)want[k];
            cr_expect_eq(rules[i], bits, "%s: point %zu: %d, not %d", golden_name(&g), i, rules[i],
                         bits);
            free(want);
            i++;
        }
        cr_expect_eq(i, n);
        free(z);
    }
    cr_expect_gt(g.n, 4);
    golden_close(&g);
}
