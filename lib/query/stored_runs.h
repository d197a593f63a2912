/* stored_runs: runs of evaluations that are in the database. */
#ifndef LLMOBS_QUERY_STORED_RUNS_H
#define LLMOBS_QUERY_STORED_RUNS_H

#include "query/case_runs.h"
#include "store/store.h"

/*
 * Adds the run `name` of the database to a side of runs: its own name, or the path of its input, or
 * what stands behind a slash of that. *out is the run, with what its calls took. ERR_NOT_FOUND and
 * ERR_USAGE (several inputs end in the name) list the runs that there are.
 */
NODISCARD enum err stored_run_load(struct store *s, const char *name, struct case_runs *runs,
                                   int side, struct case_run **out, struct error *err);

#endif
