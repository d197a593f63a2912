#include "report/report.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include "json/json_schema.h"
#include "query/dimensions.h"
#include "query/format_checks.h"
#include "query/test_calls.h"
#include "report/measures.h"

static const char *const overview[] = {"overview"};
static const char *const everything[] = {"overview", "tokens", "usage", "quality",
                                         "feedback", "cache",
                                         "safety"}; /* each measure is in one of them */

/* A spec over everything, all columns, by `by` (one dimension or NULL). */
static struct report_spec spec_by(const char *const *by)
{
    return (struct report_spec){.views = overview,
                                .n_views = 1,
                                .by = by,
                                .n_by = by && *by ? 1 : 0,
                                .zone = &test_berlin,
                                .all_columns = true,
                                .jobs = 2};
}

static struct table run(struct store *s, const struct report_spec *spec)
{
    struct table t = {0};
    struct error err;

    cr_assert(report_run(s, spec, &t, &err) == OK, "%s", err.msg);
    return t;
}

static size_t column(const struct table *t, const char *key)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (strcmp(t->columns[c].key, key) == 0)
            return c;
    return SIZE_MAX;
}

static const struct cell *cell(const struct table *t, const struct row *row, const char *key)
{
    cr_assert_neq(column(t, key), SIZE_MAX, "no column %s", key);
    return &row->cells[column(t, key)];
}

static const char *cell_string(const struct cell *c, char out[64])
{
    if (c->type == CELL_INT)
        snprintf(out, 64, "%lld", (long long)c->i);
    else if (c->type == CELL_REAL)
        snprintf(out, 64, "%.12g", c->r);
    else if (c->type == CELL_TEXT)
        snprintf(out, 64, "%.*s", SV_FMT(c->text));
    else
        snprintf(out, 64, "missing");
    return out;
}

/* The row of a group by its only name (NULL: the one without a name); NULL when there is none. */
static const struct row *group(const struct table *t, const char *name)
{
    for (size_t i = 0; i < t->n_rows; i++) {
        const struct cell *c = &t->rows[i].cells[0];

        if (t->rows[i].kind == ROW_GROUP &&
            (name ? c->type == CELL_TEXT && sv_is(c->text, name) : c->type == CELL_MISSING))
            return &t->rows[i];
    }
    return NULL;
}

static const struct row *other(const struct table *t)
{
    return t->n_rows && t->rows[t->n_rows - 1].kind == ROW_OTHER ? &t->rows[t->n_rows - 1] : NULL;
}

static bool has_text(const char **list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(list[i], text))
            return true;
    return false;
}

static const struct fact *fact(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_coverage; i++)
        if (strcmp(t->coverage[i].key, key) == 0)
            return &t->coverage[i];
    cr_assert_fail("no fact %s", key);
    return NULL;
}

/* Computed by Python over the rows of test_calls.h with exact fractions; quantiles of type 7. */
static const struct {
    const char *by, *name, *key, *want;
} figures[] = {
    {"feature", "support", "calls", "12"},
    {"feature", "support", "errors", "0"},
    {"feature", "support", "error_rate", "0"},
    {"feature", "support", "input_tokens", "33653"},
    {"feature", "support", "input_tokens_n", "11"},
    {"feature", "support", "input_tokens_mean", "3059.36363636"},
    {"feature", "support", "output_tokens", "1607"},
    {"feature", "support", "output_tokens_n", "9"},
    {"feature", "support", "output_tokens_mean", "178.555555556"},
    {"feature", "support", "cache_read_tokens", "8099"},
    {"feature", "support", "total_tokens", "35260"},
    {"feature", "support", "total_tokens_n", "12"},
    {"feature", "support", "cost_usd", "3823206664"},
    {"feature", "support", "cost_n", "10"},
    {"feature", "support", "unpriced_calls", "2"},
    {"feature", "support", "cost_per_call_usd", "382320666"},
    {"feature", "support", "latency_n", "12"},
    {"feature", "support", "latency_mean_us", "4851283"},
    {"feature", "support", "latency_max_us", "8759085"},
    {"feature", "support", "latency_p50_us", "4942693"},
    {"feature", "support", "latency_p95_us", "8676304"},
    {"feature", "support", "latency_p99_us", "8742529"},
    {"feature", "support", "ttft_n", "7"},
    {"feature", "support", "ttft_p50_us", "2396804"},
    {"feature", "support", "ttft_p95_us", "5712448"},
    {"feature", "support", "ttft_p99_us", "5876186"},
    {"feature", "support", "tpot_n", "4"},
    {"feature", "support", "tokens_per_second_n", "4"},
    {"feature", "support", "tpot_p50_us", "9805"},
    {"feature", "support", "tpot_p95_us", "31115"},
    {"feature", "support", "tokens_per_second_p50", "82.4299803704"},
    {"feature", "support", "token_weighted_latency_n", "9"},
    {"feature", "support", "token_weighted_latency_us", "7403362"},
    {"feature", "support", "cache_hit_rate", "0.438922610015"},
    {"feature", "support", "cache_hit_rate_n", "6"},
    {"feature", "support", "users", "3"},
    {"feature", "support", "sessions", "4"},
    {"feature", "support", "cost_per_outcome_usd", "637201111"},
    {"feature", "support", "cost_per_outcome_n", "6"},
    {"feature", NULL, "cost_per_outcome_usd", "655654523"},
    {"feature", NULL, "cost_per_outcome_n", "7"},
    {NULL, "total", "cost_per_outcome_usd", "589926844"},
    {NULL, "total", "cost_per_outcome_n", "26"},
    {"feature", NULL, "calls", "11"},
    {"feature", NULL, "errors", "2"},
    {"feature", NULL, "error_rate", "0.181818181818"},
    {"feature", NULL, "input_tokens", "39138"},
    {"feature", NULL, "input_tokens_n", "11"},
    {"feature", NULL, "input_tokens_mean", "3558"},
    {"feature", NULL, "output_tokens", "1915"},
    {"feature", NULL, "output_tokens_n", "11"},
    {"feature", NULL, "output_tokens_mean", "174.090909091"},
    {"feature", NULL, "cache_read_tokens", "6245"},
    {"feature", NULL, "total_tokens", "41053"},
    {"feature", NULL, "total_tokens_n", "11"},
    {"feature", NULL, "cost_usd", "4589581662"},
    {"feature", NULL, "cost_n", "9"},
    {"feature", NULL, "unpriced_calls", "2"},
    {"feature", NULL, "cost_per_call_usd", "509953518"},
    {"feature", NULL, "latency_n", "9"},
    {"feature", NULL, "latency_mean_us", "5110778"},
    {"feature", NULL, "latency_max_us", "8901039"},
    {"feature", NULL, "latency_p50_us", "4641883"},
    {"feature", NULL, "latency_p95_us", "8752851"},
    {"feature", NULL, "latency_p99_us", "8871401"},
    {"feature", NULL, "ttft_n", "6"},
    {"feature", NULL, "ttft_p50_us", "1107794"},
    {"feature", NULL, "ttft_p95_us", "4156144"},
    {"feature", NULL, "ttft_p99_us", "4903050"},
    {"feature", NULL, "tpot_n", "3"},
    {"feature", NULL, "tokens_per_second_n", "6"},
    {"feature", NULL, "tpot_p50_us", "4649"},
    {"feature", NULL, "tpot_p95_us", "13887"},
    {"feature", NULL, "tokens_per_second_p50", "0.958338052828"},
    {"feature", NULL, "token_weighted_latency_n", "9"},
    {"feature", NULL, "token_weighted_latency_us", "3991002"},
    {"feature", NULL, "cache_hit_rate", "0.412810682179"},
    {"feature", NULL, "cache_hit_rate_n", "5"},
    {"feature", NULL, "users", "3"},
    {"feature", NULL, "sessions", "4"},
    {NULL, "total", "calls", "49"},
    {NULL, "total", "errors", "5"},
    {NULL, "total", "error_rate", "0.102040816327"},
    {NULL, "total", "input_tokens", "132863"},
    {NULL, "total", "input_tokens_n", "48"},
    {NULL, "total", "input_tokens_mean", "2767.97916667"},
    {NULL, "total", "output_tokens", "6531"},
    {NULL, "total", "output_tokens_n", "43"},
    {NULL, "total", "output_tokens_mean", "151.88372093"},
    {NULL, "total", "cache_read_tokens", "31584"},
    {NULL, "total", "total_tokens", "139394"},
    {NULL, "total", "total_tokens_n", "49"},
    {NULL, "total", "cost_usd", "15338097954"},
    {NULL, "total", "cost_n", "41"},
    {NULL, "total", "unpriced_calls", "8"},
    {NULL, "total", "cost_per_call_usd", "374099950"},
    {NULL, "total", "latency_n", "45"},
    {NULL, "total", "latency_mean_us", "4862624"},
    {NULL, "total", "latency_max_us", "8975973"},
    {NULL, "total", "latency_p50_us", "4768681"},
    {NULL, "total", "latency_p95_us", "8728983"},
    {NULL, "total", "latency_p99_us", "8943002"},
    {NULL, "total", "ttft_n", "27"},
    {NULL, "total", "ttft_p50_us", "1231610"},
    {NULL, "total", "ttft_p95_us", "5517174"},
    {NULL, "total", "ttft_p99_us", "5844590"},
    {NULL, "total", "tpot_n", "19"},
    {NULL, "total", "tokens_per_second_n", "23"},
    {NULL, "total", "tpot_p50_us", "14070"},
    {NULL, "total", "tpot_p95_us", "59703"},
    {NULL, "total", "tokens_per_second_p50", "0.368706955767"},
    {NULL, "total", "token_weighted_latency_n", "39"},
    {NULL, "total", "token_weighted_latency_us", "4309435"},
    {NULL, "total", "cache_hit_rate", "0.485198555957"},
    {NULL, "total", "cache_hit_rate_n", "26"},
    {NULL, "total", "users", "3"},
    {NULL, "total", "sessions", "4"},
};

