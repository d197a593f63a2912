/* text_log: logs of model servers that are text and tell of no single request. */
#ifndef LLMOBS_FORMAT_TEXT_LOG_H
#define LLMOBS_FORMAT_TEXT_LOG_H

#include "base/sv.h"

/* What to say of a log with such a line; NULL when the line is of none that is known. Looks at the
 * beginning of the line only. */
const char *text_log_note(struct sv line);

#endif
