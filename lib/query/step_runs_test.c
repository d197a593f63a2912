#include "query/step_runs.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { A = 1, B = 2, HUMAN = 3 };

/* Items of two requests with what was worked out by hand to follow what. */
static const struct {
    const char *name;
    struct run_item item;
    unsigned char flags; /* wanted */
    int64_t value;
} items[] = {
    {"a tool fails",            {0, ITEM_TOOL, ITEM_FAILED, A, 0, 100, 50, 0},
     ITEM_FAILED,                                                                            7            },
    {"another in between",      {0, ITEM_TOOL, 0, B, 0, 110, 1, 0},           0,             7            },
    {"made again",              {0, ITEM_TOOL, 0, A, 0, 160, 40, 0},          ITEM_RETRY,    9            },
    {"not again once it works", {0, ITEM_TOOL, 0, A, 0, 210, CALL_MISSING, 0}, 0,            9            },
    {"of another request",      {1, ITEM_TOOL, 0, A, 0, 155, 1, 0},           0,             CALL_MISSING },
    {"a call right at the end", {0, ITEM_CALL, 0, 0, 0, 150, 20, 7},          0,             7            },
    {"a call later",            {0, ITEM_CALL, ITEM_UNPRICED, 0, 0, 300, 20, 9}, ITEM_UNPRICED, 9         },
    {"asks a person",           {0, ITEM_DECISION, ITEM_HUMAN, HUMAN, A, 400, CALL_MISSING, 0},
     ITEM_HUMAN | ITEM_ANSWERED,                                                             60           },
    {"who answers",             {0, ITEM_TOOL, ITEM_HUMAN, HUMAN, 0, 405, 60, 0}, ITEM_HUMAN,  CALL_MISSING },
    {"asks again",              {0, ITEM_DECISION, ITEM_HUMAN, HUMAN, A, 500, CALL_MISSING, 0},
     ITEM_HUMAN | ITEM_ANSWERED,                                                             25           },
    {"whose node decides",      {0, ITEM_DECISION, 0, B, HUMAN, 525, CALL_MISSING, 0}, 0,    CALL_MISSING },
    {"asks for ever",           {0, ITEM_DECISION, ITEM_HUMAN, HUMAN, A, 600, CALL_MISSING, 0},
     ITEM_HUMAN,                                                                             CALL_MISSING },
    {"asked elsewhere",         {1, ITEM_DECISION, ITEM_HUMAN, HUMAN, A, 600, CALL_MISSING, 0},
     ITEM_HUMAN,                                                                             CALL_MISSING },
    {"answered by what came of it", {2, ITEM_DECISION, ITEM_HUMAN, HUMAN, A, 10, CALL_MISSING, 0},
     ITEM_HUMAN | ITEM_ANSWERED,                                                             5            },
    {"that",                    {2, ITEM_DECISION, 0, B, HUMAN, 15, CALL_MISSING, 0}, 0,     CALL_MISSING },
    {"so this is for another",  {2, ITEM_DECISION, ITEM_HUMAN, HUMAN, A, 20, CALL_MISSING, 0},
     ITEM_HUMAN | ITEM_ANSWERED,                                                             8            },
    {"which one did",           {2, ITEM_TOOL, ITEM_HUMAN, HUMAN, 0, 21, 8, 0}, ITEM_HUMAN,  CALL_MISSING },
    {"begun, not done",         {1, ITEM_TOOL, ITEM_HUMAN | ITEM_OPEN, HUMAN, 0, 610, CALL_MISSING, 0},
     ITEM_HUMAN | ITEM_OPEN,                                                                 CALL_MISSING },
    {"of no request",           {RUN_NONE, ITEM_TOOL, 0, A, 0, 1, 1, 0},      0,             0            },
};
enum { N_ITEMS = sizeof(items) / sizeof(items[0]) };

static struct step_brief step(const char *trace, const char *request, int64_t session)
{
    return (struct step_brief){
        .trace = sv_from(trace), .request = sv_from(request), .session_key = session};
}

