/* json_number_test: against Python's decimal and fractions, which gave the wanted values. */
#include "json/json_number.h"

#include <criterion/criterion.h>
#include "base/error.h"

static struct json_number of(const char *text)
{
    return json_number_of(sv_from(text));
}

static const struct {
    const char *text;
    int64_t n, exponent;
    bool negative, whole;
    int64_t count; /* -1: it is none */
} numbers[] = {
    {"0",                       0, 0,                     false, true,  0                 },
    {"-0",                      0, 0,                     false, true,  0                 },
    {"-0.000e7",                0, 0,                     false, true,  0                 },
    {"7",                       1, 1,                     false, true,  7                 },
    {"-7",                      1, 1,                     true,  true,  -1                },
    {"100",                     1, 3,                     false, true,  100               },
    {"1.0",                     1, 1,                     false, true,  1                 },
    {"10.01",                   4, 2,                     false, false, -1                },
    {"0.5",                     1, 0,                     false, false, -1                },
    {"0.0012",                  2, -2,                    false, false, -1                },
    {"0.0012e4",                2, 2,                     false, true,  12                },
    {"1e3",                     1, 4,                     false, true,  1000              },
    {"1E+3",                    1, 4,                     false, true,  1000              },
    {"25e-1",                   2, 1,                     false, false, -1                },
    {"250e-1",                  2, 2,                     false, true,  25                },
    {"1e18",                    1, 19,                    false, true,  INT64_MAX         },
    {"1e17",                    1, 18,                    false, true,  100000000000000000},
    {"1e-99999999999999999999", 1, 1 - JSON_EXPONENT_MAX, false, false, -1                },
    {"1e99999999999999999999",  1, 1 + JSON_EXPONENT_MAX, false, true,  INT64_MAX         },
};

Test(json_number, parts)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct json_number n = of(numbers[i].text);
        int64_t count = -1;
        const char *name = numbers[i].text;

        cr_expect_eq(n.n, numbers[i].n, "%s", name);
        cr_expect_eq(n.exponent, numbers[i].exponent, "%s", name);
        cr_expect_eq(n.negative, numbers[i].negative, "%s", name);
        cr_expect_eq(json_number_is_whole(&n), numbers[i].whole, "%s", name);
        cr_expect_eq(json_number_count(&n, &count), numbers[i].count >= 0, "%s", name);
        cr_expect_eq(count, numbers[i].count, "%s", name);
    }
}

/* Ascending; those of one line are equal. */
/* clang-format off */
static const char *const order[][4] = {
    {"-1e400"},
    {"-9007199254740993", "-9007199254740993.0"},
    {"-9007199254740992"},
    {"-1.5", "-15e-1", "-0.15e1"},
    {"-1"},
    {"-0.1"},
    {"-1e-400"},
    {"0", "-0", "0.0", "0e9"},
    {"1e-400"},
    {"0.1", "0.10", "1e-1"},
    {"0.11"},
    {"0.9999999999999999999999"},
    {"1", "1.0", "10e-1", "0.01e2"},
    {"1.0000000000000000000001"},
    {"9.9"},
    {"10", "1e1"},
    {"99"},
    {"100", "100.00"},
    {"9007199254740992"},
    {"9007199254740993"},
    {"1e400", "10e399"},
};
/* clang-format on */

Test(json_number, order)
{
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        for (size_t k = 0; k < ARRAY_LEN(order); k++)
            for (size_t x = 0; x < 4 && order[i][x]; x++)
                for (size_t y = 0; y < 4 && order[k][y]; y++) {
                    struct json_number a = of(order[i][x]), b = of(order[k][y]);
                    int d = json_number_compare(&a, &b);

                    cr_expect_eq((d > 0) - (d < 0), (i > k) - (i < k), "%s, %s", order[i][x],
                                 order[k][y]);
                    cr_expect_eq(json_number_hash(&a) == json_number_hash(&b), i == k, "%s, %s",
                                 order[i][x], order[k][y]);
                }
}

static const struct {
    const char *a, *b;
    bool want;
} multiples[] = {
    {"0",                                    "7",                  true },
    {"0.0",                                  "0.5",                true },
    {"6",                                    "3",                  true },
    {"-6",                                   "3",                  true },
    {"7",                                    "3",                  false},
    {"0.3",                                  "0.1",                true },
    {"1.1",                                  "0.1",                true },
    {"0.35",                                 "0.1",                false},
    {"1e30",                                 "7e-5",               false},
    {"7e30",                                 "7e-5",               true },
    {"4.5",                                  "1.5",                true },
    {"10",                                   "20",                 false},
    {"2",                                    "20",                 false},
    {"1e300",                                "1024",               true },
    {"98765432109876543210987654321",        "7",                  true },
    {"98765432109876543210987654320",        "7",                  false},
    {"999999999999999998000000000000000001", "999999999999999999", true },
    {"999999999999999998000000000000000002", "999999999999999999", false},
    {"1e99999999999999999999",               "3",                  false},
    {"1e-99999999999999999999",              "3",                  false},
};

Test(json_number, multiples)
{
    for (size_t i = 0; i < ARRAY_LEN(multiples); i++) {
        struct json_number a = of(multiples[i].a), b = of(multiples[i].b);

        cr_expect_eq(json_number_is_multiple(&a, &b), multiples[i].want, "%s, %s", multiples[i].a,
                     multiples[i].b);
    }
}
