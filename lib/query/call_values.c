/* call_values: one column loop for each derived value; the others are columns as they are. */
#include "query/call_values.h"

#include <assert.h>
#include "store/pricing.h"
#include "base/banned.h"

static const struct {
    uint64_t columns;
    bool real;
} kinds[V_COUNT] = {
    [V_LATENCY_US] = {COLUMN(F_LATENCY_US), false},
    [V_TIME_TO_FIRST_TOKEN_US] = {COLUMN(F_TIME_TO_FIRST_TOKEN_US), false},
    [V_TIME_PER_OUTPUT_TOKEN_US] = {COLUMN(F_TIME_PER_OUTPUT_TOKEN_US) | COLUMN(F_LATENCY_US) |
                                        COLUMN(F_TIME_TO_FIRST_TOKEN_US) | COLUMN(F_OUTPUT_TOKENS),
                                    true},
    [V_TOKENS_PER_SECOND] = {COLUMN(F_LATENCY_US) | COLUMN(F_TIME_TO_FIRST_TOKEN_US) |
                                 COLUMN(F_OUTPUT_TOKENS),
                             true},
    [V_QUEUE_US] = {COLUMN(F_QUEUE_US), false},
    [V_INPUT_TOKENS] = {COLUMN(F_INPUT_TOKENS), false},
    [V_OUTPUT_TOKENS] = {COLUMN(F_OUTPUT_TOKENS), false},
    [V_CACHE_READ_TOKENS] = {COLUMN(F_CACHE_READ_TOKENS), false},
    [V_CACHE_WRITE_TOKENS] = {COLUMN(F_CACHE_WRITE_TOKENS), false},
    [V_REASONING_TOKENS] = {COLUMN(F_REASONING_TOKENS), false},
    [V_TOTAL_TOKENS] = {COLUMN(F_INPUT_TOKENS) | COLUMN(F_OUTPUT_TOKENS) |
                            COLUMN(F_TOTAL_TOKENS_GIVEN),
                        false},
    [V_COST_NUSD] = {COLUMN(F_COST_GIVEN_NUSD) | COLUMN(C_COST_COMPUTED_NUSD) | COLUMN(F_FLAGS),
                     false},
    [V_HTTP_STATUS] = {COLUMN(F_HTTP_STATUS), false},
    [V_INPUT_CHARS] = {COLUMN(F_INPUT_CHARS), false},
    [V_OUTPUT_CHARS] = {COLUMN(F_OUTPUT_CHARS), false},
    [V_STARTED_US] = {COLUMN(F_STARTED_US), false},
    [V_GUARDRAIL] = {COLUMN(F_FLAGS), false},
    [V_PII] = {COLUMN(F_FLAGS), false},
    [V_PII_INPUT] = {COLUMN(F_FLAGS), false},
    [V_SECRET] = {COLUMN(F_FLAGS), false},
    [V_INJECTION] = {COLUMN(F_FLAGS), false},
    [V_BAD_ANSWER] = {COLUMN(F_FLAGS), false},
    [V_CACHE_SAVINGS_NUSD] = {PRICING_USAGE_COLUMNS | COLUMN(C_PRICE_ID), false},
    [V_CONTEXT_UTILIZATION] = {COLUMN(F_INPUT_TOKENS) | COLUMN(C_PRICE_ID), true},
};

uint64_t call_value_columns(enum call_value v)
{
    return kinds[v].columns;
}

bool call_value_is_real(enum call_value v)
{
    return kinds[v].real;
}

/* Time behind the first token; below 0 when it is not known or makes no sense. Without branches,
 * as which calls know it is not to be predicted. */
static int64_t generating_us(int64_t latency_us, int64_t first_us)
{
    bool known = (first_us >= 0) & (latency_us >= first_us); /* CALL_MISSING is below 0 */

    return known ? latency_us - first_us : -1;
}

static void time_per_output_token(const int64_t *const *cols, int64_t rows, int64_t *out)
{
    const int64_t *given = cols[F_TIME_PER_OUTPUT_TOKEN_US], *tokens = cols[F_OUTPUT_TOKENS];
    const int64_t *latency = cols[F_LATENCY_US], *first = cols[F_TIME_TO_FIRST_TOKEN_US];

    for (int64_t i = 0; i < rows; i++) {
        int64_t us = generating_us(latency[i], first[i]);
        bool derived = (us >= 0) & (tokens[i] >= 2);
        double rest = (double)(tokens[i] >= 2 ? tokens[i] - 1 : 1);
        int64_t v = derived ? real_to_key((double)us / rest) : CALL_MISSING;

        out[i] = given[i] != CALL_MISSING ? real_to_key((double)given[i]) : v;
    }
}

