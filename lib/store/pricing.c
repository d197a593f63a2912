/* pricing: ids of dictionaries to matches, and columns to a usage. */
#include "store/pricing.h"

#include "store/store_internal.h"
#include "base/banned.h"

void pricing_init(struct pricing *p, struct store *s, struct price_book *book)
{
    memset(p, 0, sizeof(*p));
    p->store = s;
    p->book = book;
}

/* A text that is not loaded yet was added by this process, which writes. */
static struct sv text_of(struct pricing *p, enum call_field dim, int64_t id)
{
    struct sv text;

    if (id == CALL_MISSING)
        return SV_NONE;
    text = store_dimension_text(p->store, dim, id);
    if (!text.p && store_dictionaries_refresh(p->store, NULL) == OK)
        text = store_dimension_text(p->store, dim, id);
    return text;
}

struct price_names pricing_names(struct pricing *p, const int64_t *values)
{
    return (struct price_names){
        .provider = text_of(p, F_PROVIDER, values[F_PROVIDER]),
        .request_model = text_of(p, F_REQUEST_MODEL, values[F_REQUEST_MODEL]),
        .response_model = text_of(p, F_RESPONSE_MODEL, values[F_RESPONSE_MODEL]),
    };
}

static enum err match(struct pricing *p, const int64_t *values, const struct price_match **out,
                      struct error *err)
{
    int64_t provider = values[F_PROVIDER], request = values[F_REQUEST_MODEL],
            response = values[F_RESPONSE_MODEL];
    uint64_t hash =
        hash_mix((uint64_t)request ^ hash_mix((uint64_t)response ^ hash_mix((uint64_t)provider)));
    struct pricing_cached *c = &p->cache[hash % PRICING_CACHE];

    if (!c->match || c->provider != provider || c->request_model != request ||
        c->response_model != response) {
        struct price_names names = pricing_names(p, values);
        const struct price_match *m;
        enum err rc = price_book_match(p->book, &names, &m, err);

        if (rc)
            return rc;
        *c = (struct pricing_cached){provider, request, response, m};
    }
    *out = c->match;
    return OK;
}

static struct sv tier_of(struct pricing *p, const int64_t *values)
{
    if (values[F_TIER] == CALL_MISSING)
        return SV_NONE;
    if (p->tier.id != values[F_TIER]) {
        p->tier.id = values[F_TIER];
        p->tier.text = text_of(p, F_TIER, values[F_TIER]);
    }
    return p->tier.text;
}

static struct maybe_i64 maybe(int64_t v)
{
    return (struct maybe_i64){v, v != CALL_MISSING};
}

struct price_usage pricing_usage(struct pricing *p, const int64_t *values)
{
    return (struct price_usage){
        .input = maybe(values[F_INPUT_TOKENS]),
        .output = maybe(values[F_OUTPUT_TOKENS]),
        .cache_read = maybe(values[F_CACHE_READ_TOKENS]),
        .cache_write = maybe(values[F_CACHE_WRITE_TOKENS]),
        .cache_write_5m = maybe(values[F_CACHE_WRITE_5M_TOKENS]),
        .cache_write_1h = maybe(values[F_CACHE_WRITE_1H_TOKENS]),
        .reasoning = maybe(values[F_REASONING_TOKENS]),
        .audio_input = maybe(values[F_AUDIO_INPUT_TOKENS]),
        .audio_output = maybe(values[F_AUDIO_OUTPUT_TOKENS]),
        .batch = (values[F_FLAGS] != CALL_MISSING && values[F_FLAGS] & FLAG_BATCH) ||
                 price_is_batch(tier_of(p, values)),
    };
}

enum err pricing_call(struct pricing *p, const int64_t *values, struct priced *out,
                      struct error *err)
{
    const struct price_match *m;
    struct price_usage usage = pricing_usage(p, values);
    enum err rc = match(p, values, &m, err);

    if (rc)
        return rc;
    out->row = NULL;
    out->lack = price_choose(m, maybe(values[F_STARTED_US]), tier_of(p, values), &out->row);
    if (!out->lack)
        out->lack = price_bill(out->row, &usage, &out->cost_nusd, NULL);
    return OK;
}
