/* prices: the prices that hold for a run of the program. */
#include "prices.h"

#include "base/time_text.h"
#include "store/prices.h"
#include "base/banned.h"

enum err prices_open(const struct invocation *inv, struct store *store, struct price_book **out,
                     struct error *err)
{
    return prices_open_all(inv, store, NULL, 0, out, err);
}

enum err prices_open_all(const struct invocation *inv, struct store *store,
                         struct store *const *others, size_t n, struct price_book **out,
                         struct error *err)
{
    struct price_book *book = NULL;
    enum err rc = price_book_new(&book, err);

    if (!rc)
        rc = config_add_prices(&inv->config, book, err);
    if (!rc && store)
        rc = store_prices_load(store, book, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = store_prices_load(others[i], book, err);
    if (!rc)
        rc = price_book_add_built_in(book, err);
    if (!rc) {
        *out = book;
        book = NULL;
    }
    price_book_free(book);
    return rc;
}

int64_t prices_age_days(int64_t now_us)
{
    int64_t then = 0;

    if (time_parse(sv_from(price_built_in_date()), &then, NULL))
        return 0;
    return (now_us - then) / US_PER_DAY;
}
