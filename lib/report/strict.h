/* strict: what --strict forbids the verbs that compare calls. */
#ifndef LLMOBS_REPORT_STRICT_H
#define LLMOBS_REPORT_STRICT_H

#include "query/scan.h"

/* *lacking: a call that the scan lets through has no price, or a line is in quarantine. */
NODISCARD enum err strict_check(struct store *s, const struct scan_spec *calls, bool *lacking,
                                struct error *err);

#endif
