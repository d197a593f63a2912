#include "price/price_record.h"

#include <criterion/criterion.h>

/* 1,000 tokens in at $2 a million, 500 out at $10: $0.002 + $0.005. */
Test(price_record, known_and_not)
{
    struct price_row row = {.origin = PRICE_USER, .model = SV("m"), .match = SV("m")};
    struct price_book *book = NULL;
    struct call_record c = {0};
    struct maybe_i64 cost = {7, true};

    cr_assert_eq(price_book_new(&book, NULL), OK);
    row.price[PRICE_INPUT] = (struct maybe_i64){INT64_C(2000000000), true};
    row.price[PRICE_OUTPUT] = (struct maybe_i64){INT64_C(10000000000), true};
    cr_assert_eq(price_book_add(book, &row, NULL), OK);
    cr_expect(price_record(book, &c, &cost, NULL) == OK && !cost.known, "no model");
    record_set_dim(&c, F_REQUEST_MODEL, SV("m"));
    cr_expect(price_record(book, &c, &cost, NULL) == OK && !cost.known, "no tokens");
    record_set_num(&c, F_INPUT_TOKENS, 1000);
    record_set_num(&c, F_OUTPUT_TOKENS, 500);
    cr_expect(price_record(book, &c, &cost, NULL) == OK && cost.known && cost.v == 7000000);
    record_set_dim(&c, F_RESPONSE_MODEL, SV("other"));
    cr_expect(price_record(book, &c, &cost, NULL) == OK && cost.v == 7000000);
    c.dim[F_REQUEST_MODEL] = SV("another");
    cr_expect(price_record(book, &c, &cost, NULL) == OK && !cost.known, "an unknown model");
    price_book_free(book);
}
