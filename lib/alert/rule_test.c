/* Tests of rule: each complaint, what is read, and rules as words. Wanted values by hand. */
#include "alert/rule.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "base/buf.h"
#include "base/banned.h"

#define RULE(more) "{\"rules\": [{\"name\": \"x\", " more "}]}"
#define CALLS(more) RULE("\"metric\": \"calls\", \"value\": 1, " more)

static const struct {
    const char *text, *want;
} complaints[] = {
    {"[]",                                          "expected an object with \"rules\""},
    {"{}",                                          "/rules: expected a list of 1 to 500 rules"},
    {"{\"rules\": []}",                             "/rules: expected a list of 1 to 500 rules"},
    {"{\"rule\": []}",                              "/rule: unknown key; did you mean \"rules\"?"},
    {"{\"escalate\": 1, \"rules\": []}",            "/escalate: expected true or false"},
    {"{\"rules\": [1]}",                            "/rules/0: expected an object, found 1"},
    {"{\"rules\": [{\"metric\": \"calls\"}]}",      "/rules/0: expected a \"name\""},
    {RULE("\"why\": \"w\""),                        "/rules/0: expected either a \"metric\" or \"of\" other rules"},
    {RULE("\"metric\": \"calls\", \"of\": [\"y\"]"), "/rules/0: expected either a \"metric\" or \"of\" other rules"},
    {RULE("\"metric\": \"calls\""),                 "/rules/0: expected what it is compared with: value, outside, times, points, percent, sigmas or surprise"},
    {CALLS("\"times\": 2"),                         "/rules/0: expected one comparison, found several"},
    {CALLS("\"vaule\": 1"),                         "/rules/0/vaule: unknown key; did you mean \"value\"?"},
    {CALLS("\"why\": \"\""),                        "/rules/0/why: expected a text, found \"\""},
    {CALLS("\"by\": 1"),                            "/rules/0/by: expected a text or a list of texts, found 1"},
    {CALLS("\"by\": [1]"),                          "/rules/0/by: expected a text, found 1"},
    {CALLS("\"severity\": \"P9\""),                 "/rules/0/severity: expected P0, P1, P2, P3, critical, warning or info, found \"P9\""},
    {CALLS("\"op\": \"==\""),                       "/rules/0/op: expected >, >=, <, <= or <>, found \"==\""},
    {CALLS("\"op\": \"<>\""),                       "/rules/0/op: \"<>\" goes with points, percent, sigmas and surprise"},
    {CALLS("\"window\": \"5\""),                    "/rules/0/window: expected a time like 5m, 1h or 7d, at most 400d, found \"5\""},
    {CALLS("\"window\": \"401d\""),                 "/rules/0/window: expected a time like 5m, 1h or 7d, at most 400d, found \"401d\""},
    {CALLS("\"window\": \"0m\""),                   "/rules/0/window: expected a time above 0"},
    {CALLS("\"and_window\": \"1h\""),               "/rules/0/and_window: expected a shorter time than the window"},
    {CALLS("\"for\": \"25h\""),                     "/rules/0/for: expected at most 24h"},
    {CALLS("\"min_n\": 0"),                         "/rules/0/min_n: expected a whole number above 0, found 0"},
    {CALLS("\"min_n\": 1.5"),                       "/rules/0/min_n: expected a whole number above 0, found 1.5"},
    {CALLS("\"baseline\": \"7d\""),                 "/rules/0/baseline: there is nothing that would be compared with it"},
    {CALLS("\"history\": \"7d\""),                  "/rules/0/history: there is nothing that would be compared with it"},
    {CALLS("\"unless\": \"x\""),                    "/rules/0/unless: there is no other rule of that name"},
    {CALLS("\"alpha\": 0.01"),                      "/rules/0/alpha: only rates and percentiles of times can be tested"},
    {CALLS("\"capacity\": 5"),                      "/rules/0/capacity: expected a sum that is told for a time, with \"per\""},
    {CALLS("\"per\": \"1m\", \"capacity\": 0"),     "/rules/0/capacity: expected a number above 0, found 0"},
    {CALLS("\"per\": \"1m\", \"capacity\": \"5%\""), "/rules/0/capacity: expected a number, found \"5%\""},
    {RULE("\"metric\": \"throughput_of_capacity\", \"per\": \"1m\", \"value\": 1"), "/rules/0/per: throughput_of_capacity is told for a second"},
    {RULE("\"metric\": \"error_rate\", \"value\": 1, \"capacity\": 5"), "/rules/0/capacity: expected a sum that is told for a time, with \"per\""},
    {RULE("\"metric\": \"error_rate\", \"value\": 1, \"per\": \"1h\""), "/rules/0/per: only sums are told for a time"},
    {RULE("\"metric\": \"error_rate\", \"value\": 1, \"alpha\": 0.01"), "/rules/0/alpha: expected a comparison with a baseline: times, points or percent"},
    {RULE("\"metric\": \"error_rate\", \"times\": 2, \"baseline\": \"1d\", \"alpha\": 1"), "/rules/0/alpha: expected a probability between 0 and 1, found 1"},
    {RULE("\"metric\": \"context_utilization_p95\", \"times\": 2, \"baseline\": \"1d\", \"alpha\": 0.1"), "/rules/0/alpha: only rates and percentiles of times can be tested"},
    {RULE("\"metric\": \"error_rate\", \"surprise\": 1, \"baseline\": \"1d\""), "/rules/0/surprise: expected a probability between 0 and 1, found 1"},
    {RULE("\"metric\": \"calls\", \"surprise\": 0.1, \"baseline\": \"1d\""), "/rules/0/surprise: only rates have one"},
    {RULE("\"metric\": \"calls\", \"times\": 0, \"baseline\": \"1d\""), "/rules/0/times: expected a number above 0, found 0"},
    {RULE("\"metric\": \"calls\", \"times\": 2"),   "/rules/0/baseline: expected a time that is at least as long as the window"},
    {RULE("\"metric\": \"calls\", \"value\": \"5%\""), "/rules/0/value: expected a number, found \"5%\""},
    {RULE("\"metric\": \"calls\", \"outside\": [1]"), "/rules/0/outside: expected a list of two numbers, found an array"},
    {RULE("\"metric\": \"calls\", \"outside\": [2, 1]"), "/rules/0/outside: expected the smaller number first"},
    {RULE("\"of\": [\"y\"]"),                       "/rules/0/of: there is no rule of one of these names"},
    {RULE("\"of\": [\"x\"]"),                       "/rules/0/of: composites cannot be part of one"},
    {RULE("\"of\": [\"x\"], \"at_least\": 2"),      "/rules/0/at_least: there are not so many rules in \"of\""},
    {"{\"rules\": [{\"name\": \"x\", \"metric\": \"calls\", \"value\": 1}, {\"name\": \"x\", \"metric\": \"calls\", \"value\": 1}]}", "/rules/1/name: another rule has it, too"},
};

