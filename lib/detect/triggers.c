/* triggers: the places of a text at which something of a set of short texts may begin. */
#include "detect/triggers.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/banned.h"

#define FOLD 0x20

static void add_byte(struct filter *f, unsigned place, unsigned char c, unsigned class)
{
    c |= FOLD;
    f->low[place][c & 15] |= (unsigned char)(1u << class);
    f->high[place][c >> 4] |= (unsigned char)(1u << class);
}

static void add_any(struct filter *f, unsigned place, unsigned class)
{
    for (unsigned half = 0; half < 16; half++) {
        f->low[place][half] |= (unsigned char)(1u << class);
        f->high[place][half] |= (unsigned char)(1u << class);
    }
}

void filter_add(struct filter *f, struct sv text, unsigned class, bool inside)
{
    for (unsigned place = 0; place < 4; place++)
        if (place < text.n)
            add_byte(f, place, (unsigned char)text.p[place], class);
        else
            add_any(f, place, class);
    if (inside)
        f->inside |= (unsigned char)(1u << class);
}

void filter_add_digits(struct filter *f, unsigned class)
{
    for (unsigned char c = '0'; c <= '9'; c++) {
        add_byte(f, 0, c, class);
        add_byte(f, 1, c, class);
    }
    add_any(f, 2, class);
    add_any(f, 3, class);
    f->inside |= (unsigned char)(1u << class);
}

void filter_add_at(struct filter *f, unsigned class)
{
    add_byte(f, 0, '@', class);
    for (unsigned place = 1; place < 4; place++)
        add_any(f, place, class);
    f->inside |= (unsigned char)(1u << class);
}

static bool is_word(unsigned char c)
{
    c |= FOLD; /* as the vectors see it: some control bytes become digits */
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

void filter_blocks_portable(const struct filter *f, const char *p, size_t blocks, uint16_t *passed)
{
    memset(passed, 0, blocks * sizeof(*passed));
    for (size_t i = 0; i < blocks * FILTER_BLOCK; i++) {
        unsigned fits = is_word((unsigned char)p[(ptrdiff_t)i - 1]) ? f->inside : 0xFF;

        for (unsigned place = 0; place < 4; place++) {
            unsigned c = (unsigned char)p[i + place] | FOLD;
            fits &= f->low[place][c & 15] & f->high[place][c >> 4];
        }
        passed[i / FILTER_BLOCK] |= (uint16_t)((fits != 0) << i % FILTER_BLOCK);
    }
}

#if defined(__x86_64__)
#define SSSE3 __attribute__((target("ssse3")))

SSSE3 static inline __m128i load(const void *p)
{
    return _mm_loadu_si128(p);
}

/* The classes that the bytes at one place fit. */
SSSE3 static inline __m128i fits_at(__m128i low, __m128i high, const char *p)
{
    const __m128i half = _mm_set1_epi8(15);
    __m128i c = _mm_or_si128(load(p), _mm_set1_epi8(FOLD));

    return _mm_and_si128(_mm_shuffle_epi8(low, _mm_and_si128(c, half)),
                         _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16(c, 4), half)));
}

/* All bits where a letter or digit stands. */
SSSE3 static inline __m128i words_at(const char *p)
{
    __m128i c = _mm_or_si128(load(p), _mm_set1_epi8(FOLD));
    __m128i letter = _mm_sub_epi8(c, _mm_set1_epi8('a')),
            digit = _mm_sub_epi8(c, _mm_set1_epi8('0'));

    letter = _mm_cmpeq_epi8(letter, _mm_min_epu8(letter, _mm_set1_epi8(25)));
    digit = _mm_cmpeq_epi8(digit, _mm_min_epu8(digit, _mm_set1_epi8(9)));
    return _mm_or_si128(letter, digit);
}

