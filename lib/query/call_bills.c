/* call_bills: the itemised bills of stored calls, by the price rows that they were priced by. */
#include "query/call_bills.h"

#include <stdlib.h>
#include "base/banned.h"

struct call_bills {
    struct store *store;
    struct arena arena;
    struct price_row **rows; /* by price_id; NULL: none */
    size_t n;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the prices");
}

/* Texts are borrowed; those that nobody asks a bill for are let go. */
static enum err keep(void *ctx, int64_t id, bool active, const struct price_row *row,
                     struct error *err)
{
    struct call_bills *b = ctx;

    (void)active;
    if (id < 0 || id > UINT32_MAX)
        return OK;
    if ((size_t)id >= b->n) {
        size_t n = 2 * (size_t)id + 16;
        struct price_row **bigger = realloc(b->rows, n * sizeof(struct price_row *));

        if (!bigger)
            return no_memory(err);
        memset(bigger + b->n, 0, (n - b->n) * sizeof(struct price_row *));
        b->rows = bigger;
        b->n = n;
    }
    b->rows[id] = arena_alloc(&b->arena, sizeof(*row));
    if (!b->rows[id])
        return no_memory(err);
    *b->rows[id] = *row;
    b->rows[id]->match = b->rows[id]->sources = b->rows[id]->note = SV_NONE;
    b->rows[id]->model = arena_copy(&b->arena, row->model);
    if (row->provider.n)
        b->rows[id]->provider = arena_copy(&b->arena, row->provider);
    if (row->service_tier.n)
        b->rows[id]->service_tier = arena_copy(&b->arena, row->service_tier);
    return b->rows[id]->model.p ? OK : no_memory(err);
}

enum err call_bills_open(struct store *s, struct call_bills **out, struct error *err)
{
    struct call_bills *b = calloc(1, sizeof(*b));
    enum err rc;

    if (!b)
        return no_memory(err);
    b->store = s;
    rc = store_price_rows(s, keep, b, err);
    if (!rc && store_dimension_count(s, F_TIER, err) < 0)
        rc = err ? err->code : ERR_DB;
    if (!rc) {
        *out = b;
        b = NULL;
    }
    call_bills_close(b);
    return rc;
}

void call_bills_close(struct call_bills *b)
{
    if (!b)
        return;
    arena_release(&b->arena);
    free(b->rows);
    free(b);
}

const struct price_row *call_bills_row(const struct call_bills *b, int64_t price_id)
{
    return price_id >= 0 && (size_t)price_id < b->n ? b->rows[price_id] : NULL;
}

void call_biller_init(struct call_biller *b, const struct call_bills *bills)
{
    b->bills = bills;
    pricing_init(&b->pricing, bills->store, NULL);
}

bool call_bill(struct call_biller *b, const int64_t *const *cols, int64_t i, struct bill *out)
{
    const struct price_row *row = call_bills_row(b->bills, cols[C_PRICE_ID][i]);
    int64_t values[C_COUNT], cost;
    struct price_usage usage;

    if (!row)
        return false;
    for (uint64_t left = PRICING_USAGE_COLUMNS; left; left &= left - 1)
        values[__builtin_ctzll(left)] = cols[__builtin_ctzll(left)][i];
    usage = pricing_usage(&b->pricing, values);
    return price_bill(row, &usage, &cost, out) == PRICED;
}

const int64_t *call_savings(struct call_biller *b, const int64_t *const *cols, int64_t rows,
                            int64_t *room)
{
    struct bill bill;

    for (int64_t i = 0; i < rows; i++) {
        bool cached = cols[F_CACHE_READ_TOKENS][i] > 0 || cols[F_CACHE_WRITE_TOKENS][i] > 0 ||
                      cols[F_CACHE_WRITE_5M_TOKENS][i] > 0 || cols[F_CACHE_WRITE_1H_TOKENS][i] > 0;

        if (!call_bills_row(b->bills, cols[C_PRICE_ID][i]))
            room[i] = CALL_MISSING;
        else if (!cached)
            room[i] = 0;
        else
            room[i] = call_bill(b, cols, i, &bill) ? bill.savings_nusd : CALL_MISSING;
    }
    return room;
}

const int64_t *call_context_use(const struct call_bills *b, const int64_t *const *cols,
                                int64_t rows, int64_t *room)
{
    const int64_t *input = cols[F_INPUT_TOKENS], *price = cols[C_PRICE_ID];

    for (int64_t i = 0; i < rows; i++) {
        const struct price_row *row = call_bills_row(b, price[i]);
        bool known = row && row->context_window.known && row->context_window.v > 0 && input[i] >= 0;

        room[i] = known ? real_to_key((double)input[i] / (double)row->context_window.v)
                        : CALL_MISSING;
    }
    return room;
}
