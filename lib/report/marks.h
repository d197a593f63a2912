/* marks: where in a report by time something was changed. */
#ifndef LLMOBS_REPORT_MARKS_H
#define LLMOBS_REPORT_MARKS_H

#include "base/zone.h"
#include "table/table.h"

struct store;

/*
 * To a finished report whose groups are stretches of time: a column "marks" that says which marks
 * of `annotate` lie in each, when there are any in the report's window; those in a stretch without
 * calls come as notes. In a chart they stand behind the bars. Other reports are left as they are.
 */
NODISCARD enum err marks_add(struct store *s, const struct zone *zone, struct table *t,
                             struct error *err);

/* All marks in [since_us, until_us) as a table (zeroed by the caller; table_release() it). */
NODISCARD enum err marks_list(struct store *s, const struct zone *zone, int64_t since_us,
                              int64_t until_us, struct table *out, struct error *err);

#endif
