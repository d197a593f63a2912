/* price: names, and the arithmetic of a bill. */
#include "price/price.h"
#include "base/wide.h"
#include "base/banned.h"

#define MILLION 1000000

const char *const price_kind_names[PRICE_COUNT] = {
    [PRICE_INPUT] = "input",
    [PRICE_OUTPUT] = "output",
    [PRICE_CACHE_READ] = "cache_read",
    [PRICE_CACHE_WRITE_5M] = "cache_write_5m",
    [PRICE_CACHE_WRITE_1H] = "cache_write_1h",
    [PRICE_BATCH_INPUT] = "batch_input",
    [PRICE_BATCH_OUTPUT] = "batch_output",
    [PRICE_REASONING] = "reasoning",
    [PRICE_AUDIO_INPUT] = "audio_input",
    [PRICE_AUDIO_OUTPUT] = "audio_output",
};

const char *const price_origin_names[PRICE_ORIGIN_COUNT] = {
    [PRICE_BUILT_IN] = "built-in",
    [PRICE_USER] = "user",
    [PRICE_IMPORTED] = "import",
    [PRICE_CONFIG] = "config",
};

const char *const price_lack_words[LACK_COUNT] = {
    [PRICED] = "priced",
    [LACK_MODEL] = "no price for the model",
    [LACK_PERIOD] = "no price for the time of the call",
    [LACK_SERVICE] = "no price for the service tier",
    [LACK_TOKENS] = "the log does not count the tokens",
    [LACK_PRICE] = "no price for a part of the call",
};

const char *const bill_part_names[BILL_COUNT] = {
    [BILL_INPUT] = "input",
    [BILL_CACHE_READ] = "cache read",
    [BILL_CACHE_WRITE_5M] = "cache write 5 min",
    [BILL_CACHE_WRITE_1H] = "cache write 1 h",
    [BILL_AUDIO_INPUT] = "audio input",
    [BILL_OUTPUT] = "output",
    [BILL_REASONING] = "reasoning",
    [BILL_AUDIO_OUTPUT] = "audio output",
};

static int64_t tokens_of(struct maybe_i64 x)
{
    return x.known ? x.v : 0;
}

/* The tokens of each part. False when they are too many to be added. */
static bool split(const struct price_usage *u, bool own_reasoning, int64_t tokens[BILL_COUNT],
                  int64_t *whole_input)
{
    int64_t read = tokens_of(u->cache_read), audio = tokens_of(u->audio_input);
    int64_t hour = tokens_of(u->cache_write_1h), minutes, write, cached;
    int64_t reasoning = own_reasoning ? tokens_of(u->reasoning) : 0;
    int64_t spoken = tokens_of(u->audio_output), said;

    if (__builtin_add_overflow(hour, tokens_of(u->cache_write_5m), &write))
        return false;
    write = write > tokens_of(u->cache_write) ? write : tokens_of(u->cache_write);
    minutes = write - hour;
    if (__builtin_add_overflow(read, write, &cached))
        return false;
    *whole_input = u->input.v;
    if (cached > u->input.v && __builtin_add_overflow(u->input.v, cached, whole_input))
        return false;
    int64_t fresh = *whole_input - cached;
    audio = audio < fresh ? audio : fresh; /* the rest of it was cached */
    tokens[BILL_INPUT] = fresh - audio;
    tokens[BILL_CACHE_READ] = read;
    tokens[BILL_CACHE_WRITE_5M] = minutes;
    tokens[BILL_CACHE_WRITE_1H] = hour;
    tokens[BILL_AUDIO_INPUT] = audio;
    said = tokens_of(u->output);
    spoken = spoken < said ? spoken : said;
    reasoning = reasoning < said - spoken ? reasoning : said - spoken;
    tokens[BILL_OUTPUT] = said - spoken - reasoning;
    tokens[BILL_REASONING] = reasoning;
    tokens[BILL_AUDIO_OUTPUT] = spoken;
    return true;
}

