#include "report/report.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include "query/test_calls.h"

/* Four calls: 10 nano-dollars and 3 tags, 7 and 2, 5 without a tag, -4 and 3. */
#define ROWS                                                                                       \
    "INSERT INTO meta VALUES (1,'{\"tags\":\"[\\\"a\\\",\\\"b\\\",\\\"k:c\\\"]\"}'),"              \
    "(2,'{\"tags\":\"[\\\"b\\\",\\\"k=d\\\"]\"}'),(3,'{\"tags\":\"alone\"}');"                     \
    "INSERT INTO call (meta_id,cost_given_nusd,identity_key,source_id,source_line) VALUES "        \
    "(1,10,1,1,1),(2,7,2,1,2),(NULL,5,3,1,3),(3,-4,4,1,4);"

/* By hand: 10 = 4 + 3 + 3 and 7 = 4 + 3; what is left over goes to the first tags of a call. */
static const struct {
    int tags;
    const char *by, *want; /* name calls cost, in order of name */
} cases[] = {
    {TAGS_SPLIT, "tag",   "a 1 4,alone 1 -4,b 1 7,k:c 0 3,k=d 0 3,none 1 5,"   },
    {TAGS_FIRST, "tag",   "a 1 10,alone 1 -4,b 1 7,none 1 5,"                  },
    {TAGS_ANY,   "tag",   "a 1 10,alone 1 -4,b 2 17,k:c 1 10,k=d 1 7,none 1 5,"},
    {TAGS_SPLIT, "tag:k", "c 1 10,d 1 7,none 2 1,"                             },
    {TAGS_SPLIT, "tag:x", "none 4 18,"                                         },
};

Test(tags, groups)
{
    static const char *const views[] = {"cost"};
    struct store *s = test_store();

    test_sql(s, ROWS);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct report_spec spec = {.views = views,
                                   .n_views = 1,
                                   .by = &cases[i].by,
                                   .n_by = 1,
                                   .zone = &test_utc,
                                   .jobs = 1,
                                   .tags = cases[i].tags,
                                   .sort = cases[i].by,
                                   .ascending = true};
        struct table t = {0};
        struct error err;
        char got[256] = "";

        cr_assert_eq(report_run(s, &spec, &t, &err), OK, "%s", err.msg);
        for (size_t r = 0; r < t.n_rows; r++) {
            const struct cell *c = t.rows[r].cells;

            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%.*s %lld %lld,",
                     SV_FMT(c[0].text.p ? c[0].text : SV("none")), (long long)c[1].i,
                     (long long)c[2].i);
        }
        cr_expect_str_eq(got, cases[i].want, "%s: %s", cases[i].by, got);
        cr_expect_eq(t.totals.cells[1].i, 4, "each call once, whatever its tags");
        cr_expect_eq(t.totals.cells[2].i, 18);
        table_release(&t);
    }
    store_close(s);
}
