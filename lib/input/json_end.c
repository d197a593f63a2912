/* json_end: 64 bytes at a time as bit masks, of which only quotes and brackets are looked at. */
#include "input/json_end.h"

#include <string.h>

/* JSON_END_PORTABLE builds the plain C masks on every machine, for tests. */
#if defined(__SSE2__) && !defined(JSON_END_PORTABLE)
#include <emmintrin.h>
#define JSON_END_SSE2 1
#endif

#include "base/banned.h"

#define BLOCK 64

/* Bit i tells of byte i of a block. */
struct masks {
    uint64_t quote, backslash, open, close;
};

#if defined(JSON_END_SSE2)
static inline uint64_t equal(const __m128i v[4], char c)
{
    __m128i want = _mm_set1_epi8(c);
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++)
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], want)) << (16 * i);
    return mask;
}

static inline struct masks block_masks(const char *p)
{
    __m128i v[4], low[4];
    struct masks m;

    for (size_t i = 0; i < 4; i++) {
        v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        low[i] = _mm_or_si128(v[i], _mm_set1_epi8(0x20)); /* [ becomes {, and ] becomes } */
    }
    m.quote = equal(v, '"');
    m.backslash = equal(v, '\\');
    m.open = equal(low, '{');
    m.close = equal(low, '}');
    return m;
}
#else
static inline struct masks block_masks(const char *p)
{
    struct masks m = {0, 0, 0, 0};

    for (int i = 0; i < BLOCK; i++) {
        m.quote |= (uint64_t)(p[i] == '"') << i;
        m.backslash |= (uint64_t)(p[i] == '\\') << i;
        m.open |= (uint64_t)((p[i] | 0x20) == '{') << i;
        m.close |= (uint64_t)((p[i] | 0x20) == '}') << i;
    }
    return m;
}
#endif

void json_end_begin(struct json_end *e, char first)
{
    *e = (struct json_end){.what = JSON_END_SCALAR};
    if (first == '{' || first == '[')
        e->what = JSON_END_BRACKETS;
    else if (first == '"')
        e->what = JSON_END_STRING;
}

void json_end_inside(struct json_end *e, uint64_t depth)
{
    *e = (struct json_end){.what = JSON_END_BRACKETS, .depth = depth};
}

void json_end_line(struct json_end *e)
{
    *e = (struct json_end){.what = JSON_END_LINE};
}

/* Bytes behind a backslash that is not itself behind one, in the first n bytes of a block. */
static inline uint64_t escaped_bytes(struct json_end *e, uint64_t backslash, unsigned n)
{
    uint64_t escaped = e->escaped;

    backslash &= ~escaped;
    e->escaped = false;
    while (backslash) {
        unsigned i = (unsigned)__builtin_ctzll(backslash);
        if (i + 1 == n)
            e->escaped = true;
        else
            escaped |= UINT64_C(2) << i;
        backslash &= ~(UINT64_C(3) << i);
    }
    return escaped;
}

/* Bit i: an odd number of the bits up to i is set; the bytes of strings, closing quote excluded. */
static inline uint64_t parity(uint64_t bits)
{
    for (int step = 1; step < BLOCK; step *= 2)
        bits ^= bits << step;
    return bits;
}

/* The first n bytes of a block; returns those that belong to the value. */
static inline unsigned find_in_block(struct json_end *e, struct masks m, unsigned n)
{
    uint64_t quotes = m.quote & ~escaped_bytes(e, m.backslash, n);
    uint64_t inside = parity(quotes) ^ (e->in_string ? UINT64_MAX : 0);
    uint64_t ends = quotes & ~inside;
    uint64_t brackets = (m.open | m.close) & ~inside;

    if (e->what == JSON_END_STRING) {
        e->done = ends != 0;
        if (e->done)
            return (unsigned)__builtin_ctzll(ends) + 1;
    } else {
        for (; brackets; brackets &= brackets - 1) {
            e->depth += m.open & brackets & -brackets ? 1 : UINT64_MAX;
            e->done = e->depth == 0;
            if (e->done)
                return (unsigned)__builtin_ctzll(brackets) + 1;
        }
    }
    e->in_string = inside >> (n - 1) & 1;
    return n;
}

static size_t find_nested(struct json_end *e, const char *p, size_t n)
{
    char rest[BLOCK] = {0};
    size_t at = 0;

    for (; n - at >= BLOCK; at += BLOCK) {
        unsigned took = find_in_block(e, block_masks(p + at), BLOCK);
        if (e->done)
            return at + took;
    }
    if (at == n)
        return n;
    memcpy(rest, p + at, n - at);
    return at + find_in_block(e, block_masks(rest), (unsigned)(n - at));
}

static size_t find_delimiter(struct json_end *e, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] && strchr(" \t\r\n,:{}[]\"", p[i])) {
            e->done = true;
            return i;
        }
    return n;
}

size_t json_end_find(struct json_end *e, const char *p, size_t n)
{
    const char *lf;

    switch (e->what) {
    case JSON_END_SCALAR:
        return find_delimiter(e, p, n);
    case JSON_END_LINE:
        lf = n ? memchr(p, '\n', n) : NULL;
        e->done = lf != NULL;
        return lf ? (size_t)(lf - p) : n;
    default:
        return find_nested(e, p, n);
    }
}
