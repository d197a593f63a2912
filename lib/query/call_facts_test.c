#include "query/call_facts.h"

#include <criterion/criterion.h>
#include "query/test_calls.h"

static const struct call_facts *facts_of(const struct call_facts_group *groups, size_t n,
                                         const char *source, const char *model)
{
    for (size_t i = 0; i < n; i++)
        if (sv_eq(groups[i].source, sv_from(source)) && sv_eq(groups[i].model, sv_from(model)))
            return &groups[i].facts;
    cr_assert_fail("no group %s %s", source, model);
    return NULL;
}

/* Each case is one call in table `call`; what it must count as beside FACT_CALLS. By hand. */
/* clang-format off */
static const struct {
    const char *name, *columns, *values;
    uint64_t facts;
} cases[] = {
#define F(fact) (UINT64_C(1) << (fact))
    {"nothing known", "latency_us", "NULL", F(FACT_UNPRICED)},
    {"an error without tokens", "status", "1", F(FACT_STATUS) | F(FACT_FREE)},
    {"an error with tokens", "status, output_tokens", "1, 1",
     F(FACT_STATUS) | F(FACT_OUTPUT) | F(FACT_UNPRICED) | F(FACT_UNPRICED_TOKENS)},
    {"from a cache", "flags", "4", F(FACT_FREE)},
    {"cost given", "cost_given_nusd, cost_computed_nusd", "0, 5", F(FACT_COST_GIVEN)},
    {"cost computed", "cost_computed_nusd", "5", F(FACT_COST_COMPUTED)},
    {"total only", "total_tokens_given", "1", F(FACT_UNPRICED) | F(FACT_UNPRICED_TOKENS)},
    {"zoneless", "started_us, flags", "1, 32",
     F(FACT_STARTED) | F(FACT_ZONELESS) | F(FACT_UNPRICED)},
    {"no zone and no time", "flags", "32", F(FACT_UNPRICED)},
    {"no time at all", "latency_us", "0",
     F(FACT_LATENCY) | F(FACT_ZERO_LATENCY) | F(FACT_UNPRICED)},
    {"streamed", "flags, time_to_first_token_us", "1, 5",
     F(FACT_STREAMED) | F(FACT_STREAMED_TTFT) | F(FACT_TTFT) | F(FACT_UNPRICED)},
    {"streamed, no ttft", "flags", "1", F(FACT_STREAMED) | F(FACT_UNPRICED)},
    {"batch", "flags, time_to_first_token_us", "2, 5",
     F(FACT_BATCH_TTFT) | F(FACT_TTFT) | F(FACT_UNPRICED)},
    {"ttft 0", "time_to_first_token_us", "0",
     F(FACT_TTFT) | F(FACT_DEGENERATE_TTFT) | F(FACT_UNPRICED)},
    {"tpot given", "time_per_output_token_us", "7", F(FACT_TPOT) | F(FACT_UNPRICED)},
    {"tpot derived", "latency_us, time_to_first_token_us, output_tokens, cost_given_nusd",
     "9, 5, 2, 1",
     F(FACT_LATENCY) | F(FACT_TTFT) | F(FACT_OUTPUT) | F(FACT_TPOT) | F(FACT_COST_GIVEN)},
    {"tpot of one token", "latency_us, time_to_first_token_us, output_tokens, cost_given_nusd",
     "9, 5, 1, 1", F(FACT_LATENCY) | F(FACT_TTFT) | F(FACT_OUTPUT) | F(FACT_COST_GIVEN)},
    {"tpot of a degenerate ttft",
     "latency_us, time_to_first_token_us, output_tokens, cost_given_nusd", "9, 9, 2, 1",
     F(FACT_LATENCY) | F(FACT_TTFT) | F(FACT_OUTPUT) | F(FACT_DEGENERATE_TTFT) |
         F(FACT_COST_GIVEN)},
    {"names", "feature_id, user_id, session_key, response_model_id, finish_reason_id",
     "1, 1, 11, 1, 1",
     F(FACT_FEATURE) | F(FACT_USER) | F(FACT_SESSION) | F(FACT_MODEL) | F(FACT_FINISH_REASON) |
         F(FACT_UNPRICED)},
    {"all cached", "input_tokens, cache_read_tokens, cache_write_tokens, flags", "10, 6, 4, 4",
     F(FACT_INPUT) | F(FACT_CACHE_READ) | F(FACT_CACHE_CHECKED) | F(FACT_FREE)},
    {"more cached than there is", "input_tokens, cache_read_tokens, cache_write_tokens, flags",
     "10, 6, 5, 4",
     F(FACT_INPUT) | F(FACT_CACHE_READ) | F(FACT_CACHE_CHECKED) | F(FACT_CACHE_BAD) | F(FACT_FREE)},
    {"more written than there is", "input_tokens, cache_write_tokens, flags", "10, 11, 4",
     F(FACT_INPUT) | F(FACT_CACHE_CHECKED) | F(FACT_CACHE_BAD) | F(FACT_FREE)},
    {"sums that leave the range", "input_tokens, cache_read_tokens, cache_write_tokens, flags",
     "9223372036854775807, 9223372036854775807, 9223372036854775807, 4",
     F(FACT_INPUT) | F(FACT_CACHE_READ) | F(FACT_CACHE_CHECKED) | F(FACT_FREE)},
    {"nothing but reasoning", "output_tokens, reasoning_tokens, flags", "3, 3, 4",
     F(FACT_OUTPUT) | F(FACT_REASONING_CHECKED) | F(FACT_FREE)},
    {"too much reasoning", "output_tokens, reasoning_tokens, flags", "3, 4, 4",
     F(FACT_OUTPUT) | F(FACT_REASONING_CHECKED) | F(FACT_REASONING_BAD) | F(FACT_FREE)},
    {"writes agree", "cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens, flags",
     "5, 2, 3, 4", F(FACT_WRITES_CHECKED) | F(FACT_FREE)},
    {"writes do not", "cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens, flags",
     "5, 2, 2, 4", F(FACT_WRITES_CHECKED) | F(FACT_WRITES_BAD) | F(FACT_FREE)},
    {"one kind of write", "cache_write_tokens, cache_write_5m_tokens, flags", "5, 2, 4",
     F(FACT_FREE)},
    {"a total that agrees", "input_tokens, output_tokens, total_tokens_given, flags", "1, 2, 3, 4",
     F(FACT_INPUT) | F(FACT_OUTPUT) | F(FACT_TOTAL_CHECKED) | F(FACT_FREE)},
    {"a total that does not", "input_tokens, output_tokens, total_tokens_given, flags",
     "1, 2, 4, 4",
     F(FACT_INPUT) | F(FACT_OUTPUT) | F(FACT_TOTAL_CHECKED) | F(FACT_TOTAL_BAD) | F(FACT_FREE)},
};
/* clang-format on */

