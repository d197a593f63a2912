#include "base/wide.h"

#include <criterion/criterion.h>

static const struct {
    const char *name;
    int64_t a, b, want;
} divisions[] = {
    {"whole",             12,        4, 3        },
    {"half to even down", 5,         2, 2        },
    {"half to even up",   7,         2, 4        },
    {"below half",        10,        4, 2        },
    {"above half",        11,        4, 3        },
    {"negative half",     -5,        2, -2       },
    {"negative half up",  -7,        2, -4       },
    {"negative",          -10,       3, -3       },
    {"zero",              0,         9, 0        },
    {"largest",           INT64_MAX, 1, INT64_MAX},
    {"smallest",          INT64_MIN, 1, INT64_MIN},
};

Test(wide, divide_half_even)
{
    for (size_t i = 0; i < sizeof(divisions) / sizeof(divisions[0]); i++)
        cr_expect_eq(divide_half_even(divisions[i].a, divisions[i].b), divisions[i].want, "%s",
                     divisions[i].name);
    cr_expect_eq(divide_half_even((i128)INT64_MAX * 4, 2), INT64_MAX, "clamped");
    cr_expect_eq(divide_half_even((i128)INT64_MIN * 4, 2), INT64_MIN, "clamped");
}
