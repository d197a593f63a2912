#include "price/price_book.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NUSD(dollars) ((int64_t)((dollars)*1e9 + 0.5))

/* Midnights UTC by date(1): date -u -d 2026-09-01 +%s. */
#define DAY_2025_06_10 INT64_C(1749513600000000)
#define DAY_2026_01_01 INT64_C(1767225600000000)
#define DAY_2026_03_13 INT64_C(1773360000000000)
#define DAY_2026_09_01 INT64_C(1788220800000000)

static struct price_book *built_in(void)
{
    struct price_book *b = NULL;
    struct error err = {0};

    cr_assert_eq(price_book_new(&b, &err), OK, "%s", err.msg);
    cr_assert_eq(price_book_add_built_in(b, &err), OK, "%s", err.msg);
    return b;
}

/* The row for what a log says; NULL with *lack. */
static const struct price_row *find(struct price_book *b, const char *provider, const char *model,
                                    int64_t at_us, const char *tier, enum price_lack *lack)
{
    const struct price_names names = {.provider = sv_from(provider),
                                      .response_model = sv_from(model)};
    const struct price_match *match = NULL;
    const struct price_row *row = NULL;
    struct maybe_i64 at = {at_us, at_us != INT64_MIN};
    struct error err = {0};

    cr_assert_eq(price_book_match(b, &names, &match, &err), OK, "%s", err.msg);
    *lack = price_choose(match, at, sv_from(tier), &row);
    return *lack ? NULL : row;
}

/* Prices as the facts state them (dollars per million tokens). */
static const struct {
    const char *name, *provider, *id;
    int64_t at_us;
    enum price_lack lack;
    const char *of; /* the provider whose row it is */
    double input;
} cases[] = {
    {"a bare id is its maker's",                 NULL,              "gpt-4o",                                                         DAY_2026_01_01,     PRICED,      "openai",      2.5 },
    {"case does not matter",                     NULL,              "GPT-4o",                                                         DAY_2026_01_01,     PRICED,      "openai",      2.5 },
    {"a dated snapshot with a price of its own", NULL,              "gpt-4o-2024-05-13",                                              DAY_2026_01_01,     PRICED,
     "openai",                                                                                                                                                                        5   },
    {"a snapshot that nobody knows",             NULL,              "gpt-4o-2031-01-01",                                              DAY_2026_01_01,     LACK_MODEL,  NULL,
     0                                                                                                                                                                                    },
    {"Azure when it is named",                   "azure",           "gpt-4o",                                                         DAY_2026_01_01,     PRICED,      "azure",       2.5 },
    {"OpenTelemetry's name for it",              "azure.ai.openai", "gpt-4o",                                                         DAY_2026_01_01,     PRICED,      "azure",
     2.5                                                                                                                                                                                  },
    {"Azure before the id",                      NULL,              "azure/gpt-4o",                                                   DAY_2026_01_01,     PRICED,      "azure",       2.5 },
    {"a data zone of Azure costs 10 % more",     NULL,              "azure/eu/gpt-5.1",                                               DAY_2026_01_01,     PRICED,
     "azure",                                                                                                                                                                         1.38},
    {"Bedrock with a region",                    "aws.bedrock",     "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
     DAY_2026_01_01,                                                                                                                                      PRICED,      "aws-bedrock", 3.3 },
    {"Bedrock, global",                          NULL,              "global.anthropic.claude-sonnet-4-5-20250929-v1:0",               DAY_2026_01_01,
     PRICED,                                                                                                                                                           "aws-bedrock", 3   },
    {"Claude with its words in another order",   NULL,              "claude-4-sonnet",                                                DAY_2026_01_01,     PRICED,
     "anthropic",                                                                                                                                                                     3   },
    {"through a gateway",                        NULL,              "openrouter/anthropic/claude-sonnet-4.5",                         DAY_2026_01_01,     PRICED,
     "anthropic",                                                                                                                                                                     3   },
    {"a provider that reuses ids, named",        "together_ai",     "zai-org/GLM-4.6",                                                DAY_2026_01_01,     PRICED,
     "together",                                                                                                                                                                      0.6 },
    {"a resource path",                          NULL,              "projects/p/locations/l/publishers/google/models/gemini-2.5-pro",
     DAY_2026_01_01,                                                                                                                                      PRICED,      "google",      1.25},
    {"a free route is another model",            NULL,              "meta-llama/llama-2-13b-chat:free",                               DAY_2026_01_01,
     LACK_MODEL,                                                                                                                                                       NULL,          0   },
    {"the last microsecond before a cut",        NULL,              "o3",                                                             DAY_2025_06_10 - 1, PRICED,      "openai",      10  },
    {"midnight UTC",                             NULL,              "o3",                                                             DAY_2025_06_10,     PRICED,      "openai",      2   },
    {"an introductory price",                    NULL,              "claude-sonnet-5",                                                DAY_2026_09_01 - 1, PRICED,      "anthropic",   2   },
    {"and after it",                             NULL,              "claude-sonnet-5",                                                DAY_2026_09_01,     PRICED,      "anthropic",   3   },
    {"no time, one price",                       NULL,              "gpt-4o",                                                         INT64_MIN,          PRICED,      "openai",      2.5 },
    {"no time, several prices",                  NULL,              "o3",                                                             INT64_MIN,          LACK_PERIOD, NULL,          0   },
    {"no model",                                 NULL,              NULL,                                                             DAY_2026_01_01,     LACK_MODEL,  NULL,          0   },
    {"an opaque profile",                        "aws.bedrock",
     "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3",                                                   DAY_2026_01_01,
     LACK_MODEL,                                                                                                                                                       NULL,          0   },
};

