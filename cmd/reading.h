/* reading: what the verbs that show calls read, and over which time. */
#ifndef LLMOBS_READING_H
#define LLMOBS_READING_H

#include "base/zone.h"
#include "commands.h"
#include "query/scan.h"
#include "versus.h"

/* --since, --until and --tz, pinned to what was read. */
struct reading_window {
    struct zone zone; /* over the data, the window and now */
    bool since_known, until_known;
    int64_t since_us, until_us; /* [since, until) */
    struct window before;       /* when something is compared */
};

/*
 * The database of --db, or, with files, one in memory that holds what they say; bad lines are named
 * on standard error unless --quiet. *out is the caller's to close. jobs: threads that may read.
 * ERR_NOT_FOUND and ERR_IO when not everything can be read: figures of a part would mislead;
 * ERR_USAGE for a window that is empty or upside down.
 */
NODISCARD enum err reading_open(struct invocation *inv, const struct text_list *files, int jobs,
                                struct store **out, struct reading_window *window,
                                struct error *err);

/* The same with the window that versus compares with; one that is compared ends now unless --until
 * says otherwise. versus of kind VERSUS_NONE: there is none. */
NODISCARD enum err reading_open_versus(struct invocation *inv, const struct text_list *files,
                                       int jobs, const struct versus *versus, struct store **out,
                                       struct reading_window *window, struct error *err);

/* The same, with who names the templates of prompts in the files. */
struct ingest_templates;
NODISCARD enum err reading_open_templates(struct invocation *inv, const struct text_list *files,
                                          int jobs, const struct ingest_templates *templates,
                                          struct store **out, struct reading_window *window,
                                          struct error *err);

/* The calls in the window for which all of --where hold, on as many threads as there are
 * processors. */
struct scan_spec reading_calls(const struct invocation *inv, const struct reading_window *window);

/* For verbs that read thousands of windows: memory that is freed stays with the process, where giving
 * it back and getting it again would take longer than the reading. */
void reading_often(void);

#endif
