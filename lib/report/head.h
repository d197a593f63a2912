/* head: what the envelope of a table says of the calls that were read. */
#ifndef LLMOBS_REPORT_HEAD_H
#define LLMOBS_REPORT_HEAD_H

#include "query/scan.h"
#include "table/table.h"

/*
 * What was counted: total_calls, db (NULL for one in memory), tz, the window and its text, filters
 * and by, all copied into the table's arena. A bound that is not given is that of the data. ERR_NOMEM.
 */
NODISCARD enum err head_fill(struct table *t, const struct store *s, struct scan_counts n,
                             const struct scan_spec *spec, struct error *err);

/* The same with the verb, and the number of calls as a fact, for lists of calls. False when out of
 * memory. */
bool head_fill_list(struct table *t, const struct store *s, const char *verb,
                    const struct scan_spec *spec, struct scan_counts n);

#endif
