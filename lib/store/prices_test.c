/* prices_test: rows of table price, and what the writer makes calls cost by them. Wanted costs are
 * worked by hand from the rows below. */
#include "store/prices.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include "store/store_internal.h"
#include "store/writer.h"

static struct store *s;
static struct price_book *book;

static const struct price_row full = {
    .origin = PRICE_USER,
    .provider = SV_INIT("acme"),
    .model = SV_INIT("m-1"),
    .match = SV_INIT("m-1|m1"),
    .service_tier = SV_INIT("flex"),
    .named_only = true,
    .embedding = true,
    .price = {{1, true},
              {2, true},
              {3, true},
              {4, true},
              {5, true},
              {6, true},
              {7, true},
              {8, true},
              {9, true},
              {10, true}},
    .tiers = {{1000, {{11, true}, {12, true}, {0}, {0}, {15, true}}} },
    .n_tiers = 1,
    .context_window = {128000,  true   },
    .max_output = {4096, true   },
    .from_us = {1000000,         true},
    .until_us = {2000000,          true   },
    .sources = SV_INIT("invoice"),
    .note = SV_INIT("by contract"),
};

static void setup(void)
{
    cr_assert(store_open(":memory:", STORE_WRITE, &s, NULL) == OK);
    cr_assert(price_book_new(&book, NULL) == OK);
}

static void teardown(void)
{
    price_book_free(book);
    store_close(s);
}

TestSuite(prices, .init = setup, .fini = teardown);

static int64_t put(const struct price_row *row, bool active)
{
    struct error err = {0};
    int64_t id = 0;

    cr_assert(store_price_put(s, row, active, &id, &err) == OK, "%s", err.msg);
    return id;
}

