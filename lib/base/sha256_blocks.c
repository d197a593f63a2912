/* sha256_blocks: the inner step of SHA-256. */
#include "base/sha256_blocks.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "base/banned.h"

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotr(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

static void take_block(uint32_t state[8], const unsigned char *p)
{
    uint32_t w[64];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
        uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
        uint32_t s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
        uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void sha256_blocks_plain(uint32_t state[8], const unsigned char *p, size_t blocks)
{
    for (; blocks; blocks--, p += 64)
        take_block(state, p);
}

#if defined(__x86_64__)

#define SHA_NI __attribute__((target("sha,sse4.1,ssse3")))

/* Four rounds: the words with their constants, two at a time. */
SHA_NI static inline void rounds(__m128i *abef, __m128i *cdgh, __m128i words, int first)
{
    __m128i k = _mm_loadu_si128((const __m128i *)(const void *)&round_constants[first]);

    words = _mm_add_epi32(words, k);
    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, words);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(words, 0x0e));
}

/* The four words behind the sixteen in a, b, c and d. */
SHA_NI static inline __m128i next_words(__m128i a, __m128i b, __m128i c, __m128i d)
{
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4));

    return _mm_sha256msg2_epu32(sum, d);
}

SHA_NI static inline __m128i load_words(const unsigned char *p)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

    return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), big_endian);
}

/* The instructions want the state as (a b e f) and (c d g h), from the highest word down. */
SHA_NI static void blocks_sha_ni(uint32_t state[8], const unsigned char *p, size_t blocks)
{
    __m128i *stored = (__m128i *)(void *)state;
    __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(stored), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(stored + 1), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

    for (; blocks; blocks--, p += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i a = load_words(p), b = load_words(p + 16);
        __m128i c = load_words(p + 32), d = load_words(p + 48);

        rounds(&abef, &cdgh, a, 0);
        rounds(&abef, &cdgh, b, 4);
        rounds(&abef, &cdgh, c, 8);
        rounds(&abef, &cdgh, d, 12);
        for (int i = 16; i < 64; i += 16) {
            a = next_words(a, b, c, d);
            rounds(&abef, &cdgh, a, i);
            b = next_words(b, c, d, a);
            rounds(&abef, &cdgh, b, i + 4);
            c = next_words(c, d, a, b);
            rounds(&abef, &cdgh, c, i + 8);
            d = next_words(d, a, b, c);
            rounds(&abef, &cdgh, d, i + 12);
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    cdab = _mm_shuffle_epi32(abef, 0x1b);
    efgh = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(stored, _mm_blend_epi16(cdab, efgh, 0xf0));
    _mm_storeu_si128(stored + 1, _mm_alignr_epi8(efgh, cdab, 8));
}

sha256_step *sha256_blocks_fast(void)
{
    enum { SSSE3_BIT = 1 << 9, SSE41_BIT = 1 << 19, SHA_BIT = 1 << 29 };
    const unsigned sse = SSSE3_BIT | SSE41_BIT;
    unsigned a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & sse) != sse ||
        !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & SHA_BIT))
        return NULL;
    return blocks_sha_ni;
}

#else

sha256_step *sha256_blocks_fast(void)
{
    return NULL;
}

#endif

/* Asked once: the question takes longer than hashing a page. */
void sha256_blocks(uint32_t state[8], const unsigned char *p, size_t blocks)
{
    static _Atomic(sha256_step *) chosen;
    sha256_step *step = atomic_load_explicit(&chosen, memory_order_relaxed);

    if (!step) {
        step = sha256_blocks_fast();
        if (!step)
            step = sha256_blocks_plain;
        atomic_store_explicit(&chosen, step, memory_order_relaxed);
    }
    step(state, p, blocks);
}
