#include "query/call_values.h"

#include <criterion/criterion.h>

#define M CALL_MISSING

/* One row; by hand from the rules in the header. */
static const struct {
    const char *name;
    int64_t latency, first, per_token, input, output, total;
    double want_per_token, want_speed; /* below 0: missing */
    int64_t want_total;
} cases[] = {
    {"all known",              1000000, 200000, M,  10,  5,  M,  200000, 6.25,  15       },
    {"logged per token wins",  1000000, 200000, 77, 10,  5,  99, 77,     6.25,  15       },
    {"one token has no rate",  1000000, 200000, M,  10,  1,  M,  -1,     1.25,  11       },
    {"no tokens",              1000000, 200000, M,  10,  0,  M,  -1,     0,     10       },
    {"no first token",         1000000, M,      M,  10,  5,  M,  -1,     -1,    15       },
    {"no latency",             M,       200000, M,  10,  5,  M,  -1,     -1,    15       },
    {"all at once",            1000000, 1000000, M, 10,  5,  M,  0,      -1,    15       },
    {"first behind the end",   1000000, 1000001, M, 10,  5,  M,  -1,     -1,    15       },
    {"a third",                4,       3,      M,  M,   4,  M,  1.0 / 3, 4e6,  4        },
    {"input only",             M,       M,      M,  7,   M,  50, -1,     -1,    7        },
    {"total only",             M,       M,      M,  M,   M,  50, -1,     -1,    50       },
    {"nothing",                M,       M,      M,  M,   M,  M,  -1,     -1,    M        },
    {"too many tokens",        M,       M,      M,  INT64_MAX, 1, M, -1, -1,    INT64_MAX},
};

static void expect_real(const char *name, const char *what, int64_t key, double want)
{
    if (want < 0)
        cr_expect_eq(key, CALL_MISSING, "%s: %s", name, what);
    else
        cr_expect_float_eq(key_to_real(key), want, 1e-12 * want, "%s: %s %.17g", name, what,
                           key_to_real(key));
}

Test(call_values, derived)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const int64_t *cols[C_COUNT] = {0};
        int64_t room[1];

        cols[F_LATENCY_US] = &cases[i].latency;
        cols[F_TIME_TO_FIRST_TOKEN_US] = &cases[i].first;
        cols[F_TIME_PER_OUTPUT_TOKEN_US] = &cases[i].per_token;
        cols[F_INPUT_TOKENS] = &cases[i].input;
        cols[F_OUTPUT_TOKENS] = &cases[i].output;
        cols[F_TOTAL_TOKENS_GIVEN] = &cases[i].total;
        expect_real(cases[i].name, "per token",
                    *call_values(V_TIME_PER_OUTPUT_TOKEN_US, 0, cols, 1, room),
                    cases[i].want_per_token);
        expect_real(cases[i].name, "speed", *call_values(V_TOKENS_PER_SECOND, 0, cols, 1, room),
                    cases[i].want_speed);
        cr_expect_eq(*call_values(V_TOTAL_TOKENS, 0, cols, 1, room), cases[i].want_total, "%s",
                     cases[i].name);
        cr_expect_eq(call_values(V_LATENCY_US, 0, cols, 1, room), &cases[i].latency,
                     "a column as it is");
    }
}

static const struct {
    const char *name;
    int64_t given, computed, flags;
    int64_t best, of_log, of_prices;
} costs[] = {
    {"both",       5, 7, M,                             5, 5, 7},
    {"given",      5, M, FLAG_STREAMING,                5, 5, M},
    {"computed",   M, 7, M,                             7, M, 7},
    {"none",       M, M, M,                             M, M, M},
    {"from cache", 5, M, FLAG_FROM_CACHE | FLAG_BATCH,  0, 0, 0},
    {"free",       0, 7, M,                             0, 0, 7},
};

