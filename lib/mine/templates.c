/* templates: see the header. */
#include "mine/templates.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/hash.h"
#include "stats/random.h"
#include "base/banned.h"

enum {
    CONTEXT = 3,       /* words that predict another one */
    LEAST_SEEN = 5,    /* four words together */
    LEAST_BETWEEN = 4, /* words of a template between two gaps */
    LEAST_PATTERN = 5, /* words of a pattern that others are folded into */
    WORDS_MOST = 4096, /* of a prompt */
    LEARN_WORDS = 1 << 20,
    PATTERN_BYTES = 200,
};

/* Words are hashes; these are none. */
enum { WORD_FREE, WORD_BEGIN, WORD_END, WORD_GAP, WORD_FIRST };

struct words {
    uint64_t *v; /* CONTEXT beginnings, n words, CONTEXT ends */
    struct sv *text;
    bool *fixed;
    size_t n, cap;
};

struct grams {
    uint64_t *keys;
    uint32_t *counts;
    size_t slots, n; /* slots: a power of two */
};

struct skeleton {
    uint64_t *v;
    size_t n, fixed; /* words, WORD_GAP included; and without */
    uint64_t hash;
    uint32_t seen;
    uint32_t example; /* prompt it was first found in */
    size_t into;      /* template */
};

struct template
{
    char name[16];
    struct sv pattern;
    const struct skeleton *skeleton;
};

struct templates {
    struct arena arena;
    struct grams three, four;
    uint32_t least;             /* times that four words must occur */
    struct skeleton *skeletons; /* most seen first */
    size_t n_skeletons, cap_skeletons;
    struct grams by_hash; /* hash of a skeleton to its place + 1 */
    struct template *v;
    size_t n;
    struct words words; /* of the prompt at hand */
    uint64_t *bones;    /* its skeleton */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the templates of prompts");
}

/* ---- counting ----------------------------------------------------------------------------------
 */

static size_t slot_of(const struct grams *g, uint64_t key)
{
    size_t i = hash_mix(key) & (g->slots - 1);

    while (g->keys[i] && g->keys[i] != key)
        i = (i + 1) & (g->slots - 1);
    return i;
}

static bool rehash(struct grams *g, size_t slots)
{
    struct grams bigger = {calloc(slots, sizeof(*g->keys)), calloc(slots, sizeof(*g->counts)),
                           slots, g->n};

    if (!bigger.keys || !bigger.counts) {
        free(bigger.keys);
        free(bigger.counts);
        return false;
    }
    for (size_t i = 0; i < g->slots; i++)
        if (g->keys[i]) {
            size_t to = slot_of(&bigger, g->keys[i]);

            bigger.keys[to] = g->keys[i];
            bigger.counts[to] = g->counts[i];
        }
    free(g->keys);
    free(g->counts);
    *g = bigger;
    return true;
}

/* The count of a key, to be changed; NULL when out of memory. */
static uint32_t *count_at(struct grams *g, uint64_t key)
{
    size_t i;

    key += !key;
    if (2 * (g->n + 1) > g->slots && !rehash(g, g->slots ? 2 * g->slots : 1024))
        return NULL;
    i = slot_of(g, key);
    g->n += !g->keys[i];
    g->keys[i] = key;
    return &g->counts[i];
}

static uint32_t count_of(const struct grams *g, uint64_t key)
{
    return g->slots ? g->counts[slot_of(g, key + !key)] : 0;
}

static uint64_t key_of(const uint64_t *words, size_t n)
{
    return hash64(words, n * sizeof(*words), n);
}

/* ---- words -------------------------------------------------------------------------------------
 */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Numbers, dates, ids, amounts: whatever has a digit; and addresses. */
static const char *mask(struct sv word)
{
    const char *at = memchr(word.p, '@', word.n);

    if (sv_find(word, SV("://")) >= 0)
        return "<url>";
    if (at && at > word.p && memchr(at, '.', word.n - (size_t)(at - word.p)))
        return "<email>";
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] >= '0' && word.p[i] <= '9')
            return "<#>";
    return NULL;
}

