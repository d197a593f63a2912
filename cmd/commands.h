/* commands: the table that makes llmobs: each command with its options, help and function. */
#ifndef LLMOBS_COMMANDS_H
#define LLMOBS_COMMANDS_H

#include "shared.h"

#define LLMOBS_VERSION "0.1.0"
#define LLMOBS_RELEASED "November 21, 2026" /* for the manual pages */

/* A command being run. */
struct invocation {
    const struct command *command;
    struct shared_options shared;
    void *options;         /* the command's own struct */
    struct text_list args; /* everything that is no option */
    struct arena arena;    /* for as long as the program runs */
    struct config config;  /* what the configuration files say together, in the arena */
    int64_t now_us;        /* SOURCE_DATE_EPOCH fixes it */
    bool calls_only; /* set by run: of files that are read, tool calls and decisions are not wanted */
    bool scans; /* set by run: the texts of files that are read are to be scanned */
    bool keep_texts; /* set by run: files are read with the texts of their calls */
    bool keep_answers;   /* set by run: with their answers at least */
    const char *sampled; /* set by run: that only a share of the calls was kept; NULL: all were */
    bool found; /* set by run: what the command looks for, or --strict forbids, is there: exit 1 */
};

struct example {
    const char *line; /* "llmobs report --by feature"; run by `make test` */
    const char *what;
};

/* Names that belong to a command's help: views, dimensions, formats. */
struct name_list {
    const char *title; /* "VIEWS" */
    word_list *name;
    word_list *what; /* one line for each name; NULL: they speak for themselves */
    bool full_only;  /* too many for the help on one screen */
};

struct command {
    const char *name;
    const char *group;         /* heading in the overview */
    const char *summary;       /* one line, no full stop */
    const char *synopsis;      /* what stands behind the name and the options: "[VIEW] [FILE...]" */
    const struct opt *options; /* its own; NULL: none */
    size_t options_size;       /* of the struct they fill */
    const void *defaults;      /* such a struct; NULL: zeros */
    const struct opt *const *shared; /* tables of shared.h, NULL at the end; without shared_config,
                                      * which comes with any, and shared_always */
    bool no_settings;                /* configuration files are its subject: none is read before */
    const struct name_list *lists;   /* title NULL at the end; NULL: none */
    word_list *words;                /* what the first argument may be, for completion; or NULL */
    bool takes_files;                /* arguments are files */
    const struct example *examples;  /* line NULL at the end */
    enum err (*run)(struct invocation *inv, struct error *err);
};

extern const struct command *const commands[]; /* NULL at the end */

const struct command *command_find(const char *name); /* NULL: none */

/* ERR_USAGE with the command that may have been meant. */
enum err command_unknown(const char *name, struct error *err);

/* The names of all commands, as a word_list. */
const char *command_word(size_t i);

enum { COMMAND_MAX_TABLES = 16 };

/* The i-th table of a command's options: its own, the shared ones, shared_config if it has any of
 * these, shared_always; NULL behind. */
const struct opt *command_options(const struct command *c, size_t i);

extern const struct command ingest_command, doctor_command, quarantine_command, annotate_command,
    report_command, calls_command, trace_command, why_command, sessions_command, prompts_command,
    compare_command, drift_command, anomalies_command, check_command, budget_command, gate_command,
    price_command, scan_command, sample_command, db_command, config_command, completion_command,
    help_command, version_command;

#endif
