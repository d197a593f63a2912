#include "render/render_fixture.h"

#include <math.h>

#include "render/number_text.h"

/* clang-format off */

#define MISSING {0}
#define I(v) {.type = CELL_INT, .i = (v)}
#define R(v) {.type = CELL_REAL, .r = (v)}

/* Columns and how they are to be read, written by hand after the samples of the interface. */
static const struct {
    const char *name;
    enum unit unit;
    struct cell cells[4];
    const char *title; /* of a column called "x" */
    const char *want[4];
} columns[] = {
    {"counts", UNIT_COUNT, {I(8112), I(0), I(-999), I(1000)}, "x", {"8,112", "0", "-999", "1,000"}},
    {"limits", UNIT_COUNT, {I(INT64_MAX), I(INT64_MIN), MISSING, I(999999)}, "x",
     {"9,223,372,036,854,775,807", "-9,223,372,036,854,775,808", "", "999,999"}},
    {"seconds", UNIT_US, {I(2410000), I(880000), I(24100000), I(3600000000)}, "x s",
     {"2.41", "0.88", "24.10", "3,600.00"}},
    {"seconds with a short one", UNIT_US, {I(1000000), I(4200), I(400), I(0)}, "x s",
     {"1.000", "0.004", "<0.001", "0.000"}},
    {"milliseconds", UNIT_US, {I(999999), I(12000), I(480000), MISSING}, "x ms",
     {"1,000", "12", "480", ""}},
    {"milliseconds with decimals", UNIT_US, {I(500000), I(1250), I(1255), I(1245)}, "x ms",
     {"500.0", "1.2", "1.3", "1.2"}},
    {"microseconds", UNIT_US, {I(999), I(1), I(0), R(0.5)}, "x us", {"999", "1", "0", "<1"}},
    {"whole times from reals", UNIT_US, {R(1500000.5), R(2500000), MISSING, R(NAN)}, "x s",
     {"1.50", "2.50", "", ""}},
    {"tokens in full", UNIT_TOKENS, {I(9999999), I(31900), I(0), MISSING}, "x tok",
     {"9,999,999", "31,900", "0", ""}},
    {"tokens in millions", UNIT_TOKENS, {I(41200000), I(800000), I(12000), I(0)}, "x tok",
     {"41.20 M", "0.80 M", "0.01 M", "0.00 M"}},
    {"dollars", UNIT_NUSD,
     {I(INT64_C(182140000000)), I(INT64_C(41020000000)), I(INT64_C(1204100000000)), I(0)}, "x",
     {"$182.14", "$41.02", "$1,204.10", "$0.00"}},
    {"a few cents among hundreds", UNIT_NUSD,
     {I(INT64_C(100000000000)), I(4000000), I(-1), MISSING}, "x",
     {"$100.00", "<$0.01", ">-$0.01", ""}},
    {"small prices", UNIT_NUSD, {I(2000000), I(4000000), I(23000000), I(0)}, "x",
     {"$0.0020", "$0.0040", "$0.0230", "$0.0000"}},
    {"a nano-dollar", UNIT_NUSD, {I(1), I(999999), I(0), MISSING}, "x",
     {"$0.000000001", "$0.000999999", "$0.000000000", ""}},
    {"half cents to even", UNIT_NUSD,
     {I(INT64_C(100005000000)), I(INT64_C(100015000000)),
      I(INT64_C(-100005000001)), I(INT64_C(100004999999))},
     "x", {"$100.00", "$100.02", "-$100.01", "$100.00"}},
    {"most dollars", UNIT_NUSD, {I(INT64_MAX), I(INT64_MIN), MISSING, MISSING}, "x",
     {"$9,223,372,036.85", "-$9,223,372,036.85", "", ""}},
    {"percent", UNIT_RATE, {R(0.012), R(0.031), R(1), R(0)}, "x %", {"1.2", "3.1", "100.0", "0.0"}},
    {"a rate given as a whole number", UNIT_RATE, {I(1), I(0), MISSING, MISSING}, "x %",
     {"100.0", "0.0", "", ""}},
    {"rare", UNIT_RATE, {R(0.5), R(0.0004), R(0.00001), R(-0.00001)}, "x %",
     {"50.00", "0.04", "<0.01", ">-0.01"}},
    {"per second", UNIT_PER_S, {R(52.25), R(1234.5), R(0.004), I(3)}, "x /s",
     {"52.250", "1,234.500", "0.004", "3.000"}},
    {"reals", UNIT_REAL, {R(0.81), R(-0.644), R(INFINITY), R(1e300)}, "x",
     {"0.81", "-0.64", "", "1e+300"}},
    {"one digit of the rarest", UNIT_RATE, {R(0.5), R(0.004), R(0.00996), MISSING}, "x %",
     {"50.0", "0.4", "1.0", ""}},
    {"nothing", UNIT_NUSD, {MISSING, MISSING, MISSING, MISSING}, "x", {"", "", "", ""}},
    {"whole numbers beyond int64", UNIT_US, {R(1e19), R(9.3e18), MISSING, MISSING}, "x s",
     {"1e+19", "9.3e+18", "", ""}},
};

