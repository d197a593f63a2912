#include "report/doctor.h"

#include <criterion/criterion.h>
#include "base/time_text.h"
#include "query/test_calls.h"

/* 2026-11-21T00:00:00Z by `date -d 2026-11-21Z +%s` */
#define NOW_US (INT64_C(1795219200) * US_PER_S)

static struct table examine(struct store *s, enum doctor_view view)
{
    struct doctor_spec spec = {
        .view = view, .zone = &test_berlin, .now_us = NOW_US, .limit = -1, .jobs = 2};
    struct table t = {0};
    struct error err;

    cr_assert(doctor_run(s, &spec, &t, &err) == OK, "%s", err.msg);
    return t;
}

/* The row of a check about all calls, the first one. */
static const struct row *check(const struct table *t, const char *name)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (sv_is(t->rows[i].cells[DOCTOR_CHECK].text, name) &&
            (t->rows[i].cells[DOCTOR_SOURCE].type == CELL_MISSING || strcmp(name, "calls") == 0 ||
             strcmp(name, "retention") == 0))
            return &t->rows[i];
    return NULL;
}

static int64_t fact(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_coverage; i++)
        if (strcmp(t->coverage[i].key, key) == 0)
            return t->coverage[i].value.i;
    cr_assert_fail("no fact %s", key);
    return -1;
}

static void expect(const struct table *t, const char *name, const char *value, int64_t n,
                   int64_t of, const char *verdict)
{
    const struct row *r = check(t, name);

    cr_assert(r != NULL, "%s: no such row", name);
    cr_expect(sv_is(r->cells[DOCTOR_VERDICT].text, verdict), "%s: %.*s", name,
              SV_FMT(r->cells[DOCTOR_VERDICT].text));
    cr_expect(r->cells[DOCTOR_N].i == n, "%s: n %lld", name, (long long)r->cells[DOCTOR_N].i);
    cr_expect((r->cells[DOCTOR_OF].type == CELL_INT ? r->cells[DOCTOR_OF].i : -1) == of,
              "%s: of %lld", name, (long long)r->cells[DOCTOR_OF].i);
    if (value)
        cr_expect(sv_is(r->cells[DOCTOR_VALUE].text, value), "%s: value %.*s", name,
                  SV_FMT(r->cells[DOCTOR_VALUE].text));
}

Test(doctor, an_empty_database_is_well)
{
    static const enum doctor_view views[] = {DOCTOR_CHECKS, DOCTOR_IDENTITIES, DOCTOR_COVERAGE,
                                             DOCTOR_MERGED};
    struct store *s = test_store();

    for (size_t i = 0; i < ARRAY_LEN(views); i++) {
        struct table t = examine(s, views[i]);

        cr_expect(fact(&t, "bad") == 0);
        cr_expect(fact(&t, "warn") == 0);
        cr_expect(t.total_calls == 0);
        cr_expect(!t.since_known && !t.window_text);
        for (size_t r = 0; r < t.n_rows; r++)
            cr_expect(t.rows[r].cells[DOCTOR_SHARE].type == CELL_MISSING);
        table_release(&t);
    }
    store_close(s);
}

/* Counted by hand. */
static const struct {
    const char *check, *value;
    int64_t n, of;
    const char *verdict;
} wants[] = {
    {"calls",           NULL,                    2,  5,  "ok"  },
    {"started",         NULL,                    4,  5,  "warn"},
    {"zoneless",        NULL,                    1,  4,  "warn"},
    {"zero_latency",    NULL,                    1,  4,  "warn"},
    {"ttft",            NULL,                    3,  5,  "ok"  },
    {"streamed_ttft",   NULL,                    0,  1,  "warn"},
    {"degenerate_ttft", NULL,                    2,  3,  "warn"},
    {"identity_cache",  NULL,                    1,  2,  "bad" },
    {"identity_total",  NULL,                    0,  0,  "ok"  },
    {"cost_given",      NULL,                    2,  5,  "ok"  },
    {"unpriced",        NULL,                    3,  5,  "bad" },
    {"unpriced_model",  "mini",                  2,  3,  "bad" },
    {"feature",         NULL,                    0,  5,  "ok"  },
    {"orphan_spans",    NULL,                    1,  2,  "warn"},
    {"rootless_traces", NULL,                    1,  1,  "warn"},
    {"backward_spans",  NULL,                    1,  2,  "bad" },
    {"waiting_scores",  NULL,                    1,  1,  "warn"},
    {"merged",          NULL,                    1,  5,  "ok"  },
    {"merged_records",  NULL,                    2,  -1, "ok"  },
    {"quarantined",     "bad value: latency_us", 1,  -1, "bad" },
    {"unread_sources",  NULL,                    1,  1,  "warn"},
    {"retention",       "2026-10-21",            31, -1, "warn"},
};

