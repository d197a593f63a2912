#include "report/budget.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include "query/test_calls.h"

#define HOUR_US INT64_C(3600000000)
#define MINUTE_US INT64_C(60000000)
#define DAY_US (24 * HOUR_US)
#define NOON_US INT64_C(1795262400000000) /* 2026-11-21T12:00:00Z, a Saturday */

static const char *const by_feature[] = {"feature"};
static const char *const by_user[] = {"user"};
static const char *const by_both[] = {"user", "feature"};

static struct table run(struct store *s, const struct budget_spec *spec)
{
    struct table t = {0};
    struct error err;

    cr_assert(budget_run(s, spec, &t, &err) == OK, "%s", err.msg);
    return t;
}

static const struct cell *cell(const struct table *t, size_t row, enum budget_column c)
{
    return &t->rows[row].cells[budget_first_column(t) + c];
}

static bool is_text(const struct cell *c, const char *text)
{
    return text ? c->type == CELL_TEXT && sv_is(c->text, text) : c->type == CELL_MISSING;
}

/* The row of a group; NULL: the one for all calls. */
static size_t row_of(const struct table *t, const char *group)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (is_text(cell(t, i, BUDGET_C_GROUP), group))
            return i;
    cr_assert_fail("no row for %s", group ? group : "all");
    return 0;
}

/* Counted by Python over the rows of test_calls.h, with zoneinfo's Europe/Berlin: calls that are
 * not shadowed, cost as given, else as computed, 0 when from a cache. The 25th has 25 hours. */
#define AT_25 INT64_C(1792926000000000)   /* 2026-10-25T12:00:00+01:00 */
#define AT_26 INT64_C(1793012400000000)   /* a day later */
#define IN_HOUR INT64_C(1793010000000000) /* 2026-10-26T11:20:00+01:00 */
#define AT_LATER INT64_C(1793060000000000)

/* clang-format off */
static const struct {
    const char *name;
    enum period period;
    int64_t last_us;
    enum spending_unit unit;
    const char *const *by;
    const char *group;
    int64_t calls, used, unknown;
} sums[] = {
    {"day, all",         PERIOD_DAY,      AT_25,    SPENDING_NUSD,   NULL,       NULL,        17, 4712227967,  4},
    {"day, all, calls",  PERIOD_DAY,      AT_25,    SPENDING_CALLS,  NULL,       NULL,        17, 17,          0},
    {"day, all, tokens", PERIOD_DAY,      AT_25,    SPENDING_TOKENS, NULL,       NULL,        17, 55875,       0},
    {"day, none",        PERIOD_DAY,      AT_25,    SPENDING_NUSD,   by_feature, "(none)",    5,  2051090334,  1},
    {"day, summarise",   PERIOD_DAY,      AT_25,    SPENDING_NUSD,   by_feature, "summarise", 6,  1199351059,  2},
    {"day, cid, tokens", PERIOD_DAY,      AT_25,    SPENDING_TOKENS, by_user,    "cid",       5,  22601,       0},
    {"next day",         PERIOD_DAY,      AT_26,    SPENDING_NUSD,   NULL,       NULL,        14, 4391726050,  2},
    {"next day, none",   PERIOD_DAY,      AT_26,    SPENDING_NUSD,   by_feature, "(none)",    1,  0,           1},
    {"week, summarise",  PERIOD_WEEK,     AT_25,    SPENDING_NUSD,   by_feature, "summarise", 7,  1549535581, 2},
    {"month, all",       PERIOD_MONTH,    AT_25,    SPENDING_NUSD,   NULL,       NULL,        45, 13269643715, 8},
    {"month, cid",       PERIOD_MONTH,    AT_25,    SPENDING_TOKENS, by_user,    "cid",       13, 47020,       0},
    {"hour, cid",        PERIOD_HOUR,     IN_HOUR,  SPENDING_NUSD,   by_user,    "cid",       1,  599229278,   0},
    {"24h, bob",         PERIOD_LAST_24H, AT_LATER, SPENDING_NUSD,   by_user,    "bob",       4,  1296500411,  0},
};
/* clang-format on */

