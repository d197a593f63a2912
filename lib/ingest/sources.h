/* sources: which of the inputs already read an input is, and where reading it goes on. */
#ifndef LLMOBS_INGEST_SOURCES_H
#define LLMOBS_INGEST_SOURCES_H

#include "base/arena.h"
#include "input/elements.h"
#include "store/store.h"

/* Every input that was ever read, found by path, by file and by its first line. */
struct sources {
    struct arena arena;
    struct source_state *items; /* items[i].id == i + 1 */
    size_t n, cap;
    uint32_t *slots; /* three open hash tables of item numbers, one after another */
    size_t slot_count; /* of one table; a power of two */
};

/* What is to be done with an input. */
struct source_plan {
    struct source_state *state; /* where reading goes on; owned by sources, moved by the next
                                   source_resolve(); NULL: the input is empty */
    const char *note; /* "copy of app.jsonl", "renamed from app.jsonl" (in the arena), or NULL */
};

NODISCARD enum err sources_load(struct sources *s, struct store *store, struct error *err);
void sources_release(struct sources *s);

/* The source that this file is when nothing about it changed since it was read to its end, NULL
 * otherwise. Looks at the file system's word only (device, inode, size, time of change). */
const struct source_state *source_unchanged(const struct sources *s, const char *path,
                                            const struct input_stat *stat);

/* True when some source has this device and inode: the file was read before, perhaps elsewhere. */
bool source_knows_file(const struct sources *s, uint64_t dev, uint64_t ino);

/*
 * Recognises an input that was just opened, with the pieces in it, and places it behind what is
 * already in:
 *   the same file as at the last run           reading goes on at its offset
 *   the same content under another name        a renamed file goes on; a copy (also a compressed
 *                                              one) gets a lineage of its own that begins with the
 *                                              lines of the original
 *   another content at a path known before     (rotated, truncated: another first line, or the old
 *                                              file was found under another name) from its start,
 *                                              in the lineage of the old content
 *   the same first line, then other content    from its start, in a lineage of its own
 * Standard input is always read from its start in a lineage of its own. So is a table of a database
 * whose rows are other ones than before: some were changed or deleted, and those that are left are
 * not there twice. Only a new database at the path of one that was found elsewhere goes on with its
 * lineage.
 */
NODISCARD enum err source_resolve(struct sources *s, const char *path, struct input *in,
                                  struct elements *e, struct source_plan *plan,
                                  struct error *err);

/*
 * The source that stands for the database at path as a whole; its tables are sources of their own.
 * It has no lines, and is there for source_unchanged(): complete once all tables were read.
 */
NODISCARD enum err source_of_database(struct sources *s, const char *path,
                                      const struct input_stat *stat, struct source_state **out,
                                      struct error *err);

#endif
