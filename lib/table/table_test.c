#include "table/table.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(table, columns_grow_and_keep_their_place)
{
    struct table t = {0};
    char keys[40][16];

    for (int i = 0; i < 40; i++) {
        snprintf(keys[i], sizeof(keys[i]), "k%d", i);
        struct column *c = table_add_column(&t, keys[i], keys[i], UNIT_COUNT);
        cr_assert_not_null(c);
        c->in_text = i % 2;
    }
    cr_assert_eq(t.n_columns, 40);
    for (int i = 0; i < 40; i++) {
        cr_expect_str_eq(t.columns[i].key, keys[i]);
        cr_expect_eq(t.columns[i].in_text, i % 2);
        cr_expect_eq(t.columns[i].drop, 0);
    }
    table_release(&t);
}

Test(table, a_new_row_is_all_missing)
{
    struct table t = {0};

    cr_assert_not_null(table_add_column(&t, "feature", "feature", UNIT_NONE));
    cr_assert_not_null(table_add_column(&t, "calls", "calls", UNIT_COUNT));
    for (int i = 0; i < 1000; i++) {
        struct row *r = table_add_row(&t);
        cr_assert_not_null(r);
        cr_expect_eq(r->kind, ROW_GROUP);
        cr_expect_eq(r->cells[0].type, CELL_MISSING);
        cr_expect_eq(r->cells[1].type, CELL_MISSING);
        r->cells[1] = cell_int(i);
    }
    for (int i = 0; i < 1000; i++)
        cr_expect_eq(t.rows[i].cells[1].i, i);
    table_release(&t);
}

Test(table, a_table_without_columns_has_rows)
{
    struct table t = {0};

    cr_expect_not_null(table_add_row(&t));
    cr_expect_eq(t.n_rows, 1);
    table_release(&t);
}

Test(table, texts_and_facts)
{
    struct table t = {0};
    char text[600];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    for (int i = 0; i < 20; i++) {
        cr_expect(table_warn(&t, "%d calls: %s", i, text));
        cr_expect(table_note(&t, "note %d", i));
        cr_expect(table_add_fact(&t, "calls", cell_int(i)));
    }
    cr_expect_eq(strlen(t.warnings[19]), strlen("19 calls: ") + 599);
    cr_expect_str_eq(t.notes[0], "note 0");
    cr_expect_str_eq(t.notes[19], "note 19");
    cr_expect_eq(t.coverage[19].value.i, 19);
    table_release(&t);
    cr_expect_eq(t.n_warnings, 0, "released: zeroed, so it can be used or released again");
    table_release(&t);
}

Test(table, text_cells)
{
    cr_expect_eq(cell_text(SV_NONE).type, CELL_MISSING);
    cr_expect_eq(cell_text(SV("")).type, CELL_TEXT, "empty is not missing");
    cr_expect_eq(cell_real(0.5).type, CELL_REAL);
}

Test(table, choosing_columns)
{
    static const char *const both[] = {"b", "A"}, *const none[] = {"c"};
    struct table t = {0};
    struct error err = {0};

    cr_assert(table_add_column(&t, "a", "A", UNIT_COUNT));
    cr_assert(table_add_column(&t, "b", "", UNIT_COUNT));
    cr_assert(table_add_column(&t, "d", "D", UNIT_COUNT));
    t.columns[2].in_text = true;
    cr_expect(table_choose(&t, none, 0, &err) == OK && t.columns[2].in_text);
    cr_expect(table_choose(&t, none, 1, &err) == ERR_USAGE);
    cr_expect_str_eq(err.msg, "no column 'c'; there are: a b d");
    cr_expect(t.columns[2].in_text, "as it was");
    cr_assert(table_choose(&t, both, 2, &err) == OK);
    cr_expect(t.columns[0].in_text && t.columns[1].in_data && !t.columns[2].in_text);
    table_release(&t);
}

Test(table, a_column_more)
{
    struct table t = {0};

    cr_assert(table_add_column(&t, "a", "a", UNIT_COUNT));
    cr_assert(table_add_row(&t));
    t.rows[0].cells[0] = cell_int(7);
    cr_assert(table_extend(&t, "b", "b", UNIT_NONE));
    cr_expect(t.n_columns == 2 && t.rows[0].cells[0].i == 7);
    cr_expect(t.rows[0].cells[1].type == CELL_MISSING);
    table_release(&t);
}
