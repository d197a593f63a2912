/* open_chunk: the columns of the chunk that calls are being added to, in memory. */
#include "store/open_chunk.h"

#include <stdlib.h>
#include "store/store_internal.h"

#include "base/banned.h"

static bool all_missing(const int64_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != CALL_MISSING)
            return false;
    return true;
}

static enum err out_of_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the columns of a chunk");
}

enum err open_chunk_load(struct open_chunk *c, struct store *s, int64_t last_id,
                         const struct chunk_info *stored, struct error *err)
{
    c->number = last_id / CHUNK_ROWS;
    c->rows = (size_t)(last_id % CHUNK_ROWS);
    if (!c->rows)
        return OK;
    /* Rows that somebody deleted by hand leave gaps: the places in the columns are no ids then. */
    if (!stored || stored->number != c->number || stored->rows != (int64_t)c->rows) {
        c->lost = true;
        return OK;
    }
    enum err rc = OK;
    int64_t *column = NULL; /* kept where it has values */
    for (int i = 0; !rc && i < C_COUNT; i++) {
        if (!(CHUNK_COLUMNS >> i & 1))
            continue;
        if (!column && !(column = store_column_new()))
            return out_of_memory(err);
        c->cols[i] = column;
        rc = store_read_columns(s, stored, CALL_BIT(i), c->cols, err);
        if (!rc && !all_missing(column, c->rows))
            column = NULL;
        else
            c->cols[i] = NULL;
    }
    free(column);
    return rc;
}

enum { PUT_ROWS = 64 }; /* at a time: so many stay in the nearest cache while each column is filled */

/* Memory for the columns of which a row knows a value. */
static enum err add_columns(struct open_chunk *c, const struct call_row *rows, size_t n,
                            struct error *err)
{
    uint64_t known = 0;

    for (size_t i = 0; i < n; i++)
        known |= rows[i].known;
    for (uint64_t left = known & CHUNK_COLUMNS; left; left &= left - 1) {
        int i = __builtin_ctzll(left);
        if (!c->cols[i] && !(c->cols[i] = store_column_new()))
            return out_of_memory(err);
    }
    return OK;
}

/* Puts rows into the places from `at` on, in all columns. */
static enum err put(struct open_chunk *c, size_t at, const struct call_row *rows, size_t n,
                    struct error *err)
{
    enum err rc = add_columns(c, rows, n, err);

    for (size_t first = 0, end; !rc && first < n; first = end) {
        end = n - first < PUT_ROWS ? n : first + PUT_ROWS;
        for (int col = 0; col < C_COUNT; col++) {
            int64_t *to = c->cols[col];

            for (size_t i = first; to && i < end; i++)
                to[at + i] = call_row_has(&rows[i], col) ? rows[i].v[col] : CALL_MISSING;
        }
    }
    c->dirty = true;
    return rc;
}

static void begin_next(struct open_chunk *c)
{
    c->number++;
    c->rows = 0;
    c->lost = false;
    c->dirty = false;
}

/* What was written of a chunk is stale. Changes often come several to a chunk. */
static enum err delete_written(struct open_chunk *c, struct store *s, int64_t number,
                               struct error *err)
{
    if (c->deleted == number + 1)
        return OK;
    c->deleted = number + 1;
    return store_delete_chunk(s, number, err);
}

enum err open_chunk_add(struct open_chunk *c, struct store *s, const struct call_row *rows,
                        size_t n, struct error *err)
{
    enum err rc = OK;

    for (size_t done = 0, part; !rc && done < n; done += part) {
        part = n - done < CHUNK_ROWS - c->rows ? n - done : CHUNK_ROWS - c->rows;
        rc = c->lost ? delete_written(c, s, c->number, err)
                     : put(c, c->rows, rows + done, part, err);
        c->rows += part;
        if (rc || c->rows < CHUNK_ROWS)
            continue;
        rc = open_chunk_write(c, s, err);
        if (!rc)
            begin_next(c);
    }
    return rc;
}

enum err open_chunk_change(struct open_chunk *c, struct store *s, int64_t call_id,
                           const struct call_row *row, struct error *err)
{
    int64_t number = (call_id - 1) / CHUNK_ROWS;
    size_t at = (size_t)((call_id - 1) % CHUNK_ROWS);

    if (number != c->number || c->lost)
        return delete_written(c, s, number, err);
    return put(c, at, row, 1, err);
}

enum err open_chunk_write(struct open_chunk *c, struct store *s, struct error *err)
{
    if (c->lost || !c->dirty)
        return OK;
    c->dirty = false;
    return store_write_chunk(s, c->number, c->rows, c->cols, err);
}

void open_chunk_release(struct open_chunk *c)
{
    for (int i = 0; i < C_COUNT; i++)
        free(c->cols[i]);
    *c = (struct open_chunk){0};
}
