/* Fuzz target: parsing, walking and decoding any bytes; the invariants of the index and of
 * json_cut_off(); and that all ways to look at bytes come to the same. */
#include <stdlib.h>

#include "json/json.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Children lie one behind the other, inside their container, in the text as in the index. */
static void check_children(const struct json_doc *d, json_ref container)
{
    const struct json_token *c = &d->tokens[container];
    uint32_t text_at = c->start;
    uint32_t behind = container + 1;
    uint32_t count = 0;

    for (json_ref r = json_first(d, container); r != JSON_END; r = json_next(d, container, r)) {
        const struct json_token *t = &d->tokens[r];
        check(r == behind && t->next > r && t->next <= c->next);
        check(t->start > text_at && t->start + t->length < c->start + c->length);
        check(c->type != JSON_OBJECT || count % 2 == 1 || t->type == JSON_STRING);
        text_at = t->start + t->length;
        behind = t->next;
        count++;
    }
    check(behind == c->next);
    check(c->type != JSON_OBJECT || count % 2 == 0);
}

static void check_document(const struct json_doc *d, size_t n, struct arena *a)
{
    check(d->n > 0 && d->tokens[0].next == d->n);
    for (json_ref r = 0; r < d->n; r++) {
        const struct json_token *t = &d->tokens[r];
        enum json_type type = json_type(d, r);
        struct sv text = json_text(d, r, a);
        check(type != JSON_NONE && (size_t)t->start + t->length <= n);
        if (type == JSON_OBJECT || type == JSON_ARRAY) {
            check(text.p == NULL);
            check_children(d, r);
            json_get(d, r, "model");
        } else {
            check(t->next == r + 1 && text.p != NULL && text.n <= t->length);
            check(json_first(d, r) == JSON_END);
        }
    }
}

/* Parsed in another way, the text gives what it gave in d. */
static void check_way(const struct string_bytes *way, const char *text, size_t n,
                      const struct json_doc *d, enum err wanted)
{
    struct json_doc other = {.way = way};

    check(json_parse(&other, text, n, NULL) == wanted && other.n == d->n);
    check(other.cut_off == d->cut_off);
    check(wanted != ERR_PARSE || other.fault_at == d->fault_at);
    check(!d->n || memcmp(other.tokens, d->tokens, d->n * sizeof(*d->tokens)) == 0);
    json_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct json_doc d = {0};
    struct arena a = {0};
    size_t cut = n > 1 ? ((size_t)data[0] * 256 + data[n - 1]) % n : 0;
    char *text = malloc(n ? n : 1); /* of exactly this size: a read behind it is seen */
    char *prefix = malloc(cut ? cut : 1);

    if (n) {
        memcpy(text, data, n);
        memcpy(prefix, data, cut);
    }
    enum err rc = json_parse(&d, text, n, NULL);
    bool valid = rc == OK;
    for (size_t i = 0; i < string_bytes_n; i++)
        if (string_bytes_ways[i].runs_here())
            check_way(&string_bytes_ways[i], text, n, &d, rc);
    bool promising = valid || json_cut_off(&d);
    if (valid)
        check_document(&d, n, &a);
    if (promising)
        check(json_parse(&d, prefix, cut, NULL) == OK || json_cut_off(&d));
    free(prefix);
    free(text);
    arena_release(&a);
    json_release(&d);
    return 0;
}
