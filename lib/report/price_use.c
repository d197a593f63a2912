/* price_use: calls and costs by price_id, then the rows themselves. */
#include "report/price_use.h"

#include <stdlib.h>
#include "base/time_text.h"
#include "base/wide.h"
#include "report/head.h"
#include "store/prices.h"
#include "base/banned.h"

struct use {
    int64_t calls;
    i128 cost;
};

struct uses {
    struct use *of; /* by price_id */
    int64_t n;
};

struct run {
    struct uses *threads;
    struct uses total;
    struct table *table;
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the prices in use");
}

static bool grow(struct uses *u, int64_t id)
{
    int64_t n = u->n ? u->n : 64;
    struct use *bigger;

    if (id < u->n)
        return true;
    while (n <= id)
        n *= 2;
    bigger = realloc(u->of, (size_t)n * sizeof(*bigger));
    if (!bigger)
        return false;
    memset(bigger + u->n, 0, (size_t)(n - u->n) * sizeof(*bigger));
    u->of = bigger;
    u->n = n;
    return true;
}

static bool count(void *ctx, const struct slice *slice)
{
    struct uses *u = &((struct run *)ctx)->threads[slice->thread];
    const int64_t *ids = slice->cols[C_PRICE_ID], *costs = slice->cols[C_COST_COMPUTED_NUSD];

    for (int64_t i = 0; i < slice->rows; i++) {
        if (slice->group[i] == SCAN_OUT || ids[i] < 0)
            continue;
        if (ids[i] > UINT32_MAX || !grow(u, ids[i]))
            return false;
        u->of[ids[i]].calls++;
        u->of[ids[i]].cost += costs[i] == CALL_MISSING ? 0 : costs[i];
    }
    return true;
}

static bool add_up(struct run *r, int threads)
{
    for (int t = 0; t < threads; t++)
        for (int64_t id = 0; id < r->threads[t].n; id++) {
            const struct use *from = &r->threads[t].of[id];

            if (!from->calls)
                continue;
            if (!grow(&r->total, id))
                return false;
            r->total.of[id].calls += from->calls;
            r->total.of[id].cost += from->cost;
        }
    return true;
}

/* ---- the table ---------------------------------------------------------------------------- */

enum {
    COLUMN_ID,
    COLUMN_PROVIDER,
    COLUMN_MODEL,
    COLUMN_ORIGIN,
    COLUMN_CALLS,
    COLUMN_COST,
    COLUMN_INPUT,
    COLUMN_OUTPUT,
    COLUMN_FROM,
    COLUMN_UNTIL,
    COLUMN_COUNT,
};

static const struct column heads[COLUMN_COUNT] = {
    [COLUMN_ID] = {.key = "price_id",                  .title = "id", .unit = UNIT_COUNT,     .drop = 9},
    [COLUMN_PROVIDER] = {.key = "provider",                                  .title = "provider",                               .dimension = true},
    [COLUMN_MODEL] = {.key = "model",                                  .title = "model",                                  .dimension = true      },
    [COLUMN_ORIGIN] = {.key = "origin",                                  .title = "origin",                                 .drop = 8},
    [COLUMN_CALLS] = {.key = "calls",                                  .title = "calls",                                  .unit = UNIT_COUNT        },
    [COLUMN_COST] = {.key = "cost_usd",
                   .also_key = "cost_nusd",
                   .title = "cost",
                   .unit = UNIT_NUSD},
    [COLUMN_INPUT] = {.key = "input_usd_per_mtok",
                   .also_key = "input_nusd_per_mtok",
                   .title = "input/M",
                   .unit = UNIT_NUSD},
    [COLUMN_OUTPUT] = {.key = "output_usd_per_mtok",
                   .also_key = "output_nusd_per_mtok",
                   .title = "output/M",
                   .unit = UNIT_NUSD},
    [COLUMN_FROM] = {.key = "from", .title = "from",                               .drop = 6                                                        },
    [COLUMN_UNTIL] = {.key = "until",                      .title = "until",                    .drop = 7  },
};

