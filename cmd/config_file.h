/* config_file: where configuration files are, and what may stand in which. */
#ifndef LLMOBS_CONFIG_FILE_H
#define LLMOBS_CONFIG_FILE_H

#include "config/config.h"
#include "shared.h"

#define CONFIG_PROJECT_FILE ".llmobs.json"
#define CONFIG_SYSTEM_FILE "/etc/llmobs/config.json"

/* Strongest first. */
enum config_source {
    CONFIG_GIVEN,   /* --config or LLMOBS_CONFIG */
    CONFIG_PROJECT, /* .llmobs.json in the working directory or above it, up to the repository */
    CONFIG_USER,    /* llmobs/config.json below XDG_CONFIG_HOME or ~/.config */
    CONFIG_SYSTEM,  /* /etc/llmobs/config.json */
    CONFIG_SOURCES,
};

/* "project" */
extern const char *const config_source_names[CONFIG_SOURCES];

/*
 * The file of each source, NULL where there is none: not named, not found (project), no home; with
 * --no-config only the given one. A file that is the given one, too, is there once. In the arena.
 * A project file is found in the working directory and in the folders above it up to the one with
 * .git in it; outside of a repository only in the working directory, since folders like /tmp are
 * everybody's. ERR_NOMEM.
 */
NODISCARD enum err config_paths(const struct shared_options *o, struct arena *arena,
                                const char *out[CONFIG_SOURCES], struct error *err);

/* What a file may name: the keys of the settings (as a word_list, too) and the dimensions. */
const struct config_names *config_names(void);
const char *config_setting_name(size_t i);

/* Whether a file has the name by which those of projects are found. */
bool config_is_project(const char *path);

/* Checks and reads the text of a file.
 *   project  it was found, and may come with somebody else's code: it may not name files or
 * commands ERR_PARSE, ERR_USAGE, ERR_RANGE: "FILE: /limit: expected ..."; ERR_NOMEM. */
NODISCARD enum err config_check(struct sv text, const char *path, bool project, struct arena *arena,
                                struct config *out, struct error *err);

/* The same of a file itself; *found false and *out zeroed when there is none. ERR_IO, too. */
NODISCARD enum err config_open(const char *path, bool project, struct arena *arena,
                               struct config *out, bool *found, struct error *err);

/* All files that there are, together. ERR_NOT_FOUND: --config names none; others as above. */
NODISCARD enum err config_load(const struct shared_options *o, struct arena *arena,
                               struct config *out, struct error *err);

#endif
