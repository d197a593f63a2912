/* guardrails: which ones were triggered in which calls. */
#ifndef LLMOBS_STORE_GUARDRAILS_H
#define LLMOBS_STORE_GUARDRAILS_H

#include "store/store.h"

/* Calls visit for each, in no order: the call by its C_IDENTITY_KEY, rule and action as the log has
 * them, empty where it does not say; texts are borrowed for the call. false: out of memory. */
NODISCARD enum err store_each_guardrail(struct store *s,
                                        bool (*visit)(void *ctx, int64_t identity_key,
                                                      struct sv rule, struct sv action),
                                        void *ctx, struct error *err);

#endif