Test(price_book, built_in)
{
    struct price_book *b = built_in();

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum price_lack lack;
        const struct price_row *row =
            find(b, cases[i].provider, cases[i].id, cases[i].at_us, NULL, &lack);

        cr_expect_eq(lack, cases[i].lack, "%s: %s", cases[i].name, price_lack_words[lack]);
        if (!row || lack != cases[i].lack)
            continue;
        cr_expect(sv_is(row->provider, cases[i].of), "%s: %.*s", cases[i].name,
                  SV_FMT(row->provider));
        cr_expect_eq(row->price[PRICE_INPUT].v, NUSD(cases[i].input), "%s: %lld", cases[i].name,
                     (long long)row->price[PRICE_INPUT].v);
    }
    price_book_free(b);
}

/* Every row is found by its own id under its provider's name, in its own period. */
Test(price_book, every_row_is_found)
{
    struct price_book *b = built_in();

    cr_expect_eq(price_book_count(b), 934);
    for (size_t i = 0; i < price_book_count(b); i++) {
        const struct price_row *want = price_book_row(b, i);
        char provider[64], model[256];
        enum price_lack lack;
        int64_t at = want->from_us.known    ? want->from_us.v
                     : want->until_us.known ? want->until_us.v - 1
                                            : DAY_2026_01_01;

        snprintf(provider, sizeof(provider), "%.*s", SV_FMT(want->provider));
        snprintf(model, sizeof(model), "%.*s", SV_FMT(want->model));
        if (sv_starts(want->model, "geo.")) /* stands for us. eu. apac. ... */
            snprintf(model, sizeof(model), "eu%.*s",
                     SV_FMT(((struct sv){want->model.p + 3, want->model.n - 3})));
        const struct price_row *row = find(b, provider, model, at, NULL, &lack);
        cr_expect(row && sv_eq(row->provider, want->provider) &&
                      row->price[PRICE_INPUT].v == want->price[PRICE_INPUT].v,
                  "%s %s", provider, model);
    }
    price_book_free(b);
}

/* The two periods of a model never hold at once. */
Test(price_book, tier_of_claude_ended)
{
    struct price_book *b = built_in();
    enum price_lack lack;
    const struct price_row *before =
        find(b, NULL, "claude-opus-4-6", DAY_2026_03_13 - 1, NULL, &lack);
    const struct price_row *after = find(b, NULL, "claude-opus-4-6", DAY_2026_03_13, NULL, &lack);

    cr_assert(before && after);
    cr_expect_eq(before->n_tiers, 1);
    cr_expect_eq(before->tiers[0].above_tokens, 200000);
    cr_expect_eq(after->n_tiers, 0);
    price_book_free(b);
}

