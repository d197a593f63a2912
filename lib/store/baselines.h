/* baselines: runs of an evaluation that are kept, for later ones to be compared with. */
#ifndef LLMOBS_STORE_BASELINES_H
#define LLMOBS_STORE_BASELINES_H

#include "store/store.h"

/* Texts with .p NULL are not known. */
struct baseline {
    int64_t id, blessed_us;
    struct sv name, commit, source, run;
    int64_t cases, calls, cost_nusd, cost_calls, tokens, token_calls;
    struct maybe_f64 latency_p95_us;
};

struct baseline_metric {
    struct sv name;
    int64_t cases;
    struct maybe_f64 mean;
};

/* Results of a case under the metric of that number. */
struct baseline_result {
    int64_t metric;
    struct sv case_id;
    struct maybe_i64 cluster;
    double sum;
    int64_t n, lost, passed, verdicts;
};

/* Opens a transaction and adds a baseline with its metrics; b->id is given out. It is the newest of
 * its name: blessed_us is moved behind that of the last one. */
NODISCARD enum err store_baseline_begin(struct store *s, struct baseline *b,
                                        const struct baseline_metric *metrics, size_t n_metrics,
                                        struct error *err);
/* Its result of that number, from 0. */
NODISCARD enum err store_baseline_add(struct store *s, const struct baseline *b, int64_t row,
                                      const struct baseline_result *r, struct error *err);
/* Takes the results of older ones of the name away and commits. */
NODISCARD enum err store_baseline_commit(struct store *s, const struct baseline *b,
                                         struct error *err);
/* One of another database, inside a transaction that the caller has opened and commits: as it was
 * blessed there, unless one that says the same is here; *added, then b->id is given out. Results
 * are for store_baseline_add() and, behind them, store_baseline_replace(), where it is the newest
 * now. */
NODISCARD enum err store_baseline_adopt(struct store *s, struct baseline *b,
                                        const struct baseline_metric *metrics, size_t n_metrics,
                                        bool *added, struct error *err);
NODISCARD enum err store_baseline_replace(struct store *s, const struct baseline *b,
                                          struct error *err);

/* Takes everything back that store_baseline_begin() began. */
void store_baseline_abort(struct store *s);

/* The newest of a name, with its texts in the arena. ERR_NOT_FOUND names those that there are. */
NODISCARD enum err store_baseline_find(struct store *s, const char *name, struct arena *a,
                                       struct baseline *out, struct error *err);

/* All of a name, or all with NULL, by name and age. Texts are borrowed for the call. */
NODISCARD enum err store_baselines(struct store *s, const char *name,
                                   enum err (*visit)(void *ctx, const struct baseline *b,
                                                     struct error *err),
                                   void *ctx, struct error *err);

/* The metrics of one, in order; *out and the names are in the arena. */
NODISCARD enum err store_baseline_metrics(struct store *s, int64_t id, struct arena *a,
                                          struct baseline_metric **out, size_t *n,
                                          struct error *err);

/* Its results in order; texts are borrowed for the call. */
NODISCARD enum err store_baseline_results(struct store *s, int64_t id,
                                          enum err (*visit)(void *ctx,
                                                            const struct baseline_result *r,
                                                            struct error *err),
                                          void *ctx, struct error *err);

#endif
