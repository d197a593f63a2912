#include "report/causes.h"
#include <math.h>
#include "query/test_calls.h"

/*
 * Before (the first 100 seconds) and after: calls of two models and three features, cost and tokens
 * by rules from which the wanted parts follow by hand.
 */
static struct store *calls_of(const char *after)
{
    struct store *s = test_store();
    char sql[1024];

    test_sql(s, TEST_DICTIONARY);
    test_sql(s, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) "
                "INSERT INTO call (feature_id, request_model_id, started_us, input_tokens, "
                "cost_given_nusd, identity_key, source_id, source_line) "
                "SELECT 1 + i % 2, 1, i * 1000000, 100, 1000, i, 1, i FROM n");
    snprintf(sql, sizeof(sql),
             "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199) "
             "INSERT INTO call (feature_id, request_model_id, started_us, input_tokens, "
             "cost_given_nusd, identity_key, source_id, source_line) SELECT %s FROM n",
             after);
    test_sql(s, sql);
    return s;
}

static const struct side_spec before_and_after = {
    .by_time = true,
    .from_us = {0,         100000000 },
    .until_us = {100000000, 1000000000},
};

static struct scan *scan_of(struct store *s, int jobs)
{
    static struct scan_spec spec;
    struct scan *scan = NULL;

    spec = (struct scan_spec){.zone = &test_utc, .jobs = jobs};
    cr_assert(scan_open(s, &spec, &scan, NULL) == OK);
    return scan;
}

/* A walk that finds the groups, as all later ones want. */
static bool see_nothing(void *ctx, const struct slice *slice)
{
    (void)ctx, (void)slice;
    return true;
}

#define AFTER(feature, model, tokens, cost)                                                        \
    feature "," model ",(i + 100) * 1000000," tokens "," cost ",i + 1000,1,i"

Test(causes, the_cost_is_split_exactly)
{
    static const struct {
        const char *name, *after;
        int64_t calls, tokens, price, mix, total;
    } cases[] = {
  /* 200 calls for 100, each 1,000 nusd */
        {"more calls",    AFTER("1 + i % 2", "1",         "100",  "1000"),                  100000, 0,      0,       0,      100000},
 /* and each with twice the tokens at the same price */
        {"more tokens",   AFTER("1 + i % 2", "1",         "200",  "2000"),                  100000, 200000, 0,       0,      300000},
 /* and each token at half the price: 200 * 200 * (5 - 10) */
        {"another price", AFTER("1 + i % 2", "1",         "200",  "1000"),                  100000, 200000, -200000, 0,
         100000                                                                                                                    },
 /* half of the calls to a model that costs 3,000: 100 * 3,000 - 100 * 1,000 */
        {"another model", AFTER("1 + i % 2", "1 + i % 2", "100",  "1000 + 2000 * (i % 2)"), 100000,
         0,                                                                                                 0,       200000, 300000},
 /* without tokens a change is one of the price */
        {"no tokens",     AFTER("1 + i % 2", "1",         "NULL", "3000"),                  100000, 0,      400000,  0,      500000},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        for (int jobs = 1; jobs <= 2; jobs++) {
            struct store *s = calls_of(cases[i].after);
            struct scan *scan = scan_of(s, jobs);
            struct arena arena = {0};
            struct sides sides;
            struct cost_split split;
            bool known = false;

            cr_assert(scan_walk(scan, 0, see_nothing, NULL, NULL) == OK);
            cr_assert(sides_open(&sides, scan, &before_and_after, NULL) == OK);
            cr_assert(cost_split_find(scan, &sides, &arena, &split, &known, NULL) == OK);
            cr_expect(known);
            cr_expect(split.calls == cases[i].calls && split.tokens_per_call == cases[i].tokens &&
                          split.price == cases[i].price && split.mix == cases[i].mix &&
                          split.total == cases[i].total,
                      "%s: %lld %lld %lld %lld %lld", cases[i].name, (long long)split.calls,
                      (long long)split.tokens_per_call, (long long)split.price,
                      (long long)split.mix, (long long)split.total);
            cr_expect(split.calls + split.tokens_per_call + split.price + split.mix == split.total);
            sides_release(&sides);
            arena_release(&arena);
            scan_close(scan);
            store_close(s);
        }
}

static struct cause_list causes_of(const char *after, struct arena *arena)
{
    static const struct side_field cost = {.source = FROM_VALUE, .value = V_COST_NUSD};
    struct store *s = calls_of(after);
    struct scan *scan = scan_of(s, 1);
    struct cause_list list;
    struct sides sides;

    cr_assert(scan_walk(scan, 0, see_nothing, NULL, NULL) == OK);
    cr_assert(sides_open(&sides, scan, &before_and_after, NULL) == OK);
    cr_assert(causes_find(scan, &sides, &cost, NULL, 10, arena, &list, NULL) == OK);
    sides_release(&sides);
    scan_close(scan);
    store_close(s);
    return list;
}

Test(causes, the_group_that_alone_changed)
{
    struct arena arena = {0};
    /* search (even i) as before, support three times as much: the mean goes from 1,000 to 2,000 */
    struct cause_list l =
        causes_of(AFTER("1 + i % 2", "1", "100", "iif(i % 2, 1000, 3000)"), &arena);

    cr_assert(l.n == 1, "%zu", l.n);
    cr_expect(l.before == 1000 && l.after == 2000);
    cr_expect_str_eq(l.v[0].dimension, "feature");
    cr_expect(sv_is(l.v[0].value, "support"));
    cr_expect(fabs(l.v[0].share - 1) < 1e-12 && fabs(l.v[0].contribution - 1000) < 1e-9);
    arena_release(&arena);
}

Test(causes, a_value_that_is_new)
{
    struct arena arena = {0};
    /* every call goes to another model, twice as dear; both features alike */
    struct cause_list l = causes_of(AFTER("1 + i % 2", "2", "100", "2000"), &arena);

    cr_assert(l.n == 1, "%zu", l.n); /* request_model says the same and is not told */
    cr_expect_str_eq(l.v[0].dimension, "model");
    cr_expect(sv_is(l.v[0].value, "claude-sonnet-5"));
    cr_expect(fabs(l.v[0].share - 1) < 1e-12);
    arena_release(&arena);
}

Test(causes, what_changed_everywhere_has_none)
{
    struct arena arena = {0};
    struct cause_list l = causes_of(AFTER("1 + i % 2", "1", "100", "2000"), &arena);

    cr_expect(l.n == 0);
    arena_release(&arena);
}
