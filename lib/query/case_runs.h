/* case_runs: what runs of an evaluation came to, case by case, and what they took. */
#ifndef LLMOBS_QUERY_CASE_RUNS_H
#define LLMOBS_QUERY_CASE_RUNS_H

#include "price/price_record.h"
#include "query/keymap.h"
#include "record/record.h"

#define CASE_METRICS_MAX 64 /* score names that are told apart */
#define CASE_RUNS_MAX 1024  /* runs in the inputs of one side */

/* The results of one case under one metric. */
struct case_result {
    double sum;
    uint32_t n, lost; /* results with a value; results without one: a crash, an unreadable score */
};

struct case_passes {
    uint32_t passed, n; /* verdicts, and how many of them are a pass */
};

struct case_results {
    struct case_result *v;      /* by case, below cap; behind it there are none */
    struct case_passes *passes; /* by case, below cap_passes */
    uint32_t cap, cap_passes;
    bool differs; /* some verdict is not what its value says: they are two metrics */
};

/* Calls of a run as far as their log says; each sum with the number of calls that are in it. */
struct run_usage {
    int64_t calls;
    int64_t cost_nusd, cost_n;
    int64_t input_tokens, input_n, output_tokens, output_n;
    int64_t tokens, tokens_n; /* input and output, or a given total */
    int64_t *latency_us;
    size_t latency_n, latency_cap;
};

struct case_run {
    int side;       /* that the caller gave */
    struct sv name; /* "": the inputs name none */
    struct case_results results[CASE_METRICS_MAX];
    size_t metrics[CASE_METRICS_MAX]; /* those that have results, in the order of the first ones */
    size_t n_metrics;
    uint32_t *order;     /* its cases in the order of their first results */
    unsigned char *seen; /* by case, below cap_seen */
    uint32_t n_cases, cap_order, cap_seen;
    struct run_usage usage;
};

struct case_runs {
    struct price_book *prices; /* of calls whose log tells no cost; borrowed, or NULL */
    struct arena arena;
    struct keymap cases; /* by the hash of their text */
    struct sv *texts;    /* of each case, as it identifies it: without what tells repeats apart */
    struct {
        uint32_t of[2]; /* by side: number + 1, 0: none */
    } * clusters;       /* that are told of each case */
    uint32_t cap_texts, cap_clusters;
    struct keymap cluster_keys;
    struct sv metrics[CASE_METRICS_MAX];
    size_t n_metrics;
    struct case_run **runs;
    size_t n_runs, cap_runs;
    struct run_usage loose[2]; /* of calls of each side whose lines belong to no run */
    int64_t other_metrics;     /* results under names beyond CASE_METRICS_MAX */
};

/* Zeroed storage is empty. */
void case_runs_release(struct case_runs *r);

/* Adds the scores on cases, and the calls, of a batch of one side (0 or 1). ERR_NOMEM; ERR_RANGE
 * with more than CASE_RUNS_MAX runs. */
NODISCARD enum err case_runs_add(struct case_runs *r, int side, const struct batch *b,
                                 struct error *err);

/* The number of a metric, added when it is new; CASE_METRICS_MAX when there is no room. */
size_t case_metric(struct case_runs *r, struct sv name);

/* The results of a run in a case: n and lost are 0 where there is none. */
struct case_result case_result_of(const struct case_results *r, uint32_t number);
struct case_passes case_passes_of(const struct case_results *r, uint32_t number);

/* A case as people know it: without empty parts at both ends. */
struct sv case_label(struct sv text);

/* The run of a side by its name. NULL when there is none. */
struct case_run *case_run_find(const struct case_runs *r, int side, struct sv name);

/* What is known of a case that was kept. */
struct kept_case {
    struct sv run, metric;
    struct sv text;           /* as in case_runs.texts */
    struct maybe_i64 cluster; /* case_cluster_key() */
    struct case_result result;
    struct case_passes passes;
};

/* Adds the results of a case under a metric. ERR_NOMEM, ERR_RANGE. */
NODISCARD enum err case_runs_restore(struct case_runs *r, int side, const struct kept_case *c,
                                     struct error *err);

/*
 * A case's cluster, number + 1; 0: it has none. The first one that side 0 tells of it counts, else
 * that of side 1: which of them is read first decides nothing.
 */
uint32_t case_cluster_number(const struct case_runs *r, uint32_t number);

/* What tells the cluster of a case from others; missing: it has none. */
struct maybe_i64 case_cluster_key(const struct case_runs *r, uint32_t number);

/*
 * Where the cases of two runs have nothing in common but what is in front of their answer's filter
 * (a prompt's id, a provider), which is the same for all cases within each run, pairs them by what
 * is in front. *dropped: whether that was so. ERR_NOMEM.
 */
NODISCARD enum err case_runs_join(struct case_runs *r, struct case_run *a, struct case_run *b,
                                  bool *dropped, struct error *err);

#endif
