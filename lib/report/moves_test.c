#include "report/moves.h"
#include "query/test_calls.h"

/*
 * Sixty hours of 20 calls from 2026-01-01T00:00Z on. Input tokens go from 100 to 200 in hour 30,
 * output tokens in hour 40, latencies never (each a little noise by i mod 7).
 */
#define SIXTY_HOURS                                                                                \
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199) "              \
    "INSERT INTO call (started_us, input_tokens, output_tokens, latency_us, identity_key, "        \
    "source_id, source_line) SELECT 1767225600000000 + i * 180000000, "                            \
    "iif(i < 600, 100, 200) + i * i % 7, iif(i < 800, 50, 90) + i * i % 7, 1000 + i * i % 7, i, "  \
    "1, i FROM n"

Test(moves, in_order_of_time)
{
    struct compared_field output = {.name = "output_tokens",
                                    .which = V_OUTPUT_TOKENS,
                                    .unit = UNIT_TOKENS},
                          input = {.name = "input_tokens",
                                   .which = V_INPUT_TOKENS,
                                   .unit = UNIT_TOKENS},
                          latency = {.name = "latency", .which = V_LATENCY_US, .unit = UNIT_US};
    const struct move_question questions[] = {
        {"output_tokens_mean", &output,  0   },
        {"input_tokens_mean",  &input,   0   },
        {"input_tokens_p50",   &input,   0.5 },
        {"latency_p95",        &latency, 0.95},
    };
    const struct scan_spec spec = {.zone = &test_utc, .jobs = 2};
    struct store *s = test_store();
    struct arena arena = {0};
    struct move *moves;
    size_t n;

    test_sql(s, SIXTY_HOURS);
    cr_assert(moves_find(s, &spec, questions, 4, &arena, &moves, &n, NULL) == OK);
    cr_assert(n == 3, "%zu", n);
    cr_expect_str_eq(moves[0].metric, "input_tokens_mean");
    cr_expect_str_eq(moves[1].metric, "input_tokens_p50");
    cr_expect(sv_is(moves[0].at, "2026-01-02T06:00:00Z"), "%.*s", SV_FMT(moves[0].at));
    cr_expect_str_eq(moves[2].metric, "output_tokens_mean");
    cr_expect(sv_is(moves[2].at, "2026-01-02T16:00:00Z"));
    cr_expect(moves[2].before > 50 && moves[2].before < 56 && moves[2].after > 90);
    arena_release(&arena);
    store_close(s);
}

Test(moves, no_calls_and_too_few_periods)
{
    struct compared_field input = {.name = "input_tokens", .which = V_INPUT_TOKENS};
    const struct move_question question = {"input_tokens_mean", &input, 0};
    const struct scan_spec spec = {.zone = &test_utc, .jobs = 1};
    struct store *s = test_store();
    struct arena arena = {0};
    struct move *moves;
    size_t n = 7;

    cr_assert(moves_find(s, &spec, &question, 1, &arena, &moves, &n, NULL) == OK);
    cr_expect(n == 0);
    test_sql(s, SIXTY_HOURS " LIMIT 100");
    cr_assert(moves_find(s, &spec, &question, 1, &arena, &moves, &n, NULL) == OK);
    cr_expect(n == 0);
    arena_release(&arena);
    store_close(s);
}