static void tokens_per_second(const int64_t *const *cols, int64_t rows, int64_t *out)
{
    const int64_t *latency = cols[F_LATENCY_US], *first = cols[F_TIME_TO_FIRST_TOKEN_US];
    const int64_t *tokens = cols[F_OUTPUT_TOKENS];

    for (int64_t i = 0; i < rows; i++) {
        int64_t us = generating_us(latency[i], first[i]);
        bool known = (us > 0) & (tokens[i] >= 0);
        int64_t v = real_to_key((double)tokens[i] * 1e6 / (double)(us > 0 ? us : 1));

        out[i] = known ? v : CALL_MISSING;
    }
}

static void guardrail(const int64_t *const *cols, int64_t rows, int64_t *out)
{
    const int64_t *flags = cols[F_FLAGS];

    for (int64_t i = 0; i < rows; i++)
        out[i] = flags[i] != CALL_MISSING && (flags[i] & FLAG_GUARDRAIL);
}

/* What scanning found, or, of personal data, what the log says itself. */
static void found(enum call_value v, const int64_t *const *cols, int64_t rows, int64_t *out)
{
    static const int64_t finds[V_COUNT] = {
        [V_PII] = FLAG_PII_OUTPUT,
        [V_PII_INPUT] = FLAG_PII_INPUT,
        [V_SECRET] = FLAG_SECRET_INPUT | FLAG_SECRET_OUTPUT,
        [V_INJECTION] = FLAG_INJECTION,
        [V_BAD_ANSWER] = FLAG_BAD_ANSWER,
    };
    const int64_t *flags = cols[F_FLAGS];

    for (int64_t i = 0; i < rows; i++) {
        int64_t f = flags[i] == CALL_MISSING ? 0 : flags[i];

        if (v == V_PII && f & FLAG_LOGGED_PII)
            out[i] = (f & FLAG_LOGGED_PII_FOUND) != 0;
        else
            out[i] = f & FLAG_SCANNED(finds[v]) ? (f & finds[v]) != 0 : CALL_MISSING;
    }
}

static void total_tokens(const int64_t *const *cols, int64_t rows, int64_t *out)
{
    const int64_t *input = cols[F_INPUT_TOKENS], *output = cols[F_OUTPUT_TOKENS];
    const int64_t *given = cols[F_TOTAL_TOKENS_GIVEN];

    for (int64_t i = 0; i < rows; i++) {
        if (input[i] == CALL_MISSING)
            out[i] = output[i] == CALL_MISSING ? given[i] : output[i];
        else if (output[i] == CALL_MISSING)
            out[i] = input[i];
        else if (__builtin_add_overflow(input[i], output[i], &out[i]))
            out[i] = INT64_MAX;
    }
}

static void cost(enum cost_choice choice, const int64_t *const *cols, int64_t rows, int64_t *out)
{
    const int64_t *given = cols[F_COST_GIVEN_NUSD], *computed = cols[C_COST_COMPUTED_NUSD];
    const int64_t *flags = cols[F_FLAGS];

    for (int64_t i = 0; i < rows; i++) {
        int64_t v = choice == COST_OF_PRICES ? computed[i] : given[i];

        if (v == CALL_MISSING && choice == COST_OF_LOG_OR_PRICES)
            v = computed[i];
        if (flags[i] != CALL_MISSING && flags[i] & FLAG_FROM_CACHE)
            v = 0;
        out[i] = v;
    }
}

const int64_t *call_values(enum call_value v, enum cost_choice choice, const int64_t *const *cols,
                           int64_t rows, int64_t *room)
{
    switch (v) {
    case V_TIME_PER_OUTPUT_TOKEN_US:
        time_per_output_token(cols, rows, room);
        return room;
    case V_TOKENS_PER_SECOND:
        tokens_per_second(cols, rows, room);
        return room;
    case V_TOTAL_TOKENS:
        total_tokens(cols, rows, room);
        return room;
    case V_COST_NUSD:
        cost(choice, cols, rows, room);
        return room;
    case V_GUARDRAIL:
        guardrail(cols, rows, room);
        return room;
    case V_PII:
    case V_PII_INPUT:
    case V_SECRET:
    case V_INJECTION:
    case V_BAD_ANSWER:
        found(v, cols, rows, room);
        return room;
    default:
        assert(v < V_COUNT && (kinds[v].columns & (kinds[v].columns - 1)) == 0);
        return cols[__builtin_ctzll(kinds[v].columns)];
    }
}

bool call_unpriced(const int64_t *const *cols, int64_t i)
{
    if (cols[F_STATUS][i] != STATUS_ERROR)
        return true;
    return cols[F_INPUT_TOKENS][i] > 0 || cols[F_OUTPUT_TOKENS][i] > 0 ||
           cols[F_TOTAL_TOKENS_GIVEN][i] > 0;
}

bool call_ttft_degenerate(const int64_t *const *cols, int64_t i)
{
    int64_t first = cols[F_TIME_TO_FIRST_TOKEN_US][i], latency = cols[F_LATENCY_US][i];
    bool timed = (first != CALL_MISSING) & (latency != CALL_MISSING);
    bool several = cols[F_OUTPUT_TOKENS][i] > 1; /* CALL_MISSING is below 0 */

    return (first == 0) | (timed & ((first > latency) | ((first == latency) & several)));
}
