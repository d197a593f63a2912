/* Tests of judge: limits, and verdicts of a small store. Figures by hand from the rows below. */
#include "alert/judge.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include "query/test_calls.h"
#include "base/banned.h"

static const struct {
    struct limits limits;
    double value;
    bool exceeded;
    double threshold; /* NaN: none */
} limits[] = {
    {{.has_high = true, .high = 5},                                    5,   false, 5  },
    {{.has_high = true, .high = 5},                                    5.1, true,  5  },
    {{.has_high = true, .inclusive = true, .high = 5},                 5,   true,  5  },
    {{.has_low = true, .low = 5},                                      5,   false, 5  },
    {{.has_low = true, .low = 5},                                      4.9, true,  5  },
    {{.has_low = true, .inclusive = true, .low = 5},                   5,   true,  5  },
    {{.has_low = true, .has_high = true, .low = 1, .high = 5},         2,   false, 1  },
    {{.has_low = true, .has_high = true, .low = 1, .high = 5},         4,   false, 5  },
    {{.has_low = true, .has_high = true, .low = 1, .high = 5},         0,   true,  1  },
    {{.has_low = false},                                               4,   false, NAN},
    {{.has_high = true, .high = 5},                                    NAN, false, 5  },
};

Test(judge, limits)
{
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        double threshold = NAN;

        cr_expect_eq(limits_exceeded(&limits[i].limits, limits[i].value), limits[i].exceeded,
                     "case %zu", i);
        limits_threshold(&limits[i].limits, limits[i].value, &threshold);
        if (isnan(limits[i].threshold))
            cr_expect(isnan(threshold), "case %zu", i);
        else
            cr_expect_float_eq(threshold, limits[i].threshold, 0, "case %zu", i);
    }
}

/* Ten calls in the last ten minutes of an hour, two of which failed, with 600 output tokens each:
 * 6,000 tokens in 600 s are 10 a second. One call of a day before. */
static struct store *small_store(void)
{
    struct store *s = test_store();

    test_sql(s, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9)"
                "INSERT INTO call (started_us, status, output_tokens, identity_key, source_id,"
                "source_line) SELECT 90000000000 - 600000000 + i * 60000000, i < 2, 600, i, 1, i "
                "FROM n;"
                "INSERT INTO call (started_us, status, identity_key, source_id, source_line) "
                "VALUES (1000000, 0, 99, 1, 99);");
    return s;
}

static const struct {
    const char *rule;
    enum verdict_state state;
    double value; /* NaN: not known */
    int64_t n;
    const char *reason;
} verdicts[] = {
    {"\"metric\": \"error_rate\", \"value\": 0.199", VERDICT_FIRING, 0.2, 10, NULL},
    {"\"metric\": \"error_rate\", \"value\": 0.2", VERDICT_OK, 0.2, 10, NULL},
    {"\"metric\": \"error_rate\", \"value\": 0.1, \"min_n\": 11", VERDICT_SKIPPED, 0.2, 10,
     "insufficient data (n 10, needs 11)"},
    {"\"metric\": \"calls\", \"per\": \"1m\", \"window\": \"10m\", \"value\": 0.99", VERDICT_FIRING, 1, 10, NULL},
    {"\"metric\": \"throughput_of_capacity\", \"window\": \"10m\", \"op\": \"<\", \"value\": 0.8, \"capacity\": 13",
     VERDICT_FIRING, 10.0 / 13, 10, NULL},
    {"\"metric\": \"throughput_of_capacity\", \"window\": \"10m\", \"op\": \"<\", \"value\": 0.8, \"capacity\": 12.5",
     VERDICT_OK, 0.8, 10, NULL},
    {"\"metric\": \"throughput_of_capacity\", \"op\": \"<\", \"value\": 0.8", VERDICT_SKIPPED, NAN, 0,
     "no data (no capacity configured)"},
    {"\"metric\": \"latency_p95_us\", \"value\": 1", VERDICT_SKIPPED, NAN, 0, "no data in these logs"},
    {"\"metric\": \"score:quality\", \"value\": 1", VERDICT_SKIPPED, NAN, 0, "no data in these logs"},
    {"\"metric\": \"calls\", \"times\": 2, \"baseline\": \"1h\"", VERDICT_SKIPPED, 10, 10, "no history"},
    {"\"metric\": \"calls\", \"window\": \"10m\", \"where\": \"status=cancelled\", \"value\": 1", VERDICT_SKIPPED,
     NAN, 0, "no data in these logs"},
};

Test(judge, verdicts)
{
    struct store *s = small_store();

    for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
        struct arena a = {0};
        struct rule_set set;
        struct verdicts out;
        struct error err = {0};
        char text[400];
        struct judge_spec spec = {
            .rules = &set, .zone = &test_utc, .now_us = 90000000000, .jobs = 1};

        snprintf(text, sizeof(text), "{\"rules\": [{\"name\": \"x\", %s}]}", verdicts[i].rule);
        cr_assert(rules_read(sv_from(text), "f", &a, &set, &err) == OK, "%s", err.msg);
        cr_assert(judge_run(s, &spec, &a, &out, &err) == OK, "%s", err.msg);
        cr_assert_eq(out.n, 1);
        cr_assert(judge_missing(s, &spec, &a, &out.v[0], &err) == OK, "%s", err.msg);
        cr_expect_eq(out.v[0].state, verdicts[i].state, "%s: %s", verdicts[i].rule,
                     verdict_states[out.v[0].state]);
        cr_expect_eq(out.v[0].n, verdicts[i].n, "%s", verdicts[i].rule);
        cr_expect_eq(out.v[0].known, !isnan(verdicts[i].value), "%s", verdicts[i].rule);
        if (out.v[0].known)
            cr_expect_float_eq(out.v[0].value, verdicts[i].value, 1e-12, "%s", verdicts[i].rule);
        if (verdicts[i].reason)
            cr_expect_str_eq(out.v[0].reason, verdicts[i].reason);
        else
            cr_expect_null(out.v[0].reason);
        arena_release(&a);
    }
    store_close(s);
}
