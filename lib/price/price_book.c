/* price_book: rows, their patterns compiled when they are first asked, and the matches so far. */
#include "price/price_book.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/wide.h"
#include "price/price_tsv.h"
#include "price/provider_names.h"
#include "regex/regex.h"
#include "base/banned.h"

#define NAMED_MAX 8
#define PPM 1000000

struct entry {
    struct price_row row;
    struct regex *match; /* NULL: not compiled yet */
};

struct alias {
    struct sv name, model;
};

struct discount {
    struct price_discount rule;
    struct regex *match;
};

/* What was found for some names. */
struct known {
    struct price_names names;
    uint64_t hash;
    struct price_match match;
};

struct price_book {
    struct arena arena;
    struct entry **entries; /* those of the user and the like, then the built-in ones */
    size_t n, n_own, cap;
    struct alias *aliases;
    size_t n_aliases, cap_aliases;
    struct discount *discounts;
    size_t n_discounts, cap_discounts;
    struct known **known; /* open hash table; a power of two */
    size_t n_known, n_slots;
    pthread_mutex_t lock; /* held while the matches are used */
};

const char *price_built_in_date(void)
{
    static const char date[] = "2026-08-22"; /* a test holds it against the head of the table */

    return date;
}

enum err price_book_new(struct price_book **out, struct error *err)
{
    struct price_book *b = calloc(1, sizeof(*b));

    if (!b || pthread_mutex_init(&b->lock, NULL)) {
        free(b);
        return error_set(err, ERR_NOMEM, "out of memory for the prices");
    }
    *out = b;
    return OK;
}

void price_book_free(struct price_book *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->n; i++)
        regex_close(b->entries[i]->match);
    for (size_t i = 0; i < b->n_discounts; i++)
        regex_close(b->discounts[i].match);
    pthread_mutex_destroy(&b->lock);
    arena_release(&b->arena);
    free(b->entries);
    free(b->aliases);
    free(b->discounts);
    free(b->known);
    free(b);
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the prices");
}

/* Room for one more element of `size` bytes at the end of an array. */
static enum err reserve(void *array, size_t n, size_t *cap, size_t size, struct error *err)
{
    void *old, *bigger;
    size_t more = *cap ? 2 * *cap : 16;

    if (n < *cap)
        return OK;
    memcpy(&old, array, sizeof(old));
    bigger = realloc(old, more * size);
    if (!bigger)
        return no_memory(err);
    memcpy(array, &bigger, sizeof(bigger));
    *cap = more;
    return OK;
}

/* ---- adding ------------------------------------------------------------------------------- */

/* A pattern that matches the text and nothing else. */
static struct sv quoted(struct price_book *b, struct sv text)
{
    char *p = arena_alloc(&b->arena, 2 * text.n);
    size_t n = 0;

    if (!p)
        return SV_NONE;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool plain =
            c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!plain)
            p[n++] = '\\';
        p[n++] = (char)c;
    }
    return (struct sv){p, n};
}

static bool in_range(struct maybe_i64 price)
{
    return !price.known || (price.v >= 0 && price.v <= PRICE_MAX);
}

static enum err check_row(const struct price_row *row, struct error *err)
{
    int64_t above = 0;

    if (!row->model.n)
        return error_set(err, ERR_RANGE, "a price without a model");
    if (!row->price[PRICE_INPUT].known)
        return error_set(err, ERR_RANGE, "price of %.*s: none for input", SV_FMT(row->model));
    for (int k = 0; k < PRICE_COUNT; k++)
        if (!in_range(row->price[k]))
            return error_set(err, ERR_RANGE,
                             "price of %.*s: %s: expected 0 to 1000000 dollars per million tokens",
                             SV_FMT(row->model), price_kind_names[k]);
    for (size_t i = 0; i < row->n_tiers; i++) {
        if (row->tiers[i].above_tokens <= above)
            return error_set(err, ERR_RANGE, "price of %.*s: tiers have to ascend from above 0",
                             SV_FMT(row->model));
        above = row->tiers[i].above_tokens;
        for (int k = 0; k < PRICE_TIERED; k++)
            if (!in_range(row->tiers[i].price[k]))
                return error_set(
                    err, ERR_RANGE,
                    "price of %.*s: %s: expected 0 to 1000000 dollars per million tokens",
                    SV_FMT(row->model), price_kind_names[k]);
    }
    if (row->from_us.known && row->until_us.known && row->from_us.v >= row->until_us.v)
        return error_set(err, ERR_RANGE, "price of %.*s: its period ends before it begins",
                         SV_FMT(row->model));
    return OK;
}

