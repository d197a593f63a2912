#include "price/price.h"

#include <criterion/criterion.h>

#include "base/error.h"

#define USD INT64_C(1000000000)
#define P(dollars)                                                                                 \
    {                                                                                              \
        (int64_t)((dollars)*1e9 + 0.5), true                                                       \
    }
#define N(n)                                                                                       \
    {                                                                                              \
        n, true                                                                                    \
    }

/* Claude Sonnet 4.5: cache prices 0.1, 1.25 and 2 times the input, a tier above 200,000. */
static const struct price_row sonnet = {
    .model = SV_INIT("claude-sonnet-4-5"),
    .price = {[PRICE_INPUT] = P(3),
              [PRICE_OUTPUT] = P(15),
              [PRICE_CACHE_READ] = P(0.3),
              [PRICE_CACHE_WRITE_5M] = P(3.75),
              [PRICE_CACHE_WRITE_1H] = P(6),
              [PRICE_BATCH_INPUT] = P(1.5),
              [PRICE_BATCH_OUTPUT] = P(7.5)},
    .tiers = {{200000,
               {[PRICE_INPUT] = P(6),
                [PRICE_OUTPUT] = P(22.5),
                [PRICE_CACHE_READ] = P(0.6),
                [PRICE_CACHE_WRITE_5M] = P(7.5),
                [PRICE_CACHE_WRITE_1H] = P(12)}}},
    .n_tiers = 1,
};

/* GPT-4o: no price for writing a cache, none for audio. */
static const struct price_row gpt_4o = {
    .model = SV_INIT("gpt-4o"),
    .price = {[PRICE_INPUT] = P(2.5),
              [PRICE_OUTPUT] = P(10),
              [PRICE_CACHE_READ] = P(1.25),
              [PRICE_BATCH_INPUT] = P(1.25),
              [PRICE_BATCH_OUTPUT] = P(5)},
};

static const struct price_row everything = {
    .model = SV_INIT("everything"),
    .price = {[PRICE_INPUT] = P(1),
              [PRICE_OUTPUT] = P(2),
              [PRICE_REASONING] = P(8),
              [PRICE_AUDIO_INPUT] = P(40),
              [PRICE_AUDIO_OUTPUT] = P(80)},
};

static const struct price_row everything_batched = {
    .model = SV_INIT("everything batched"),
    .price = {[PRICE_INPUT] = P(1),
              [PRICE_OUTPUT] = P(2),
              [PRICE_BATCH_INPUT] = P(0.5),
              [PRICE_BATCH_OUTPUT] = P(1),
              [PRICE_REASONING] = P(8),
              [PRICE_AUDIO_INPUT] = P(40)},
    .tiers = {{1000, {[PRICE_INPUT] = P(2), [PRICE_OUTPUT] = P(4)}}},
    .n_tiers = 1,
};

static const struct price_row embedding = {
    .model = SV_INIT("embedding"), .embedding = true, .price = {[PRICE_INPUT] = P(0.02)}};

/* A row of one service tier costs what it says, in a batch or not. */
static const struct price_row flex = {
    .model = SV_INIT("flex"),
    .service_tier = SV_INIT("flex"),
    .price = {[PRICE_INPUT] = P(1), [PRICE_OUTPUT] = P(1)}
};

static const struct price_row no_batch = {
    .model = SV_INIT("no batch"), .price = {[PRICE_INPUT] = P(1), [PRICE_OUTPUT] = P(1)}
};

static const struct price_row free_model = {
    .model = SV_INIT("free"), .price = {[PRICE_INPUT] = P(0), [PRICE_OUTPUT] = P(0)}
};

static const struct price_row tiny = {
    .model = SV_INIT("tiny"), .price = {[PRICE_INPUT] = N(500000), [PRICE_OUTPUT] = N(1)}
};