static enum err add_columns(struct table *t, struct error *err)
{
    for (int c = 0; c < COLUMN_COUNT; c++) {
        struct column *column = table_add_column(t, heads[c].key, heads[c].title, heads[c].unit);

        if (!column)
            return no_memory(err);
        column->also_key = heads[c].also_key;
        column->drop = heads[c].drop;
        column->dimension = heads[c].dimension;
        column->in_text = column->in_data = true;
    }
    return OK;
}

static struct cell text_cell(struct table *t, struct sv text)
{
    return cell_text(text.n ? arena_copy(&t->arena, text) : SV_NONE);
}

static struct cell time_cell(struct table *t, struct maybe_i64 us)
{
    char text[40];

    return us.known ? text_cell(t, (struct sv){text, time_format_utc(us.v, text)})
                    : (struct cell){0};
}

static struct cell maybe_cell(struct maybe_i64 x)
{
    return x.known ? cell_int(x.v) : (struct cell){0};
}

static enum err add_row(void *ctx, int64_t id, bool active, const struct price_row *price,
                        struct error *err)
{
    struct run *r = ctx;
    struct table *t = r->table;
    const struct use *use = id < r->total.n ? &r->total.of[id] : NULL;
    struct row *row;

    (void)active;
    if (!use || !use->calls)
        return OK;
    row = table_add_row(t);
    if (!row)
        return no_memory(err);
    row->cells[COLUMN_ID] = cell_int(id);
    row->cells[COLUMN_PROVIDER] = text_cell(t, price->provider);
    row->cells[COLUMN_MODEL] = text_cell(t, price->model);
    row->cells[COLUMN_ORIGIN] = cell_text(sv_from(price_origin_names[price->origin]));
    row->cells[COLUMN_CALLS] = cell_int(use->calls);
    row->cells[COLUMN_COST] = cell_int(use->cost > INT64_MAX ? INT64_MAX : (int64_t)use->cost);
    row->cells[COLUMN_INPUT] = maybe_cell(price->price[PRICE_INPUT]);
    row->cells[COLUMN_OUTPUT] = maybe_cell(price->price[PRICE_OUTPUT]);
    row->cells[COLUMN_FROM] = time_cell(t, price->from_us);
    row->cells[COLUMN_UNTIL] = time_cell(t, price->until_us);
    return OK;
}

static int dearest_first(const void *pa, const void *pb)
{
    const struct cell *a = ((const struct row *)pa)->cells, *b = ((const struct row *)pb)->cells;

    if (a[COLUMN_COST].i != b[COLUMN_COST].i)
        return a[COLUMN_COST].i < b[COLUMN_COST].i ? 1 : -1;
    return a[COLUMN_ID].i < b[COLUMN_ID].i ? -1 : 1;
}

enum err price_use_run(struct store *s, const struct scan_spec *spec, struct table *out,
                       struct error *err)
{
    struct run r = {.table = out};
    struct scan *scan = NULL;
    int threads = 0;
    enum err rc = scan_open(s, spec, &scan, err);

    if (rc)
        return rc;
    threads = scan_threads(scan);
    r.threads = calloc((size_t)threads, sizeof(*r.threads));
    if (!r.threads)
        rc = no_memory(err);
    if (!rc)
        rc = scan_walk(scan, COLUMN(C_PRICE_ID) | COLUMN(C_COST_COMPUTED_NUSD), count, &r, err);
    if (!rc && !add_up(&r, threads))
        rc = no_memory(err);
    if (!rc)
        rc = add_columns(out, err);
    if (!rc)
        rc = store_price_rows(s, add_row, &r, err);
    if (!rc && out->n_rows)
        qsort(out->rows, out->n_rows, sizeof(*out->rows), dearest_first);
    if (!rc)
        rc = head_fill(out, s, scan_counts(scan), spec, err);
    for (int t = 0; r.threads && t < threads; t++)
        free(r.threads[t].of);
    free(r.threads);
    free(r.total.of);
    scan_close(scan);
    return rc;
}
