/* Tests of alert_state: the file, and the course of an alert from check to check. */
#include "alert/alert_state.h"

#include <criterion/criterion.h>
#include "base/buf.h"
#include "base/banned.h"

#define END "; this is no state of llmobs check (take it away to begin anew)"

static const struct {
    const char *text, *want;
} complaints[] = {
    {"{}",                                          "f: expected \"state_version\": 1" END},
    {"{\"state_version\": 2, \"alerts\": []}",      "f: expected \"state_version\": 1" END},
    {"{\"state_version\": 1}",                      "f: expected a list of \"alerts\"" END},
    {"{\"state_version\": 1, \"alerts\": [1]}",     "f: expected a \"rule\" and whether it is \"firing\"" END},
    {"{\"state_version\": 1, \"alerts\": [{\"rule\": \"a\"}]}",
     "f: expected a \"rule\" and whether it is \"firing\"" END},
    {"{\"state_version\": 1, \"alerts\": [{\"rule\": \"a\", \"firing\": true, \"group\": 1}]}",
     "f: expected a text in \"group\"" END},
    {"{\"state_version\": 1, \"alerts\": [{\"rule\": \"a\", \"firing\": true, \"calm\": 3}]}",
     "f: expected whole numbers in \"calm\", \"since_us\" and \"told_us\"" END},
    {"{\"state_version\": 1, \"alerts\": [{\"rule\": \"a\", \"firing\": true, \"told_us\": -1}]}",
     "f: expected whole numbers in \"calm\", \"since_us\" and \"told_us\"" END},
};

Test(alert_state, complaints)
{
    for (size_t i = 0; i < ARRAY_LEN(complaints); i++) {
        struct arena a = {0};
        struct alert_state s;
        struct error err = {0};

        cr_expect(alert_state_read(sv_from(complaints[i].text), "f", &a, &s, &err) == ERR_PARSE);
        cr_expect_str_eq(err.msg, complaints[i].want);
        arena_release(&a);
    }
}

Test(alert_state, round_trip)
{
    static const char text[] =
        "{\n  \"state_version\": 1,\n  \"alerts\": [\n"
        "    {\"rule\": \"a\\\"b\", \"group\": \"m, \\u001b\", \"firing\": true, \"calm\": 1, "
        "\"since_us\": 5, \"told_us\": 9007199254740993},\n"
        "    {\"rule\": \"b\", \"group\": null, \"firing\": false, \"calm\": 0, \"since_us\": 0, "
        "\"told_us\": 0}\n  ]\n}\n";
    struct arena a = {0};
    struct alert_state s;
    struct error err = {0};
    struct buf b = {0};

    cr_assert(alert_state_read(SV("  "), "f", &a, &s, &err) == OK && s.n == 0, "nothing fired");
    cr_assert(alert_state_read(sv_from(text), "f", &a, &s, &err) == OK, "%s", err.msg);
    alert_state_write(&s, &b);
    cr_expect(sv_is((struct sv){b.p, b.n}, text), "%.*s", (int)b.n, b.p);
    buf_release(&b);
    arena_release(&a);
}

/* A rule that fires above 10 with a baseline of 6: half of the excess is at 8. Each step is a check
 * a minute later; cool-down of three minutes. */
static const struct {
    double value;
    enum verdict_state judged, shown;
    bool told, resolved;
} steps[] = {
    {12, VERDICT_FIRING,  VERDICT_FIRING,  true,  false},
    {12, VERDICT_FIRING,  VERDICT_FIRING,  false, false}, /* told once */
    {9,  VERDICT_OK,      VERDICT_FIRING,  false, false}, /* not back behind half */
    {12, VERDICT_FIRING,  VERDICT_FIRING,  true,  false}, /* the cool-down has passed */
    {8,  VERDICT_OK,      VERDICT_FIRING,  false, false}, /* back, for the first time */
    {0,  VERDICT_SKIPPED, VERDICT_SKIPPED, false, false}, /* nothing to judge: as it was */
    {7,  VERDICT_OK,      VERDICT_FIRING,  false, false}, /* in a row again */
    {7,  VERDICT_OK,      VERDICT_OK,      true,  true }, /* two in a row */
    {7,  VERDICT_OK,      VERDICT_OK,      false, false}, /* and forgotten */
};

Test(alert_state, course)
{
    struct rule rule = {.name = "r", .cooldown_us = 180000000};
    const struct rule_set set = {.rules = &rule, .n = 1};
    struct alert_state s = {.n = 0};
    struct arena a = {0};

    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct verdict v = {.rule = &rule,
                            .state = steps[i].judged,
                            .known = true,
                            .value = steps[i].value,
                            .limits = {.has_high = true, .high = 10, .has_normal = true, .normal = 6}};
        struct verdicts all = {&v, 1, 1};
        bool resolved = false;

        s.told = false;
        cr_assert(alert_state_update(&s, &set, (int64_t)(i + 1) * 60000000, &all, &a, NULL) == OK);
        for (size_t k = 0; k < s.n; k++)
            resolved |= s.v[k].resolved;
        cr_expect(v.state == steps[i].shown, "step %zu is %s", i, verdict_states[v.state]);
        cr_expect(s.told == steps[i].told, "step %zu told", i);
        cr_expect(resolved == steps[i].resolved, "step %zu resolved", i);
        for (size_t k = 0; k < s.n; k++)
            s.v[k].resolved = s.v[k].tell = false; /* as a file has it */
    }
    arena_release(&a);
}

Test(alert_state, rules_that_are_gone_are_forgotten)
{
    struct alert_state s;
    struct verdicts none = {NULL, 0, 0};
    const struct rule_set set = {.n = 0};
    struct arena a = {0};

    cr_assert(alert_state_read(SV("{\"state_version\": 1, \"alerts\": [{\"rule\": \"a\", \"firing\": "
                                  "true}]}"),
                               "f", &a, &s, NULL) == OK);
    cr_assert(alert_state_update(&s, &set, 1, &none, &a, NULL) == OK);
    cr_expect_eq(s.n, 0);
    arena_release(&a);
}
