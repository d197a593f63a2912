#include "report/step_views.h"

#include <criterion/criterion.h>
#include "query/test_calls.h"

/* Tools a b c d with 4, 3, 2, 1 calls; latencies 10 20 30 40, 100 200 300, 1000 3000, 7. One of a's
 * and both of c's failed. Start i is i seconds after 1970, the last four in the window before. */
static struct store *tools(void)
{
    static const struct {
        int tool, latency, status;
    } rows[] = {
        {1, 10, 0},  {1, 20, 0},   {1, 30, 1},   {1, 40, 0}, {2, 100, 0},
        {2, 200, 0}, {2, 300, 0},  {3, 1000, 1}, {3, 3000, 1}, {4, 7, 0},
    };
    struct store *s = test_store();
    char sql[256];

    test_sql(s, "INSERT INTO dictionary VALUES ('tool',1,'a'),('tool',2,'b'),('tool',3,'c'),"
                "('tool',4,'d');");
    for (int i = 0; i < 10; i++) {
        snprintf(sql, sizeof(sql),
                 "INSERT INTO tool_call (identity_key,identity,tool_id,started_us,latency_us,status,"
                 "source_id,source_line) VALUES (%d,'t',%d,%d000000,%d,%d,1,%d)",
                 i, rows[i].tool, i, rows[i].latency, rows[i].status, i);
        test_sql(s, sql);
    }
    return s;
}

static const struct cell *cell(const struct table *t, const struct row *r, const char *key)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (strcmp(t->columns[c].key, key) == 0)
            return &r->cells[c];
    cr_assert(false, "no column %s", key);
    return NULL;
}

static struct table run(struct store *s, const struct report_spec *spec)
{
    struct table t = {0};
    struct error err;

    cr_assert(report_run(s, spec, &t, &err) == OK, "%s", err.msg);
    return t;
}

static const char *const view[] = {"tools"};

static struct report_spec plain(void)
{
    return (struct report_spec){.views = view, .n_views = 1, .zone = &test_utc, .jobs = 1};
}

/* By hand from the rows above; quantiles are interpolated as everywhere. */
static const struct {
    const char *name, *sort;
    bool ascending;
    int64_t limit, min_n;
    size_t rows;
    const char *first;           /* the tool of the first row */
    int64_t p50, other, other_p50; /* of the first row; of "(other)", -1: there is none */
} cases[] = {
    {"most calls first",            NULL,             false, 0, 0, 4, "a", 25,   -1, 0  },
    {"the rest of them together",   NULL,             false, 1, 0, 2, "a", 25,   6,  250},
    {"by a quantile",               "latency_p50_us", false, 2, 0, 3, "c", 2000, 5,  20 },
    {"the other way",               "p50",            true,  0, 0, 4, "d", 7,    -1, 0  },
    {"by a rate, ties by calls",    "success_rate",   true,  3, 0, 4, "c", 2000, 1,  7  },
    {"by name",                     "tool",           false, 0, 0, 4, "d", 7,    -1, 0  },
    {"those with too few together", NULL,             false, 0, 3, 3, "a", 25,   3,  1000},
};

Test(step_table, order_and_other)
{
    struct store *s = tools();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct report_spec spec = plain();
        const struct row *last;
        struct table t;

        spec.sort = cases[i].sort;
        spec.ascending = cases[i].ascending;
        spec.limit = cases[i].limit;
        spec.min_n = cases[i].min_n;
        t = run(s, &spec);
        cr_assert(t.n_rows == cases[i].rows, "%s: %zu rows", cases[i].name, t.n_rows);
        last = &t.rows[t.n_rows - 1];
        cr_expect(sv_is(t.rows[0].cells[0].text, cases[i].first), "%s", cases[i].name);
        cr_expect(cell(&t, &t.rows[0], "latency_p50_us")->i == cases[i].p50, "%s", cases[i].name);
        cr_expect((last->kind == ROW_OTHER) == (cases[i].other >= 0), "%s", cases[i].name);
        if (last->kind == ROW_OTHER) {
            cr_expect(cell(&t, last, "calls")->i == cases[i].other, "%s", cases[i].name);
            cr_expect(cell(&t, last, "latency_p50_us")->i == cases[i].other_p50, "%s: %lld",
                      cases[i].name, (long long)cell(&t, last, "latency_p50_us")->i);
        }
        /* of all ten: 70 is between the fifth and the sixth, 40 and 100 */
        cr_expect(cell(&t, &t.totals, "calls")->i == 10);
        cr_expect(cell(&t, &t.totals, "latency_p50_us")->i == 70, "%s", cases[i].name);
        cr_expect(cell(&t, &t.totals, "errors")->i == 3);
        table_release(&t);
    }
    store_close(s);
}

/* Of a's four calls all lie in the window before; of b's three none. */
Test(step_table, compared_with_the_window_before)
{
    struct store *s = tools();
    struct report_spec spec = plain();
    struct table t;

    spec.since_known = spec.until_known = spec.versus = true;
    spec.since_us = spec.versus_until_us = 4000000;
    spec.until_us = 8000000;
    t = run(s, &spec);
    cr_assert(t.n_rows == 3, "%zu", t.n_rows);
    cr_expect(t.has_previous && t.previous_calls == 4 && t.total_calls == 4);
    cr_expect(sv_is(t.rows[0].cells[0].text, "b"));
    cr_expect(cell(&t, &t.rows[0], "calls_previous")->i == 0);
    cr_expect(cell(&t, &t.rows[0], "calls_change")->i == 3);
    cr_expect(cell(&t, &t.rows[0], "success_rate_p")->type == CELL_MISSING, "nothing to compare");
    cr_expect(sv_is(t.rows[2].cells[0].text, "a"), "it is told although it is gone");
    cr_expect(cell(&t, &t.rows[2], "calls")->i == 0);
    cr_expect(cell(&t, &t.rows[2], "latency_p50_us")->type == CELL_MISSING);
    /* 3 of 4 before and after: Fisher's test of equal rates */
    cr_expect(cell(&t, &t.totals, "success_rate_change")->r == 0);
    cr_expect(cell(&t, &t.totals, "success_rate_p")->r == 1);
    table_release(&t);
    store_close(s);
}

Test(step_table, nothing)
{
    struct store *s = test_store();
    struct report_spec spec = plain();
    struct table t = run(s, &spec);

    cr_expect(t.n_rows == 0 && t.totals.cells == NULL && t.n_notes == 1);
    table_release(&t);
    store_close(s);
}