static struct store *sick_store(void)
{
    struct store *s = test_store();

    test_sql(s, TEST_DICTIONARY);
    test_sql(s, "INSERT INTO dictionary VALUES ('source', 1, 'claude-code'), ('source', 2, 'otlp'),"
                "('identity_family', 1, 'request')");
    /* 1792540800 is 2026-10-21 00:00 UTC, 31 days before NOW_US */
    test_sql(s, "INSERT INTO call (source_format_id, request_model_id, started_us, latency_us,"
                "time_to_first_token_us, output_tokens, input_tokens, cache_read_tokens,"
                "cost_given_nusd, flags, identity_key, source_id, source_line) VALUES"
                "(1, 3, 1792540800000000, 100, 0,    5, 10, 5,  NULL, NULL, 1, 1, 1),"
                "(1, 3, 1792540800000001, 100, 100,  5, 10, 11, NULL, 32,   2, 1, 2),"
                "(2, 3, 1792540800000002, 0,   NULL, 5, 10, NULL, 7,  1,    3, 1, 3),"
                "(2, 1, NULL,             100, 50,   5, 10, NULL, 7,  NULL, 4, 1, 4),"
                "(2, 2, 1792540800000003, NULL, NULL, 5, 10, NULL, NULL, NULL, 5, 1, 5)");
    test_sql(s,
             "INSERT INTO call_identity (call_id, kind, family_id, own) VALUES (1, 1, 1, x'0061');"
             "INSERT INTO call_version (call_id, output_tokens, identity_key, source_id,"
             "source_line) VALUES (1, 5, 1, 1, 1), (1, 4, 1, 1, 9)");
    test_sql(s, "INSERT INTO span (trace_key, span, parent, started_us, ended_us, source_id,"
                "source_line) VALUES (1, x'00aa', x'00bb', 1, 2, 1, 1), (1, x'00cc', x'00aa', 2, 1,"
                "1, 2);"
                "INSERT INTO score (identity_key, identity, target, call_key, source_id,"
                "source_line) VALUES (1, 'a', 0, 7, 1, 1);"
                "INSERT INTO quarantine (identity_key, source_id, source_line, offset, length,"
                "sha256, reason, field) VALUES (1, 1, 1, 0, 1, x'', 'bad value', 'latency_us');"
                "INSERT INTO source VALUES"
                "(1, 'a', 0, 0, 9, 0, x'', 3, 1, x'', x'', 1, 0, 0, 0)");
    return s;
}

Test(doctor, finds_what_is_wrong)
{
    struct store *s = sick_store();
    struct table t = examine(s, DOCTOR_CHECKS);

    for (size_t i = 0; i < ARRAY_LEN(wants); i++)
        expect(&t, wants[i].check, wants[i].value, wants[i].n, wants[i].of, wants[i].verdict);
    cr_expect(check(&t, "gap") == NULL);
    /* identity_cache, unpriced and two models of it, backward_spans, quarantined */
    cr_expect(fact(&t, "bad") == 6, "%lld", (long long)fact(&t, "bad"));
    cr_expect_str_eq(t.window_text, "2026-10-21");
    cr_expect(sv_is(check(&t, "degenerate_ttft")->cells[DOCTOR_HINT].text,
                    "left out of percentiles; llmobs report --degenerate keeps them"));
    cr_expect(check(&t, "ttft")->cells[DOCTOR_HINT].type == CELL_MISSING);
    cr_expect(check(&t, "ttft")->cells[DOCTOR_SHARE].r == 3.0 / 5);
    table_release(&t);
    store_close(s);
}

/* A share of each source stands below, and is no further finding. */
Test(doctor, identities_by_source)
{
    struct store *s = sick_store();
    struct table t = examine(s, DOCTOR_IDENTITIES);
    const struct row *last = &t.rows[8]; /* 4 identities of all, 4 of claude-code, 4 of otlp */

    cr_assert(t.n_rows == 12);
    cr_expect(fact(&t, "bad") == 1);
    expect(&t, "identity_cache", NULL, 1, 2, "bad");
    cr_expect(sv_is(t.rows[4].cells[DOCTOR_SOURCE].text, "claude-code"));
    cr_expect(t.rows[4].cells[DOCTOR_N].i == 1);
    cr_expect(t.rows[4].cells[DOCTOR_LINE].type == CELL_MISSING);
    cr_expect(sv_is(last->cells[DOCTOR_SOURCE].text, "otlp") && last->cells[DOCTOR_OF].i == 0);
    table_release(&t);
    store_close(s);
}

