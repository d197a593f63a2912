/* inputs: what the commands that read logs have in common. */
#ifndef LLMOBS_INPUTS_H
#define LLMOBS_INPUTS_H

#include "base/buf.h"
#include "ingest/ingest.h"
#include "input/walk.h"
#include "text.h"

#define INPUTS_MAX_LINE (INT64_C(16) << 20) /* bytes of a line, unless --max-line says other */

/*
 * Files, directories, patterns and "-" as the files to read. What does not exist or cannot be
 * listed is named on standard error, counted in *missing and left out. ERR_NOT_FOUND when nothing
 * is left although everything exists.
 */
NODISCARD enum err inputs_expand(const struct text_list *args, struct arena *arena,
                                 struct path_list *out, int64_t *missing, struct error *err);

/* A whole file of at most max bytes. ERR_IO with the system's words; ERR_RANGE; ERR_NOMEM. */
NODISCARD enum err inputs_small_file(const char *path, size_t max, struct buf *out,
                                     struct error *err);

/* Opens the mapping of --map. NULL leaves *out NULL. ERR_IO with the system's words; what is wrong
 * with it as mapping_open(). */
NODISCARD enum err inputs_mapping(const char *path, struct mapping **out, struct error *err);

/* The zone of --assume-tz over all times that logs of models can have. NULL leaves *out NULL; as
 * zone_choose() and zone_load(). */
NODISCARD enum err inputs_assume(const char *tz, struct arena *arena, const struct zone **out,
                                 struct error *err);

/* The key of hashes in the file of --salt-file, without the newline at its end: 16 bytes at least.
 * NULL leaves *out as it is. ERR_IO with the system's words, ERR_USAGE, ERR_NOMEM. */
NODISCARD enum err inputs_salt(const char *path, struct arena *arena, struct sv *out,
                               struct error *err);

/* A share, 0.05 or 5%, in parts per billion, that is above 0 or, if none_too is set, 0. ERR_USAGE
 * names the option. */
NODISCARD enum err inputs_rate(const char *option, const char *text, bool none_too, int64_t *ppb,
                               struct error *err);

/* Processors that may be used, at least 1. */
int inputs_processors(void);

/* A seed that nobody who writes logs can foresee. */
uint64_t inputs_seed(void);

#endif
