/* detect: what a text holds. A filter finds the few places where something may begin (triggers.h);
 * only there a pattern is tried. */
#include "detect/detect.h"

#include <stdlib.h>

#include "detect/answer.h"
#include "detect/triggers.h"
#include "regex/regex.h"

#include "base/banned.h"

#define BLOCK                                                                                      \
    1024               /* bytes after which finds are handed out; patterns without a trigger are   \
                        * tried once for each */
#define HEAD_BYTES 600 /* of an answer, in which a refusal begins */
#define SLOT_BITS 9
#define SEEN_BITS 15
#define CLUSTER_MAX 64 /* bytes of a group of digits that is looked at as a whole */
#define NONE UINT32_MAX

enum filter_class { CLASS_DIGITS, CLASS_AT, CLASS_INSIDE, CLASS_WORDS, CLASSES = 8 };

struct compiled {
    struct pattern p;
    unsigned kind;
    struct regex *re; /* NULL until it is needed */
};

struct literal {
    struct sv text;
    uint32_t pattern, next; /* next of the same slot, or NONE */
    uint32_t head, mask;    /* its first three or four bytes, as head_of() gives them */
    bool inside;            /* also behind a letter or digit */
};

/* "#7": at least so many digits, single signs between them; "A#": a capital letter stands before,
 * at most a space between; "+#": that sign does; "#A": a letter stands behind; "#...": so many
 * dots. */
struct number_trigger {
    uint32_t pattern;
    size_t digits, dots;
    char before; /* 'A', '+' or 0 */
    bool behind;
};

/* What starts the patterns of one kind of place: anywhere, or an answer's head. */
struct trigger_set {
    struct filter filter;
    uint64_t
        seen[1 << (SEEN_BITS - 6)]; /* bit h: a literal has hash h; nearly all places end here */
    bool single[256];               /* bytes that are looked at by themselves: digits, '@' */
    uint32_t slots[1 << SLOT_BITS];
    struct literal *literals;
    struct number_trigger *numbers;
    uint32_t *ats, *always; /* patterns of the trigger '@', and of none */
    size_t n_literals, n_numbers, n_ats, n_always;
    size_t fewest_digits; /* of a number that needs neither a sign before it nor dots */
    size_t fewest_dots;   /* of one that needs dots */
};

struct kind {
    struct sv name;
    enum detect_family family;
};

struct detector {
    unsigned families;
    struct compiled *patterns;
    size_t *tried; /* of each: places of the text before this were tried */
    struct kind *kinds;
    size_t n_patterns, n_kinds;
    struct trigger_set anywhere, head;
    struct detect_span *found; /* not handed out yet, in order of their starts */
    size_t n_found, cap_found;
    struct detect_work work;
};

/* ---- opening ----------------------------------------------------------------------------------
 */

/* Room for one more element of an array of n, which grows when n is a power of two; NULL: no
 * memory, the array is as before. */
static void *grow(void *array, size_t n, size_t size)
{
    if (n && (n & (n - 1)))
        return array;
    return realloc(array, (n ? 2 * n : 1) * size);
}

#define ADD(array, n, ...)                                                                         \
    do {                                                                                           \
        void *grown = grow(array, n, sizeof(*(array)));                                            \
        if (!grown)                                                                                \
            return false;                                                                          \
        (array) = grown;                                                                           \
        (array)[(n)++] = __VA_ARGS__;                                                              \
    } while (0)

static bool add_kind(struct detector *d, struct sv name, enum detect_family family, unsigned *out)
{
    for (size_t i = 0; i < d->n_kinds; i++)
        if (sv_eq(d->kinds[i].name, name)) {
            *out = (unsigned)i;
            return true;
        }
    *out = (unsigned)d->n_kinds;
    ADD(d->kinds, d->n_kinds, (struct kind){name, family});
    return true;
}

