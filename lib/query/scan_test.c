#include "query/scan.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include "query/test_calls.h"

struct seen {
    _Atomic int64_t calls, walks;
    _Atomic int64_t by_group[64];
};

static bool look(void *ctx, const struct slice *slice)
{
    struct seen *seen = ctx;

    seen->walks++;
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT) {
            cr_assert_lt(slice->group[i], slice->groups);
            seen->calls++;
            seen->by_group[slice->group[i]]++;
        }
    return true;
}

static bool refuse(void *ctx, const struct slice *slice)
{
    (void)ctx;
    (void)slice;
    return false;
}

static struct scan *open_scan(struct store *s, const struct scan_spec *spec)
{
    struct scan *scan = NULL;
    struct error err;

    cr_assert_eq(scan_open(s, spec, &scan, &err), OK, "%s", err.msg);
    return scan;
}

/* 49 of 60 calls are not shadowed, 4 of them without start; features 12, 13, 13, 11 without: by
 * Python. */
Test(scan, walks_see_the_same)
{
    static const char *const by[] = {"feature"};
    struct store *s = test_calls();
    struct scan_spec spec = {.by = by, .n_by = 1, .zone = &test_utc, .jobs = 8};
    struct scan *scan = open_scan(s, &spec);
    struct seen first = {0}, second = {0};
    struct error err;

    cr_expect_eq(scan_threads(scan), 1, "no more threads than chunks");
    cr_assert_eq(scan_walk(scan, 0, look, &first, &err), OK);
    cr_assert_eq(scan_walk(scan, COLUMN(F_LATENCY_US), look, &second, &err), OK);
    cr_expect_eq(first.calls, 49);
    cr_expect_eq(first.walks, 1);
    cr_expect_eq(scan_groups(scan), 4);
    for (uint32_t g = 0; g < 4; g++) {
        struct sv name = axis_text(scan_axis(scan, 0), scan_code(scan, g, 0), NULL);

        cr_expect_eq(first.by_group[g], second.by_group[g]);
        cr_expect_eq(first.by_group[g], !name.p ? 11 : sv_is(name, "support") ? 12 : 13);
    }
    cr_expect_eq(scan_counts(scan).calls, 49);
    cr_expect_eq(scan_counts(scan).calls_without_time, 4);
    scan_close(scan);
    store_close(s);
}

Test(scan, chunks_outside_of_the_window_are_not_visited)
{
    struct store *s = test_store();
    struct scan_spec spec = {.zone = &test_utc, .jobs = 2, .since_known = true, .since_us = 1000,
                             .until_known = true, .until_us = 2000};
    struct seen seen = {0};
    struct scan *scan;
    struct error err;

    /* Chunks 0 and 2 are outside, 1 holds one call at the first instant and one behind the last. */
    test_sql(s, "INSERT INTO call (call_id,started_us,identity_key,source_id,source_line) VALUES "
                "(1,999,1,1,1),(65537,1000,2,1,2),(65538,2000,3,1,3),(131073,2000,4,1,4);");
    scan = open_scan(s, &spec);
    cr_assert_eq(scan_walk(scan, 0, look, &seen, &err), OK);
    cr_expect_eq(seen.calls, 1);
    cr_expect_eq(seen.walks, 1);
    cr_expect_eq(scan_counts(scan).first_us, 1000);
    cr_expect_eq(scan_counts(scan).last_us, 1000);
    scan_close(scan);
    store_close(s);
}

/* Where each counted call of a block is, and that nothing stands around them. */
static bool look_narrow(void *ctx, const struct slice *slice)
{
    int64_t *started = ctx; /* by row of the chunk */

    cr_expect(slice->group[0] != SCAN_OUT && slice->group[slice->rows - 1] != SCAN_OUT);
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT)
            started[slice->first + i] += slice->cols[F_STARTED_US][i];
    return true;
}

Test(scan, blocks_are_narrow)
{
    static const char *const by[] = {"feature"}, *const where[] = {"latency>0us"};
    struct store *s = test_store();
    struct scan_spec spec = {.by = by, .n_by = 1, .where = where, .n_where = 1,
                             .zone = &test_utc, .jobs = 2, .since_known = true, .since_us = 3,
                             .until_known = true, .until_us = 6};
    int64_t started[8] = {0};
    struct scan *scan;
    struct error err;

    test_sql(s, "INSERT INTO call (call_id,started_us,latency_us,feature_id,identity_key,source_id,"
                "source_line) VALUES (1,1,1,1,1,1,1),(2,3,1,2,2,1,2),(3,4,NULL,1,3,1,3),"
                "(4,9,1,1,4,1,4),(5,5,1,1,5,1,5),(6,6,1,1,6,1,6);");
    scan = open_scan(s, &spec);
    cr_assert_eq(scan_walk_blocks(scan, COLUMN(F_STARTED_US), look_narrow, started, &err), OK);
    cr_expect(started[1] == 3 && started[4] == 5, "the second and the fifth");
    cr_assert_eq(scan_walk_blocks(scan, COLUMN(F_STARTED_US), look_narrow, started, &err), OK);
    cr_expect(started[1] == 6 && started[4] == 10, "the same again");
    cr_expect(started[0] + started[2] + started[3] + started[5] == 0);
    cr_expect_eq(scan_counts(scan).calls, 2);
    scan_close(scan);
    store_close(s);
}

