/* findings: what scanning found in the texts of calls. */
#ifndef LLMOBS_STORE_FINDINGS_H
#define LLMOBS_STORE_FINDINGS_H

#include "store/store.h"

/* Calls visit for each call, kind (borrowed for the call) and side, in the order of calls: n finds.
 * false: out of memory. */
NODISCARD enum err store_each_finding(struct store *s,
                                      bool (*visit)(void *ctx, int64_t call_id, struct sv kind,
                                                    bool output, int64_t n),
                                      void *ctx, struct error *err);

#endif