/* clang-format on */

Test(number_text, one_style_for_each_column)
{
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct number_range range = {0};
        struct number_style style;
        struct buf b = {0};

        for (size_t k = 0; k < 4; k++)
            number_range_add(&range, &columns[i].cells[k]);
        style = number_style_for(columns[i].unit, &range);
        number_title(&b, &style, SV("x"));
        cr_expect_str_eq(b.p, columns[i].title, "%s: %s", columns[i].name, b.p);
        for (size_t k = 0; k < 4; k++) {
            b.n = 0;
            b.p[0] = '\0';
            size_t n = number_text(&b, &style, columns[i].unit == UNIT_NUSD, &columns[i].cells[k]);
            cr_expect_str_eq(b.p, columns[i].want[k], "%s: %s", columns[i].name, b.p);
            cr_expect_eq(n, b.n);
        }
        buf_release(&b);
    }
}

Test(number_text, a_lower_bound_is_not_also_an_upper_one)
{
    struct number_range range = {.largest = 1e12, .smallest = 1};
    struct number_style style = number_style_for(UNIT_NUSD, &range);
    struct cell bound = {.type = CELL_INT, .i = 1, .lower_bound = true};
    struct buf b = {0};

    number_text(&b, &style, true, &bound);
    cr_expect_str_eq(b.p, "$0.00");
    buf_release(&b);
}

static const struct {
    enum unit unit;
    const char *title, *want;
} titles[] = {
    {UNIT_TOKENS, "in",       "in tok"  },
    {UNIT_TOKENS, "tok/call", "tok/call"},
    {UNIT_PER_S,  "tok/s",    "tok/s"   },
    {UNIT_RATE,   "err %",    "err %"   },
    {UNIT_RATE,   "err",      "err %"   },
    {UNIT_US,     "us",       "us us"   },
    {UNIT_COUNT,  "calls",    "calls"   },
};

Test(number_text, titles_name_the_unit_once)
{
    for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
        struct number_style style = number_style_for(titles[i].unit, &(struct number_range){0});
        struct buf b = {0};

        number_title(&b, &style, sv_from(titles[i].title));
        cr_expect_str_eq(b.p, titles[i].want);
        buf_release(&b);
    }
}

/* clang-format off */
/* Shortest texts as Python's repr() has them, but for its ".0". */
static const struct {
    const char *name;
    enum unit unit;
    struct cell cell;
    const char *want; /* "": no number */
} exact[] = {
    {"a tenth",                   UNIT_REAL,  R(0.1),                  "0.1"                   },
    {"a third",                   UNIT_RATE,  R(1.0 / 3),              "0.3333333333333333"    },
    {"17 digits",                 UNIT_REAL,  R(0.1 + 0.2),            "0.30000000000000004"   },
    {"smallest",                  UNIT_REAL,  R(5e-324),               "4.94065645841247e-324" },
    {"largest",                   UNIT_REAL,  R(1.7976931348623157e308), "1.7976931348623157e+308"},
    {"minus nothing",             UNIT_REAL,  R(-0.0),                 "0"                     },
    {"not a number",              UNIT_REAL,  R(NAN),                  ""                      },
    {"infinite",                  UNIT_PER_S, R(-INFINITY),            ""                      },
    {"a rate as a whole",         UNIT_RATE,  I(1),                    "1"                     },
    {"int64 stays exact",         UNIT_COUNT, I(INT64_MAX),            "9223372036854775807"   },
    {"mean of tokens",            UNIT_TOKENS, R(502.5),               "502.5"                 },
    {"half to even, down",        UNIT_US,    R(2.5),                  "2"                     },
    {"half to even, up",          UNIT_US,    R(3.5),                  "4"                     },
    {"a time beyond int64",       UNIT_US,    R(1e19),                 ""                      },
    {"dollars",                   UNIT_NUSD,  I(2000000),              "0.002"                 },
    {"no dollars",                UNIT_NUSD,  I(0),                    "0"                     },
    {"fewest dollars",            UNIT_NUSD,  I(INT64_MIN),            "-9223372036.854775808" },
    {"missing",                   UNIT_NUSD,  MISSING,                 ""                      },
    {"a text is no number",       UNIT_COUNT, {.type = CELL_TEXT},     ""                      },
};
/* clang-format on */

Test(number_text, numbers_for_machines_are_exact)
{
    for (size_t i = 0; i < ARRAY_LEN(exact); i++) {
        struct buf b = {0};
        bool there = number_exact(&b, exact[i].unit, &exact[i].cell);

        buf_str(&b, "");
        cr_expect_str_eq(b.p, exact[i].want, "%s: %s", exact[i].name, b.p);
        cr_expect_eq(there, exact[i].want[0] != '\0', "%s", exact[i].name);
        buf_release(&b);
    }
}
