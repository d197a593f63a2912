/* call_items: see the header. */
#include "query/call_items.h"

#include <stdlib.h>
#include "store/scores.h"
#include "base/banned.h"

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for what stands beside the calls");
}

bool call_items_add(struct call_items *items, int64_t call_id, int64_t value)
{
    if (items->n == items->cap) {
        size_t cap = items->cap ? items->cap * 2 : 1024, size;
        struct call_item *bigger =
            __builtin_mul_overflow(cap, sizeof(*bigger), &size) ? NULL : realloc(items->v, size);

        if (!bigger)
            return false;
        items->v = bigger;
        items->cap = cap;
    }
    items->v[items->n++] = (struct call_item){call_id, -1, value};
    return true;
}

void call_items_release(struct call_items *items)
{
    free(items->v);
    *items = (struct call_items){0};
}

static int compare_items(const void *a, const void *b)
{
    const struct call_item *x = a, *y = b;

    if (x->call_id != y->call_id)
        return x->call_id < y->call_id ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

/* One item for each call. */
static void merge_items(struct call_items *items,
                        int64_t (*merge)(const struct call_item *v, size_t n))
{
    size_t kept = 0;

    for (size_t i = 0, next; i < items->n; i = next) {
        for (next = i + 1; next < items->n && items->v[next].call_id == items->v[i].call_id;)
            next++;
        items->v[kept] = items->v[i];
        if (merge && next - i > 1)
            items->v[kept].value = merge(&items->v[i], next - i);
        kept++;
    }
    items->n = kept;
}

static size_t first_of_call(const struct call_items *items, int64_t call_id)
{
    size_t low = 0, n = items->n;

    while (n) {
        size_t half = n / 2;

        if (items->v[low + half].call_id < call_id) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

static enum err place_in_chunk(struct call_items *items, struct store *s,
                               const struct chunk_info *chunk, int64_t *room, struct error *err)
{
    size_t from = first_of_call(items, chunk->number * CHUNK_ROWS + 1);
    size_t n = first_of_call(items, (chunk->number + 1) * CHUNK_ROWS + 1) - from;
    enum err rc;

    for (size_t i = 0; i < n; i++)
        room[i] = items->v[from + i].call_id;
    rc = n ? store_call_places(s, chunk, room, n, err) : OK;
    for (size_t i = 0; i < n && !rc; i++)
        items->v[from + i].place = room[i];
    return rc;
}

enum err call_items_place(struct call_items *items, struct store *s,
                          int64_t (*merge)(const struct call_item *v, size_t n), struct error *err)
{
    struct chunk_info *chunks = NULL;
    int64_t *room = malloc(CHUNK_ROWS * sizeof(*room));
    size_t n = 0;
    enum err rc = room ? store_chunks(s, &chunks, &n, err) : no_memory(err);

    if (items->n)
        qsort(items->v, items->n, sizeof(*items->v), compare_items);
    merge_items(items, merge);
    for (size_t c = 0; c < n && !rc; c++)
        rc = place_in_chunk(items, s, &chunks[c], room, err);
    free(chunks);
    free(room);
    return rc;
}

/* ---- facts -------------------------------------------------------------------------------- */

/* Added in order of the values, so that the sum is the same on every machine. */
static int64_t mean_of(const struct call_item *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += key_to_real(v[i].value);
    return real_to_key(sum / (double)n);
}

static int64_t largest_of(const struct call_item *v, size_t n)
{
    return v[n - 1].value;
}

static bool add_fact(void *ctx, int64_t call_id, double value)
{
    return call_items_add(ctx, call_id, real_to_key(value));
}

enum err call_items_load(struct call_items *items, struct store *s, enum fact_kind kind,
                         int64_t name, struct error *err)
{
    return store_each_fact(s, kind, name, add_fact, items, err);
}

enum err call_items_done(struct call_items *items, struct store *s, enum fact_kind kind,
                         struct error *err)
{
    return call_items_place(items, s, kind == FACT_SCORE ? mean_of : largest_of, err);
}

void call_items_slice(const struct call_items *items, const struct slice *slice, int64_t *out)
{
    int64_t first = slice->chunk->number * CHUNK_ROWS + 1;

    for (int64_t i = 0; i < slice->rows; i++)
        out[i] = CALL_MISSING;
    /* A row's place is at most its call's number: where rows are gone, those behind moved up. */
    for (size_t i = first_of_call(items, first + slice->first);
         i < items->n && items->v[i].call_id < first + CHUNK_ROWS; i++) {
        int64_t place = items->v[i].place - slice->first;

        if (place >= slice->rows)
            break;
        if (place >= 0)
            out[place] = items->v[i].value;
    }
}
