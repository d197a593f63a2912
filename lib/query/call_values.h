/* call_values: the figures of single calls that filters compare and reports add up, the derived
 * ones included. */
#ifndef LLMOBS_QUERY_CALL_VALUES_H
#define LLMOBS_QUERY_CALL_VALUES_H

#include "store/store.h"

enum call_value {
    V_LATENCY_US,
    V_TIME_TO_FIRST_TOKEN_US,
    V_TIME_PER_OUTPUT_TOKEN_US, /* real: as logged, else (latency - first token) / (output - 1) */
    V_TOKENS_PER_SECOND,        /* real: output tokens / (latency - first token) */
    V_QUEUE_US,
    V_INPUT_TOKENS,
    V_OUTPUT_TOKENS,
    V_CACHE_READ_TOKENS,
    V_CACHE_WRITE_TOKENS,
    V_REASONING_TOKENS,
    V_TOTAL_TOKENS, /* input + output as far as known, else the total that the log gives */
    V_COST_NUSD,    /* see cost_choice; 0 for an answer from a proxy's cache */
    V_HTTP_STATUS,
    V_INPUT_CHARS,
    V_OUTPUT_CHARS,
    V_STARTED_US,
    V_CACHE_SAVINGS_NUSD, /* of call_savings() (call_bills.h), which needs the prices */
    V_GUARDRAIL, /* 1: a guardrail was triggered; 0: nobody says so */
    V_PII,       /* 1: personal data in the answer, 0: none; the same of the others: */
    V_PII_INPUT, /* in the question */
    V_SECRET,    /* in either */
    V_INJECTION,
    V_BAD_ANSWER,
    V_CONTEXT_UTILIZATION, /* real, of call_context_use() (call_bills.h), which needs the prices */
    V_REDACTIONS, /* of call_redactions_of(), which needs what was noted of stored texts */
    V_COUNT,
};

enum cost_choice {
    COST_OF_LOG_OR_PRICES, /* given, else computed */
    COST_OF_LOG,
    COST_OF_PRICES,
};

#define COLUMN(c) (UINT64_C(1) << (c))

/* Columns of the store that a value is made from. */
uint64_t call_value_columns(enum call_value v);

/* The value is a real number, held as real_to_key() makes it. */
bool call_value_is_real(enum call_value v);

/*
 * The value (none that needs more than columns) for each of `rows` rows (at most CHUNK_ROWS),
 * CALL_MISSING where it is not known. It points into cols, or to `room` (CHUNK_ROWS values), which
 * is then overwritten.
 */
const int64_t *call_values(enum call_value v, enum cost_choice cost, const int64_t *const *cols,
                           int64_t rows, int64_t *room);

/* Columns that call_unpriced() looks at beside those of V_COST_NUSD. */
#define UNPRICED_COLUMNS                                                                           \
    (COLUMN(F_STATUS) | COLUMN(F_INPUT_TOKENS) | COLUMN(F_OUTPUT_TOKENS) |                         \
     COLUMN(F_TOTAL_TOKENS_GIVEN))

/* Row i, whose cost is not known, had something to pay for: it is no error without tokens. */
bool call_unpriced(const int64_t *const *cols, int64_t i);

/* Columns that call_ttft_degenerate() looks at. */
#define DEGENERATE_TTFT_COLUMNS                                                                    \
    (COLUMN(F_TIME_TO_FIRST_TOKEN_US) | COLUMN(F_LATENCY_US) | COLUMN(F_OUTPUT_TOKENS))

/* Row i has a time to first token that cannot be one: 0, above the latency, or equal to it although
 * more than one token came. Loggers write such values for calls that they did not stream. */
bool call_ttft_degenerate(const int64_t *const *cols, int64_t i);

/* Doubles as integers of the same order (NaN apart), and back. */
static inline int64_t real_to_key(double x)
{
    int64_t bits;

    memcpy(&bits, &x, sizeof(bits));
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

static inline double key_to_real(int64_t key)
{
    double x;

    key = key < 0 ? key ^ INT64_MAX : key;
    memcpy(&x, &key, sizeof(x));
    return x;
}

#endif
