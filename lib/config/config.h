/* config: what configuration files say, as plain data. Knows no files: the caller hands in texts.
 * The form of one: schemas/config.schema.json. */
#ifndef LLMOBS_CONFIG_CONFIG_H
#define LLMOBS_CONFIG_CONFIG_H

#include "json/json.h"
#include "price/price_book.h"

/* A default of a global flag, "no_cost": true. What it may be is known to whoever has the flag. */
struct config_setting {
    const char *key;
    enum json_type type; /* JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE; an array of strings:
                          * JSON_ARRAY */
    const char *const *texts; /* the string, the number as written, the strings; of a bool none */
    size_t n_texts;
    const char *file;
};

/* A price, or a discount on the built-in and imported prices. */
struct config_price {
    const char *file, *pointer; /* "/prices/0" */
    bool is_discount;
    struct price_row row; /* of PRICE_CONFIG; its prices are exactly the decimals written */
    struct price_discount discount; /* instead */
};

/* A name as the log has it, and what it stands for. */
struct config_name {
    const char *name, *is;
    const char *file;
};

enum config_unit { CONFIG_USD, CONFIG_TOKENS, CONFIG_CALLS };

enum config_period {
    CONFIG_HOUR, /* calendar */
    CONFIG_DAY,
    CONFIG_WEEK,
    CONFIG_MONTH,
    CONFIG_LAST_24H, /* rolling */
    CONFIG_LAST_7D,
    CONFIG_LAST_30D,
};

struct config_texts {
    const char *const *v;
    size_t n;
};

struct config_budget {
    const char *file, *pointer; /* "/budgets/0" */
    const char *name;           /* NULL: none */
    struct config_texts by;     /* for each group of these; none: for all calls together */
    struct config_texts where;  /* filter expressions, unchecked */
    struct config_texts match;  /* only the group with these values, one for each of by; or none */
    int64_t max;                /* in nano-dollars, tokens or calls */
    int unit;                   /* enum config_unit */
    int period;                 /* enum config_period */
    struct maybe_i64 warn_at_percent;
};

/* All of it in an arena. Zeroed: nothing configured. */
struct config {
    struct config_setting *settings;
    size_t n_settings;
    struct config_price *prices; /* the first one that matches is the price */
    size_t n_prices;
    struct config_name *aliases; /* for models that have a price */
    size_t n_aliases;
    struct config_name *phases; /* globs of span names, for one of config_names.phases */
    size_t n_phases;
    struct config_budget *budgets;
    size_t n_budgets;
    const char *success; /* filter expression, unchecked: which calls have reached what they are
                          * for; NULL: none */
    const char *success_file;
    struct maybe_i64 capacity_tps; /* output tokens a second that the servers can make */
    const char *capacity_tps_file;
};

/* What a configuration may name; each list ends with NULL. */
struct config_names {
    const char *const *settings;   /* "no_cost" */
    const char *const *dimensions; /* "feature", "meta.KEY" */
    const char *const *phases;     /* "retrieval" */
};

/*
 * Reads the text of one file; the text is not needed any longer afterwards, file is borrowed.
 * Strict: what it does not know is an error that says where it stands and what may have been meant.
 * ERR_PARSE: "FILE: /budgets/0/max: expected an amount of dollars, found \"much\""; ERR_RANGE and
 * syntax errors as document_parse(); ERR_NOMEM. *out is untouched on error.
 */
NODISCARD enum err config_read(struct sv text, const char *file, const struct config_names *names,
                               struct arena *arena, struct config *out, struct error *err);

/*
 * Adds what a weaker configuration says: settings and success that c lacks, aliases and phases of other
 * names,
 * budgets without a name or of another one, and all prices, behind those of c.
 */
NODISCARD enum err config_add(struct config *c, const struct config *weaker, struct arena *arena,
                              struct error *err);

/* Adds prices, discounts and aliases to a book. As price_book_add(), with the place in front:
 * ERR_PARSE: "FILE: /prices/0: ..." */
NODISCARD enum err config_add_prices(const struct config *c, struct price_book *b,
                                     struct error *err);

/* The setting with the key, NULL: none. */
const struct config_setting *config_setting(const struct config *c, const char *key);

/* The keys of a price and of a budget, and the words of their choices; NULL behind the last. */
const char *config_price_key(size_t i);
const char *config_budget_key(size_t i);
extern const char *const config_units[];   /* by enum config_unit, NULL at the end */
extern const char *const config_periods[]; /* by enum config_period, NULL at the end */

/* The keys of a file that are no settings ("prices"), NULL at the end. */
extern const char *const config_own_keys[];

#endif