static int64_t value(const char *sql)
{
    sqlite3_stmt *stmt;

    cr_assert(sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s",
              sqlite3_errmsg(s->db));
    cr_assert(sqlite3_step(stmt) == SQLITE_ROW);
    int64_t v = sqlite3_column_type(stmt, 0) == SQLITE_NULL ? -1 : sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

Test(prices, a_row_comes_back_as_it_was)
{
    put(&full, true);
    cr_assert(store_prices_load(s, book, NULL) == OK);
    cr_assert(price_book_count(book) == 1);
    const struct price_row *row = price_book_row(book, 0);
    cr_expect(row->origin == PRICE_USER);
    cr_expect(sv_eq(row->sources, full.sources) && sv_eq(row->note, full.note));
    cr_expect(row->context_window.v == 128000 && row->max_output.v == 4096);
    cr_expect(price_row_fingerprint(row) == price_row_fingerprint(&full));
}

Test(prices, equal_rows_are_one)
{
    struct price_row built_in = full, other = full;

    built_in.origin = PRICE_BUILT_IN;
    other.price[0].v = 99;
    int64_t id = put(&built_in, false);
    cr_expect(put(&built_in, false) == id);
    cr_expect(put(&other, false) != id);
    cr_assert(store_prices_load(s, book, NULL) == OK);
    cr_expect(price_book_count(book) == 0, "rows that were used are kept, not asked");
    cr_expect(put(&full, true) == id, "what was built in is the user's now");
    cr_expect(put(&built_in, false) == id, "and stays it");
    cr_assert(store_prices_load(s, book, NULL) == OK);
    cr_assert(price_book_count(book) == 1);
    cr_expect(price_book_row(book, 0)->origin == PRICE_USER);
    cr_assert(store_price_retire(s, id, NULL) == OK);
    cr_expect(value("SELECT sum(active) FROM price") == 0);
    cr_expect(value("SELECT count(*) FROM price") == 2);
}

Test(prices, what_was_said_last_wins)
{
    struct price_row first = full, second = full;

    first.price[0].v = 50;
    second.price[0].v = 60;
    put(&first, true);
    put(&second, true);
    cr_assert(store_prices_load(s, book, NULL) == OK);
    cr_expect(price_book_row(book, 0)->price[0].v == 60);
}

Test(prices, damaged)
{
    struct error err = {0};

    put(&full, true);
    cr_assert(sqlite3_exec(s->db, "UPDATE price SET tiers = 'x'", NULL, NULL, NULL) == SQLITE_OK);
    cr_expect(store_prices_load(s, book, &err) == ERR_DB);
    cr_expect_str_eq(err.msg, ":memory:: damaged: price 1");
}

/* ---- calls -------------------------------------------------------------------------------- */

/* 2 dollars per million tokens in, 10 out, half of it in a batch; m-2 is cheaper from 1970-01-01
 * 00:00:02 on. */
static void fill_book(void)
{
    const struct price_row rows[] = {
        {.model = SV("m-1"),
         .match = SV("m-1"),
         .price = {[PRICE_INPUT] = {INT64_C(2000000000), true},
                   [PRICE_OUTPUT] = {INT64_C(10000000000), true},
                   [PRICE_BATCH_INPUT] = {INT64_C(1000000000), true},
                   [PRICE_BATCH_OUTPUT] = {INT64_C(5000000000), true}}},
        { .model = SV("m-2"),
         .match = SV("m-2"),
         .until_us = {2000000, true},
         .price = {{INT64_C(8000000), true}, {INT64_C(8000000), true}}},
        { .model = SV("m-2"),
         .match = SV("m-2"),
         .from_us = {2000000, true},
         .price = {{INT64_C(2000000), true}, {INT64_C(2000000), true}}},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        cr_assert(price_book_add(book, &rows[i], NULL) == OK);
}

static void add_call(struct batch *b, const char *id, const char *model, int64_t started_us,
                     int64_t input, int64_t output)
{
    struct call_record *c = batch_add_call(b);

    c->id = (struct identity){.kind = ID_OWN, .family = SV("request"), .own = sv_from(id)};
    c->request_id = sv_from(id);
    record_set_dim(c, F_REQUEST_MODEL, sv_from(model));
    record_set_num(c, F_STARTED_US, started_us);
    record_set_num(c, F_INPUT_TOKENS, input);
    record_set_num(c, F_OUTPUT_TOKENS, output);
    c->source = 1;
    c->line = 1;
}

static void write_batch(struct batch *b)
{
    const struct source_state source = {.id = 1, .path = "log.jsonl", .lineage = 1};
    struct writer *w = NULL;
    struct error err = {0};

    cr_assert(writer_open(s, 1, book, &w, &err) == OK, "%s", err.msg);
    cr_assert(writer_add(w, b, &source, 1, &err) == OK, "%s", err.msg);
    cr_assert(writer_finish(w, &err) == OK, "%s", err.msg);
    writer_close(w);
    batch_reset(b);
}

static const struct {
    const char *id;
    int64_t cost, price;
} costs[] = {
    {"plain",   2000 * 100 + 10000 * 5, 1 }, /* 0.25 micro-dollars: 100 at 2, 5 at 10 */
    {"batched", 1000 * 100 + 5000 * 5,  1 },
    {"before",  8 * 100 + 8 * 5,        2 },
    {"after",   2 * 100 + 2 * 5,        3 },
    {"unknown", -1,                     -1},
    {"given",   2000 * 100 + 10000 * 5, 1 },
};

Test(prices, calls_are_priced_when_they_are_stored)
{
    struct batch b = {0};

    fill_book();
    add_call(&b, "plain", "m-1", 1, 100, 5);
    add_call(&b, "batched", "m-1", 1, 100, 5);
    record_set_num(&b.calls[1], F_FLAGS, FLAG_BATCH);
    add_call(&b, "before", "m-2", 1999999, 100, 5);
    add_call(&b, "after", "m-2", 2000000, 100, 5);
    add_call(&b, "unknown", "m-3", 1, 100, 5);
    add_call(&b, "given", "m-1", 1, 100, 5);
    record_set_num(&b.calls[5], F_COST_GIVEN_NUSD, 77);
    write_batch(&b);
    for (size_t i = 0; i < ARRAY_LEN(costs); i++) {
        char sql[200];

        (void)snprintf(sql, sizeof(sql), "SELECT cost_computed_nusd FROM call WHERE call_id = %zu",
                       i + 1);
        cr_expect(value(sql) == costs[i].cost, "%s: %lld", costs[i].id, (long long)value(sql));
        (void)snprintf(sql, sizeof(sql), "SELECT price_id FROM call WHERE call_id = %zu", i + 1);
        cr_expect(value(sql) == costs[i].price, "%s: row %lld", costs[i].id, (long long)value(sql));
    }
    cr_expect(value("SELECT cost_given_nusd FROM call WHERE call_id = 6") == 77, "both are kept");
    cr_expect(value("SELECT count(*) FROM price") == 3, "the rows that were used");
    batch_release(&b);
}

/* A later record of the same call has more output: the cost follows, in the batch and behind it. */
Test(prices, a_call_that_changes_is_priced_again)
{
    struct batch b = {0};

    fill_book();
    add_call(&b, "a", "m-1", 1, 100, 1);
    add_call(&b, "a", "m-1", 1, 100, 5);
    write_batch(&b);
    cr_expect(value("SELECT cost_computed_nusd FROM call") == 2000 * 100 + 10000 * 5);
    add_call(&b, "a", "m-1", 1, 100, 9);
    write_batch(&b);
    cr_expect(value("SELECT cost_computed_nusd FROM call") == 2000 * 100 + 10000 * 9);
    cr_expect(value("SELECT count(*) FROM call") == 1);
    batch_release(&b);
}
