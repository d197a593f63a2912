#include "price/price_import.h"

#include <criterion/criterion.h>

#define ROWS_MAX 8

struct kept {
    struct price_row rows[ROWS_MAX];
    char texts[ROWS_MAX][3][64]; /* model, provider, service tier */
    size_t n;
};

static void keep_text(char *out, struct sv text)
{
    memcpy(out, text.p ? text.p : "", text.n);
    out[text.n] = '\0';
}

static enum err keep(void *ctx, const struct price_row *row, struct error *err)
{
    struct kept *k = ctx;

    (void)err;
    cr_assert(k->n < ROWS_MAX);
    keep_text(k->texts[k->n][0], row->model);
    keep_text(k->texts[k->n][1], row->provider);
    keep_text(k->texts[k->n][2], row->service_tier);
    k->rows[k->n++] = *row;
    return OK;
}

/* Wanted values: dollars per token times 10^15 are nano-dollars per million. */
Test(price_import, litellm)
{
    static const char text[] =
        "{\"sample_spec\": {\"litellm_provider\": \"one of ...\", \"input_cost_per_token\": 0},"
        " \"azure/gpt-x\": {\"litellm_provider\": \"azure\", \"mode\": \"chat\","
        "   \"input_cost_per_token\": 2.5e-06, \"output_cost_per_token\": 1e-05,"
        "   \"cache_read_input_token_cost\": 1.25e-06, \"input_cost_per_token_batches\": 1.25e-06,"
        "   \"output_cost_per_reasoning_token\": 0.00001,"
        "   \"input_cost_per_token_above_272k_tokens\": 5e-06,"
        "   \"output_cost_per_token_above_272k_tokens\": 1.5e-05,"
        "   \"input_cost_per_token_above_128k_tokens\": 4e-06,"
        "   \"input_cost_per_token_priority\": 5e-06, \"output_cost_per_token_priority\": null,"
        "   \"input_cost_per_audio_token\": 4e-05, \"max_input_tokens\": 128000,"
        "   \"supports_vision\": true},"
        " \"emb\": {\"litellm_provider\": \"vertex_ai-embedding-models\", \"mode\": \"embedding\","
        "   \"input_cost_per_token\": 2e-08},"
        " \"picture\": {\"litellm_provider\": \"openai\", \"input_cost_per_image\": 0.04},"
        " \"gratis\": {\"litellm_provider\": \"ollama\", \"input_cost_per_token\": 0.0,"
        "   \"output_cost_per_token\": 0.0}}";
    struct price_import_counts counts;
    struct kept k = {.n = 0};
    struct error err = {0};

    cr_assert_eq(price_import(sv_from(text), keep, &k, &counts, &err), OK, "%s", err.msg);
    cr_assert_eq(k.n, 4);
    cr_expect_eq(counts.rows, 4);
    cr_expect_eq(counts.free, 1);
    cr_expect_eq(counts.skipped, 1, "what is paid by the picture");
    const struct price_row *row = &k.rows[0];
    cr_expect_str_eq(k.texts[0][0], "azure/gpt-x");
    cr_expect_str_eq(k.texts[0][1], "azure");
    cr_expect_eq(row->origin, PRICE_IMPORTED);
    cr_expect_eq(row->price[PRICE_INPUT].v, INT64_C(2500000000));
    cr_expect_eq(row->price[PRICE_OUTPUT].v, INT64_C(10000000000));
    cr_expect_eq(row->price[PRICE_CACHE_READ].v, INT64_C(1250000000));
    cr_expect_eq(row->price[PRICE_AUDIO_INPUT].v, INT64_C(40000000000));
    cr_expect_not(row->price[PRICE_REASONING].known, "the price of output");
    cr_expect_not(row->price[PRICE_BATCH_OUTPUT].known);
    cr_expect_eq(row->context_window.v, 128000);
    cr_assert_eq(row->n_tiers, 2);
    cr_expect_eq(row->tiers[0].above_tokens, 128000, "in order");
    cr_expect_eq(row->tiers[1].price[PRICE_OUTPUT].v, INT64_C(15000000000));
    cr_expect_not(row->tiers[0].price[PRICE_OUTPUT].known);
    cr_expect_str_eq(k.texts[1][2], "priority");
    cr_expect_eq(k.rows[1].price[PRICE_INPUT].v, INT64_C(5000000000));
    cr_expect_not(k.rows[1].price[PRICE_OUTPUT].known, "null is unknown");
    cr_expect(k.rows[2].embedding);
    cr_expect_eq(k.rows[2].price[PRICE_INPUT].v, 20000000);
}

Test(price_import, llm_prices)
{
    static const char text[] =
        "{\"updated_at\": \"2026-08-05\", \"prices\": ["
        " {\"id\": \"m-1\", \"vendor\": \"mistral_ai\", \"input\": 0.15, \"output\": 0.6,"
        "  \"input_cached\": null, \"from_date\": \"2026-02-03\"},"
        " {\"id\": \"m-2\", \"vendor\": \"acme\", \"input\": null, \"output\": 1}]}";
    struct price_import_counts counts;
    struct kept k = {.n = 0};
    struct error err = {0};

    cr_assert_eq(price_import(sv_from(text), keep, &k, &counts, &err), OK, "%s", err.msg);
    cr_assert_eq(k.n, 1);
    cr_expect_eq(counts.skipped, 1);
    cr_expect_str_eq(k.texts[0][1], "mistral");
    cr_expect_eq(k.rows[0].price[PRICE_INPUT].v, 150000000);
    cr_expect_not(k.rows[0].price[PRICE_CACHE_READ].known);
    cr_expect_eq(k.rows[0].from_us.v, INT64_C(1770076800000000), "2026-02-03T00:00:00Z by date(1)");
}

static const struct {
    const char *name, *text, *want;
} bad[] = {
    {"no list",                     "{\"a\": 1}",
     "no list of prices: expected models with litellm_provider, or \"prices\""                                                                                             },
    {"no JSON",                     "{\"a\"",                                                                      "cut off behind byte 4: expected ':'"                   },
    {"no figure",                   "{\"m\": {\"litellm_provider\": \"x\", \"input_cost_per_token\": \"cheap\"}}",
     "m: input_cost_per_token: expected a price, found cheap"                                                                                                              },
    {"below nothing",               "{\"prices\": [{\"id\": \"m\", \"input\": -1}]}",
     "m: input: expected a price, found -1"                                                                                                                                },
    {"too little to be held",
     "{\"m\": {\"litellm_provider\": \"x\", \"input_cost_per_token\": 1e-18}}",                                    "m: input_cost_per_token: expected a price, found 1e-18"},
    {"too dear",                    "{\"m\": {\"litellm_provider\": \"x\", \"input_cost_per_token\": 2}}",
     "m: input_cost_per_token: expected a price, found 2"                                                                                                                  },
    {"a list in place of a figure", "{\"prices\": [{\"id\": \"m\", \"input\": [1]}]}",
     "m: input: expected a price, found [1]"                                                                                                                               },
};

Test(price_import, messages)
{
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct price_import_counts counts;
        struct kept k = {.n = 0};
        struct error err = {0};

        cr_expect_eq(price_import(sv_from(bad[i].text), keep, &k, &counts, &err), ERR_PARSE, "%s",
                     bad[i].name);
        cr_expect_str_eq(err.msg, bad[i].want, "%s", bad[i].name);
        cr_expect_eq(k.n, 0, "%s", bad[i].name);
    }
}
