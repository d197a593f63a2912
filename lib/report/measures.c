/* measures: one row for each figure. Adding one means adding a row, and naming it in a view. */
#include "report/measures.h"

#include <string.h>
#include "report/report.h"
#include "report/step_views.h"
#include "base/banned.h"

const double report_quantiles[QUANTILE_COUNT] = {0.5, 0.95, 0.99};
const int report_percents[QUANTILE_COUNT] = {50, 95, 99};

#define QUANTILE(k, t, u, p, q, d)                                                                 \
    {                                                                                              \
        .key = (k), .title = (t), .unit = (u), .kind = MEASURE_QUANTILE, .pool = (p),              \
        .percent = (q), .drop = (d)                                                                \
    }
#define TALLY(k, t, u, measure, tally, d)                                                          \
    {                                                                                              \
        .key = (k), .title = (t), .unit = (u), .kind = (measure), .a = (tally), .drop = (d)        \
    }

#define IS_COMPARED(f)                                                                             \
    ((f) == SCORE_MEAN || (f) == SCORE_RATE || (f) == SCORE_BAD_RATE || (f) == SCORE_N)
#define SCORE(k, t, u, c, f, d)                                                                    \
    {                                                                                              \
        .key = (k), .title = (t), .unit = (u), .kind = MEASURE_SCORE, .check = (c),                \
        .figure = (f), .drop = (d), .compared = IS_COMPARED(f)                                     \
    }
#define SCORE_RATE_OF(k, t, u, c, f, d)                                                            \
    {                                                                                              \
        .key = (k), .title = (t), .unit = (u),                                                     \
        .kind = (c) == CHECK_REFUSAL ? MEASURE_REFUSAL : MEASURE_SCORE, .a = T_REFUSED,            \
        .b = T_FINISHED, .check = (c), .figure = (f), .drop = (d), .compared = IS_COMPARED(f)      \
    }
/* A rate, its n and its interval. */
#define SCORE_RATES(name, t, c, d)                                                                 \
    SCORE_RATE_OF(name "_rate", t, UNIT_RATE, c, SCORE_RATE, d),                                   \
        SCORE_RATE_OF(name "_rate_n", "n", UNIT_COUNT, c, SCORE_N, (d) + 1),                      \
        SCORE_RATE_OF(name "_rate_low", t " from", UNIT_RATE, c, SCORE_RATE_LOW, 77),              \
        SCORE_RATE_OF(name "_rate_high", t " to", UNIT_RATE, c, SCORE_RATE_HIGH, 77)
/* The same, only where a view names it. */
#define APART(k, t, u, measure, tally, d)                                                          \
    {                                                                                              \
        .key = (k), .title = (t), .unit = (u), .kind = (measure), .a = (tally), .drop = (d),       \
        .apart = true                                                                              \
    }
/* A quantile of the shares of the context window: values of their own, so in no overview. */
#define CONTEXT(k, t, q, d)                                                                        \
    {                                                                                              \
        .key = (k), .title = (t), .unit = UNIT_RATE, .kind = MEASURE_QUANTILE,                     \
        .pool = POOL_CONTEXT, .percent = (q), .drop = (d), .apart = true                           \
    }

