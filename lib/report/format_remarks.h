/* format_remarks: what is to be known where answers were held against a schema. */
#ifndef LLMOBS_REPORT_FORMAT_REMARKS_H
#define LLMOBS_REPORT_FORMAT_REMARKS_H

#include "query/format_checks.h"
#include "table/table.h"

/* Notes, warnings and coverage: how many answers were checked, what they fail at, and why others
 * were not checked. logged: calls whose log says it itself; list: the command that lists the
 * failures is named. False: out of memory. */
bool format_remarks_add(struct table *t, const struct format_spec *spec,
                        const struct format_checks *c, int64_t logged, bool list);

#endif