/* n bytes, three or four, in lower case (and some signs as others). */
static uint32_t head_of(const char *p, size_t n)
{
    uint32_t v = (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8 |
                 (uint32_t)(unsigned char)p[2] << 16;

    return (n > 3 ? v | (uint32_t)(unsigned char)p[3] << 24 | 0x20000000 : v) | 0x202020;
}

/* Of the first three bytes: SEEN_BITS bits, the upper ones of which are the slot. */
static uint32_t hash_of(const char *p)
{
    return head_of(p, 3) * UINT32_C(2654435761) >> (32 - SEEN_BITS);
}

static uint32_t slot_of(uint32_t hash)
{
    return hash >> (SEEN_BITS - SLOT_BITS);
}

static bool is_seen(const struct trigger_set *t, uint32_t hash)
{
    return t->seen[hash / 64] >> hash % 64 & 1;
}

static bool add_literal(struct trigger_set *t, struct sv text, uint32_t pattern)
{
    bool inside = text.p[0] == '*';
    struct sv bare = inside ? (struct sv){text.p + 1, text.n - 1} : text;
    uint32_t hash = hash_of(bare.p), slot = slot_of(hash);
    unsigned class = CLASS_INSIDE;

    if (!inside)
        class = CLASS_WORDS + ((unsigned char)text.p[0] & 15u) * (CLASSES - CLASS_WORDS) / 16;
    ADD(t->literals, t->n_literals,
        (struct literal){.text = bare,
                         .pattern = pattern,
                         .next = t->slots[slot],
                         .head = head_of(bare.p, bare.n),
                         .mask = bare.n > 3 ? UINT32_MAX : 0xFFFFFF,
                         .inside = inside});
    t->slots[slot] = (uint32_t)t->n_literals - 1;
    t->seen[hash / 64] |= UINT64_C(1) << hash % 64;
    filter_add(&t->filter, bare, class, inside);
    return true;
}

static bool add_number(struct trigger_set *t, struct sv text, size_t hash, uint32_t pattern)
{
    struct number_trigger x = {.pattern = pattern, .before = hash ? text.p[0] : '\0'};

    for (size_t i = hash + 1; i < text.n; i++) {
        if (text.p[i] == '.')
            x.dots++;
        else if (text.p[i] == 'A')
            x.behind = true;
        else
            x.digits = x.digits * 10 + (size_t)(text.p[i] - '0') % 10;
    }
    if (x.dots && x.dots < t->fewest_dots)
        t->fewest_dots = x.dots;
    if (!x.before && !x.dots && x.digits < t->fewest_digits)
        t->fewest_digits = x.digits;
    ADD(t->numbers, t->n_numbers, x);
    memset(t->single + '0', true, 10);
    filter_add_digits(&t->filter, CLASS_DIGITS);
    return true;
}

static bool add_trigger(struct trigger_set *t, struct sv text, uint32_t pattern)
{
    const char *hash = memchr(text.p, '#', text.n);

    if (hash)
        return add_number(t, text, (size_t)(hash - text.p), pattern);
    if (!sv_is(text, "@"))
        return add_literal(t, text, pattern);
    ADD(t->ats, t->n_ats, pattern);
    t->single['@'] = true;
    filter_add_at(&t->filter, CLASS_AT);
    return true;
}

static bool add_triggers(struct trigger_set *t, struct sv list, uint32_t pattern)
{
    if (!list.n)
        ADD(t->always, t->n_always, pattern);
    while (list.n) {
        const char *bar = memchr(list.p, '|', list.n);
        size_t n = bar ? (size_t)(bar - list.p) : list.n;

        if (!add_trigger(t, (struct sv){list.p, n}, pattern))
            return false;
        list = bar ? (struct sv){bar + 1, list.n - n - 1} : SV_NONE;
    }
    return true;
}

static bool add_pattern(struct detector *d, const struct pattern *p)
{
    struct trigger_set *t = p->where == WHERE_HEAD ? &d->head : &d->anywhere;
    struct compiled c = {.p = *p};

    if (!(d->families >> p->family & 1))
        return true;
    if (!add_kind(d, p->kind, p->family, &c.kind))
        return false;
    ADD(d->patterns, d->n_patterns, c);
    return add_triggers(t, p->triggers, (uint32_t)d->n_patterns - 1);
}

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for patterns");
}

static enum err visit_pattern(void *ctx, const struct pattern *p, struct error *err)
{
    return add_pattern(ctx, p) ? OK : no_memory(err);
}

/* The user's are compiled at once, to say what is wrong with them while somebody is there. */
static enum err compile_from(struct detector *d, size_t first, struct error *err)
{
    enum err rc = OK;

    for (size_t i = first; !rc && i < d->n_patterns; i++)
        rc = regex_open(d->patterns[i].p.regex, REGEX_BYTES, &d->patterns[i].re, err);
    return rc;
}

static enum err add_tables(struct detector *d, const struct detect_options *o, struct error *err)
{
    enum err rc = OK;
    size_t own;
    struct sv table;

    for (size_t i = 0; !rc && (table = patterns_built_in(i)).p; i++)
        rc = patterns_read(table, visit_pattern, d, err);
    own = d->n_patterns;
    for (size_t i = 0; !rc && o && i < o->n_tables; i++)
        rc = patterns_read(o->tables[i], visit_pattern, d, err);
    return rc ? rc : compile_from(d, own, err);
}

