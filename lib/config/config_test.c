#include "config/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/document.h"

static const char *const settings[] = {"db", "limit", "no_cost", "by", NULL};
static const char *const dimensions[] = {"feature", "team", "model", "meta.KEY", NULL};
static const char *const phases[] = {"other", "tools", NULL};
static const struct config_names names = {settings, dimensions, phases};

/* A configuration and what it lives in. */
struct fixture {
    struct arena arena;
    struct config c;
};

static void read_into(struct fixture *f, const char *text, const char *file)
{
    struct error err = {0};

    cr_assert(config_read(sv_from(text), file, &names, &f->arena, &f->c, &err) == OK, "%s",
              err.msg);
}

static bool is(struct maybe_i64 v, int64_t want)
{
    return v.known && v.v == want;
}

Test(config, reads_settings)
{
    struct fixture f = {0};

    read_into(
        &f,
        "{\"$schema\":\"x\",\"db\":\"a.db\",\"limit\":1.50,\"no_cost\":true,\"by\":[\"a\",\"b\"],"
        "\"success\":\"score.ok=1\",\"capacity_tps\":2500}",
        "f");
    cr_expect_eq(f.c.n_settings, 4);
    cr_expect_eq(config_setting(&f.c, "db")->type, JSON_STRING);
    cr_expect_str_eq(config_setting(&f.c, "db")->texts[0], "a.db");
    cr_expect_str_eq(config_setting(&f.c, "db")->file, "f");
    cr_expect_str_eq(config_setting(&f.c, "limit")->texts[0], "1.50");
    cr_expect_eq(config_setting(&f.c, "no_cost")->type, JSON_TRUE);
    cr_expect_eq(config_setting(&f.c, "by")->n_texts, 2);
    cr_expect_str_eq(config_setting(&f.c, "by")->texts[1], "b");
    cr_expect_null(config_setting(&f.c, "color"));
    cr_expect_str_eq(f.c.success, "score.ok=1");
    cr_expect(f.c.capacity_tps.known && f.c.capacity_tps.v == 2500);
    arena_release(&f.arena);
}

/* Figures by hand: dollars times 10^9. */
Test(config, reads_prices_exactly)
{
    struct fixture f = {0};
    const struct config_price *p;

    read_into(
        &f,
        "{\"prices\":[{\"provider\":\"azure\",\"model\":\"m\",\"match\":\"m-.*\","
        "\"input_per_mtok\":0.1,\"output_per_mtok\":\"1.123456789\",\"cache_read_per_mtok\":0,"
        "\"reasoning_output_per_mtok\":1e-9,\"tier_above_tokens\":200000,"
        "\"tier_input_per_mtok\":0.2,\"effective_from\":\"2026-09-01\","
        "\"effective_to\":\"2026-10-01T00:00:00+02:00\"},"
        "{\"match\":\"gpt-.*\",\"discount\":0.15},{\"model\":\"a.b-C\",\"discount\":\"0.000001\"},"
        "{\"provider\":\"openai\",\"discount\":1}]}",
        "f");
    cr_assert_eq(f.c.n_prices, 4);
    p = &f.c.prices[0];
    cr_expect(!p->is_discount && p->row.origin == PRICE_CONFIG && p->row.n_tiers == 1);
    cr_expect_str_eq(p->pointer, "/prices/0");
    cr_expect(sv_is(p->row.provider, "azure") && sv_is(p->row.model, "m"));
    cr_expect(sv_is(p->row.match, "m-.*"));
    cr_expect(is(p->row.price[PRICE_INPUT], 100000000));
    cr_expect(is(p->row.price[PRICE_OUTPUT], 1123456789));
    cr_expect(is(p->row.price[PRICE_CACHE_READ], 0));
    cr_expect(is(p->row.price[PRICE_REASONING], 1));
    cr_expect(!p->row.price[PRICE_BATCH_INPUT].known);
    cr_expect_eq(p->row.tiers[0].above_tokens, 200000);
    cr_expect(is(p->row.tiers[0].price[PRICE_INPUT], 200000000));
    /* date -u -d 2026-09-01 +%s; two hours before 2026-10-01 */
    cr_expect(is(p->row.from_us, INT64_C(1788220800) * 1000000));
    cr_expect(is(p->row.until_us, INT64_C(1790805600) * 1000000));
    cr_expect(f.c.prices[1].is_discount && f.c.prices[1].discount.off_ppm == 150000);
    cr_expect(sv_is(f.c.prices[1].discount.match, "gpt-.*"));
    cr_expect(sv_is(f.c.prices[2].discount.match, "a\\.b\\-C"));
    cr_expect_eq(f.c.prices[2].discount.off_ppm, 1);
    cr_expect(sv_is(f.c.prices[3].discount.match, ".*"));
    cr_expect(sv_is(f.c.prices[3].discount.provider, "openai"));
    arena_release(&f.arena);
}

