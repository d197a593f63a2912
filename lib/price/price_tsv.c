/* price_tsv: rows of cells between tabs; the first row names them. */
#include "price/price_tsv.h"

#include "base/time_text.h"
#include "tsv.h"
#include "base/banned.h"

enum { COLUMNS_MAX = 32 };

struct sv price_tsv_built_in(void)
{
    return sv_from((const char *)tsv_prices);
}

/* The text up to the next `end`, which is passed, or to the end. */
static struct sv cut(struct sv *rest, char end)
{
    const char *at = rest->n ? memchr(rest->p, end, rest->n) : NULL;
    size_t n = at ? (size_t)(at - rest->p) : rest->n;
    struct sv piece = {rest->p, n};

    rest->p += n + (at != NULL);
    rest->n -= n + (at != NULL);
    return piece;
}

struct sv price_tsv_head(struct sv text, const char *key)
{
    while (text.n && text.p[0] == '#') {
        struct sv line = cut(&text, '\n');
        struct sv name;

        cut(&line, ' ');
        name = cut(&line, ':');
        if (sv_is(name, key))
            return sv_trim(line);
    }
    return SV_NONE;
}

bool price_parse(struct sv text, int64_t *nusd_per_mtok)
{
    int64_t v;

    if (decimal_exact(text, 9, &v) || v < 0 || v > PRICE_MAX)
        return false;
    *nusd_per_mtok = v;
    return true;
}

static bool parse_maybe(struct sv text, struct maybe_i64 *out)
{
    *out = (struct maybe_i64){0};
    out->known = text.n && price_parse(text, &out->v);
    return out->known || !text.n;
}

bool price_parse_tiers(struct sv text, struct price_row *row)
{
    row->n_tiers = 0;
    while (text.n) {
        struct sv tier = cut(&text, ';'), above = cut(&tier, ' ');
        struct price_tier *t = &row->tiers[row->n_tiers];

        if (row->n_tiers == PRICE_TIERS_MAX || decimal_scaled(above, 0, &t->above_tokens))
            return false;
        for (int k = 0; k < PRICE_TIERED; k++)
            if (!parse_maybe(cut(&tier, '/'), &t->price[k]))
                return false;
        if (!t->price[PRICE_INPUT].known || tier.n)
            return false;
        row->n_tiers++;
    }
    return true;
}

void price_format_tiers(const struct price_row *row, struct buf *out)
{
    for (size_t i = 0; i < row->n_tiers; i++) {
        buf_printf(out, "%s%lld ", i ? ";" : "", (long long)row->tiers[i].above_tokens);
        for (int k = 0; k < PRICE_TIERED; k++) {
            char text[32] = "";

            if (row->tiers[i].price[k].known)
                money_format(row->tiers[i].price[k].v, text);
            buf_printf(out, "%s%s", k ? "/" : "", text);
        }
    }
}

/* Each puts a cell where it belongs, false when it cannot be read. */
static bool take_price(struct price_row *row, enum price_kind kind, struct sv cell)
{
    return parse_maybe(cell, &row->price[kind]);
}

static bool take_text(struct sv *into, struct sv cell)
{
    *into = cell.n ? cell : SV_NONE;
    return true;
}

static bool take_tokens(struct maybe_i64 *into, struct sv cell)
{
    into->known = cell.n && decimal_scaled(cell, 0, &into->v) == OK && into->v >= 0;
    return into->known || !cell.n;
}

static bool take_day(struct maybe_i64 *into, struct sv cell)
{
    into->known = cell.n && time_parse(cell, &into->v, NULL) == OK;
    return into->known || !cell.n;
}

static bool take_word(bool *into, const char *yes, const char *no, struct sv cell)
{
    *into = sv_is(cell, yes);
    return *into || sv_is(cell, no);
}

enum column {
    COLUMN_PROVIDER = PRICE_COUNT, /* those before are the prices */
    COLUMN_MODEL,
    COLUMN_MATCH,
    COLUMN_NAMED_ONLY,
    COLUMN_MODE,
    COLUMN_SERVICE_TIER,
    COLUMN_TIERS,
    COLUMN_CONTEXT_WINDOW,
    COLUMN_MAX_OUTPUT,
    COLUMN_FROM,
    COLUMN_UNTIL,
    COLUMN_SOURCES,
    COLUMN_NOTE,
    COLUMN_END,
};