/* In the order in which views show them. */
const struct measure measures[] = {
    {.key = "calls",
     .title = "calls",
     .unit = UNIT_COUNT,
     .kind = MEASURE_N,
     .a = T_CALLS,
     .compared = true                    },
    TALLY("calls_share", "share", UNIT_RATE, MEASURE_N_SHARE, T_CALLS, 40),
    {              .key = "sessions",
     .title = "sessions",
     .unit = UNIT_COUNT,
     .kind = MEASURE_DISTINCT,
     .pool = POOL_SESSIONS,
     .drop = 30                        },
    { .key = "users",
     .title = "users",
     .unit = UNIT_COUNT,
     .kind = MEASURE_DISTINCT,
     .pool = POOL_USERS,
     .drop = 31    },
    TALLY("errors", "errors", UNIT_COUNT, MEASURE_N, T_ERRORS, 20),
    {                                      .key = "error_rate",
     .title = "err",
     .unit = UNIT_RATE,
     .kind = MEASURE_N_RATE,
     .a = T_ERRORS,
     .b = T_CALLS,
     .drop = 10},

    TALLY("latency_n", "n", UNIT_COUNT, MEASURE_N, T_LATENCY, 65),
    TALLY("latency_mean_us", "mean", UNIT_US, MEASURE_MEAN, T_LATENCY, 50),
    QUANTILE("latency_p50_us", "p50", UNIT_US, POOL_LATENCY, 50, 5),
    QUANTILE("latency_p95_us", "p95", UNIT_US, POOL_LATENCY, 95, 0),
    QUANTILE("latency_p99_us", "p99", UNIT_US, POOL_LATENCY, 99, 12),
    TALLY("latency_max_us", "max", UNIT_US, MEASURE_SUM, T_LATENCY_MAX, 22),
    TALLY("token_weighted_latency_us", "tw", UNIT_US, MEASURE_WEIGHTED, T_WEIGHTED, 14),
    TALLY("token_weighted_latency_n", "tw n", UNIT_COUNT, MEASURE_N, T_WEIGHTED, 70),
    TALLY("ttft_n", "ttft n", UNIT_COUNT, MEASURE_N, T_TTFT, 66),
    QUANTILE("ttft_p50_us", "ttft p50", UNIT_US, POOL_TTFT, 50, 25),
    QUANTILE("ttft_p95_us", "ttft p95", UNIT_US, POOL_TTFT, 95, 15),
    QUANTILE("ttft_p99_us", "ttft p99", UNIT_US, POOL_TTFT, 99, 46),
    TALLY("tpot_n", "tpot n", UNIT_COUNT, MEASURE_N, T_TPOT, 67),
    QUANTILE("tpot_p50_us", "tpot p50", UNIT_US, POOL_TPOT, 50, 26),
    QUANTILE("tpot_p95_us", "tpot p95", UNIT_US, POOL_TPOT, 95, 27),
    TALLY("tokens_per_second_n", "tok/s n", UNIT_COUNT, MEASURE_N, T_SPEED, 68),
    QUANTILE("tokens_per_second_p50", "tok/s p50", UNIT_PER_S, POOL_SPEED, 50, 28),

    TALLY("input_tokens", "in tok", UNIT_TOKENS, MEASURE_SUM, T_INPUT, 16),
    TALLY("input_tokens_n", "in n", UNIT_COUNT, MEASURE_N, T_INPUT, 71),
    TALLY("output_tokens", "out tok", UNIT_TOKENS, MEASURE_SUM, T_OUTPUT, 17),
    TALLY("output_tokens_n", "out n", UNIT_COUNT, MEASURE_N, T_OUTPUT, 72),
    TALLY("cache_read_tokens", "cache read", UNIT_TOKENS, MEASURE_SUM, T_CACHE_READ, 41),
    TALLY("cache_write_tokens", "cache write", UNIT_TOKENS, MEASURE_SUM, T_CACHE_WRITE, 42),
    TALLY("reasoning_tokens", "reasoning", UNIT_TOKENS, MEASURE_SUM, T_REASONING, 43),
    TALLY("total_tokens", "total tok", UNIT_TOKENS, MEASURE_SUM, T_TOTAL, 18),
    TALLY("total_tokens_n", "total n", UNIT_COUNT, MEASURE_N, T_TOTAL, 73),
    TALLY("input_tokens_mean", "in/call", UNIT_REAL, MEASURE_REAL_MEAN, T_INPUT, 32),
    TALLY("output_tokens_mean", "out/call", UNIT_REAL, MEASURE_REAL_MEAN, T_OUTPUT, 33),
    APART("cache_hits", "hits", UNIT_COUNT, MEASURE_N, T_CACHE_HITS, 44),
    {.key = "cache_hit_calls_rate",
     .title = "hit calls",
     .unit = UNIT_RATE,
     .kind = MEASURE_N_RATE,
     .a = T_CACHE_HITS,
     .b = T_CACHE_KNOWN,
     .drop = 28,
     .apart = true},
    APART("cache_hit_calls_n", "hit n", UNIT_COUNT, MEASURE_N, T_CACHE_KNOWN, 74),
    {                                .key = "cache_hit_rate",
     .title = "cache hit",
     .unit = UNIT_RATE,
     .kind = MEASURE_SUM_RATE,
     .a = T_HIT_READ,
     .b = T_HIT_INPUT,
     .drop = 29},
    TALLY("cache_hit_rate_n", "cache n", UNIT_COUNT, MEASURE_N, T_HIT_READ, 74),
    APART("context_utilization_n", "context n", UNIT_COUNT, MEASURE_N, T_CONTEXT, 69),
    CONTEXT("context_utilization_p50", "context p50", 50, 58),
    CONTEXT("context_utilization_p95", "context p95", 95, 57),
    CONTEXT("context_utilization_p99", "context p99", 99, 59),

    {.key = "pii_rate", .title = "pii", .unit = UNIT_RATE, .kind = MEASURE_N_RATE, .a = T_PII, .b = T_PII_KNOWN, .drop = 3},
    TALLY("pii_n", "pii n", UNIT_COUNT, MEASURE_N, T_PII_KNOWN, 62),
    {.key = "pii_input_rate", .title = "pii in", .unit = UNIT_RATE, .kind = MEASURE_N_RATE, .a = T_PII_INPUT, .b = T_PII_INPUT_KNOWN, .drop = 48, .apart = true},
    APART("pii_input_n", "pii in n", UNIT_COUNT, MEASURE_N, T_PII_INPUT_KNOWN, 77),
    {.key = "secret_rate", .title = "secrets", .unit = UNIT_RATE, .kind = MEASURE_N_RATE, .a = T_SECRETS, .b = T_SECRETS_KNOWN, .drop = 39, .apart = true},
    APART("secret_n", "secrets n", UNIT_COUNT, MEASURE_N, T_SECRETS_KNOWN, 78),
    {.key = "injection_rate", .title = "injection", .unit = UNIT_RATE, .kind = MEASURE_N_RATE, .a = T_INJECTED, .b = T_INJECTED_KNOWN, .drop = 4},
    TALLY("injection_n", "injection n", UNIT_COUNT, MEASURE_N, T_INJECTED_KNOWN, 63),
    {.key = "refused_rate", .title = "refused", .unit = UNIT_RATE, .kind = MEASURE_N_RATE, .a = T_REFUSED, .b = T_FINISHED, .drop = 6},
    TALLY("refused_n", "refused n", UNIT_COUNT, MEASURE_N, T_FINISHED, 64),
    APART("refused_logged_n", "logged", UNIT_COUNT, MEASURE_N, T_DECLINED_LOGGED, 79),
    {.key = "bad_answer_rate", .title = "no answer", .unit = UNIT_RATE, .kind = MEASURE_N_RATE, .a = T_BAD_ANSWERS, .b = T_BAD_ANSWERS_KNOWN, .drop = 44, .apart = true},
    APART("bad_answer_n", "answers n", UNIT_COUNT, MEASURE_N, T_BAD_ANSWERS_KNOWN, 69),
    {.key = "guardrail_rate", .title = "guardrail", .unit = UNIT_RATE, .kind = MEASURE_N_RATE, .a = T_GUARDED, .b = T_CALLS, .drop = 7},
    APART("pii_calls", "pii calls", UNIT_COUNT, MEASURE_N, T_PII, 45),
    APART("secret_calls", "secret calls", UNIT_COUNT, MEASURE_N, T_SECRETS, 45),
    APART("injection_calls", "injection calls", UNIT_COUNT, MEASURE_N, T_INJECTED, 45),
    APART("refused_calls", "refusals", UNIT_COUNT, MEASURE_N, T_REFUSED, 45),
    APART("bad_answer_calls", "bad answers", UNIT_COUNT, MEASURE_N, T_BAD_ANSWERS, 45),
    APART("guardrail_calls", "guardrail calls", UNIT_COUNT, MEASURE_N, T_GUARDED, 45),
    APART("redactions", "redacted", UNIT_COUNT, MEASURE_SUM, T_REDACTIONS, 2),
    APART("redactions_n", "redacted n", UNIT_COUNT, MEASURE_N, T_REDACTIONS, 61),

    {                             .key = "cost_usd",
     .also_key = "cost_nusd",
     .title = "cost",
     .unit = UNIT_NUSD,
     .kind = MEASURE_SUM,
     .a = T_COST,
     .money = true,
     .compared = true},
    {                  .key = "cost_n",
     .title = "cost n",
     .unit = UNIT_COUNT,
     .kind = MEASURE_N,
     .a = T_COST,
     .drop = 75,
     .money = true},
    {                 .key = "cost_share",
     .title = "cost share",
     .unit = UNIT_RATE,
     .kind = MEASURE_SUM_SHARE,
     .a = T_COST,
     .drop = 34,
     .money = true},
    {      .key = "cost_cumulative_share",
     .title = "cumulative",
     .unit = UNIT_RATE,
     .kind = MEASURE_CUMULATIVE,
     .a = T_COST,
     .drop = 35,
     .money = true},
    {          .key = "cost_per_call_usd",
     .also_key = "cost_per_call_nusd",
     .title = "cost/call",
     .unit = UNIT_NUSD,
     .kind = MEASURE_MEAN,
     .a = T_COST,
     .drop = 36,
     .money = true,
     .compared = true},
    {                                    .key = "cost_per_outcome_usd",
     .also_key = "cost_per_outcome_nusd",
     .title = "$/ok",
     .unit = UNIT_NUSD,
     .kind = MEASURE_PER_N,
     .a = T_COST,
     .b = T_OUTCOMES,
     .drop = 37,
     .money = true},
    {                                     .key = "cost_per_outcome_n",
     .title = "ok",
     .unit = UNIT_COUNT,
     .kind = MEASURE_N,
     .a = T_OUTCOMES,
     .drop = 38,
     .money = true},
    {                                     .key = "cache_savings_usd",
     .also_key = "cache_savings_nusd",
     .title = "cache saved",
     .unit = UNIT_NUSD,
     .kind = MEASURE_SUM,
     .a = T_SAVINGS,
     .drop = 38,
     .money = true},
    {                                 .key = "cache_savings_n",
     .title = "saved n",
     .unit = UNIT_COUNT,
     .kind = MEASURE_N,
     .a = T_SAVINGS,
     .drop = 76,
     .money = true},
    {                                   .key = "unpriced_calls",
     .title = "unpriced",
     .unit = UNIT_COUNT,
     .kind = MEASURE_N,
     .a = T_UNPRICED,
     .drop = 47,
     .money = true},

    SCORE("quality_mean", "quality", UNIT_REAL, CHECK_QUALITY, SCORE_MEAN, 39),
    SCORE("quality_low", "from", UNIT_REAL, CHECK_QUALITY, SCORE_MEAN_LOW, 40),
    SCORE("quality_high", "to", UNIT_REAL, CHECK_QUALITY, SCORE_MEAN_HIGH, 40),
    SCORE("quality_sd", "sd", UNIT_REAL, CHECK_QUALITY, SCORE_SD, 77),
    SCORE("quality_p10", "p10", UNIT_REAL, CHECK_QUALITY, SCORE_P10, 49),
    SCORE("quality_p50", "p50", UNIT_REAL, CHECK_QUALITY, SCORE_P50, 52),
    SCORE("quality_p90", "p90", UNIT_REAL, CHECK_QUALITY, SCORE_P90, 52),
    SCORE("quality_n", "n", UNIT_COUNT, CHECK_QUALITY, SCORE_N, 38),
    SCORE("quality_judged_rate", "judged", UNIT_RATE, CHECK_QUALITY, SCORE_SHARE, 44),
    SCORE("quality_unreadable", "unreadable", UNIT_COUNT, CHECK_QUALITY, SCORE_UNREADABLE, 77),
    SCORE_RATES("hallucination", "halluc.", CHECK_HALLUCINATION, 24),
    SCORE("relevance_mean", "relevance", UNIT_REAL, CHECK_RELEVANCE, SCORE_MEAN, 47),
    SCORE_RATES("relevance", "relevant", CHECK_RELEVANCE, 47),
    SCORE("toxicity_mean", "toxicity", UNIT_REAL, CHECK_TOXICITY, SCORE_MEAN, 48),
    SCORE_RATES("toxicity", "toxic", CHECK_TOXICITY, 45),
    SCORE_RATES("refusal", "refused", CHECK_REFUSAL, 30),
    SCORE_RATES("format_compliance", "format", CHECK_FORMAT, 49),
    SCORE("format_checked_n", "checked", UNIT_COUNT, CHECK_FORMAT, SCORE_CHECKED, 51),
    SCORE_RATES("feedback_positive", "up", CHECK_FEEDBACK, 20),
    SCORE("feedback_judged_rate", "told", UNIT_RATE, CHECK_FEEDBACK, SCORE_SHARE, 44),
    SCORE("feedback_unreadable", "unreadable", UNIT_COUNT, CHECK_FEEDBACK, SCORE_UNREADABLE, 77),
    SCORE("feedback_negative_rate", "down", UNIT_RATE, CHECK_FEEDBACK, SCORE_BAD_RATE, 0),
    SCORE("feedback_negative_rate_low", "from", UNIT_RATE, CHECK_FEEDBACK, SCORE_BAD_LOW, 48),
    SCORE("feedback_negative_rate_high", "to", UNIT_RATE, CHECK_FEEDBACK, SCORE_BAD_HIGH, 48),
    SCORE("feedback_lift", "lift", UNIT_REAL, CHECK_FEEDBACK, SCORE_LIFT, 10),
    SCORE("feedback_p", "p", UNIT_REAL, CHECK_FEEDBACK, SCORE_LIFT_P, 11),

    TALLY("first_call", "first", UNIT_NONE, MEASURE_TIME, T_FIRST, 61),
    TALLY("last_call", "last", UNIT_NONE, MEASURE_TIME, T_LAST, 60),
};
const size_t measure_count = ARRAY_LEN(measures);

