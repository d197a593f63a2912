/* shared: the options that mean the same for every command that takes them. */
#ifndef LLMOBS_SHARED_H
#define LLMOBS_SHARED_H

#include "opt.h"
#include "store/store.h"

struct shared_options {
    const char *db;                      /* NULL: llmobs.db */
    const char *format, *output, *color; /* format NULL: by the output's suffix, else table */
    bool compact, wide;
    struct when since, until;
    const char *tz;
    struct text_list where, by, columns;
    const char *sort;
    bool ascending, all, no_cost;
    int64_t limit; /* LIMIT_DEFAULT: not given */
    int64_t min_n;
    struct text_list scan, patterns;
    bool no_scan;
    const char *sample; /* --sample; NULL: all calls */
    bool quiet, verbose;
    const char *progress;
    const char *config; /* NULL: none named */
    bool strict, exit_zero, no_config;
    int64_t exit_code;
    bool brief_help, full_help, version;
};

enum { LIMIT_DEFAULT = -1, SHARED_MAX_EXIT_CODE = 255 };

extern const struct shared_options shared_defaults;

/* Tables over struct shared_options; a command names those that apply to it. */
extern const struct opt shared_db[];       /* --db */
extern const struct opt shared_output[];   /* --format --output --color --compact --wide */
extern const struct opt shared_window[];   /* --since --until --tz */
extern const struct opt shared_select[];   /* --where */
extern const struct opt shared_group[];    /* --by --min-n */
extern const struct opt shared_rows[];     /* --sort --asc --desc --limit --all --no-cost */
extern const struct opt shared_columns[];  /* --columns */
extern const struct opt shared_scan[];     /* --scan --no-scan */
extern const struct opt shared_patterns[]; /* --patterns */
extern const struct opt shared_sample[];   /* --sample */
extern const struct opt shared_quiet[];    /* --quiet */
extern const struct opt shared_verbose[];  /* --verbose */
extern const struct opt shared_progress[]; /* --progress */
extern const struct opt shared_strict[];   /* --strict --exit-code --exit-zero */
extern const struct opt shared_config[];   /* --config --no-config: of all that have any of these */
extern const struct opt shared_always[];   /* --help --version; not from the environment */

/* All of them, NULL at the end: what may stand before the command's name. */
extern const struct opt *const shared_tables[];

/* The i-th table of options that a configuration file may set; NULL behind the last. */
const struct opt *shared_settings(size_t i);

/* Path of the database. */
const char *shared_db_path(const struct shared_options *o);

/* Opens the database, which must exist; the error on a missing one says how to make it. */
NODISCARD enum err shared_open_db(const struct shared_options *o, enum store_mode mode,
                                  struct store **out, struct error *err);

#endif
