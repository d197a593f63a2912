/* Wanted values by hand. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "ingest/score_rules.h"

static const struct {
    const char *name, *range, *pass;
    double value;
    int passed;      /* -1: the line does not say */
    double want;     /* -1: unreadable */
    int want_passed; /* -1: nobody knows */
} cases[] = {
    {"nothing is said",                  NULL,    NULL,    0.4, -1, 0.4,  -1},
    {"1..5: 4 is three quarters",        "1..5",  NULL,    4,   -1, 0.75, -1},
    {"-1..1: 0 is the middle",           "-1..1", NULL,    0,   -1, 0.5,  -1},
    {"outside: unreadable, not cut",     "0..1",  ">=0.7", 1.1, -1, -1,   -1},
    {"the end belongs to it",            "0..1",  NULL,    1,   -1, 1,    -1},
    {"passes at the limit",              NULL,    ">=0.7", 0.7, -1, 0.7,  1 },
    {"not below it",                     NULL,    ">0.7",  0.7, -1, 0.7,  0 },
    {"less is better",                   NULL,    "<0.1",  0.1, -1, 0.1,  0 },
    {"at most",                          NULL,    "<=0.1", 0.1, -1, 0.1,  1 },
    {"on the scale of the log",          "1..5",  ">=4",   4,   -1, 0.75, 1 },
    {"the line's own verdict stays",     NULL,    ">=0.7", 0.9, 0,  0.9,  0 },
    {"a verdict's value is no rating",   "1..5",  NULL,    1,   1,  1,    1 },
};

Test(score_rules, apply)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct score_record s = {.value = {cases[i].value, true},
                                 .passed = {cases[i].passed, cases[i].passed >= 0}};
        struct score_rules r = {0};
        struct error err = {0};

        if (cases[i].range)
            cr_assert_eq(score_rules_range(&r, cases[i].range, &err), OK, "%s", cases[i].name);
        if (cases[i].pass)
            cr_assert_eq(score_rules_pass(&r, cases[i].pass, &err), OK, "%s", cases[i].name);
        score_rules_apply(&r, &s);
        cr_expect_eq(s.value.known, cases[i].want >= 0, "%s", cases[i].name);
        if (s.value.known)
            cr_expect(epsilon_eq(dbl, s.value.v, cases[i].want, 1e-12), "%s", cases[i].name);
        cr_expect_eq(s.passed.known ? (int)s.passed.v : -1, cases[i].want_passed, "%s",
                     cases[i].name);
        cr_expect(sv_is(s.name, "quality"), "%s", cases[i].name);
    }
}

Test(score_rules, refuses)
{
    static const char *const ranges[] = {"", "1", "..", "5..1", "1..1", "a..b", "0..1x"};
    static const char *const passes[] = {"", "0.7", ">=", ">=x", "=0.7", "> = 1"};
    struct score_rules r = {0};
    struct error err;

    for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
        cr_expect_eq(score_rules_range(&r, ranges[i], &err), ERR_USAGE, "%s", ranges[i]);
    for (size_t i = 0; i < ARRAY_LEN(passes); i++)
        cr_expect_eq(score_rules_pass(&r, passes[i], &err), ERR_USAGE, "%s", passes[i]);
}

Test(score_rules, names)
{
    struct score_rules r = {.name = SV("tone"), .scorer = SV("human")};
    struct score_record s = {.name = SV("own")}, t = {.scorer = SV("judge")};

    score_rules_apply(&r, &s);
    score_rules_apply(&r, &t);
    cr_expect(sv_is(s.name, "own") && sv_is(s.scorer, "human"));
    cr_expect(sv_is(t.name, "tone") && sv_is(t.scorer, "judge"));
}

Test(score_rules, judges)
{
    const struct score_rules r = {.judge_model = SV("m")};
    static const struct {
        const char *scorer, *model, *want_scorer, *want_model;
    } judges[] = {
        {"",      "",  "judge", "m"},
        {"judge", "",  "judge", "m"},
        {"judge", "n", "judge", "n"},
        {"human", "",  "human", "" },
        {"eval",  "",  "eval",  "" },
    };

    for (size_t i = 0; i < ARRAY_LEN(judges); i++) {
        struct score_record s = {.scorer = sv_from(judges[i].scorer),
                                 .judge_model = sv_from(judges[i].model)};

        score_rules_apply(&r, &s);
        cr_expect(sv_is(s.scorer, judges[i].want_scorer) &&
                      sv_is(s.judge_model, judges[i].want_model),
                  "%s %s", judges[i].scorer, judges[i].model);
    }
}
