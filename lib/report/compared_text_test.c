#include "report/compared_text.h"
#include <criterion/criterion.h>
#include <math.h>

static void expect(struct buf *b, const char *want)
{
    buf_char(b, '\0');
    cr_expect_str_eq(b->p, want);
    b->n = 0;
}

Test(compared_text, levels)
{
    static const struct {
        enum unit unit;
        double v;
        const char *want;
    } cases[] = {
        {UNIT_US,     2410000,  "2.41 s"         },
        {UNIT_TOKENS, 1004.4,   "1,004"          },
        {UNIT_TOKENS, 12.25,    "12.2"           },
        {UNIT_NUSD,   2100000,  "$0.0021"        },
        {UNIT_RATE,   0.125,    "12.5 %"         },
        {UNIT_REAL,   0.8123,   "0.812"          },
        {UNIT_REAL,   123456,   "123,456"        },
        {UNIT_REAL,   1e300,    "1.00e+300"      },
        {UNIT_US,     1e300,    "106751991 d 4 h"},
        {UNIT_REAL,   NAN,      "-"              },
        {UNIT_REAL,   INFINITY, "-"              },
    };
    struct buf b = {0};

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        compared_level(&b, cases[i].unit, cases[i].v);
        expect(&b, cases[i].want);
    }
    buf_release(&b);
}

Test(compared_text, changes)
{
    struct buf b = {0};

    compared_ratio(&b, 1.4);
    expect(&b, "+40.0 %");
    compared_ratio(&b, 0.5);
    expect(&b, "-50.0 %");
    compared_ratio(&b, 21);
    expect(&b, "x 21");
    compared_ratio(&b, NAN);
    expect(&b, "-");
    compared_difference(&b, UNIT_RATE, 0.151);
    expect(&b, "+15.1 pt");
    compared_difference(&b, UNIT_REAL, -0.09);
    expect(&b, "-0.09");
    compared_p(&b, 0);
    expect(&b, "<1e-6");
    compared_p(&b, 0.0123);
    expect(&b, "0.012");
    compared_n(&b, 1470, 512.3);
    expect(&b, "1,470 (eff 512)");
    compared_n(&b, 1470, 1470);
    expect(&b, "1,470");
    buf_release(&b);
}
