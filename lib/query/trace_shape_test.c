#include <criterion/criterion.h>
#include <stdlib.h>
#include "query/trace_shape.h"

/* A node of a case: times in any unit, -1: unknown; parent: place in the case, -1: none. */
struct given {
    const char *name;
    int parent;
    int64_t from, until;
    enum trace_kind kind;
    int64_t cost;
};

static int64_t time_of(int64_t v)
{
    return v < 0 ? CALL_MISSING : v;
}

static struct trace_tree shaped(const struct given *g, uint32_t n)
{
    struct trace_tree t = {.n = n, .cap = n};
    struct error err = {0};

    t.nodes = calloc(n + 1, sizeof(*t.nodes));
    cr_assert(t.nodes);
    for (uint32_t i = 0; i < n; i++)
        t.nodes[i] = (struct trace_node){
            .kind = g[i].kind,
            .name = sv_from(g[i].name),
            .started_us = time_of(g[i].from),
            .ended_us = time_of(g[i].until),
            .duration_us = CALL_MISSING,
            .parent = g[i].parent < 0 ? TRACE_NONE : (uint32_t)g[i].parent,
            .own = {.calls = g[i].cost > 0, .cost_n = g[i].cost > 0, .cost_nusd = g[i].cost},
        };
    cr_assert(trace_shape(&t, &err) == OK, "%s", err.msg);
    return t;
}

static void released(struct trace_tree *t)
{
    trace_release(t);
}

/* The chain of the guide, by hand: 8020 ms, of which 5610 + 50 + 2210 + 100 are in its steps. The
 * path goes back from the end: 30 ms of nothing, the guardrail, 10, the model, 5, the prompt, the
 * retrieval, 5. */
Test(trace_shape, a_chain)
{
    static const struct given chain[] = {
        {"llm_chain",       -1, 0,    8020, NODE_SPAN, 0     },
        {"guardrail_check", 0,  7890, 7990, NODE_SPAN, 0     },
        {"model_call",      0,  5670, 7880, NODE_SPAN, 501200},
        {"prompt_assembly", 0,  5615, 5665, NODE_SPAN, 0     },
        {"retrieval",       0,  5,    5615, NODE_SPAN, 0     },
    };
    static const uint32_t order[] = {0, 4, 3, 2, 1};
    static const int64_t critical[] = {50, 100, 2210, 50, 5610};
    struct trace_tree t = shaped(chain, ARRAY_LEN(chain));

    cr_expect(t.n_roots == 1 && t.roots[0] == 0);
    cr_expect(memcmp(t.order, order, sizeof(order)) == 0);
    cr_expect(t.duration_us == 8020);
    cr_expect(t.uncovered_us == 50, "%lld", (long long)t.uncovered_us);
    for (uint32_t i = 0; i < t.n; i++) {
        cr_expect(t.nodes[i].critical_us == critical[i], "%s: %lld", chain[i].name,
                  (long long)t.nodes[i].critical_us);
        cr_expect(t.nodes[i].depth == (i != 0));
    }
    cr_expect(t.nodes[0].all.cost_nusd == 501200 && t.nodes[0].own.calls == 0);
    cr_expect(t.nodes[0].descendants == 4);
    cr_expect(t.nodes[4].uncovered_us == CALL_MISSING, "it has nothing below it");
    cr_expect(t.sums.cost_nusd == 501200 && t.sums.calls == 1);
    released(&t);
}

/* Two at once: the one that ended last was waited for, the other one was not. */
Test(trace_shape, beside_each_other)
{
    static const struct given both[] = {
        {"root", -1, 0,  100, NODE_SPAN, 0},
        {"a",    0,  10, 60,  NODE_SPAN, 0},
        {"b",    0,  10, 90,  NODE_SPAN, 0},
        {"c",    2,  20, 30,  NODE_SPAN, 0},
    };
    struct trace_tree t = shaped(both, ARRAY_LEN(both));

    cr_expect(t.nodes[1].critical_us == CALL_MISSING);
    cr_expect(t.nodes[2].critical_us == 70);
    cr_expect(t.nodes[3].critical_us == 10);
    cr_expect(t.nodes[0].critical_us == 20);
    cr_expect(t.nodes[0].uncovered_us == 20);
    cr_expect(t.nodes[2].uncovered_us == 70);
    released(&t);
}

