/* Fuzz target: any bytes as a list of prices; rows that come out pass the book's checks or are
 * refused by them, and are found by their own id. */
#include <stdlib.h>

#include "price/price_book.h"
#include "price/price_import.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static enum err add(void *ctx, const struct price_row *row, struct error *err)
{
    struct price_book *b = ctx;
    const struct price_match *match;
    enum err rc = price_book_add(b, row, err);

    if (rc == ERR_NOMEM)
        return rc;
    if (!rc &&
        price_book_match(
            b, &(struct price_names){.provider = row->provider, .response_model = row->model},
            &match, err) == OK &&
        !match->n)
        abort();
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct price_import_counts counts;
    struct price_book *b = NULL;
    struct error err;

    if (price_book_new(&b, &err))
        return 0;
    (void)!price_import((struct sv){(const char *)data, n}, add, b, &counts, &err);
    price_book_free(b);
    return 0;
}
