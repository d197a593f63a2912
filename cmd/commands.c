/* commands: the table that makes llmobs: each command with its options, help and function. */
#include "commands.h"

#include <string.h>
#include <unistd.h>
#include "base/banned.h"

const struct command *const commands[] = {
    &ingest_command,
    &doctor_command,
    &quarantine_command,
    &annotate_command,
    &report_command,
    &calls_command,
    &trace_command,
    &why_command,
    &sessions_command,
    &prompts_command,
    &compare_command,
    &drift_command,
    &anomalies_command,
    &check_command,
    &budget_command,
    &gate_command,
    &price_command,
    &scan_command,
    &sample_command,
    &db_command,
    &config_command,
    &completion_command,
    &help_command,
    &version_command,
    NULL,
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

const char *command_word(size_t i)
{
    return i < ARRAY_LEN(commands) && commands[i] ? commands[i]->name : NULL;
}

enum err command_unknown(const char *name, struct error *err)
{
    const char *near = nearest_of(name, command_word);

    if (near)
        return error_set(err, ERR_USAGE, "no command \"%s\"; did you mean %s?", name, near);
    if (access(name, F_OK) == 0)
        return error_set(err, ERR_USAGE, "no command \"%s\"; to read that file: llmobs report %s",
                         name, name);
    return error_set(err, ERR_USAGE, "no command \"%s\"; llmobs help lists them", name);
}

const struct opt *command_options(const struct command *c, size_t i)
{
    size_t shared = 0;

    if (c->options && i-- == 0)
        return c->options;
    while (c->shared[shared])
        shared++;
    if (i < shared)
        return c->shared[i];
    if (shared && i-- == shared)
        return shared_config;
    return i == shared ? shared_always : NULL;
}
