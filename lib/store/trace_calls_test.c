/* trace_calls_test: which spans are calls; trees drawn by hand. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include "store/trace_calls.h"

/* Spans are letters; parent '-' is none. Upper case in `usage` has usage; what is wanted are those
 * that are shadowed. */
static const struct {
    const char *name, *ids, *parents, *usage, *shadowed;
} trees[] = {
    {"nothing",                       "",     "",     "",     ""  },
    {"one span with usage is a call", "a",    "-",    "a",    ""  },
    {"one span without",              "a",    "-",    "",     ""  },
    {"the innermost of three",        "abc",  "-ab",  "abc",  "ab"},
    {"through one without usage",     "abc",  "-ab",  "ac",   "a" },
    {"two calls below one shadow",    "abc",  "-aa",  "abc",  "a" },
    {"siblings shadow nothing",       "abc",  "-aa",  "bc",   ""  },
    {"a parent that is not there",    "bc",   "ab",   "bc",   "b" },
    {"children before their parents", "cba",  "ba-",  "abc",  "ba"},
    {"its own parent",                "a",    "a",    "a",    ""  },
    {"a cycle of two are both roots", "ab",   "ba",   "ab",   ""  },
    {"below a cycle",                 "abc",  "bab",  "bc",   "b" },
    {"a way into a cycle",            "dcab", "caba", "dcab", "ca"},
};

static void arrange(const char *ids, const char *parents, const char *usage,
                    struct trace_span *spans, uint32_t *order)
{
    struct error err = {0};
    uint32_t n = (uint32_t)strlen(ids);

    for (uint32_t i = 0; i < n; i++)
        spans[i] = (struct trace_span){.id = (uint64_t)ids[i],
                                       .parent = (uint64_t)parents[i],
                                       .has_parent = parents[i] != '-',
                                       .has_usage = strchr(usage, ids[i]) != NULL};
    cr_assert(trace_calls_arrange(spans, n, order, &err) == OK, "%s", err.msg);
}

Test(trace_calls, shadows)
{
    for (size_t t = 0; t < ARRAY_LEN(trees); t++) {
        struct trace_span spans[8];
        uint32_t order[8];
        uint32_t n = (uint32_t)strlen(trees[t].ids);

        arrange(trees[t].ids, trees[t].parents, trees[t].usage, spans, order);
        for (uint32_t i = 0; i < n; i++)
            cr_expect(spans[i].shadowed == (strchr(trees[t].shadowed, trees[t].ids[i]) != NULL),
                      "%s: span %c", trees[t].name, trees[t].ids[i]);
        for (uint32_t k = 0; k < n; k++) {
            bool parent_first = spans[order[k]].above == TRACE_ROOT;
            for (uint32_t j = 0; j < k; j++)
                parent_first |= order[j] == spans[order[k]].above;
            cr_expect(parent_first, "%s: place %u", trees[t].name, k);
        }
    }
}

/* A chain of 100,000, every span with usage, in random order, and a cycle of as many. */
Test(trace_calls, long_chains)
{
    const uint32_t n = 100000;
    struct trace_span *spans = calloc(n, sizeof(*spans));
    uint32_t *order = calloc(n, sizeof(*order));
    struct error err = {0};
    uint32_t shadowed = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = (uint32_t)((uint64_t)i * 7919 % n); /* 7919 is prime and does not divide n */
        spans[i] = (struct trace_span){
            .id = id, .parent = id - 1, .has_parent = id > 0, .has_usage = true};
    }
    cr_assert(trace_calls_arrange(spans, n, order, &err) == OK);
    for (uint32_t k = 0; k < n; k++) {
        cr_assert(spans[order[k]].id == k);
        shadowed += spans[k].shadowed;
    }
    cr_expect(eq(u32, shadowed, n - 1));
    for (uint32_t i = 0; i < n; i++) {
        spans[i].parent = (spans[i].id + n - 1) % n;
        spans[i].has_parent = true;
    }
    cr_assert(trace_calls_arrange(spans, n, order, &err) == OK);
    for (uint32_t i = 0; i < n; i++)
        cr_assert(spans[i].above == TRACE_ROOT && !spans[i].shadowed);
    free(spans);
    free(order);
}

Test(trace_calls, nearest_shadow_gives)
{
    struct call_row outer = {0}, inner = {0}, call = {0};
    struct inheritance from_outer, from_inner;

    call_row_set(&outer, F_AGENT, 1);
    call_row_set(&outer, F_FEATURE, 2);
    call_row_set(&outer, F_PROVIDER, 3);
    call_row_set(&outer, F_RESPONSE_MODEL, 4);
    call_row_set(&outer, C_SESSION_KEY, -5);
    call_row_set(&inner, F_AGENT, 6);
    call_row_set(&call, F_USER, 7);
    call_row_set(&call, F_FEATURE, 8);
    inheritance_push(NULL, &outer, &from_outer);
    inheritance_push(&from_outer, &inner, &from_inner);
    inheritance_fill(&from_inner, &call);
    cr_expect(eq(i64, call.v[F_AGENT], 6), "the nearest");
    cr_expect(eq(i64, call.v[F_FEATURE], 8), "its own");
    cr_expect(eq(i64, call.v[F_USER], 7));
    cr_expect(eq(i64, call.v[C_SESSION_KEY], -5), "from farther up");
    cr_expect(0 == (call.known & (CALL_BIT(F_PROVIDER) | CALL_BIT(F_RESPONSE_MODEL))));
    cr_expect(eq(i64, call.v[C_INHERITED], (int64_t)(CALL_BIT(F_AGENT) | CALL_BIT(C_SESSION_KEY))));

    inheritance_clear(&call);
    cr_expect(0 ==
              (call.known & (CALL_BIT(F_AGENT) | CALL_BIT(C_SESSION_KEY) | CALL_BIT(C_INHERITED))));
    cr_expect(call_row_has(&call, F_USER) && call_row_has(&call, F_FEATURE));
    inheritance_clear(&call);
    cr_expect(call_row_has(&call, F_USER), "twice is once");
}

Test(trace_calls, spans_without_usage_give_too)
{
    struct call_row shadow = {0}, call = {0};
    struct inheritance root = {0}, middle = {0}, below_root, below_shadow, all;
    int64_t v = 0;

    inheritance_set(&root, F_USER, 1);
    inheritance_set(&root, F_FEATURE, 2);
    inheritance_set(&root, C_SESSION_KEY, -3);
    call_row_set(&shadow, F_FEATURE, 4);
    inheritance_set(&middle, F_USER, 5);
    inheritance_join(NULL, &root, &below_root);
    inheritance_push(&below_root, &shadow, &below_shadow);
    inheritance_join(&below_shadow, &middle, &all);
    inheritance_fill(&all, &call);
    cr_expect(eq(i64, call.v[F_USER], 5), "the nearest");
    cr_expect(eq(i64, call.v[F_FEATURE], 4), "a shadow is nearer than the root");
    cr_expect(eq(i64, call.v[C_SESSION_KEY], -3), "from the root");
    cr_expect(inheritance_get(&all, F_USER, &v) && v == 5);
    cr_expect(inheritance_get(&all, F_TENANT, &v) == false, "what nobody says is left alone");
}

Test(trace_calls, nothing_to_inherit)
{
    struct call_row shadow = {0}, call = {0};
    struct inheritance from;

    call_row_set(&shadow, F_PROVIDER, 3);
    inheritance_push(NULL, &shadow, &from);
    inheritance_fill(&from, &call);
    cr_expect(call.known == 0);
}
