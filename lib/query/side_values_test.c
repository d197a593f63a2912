#include "query/side_values.h"
#include "query/test_calls.h"

/*
 * Calls 1 to 70,000, which is more than a chunk: call i starts at i seconds, belongs to feature
 * 1 + i mod 3 (text of TEST_DICTIONARY), takes i mod 1000 us, has no latency when i mod 7 is 0, and
 * is of user 1 + i mod 2. Counts are those of these rules, by hand.
 */
#define CALLS 70000
#define MANY_CALLS                                                                                 \
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000) "             \
    "INSERT INTO call (call_id, feature_id, started_us, latency_us, user_id, identity_key, "       \
    "source_id, source_line) SELECT i, 1 + i % 3, i * 1000000, iif(i % 7, i % 1000, NULL), "       \
    "1 + i % 2, i, 1, i FROM n"

static struct store *many_calls(void)
{
    struct store *s = test_store();

    test_sql(s, TEST_DICTIONARY);
    test_sql(s, MANY_CALLS);
    return s;
}

static struct scan *scan_of(struct store *s, const char *const *by, int jobs)
{
    static struct scan_spec spec;
    struct scan *scan = NULL;

    spec = (struct scan_spec){.by = by, .n_by = by ? 1 : 0, .zone = &test_utc, .jobs = jobs};
    cr_assert(scan_open(s, &spec, &scan, NULL) == OK);
    return scan;
}

/* The first 30,000 calls against the last 40,000. */
static const struct side_spec halves = {
    .by_time = true,
    .from_us = {0,                    INT64_C(30001000000)},
    .until_us = {INT64_C(30001000000), INT64_C(80000000000)},
};

static const struct side_field latency = {.source = FROM_VALUE, .value = V_LATENCY_US};

static void expect_ascending(struct side_sample s, const char *what)
{
    for (size_t i = 1; i < s.n; i++)
        cr_assert(s.v[i - 1] <= s.v[i], "%s: %zu", what, i);
}

Test(side_values, values_of_groups_and_of_all)
{
    static const char *const by[] = {"feature"};
    struct store *s = many_calls();

    for (int jobs = 1; jobs <= 2; jobs++) {
        struct scan *scan = scan_of(s, by, jobs);
        struct side_values *v = NULL;
        size_t sum[2] = {0, 0};

        cr_assert(side_values_open(scan, s, &halves, 1000, &v, NULL) == OK);
        cr_expect(side_values_calls(v, SIDE_ALL, SIDE_A) == 30000);
        cr_expect(side_values_calls(v, SIDE_ALL, SIDE_B) == 40000);
        for (int again = 0; again < 2; again++) { /* a field after the other */
            cr_assert(side_values_read(v, &latency, NULL) == OK);
            sum[0] = sum[1] = 0;
            for (uint32_t g = 0; g < scan_groups(scan); g++)
                for (int side = SIDE_A; side <= SIDE_B; side++) {
                    struct side_sample x = side_values_get(v, g, side);

                    expect_ascending(x, "group");
                    sum[side] += x.n;
                    cr_expect(side_values_calls(v, g, side) == (int64_t)x.n + x.missing);
                }
            /* 4,285 of 30,000 numbers are divisible by 7, 5,715 of the others */
            cr_expect(sum[SIDE_A] == 25715 && sum[SIDE_B] == 34285, "%zu %zu", sum[0], sum[1]);
            for (int side = SIDE_A; side <= SIDE_B; side++) {
                struct side_sample all = side_values_all(v, side);

                expect_ascending(all, "all");
                cr_expect(all.n == sum[side] && all.missing == (side ? 5715 : 4285));
            }
        }
        side_values_close(v);
        scan_close(scan);
    }
    store_close(s);
}

