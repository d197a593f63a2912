/* gate_inputs: the runs that a gate compares, from files. */
#ifndef LLMOBS_GATE_INPUTS_H
#define LLMOBS_GATE_INPUTS_H

#include "commands.h"
#include "ingest/collect.h"
#include "query/case_runs.h"

/* What of one side is wanted. */
struct gate_source {
    const char *option; /* "--baseline", for messages */
    const char *path;   /* a file, a directory, a pattern, or "-"; NULL: nothing is read */
    const char *run;    /* its name, or NULL: there is but one */
};

/* Reads both sides, on two processors where there are as many. filter and cluster_key as in
 * ingest_options; from: a format's name or NULL. *unreadable: lines nobody could read. */
NODISCARD enum err gate_read(struct invocation *inv, const struct gate_source sources[2],
                             const struct ingest_options *like, struct case_runs *runs,
                             int64_t *unreadable, struct error *err);

/* The run that is wanted of a side, with what its calls took. ERR_USAGE lists the runs when there
 * are several and none was named, or none of that name; ERR_NOT_FOUND when there is no result at
 * all. */
NODISCARD enum err gate_choose_run(struct case_runs *runs, int side,
                                   const struct gate_source *source, struct case_run **out,
                                   struct error *err);

#endif