const struct view report_views[] = {
    {"overview",  "calls, errors, latency, tokens and cost at a glance",                   NULL          },
    {"latency",   "percentiles of latency, time to first and per output token, speed",     NULL          },
    {"tokens",    "tokens by class, per call, and the share read from caches",             NULL          },
    {"cost",      "what it cost, per call and as a share, and what has no price",          NULL          },
    {"errors",    "calls that failed, by status and kind",                                 NULL          },
    {"usage",     "who calls how much: calls, sessions, users, tokens, first and last",    NULL          },
    {"quality",   "what judges, people and rules say: quality, hallucination, refusal",    NULL          },
    {"feedback",  "what users say: thumbs down and escalations, against the rest",         NULL          },
    {"cache",     "how much was answered or read from caches, and what that saved",        NULL          },
    {"safety",    "personal data, secrets, injections, refusals, guardrails: shares",      NULL          },
    {"duplicates", "inputs that were sent again, and what a cache would have saved",       duplicates_view},
    {"tools",     "tool calls: how many succeed, how long they take, retries, cost after", tools_view    },
    {"branches",  "decisions: how often which way and why, people asked, waiting",         branches_view },
    {"paths",     "ways through the nodes of workflows: how often, outcome, time, cost",   paths_view    },
    {"retrieval", "retrievals: documents, tokens, scores, empty ones, latency",            retrieval_view},
};
const size_t report_view_count = ARRAY_LEN(report_views);
enum { CALL_VIEWS = 10 };

