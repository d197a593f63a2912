#include "stats/drift_verdict.h"

#include <criterion/criterion.h>
#include <math.h>

/* Each at its boundary. */
Test(drift_verdict, boundaries)
{
    static const struct {
        const char *name;
        int64_t n1, n2;
        double p, effect;
        enum drift_verdict want;
    } cases[] = {
        {"drift",             30,  30, 0.01,   0.1,      DRIFT_YES         },
        {"p just above",      30,  30, 0.0101, 0.9,      DRIFT_NONE        },
        {"effect just below", 30,  30, 0,      0.0999,   DRIFT_SMALL       },
        {"too few before",    29,  30, 0,      1,        DRIFT_INSUFFICIENT},
        {"too few now",       900, 29, 0,      1,        DRIFT_INSUFFICIENT},
        {"nothing",           0,   0,  NAN,    NAN,      DRIFT_INSUFFICIENT},
        {"no p",              99,  99, NAN,    1,        DRIFT_INSUFFICIENT},
        {"no effect known",   99,  99, 0,      NAN,      DRIFT_INSUFFICIENT},
        {"infinite effect",   99,  99, 0,      INFINITY, DRIFT_YES         },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_eq(drift_verdict(cases[i].n1, cases[i].n2, DRIFT_N_MIN, cases[i].p,
                                   cases[i].effect, 0.1),
                     cases[i].want, "%s", cases[i].name);
}

Test(drift_verdict, rates)
{
    cr_expect_float_eq(drift_rate_effect(10, 100, 25, 100), 0.15, 1e-15);
    cr_expect_float_eq(drift_rate_effect(25, 100, 10, 100), 0.15, 1e-15);
    cr_expect_eq(drift_rate_effect(5, 10000, 10, 10000), DRIFT_RATE_MIN, "twice, 10 events");
    cr_expect_eq(drift_rate_effect(5, 10000, 0, 10000), DRIFT_RATE_MIN, "5 events and none");
    cr_expect_float_eq(drift_rate_effect(2, 10000, 4, 10000), 0.0002, 1e-15, "4 events");
    cr_expect_float_eq(drift_rate_effect(6, 10000, 11, 10000), 0.0005, 1e-15, "not twice");
    cr_expect_eq(drift_rate_effect(0, 10, 0, 10), 0);
}
