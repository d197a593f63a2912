/* measures: the table of figures that reports can show, and the views, which are lists of them. */
#ifndef LLMOBS_REPORT_MEASURES_H
#define LLMOBS_REPORT_MEASURES_H

#include <stdbool.h>
#include <stddef.h>
#include "record/checks.h"
#include "table/table.h"

/* What is added up for each group while calls go by. A sum has an n: the calls that have the
 * value. */
enum tally {
    T_CALLS,    /* n only */
    T_CALLS_WHOLE, /* n only: the same, but never cut into shares */
    T_ERRORS,   /* n only: status is error */
    T_UNPRICED, /* n only: no cost, although there was something to pay for */
    T_UNPRICED_WHOLE, /* n only: the same, but never cut into shares */
    T_INPUT,
    T_OUTPUT,
    T_CACHE_READ,
    T_CACHE_WRITE,
    T_REASONING,
    T_TOTAL,
    T_COST,
    T_SAVINGS, /* what caches saved, by the prices */
    T_LATENCY,
    T_TTFT,
    T_TPOT,        /* n only */
    T_SPEED,       /* n only */
    T_LATENCY_MAX, /* largest instead of sum */
    T_FIRST,       /* smallest start instead of sum */
    T_LAST,        /* largest start instead of sum */
    T_HIT_READ,    /* tokens read from a cache, of calls that also know their input tokens */
    T_HIT_INPUT,   /* input tokens of the same calls */
    T_OUTCOMES,    /* n only: calls that succeeded */
    T_CACHE_KNOWN, /* n only: whether a cache was used is known */
    T_CACHE_HITS,  /* n only: one was: tokens were read from it, or a proxy answered from it */
    T_FINISHED,    /* n only: it is known whether the model refused */
    T_REFUSED,     /* n only: it did */
    T_WEIGHTED,    /* latency weighted by output tokens */
    /* n only: calls with it, and calls of which it is known whether they have it: because their log
     * says so, or because their text was scanned for it. */
    T_PII, /* personal data in the output */
    T_PII_KNOWN,
    T_PII_INPUT,
    T_PII_INPUT_KNOWN,
    T_SECRETS, /* a key or password in either text */
    T_SECRETS_KNOWN,
    T_INJECTED, /* an input that tries to take the model over */
    T_INJECTED_KNOWN,
    T_DECLINED_LOGGED, /* its log says whether it was refused */
    T_BAD_ANSWERS,    /* answers that are none */
    T_BAD_ANSWERS_KNOWN,
    T_SCANNED,        /* n only: calls of which a text was scanned for anything */
    T_GUARDED,        /* n only: calls in which a guardrail was triggered */
    T_CONTEXT,        /* n only: the share of the context window that was used is known */
    T_REDACTIONS,     /* places in stored texts that were made unreadable */
    T_COUNT,
};

/* What needs the values of all calls of a group together. */
enum pool_id {
    POOL_LATENCY,
    POOL_TTFT,
    POOL_TPOT,
    POOL_SPEED,
    POOL_CONTEXT, /* shares of the context window */
    POOL_SESSIONS,
    POOL_USERS,
    POOL_COUNT,
};

enum measure_kind {
    MEASURE_N,        /* n of tally a */
    MEASURE_N_SHARE,  /* the same as a part of the total */
    MEASURE_SUM,      /* sum of tally a; missing when n is 0 */
    MEASURE_SUM_SHARE,
    MEASURE_CUMULATIVE, /* the shares of this row and of those above together */
    MEASURE_MEAN,     /* sum / n of tally a, whole */
    MEASURE_PER_N,    /* sum of a / n of b, whole */
    MEASURE_REAL_MEAN,
    MEASURE_N_RATE,   /* n of a / n of b */
    MEASURE_SUM_RATE, /* sum of a / sum of b */
    MEASURE_WEIGHTED,
    MEASURE_TIME,     /* sum of tally a as an instant */
    MEASURE_QUANTILE, /* of pool */
    MEASURE_DISTINCT, /* values in pool */
    MEASURE_SCORE,    /* figure of what was said on check */
    MEASURE_REFUSAL,  /* the same; where nobody judged refusals T_REFUSED of T_FINISHED */
};

/* What a MEASURE_SCORE shows. */
enum score_figure {
    SCORE_N,
    SCORE_SHARE, /* judged ones of all calls */
    SCORE_UNREADABLE,
    SCORE_MEAN,
    SCORE_MEAN_LOW,
    SCORE_MEAN_HIGH,
    SCORE_SD,
    SCORE_P10,
    SCORE_P50,
    SCORE_P90,
    SCORE_RATE,
    SCORE_RATE_LOW,
    SCORE_RATE_HIGH,
    SCORE_BAD_RATE, /* what is no event */
    SCORE_BAD_LOW,
    SCORE_BAD_HIGH,
    SCORE_LIFT, /* rate of what is no event to that of all other rows together */
    SCORE_LIFT_P,
    SCORE_CHECKED, /* of those that count what was checked, and not said by a log */
};

struct measure {
    const char *key, *also_key, *title; /* of struct column */
    enum unit unit;
    enum measure_kind kind;
    enum tally a, b;
    enum pool_id pool;
    int percent;   /* MEASURE_QUANTILE: 50, 95, 99 */
    int drop;      /* of struct column */
    enum check check;
    enum score_figure figure;
    bool money;    /* left out by --no-cost */
    bool apart;    /* not among all that machines get of an overview */
    bool compared; /* with the window before: a whole number made from sums, or a figure of scores */
};

extern const struct measure measures[];
extern const size_t measure_count;

/* By key, else by title (the first one); measure_count when there is none. */
size_t measure_find(const char *name);

/* Quantile number of `percent` in report_quantiles[]. */
#define QUANTILE_COUNT 3
extern const double report_quantiles[QUANTILE_COUNT];
extern const int report_percents[QUANTILE_COUNT];

/* Measure i belongs to view v: to what people see, or to what machines get. */
bool view_shows(size_t v, size_t i);
bool view_has(size_t v, size_t i);

/* What a report shows people that holds answers against a schema. */
bool measure_is_format(size_t i);

/* Made from scores, which few databases have. */
bool measure_is_score(size_t i);

/* Made from what was made unreadable in stored texts, of which few databases have any. */
bool measure_is_redaction(size_t i);

/* The measure that view v is about. */
size_t view_subject(size_t v);

#endif