Test(trace_shape, out_of_the_parent)
{
    static const struct given skewed[] = {
        {"root",   -1, 100, 200, NODE_SPAN, 0},
        {"early",  0,  90,  150, NODE_SPAN, 0},
        {"late",   0,  150, 230, NODE_SPAN, 0},
        {"inside", 0,  100, 200, NODE_SPAN, 0},
        {"none",   0,  -1,  -1,  NODE_SPAN, 0},
        {"upside", 0,  150, 140, NODE_SPAN, 0},
    };
    static const int64_t skew[] = {0, -10, 30, 0, 0, 0};
    struct trace_tree t = shaped(skewed, ARRAY_LEN(skewed));

    for (uint32_t i = 0; i < t.n; i++)
        cr_expect(t.nodes[i].skew_us == skew[i], "%s", skewed[i].name);
    cr_expect(t.skewed == 2);
    cr_expect(t.duration_us == 100, "the root says how long it took");
    cr_expect(t.nodes[4].duration_us == CALL_MISSING);
    cr_expect(t.nodes[5].duration_us == CALL_MISSING, "it ends before it starts");
    cr_expect(t.nodes[4].next_sibling == TRACE_NONE, "without a start it comes last");
    released(&t);
}

/* The model asks for a tool and is done when the tool runs: it is below the call and beside it. */
Test(trace_shape, steps_of_a_call)
{
    struct call_entry call = {0};
    struct trace_tree t = {.n = 3, .cap = 3};
    struct error err = {0};

    t.nodes = calloc(4, sizeof(*t.nodes));
    for (int i = 0; i < 3; i++)
        t.nodes[i] = (struct trace_node){
            .started_us = CALL_MISSING, .ended_us = CALL_MISSING, .duration_us = CALL_MISSING};
    t.nodes[0].kind = NODE_CALL;
    t.nodes[0].call = &call;
    t.nodes[0].started_us = 0;
    t.nodes[0].ended_us = 50;
    t.nodes[0].parent = 2;
    t.nodes[1].kind = NODE_TOOL;
    t.nodes[1].started_us = 60;
    t.nodes[1].ended_us = 90;
    t.nodes[1].parent = 0;
    t.nodes[2].kind = NODE_GROUP;
    t.nodes[2].parent = TRACE_NONE;
    cr_assert(trace_shape(&t, &err) == OK);
    cr_expect(t.nodes[2].duration_us == 90, "a group lasts as long as all in it");
    cr_expect(t.nodes[2].uncovered_us == 10);
    cr_expect(t.nodes[1].skew_us == 0);
    cr_expect(t.nodes[0].critical_us == 50 && t.nodes[1].critical_us == 30);
    cr_expect(t.nodes[1].depth == 2);
    released(&t);
}

Test(trace_shape, circles_are_cut)
{
    static const struct given circle[] = {
        {"below", 2, 0, 1, NODE_SPAN, 1},
        {"a",     2, 0, 1, NODE_SPAN, 1},
        {"b",     3, 0, 1, NODE_SPAN, 1},
        {"c",     1, 0, 1, NODE_SPAN, 1},
    };
    struct trace_tree t = shaped(circle, ARRAY_LEN(circle));

    cr_expect(t.n_roots == 1);
    cr_expect(t.orphans == 1);
    cr_expect(t.sums.calls == 4, "each is counted once");
    released(&t);
}

Test(trace_shape, several_roots)
{
    static const struct given roots[] = {
        {"b", -1, 50, 90, NODE_SPAN, 0},
        {"a", -1, 0,  20, NODE_SPAN, 0},
    };
    struct trace_tree t = shaped(roots, ARRAY_LEN(roots));

    cr_expect(t.n_roots == 2 && t.roots[0] == 1);
    cr_expect(t.duration_us == 90 && t.uncovered_us == 30);
    cr_expect(t.nodes[0].critical_us == 40 && t.nodes[1].critical_us == 20);
    released(&t);
}

Test(trace_shape, deep_and_wide)
{
    enum { DEEP = 10000, ALL = 100000 };
    struct trace_tree t = {.n = ALL, .cap = ALL};
    struct error err = {0};

    t.nodes = calloc(ALL, sizeof(*t.nodes));
    cr_assert(t.nodes);
    for (uint32_t i = 0; i < ALL; i++)
        t.nodes[i] = (struct trace_node){
            .started_us = i,
            .ended_us = 3 * (int64_t)ALL - i,
            .duration_us = CALL_MISSING,
            .parent = i == 0     ? TRACE_NONE
                      : i < DEEP ? i - 1
                                 : DEEP - 1,
            .own = {.calls = 1, .input_tokens = i, .input_n = 1},
        };
    cr_assert(trace_shape(&t, &err) == OK);
    cr_expect(t.nodes[ALL - 1].depth == DEEP);
    cr_expect(t.nodes[0].descendants == ALL - 1);
    cr_expect(t.sums.input_tokens == (int64_t)ALL * (ALL - 1) / 2);
    released(&t);
}
