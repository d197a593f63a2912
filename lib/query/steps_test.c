#include "query/steps.h"
#include "query/test_calls.h"

/* Three requests: a call of ann's feature search with a tool before it; bob's, whose tool fails; and a
 * tool of which no call is known. x'0072' is the packed text r. */
static struct store *workflow(void)
{
    struct store *s = test_store();

    test_sql(s, TEST_DICTIONARY);
    test_sql(s, "INSERT INTO dictionary VALUES ('tool',1,'db'),('tool',2,'web'),('node',1,'draft'),"
                "('node',2,'human'),('node',3,'send'),('condition',1,'c < 1'),('tool_version',1,'v1'),('tool_version',2,'v2');");
    test_sql(s,
             "INSERT INTO call (call_id,feature_id,user_id,started_us,latency_us,"
             "cost_given_nusd,status,identity_key,source_id,source_line) VALUES"
             "(1,2,1,1000,100,50,0,1,1,1),(2,1,2,2000,100,NULL,1,2,1,2),(3,1,3,900,5,8,0,3,1,3);"
             "UPDATE call SET input_tokens = 1 WHERE call_id = 2;"
             "INSERT INTO call_identity (call_id,kind,request) VALUES (1,0,x'0072'),(2,0,x'0073'),"
             "(3,0,NULL);"
             "INSERT INTO tool_call VALUES"
             "(1,1,'a',NULL,NULL,x'0072',NULL,1,NULL,500,NULL,300,0,NULL,NULL,1,1,1),"
             "(2,2,'b',NULL,NULL,x'0073',NULL,2,1,1500,1900,NULL,1,NULL,NULL,1,2,2),"
             "(3,3,'c',NULL,NULL,x'0074',NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,3,NULL),"
             "(4,4,'d',NULL,3,NULL,NULL,1,NULL,10,5,NULL,0,NULL,NULL,1,4,2);"
             "INSERT INTO branch_decision VALUES"
             "(1,1,'a',NULL,NULL,x'0072',NULL,1,2,1,1,1200,'{\"k\":0.25,\"b\":true}',1,1),"
             "(2,2,'b',NULL,NULL,x'0072',NULL,2,3,1,0,1300,NULL,1,2),"
             "(3,3,'c',NULL,NULL,x'0073',NULL,1,3,1,0,2200,'{\"k\":0.75}',1,3);");
    return s;
}

struct seen {
    int column; /* that is noted */
    int64_t v[8];
    uint32_t group[8];
    int n;
};

static bool note(void *ctx, const struct step_slice *slice)
{
    struct seen *seen = ctx;

    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT) {
            seen->group[seen->n] = slice->group[i];
            seen->v[seen->n++] = slice->cols[seen->column][i];
        }
    return true;
}

#define NONE CALL_MISSING

/* Worked out by hand from the rows above. */
static const struct {
    const char *name;
    enum steps_of of;
    const char *where;
    int column, n;
    int64_t v[4];
} cases[] = {
    {"latency as logged, from the ends, none, never below 0", STEPS_TOOLS,     NULL,             F_LATENCY_US,         4, {300, 400, NONE, NONE}},
    {"a step's time is its own",                              STEPS_TOOLS,     NULL,             F_STARTED_US,         4, {500, 1500, NONE, 10} },
    {"failed, or not known",                                  STEPS_TOOLS,     NULL,             STEP_FAILED,          4, {0, 1, NONE, 0}       },
    {"timed out",                                             STEPS_TOOLS,     NULL,             STEP_TIMED_OUT,       4, {0, 1, NONE, 0}       },
    {"the call after, when it has a cost",                    STEPS_TOOLS,     NULL,             STEP_COST_AFTER_NUSD, 4, {50, NONE, NONE, NONE}},
    {"calls of the request",                                  STEPS_TOOLS,     NULL,             STEP_RUN_CALLS,       4, {1, 1, 0, NONE}       },
    {"those without a price",                                 STEPS_TOOLS,     NULL,             STEP_RUN_UNPRICED,    4, {0, 1, 0, NONE}       },
    {"by the tool",                                           STEPS_TOOLS,     "tool=w*",        F_LATENCY_US,         1, {400}                 },
    {"by its version",                                        STEPS_TOOLS,     "tool_version=v2",F_STARTED_US,         2, {1500, 10}            },
    {"by the feature of the request's call",                  STEPS_TOOLS,     "feature=search", F_LATENCY_US,         1, {300}                 },
    {"by that of its own call",                               STEPS_TOOLS,     "user=cid",       F_STARTED_US,         1, {10}                  },
    {"by its own status, not the call's",                     STEPS_TOOLS,     "status=error",   F_LATENCY_US,         1, {400}                 },
    {"without a call nothing of it is known",                 STEPS_TOOLS,     "user=null",      F_STARTED_US,         1, {NONE}                },
    {"a person is asked where one can be",                    STEPS_DECISIONS, NULL,             STEP_REVIEW,          3, {1, NONE, 0}          },
    {"the next decision answers",                             STEPS_DECISIONS, NULL,             STEP_WAIT_US,         3, {100, NONE, NONE}     },
    {"pending",                                               STEPS_DECISIONS, NULL,             STEP_PENDING,         3, {0, NONE, NONE}       },
    {"what the condition gave",                               STEPS_DECISIONS, NULL,             STEP_FULFILLED,       3, {1, 0, 0}             },
    {"by a number of the context",                            STEPS_DECISIONS, "context.k<0.5",  F_STARTED_US,         1, {1200}                },
    {"a boolean is 0 or 1",                                   STEPS_DECISIONS, "context.b=1",    F_STARTED_US,         1, {1200}                },
    {"not known",                                             STEPS_DECISIONS, "context.k=null", F_STARTED_US,         1, {1300}                },
    {"from the first step to the end of the last",            STEPS_REQUESTS,  NULL,             STEP_RUN_US,          2, {800, 700}            },
    {"costs of requests",                                     STEPS_REQUESTS,  NULL,             STEP_RUN_NUSD,        2, {50, NONE}            },
    {"what became of them",                                   STEPS_REQUESTS,  NULL,             STEP_FAILED,          2, {0, 1}                },
    {"by the way they took",                                  STEPS_REQUESTS,  "path=draft -> send", STEP_RUN_US,      1, {700}                 },
    {"parts of calls",                                        STEPS_PHASES,    "phase=model_call", F_LATENCY_US,       3, {100, 100, 5}         },
    {"and tools",                                             STEPS_PHASES,    "phase=tools",    F_LATENCY_US,         4, {300, 400, NONE, NONE}},
};

