/* writer_prices: what the calls that are being written cost. */
#include "store/writer_internal.h"

#include "base/banned.h"

/* The stored form of a row of the book, stored when it prices its first call. */
static enum err price_id(struct writer *w, const struct price_row *row, int64_t *id,
                         struct error *err)
{
    uint64_t key = (uint64_t)(uintptr_t)row;
    enum err rc;

    *id = keyset_find(&w->price_ids, key);
    if (*id)
        return OK;
    rc = store_price_put(w->store, row, false, id, err);
    if (!rc && (*id > UINT32_MAX || !keyset_put(&w->price_ids, key, (uint32_t)*id)))
        rc = error_set(err, ERR_NOMEM, "out of memory for the prices");
    return rc;
}

enum err writer_price(struct writer *w, struct call_row *row, struct error *err)
{
    int64_t values[C_COUNT], id;
    struct priced priced;
    enum err rc;

    row->known &= ~(CALL_BIT(C_COST_COMPUTED_NUSD) | CALL_BIT(C_PRICE_ID));
    if (!w->prices)
        return OK;
    for (uint64_t left = PRICING_COLUMNS; left; left &= left - 1) {
        int c = __builtin_ctzll(left);

        values[c] = call_row_has(row, c) ? row->v[c] : CALL_MISSING;
    }
    rc = pricing_call(&w->pricing, values, &priced, err);
    if (rc || priced.lack)
        return rc;
    rc = price_id(w, priced.row, &id, err);
    if (rc)
        return rc;
    call_row_set(row, C_COST_COMPUTED_NUSD, priced.cost_nusd);
    call_row_set(row, C_PRICE_ID, id);
    return OK;
}