Test(report, figures)
{
    static const char *const by[] = {"feature"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table t;
    char text[64];

    spec.views = everything;
    spec.n_views = ARRAY_LEN(everything);
    t = run(s, &spec);

    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        const struct row *row = figures[i].by ? group(&t, figures[i].name) : &t.totals;
        const struct cell *c;

        cr_assert_not_null(row, "%s", figures[i].name);
        c = cell(&t, row, figures[i].key);
        cr_expect_str_eq(cell_string(c, text), figures[i].want ? figures[i].want : "missing",
                         "%s %s: %s, not %s", figures[i].by ? figures[i].by : "total",
                         figures[i].key, text, figures[i].want);
    }
    table_release(&t);
    store_close(s);
}

Test(report, without_dimensions_there_is_one_row)
{
    struct store *s = test_calls();
    struct report_spec spec = spec_by(NULL);
    struct table t = run(s, &spec);
    char a[64], b[64];

    cr_assert_eq(t.n_rows, 1);
    for (size_t c = 0; c < t.n_columns; c++)
        cr_expect_str_eq(cell_string(&t.rows[0].cells[c], a), cell_string(&t.totals.cells[c], b));
    cr_expect_eq(t.total_calls, 49);
    cr_expect_str_eq(t.verb, "report");
    cr_expect_str_eq(t.view, "overview");
    cr_expect_str_eq(t.tz, "Europe/Berlin");
    cr_expect_null(t.db);
    /* min and max of the starts, from Python */
    cr_expect_eq(t.since_us, INT64_C(1792873297095264));
    cr_expect_eq(t.until_us, INT64_C(1793130952075670) + 1);
    cr_expect_str_eq(t.window_text, "2026-10-24 .. 2026-10-27");
    table_release(&t);
    store_close(s);
}

Test(report, empty_database)
{
    static const char *const by[] = {"day"};
    struct store *s = test_store();
    struct report_spec spec = spec_by(NULL);
    struct table t = run(s, &spec);

    cr_assert_eq(t.n_rows, 1);
    cr_expect_eq(cell(&t, &t.rows[0], "calls")->i, 0);
    cr_expect_eq(cell(&t, &t.rows[0], "cost_usd")->type, CELL_MISSING);
    cr_expect_eq(cell(&t, &t.rows[0], "error_rate")->type, CELL_MISSING);
    cr_expect_eq(cell(&t, &t.totals, "latency_p50_us")->type, CELL_MISSING);
    cr_expect_not(t.since_known);
    cr_expect_null(t.window_text);
    cr_expect_eq(t.n_warnings, 0);
    table_release(&t);
    spec = spec_by(by);
    t = run(s, &spec);
    cr_expect_eq(t.n_rows, 0);
    cr_expect_eq(cell(&t, &t.totals, "calls")->i, 0);
    table_release(&t);
    store_close(s);
}

/* ---- order ---------------------------------------------------------------------------------- */

/* Sorted by Python: time ascending, else calls descending, names; missing last. */
static const struct {
    const char *by, *sort;
    bool ascending;
    const char *want;
} orders[] = {
    {"feature", NULL,    false, "search 13,summarise 13,support 12,missing 11,"       },
    {"model",   NULL,    false, "claude-sonnet-5 21,mini 14,gpt-5.6-sol 11,missing 3,"},
    {"status",  NULL,    false, "ok 26,missing 8,unknown 6,error 5,cancelled 4,"      },
    {"user",    NULL,    false, "cid 15,ann 12,missing 12,bob 10,"                    },
    {"day",     NULL,    false,
     "2026-10-24 1,2026-10-25 17,2026-10-26 14,2026-10-27 13,"
     "missing 4,"                                                                     },
    {"weekday", NULL,    false, "1 14,2 13,6 1,7 17,missing 4,"                       },
    {"month",   NULL,    false, "2026-10 45,missing 4,"                               },
    {"week",    NULL,    false, "2026-W43 18,2026-W44 27,missing 4,"                  },
    {"user",    "user",  true,  "ann 12,bob 10,cid 15,missing 12,"                    },
    {"user",    "user",  false, "cid 15,bob 10,ann 12,missing 12,"                    },
    {"user",    "calls", true,  "bob 10,ann 12,missing 12,cid 15,"                    },
    {"day",     "day",   false,
     "2026-10-27 13,2026-10-26 14,2026-10-25 17,2026-10-24 1,"
     "missing 4,"                                                                     },
    {"day",     "calls", false,
     "2026-10-25 17,2026-10-26 14,2026-10-27 13,missing 4,"
     "2026-10-24 1,"                                                                  },
};

Test(report, order)
{
    struct store *s = test_calls();

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        const char *by[] = {orders[i].by};
        struct report_spec spec = spec_by(by);
        char got[512] = "", text[64];
        struct table t;

        spec.sort = orders[i].sort;
        spec.ascending = orders[i].ascending;
        t = run(s, &spec);
        for (size_t r = 0; r < t.n_rows; r++)
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s %lld,",
                     cell_string(&t.rows[r].cells[0], text), (long long)t.rows[r].cells[1].i);
        cr_expect_str_eq(got, orders[i].want, "by %s sort %s: %s", orders[i].by,
                         orders[i].sort ? orders[i].sort : "default", got);
        table_release(&t);
    }
    store_close(s);
}

