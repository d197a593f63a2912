#include "render/render_fixture.h"

static const char sample[] =
    "feature,calls,error_rate,latency_p95_us,input_tokens,cost_usd,cost_nusd\n"
    "support,8112,0.012,7900000,41200000,182.14,182140000000\n"
    ",964,0.031,24100000,18300000,66.400000001,66400000001\n"
    "(other),4970,0.004,,9700000,41.02,41020000000\n";

Test(render_csv, a_report)
{
    struct table t = {0};
    struct buf b;

    sample_table(&t);
    b = rendered("csv", &t, (struct render_options){0});
    expect_text(&b, sample, "csv");
    b = rendered("tsv", &t, (struct render_options){0});
    cr_expect_eq(b.n, sizeof(sample) - 1);
    for (size_t i = 0; i < b.n; i++)
        cr_expect_eq(b.p[i], sample[i] == ',' ? '\t' : sample[i]);
    buf_release(&b);
    table_release(&t);
}

/* clang-format off */
/* One value each, by RFC 4180 and the rules in the headers. */
static const struct {
    const char *name;
    struct sv text;
    const char *csv, *tsv;
} cases[] = {
    {"plain",             {"a b", 3},           "a b",                 "a b"            },
    {"comma",             {"a,b", 3},           "\"a,b\"",             "a,b"            },
    {"quote",             {"a\"b", 3},          "\"a\"\"b\"",          "a\"b"           },
    {"newline",           {"a\nb", 3},          "\"a\nb\"",            "a\\nb"          },
    {"return",            {"a\rb", 3},          "\"a\rb\"",            "a\\rb"          },
    {"tab",               {"a\tb", 3},          "a\tb",                "a\\tb"          },
    {"backslash",         {"a\\tb", 4},         "a\\tb",               "a\\\\tb"        },
    {"equals",            {"=1+1", 4},          "'=1+1",               "'=1+1"          },
    {"plus",              {"+1", 2},            "'+1",                 "'+1"            },
    {"minus",             {"-1", 2},            "'-1",                 "'-1"            },
    {"at",                {"@SUM(A1)", 8},      "'@SUM(A1)",           "'@SUM(A1)"      },
    {"tab first",         {"\t=1", 3},          "'\t=1",               "'\\t=1"         },
    {"return first",      {"\r=1", 3},          "\"'\r=1\"",           "'\\r=1"         },
    {"quoted formula",    {"=A1,\"x\"", 7},     "\"'=A1,\"\"x\"\"\"",  "'=A1,\"x\""     },
    {"equals inside",     {"a=1", 3},           "a=1",                 "a=1"            },
    {"NUL",               {"a\0b", 3},          "a\\x00b",             "a\\x00b"        },
    {"escape",            {"\x1b[m", 3},        "\\x1b[m",             "\\x1b[m"        },
    {"not UTF-8",         {"\xff", 1},          "\\xff",               "\\xff"          },
    {"empty is there",    {"", 0},              "\"\"",                ""               },
    {"missing",           {NULL, 0},            "",                    ""               },
    {"long names stay",   {"0123456789012345678901234567890123456789X", 41},
                          "0123456789012345678901234567890123456789X",
                          "0123456789012345678901234567890123456789X"                   },
};
/* clang-format on */

Test(render_csv, texts)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct table t = {0};
        struct buf want = {0};
        struct buf b;

        names_table(&t, &cases[i].text, 1);
        buf_printf(&want, "name\n%s\n", cases[i].csv);
        b = rendered("csv", &t, (struct render_options){0});
        expect_text(&b, want.p, cases[i].name);
        buf_reset(&want);
        buf_printf(&want, "name\n%s\n", cases[i].tsv);
        b = rendered("tsv", &t, (struct render_options){0});
        expect_text(&b, want.p, cases[i].name);
        buf_release(&want);
        table_release(&t);
    }
}

/* A negative number is no formula; columns that are not data stay away, also the first. */
Test(render_csv, numbers_and_hidden_columns)
{
    struct table t = {0};
    struct buf b;

    add_column(&t, "a", "a", UNIT_COUNT)->in_data = false;
    add_column(&t, "b", "b", UNIT_COUNT);
    add_column(&t, "=c", "c", UNIT_REAL);
    add_row(&t, (struct cell[]){cell_int(1), cell_int(-2), cell_real(-0.5)});
    add_row(&t, (struct cell[]){cell_int(1), {0}, {0}});
    t.rows[1].kind = ROW_OTHER; /* without a dimension there is no place for its name */
    b = rendered("csv", &t, (struct render_options){0});
    expect_text(&b, "b,'=c\n-2,-0.5\n,\n", "numbers");
    table_release(&t);
}

Test(render_csv, only_the_first_dimension_says_other)
{
    struct table t = {0};
    struct buf b;

    add_dimension(&t, "model");
    add_dimension(&t, "user");
    add_row(&t, (struct cell[]){{0}, {0}});
    t.rows[0].kind = ROW_OTHER;
    b = rendered("csv", &t, (struct render_options){0});
    expect_text(&b, "model,user\n(other),\n", "two dimensions");
    table_release(&t);
}
