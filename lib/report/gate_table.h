/* gate_table: what a gate found as a table. */
#ifndef LLMOBS_REPORT_GATE_TABLE_H
#define LLMOBS_REPORT_GATE_TABLE_H

#include "report/gate.h"

struct gate_table_options {
    bool all;        /* people see every changed case, not the worst */
    bool for_people; /* notes; else the lists that machines read */
    uint64_t seed;
    double alpha;
};

#define GATE_CHANGES_SHOWN 10

/* ERR_NOMEM. */
NODISCARD enum err gate_table_fill(const struct case_runs *runs, const struct gate_result *g,
                                   const struct gate_table_options *o, struct table *t,
                                   struct error *err);

#endif