Test(report, sorting_by_any_measure)
{
    static const char *const by[] = {"user"};
    struct format_spec format = {.name = "s.json"};
    struct store *s = test_calls();

    cr_assert_eq(json_schema_compile(SV("true"), "s.json", &format.schema, NULL), OK);
    /* of texts of calls 3, 5 and 9, of users none, bob and cid: else the columns are left out */
    test_sql(s, "INSERT INTO redaction VALUES (13,'email',2),(21,'card',5),(37,'',0)");
    for (size_t m = 0; m < measure_count; m++) {
        struct report_spec spec = spec_by(by);
        struct table t;
        size_t c;

        spec.views = everything;
        spec.n_views = ARRAY_LEN(everything);
        spec.sort = measures[m].key;
        spec.format = &format;
        if (strcmp(spec.sort, "cost_cumulative_share") == 0)
            continue; /* rises where the cost falls */
        t = run(s, &spec);
        c = column(&t, measures[m].key);
        for (size_t r = 1; r < t.n_rows; r++) {
            const struct cell *a = &t.rows[r - 1].cells[c], *b = &t.rows[r].cells[c];

            cr_expect(a->type != CELL_MISSING || b->type == CELL_MISSING, "%s", spec.sort);
            if (a->type == CELL_INT && b->type == CELL_INT)
                cr_expect(a->i >= b->i, "%s", spec.sort);
            if (a->type == CELL_REAL && b->type == CELL_REAL)
                cr_expect(a->r >= b->r, "%s", spec.sort);
        }
        table_release(&t);
    }
    json_schema_free(format.schema);
    store_close(s);
}

Test(report, ties_of_sessions_go_by_their_text)
{
    static const char *const by[] = {"session"};
    struct store *s = test_store();
    struct report_spec spec = spec_by(by);
    struct table t;

    /* Keys and texts in opposite order. */
    test_sql(s, "INSERT INTO session VALUES (1,x'0063'),(2,x'0062'),(3,x'0061');"
                "INSERT INTO call (session_key,identity_key,source_id,source_line) VALUES "
                "(1,1,1,1),(2,2,1,2),(3,3,1,3);");
    spec.limit = 2;
    t = run(s, &spec);
    cr_assert_eq(t.n_rows, 3);
    cr_expect(sv_is(t.rows[0].cells[0].text, "a"));
    cr_expect(sv_is(t.rows[1].cells[0].text, "b"));
    cr_expect_not_null(other(&t));
    table_release(&t);
    store_close(s);
}

/* ---- (other), (none), totals ---------------------------------------------------------------- */

static const char *const sums[] = {
    "calls",
    "errors",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "latency_n",
    "total_tokens",
    "cost_usd",
    "cost_n",
    "unpriced_calls",
    "ttft_n",
    "input_tokens_n",
    "tpot_n",
    NULL,
};

static int64_t sum_of_rows(const struct table *t, const char *key)
{
    int64_t sum = 0;

    for (size_t r = 0; r < t->n_rows; r++)
        sum += cell(t, &t->rows[r], key)->i;
    return sum;
}

Test(report, groups_add_up_to_the_totals)
{
    struct store *s = test_calls();

    for (const char *const *name = dimension_names(); *name; name++)
        for (int64_t limit = 0; limit < 3; limit++) {
            struct report_spec spec = spec_by(name);
            struct table t;

            spec.views = everything;
            spec.n_views = ARRAY_LEN(everything);
            spec.limit = limit;
            t = run(s, &spec);
            for (size_t i = 0; sums[i]; i++)
                cr_expect_eq(sum_of_rows(&t, sums[i]), cell(&t, &t.totals, sums[i])->i,
                             "by %s limit %lld: %s", *name, (long long)limit, sums[i]);
            table_release(&t);
        }
    store_close(s);
}

