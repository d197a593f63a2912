/* gate: whether a run of an evaluation is worse than another, case by case, and how sure that is.
 */
#ifndef LLMOBS_REPORT_GATE_H
#define LLMOBS_REPORT_GATE_H

#include "query/case_runs.h"
#include "stats/gate_verdict.h"
#include "stats/interval.h"
#include "stats/mcnemar.h"
#include "table/table.h"

/* A metric of the runs that is compared. */
struct gate_metric {
    const char
        *name;     /* a score's name; "NAME.passed": its verdicts, where they are not its value */
    size_t number; /* among the runs' metrics */
    bool verdicts; /* its verdicts */
    bool lower_is_better;
};

enum gate_limit_kind {
    GATE_PER_CASE,
    GATE_MIN_PASS_RATE,
    GATE_MAX_COST,
    GATE_MAX_TOKENS,
    GATE_MAX_LATENCY_P95,
    GATE_LIMITS,
};

/* A limit as it was given. */
struct gate_limit {
    bool known;
    bool relative;    /* of cost, tokens and latency: `most` is the growth over the baseline */
    double most;      /* dollars, tokens or seconds of the run; relative: 0.1 for +10% */
    int64_t part, of; /* of cases and pass rates: part/of, exact */
    const char *text;
};

struct gate_spec {
    const char *const *metrics; /* NAME, NAME:lower, NAME:higher; n 0: all */
    size_t n_metrics;
    double margin, alpha;
    bool margin_given;
    struct gate_limit limits[GATE_LIMITS];
    bool allow_missing, no_clusters;
    uint64_t seed;
};

/* What is compared with what. */
struct gate_side {
    const char *label; /* a file or the name of a baseline, as shown */
    struct case_run *run;
    const char *commit; /* of a stored baseline, or NULL */
    struct maybe_i64 at_us;
    struct maybe_f64 latency_p95_us; /* of a stored baseline, which does not keep each latency */
};

/* A case whose result changed. */
struct gate_change {
    uint32_t number;                        /* of the case */
    uint32_t place;                         /* in the baseline's order */
    double baseline, candidate, difference; /* difference: + is better */
};

struct gate_row {
    struct gate_metric metric;
    size_t n_pairs, clusters;
    bool paired_known; /* there are two clusters at least, so test, intervals and the like are known
                        */
    struct paired test;  /* over clusters */
    struct paired plain; /* over cases, where there are clusters */
    double baseline_mean, candidate_mean;
    bool binary;    /* each case passed or failed once on both sides */
    bool clustered; /* cases share clusters */
    bool in_unit;   /* all values are in 0..1 */
    size_t repeats; /* results of the case that has most, on either side */
    struct interval ci95, ci90, plain_ci95, bootstrap;
    bool bootstrap_known;
    bool exact; /* p_worse is McNemar's */
    double p_worse, p_adjusted;
    struct mcnemar mcnemar; /* when binary */
    size_t worse, better;
    bool unchanged; /* not one case changed, which leaves the interval without width: see gate.c */
    double mde, cases_needed; /* NaN: not known */
    double margin;
    size_t baseline_cases, only_baseline, only_candidate, lost; /* lost: results without a value in
                                                                 * cases that have others */
    bool missing_too_many;
    enum gate_verdict verdict;
    struct gate_change *changes; /* worst first; n = worse + better */
};

/* What became of a limit. */
struct gate_limit_row {
    enum gate_limit_kind kind;
    const char *limit;      /* as given */
    double baseline, value; /* NaN: not known */
    double threshold;
    bool lower_bound;          /* the value misses something */
    size_t n;                  /* calls or cases */
    size_t broken;             /* cases below the limit for each */
    uint32_t *cases;           /* these */
    enum gate_verdict verdict; /* PASS, FAIL or INCONCLUSIVE */
};

struct gate_result {
    struct gate_side sides[2];
    struct gate_row *rows;
    size_t n_rows;
    struct gate_limit_row limits[GATE_LIMITS];
    size_t n_limits;
    bool filter_dropped;      /* cases were paired without what differs between the runs */
    const char **new_metrics; /* only the candidate has them */
    size_t n_new_metrics;
    enum gate_verdict verdict;
    struct arena arena;
};

extern const char *const gate_verdict_names[];          /* "IMPROVED" ... by enum gate_verdict */
extern const char *const gate_limit_names[GATE_LIMITS]; /* "max-cost" ... */

/* Zeroed storage is nothing. */
void gate_release(struct gate_result *g);

/*
 * Compares sides[1] with sides[0] by docs of statistics: pairs by case, repeats averaged, clusters
 * as the cases say. ERR_NOT_FOUND names a metric that the baseline lacks, and what it has;
 * ERR_NOMEM.
 */
NODISCARD enum err gate_compare(struct case_runs *runs, const struct gate_side sides[2],
                                const struct gate_spec *spec, struct gate_result *out,
                                struct error *err);

/* Mean of a case's results; false when it has none with a value. */
bool gate_case_value(const struct case_run *run, const struct gate_metric *m, uint32_t number,
                     double *out);

#endif
