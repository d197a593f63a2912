#include "render/render_fixture.h"

#include <stdio.h>

static const char sample[] =
    "2026-11-14 .. 2026-11-20 (Europe/Berlin)   14,046 calls   db: llmobs.db   where status=ok\n"
    "\n"
    "| feature | calls | err % | p95 s | in tok | cost |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: |\n"
    "| support | 8,112 | 1.2 | 7.90 | 41.2 M | $182.14 |\n"
    "| (none) | 964 | 3.1 | 24.10\\* | 18.3 M | ≥ $66.40 |\n"
    "| (other) | 4,970 | 0.4 | - | 9.7 M | $41.02 |\n"
    "| **total** | **14,046** | **1.0** | **8.30** | **69.2 M** | **≥ $289.56** |\n"
    "\n"
    "- 112 calls of 1 model are unpriced\n"
    "- sorted by calls\n"
    "- \\* fewer values than the figure needs to be reliable\n";

static const char quiet[] =
    "| feature | calls | err % | p95 s | in tok | cost |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: |\n"
    "| support | 8,112 | 1.2 | 7.90 | 41.2 M | $182.14 |\n"
    "| (none) | 964 | 3.1 | 24.10\\* | 18.3 M | &gt;= $66.40 |\n"
    "| (other) | 4,970 | 0.4 | - | 9.7 M | $41.02 |\n"
    "| **total** | **14,046** | **1.0** | **8.30** | **69.2 M** | **&gt;= $289.56** |\n"
    "\n"
    "- 112 calls of 1 model are unpriced\n";

Test(render_md, a_report)
{
    struct table t = {0};
    struct buf b;

    sample_table(&t);
    b = rendered("md", &t, (struct render_options){.utf8 = true, .width = 20});
    expect_text(&b, sample, "sample");
    b = rendered("md", &t, (struct render_options){.quiet = true, .color = true});
    expect_text(&b, quiet, "quiet");
    table_release(&t);
}

/* By the GitHub Flavored Markdown specification: each shows as the text it was. */
static const struct {
    const char *name;
    struct sv text;
    const char *want;
} cases[] = {
    {"pipe",                  {"a|b", 3},      "a&#124;b"         },
    {"backslash before pipe", {"a\\|b", 4},    "a&#92;&#124;b"    },
    {"HTML",                  {"<b>&lt;", 7},  "&lt;b&gt;&amp;lt;"},
    {"code",                  {"`a|b`", 5},    "\\`a&#124;b\\`"   },
    {"emphasis",              {"*a* ~b~", 7},  "\\*a\\* \\~b\\~"  },
    {"image",                 {"![](//x)", 8}, "!\\[\\](//x)"     },
    {"underscore inside",     {"my_app_2", 8}, "my_app_2"         },
    {"underscores around",    {"_a_", 3},      "\\_a\\_"          },
    {"two underscores",       {"a__b", 4},     "a\\_\\_b"         },
    {"newline",               {"a\nb", 3},     "a&#92;x0ab"       },
    {"escape",                {"\x1b", 1},     "&#92;x1b"         },
    {"not UTF-8",             {"\xff", 1},     "&#92;xff"         },
    {"empty",                 {"", 0},         "\"\""             },
};

Test(render_md, texts)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct table t = {0};
        struct buf want = {0};
        struct buf b;

        names_table(&t, &cases[i].text, 1);
        buf_printf(&want, "| name |\n| --- |\n| %s |\n", cases[i].want);
        b = rendered("md", &t, (struct render_options){.quiet = true});
        expect_text(&b, want.p, cases[i].name);
        buf_release(&want);
        table_release(&t);
    }
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

/* Each row is "| row |\n", 8 bytes, so about 8,180 fit; those left out are counted and the warning
 * stands. */
Test(render_md, a_comment_has_65536_characters)
{
    static const size_t sizes[] = {1, 8100, 8200, 20000};

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct table t = {0};
        struct buf b;
        size_t shown;
        char line[64] = "";

        add_dimension(&t, "name");
        for (size_t k = 0; k < sizes[i]; k++)
            add_row(&t, (struct cell[]){cell_text(SV("row"))});
        cr_assert(table_warn(&t, "a warning"));
        b = rendered("md", &t, (struct render_options){0});
        shown = count(b.p, "| row |\n");
        cr_expect_leq(b.n, 65536u);
        cr_expect(sizes[i] <= 8100 ? shown == sizes[i] : shown > 8100, "%zu", shown);
        if (shown < sizes[i])
            snprintf(line, sizeof(line), "| and %zu more rows |\n", sizes[i] - shown);
        cr_expect_not_null(strstr(b.p, line), "%s", line);
        cr_expect_str_eq(b.p + b.n - 14, "\n\n- a warning\n");
        buf_release(&b);
        table_release(&t);
    }
}

Test(render_md, many_long_warnings_leave_room_for_rows)
{
    char *big = malloc(100001);
    struct sv names[2];
    struct table t = {0};
    struct buf b;

    memset(big, '|', 100000);
    big[100000] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        names[i] = (struct sv){big, 100000};
    names_table(&t, names, ARRAY_LEN(names));
    for (int i = 0; i < 25; i++)
        cr_assert(table_warn(&t, "%s", big));
    b = rendered("md", &t, (struct render_options){0});
    cr_expect_leq(b.n, 65536u);
    cr_expect_null(strstr(b.p, "more rows"));
    cr_expect_not_null(strstr(b.p, "- and 5 more\n"));
    buf_release(&b);
    free(big);
    table_release(&t);
}

Test(render_md, too_many_columns_are_refused)
{
    struct table t = {0};
    struct collector c = {0};
    struct render_options o = {0};
    struct error err = {0};

    for (int i = 0; i < 6000; i++)
        add_column(&t, "k", "t", UNIT_COUNT);
    cr_expect_eq(renderer_find("md")->render(&t, &o, &(struct sink){collect, &c}, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "without any row the table is longer already than the 65,536 "
                              "characters that Markdown output may have; choose fewer columns");
    cr_expect_eq(c.buf.n, 0u);
    table_release(&t);
}