Test(call_facts, one_call)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct store *s = test_store();
        struct call_facts_group *groups = NULL;
        struct arena a = {0};
        struct error err;
        char sql[512];
        size_t n = 0;

        test_sql(s, TEST_DICTIONARY);
        test_sql(s, "INSERT INTO dictionary VALUES ('finish_reason', 1, 'stop')");
        snprintf(sql, sizeof(sql),
                 "INSERT INTO call (%s, identity_key, source_id, source_line) VALUES (%s, 1, 1, 1)",
                 cases[i].columns, cases[i].values);
        test_sql(s, sql);
        cr_assert(call_facts_read(s, 2, &a, &groups, &n, &err) == OK, "%s", err.msg);
        cr_assert(n == 1, "%s", cases[i].name);
        cr_expect(groups[0].facts.n[FACT_CALLS] == 1, "%s", cases[i].name);
        for (int f = FACT_CALLS + 1; f < FACT_COUNT; f++)
            cr_expect((groups[0].facts.n[f] > 0) == (cases[i].facts >> f & 1),
                      "%s: fact %d is %lld", cases[i].name, f, (long long)groups[0].facts.n[f]);
        arena_release(&a);
        store_close(s);
    }
}

/* The sixty calls: totals by Python, as in report_test.c; shadowed ones are out. */
Test(call_facts, groups)
{
    struct store *s = test_calls();
    struct call_facts_group *groups = NULL;
    struct call_facts sum = CALL_FACTS_NONE;
    struct arena a = {0};
    struct error err;
    size_t n = 0;

    test_sql(s, "INSERT INTO dictionary VALUES ('source', 1, 'otlp');"
                "UPDATE call SET source_format_id = 1 WHERE request_model_id = 3");
    cr_assert(call_facts_read(s, 2, &a, &groups, &n, &err) == OK, "%s", err.msg);
    for (size_t i = 0; i < n; i++)
        call_facts_add(&sum, &groups[i].facts);
    cr_expect(sum.n[FACT_CALLS] == 49);
    cr_expect(sum.n[FACT_STARTED] == 45);
    cr_expect(sum.n[FACT_LATENCY] == 45);
    cr_expect(sum.n[FACT_TTFT] == 27);
    cr_expect(sum.n[FACT_TPOT] == 19);
    cr_expect(sum.n[FACT_INPUT] == 48);
    cr_expect(sum.n[FACT_OUTPUT] == 43);
    cr_expect(sum.n[FACT_UNPRICED] == 8);
    cr_expect(sum.first_us == INT64_C(1792873297095264));
    cr_expect(sum.last_us == INT64_C(1793130952075670));
    cr_expect(!groups[0].source.p, "the absent one first");
    cr_expect(sv_is(groups[n - 1].source, "otlp") && sv_is(groups[n - 1].model, "mini"));
    cr_expect(facts_of(groups, n, "otlp", "mini")->n[FACT_MODEL] ==
              facts_of(groups, n, "otlp", "mini")->n[FACT_CALLS]);
    arena_release(&a);
    store_close(s);
}

Test(call_facts, empty)
{
    struct store *s = test_store();
    struct call_facts_group *groups = NULL;
    struct arena a = {0};
    struct error err;
    size_t n = 9;

    cr_assert(call_facts_read(s, 2, &a, &groups, &n, &err) == OK, "%s", err.msg);
    cr_expect(n == 0);
    arena_release(&a);
    store_close(s);
}