Test(budget, sums)
{
    struct store *s = test_calls();

    for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
        struct budget_limit limit = {.by = sums[i].by,
                                     .n_by = sums[i].by != NULL,
                                     .max = INT64_C(10000000000),
                                     .unit = sums[i].unit,
                                     .period = sums[i].period};
        struct budget_spec spec = {.limits = &limit,
                                   .n_limits = 1,
                                   .zone = &test_berlin,
                                   .last_us = sums[i].last_us,
                                   .jobs = 2};
        struct table t = run(s, &spec);
        size_t row = row_of(&t, sums[i].group);
        double unit = sums[i].unit == SPENDING_NUSD ? 1e9 : 1;

        cr_expect_eq(cell(&t, row, BUDGET_C_N)->i, sums[i].calls, "%s", sums[i].name);
        cr_expect_float_eq(cell(&t, row, BUDGET_C_VALUE)->r, (double)sums[i].used / unit, 1e-9,
                           "%s: %g", sums[i].name, cell(&t, row, BUDGET_C_VALUE)->r);
        if (sums[i].unit == SPENDING_NUSD)
            cr_expect_eq(cell(&t, row, BUDGET_C_SPENT_USD)->i, sums[i].used, "%s", sums[i].name);
        else
            cr_expect_eq(cell(&t, row, BUDGET_C_SPENT_USD)->type, CELL_MISSING);
        cr_expect_eq(cell(&t, row, BUDGET_C_UNKNOWN)->i, sums[i].unknown, "%s", sums[i].name);
        cr_expect_eq(t.rows[row].lower_bound, sums[i].unknown > 0, "%s", sums[i].name);
        table_release(&t);
    }
    store_close(s);
}

/* Whatever the groups, the threads and the filter: they add up to what all calls together are. */
Test(budget, groups_add_up)
{
    static const char *const dims[] = {"feature", "user",       "model", "session",
                                       "status",  "error_kind", "team"};
    static const char *const filters[] = {"status!=error", "user=ann|cid", "latency>2s"};
    struct store *s = test_calls();
    uint32_t random = 7;

    for (int round = 0; round < 200; round++) {
        const char *by[3];
        struct budget_limit limits[2] = {{.max = 5000000000}, {.max = 0}};
        struct budget_spec spec = {
            .limits = limits, .n_limits = 2, .zone = &test_berlin, .last_us = AT_25};
        int64_t sum = 0, calls = 0, unknown = 0;
        double value = 0;
        struct table t;
        size_t all;

        random = random * 1103515245u + 12345u;
        limits[0].unit = limits[1].unit = (enum spending_unit)(random >> 8 & 3) % 3;
        limits[0].period = limits[1].period = (enum period)(random >> 10 & 7) % PERIOD_COUNT;
        limits[1].n_by = 1 + (random >> 13) % 3;
        for (size_t d = 0; d < limits[1].n_by; d++)
            by[d] = dims[((random >> 16) + 3 * d) % ARRAY_LEN(dims)];
        limits[1].by = by;
        spec.forecast = random >> 20 & 1;
        spec.n_where = random >> 21 & 1;
        spec.where = &filters[(random >> 22) % ARRAY_LEN(filters)];
        spec.jobs = 1 + (int)(random >> 25 & 3);
        spec.last_us += (int64_t)(random >> 16 & 63) * HOUR_US;
        t = run(s, &spec);
        all = row_of(&t, NULL);
        for (size_t i = 0; i < t.n_rows; i++) {
            if (i == all)
                continue;
            sum += cell(&t, i, BUDGET_C_SPENT_USD)->i;
            value += cell(&t, i, BUDGET_C_VALUE)->r;
            calls += cell(&t, i, BUDGET_C_N)->i;
            unknown += cell(&t, i, BUDGET_C_UNKNOWN)->i;
        }
        cr_expect_eq(sum, cell(&t, all, BUDGET_C_SPENT_USD)->i, "round %d", round);
        cr_expect_float_eq(value, cell(&t, all, BUDGET_C_VALUE)->r, 1e-6, "round %d", round);
        cr_expect_eq(calls, cell(&t, all, BUDGET_C_N)->i, "round %d", round);
        cr_expect_eq(unknown, cell(&t, all, BUDGET_C_UNKNOWN)->i, "round %d", round);
        table_release(&t);
    }
    store_close(s);
}

/* By the same Python: the call with which each feature's October went above 2 dollars, and the user
 * who spent most of it; where nobody is known to have, the model. */
