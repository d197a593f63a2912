/* price: what a model costs, and what one call costs by it. Money is integer nano-dollars. */
#ifndef LLMOBS_PRICE_PRICE_H
#define LLMOBS_PRICE_PRICE_H

#include "record/record.h"

/* Prices of a row, each in nano-dollars per million tokens; unknown is not zero. */
enum price_kind {
    PRICE_INPUT,
    PRICE_OUTPUT,
    PRICE_CACHE_READ,
    PRICE_CACHE_WRITE_5M, /* also of providers that have one price for writing */
    PRICE_CACHE_WRITE_1H,
    PRICE_TIERED, /* those above depend on the size of the request, those below do not */
    PRICE_BATCH_INPUT = PRICE_TIERED,
    PRICE_BATCH_OUTPUT,
    PRICE_REASONING, /* known only where it is not the price of output */
    PRICE_AUDIO_INPUT,
    PRICE_AUDIO_OUTPUT,
    PRICE_COUNT,
};

/* Names as in schemas/prices.tsv and the columns of table price: "cache_read". */
extern const char *const price_kind_names[PRICE_COUNT];

#define PRICE_MAX INT64_C(1000000000000000) /* a million dollars per million tokens */
#define PRICE_TIERS_MAX 8

/* Prices of requests whose whole input is above a number of tokens. */
struct price_tier {
    int64_t above_tokens;
    struct maybe_i64 price[PRICE_TIERED];
};

enum price_origin { PRICE_BUILT_IN, PRICE_USER, PRICE_IMPORTED, PRICE_CONFIG, PRICE_ORIGIN_COUNT };
extern const char *const price_origin_names[PRICE_ORIGIN_COUNT]; /* "built-in", "user" ... */

struct price_row {
    enum price_origin origin;
    struct sv provider; /* who sends the bill; SV_NONE: whoever it is */
    struct sv model;    /* the id that the provider gives it */
    struct sv match;    /* PCRE2 pattern for the whole id of a log, upper and lower case alike */
    struct sv service_tier; /* SV_NONE: the standard one */
    bool named_only; /* only for logs that name the provider: others have models of that name */
    bool embedding;  /* has no output to pay for */
    struct maybe_i64 price[PRICE_COUNT];
    struct price_tier tiers[PRICE_TIERS_MAX]; /* ascending */
    size_t n_tiers;
    struct maybe_i64 context_window, max_output; /* tokens */
    struct maybe_i64 from_us, until_us;          /* valid in [from, until); unknown: open */
    struct sv sources, note;
};

/* What a call used, as far as its log says. */
struct price_usage {
    struct maybe_i64 input;  /* all of it: cached and audio tokens are parts */
    struct maybe_i64 output; /* all of it: reasoning and audio tokens are parts */
    struct maybe_i64 cache_read, cache_write, cache_write_5m, cache_write_1h;
    struct maybe_i64 reasoning, audio_input, audio_output;
    bool batch; /* by a row of the standard service tier it costs the batch prices */
};

/* Why there is no price. */
enum price_lack {
    PRICED,
    LACK_MODEL,  /* the log names no model, or one that no row matches */
    LACK_PERIOD, /* rows match, none at the time of the call (or its time is unknown and matters) */
    LACK_SERVICE, /* a service tier that costs something else and has no row */
    LACK_TOKENS,  /* the log does not count input or output */
    LACK_PRICE,   /* the row does not know a price that the call needs: batch, audio, output */
    LACK_COUNT,
};
extern const char *const price_lack_words[LACK_COUNT]; /* "no row matches the model" ... */

/* The parts of a bill. */
enum bill_part {
    BILL_INPUT, /* what is neither cached nor audio */
    BILL_CACHE_READ,
    BILL_CACHE_WRITE_5M,
    BILL_CACHE_WRITE_1H,
    BILL_AUDIO_INPUT,
    BILL_OUTPUT, /* what is neither audio nor reasoning with a price of its own */
    BILL_REASONING,
    BILL_AUDIO_OUTPUT,
    BILL_COUNT,
};
extern const char *const bill_part_names[BILL_COUNT]; /* "input", "cache read" ... */

struct bill_line {
    int64_t tokens, nusd_per_mtok, amount_nusd;
};

struct bill {
    int64_t cost_nusd;
    struct bill_line lines[BILL_COUNT]; /* all zero where nothing is to be paid */
    int64_t above_tokens;               /* the long-context tier that applied, 0: none */
    int64_t savings_nusd; /* what the same tokens uncached would cost more; below 0: less */
};

/*
 * The bill of a call by a row: Σ tokens · price / 10^6, exact in 128 bits, rounded once, half to
 * even. The amounts of the lines are the exact ones rounded down, and the nano-dollars that are
 * left go to the largest remainders (the earlier line on a tie), so that they add up to the cost.
 *
 *   - The long-context tier is the highest whose threshold is below the whole input; it holds for
 *     the whole request.
 *   - Cached and audio tokens are parts of the input. Where they are more than it, it was logged
 *     without them and they are added.
 *   - Writes that the log does not split are the 5-minute ones. A cache price that is not known is
 *     that of the input, one of 1-hour writes that of the 5-minute ones.
 *   - In a batch, tiers and cache prices change as the input price does (cache · batch / input).
 *   - Reasoning counts as output where the row has no price of its own for it. That price, and
 * those of audio, are for requests of the usual size and way: in a batch they are not known, nor is
 * that of reasoning above a tier's threshold.
 *
 * bill may be NULL. Returns PRICED with *cost_nusd filled, or what is lacking, with outputs
 * untouched. O(1), no allocation.
 */
enum price_lack price_bill(const struct price_row *row, const struct price_usage *usage,
                           int64_t *cost_nusd, struct bill *bill);

#endif
