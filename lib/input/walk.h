/* walk: the arguments of a command line as a list of input files. */
#ifndef LLMOBS_INPUT_WALK_H
#define LLMOBS_INPUT_WALK_H

#include "base/arena.h"
#include "base/error.h"

/* Zeroed storage is an empty list. Everything is in the arena. */
struct path_list {
    const char **paths; /* sorted bytewise within each argument, no path twice */
    size_t n;
    size_t cap;
    const char **slots; /* open hash table of the paths */
    size_t slot_count;  /* a power of two, or 0 */
};

/*
 * arg: "-" or a file, taken whatever its name is; a directory, walked to any depth (hidden entries,
 * symbolic links to directories and what is no file are left out; only *.jsonl *.ndjson *.json
 * *.log *.txt *.csv *.traj and these with .gz, .zst, a number or a date behind them are taken:
 * app.log.1, app.jsonl.1.gz, app.log-20261120); or, when no such file exists, a pattern as a shell
 * would expand it (* ? [] in any component).
 * ERR_NOT_FOUND "no such file or directory" or "no file matches"; ERR_IO when a directory cannot be
 * read (the first one is named; everything else was added nevertheless). The path is in err->file.
 */
NODISCARD enum err path_list_add(struct path_list *list, const char *arg, struct arena *arena,
                                 struct error *err);

#endif