static const struct {
    const char *name, *tier;
    enum price_lack lack;
    double input;
} tiers[] = {
    {"standard",                                   "standard", PRICED,       2.5 },
    {"default",                                    "default",  PRICED,       2.5 },
    {"a text that is no tier",                     "gold",     PRICED,       2.5 },
    {"batch",                                      "batch",    PRICED,       2.5 },
    {"costs otherwise, and nobody knows how much", "priority", LACK_SERVICE, 0   },
    {"upper case too",                             "PRIORITY", LACK_SERVICE, 0   },
    {"a row for it",                               "flex",     PRICED,       1.25},
};

Test(price_book, service_tiers)
{
    const struct price_row flex = {.origin = PRICE_USER,
                                   .model = SV("gpt-4o"),
                                   .service_tier = SV("flex"),
                                   .price = {[PRICE_INPUT] = {NUSD(1.25), true}}};
    struct price_book *b = built_in();

    cr_assert_eq(price_book_add(b, &flex, NULL), OK);
    for (size_t i = 0; i < ARRAY_LEN(tiers); i++) {
        enum price_lack lack;
        const struct price_row *row = find(b, NULL, "gpt-4o", DAY_2026_01_01, tiers[i].tier, &lack);

        cr_expect_eq(lack, tiers[i].lack, "%s", tiers[i].name);
        if (row)
            cr_expect_eq(row->price[PRICE_INPUT].v, NUSD(tiers[i].input), "%s", tiers[i].name);
    }
    price_book_free(b);
}

Test(price_book, own_rows_aliases_and_discounts)
{
    const struct price_row mine[] = {
        {.origin = PRICE_CONFIG,
         .provider = SV("azure"),
         .model = SV("gpt-4o"),
         .price = {[PRICE_INPUT] = {7, true}}                                                          },
        { .origin = PRICE_USER,       .model = SV("llama+local"), .price = {[PRICE_INPUT] = {0, true}}},
        {                                                                             .origin = PRICE_USER,
         .model = SV("later"),
         .match = SV("gpt-4o-mini"),
         .from_us = {DAY_2026_01_01, true},
         .price = {[PRICE_INPUT] = {9, true}}},
    };
    const struct price_discount off = {
        .provider = SV("anthropic"),
        .match = SV("claude-.*"),
        .off_ppm = 150000,
        .from_us = {DAY_2026_01_01, true}
    };
    struct price_book *b = built_in();
    const struct price_row *row;
    enum price_lack lack;

    for (size_t i = 0; i < ARRAY_LEN(mine); i++)
        cr_assert_eq(price_book_add(b, &mine[i], NULL), OK);
    cr_assert_eq(price_book_alias(b, SV("prod-chat"), SV("gpt-4o"), NULL), OK);
    cr_assert_eq(price_book_discount(b, &off, NULL), OK);

    row = find(b, "azure_openai", "gpt-4o", DAY_2026_01_01, NULL, &lack);
    cr_expect_eq(row->price[PRICE_INPUT].v, 7, "a contract with the provider that is named");
    row = find(b, "openai", "gpt-4o", DAY_2026_01_01, NULL, &lack);
    cr_expect_eq(row->price[PRICE_INPUT].v, NUSD(2.5), "not with another one");
    row = find(b, "azure", "prod-chat", DAY_2026_01_01, NULL, &lack);
    cr_expect_eq(row->price[PRICE_INPUT].v, 7, "a deployment's name");
    row = find(b, NULL, "llama+local", DAY_2026_01_01, NULL, &lack);
    cr_expect_eq(row->price[PRICE_INPUT].v, 0, "free is a price");
    cr_expect_null(find(b, NULL, "llamaalocal", DAY_2026_01_01, NULL, &lack),
                   "a model's id is no pattern");
    row = find(b, NULL, "gpt-4o-mini", DAY_2026_01_01 - 1, NULL, &lack);
    cr_expect_eq(row->price[PRICE_INPUT].v, NUSD(0.15), "before the user's row begins");
    row = find(b, NULL, "gpt-4o-mini", DAY_2026_01_01, NULL, &lack);
    cr_expect_eq(row->price[PRICE_INPUT].v, 9);
    row = find(b, NULL, "claude-opus-4-5", DAY_2026_01_01 - 1, NULL, &lack);
    cr_expect_eq(row->price[PRICE_INPUT].v, NUSD(5), "before the contract");
    row = find(b, NULL, "claude-opus-4-5", DAY_2026_01_01, NULL, &lack);
    cr_expect_eq(row->price[PRICE_INPUT].v, NUSD(4.25), "15 %% off 5");
    cr_expect_eq(row->price[PRICE_CACHE_READ].v, NUSD(0.425));
    price_book_free(b);
}

