/* strict: see the header. */
#include "report/strict.h"

#include <stdatomic.h>
#include <stdlib.h>
#include "base/banned.h"

/* Sets the flag when a counted call has no cost although there was something to pay for. */
static bool find_unpriced(void *ctx, const struct slice *slice)
{
    atomic_bool *found = ctx;
    int64_t *room = malloc(CHUNK_ROWS * sizeof(*room));
    const int64_t *cost;

    if (!room)
        return false;
    cost = call_values(V_COST_NUSD, COST_OF_LOG_OR_PRICES, slice->cols, slice->rows, room);
    for (int64_t i = 0; i < slice->rows; i++)
        if (slice->group[i] != SCAN_OUT && cost[i] == CALL_MISSING && call_unpriced(slice->cols, i))
            atomic_store(found, true);
    free(room);
    return true;
}

enum err strict_check(struct store *s, const struct scan_spec *calls, bool *lacking,
                      struct error *err)
{
    struct scan_spec spec = *calls;
    int64_t quarantined = 0;
    struct scan *scan = NULL;
    atomic_bool unpriced = false;
    enum err rc = store_count_quarantined(s, &quarantined, err);

    spec.n_by = 0;
    if (!rc)
        rc = scan_open(s, &spec, &scan, err);
    if (!rc)
        rc = scan_walk(scan, call_value_columns(V_COST_NUSD) | UNPRICED_COLUMNS, find_unpriced,
                       &unpriced, err);
    scan_close(scan);
    if (!rc)
        *lacking = unpriced || quarantined > 0;
    return rc;
}