static const char *const other_columns[COLUMN_END] = {
    [COLUMN_PROVIDER] = "provider",
    [COLUMN_MODEL] = "model",
    [COLUMN_MATCH] = "match",
    [COLUMN_NAMED_ONLY] = "named_only",
    [COLUMN_MODE] = "mode",
    [COLUMN_SERVICE_TIER] = "service_tier",
    [COLUMN_TIERS] = "tiers",
    [COLUMN_CONTEXT_WINDOW] = "context_window",
    [COLUMN_MAX_OUTPUT] = "max_output",
    [COLUMN_FROM] = "from",
    [COLUMN_UNTIL] = "until",
    [COLUMN_SOURCES] = "sources",
    [COLUMN_NOTE] = "note",
};

static int column_of(struct sv name)
{
    int c = 0;

    while (c < COLUMN_END && !sv_is(name, c < PRICE_COUNT ? price_kind_names[c] : other_columns[c]))
        c++;
    return c;
}

static bool take_cell(struct price_row *row, int column, struct sv cell)
{
    switch (column) {
    case COLUMN_PROVIDER:
        return take_text(&row->provider, cell);
    case COLUMN_MODEL:
        return take_text(&row->model, cell);
    case COLUMN_MATCH:
        return take_text(&row->match, cell);
    case COLUMN_NAMED_ONLY:
        return take_word(&row->named_only, "yes", "", cell);
    case COLUMN_MODE:
        return take_word(&row->embedding, "embedding", "chat", cell);
    case COLUMN_SERVICE_TIER:
        return take_text(&row->service_tier, cell);
    case COLUMN_TIERS:
        return price_parse_tiers(cell, row);
    case COLUMN_CONTEXT_WINDOW:
        return take_tokens(&row->context_window, cell);
    case COLUMN_MAX_OUTPUT:
        return take_tokens(&row->max_output, cell);
    case COLUMN_FROM:
        return take_day(&row->from_us, cell);
    case COLUMN_UNTIL:
        return take_day(&row->until_us, cell);
    case COLUMN_SOURCES:
        return take_text(&row->sources, cell);
    case COLUMN_NOTE:
        return take_text(&row->note, cell);
    default:
        return take_price(row, (enum price_kind)column, cell);
    }
}

struct heads {
    int columns[COLUMNS_MAX];
    size_t n;
};

static enum err read_heads(struct sv line, int64_t number, struct heads *h, struct error *err)
{
    while (line.n) {
        struct sv name = cut(&line, '\t');
        int column = column_of(name);

        if (column == COLUMN_END || h->n == COLUMNS_MAX)
            return error_set(err, ERR_PARSE, "line %lld: unknown column '%.*s'", (long long)number,
                             SV_FMT(name));
        h->columns[h->n++] = column;
    }
    return OK;
}

static enum err read_row(struct sv line, int64_t number, const struct heads *h,
                         struct price_row *row, struct error *err)
{
    *row = (struct price_row){.origin = PRICE_BUILT_IN};
    for (size_t i = 0; i < h->n; i++) {
        struct sv cell = cut(&line, '\t');
        int c = h->columns[i];

        if (!take_cell(row, c, cell))
            return error_set(err, ERR_PARSE, "line %lld: %s: cannot be '%.*s'", (long long)number,
                             c < PRICE_COUNT ? price_kind_names[c] : other_columns[c],
                             SV_FMT(cell));
    }
    return OK;
}

enum err price_tsv_read(struct sv text,
                        enum err (*visit)(void *ctx, const struct price_row *row,
                                          struct error *err),
                        void *ctx, struct error *err)
{
    struct heads heads = {.n = 0};
    struct price_row row;
    enum err rc = OK;

    for (int64_t number = 1; text.n && !rc; number++) {
        struct sv line = cut(&text, '\n');

        if (!line.n || line.p[0] == '#')
            continue;
        if (!heads.n) {
            rc = read_heads(line, number, &heads, err);
            continue;
        }
        rc = read_row(line, number, &heads, &row, err);
        if (!rc)
            rc = visit(ctx, &row, err);
    }
    return rc;
}
