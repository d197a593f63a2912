#include <criterion/criterion.h>
#include <stdlib.h>
#include "query/input_parts.h"
#include "query/trace_shape.h"

struct given {
    int parent; /* place in the case, -1: none */
    int64_t from;
    bool call;
    const char *attributes;
};

static struct trace_tree shaped(const struct given *g, uint32_t n)
{
    static const struct call_entry call;
    struct trace_tree t = {.n = n, .cap = n};
    struct error err = {0};

    t.nodes = calloc(n + 1, sizeof(*t.nodes));
    cr_assert(t.nodes);
    for (uint32_t i = 0; i < n; i++)
        t.nodes[i] = (struct trace_node){
            .kind = NODE_SPAN,
            .attributes = sv_from(g[i].attributes),
            .call = g[i].call ? &call : NULL,
            .own = {.calls = g[i].call},
            .started_us = g[i].from,
            .ended_us = g[i].from + 1,
            .duration_us = CALL_MISSING,
            .parent = g[i].parent < 0 ? TRACE_NONE : (uint32_t)g[i].parent,
        };
    cr_assert(trace_shape(&t, &err) == OK, "%s", err.msg);
    return t;
}

#define UNKNOWN (-1)

/* tokens: system, history, retrieval, tools, user. The call is the last node but for the ones that
 * stand behind `call`. */
static const struct {
    const char *name;
    struct given nodes[6];
    uint32_t n, call;
    const char *meta;
    int64_t tokens[PART_COUNT];
    int64_t sum;
} cases[] = {
    {"spans of its chain",
     {{-1, 0, false, NULL},
      {0, 1, false, "{\"docs.total_tokens\":300}"},
      {0, 2, false, "{\"history.tokens\":120,\"system.tokens\":5}"},
      {0, 3, true, NULL}},
     4, 3,
     NULL,                                        {5, 120, 300, UNKNOWN, UNKNOWN},
     425      },
    {"its own words are stronger",
     {{-1, 0, false, "{\"history.tokens\":7}"},
      {0, 3, true, "{\"history_tokens\":8,\"tools_tokens\":2}"}},
     2, 1,
     NULL,                                        {UNKNOWN, 8, UNKNOWN, 2, UNKNOWN},
     10       },
    {"and its scalars those of its span",
     {{-1, 3, true, "{\"history_tokens\":8}"}},
     1, 0,
     "{\"history_tokens\":9,\"query_tokens\":1}", {UNKNOWN, 9, UNKNOWN, UNKNOWN, 1},
     10       },
    {"several retrievals add up",
     {{-1, 0, false, NULL},
      {0, 1, false, "{\"docs.tokens\":10}"},
      {0, 2, false, "{\"docs.tokens\":20}"},
      {0, 3, true, NULL}},
     4, 3,
     NULL,                                        {UNKNOWN, UNKNOWN, 30, UNKNOWN, UNKNOWN},
     30       },
    {"one inside the other is said twice",
     {{-1, 0, false, NULL},
      {0, 1, false, "{\"docs.tokens\":10}"},
      {1, 2, false, "{\"docs.tokens\":10}"},
      {0, 3, true, NULL}},
     4, 3,
     NULL,                                        {UNKNOWN, UNKNOWN, 10, UNKNOWN, UNKNOWN},
     10       },
    {"what begins behind the call is not in it",
     {{-1, 0, false, NULL}, {0, 3, true, NULL}, {0, 4, false, "{\"docs.tokens\":10}"}},
     3, 1,
     NULL,                                        {UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
     0        },
    {"beside another call nothing tells whose it is",
     {{-1, 0, false, NULL},
      {0, 1, false, "{\"docs.tokens\":10}"},
      {0, 2, true, NULL},
      {0, 3, true, NULL}},
     4, 3,
     NULL,                                        {UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
     0        },
    {"unless it stands below a step that has but one",
     {{-1, 0, false, NULL},
      {0, 1, false, NULL},
      {1, 2, false, "{\"docs.tokens\":10}"},
      {1, 3, true, NULL},
      {0, 4, true, NULL}},
     5, 3,
     NULL,                                        {UNKNOWN, UNKNOWN, 10, UNKNOWN, UNKNOWN},
     10       },
    {"too many to be true",
     {{-1, 0, true,
       "{\"history_tokens\":9223372036854775807,"
       "\"system_tokens\":1}"}},
     1, 0,
     NULL,                                        {1, INT64_MAX, UNKNOWN, UNKNOWN, UNKNOWN},
     INT64_MAX},
    {"damaged",
     {{-1, 0, true, "{\"history_tokens\":"}},
     1, 0,
     "[",                                         {UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
     0        },
};

Test(input_parts, of_cases)
{
    for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
        struct trace_tree t = shaped(cases[c].nodes, cases[c].n);
        struct input_parts got;
        struct arena a = {0};
        int known = 0;

        input_parts_of(&t, cases[c].call, sv_from(cases[c].meta), &a, &got);
        for (int p = 0; p < PART_COUNT; p++) {
            int64_t v = got.tokens[p].known ? got.tokens[p].v : UNKNOWN;

            cr_expect(v == cases[c].tokens[p], "%s: %s %lld", cases[c].name, input_part_names[p],
                      (long long)v);
            known += cases[c].tokens[p] != UNKNOWN;
        }
        cr_expect(got.known == known && got.sum == cases[c].sum, "%s: %d, %lld", cases[c].name,
                  got.known, (long long)got.sum);
        arena_release(&a);
        trace_release(&t);
    }
}
