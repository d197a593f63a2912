/* own_phases: which part of a request spans are, where the configuration says it. */
#ifndef LLMOBS_CMD_OWN_PHASES_H
#define LLMOBS_CMD_OWN_PHASES_H

#include "commands.h"
#include "query/phases.h"

/* The table of the invocation's configuration, in its arena. */
NODISCARD enum err own_phases(struct invocation *inv, struct phase_table *out, struct error *err);

#endif
