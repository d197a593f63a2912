/* hook: the command that --on-alert names, told what was found. */
#ifndef LLMOBS_HOOK_H
#define LLMOBS_HOOK_H

#include "commands.h"
#include "table/table.h"

/*
 * Runs `command` by /bin/sh, with the answer on its standard input as `--format json` writes it,
 * and waits for its end. Nothing of the data reaches the command line or the environment, so that
 * what stands in a log is never run. What the command prints goes to standard error: standard
 * output is the answer's alone. A command that fails is named on standard error and changes nothing
 * else, which is why nothing is returned. Call it last, with the database closed.
 */
void hook_run(const struct invocation *inv, const char *command, const struct table *t);

#endif