/* What walks see of the calls, without their order. */
struct summed {
    _Atomic int64_t calls, slices, lines; /* sum of source_line */
    _Atomic int64_t of_group;             /* sum of source_line times (group's user + 1) */
    struct scan *scan;
};

static bool sum_up(void *ctx, const struct slice *slice)
{
    struct summed *sum = ctx;

    sum->slices++;
    for (int64_t i = 0; i < slice->rows; i++) {
        int64_t line = slice->cols[C_SOURCE_LINE][i];

        if (slice->group[i] == SCAN_OUT)
            continue;
        cr_assert_eq(line, slice->chunk->number * CHUNK_ROWS + slice->first + i + 1);
        sum->calls++;
        sum->lines += line;
        sum->of_group += line * (scan_code(sum->scan, slice->group[i], 0) + 1);
    }
    return true;
}

/*
 * 70,000 calls a second apart, user i % 300: two bytes for each call's group. Counted by hand: all;
 * from the 10,001st to the 20,000th, which lie in blocks 2 to 4 of 4096 of the first chunk; and
 * those of them that are not shadowed, which every tenth is. The sum of lines a .. b is
 * (a + b) (b - a + 1) / 2.
 */
Test(scan, blocks_and_chunks_see_the_same)
{
    static const char *const by[] = {"user"};
    static const struct {
        bool window, shadowed, stored;
        int64_t calls, lines, slices;
    } wants[] = {
        {false, false, false, 70000, INT64_C(2450035000), 18},
        {false, false, true,  70000, INT64_C(2450035000), 18},
        {true,  false, true,  10000, INT64_C(150005000),  3 },
        {true,  true,  true,  9000,  INT64_C(134995000) + 5000, 3},
        {true,  true,  false, 9000,  INT64_C(134995000) + 5000, 3},
    };
    int64_t of_group[ARRAY_LEN(wants)] = {0};

    for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
        struct store *s = test_store();
        struct scan_spec spec = {.by = by, .n_by = 1, .zone = &test_utc, .jobs = 2,
                                 .since_known = wants[i].window, .since_us = 10001 * 1000000LL,
                                 .until_known = wants[i].window, .until_us = 20001 * 1000000LL};
        struct scan *scan;
        struct error err;

        test_sql(s, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                    "INSERT INTO dictionary SELECT 'user', i, 'u' || i FROM n;");
        test_sql(s, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                    "WHERE i < 70000)"
                    "INSERT INTO call (call_id,user_id,started_us,identity_key,source_id,"
                    "source_line) SELECT i, 1 + i % 300, i * 1000000, i, 1, i FROM n;");
        if (wants[i].shadowed)
            test_sql(s, "UPDATE call SET shadowed = 1 WHERE call_id % 10 = 0");
        for (int64_t number = 0; wants[i].stored && number < 2; number++)
            cr_assert_eq(store_rebuild_chunk(s, number, &err), OK, "%s", err.msg);
        scan = open_scan(s, &spec);
        for (int walk = 0; walk < 4; walk++) {
            struct summed sum = {.scan = scan};

            cr_assert_eq((walk % 2 ? scan_walk : scan_walk_blocks)(scan, COLUMN(C_SOURCE_LINE),
                                                                   sum_up, &sum, &err),
                         OK);
            cr_expect_eq(sum.calls, wants[i].calls, "case %zu, walk %d", i, walk);
            cr_expect_eq(sum.lines, wants[i].lines, "case %zu, walk %d", i, walk);
            cr_expect(!of_group[i] || sum.of_group == of_group[i], "case %zu, walk %d", i, walk);
            of_group[i] = sum.of_group;
            if (walk % 2 == 0)
                cr_expect_eq(sum.slices, wants[i].slices, "case %zu: %lld", i,
                             (long long)sum.slices);
        }
        cr_expect_eq(scan_counts(scan).calls, wants[i].calls);
        cr_expect_eq(scan_counts(scan).first_us, wants[i].window ? 10001000000 : 1000000);
        cr_expect_eq(scan_counts(scan).last_us,
                     wants[i].shadowed ? 19999000000
                     : wants[i].window ? 20000000000 : 70000000000);
        scan_close(scan);
        store_close(s);
    }
    cr_expect_eq(of_group[0], of_group[1]);
    cr_expect_eq(of_group[3], of_group[4]);
}

