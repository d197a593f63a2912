/* langfuse_usage: token counts of an observation, in the words of whoever sent them. */
#ifndef LLMOBS_FORMAT_LANGFUSE_USAGE_H
#define LLMOBS_FORMAT_LANGFUSE_USAGE_H

#include "format/groups.h"

/*
 * Sets the token counts of the call. The details (cached, reasoning, audio) are parts of input and
 * output, or stand beside them: beside them when the sum of all parts is the total. To be followed
 * by call_settle(). false: *r->err is filled.
 */
bool langfuse_usage(const struct reading *r, const struct told *observation,
                    struct call_record *call);

#endif