Test(config, reads_budgets_and_aliases)
{
    struct fixture f = {0};
    const struct config_budget *b;

    read_into(
        &f,
        "{\"budgets\":[{\"max\":0.5,\"period\":\"month\"},{\"name\":\"n\",\"by\":[\"team\",\"meta."
        "x\"],"
        "\"where\":\"model=a\",\"match\":[\"t\",\"\\u0020\"],\"max\":\"7\",\"unit\":\"calls\","
        "\"period\":\"7d\",\"warn_at\":80}],"
        "\"aliases\":{\"arn:aws:bedrock:x/y\":\"claude\",\"\":\"m\"}}",
        "f");
    cr_assert(f.c.n_budgets == 2 && f.c.n_aliases == 2);
    b = &f.c.budgets[0];
    cr_expect(!b->name && !b->by.n && !b->where.n && !b->match.n && !b->warn_at_percent.known);
    cr_expect(b->max == 500000000 && b->unit == CONFIG_USD && b->period == CONFIG_MONTH);
    b = &f.c.budgets[1];
    cr_expect_str_eq(b->name, "n");
    cr_expect_str_eq(b->pointer, "/budgets/1");
    cr_expect_str_eq(b->by.v[1], "meta.x");
    cr_expect_str_eq(b->where.v[0], "model=a");
    cr_expect_str_eq(b->match.v[1], " ");
    cr_expect(b->max == 7 && b->unit == CONFIG_CALLS && b->period == CONFIG_LAST_7D);
    cr_expect(is(b->warn_at_percent, 80));
    cr_expect_str_eq(f.c.aliases[0].name, "arn:aws:bedrock:x/y");
    cr_expect_str_eq(f.c.aliases[0].is, "claude");
    arena_release(&f.arena);
}

#define PRICE_OF(members) "{\"prices\":[{\"model\":\"m\",\"input_per_mtok\":1," members "}]}"
#define BUDGET_OF(members) "{\"budgets\":[{\"max\":1,\"period\":\"day\"," members "}]}"

