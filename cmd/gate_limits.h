/* gate_limits: what people write for the limits of a gate. */
#ifndef LLMOBS_GATE_LIMITS_H
#define LLMOBS_GATE_LIMITS_H

#include "report/gate.h"

/* Each leaves *out as it is for a text that is NULL. ERR_USAGE says what was expected. */

/* 2pt is 0.02, and so is 0.02. */
NODISCARD enum err gate_margin(const char *text, double *out, struct error *err);
NODISCARD enum err gate_alpha(const char *text, double *out, struct error *err); /* 0 < a < 0.5 */

/* Cases: >=8/10, >=0.8, >=80%; pass rates the same without the sign; cost: $5, 0.5; tokens: 500k;
 * latency: 2s, 1500ms; of the last three also +10%, over the baseline. */
NODISCARD enum err gate_limit(enum gate_limit_kind kind, const char *text, struct gate_limit *out,
                              struct error *err);

#endif