/* Keys of each view, with a blank around each: what people see, and what machines get besides.
 * "*" is everything but distinct values, which take longer than all the rest, and what stands apart. */
static const struct {
    const char *shown, *more;
} contents[] = {
    {" calls error_rate latency_p50_us latency_p95_us latency_p99_us token_weighted_latency_us "
     "ttft_p95_us input_tokens output_tokens cost_usd cost_per_call_usd quality_mean quality_n ",            "*"                                                               },
    {" calls latency_n latency_mean_us latency_p50_us latency_p95_us latency_p99_us latency_max_us "
     "token_weighted_latency_us ttft_n ttft_p50_us ttft_p95_us ttft_p99_us tpot_p50_us "
     "tpot_p95_us tokens_per_second_p50 ",                                            " token_weighted_latency_n tpot_n tokens_per_second_n "           },
    {" calls input_tokens output_tokens cache_read_tokens cache_write_tokens reasoning_tokens "
     "total_tokens input_tokens_mean output_tokens_mean cache_hit_rate context_utilization_p95 ",             " input_tokens_n output_tokens_n total_tokens_n cache_hit_rate_n "
     "context_utilization_n context_utilization_p50 context_utilization_p99 "},
    {" calls cost_usd cost_share cost_per_call_usd cache_savings_usd unpriced_calls ",
     " cost_n cache_savings_n cost_cumulative_share cost_per_outcome_usd cost_per_outcome_n "                                                                },
    {" calls errors error_rate ",                                                          " "                                                               },
    {" calls calls_share sessions users input_tokens output_tokens first_call last_call ",
     " input_tokens_n output_tokens_n "                                                                                                                      },
    {" calls quality_mean quality_low quality_high quality_p50 quality_n quality_judged_rate "
     "hallucination_rate hallucination_rate_n relevance_mean relevance_rate_n toxicity_rate "
     "toxicity_rate_n refusal_rate refusal_rate_n format_compliance_rate format_compliance_rate_n ",
     " quality_sd quality_p10 quality_p90 quality_unreadable hallucination_rate_low "
     "hallucination_rate_high relevance_rate relevance_rate_low relevance_rate_high toxicity_mean "
     "toxicity_rate_low toxicity_rate_high refusal_rate_low refusal_rate_high "
     "format_compliance_rate_low format_compliance_rate_high format_checked_n "                                                                                               },
    {" calls feedback_positive_rate feedback_positive_rate_n feedback_judged_rate "
     "feedback_negative_rate feedback_negative_rate_low feedback_negative_rate_high feedback_lift "
     "feedback_p ",                                                                   " feedback_positive_rate_low feedback_positive_rate_high feedback_unreadable "},
    {" calls cache_hits cache_hit_calls_rate cache_hit_calls_n cache_hit_rate cache_read_tokens "
     "cache_write_tokens input_tokens cost_usd cache_savings_usd ",
     " cache_hit_rate_n cache_savings_n "                                                                                                                    },
    {" calls pii_rate pii_n secret_rate injection_rate injection_n refused_rate refused_n "
     "bad_answer_rate guardrail_rate redactions redactions_n ",
     " refusal_rate refusal_rate_n pii_calls pii_input_rate pii_input_n secret_n secret_calls injection_calls refused_calls "
     "refused_logged_n bad_answer_n bad_answer_calls guardrail_calls "},
};
_Static_assert(ARRAY_LEN(contents) == CALL_VIEWS, "each view of calls has its contents");

