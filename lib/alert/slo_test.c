/* Tests of slo: complaints, and the three rules that an objective is. Values by hand: with 99 % a
 * burn rate of 14.4 is 1 - 14.4 x 0.01 = 85.6 % good, of 6 94 %. */
#include "alert/slo.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "base/banned.h"

#define SLO(text) "{\"slos\": [{" text "}]}"

static const struct {
    const char *text, *want;
} complaints[] = {
    {"{}",                                              "expected a list of 1 to 100 \"slos\""},
    {"{\"slos\": []}",                                  "expected a list of 1 to 100 \"slos\""},
    {SLO("\"good\": \"a=b\""),                          "/slos/0/name: expected a text"},
    {SLO("\"name\": \"n\", \"god\": \"a=b\""),          "/slos/0/god: unknown key"},
    {SLO("\"name\": \"n\", \"good\": 1"),               "/slos/0/good: expected a text"},
    {SLO("\"name\": \"n\", \"good\": \"a=b\""),         "/slos/0/window: expected a text"},
    {SLO("\"name\": \"n\", \"good\": \"a=b\", \"window\": \"7d\""),
     "/slos/0/objective: expected a share like \"99.5%\", below 100 %"},
    {SLO("\"name\": \"n\", \"good\": \"a=b\", \"window\": \"7d\", \"objective\": \"100%\""),
     "/slos/0/objective: expected a share like \"99.5%\", below 100 %"},
    {SLO("\"name\": \"n\", \"good\": \"a=b\", \"window\": \"0d\", \"objective\": 0.9"),
     "/slos/0/window: expected a time like 7d or 30d, at most 400d"},
};

Test(slo, complaints)
{
    for (size_t i = 0; i < ARRAY_LEN(complaints); i++) {
        struct arena a = {0};
        struct rule_set set;
        struct error err = {0};

        cr_expect_eq(slo_read(sv_from(complaints[i].text), "f", &a, &set, &err), ERR_PARSE);
        cr_expect_str_eq(err.msg, complaints[i].want);
        arena_release(&a);
    }
}

static const struct {
    const char *name;
    enum severity severity;
    int64_t window_us, and_window_us;
    double value;
} wanted[] = {
    {"fast.fast", SEVERITY_P1, 3600000000,    300000000,  0.856},
    {"fast.slow", SEVERITY_P2, 21600000000,   1800000000, 0.94 },
    {"fast",      SEVERITY_P1, 2592000000000, 0,          0.99 },
};

Test(slo, rules)
{
    struct arena a = {0};
    struct rule_set set;
    struct error err = {0};

    cr_assert(slo_read(SV(SLO("\"name\": \"fast\", \"good\": \"latency<2s\", \"objective\": \"99%\", "
                              "\"window\": \"30d\", \"where\": \"feature=search\"")),
                       "f", &a, &set, &err) == OK,
              "%s", err.msg);
    cr_assert_eq(set.n, ARRAY_LEN(wanted));
    for (size_t i = 0; i < set.n; i++) {
        const struct rule *r = &set.rules[i];

        cr_expect_str_eq(r->name, wanted[i].name);
        cr_expect_eq(r->severity, wanted[i].severity);
        cr_expect_eq(r->window_us, wanted[i].window_us);
        cr_expect_eq(r->and_window_us, wanted[i].and_window_us);
        cr_expect(epsilon_eq(dbl, r->value, wanted[i].value, 1e-12));
        cr_expect(epsilon_eq(dbl, r->objective, 0.99, 1e-12));
        cr_expect_eq(r->op, OP_BELOW);
        cr_expect_str_eq(r->metric.name, "share:latency<2s");
        cr_expect(r->n_where == 1 && strcmp(r->where[0], "feature=search") == 0);
    }
    arena_release(&a);
}
