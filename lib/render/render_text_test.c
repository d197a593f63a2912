#include "render/render_fixture.h"

/* Written by hand after the sample of the interface. */
static const char whole[] =
    "2026-11-14 .. 2026-11-20 (Europe/Berlin)   14,046 calls   db: llmobs.db   where status=ok\n"
    "feature   calls  err %   p95 s  in tok       cost\n"
    "support   8,112    1.2   7.90   41.2 M    $182.14\n"
    "(none)      964    3.1  24.10*  18.3 M   ≥ $66.40\n"
    "(other)   4,970    0.4      -    9.7 M     $41.02\n"
    "total    14,046    1.0   8.30   69.2 M  ≥ $289.56\n"
    "112 calls of 1 model are unpriced\n"
    "sorted by calls\n"
    "* fewer values than the figure needs to be reliable\n";

/* ASCII, without head and notes. */
static const char quiet[] = "feature   calls  err %   p95 s  in tok        cost\n"
                            "support   8,112    1.2   7.90   41.2 M     $182.14\n"
                            "(none)      964    3.1  24.10*  18.3 M   >= $66.40\n"
                            "(other)   4,970    0.4      -    9.7 M      $41.02\n"
                            "total    14,046    1.0   8.30   69.2 M  >= $289.56\n"
                            "112 calls of 1 model are unpriced\n";

/* 40 columns: tokens go first, then the p95 and with it the note on "*". */
static const char narrow[] =
    "2026-11-14 .. 2026-11-20 (Europe/Berlin)   14,046 calls   db: llmobs.db   where status=ok\n"
    "feature   calls  err %       cost\n"
    "support   8,112    1.2    $182.14\n"
    "(none)      964    3.1   ≥ $66.40\n"
    "(other)   4,970    0.4     $41.02\n"
    "total    14,046    1.0  ≥ $289.56\n"
    "112 calls of 1 model are unpriced\n"
    "sorted by calls\n"
    "2 columns hidden (--wide)\n";

/* Bold titles and total, "-" dim, no colour on blanks at the end of a line. */
static const char colored[] = "\x1b[1mfeature   calls  err %   p95 s  in tok       cost\x1b[0m\n"
                              "support   8,112    1.2   7.90   41.2 M    $182.14\n"
                              "(none)      964    3.1  24.10*  18.3 M   ≥ $66.40\n"
                              "(other)   4,970    0.4      \x1b[2m-\x1b[0m    9.7 M     $41.02\n"
                              "\x1b[1mtotal    14,046    1.0   8.30   69.2 M  ≥ $289.56\x1b[0m\n"
                              "112 calls of 1 model are unpriced\n";

static const struct {
    const char *name;
    struct render_options o;
    const char *want;
} cases[] = {
    {"whole",       {.utf8 = true},                               whole  },
    {"quiet ASCII", {.quiet = true},                              quiet  },
    {"narrow",      {.utf8 = true, .width = 40},                  narrow },
    {"just fits",   {.utf8 = true, .width = 49},                  whole  },
    {"colour",      {.utf8 = true, .quiet = true, .color = true}, colored},
};

Test(render_text, a_report)
{
    struct table t = {0};

    sample_table(&t);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = rendered("table", &t, cases[i].o);
        expect_text(&b, cases[i].want, cases[i].name);
    }
    table_release(&t);
}

Test(render_text, one_column_too_few_hides_one)
{
    struct table t = {0};
    struct buf b;

    sample_table(&t);
    b = rendered("table", &t, (struct render_options){.utf8 = true, .width = 48});
    cr_expect_not_null(strstr(b.p, "1 column hidden (--wide)\n"));
    cr_expect_null(strstr(b.p, "in tok"));
    buf_release(&b);
    table_release(&t);
}

/* Where nothing more may go names are cut, but not to less than 8 columns; and never a line is
 * wrapped. */
Test(render_text, names_are_cut_last)
{
    static const struct {
        int width;
        const char *want;
    } widths[] = {
        {26, "name                 calls\na long name of a f…      1\n"},
        {20, "name           calls\na long name …      1\n"            },
        {1,  "name      calls\na long …      1\n"                      },
    };
    struct table t = {0};

    add_dimension(&t, "name");
    add_column(&t, "calls", "calls", UNIT_COUNT);
    add_row(&t, (struct cell[]){cell_text(SV("a long name of a feature")), cell_int(1)});
    for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
        struct render_options o = {.utf8 = true, .quiet = true, .width = widths[i].width};
        struct buf b = rendered("table", &t, o);
        expect_text(&b, widths[i].want, "cut");
    }
    table_release(&t);
}

Test(render_text, names_of_all_kinds)
{
    static const char *const names[] = {
        "0123456789012345678901234567890123456789",
        "01234567890123456789012345678901234567890",
        "日本語",
        "",
        "-",
        "a\x1b[31mb",
    };
    struct table t = {0};
    struct buf b;

    add_dimension(&t, "name");
    add_column(&t, "n", "n", UNIT_COUNT);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        add_row(&t, (struct cell[]){cell_text(sv_from(names[i])), cell_int((int64_t)i + 1)});
    add_row(&t, (struct cell[]){cell_int(2026), cell_int(7)}); /* as a name without separators */
    b = rendered("table", &t, (struct render_options){.utf8 = true, .quiet = true});
    expect_text(&b,
                "name                                      n\n"
                "0123456789012345678901234567890123456789  1\n"
                "012345678901234567890123456789012345678…  2\n"
                "日本語                                    3\n"
                "\"\"                                        4\n"
                "-                                         5\n"
                "a\\x1b[31mb                                6\n"
                "2026                                      7\n",
                "names");
    table_release(&t);
}

/* The columns of a table without groups: the one row is the total already. */
Test(render_text, no_groups)
{
    struct cell calls[] = {cell_int(1)};
    struct table t = {.total_calls = 1, .totals = {.cells = calls}};
    struct buf b;

    add_column(&t, "calls", "calls", UNIT_COUNT);
    add_column(&t, "hidden", "hidden", UNIT_COUNT)->in_text = false;
    calls[0] = cell_int(1);
    t.totals.cells = (struct cell[]){cell_int(1), cell_int(2)};
    b = rendered("table", &t, (struct render_options){0});
    expect_text(&b, "1 call\ncalls\n    1\n", "totals only");
    add_row(&t, (struct cell[]){cell_int(1), cell_int(2)});
    b = rendered("table", &t, (struct render_options){0});
    expect_text(&b, "1 call\ncalls\n    1\n", "row and totals");
    table_release(&t);
}

Test(render_text, head_line_without_its_parts)
{
    struct table t = {.tz = "UTC", .total_calls = 1234};
    struct buf b;

    add_column(&t, "calls", "calls", UNIT_COUNT);
    b = rendered("table", &t, (struct render_options){0});
    expect_text(&b, "(UTC)   1,234 calls\ncalls\n", "no window");
    t.tz = NULL;
    t.window_text = "last 7d";
    t.filters = (const char *[]){"model=gpt-*", "cost>0.5\n"};
    t.n_filters = 2;
    b = rendered("table", &t, (struct render_options){0});
    expect_text(&b, "last 7d   1,234 calls   where model=gpt-* and cost>0.5\\x0a\ncalls\n",
                "filters");
    table_release(&t);
}
