#include "stats/special.h"

#include <float.h>
#include "stats/test_golden.h"

/* Wanted values of this file: mpmath 1.2 with 60 to 150 digits, by the power series of each
 * function summed there. */
static const struct {
    double a, x, lower, upper;
} gammas[] = {
    {0.5,   0.1,      0.34527915398142298,  0.65472084601857702   },
    {0.5,   30,       0.99999999999999051,  9.4857375710738484e-15},
    {1,     1,        0.63212055882855768,  0.36787944117144232   },
    {3,     2.5,      0.45618688411667048,  0.54381311588332952   },
    {3,     200,      1.0,                  2.7956093736608835e-83},
    {100,   80,       0.017108313035133114, 0.98289168696486689   },
    {100,   130,      0.99724959163269347,  2.7504083673065263e-3 },
    {1e6,   998000,   0.022696114006736803, 0.9773038859932632    },
    {1e6,   1005000,  0.99999970125098599,  2.9874901401146349e-7 },
    {0.001, 1e-5,     0.98912304469578267,  0.010876955304217331  },
    {2,     0,        0,                    1                     },
    {2,     INFINITY, 1,                    0                     },
};

Test(special, gamma_tails)
{
    for (size_t i = 0; i < ARRAY_LEN(gammas); i++) {
        struct tails t = gamma_tails(gammas[i].a, gammas[i].x);

        cr_expect(near_rel(t.lower, gammas[i].lower, 1e-12), "P(%g, %g) = %.17g", gammas[i].a,
                  gammas[i].x, t.lower);
        cr_expect(near_rel(t.upper, gammas[i].upper, 1e-12), "Q(%g, %g) = %.17g", gammas[i].a,
                  gammas[i].x, t.upper);
    }
    cr_expect(isnan(gamma_tails(0, 1).upper));
    cr_expect(isnan(gamma_tails(1, -1).upper));
    cr_expect(isnan(gamma_tails(NAN, 1).lower));
    cr_expect(isnan(gamma_tails(1, NAN).lower));
}

static const struct {
    double a, b, x, lower, upper;
} betas[] = {
    {0.5,  0.5,  0.25,      0.33333333333333333,   0.66666666666666667   },
    {1,    1,    0.3,       0.29999999999999999,   0.70000000000000001   },
    {2,    3,    0.5,       0.6875,                0.3125                },
    {5,    0.5,  0.999,     0.92228199210096676,   0.077718007899033239  },
    {0.01, 0.01, 0.5,       0.5,                   0.5                   },
    {30,   70,   0.1,       1.8929897218613862e-8, 0.99999998107010278   },
    {30,   70,   0.6,       0.99999999938206166,   6.1793833968275374e-10},
    {1e5,  2e5,  0.33,      5.2427818184781204e-5, 0.99994757218181522   },
    {1e5,  2e5,  0.34,      0.99999999999999423,   5.7663924599374067e-15},
    {1e7,  1e7,  0.4998,    0.036819131097873993,  0.96318086890212601   },
    {1e7,  0.5,  0.9999999, 0.1572992019706881,    0.8427007980293119    },
    {3,    1e6,  1e-6,      0.08030167298125864,   0.91969832701874136   },
    {2,    3,    0,         0,                     1                     },
    {2,    3,    1,         1,                     0                     },
};

Test(special, beta_tails)
{
    for (size_t i = 0; i < ARRAY_LEN(betas); i++) {
        double a = betas[i].a, b = betas[i].b, x = betas[i].x;
        struct tails t = beta_tails(a, b, x, 1 - x);

        cr_expect(near_rel(t.lower, betas[i].lower, 1e-11), "I_%g(%g, %g) = %.17g", x, a, b,
                  t.lower);
        cr_expect(near_rel(t.upper, betas[i].upper, 1e-11), "1 - I_%g(%g, %g) = %.17g", x, a, b,
                  t.upper);
    }
    cr_expect(isnan(beta_tails(0, 1, 0.5, 0.5).lower));
    cr_expect(isnan(beta_tails(1, -1, 0.5, 0.5).lower));
    cr_expect(isnan(beta_tails(1, 1, NAN, NAN).upper));
    cr_expect(isnan(beta_tails(1, 1, -0.1, 1.1).upper));
}

Test(special, log_beta)
{
    static const double cases[][3] = {
        {1,     1,      0                     },
        {0.5,   0.5,    1.1447298858494002    },
        {2,     3,      -2.4849066497880003   },
        {0.001, 5,      6.9056726570620747    },
        {123.5, 2677.5, -507.70648593598554   },
        {1e6,   1e6,    -1.3863000033629211e+6},
        {1e8,   0.5,    -8.6379754278014826   },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const double *c = cases[i];

        cr_expect(fabs(log_beta(c[0], c[1]) - c[2]) <= 1e-14 * (1 + fabs(c[2])), "%g %g: %.17g",
                  c[0], c[1], log_beta(c[0], c[1]));
        cr_expect_eq(log_beta(c[0], c[1]), log_beta(c[1], c[0]));
    }
}

Test(special, stirling_rest)
{
    static const double cases[][2] = {
        {0.5,  0.15342640972002735   },
        {1,    0.081061466795327258  },
        {2.5,  0.033162873519936287  },
        {15.9, 5.2403998807561082e-3 },
        {16,   5.2076559196096404e-3 },
        {100,  8.3333055563491468e-4 },
        {1e8,  8.3333333333333333e-10},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(fabs(stirling_rest(cases[i][0]) - cases[i][1]) < 1e-14, "%g: %.17g", cases[i][0],
                  stirling_rest(cases[i][0]));
}

Test(special, deviance)
{
    static const double cases[][3] = {
        {3,   3,       0                    },
        {10,  11,      0.0468982019567514   },
        {10,  20,      3.0685281944005469   },
        {0,   4,       4                    },
        {1e6, 1e6 + 1, 4.9999966666691667e-7},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(near_rel(deviance(cases[i][0], cases[i][1]), cases[i][2], 1e-14), "%g %g: %.17g",
                  cases[i][0], cases[i][1], deviance(cases[i][0], cases[i][1]));
}
