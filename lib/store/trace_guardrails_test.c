/* trace_guardrails_test: which call a guardrail is about, worked out by hand. */
#include "store/trace_guardrails.h"

#include <criterion/criterion.h>

/* Calls 1 and 2 stand in span 0 and start at 10 and 20; 3 stands in span 5 and starts at 15; 4, in
 * span 5, too, at an unknown time. Spans 6 to 9 are those of the calls. */
static const struct guarded_call all[] = {
    {1, 6, 0, 10,           11},
    {2, 7, 0, 20,           12},
    {3, 8, 5, 15,           13},
    {4, 9, 5, CALL_MISSING, 14},
};

static const struct {
    const char *name;
    uint32_t above;
    int64_t started_us;
    size_t n_calls;
    int64_t want;
} cases[] = {
    {"inside a call, that one",                    6,          99,           4, 1},
    {"beside calls, the last before it",           0,          19,           4, 1},
    {"one that starts with it counts as before",   0,          20,           4, 2},
    {"before all, the first",                      0,          5,            4, 1},
    {"a call without a time is before all",        5,          14,           4, 4},
    {"and the other is behind it",                 5,          15,           4, 3},
    {"none beside it: the last of the whole trace", 3,         16,           4, 3},
    {"at the root the same",                       TRACE_ROOT, 100,          4, 2},
    {"without a time of its own, the first",       0,          CALL_MISSING, 4, 1},
    {"no calls",                                   0,          20,           0, 0},
    {"a single one, whenever",                     3,          1,            1, 1},
};

Test(trace_guardrails, assign)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (int turned = 0; turned < 2; turned++) {
            struct guarded_call calls[ARRAY_LEN(all)];
            struct guardrail_span g = {1, cases[i].above, cases[i].started_us, -1};
            size_t n = cases[i].n_calls;

            for (size_t k = 0; k < n; k++)
                calls[k] = all[turned ? n - 1 - k : k];
            trace_guardrails_assign(calls, n, &g, 1);
            cr_expect(g.call_id == cases[i].want, "%s: %lld", cases[i].name, (long long)g.call_id);
        }
}

Test(trace_guardrails, calls_that_start_together_are_told_apart_by_their_keys)
{
    struct guarded_call calls[] = {
        {1, 6, 0, 10, 9},
        {2, 7, 0, 10, 8},
    };
    struct guardrail_span g = {1, 0, 10, -1};

    trace_guardrails_assign(calls, 2, &g, 1);
    cr_expect(g.call_id == 1); /* the larger key is the last */
}

Test(trace_guardrails, a_mark_is_taken_back)
{
    struct call_row row = {0}, with_flags = {0};

    inheritance_guard(&row);
    cr_expect(row.v[F_FLAGS] == FLAG_GUARDRAIL && call_row_has(&row, C_INHERITED));
    inheritance_clear(&row);
    cr_expect(!call_row_has(&row, F_FLAGS) && !call_row_has(&row, C_INHERITED));
    call_row_set(&with_flags, F_FLAGS, FLAG_STREAMING);
    inheritance_guard(&with_flags);
    cr_expect(with_flags.v[F_FLAGS] == (FLAG_STREAMING | FLAG_GUARDRAIL));
    inheritance_clear(&with_flags);
    cr_expect(with_flags.v[F_FLAGS] == FLAG_STREAMING && call_row_has(&with_flags, F_FLAGS));
    call_row_set(&with_flags, F_FLAGS, FLAG_GUARDRAIL); /* as logged */
    inheritance_guard(&with_flags);
    inheritance_clear(&with_flags);
    cr_expect(with_flags.v[F_FLAGS] == FLAG_GUARDRAIL);
}