Test(rule, complaints)
{
    for (size_t i = 0; i < ARRAY_LEN(complaints); i++) {
        struct arena a = {0};
        struct rule_set set = {.n = 4711};
        struct error err = {0};
        enum err rc = rules_read(sv_from(complaints[i].text), "f", &a, &set, &err);

        cr_expect(rc != OK && err.code == rc, "%s", complaints[i].text);
        cr_expect_str_eq(err.msg, complaints[i].want);
        cr_expect_str_eq(err.file, "f");
        cr_expect_eq(set.n, 4711, "untouched");
        arena_release(&a);
    }
}

static const struct {
    const char *text, *words;
    double value;
    int64_t min_n;
} rules[] = {
    {RULE("\"metric\": \"latency_p95_us\", \"value\": \"10s\", \"window\": \"5m\", \"for\": \"2m\", \"by\": \"model\""),
     "latency_p95_us of the last 5m > 10.00 s, by model, for 2m, n >= 20", 1e7, 20},
    {RULE("\"metric\": \"latency_p99_us\", \"op\": \"<\", \"value\": \"1s\", \"min_n\": 7"),
     "latency_p99_us of the last 1h < 1.00 s, n >= 7", 1e6, 7},
    {RULE("\"metric\": \"latency_p99_us\", \"value\": \"1s\""), "latency_p99_us of the last 1h > 1.00 s, n >= 100", 1e6, 100},
    {RULE("\"metric\": \"cost_usd\", \"per\": \"1h\", \"times\": 2, \"baseline\": \"7d\", \"unless\": \"y\"}, {\"name\": \"y\", \"metric\": \"calls\", \"value\": 1"),
     "cost_usd per 1h of the last 1h > 2 x that of the baseline, baseline the 7d before, n >= 1, unless y fires", 2, 1},
    {RULE("\"metric\": \"throughput_of_capacity\", \"op\": \"<\", \"value\": \"80%\", \"capacity\": \"2k\", \"window\": \"15m\""),
     "throughput_of_capacity per 1s of the last 15m < 80.0 %, of a capacity of 2000, n >= 1", 0.8, 1},
    {RULE("\"metric\": \"gpu_utilization\", \"outside\": [\"60%\", \"95%\"]"),
     "gpu_utilization of the last 1h outside 60.0 % .. 95.0 %, n >= 1", 0.6, 1},
    {RULE("\"metric\": \"error_rate\", \"op\": \"<>\", \"points\": \"5%\", \"baseline\": \"1d\", \"alpha\": 0.01, \"where\": [\"a=b\", \"c=d\"]"),
     "error_rate of the last 1h away from that of the baseline by more than 0.05, baseline the 1d before, significant at 0.01, where a=b, where c=d, n >= 1", 0.05, 1},
};