Test(call_values, cost)
{
    for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
        const int64_t *cols[C_COUNT] = {0};
        int64_t room[1];

        cols[F_COST_GIVEN_NUSD] = &costs[i].given;
        cols[C_COST_COMPUTED_NUSD] = &costs[i].computed;
        cols[F_FLAGS] = &costs[i].flags;
        cr_expect_eq(*call_values(V_COST_NUSD, COST_OF_LOG_OR_PRICES, cols, 1, room),
                     costs[i].best, "%s", costs[i].name);
        cr_expect_eq(*call_values(V_COST_NUSD, COST_OF_LOG, cols, 1, room), costs[i].of_log, "%s",
                     costs[i].name);
        cr_expect_eq(*call_values(V_COST_NUSD, COST_OF_PRICES, cols, 1, room), costs[i].of_prices,
                     "%s", costs[i].name);
    }
}

static const struct {
    const char *name;
    int64_t status, input, output, total;
    bool unpriced;
} unpriced[] = {
    {"fine call",             STATUS_OK,        M, M, M, true },
    {"status not known",      M,                M, M, M, true },
    {"cancelled",             STATUS_CANCELLED, 0, 0, M, true },
    {"error without tokens",  STATUS_ERROR,     M, M, M, false},
    {"error with zeros",      STATUS_ERROR,     0, 0, 0, false},
    {"error after input",     STATUS_ERROR,     9, 0, M, true },
    {"error after output",    STATUS_ERROR,     M, 9, M, true },
    {"error with a total",    STATUS_ERROR,     M, M, 9, true },
};

Test(call_values, unpriced)
{
    for (size_t i = 0; i < sizeof(unpriced) / sizeof(unpriced[0]); i++) {
        const int64_t *cols[C_COUNT] = {0};

        cols[F_STATUS] = &unpriced[i].status;
        cols[F_INPUT_TOKENS] = &unpriced[i].input;
        cols[F_OUTPUT_TOKENS] = &unpriced[i].output;
        cols[F_TOTAL_TOKENS_GIVEN] = &unpriced[i].total;
        cr_expect_eq(call_unpriced(cols, 0), unpriced[i].unpriced, "%s", unpriced[i].name);
    }
}

Test(call_values, keys_are_ordered_like_reals)
{
    static const double rising[] = {-1e300, -2, -1, -1e-300, 0, 1e-300, 0.5, 1, 1.5, 2, 1e300};

    for (size_t i = 0; i < sizeof(rising) / sizeof(rising[0]); i++) {
        cr_expect_eq(key_to_real(real_to_key(rising[i])), rising[i]);
        if (i)
            cr_expect_lt(real_to_key(rising[i - 1]), real_to_key(rising[i]), "%g", rising[i]);
    }
}

/* One row each; by hand from the rule in the header. */
static const struct {
    const char *name;
    int64_t first, latency, output;
    bool want;
} first_tokens[] = {
    {"sound",                        200000,  1000000, 5, false},
    {"none",                         M,       1000000, 5, false},
    {"zero",                         0,       1000000, 5, true },
    {"zero, no latency",             0,       M,       M, true },
    {"zero of zero",                 0,       0,       1, true },
    {"the least there is",           1,       1000000, 5, false},
    {"just before the end",          999999,  1000000, 5, false},
    {"at the end",                   1000000, 1000000, 5, true },
    {"at the end, of two tokens",    1000000, 1000000, 2, true },
    {"at the end, of one token",     1000000, 1000000, 1, false},
    {"at the end, of no token",      1000000, 1000000, 0, false},
    {"at the end, tokens not known", 1000000, 1000000, M, false},
    {"behind the end",               1000001, 1000000, 1, true },
    {"behind the end, no tokens",    1000001, 1000000, M, true },
    {"no latency",                   1000000, M,       5, false},
};

Test(call_values, degenerate_ttft)
{
    for (size_t i = 0; i < sizeof(first_tokens) / sizeof(first_tokens[0]); i++) {
        const int64_t *cols[C_COUNT] = {[F_TIME_TO_FIRST_TOKEN_US] = &first_tokens[i].first,
                                        [F_LATENCY_US] = &first_tokens[i].latency,
                                        [F_OUTPUT_TOKENS] = &first_tokens[i].output};

        cr_expect_eq(call_ttft_degenerate(cols, 0), first_tokens[i].want, "%s",
                     first_tokens[i].name);
    }
}