static const struct {
    const char *group, *since, *breach, *main;
    double share;
} overs[] = {
    {"support",   "2026-10-26T21:49:38+01:00", "2026-10-26", "user=cid", 0.3780367118843771},
    {"summarise", "2026-10-26T10:29:07+01:00", "2026-10-26", "user=ann", 0.5803969840548643},
    {"(none)",    "2026-10-25T13:17:47+01:00", "2026-10-25", "user=cid", 0.6341560210924083},
    {"search",    "2026-10-26T17:16:45+01:00", "2026-10-26", NULL,       0                 },
};

Test(budget, since_when_and_who)
{
    struct store *s = test_calls();
    struct budget_limit limit = {
        .by = by_feature, .n_by = 1, .max = 2000000000, .period = PERIOD_MONTH};
    struct budget_spec spec = {
        .limits = &limit, .n_limits = 1, .zone = &test_berlin, .last_us = AT_LATER, .jobs = 3};
    struct table t = run(s, &spec);

    cr_expect_eq(t.n_rows, 4);
    cr_expect_eq(budget_worst(&t), BUDGET_OVER);
    for (size_t i = 0; i < ARRAY_LEN(overs); i++) {
        size_t row = row_of(&t, overs[i].group);

        cr_expect(is_text(cell(&t, row, BUDGET_C_STATE), "over"));
        cr_expect(is_text(cell(&t, row, BUDGET_C_SEVERITY), "P1"));
        cr_expect(is_text(cell(&t, row, BUDGET_C_SINCE), overs[i].since), "%s: %.*s",
                  overs[i].group, SV_FMT(cell(&t, row, BUDGET_C_SINCE)->text));
        cr_expect(is_text(cell(&t, row, BUDGET_C_BREACH), overs[i].breach), "%s", overs[i].group);
        if (!overs[i].main)
            continue;
        cr_expect(is_text(cell(&t, row, BUDGET_C_MAIN), overs[i].main), "%s: %.*s", overs[i].group,
                  SV_FMT(cell(&t, row, BUDGET_C_MAIN)->text));
        cr_expect_float_eq(cell(&t, row, BUDGET_C_MAIN_SHARE)->r, overs[i].share, 1e-12);
    }
    cr_expect_eq(strncmp(cell(&t, row_of(&t, "search"), BUDGET_C_MAIN)->text.p, "model=", 6), 0);
    table_release(&t);
    store_close(s);
}

/* October's 13,269,643,715 nano-dollars against limits beside it. */
static const struct {
    int64_t max;
    int warn_at;
    const char *state;
} limits[] = {
    {13269643714, 80,  "over"},
    {13269643715, 80,  "warn"},
    {13269643715, 0,   "ok"  },
    {16587054643, 80,  "warn"}, /* 80 % is 13,269,643,714.4 */
    {16587054644, 80,  "ok"  }, /* 80 % is 13,269,643,715.2 */
    {13269643716, 100, "ok"  },
    {13269643715, 100, "warn"},
    {0,           80,  "over"},
};

Test(budget, states)
{
    struct store *s = test_calls();

    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        struct budget_limit limit = {
            .max = limits[i].max, .period = PERIOD_MONTH, .warn_at_percent = limits[i].warn_at};
        struct budget_spec spec = {
            .limits = &limit, .n_limits = 1, .zone = &test_berlin, .last_us = AT_25, .jobs = 1};
        struct table t = run(s, &spec);

        cr_expect(is_text(cell(&t, 0, BUDGET_C_STATE), limits[i].state), "%zu: %.*s", i,
                  SV_FMT(cell(&t, 0, BUDGET_C_STATE)->text));
        cr_expect_eq(cell(&t, 0, BUDGET_C_USED)->type, limits[i].max ? CELL_REAL : CELL_MISSING);
        cr_expect_eq(cell(&t, 0, BUDGET_C_SINCE)->type == CELL_TEXT,
                     strcmp(limits[i].state, "ok") != 0, "%zu", i);
        table_release(&t);
    }
    store_close(s);
}

/* A limit of nothing is kept by who spent nothing; a group without calls has a row of its own only
 * when it is named. */
