#include <criterion/criterion.h>
#include <stdlib.h>
#include "query/phase_times.h"
#include "query/trace_shape.h"

struct given {
    const char *name, *kind;
    int parent;          /* place in the case, -1: none */
    int64_t from, until; /* -1: not known */
    enum trace_kind node;
    bool failed;
};

static struct trace_tree shaped(const struct given *g, uint32_t n)
{
    struct trace_tree t = {.n = n, .cap = n};
    struct error err = {0};

    t.nodes = calloc(n + 1, sizeof(*t.nodes));
    cr_assert(t.nodes);
    for (uint32_t i = 0; i < n; i++)
        t.nodes[i] = (struct trace_node){
            .kind = g[i].node,
            .name = sv_from(g[i].name),
            .span_kind = sv_from(g[i].kind),
            .started_us = g[i].from < 0 ? CALL_MISSING : g[i].from,
            .ended_us = g[i].until < 0 ? CALL_MISSING : g[i].until,
            .duration_us = CALL_MISSING,
            .parent = g[i].parent < 0 ? TRACE_NONE : (uint32_t)g[i].parent,
            .failed = g[i].failed,
        };
    cr_assert(trace_shape(&t, &err) == OK, "%s", err.msg);
    return t;
}

/* Wanted times by hand: of two steps at the same time the one counts that ended last. */
static const struct {
    const char *name;
    struct given nodes[8];
    uint32_t n;
    int top; /* -1: all */
    int64_t total, top_us, us[PHASE_COUNT], steps[PHASE_COUNT];
} cases[] = {
    {"a chain",
     {{"llm_chain", "chain", -1, 0, 1000, NODE_SPAN, false},
      {"retrieval", NULL, 0, 10, 610, NODE_SPAN, false},
      {"prompt_assembly", NULL, 0, 610, 650, NODE_SPAN, false},
      {"model_call", "llm", 0, 650, 950, NODE_SPAN, false},
      {"guardrail_check", NULL, 0, 950, 990, NODE_SPAN, true}},
     5, 0,
     1000,         20,
     {0, 600, 40, 300, 40, 0},
     {0, 1, 1, 1, 1, 0}},
    {"what is inside a retrieval is retrieval, but for calls",
     {{"chain", "chain", -1, 0, 100, NODE_SPAN, false},
      {"retrieve", "chain", 0, 0, 80, NODE_SPAN, false},
      {"http", NULL, 1, 10, 30, NODE_SPAN, false},
      {"rewrite", "llm", 1, 30, 70, NODE_SPAN, false}},
     4, 0,
     100,          20,
     {0, 40, 0, 40, 0, 0},
     {0, 2, 0, 1, 0, 0}},
    {"two searches at once: the one that is waited for",
     {{"agent", "agent", -1, 0, 100, NODE_SPAN, false},
      {"search a", "tool", 0, 0, 60, NODE_SPAN, false},
      {"search b", "tool", 0, 20, 90, NODE_SPAN, false}},
     3, 0,
     100,          10,
     {0, 0, 0, 0, 0, 90},
     {0, 0, 0, 0, 0, 2}},
    {"a step that is none of them",
     {{"agent", "agent", -1, 0, 100, NODE_SPAN, false},
      {"think", NULL, 0, 10, 60, NODE_SPAN, false}},
     2, 0,
     100,          50,
     {50, 0, 0, 0, 0, 0},
     {1, 0, 0, 0, 0, 0}},
    {"below a step in the middle",
     {{"agent", "agent", -1, 0, 100, NODE_SPAN, false},
      {"plan", "chain", 0, 0, 50, NODE_SPAN, false},
      {"chat", "llm", 1, 5, 45, NODE_SPAN, false},
      {"act", "chain", 0, 50, 100, NODE_SPAN, false},
      {"run", "tool", 3, 50, 100, NODE_SPAN, false}},
     5, 1,
     50,           10,
     {0, 0, 0, 40, 0, 0},
     {0, 0, 0, 1, 0, 0}},
    {"a call alone",
     {{"chat", NULL, -1, 5, 25, NODE_CALL, false}},
     1, 0,
     20,           0,
     {0, 0, 0, 20, 0, 0},
     {0, 0, 0, 1, 0, 0}},
    {"several roots: what none of them covers",
     {{"chat", "llm", -1, 0, 10, NODE_SPAN, false}, {"run", "tool", -1, 30, 40, NODE_SPAN, false}},
     2, -1,
     40,           20,
     {0, 0, 0, 10, 0, 10},
     {0, 0, 0, 1, 0, 1}},
    {"no times at all",
     {{"chat", "llm", -1, -1, -1, NODE_SPAN, false}},
     1, 0,
     CALL_MISSING, 0,
     {0},
     {0, 0, 0, 1, 0, 0}},
};

Test(phase_times, of_cases)
{
    for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
        struct trace_tree t = shaped(cases[c].nodes, cases[c].n);
        struct phase_times got;
        struct error err = {0};
        int64_t sum = 0;

        cr_assert(phase_times_of(&t, NULL, cases[c].top < 0 ? TRACE_NONE : (uint32_t)cases[c].top, &got,
                                 &err) == OK);
        cr_expect(got.total_us == cases[c].total, "%s: %lld", cases[c].name,
                  (long long)got.total_us);
        cr_expect(got.top_us == cases[c].top_us, "%s: top %lld", cases[c].name,
                  (long long)got.top_us);
        for (int p = 0; p < PHASE_COUNT; p++) {
            cr_expect(got.of[p].us == cases[c].us[p], "%s: %s %lld", cases[c].name, phase_names[p],
                      (long long)got.of[p].us);
            cr_expect(got.of[p].steps == cases[c].steps[p], "%s: %s steps %lld", cases[c].name,
                      phase_names[p], (long long)got.of[p].steps);
            sum += got.of[p].us;
        }
        if (got.total_us != CALL_MISSING)
            cr_expect(sum + got.top_us == got.total_us, "%s: they add up", cases[c].name);
        trace_release(&t);
    }
}

Test(phase_times, longest_and_failed)
{
    struct trace_tree t = shaped(cases[2].nodes, cases[2].n);
    struct phase_times got;

    t.nodes[1].failed = true;
    cr_assert(phase_times_of(&t, NULL, 0, &got, NULL) == OK);
    cr_expect(got.of[PHASE_TOOLS].longest == 2);
    cr_expect(got.of[PHASE_TOOLS].failed == 1);
    cr_expect(got.of[PHASE_RETRIEVAL].longest == TRACE_NONE);
    trace_release(&t);
}

/* A chain of 100,000 spans, each the parent of the next: no recursion, no square. */
Test(phase_times, deep)
{
    enum { DEPTH = 100000 };
    struct given *g = calloc(DEPTH, sizeof(*g));
    struct phase_times got;

    cr_assert(g);
    for (int i = 0; i < DEPTH; i++)
        g[i] = (struct given){
            "level", i == DEPTH - 1 ? "llm" : NULL, i - 1, i, 2 * DEPTH - i, NODE_SPAN, false};
    struct trace_tree t = shaped(g, DEPTH);
    cr_assert(phase_times_of(&t, NULL, 0, &got, NULL) == OK);
    cr_expect(got.of[PHASE_MODEL_CALL].us == 2);
    cr_expect(got.top_us == 2 && got.of[PHASE_NONE].us == 2 * (DEPTH - 2));
    trace_release(&t);
    free(g);
}
