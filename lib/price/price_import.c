/* price_import: price lists that others publish, as rows. */
#include "price/price_import.h"

#include "base/buf.h"
#include "base/time_text.h"
#include "json/json.h"
#include "price/price_tsv.h"
#include "price/provider_names.h"
#include "base/banned.h"

enum { PER_TOKEN_DIGITS = 15, PER_MILLION_DIGITS = 9 }; /* dollars as nano-dollars per million */

struct import {
    struct json_doc doc;
    struct arena arena;
    enum err (*visit)(void *ctx, const struct price_row *row, struct error *err);
    void *ctx;
    struct price_import_counts *counts;
    struct sv model; /* being read */
};

static const struct {
    const char *key;
    enum price_kind kind;
} litellm_prices[] = {
    {"input_cost_per_token",                      PRICE_INPUT         },
    {"output_cost_per_token",                     PRICE_OUTPUT        },
    {"cache_read_input_token_cost",               PRICE_CACHE_READ    },
    {"cache_creation_input_token_cost",           PRICE_CACHE_WRITE_5M},
    {"cache_creation_input_token_cost_above_1hr", PRICE_CACHE_WRITE_1H},
    {"input_cost_per_token_batches",              PRICE_BATCH_INPUT   },
    {"output_cost_per_token_batches",             PRICE_BATCH_OUTPUT  },
    {"output_cost_per_reasoning_token",           PRICE_REASONING     },
    {"input_cost_per_audio_token",                PRICE_AUDIO_INPUT   },
    {"output_cost_per_audio_token",               PRICE_AUDIO_OUTPUT  },
};

static const char *const service_tiers[] = {"priority", "flex"};

static enum err bad_figure(const struct import *im, struct sv key, json_ref value,
                           struct error *err)
{
    return error_set(err, ERR_PARSE, "%.*s: %.*s: expected a price, found %.*s", SV_FMT(im->model),
                     SV_FMT(key), SV_FMT(json_raw(&im->doc, value)));
}

/* Lists have figures like 1.4999999999999999e-06, so they are rounded, but never to nothing. */
static bool importable(struct sv text, int digits, int64_t *out)
{
    int64_t exact;

    if (decimal_scaled(text, digits, out))
        return false;
    return *out || decimal_exact(text, digits, &exact) == OK;
}

/* A figure of the list; a missing one leaves *out unknown. */
static enum err read_price(const struct import *im, struct sv key, json_ref value, int digits,
                           struct maybe_i64 *out, struct error *err)
{
    enum json_type type = json_type(&im->doc, value);

    *out = (struct maybe_i64){0};
    if (json_missing(&im->doc, value))
        return OK;
    if ((type != JSON_NUMBER && type != JSON_STRING) ||
        !importable(json_raw(&im->doc, value), digits, &out->v) || out->v < 0 || out->v > PRICE_MAX)
        return bad_figure(im, key, value, err);
    out->known = true;
    return OK;
}

static struct maybe_i64 read_tokens(const struct import *im, json_ref object, const char *key)
{
    struct maybe_i64 x = {0};
    json_ref value = json_get(&im->doc, object, key);

    x.known = !json_missing(&im->doc, value) &&
              decimal_scaled(json_raw(&im->doc, value), 0, &x.v) == OK && x.v > 0;
    return x;
}

static enum err hand_out(struct import *im, const struct price_row *row, struct error *err)
{
    im->counts->rows++;
    im->counts->free += row->price[PRICE_INPUT].v == 0 && row->price[PRICE_OUTPUT].known &&
                        row->price[PRICE_OUTPUT].v == 0;
    return im->visit(im->ctx, row, err);
}

/* The provider by the table's name for it. */
static struct sv provider_of(struct sv name)
{
    const char *const *meaning = provider_meaning(name);

    if (!name.n)
        return SV_NONE;
    return *meaning ? sv_from(*meaning) : name;
}

/* ---- LiteLLM ------------------------------------------------------------------------------ */

/* The tier above a number of tokens, added in order when it is new; NULL when there is no room. */
static struct price_tier *tier_above(struct price_row *row, int64_t above)
{
    size_t at = 0;

