/* price_record: see the header. */
#include "price/price_record.h"

#include "base/banned.h"

static struct maybe_i64 number(const struct call_record *c, enum call_field f)
{
    return record_has(c, f) ? (struct maybe_i64){record_num(c, f), true}
                            : (struct maybe_i64){0, false};
}

static struct price_usage usage_of(const struct call_record *c)
{
    return (struct price_usage){
        .input = number(c, F_INPUT_TOKENS),
        .output = number(c, F_OUTPUT_TOKENS),
        .cache_read = number(c, F_CACHE_READ_TOKENS),
        .cache_write = number(c, F_CACHE_WRITE_TOKENS),
        .cache_write_5m = number(c, F_CACHE_WRITE_5M_TOKENS),
        .cache_write_1h = number(c, F_CACHE_WRITE_1H_TOKENS),
        .reasoning = number(c, F_REASONING_TOKENS),
        .audio_input = number(c, F_AUDIO_INPUT_TOKENS),
        .audio_output = number(c, F_AUDIO_OUTPUT_TOKENS),
        .batch = (record_has(c, F_FLAGS) && (record_num(c, F_FLAGS) & FLAG_BATCH)) ||
                 price_is_batch(c->dim[F_TIER]),
    };
}

enum err price_record(struct price_book *book, const struct call_record *c, struct maybe_i64 *out,
                      struct error *err)
{
    const struct price_names names = {c->dim[F_PROVIDER], c->dim[F_REQUEST_MODEL],
                                      c->dim[F_RESPONSE_MODEL]};
    const struct price_match *match = NULL;
    const struct price_row *row = NULL;
    struct price_usage usage = usage_of(c);
    enum err rc;

    *out = (struct maybe_i64){0, false};
    if (!names.request_model.n && !names.response_model.n)
        return OK;
    rc = price_book_match(book, &names, &match, err);
    if (!rc && price_choose(match, number(c, F_STARTED_US), c->dim[F_TIER], &row) == PRICED)
        out->known = price_bill(row, &usage, &out->v, NULL) == PRICED;
    return rc;
}
