/* list_head: what lists of calls say above and around their rows, as reports do. */
#ifndef LLMOBS_REPORT_LIST_HEAD_H
#define LLMOBS_REPORT_LIST_HEAD_H

#include "query/scan.h"
#include "table/table.h"

/* Verb, database, zone, window, filters and the number of calls. False when out of memory. */
bool list_head_fill(struct table *t, struct store *s, const char *verb,
                    const struct scan_spec *spec, const struct scan_counts *n);

#endif