static bool copy_texts(struct price_book *b, struct price_row *row)
{
    struct sv *const texts[] = {&row->provider,     &row->model,   &row->match,
                                &row->service_tier, &row->sources, &row->note};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!texts[i]->p)
            continue;
        *texts[i] = arena_copy(&b->arena, *texts[i]);
        if (!texts[i]->p)
            return false;
    }
    return true;
}

static enum err compile(struct entry *e, struct error *err)
{
    if (e->match)
        return OK;
    return regex_open(e->row.match, REGEX_NOCASE | REGEX_WHOLE | REGEX_RARE, &e->match, err);
}

enum err price_book_add(struct price_book *b, const struct price_row *row, struct error *err)
{
    bool own = row->origin != PRICE_BUILT_IN;
    struct entry *e;
    enum err rc = check_row(row, err);

    if (!rc)
        rc = reserve(&b->entries, b->n, &b->cap, sizeof(*b->entries), err);
    if (rc)
        return rc;
    e = arena_zalloc(&b->arena, 1, sizeof(*e));
    if (!e)
        return no_memory(err);
    e->row = *row;
    if (!copy_texts(b, &e->row))
        return no_memory(err);
    if (!row->match.n)
        e->row.match = quoted(b, e->row.model);
    if (!e->row.match.p)
        return no_memory(err);
    rc = own ? compile(e, err) : OK;
    if (rc)
        return rc;
    size_t at = own ? b->n_own : b->n;
    memmove(b->entries + at + 1, b->entries + at, (b->n - at) * sizeof(*b->entries));
    b->entries[at] = e;
    b->n++;
    b->n_own += own;
    return OK;
}

static enum err add_row(void *ctx, const struct price_row *row, struct error *err)
{
    return price_book_add(ctx, row, err);
}

enum err price_book_add_built_in(struct price_book *b, struct error *err)
{
    return price_tsv_read(price_tsv_built_in(), add_row, b, err);
}

enum err price_book_alias(struct price_book *b, struct sv name, struct sv model, struct error *err)
{
    enum err rc = reserve(&b->aliases, b->n_aliases, &b->cap_aliases, sizeof(*b->aliases), err);

    if (rc)
        return rc;
    struct alias a = {arena_copy(&b->arena, name), arena_copy(&b->arena, model)};
    if (!a.name.p || !a.model.p)
        return no_memory(err);
    b->aliases[b->n_aliases++] = a;
    return OK;
}

enum err price_book_discount(struct price_book *b, const struct price_discount *d,
                             struct error *err)
{
    struct discount x = {.rule = *d};
    enum err rc =
        reserve(&b->discounts, b->n_discounts, &b->cap_discounts, sizeof(*b->discounts), err);

    if (rc)
        return rc;
    if (d->off_ppm < 0 || d->off_ppm > PPM)
        return error_set(err, ERR_RANGE, "a discount of %lld millionths: expected 0 to 1000000",
                         (long long)d->off_ppm);
    if (d->provider.n)
        x.rule.provider = arena_copy(&b->arena, d->provider);
    x.rule.match = arena_copy(&b->arena, d->match);
    if (!x.rule.match.p || (d->provider.n && !x.rule.provider.p))
        return no_memory(err);
    rc = regex_open(x.rule.match, REGEX_NOCASE | REGEX_WHOLE | REGEX_RARE, &x.match, err);
    if (!rc)
        b->discounts[b->n_discounts++] = x;
    return rc;
}

size_t price_book_count(const struct price_book *b)
{
    return b->n;
}

const struct price_row *price_book_row(const struct price_book *b, size_t i)
{
    return &b->entries[i]->row;
}

/* ---- matching ----------------------------------------------------------------------------- */

/* The providers that a log and an id name, best first. */
struct named {
    struct sv names[NAMED_MAX];
    size_t n;
};

static void add_named(struct named *out, struct sv name)
{
    const char *const *meaning = provider_meaning(name);

    if (name.n && out->n < NAMED_MAX)
        out->names[out->n++] = name;
    for (; name.n && *meaning && out->n < NAMED_MAX; meaning++)
        out->names[out->n++] = sv_from(*meaning);
}

static bool is_named(const struct named *named, struct sv provider)
{
    const char *const *meaning = provider_meaning(provider);

    for (size_t i = 0; i < named->n; i++)
        if (sv_eq_nocase(named->names[i], provider) ||
            (*meaning && sv_is(named->names[i], *meaning)))
            return true;
    return false;
}

/* One matching on its way. */
struct matching {
    struct price_book *book;
    struct named named;
    struct sv id;
    const struct price_row **rows;
    size_t n, cap;
};