    while (at < row->n_tiers && row->tiers[at].above_tokens < above)
        at++;
    if (at < row->n_tiers && row->tiers[at].above_tokens == above)
        return &row->tiers[at];
    if (row->n_tiers == PRICE_TIERS_MAX)
        return NULL;
    memmove(&row->tiers[at + 1], &row->tiers[at], (row->n_tiers - at) * sizeof(*row->tiers));
    row->tiers[at] = (struct price_tier){.above_tokens = above};
    row->n_tiers++;
    return &row->tiers[at];
}

static bool take_suffix(struct sv *key, struct sv suffix)
{
    if (key->n <= suffix.n || memcmp(key->p + key->n - suffix.n, suffix.p, suffix.n) != 0)
        return false;
    key->n -= suffix.n;
    return true;
}

/* Splits "input_cost_per_token_above_200k_tokens": 200000; 0 for a key without a size. */
static int64_t take_size(struct sv *key)
{
    static const struct sv mark = SV_INIT("_above_");
    struct sv rest = *key;
    ptrdiff_t at = sv_find(rest, mark);
    int64_t thousands;

    if (at < 0 || !take_suffix(&rest, SV("k_tokens")) || (size_t)at + mark.n >= rest.n)
        return 0;
    struct sv number = {rest.p + at + mark.n, rest.n - (size_t)at - mark.n};
    if (decimal_scaled(number, 0, &thousands) || thousands <= 0 || thousands > 1000000)
        return 0;
    key->n = (size_t)at;
    return thousands * 1000;
}

/* Where the figure under a key belongs in the row of a service tier ("" the standard one). NULL: it
 * is no price of that row. */
static struct maybe_i64 *place_of(struct price_row *row, struct sv key, const char *service_tier)
{
    int64_t above;

    if (*service_tier) {
        char suffix[32] = "_";

        memcpy(suffix + 1, service_tier, strlen(service_tier) + 1);
        if (!take_suffix(&key, sv_from(suffix)))
            return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(litellm_prices); i++)
        if (sv_is(key, litellm_prices[i].key))
            return &row->price[litellm_prices[i].kind];
    above = take_size(&key);
    for (size_t i = 0; above && i < ARRAY_LEN(litellm_prices); i++)
        if (sv_is(key, litellm_prices[i].key) && litellm_prices[i].kind < PRICE_TIERED) {
            struct price_tier *tier = tier_above(row, above);

            return tier ? &tier->price[litellm_prices[i].kind] : NULL;
        }
    return NULL;
}

static enum err read_tier_of_model(struct import *im, json_ref model, const char *service_tier,
                                   struct price_row *row, struct error *err)
{
    const struct json_doc *d = &im->doc;
    enum err rc = OK;

    for (json_ref k = json_first(d, model); k != JSON_END && !rc;) {
        json_ref value = json_next(d, model, k);
        struct maybe_i64 *place = place_of(row, json_raw(d, k), service_tier);

        if (place)
            rc = read_price(im, json_raw(d, k), value, PER_TOKEN_DIGITS, place, err);
        k = json_next(d, model, value);
    }
    if (row->price[PRICE_REASONING].known && row->price[PRICE_OUTPUT].known &&
        row->price[PRICE_REASONING].v == row->price[PRICE_OUTPUT].v)
        row->price[PRICE_REASONING].known = false;
    return rc;
}

static enum err read_litellm_model(struct import *im, json_ref model, struct error *err)
{
    const struct json_doc *d = &im->doc;
    struct sv mode = json_text(d, json_get(d, model, "mode"), &im->arena);
    struct sv provider = json_text(d, json_get(d, model, "litellm_provider"), &im->arena);
    const struct price_row base = {
        .origin = PRICE_IMPORTED,
        .provider = provider_of(provider),
        .model = im->model,
        .embedding = sv_is(mode, "embedding"),
        .context_window = read_tokens(im, model, "max_input_tokens"),
        .max_output = read_tokens(im, model, "max_output_tokens"),
    };
    struct price_row row = base;
    enum err rc = read_tier_of_model(im, model, "", &row, err);

