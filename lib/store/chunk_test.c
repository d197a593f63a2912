#include "store/chunk.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include "store/store.h"

#define NA CALL_MISSING

/* Wanted widths and forms worked by hand from the layout in chunk.h. */
static const struct {
    const char *name;
    int64_t v[9];
    size_t n;
    size_t size; /* 0: not stored */
    unsigned width, form;
} cases[] = {
    {"no row",                            {0},                                         0, 0,              0, 0},
    {"nothing known",                     {NA, NA},                                    2, 0,              0, 0},
    {"one value",                         {42},                                        1, 16,             0, 0},
    {"one smallest value",                {INT64_MIN + 1},                             1, 16,             0, 0},
    {"all equal",                         {7, 7, 7},                                   3, 16,             0, 0},
    {"equal or missing: only the bitmap", {7, NA, 7},                                  3, 17,             0, 2},
    {"range 255 is one byte",             {-5, 250, 0},                                3, 19,             1, 0},
    {"range 256 is two",                  {-5, 251, 0},                                3, 22,             2, 0},
    {"range 254 with one missing",        {0, 254, NA, 1, 1, 1, 1, 1, 1},              9, 25,             1, 1},
    {"range 255 with one missing",        {0, 255, NA, 1, 1, 1, 1, 1, 1},              9, 16 + 18,        2, 1},
    {"mostly missing",                    {NA, NA, NA, NA, 9, NA, NA, NA, 300},        9, 16 + 2 + 2 * 2, 2, 2},
    {"three bytes",                       {0, 65536, 12345},                           3, 25,             3, 0},
    {"three bytes with missing",          {0, 65536, NA, 3, 4, 5, 6},                  7, 16 + 21,        3, 1},
    {"four bytes",                        {0, UINT32_MAX},                             2, 24,             4, 0},
    {"five bytes",                        {1, 1 + (INT64_C(1) << 32)},                 2, 26,             5, 0},
    {"five bytes with missing",           {NA, 1, 1 + (INT64_C(1) << 32), 5, 5, 5, 5}, 7, 16 + 35,        5, 1},
    {"six bytes",                         {0, INT64_C(1) << 47},                       2, 28,             6, 0},
    {"six bytes with missing",            {0, NA, INT64_C(1) << 47, 1, 2, 3, 4},       7, 16 + 42,        6, 1},
    {"seven bytes",                       {0, INT64_C(1) << 55},                       2, 30,             7, 0},
    {"seven bytes with missing",          {0, NA, INT64_C(1) << 55, 1, 2, 3, 4},       7, 16 + 49,        7, 1},
    {"eight bytes",                       {0, INT64_MAX},                              2, 32,             8, 0},
    {"from the smallest to the largest",  {INT64_MIN + 1, INT64_MAX, -1},              3, 40,             8, 0},
    {"all 64 bits with missing",          {INT64_MIN + 1, NA, INT64_MAX, 1, 2, 3, 4},  7, 16 + 56,        8, 1},
};

Test(chunk, there_and_back)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t n = cases[i].n;
        unsigned char *bytes = malloc(CHUNK_ROOM(n));
        size_t size = chunk_encode(cases[i].v, n, bytes);
        unsigned char *exact = malloc(size ? size : 1); /* lets a sanitizer see reads behind it */
        int64_t *back = malloc((n ? n : 1) * sizeof(*back));

        cr_expect(size == cases[i].size, "%s: %zu bytes, wanted %zu", cases[i].name, size,
                  cases[i].size);
        if (size) {
            memcpy(exact, bytes, size);
            cr_expect(bytes[1] == cases[i].width, "%s: width %d", cases[i].name, bytes[1]);
            cr_expect(bytes[2] == cases[i].form, "%s: form %d", cases[i].name, bytes[2]);
            cr_assert(chunk_decode(exact, size, back, n), "%s", cases[i].name);
            cr_expect(memcmp(back, cases[i].v, n * sizeof(*back)) == 0, "%s", cases[i].name);
        }
        free(back);
        free(exact);
        free(bytes);
    }
}

/* The bytes themselves, so that a change of the layout does not go unseen. */
Test(chunk, bytes)
{
    static const int64_t values[] = {1000, NA, 1003, 1001};
    static const unsigned char want[] = {1, 1, 1, 0, 4, 0, 0, 0, 0xe8, 3,
                                         0, 0, 0, 0, 0, 0, 1, 0, 4,    2};
    unsigned char bytes[CHUNK_ROOM(4)];

    cr_assert(chunk_encode(values, 4, bytes) == sizeof(want));
    cr_expect(memcmp(bytes, want, sizeof(want)) == 0);
}

static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Decodes rows by 8, 15, 22, ...; every third piece is skipped first and read by another reader. */
static void in_pieces(const unsigned char *bytes, size_t size, size_t n, int64_t *out)
{
    struct chunk_reader some, others;
    size_t length = 8;

    cr_assert(chunk_begin(bytes, size, n, &some) && chunk_begin(bytes, size, n, &others));
    for (size_t at = 0; at < n; at += length, length += 7) {
        struct chunk_reader *r = length % 3 ? &some : &others;

        chunk_skip(r, at);
        chunk_next(r, n - at < length ? n - at : length, out + at);
    }
}

