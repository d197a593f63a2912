/* alert_head: what check and anomalies say above their rows, and of logs that end too early. */
#ifndef LLMOBS_ALERT_HEAD_H
#define LLMOBS_ALERT_HEAD_H

#include "alert/judge.h"
#include "commands.h"

struct alert_head {
    int64_t now_us;
    const struct zone *zone;
    const struct rule_set *rules; /* NULL: control charts over `period`s */
    const struct verdicts *verdicts;
    const char *period;
};

/* Head line, envelope and counts; a warning when the last call is long before now. ERR_DB,
 * ERR_NOMEM.
 */
NODISCARD enum err alert_head_fill(const struct invocation *inv, struct store *store,
                                   const struct alert_head *h, struct table *t, struct error *err);

#endif
