/* agent: what the session files of agent programs have in common. */
#ifndef LLMOBS_FORMAT_AGENT_H
#define LLMOBS_FORMAT_AGENT_H

#include "format/call_rules.h"

/* The project that a working directory stands for: its last component, as it may be stored. */
struct sv agent_project(const struct reading *r, const struct json_doc *d, json_ref path);

/* A new call of the line with source and format; NULL when out of memory. */
struct call_record *agent_add_call(const struct reading *r, const char *format);

/*
 * A new tool call, or one half of it: session files tell the request and the result in different
 * places, both with the tool call's id, and the store joins them. Without an id it is the line's
 * n-th record. NULL when out of memory.
 */
struct tool_record *agent_add_tool(const struct reading *r, struct sv id, uint64_t n);

/* The type of a line as a summary may show it: a name, else "other". */
struct sv agent_line_kind(const struct reading *r, json_ref type);

/* Two texts with a colon between them as one id that may be stored; the second alone when the first
 * is empty. */
struct sv agent_join_id(const struct reading *r, struct sv a, struct sv b);

#endif
