/* open_chunk: the columns of the chunk that calls are being added to, in memory. */
#ifndef LLMOBS_STORE_OPEN_CHUNK_H
#define LLMOBS_STORE_OPEN_CHUNK_H

#include "store/merge.h"

/* What chunks hold: all but what no report reads. */
#define CHUNK_COLUMNS                                                                              \
    ((CALL_BIT(C_COUNT) - 1) &                                                                     \
     ~(CALL_BIT(C_SOURCE_ID) | CALL_BIT(C_SOURCE_LINE) | CALL_BIT(C_INHERITED)))

/* Zeroed storage is an empty chunk 0. A column has memory (512 KiB) once a value of it occurred. */
struct open_chunk {
    int64_t number;
    size_t rows;
    bool lost;  /* rows of this chunk are not here: nothing is kept until the next one begins */
    bool dirty; /* differs from what was last written */
    int64_t deleted; /* number + 1 of the last written chunk that was deleted, 0: none */
    int64_t *cols[C_COUNT];
};

/* Begins behind call last_id, with what the store has of its chunk (`stored`: its info, NULL when
 * it has none). */
NODISCARD enum err open_chunk_load(struct open_chunk *c, struct store *s, int64_t last_id,
                                   const struct chunk_info *stored, struct error *err);

/* Adds the next n calls; a chunk that is full by that is written (inside the caller's transaction)
 * and the next one begins. */
NODISCARD enum err open_chunk_add(struct open_chunk *c, struct store *s, const struct call_row *rows,
                                  size_t n, struct error *err);

/* A stored call has changed: changes it here, or deletes its written chunk. */
NODISCARD enum err open_chunk_change(struct open_chunk *c, struct store *s, int64_t call_id,
                                     const struct call_row *row, struct error *err);

/* Writes what is not written yet. */
NODISCARD enum err open_chunk_write(struct open_chunk *c, struct store *s, struct error *err);

void open_chunk_release(struct open_chunk *c);

#endif
