/* prompt_list: prompt templates and their versions, the worst ones first where that is asked. */
#ifndef LLMOBS_REPORT_PROMPT_LIST_H
#define LLMOBS_REPORT_PROMPT_LIST_H

#include "report/report.h"

enum prompt_rank {
    PROMPTS_BY_CALLS,   /* most used first */
    PROMPTS_BY_QUALITY, /* lowest shrunken mean first */
    PROMPTS_BY_BOUND,   /* lowest upper end of the mean's interval first: surely bad */
    PROMPTS_BY_ERRORS,  /* highest shrunken error rate first */
    PROMPTS_BY_LATENCY, /* highest p95 first */
    PROMPTS_BY_COST,    /* most money above the mean call first: calls * (mean - mean of all) */
};

struct prompt_list_spec {
    struct report_spec calls; /* filters, window, zone, jobs, no_cost; the rest is set here */
    enum prompt_rank rank;
    const char *prompt; /* one template (hash, beginning of it, or name) with its versions; or NULL */
    bool merge_versions;
    int64_t min_n;  /* values that a ranked figure is made of, at least */
    bool all;       /* those with fewer or none, too, behind the others */
    int64_t limit;  /* 0: all */
};

/*
 * One row for each template and version; release the table in any case. ERR_NOT_FOUND when nothing
 * is called as spec->prompt says, ERR_USAGE when several are; as report_run() otherwise.
 */
NODISCARD enum err prompt_list(struct store *s, const struct prompt_list_spec *spec,
                               struct table *out, struct error *err);

#endif