Test(steps, columns_and_filters)
{
    static const char *const human[] = {"human*"};
    struct store *s = workflow();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct scan_spec spec = {
            .where = &cases[i].where, .n_where = cases[i].where != NULL, .zone = &test_utc};
        struct seen seen = {.column = cases[i].column};
        struct steps_counts counts;
        struct steps *steps = NULL;
        struct error err;

        cr_assert(steps_open(s, cases[i].of, &spec, human, 1, NULL, &steps, &err) == OK, "%s: %s",
                  cases[i].name, err.msg);
        cr_assert(steps_walk(steps, (struct steps_window){0}, note, &seen, &counts, &err) == OK);
        cr_expect(seen.n == cases[i].n && counts.steps == cases[i].n, "%s: %d steps",
                  cases[i].name, seen.n);
        for (int k = 0; k < seen.n && k < cases[i].n; k++)
            cr_expect(seen.v[k] == cases[i].v[k], "%s: %d: %lld", cases[i].name, k,
                      (long long)seen.v[k]);
        steps_close(steps);
    }
    store_close(s);
}

Test(steps, windows_and_groups)
{
    static const char *const by[] = {"tool", "feature"};
    const struct scan_spec spec = {.by = by, .n_by = 2, .zone = &test_utc};
    const struct steps_window late = {true, true, 1000, 1501}, early = {false, true, 0, 1000};
    struct seen first = {.column = F_STARTED_US}, second = {.column = F_STARTED_US};
    struct store *s = workflow();
    struct steps_counts counts;
    struct steps *steps = NULL;
    struct error err;

    cr_assert(steps_open(s, STEPS_TOOLS, &spec, NULL, 0, NULL, &steps, &err) == OK, "%s", err.msg);
    cr_assert(steps_walk(steps, late, note, &first, &counts, &err) == OK);
    cr_expect(first.n == 1 && first.v[0] == 1500);
    cr_expect(counts.without_time == 1, "one has no time and is in no window");
    cr_assert(steps_walk(steps, early, note, &second, &counts, &err) == OK);
    cr_expect(second.n == 2 && second.v[0] == 500 && second.v[1] == 10, "%d", second.n);
    cr_expect(first.group[0] == 0 && second.group[0] == 1 && second.group[1] == 2,
              "numbers go on over walks");
    cr_expect(sv_is(axis_text(steps_axis(steps, 0), steps_code(steps, 0, 0), NULL), "web"));
    cr_expect(sv_is(axis_text(steps_axis(steps, 1), steps_code(steps, 1, 1), NULL), "search"));
    cr_expect(sv_is(axis_text(steps_axis(steps, 1), steps_code(steps, 2, 1), NULL), "support"));
    steps_close(steps);
    store_close(s);
}

static bool out_of_memory(void *ctx, const struct step_slice *slice)
{
    (void)ctx, (void)slice;
    return false;
}

Test(steps, errors)
{
    static const char *const twice[] = {"tool", "tool"}, *const unknown[] = {"branch"};
    static const char *const bad = "context.k<1";
    const struct scan_spec specs[] = {
        {.by = twice, .n_by = 2, .zone = &test_utc},
        {.by = unknown, .n_by = 1, .zone = &test_utc},
        {.where = &bad, .n_where = 1, .zone = &test_utc},
    };
    const struct scan_spec good = {.zone = &test_utc};
    struct store *s = workflow();
    struct steps_counts counts;
    struct steps *steps = NULL;
    struct error err;

    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
        cr_expect(steps_open(s, STEPS_TOOLS, &specs[i], NULL, 0, NULL, &steps, &err) == ERR_USAGE, "%zu",
                  i);
    cr_expect(steps == NULL, "untouched");
    cr_assert(steps_open(s, STEPS_TOOLS, &good, NULL, 0, NULL, &steps, &err) == OK);
    cr_expect(steps_walk(steps, (struct steps_window){0}, out_of_memory, NULL, &counts, &err) ==
              ERR_NOMEM);
    steps_close(steps);
    store_close(s);
}
