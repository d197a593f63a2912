/* Wanted values from the definition in the header, by a few lines of Python; the diagnoses are the
 * example of Cohen (1960), who gives 0.492. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include "stats/agreement.h"
#include "base/error.h"

static const struct {
    const char *name;
    size_t k;
    int64_t counts[9];
    int64_t n; /* 0: undefined */
    double observed, expected, kappa, se;
} cases[] = {
    {"two readers, 50 proposals", 2, {20, 5, 10, 15}, 50, 0.70, 0.50, 0.40, 0.12961481396815722},
    {"same agreement, other margins", 2, {45, 15, 25, 15}, 100, 0.60, 0.54, 0.13043478260869565,
     0.10649955403405122},
    {"three classes (Cohen 1960)", 3, {88, 14, 18, 10, 40, 10, 2, 6, 12}, 200, 0.70, 0.41,
     0.49152542372881356, 0.05492153134243949},
    {"complete", 2, {5, 0, 0, 5}, 10, 1, 0.5, 1, 0},
    {"the contrary", 2, {0, 5, 5, 0}, 10, 0, 0.5, -1, 0},
    {"all the same: nothing to tell apart", 2, {7, 0, 0, 0}, 7, 1, 1, NAN, NAN},
    {"nothing", 2, {0}, 0, 0, 0, 0, 0},
};

Test(agreement, cohen_kappa)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct agreement a = {.n = -1};

        cr_expect_eq(cohen_kappa(cases[i].counts, cases[i].k, &a), cases[i].n > 0, "%s",
                     cases[i].name);
        cr_expect_eq(a.n, cases[i].n ? cases[i].n : -1, "%s", cases[i].name);
        if (!cases[i].n)
            continue;
        cr_expect(epsilon_eq(dbl, a.observed, cases[i].observed, 1e-12), "%s", cases[i].name);
        cr_expect(epsilon_eq(dbl, a.expected, cases[i].expected, 1e-12), "%s", cases[i].name);
        cr_expect_eq(a.has_kappa, !isnan(cases[i].kappa), "%s", cases[i].name);
        if (!a.has_kappa)
            continue;
        cr_expect(epsilon_eq(dbl, a.kappa, cases[i].kappa, 1e-12), "%s", cases[i].name);
        cr_expect(epsilon_eq(dbl, a.se, cases[i].se, 1e-12), "%s", cases[i].name);
    }
}