Test(step_runs, what_follows_what)
{
    const struct step_brief one = step("t", NULL, CALL_MISSING),
                            two = step("u", NULL, CALL_MISSING),
                            three = step("v", NULL, CALL_MISSING);
    struct step_runs r = {0};
    uint32_t run;

    cr_assert(step_runs_find(&r, &one, &run) && run == 0);
    cr_assert(step_runs_find(&r, &two, &run) && run == 1);
    cr_assert(step_runs_find(&r, &three, &run) && run == 2);
    for (size_t i = 0; i < N_ITEMS; i++)
        cr_assert(step_runs_add(&r, &items[i].item));
    cr_assert(step_runs_settle(&r, NULL) == OK);
    for (size_t i = 0; i < N_ITEMS; i++) {
        cr_expect(r.items[i].flags == items[i].flags, "%s: flags %d", items[i].name,
                  r.items[i].flags);
        cr_expect(r.items[i].value == items[i].value, "%s: value %lld", items[i].name,
                  (long long)r.items[i].value);
    }
    /* 100 .. 600, where the last decision takes no time; costs 7 + 9 */
    cr_expect(r.runs[0].first_us == 100 && r.runs[0].last_us == 600);
    cr_expect(r.runs[0].calls == 2 && r.runs[0].cost_nusd == 16 && r.runs[0].unpriced == 1);
    cr_expect(r.runs[0].failed == 1 && r.runs[0].human && r.runs[0].n == 11);
    cr_expect(r.runs[1].calls == 0 && r.runs[1].priced == 0 && r.runs[1].n == 3);
    step_runs_release(&r);
}

Test(step_runs, ids)
{
    static const struct {
        const char *name, *trace, *request;
        int64_t session;
        uint32_t want;
    } cases[] = {
        {"a trace",                          "t",  NULL, CALL_MISSING, 0       },
        {"the same again",                   "t",  NULL, CALL_MISSING, 0       },
        {"a request of that name is new",    NULL, "t",  CALL_MISSING, 1       },
        {"both: the trace's",                "t",  "r",  CALL_MISSING, 0       },
        {"then the request finds the trace", NULL, "r",  CALL_MISSING, 0       },
        {"a session",                        NULL, NULL, 5,            2       },
        {"does not count behind a request",  NULL, "x",  5,            3       },
        {"nothing",                          NULL, NULL, CALL_MISSING, RUN_NONE},
        {"the session again",                NULL, NULL, 5,            2       },
    };
    struct step_runs r = {0};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct step_brief s = step(cases[i].trace, cases[i].request, cases[i].session);
        uint32_t run;

        cr_assert(step_runs_find(&r, &s, &run));
        cr_expect(run == cases[i].want, "%s: %u", cases[i].name, run);
    }
    for (int i = 0; i < 2000; i++) { /* the arrays grow */
        char id[16];
        uint32_t run;

        snprintf(id, sizeof(id), "q%d", i);
        struct step_brief s = step(NULL, id, CALL_MISSING);
        cr_assert(step_runs_find(&r, &s, &run) && run == (uint32_t)(4 + i));
    }
    step_runs_release(&r);
}

/* As many in one request as should take minutes, were each compared with each. */
Test(step_runs, many_in_one_request, .timeout = 20)
{
    const struct step_brief one = step("t", NULL, CALL_MISSING);
    struct step_runs r = {0};
    uint32_t run;

    cr_assert(step_runs_find(&r, &one, &run));
    for (uint32_t i = 0; i < 400000; i++) {
        const struct run_item tool = {run, ITEM_TOOL, 0, i + 1, 0, i, 1, 0};
        const struct run_item ask = {run, ITEM_DECISION, ITEM_HUMAN, 1, 2, i, CALL_MISSING, 0};

        cr_assert(step_runs_add(&r, i % 2 ? &tool : &ask));
    }
    cr_assert(step_runs_settle(&r, NULL) == OK);
    step_runs_release(&r);
}