static const struct cell *column(const struct table *t, const struct row *r, const char *key)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (strcmp(t->columns[c].key, key) == 0)
            return &r->cells[c];
    cr_assert_fail("no column %s", key);
    return NULL;
}

Test(doctor, coverage)
{
    struct store *s = sick_store();
    struct table t = examine(s, DOCTOR_COVERAGE);

    cr_assert(t.n_rows == 2);
    cr_expect(sv_is(t.rows[0].cells[0].text, "claude-code"));
    cr_expect(column(&t, &t.rows[0], "calls")->i == 2);
    cr_expect(column(&t, &t.rows[0], "ttft")->r == 1);
    cr_expect(column(&t, &t.rows[0], "ttft_n")->i == 2);
    cr_expect(sv_is(t.rows[1].cells[0].text, "otlp"));
    cr_expect(column(&t, &t.rows[1], "started")->r == 2.0 / 3);
    cr_expect(column(&t, &t.rows[1], "feature")->r == 0);
    cr_expect(column(&t, &t.totals, "calls")->i == 5);
    cr_expect(column(&t, &t.totals, "cost_given")->r == 2.0 / 5);
    table_release(&t);
    store_close(s);
}

Test(doctor, merged)
{
    struct store *s = sick_store();
    struct table t = examine(s, DOCTOR_MERGED);

    cr_assert(t.n_rows == 2);
    cr_expect(sv_is(column(&t, &t.rows[0], "identity")->text, "request:a"));
    cr_expect(sv_is(column(&t, &t.rows[0], "role")->text, "won"));
    cr_expect(column(&t, &t.rows[0], "output_tokens")->i == 5);
    cr_expect(sv_is(column(&t, &t.rows[1], "role")->text, "merged"));
    cr_expect(column(&t, &t.rows[1], "line")->i == 9);
    cr_expect(sv_is(column(&t, &t.rows[1], "file")->text, "a"));
    cr_expect(column(&t, &t.rows[1], "input_tokens")->type == CELL_MISSING);
    table_release(&t);
    store_close(s);
}

/* Ten calls an hour but for two hours; times in Berlin, an hour ahead of UTC in November. */
Test(doctor, gaps)
{
    struct store *s = test_store();
    struct table t;

    test_sql(s,
             "WITH RECURSIVE i(v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM i WHERE v < 79)"
             "INSERT INTO call (started_us, latency_us, identity_key, source_id, source_line)"
             "SELECT (1795132800 + (v / 10 + 2 * (v >= 40)) * 3600) * 1000000, 1, v, 1, v FROM i");
    t = examine(s, DOCTOR_CHECKS);
    expect(&t, "gap", "2026-11-20 05:00 .. 07:00", 2, -1, "warn");
    cr_expect(sv_is(check(&t, "gap")->cells[DOCTOR_HINT].text, "median 10 calls an hour"));
    table_release(&t);
    store_close(s);
}

/* Claude Code's files are there for 30 days; a week before that it is time to say so. */
Test(doctor, retention)
{
    static const struct {
        int days;
        const char *verdict;
    } cases[] = {
        {0,  "ok"  },
        {23, "ok"  },
        {24, "warn"}
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct store *s = test_store();
        struct table t;
        char sql[300];

        snprintf(sql, sizeof(sql),
                 "INSERT INTO dictionary VALUES ('source', 1, 'claude-code');"
                 "INSERT INTO call (source_format_id, started_us, identity_key, source_id,"
                 "source_line) VALUES (1, %lld, 1, 1, 1)",
                 (long long)(NOW_US - cases[i].days * US_PER_DAY));
        test_sql(s, sql);
        t = examine(s, DOCTOR_CHECKS);
        expect(&t, "retention", NULL, cases[i].days, -1, cases[i].verdict);
        table_release(&t);
        store_close(s);
    }
}

Test(doctor, a_damaged_database_is_an_error)
{
    struct doctor_spec spec = {.zone = &test_utc, .jobs = 1};
    struct store *s = test_store();
    struct table t = {0};
    struct error err = {0};

    test_sql(s, "DROP TABLE span");
    cr_expect(doctor_run(s, &spec, &t, &err) == ERR_DB);
    cr_expect(strstr(err.msg, "span") != NULL, "%s", err.msg);
    table_release(&t);
    store_close(s);
}