/* clang-format off */
static const struct {
    const char *text, *message;
} refused[] = {
    {"[]",                                         "expected an object, found an array"},
    {"{\"limti\":1}",                              "/limti: unknown key; did you mean \"limit\"?"},
    {"{\"price\":1}",                              "/price: unknown key; did you mean \"prices\"?"},
    {"{\"a/b\":1}",                                "/a~1b: unknown key; known are prices, aliases, phases, budgets, success, capacity_tps, $schema, db, limit, no_cost, by"},
    {"{\"limit\":null}",                           "/limit: expected a text, a number, true, false or a list, found null"},
    {"{\"limit\":{}}",                             "/limit: expected a text, a number, true, false or a list, found an object"},
    {"{\"by\":[\"a\",1]}",                         "/by/1: expected a text, found 1"},
    {"{\"db\":\"\"}",                              "/db: expected a text, found \"\""},
    {"{\"success\":1}",                            "/success: expected a text, found 1"},
    {"{\"capacity_tps\":0}",                       "/capacity_tps: expected a number of tokens, found 0"},
    {"{\"$schema\":1}",                            "/$schema: expected a text, found 1"},
    {"{\"prices\":{}}",                            "/prices: expected a list, found an object"},
    {"{\"prices\":[1]}",                           "/prices/0: expected an object, found 1"},
    {"{\"prices\":[{}]}",                          "/prices/0: expected an \"input_per_mtok\" or a \"discount\""},
    {"{\"prices\":[{\"input_per_mtok\":1}]}",      "/prices/0: expected a \"model\""},
    {"{\"prices\":[{\"discount\":0.1}]}",          "/prices/0: expected a \"provider\", a \"model\" or a \"match\""},
    {"{\"prices\":[{\"discount\":1.1,\"model\":\"m\"}]}", "/prices/0/discount: expected a fraction between 0 and 1 with at most 6 decimals, found 1.1"},
    {"{\"prices\":[{\"discount\":0.1234567}]}",    "/prices/0/discount: expected a fraction between 0 and 1 with at most 6 decimals, found 0.1234567"},
    {PRICE_OF("\"discount\":0.1"),                 "/prices/0: expected prices or a \"discount\", found both"},
    {"{\"prices\":[{\"provider\":\"p\",\"service_tier\":\"flex\",\"discount\":0.1}]}", "/prices/0: expected prices or a \"discount\", found both"},
    {PRICE_OF("\"outptu_per_mtok\":1"),            "/prices/0/outptu_per_mtok: unknown key; did you mean \"output_per_mtok\"?"},
    {PRICE_OF("\"output_per_mtok\":-1"),           "/prices/0/output_per_mtok: expected dollars for a million tokens, 0 to 1000000 with at most 9 decimals, found -1"},
    {PRICE_OF("\"output_per_mtok\":0.1234567891"), "/prices/0/output_per_mtok: expected dollars for a million tokens, 0 to 1000000 with at most 9 decimals, found 0.1234567891"},
    {PRICE_OF("\"output_per_mtok\":1000000.1"),    "/prices/0/output_per_mtok: expected dollars for a million tokens, 0 to 1000000 with at most 9 decimals, found 1000000.1"},
    {PRICE_OF("\"output_per_mtok\":1e400"),        "/prices/0/output_per_mtok: expected dollars for a million tokens, 0 to 1000000 with at most 9 decimals, found 1e400"},
    {PRICE_OF("\"output_per_mtok\":\"1,5\""),      "/prices/0/output_per_mtok: expected dollars for a million tokens, 0 to 1000000 with at most 9 decimals, found \"1,5\""},
    {PRICE_OF("\"output_per_mtok\":null"),         "/prices/0/output_per_mtok: expected dollars for a million tokens, 0 to 1000000 with at most 9 decimals, found null"},
    {PRICE_OF("\"tier_above_tokens\":0"),          "/prices/0/tier_above_tokens: expected a number of tokens, found 0"},
    {PRICE_OF("\"tier_above_tokens\":1"),          "/prices/0: expected \"tier_above_tokens\" and prices of the tier together"},
    {PRICE_OF("\"tier_input_per_mtok\":1"),        "/prices/0: expected \"tier_above_tokens\" and prices of the tier together"},
    {PRICE_OF("\"effective_from\":1788220800"),    "/prices/0/effective_from: expected a date like 2026-09-01, found 1788220800"},
    {PRICE_OF("\"effective_from\":\"1788220800\""), "/prices/0/effective_from: expected a date like 2026-09-01, found \"1788220800\""},
    {PRICE_OF("\"effective_from\":\"2026-02-30\""), "/prices/0/effective_from: expected a date like 2026-09-01, found \"2026-02-30\""},
    {PRICE_OF("\"effective_from\":\"2026-09-01\",\"effective_to\":\"2026-09-01\""), "/prices/0: expected \"effective_from\" before \"effective_to\""},
    {"{\"aliases\":[]}",                           "/aliases: expected an object, found an array"},
    {"{\"aliases\":{\"a\":1}}",                    "/aliases/a: expected a text, found 1"},
    {"{\"phases\":{\"a\":\"b\"}}",                 "/phases/a: expected other or tools, found \"b\""},
    {"{\"budgets\":[{\"period\":\"day\"}]}",       "/budgets/0: expected a \"max\""},
    {"{\"budgets\":[{\"max\":1}]}",                "/budgets/0: expected a \"period\""},
    {"{\"budgets\":[{\"max\":\"much\",\"period\":\"day\"}]}", "/budgets/0/max: expected an amount of dollars with at most 9 decimals, found \"much\""},
    {"{\"budgets\":[{\"max\":1.5,\"period\":\"day\",\"unit\":\"tokens\"}]}", "/budgets/0/max: expected a number of tokens, found 1.5"},
    {"{\"budgets\":[{\"max\":-1,\"period\":\"day\",\"unit\":\"calls\"}]}", "/budgets/0/max: expected a number of calls, found -1"},
    {"{\"budgets\":[{\"max\":1,\"period\":\"year\"}]}", "/budgets/0/period: expected hour, day, week, month, 24h, 7d or 30d, found \"year\""},
    {BUDGET_OF("\"unit\":\"eur\""),                "/budgets/0/unit: expected usd, tokens or calls, found \"eur\""},
    {BUDGET_OF("\"warn_at\":101"),                 "/budgets/0/warn_at: expected a whole percentage between 1 and 100, found 101"},
    {BUDGET_OF("\"warn_at\":\"80%\""),             "/budgets/0/warn_at: expected a whole percentage between 1 and 100, found \"80%\""},
    {BUDGET_OF("\"by\":\"teem\""),                 "/budgets/0/by: expected a dimension, found \"teem\"; did you mean \"team\"?"},
    {BUDGET_OF("\"by\":[\"team\",\"meta.\"]"),     "/budgets/0/by/1: expected a dimension, found \"meta.\"; did you mean \"meta.KEY\"?"},
    {BUDGET_OF("\"by\":{}"),                       "/budgets/0/by: expected a text or a list of texts, found an object"},
    {BUDGET_OF("\"match\":\"x\""),                 "/budgets/0: expected as many values in \"match\" as dimensions in \"by\""},
    {BUDGET_OF("\"name\":\"\\u001b[31m\",\"by\":\"\\u001b[31m\""), "/budgets/0/by: expected a dimension, found \"\\x1b[31m\""},
};
/* clang-format on */

