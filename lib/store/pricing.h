/* pricing: what stored calls cost by a price book, by the ids that stand in their rows. */
#ifndef LLMOBS_STORE_PRICING_H
#define LLMOBS_STORE_PRICING_H

#include "price/price_book.h"
#include "store/store.h"

/* Columns of a call that its price depends on. */
#define PRICING_COLUMNS                                                                            \
    (UINT64_C(1) << F_PROVIDER | UINT64_C(1) << F_REQUEST_MODEL |                                  \
     UINT64_C(1) << F_RESPONSE_MODEL | UINT64_C(1) << F_TIER | UINT64_C(1) << F_STARTED_US |       \
     PRICING_USAGE_COLUMNS)
/* And of these the ones that a bill by a known row depends on. */
#define PRICING_USAGE_COLUMNS                                                                      \
    (UINT64_C(1) << F_INPUT_TOKENS | UINT64_C(1) << F_OUTPUT_TOKENS |                              \
     UINT64_C(1) << F_CACHE_READ_TOKENS | UINT64_C(1) << F_CACHE_WRITE_TOKENS |                    \
     UINT64_C(1) << F_CACHE_WRITE_5M_TOKENS | UINT64_C(1) << F_CACHE_WRITE_1H_TOKENS |             \
     UINT64_C(1) << F_REASONING_TOKENS | UINT64_C(1) << F_AUDIO_INPUT_TOKENS |                     \
     UINT64_C(1) << F_AUDIO_OUTPUT_TOKENS | UINT64_C(1) << F_FLAGS | UINT64_C(1) << F_TIER)

#define PRICING_CACHE 1024

/* Matches that were made before. Plain data; each thread has its own. */
struct pricing {
    struct store *store;
    struct price_book *book;
    struct pricing_cached {
        int64_t provider, request_model, response_model;
        const struct price_match *match; /* NULL: free */
    } cache[PRICING_CACHE];
    struct { /* of the last call */
        int64_t id;
        struct sv text;
    } tier;
};

/* Both are borrowed. Where several threads price the calls of one store, load the dictionaries of
 * provider, models and tier before (store_dimension_count()). */
void pricing_init(struct pricing *p, struct store *s, struct price_book *book);

struct priced {
    enum price_lack lack;
    int64_t cost_nusd;           /* where nothing is lacking */
    const struct price_row *row; /* the row that holds, also where it lacks a price; else NULL */
};

/* Prices a call: values[c] for the columns of PRICING_COLUMNS, CALL_MISSING where missing.
 * ERR_NOMEM, ERR_RANGE, ERR_DB. */
NODISCARD enum err pricing_call(struct pricing *p, const int64_t *values, struct priced *out,
                                struct error *err);

/* What the columns PRICING_USAGE_COLUMNS of a call say of its use; batch also by its service tier.
 */
struct price_usage pricing_usage(struct pricing *p, const int64_t *values);

/* The models, provider and tier of a call as its log names them. */
struct price_names pricing_names(struct pricing *p, const int64_t *values);

#endif
