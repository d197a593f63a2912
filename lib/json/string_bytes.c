/* string_bytes: where plain runs end inside strings, and whether bytes are UTF-8: many at once. */
#include "json/string_bytes.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "base/error.h"

#include "base/banned.h"

#define BLOCK 64

/* A last block that is not full, with spaces behind it, which are never marked. */
static inline void pad(char block[BLOCK], const char *p, size_t n)
{
    memset(block, ' ', BLOCK);
    memcpy(block, p, n);
}

static bool everywhere(void)
{
    return true;
}

/* ---- plain C ------------------------------------------------------------------------------- */

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* High bit of each byte of v that is below 0x80 and equal to zero. */
static inline uint64_t zero_bytes(uint64_t v)
{
    return ~(((v & EACH_BYTE(0x7F)) + EACH_BYTE(0x7F)) | v);
}

static inline uint64_t plain_stops8(const char *p)
{
    uint64_t v, low, stops;

    memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    low = ~((v & EACH_BYTE(0x7F)) + EACH_BYTE(0x60)); /* no carry from 0x00 to 0x1F */
    stops = (low | v | zero_bytes(v ^ EACH_BYTE('"')) | zero_bytes(v ^ EACH_BYTE('\\'))) &
            EACH_BYTE(0x80);
    return (stops >> 7) * UINT64_C(0x0102040810204080) >> 56; /* gathers the eight bits */
}

static inline uint64_t plain_stops64(const char *p)
{
    uint64_t stops = 0;

    for (int i = 0; i < BLOCK; i += 8)
        stops |= plain_stops8(p + i) << i;
    return stops;
}

static void plain_find(const char *p, size_t n, uint64_t *stops)
{
    char last[BLOCK];

    for (; n >= BLOCK; p += BLOCK, n -= BLOCK)
        *stops++ = plain_stops64(p);
    pad(last, p, n);
    *stops = plain_stops64(last) | UINT64_C(1) << n;
}

/* ---- UTF-8 by look-up -------------------------------------------------------------------------
 * After Keiser & Lemire (2021), "Validating UTF-8 in less than one instruction per byte", Software:
 * Practice and Experience 51(5). Whether two bytes may follow each other is looked up thrice: by
 * the halves of the first and by the upper half of the second. Each table gives the faults that
 * such a half allows; what all three allow is there. That a third or fourth byte is missing, or is
 * one too many, follows from TWO_TAILS and the leads two and three bytes before. */
#if defined(__x86_64__) || defined(__aarch64__)

enum {
    NO_TAIL = 1 << 0,   /* a lead, and no tail (10xxxxxx) behind it */
    NO_LEAD = 1 << 1,   /* ASCII, and a tail behind it */
    OVERLONG3 = 1 << 2, /* E0, 80 to 9F */
    BEYOND = 1 << 3,    /* F4 and up, 90 to BF */
    SURROGATE = 1 << 4, /* ED, A0 to BF */
    OVERLONG2 = 1 << 5, /* C0 and C1 */
    OVERLONG4 = 1 << 6, /* F0, 80 to 8F */
    BEYOND_80 = 1 << 6, /* F5 and up, 80 to 8F: shares a bit, for no byte is F0 and F5 */
    TWO_TAILS = 1 << 7, /* no fault behind a lead of three or four bytes */
    ANY_LOW = NO_TAIL | NO_LEAD | TWO_TAILS, /* faults that the first byte's lower half allows */
};

static const uint8_t first_high[16] = {
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    NO_LEAD,
    TWO_TAILS,
    TWO_TAILS,
    TWO_TAILS,
    TWO_TAILS,
    NO_TAIL | OVERLONG2,
    NO_TAIL,
    NO_TAIL | OVERLONG3 | SURROGATE,
    NO_TAIL | OVERLONG4 | BEYOND | BEYOND_80,
};

static const uint8_t first_low[16] = {
    ANY_LOW | OVERLONG2 | OVERLONG3 | OVERLONG4,
    ANY_LOW | OVERLONG2,
    ANY_LOW,
    ANY_LOW,
    ANY_LOW | BEYOND,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80 | SURROGATE,
    ANY_LOW | BEYOND | BEYOND_80,
    ANY_LOW | BEYOND | BEYOND_80,
};

#define TAIL (NO_LEAD | TWO_TAILS | OVERLONG2)
static const uint8_t second_high[16] = {
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    TAIL | OVERLONG3 | OVERLONG4 | BEYOND_80,
    TAIL | OVERLONG3 | BEYOND,
    TAIL | SURROGATE | BEYOND,
    TAIL | SURROGATE | BEYOND,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
    NO_TAIL,
};