Test(side_values, sides_by_filters)
{
    static const char *const one[] = {"feature=support"}, *const other[] = {"feature=search"},
                             *const wide[] = {"latency_us>=0"};
    const struct side_spec apart =
                               {
                                   .where = {one, other},
                                     .n_where = {1,   1    }
    },
                           both = {.where = {one, wide}, .n_where = {1, 1}};
    struct store *s = many_calls();
    struct scan *scan = scan_of(s, NULL, 2);
    struct side_values *v = NULL;
    struct error err = {0};

    cr_assert(side_values_open(scan, s, &apart, 1000, &v, NULL) == OK);
    cr_expect(side_values_calls(v, SIDE_ALL, SIDE_A) == 23333); /* 3, 6, ... 69,999 */
    cr_expect(side_values_calls(v, SIDE_ALL, SIDE_B) == 23334); /* 1, 4, ... 70,000 */
    side_values_close(v);
    scan_close(scan);
    scan = scan_of(s, NULL, 1);
    v = NULL;
    cr_expect(side_values_open(scan, s, &both, 1000, &v, &err) == ERR_USAGE);
    /* of the 23,333 of support those that have a latency: not divisible by 21 */
    cr_expect_str_eq(err.msg, "20000 calls are on both sides; what is compared must not overlap");
    cr_expect(v == NULL);
    scan_close(scan);
    store_close(s);
}

Test(side_values, clusters_are_users_where_there_are_no_sessions)
{
    struct store *s = many_calls();
    const struct side_member *first = NULL, *m;
    size_t n_first = 0, n;
    struct side_member kept[64];

    for (int jobs = 1; jobs <= 2; jobs++) {
        struct scan *scan = scan_of(s, NULL, jobs);
        struct side_values *v = NULL;

        cr_assert(side_values_open(scan, s, &halves, 1000000, &v, NULL) == OK);
        cr_expect(side_values_clustered(v));
        cr_assert(side_values_read(v, &latency, NULL) == OK);
        side_values_members(v, SIDE_ALL, &m, &n);
        cr_expect(n == 60000); /* all of them: the sample is larger */
        cr_expect(m[0].side == SIDE_A && m[n - 1].side == SIDE_B);
        for (size_t i = 1; i < n; i++)
            cr_assert(m[i - 1].side < m[i].side || m[i - 1].cluster <= m[i].cluster);
        if (!first) {
            memcpy(kept, m, sizeof(kept));
            first = kept;
            n_first = n;
        }
        cr_expect(n == n_first && memcmp(kept, m, sizeof(kept)) == 0);
        side_values_close(v);
        scan_close(scan);
    }
    store_close(s);
}

Test(side_values, dimensions_errors_and_no_calls_at_all)
{
    struct store *s = test_store();
    struct scan *scan = scan_of(s, NULL, 1);
    struct side_values *v = NULL;

    cr_assert(side_values_open(scan, s, &halves, 1000, &v, NULL) == OK);
    cr_assert(side_values_read(v, &latency, NULL) == OK);
    cr_expect(side_values_all(v, SIDE_A).n == 0 && side_values_calls(v, SIDE_ALL, SIDE_B) == 0);
    side_values_close(v);
    scan_close(scan);
    store_close(s);
}

/* Scores of calls 2 and 3, of which somebody deleted call 1: rows move up. */
Test(call_items, find_their_rows_behind_deleted_ones)
{
    struct store *s = many_calls();
    struct scan *scan;
    struct side_values *v = NULL;
    struct call_items items = {0};
    struct side_row *rows = NULL;
    size_t n = 0;

    test_sql(s, "DELETE FROM call WHERE call_id IN (1, 65537);"
                "INSERT INTO dictionary VALUES ('score_name', 1, 'quality');"
                "INSERT INTO score (identity_key, identity, target, call_key, call_id, name_id, "
                "value, passed, source_id, source_line) VALUES (1, 'a', 0, 2, 2, 1, 0.25, NULL, 1, "
                "1), (2, 'b', 0, 2, 2, 1, 0.75, NULL, 1, 1), (3, 'c', 0, 65538, 65538, 1, NULL, 1, "
                "1, 1), (4, 'd', 0, 1, 1, 1, 1, NULL, 1, 1)");
    scan = scan_of(s, NULL, 1);
    cr_assert(side_values_open(scan, s, &halves, 1000, &v, NULL) == OK);
    cr_assert(call_items_load(&items, s, FACT_SCORE, 1, NULL) == OK);
    cr_assert(call_items_done(&items, s, FACT_SCORE, NULL) == OK);
    cr_assert(side_values_rows(v, &items, &rows, &n, NULL) == OK);
    cr_assert(n == 2, "%zu", n); /* not the one whose call is gone */
    cr_expect(rows[0].identity == 2 && key_to_real(rows[0].value) == 0.5); /* the mean of both */
    cr_expect(rows[1].identity == 65538 && key_to_real(rows[1].value) == 1);
    free(rows);
    call_items_release(&items);
    side_values_close(v);
    scan_close(scan);
    store_close(s);
}
