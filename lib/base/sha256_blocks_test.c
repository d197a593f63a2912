/* sha256_blocks_test: both ways to the same digests: vectors of FIPS 180-4 (padded by hand), and many
 * blocks against plain C. */
#include "base/sha256_blocks.h"

#include <criterion/criterion.h>
#include <string.h>
#include "base/hash.h"
#include "base/error.h"

#define FIRST_STATE                                                                                \
    {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}

/* "abc", and the 448 bits of "abcdbcdecdef...", with their padding. */
static const struct {
    const char *text;
    size_t blocks;
    uint32_t want[8];
} vectors[] = {
    {"abc", 1,
     {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61,
      0xf20015ad}},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 2,
     {0x248d6a61, 0xd20638b8, 0xe5c02693, 0x0c3e6039, 0xa33ce459, 0x64ff2167, 0xf6ecedd4,
      0x19db06c1}},
};

static void expect_vectors(sha256_step *step, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        uint32_t state[8] = FIRST_STATE;
        unsigned char padded[128] = {0};
        size_t n = strlen(vectors[i].text), end = vectors[i].blocks * 64;

        memcpy(padded, vectors[i].text, n);
        padded[n] = 0x80;
        padded[end - 2] = (unsigned char)(n * 8 >> 8);
        padded[end - 1] = (unsigned char)(n * 8);
        step(state, padded, vectors[i].blocks);
        cr_expect(memcmp(state, vectors[i].want, sizeof(state)) == 0, "%s: %s", name,
                  vectors[i].text);
    }
}

Test(sha256_blocks, vectors)
{
    expect_vectors(sha256_blocks_plain, "plain");
    expect_vectors(sha256_blocks, "chosen");
    if (sha256_blocks_fast())
        expect_vectors(sha256_blocks_fast(), "fast");
}

Test(sha256_blocks, both_ways_agree)
{
    static unsigned char bytes[64 * 33 + 1];
    sha256_step *fast = sha256_blocks_fast();

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)hash_mix(i);
    for (size_t blocks = 0; fast && blocks <= 32; blocks++) {
        uint32_t x[8] = FIRST_STATE, y[8] = FIRST_STATE;

        sha256_blocks_plain(x, bytes + 1, blocks); /* no block is aligned */
        fast(y, bytes + 1, blocks);
        cr_expect(memcmp(x, y, sizeof(x)) == 0, "%zu blocks", blocks);
    }
}
