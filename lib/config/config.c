/* config: reads configuration files, strictly. */
#include "config/config.h"

#include <stdio.h>

#include "base/suggest.h"
#include "base/time_text.h"
#include "json/document.h"
#include "json/json_pointer.h"

#include "base/banned.h"

typedef const struct cJSON *value;

/* A file being read. */
struct reader {
    const char *file;
    const struct config_names *names;
    struct arena *arena;
    struct error *err;
};

/* ---- complaints --------------------------------------------------------------------------- */

static enum err no_memory(struct error *err)
{
    error_set(err, ERR_NOMEM, "out of memory for the configuration");
    return ERR_NOMEM;
}

/* A place below another: "/prices" and "0" are "/prices/0"; in the arena, NULL: out of memory. */
static const char *below(struct reader *r, const char *where, const char *key)
{
    struct buf text = {0};
    const char *out;

    buf_str(&text, where);
    json_pointer_add_step(&text, sv_from(key));
    out = text.failed ? NULL : arena_copy(r->arena, (struct sv){text.p, text.n + 1}).p;
    buf_release(&text);
    return out;
}

static const char *below_index(struct reader *r, const char *where, size_t i)
{
    char step[24];

    snprintf(step, sizeof(step), "%zu", i);
    return below(r, where, step);
}

/* "FILE: WHERE: expected WHAT, found VALUE" */
static enum err expected(struct reader *r, const char *where, const char *what, value v)
{
    char found[96];

    document_describe(v, found, sizeof(found));
    error_set(r->err, ERR_PARSE, "%s%sexpected %s, found %s", where, *where ? ": " : "", what,
              found);
    return error_at(r->err, r->file, 0);
}

/* "FILE: WHERE: TEXT" */
static enum err wrong(struct reader *r, const char *where, const char *text)
{
    error_set(r->err, ERR_PARSE, "%s: %s", where, text);
    return error_at(r->err, r->file, 0);
}