Test(scan, a_visitor_that_runs_out_of_memory_ends_the_walk)
{
    struct store *s = test_calls();
    struct scan_spec spec = {.zone = &test_utc, .jobs = 1};
    struct scan *scan = open_scan(s, &spec);
    struct error err;

    cr_expect_eq(scan_walk(scan, 0, refuse, NULL, &err), ERR_NOMEM);
    cr_expect_eq(strncmp(err.msg, "out of memory", 13), 0);
    scan_close(scan);
    store_close(s);
}

Test(scan, mistakes)
{
    static const char *const twice[] = {"user", "user"}, *const unknown[] = {"user", "uzer"};
    struct store *s = test_calls();
    struct scan_spec spec = {.by = twice, .n_by = 2, .zone = &test_utc, .jobs = 1};
    struct scan *scan = NULL;
    struct error err;

    cr_expect_eq(scan_open(s, &spec, &scan, &err), ERR_USAGE);
    cr_expect_str_eq(err.msg, "by: user is named twice");
    spec.by = unknown;
    cr_expect_eq(scan_open(s, &spec, &scan, &err), ERR_USAGE);
    cr_expect_eq(strncmp(err.msg, "unknown dimension 'uzer' (did you mean 'user'?)", 47), 0);
    cr_expect_null(scan);
    store_close(s);
}

/* Times at the ends of the calendar by the minute, four times over: more keys than 64 bits. */
Test(scan, too_many_combinations)
{
    static const char *const by[] = {"minute", "5m", "15m", "hour"};
    struct store *s = test_store();
    struct scan_spec spec = {.by = by, .n_by = 4, .zone = &test_utc, .jobs = 1};
    struct scan *scan = NULL;
    struct error err;

    test_sql(s, "INSERT INTO call (started_us,identity_key,source_id,source_line) VALUES "
                "(-9000000000000000000,1,1,1),(9000000000000000000,2,1,2);");
    cr_expect_eq(scan_open(s, &spec, &scan, &err), ERR_USAGE);
    cr_expect_str_eq(err.msg, "by: too many combinations; name fewer dimensions");
    store_close(s);
}

struct ttft_seen {
    _Atomic int64_t known;
};

static bool count_ttft(void *ctx, const struct slice *slice)
{
    struct ttft_seen *seen = ctx;

    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT)
            seen->known += slice->cols[F_TIME_TO_FIRST_TOKEN_US][i] != CALL_MISSING;
    return true;
}

/* 27 calls of test_calls.h have a time to first token, all of them sound; four more have one that is
 * not, one of these is shadowed. Every walk sees the same; filters see what was logged. */
Test(scan, degenerate_first_tokens)
{
    static const char *const zero[] = {"ttft_us=0"};
    static const struct {
        bool drop, filtered;
        int64_t known, degenerate;
    } wants[] = {
        {false, false, 30, 3},
        {true,  false, 27, 3},
        {false, true,  1,  1},
        {true,  true,  0,  1},
    };
    struct store *s = test_calls();
    struct error err;

    test_sql(s, "INSERT INTO call (latency_us, time_to_first_token_us, output_tokens, shadowed,"
                "identity_key, source_id, source_line) VALUES (5, 0, 1, NULL, 101, 1, 101),"
                "(5, 6, 1, NULL, 102, 1, 102), (5, 5, 2, NULL, 103, 1, 103),"
                "(5, 0, 2, 1, 104, 1, 104)");
    for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
        struct scan_spec spec = {.where = zero, .n_where = wants[i].filtered, .zone = &test_utc,
                                 .jobs = 2, .drop_degenerate_ttft = wants[i].drop};
        struct scan *scan = open_scan(s, &spec);
        struct ttft_seen first = {0}, second = {0};

        cr_assert_eq(scan_walk(scan, COLUMN(F_TIME_TO_FIRST_TOKEN_US), count_ttft, &first, &err),
                     OK);
        cr_assert_eq(scan_walk(scan, COLUMN(F_TIME_TO_FIRST_TOKEN_US), count_ttft, &second, &err),
                     OK);
        cr_expect_eq(first.known, wants[i].known, "case %zu: %lld", i, (long long)first.known);
        cr_expect_eq(second.known, wants[i].known, "case %zu, again", i);
        cr_expect_eq(scan_counts(scan).degenerate_ttft, wants[i].degenerate, "case %zu", i);
        scan_close(scan);
    }
    store_close(s);
}
