/* hash: fast keyed hashes for tables and identities, and SHA-256. */
#include "base/hash.h"

#include <endian.h>

#include "base/sha256_blocks.h"

#include "base/banned.h"

__extension__ typedef unsigned __int128 uint128;

/* Odd numbers with half of their bits set: the fractional parts of the square roots of 2, 3, 5
 * and 7, last bit set. Any such numbers would do. */
static const uint64_t secret[4] = {
    UINT64_C(0x6A09E667F3BCC909),
    UINT64_C(0xBB67AE8584CAA73B),
    UINT64_C(0x3C6EF372FE94F82B),
    UINT64_C(0xA54FF53A5F1D36F1),
};

static uint64_t fold(uint64_t a, uint64_t b)
{
    uint128 product = (uint128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read8(const unsigned char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static uint64_t read4(const unsigned char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

/* Last 0 to 16 bytes as two numbers. The two reads may overlap; the length, mixed in by the
 * caller, keeps texts of different length apart. */
static void read_tail(const unsigned char *p, size_t n, uint64_t *a, uint64_t *b)
{
    if (n >= 8) {
        *a = read8(p);
        *b = read8(p + n - 8);
    } else if (n >= 4) {
        *a = read4(p);
        *b = read4(p + n - 4);
    } else if (n > 0) {
        *a = (uint64_t)p[0] << 16 | (uint64_t)p[n >> 1] << 8 | p[n - 1];
        *b = 0;
    } else {
        *a = 0;
        *b = 0;
    }
}

uint64_t hash64(const void *data, size_t n, uint64_t seed)
{
    const unsigned char *p = data;
    size_t left = n;
    uint64_t a, b;

    seed ^= fold(seed ^ secret[0], secret[1]);
    if (left > 48) {
        uint64_t second = seed;
        uint64_t third = seed;
        for (; left > 48; left -= 48, p += 48) { /* three chains, so that multiplies overlap */
            seed = fold(read8(p) ^ secret[1], read8(p + 8) ^ seed);
            second = fold(read8(p + 16) ^ secret[2], read8(p + 24) ^ second);
            third = fold(read8(p + 32) ^ secret[3], read8(p + 40) ^ third);
        }
        seed ^= second ^ third;
    }
    for (; left > 16; left -= 16, p += 16)
        seed = fold(read8(p) ^ secret[1], read8(p + 8) ^ seed);
    read_tail(p, left, &a, &b);
    a ^= secret[1];
    b ^= seed;
    uint128 product = (uint128)a * b;
    return fold((uint64_t)product ^ secret[0] ^ n, (uint64_t)(product >> 64) ^ secret[2]);
}

struct hash128 hash128(const void *p, size_t n, uint64_t seed)
{
    return (struct hash128){hash64(p, n, seed), hash64(p, n, hash_mix(seed ^ secret[3]))};
}

uint64_t hash_mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

void sha256_init(struct sha256 *h)
{
    *h = (struct sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                  0x1f83d9ab, 0x5be0cd19}
    };
}

void sha256_add(struct sha256 *h, const void *data, size_t n)
{
    const unsigned char *p = data;

    h->length_bytes += n;
    while (n) {
        if (h->used == 0 && n >= sizeof(h->block)) {
            size_t blocks = n / sizeof(h->block);

            sha256_blocks(h->state, p, blocks);
            p += blocks * sizeof(h->block);
            n -= blocks * sizeof(h->block);
            continue;
        }
        size_t take = sizeof(h->block) - h->used;
        if (take > n)
            take = n;
        memcpy(h->block + h->used, p, take);
        h->used += take;
        p += take;
        n -= take;
        if (h->used == sizeof(h->block)) {
            sha256_blocks(h->state, h->block, 1);
            h->used = 0;
        }
    }
}

void sha256_final(struct sha256 *h, unsigned char out[32])
{
    uint64_t bits = h->length_bytes * 8;
    size_t zero_from = h->used + 1;

    h->block[h->used] = 0x80;
    if (zero_from > 56) { /* no room for the length: it goes into one block more */
        memset(h->block + zero_from, 0, 64 - zero_from);
        sha256_blocks(h->state, h->block, 1);
        zero_from = 0;
    }
    memset(h->block + zero_from, 0, 56 - zero_from);
    for (int i = 0; i < 8; i++)
        h->block[56 + i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_blocks(h->state, h->block, 1);
    for (int i = 0; i < 32; i++)
        out[i] = (unsigned char)(h->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_of(const void *p, size_t n, unsigned char out[32])
{
    struct sha256 h;

    sha256_init(&h);
    sha256_add(&h, p, n);
    sha256_final(&h, out);
}

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* The high bit of each byte that is a lower-case hex digit. A byte beyond ASCII has none, and what
 * it carries into the others does not matter: not all eight are digits then. */
static uint64_t hex_digits(uint64_t v)
{
    uint64_t digit = v ^ EACH_BYTE(0x30), letter = v ^ EACH_BYTE(0x60); /* 0 to 9; 1 to 6 */
    uint64_t is_digit = ~(digit + EACH_BYTE(0x76));
    uint64_t is_letter = ~(letter + EACH_BYTE(0x79)) & (letter + EACH_BYTE(0x7F));

    return (is_digit | is_letter) & ~v & EACH_BYTE(0x80);
}

/* Eight digits as four bytes in the low half, the first digit in the lowest byte. */
static uint64_t hex_pairs(uint64_t v)
{
    uint64_t nibbles = (v & EACH_BYTE(0x0F)) + 9 * (v >> 6 & EACH_BYTE(1));
    uint64_t pairs = (nibbles << 4 | nibbles >> 8) & UINT64_C(0x00FF00FF00FF00FF);

    pairs = (pairs | pairs >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    return (pairs | pairs >> 16) & UINT32_MAX;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_is_plain(const char *text, size_t n)
{
    uint64_t all = EACH_BYTE(0x80);
    size_t i = 0;

    for (; i + 8 <= n; i += 8)
        all &= hex_digits(read8((const unsigned char *)text + i));
    for (; i < n; i++)
        if (hex_value(text[i]) < 0)
            return false;
    return all == EACH_BYTE(0x80);
}

bool hex_decode(const char *text, size_t n, unsigned char *out)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t v = read8((const unsigned char *)text + i);
        if (hex_digits(v) != EACH_BYTE(0x80))
            return false;
        uint32_t bytes = htole32((uint32_t)hex_pairs(v));
        memcpy(out + i / 2, &bytes, sizeof(bytes));
    }
    for (; i < n; i += 2) {
        int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (unsigned char)(high << 4 | low);
    }
    return true;
}

void hex_encode(const unsigned char *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = '\0';
}