/* names: NULL at the end */
static enum err unknown_key(struct reader *r, const char *where, const char *key,
                            const char *const *names)
{
    const char *near = suggest(sv_from(key), names);
    const char *at = below(r, where, key);
    struct buf list = {0};

    if (!at)
        return no_memory(r->err);
    for (size_t i = 0; !near && names[i]; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
    if (near)
        error_set(r->err, ERR_PARSE, "%s: unknown key; did you mean \"%s\"?", at, near);
    else
        error_set(r->err, ERR_PARSE, "%s: unknown key; known are %s", at, list.p ? list.p : "");
    buf_release(&list);
    return error_at(r->err, r->file, 0);
}

/* ---- values ------------------------------------------------------------------------------- */

static enum err copy_text(struct reader *r, const char *text, const char **out)
{
    *out = arena_text(r->arena, text);
    return *out ? OK : no_memory(r->err);
}

static enum err read_text(struct reader *r, const char *where, value v, const char **out)
{
    if (document_type(v) != JSON_STRING || !*document_text(v))
        return expected(r, where, "a text", v);
    return copy_text(r, document_text(v), out);
}

/* One text, or a list of them. */
static enum err read_texts(struct reader *r, const char *where, value v, struct config_texts *out)
{
    bool list = document_type(v) == JSON_ARRAY;
    size_t n = list ? document_size(v) : 1, i = 0;
    const char **texts = arena_zalloc(r->arena, n ? n : 1, sizeof(*texts));
    enum err rc = texts ? OK : no_memory(r->err);

    if (!list && document_type(v) != JSON_STRING)
        return expected(r, where, "a text or a list of texts", v);
    for (value e = list ? document_first(v) : v; e && !rc && i < n; e = document_next(e), i++) {
        const char *at = list ? below_index(r, where, i) : where;

        rc = at ? read_text(r, at, e, &texts[i]) : no_memory(r->err);
    }
    if (!rc)
        *out = (struct config_texts){texts, n};
    return rc;
}

/* A decimal number >= 0 with at most so many decimals, times 10 to that; a string may hold it. */
static enum err read_decimal(struct reader *r, const char *where, value v, int decimals,
                             const char *what, int64_t *out)
{
    enum json_type type = document_type(v);
    int64_t n = 0;

    if ((type != JSON_NUMBER && type != JSON_STRING) ||
        decimal_exact(sv_from(document_text(v)), decimals, &n) || n < 0)
        return expected(r, where, what, v);
    *out = n;
    return OK;
}

static enum err read_choice(struct reader *r, const char *where, value v, const char *const *words,
                            int *out)
{
    struct buf list = {0};
    enum err rc;

    for (int i = 0; words[i]; i++) {
        if (document_type(v) == JSON_STRING && strcmp(document_text(v), words[i]) == 0) {
            *out = i;
            buf_release(&list);
            return OK;
        }
        buf_printf(&list, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
    }
    rc = list.failed ? no_memory(r->err) : expected(r, where, list.p ? list.p : "", v);
    buf_release(&list);
    return rc;
}

/* A date, midnight UTC, or an instant. */
static enum err read_time(struct reader *r, const char *where, value v, int64_t *out)
{
    const char *text = document_type(v) == JSON_STRING ? document_text(v) : "";
    bool zoneless = false;

    /* Without the dash it is a number, which time_parse() takes as seconds. */
    if (strlen(text) < 10 || text[4] != '-' || time_parse(sv_from(text), out, &zoneless))
        return expected(r, where, "a date like 2026-09-01", v);
    return OK;
}

/* ---- objects ------------------------------------------------------------------------------ */

enum kind {
    KIND_TEXT,     /* const char * */
    KIND_SV,       /* struct sv */
    KIND_TEXTS,    /* struct config_texts */
    KIND_RATE,     /* struct maybe_i64: nano-dollars */
    KIND_TOKENS,   /* struct maybe_i64 */
    KIND_TIME,     /* struct maybe_i64: microseconds */
    KIND_FRACTION, /* struct maybe_i64: millionths */
    KIND_PERCENT,  /* struct maybe_i64 */
    KIND_CHOICE,   /* int: the word's number */
    KIND_LATER,    /* depends on the others: its owner reads it */
};

struct key {
    const char *name;
    enum kind kind;
    size_t offset;
    const char *const *words;
};

const char *const config_units[] = {"usd", "tokens", "calls", NULL};
const char *const config_periods[] = {"hour", "day", "week", "month", "24h", "7d", "30d", NULL};

/* A price while it is read. */
struct price_reading {
    struct price_row row;
    struct maybe_i64 above_tokens, off_ppm;
};

#define PRICE(field) offsetof(struct price_reading, field)
#define ROW(field) PRICE(row.field)
#define BUDGET(field) offsetof(struct config_budget, field)
#define TIER(name, kind)                                                                           \
    {                                                                                              \
        "tier_" name "_per_mtok", KIND_RATE, ROW(tiers[0].price[kind]), NULL                       \
    }
#define RATE(name, kind)                                                                           \
    {                                                                                              \
        name "_per_mtok", KIND_RATE, ROW(price[kind]), NULL                                        \
    }

/* clang-format off */
static const struct key price_keys[] = {
    {"provider",          KIND_SV,       ROW(provider),       NULL},
    {"model",             KIND_SV,       ROW(model),          NULL},
    {"match",             KIND_SV,       ROW(match),          NULL},
    {"service_tier",      KIND_SV,       ROW(service_tier),   NULL},
    RATE("input",            PRICE_INPUT),
    RATE("output",           PRICE_OUTPUT),
    RATE("cache_read",       PRICE_CACHE_READ),
    RATE("cache_write_5m",   PRICE_CACHE_WRITE_5M),
    RATE("cache_write_1h",   PRICE_CACHE_WRITE_1H),
    RATE("batch_input",      PRICE_BATCH_INPUT),
    RATE("batch_output",     PRICE_BATCH_OUTPUT),
    RATE("reasoning_output", PRICE_REASONING),
    RATE("audio_input",      PRICE_AUDIO_INPUT),
    RATE("audio_output",     PRICE_AUDIO_OUTPUT),
    {"tier_above_tokens", KIND_TOKENS,   PRICE(above_tokens), NULL},
    TIER("input",            PRICE_INPUT),
    TIER("output",           PRICE_OUTPUT),
    TIER("cache_read",       PRICE_CACHE_READ),
    TIER("cache_write_5m",   PRICE_CACHE_WRITE_5M),
    TIER("cache_write_1h",   PRICE_CACHE_WRITE_1H),
    {"context_window",    KIND_TOKENS,   ROW(context_window), NULL},
    {"effective_from",    KIND_TIME,     ROW(from_us),        NULL},
    {"effective_to",      KIND_TIME,     ROW(until_us),       NULL},
    {"discount",          KIND_FRACTION, PRICE(off_ppm),      NULL},
    {NULL,                KIND_TEXT,     0,                   NULL},
};

static const struct key budget_keys[] = {
    {"name",    KIND_TEXT,    BUDGET(name),            NULL},
    {"by",      KIND_TEXTS,   BUDGET(by),              NULL},
    {"where",   KIND_TEXTS,   BUDGET(where),           NULL},
    {"match",   KIND_TEXTS,   BUDGET(match),           NULL},
    {"max",     KIND_LATER,   BUDGET(max),             NULL},
    {"unit",    KIND_CHOICE,  BUDGET(unit),            config_units},
    {"period",  KIND_CHOICE,  BUDGET(period),          config_periods},
    {"warn_at", KIND_PERCENT, BUDGET(warn_at_percent), NULL},
    {NULL,      KIND_TEXT,    0,                       NULL},
};
/* clang-format on */

const char *config_price_key(size_t i)
{
    return price_keys[i].name;
}

const char *config_budget_key(size_t i)
{
    return budget_keys[i].name;
}

static enum err read_maybe(struct reader *r, const char *where, value v, enum kind kind,
                           struct maybe_i64 *out)
{
    static const struct {
        int decimals;
        int64_t min, max;
        const char *what;
    } numbers[] = {
        [KIND_RATE] = {9, 0, PRICE_MAX,
                       "dollars for a million tokens, 0 to 1000000 with at most 9 decimals" },
        [KIND_TOKENS] = {0, 1, INT64_MAX, "a number of tokens"                                },
        [KIND_FRACTION] = {6, 0, 1000000,   "a fraction between 0 and 1 with at most 6 decimals"},
        [KIND_PERCENT] = {0, 1, 100,       "a whole percentage between 1 and 100"              },
    };
    int64_t n = 0;
    enum err rc = kind == KIND_TIME
                      ? read_time(r, where, v, &n)
                      : read_decimal(r, where, v, numbers[kind].decimals, numbers[kind].what, &n);

    if (!rc && kind != KIND_TIME && (n < numbers[kind].min || n > numbers[kind].max))
        rc = expected(r, where, numbers[kind].what, v);
    if (!rc)
        *out = (struct maybe_i64){n, true};
    return rc;
}

static enum err read_member(struct reader *r, const char *where, value v, const struct key *key,
                            void *out)
{
    void *field = (char *)out + key->offset;
    const char *text = NULL;
    enum err rc;

    switch (key->kind) {
    case KIND_TEXT:
        return read_text(r, where, v, field);
    case KIND_SV:
        rc = read_text(r, where, v, &text);
        if (!rc)
            *(struct sv *)field = sv_from(text);
        return rc;
    case KIND_TEXTS:
        return read_texts(r, where, v, field);
    case KIND_CHOICE:
        return read_choice(r, where, v, key->words, field);
    case KIND_LATER:
        return OK;
    case KIND_RATE:
    case KIND_TOKENS:
    case KIND_TIME:
    case KIND_FRACTION:
    case KIND_PERCENT:
        break;
    }
    return read_maybe(r, where, v, key->kind, field);
}

/* An object of these keys, none of which must be there. */
static enum err read_object(struct reader *r, const char *where, value v, const struct key *keys,
                            void *out)
{
    const char *names[ARRAY_LEN(price_keys)] = {NULL}; /* the longest list */
    enum err rc = OK;

    if (document_type(v) != JSON_OBJECT)
        return expected(r, where, "an object", v);
    for (size_t i = 0; keys[i].name; i++)
        names[i] = keys[i].name;
    for (value m = document_first(v); m && !rc; m = document_next(m)) {
        const char *name = document_key(m), *at = below(r, where, name);
        const struct key *key = keys;

        while (key->name && strcmp(key->name, name) != 0)
            key++;
        if (!at)
            rc = no_memory(r->err);
        else
            rc = key->name ? read_member(r, at, m, key, out) : unknown_key(r, where, name, names);
    }
    return rc;
}

/* ---- prices ------------------------------------------------------------------------------- */

static size_t count_known(const struct maybe_i64 *prices, size_t n)
{
    size_t known = 0;

    for (size_t i = 0; i < n; i++)
        known += prices[i].known;
    return known;
}

/* The pattern of exactly this id. */
static struct sv quoted(struct reader *r, struct sv id)
{
    char *out = arena_alloc(r->arena, 2 * id.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < id.n && out; i++) {
        if (id.p[i] > 0 && !strchr("abcdefghijklmnopqrstuvwxyz0123456789", id.p[i] | 0x20))
            out[n++] = '\\';
        out[n++] = id.p[i];
    }
    return (struct sv){out, n};
}

static enum err take_discount(struct reader *r, const char *where, const struct price_reading *in,
                              struct config_price *out)
{
    const struct price_row *row = &in->row;

    if (count_known(row->price, PRICE_COUNT) + in->above_tokens.known +
        count_known(row->tiers[0].price, PRICE_TIERED) + (row->service_tier.n > 0))
        return wrong(r, where, "expected prices or a \"discount\", found both");
    if (!row->provider.n && !row->model.n && !row->match.n)
        return wrong(r, where, "expected a \"provider\", a \"model\" or a \"match\"");
    out->is_discount = true;
    out->discount = (struct price_discount){
        .provider = row->provider,
        .match = row->match.n   ? row->match
                 : row->model.n ? quoted(r, row->model)
                                : SV(".*"),
        .off_ppm = in->off_ppm.v,
        .from_us = row->from_us,
        .until_us = row->until_us,
    };
    return out->discount.match.p ? OK : no_memory(r->err);
}

static enum err take_row(struct reader *r, const char *where, const struct price_reading *in,
                         struct config_price *out)
{
    size_t tier = count_known(in->row.tiers[0].price, PRICE_TIERED);

    if (!in->row.price[PRICE_INPUT].known)
        return wrong(r, where, "expected an \"input_per_mtok\" or a \"discount\"");
    if (!in->row.model.n)
        return wrong(r, where, "expected a \"model\"");
    if (in->above_tokens.known != (tier > 0))
        return wrong(r, where, "expected \"tier_above_tokens\" and prices of the tier together");
    out->row = in->row;
    out->row.origin = PRICE_CONFIG;
    out->row.n_tiers = tier > 0;
    out->row.tiers[0].above_tokens = in->above_tokens.v;
    return OK;
}

static enum err read_price(struct reader *r, const char *where, value v, void *out)
{
    struct price_reading p = {.row = {.n_tiers = 0}};
    struct config_price *price = out;
    enum err rc = read_object(r, where, v, price_keys, &p);

    if (rc)
        return rc;
    if (p.row.from_us.known && p.row.until_us.known && p.row.from_us.v >= p.row.until_us.v)
        return wrong(r, where, "expected \"effective_from\" before \"effective_to\"");
    price->file = r->file;
    price->pointer = where;
    return p.off_ppm.known ? take_discount(r, where, &p, price) : take_row(r, where, &p, price);
}

enum err config_add_prices(const struct config *c, struct price_book *b, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < c->n_prices && !rc; i++) {
        const struct config_price *p = &c->prices[i];
        struct error inner = {0};

        rc = p->is_discount ? price_book_discount(b, &p->discount, &inner)
                            : price_book_add(b, &p->row, &inner);
        if (rc && err) {
            error_set(err, rc, "%s: %s", p->pointer, inner.msg);
            error_at(err, p->file, 0);
        }
    }
    for (size_t i = 0; i < c->n_aliases && !rc; i++)
        rc = price_book_alias(b, sv_from(c->aliases[i].name), sv_from(c->aliases[i].is), err);
    return rc;
}

/* ---- names -------------------------------------------------------------------------------- */

/* An object of names; choices: what they may stand for, NULL: any text. */
static enum err read_names(struct reader *r, const char *where, value v, const char *const *choices,
                           struct config_name **out, size_t *count)
{
    size_t n = document_size(v);
    enum err rc = OK;

    if (document_type(v) != JSON_OBJECT)
        return expected(r, where, "an object", v);
    *out = arena_zalloc(r->arena, n ? n : 1, sizeof(**out));
    if (!*out)
        return no_memory(r->err);
    for (value m = document_first(v); m && !rc; m = document_next(m)) {
        struct config_name *a = &(*out)[(*count)++];
        const char *at = below(r, where, document_key(m));
        int choice;

        a->file = r->file;
        rc = !at       ? no_memory(r->err)
             : choices ? read_choice(r, at, m, choices, &choice)
                       : read_text(r, at, m, &a->is);
        if (!rc && choices)
            a->is = choices[choice];
        if (!rc)
            rc = copy_text(r, document_key(m), &a->name);
    }
    return rc;
}

/* ---- budgets ------------------------------------------------------------------------------ */

/* A dimension by name; of "meta.KEY" in the list any KEY will do. */
static bool is_dimension(const char *name, const char *const *names)
{
    for (; *names; names++) {
        size_t prefix = strcspn(*names, ".:");

        if (strcmp(*names, name) == 0)
            return true;
        if ((*names)[prefix] && strncmp(*names, name, prefix + 1) == 0 && name[prefix + 1])
            return true;
    }
    return false;
}

static enum err check_by(struct reader *r, const char *where, value by,
                         const struct config_texts *names)
{
    const char *const *known = r->names->dimensions;

    for (size_t i = 0; i < names->n; i++) {
        const char *at = below(r, where, "by"), *near;

        if (is_dimension(names->v[i], known))
            continue;
        if (at && document_type(by) == JSON_ARRAY)
            at = below_index(r, at, i);
        if (!at)
            return no_memory(r->err);
        near = suggest(sv_from(names->v[i]), known);
        error_set(r->err, ERR_PARSE, "%s: expected a dimension, found \"%s\"%s%s%s", at,
                  names->v[i], near ? "; did you mean \"" : "", near ? near : "",
                  near ? "\"?" : "");
        return error_at(r->err, r->file, 0);
    }
    return OK;
}

static enum err read_max(struct reader *r, const char *where, value v, struct config_budget *b)
{
    static const char *const what[] = {
        [CONFIG_USD] = "an amount of dollars with at most 9 decimals",
        [CONFIG_TOKENS] = "a number of tokens",
        [CONFIG_CALLS] = "a number of calls",
    };
    const char *at = below(r, where, "max");

    if (!at)
        return no_memory(r->err);
    return read_decimal(r, at, v, b->unit == CONFIG_USD ? 9 : 0, what[b->unit], &b->max);
}

static enum err read_budget(struct reader *r, const char *where, value v, void *out)
{
    struct config_budget *b = out;
    enum err rc;

    *b = (struct config_budget){.unit = CONFIG_USD, .period = -1};
    rc = read_object(r, where, v, budget_keys, b);
    if (rc)
        return rc;
    if (!document_get(v, "max"))
        return wrong(r, where, "expected a \"max\"");
    if (b->period < 0)
        return wrong(r, where, "expected a \"period\"");
    if (b->match.n && b->match.n != b->by.n)
        return wrong(r, where, "expected as many values in \"match\" as dimensions in \"by\"");
    rc = read_max(r, where, document_get(v, "max"), b);
    if (!rc)
        rc = check_by(r, where, document_get(v, "by"), &b->by);
    b->file = r->file;
    b->pointer = where;
    return rc;
}

/* ---- the whole ---------------------------------------------------------------------------- */

const char *const config_own_keys[] = {"prices",  "aliases",      "phases",  "budgets",
                                       "success", "capacity_tps", "$schema", NULL};

/* An array of elements of so many bytes, each read by its reader. */
static enum err read_list(struct reader *r, const char *where, value v, size_t size,
                          enum err (*read)(struct reader *r, const char *where, value v, void *out),
                          void **out, size_t *n)
{
    size_t i = 0;
    char *elements;
    enum err rc = OK;

    if (document_type(v) != JSON_ARRAY)
        return expected(r, where, "a list", v);
    *n = document_size(v);
    elements = arena_zalloc(r->arena, *n ? *n : 1, size);
    if (!elements)
        return no_memory(r->err);
    for (value e = document_first(v); e && !rc; e = document_next(e), i++) {
        const char *at = below_index(r, where, i);

        rc = at ? read(r, at, e, elements + i * size) : no_memory(r->err);
    }
    *out = elements;
    return rc;
}

static enum err read_setting(struct reader *r, const char *where, value v, struct config *out)
{
    struct config_setting *s = &out->settings[out->n_settings];
    enum json_type type = document_type(v);
    struct config_texts texts = {0};
    enum err rc = OK;

    if (type == JSON_NULL || type == JSON_OBJECT)
        return expected(r, where, "a text, a number, true, false or a list", v);
    if (type == JSON_ARRAY || type == JSON_STRING) {
        rc = read_texts(r, where, v, &texts);
    } else if (type == JSON_NUMBER) {
        const char **text = arena_zalloc(r->arena, 1, sizeof(*text));

        rc = text ? copy_text(r, document_text(v), text) : no_memory(r->err);
        texts = (struct config_texts){text, 1};
    }
    *s = (struct config_setting){NULL, type, texts.v, texts.n, r->file};
    if (!rc)
        rc = copy_text(r, document_key(v), &s->key);
    out->n_settings += rc == OK;
    return rc;
}

static bool is_in(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static enum err unknown_top_key(struct reader *r, const char *key)
{
    const char *all[128];
    size_t n = 0;

    for (size_t i = 0; config_own_keys[i]; i++)
        all[n++] = config_own_keys[i];
    for (size_t i = 0; r->names->settings[i] && n + 1 < ARRAY_LEN(all); i++)
        all[n++] = r->names->settings[i];
    all[n] = NULL;
    return unknown_key(r, "", key, all);
}

static enum err read_top(struct reader *r, value v, struct config *out)
{
    const char *key = document_key(v), *where = below(r, "", key);
    const char *schema;
    void *list = NULL;
    enum err rc;

    if (!where)
        return no_memory(r->err);
    if (strcmp(key, "prices") == 0) {
        rc = read_list(r, where, v, sizeof(*out->prices), read_price, &list, &out->n_prices);
        out->prices = list;
        return rc;
    }
    if (strcmp(key, "budgets") == 0) {
        rc = read_list(r, where, v, sizeof(*out->budgets), read_budget, &list, &out->n_budgets);
        out->budgets = list;
        return rc;
    }
    if (strcmp(key, "aliases") == 0)
        return read_names(r, where, v, NULL, &out->aliases, &out->n_aliases);
    if (strcmp(key, "phases") == 0)
        return read_names(r, where, v, r->names->phases, &out->phases, &out->n_phases);
    if (strcmp(key, "$schema") == 0)
        return read_text(r, where, v, &schema);
    if (strcmp(key, "success") == 0) {
        out->success_file = r->file;
        return read_text(r, where, v, &out->success);
    }
    if (strcmp(key, "capacity_tps") == 0) {
        out->capacity_tps_file = r->file;
        return read_maybe(r, where, v, KIND_TOKENS, &out->capacity_tps);
    }
    return is_in(key, r->names->settings) ? read_setting(r, where, v, out)
                                          : unknown_top_key(r, key);
}

enum err config_read(struct sv text, const char *file, const struct config_names *names,
                     struct arena *arena, struct config *out, struct error *err)
{
    struct error inner = {0};
    struct reader r = {file, names, arena, &inner};
    struct config c = {0};
    struct cJSON *document = NULL;
    enum err rc = document_parse(text, file, &document, &inner);

    if (!rc && document_type(document) != JSON_OBJECT)
        rc = expected(&r, "", "an object", document);
    if (!rc) {
        c.settings = arena_zalloc(arena, document_size(document) + 1, sizeof(*c.settings));
        rc = c.settings ? OK : no_memory(&inner);
    }
    for (value m = rc ? NULL : document_first(document); m && !rc; m = document_next(m))
        rc = read_top(&r, m, &c);
    document_free(document);
    if (!rc)
        *out = c;
    else if (err)
        *err = inner;
    return rc;
}

/* ---- several files ------------------------------------------------------------------------ */

const struct config_setting *config_setting(const struct config *c, const char *key)
{
    for (size_t i = 0; i < c->n_settings; i++)
        if (strcmp(c->settings[i].key, key) == 0)
            return &c->settings[i];
    return NULL;
}

/* Adds those of the weaker ones that have another name; own has room for them. */
static void add_names(struct config_name *own, size_t *n, const struct config_name *weaker,
                      size_t n_weaker)
{
    size_t before = *n;

    for (size_t i = 0; i < n_weaker; i++) {
        size_t k = 0;
        while (k < before && strcmp(own[k].name, weaker[i].name) != 0)
            k++;
        if (k == before)
            own[(*n)++] = weaker[i];
    }
}

static bool has_budget(const struct config *c, size_t n, const char *name)
{
    for (size_t i = 0; name && i < n; i++)
        if (c->budgets[i].name && strcmp(c->budgets[i].name, name) == 0)
            return true;
    return false;
}

/* The array with room for the other's elements behind its own; NULL: out of memory. */
static void *widened(struct arena *arena, const void *own, size_t n, size_t more, size_t size)
{
    char *out = arena_zalloc(arena, n + more + 1, size);

    if (out && n)
        memcpy(out, own, n * size);
    return out;
}

enum err config_add(struct config *c, const struct config *weaker, struct arena *arena,
                    struct error *err)
{
    struct config all = *c;

    all.settings =
        widened(arena, c->settings, c->n_settings, weaker->n_settings, sizeof(*c->settings));
    all.prices = widened(arena, c->prices, c->n_prices, weaker->n_prices, sizeof(*c->prices));
    all.aliases = widened(arena, c->aliases, c->n_aliases, weaker->n_aliases, sizeof(*c->aliases));
    all.phases = widened(arena, c->phases, c->n_phases, weaker->n_phases, sizeof(*c->phases));
    all.budgets = widened(arena, c->budgets, c->n_budgets, weaker->n_budgets, sizeof(*c->budgets));
    if (!all.settings || !all.prices || !all.aliases || !all.phases || !all.budgets)
        return no_memory(err);
    for (size_t i = 0; i < weaker->n_settings; i++)
        if (!config_setting(c, weaker->settings[i].key))
            all.settings[all.n_settings++] = weaker->settings[i];
    for (size_t i = 0; i < weaker->n_prices; i++)
        all.prices[all.n_prices++] = weaker->prices[i];
    add_names(all.aliases, &all.n_aliases, weaker->aliases, weaker->n_aliases);
    add_names(all.phases, &all.n_phases, weaker->phases, weaker->n_phases);
    for (size_t i = 0; i < weaker->n_budgets; i++)
        if (!has_budget(c, c->n_budgets, weaker->budgets[i].name))
            all.budgets[all.n_budgets++] = weaker->budgets[i];
    if (!all.success) {
        all.success = weaker->success;
        all.success_file = weaker->success_file;
    }
    if (!all.capacity_tps.known) {
        all.capacity_tps = weaker->capacity_tps;
        all.capacity_tps_file = weaker->capacity_tps_file;
    }
    *c = all;
    return OK;
}
