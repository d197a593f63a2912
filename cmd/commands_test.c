#include "commands.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Calls each(command, row) for all options of all commands. */
static void each_option(void (*each)(const struct command *c, const struct opt *row))
{
    const struct opt *rows;

    for (size_t c = 0; commands[c]; c++)
        for (size_t i = 0; (rows = command_options(commands[c], i)); i++)
            for (; rows->type != OPT_TYPE_END; rows++)
                each(commands[c], rows);
}

static size_t count_same(const struct command *c, const struct opt *wanted)
{
    const struct opt *rows;
    size_t n = 0;

    for (size_t i = 0; (rows = command_options(c, i)); i++)
        for (; rows->type != OPT_TYPE_END; rows++)
            n += (wanted->letter && rows->letter == wanted->letter) ||
                 (wanted->name && rows->name && strcmp(rows->name, wanted->name) == 0);
    return n;
}

static void check_option(const struct command *c, const struct opt *row)
{
    const char *name = row->name ? row->name : "-";
    bool is_flag = row->type == OPT_TYPE_FLAG || row->type == OPT_TYPE_CLEAR;

    cr_expect(row->name || row->letter, "%s", c->name);
    cr_expect(count_same(c, row) == 1, "%s: --%s stands there twice", c->name, name);
    cr_expect(is_flag == !row->value, "%s: --%s", c->name, name);
    cr_expect(row->type != OPT_TYPE_CHOICE || row->words, "%s: --%s", c->name, name);
    if (row->help)
        cr_expect(row->help[strlen(row->help) - 1] != '.', "%s: --%s: full stop", c->name, name);
}

Test(commands, options_are_sound)
{
    each_option(check_option);
}

Test(commands, tables_fit)
{
    const struct opt *rows;

    for (size_t c = 0; commands[c]; c++) {
        size_t tables = 0;

        for (; (rows = command_options(commands[c], tables)); tables++) {
            size_t n = 0;

            while (rows[n].type != OPT_TYPE_END)
                n++;
            cr_expect(n <= OPT_MAX_ROWS, "%s", commands[c]->name);
        }
        cr_expect(tables < COMMAND_MAX_TABLES, "%s", commands[c]->name);
    }
}

Test(commands, each_is_described)
{
    for (size_t i = 0; commands[i]; i++) {
        const struct command *c = commands[i];

        cr_expect(c->name && c->group && c->summary && c->synopsis && c->run);
        cr_expect(c->summary[strlen(c->summary) - 1] != '.', "%s", c->name);
        cr_expect(strncmp(c->examples[0].line, "llmobs ", 7) == 0, "%s", c->name);
        cr_expect(command_find(c->name) == c);
        cr_expect_str_eq(command_word(i), c->name);
    }
    cr_expect(command_find("") == NULL);
    cr_expect(command_find("repor") == NULL);
}

Test(commands, all_shared_tables_are_known_before_the_command)
{
    const struct opt *rows;

    for (size_t c = 0; commands[c]; c++) {
        for (size_t i = commands[c]->options ? 1 : 0; (rows = command_options(commands[c], i));
             i++) {
            size_t t = 0;

            while (shared_tables[t] && shared_tables[t] != rows)
                t++;
            cr_expect(shared_tables[t], "%s: table %zu", commands[c]->name, i);
        }
    }
}
