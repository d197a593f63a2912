#include "report/call_list.h"
#include "query/test_calls.h"

/* The sixty calls of test_calls.h; orders and counts by hand from their rows. */
static struct table listed(struct store *s, const struct call_list_spec *spec)
{
    struct table t = {0};
    struct error err = {0};

    cr_assert(call_list(s, spec, &t, &err) == OK, "%s", err.msg);
    return t;
}

static struct cell cell_of(const struct table *t, size_t row, const char *key)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (strcmp(t->columns[c].key, key) == 0)
            return t->rows[row].cells[c];
    cr_assert_fail("no column %s", key);
    return (struct cell){0};
}

Test(call_list, orders)
{
    static const struct {
        const char *sort;
        bool ascending;
        const char *key;
        int64_t first; /* of the 49 calls that are not shadowed */
    } cases[] = {
        {"latency",       false, "latency_us",    8975973},
        {"latency",       true,  "latency_us",    232016 },
        {"context",       false, "input_tokens",  4974   },
        {"output_tokens", false, "output_tokens", 861    },
    };
    struct store *s = test_calls();

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (int jobs = 1; jobs <= 2; jobs++) {
            struct call_list_spec spec = {
                .calls = {.zone = &test_utc, .jobs = jobs},
                .sort = cases[i].sort,
                .ascending = cases[i].ascending,
                .limit = 3
            };
            struct table t = listed(s, &spec);

            cr_expect(t.n_rows == 3);
            cr_expect(cell_of(&t, 0, cases[i].key).i == cases[i].first, "%s: %lld", cases[i].sort,
                      (long long)cell_of(&t, 0, cases[i].key).i);
            table_release(&t);
        }
    store_close(s);
}

Test(call_list, all_of_them_once)
{
    struct store *s = test_calls();
    struct call_list_spec spec = {
        .calls = {.zone = &test_utc, .jobs = 1}
    };
    struct table t = listed(s, &spec);
    int64_t calls = t.total_calls;

    cr_expect(calls == 49 && t.n_rows == 49, "60 rows, 11 of them shadowed: %zu", t.n_rows);
    for (size_t i = 1; i < t.n_rows; i++) {
        struct cell above = cell_of(&t, i - 1, "started_us"), here = cell_of(&t, i, "started_us");

        cr_expect(here.type == CELL_MISSING || (above.type == CELL_INT && above.i >= here.i),
                  "the latest first, those without a time last");
    }
    table_release(&t);
    store_close(s);
}