/* Bytes that are not ASCII become stops where they are no UTF-8: seldom, so that it may cost. */
static void mark_high(const char *p, size_t n, uint64_t *stops)
{
    for (size_t i = 0; i < n; i++)
        stops[i / BLOCK] |= (uint64_t)((unsigned char)p[i] >> 7) << i % BLOCK;
}
#endif

/* ---- x86 ----------------------------------------------------------------------------------- */
#if defined(__x86_64__)

static inline uint64_t sse2_stops16(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)); /* signed: 0x80 and up are low too */

    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, backslash)));
}

static inline uint64_t sse2_stops64(const char *p)
{
    return sse2_stops16(p) | sse2_stops16(p + 16) << 16 | sse2_stops16(p + 32) << 32 |
           sse2_stops16(p + 48) << 48;
}

static void sse2_find(const char *p, size_t n, uint64_t *stops)
{
    char last[BLOCK];

    for (; n >= BLOCK; p += BLOCK, n -= BLOCK)
        *stops++ = sse2_stops64(p);
    pad(last, p, n);
    *stops = sse2_stops64(last) | UINT64_C(1) << n;
}

#define AVX2 __attribute__((target("avx2")))

/* What the check of UTF-8 carries from 32 bytes to the next. */
struct avx2_utf8 {
    __m256i before; /* the 32 bytes before */
    __m256i faults; /* not zero where one was found */
};

AVX2 static inline __m256i avx2_load(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

AVX2 static inline __m256i avx2_look_up(const uint8_t table[16], __m256i halves)
{
    __m128i t = _mm_loadu_si128((const __m128i *)(const void *)table);

    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t), halves);
}

AVX2 static inline __m256i avx2_upper(__m256i v)
{
    return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
}

AVX2 static inline void avx2_check(struct avx2_utf8 *u, __m256i v)
{
    __m256i across = _mm256_permute2x128_si256(u->before, v, 0x21);
    __m256i back1 = _mm256_alignr_epi8(v, across, 15);
    __m256i back2 = _mm256_alignr_epi8(v, across, 14);
    __m256i back3 = _mm256_alignr_epi8(v, across, 13);
    __m256i faults = _mm256_and_si256(
        _mm256_and_si256(avx2_look_up(first_high, avx2_upper(back1)),
                         avx2_look_up(first_low, _mm256_and_si256(back1, _mm256_set1_epi8(15)))),
        avx2_look_up(second_high, avx2_upper(v)));
    /* the high bit stays where the lead two or three bytes before wants a tail here */
    __m256i wanted =
        _mm256_or_si256(_mm256_subs_epu8(back2, _mm256_set1_epi8(0xE0 - 0x80)),
                        _mm256_subs_epu8(back3, _mm256_set1_epi8((char)(0xF0 - 0x80))));

    faults = _mm256_xor_si256(faults, _mm256_and_si256(wanted, _mm256_set1_epi8((char)0x80)));
    u->faults = _mm256_or_si256(u->faults, faults);
    u->before = v;
}

AVX2 static inline uint64_t avx2_stops32(__m256i v)
{
    /* unsigned: the greater of v and 0x1F is 0x1F where v is a control byte */
    __m256i stops =
        _mm256_cmpeq_epi8(_mm256_max_epu8(v, _mm256_set1_epi8(0x1F)), _mm256_set1_epi8(0x1F));

    stops = _mm256_or_si256(stops, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')));
    stops = _mm256_or_si256(stops, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
    return (uint32_t)_mm256_movemask_epi8(stops);
}

AVX2 static inline uint64_t avx2_stops64(struct avx2_utf8 *u, const char *p)
{
    __m256i a = avx2_load(p), b = avx2_load(p + 32);

    /* behind ASCII nothing can be missing: the block before is looked at, for its last bytes */
    if (_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(a, b), u->before))) {
        avx2_check(u, a);
        avx2_check(u, b);
    }
    return avx2_stops32(a) | avx2_stops32(b) << 32;
}

