/* cost_parts_test: the lines of all bills add up to what the report says, in any grouping. */
#include "report/cost_parts.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include "report/report.h"
#include "report/repricing.h"
#include "store/reprice.h"
#include "store/writer.h"

#define CALLS 3000

static struct store *s;
static struct price_book *book;
static uint64_t seed;
static const struct zone utc = {"UTC", NULL, 0};

static int64_t draw(int64_t below)
{
    seed = hash_mix(seed + 1);
    return (int64_t)(seed % (uint64_t)below);
}

static void maybe_set(struct call_record *c, enum call_field f, int64_t v)
{
    if (draw(4))
        record_set_num(c, f, v);
}

/* Odd prices, so that roundings do not cancel; a tier, a cheaper second period, batches. */
static void fill_book(void)
{
    struct price_row row = {
        .model = SV("a"),
        .price = {{1234567891, true},
                  {9876543211, true},
                  {123456789, true},
                  {1543209863, true},
                  {2469135781, true},
                  {617283945, true},
                  {4938271605, true}},
        .tiers = {{5000, {{2469135782, true}, {12876543211, true}, {0}, {0}, {0}}} },
        .n_tiers = 1
    };

    cr_assert(price_book_add(book, &row, NULL) == OK);
    row.model = SV("b");
    row.n_tiers = 0;
    row.price[PRICE_REASONING] = (struct maybe_i64){33333333333, true};
    row.until_us = (struct maybe_i64){500 * INT64_C(3600000000), true};
    cr_assert(price_book_add(book, &row, NULL) == OK);
    row.from_us = row.until_us;
    row.until_us.known = false;
    row.price[PRICE_INPUT].v = 77777777;
    cr_assert(price_book_add(book, &row, NULL) == OK);
}

static void add_call(struct batch *b, int i)
{
    static const char *const models[] = {"a", "b", "unknown"};
    static const char *const features[] = {"x", "y", "z", "w"};
    char id[32];
    int n = snprintf(id, sizeof(id), "call-%d", i);
    struct call_record *c = batch_add_call(b);
    int64_t input = draw(9000);

    c->id = (struct identity){.kind = ID_OWN,
                              .family = SV("request"),
                              .own = arena_copy(&b->arena, (struct sv){id, (size_t)n})};
    c->request_id = c->id.own;
    record_set_dim(c, F_REQUEST_MODEL, sv_from(models[draw(3)]));
    if (draw(5))
        record_set_dim(c, F_FEATURE, sv_from(features[draw(4)]));
    record_set_dim(c, F_USER, sv_from(features[draw(4)]));
    record_set_num(c, F_STARTED_US, draw(1000) * INT64_C(3600000000));
    maybe_set(c, F_INPUT_TOKENS, input);
    maybe_set(c, F_OUTPUT_TOKENS, draw(3000));
    maybe_set(c, F_REASONING_TOKENS, draw(500));
    maybe_set(c, F_CACHE_READ_TOKENS, draw(input + 1));
    maybe_set(c, F_CACHE_WRITE_TOKENS, draw(300));
    maybe_set(c, F_STATUS, draw(3));
    if (!draw(5))
        record_set_num(c, F_COST_GIVEN_NUSD, draw(100000000));
    if (!draw(6))
        record_set_num(c, F_FLAGS, draw(2) ? FLAG_BATCH : FLAG_FROM_CACHE);
    c->source = 1;
    c->line = i + 1;
}

static void setup(void)
{
    const struct source_state source = {.id = 1, .path = "log.jsonl", .lineage = 1};
    struct writer *w = NULL;
    struct batch b = {0};

    seed = 11;
    cr_assert(store_open(":memory:", STORE_WRITE, &s, NULL) == OK);
    cr_assert(price_book_new(&book, NULL) == OK);
    fill_book();
    for (int i = 0; i < CALLS; i++)
        add_call(&b, i);
    cr_assert(writer_open(s, 1, book, &w, NULL) == OK);
    cr_assert(writer_add(w, &b, &source, 1, NULL) == OK);
    cr_assert(writer_finish(w, NULL) == OK);
    writer_close(w);
    batch_release(&b);
}

static void teardown(void)
{
    price_book_free(book);
    store_close(s);
}

TestSuite(cost_parts, .init = setup, .fini = teardown);

static size_t column(const struct table *t, const char *key)
{
    size_t c = 0;

    while (c < t->n_columns && strcmp(t->columns[c].key, key) != 0)
        c++;
    cr_assert(c < t->n_columns, "%s", key);
    return c;
}