static enum err add_answer_kinds(struct detector *d, struct error *err)
{
    unsigned ignored;

    for (size_t i = 0; d->families >> DETECT_QUALITY & 1 && i < ANSWER_FAULTS; i++)
        if (!add_kind(d, sv_from(answer_fault_names[i]), DETECT_QUALITY, &ignored))
            return no_memory(err);
    return OK;
}

/* t is zeroed. */
static void init_set(struct trigger_set *t)
{
    memset(t->slots, 0xFF, sizeof(t->slots));
    t->fewest_digits = t->fewest_dots = SIZE_MAX;
}

enum err detector_open(const struct detect_options *o, struct detector **out, struct error *err)
{
    struct detector *d = calloc(1, sizeof(*d));
    enum err rc;

    if (!d)
        return no_memory(err);
    init_set(&d->anywhere);
    init_set(&d->head);
    d->families = o && o->families ? o->families : ~0u;
    rc = add_tables(d, o, err);
    if (!rc)
        rc = add_answer_kinds(d, err);
    if (!rc && !(d->tried = calloc(d->n_patterns + 1, sizeof(*d->tried))))
        rc = no_memory(err);
    if (!rc) {
        *out = d;
        d = NULL;
    }
    detector_close(d);
    return rc;
}

static void release_set(struct trigger_set *t)
{
    free(t->literals);
    free(t->numbers);
    free(t->ats);
    free(t->always);
}

void detector_close(struct detector *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n_patterns; i++)
        regex_close(d->patterns[i].re);
    release_set(&d->anywhere);
    release_set(&d->head);
    free(d->patterns);
    free(d->tried);
    free(d->kinds);
    free(d->found);
    free(d);
}

size_t detector_kinds(const struct detector *d)
{
    return d->n_kinds;
}

struct sv detector_kind(const struct detector *d, unsigned kind)
{
    return d->kinds[kind].name;
}

enum detect_family detector_family(const struct detector *d, unsigned kind)
{
    return d->kinds[kind].family;
}

int detector_find_kind(const struct detector *d, struct sv name)
{
    for (size_t i = 0; i < d->n_kinds; i++)
        if (sv_eq(d->kinds[i].name, name))
            return (int)i;
    return -1;
}

const struct detect_work *detector_work(const struct detector *d)
{
    return &d->work;
}

/* ---- searching ---------------------------------------------------------------------------------
 */

/* One text on its way. */
struct search {
    struct detector *d;
    const struct trigger_set *t;
    struct sv text;
    unsigned sides;
    size_t covered[DETECT_FAMILIES]; /* finds of the family end before this */
    size_t number_end;               /* of the group of digits that was looked at */
    void (*visit)(void *ctx, const struct detect_span *span);
    void *ctx;
    enum err rc;
    struct error *err;
};

static void keep(struct search *s, const struct detect_span *span)
{
    struct detector *d = s->d;
    size_t at = d->n_found;

    if (d->n_found == d->cap_found) {
        size_t cap = d->cap_found ? 2 * d->cap_found : 64;
        void *p = realloc(d->found, cap * sizeof(*d->found));

        if (!p) {
            s->rc = no_memory(s->err);
            return;
        }
        d->found = p;
        d->cap_found = cap;
    }
    for (; at && d->found[at - 1].start > span->start; at--)
        d->found[at] = d->found[at - 1];
    d->found[at] = *span;
    d->n_found++;
}

/* Hands out the finds that begin before `before`: none that is still to come begins earlier. */
static void hand_out(struct search *s, size_t before)
{
    struct detector *d = s->d;
    size_t n = 0;

    while (n < d->n_found && d->found[n].start < before)
        s->visit(s->ctx, &d->found[n++]);
    d->n_found -= n;
    if (d->n_found)
        memmove(d->found, d->found + n, d->n_found * sizeof(*d->found));
}

static bool is_wanted(const struct search *s, enum pattern_where where)
{
    switch (where) {
    case WHERE_INPUT:
        return s->sides & DETECT_INPUT;
    case WHERE_OUTPUT:
    case WHERE_HEAD:
        return s->sides & DETECT_OUTPUT;
    default:
        return true;
    }
}