static enum err push(struct matching *m, const struct price_row *row, struct error *err)
{
    enum err rc = reserve(&m->rows, m->n, &m->cap, sizeof(*m->rows), err);

    if (!rc)
        m->rows[m->n++] = row;
    return rc;
}

/* Whether the entry's pattern matches the id, or the id behind its provider's name: hosts of many
 * models have them under the names of others, and the table has them behind the host's. */
static enum err fits(struct matching *m, struct entry *e, bool named, bool *yes, struct error *err)
{
    struct sv prefix = provider_prefix(e->row.provider);
    char id[256];
    enum err rc = compile(e, err);

    *yes = false;
    if (!rc)
        rc = regex_matches(e->match, m->id, yes, err);
    if (rc || *yes || !named || prefix.n + 1 + m->id.n > sizeof(id))
        return rc;
    memcpy(id, prefix.p, prefix.n);
    id[prefix.n] = '/';
    memcpy(id + prefix.n + 1, m->id.p, m->id.n);
    return regex_matches(e->match, (struct sv){id, prefix.n + 1 + m->id.n}, yes, err);
}

static enum err collect_own(struct matching *m, struct error *err)
{
    enum err rc = OK;
    bool yes;

    for (size_t i = 0; i < m->book->n_own && !rc; i++) {
        struct entry *e = m->book->entries[i];
        bool named = e->row.provider.n && is_named(&m->named, e->row.provider);

        if (e->row.provider.n && m->named.n && !named)
            continue;
        rc = fits(m, e, named, &yes, err);
        if (!rc && yes)
            rc = push(m, &e->row, err);
    }
    return rc;
}

/* The built-in rows of one provider, from entry `first` on. */
static enum err collect_provider(struct matching *m, struct sv provider, size_t first, bool named,
                                 struct error *err)
{
    enum err rc = OK;
    bool yes;

    for (size_t i = first; i < m->book->n && !rc; i++) {
        struct entry *e = m->book->entries[i];

        if (!sv_eq_nocase(e->row.provider, provider) || (e->row.named_only && !named))
            continue;
        rc = fits(m, e, named, &yes, err);
        if (!rc && yes)
            rc = push(m, &e->row, err);
    }
    return rc;
}

static enum err collect_built_in(struct matching *m, struct error *err)
{
    size_t before = m->n;
    enum err rc = OK;

    for (size_t i = 0; i < m->named.n && !rc && m->n == before; i++)
        rc = collect_provider(m, m->named.names[i], m->book->n_own, true, err);
    for (size_t i = m->book->n_own; i < m->book->n && !rc && m->n == before; i++) {
        struct entry *e = m->book->entries[i];
        bool yes;

        if (e->row.named_only || is_named(&m->named, e->row.provider))
            continue;
        rc = fits(m, e, false, &yes, err);
        if (!rc && yes)
            rc = collect_provider(m, e->row.provider, i, false, err);
    }
    return rc;
}

static struct sv resolve_alias(const struct price_book *b, struct sv id)
{
    for (size_t i = 0; i < b->n_aliases; i++)
        if (sv_eq(b->aliases[i].name, id))
            return b->aliases[i].model;
    return id;
}

/* What stands behind the last "models/" of a resource path, SV_NONE for none. */
static struct sv resource_name(struct sv id)
{
    static const struct sv mark = SV_INIT("models/");
    struct sv found = SV_NONE;
    ptrdiff_t at;

    while ((at = sv_find(id, mark)) >= 0) {
        id = (struct sv){id.p + at + mark.n, id.n - (size_t)at - mark.n};
        found = id;
    }
    return found.n ? found : SV_NONE;
}

static enum err collect(struct matching *m, struct sv provider, struct sv model, struct error *err)
{
    struct sv id = resolve_alias(m->book, model);
    enum err rc = OK;

    for (int i = 0; i < 2 && id.n && !m->n && !rc; i++) {
        const char *slash = memchr(id.p, '/', id.n);

        m->id = id;
        m->named.n = 0;
        add_named(&m->named, provider);
        if (slash)
            add_named(&m->named, (struct sv){id.p, (size_t)(slash - id.p)});
        rc = collect_own(m, err);
        if (!rc)
            rc = collect_built_in(m, err);
        id = resource_name(id);
    }
    return rc;
}

/* ---- discounts ---------------------------------------------------------------------------- */

static struct maybe_i64 later(struct maybe_i64 a, struct maybe_i64 b)
{
    return !b.known || (a.known && a.v > b.v) ? a : b;
}

static struct maybe_i64 earlier(struct maybe_i64 a, struct maybe_i64 b)
{
    return !b.known || (a.known && a.v < b.v) ? a : b;
}

