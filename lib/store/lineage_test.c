/* lineage_test: whose lines lie in whose history. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "store/lineage.h"

/* 1 app.log; 2 app.log after rotation; 3 copy of 2's first 10 lines; 4 copy of 3's first 20;
 * 5 another file; 6 app.log rotated again; 7 the path of copy 3 after rotation. */
/* clang-format off */
static const struct source_state states[] = {
    {.id = 1, .lineage = 1},
    {.id = 2, .lineage = 1},
    {.id = 3, .lineage = 3, .copy_of = 2, .copy_line = 10},
    {.id = 4, .lineage = 4, .copy_of = 3, .copy_line = 20},
    {.id = 5, .lineage = 5},
    {.id = 6, .lineage = 1},
    {.id = 7, .lineage = 3},
};
/* clang-format on */

static const struct {
    const char *name;
    int64_t source, by, line;
    bool included;
} cases[] = {
    {"its own line",                              1, 1, 5,  true },
    {"rotation goes on",                          2, 1, 5,  true },
    {"and backwards",                             1, 2, 5,  true },
    {"a copied line",                             3, 2, 10, true },
    {"one behind the copied ones",                3, 2, 11, false},
    {"what came before the original",             3, 1, 99, true },
    {"what came after the original",              3, 6, 1,  false},
    {"a copy of a copy: its own part",            4, 3, 20, true },
    {"a copy of a copy: behind it",               4, 3, 21, false},
    {"a copy of a copy: the original's",          4, 2, 10, true },
    {"a copy of a copy: not the original's rest", 4, 2, 11, false},
    {"a copy of a copy: before the original",     4, 1, 99, true },
    {"a rotated copy",                            7, 2, 10, true },
    {"a rotated copy, behind it",                 7, 2, 11, false},
    {"the original has not seen its copy's",      2, 3, 30, false},
    {"strangers",                                 5, 1, 1,  false},
    {"an unknown source",                         9, 1, 1,  false},
    {"an unknown original",                       1, 9, 1,  false},
    {"no source",                                 0, 0, 0,  false},
};

Test(lineage, include)
{
    struct lineages l = {0};
    struct error err = {0};

    for (int round = 0; round < 2; round++) /* a state that comes again changes nothing */
        for (size_t i = 0; i < ARRAY_LEN(states); i++)
            cr_assert(lineages_put(&l, &states[i], &err) == OK, "%s", err.msg);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(lineages_include(&l, cases[i].source, cases[i].by, cases[i].line) ==
                      cases[i].included,
                  "%s", cases[i].name);
    cr_expect(eq(i64, lineages_of(&l, 7), 3));
    cr_expect(eq(i64, lineages_of(&l, -1), 0));
    lineages_release(&l);
}

Test(lineage, what_makes_no_sense)
{
    /* clang-format off */
    static const struct source_state bad[] = {
        {.id = 0, .lineage = 1},
        {.id = -1, .lineage = 1},
        {.id = (int64_t)INT32_MAX + 1, .lineage = 1},
        {.id = 2, .lineage = 0},
        {.id = 2, .lineage = 3},
        {.id = 2, .lineage = 2, .copy_of = 2},
        {.id = 2, .lineage = 2, .copy_of = -1},
    };
    /* clang-format on */
    struct lineages l = {0};

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct error err = {0};
        cr_expect(lineages_put(&l, &bad[i], &err) == ERR_RANGE, "case %zu", i);
        cr_expect(strstr(err.msg, "impossible lineage") != NULL, "case %zu: %s", i, err.msg);
    }
    cr_expect(l.n == 0);
    lineages_release(&l);
}
