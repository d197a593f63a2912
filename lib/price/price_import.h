/* price_import: price lists that others publish, as rows. */
#ifndef LLMOBS_PRICE_PRICE_IMPORT_H
#define LLMOBS_PRICE_PRICE_IMPORT_H

#include "price/price.h"

struct price_import_counts {
    int64_t rows;    /* handed out */
    int64_t free;    /* of these: input and output cost nothing */
    int64_t skipped; /* models without a price for input tokens: images, speech by the minute ... */
};

/*
 * Reads a list in one of two forms, and calls visit(ctx, row) for each price in it:
 *   {"MODEL": {"litellm_provider": ..., "input_cost_per_token": ...}}  as LiteLLM has it, dollars
 * per token; with prices above a size of the request, of batches, and of the service tiers priority
 *       and flex, which become rows of their own
 *   {"prices": [{"id": ..., "vendor": ..., "input": ...}]}  as llm-prices has it, dollars per
 * million Figures are read as decimals, exactly. The row's texts are borrowed for the call.
 * ERR_PARSE for what is no such list (or no JSON), with the model and key where a figure is none;
 * ERR_RANGE for a list beyond JSON_MAX_TOKENS; what visit returns.
 */
NODISCARD enum err price_import(struct sv text,
                                enum err (*visit)(void *ctx, const struct price_row *row,
                                                  struct error *err),
                                void *ctx, struct price_import_counts *counts, struct error *err);

#endif
