/* gate_baseline: runs kept in the database for later gates, and how they went over time. */
#ifndef LLMOBS_REPORT_GATE_BASELINE_H
#define LLMOBS_REPORT_GATE_BASELINE_H

#include "report/gate.h"
#include "store/store.h"

/* Keeps a side's run under a name. commit may be NULL. */
NODISCARD enum err gate_bless(struct store *s, const struct case_runs *runs,
                              const struct gate_side *side, const char *name, const char *commit,
                              int64_t now_us, struct error *err);

/* Reads the newest of a name as side 0 of runs; texts of *out are in runs' arena. ERR_NOT_FOUND. */
NODISCARD enum err gate_baseline_load(struct store *s, const char *name, struct case_runs *runs,
                                      struct gate_side *out, struct error *err);

/*
 * The baselines of a name (NULL: of all), a row for each metric of each: when, commit, cases, mean,
 * and where the mean took another level (change points over 8 and more of them).
 */
NODISCARD enum err gate_history(struct store *s, const char *name, struct table *t,
                                struct error *err);

#endif