/* Tries the pattern at the places from .. last that were not tried yet. */
static void try_pattern(struct search *s, uint32_t i, size_t from, size_t last)
{
    struct compiled *c = &s->d->patterns[i];
    size_t *tried = &s->d->tried[i];
    struct sv text = s->text;
    enum err rc = OK;

    if (s->rc || !is_wanted(s, c->p.where))
        return;
    from = from > *tried ? from : *tried;
    if (from > last)
        return;
    if (!c->re && (s->rc = regex_open(c->p.regex, REGEX_BYTES, &c->re, s->err)) != OK)
        return;
    *tried = last + 1;
    if (text.n - last > DETECT_SPAN_MAX)
        text.n = last + DETECT_SPAN_MAX;
    while (from <= last) {
        struct detect_span span = {.kind = c->kind};
        bool found = false;

        s->d->work.searches++;
        rc = regex_find(c->re, text, from, last, &found, &span.start, &span.end, NULL);
        s->d->work.given_up += rc == ERR_RANGE;
        if (rc == ERR_NOMEM)
            s->rc = no_memory(s->err);
        if (rc || !found)
            break;
        from = (span.start > from ? span.start : from) + 1;
        if (span.end <= span.start || span.start < s->covered[c->p.family] ||
            (c->p.check && !c->p.check(s->text, span.start, &span.end)))
            continue;
        s->covered[c->p.family] = span.end;
        from = span.end > from ? span.end : from;
        keep(s, &span);
    }
    *tried = from > *tried ? from : *tried;
}