/* Prices of the tokens of this request, by kind, as they apply to its size and way. */
static void prices_of(const struct price_row *row, bool batch, int64_t whole_input,
                      struct maybe_i64 price[PRICE_TIERED], int64_t *above_tokens)
{
    *above_tokens = 0;
    memcpy(price, row->price, PRICE_TIERED * sizeof(*price));
    for (size_t i = 0; i < row->n_tiers && whole_input > row->tiers[i].above_tokens; i++) {
        memcpy(price, row->tiers[i].price, PRICE_TIERED * sizeof(*price));
        *above_tokens = row->tiers[i].above_tokens;
    }
    if (!price[PRICE_CACHE_READ].known)
        price[PRICE_CACHE_READ] = price[PRICE_INPUT];
    if (!price[PRICE_CACHE_WRITE_5M].known)
        price[PRICE_CACHE_WRITE_5M] = price[PRICE_INPUT];
    if (!price[PRICE_CACHE_WRITE_1H].known)
        price[PRICE_CACHE_WRITE_1H] = price[PRICE_CACHE_WRITE_5M];
    for (int k = 0; batch && k < PRICE_TIERED; k++) {
        int part = k == PRICE_OUTPUT ? PRICE_OUTPUT : PRICE_INPUT;
        struct maybe_i64 of_batch =
            row->price[part == PRICE_OUTPUT ? PRICE_BATCH_OUTPUT : PRICE_BATCH_INPUT];
        price[k].known &= of_batch.known && row->price[part].known;
        if (!price[k].known)
            continue;
        if (row->price[part].v)
            price[k].v = divide_half_even((i128)price[k].v * of_batch.v, row->price[part].v);
        else
            price[k].known = of_batch.v == 0; /* nothing to scale by */
    }
}

static void itemise(const int64_t tokens[BILL_COUNT], const struct maybe_i64 price[BILL_COUNT],
                    struct bill *bill)
{
    int64_t rest[BILL_COUNT], left = bill->cost_nusd;

    for (int i = 0; i < BILL_COUNT; i++) {
        i128 exact = (i128)tokens[i] * price[i].v;

        bill->lines[i] = (struct bill_line){0};
        rest[i] = -1;
        if (!tokens[i])
            continue;
        bill->lines[i] = (struct bill_line){tokens[i], price[i].v, (int64_t)(exact / MILLION)};
        rest[i] = (int64_t)(exact % MILLION);
        left -= bill->lines[i].amount_nusd;
    }
    for (; left > 0; left--) {
        int largest = 0;

        for (int i = 1; i < BILL_COUNT; i++)
            if (rest[i] > rest[largest])
                largest = i;
        bill->lines[largest].amount_nusd++;
        rest[largest] = -1;
    }
}

enum price_lack price_bill(const struct price_row *row, const struct price_usage *usage,
                           int64_t *cost_nusd, struct bill *bill)
{
    struct maybe_i64 tiered[PRICE_TIERED], price[BILL_COUNT];
    int64_t tokens[BILL_COUNT], whole_input, above_tokens;
    i128 sum = 0, uncached = 0;

    if (!usage->input.known || (!usage->output.known && !row->embedding))
        return LACK_TOKENS;
    if (!split(usage, row->price[PRICE_REASONING].known, tokens, &whole_input))
        return LACK_TOKENS;
    prices_of(row, usage->batch && !row->service_tier.n, whole_input, tiered, &above_tokens);
    price[BILL_INPUT] = tiered[PRICE_INPUT];
    price[BILL_CACHE_READ] = tiered[PRICE_CACHE_READ];
    price[BILL_CACHE_WRITE_5M] = tiered[PRICE_CACHE_WRITE_5M];
    price[BILL_CACHE_WRITE_1H] = tiered[PRICE_CACHE_WRITE_1H];
    price[BILL_AUDIO_INPUT] = row->price[PRICE_AUDIO_INPUT];
    price[BILL_OUTPUT] = tiered[PRICE_OUTPUT];
    price[BILL_REASONING] = row->price[PRICE_REASONING];
    price[BILL_AUDIO_OUTPUT] = row->price[PRICE_AUDIO_OUTPUT];
    if (usage->batch && !row->service_tier.n)
        price[BILL_AUDIO_INPUT].known = price[BILL_REASONING].known =
            price[BILL_AUDIO_OUTPUT].known = false;
    price[BILL_REASONING].known &= above_tokens == 0;
    for (int i = 0; i < BILL_COUNT; i++) {
        if (!tokens[i])
            continue;
        if (!price[i].known)
            return LACK_PRICE;
        sum += (i128)tokens[i] * price[i].v;
        if (i >= BILL_CACHE_READ && i <= BILL_CACHE_WRITE_1H)
            uncached += (i128)tokens[i] * (tiered[PRICE_INPUT].v - price[i].v);
    }
    if (sum / MILLION >= INT64_MAX)
        return LACK_TOKENS;
    *cost_nusd = divide_half_even(sum, MILLION);
    if (bill) {
        bill->cost_nusd = *cost_nusd;
        bill->above_tokens = above_tokens;
        bill->savings_nusd = divide_half_even(uncached, MILLION);
        itemise(tokens, price, bill);
    }
    return PRICED;
}
