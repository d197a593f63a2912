#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/error.h"

/* Computed with a second implementation in Python, from the description alone. Identities in
 * databases depend on these values: they must never change. */
static const struct {
    struct sv text;
    uint64_t seed, want;
} known[] = {
    {SV_INIT(""),                  0, UINT64_C(0x99c3f9f679f98230)},
    {SV_INIT("a"),                 0, UINT64_C(0xfb0d640cf96224d8)},
    {SV_INIT("abcd"),              7, UINT64_C(0x6c7f07ee0469a489)},
    {SV_INIT("request"),           0, UINT64_C(0x3412ac2c61a973b6)},
    {SV_INIT("0123456789abcdef"),  0, UINT64_C(0x45190cc0d5ca87be)},
    {SV_INIT("0123456789abcdef0"), 1, UINT64_C(0x0fa9322fc213d913)},
};

Test(hash, known_values)
{
    unsigned char bytes[100];

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        cr_expect_eq(hash64(known[i].text.p, known[i].text.n, known[i].seed), known[i].want, "%zu",
                     i);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)i;
    cr_expect_eq(hash64(bytes, 100, UINT64_MAX), UINT64_C(0x680a169940abfc71));
    struct hash128 wide = hash128(bytes, 100, 5);
    cr_expect_eq(wide.hi, UINT64_C(0x1f3bfbfb5099ea39));
    cr_expect_eq(wide.lo, UINT64_C(0x2c2592e4d7b89bd9));
    cr_expect_eq(hash_mix(1), UINT64_C(0x5692161d100b05e5));
    cr_expect_eq(hash_mix(UINT64_MAX), UINT64_C(0xb4d055fcf2cbbd7b));
    cr_expect_eq(hash64(NULL, 0, 0), known[0].want);
}

/* Flipping any one bit flips about half of the bits of the result: within 5 standard deviations
 * (of 32 +- 4 per pair) on the average over all places of each length. */
Test(hash, avalanche)
{
    static const size_t sizes[] = {1, 3, 4, 7, 8, 15, 16, 17, 33, 48, 49, 96, 97, 200};

    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        unsigned char bytes[200];
        double flipped = 0;
        size_t bits = sizes[s] * 8;

        for (size_t i = 0; i < sizes[s]; i++)
            bytes[i] = (unsigned char)(i * 37 + s);
        uint64_t before = hash64(bytes, sizes[s], 1);
        for (size_t bit = 0; bit < bits; bit++) {
            bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            uint64_t change = before ^ hash64(bytes, sizes[s], 1);
            cr_expect_neq(change, 0);
            flipped += __builtin_popcountll(change);
            bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
        double off = (flipped / (double)bits - 32) * (flipped / (double)bits - 32);
        cr_expect_leq(off, 25.0 * 16 / (double)bits, "%zu bytes: %f", sizes[s],
                      flipped / (double)bits);
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Zeros of different length, counters and different seeds: nothing collides in 300,000. */
Test(hash, poor_inputs_do_not_collide)
{
    enum { N = 100000 };
    static uint64_t all[3 * N];
    static const char zeros[N];

    for (uint64_t i = 0; i < N; i++) {
        all[3 * i] = hash64(zeros, i % 1000, i / 1000);
        all[3 * i + 1] = hash64(&i, sizeof(i), 1000);
        all[3 * i + 2] = hash128("x", 1, i).lo;
    }
    qsort(all, ARRAY_LEN(all), sizeof(all[0]), by_value);
    for (size_t i = 1; i < ARRAY_LEN(all); i++)
        cr_assert_neq(all[i], all[i - 1]);
}

/* "abc" and the text of 56 bytes are FIPS 180 examples; the others by Python's hashlib, at the
 * lengths where the padding changes its shape. */
/* clang-format off */
static const struct {
    const char *text;
    size_t n; /* of text, or copies of its first byte */
    const char *want;
} digests[] = {
    {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    {"x", 55, "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"},
    {"x", 56, "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"},
    {"x", 63, "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2"},
    {"x", 64, "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"},
    {"x", 119, "000b48d4edf0fa7bee3c6236ecd2785baa5db4eeb8bb54341b029e0d9fa5fb0c"},
    {"x", 120, "13f05a0b594787f5ecd315edc96141bd3243203d1b7d4f0836f37308b276ba98"},
};
/* clang-format on */

Test(hash, sha256)
{
    for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
        unsigned char out[32];
        char hex[65];
        char *text = malloc(digests[i].n + 1);
        cr_assert_not_null(text);
        if (strlen(digests[i].text) == digests[i].n)
            memcpy(text, digests[i].text, digests[i].n + 1);
        else
            memset(text, digests[i].text[0], digests[i].n);

        sha256_of(text, digests[i].n, out);
        hex_encode(out, sizeof(out), hex);
        cr_expect_str_eq(hex, digests[i].want);

        for (size_t step = 1; step < 130; step += 21) { /* in pieces: the same */
            struct sha256 h;
            sha256_init(&h);
            for (size_t at = 0; at < digests[i].n; at += step) {
                size_t rest = digests[i].n - at;
                sha256_add(&h, text + at, rest < step ? rest : step);
            }
            sha256_final(&h, out);
            hex_encode(out, sizeof(out), hex);
            cr_expect_str_eq(hex, digests[i].want);
        }
        free(text);
    }
}

/* Every byte in every place of eight and of the rest behind them; wanted by strchr(). */
Test(hash, hex_decode)
{
    static const char digits[] = "0123456789abcdef";
    static const char text[] = "0123456789abcdef0f";
    unsigned char out[9];

    cr_assert(hex_decode(text, 18, out));
    for (int i = 0; i < 8; i++)
        cr_expect(out[i] == 0x01 + 0x22 * i);
    cr_expect(out[8] == 0x0f);
    for (int at = 0; at < 18; at++)
        for (int c = 0; c < 256; c++) {
            char changed[18];
            memcpy(changed, text, sizeof(changed));
            changed[at] = (char)c;
            bool want = c && strchr(digits, c);
            cr_expect(hex_decode(changed, 18, out) == want, "byte %d at %d", c, at);
            cr_expect(hex_is_plain(changed, 18) == want, "byte %d at %d", c, at);
            if (want)
                cr_expect((out[at / 2] >> (at % 2 ? 0 : 4) & 15) == strchr(digits, c) - digits);
        }
    cr_expect(hex_decode("", 0, out) && hex_is_plain("", 0));
}
