#include "stats/gate_verdict.h"

#include <criterion/criterion.h>

/* se 1 and so many degrees of freedom that the 90 % interval is mean -+ 1.645. */
Test(gate_verdict, of_one_metric)
{
    static const struct {
        const char *name;
        double mean, p_worse, margin;
        enum gate_verdict want;
    } cases[] = {
        {"a sure loss",                        -3,  0.002, 0,   GATE_FAIL        },
        {"exactly 5 %",                        -3,  0.05,  0,   GATE_FAIL        },
        {"not quite",                          -3,  0.051, 0,   GATE_INCONCLUSIVE},
        {"a loss of exactly the margin",       -3,  0.002, 3,   GATE_INCONCLUSIVE},
        {"within the margin",                  -1,  0.2,   2.7, GATE_PASS        },
        {"not surely within the margin",       -1,  0.2,   2.6, GATE_INCONCLUSIVE},
        {"better, not surely",                 1.6, 0.9,   0,   GATE_INCONCLUSIVE},
        {"surely better",                      1.7, 0.95,  0,   GATE_IMPROVED    },
        {"surely better, whatever the margin", 1.7, 0.95,  5,   GATE_IMPROVED    },
        {"a gain is no loss",                  1,   0.01,  0,   GATE_INCONCLUSIVE},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct paired p = {.n = 99, .clusters = 99, .mean = cases[i].mean, .se = 1, .df = 1e7};

        cr_expect_eq(gate_verdict(&p, cases[i].p_worse, cases[i].margin, 0.05), cases[i].want, "%s",
                     cases[i].name);
    }
}

Test(gate_verdict, overall)
{
    const enum gate_verdict v[] = {GATE_IMPROVED, GATE_PASS, GATE_INCONCLUSIVE, GATE_FAIL};

    cr_expect_eq(gate_overall(v, 0), GATE_INCONCLUSIVE);
    for (size_t n = 1; n <= 4; n++)
        cr_expect_eq(gate_overall(v, n), v[n - 1], "%zu", n);
}

/* Where the test itself is undefined, and where nothing varies. */
Test(gate_verdict, degenerate)
{
    const double one[] = {1}, same[] = {0, 0, 0}, loss[] = {-1, -1, -1};
    struct paired p;

    cr_expect_eq(paired_test(one, NULL, 1, 0, &p, NULL), ERR_EMPTY);
    cr_expect_eq(gate_verdict(&p, 0, 0, 0.05), GATE_INCONCLUSIVE);
    cr_assert_eq(paired_test(same, NULL, 3, 0, &p, NULL), OK);
    cr_expect_eq(gate_verdict(&p, p.p_worse, 0.01, 0.05), GATE_PASS);
    cr_expect_eq(gate_verdict(&p, p.p_worse, 0, 0.05), GATE_INCONCLUSIVE, "0 is not above -0");
    cr_assert_eq(paired_test(loss, NULL, 3, 0, &p, NULL), OK);
    cr_expect_eq(gate_verdict(&p, p.p_worse, 0, 0.05), GATE_FAIL);
}