/* Wanted costs worked out by hand, in nano-dollars: tokens times dollars per million times 1000. */
static const struct {
    const char *name;
    const struct price_row *row;
    struct price_usage usage;
    enum price_lack lack;
    int64_t cost, savings, above;
} cases[] = {
  /* 1000 fresh: 1000 - 600 read - 300 written. 100 * 3 + 600 * 0.3 + 300 * 3.75 + 50 * 15
  * = 300 + 180 + 1125 + 750 = 2355 micro-dollars; uncached the 900 cost 2700 instead of 1305. */
    {"cache tiers of Anthropic",
     &sonnet,
     {.input = N(1000), .output = N(50), .cache_read = N(600), .cache_write = N(300)},
     PRICED,                                                                                                2355000,
     1395000,                                                                                                              0     },
 /* 700 * 3 + 200 * 3.75 + 100 * 6 + 10 * 15 = 2100 + 750 + 600 + 150 */
    {"writes for 5 minutes and for 1 hour",
     &sonnet,
     {.input = N(1000),
      .output = N(10),
      .cache_write = N(300),
      .cache_write_5m = N(200),
      .cache_write_1h = N(100)},
     PRICED,                                                                                                3600000,
     -450000,
     0                                                                                                                           },
 /* The same with the split alone; the whole is their sum. */
    {"writes told by their parts",
     &sonnet,
     {.input = N(1000), .output = N(10), .cache_write_5m = N(200), .cache_write_1h = N(100)},
     PRICED,                                                                                                3600000,
     -450000,
     0                                                                                                                           },
 /* 300 written, 100 of them for an hour: 200 are of the 5 minute kind. */
    {"writes of which one kind is told",
     &sonnet,
     {.input = N(1000), .output = N(10), .cache_write = N(300), .cache_write_1h = N(100)},
     PRICED,                                                                                                3600000,
     -450000,
     0                                                                                                                           },
 /* 10 + 600 + 300 is the input: 10 * 3 + 600 * 0.3 + 300 * 3.75 + 50 * 15 */
    {"cached tokens outside of the input",
     &sonnet,
     {.input = N(10), .output = N(50), .cache_read = N(600), .cache_write = N(300)},
     PRICED,                                                                                                2085000,
     1395000,                                                                                                              0     },
 /* 200000 * 3 + 1 * 15 */
    {"at the long-context threshold",
     &sonnet,
     {.input = N(200000), .output = N(1)},
     PRICED,                                                                                                600015000,
     0,                                                                                                                    0     },
 /* 200001 * 6 + 1 * 22.5 = 1200006 + 22.5 */
    {"above the threshold",
     &sonnet,
     {.input = N(200001), .output = N(1)},
     PRICED,                                                                                                1200028500,
     0,                                                                                                                    200000},
 /* cached tokens count for the threshold: 1 * 6 + 200000 * 0.6 + 0 */
    {"above the threshold by cached tokens",
     &sonnet,
     {.input = N(200001), .output = N(0), .cache_read = N(200000)},
     PRICED,                                                                                                120006000,
     1080000000,                                                                                                           200000},
 /* 100 * 1.5 + 900 * 0.15 + 10 * 7.5 = 150 + 135 + 75 */
    {"batch",
     &sonnet,
     {.input = N(1000), .output = N(10), .cache_read = N(900), .batch = true},
     PRICED,                                                                                                360000,
     1215000,                                                                                                              0     },
 /* 200001 * 3 + 10 * 11.25 */
    {"batch above the threshold",
     &sonnet,
     {.input = N(200001), .output = N(10), .batch = true},
     PRICED,                                                                                                600115500,
     0,                                                                                                                    200000},
    {"batch without a price for it",
     &no_batch,
     {.input = N(5), .output = N(5), .batch = true},
     LACK_PRICE,                                                                                            -1,
     0,                                                                                                                    0     },
    {"a batch at a tier of its own",
     &flex,
     {.input = N(5), .output = N(5), .batch = true},
     PRICED,                                                                                                10000,
     0,                                                                                                                    0     },
 /* 400 * 2.5 + 600 * 1.25 + 50 * 10 = 1000 + 750 + 500 */
    {"cached tokens of OpenAI",
     &gpt_4o,
     {.input = N(1000), .output = N(50), .cache_read = N(600), .reasoning = N(30)},
     PRICED,                                                                                                2250000,
     750000,                                                                                                               0     },
 /* a cache price that is not known is that of the input: 1000 * 2.5 + 50 * 10 */
    {"cache writes without a price",
     &gpt_4o,
     {.input = N(1000), .output = N(50), .cache_write = N(600)},
     PRICED,                                                                                                3000000,
     0,                                                                                                                    0     },
    {"audio without a price",
     &gpt_4o,
     {.input = N(1000), .output = N(50), .audio_input = N(1)},
     LACK_PRICE,                                                                                            -1,
     0,                                                                                                                    0     },
    {"no audio",
     &gpt_4o,
     {.input = N(1000), .output = N(50), .audio_input = N(0)},
     PRICED,                                                                                                3000000,
     0,                                                                                                                    0     },
 /* 60 * 1 + 40 * 40 + 50 * 2 + 30 * 8 + 20 * 80 = 60 + 1600 + 100 + 240 + 1600 */
    {"audio and reasoning apart",
     &everything,
     {.input = N(100),
      .output = N(100),
      .audio_input = N(40),
      .audio_output = N(20),
      .reasoning = N(30)},
     PRICED,                                                                                                3600000,
     0,                                                                                                                    0     },
 /* parts that are more than the whole: 100 * 40 + 0 * 2 + 100 * 8 */
    {"more reasoning than output",
     &everything,
     {.input = N(100), .output = N(100), .audio_input = N(400), .reasoning = N(300)},
     PRICED,                                                                                                4800000,
     0,                                                                                                                    0     },
    {"audio in a batch has no price",
     &everything_batched,
     {.input = N(100), .output = N(100), .audio_input = N(1), .batch = true},
     LACK_PRICE,                                                                                            -1,
     0,                                                                                                                    0     },
    {"reasoning in a batch has none",
     &everything_batched,
     {.input = N(100), .output = N(100), .reasoning = N(1), .batch = true},
     LACK_PRICE,                                                                                            -1,
     0,                                                                                                                    0     },
    {"reasoning above a threshold has none",
     &everything_batched,
     {.input = N(1001), .output = N(100), .reasoning = N(1)},
     LACK_PRICE,                                                                                            -1,
     0,                                                                                                                    0     },
    {"an embedding has no output",           &embedding,  {.input = N(1000000)},               PRICED,      USD / 50,   0, 0     },
    {"no input",                             &sonnet,     {.output = N(5)},                    LACK_TOKENS, -1,         0, 0     },
    {"no output",                            &sonnet,     {.input = N(5)},                     LACK_TOKENS, -1,         0, 0     },
    {"nothing used costs nothing",           &sonnet,     {.input = N(0), .output = N(0)},     PRICED,      0,          0, 0     },
    {"free is a price",                      &free_model, {.input = N(7), .output = N(9)},     PRICED,      0,          0, 0     },
 /* half a nano-dollar each: 1 is 0.5 and 3 are 1.5 nano-dollars, to even */
    {"half down to even",                    &tiny,       {.input = N(1), .output = N(0)},     PRICED,      0,          0, 0     },
    {"half up to even",                      &tiny,       {.input = N(3), .output = N(0)},     PRICED,      2,          0, 0     },
    {"a little above half",                  &tiny,       {.input = N(1), .output = N(1)},     PRICED,      1,          0, 0     },
 /* 9e18 tokens at 3 dollars are 2.7e22 nano-dollars, more than 2^63 */
    {"more than can be paid",
     &sonnet,
     {.input = N(INT64_MAX), .output = N(0)},
     LACK_TOKENS,                                                                                           -1,
     0,                                                                                                                    0     },
    {"parts that cannot be added",
     &sonnet,
     {.input = N(1), .output = N(0), .cache_read = N(INT64_MAX), .cache_write = N(INT64_MAX)},
     LACK_TOKENS,                                                                                           -1,
     0,                                                                                                                    0     },
};

