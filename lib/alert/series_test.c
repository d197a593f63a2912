/* Tests of series: periods that are over, in a zone; groups; what is not known. By hand. */
#include "alert/series.h"

#include <criterion/criterion.h>
#include <math.h>
#include "query/test_calls.h"
#include "base/banned.h"

#define HOUR INT64_C(3600000000)

/* Hour 0: two calls of support, one failed; hour 2: one of search; hour 3, still running: one. */
static struct store *small_store(void)
{
    struct store *s = test_store();

    test_sql(s, TEST_DICTIONARY
             "INSERT INTO call (feature_id,started_us,status,identity_key,source_id,source_line) VALUES "
             "(1,0,0,1,1,1),(1,1800000000,1,2,1,2),(2,7200000000,0,3,1,3),(2,10800000000,1,4,1,4);"
             "INSERT INTO dictionary VALUES ('tool',1,'web');"
             "INSERT INTO tool_call (identity_key,identity,tool_id,started_us,status,source_id,"
             "source_line) VALUES (1,'a',1,3600000000,1,1,1),(2,'b',1,3600000001,0,1,1);");
    return s;
}

static const struct {
    const char *metric, *by;
    size_t group;
    const char *name; /* of the group; NULL: all calls */
    double value[3];  /* of hours 0 to 2; NaN: not known */
    int64_t n[3];
} wanted[] = {
    {"error_rate",      NULL,      0, NULL,      {0.5, NAN, 0},   {2, 0, 1}},
    {"calls",           "feature", 0, "support", {2, NAN, NAN},   {2, 0, 0}},
    {"calls",           "feature", 1, "search",  {NAN, NAN, 1},   {0, 0, 1}},
    {"tool_error_rate", NULL,      0, NULL,      {NAN, 0.5, NAN}, {0, 2, 0}},
};

Test(series, hours)
{
    struct store *s = small_store();

    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        struct series_spec spec = {.by = &wanted[i].by,
                                   .n_by = wanted[i].by != NULL,
                                   .period = BUCKET_HOUR,
                                   .periods = 3,
                                   .until_us = 3 * HOUR + 1,
                                   .zone = &test_utc,
                                   .jobs = 1};
        struct arena a = {0};
        struct series series;
        struct metric m;
        const struct series_group *g;

        cr_assert(metric_find(wanted[i].metric, &m, NULL) == OK);
        cr_assert(series_read(s, &m, &spec, &a, &series, NULL) == OK);
        cr_assert(series.periods == 3 && series.start_us[0] == 0 && series.start_us[3] == 3 * HOUR);
        cr_assert(series.n > wanted[i].group, "%s", wanted[i].metric);
        g = &series.v[wanted[i].group];
        cr_expect(wanted[i].name ? sv_is(g->group, wanted[i].name) : !g->group.p);
        for (size_t p = 0; p < 3; p++) {
            cr_expect_eq(g->n[p], wanted[i].n[p], "%s, hour %zu", wanted[i].metric, p);
            if (isnan(wanted[i].value[p]))
                cr_expect(isnan(g->value[p]), "%s, hour %zu", wanted[i].metric, p);
            else
                cr_expect_float_eq(g->value[p], wanted[i].value[p], 1e-12);
        }
        arena_release(&a);
    }
    store_close(s);
}

/* Days of Berlin around the end of summer time, 2026-10-25, which has 25 hours. */
Test(series, days_of_a_zone)
{
    struct store *s = test_store();
    struct series_spec spec = {.period = BUCKET_DAY,
                               .periods = 2,
                               .until_us = INT64_C(1792969200000000), /* 2026-10-26 00:00 there */
                               .zone = &test_berlin,
                               .jobs = 1};
    struct arena a = {0};
    struct series series;
    struct metric m;

    cr_assert(metric_find("calls", &m, NULL) == OK);
    cr_assert(series_read(s, &m, &spec, &a, &series, NULL) == OK);
    cr_expect_eq(series.start_us[2], INT64_C(1792969200000000));
    cr_expect_eq(series.start_us[2] - series.start_us[1], 25 * HOUR);
    cr_expect_eq(series.start_us[1] - series.start_us[0], 24 * HOUR);
    cr_expect_eq(series.n, 0, "no calls, no groups");
    arena_release(&a);
    store_close(s);
}
