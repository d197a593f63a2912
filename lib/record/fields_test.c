#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "record/record.h"

/* A field is in the table under its own name, whichever place it has there. */
Test(fields, are_columns_of_table_call)
{
    static char sql[1 << 16];
    FILE *f = fopen("schemas/0001_facts.sql", "r");

    cr_assert(f != NULL);
    sql[fread(sql, 1, sizeof(sql) - 1, f)] = '\0';
    fclose(f);
    const char *from = strstr(sql, "CREATE TABLE call (");
    cr_assert(from != NULL);
    const char *to = strstr(from, ") STRICT;");
    for (int i = 0; i < F_COUNT; i++) {
        char line[160];
        snprintf(line, sizeof(line), "\n    %s ", call_fields[i].column);
        const char *at = strstr(from, line);
        cr_expect(at && at < to, "%s", call_fields[i].column);
    }
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