static void check_lines(const char *name, const struct bill *bill, int64_t cost)
{
    int64_t sum = 0;

    for (int i = 0; i < BILL_COUNT; i++) {
        const struct bill_line *l = &bill->lines[i];
        __extension__ __int128 exact = (__int128)l->tokens * l->nusd_per_mtok / 1000000;

        sum += l->amount_nusd;
        cr_expect(l->amount_nusd == (int64_t)exact || l->amount_nusd == (int64_t)exact + 1,
                  "%s: line %d", name, i);
    }
    cr_expect_eq(sum, cost, "%s: the lines add up to %lld, not %lld", name, (long long)sum,
                 (long long)cost);
}

Test(price, bill)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *name = cases[i].name;
        int64_t cost = -1, alone = -1;
        struct bill bill = {0};
        enum price_lack lack = price_bill(cases[i].row, &cases[i].usage, &cost, &bill);

        cr_expect_eq(lack, cases[i].lack, "%s: %s", name, price_lack_words[lack]);
        cr_expect_eq(cost, cases[i].cost, "%s: %lld", name, (long long)cost);
        price_bill(cases[i].row, &cases[i].usage, &alone, NULL);
        cr_expect_eq(alone, cost, "%s: without a bill", name);
        if (lack)
            continue;
        cr_expect_eq(bill.savings_nusd, cases[i].savings, "%s: saved %lld", name,
                     (long long)bill.savings_nusd);
        cr_expect_eq(bill.above_tokens, cases[i].above, "%s", name);
        check_lines(name, &bill, cost);
    }
}

/* Random bills: the lines always add up, and no split of the tokens gains or loses one. */
Test(price, lines_add_up)
{
    uint64_t seed = 7;

    for (int i = 0; i < 20000; i++) {
        struct price_row row = {.model = SV("x")};
        struct price_usage u = {0};
        struct bill bill;
        int64_t cost, tokens = 0;

        for (int k = 0; k < PRICE_COUNT; k++)
            row.price[k] = (struct maybe_i64){(int64_t)((seed = hash_mix(seed)) % 99999999), true};
        u.cache_read = (struct maybe_i64){(int64_t)((seed = hash_mix(seed)) % 9999), seed & 64};
        u.cache_write = (struct maybe_i64){(int64_t)((seed = hash_mix(seed)) % 999), seed & 64};
        u.cache_write_1h = (struct maybe_i64){(int64_t)((seed = hash_mix(seed)) % 999), seed & 64};
        u.audio_input = (struct maybe_i64){(int64_t)((seed = hash_mix(seed)) % 99), seed & 64};
        u.reasoning = (struct maybe_i64){(int64_t)((seed = hash_mix(seed)) % 999), seed & 64};
        u.input = (struct maybe_i64){(int64_t)((seed = hash_mix(seed)) % 20000 + 12000), true};
        u.output = (struct maybe_i64){(int64_t)((seed = hash_mix(seed)) % 5000), true};
        /* audio and reasoning have no price in a batch */
        u.batch = (seed & 128) && !u.audio_input.known && !u.reasoning.known;
        cr_assert_eq(price_bill(&row, &u, &cost, &bill), PRICED);
        check_lines("random", &bill, cost);
        for (int k = 0; k < BILL_COUNT; k++)
            tokens += bill.lines[k].tokens;
        cr_assert_eq(tokens, u.input.v + u.output.v);
    }
}
