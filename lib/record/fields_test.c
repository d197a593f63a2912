#include <criterion/criterion.h>

#include <stdio.h>

#include "record/record.h"

/* The next column name of `create table call`: the first word of each line after its header. */
static bool next_column(FILE *f, char *out, size_t size)
{
    char line[512], name[128];

    while (fgets(line, sizeof(line), f)) {
        if (line[0] == ')')
            return false;
        if (sscanf(line, " %127[a-z_0-9]", name) == 1) {
            snprintf(out, size, "%s", name);
            return true;
        }
    }
    return false;
}

Test(fields, are_the_columns_of_table_call_in_their_order)
{
    FILE *f = fopen("schemas/0001_facts.sql", "r");
    char line[512], column[128];

    cr_assert(f != NULL);
    while (fgets(line, sizeof(line), f) && !strstr(line, "CREATE TABLE call ("))
        ;
    cr_assert(next_column(f, column, sizeof(column)));
    cr_expect_str_eq(column, "call_id");
    for (int i = 0; i < F_COUNT; i++) {
        cr_assert(next_column(f, column, sizeof(column)), "no column for field %d", i);
        cr_expect_str_eq(column, call_fields[i].column);
    }
    fclose(f);
}

Test(fields, each_has_a_name_a_unit_and_a_help)
{
    for (int i = 0; i < F_COUNT; i++) {
        const struct field *f = &call_fields[i];

        cr_assert(f->name && f->column && f->unit && f->help, "field %d", i);
        for (int k = 0; k < i; k++)
            cr_expect_str_neq(f->name, call_fields[k].name);
    }
}
