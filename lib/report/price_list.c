/* price_list: rows of prices as a table. */
#include "report/price_list.h"

#include "base/buf.h"
#include "base/time_text.h"
#include "price/price_tsv.h"
#include "base/banned.h"

static const struct {
    const char *key, *also_key, *title;
    int drop;
} price_heads[PRICE_COUNT] = {
    [PRICE_INPUT] = {"input_usd_per_mtok",          "input_nusd_per_mtok",          "input",      0 },
    [PRICE_OUTPUT] = {"output_usd_per_mtok",         "output_nusd_per_mtok",         "output",     0 },
    [PRICE_CACHE_READ] = {"cache_read_usd_per_mtok",     "cache_read_nusd_per_mtok",     "cache read", 10},
    [PRICE_CACHE_WRITE_5M] = {"cache_write_5m_usd_per_mtok", "cache_write_5m_nusd_per_mtok",
                     "write 5 min",                                                               11},
    [PRICE_CACHE_WRITE_1H] = {"cache_write_1h_usd_per_mtok", "cache_write_1h_nusd_per_mtok",
                     "write 1 h",                                                                 12},
    [PRICE_BATCH_INPUT] = {"batch_input_usd_per_mtok",    "batch_input_nusd_per_mtok",    "batch in",   13},
    [PRICE_BATCH_OUTPUT] = {"batch_output_usd_per_mtok",   "batch_output_nusd_per_mtok",   "batch out",
                     14                                                                             },
    [PRICE_REASONING] = {"reasoning_usd_per_mtok",      "reasoning_nusd_per_mtok",      "reasoning",  15},
    [PRICE_AUDIO_INPUT] = {"audio_input_usd_per_mtok",    "audio_input_nusd_per_mtok",    "audio in",   16},
    [PRICE_AUDIO_OUTPUT] = {"audio_output_usd_per_mtok",   "audio_output_nusd_per_mtok",   "audio out",
                     17                                                                             },
};

enum {
    COLUMN_PROVIDER,
    COLUMN_MODEL,
    COLUMN_ORIGIN,
    COLUMN_SERVICE_TIER,
    COLUMN_PRICES,
    COLUMN_TIERS = COLUMN_PRICES + PRICE_COUNT,
    COLUMN_CONTEXT_WINDOW,
    COLUMN_MAX_OUTPUT,
    COLUMN_FROM,
    COLUMN_UNTIL,
    COLUMN_MATCH,
    COLUMN_SOURCES,
    COLUMN_NOTE,
    COLUMN_COUNT,
};

static const struct {
    const char *key;
    enum unit unit;
    int drop;
} heads[COLUMN_COUNT] = {
    [COLUMN_PROVIDER] = {"provider",       UNIT_NONE,   0 },
    [COLUMN_MODEL] = {"model",          UNIT_NONE,   0 },
    [COLUMN_ORIGIN] = {"origin",         UNIT_NONE,   5 },
    [COLUMN_SERVICE_TIER] = {"service_tier",   UNIT_NONE,   4 },
    [COLUMN_TIERS] = {"tiers",          UNIT_NONE,   20},
    [COLUMN_CONTEXT_WINDOW] = {"context_window", UNIT_TOKENS, 30},
    [COLUMN_MAX_OUTPUT] = {"max_output",     UNIT_TOKENS, 31},
    [COLUMN_FROM] = {"from",           UNIT_NONE,   3 },
    [COLUMN_UNTIL] = {"until",          UNIT_NONE,   2 },
    [COLUMN_MATCH] = {"match",          UNIT_NONE,   40},
    [COLUMN_SOURCES] = {"sources",        UNIT_NONE,   35},
    [COLUMN_NOTE] = {"note",           UNIT_NONE,   34},
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the prices");
}

static enum err add_columns(struct table *t, struct error *err)
{
    for (int c = 0; c < COLUMN_COUNT; c++) {
        bool price = c >= COLUMN_PRICES && c < COLUMN_TIERS;
        int k = c - COLUMN_PRICES;
        struct column *column =
            price ? table_add_column(t, price_heads[k].key, price_heads[k].title, UNIT_NUSD)
                  : table_add_column(t, heads[c].key, heads[c].key, heads[c].unit);

        if (!column)
            return no_memory(err);
        column->also_key = price ? price_heads[k].also_key : NULL;
        column->drop = price ? price_heads[k].drop : heads[c].drop;
        column->dimension = c == COLUMN_PROVIDER || c == COLUMN_MODEL;
        column->in_data = true;
    }
    return OK;
}

static struct cell text_cell(struct table *t, struct sv text)
{
    return cell_text(text.n ? arena_copy(&t->arena, text) : SV_NONE);
}

static struct cell maybe_cell(struct maybe_i64 x)
{
    return x.known ? cell_int(x.v) : (struct cell){0};
}

/* Midnights as dates, as they are written in tables of prices. */
static struct cell day_cell(struct table *t, struct maybe_i64 us)
{
    char text[40];
    size_t n;

    if (!us.known)
        return (struct cell){0};
    n = time_format_utc(us.v, text);
    if (us.v % US_PER_DAY == 0)
        n = strlen("2026-11-16");
    return text_cell(t, (struct sv){text, n});
}

static void fill(struct table *t, const struct price_row *row, struct cell *cells)
{
    struct buf tiers = {0};

    price_format_tiers(row, &tiers);
    cells[COLUMN_PROVIDER] = text_cell(t, row->provider);
    cells[COLUMN_MODEL] = text_cell(t, row->model);
    cells[COLUMN_ORIGIN] = cell_text(sv_from(price_origin_names[row->origin]));
    cells[COLUMN_SERVICE_TIER] = text_cell(t, row->service_tier);
    for (int k = 0; k < PRICE_COUNT; k++)
        cells[COLUMN_PRICES + k] = maybe_cell(row->price[k]);
    cells[COLUMN_TIERS] = text_cell(t, (struct sv){tiers.p, tiers.n});
    cells[COLUMN_CONTEXT_WINDOW] = maybe_cell(row->context_window);
    cells[COLUMN_MAX_OUTPUT] = maybe_cell(row->max_output);
    cells[COLUMN_FROM] = day_cell(t, row->from_us);
    cells[COLUMN_UNTIL] = day_cell(t, row->until_us);
    cells[COLUMN_MATCH] = text_cell(t, row->match);
    cells[COLUMN_SOURCES] = text_cell(t, row->sources);
    cells[COLUMN_NOTE] = text_cell(t, row->note);
    buf_release(&tiers);
}

enum err price_list_table(const struct price_row *const *rows, size_t n, struct table *out,
                          struct error *err)
{
    enum err rc = add_columns(out, err);

    for (size_t i = 0; i < n && !rc; i++) {
        struct row *row = table_add_row(out);

        if (!row)
            return no_memory(err);
        fill(out, rows[i], row->cells);
        for (int c = 0; c < COLUMN_COUNT; c++)
            out->columns[c].in_text |= row->cells[c].type != CELL_MISSING;
    }
    return rc;
}
