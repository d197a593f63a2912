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

    if (decimal_scaled(text, 9, &v) || v < 0 || v > PRICE_MAX)
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
        row->n_tiers++;
    }
    return true;
}

static bool parse_day(struct sv text, struct maybe_i64 *out)
{
    *out = (struct maybe_i64){0};
    out->known = text.n && time_parse(text, &out->v, NULL) == OK;
    return out->known || !text.n;
}

static bool parse_tokens(struct sv text, struct maybe_i64 *out)
{
    *out = (struct maybe_i64){0};
    out->known = text.n && decimal_scaled(text, 0, &out->v) == OK && out->v >= 0;
    return out->known || !text.n;
}

static bool take_text(struct sv text, struct sv *out)
{
    *out = text.n ? text : SV_NONE;
    return true;
}

/* Puts a cell where it belongs. False when it cannot be read or the column is unknown. */
static bool take_cell(struct price_row *row, struct sv column, struct sv cell)
{
    for (int k = 0; k < PRICE_COUNT; k++)
        if (sv_is(column, price_kind_names[k]))
            return parse_maybe(cell, &row->price[k]);
    if (sv_is(column, "provider"))
        return take_text(cell, &row->provider);
    if (sv_is(column, "model"))
        return take_text(cell, &row->model);
    if (sv_is(column, "match"))
        return take_text(cell, &row->match);
    if (sv_is(column, "service_tier"))
        return take_text(cell, &row->service_tier);
    if (sv_is(column, "sources"))
        return take_text(cell, &row->sources);
    if (sv_is(column, "note"))
        return take_text(cell, &row->note);
    if (sv_is(column, "named_only")) {
        row->named_only = sv_is(cell, "yes");
        return row->named_only || !cell.n;
    }
    if (sv_is(column, "mode")) {
        row->embedding = sv_is(cell, "embedding");
        return row->embedding || sv_is(cell, "chat");
    }
    if (sv_is(column, "tiers"))
        return price_parse_tiers(cell, row);
    if (sv_is(column, "context_window"))
        return parse_tokens(cell, &row->context_window);
    if (sv_is(column, "max_output"))
        return parse_tokens(cell, &row->max_output);
    if (sv_is(column, "from"))
        return parse_day(cell, &row->from_us);
    return sv_is(column, "until") && parse_day(cell, &row->until_us);
}

static enum err read_row(struct sv line, int64_t number, const struct sv *columns, size_t n,
                         struct price_row *row, struct error *err)
{
    *row = (struct price_row){.origin = PRICE_BUILT_IN};
    for (size_t i = 0; i < n; i++) {
        struct sv cell = cut(&line, '\t');

        if (!take_cell(row, columns[i], cell))
            return error_set(err, ERR_PARSE, "line %lld: %.*s: cannot be '%.*s'", (long long)number,
                             SV_FMT(columns[i]), SV_FMT(cell));
    }
    return OK;
}

enum err price_tsv_read(struct sv text,
                        enum err (*visit)(void *ctx, const struct price_row *row,
                                          struct error *err),
                        void *ctx, struct error *err)
{
    struct sv columns[COLUMNS_MAX];
    struct price_row row;
    size_t n = 0;
    enum err rc = OK;

    for (int64_t number = 1; text.n && !rc; number++) {
        struct sv line = cut(&text, '\n');

        if (!line.n || line.p[0] == '#')
            continue;
        if (!n) {
            while (line.n && n < COLUMNS_MAX)
                columns[n++] = cut(&line, '\t');
            continue;
        }
        rc = read_row(line, number, columns, n, &row, err);
        if (!rc)
            rc = visit(ctx, &row, err);
    }
    return rc;
}