static bool words_reserve(struct words *w, size_t n)
{
    uint64_t *v;
    struct sv *text;
    bool *fixed;

    if (n <= w->cap)
        return true;
    v = realloc(w->v, (n + 2 * CONTEXT) * sizeof(*v));
    w->v = v ? v : w->v;
    text = realloc(w->text, n * sizeof(*text));
    w->text = text ? text : w->text;
    fixed = realloc(w->fixed, n * sizeof(*fixed));
    w->fixed = fixed ? fixed : w->fixed;
    if (!v || !text || !fixed)
        return false;
    w->cap = n;
    return true;
}

/* The word from *i on, masked; empty at the end. *i is behind it then. */
static struct sv next_word(struct sv text, size_t *i)
{
    size_t first;
    struct sv word;
    const char *masked;

    while (*i < text.n && is_blank(text.p[*i]))
        ++*i;
    for (first = *i; *i < text.n && !is_blank(text.p[*i]);)
        ++*i;
    if (*i == first)
        return SV("");
    word = (struct sv){text.p + first, *i - first};
    masked = mask(word);
    return masked ? sv_from(masked) : word;
}

uint64_t templates_masked_hash(struct sv text)
{
    return templates_masked_hash_on(0, text);
}

uint64_t templates_masked_hash_on(uint64_t before, struct sv text)
{
    uint64_t hash = before;
    size_t i = 0;

    for (struct sv word = next_word(text, &i); word.n; word = next_word(text, &i))
        hash = hash64(word.p, word.n, hash + 1);
    return hash;
}

static void split(struct words *w, struct sv text)
{
    size_t i = 0;

    w->n = 0;
    while (w->n < WORDS_MOST) {
        struct sv word = next_word(text, &i);
        uint64_t hash;

        if (!word.n)
            break;
        hash = hash64(word.p, word.n, 1);
        w->text[w->n] = word;
        w->v[CONTEXT + w->n++] = hash < WORD_FIRST ? hash + WORD_FIRST : hash;
    }
    for (size_t k = 0; k < CONTEXT; k++) {
        w->v[k] = WORD_BEGIN;
        w->v[CONTEXT + w->n + k] = WORD_END;
    }
}

/* ---- skeletons ---------------------------------------------------------------------------------
 */

static bool predicted(const struct templates *t, const uint64_t *four, const uint64_t *three)
{
    uint32_t together = count_of(&t->four, key_of(four, CONTEXT + 1));

    return together >= t->least && 2 * together >= count_of(&t->three, key_of(three, CONTEXT));
}

static void find_fixed(struct templates *t)
{
    struct words *w = &t->words;

    for (size_t i = 0; i < w->n; i++) {
        const uint64_t *word = w->v + CONTEXT + i;

        w->fixed[i] = predicted(t, word - CONTEXT, word - CONTEXT) || predicted(t, word, word + 1);
    }
    for (size_t i = 0, end; i < w->n; i = end) { /* few words between two gaps */
        for (end = i + 1; end < w->n && w->fixed[end] == w->fixed[i];)
            end++;
        if (w->fixed[i] && i > 0 && end < w->n && end - i < LEAST_BETWEEN)
            memset(w->fixed + i, 0, end - i);
    }
}

/* The skeleton of the prompt in t->words; returns its length. */
static size_t reduce(struct templates *t, size_t *fixed)
{
    const struct words *w = &t->words;
    size_t n = 0;

    find_fixed(t);
    *fixed = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (w->fixed[i]) {
            t->bones[n++] = w->v[CONTEXT + i];
            ++*fixed;
        } else if (!n || t->bones[n - 1] != WORD_GAP) {
            t->bones[n++] = WORD_GAP;
        }
    }
    return n;
}

/* A run of a pattern's words at s[at]. */
static bool stands_at(const uint64_t *run, size_t n, const uint64_t *s, size_t at, size_t length)
{
    return at + n <= length && memcmp(run, s + at, n * sizeof(*run)) == 0;
}

/* Gaps of p stand for anything, nothing too. Each run as early as it fits, the last one at the end.
 */
static bool matches(const uint64_t *p, size_t n, const uint64_t *s, size_t length)
{
    size_t at = 0, i = 0;

    while (i < n) {
        bool gap = p[i] == WORD_GAP;
        size_t first = i + gap, end = first;

        while (end < n && p[end] != WORD_GAP)
            end++;
        if (first == n)
            return true; /* a gap at the end */
        if (end == n && gap) {
            if (end - first > length || length - (end - first) < at)
                return false;
            return stands_at(p + first, end - first, s, length - (end - first), length);
        }
        while (!stands_at(p + first, end - first, s, at, length)) {
            if (!gap || at >= length)
                return false;
            at++;
        }
        at += end - first;
        i = end;
    }
    return at == length;
}

