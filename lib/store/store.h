/* store: the one SQLite file: opening, migrating, and what readers ask of it. The only stage that
 * includes sqlite3.h (inside lib/store; no SQLite type shows in a header that others include). */
#ifndef LLMOBS_STORE_STORE_H
#define LLMOBS_STORE_STORE_H

#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "record/record.h"

/* The columns of a stored call: those of the record, then the store's own. */
enum call_column {
    C_SESSION_KEY = F_COUNT, /* key of table session */
    C_META_ID,               /* row of table meta: the leftover scalars */
    C_COST_COMPUTED_NUSD,    /* by the price table, when the call was stored or priced again */
    C_PRICE_ID,              /* row of table price that it was computed from */
    C_SHADOWED,     /* 1: a descendant span has usage too, so this one is no call; else missing */
    C_IDENTITY_KEY, /* identity_key(): always known */
    C_SOURCE_ID,
    C_SOURCE_LINE,
    C_INHERITED, /* bit f: field f was taken from a shadowed ancestor */
    C_COUNT,
};
_Static_assert(C_COUNT <= 64, "a column mask is 64 bits");

#define CALL_MISSING INT64_MIN /* marks a missing value inside column arrays, nowhere else */
#define CHUNK_ROWS 65536       /* calls [k * CHUNK_ROWS + 1, (k + 1) * CHUNK_ROWS] are chunk k */

struct store;

enum store_mode {
    STORE_READ,  /* never writes, never waits for the writer; works on a read-only medium */
    STORE_WRITE, /* made (mode 0600) when it does not exist, migrated when it is older */
};

/*
 * Opens the database. STORE_READ on a missing file is ERR_NOT_FOUND. A file that is no llmobs
 * database, or one newer than the program, is ERR_DB with words that say so. ERR_BUSY when another
 * process has held it for 5 seconds (the message names its process id where it can be found).
 * path ":memory:" makes a private one in memory (STORE_WRITE only).
 */
NODISCARD enum err store_open(const char *path, enum store_mode mode, struct store **out,
                              struct error *err);

/*
 * A private copy to try out what writing would do: it is gone when it is closed, and neither the
 * database nor anything beside it changes. Where there is no database, or for ":memory:", the copy
 * is an empty one. An older database is migrated in the copy; errors as above. Other processes may
 * write meanwhile: the copy is of one moment. Small ones stay in memory, of larger ones all but
 * some MiB lie in a temporary file (SQLITE_TMPDIR, TMPDIR, /var/tmp, /tmp) without a name.
 */
NODISCARD enum err store_open_copy(const char *path, struct store **out, struct error *err);

/* Accepts NULL. A writing store checkpoints and truncates its WAL. */
void store_close(struct store *s);

const char *store_path(const struct store *s);

/* The documented views, for `db schema`: the i-th one's name (NULL: there are no more) and its file: a comment
 * that says what it holds, and the statement. Static. */
const char *store_view_name(size_t i);
struct sv store_view_sql(size_t i);

/* ---- dictionaries ------------------------------------------------------------------------ */

/* Text of a dimension's value id (ids are dense from 1); SV_NONE for an unknown id. The text
 * belongs to the store. Loads the dimension's dictionary at first use (not thread-safe then: load
 * with store_dimension_count() first). */
struct sv store_dimension_text(struct store *s, enum call_field dim, int64_t id);

/* Number of values of a dimension (the largest id); -1 with err filled when it cannot be read. */
int64_t store_dimension_count(struct store *s, enum call_field dim, struct error *err);

/* Text of a session key, into the arena; SV_NONE when unknown. */
struct sv store_session_text(struct store *s, int64_t key, struct arena *a);

/* A row of table meta, a JSON object of scalars, into the arena; SV_NONE when there is none. */
struct sv store_meta_text(struct store *s, int64_t meta_id, struct arena *a);

/* Calls visit(ctx, meta_id, value) for each meta row that has `key` (text of the JSON scalar,
 * borrowed for the call). Stops at the first error that visit returns and passes it on. */
NODISCARD enum err store_meta_values(struct store *s, const char *key,
                                     enum err (*visit)(void *ctx, int64_t meta_id, struct sv value),
                                     void *ctx, struct error *err);

/* ---- columns ------------------------------------------------------------------------------ */

struct chunk_info {
    int64_t number;
    int64_t rows;       /* calls stored in it, shadowed ones included */
    int64_t min_started_us, max_started_us; /* over the rows that have a start; min > max: none */
    bool untimed;       /* some row has no start */
};

/* All chunks in order, also those whose column blobs are missing (their info is then read from
 * the rows). The array belongs to the caller (free()). Opens the read transaction that
 * store_read_columns() goes on in, so that one report sees one state. */
NODISCARD enum err store_chunks(struct store *s, struct chunk_info **out, size_t *n,
                                struct error *err);

/*
 * Columns of one chunk, decoded: cols[c][0..rows) for each c in mask (bit c), CALL_MISSING where a
 * value is missing; arrays have room for CHUNK_ROWS. From the column blobs, or from the rows where the
 * blobs are missing. Rows are in order of call_id. Thread-safe: it locks the connection while it
 * fetches and decodes outside the lock.
 */