Test(price_book, request_model_where_the_response_model_is_unknown)
{
    const struct price_names names = {.response_model = SV("something-internal"),
                                      .request_model = SV("gpt-4o")};
    const struct price_match *match, *again;
    struct price_book *b = built_in();

    cr_assert_eq(price_book_match(b, &names, &match, NULL), OK);
    cr_expect(sv_is(match->model, "gpt-4o"));
    cr_assert_eq(price_book_match(b, &names, &again, NULL), OK);
    cr_expect_eq(match, again, "matched once");
    price_book_free(b);
}

static const struct {
    const char *name;
    struct price_row row;
    enum err err;
    const char *want;
} bad[] = {
    {"no model",  {.price = {[PRICE_INPUT] = {1, true}}},                                         ERR_RANGE, "a price without a model"                                             },
    {"no input",  {.model = SV_INIT("m")},                                                        ERR_RANGE, "price of m: none for input"                                          },
    {"negative",
     {.model = SV_INIT("m"), .price = {[PRICE_INPUT] = {-1, true}}},
     ERR_RANGE,                                                                                              "price of m: input: expected 0 to 1000000 dollars per million tokens" },
    {"too large",
     {.model = SV_INIT("m"), .price = {{1, true}, {PRICE_MAX + 1, true}}},
     ERR_RANGE,                                                                                              "price of m: output: expected 0 to 1000000 dollars per million tokens"},
    {"tiers",
     {.model = SV_INIT("m"),
      .price = {{1, true}},
      .n_tiers = 2,
      .tiers = {{.above_tokens = 9}, {.above_tokens = 9}}},
     ERR_RANGE,                                                                                              "price of m: tiers have to ascend from above 0"                       },
    {"period",
     {.model = SV_INIT("m"), .price = {{1, true}}, .from_us = {5, true}, .until_us = {5, true}},
     ERR_RANGE,                                                                                              "price of m: its period ends before it begins"                        },
    {"pattern",
     {.origin = PRICE_USER, .model = SV_INIT("m"), .match = SV_INIT("m("), .price = {{1, true}}},
     ERR_PARSE,                                                                                              "pattern 'm(', column 3: missing closing parenthesis"                 },
};

Test(price_book, messages)
{
    const struct price_discount discount = {.match = SV("x"), .off_ppm = 1000001};
    struct price_book *b = NULL;
    struct error err = {0};

    cr_assert_eq(price_book_new(&b, NULL), OK);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        cr_expect_eq(price_book_add(b, &bad[i].row, &err), bad[i].err, "%s", bad[i].name);
        cr_expect_str_eq(err.msg, bad[i].want, "%s", bad[i].name);
    }
    cr_expect_eq(price_book_discount(b, &discount, &err), ERR_RANGE);
    cr_expect_str_eq(err.msg, "a discount of 1000001 millionths: expected 0 to 1000000");
    cr_expect_eq(price_book_count(b), 0);
    price_book_free(b);
}

Test(price_book, fingerprint)
{
    struct price_row a = {.model = SV("m"), .price = {{1, true}}}, b = a;

    b.note = SV("another source");
    b.origin = PRICE_USER;
    cr_expect_eq(price_row_fingerprint(&a), price_row_fingerprint(&b));
    b.price[PRICE_OUTPUT] = (struct maybe_i64){0, true};
    cr_expect_neq(price_row_fingerprint(&a), price_row_fingerprint(&b), "0 is not unknown");
}