/* A whole chunk in every width and with every share of missing values. */
Test(chunk, whole)
{
    static const size_t lengths[] = {1, 7, 8, 9, 63, 64, 65, 1000, CHUNK_ROWS - 1, CHUNK_ROWS};
    int64_t *values = malloc(CHUNK_ROWS * sizeof(*values));
    int64_t *back = malloc((CHUNK_ROWS + 1) * sizeof(*back));
    unsigned char *bytes = malloc(CHUNK_ROOM(CHUNK_ROWS));
    uint64_t seed = 1;

    for (size_t l = 0; l < ARRAY_LEN(lengths); l++)
        for (unsigned bits = 0; bits <= 64; bits += 4)
            for (unsigned share = 0; share <= 8; share += 2) {
                size_t n = lengths[l];
                size_t size;

                for (size_t i = 0; i < n; i++) {
                    uint64_t r = next_random(&seed);

                    values[i] = (int64_t)(bits ? r >> (64 - bits) : 0) - 3;
                    if (next_random(&seed) % 8 < share)
                        values[i] = NA;
                }
                size = chunk_encode(values, n, bytes);
                cr_assert(size <= CHUNK_ROOM(n));
                if (!size)
                    continue;
                cr_assert(chunk_decode(bytes, size, back, n), "%zu rows, %u bits", n, bits);
                cr_assert(memcmp(back, values, n * sizeof(*back)) == 0,
                          "%zu rows, %u bits, %u of 8 missing", n, bits, share);
                for (size_t p = 0; p < 4; p++) { /* parts: all, the last row, two at random */
                    size_t first = p == 0 ? 0 : p == 1 ? n - 1 : next_random(&seed) % n;
                    size_t count = p == 0 ? n : p == 1 ? 1 : next_random(&seed) % (n - first + 1);

                    back[count] = 4711;
                    cr_assert(chunk_decode_part(bytes, size, n, first, count, back));
                    cr_assert(memcmp(back, values + first, count * sizeof(*back)) == 0,
                              "rows %zu + %zu of %zu, %u bits", first, count, n, bits);
                    cr_assert(back[count] == 4711, "nothing behind them is written");
                }
                in_pieces(bytes, size, n, back);
                cr_assert(memcmp(back, values, n * sizeof(*back)) == 0,
                          "%zu rows, %u bits, %u of 8 missing, in pieces", n, bits, share);
            }
    free(bytes);
    free(back);
    free(values);
}

/* One good column, and one byte of it changed at a time. */
Test(chunk, damaged)
{
    static const struct {
        const char *name;
        size_t at;
        unsigned char byte;
    } damages[] = {
        {"another version",                0, 2   },
        {"width 9",                        1, 9   },
        {"width 0 with missing",           1, 0   },
        {"width too large for the length", 1, 2   },
        {"an unknown form",                2, 3   },
        {"a bitmap that is not there",     2, 2   },
        {"the reserved byte",              3, 1   },
        {"more rows",                      4, 10  },
        {"far more rows",                  7, 0xff},
    };
    static const int64_t values[] = {1, NA, 3, 4, 5, 6, 7, 8, 9};
    unsigned char bytes[CHUNK_ROOM(9)];
    int64_t out[16];
    size_t size = chunk_encode(values, 9, bytes);

    cr_assert(bytes[2] == 1);
    cr_expect(chunk_decode(bytes, size, out, 9));
    for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
        unsigned char copy[sizeof(bytes)];

        memcpy(copy, bytes, size);
        copy[damages[i].at] = damages[i].byte;
        cr_expect(!chunk_decode(copy, size, out, 9), "%s", damages[i].name);
    }
    for (size_t cut = 0; cut < size; cut++)
        cr_expect(!chunk_decode(bytes, cut, out, 9), "cut to %zu bytes", cut);
    cr_expect(!chunk_decode(bytes, size + 1, out, 9), "one byte too many");
    cr_expect(!chunk_decode(bytes, size, out, 8), "other rows than asked for");
    cr_expect(!chunk_decode(bytes, size, out, 0), "no rows");
}

/* The bitmap may not claim rows behind the last, nor another number of values than there are. */
Test(chunk, damaged_bitmap)
{
    static const int64_t values[] = {NA, NA, NA, NA, NA, NA, NA, NA, NA, 700, 5};
    unsigned char bytes[CHUNK_ROOM(11)];
    int64_t out[16];
    size_t size = chunk_encode(values, 11, bytes);

    cr_assert(bytes[2] == 2);
    cr_expect(chunk_decode(bytes, size, out, 11));
    bytes[17] ^= 8;
    cr_expect(!chunk_decode(bytes, size, out, 11), "row 12 of 11");
    bytes[17] ^= 8;
    bytes[16] ^= 1;
    cr_expect(!chunk_decode(bytes, size, out, 11), "a third value");
    bytes[16] ^= 1;
    cr_expect(!chunk_decode(bytes, 17, out, 11), "half a bitmap");
}