static void take_off(struct maybe_i64 *price, int64_t off_ppm)
{
    if (price->known)
        price->v = divide_half_even((i128)price->v * (PPM - off_ppm), PPM);
}

static enum err discounted(struct matching *m, const struct price_row *row,
                           const struct discount *d, struct error *err)
{
    struct price_row *x = arena_alloc(&m->book->arena, sizeof(*x));

    if (!x)
        return no_memory(err);
    *x = *row;
    x->origin = PRICE_CONFIG;
    x->from_us = later(row->from_us, d->rule.from_us);
    x->until_us = earlier(row->until_us, d->rule.until_us);
    if (x->from_us.known && x->until_us.known && x->from_us.v >= x->until_us.v)
        return OK;
    for (int k = 0; k < PRICE_COUNT; k++)
        take_off(&x->price[k], d->rule.off_ppm);
    for (size_t i = 0; i < x->n_tiers; i++)
        for (int k = 0; k < PRICE_TIERED; k++)
            take_off(&x->tiers[i].price[k], d->rule.off_ppm);
    return push(m, x, err);
}

/* Puts the discounted rows before those that they come from. */
static enum err apply_discounts(struct matching *m, struct error *err)
{
    const struct price_row **rows = m->rows;
    size_t n = m->n;
    enum err rc = OK;

    if (!m->book->n_discounts)
        return OK;
    m->rows = NULL;
    m->n = m->cap = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        bool list_price = rows[i]->origin == PRICE_BUILT_IN || rows[i]->origin == PRICE_IMPORTED;

        for (size_t k = 0; k < m->book->n_discounts && list_price && !rc; k++) {
            const struct discount *d = &m->book->discounts[k];
            bool yes = false;

            if (d->rule.provider.n && !sv_eq_nocase(d->rule.provider, rows[i]->provider))
                continue;
            rc = regex_matches(d->match, m->id, &yes, err);
            if (!rc && yes)
                rc = discounted(m, rows[i], d, err);
        }
        if (!rc)
            rc = push(m, rows[i], err);
    }
    free(rows);
    return rc;
}

/* ---- what is known ------------------------------------------------------------------------ */

static uint64_t names_hash(const struct price_names *n)
{
    uint64_t h = hash64(n->provider.p, n->provider.n, 0);

    h = hash64(n->response_model.p, n->response_model.n, hash_mix(h));
    return hash64(n->request_model.p, n->request_model.n, hash_mix(h));
}

static bool same_names(const struct price_names *a, const struct price_names *b)
{
    return sv_eq(a->provider, b->provider) && sv_eq(a->response_model, b->response_model) &&
           sv_eq(a->request_model, b->request_model);
}

static struct known **known_slot(struct price_book *b, const struct price_names *names,
                                 uint64_t hash)
{
    size_t at = hash & (b->n_slots - 1);

    while (b->known[at] && (b->known[at]->hash != hash || !same_names(&b->known[at]->names, names)))
        at = (at + 1) & (b->n_slots - 1);
    return &b->known[at];
}

static enum err known_grow(struct price_book *b, struct error *err)
{
    struct known **old = b->known;
    size_t n_old = b->n_slots;

    if (b->n_slots && b->n_known < b->n_slots / 2)
        return OK;
    struct known **slots = calloc(n_old ? 2 * n_old : 64, sizeof(struct known *));
    if (!slots)
        return no_memory(err);
    b->known = slots;
    b->n_slots = n_old ? 2 * n_old : 64;
    for (size_t i = 0; i < n_old; i++)
        if (old[i])
            *known_slot(b, &old[i]->names, old[i]->hash) = old[i];
    free(old);
    return OK;
}

/* Keeps a match in the arena. */
static enum err remember(struct matching *m, const struct price_names *names, struct known **slot,
                         struct error *err)
{
    struct arena *a = &m->book->arena;
    struct known *k = arena_zalloc(a, 1, sizeof(*k));
    const struct price_row **rows = arena_alloc(a, (m->n + 1) * sizeof(struct price_row *));

    if (!k || !rows)
        return no_memory(err);
    if (m->n)
        memcpy(rows, m->rows, m->n * sizeof(*rows));
    k->hash = names_hash(names);
    k->names =
        (struct price_names){arena_copy(a, names->provider), arena_copy(a, names->request_model),
                             arena_copy(a, names->response_model)};
    k->match = (struct price_match){rows, m->n, m->n ? arena_copy(a, m->id) : SV_NONE};
    if (!k->names.provider.p || !k->names.request_model.p || !k->names.response_model.p ||
        (m->n && !k->match.model.p))
        return no_memory(err);
    *slot = k;
    m->book->n_known++;
    return OK;
}

