/* space: what the parts of the database take on the disk, and giving back what is free. */
#ifndef LLMOBS_STORE_SPACE_H
#define LLMOBS_STORE_SPACE_H

#include "store/store.h"

struct space_part {
    struct sv name; /* of a table, its indexes included */
    int64_t rows, bytes;
};

struct space {
    struct space_part *parts; /* largest first; in the arena */
    size_t n_parts;           /* 0: this SQLite cannot tell (built without dbstat) */
    int64_t page_bytes, file_bytes, free_bytes, log_bytes; /* log: what waits in the -wal file */
    int64_t schema;                                        /* number of the layout */
};

/* Reads every page of the database. */
NODISCARD enum err store_space(struct store *s, struct arena *a, struct space *out,
                               struct error *err);

/*
 * Writes the database anew without free pages, so that nothing deleted is left in it, and empties
 * its log. Needs room for a copy beside it. ERR_BUSY when somebody reads from the log meanwhile.
 */
NODISCARD enum err store_vacuum(struct store *s, struct error *err);

/* The same as a new file at path (mode 0600), which must not exist. */
NODISCARD enum err store_vacuum_into(struct store *s, const char *path, struct error *err);

#endif