/* Tries the pattern around a trigger at `at`. */
static void try_at(struct search *s, uint32_t pattern, size_t at)
{
    size_t back = s->d->patterns[pattern].p.back;

    try_pattern(s, pattern, at > back ? at - back : 0, at);
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static void try_literals(struct search *s, size_t at)
{
    const struct trigger_set *t = s->t;
    const char *p = s->text.p + at;
    size_t left = s->text.n - at;

    uint32_t hash, head;

    if (left < 3)
        return;
    hash = hash_of(p);
    if (!is_seen(t, hash))
        return; /* a digit or '@' */
    head = head_of(p, left);
    for (uint32_t i = t->slots[slot_of(hash)]; i != NONE; i = t->literals[i].next) {
        struct sv text = t->literals[i].text;
        size_t k = 3;

        if ((head & t->literals[i].mask) != t->literals[i].head)
            continue;
        while (k < text.n && k < left && (p[k] | 0x20) == (text.p[k] | 0x20))
            k++;
        if (k == text.n && (t->literals[i].inside || !at || !is_word(p[-1])))
            try_at(s, t->literals[i].pattern, at);
    }
}

/* ---- numbers -----------------------------------------------------------------------------------
 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool groups_digits(char c)
{
    return c == ' ' || c == '.' || c == '-' || c == '/' || c == '(' || c == ')';
}

/* Digits with at most two signs between them, around a place. */
struct cluster {
    size_t start, end, digits, dots;
    char before; /* 'A': a capital letter, '+', or 0 */
    bool behind; /* a capital letter */
};

static struct cluster cluster_at(const struct search *s, size_t at)
{
    const char *p = s->text.p;
    size_t floor = at > CLUSTER_MAX / 2 ? at - CLUSTER_MAX / 2 : 0, end;
    struct cluster c = {.start = at};

    floor = floor > s->number_end ? floor : s->number_end;
    for (size_t i = at; i > floor && (is_digit(p[i - 1]) || groups_digits(p[i - 1])); i--)
        c.start = is_digit(p[i - 1]) ? i - 1 : c.start;
    end = c.start;
    for (size_t i = c.start; i < s->text.n && i - end <= 2 && i - c.start < CLUSTER_MAX; i++) {
        if (is_digit(p[i])) {
            c.digits++;
            end = i + 1;
        } else if (!groups_digits(p[i])) {
            break;
        }
        c.dots += p[i] == '.';
    }
    c.end = end > at ? end : at + 1;
    if (c.start > 0 && p[c.start - 1] == '+')
        c.before = '+';
    else if (c.start > 0 && (is_capital(p[c.start - 1]) ||
                             (c.start > 1 && p[c.start - 1] == ' ' && is_capital(p[c.start - 2]))))
        c.before = 'A';
    c.behind = c.end < s->text.n &&
               (is_capital(p[c.end]) ||
                (c.end + 1 < s->text.n && p[c.end] == '-' && is_capital(p[c.end + 1])));
    return c;
}

static void try_numbers(struct search *s, size_t at)
{
    const struct trigger_set *t = s->t;
    struct cluster c;

    if (at < s->number_end)
        return;
    c = cluster_at(s, at);
    s->number_end = c.end;
    if (!c.before && c.dots < t->fewest_dots && c.digits < t->fewest_digits)
        return; /* as years and prices are */
    for (size_t i = 0; i < t->n_numbers; i++) {
        const struct number_trigger *x = &t->numbers[i];
        size_t back = s->d->patterns[x->pattern].p.back;

        if (c.digits >= x->digits && c.dots >= x->dots && (!x->before || x->before == c.before) &&
            c.behind >= x->behind)
            try_pattern(s, x->pattern, c.start > back ? c.start - back : 0, c.end - 1);
    }
}

/* ---- one text ----------------------------------------------------------------------------------
 */

static void look_at(struct search *s, size_t at)
{
    char c = s->text.p[at];

    if (c == '@')
        for (size_t i = 0; i < s->t->n_ats; i++)
            try_at(s, s->t->ats[i], at);
    if (is_digit(c) && s->t->n_numbers)
        try_numbers(s, at);
    try_literals(s, at);
}

/* Of the places that passed the filter those where a literal or a number may begin, into places;
 * returns how many. Nothing but the end of a loop is guessed: most places are none. */
static size_t choose(const struct trigger_set *t, const char *p, const uint16_t *passed,
                     size_t blocks, uint16_t *places)
{
    size_t n = 0;

    for (size_t b = 0; b < blocks; b += 4) {
        uint64_t left = passed[b] | (uint64_t)passed[b + 1] << 16 | (uint64_t)passed[b + 2] << 32 |
                        (uint64_t)passed[b + 3] << 48;

        for (; left; left &= left - 1) {
            size_t at = b * FILTER_BLOCK + (size_t)__builtin_ctzll(left);

            places[n] = (uint16_t)at;
            n += t->single[(unsigned char)p[at]] | is_seen(t, hash_of(p + at));
        }
    }
    return n;
}

/* Looks at the places of text[from .. to) that pass the filter; at most BLOCK bytes. */
static void look_through(struct search *s, size_t from, size_t to)
{
    char copy[1 + BLOCK + 2 * FILTER_BLOCK]; /* where the text has no bytes around these */
    uint16_t passed[BLOCK / FILTER_BLOCK + 3], places[BLOCK];
    size_t blocks = (to - from + FILTER_BLOCK - 1) / FILTER_BLOCK;
    size_t around = blocks * FILTER_BLOCK + 3, n;
    const char *p = s->text.p + from;

    if (!from || s->text.n - from < around) {
        size_t there = s->text.n - from < around ? s->text.n - from : around;

        copy[0] = from ? p[-1] : ' ';
        memcpy(copy + 1, p, there);
        memset(copy + 1 + there, 0, around - there);
        p = copy + 1;
    }
    filter_blocks(&s->t->filter, p, blocks, passed);
    memset(passed + blocks, 0, 3 * sizeof(*passed));
    n = choose(s->t, p, passed, blocks, places);
    for (size_t i = 0; i < n && from + places[i] < to; i++)
        look_at(s, from + places[i]);
}

static void search_set(struct search *s, const struct trigger_set *t, size_t n)
{
    s->t = t;
    s->number_end = 0;
    for (size_t from = 0; from < n && !s->rc; from += BLOCK) {
        size_t to = n - from > BLOCK ? from + BLOCK : n;

        for (size_t i = 0; i < t->n_always; i++)
            try_pattern(s, t->always[i], from, to - 1);
        look_through(s, from, to);
        /* the head's finds wait for those of the whole text */
        if (t == &s->d->anywhere)
            hand_out(s, to > PATTERN_BACK_MAX ? to - PATTERN_BACK_MAX : 0);
    }
}

static bool is_empty(const struct trigger_set *t)
{
    return !t->n_literals && !t->n_numbers && !t->n_ats && !t->n_always;
}

enum err detect_spans(struct detector *d, struct sv text, unsigned sides,
                      void (*visit)(void *ctx, const struct detect_span *span), void *ctx,
                      struct error *err)
{
    struct search s = {
        .d = d, .text = text, .sides = sides, .visit = visit, .ctx = ctx, .err = err};

    d->work.texts++;
    d->work.bytes += text.n;
    memset(d->tried, 0, d->n_patterns * sizeof(*d->tried));
    if (sides & DETECT_OUTPUT && !is_empty(&d->head))
        search_set(&s, &d->head, text.n < HEAD_BYTES ? text.n : HEAD_BYTES);
    if (!is_empty(&d->anywhere))
        search_set(&s, &d->anywhere, text.n);
    hand_out(&s, SIZE_MAX);
    d->n_found = 0;
    return s.rc;
}
