/* readers: the formats, each defined in the file of its name. */
#ifndef LLMOBS_FORMAT_READERS_H
#define LLMOBS_FORMAT_READERS_H

#include "format/format.h"

extern const struct format format_otlp;             /* otlp.c */
extern const struct format format_claude_code;      /* claude_code.c */
extern const struct format format_prompt_analytics; /* s002.c */
extern const struct format format_structlog;        /* s002.c */
extern const struct format format_branch_decisions; /* s004.c */
extern const struct format format_tool_calls;       /* s004.c */
extern const struct format format_llm_call_log;     /* s004.c */
extern const struct format format_privacy_log;      /* s001.c */
extern const struct format format_interaction_log;  /* s003.c */
extern const struct format format_generic;          /* generic.c */
extern const struct format format_envelope;         /* envelope.c */

#endif