Test(budget, groups_without_calls)
{
    static const char *const dave[] = {"dave"}, *const two[] = {"cid", "search"};
    struct store *s = test_calls();
    struct budget_limit of[] = {
        {.by = by_user,      .n_by = 1,              .match = dave, .max = 0, .period = PERIOD_DAY},
        {.by = by_both,          .n_by = 2,            .match = two, .max = 1000000000, .period = PERIOD_MONTH},
        {.by = by_user,      .n_by = 1,          .max = 1, .period = PERIOD_DAY},
        {.max = 1, .period = PERIOD_DAY},
    };
    struct budget_spec spec = {
        .limits = of, .n_limits = 2, .zone = &test_berlin, .last_us = AT_25, .jobs = 1};
    struct table t = run(s, &spec);

    cr_expect_eq(t.n_rows, 2);
    cr_expect(is_text(cell(&t, row_of(&t, "dave"), BUDGET_C_STATE), "ok"));
    cr_expect_eq(cell(&t, row_of(&t, "dave"), BUDGET_C_N)->i, 0);
    cr_expect_eq(cell(&t, row_of(&t, "cid, search"), BUDGET_C_SPENT_USD)->i, 1047759677);
    cr_expect(is_text(cell(&t, row_of(&t, "cid, search"), BUDGET_C_STATE), "over"));
    table_release(&t);
    spec.limits = of + 2;
    spec.last_us = INT64_C(1500000000000000); /* 2017: no calls at all */
    t = run(s, &spec);
    cr_expect_eq(t.n_rows, 1);
    cr_expect_eq(cell(&t, row_of(&t, NULL), BUDGET_C_N)->i, 0);
    table_release(&t);
    store_close(s);
}

/* ---- forecasts ------------------------------------------------------------------------------ */

static uint32_t next(uint32_t *x)
{
    *x = (*x * 1103515245u + 12345u) & 0x7fffffffu;
    return 10 + *x / 65536 % 100;
}

/* Calls of a feature at 9 and at 15 o'clock of the n days before the 21st, and at 9 of that one,
 * for whole dollars that Python's integers can make again. */
static void add_calls(struct store *s, int feature, uint32_t seed, int n, int minute)
{
    static int id = 1000;
    char sql[512];

    for (int day = n; day >= 0; day--)
        for (int hour = 9; hour <= 15; hour += 6) {
            uint32_t dollars = next(&seed);

            if (day == 0 && hour == 15)
                continue;
            id++;
            snprintf(
                sql, sizeof(sql),
                "INSERT INTO call (feature_id,request_model_id,started_us,input_tokens,"
                "output_tokens,cost_given_nusd,status,identity_key,source_id,source_line) "
                "VALUES (%d,1,%lld,1,1,%u000000000,0,%d,1,%d)",
                feature,
                (long long)(NOON_US - day * DAY_US + (hour - 12) * HOUR_US + minute * MINUTE_US),
                dollars, id, id);
            test_sql(s, sql);
        }
}

static struct store *forecast_store(int minute)
{
    struct store *s = test_store();

    test_sql(s, TEST_DICTIONARY);
    add_calls(s, 1, 11, 40, minute); /* support */
    add_calls(s, 2, 12, 20, minute); /* search */
    add_calls(s, 3, 13, 5, minute);  /* summarise */
    return s;
}

/* By Python, as in forecast_test.c: classes as dictionaries, exact fractions up to the root. */
/* clang-format off */
static const struct {
    const char *group;
    enum period period;
    double spent, forecast, low, high;
    int64_t days;
    int64_t max; /* dollars */
    const char *breach, *state;
} forecasts[] = {
    {"support",   PERIOD_MONTH, 2602, 3746.25,    3571.75345, 3920.74655, 28, 3500, "2026-11-28", "forecast-over"},
    {"support",   PERIOD_MONTH, 2602, 3746.25,    3571.75345, 3920.74655, 28, 3746, "2026-11-30", "forecast-over"},
    {"support",   PERIOD_MONTH, 2602, 3746.25,    3571.75345, 3920.74655, 28, 3747, NULL,         "ok"           },
    {"support",   PERIOD_MONTH, 2602, 3746.25,    3571.75345, 3920.74655, 28, 2670, "2026-11-21", "forecast-over"},
    {"support",   PERIOD_MONTH, 2602, 3746.25,    3571.75345, 3920.74655, 28, 1000, "2026-11-08", "over"},
    {"support",   PERIOD_WEEK,  684,  860.75,     790.388636, 931.111364, 28, 860,  "2026-11-22", "forecast-over"},
    {"support",   PERIOD_DAY,   86,   160.75,     114.686625, 206.813375, 28, 161,  NULL,         "ok"           },
    {"search",    PERIOD_MONTH, 2300, 3293.14286, 3097.44632, 3488.83939, 14, 3000, "2026-11-28", "forecast-over"},
    {"search",    PERIOD_WEEK,  606,  762.571429, 690.173416, 834.969441, 14, 800,  NULL,         "ok"           },
    {"search",    PERIOD_DAY,   76,   128,        77.2566806, 178.743319, 14, 100,  "2026-11-21", "forecast-over"},
    {"summarise", PERIOD_MONTH, 679,  -1,         -1,         -1,         4,  9999, NULL,         "ok"           },
};
/* clang-format on */