SSSE3 static void blocks_ssse3(const struct filter *f, const char *p, size_t blocks,
                               uint16_t *passed)
{
    const __m128i inside = _mm_set1_epi8((char)f->inside);
    __m128i low[4], high[4];

    for (unsigned i = 0; i < 4; i++) {
        low[i] = load(f->low[i]);
        high[i] = load(f->high[i]);
    }
    for (size_t b = 0; b < blocks; b++, p += FILTER_BLOCK) {
        __m128i fits = _mm_and_si128(
            _mm_and_si128(fits_at(low[0], high[0], p), fits_at(low[1], high[1], p + 1)),
            _mm_and_si128(fits_at(low[2], high[2], p + 2), fits_at(low[3], high[3], p + 3)));

        fits = _mm_andnot_si128(_mm_andnot_si128(inside, words_at(p - 1)), fits);
        passed[b] = (uint16_t)~_mm_movemask_epi8(_mm_cmpeq_epi8(fits, _mm_setzero_si128()));
    }
}

#define AVX2 __attribute__((target("avx2")))

/* The same as above over 32 bytes, which are two blocks. */
AVX2 static inline __m256i load_folded(const char *p)
{
    return _mm256_or_si256(_mm256_loadu_si256((const void *)p), _mm256_set1_epi8(FOLD));
}

AVX2 static inline __m256i fits_at_32(__m256i low, __m256i high, const char *p)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i c = load_folded(p);

    return _mm256_and_si256(
        _mm256_shuffle_epi8(low, _mm256_and_si256(c, half)),
        _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(c, 4), half)));
}

AVX2 static inline __m256i words_at_32(const char *p)
{
    __m256i c = load_folded(p);
    __m256i letter = _mm256_sub_epi8(c, _mm256_set1_epi8('a')),
            digit = _mm256_sub_epi8(c, _mm256_set1_epi8('0'));

    letter = _mm256_cmpeq_epi8(letter, _mm256_min_epu8(letter, _mm256_set1_epi8(25)));
    digit = _mm256_cmpeq_epi8(digit, _mm256_min_epu8(digit, _mm256_set1_epi8(9)));
    return _mm256_or_si256(letter, digit);
}

/* An even number of blocks. */
AVX2 static void blocks_avx2(const struct filter *f, const char *p, size_t blocks, uint16_t *passed)
{
    const __m256i inside = _mm256_set1_epi8((char)f->inside);
    __m256i low[4], high[4];

    for (unsigned i = 0; i < 4; i++) {
        low[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)f->low[i]));
        high[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)f->high[i]));
    }
    for (size_t b = 0; b < blocks; b += 2, p += 2 * FILTER_BLOCK) {
        __m256i fits = _mm256_and_si256(
            _mm256_and_si256(fits_at_32(low[0], high[0], p), fits_at_32(low[1], high[1], p + 1)),
            _mm256_and_si256(fits_at_32(low[2], high[2], p + 2),
                             fits_at_32(low[3], high[3], p + 3)));
        uint32_t none;

        fits = _mm256_andnot_si256(_mm256_andnot_si256(inside, words_at_32(p - 1)), fits);
        none = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(fits, _mm256_setzero_si256()));
        passed[b] = (uint16_t)~none;
        passed[b + 1] = (uint16_t)(~none >> 16);
    }
}

void filter_blocks(const struct filter *f, const char *p, size_t blocks, uint16_t *passed)
{
    if (__builtin_cpu_supports("avx2")) {
        size_t pairs = blocks & ~(size_t)1;

        blocks_avx2(f, p, pairs, passed);
        blocks_ssse3(f, p + pairs * FILTER_BLOCK, blocks - pairs, passed + pairs);
    } else if (__builtin_cpu_supports("ssse3")) {
        blocks_ssse3(f, p, blocks, passed);
    } else {
        filter_blocks_portable(f, p, blocks, passed);
    }
}
#else
void filter_blocks(const struct filter *f, const char *p, size_t blocks, uint16_t *passed)
{
    filter_blocks_portable(f, p, blocks, passed);
}
#endif