Test(rule, words)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        struct arena a = {0};
        struct rule_set set;
        struct error err = {0};
        struct buf b = {0};

        cr_assert(rules_read(sv_from(rules[i].text), "f", &a, &set, &err) == OK, "%s", err.msg);
        rule_words(&b, &set.rules[0]);
        cr_expect(sv_is((struct sv){b.p, b.n}, rules[i].words), "%.*s", (int)b.n, b.p);
        cr_expect(epsilon_eq(dbl, set.rules[0].value, rules[i].value, 1e-12));
        cr_expect(eq(i64, set.rules[0].min_n, rules[i].min_n));
        buf_release(&b);
        arena_release(&a);
    }
}

static const struct {
    const char *text;
    int64_t us; /* -1: none */
} durations[] = {
    {"30s",                  30000000         },
    {"5m",                   300000000        },
    {"0h",                   0                },
    {"400d",                 34560000000000   },
    {"401d",                 -1               },
    {"5",                    -1               },
    {"m",                    -1               },
    {"-5m",                  -1               },
    {"5 m",                  -1               },
    {"1.5h",                 -1               },
    {"99999999999999999999d", -1              },
};

Test(rule, durations)
{
    for (size_t i = 0; i < ARRAY_LEN(durations); i++) {
        int64_t us = -1;
        bool ok = rule_read_duration(durations[i].text, &us);

        cr_expect_eq(ok, durations[i].us >= 0, "%s", durations[i].text);
        cr_expect_eq(ok ? us : -1, durations[i].us, "%s", durations[i].text);
    }
}

/* What the program brings is read without a complaint. */
Test(rule, built_in)
{
    for (size_t i = 0; rules_builtin_names[i]; i++) {
        struct arena a = {0};
        struct rule_set set;
        struct error err = {0};

        cr_expect(rules_read(sv_from(rules_builtin(rules_builtin_names[i])), "f", &a, &set, &err) == OK,
                  "%s", err.msg);
        cr_expect_str_eq(set.name, rules_builtin_names[i]);
        arena_release(&a);
    }
    cr_expect_null(rules_builtin("s005"));
}