static double real_or(const struct cell *c, double missing)
{
    return c->type == CELL_REAL ? c->r : missing;
}

Test(budget, forecasts)
{
    struct store *s = forecast_store(0);

    for (size_t i = 0; i < ARRAY_LEN(forecasts); i++) {
        struct budget_limit limit = {.by = by_feature,
                                     .n_by = 1,
                                     .period = forecasts[i].period,
                                     .max = forecasts[i].max * 1000000000};
        struct budget_spec spec = {.limits = &limit,
                                   .n_limits = 1,
                                   .zone = &test_utc,
                                   .last_us = NOON_US,
                                   .forecast = true,
                                   .jobs = 2};
        struct table t = run(s, &spec);
        size_t row = row_of(&t, forecasts[i].group);

        cr_expect_float_eq(cell(&t, row, BUDGET_C_VALUE)->r, forecasts[i].spent, 1e-9, "%zu", i);
        cr_expect_float_eq(real_or(cell(&t, row, BUDGET_C_FORECAST), -1), forecasts[i].forecast,
                           1e-5, "%zu", i);
        cr_expect_float_eq(real_or(cell(&t, row, BUDGET_C_LOW), -1), forecasts[i].low, 1e-5, "%zu",
                           i);
        cr_expect_float_eq(real_or(cell(&t, row, BUDGET_C_HIGH), -1), forecasts[i].high, 1e-5,
                           "%zu", i);
        cr_expect_eq(cell(&t, row, BUDGET_C_DAYS)->i, forecasts[i].days, "%zu", i);
        cr_expect(is_text(cell(&t, row, BUDGET_C_BREACH), forecasts[i].breach), "%zu: %.*s", i,
                  SV_FMT(cell(&t, row, BUDGET_C_BREACH)->text));
        cr_expect(is_text(cell(&t, row, BUDGET_C_STATE), forecasts[i].state), "%zu", i);
        table_release(&t);
    }
    store_close(s);
}

/* An hour is looked ahead to its end: of each day only the same minutes count. On the last four
 * Saturdays support had a call at 15:01 each time, search on the last two, summarise on none. */
Test(budget, forecast_of_an_hour)
{
    static const struct {
        int64_t last_us;
        double want;
    } at[] = {
        {NOON_US + 3 * HOUR_US - 1,         0  },
        {NOON_US + 3 * HOUR_US,             1.5},
        {NOON_US + 3 * HOUR_US + MINUTE_US, 0  }, /* that minute is over on all days */
        {NOON_US - 3 * HOUR_US,             4.5}, /* three were there today, and are counted */
    };
    struct store *s = forecast_store(1);
    struct budget_limit limit = {.max = 1, .unit = SPENDING_CALLS, .period = PERIOD_HOUR};
    struct budget_spec spec = {
        .limits = &limit, .n_limits = 1, .zone = &test_utc, .forecast = true, .jobs = 1};

    for (size_t i = 0; i < ARRAY_LEN(at); i++) {
        struct table t;

        spec.last_us = at[i].last_us;
        t = run(s, &spec);
        cr_expect_float_eq(real_or(cell(&t, 0, BUDGET_C_FORECAST), -1), at[i].want, 1e-9, "%zu: %g",
                           i, real_or(cell(&t, 0, BUDGET_C_FORECAST), -1));
        table_release(&t);
    }
    store_close(s);
}

