/* call_list: single calls, one a row. */
#ifndef LLMOBS_REPORT_CALL_LIST_H
#define LLMOBS_REPORT_CALL_LIST_H

#include "query/format_checks.h"
#include "table/table.h"

struct call_list_spec {
    struct scan_spec calls;
    const char *sort; /* NULL: the latest first */
    bool ascending;
    int64_t limit; /* 0: all */
    bool no_cost;
    bool ids;                         /* show people ids and source lines */
    const struct format_spec *format; /* only calls whose answers do not hold; NULL: all calls */
    const char *const *columns;
    size_t n_columns;
};

/* Names that sort takes, for messages and completion; NULL at the end. */
const char *call_list_sort(size_t i);

/*
 * The first calls that fit, in order, into *out (zeroed by the caller; table_release() it, also
 * after an error). One pass over the columns that are filtered and sorted by, then one look-up a
 * row; with a format one pass more, over the answers of calls that fit. ERR_USAGE for unknown
 * columns and bad filters.
 */
NODISCARD enum err call_list(struct store *s, const struct call_list_spec *spec, struct table *out,
                             struct error *err);

#endif