static enum err add_skeleton(struct templates *t, uint32_t prompt, struct error *err)
{
    size_t fixed, n = reduce(t, &fixed);
    uint64_t hash = key_of(t->bones, n);
    uint32_t *place = count_at(&t->by_hash, hash);
    struct skeleton *s;

    if (!place)
        return no_memory(err);
    if (*place) {
        t->skeletons[*place - 1].seen++;
        return OK;
    }
    if (t->n_skeletons == t->cap_skeletons) {
        size_t cap = t->cap_skeletons ? 2 * t->cap_skeletons : 64;
        struct skeleton *bigger = realloc(t->skeletons, cap * sizeof(*bigger));

        if (!bigger)
            return no_memory(err);
        t->skeletons = bigger;
        t->cap_skeletons = cap;
    }
    s = &t->skeletons[t->n_skeletons];
    *s = (struct skeleton){
        .n = n, .fixed = fixed, .hash = hash, .seen = 1, .example = prompt, .into = TEMPLATES_NONE};
    s->v = arena_alloc(&t->arena, (n + 1) * sizeof(*s->v));
    if (!s->v)
        return no_memory(err);
    memcpy(s->v, t->bones, n * sizeof(*s->v));
    *place = (uint32_t)++t->n_skeletons;
    return OK;
}

/* ---- templates ---------------------------------------------------------------------------------
 */

static int most_seen(const void *a, const void *b)
{
    const struct skeleton *x = a, *y = b;

    if (x->seen != y->seen)
        return x->seen > y->seen ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* The most seen pattern that these words fit, of the first `most` skeletons. */
static size_t find_pattern(const struct templates *t, const uint64_t *s, size_t n, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        const struct skeleton *p = &t->skeletons[i];

        if (p->into != TEMPLATES_NONE && t->v[p->into].skeleton == p && p->fixed >= LEAST_PATTERN &&
            p->n && matches(p->v, p->n, s, n))
            return p->into;
    }
    return TEMPLATES_NONE;
}

/* The words of the example with its gaps. */
static enum err draw(struct templates *t, struct template *x, struct sv prompt, struct error *err)
{
    struct buf b = {0};
    size_t fixed;

    split(&t->words, prompt);
    reduce(t, &fixed);
    for (size_t i = 0; i < t->words.n && b.n < PATTERN_BYTES; i++) {
        if (!t->words.fixed[i] && i && !t->words.fixed[i - 1])
            continue;
        buf_str(&b, i ? " " : "");
        buf_sv(&b, t->words.fixed[i] ? t->words.text[i] : SV("<*>"));
    }
    if (b.n > PATTERN_BYTES) {
        for (b.n = PATTERN_BYTES; b.n && ((unsigned char)b.p[b.n] & 0xC0) == 0x80;)
            b.n--;
        buf_str(&b, "...");
    }
    x->pattern = b.failed ? SV_NONE : arena_copy(&t->arena, (struct sv){b.n ? b.p : "", b.n});
    buf_release(&b);
    return x->pattern.p ? OK : no_memory(err);
}

/* Folds rare skeletons into frequent ones; what is left and was seen often enough is a template. */
static enum err fold(struct templates *t, const struct sv *prompts, struct error *err)
{
    enum err rc = OK;

    if (t->n_skeletons)
        qsort(t->skeletons, t->n_skeletons, sizeof(*t->skeletons), most_seen);
    t->v = calloc(t->n_skeletons + 1, sizeof(*t->v));
    if (!t->v)
        return no_memory(err);
    for (size_t i = 0; i < t->n_skeletons && !rc; i++) {
        struct skeleton *s = &t->skeletons[i];
        uint32_t *place = count_at(&t->by_hash, s->hash);

        *place = (uint32_t)i + 1; /* it is there already, so nothing grows */
        s->into = find_pattern(t, s->v, s->n, i);
        if (s->into != TEMPLATES_NONE || s->seen < TEMPLATES_LEAST || !s->fixed)
            continue;
        s->into = t->n;
        t->v[t->n].skeleton = s;
        snprintf(t->v[t->n].name, sizeof(t->v[t->n].name), "mined-%08x", (unsigned)(s->hash >> 32));
        rc = draw(t, &t->v[t->n++], prompts[s->example], err);
    }
    return rc;
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

static size_t count_words(struct sv text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n && n < WORDS_MOST; i++)
        n += !is_blank(text.p[i]) && (i + 1 == text.n || is_blank(text.p[i + 1]));
    return n;
}