AVX2 static void avx2_find(const char *p, size_t n, uint64_t *stops)
{
    struct avx2_utf8 u = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    size_t blocks = n / BLOCK, rest = n % BLOCK;
    char last[BLOCK];

    for (size_t i = 0; i < blocks; i++)
        stops[i] = avx2_stops64(&u, p + BLOCK * i);
    pad(last, p + BLOCK * blocks, rest);
    stops[blocks] = avx2_stops64(&u, last) | UINT64_C(1) << rest;
    if (!_mm256_testz_si256(u.faults, u.faults))
        mark_high(p, n, stops);
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

const struct string_bytes string_bytes_ways[] = {
    {"AVX2",    has_avx2,   avx2_find,  true },
    {"SSE2",    everywhere, sse2_find,  false},
    {"plain C", everywhere, plain_find, false},
};

/* ---- ARM ----------------------------------------------------------------------------------- */
#elif defined(__aarch64__)

/* What the check of UTF-8 carries from 16 bytes to the next. */
struct neon_utf8 {
    uint8x16_t before; /* the 16 bytes before */
    uint8x16_t faults; /* not zero where one was found */
};

static inline void neon_check(struct neon_utf8 *u, uint8x16_t v)
{
    uint8x16_t back1 = vextq_u8(u->before, v, 15);
    uint8x16_t back2 = vextq_u8(u->before, v, 14);
    uint8x16_t back3 = vextq_u8(u->before, v, 13);
    uint8x16_t faults =
        vandq_u8(vandq_u8(vqtbl1q_u8(vld1q_u8(first_high), vshrq_n_u8(back1, 4)),
                          vqtbl1q_u8(vld1q_u8(first_low), vandq_u8(back1, vdupq_n_u8(15)))),
                 vqtbl1q_u8(vld1q_u8(second_high), vshrq_n_u8(v, 4)));
    /* the high bit stays where the lead two or three bytes before wants a tail here */
    uint8x16_t wanted = vorrq_u8(vqsubq_u8(back2, vdupq_n_u8(0xE0 - 0x80)),
                                 vqsubq_u8(back3, vdupq_n_u8(0xF0 - 0x80)));

    faults = veorq_u8(faults, vandq_u8(wanted, vdupq_n_u8(0x80)));
    u->faults = vorrq_u8(u->faults, faults);
    u->before = v;
}

/* One bit of each byte kept, bit i % 8 in byte i; pairwise sums then gather them. */
static inline uint8x16_t neon_stops16(uint8x16_t v)
{
    static const uint8_t bits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t quote = vceqq_u8(v, vdupq_n_u8('"'));
    uint8x16_t backslash = vceqq_u8(v, vdupq_n_u8('\\'));
    uint8x16_t low = vcltq_u8(v, vdupq_n_u8(0x20));

    return vandq_u8(vorrq_u8(low, vorrq_u8(quote, backslash)), vld1q_u8(bits));
}

static inline uint64_t neon_stops64(struct neon_utf8 *u, const char *p)
{
    uint8x16_t v[4], seen = u->before, all;

    for (int i = 0; i < 4; i++) {
        v[i] = vld1q_u8((const uint8_t *)p + 16 * i);
        seen = vorrq_u8(seen, v[i]);
    }
    /* behind ASCII nothing can be missing: the block before is looked at, for its last bytes */
    if (vmaxvq_u8(seen) >= 0x80)
        for (int i = 0; i < 4; i++)
            neon_check(u, v[i]);
    all = vpaddq_u8(vpaddq_u8(neon_stops16(v[0]), neon_stops16(v[1])),
                    vpaddq_u8(neon_stops16(v[2]), neon_stops16(v[3])));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static void neon_find(const char *p, size_t n, uint64_t *stops)
{
    struct neon_utf8 u = {vdupq_n_u8(0), vdupq_n_u8(0)};
    size_t blocks = n / BLOCK, rest = n % BLOCK;
    char last[BLOCK];

    for (size_t i = 0; i < blocks; i++)
        stops[i] = neon_stops64(&u, p + BLOCK * i);
    pad(last, p + BLOCK * blocks, rest);
    stops[blocks] = neon_stops64(&u, last) | UINT64_C(1) << rest;
    if (vmaxvq_u8(u.faults))
        mark_high(p, n, stops);
}

const struct string_bytes string_bytes_ways[] = {
    {"NEON",    everywhere, neon_find,  true },
    {"plain C", everywhere, plain_find, false},
};

#else

const struct string_bytes string_bytes_ways[] = {
    {"plain C", everywhere, plain_find, false},
};
#endif

const size_t string_bytes_n = ARRAY_LEN(string_bytes_ways);

const struct string_bytes *string_bytes_best(void)
{
    const struct string_bytes *way = string_bytes_ways;

    while (!way->runs_here())
        way++;
    return way;
}