Test(config, refuses)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct arena arena = {0};
        struct config c = {.n_prices = 77};
        struct error err = {0};

        cr_expect_eq(config_read(sv_from(refused[i].text), "f", &names, &arena, &c, &err),
                     ERR_PARSE, "%s", refused[i].text);
        cr_expect_str_eq(err.msg, refused[i].message);
        cr_expect_str_eq(err.file, "f");
        cr_expect_eq(c.n_prices, 77, "%s", refused[i].text);
        arena_release(&arena);
    }
}

Test(config, the_stronger_file_wins)
{
    struct fixture strong = {0}, weak = {0};
    struct error err = {0};
    struct config *c = &strong.c;

    read_into(&strong,
              "{\"limit\":1,\"aliases\":{\"a\":\"x\"},\"prices\":[{\"model\":\"m\",\"input_per_"
              "mtok\":1}],"
              "\"budgets\":[{\"name\":\"n\",\"max\":1,\"period\":\"day\"},{\"max\":2,\"period\":"
              "\"day\"}]}",
              "strong");
    read_into(&weak,
              "{\"limit\":2,\"db\":\"d\",\"aliases\":{\"a\":\"y\",\"b\":\"z\"},\"success\":\"s\",\"capacity_tps\":5,"
              "\"prices\":[{\"model\":\"m\",\"input_per_mtok\":2}],"
              "\"budgets\":[{\"name\":\"n\",\"max\":3,\"period\":\"day\"},{\"max\":4,\"period\":"
              "\"day\"}]}",
              "weak");
    cr_assert(config_add(c, &weak.c, &strong.arena, &err) == OK);
    cr_expect_eq(c->n_settings, 2);
    cr_expect_str_eq(config_setting(c, "limit")->file, "strong");
    cr_expect_str_eq(config_setting(c, "db")->file, "weak");
    cr_assert(c->n_aliases == 2 && c->n_prices == 2 && c->n_budgets == 3);
    cr_expect_str_eq(c->aliases[0].is, "x");
    cr_expect_str_eq(c->aliases[1].name, "b");
    cr_expect_str_eq(c->prices[0].file, "strong");
    cr_expect(c->budgets[0].max == 1000000000 && c->budgets[2].max == 4000000000);
    cr_expect_str_eq(c->success_file, "weak");
    cr_expect(c->capacity_tps.v == 5);
    cr_expect_str_eq(c->capacity_tps_file, "weak");
    arena_release(&strong.arena);
    arena_release(&weak.arena);
}