static bool count_grams(struct templates *t)
{
    const struct words *w = &t->words;
    size_t length = w->n + 2 * CONTEXT;

    for (size_t i = 0; i + CONTEXT <= length; i++) {
        uint32_t *three = count_at(&t->three, key_of(w->v + i, CONTEXT)), *four = NULL;

        if (!three)
            return false;
        ++*three;
        if (i + CONTEXT == length)
            break;
        four = count_at(&t->four, key_of(w->v + i, CONTEXT + 1));
        if (!four)
            return false;
        ++*four;
    }
    return true;
}

/* Prompts to learn from: drawn evenly, and no more of them than words can be held. */
static size_t *draw_sample(const struct sv *prompts, size_t n, uint64_t seed, size_t *chosen)
{
    size_t most = n < TEMPLATES_LEARN_MOST ? n : TEMPLATES_LEARN_MOST, words = 0, kept = 0;
    size_t *v = malloc((most + 1) * sizeof(*v));
    struct random r;

    if (!v)
        return NULL;
    random_init(&r, seed);
    random_sample(&r, n, most, v);
    random_shuffle(&r, v, most); /* so that a cut leaves an even sample, too */
    while (kept < most && words < LEARN_WORDS)
        words += count_words(prompts[v[kept++]]);
    *chosen = kept;
    return v;
}

enum err templates_learn(const struct sv *prompts, size_t n, uint64_t seed, struct templates **out,
                         struct error *err)
{
    struct templates *t = calloc(1, sizeof(*t));
    size_t chosen = 0, *sample = draw_sample(prompts, n, seed, &chosen);
    enum err rc = t && sample ? OK : no_memory(err);

    if (!rc)
        t->bones = malloc((WORDS_MOST + 1) * sizeof(*t->bones));
    if (!rc && (!t->bones || !words_reserve(&t->words, WORDS_MOST)))
        rc = no_memory(err);
    for (size_t i = 0; i < chosen && !rc; i++) {
        split(&t->words, prompts[sample[i]]);
        if (!count_grams(t))
            rc = no_memory(err);
    }
    if (!rc)
        t->least = chosen / 500 > LEAST_SEEN ? (uint32_t)(chosen / 500) : LEAST_SEEN;
    for (size_t i = 0; i < chosen && !rc; i++) {
        split(&t->words, prompts[sample[i]]);
        rc = add_skeleton(t, (uint32_t)sample[i], err);
    }
    if (!rc)
        rc = fold(t, prompts, err);
    free(sample);
    if (rc) {
        templates_free(t);
        return rc;
    }
    *out = t;
    return OK;
}

void templates_free(struct templates *t)
{
    if (!t)
        return;
    free(t->three.keys);
    free(t->three.counts);
    free(t->four.keys);
    free(t->four.counts);
    free(t->by_hash.keys);
    free(t->by_hash.counts);
    free(t->skeletons);
    free(t->v);
    free(t->words.v);
    free(t->words.text);
    free(t->words.fixed);
    free(t->bones);
    arena_release(&t->arena);
    free(t);
}

size_t templates_count(const struct templates *t)
{
    return t->n;
}

size_t templates_match(struct templates *t, struct sv prompt)
{
    size_t fixed, n;
    uint32_t place;

    split(&t->words, prompt);
    n = reduce(t, &fixed);
    place = count_of(&t->by_hash, key_of(t->bones, n));
    if (place && t->skeletons[place - 1].into != TEMPLATES_NONE)
        return t->skeletons[place - 1].into;
    return find_pattern(t, t->words.v + CONTEXT, t->words.n, t->n_skeletons);
}

struct sv templates_name(const struct templates *t, size_t i)
{
    return sv_from(t->v[i].name);
}

struct sv templates_pattern(const struct templates *t, size_t i)
{
    return t->v[i].pattern;
}
