#include "stats/vectors.h"

#include <float.h>
#include "stats/test_golden.h"

/* By hand. */
Test(vectors, cosine_distance)
{
    static const struct {
        const char *name;
        double a[2], b[2];
        bool known;
        double want;
    } cases[] = {
        {"same direction",   {1, 0},        {5, 0},      true,  0            },
        {"orthogonal",       {1, 0},        {0, 3},      true,  1            },
        {"opposite",         {1, 1},        {-2, -2},    true,  2            },
        {"45 degrees",       {1, 0},        {1, 1},      true,  1 - M_SQRT1_2},
        {"tiny",             {1e-150, 0},   {0, 1e-150}, true,  1            },
        {"zero",             {0, 0},        {1, 0},      false, -7           },
        {"NaN",              {NAN, 0},      {1, 0},      false, -7           },
        {"infinite",         {INFINITY, 0}, {1, 0},      false, -7           },
        {"square too large", {DBL_MAX, 0},  {1, 0},      false, -7           },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        double out = -7;

        cr_expect_eq(cosine_distance(cases[i].a, cases[i].b, 2, &out), cases[i].known, "%s",
                     cases[i].name);
        cr_expect_float_eq(out, cases[i].want, 1e-15, "%s: %.17g", cases[i].name, out);
    }
}