NODISCARD enum err store_read_columns(struct store *s, const struct chunk_info *chunk,
                                      uint64_t mask, int64_t *const cols[C_COUNT],
                                      struct error *err);

/* Columns of one chunk as they are stored. Zeroed storage is empty; its room is used again for the
 * next chunk. */
struct stored_columns {
    int64_t number, rows; /* of the chunk; rows 0: of none */
    uint64_t asked;       /* columns that were fetched, */
    uint64_t known;       /* and those of them that hold values: the others are all missing */
    bool plain;           /* from the rows: 8 bytes a value */
    unsigned char *p[C_COUNT];
    size_t size[C_COUNT];
    struct chunk_reader *readers; /* by column */
};

/*
 * Fetches columns of one chunk, beside those of it that out holds already, and goes to its first
 * row. Then stored_columns_read() decodes rows [first, first + n) in pieces: those of a few thousand
 * rows stay in the processor's cache. Pieces of a column follow one another, gaps allowed. Thread-safe and with the errors of store_read_columns(); after one out is empty.
 */
NODISCARD enum err store_fetch_columns(struct store *s, const struct chunk_info *chunk,
                                       uint64_t mask, struct stored_columns *out,
                                       struct error *err);
void stored_columns_read(struct stored_columns *c, uint64_t mask, size_t first, size_t n,
                         int64_t *const cols[C_COUNT]);

/* All rows of a fetched column have one value, *out (CALL_MISSING included), and it is known without
 * looking at them. */
bool stored_columns_constant(const struct stored_columns *c, int column, int64_t *out);

void stored_columns_release(struct stored_columns *c);

/* Number of the call in row `place` of the chunk's columns. One or two seeks, but O(place) where
 * somebody deleted rows of the chunk. */
NODISCARD enum err store_call_at(struct store *s, const struct chunk_info *chunk, int64_t place,
                                 int64_t *call_id, struct error *err);

/* Ends the read transaction. */
void store_read_done(struct store *s);

/* For answers that read several times: all that is read until store_thaw() is of one moment,
 * whatever others write meanwhile. Not for who writes. */
NODISCARD enum err store_freeze(struct store *s, struct error *err);
void store_thaw(struct store *s); /* also one that is not frozen */

/* ---- sources ------------------------------------------------------------------------------ */

/* One input as far as it has been read. `lineage` is shared by a file and what came after it at
 * the same path (rotation, truncation); a copy has its own lineage that begins with the first
 * copy_line lines of copy_of. */
struct source_state {
    int64_t id; /* from 1, given out by the ingest stage */
    const char *path;
    uint64_t dev, ino;
    int64_t size_bytes, mtime_ns;
    struct hash128 head;
    int64_t offset, lines;
    struct hash128 prefix, tail;
    int64_t lineage;
    int64_t copy_of, copy_line; /* 0, 0: no copy */
    bool complete; /* nothing was left unread at offset when it was last seen */
    /* Of its calls only a share was kept, in the lines from first_line on that this run has read. Not
     * loaded; rate_ppb 0: all were. */
    struct {
        int64_t rate_ppb, first_line;
        int64_t kept, left_out; /* records of calls */
    } sample;
};

/* All sources by id; the array and the paths live in the arena. */
NODISCARD enum err store_sources(struct store *s, struct arena *a, struct source_state **out,
                                 size_t *n, struct error *err);

/* ---- settings ----------------------------------------------------------------------------- */

/* Value of table setting, into out ("" when there is none, cut to size); and its writing, in a
 * transaction of its own where none is open. */
NODISCARD enum err store_setting(struct store *s, const char *name, char *out, size_t size,
                                 struct error *err);
NODISCARD enum err store_set_setting(struct store *s, const char *name, const char *value,
                                     struct error *err);

/* ---- sampling ----------------------------------------------------------------------------- */

/* Calls that were left out when logs were read; all 0 where all were kept. */
struct store_sampling {
    int64_t kept, left_out;         /* records of calls in what was sampled */
    int64_t least_ppb, most_ppb; /* the smallest and the largest share */
};
NODISCARD enum err store_sampling(struct store *s, struct store_sampling *out, struct error *err);

/* ---- counts ------------------------------------------------------------------------------- */

struct store_counts {
    int64_t calls, spans, tool_calls, branch_decisions, scores, scores_waiting, quarantined;
};
NODISCARD enum err store_count(struct store *s, struct store_counts *out, struct error *err);

/* One of them alone; the calls are counted by reading through all chunks, spans row by row. */
NODISCARD enum err store_count_quarantined(struct store *s, int64_t *out, struct error *err);

/* ---- quarantine --------------------------------------------------------------------------- */

struct quarantine_row {
    int64_t id;
    struct sv path, reason, field;
    int64_t line, offset, length;
    struct sv sha256; /* 64 hex digits */
    int64_t source;   /* id of its source */
};

/* Rows with from_id <= id, ascending, to visit; texts borrowed for the call. */
NODISCARD enum err store_quarantine(struct store *s, int64_t from_id,
                                    enum err (*visit)(void *ctx, const struct quarantine_row *row),
                                    void *ctx, struct error *err);

/* Removes quarantine rows (id 0: all); *removed: how many. */
NODISCARD enum err store_quarantine_drop(struct store *s, int64_t id, int64_t *removed,
                                         struct error *err);

#endif
