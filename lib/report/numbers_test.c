#include "report/numbers.h"

#include <criterion/criterion.h>

/* By hand. */
static const struct {
    const char *want;
    i128 v;
} counts[] =
    {
        {"0",                                                    0        },
        {"999",                                                  999      },
        {"1,000",                                                1000     },
        {"-1,234,567",                                           -1234567 },
        {"9,223,372,036,854,775,807",                            INT64_MAX},
        {"-170,141,183,460,469,231,731,687,303,715,884,105,728",
         -((i128)1 << 126) - ((i128)1 << 126)                             }, /* -2^127 */
},
  money[] = {
      {"$0.00", 0},          {"$1.00", 1000000000},   {"$1,204.10", 1204100000000},
      {"$1.00", 1005000000}, /* half to even */
      {"$1.02", 1015000000}, {"-$2.50", -2500000000}, {"$0.50", 500000000},
      {"$0.023", 23400000},  {"$0.00046", 460000},    {"$0.000000007", 7},
      {"$1.00", 999999999},
};

Test(numbers, counts)
{
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        struct buf b = {0};

        number_count(&b, counts[i].v);
        cr_expect_str_eq(b.p, counts[i].want);
        buf_release(&b);
    }
}

Test(numbers, money)
{
    for (size_t i = 0; i < ARRAY_LEN(money); i++) {
        struct buf b = {0};

        number_money(&b, money[i].v);
        cr_expect_str_eq(b.p, money[i].want, "%s, not %s", b.p, money[i].want);
        buf_release(&b);
    }
}

Test(numbers, wider_than_a_cell)
{
    struct cell most = cell_wide((i128)INT64_MAX + 1), least = cell_wide((i128)INT64_MIN - 1);

    cr_expect(most.i == INT64_MAX && most.lower_bound);
    cr_expect(least.i == INT64_MIN && !least.lower_bound);
    cr_expect(cell_wide(INT64_MAX).i == INT64_MAX && !cell_wide(INT64_MAX).lower_bound);
}
