/* gemini_events: what the Gemini command line's telemetry tells of a request or a tool. */
#ifndef LLMOBS_FORMAT_GEMINI_EVENTS_H
#define LLMOBS_FORMAT_GEMINI_EVENTS_H

#include "format/log_event.h"

#define GEMINI_EVENT_PREFIX "gemini_cli."

/* Adds the record of an event of this name (gemini_cli.api_response ...); most events give none.
 * false: *r->err is filled, or memory is out. */
bool gemini_event_read(const struct log_event *e, struct sv name, const char *source_format);

#endif
