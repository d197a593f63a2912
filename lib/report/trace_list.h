/* trace_list: all traces, the ones most worth a look first. */
#ifndef LLMOBS_REPORT_TRACE_LIST_H
#define LLMOBS_REPORT_TRACE_LIST_H

#include "query/scan.h"
#include "table/table.h"

struct trace_list_spec {
    struct scan_spec calls; /* a trace is listed when one of its calls fits; where there is no
                             * filter but a window, also when it has no calls and begins in it */
    const char *sort;       /* column's key or title; NULL: duration */
    bool ascending;
    int64_t limit; /* 0: all */
    bool failed;   /* only traces with an error */
    bool no_cost;
};

/* What there is to list. */
struct trace_list_found {
    int64_t traces;
    struct sv only; /* id of the trace when there is but one, in the table's arena */
    int64_t calls_without_trace;
};

/*
 * One row for each trace into *out (zeroed by the caller; table_release() it, also after an error):
 * figures are of the whole trace, whichever of its calls fit. Reads all spans and calls once, twice
 * with filters, and keeps about 150 bytes for each trace. ERR_USAGE for bad filters and columns.
 */
NODISCARD enum err trace_list(struct store *s, const struct trace_list_spec *spec,
                              struct table *out, struct trace_list_found *found, struct error *err);

#endif