/* A deployment's name leads to the row that a file has for its model. */
Test(config, prices_calls)
{
    struct fixture f = {0};
    struct error err = {0};
    struct price_book *b = NULL;
    const struct price_match *m = NULL;
    const struct price_row *row = NULL;

    read_into(
        &f,
        "{\"prices\":[{\"model\":\"own-model\",\"input_per_mtok\":0.25,\"output_per_mtok\":1}],"
        "\"aliases\":{\"prod-chat\":\"own-model\"}}",
        "f");
    cr_assert(price_book_new(&b, &err) == OK);
    cr_assert(config_add_prices(&f.c, b, &err) == OK, "%s", err.msg);
    cr_assert(price_book_match(b, &(struct price_names){.request_model = SV("prod-chat")}, &m,
                               &err) == OK);
    cr_assert_eq(price_choose(m, (struct maybe_i64){0, true}, SV_NONE, &row), PRICED);
    cr_expect(is(row->price[PRICE_INPUT], 250000000));
    cr_expect_eq(row->origin, PRICE_CONFIG);
    price_book_free(b);
    arena_release(&f.arena);
}

Test(config, names_the_price_whose_pattern_is_wrong)
{
    static const char *const texts[] = {
        "{\"prices\":[{\"model\":\"a\",\"input_per_mtok\":1},{\"model\":\"m\",\"input_per_mtok\":1,"
        "\"match\":\"(\"}]}",
        "{\"prices\":[{\"model\":\"a\",\"input_per_mtok\":1},{\"discount\":0.5,\"match\":\"(\"}]}",
    };

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct fixture f = {0};
        struct error err = {0};
        struct price_book *b = NULL;

        read_into(&f, texts[i], "f");
        cr_assert(price_book_new(&b, &err) == OK);
        cr_expect_eq(config_add_prices(&f.c, b, &err), ERR_PARSE);
        cr_expect(strncmp(err.msg, "/prices/1: ", 11) == 0, "%s", err.msg);
        cr_expect_str_eq(err.file, "f");
        price_book_free(b);
        arena_release(&f.arena);
    }
}

/* ---- the schema --------------------------------------------------------------------------- */

static struct cJSON *schema(void)
{
    static char text[1 << 16];
    FILE *f = fopen("schemas/config.schema.json", "r");
    struct cJSON *d = NULL;
    struct error err = {0};

    cr_assert(f);
    size_t n = fread(text, 1, sizeof(text), f);
    fclose(f);
    cr_assert(document_parse((struct sv){text, n}, "schema", &d, &err) == OK, "%s", err.msg);
    return d;
}

static void check_keys(const struct cJSON *d, const char *pointer, const char *(*key)(size_t i))
{
    const struct cJSON *properties = NULL;
    size_t n = 0;

    cr_assert(document_find(d, pointer, &properties, NULL) == OK && properties, "%s", pointer);
    for (; key(n); n++)
        cr_expect(document_get(properties, key(n)), "%s/%s", pointer, key(n));
    cr_expect_eq(document_size(properties), n, "%s", pointer);
}

static void check_words(const struct cJSON *d, const char *pointer, const char *const *words)
{
    const struct cJSON *list = NULL;

    cr_assert(document_find(d, pointer, &list, NULL) == OK && list, "%s", pointer);
    for (const struct cJSON *v = document_first(list); v; v = document_next(v), words++)
        cr_expect_str_eq(document_text(v), *words);
    cr_expect_null(*words);
}

Test(config, schema_and_tables_agree)
{
    struct cJSON *d = schema();

    check_keys(d, "/$defs/price/properties", config_price_key);
    check_keys(d, "/$defs/budget/properties", config_budget_key);
    check_words(d, "/$defs/budget/properties/unit/enum", config_units);
    check_words(d, "/$defs/budget/properties/period/enum", config_periods);
    for (size_t i = 0; config_own_keys[i]; i++)
        cr_expect(document_get(document_get(d, "properties"), config_own_keys[i]), "%s",
                  config_own_keys[i]);
    document_free(d);
}