/* What "(other)" pools is what a filter for just those groups reports. */
Test(report, other_is_pooled)
{
    static const char *const by[] = {"user"};
    static const char *const where[] = {"user!=cid"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table limited, filtered;
    char a[64], b[64];

    spec.limit = 1;
    limited = run(s, &spec);
    spec = spec_by(NULL);
    spec.where = where;
    spec.n_where = 1;
    filtered = run(s, &spec);
    cr_assert_eq(limited.n_rows, 2);
    cr_assert_not_null(other(&limited));
    cr_expect_eq(other(&limited)->cells[0].type, CELL_MISSING);
    for (size_t c = 0; c < filtered.n_columns; c++)
        if (!strstr(filtered.columns[c].key, "_share"))
            cr_expect_str_eq(cell_string(&other(&limited)->cells[c + 1], a),
                             cell_string(&filtered.totals.cells[c], b), "%s",
                             filtered.columns[c].key);
    cr_expect(has_text(limited.notes, limited.n_notes, "3 more groups in (other)"));
    cr_expect_str_eq(filtered.filters[0], "user!=cid");
    table_release(&limited);
    table_release(&filtered);
    store_close(s);
}

Test(report, small_groups_are_folded)
{
    static const char *const by[] = {"user"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table t;

    spec.min_n = 12;
    t = run(s, &spec);
    cr_assert_eq(t.n_rows, 4);
    cr_expect_eq(cell(&t, other(&t), "calls")->i, 10);
    cr_expect(has_text(t.notes, t.n_notes, "1 group with fewer than 12 calls in (other)"));
    table_release(&t);
    spec.min_n = 100;
    t = run(s, &spec);
    cr_assert_eq(t.n_rows, 1, "all of them");
    cr_expect_eq(cell(&t, other(&t), "calls")->i, 49);
    table_release(&t);
    store_close(s);
}

Test(report, two_dimensions)
{
    static const char *const by[] = {"day", "feature"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table t;
    const struct row *last = NULL;

    spec.n_by = 2;
    t = run(s, &spec);
    cr_expect_eq(t.n_by, 2);
    cr_expect_eq(sum_of_rows(&t, "calls"), 49);
    for (size_t r = 0; r < t.n_rows; last = &t.rows[r++]) {
        const struct cell *day = &t.rows[r].cells[0];
        int order;

        if (!last || day->type == CELL_MISSING)
            continue;
        cr_assert_neq(last->cells[0].type, CELL_MISSING, "no day is last");
        order = sv_cmp(last->cells[0].text, day->text);
        cr_expect_leq(order, 0);
        if (!order)
            cr_expect_geq(cell(&t, last, "calls")->i, cell(&t, &t.rows[r], "calls")->i);
    }
    table_release(&t);
    store_close(s);
}

/* ---- window and warnings -------------------------------------------------------------------- */

Test(report, window)
{
    struct store *s = test_calls();
    struct report_spec spec = spec_by(NULL);
    struct table t;

    /* 2026-10-25 in Berlin, 25 hours: 17 calls by Python; 4 calls have no start. */
    spec.since_known = spec.until_known = true;
    spec.since_us = INT64_C(1792879200000000);
    spec.until_us = INT64_C(1792969200000000);
    spec.window_text = "2026-10-25";
    t = run(s, &spec);
    cr_expect_eq(t.total_calls, 17);
    cr_expect_eq(fact(&t, "calls")->value.i, 17);
    cr_expect_eq(fact(&t, "calls_without_time")->value.i, 4);
    cr_expect_eq(t.since_us, spec.since_us);
    cr_expect_eq(t.until_us, spec.until_us);
    cr_expect_str_eq(t.window_text, "2026-10-25");
    cr_expect(has_text(t.warnings, t.n_warnings,
                       "4 calls without a start time are outside of the window"));
    table_release(&t);

    spec.since_us = spec.until_us = INT64_C(1792873297095264); /* the first call's start */
    t = run(s, &spec);
    cr_expect_eq(t.total_calls, 0, "half-open and empty");
    table_release(&t);
    spec.until_us++;
    t = run(s, &spec);
    cr_expect_eq(t.total_calls, 1, "since is inside");
    table_release(&t);
    spec.until_us--;
    spec.since_known = false;
    t = run(s, &spec);
    cr_expect_eq(t.total_calls, 0, "until is outside");
    table_release(&t);
    store_close(s);
}

Test(report, coverage)
{
    struct store *s = test_calls();
    struct report_spec spec = spec_by(NULL);
    struct table t;

    test_sql(s, "INSERT INTO quarantine (identity_key,source_id,source_line,offset,length,sha256,"
                "reason) VALUES (1,1,1,0,1,x'00','not_json');");
    t = run(s, &spec);
    cr_expect_eq(fact(&t, "zoneless_calls")->value.i, 12);
    cr_expect_eq(fact(&t, "unpriced_calls")->value.i, 8);
    cr_expect_eq(fact(&t, "quarantined_lines")->value.i, 1);
    cr_expect(has_text(t.notes, t.n_notes,
                       "8 calls (19,941 tokens) of 3 models have no price, so the cost is a lower "
                       "bound: gpt-5.6-sol (3), mini (3), claude-sonnet-5 (1), (none) (1)"));
    cr_expect(has_text(t.notes, t.n_notes,
                       "add a price: llmobs price add gpt-5.6-sol --in X --out Y"));
    cr_expect(cell(&t, &t.totals, "cost_usd")->lower_bound);
    cr_expect(t.totals.lower_bound);
    cr_expect_eq(t.n_warnings, 0, "calls without time are in no window, which is fine");
    table_release(&t);
    store_close(s);
}

Test(report, a_dimension_without_values)
{
    static const char *const by[] = {"team"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table t = run(s, &spec);

    cr_assert_eq(t.n_warnings, 1);
    cr_expect_str_eq(t.warnings[0], "no call has a value for team; there are values for: feature, "
                                    "model, user, session, error_kind");
    cr_expect_eq(t.n_rows, 1);
    cr_expect_eq(t.rows[0].cells[0].type, CELL_MISSING);
    table_release(&t);
    store_close(s);
}

/* ---- money ---------------------------------------------------------------------------------- */

/* Given 1, computed 2; only computed 3; from a cache; a failed call without tokens; none. */
#define PRICED_ROWS                                                                                \
    "INSERT INTO call (cost_given_nusd,cost_computed_nusd,flags,status,input_tokens,"              \
    "identity_key,source_id,source_line) VALUES (1,2,NULL,0,5,1,1,1),(NULL,3,NULL,0,5,2,1,2),"     \
    "(7,NULL,4,0,5,3,1,3),(NULL,NULL,NULL,1,NULL,4,1,4),(NULL,NULL,NULL,1,9,5,1,5);"

Test(report, which_cost)
{
    static const struct {
        int cost;
        int64_t sum, n, unpriced;
    } costs[] = {
        {COST_BEST,     4, 3, 1},
        {COST_GIVEN,    1, 2, 2},
        {COST_COMPUTED, 5, 3, 1},
    };
    struct store *s = test_store();

    test_sql(s, PRICED_ROWS);
    for (size_t i = 0; i < 3; i++) {
        struct report_spec spec = spec_by(NULL);
        struct table t;

        spec.cost = costs[i].cost;
        t = run(s, &spec);
        cr_expect_eq(cell(&t, &t.totals, "cost_usd")->i, costs[i].sum, "%zu", i);
        cr_expect_eq(cell(&t, &t.totals, "cost_n")->i, costs[i].n, "%zu", i);
        cr_expect_eq(cell(&t, &t.totals, "unpriced_calls")->i, costs[i].unpriced, "%zu", i);
        table_release(&t);
    }
    store_close(s);
}

/* By Python over the rows of test_calls.h. */
static const struct {
    const char *key;
    int64_t want;
} money_facts[] = {
    {"unpriced_tokens",        19941     },
    {"cost_given_calls",       25        },
    {"cost_computed_calls",    7         },
    {"cost_free_calls",        9         },
    {"cost_both_calls",        12        },
    {"cost_both_given_usd",    6563960726},
    {"cost_both_computed_usd", 6576523123},
};

Test(report, where_the_cost_comes_from)
{
    static const char *const cost[] = {"cost"};
    static const struct {
        const char *model;
        int64_t calls, tokens;
    } want[] = {{"gpt-5.6-sol", 3, 8365}, {"mini", 3, 7626}, {"claude-sonnet-5", 1, 2592},
                {NULL, 1, 1358}};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(NULL);
    const struct fact *models;
    struct table t;

    spec.views = cost;
    t = run(s, &spec);
    for (size_t i = 0; i < ARRAY_LEN(money_facts); i++)
        cr_expect_eq(fact(&t, money_facts[i].key)->value.i, money_facts[i].want, "%s",
                     money_facts[i].key);
    models = fact(&t, "unpriced_models");
    cr_assert(models->list && models->list->n == ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        const struct cell *cells = &models->list->cells[i * 3];

        cr_expect(want[i].model ? sv_is(cells[0].text, want[i].model) : !cells[0].text.p);
        cr_expect_eq(cells[1].i, want[i].calls);
        cr_expect_eq(cells[2].i, want[i].tokens);
    }
    cr_expect(has_text(t.notes, t.n_notes,
                       "cost of 25 calls from the log, of 7 from prices; where both are known "
                       "(n 12): log $6.56, prices $6.58 (+0.2 %)"));
    table_release(&t);

    spec.cost = COST_GIVEN;
    t = run(s, &spec);
    cr_expect_eq(fact(&t, "cost_given_calls")->value.i, 25);
    cr_expect_eq(fact(&t, "cost_computed_calls")->value.i, 0);
    cr_expect(has_text(t.notes, t.n_notes, "have no cost in the log, so the cost is a lower"));
    cr_expect_not(has_text(t.notes, t.n_notes, "price add"), "a price would not help");
    table_release(&t);

    spec.cost = COST_COMPUTED;
    t = run(s, &spec);
    cr_expect_eq(fact(&t, "cost_given_calls")->value.i, 0);
    cr_expect_eq(fact(&t, "cost_computed_calls")->value.i, 19, "7 and the 12 that have both");
    table_release(&t);
    store_close(s);
}

/* What stands behind "price add" is one word for a shell, whatever the model is called. */
Test(report, the_command_that_adds_a_price)
{
    static const struct {
        const char *model, *want;
    } names[] = {
        {"openai/gpt-4o:free", "price add openai/gpt-4o:free --in X --out Y"},
        {"my model",           "price add 'my model' --in X --out Y"        },
        {"$(reboot)",          "price add '$(reboot)' --in X --out Y"       },
        {"it's",               "price add 'it'\\''s' --in X --out Y"        },
        {"-x",                 "price add --in X --out Y -- -x"             },
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct store *s = test_store();
        struct report_spec spec = spec_by(NULL);
        struct table t;
        char sql[512] = "INSERT INTO dictionary VALUES ('request_model',1,'", *end;

        for (const char *p = names[i].model; *p; p++) {
            end = sql + strlen(sql);
            snprintf(end, sizeof(sql) - strlen(sql), *p == '\'' ? "''" : "%c", *p);
        }
        end = sql + strlen(sql);
        snprintf(end, sizeof(sql) - strlen(sql),
                 "'); INSERT INTO call (request_model_id,identity_key,source_id,source_line) "
                 "VALUES (1,1,1,1);");
        test_sql(s, sql);
        t = run(s, &spec);
        cr_expect(has_text(t.notes, t.n_notes, names[i].want), "%s", names[i].want);
        cr_expect(has_text(t.notes, t.n_notes, "1 call (0 tokens) of 1 model has no price, so the "
                                               "cost is not known: "));
        table_release(&t);
        store_close(s);
    }
}

Test(report, sums_beyond_64_bits_are_lower_bounds)
{
    struct store *s = test_store();
    struct report_spec spec = spec_by(NULL);
    struct table t;

    test_sql(s, "INSERT INTO call (input_tokens,output_tokens,latency_us,identity_key,source_id,"
                "source_line) VALUES (9223372036854775807,9223372036854775807,9223372036854775807,"
                "1,1,1),(9223372036854775807,9223372036854775807,9223372036854775807,2,1,2);");
    t = run(s, &spec);
    cr_expect_eq(cell(&t, &t.totals, "input_tokens")->i, INT64_MAX);
    cr_expect(cell(&t, &t.totals, "input_tokens")->lower_bound);
    cr_expect_eq(cell(&t, &t.totals, "latency_mean_us")->i, INT64_MAX);
    cr_expect_eq(cell(&t, &t.totals, "latency_p99_us")->i, INT64_MAX);
    table_release(&t);
    store_close(s);
}

/* By Python, over the users. */
Test(report, cumulative_share)
{
    static const char *const by[] = {"user"}, *const days[] = {"day"};
    static const struct {
        const char *user, *share;
    } want[] = {{"cid", "0.453062497765"}, {NULL, "0.644140490277"}, {"ann", "0.829376732249"},
                {"bob", "1"}};
    static const char *const sorts[] = {NULL, "cost_usd", "cost_cumulative_share"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table t;
    char text[64];

    for (size_t k = 0; k < ARRAY_LEN(sorts); k++) {
        spec.cumulative = CUMULATIVE_SORTED;
        spec.sort = sorts[k];
        t = run(s, &spec);
        for (size_t i = 0; i < ARRAY_LEN(want); i++) {
            cr_expect_eq(group(&t, want[i].user), &t.rows[i]);
            cr_expect_str_eq(cell_string(cell(&t, &t.rows[i], "cost_cumulative_share"), text),
                             want[i].share);
        }
        cr_expect_eq(cell(&t, &t.totals, "cost_cumulative_share")->r, 1.0);
        table_release(&t);
    }
    spec.limit = 1;
    t = run(s, &spec);
    cr_expect_eq(cell(&t, other(&t), "cost_cumulative_share")->r, 1.0, "with what is above");
    table_release(&t);

    spec = spec_by(days);
    spec.cumulative = CUMULATIVE_SORTED;
    t = run(s, &spec);
    cr_expect(sv_is(t.rows[0].cells[0].text, "2026-10-24"), "time goes on");
    table_release(&t);
    store_close(s);
}

/* By Python. */
Test(report, cost_of_what_counts_as_success)
{
    static const char *const by[] = {"feature"};
    static const char *const long_ones[] = {"output_tokens>100"};
    static const char *const never[] = {"output_tokens>100", "output_tokens<100"};
    static const char *const bad[] = {"statsu=ok"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table t = {0};
    struct error err;

    spec.per_outcome = true;
    spec.success = long_ones;
    spec.n_success = 1;
    t = run(s, &spec);
    cr_expect_eq(cell(&t, &t.totals, "cost_per_outcome_n")->i, 11);
    cr_expect_eq(cell(&t, &t.totals, "cost_per_outcome_usd")->i, 1394372541);
    cr_expect(cell(&t, &t.totals, "cost_per_outcome_usd")->lower_bound);
    cr_expect_eq(cell(&t, group(&t, "support"), "cost_per_outcome_usd")->i, 1274402221);
    cr_expect_eq(sum_of_rows(&t, "cost_per_outcome_n"), 11);
    table_release(&t);

    spec.success = never;
    spec.n_success = 2;
    t = run(s, &spec);
    cr_expect_eq(cell(&t, &t.totals, "cost_per_outcome_n")->i, 0);
    cr_expect_eq(cell(&t, &t.totals, "cost_per_outcome_usd")->type, CELL_MISSING);
    cr_expect(has_text(t.warnings, t.n_warnings, "no call succeeded"));
    table_release(&t);

    spec.success = bad;
    spec.n_success = 1;
    t = (struct table){0};
    cr_expect_eq(report_run(s, &spec, &t, &err), ERR_USAGE);
    cr_expect_eq(strncmp(err.msg, "success: column 1: unknown field 'statsu'", 41), 0, "%s",
                 err.msg);
    table_release(&t);
    store_close(s);
}

static void shown(const struct table *t, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t c = 0; c < t->n_columns; c++)
        if (t->columns[c].in_text)
            snprintf(out + strlen(out), size - strlen(out), "%s ", t->columns[c].key);
}

/* ---- two windows ---------------------------------------------------------------------------- */

/* 2026-10-26 against 2026-10-25 in Berlin, which has 25 hours. */
static void versus_day(struct report_spec *spec)
{
    spec->since_known = spec->until_known = spec->versus = true;
    spec->since_us = spec->versus_until_us = INT64_C(1792969200000000);
    spec->until_us = INT64_C(1793055600000000);
    spec->versus_since_us = INT64_C(1792879200000000);
}

/* Each figure of the window before is what a report over that window alone says. */
Test(report, versus_is_a_report_over_the_other_window)
{
    static const char *const keys[] = {"calls", "cost_usd", "cost_per_call_usd"};
    static const char *const dimensions_of[] = {"feature", "model", "session", "user", "weekday"};
    struct store *s = test_calls();

    for (size_t d = 0; d < ARRAY_LEN(dimensions_of); d++) {
        struct report_spec spec = spec_by(&dimensions_of[d]);
        struct table both, before;
        size_t found = 0;

        versus_day(&spec);
        both = run(s, &spec);
        spec.since_us = spec.versus_since_us;
        spec.until_us = spec.versus_until_us;
        spec.versus = false;
        before = run(s, &spec);
        for (size_t r = 0; r < both.n_rows; r++) {
            const struct cell *name = &both.rows[r].cells[0];
            char text[64], a[64], b[64], key[64];
            const struct row *row =
                group(&before, name->type == CELL_TEXT ? cell_string(name, text) : NULL);

            found += row != NULL;
            for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
                snprintf(key, sizeof(key), "%s_previous", keys[k]);
                cell_string(cell(&both, &both.rows[r], key), a);
                cr_expect_str_eq(a,
                                 row      ? cell_string(cell(&before, row, keys[k]), b)
                                 : k == 2 ? "missing"
                                          : "0",
                                 "%s %s %s", dimensions_of[d], text, key);
            }
        }
        cr_expect_eq(found, before.n_rows, "%s: no group is left out", dimensions_of[d]);
        table_release(&both);
        table_release(&before);
    }
    store_close(s);
}

/* Days are compared by their place in the window. Calls a day by Python: 17 and 14. */
Test(report, versus_joins_days_by_their_place)
{
    static const char *const by[] = {"day"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table t;

    versus_day(&spec);
    t = run(s, &spec);
    cr_assert_eq(t.n_rows, 1);
    cr_expect(sv_is(t.rows[0].cells[0].text, "2026-10-26"));
    cr_expect_eq(cell(&t, &t.rows[0], "calls")->i, 14);
    cr_expect_eq(cell(&t, &t.rows[0], "calls_previous")->i, 17);
    cr_expect_eq(cell(&t, &t.rows[0], "calls_change")->i, -3);
    cr_expect(sv_is(cell(&t, &t.rows[0], "group_status")->text, "both"));
    cr_expect_str_eq(t.previous_text, "2026-10-25");
    cr_expect_eq(t.previous_calls, 17);
    cr_expect_eq(fact(&t, "calls_previous")->value.i, 17);
    table_release(&t);

    /* The window before has a day more, which is none of the later window's. */
    spec.versus_since_us = INT64_C(1792879200000000) - INT64_C(86400000000);
    spec.versus_until_us = INT64_C(1792969200000000);
    t = run(s, &spec);
    cr_assert_eq(t.n_rows, 2);
    cr_expect(sv_is(t.rows[0].cells[0].text, "2026-10-26"));
    cr_expect_eq(cell(&t, &t.rows[0], "calls_previous")->i, 1, "of the 24th");
    cr_expect(sv_is(t.rows[1].cells[0].text, "2026-10-25"), "it keeps its own name");
    cr_expect_eq(cell(&t, &t.rows[1], "calls")->i, 0);
    cr_expect_eq(cell(&t, &t.rows[1], "calls_previous")->i, 17);
    cr_expect_eq(cell(&t, &t.rows[1], "cost_usd")->i, 0, "no calls cost nothing");
    cr_expect(has_text(t.notes, t.n_notes, "the windows differ in length: 24 hours and 49"));
    table_release(&t);
    store_close(s);
}

Test(report, versus_columns_can_be_chosen_and_sorted_by)
{
    static const char *const by[] = {"feature"}, *const chosen[] = {"cost_usd_change", "calls"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(by);
    struct table t = {0};
    struct error err;
    char text[1024];

    versus_day(&spec);
    spec.columns = chosen;
    spec.n_columns = 2;
    spec.sort = "cost_usd_change";
    t = run(s, &spec);
    shown(&t, text, sizeof(text));
    cr_expect_str_eq(text, "feature cost_usd_change calls ");
    cr_expect_str_eq(t.columns[1].also_key, "cost_nusd_change");
    for (size_t r = 1; r < t.n_rows; r++)
        cr_expect(t.rows[r].cells[1].type == CELL_MISSING ||
                  t.rows[r].cells[1].i <= t.rows[r - 1].cells[1].i);
    table_release(&t);

    t = (struct table){0};
    spec.versus = false; /* then there is no such column */
    cr_expect_eq(report_run(s, &spec, &t, &err), ERR_USAGE);
    cr_expect_eq(strncmp(err.msg, "unknown column 'cost_usd_change'", 32), 0);
    table_release(&t);
    store_close(s);
}

/* ---- columns -------------------------------------------------------------------------------- */

Test(report, views_and_columns)
{
    static const char *const two[] = {"cost", "errors"}, *const errors[] = {"errors"};
    static const char *const chosen[] = {"p95", "calls", "cost_usd"};
    struct store *s = test_calls();
    struct report_spec spec = spec_by(NULL);
    char text[1024];
    struct table t = run(s, &spec);

    cr_expect_eq(t.n_columns, 53, "%zu", t.n_columns);
    shown(&t, text, sizeof(text));
    cr_expect_str_eq(text, "calls error_rate latency_p50_us latency_p95_us latency_p99_us "
                           "token_weighted_latency_us ttft_p95_us input_tokens output_tokens "
                           "cost_usd cost_per_call_usd ");
    table_release(&t);

    spec.all_columns = false;
    t = run(s, &spec);
    cr_expect_eq(t.n_columns, 11, "people get what they see, and nothing else is computed");
    table_release(&t);

    spec.views = two;
    spec.n_views = 2;
    t = run(s, &spec);
    shown(&t, text, sizeof(text));
    cr_expect_str_eq(text, "calls cost_usd cost_share cost_per_call_usd unpriced_calls errors "
                           "error_rate ");
    cr_expect_str_eq(t.view, "cost,errors");
    cr_expect_str_eq(t.columns[column(&t, "cost_usd")].also_key, "cost_nusd");
    table_release(&t);

    spec.no_cost = true;
    t = run(s, &spec);
    shown(&t, text, sizeof(text));
    cr_expect_str_eq(text, "calls errors error_rate ");
    cr_expect_eq(t.n_notes, 0);
    table_release(&t);

    spec.columns = chosen;
    spec.n_columns = 3;
    t = run(s, &spec);
    shown(&t, text, sizeof(text));
    cr_expect_str_eq(text, "latency_p95_us calls ");
    table_release(&t);

    spec = spec_by(NULL);
    spec.views = errors;
    t = run(s, &spec);
    cr_expect_eq(t.n_by, 2);
    cr_expect_str_eq(t.columns[0].key, "status");
    cr_expect_str_eq(t.columns[1].key, "error_kind");
    cr_expect(t.columns[1].dimension);
    table_release(&t);
    store_close(s);
}

/* Each key that a view lists is a measure: a list with a slip of the pen would show less. */
Test(report, views_show_what_they_list)
{
    static const size_t shown_by[] = {13, 15, 11, 6, 3, 8, 17, 9, 10, 12};
    static const size_t had_by[] = {61, 18, 18, 11, 3, 10, 34, 12, 12, 25};

    for (size_t v = 0; v < report_view_count; v++) {
        size_t shown_n = 0, had = 0;

        if (report_views[v].run) /* it lists no measures */
            continue;

        for (size_t m = 0; m < measure_count; m++) {
            shown_n += view_shows(v, m);
            had += view_has(v, m);
        }
        cr_expect_eq(shown_n, shown_by[v], "%s shows %zu", report_views[v].name, shown_n);
        cr_expect_eq(had, had_by[v], "%s has %zu", report_views[v].name, had);
    }
}

static const struct {
    const char *view, *by, *where, *sort, *column, *message;
} mistakes[] = {
    {"overviw",  NULL,     NULL, NULL,      NULL,
     "unknown view 'overviw' (did you mean 'overview'?); "
     "there are: overview latency"                                                                  },
    {"zzz",      NULL,     NULL, NULL,      NULL,  "unknown view 'zzz'; there are: "                },
    {"overview", "featur", NULL, NULL,      NULL,
     "unknown dimension 'featur' (did you mean 'feature'?)"                                         },
    {"overview", "hue",    NULL, NULL,      NULL,  "unknown dimension 'hue'"                        },
    {"overview", "phase",  NULL, NULL,      NULL,
     "phase goes with another view: llmobs report latency --phases"                                 },
    {"tools",    "feetch", NULL, NULL,      NULL,  "unknown dimension 'feetch'"                     },
    {"overview", "meta.",  NULL, NULL,      NULL,  "unknown dimension 'meta.'"                      },
    {"overview", "",       NULL, NULL,      NULL,  "unknown dimension ''"                           },
    {"overview", NULL,     "x",  NULL,      NULL,  "where: column 1: unknown field 'x'"             },
    {"overview", NULL,     NULL, "pp",      NULL,  "unknown column 'pp'; there are: calls"          },
    {"overview", "user",   NULL, "feature", NULL,  "unknown column 'feature'; there are: user calls"},
    {"overview", NULL,     NULL, NULL,      "p97", "unknown column 'p97'"                           },
};

Test(report, mistakes)
{
    struct store *s = test_calls();

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        struct report_spec spec = spec_by(NULL);
        struct table t = {0};
        struct error err = {0};

        spec.views = &mistakes[i].view;
        spec.by = &mistakes[i].by;
        spec.n_by = mistakes[i].by != NULL;
        spec.where = &mistakes[i].where;
        spec.n_where = mistakes[i].where != NULL;
        spec.sort = mistakes[i].sort;
        spec.columns = &mistakes[i].column;
        spec.n_columns = mistakes[i].column != NULL;
        cr_expect_eq(report_run(s, &spec, &t, &err), ERR_USAGE, "%s", mistakes[i].message);
        cr_expect(strncmp(err.msg, mistakes[i].message, strlen(mistakes[i].message)) == 0,
                  "wanted %s, got %s", mistakes[i].message, err.msg);
        table_release(&t);
    }
    store_close(s);
}

/* ---- many calls ----------------------------------------------------------------------------- */

/* 70,000 calls in two chunks; 300 users, 7 features, some values missing. */
#define MANY_ROWS                                                                                  \
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000)"              \
    "INSERT INTO call (call_id,feature_id,user_id,session_key,started_us,latency_us,"              \
    "time_to_first_token_us,output_tokens,status,identity_key,source_id,source_line) "             \
    "SELECT i, i % 8, 1 + i * 7919 % 300, i * 31 % 5000, 1793000000000000 + i * 1000000,"          \
    "CASE WHEN i % 5 THEN i * 2654435761 % 9000000 + 100 END,"                                     \
    "CASE WHEN i % 3 THEN i * 40503 % 100 END, i % 700, 0, i, 1, i FROM n;"

static struct store *many_calls(bool chunks)
{
    struct store *s = test_store();
    struct error err;
    char sql[128];

    for (int i = 1; i <= 7; i++) {
        snprintf(sql, sizeof(sql), "INSERT INTO dictionary VALUES ('feature',%d,'f%d')", i, i);
        test_sql(s, sql);
    }
    for (int i = 1; i <= 300; i++) {
        snprintf(sql, sizeof(sql), "INSERT INTO dictionary VALUES ('user',%d,'u%03d')", i, i);
        test_sql(s, sql);
    }
    test_sql(s, MANY_ROWS);
    for (int64_t number = 0; chunks && number < 2; number++)
        cr_assert_eq(store_rebuild_chunk(s, number, &err), OK, "%s", err.msg);
    return s;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* p50 and p99 of a query's integers by sorting, rounded half to even; -1 without any. */
static void sorted_quantiles(struct store *s, const char *sql, int64_t *p50, int64_t *p99)
{
    int64_t *v = malloc(70000 * sizeof(*v));
    size_t n = 0;
    sqlite3_stmt *stmt = NULL;
    double h[2] = {0.5, 0.99};
    int64_t *out[2] = {p50, p99};

    cr_assert_eq(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL), SQLITE_OK, "%s", sql);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        v[n++] = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    qsort(v, n, sizeof(*v), compare);
    for (int q = 0; q < 2; q++) {
        double at = (double)(n - 1) * h[q];
        size_t low = (size_t)at;
        double high = (double)v[low + 1 < n ? low + 1 : low];

        *out[q] =
            (int64_t)__builtin_rint((double)v[low] + (at - (double)low) * (high - (double)v[low]));
    }
    free(v);
}

Test(report, quantiles_are_those_of_sorting)
{
    static const char *const dimensions_by[] = {"feature", "user"};
    struct store *s = many_calls(true);

    for (int d = 0; d < 2; d++) { /* 8 groups are counted by bucket, 300 collected whole */
        struct report_spec spec = spec_by(&dimensions_by[d]);
        struct table t;
        char sql[256];
        int64_t p50, p99;

        spec.views = everything;
        spec.n_views = ARRAY_LEN(everything);
        spec.limit = 5;
        t = run(s, &spec);
        for (size_t r = 0; r < 5; r++) {
            const struct cell *name = &t.rows[r].cells[0];

            if (name->type == CELL_MISSING)
                snprintf(sql, sizeof(sql),
                         "SELECT latency_us FROM call WHERE latency_us IS NOT "
                         "NULL AND %s_id = 0",
                         dimensions_by[d]);
            else
                snprintf(sql, sizeof(sql),
                         "SELECT latency_us FROM call WHERE latency_us IS NOT NULL AND %s_id = "
                         "CAST('%.*s' AS INTEGER)",
                         dimensions_by[d], (int)name->text.n - 1, name->text.p + 1);
            sorted_quantiles(s, sql, &p50, &p99);
            cr_expect_eq(cell(&t, &t.rows[r], "latency_p50_us")->i, p50, "%s", sql);
            cr_expect_eq(cell(&t, &t.rows[r], "latency_p99_us")->i, p99, "%s", sql);
        }
        sorted_quantiles(s, "SELECT latency_us FROM call WHERE latency_us IS NOT NULL", &p50, &p99);
        cr_expect_eq(cell(&t, &t.totals, "latency_p50_us")->i, p50, "total by %s", *spec.by);
        cr_expect_eq(cell(&t, &t.totals, "latency_p99_us")->i, p99, "total by %s", *spec.by);
        cr_expect_eq(cell(&t, &t.totals, "sessions")->i, 5000);
        cr_expect_eq(cell(&t, &t.totals, "users")->i, 300);
        table_release(&t);
    }
    store_close(s);
}

static void expect_same(const struct table *a, const struct table *b, const char *what)
{
    char x[64], y[64];

    cr_assert_eq(a->n_rows, b->n_rows, "%s", what);
    for (size_t r = 0; r < a->n_rows; r++)
        for (size_t c = 0; c < a->n_columns; c++)
            cr_assert_str_eq(cell_string(&a->rows[r].cells[c], x),
                             cell_string(&b->rows[r].cells[c], y), "%s: row %zu %s", what, r,
                             a->columns[c].key);
}

/* Table call is what a statement reads. */
static bool reads_calls(sqlite3_stmt *stmt)
{
    const char *sql = sqlite3_sql(stmt);

    return sql && (strstr(sql, "FROM call\n") || strstr(sql, "FROM call "));
}

static int count_row(unsigned what, void *ctx, void *stmt, void *unused)
{
    (void)what;
    (void)unused;
    *(int64_t *)ctx += reads_calls(stmt);
    return 0;
}

/* Steps of SQLite's machine, of which a row that a statement goes over takes some, in statements that
 * read table call; counted anew from now on. */
static int64_t steps_over_calls(const struct store *s)
{
    int64_t n = 0;

    for (size_t i = 0; i < s->n_statements; i++)
        if (reads_calls(s->statements[i].stmt))
            n += sqlite3_stmt_status(s->statements[i].stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
    return n;
}

/* 65,536 calls of 70,000 are in a chunk, the others in some cases: a report reads rows of those alone
 * that no chunk has, and only if its window does; once in each of its six walks (sums, and the kinds of
 * values that quantiles and distinct values are of). A row takes about 60 steps. */
Test(report, rows_are_read_only_where_chunks_are_missing)
{
    static const char *const by_feature[] = {"feature"};
    static const struct {
        const char *name;
        bool all_stored;
        int64_t seconds;   /* of the window, from the first call on; 0: all */
        int64_t most_rows; /* given by statements that read calls */
        int64_t most_steps;
    } cases[] = {
        {"all is in chunks",           true,  0,     2,            500    },
        {"a window of them",           true,  1000,  2,            500    },
        {"4,464 calls are in none",    false, 0,     6 * 4464 + 3, 1700000},
        {"a window that lacks these",  false, 60000, 3,            100000 },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct store *s = many_calls(false);
        struct report_spec spec = spec_by(by_feature);
        int64_t rows = 0, steps;
        struct table t;
        struct error err;

        for (int64_t number = 0; number <= cases[i].all_stored; number++)
            cr_assert_eq(store_rebuild_chunk(s, number, &err), OK, "%s", err.msg);
        spec.views = everything;
        spec.n_views = 1;
        spec.jobs = 1; /* others keep what they read for the next walk, or do not */
        spec.until_known = cases[i].seconds > 0;
        spec.until_us = 1793000000000000 + cases[i].seconds * 1000000;
        (void)steps_over_calls(s);
        sqlite3_trace_v2(s->db, SQLITE_TRACE_ROW, count_row, &rows);
        t = run(s, &spec);
        sqlite3_trace_v2(s->db, 0, NULL, NULL);
        steps = steps_over_calls(s);
        cr_expect_leq(rows, cases[i].most_rows, "%s: %lld rows", cases[i].name, (long long)rows);
        cr_expect_leq(steps, cases[i].most_steps, "%s: %lld steps", cases[i].name,
                      (long long)steps);
        cr_expect(steps > 0, "%s", cases[i].name);
        table_release(&t);
        store_close(s);
    }
}

Test(report, threads_and_chunks_change_nothing)
{
    static const char *const dimensions_by[] = {"feature", "user", "hour", "session"};
    struct store *rows = many_calls(false), *chunks = many_calls(true);
    struct table from_rows;

    for (int d = 0; d < 4; d++) {
        struct report_spec spec = spec_by(&dimensions_by[d]);
        struct table one, four;

        spec.views = everything;
        spec.n_views = ARRAY_LEN(everything);
        spec.limit = 20;
        spec.jobs = 1;
        one = run(chunks, &spec);
        spec.jobs = 4;
        four = run(chunks, &spec);
        expect_same(&one, &four, dimensions_by[d]);
        if (d == 0) {
            from_rows = run(rows, &spec);
            expect_same(&one, &from_rows, "rows");
            table_release(&from_rows);
        }
        table_release(&one);
        table_release(&four);
    }
    store_close(rows);
    store_close(chunks);
}

Test(report, time_range)
{
    struct store *s = many_calls(true);
    int64_t first, last;
    struct error err;

    cr_assert_eq(report_time_range(s, &first, &last, &err), OK);
    cr_expect_eq(first, INT64_C(1793000001000000));
    cr_expect_eq(last, INT64_C(1793070000000000));
    store_close(s);
    s = test_store();
    cr_assert_eq(report_time_range(s, &first, &last, &err), OK);
    cr_expect_gt(first, last, "no calls");
    store_close(s);
}

/* ---- the corpus ----------------------------------------------------------------------------- */

static char *read_whole(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text;

    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    text = malloc(*n + 1);
    cr_assert_eq(fread(text, 1, *n, f), *n);
    text[*n] = '\0';
    fclose(f);
    return text;
}

static double number(const struct json_doc *d, json_ref r)
{
    return strtod(json_raw(d, r).p, NULL);
}

/* Successful calls of the llmperf log; seconds floored to microseconds. */
static void insert_llmperf(struct store *s, char *text)
{
    struct json_doc d = {0};
    int line = 0;

    for (char *at = text, *end; (end = strchr(at, '\n')); at = end + 1) {
        json_ref latency, first, tokens;
        char sql[512];

        cr_assert_eq(json_parse(&d, at, (size_t)(end - at), NULL), OK);
        line++;
        if (!json_missing(&d, json_get(&d, 0, "error_code")))
            continue;
        latency = json_get(&d, 0, "end_to_end_latency_s");
        first = json_get(&d, 0, "ttft_s");
        tokens = json_get(&d, 0, "number_output_tokens");
        snprintf(sql, sizeof(sql),
                 "INSERT INTO call (latency_us,time_to_first_token_us,output_tokens,identity_key,"
                 "source_id,source_line) VALUES (%lld,%lld,%.0f,%d,1,%d)",
                 (long long)(number(&d, latency) * 1e6), (long long)(number(&d, first) * 1e6),
                 number(&d, tokens), line, line);
        test_sql(s, sql);
    }
    json_release(&d);
}

/* Values made with numpy 1.24 in seconds. */
Test(report, llmperf)
{
    static const char *const keys[] = {"p50", "p95", "p99"};
    size_t n_log, n_expected;
    char *log = read_whole("../shared/corpus/workloads/llmperf.dev.jsonl", &n_log);
    char *expected = read_whole("../shared/corpus/workloads/EXPECTED.json", &n_expected);
    struct report_spec spec = spec_by(NULL);
    struct json_doc d = {0};
    struct store *s;
    struct table t;
    json_ref ok;

    if (!log || !expected)
        cr_skip_test("../shared/corpus is not here");
    s = test_store();
    insert_llmperf(s, log);
    t = run(s, &spec);
    cr_assert_eq(json_parse(&d, expected, n_expected, NULL), OK);
    ok = json_path(&d, 0, "llmperf.dev.jsonl", "all", "ok", NULL);
    cr_expect_eq(cell(&t, &t.totals, "latency_n")->i, 818);
    cr_expect_eq(cell(&t, &t.totals, "output_tokens")->i, 119664);
    for (int i = 0; i < 3; i++) {
        char key[64];

        snprintf(key, sizeof(key), "latency_%s_us", keys[i]);
        cr_expect_float_eq(
            (double)cell(&t, &t.totals, key)->i,
            1e6 * number(&d, json_path(&d, ok, "end_to_end_latency_s", "linear", keys[i], NULL)),
            1.5, "%s", key);
        snprintf(key, sizeof(key), "ttft_%s_us", keys[i]);
        cr_expect_float_eq((double)cell(&t, &t.totals, key)->i,
                           1e6 * number(&d, json_path(&d, ok, "ttft_s", "linear", keys[i], NULL)),
                           1.5, "%s", key);
    }
    cr_expect_float_eq((double)cell(&t, &t.totals, "token_weighted_latency_us")->i,
                       1e6 * number(&d, json_get(&d, ok, "token_weighted_latency_s")), 1.5);
    json_release(&d);
    table_release(&t);
    store_close(s);
    free(log);
    free(expected);
}

Test(report, few_values_are_marked)
{
    struct store *s = test_calls();
    struct report_spec spec = spec_by(NULL);
    struct table t = run(s, &spec);

    /* 45 latencies, 19 times per token */
    cr_expect_not(cell(&t, &t.totals, "latency_p50_us")->small_n);
    cr_expect_not(cell(&t, &t.totals, "latency_p95_us")->small_n);
    cr_expect(cell(&t, &t.totals, "latency_p99_us")->small_n);
    cr_expect(cell(&t, &t.totals, "tpot_p95_us")->small_n);
    table_release(&t);
    store_close(s);
}

/* Two sound times to first token, three that are none: by hand. */
Test(report, degenerate_first_tokens_are_left_out)
{
    static const char *const latency[] = {"latency"}, *const cost[] = {"cost"};
    static const struct {
        bool keep;
        int64_t ttft_n, ttft_p50, tpot_n, speed_n;
    } wants[] = {
        {false, 2, 300, 2, 2},
        {true,  5, 400, 4, 3},
    };
    struct store *s = test_store();

    /* tpot and speed as derived: the one of 0, the one at the end (0 us, no speed) */
    test_sql(s, "INSERT INTO call (latency_us, time_to_first_token_us, output_tokens,"
                "identity_key, source_id, source_line) VALUES (1000, 200, 5, 1, 1, 1),"
                "(1000, 400, 5, 2, 1, 2), (1000, 0, 5, 3, 1, 3), (1000, 1000, 5, 4, 1, 4),"
                "(1000, 1001, 5, 5, 1, 5)");
    for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
        struct report_spec spec = spec_by(NULL);
        struct table t;

        spec.views = latency;
        spec.keep_degenerate_ttft = wants[i].keep;
        t = run(s, &spec);
        cr_expect_eq(cell(&t, &t.totals, "ttft_n")->i, wants[i].ttft_n);
        cr_expect_eq(cell(&t, &t.totals, "ttft_p50_us")->i, wants[i].ttft_p50);
        cr_expect_eq(cell(&t, &t.totals, "tpot_n")->i, wants[i].tpot_n);
        cr_expect_eq(cell(&t, &t.totals, "tokens_per_second_n")->i, wants[i].speed_n);
        cr_expect_eq(fact(&t, "degenerate_ttft")->value.i, 3);
        cr_expect_eq(has_text(t.notes, t.n_notes, "3 degenerate ttft left out"), !wants[i].keep);
        table_release(&t);
        spec.views = cost;
        t = run(s, &spec);
        cr_expect_not(has_text(t.notes, t.n_notes, "degenerate"), "nothing there is made of them");
        table_release(&t);
    }
    store_close(s);
}