static bool same_group(const struct row *a, const struct row *b, size_t n_by)
{
    for (size_t d = 0; d < n_by; d++)
        if (!sv_eq(a->cells[d].text, b->cells[d].text))
            return false;
    return true;
}

static const struct {
    const char *by[3];
    size_t n_by;
} groupings[] = {
    {{NULL},                          0},
    {{"model"},                       1},
    {{"feature"},                     1},
    {{"day"},                         1},
    {{"user", "model"},               2},
    {{"week", "feature", "status"},   3},
    {{"month", "user"},               2},
    {{"weekday", "model", "feature"}, 3},
};

static void compare(size_t g, int cost)
{
    static const char *const views[] = {"cost"};
    const struct report_spec report = {.views = views,
                                       .n_views = 1,
                                       .by = groupings[g].by,
                                       .n_by = groupings[g].n_by,
                                       .zone = &utc,
                                       .jobs = 2,
                                       .all_columns = true,
                                       .cost = cost};
    const struct scan_spec scan = {.by = groupings[g].by,
                                   .n_by = groupings[g].n_by,
                                   .zone = &utc,
                                   .jobs = 2,
                                   .cost = (enum cost_choice)cost};
    struct table total = {0}, parts = {0};
    struct error err = {0};

    cr_assert(report_run(s, &report, &total, &err) == OK, "%s", err.msg);
    cr_assert(cost_parts_run(s, &scan, &parts, &err) == OK, "%s", err.msg);
    size_t of_total = column(&total, "cost_usd"), of_parts = column(&parts, "cost_usd");
    int64_t all = 0;

    for (size_t i = 0; i < total.n_rows; i++) {
        int64_t sum = 0;

        for (size_t k = 0; k < parts.n_rows; k++)
            if (same_group(&total.rows[i], &parts.rows[k], groupings[g].n_by))
                sum += parts.rows[k].cells[of_parts].i;
        cr_expect(sum == total.rows[i].cells[of_total].i, "grouping %zu, row %zu: %lld, not %lld",
                  g, i, (long long)sum, (long long)total.rows[i].cells[of_total].i);
        all += sum;
    }
    cr_expect(all == total.totals.cells[of_total].i, "grouping %zu: the total", g);
    cr_expect(all == parts.totals.cells[of_parts].i, "grouping %zu: the total of the parts", g);
    table_release(&total);
    table_release(&parts);
}

Test(cost_parts, add_up_in_every_grouping)
{
    for (size_t g = 0; g < ARRAY_LEN(groupings); g++)
        for (int cost = COST_BEST; cost <= COST_COMPUTED; cost++)
            compare(g, cost);
}

/* By the same prices nothing changes; by others what is stored afterwards is what was foretold. */
Test(cost_parts, pricing_again_does_what_it_foretold)
{
    const struct scan_spec scan = {.zone = &utc, .jobs = 2, .cost = COST_OF_PRICES};
    struct repricing_spec spec = {
        .scan = &scan, .book = book, .input_ppm = REPRICING_WHOLE, .output_ppm = REPRICING_WHOLE};
    const struct price_row other = {
        .origin = PRICE_USER,
        .model = SV("unknown"),
        .price = {{1111111111, true}, {2222222223, true}}
    };
    struct price_book *more = NULL;
    struct table same = {0}, foretold = {0}, after = {0};
    int64_t changed = -1;

    cr_assert(repricing_run(s, &spec, &same, NULL) == OK);
    cr_expect(same.totals.cells[column(&same, "changed_calls")].i == 0);
    cr_assert(store_reprice(s, &(struct reprice_spec){.book = book}, &changed, NULL) == OK);
    cr_expect(changed == 0);

    cr_assert(price_book_new(&more, NULL) == OK);
    cr_assert(price_book_add(more, &other, NULL) == OK);
    spec.book = more; /* it knows nothing of a and b: they lose their prices */
    cr_assert(repricing_run(s, &spec, &foretold, NULL) == OK);
    cr_assert(store_reprice(s, &(struct reprice_spec){.book = more}, &changed, NULL) == OK);
    /* Answers from a cache get another computed cost, too, but cost nothing either way. */
    cr_expect(changed >= foretold.totals.cells[column(&foretold, "changed_calls")].i);
    cr_expect(changed > CALLS / 4);
    cr_assert(repricing_run(s, &spec, &after, NULL) == OK);
    cr_expect(after.totals.cells[column(&after, "cost_usd")].i ==
              foretold.totals.cells[column(&foretold, "new_cost_usd")].i);
    cr_expect(after.totals.cells[column(&after, "changed_calls")].i == 0);
    table_release(&same);
    table_release(&foretold);
    table_release(&after);
    price_book_free(more);
}
