/* call_places: see the header. */
#include "query/call_places.h"

#include <stdlib.h>
#include <string.h>
#include "store/scores.h"
#include "base/banned.h"

struct numbers {
    char *first;
    size_t stride, n;
};

static uint32_t *number(const struct numbers *x, size_t i)
{
    return (uint32_t *)(void *)(x->first + i * x->stride);
}

/* Those of [from, end), which are in this chunk. */
static enum err place_in(struct store *s, const struct chunk_info *chunk, const struct numbers *x,
                         size_t from, size_t end, struct error *err)
{
    int64_t *calls = malloc((end - from + 1) * sizeof(*calls));
    enum err rc = calls ? OK : error_set(err, ERR_NOMEM, "out of memory for places of calls");

    for (size_t i = from; i < end && !rc; i++)
        calls[i - from] = (int64_t)*number(x, i) + 1;
    if (!rc)
        rc = store_call_places(s, chunk, calls, end - from, err);
    for (size_t i = from; i < end && !rc; i++)
        *number(x, i) = calls[i - from] < 0
                            ? CALL_GONE
                            : (uint32_t)(chunk->number * CHUNK_ROWS + calls[i - from]);
    free(calls);
    return rc;
}

enum err call_places(struct store *s, uint32_t *first, size_t stride, size_t n, struct error *err)
{
    const struct numbers x = {(char *)first, stride, n};
    struct chunk_info *chunks = NULL;
    size_t n_chunks = 0, i = 0;
    enum err rc = n ? store_chunks(s, &chunks, &n_chunks, err) : OK;

    for (size_t k = 0; k < n_chunks && !rc; k++) {
        size_t from;

        for (; i < n && *number(&x, i) / CHUNK_ROWS < chunks[k].number; i++)
            *number(&x, i) = CALL_GONE;
        from = i;
        while (i < n && *number(&x, i) / CHUNK_ROWS == chunks[k].number)
            i++;
        if (i > from)
            rc = place_in(s, &chunks[k], &x, from, i, err);
    }
    for (; i < n; i++)
        *number(&x, i) = CALL_GONE;
    free(chunks);
    return rc;
}

size_t call_places_before(const uint32_t *first, size_t stride, size_t n, int64_t place)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t at;

        memcpy(&at, (const char *)first + middle * stride, sizeof(at));
        if (at < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