    if (!rc && !row.price[PRICE_INPUT].known)
        im->counts->skipped++;
    if (rc || !row.price[PRICE_INPUT].known)
        return rc;
    rc = hand_out(im, &row, err);
    for (size_t i = 0; i < ARRAY_LEN(service_tiers) && !rc; i++) {
        row = base;
        row.service_tier = sv_from(service_tiers[i]);
        rc = read_tier_of_model(im, model, service_tiers[i], &row, err);
        if (!rc && row.price[PRICE_INPUT].known)
            rc = hand_out(im, &row, err);
    }
    return rc;
}

static enum err read_litellm(struct import *im, struct error *err)
{
    const struct json_doc *d = &im->doc;
    enum err rc = OK;

    for (json_ref k = json_first(d, 0); k != JSON_END && !rc;) {
        json_ref value = json_next(d, 0, k);

        im->model = json_text(d, k, &im->arena);
        if (!im->model.p)
            return error_set(err, ERR_NOMEM, "out of memory for a list of prices");
        if (json_type(d, value) == JSON_OBJECT && !sv_is(im->model, "sample_spec") && im->model.n)
            rc = read_litellm_model(im, value, err);
        k = json_next(d, 0, value);
    }
    return rc;
}

static bool is_litellm(const struct json_doc *d)
{
    for (json_ref k = json_first(d, 0); k != JSON_END;) {
        json_ref value = json_next(d, 0, k);

        if (json_get(d, value, "litellm_provider") != JSON_END)
            return true;
        k = json_next(d, 0, value);
    }
    return false;
}

/* ---- llm-prices --------------------------------------------------------------------------- */

static struct maybe_i64 read_day(const struct import *im, json_ref object, const char *key)
{
    struct maybe_i64 x = {0};
    json_ref value = json_get(&im->doc, object, key);

    x.known =
        !json_missing(&im->doc, value) && time_parse(json_raw(&im->doc, value), &x.v, NULL) == OK;
    return x;
}

static enum err read_listed(struct import *im, json_ref item, struct error *err)
{
    static const struct {
        const char *key;
        enum price_kind kind;
    } keys[] = {
        {"input",        PRICE_INPUT     },
        {"output",       PRICE_OUTPUT    },
        {"input_cached", PRICE_CACHE_READ}
    };
    const struct json_doc *d = &im->doc;
    struct sv vendor = json_text(d, json_get(d, item, "vendor"), &im->arena);
    struct price_row row = {.origin = PRICE_IMPORTED,
                            .provider = provider_of(vendor),
                            .model = json_text(d, json_get(d, item, "id"), &im->arena),
                            .from_us = read_day(im, item, "from_date"),
                            .until_us = read_day(im, item, "to_date")};
    enum err rc = OK;

    im->model = row.model;
    for (size_t i = 0; i < ARRAY_LEN(keys) && !rc; i++)
        rc = read_price(im, sv_from(keys[i].key), json_get(d, item, keys[i].key),
                        PER_MILLION_DIGITS, &row.price[keys[i].kind], err);
    if (rc)
        return rc;
    if (!row.model.n || !row.price[PRICE_INPUT].known) {
        im->counts->skipped++;
        return OK;
    }
    return hand_out(im, &row, err);
}

static enum err read_list(struct import *im, json_ref list, struct error *err)
{
    enum err rc = OK;

    for (json_ref i = json_first(&im->doc, list); i != JSON_END && !rc;
         i = json_next(&im->doc, list, i))
        rc = read_listed(im, i, err);
    return rc;
}

enum err price_import(struct sv text,
                      enum err (*visit)(void *ctx, const struct price_row *row, struct error *err),
                      void *ctx, struct price_import_counts *counts, struct error *err)
{
    struct import im = {.visit = visit, .ctx = ctx, .counts = counts};
    enum err rc = json_parse(&im.doc, text.p, text.n, err);
    json_ref list = rc ? JSON_END : json_get(&im.doc, 0, "prices");

    *counts = (struct price_import_counts){0};
    if (!rc && json_type(&im.doc, list) == JSON_ARRAY)
        rc = read_list(&im, list, err);
    else if (!rc && is_litellm(&im.doc))
        rc = read_litellm(&im, err);
    else if (!rc)
        rc = error_set(err, ERR_PARSE,
                       "no list of prices: expected models with litellm_provider, or \"prices\"");
    json_release(&im.doc);
    arena_release(&im.arena);
    return rc;
}
