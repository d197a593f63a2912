#include "query/call_gaps.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include "query/test_calls.h"

#define HOUR_US INT64_C(3600000000)

/* calls[h] calls in hour h since 1970, spread over it; '.' is none, a letter its place * 10. */
static struct store *store_of(const char *calls)
{
    struct store *s = test_store();
    char sql[400];

    for (size_t h = 0; calls[h]; h++) {
        if (calls[h] == '.')
            continue;
        snprintf(sql, sizeof(sql),
                 "WITH RECURSIVE i(v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM i WHERE v < %d - 1)"
                 "INSERT INTO call (started_us, identity_key, source_id, source_line)"
                 "SELECT %zu * 3600000000 + v * 3599999999 / %d, 1, 1, 1 FROM i",
                 (calls[h] - 'a' + 1) * 10, h, (calls[h] - 'a' + 1) * 10);
        test_sql(s, sql);
    }
    return s;
}

static const struct {
    const char *name, *calls, *want;
    double median;
} cases[] = {
    {"no calls",                     "",              "",               0 },
    {"one hour",                     "a",             "",               10},
    {"no gap",                       "abab",          "",               15},
    {"one hour is missing",          "aa.aa",         "2-3 ",           10},
    {"the longest first",            "aa.bb...aa.aa", "5-8 2-3 10-11 ", 10},
    {"nothing ends behind the last", "aa..",          "",               10},
    {"nights",                       "aa...aa...a",   "",               0 },
    {"most hours have calls",        "a.a.a.aa",      "1-2 3-4 5-6 ",   10},
    {"half of them",                 "b..b",          "1-3 ",           10},
    {"half of them, too few",        "a..a",          "",               5 },
};

Test(call_gaps, found)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct store *s = store_of(cases[i].calls);
        struct call_gaps gaps;
        struct arena a = {0};
        struct error err;
        char got[200] = "";

        cr_assert(call_gaps_read(s, 2, 10, &a, &gaps, &err) == OK, "%s", err.msg);
        for (size_t g = 0; g < gaps.n; g++)
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%lld-%lld ",
                     (long long)(gaps.gaps[g].from_us / HOUR_US),
                     (long long)(gaps.gaps[g].until_us / HOUR_US));
        cr_expect_str_eq(got, cases[i].want, "%s: %s", cases[i].name, got);
        cr_expect(gaps.median == cases[i].median, "%s: median %g", cases[i].name, gaps.median);
        arena_release(&a);
        store_close(s);
    }
}

/* Few calls: their gaps are usual. Calls without a start are nowhere. */
Test(call_gaps, a_quiet_log_has_none)
{
    struct store *s = store_of("aa.aa");
    struct call_gaps gaps;
    struct arena a = {0};
    struct error err;

    test_sql(s, "INSERT INTO call (identity_key, source_id, source_line) VALUES (1, 1, 1)");
    cr_assert(call_gaps_read(s, 1, 10.5, &a, &gaps, &err) == OK, "%s", err.msg);
    cr_expect(gaps.n == 0);
    cr_expect(gaps.median == 10);
    cr_assert(call_gaps_read(s, 1, 10, &a, &gaps, &err) == OK, "%s", err.msg);
    cr_expect(gaps.n == 1);
    arena_release(&a);
    store_close(s);
}
