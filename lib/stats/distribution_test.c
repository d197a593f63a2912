#include "stats/distribution.h"

#include "stats/test_golden.h"

/* Wanted values of this file: mpmath 1.2 with 30 digits and more (series summed there, numerical
 * integration for Student's t of many degrees of freedom); binomial ones by Python's fractions. */

Test(distribution, normal)
{
    static const double cases[][2] = {
        {0,    0.5                    },
        {1,    0.15865525393145705    },
        {-1.5, 0.93319279873114193    },
        {5,    2.8665157187919391e-7  },
        {10,   7.6198530241605261e-24 },
        {-10,  1                      },
        {37,   5.7255712225245768e-300},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        double z = cases[i][0];

        cr_expect(near_rel(normal_upper(z), cases[i][1], 1e-13), "%g", z);
        cr_expect_eq(normal_lower(-z), normal_upper(z));
    }
    cr_expect(isnan(normal_upper(NAN)));
}

Test(distribution, normal_quantile)
{
    static const double cases[][2] = {
        {0.5,    0                  },
        {0.6,    0.25334710313579974},
        {0.975,  1.9599639845400539 },
        {0.9,    1.2815515655446006 },
        {0.05,   -1.6448536269514727},
        {1e-4,   -3.7190164854556806},
        {1e-10,  -6.3613409024040562},
        {1e-100, -21.273453560965324},
        {1e-300, -37.047096299361199},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(near_rel(normal_quantile(cases[i][0]), cases[i][1], 1e-14), "%g: %.17g",
                  cases[i][0], normal_quantile(cases[i][0]));
    cr_expect(isnan(normal_quantile(0)));
    cr_expect(isnan(normal_quantile(1)));
    cr_expect(isnan(normal_quantile(NAN)));
}

Test(distribution, t)
{
    static const double cases[][3] = {
        {0,    3,   0.5                   },
        {1,    1,   0.25                  },
        {2.5,  4.7, 0.028796079673433648  },
        {-2,   10,  0.96330598261462982   },
        {40,   30,  6.8630225972032014e-28},
        {1e10, 2,   5.0e-21               },
        {3,    1e6, 1.3499312707108985e-3 },
        {5,    1e9, 2.8665162019758142e-7 },
        {1e-8, 7,   0.49999999615008549   },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(near_rel(t_upper(cases[i][0], cases[i][1]), cases[i][2], 1e-11), "%g %g: %.17g",
                  cases[i][0], cases[i][1], t_upper(cases[i][0], cases[i][1]));
    cr_expect_eq(t_upper(INFINITY, 5), 0);
    cr_expect_eq(t_upper(-INFINITY, 5), 1);
    cr_expect(isnan(t_upper(NAN, 5)));
    cr_expect(isnan(t_upper(1, 0)));
}

Test(distribution, t_critical)
{
    static const double cases[][3] = {
        {0.025, 1,   12.706204736174704},
        {0.025, 29,  2.0452296421327043},
        {0.05,  5,   2.0150483733330242},
        {1e-08, 3,   479.52506957973828},
        {0.1,   0.7, 5.0099479596464044},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(near_rel(t_critical(cases[i][0], cases[i][1]), cases[i][2], 1e-11),
                  "%g %g: %.17g", cases[i][0], cases[i][1], t_critical(cases[i][0], cases[i][1]));
    cr_expect(t_critical(0.5, 4) < 1e-12);
    cr_expect(isnan(t_critical(0, 4)));
    cr_expect(isnan(t_critical(0.6, 4)));
    cr_expect(isnan(t_critical(0.05, NAN)));
}

Test(distribution, chi_square)
{
    static const double cases[][3] = {
        {0,        2,     1.0                    },
        {3.84,     1,     0.050043521248705103   },
        {10,       4,     0.040427681994512803   },
        {1000,     2,     7.1245764067412856e-218}  /* e^-500 */,
        {100000.0, 99000, 0.012503086996302765   },
        {0.1,      50,    1.0                    },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(near_rel(chi_square_upper(cases[i][0], cases[i][1]), cases[i][2], 1e-11),
                  "%g %g: %.17g", cases[i][0], cases[i][1],
                  chi_square_upper(cases[i][0], cases[i][1]));
    cr_expect(isnan(chi_square_upper(-1, 2)));
    cr_expect(isnan(chi_square_upper(1, 0)));
}

Test(distribution, f)
{
    static const double cases[][4] = {
        {0,   2,  3,  1                     },
        {1,   1,  1,  0.5                   },
        {3.2, 4,  17, 0.039402570364665482  },
        {500, 2,  30, 9.2100173900343932e-24},
        {0.2, 40, 5,  0.99880776526869006   },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(near_rel(f_upper(cases[i][0], cases[i][1], cases[i][2]), cases[i][3], 1e-11),
                  "%g %g %g", cases[i][0], cases[i][1], cases[i][2]);
    cr_expect_eq(f_upper(INFINITY, 2, 3), 0);
    cr_expect(isnan(f_upper(-1, 2, 3)));
}

Test(distribution, beta)
{
    static const double cases[][4] = {
        {0.05, 6,   69.5, 0.035654747187914057},
        {0.5,  1,   1,    0.5                 },
        {0.95, 0.5, 0.5,  0.99384417029756885 },
        {0.5,  1e3, 3e3,  0.24995832999084497 },
        {0,    2,   3,    0                   },
        {1,    2,   3,    1                   },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(
            near_rel(beta_quantile(cases[i][0], cases[i][1], cases[i][2]), cases[i][3], 1e-11),
            "%g %g %g", cases[i][0], cases[i][1], cases[i][2]);
    /* far out, where x is about 1e-60: there and back */
    cr_expect(near_rel(beta_lower(beta_quantile(1e-6, 0.1, 3), 0.1, 3), 1e-6, 1e-11));
    cr_expect(isnan(beta_quantile(-0.1, 2, 3)));
    cr_expect(isnan(beta_quantile(0.5, 0, 3)));
}

Test(distribution, binomial)
{
    static const struct {
        int64_t k, n;
        double p, density, lower, upper;
    } cases[] = {
        {0,   0,    .3,   1.0,                    1.0,                 1.0                   },
        {0,   10,   .5,   9.765625e-4,            9.765625e-4,         1.0                   },
        {3,   10,   .3,   0.266827932,            0.64961071840000003, 0.61721721359999997   },
        {10,  10,   .25,  9.5367431640625e-7,     1.0,                 9.5367431640625e-7    },
        {-1,  5,    .5,   0.0,                    0.0,                 1.0                   },
        {6,   5,    .5,   0.0,                    1.0,                 0.0                   },
        {700, 1000, .5,   5.0659882804492606e-38, 1.0,                 8.8328390039750686e-38},
        {500, 1000, .5,   0.025225018178360802,   0.5126125090891804,  0.5126125090891804    },
        {3,   2000, .001, 0.18053732803180348,    0.85721376679332405, 0.32332356123847944   },
        {2,   3,    0.,   0.0,                    1.0,                 0.0                   },
        {3,   3,    1.,   1.0,                    1.0,                 1.0                   },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t k = cases[i].k, n = cases[i].n;
        double p = cases[i].p;

        cr_expect(near_rel(binomial_density(k, n, p), cases[i].density, 1e-12), "case %zu: %.17g",
                  i, binomial_density(k, n, p));
        cr_expect(near_rel(binomial_lower(k, n, p), cases[i].lower, 1e-12), "case %zu: %.17g", i,
                  binomial_lower(k, n, p));
        cr_expect(near_rel(binomial_upper(k, n, p), cases[i].upper, 1e-12), "case %zu: %.17g", i,
                  binomial_upper(k, n, p));
    }
    cr_expect(isnan(binomial_upper(1, 2, 1.5)));
    cr_expect(isnan(binomial_lower(1, 2, NAN)));
    cr_expect(isnan(binomial_density(1, -2, 0.5)));
}

Test(distribution, binomial_quantile)
{
    static const struct {
        double probability;
        int64_t n;
        double p;
        int64_t want;
    } cases[] = {
        {0.025, 6,  0.5,  1 },
        {0.975, 6,  0.5,  5 },
        {0.025, 72, 0.95, 64},
        {0.975, 72, 0.95, 71},
        {0.975, 71, 0.95, 71},
        {0.5,   1,  0.5,  0 },
        {0.0,   5,  0.5,  0 },
        {1.0,   5,  0.5,  5 },
        {0.975, 0,  0.5,  0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_eq(binomial_quantile(cases[i].probability, cases[i].n, cases[i].p), cases[i].want,
                     "case %zu", i);
}

Test(distribution, kolmogorov)
{
    static const double cases[][2] = {
        {0,      1                     },
        {0.03,   1                     },
        {0.2,    0.99999999999949496   },
        {0.5,    0.96394524366487509   },
        {1,      0.26999967167735452   },
        {1.1799, 0.12351204971188675   },
        {1.18,   0.12345380942976571   },
        {1.5,    0.022217962616525129  },
        {3,      3.0459959489425257e-8 },
        {10,     2.7677930534734751e-87},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(near_rel(kolmogorov_upper(cases[i][0]), cases[i][1], 1e-13), "%g: %.17g",
                  cases[i][0], kolmogorov_upper(cases[i][0]));
    cr_expect_eq(kolmogorov_upper(INFINITY), 0);
    cr_expect(isnan(kolmogorov_upper(NAN)));
}