/* Rolling periods have no end, and --until leaves out what is behind it. */
Test(budget, rolling_and_past)
{
    struct store *s = forecast_store(0);
    struct budget_limit limit = {.max = 1000000000000, .period = PERIOD_LAST_7D};
    struct budget_spec spec = {.limits = &limit,
                               .n_limits = 1,
                               .zone = &test_utc,
                               .last_us = NOON_US,
                               .forecast = true,
                               .jobs = 1};
    struct table t = run(s, &spec);

    cr_expect_eq(cell(&t, 0, BUDGET_C_FORECAST)->type, CELL_MISSING);
    cr_expect_eq(cell(&t, 0, BUDGET_C_DAYS)->type, CELL_MISSING);
    cr_expect_eq(t.n_notes, 1);
    table_release(&t);
    limit = (struct budget_limit){.max = 4, .unit = SPENDING_CALLS, .period = PERIOD_DAY};
    spec.until_known = true;
    spec.last_us = NOON_US - DAY_US; /* three features at 9:00 of the 20th, not those at 15:00 */
    t = run(s, &spec);
    cr_expect_eq(cell(&t, 0, BUDGET_C_VALUE)->r, 3);
    cr_expect(is_text(cell(&t, 0, BUDGET_C_STATE), "forecast-over"));
    table_release(&t);
    spec.until_known = false; /* they are in the day that is looked at */
    t = run(s, &spec);
    cr_expect_eq(cell(&t, 0, BUDGET_C_VALUE)->r, 6);
    table_release(&t);
    store_close(s);
}

/* ---- the rest ------------------------------------------------------------------------------- */

Test(budget, order_and_rows_shown)
{
    struct store *s = test_calls();
    struct budget_limit limit = {
        .by = by_user, .n_by = 1, .max = 2600000000, .period = PERIOD_MONTH, .warn_at_percent = 94};
    struct budget_spec spec = {.limits = &limit,
                               .n_limits = 1,
                               .zone = &test_berlin,
                               .last_us = AT_25,
                               .limit = 3,
                               .jobs = 1};
    static const char *const want[] = {"cid", "bob", "ann"}; /* over, over, warn; none is ok */
    static const char *const by_group[] = {"(none)", "ann", "bob"};
    struct table t = run(s, &spec);

    cr_expect_eq(t.n_rows, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect(is_text(cell(&t, i, BUDGET_C_GROUP), want[i]), "%zu", i);
    cr_expect(is_text(cell(&t, 2, BUDGET_C_STATE), "warn"));
    cr_expect_str_eq(t.notes[t.n_notes - 1], "1 more group, none over (--all)");
    table_release(&t);
    spec.sort = "group";
    spec.ascending = true;
    t = run(s, &spec);
    for (size_t i = 0; i < 3; i++)
        cr_expect(is_text(cell(&t, i, BUDGET_C_GROUP), by_group[i]), "%zu", i);
    cr_expect_str_eq(t.warnings[0], "1 more group, 1 of them over (--all)");
    table_release(&t);
    store_close(s);
}

static const struct {
    const char *by, *where, *sort, *message;
} refused[] = {
    {"day",  NULL,    NULL,  "by: day is a time; over which time a limit holds is said by its period"},
    {"tag",  NULL,    NULL,  "by: a call may have several tags, so that a limit by tag would count"  },
    {"teem", NULL,    NULL,  "unknown dimension 'teem'"                                              },
    {"user", "cost>", NULL,  "where: column"                                                         },
    {"user", NULL,    "usd", "unknown column 'usd'"                                                  },
};

Test(budget, refuses)
{
    struct store *s = test_calls();

    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct budget_limit limit = {.by = &refused[i].by,
                                     .n_by = 1,
                                     .max = 1,
                                     .where = &refused[i].where,
                                     .n_where = refused[i].where != NULL,
                                     .place = "llmobs.json: /budgets/0"};
        struct budget_spec spec = {.limits = &limit,
                                   .n_limits = 1,
                                   .zone = &test_utc,
                                   .sort = refused[i].sort,
                                   .last_us = AT_25,
                                   .jobs = 1};
        struct table t = {0};
        struct error err = {0};

        cr_expect_eq(budget_run(s, &spec, &t, &err), ERR_USAGE, "%s", refused[i].message);
        cr_expect_eq(strncmp(err.msg, refused[i].message, strlen(refused[i].message)), 0, "%s",
                     err.msg);
        cr_expect_str_eq(err.file, refused[i].sort ? "" : limit.place);
        table_release(&t);
    }
    store_close(s);
}