size_t measure_find(const char *name)
{
    for (size_t i = 0; i < measure_count; i++)
        if (strcmp(measures[i].key, name) == 0 ||
            (measures[i].also_key && strcmp(measures[i].also_key, name) == 0))
            return i;
    for (size_t i = 0; i < measure_count; i++)
        if (strcmp(measures[i].title, name) == 0)
            return i;
    return measure_count;
}

static const char *const subjects[] = {"calls",    "latency_p95_us", "total_tokens",
                                       "cost_usd", "errors",         "calls",
                                       "quality_mean", "feedback_negative_rate",
                                       "cache_hit_rate", "pii_rate"};
_Static_assert(ARRAY_LEN(subjects) == CALL_VIEWS, "each view of calls has its subject");

size_t view_subject(size_t v)
{
    return measure_find(subjects[v]);
}

static bool listed(const char *list, const char *key)
{
    size_t n = strlen(key);

    for (const char *at = strstr(list, key); at; at = strstr(at + 1, key))
        if (at[-1] == ' ' && at[n] == ' ')
            return true;
    return false;
}

bool view_shows(size_t v, size_t i)
{
    return listed(contents[v].shown, measures[i].key);
}

bool measure_is_format(size_t i)
{
    return listed(" calls format_compliance_rate format_compliance_rate_low "
                  "format_compliance_rate_high format_compliance_rate_n format_checked_n ",
                  measures[i].key);
}

/* What a glance is given of the scores, where there are any. */
static const char glance[] = " quality_mean quality_n hallucination_rate hallucination_rate_n "
                             "refusal_rate refusal_rate_n format_compliance_rate "
                             "format_compliance_rate_n ";

bool measure_is_score(size_t i)
{
    return measures[i].kind == MEASURE_SCORE || measures[i].kind == MEASURE_REFUSAL;
}

bool measure_is_redaction(size_t i)
{
    return measures[i].a == T_REDACTIONS;
}

bool view_has(size_t v, size_t i)
{
    if (contents[v].more[0] == '*' && measure_is_score(i))
        return listed(glance, measures[i].key);
    if (contents[v].more[0] == '*')
        return measures[i].kind != MEASURE_DISTINCT && !measures[i].apart;
    return view_shows(v, i) || listed(contents[v].more, measures[i].key);
}
