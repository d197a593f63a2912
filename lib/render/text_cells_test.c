#include "render/render_fixture.h"

#include <math.h>

#include "render/text_cells.h"

/* A table of two names, words and dollars per success, whose title has the sign already. */
static void small_table(struct table *t, const struct cell *cells, enum row_kind kind)
{
    add_dimension(t, "model");
    add_dimension(t, "user");
    add_column(t, "words", "words", UNIT_NONE);
    add_column(t, "hidden", "hidden", UNIT_NONE)->in_text = false;
    add_column(t, "cost_per_outcome_usd", "$/ok", UNIT_NUSD);
    add_row(t, cells);
    t->rows[0].kind = kind;
}

/* clang-format off */
static const struct {
    const char *name;
    enum row_kind kind;
    bool utf8;
    struct cell cells[5];
    const char *want; /* the shown cells with a bar behind each */
    size_t columns;   /* of all four */
} cases[] = {
    {"all there", ROW_GROUP, true,
     {{.type = CELL_TEXT, .text = {"m", 1}}, {.type = CELL_INT, .i = 1000},
      {.type = CELL_TEXT, .text = {"w", 1}}, {0}, {.type = CELL_INT, .i = 23000000}},
     "m|1000|w|0.023|", 11},
    {"all missing", ROW_GROUP, true, {{0}}, "(none)|(none)|-|-|", 14},
    {"other", ROW_OTHER, true, {{0}}, "(other)||-|-|", 9},
    {"a bound in UTF-8", ROW_OTHER, true,
     {{0}, {0}, {0}, {0}, {.type = CELL_INT, .i = 23000000, .lower_bound = true}},
     "(other)||-|≥ 0.023|", 15},
    {"a bound in ASCII", ROW_OTHER, false,
     {{0}, {0}, {0}, {0}, {.type = CELL_INT, .i = 23000000, .lower_bound = true}},
     "(other)||-|>= 0.023|", 16},
    {"a bound of nothing known", ROW_OTHER, true,
     {{0}, {0}, {0}, {0}, {.lower_bound = true, .small_n = true}}, "(other)||-|-|", 9},
    {"few values", ROW_OTHER, true,
     {{0}, {0}, {0}, {0}, {.type = CELL_INT, .i = 23000000, .small_n = true}},
     "(other)||-|0.023*|", 14},
    {"words instead of a number", ROW_OTHER, true,
     {{0}, {0}, {0}, {0}, {.type = CELL_TEXT, .text = {"a\nb", 3}}}, "(other)||-|a\\x0ab|", 14},
    {"not a number", ROW_OTHER, true,
     {{0}, {0}, {0}, {0}, {.type = CELL_REAL, .r = NAN}}, "(other)||-|-|", 9},
    {"a name of marks alone is a name", ROW_GROUP, true,
     {{.type = CELL_TEXT, .text = {"\xcc\x81", 2}}, {.type = CELL_TEXT, .text = {"u", 1}}},
     "\xcc\x81|u|-|-|", 3},
};
/* clang-format on */

Test(text_cells, what_stands_in_each_place)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct table t = {0};
        struct text_columns tc;
        struct buf b = {0};
        size_t columns = 0;

        small_table(&t, cases[i].cells, cases[i].kind);
        cr_assert(text_columns_init(&tc, &t, cases[i].utf8));
        cr_assert_eq(tc.n, 4u);
        for (size_t k = 0; k < tc.n; k++) {
            columns += text_cell(&b, &tc, &tc.at[k], &t.rows[0]);
            buf_char(&b, '|');
        }
        cr_expect_str_eq(b.p, cases[i].want, "%s: %s", cases[i].name, b.p);
        cr_expect_eq(columns, cases[i].columns, "%s: %zu", cases[i].name, columns);
        buf_release(&b);
        text_columns_release(&tc);
        table_release(&t);
    }
}

Test(text_cells, totals_and_titles)
{
    struct cell totals[5] = {{0}};
    struct table t = {0};
    struct text_columns tc;
    struct buf b = {0};

    totals[4] = cell_int(2000000);
    small_table(&t, totals, ROW_GROUP);
    t.totals.cells = totals;
    cr_assert(text_columns_init(&tc, &t, true));
    cr_expect(tc.shows_total);
    cr_expect_not(text_columns_marked(&tc));
    for (size_t k = 0; k < tc.n; k++) {
        text_cell(&b, &tc, &tc.at[k], TEXT_TITLES);
        buf_char(&b, '|');
        text_cell(&b, &tc, &tc.at[k], &t.totals);
        buf_char(&b, '|');
    }
    cr_expect_str_eq(b.p, "model|total|user||words|-|$/ok|0.0020|");
    buf_release(&b);
    text_columns_release(&tc);
    table_release(&t);
}

/* Names end at 40 columns, other words at 120. */
Test(text_cells, long_texts_are_cut)
{
    char text[200];
    struct cell cells[5] = {{0}};
    struct table t = {0};
    struct text_columns tc;
    struct buf b = {0};

    memset(text, 'x', sizeof(text));
    cells[0] = cells[2] = cell_text((struct sv){text, sizeof(text)});
    small_table(&t, cells, ROW_GROUP);
    cr_assert(text_columns_init(&tc, &t, false));
    cr_expect_eq(text_cell(&b, &tc, &tc.at[0], &t.rows[0]), 40u);
    cr_expect_eq(text_cell(&b, &tc, &tc.at[2], &t.rows[0]), 120u);
    cr_expect_eq(b.n, 160u);
    buf_release(&b);
    text_columns_release(&tc);
    table_release(&t);
}

/* Changes carry their sign, estimates a ~, and a word may stand where there is no number. */
Test(text_cells, changes)
{
    static const char *const want[] = {"+$5.00", "-$0.50", "$0.00", "~+$5.00", "new", "-", "+$5.00"};
    struct cell cells[7] = {cell_int(5000000000), cell_int(-500000000), cell_int(0),
                            cell_int(5000000000), {0}, {0}, at_least(5000000000)};
    struct table t = {0};
    struct text_columns tc;

    cells[3].estimate = true;
    cells[4].text = SV("new");
    cells[4].estimate = true; /* of nothing */
    add_column(&t, "cost_usd_change", "change", UNIT_NUSD)->change = true;
    for (size_t i = 0; i < 7; i++)
        add_row(&t, &cells[i]);
    cr_assert(text_columns_init(&tc, &t, false));
    for (size_t i = 0; i < 7; i++) {
        struct buf b = {0};
        size_t columns = text_cell(&b, &tc, &tc.at[0], &t.rows[i]);
        const char *text = i == 6 ? b.p + 3 : b.p; /* behind ">= " */

        cr_expect_str_eq(text, want[i]);
        cr_expect_eq(columns, strlen(b.p));
        buf_release(&b);
    }
    text_columns_release(&tc);
    table_release(&t);
}