static enum err match_names(struct price_book *b, const struct price_names *names,
                            const struct price_match **out, struct error *err)
{
    struct matching m = {.book = b};
    struct known **slot;
    enum err rc = known_grow(b, err);

    if (rc)
        return rc;
    slot = known_slot(b, names, names_hash(names));
    if (!*slot) {
        rc = collect(&m, names->provider, names->response_model, err);
        if (!rc && !m.n)
            rc = collect(&m, names->provider, names->request_model, err);
        if (!rc)
            rc = apply_discounts(&m, err);
        if (!rc)
            rc = remember(&m, names, slot, err);
        free(m.rows);
    }
    if (!rc)
        *out = &(*slot)->match;
    return rc;
}

enum err price_book_match(struct price_book *b, const struct price_names *names,
                          const struct price_match **out, struct error *err)
{
    pthread_mutex_lock(&b->lock);
    enum err rc = match_names(b, names, out, err);
    pthread_mutex_unlock(&b->lock);
    return rc;
}

/* ---- choosing ----------------------------------------------------------------------------- */

bool price_is_batch(struct sv service_tier)
{
    return sv_eq_nocase(service_tier, SV("batch"));
}

/* Tiers of providers that cost something else; any other text is the standard one. */
static bool costs_otherwise(struct sv service_tier)
{
    static const char *const names[] = {
        "priority", "flex",        "scale",       "fast",
        "turbo",    "performance", "provisioned", "provisioned_throughput",
        "reserved"};

    for (size_t i = 0; service_tier.n && i < ARRAY_LEN(names); i++)
        if (sv_eq_nocase(service_tier, sv_from(names[i])))
            return true;
    return false;
}

static bool holds(const struct price_row *row, struct maybe_i64 at_us)
{
    if (!at_us.known)
        return !row->from_us.known && !row->until_us.known;
    return (!row->from_us.known || row->from_us.v <= at_us.v) &&
           (!row->until_us.known || at_us.v < row->until_us.v);
}

/* The first row of a service tier that holds; *any says that there are rows of it. */
static const struct price_row *first_row(const struct price_match *m, struct sv service_tier,
                                         struct maybe_i64 at_us, bool *any)
{
    for (size_t i = 0; i < m->n; i++) {
        if (!sv_eq_nocase(m->rows[i]->service_tier, service_tier))
            continue;
        *any = true;
        if (holds(m->rows[i], at_us))
            return m->rows[i];
        if (!at_us.known) /* which of them would it be? */
            return NULL;
    }
    return NULL;
}

enum price_lack price_choose(const struct price_match *m, struct maybe_i64 at_us,
                             struct sv service_tier, const struct price_row **out)
{
    const struct price_row *row = NULL;
    bool any = false;

    if (!m->n)
        return LACK_MODEL;
    if (service_tier.n)
        row = first_row(m, service_tier, at_us, &any);
    if (!row && !costs_otherwise(service_tier))
        row = first_row(m, SV_NONE, at_us, &any);
    if (!row)
        return any ? LACK_PERIOD : LACK_SERVICE;
    *out = row;
    return PRICED;
}

/* ---- fingerprints ------------------------------------------------------------------------- */

static uint64_t mix_text(uint64_t h, struct sv text)
{
    return hash64(text.p, text.n, hash_mix(h + text.n));
}

static uint64_t mix_maybe(uint64_t h, struct maybe_i64 x)
{
    return hash_mix(h ^ hash_mix(x.known ? (uint64_t)x.v + 1 : 0) ^ (uint64_t)x.known << 63);
}

uint64_t price_row_fingerprint(const struct price_row *row)
{
    uint64_t h = 1;

    h = mix_text(h, row->provider);
    h = mix_text(h, row->model);
    h = mix_text(h, row->match);
    h = mix_text(h, row->service_tier);
    h = hash_mix(h ^ (uint64_t)row->embedding ^ (uint64_t)row->named_only << 1);
    for (int k = 0; k < PRICE_COUNT; k++)
        h = mix_maybe(h, row->price[k]);
    for (size_t i = 0; i < row->n_tiers; i++) {
        h = hash_mix(h ^ (uint64_t)row->tiers[i].above_tokens);
        for (int k = 0; k < PRICE_TIERED; k++)
            h = mix_maybe(h, row->tiers[i].price[k]);
    }
    h = mix_maybe(h, row->context_window);
    h = mix_maybe(h, row->from_us);
    return mix_maybe(h, row->until_us);
}
