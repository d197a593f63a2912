/* budget: what was spent of limits, by group, and whether the rest of the period will exceed them.
 */
#ifndef LLMOBS_REPORT_BUDGET_H
#define LLMOBS_REPORT_BUDGET_H

#include "report/spending.h"
#include "table/table.h"

struct budget_limit {
    const char *name;  /* NULL: told by unit, period and groups: "usd a month by team" */
    const char *place; /* where it was found, for messages: "llmobs.json: /budgets/0"; or NULL */
    const char *const *by; /* dimensions: the limit holds for each group; none: for all calls */
    size_t n_by;
    const char *const *match; /* n_by values: for this group only; NULL: for each */
    const char *const *where; /* expressions, all must hold */
    size_t n_where;
    int64_t max; /* nano-dollars, tokens or calls, not below 0; what is above it is over */
    enum spending_unit unit;
    enum period period;
    int warn_at_percent; /* of max, from which the state is BUDGET_WARN; 0: never */
};

enum budget_state { BUDGET_OK, BUDGET_WARN, BUDGET_FORECAST_OVER, BUDGET_OVER };

struct budget_spec {
    const struct budget_limit *limits;
    size_t n_limits;
    const char *const *where; /* expressions that hold for every limit */
    size_t n_where;
    const struct zone *zone; /* loaded from FORECAST_SEASON_DAYS + 2 days before the first period to
                              * the end of the last one */
    int64_t last_us;         /* the instant that the periods hold and the forecast begins behind */
    bool until_known; /* calls behind it are left out; else they count as far as they are in the
                       * period, for clocks differ */
    bool since_known; /* calls before since_us are left out */
    int64_t since_us;
    bool forecast;
    const char *sort; /* column key or title, or NULL: the worst rows first */
    bool ascending;   /* with sort */
    int64_t limit;    /* rows shown; 0: all */
    bool no_cost;     /* no amounts of money */
    int jobs;
};

/* Columns of the table behind those of the dimensions. Amounts are in the limit's unit: dollars,
 * tokens or calls. */
enum budget_column {
    BUDGET_C_RULE,      /* name of the limit */
    BUDGET_C_SEVERITY,  /* P1 over, P2 forecast-over, P3 warn, missing for ok */
    BUDGET_C_STATE,     /* ok, warn, forecast-over, over */
    BUDGET_C_GROUP,     /* its values, with ", " between them; missing: all calls */
    BUDGET_C_VALUE,     /* what was spent */
    BUDGET_C_THRESHOLD, /* the limit */
    BUDGET_C_N,         /* calls in the period */
    BUDGET_C_SINCE,     /* start of the call that made it over, or from which on it warns */
    BUDGET_C_MAIN,      /* main_contributor: "feature=search", and its share; of rows not ok */
    BUDGET_C_MAIN_SHARE,
    BUDGET_C_UNIT,   /* usd, tokens, calls */
    BUDGET_C_PERIOD, /* hour ... 30d */
    BUDGET_C_FROM,   /* of the period */
    BUDGET_C_UNTIL,
    BUDGET_C_SPENT,     /* as the value */
    BUDGET_C_SPENT_USD, /* exact; missing unless the unit is usd; so is the limit */
    BUDGET_C_LIMIT,
    BUDGET_C_LIMIT_USD,
    BUDGET_C_USED,     /* spent / limit; missing when the limit is 0 */
    BUDGET_C_UNKNOWN,  /* calls without price, or without tokens: spent is a lower bound */
    BUDGET_C_FORECAST, /* for the period's end, and its 80 % interval */
    BUDGET_C_LOW,
    BUDGET_C_HIGH,
    BUDGET_C_DAYS,        /* that the forecast is made from; with fewer than 7 there is none */
    BUDGET_C_TREND,       /* later half of the weeks / earlier half; the forecast ignores trends */
    BUDGET_C_BREACH,      /* the day on which it went over the limit, or is expected to */
    BUDGET_C_SHOWN_LIMIT, /* for people, from here on; the first, second and fourth are for the
                           * caller to fill, who knows how numbers are written */
    BUDGET_C_SHOWN_SPENT,
    BUDGET_C_SHOWN_USED,
    BUDGET_C_SHOWN_FORECAST,
    BUDGET_C_SHOWN_BREACH,
    BUDGET_C_SHOWN_STATE,
    BUDGET_C_SHOWN_MAIN,
    BUDGET_C_COUNT,
};

/*
 * A row for each limit and group, the worst first: over, forecast-over, warn, ok; by the used part
 * within them, then by name. A limit for all calls, or for one group, has its row also when there
 * are no calls. Facts: "calls", "calls_without_time", "zoneless_calls", "unpriced_calls" of the
 * time that all periods together cover, "quarantined_lines", "limits_over", "limits_forecast_over",
 * "limits_warn", "limits_ok" (rows, hidden ones included). What makes verdicts doubtful is a
 * warning.
 *
 * A sum is compared with its limit exactly. The forecast is what was spent so far and what
 * forecast_rest() expects of the rest of the period; today's past hours stand for themselves. A
 * group has one when it has 7 whole days behind the day of its first call. Rolling periods have no
 * end and so no forecast.
 *
 *   out  zeroed by the caller, who releases it, also after an error
 * ERR_USAGE as scan_open(), with the limit's place, for dimensions of time and an unknown column;
 * ERR_DB, ERR_NOMEM.
 */
NODISCARD enum err budget_run(struct store *s, const struct budget_spec *spec, struct table *out,
                              struct error *err);

/* The worst state of the rows, hidden ones included. */
enum budget_state budget_worst(const struct table *t);

/* Number of columns in front of enum budget_column. */
size_t budget_first_column(const struct table *t);

#endif
