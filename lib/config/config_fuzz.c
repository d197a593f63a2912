/* Any bytes as a configuration: no crash, a message for each refusal, figures within their limits;
 * and a document that is written reads as the same again. */
#include <stdlib.h>

#include "config/config.h"
#include "json/document.h"
#include "base/banned.h"

static void check(bool promise)
{
    if (!promise)
        abort();
}

static bool same_text(const char *a, const char *b)
{
    return !a || !b ? a == b : strcmp(a, b) == 0;
}

/* At most DOCUMENT_MAX_DEPTH deep. */
static void check_same(const struct cJSON *a, const struct cJSON *b)
{
    check(document_type(a) == document_type(b) && same_text(document_text(a), document_text(b)));
    check(same_text(document_key(a), document_key(b)));
    check(document_size(a) == document_size(b));
    a = document_first(a);
    b = document_first(b);
    for (; a; a = document_next(a), b = document_next(b))
        check_same(a, b);
}

static void check_document(struct sv text)
{
    struct cJSON *d = NULL, *again = NULL;
    struct error err = {0};
    struct buf written = {0};

    if (document_parse(text, "f", &d, &err)) {
        check(err.msg[0] && err.code && !d);
        return;
    }
    document_write(d, &written);
    /* With tabs and line ends it may have become too long. */
    if (document_parse((struct sv){written.p, written.n}, "f", &again, &err) != ERR_RANGE)
        check_same(d, again);
    document_free(again);
    document_free(d);
    buf_release(&written);
}

static void check_price(const struct config_price *p)
{
    check(p->pointer && p->file);
    if (p->is_discount) {
        check(p->discount.off_ppm >= 0 && p->discount.off_ppm <= 1000000 && p->discount.match.n);
        return;
    }
    check(p->row.model.n && p->row.price[PRICE_INPUT].known);
    for (size_t i = 0; i < PRICE_COUNT; i++)
        check(p->row.price[i].v >= 0 && p->row.price[i].v <= PRICE_MAX);
}

static void check_config(struct sv text)
{
    static const char *const settings[] = {"limit", "no_cost", "by", NULL};
    static const char *const dimensions[] = {"team", "meta.KEY", NULL};
    static const char *const phases[] = {"other", "tools", NULL};
    const struct config_names names = {settings, dimensions, phases};
    struct arena arena = {0};
    struct config c = {0}, all = {0};
    struct error err = {0};

    if (config_read(text, "f", &names, &arena, &c, &err)) {
        check(err.msg[0] && err.code);
    } else {
        check(config_add(&all, &c, &arena, &err) == OK && config_add(&all, &c, &arena, &err) == OK);
        check(all.n_settings == c.n_settings && all.n_aliases == c.n_aliases);
        check(all.n_prices == 2 * c.n_prices);
        for (size_t i = 0; i < c.n_prices; i++)
            check_price(&c.prices[i]);
        for (size_t i = 0; i < c.n_budgets; i++) {
            const struct config_budget *b = &c.budgets[i];

            check(b->max >= 0 && b->unit >= CONFIG_USD && b->unit <= CONFIG_CALLS);
            check(b->period >= CONFIG_HOUR && b->period <= CONFIG_LAST_30D);
            check(!b->match.n || b->match.n == b->by.n);
        }
    }
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sv text = {size ? (const char *)data : "", size};

    check_document(text);
    check_config(text);
    return 0;
}
