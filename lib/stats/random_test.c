#include "stats/random.h"

#include <criterion/criterion.h>

/* The five values of the algorithm's page at Rosetta Code. */
Test(random, splitmix)
{
    static const uint64_t want[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                    UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                    UINT64_C(16408922859458223821)};
    uint64_t state = 1234567;

    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(splitmix64(&state), want[i], "value %zu", i);
}

/* State 1 2 3 4: the test vector of the Rust crate rand_xoshiro; the seeded values by a program in
 * Python written after the paper. */
Test(random, xoshiro)
{
    struct random r = {
        {1, 2, 3, 4}
    };
    static const uint64_t want[] = {11520, 0, 1509978240, UINT64_C(1215971899390074240)};
    static const uint64_t seeded[] = {UINT64_C(11091344671253066420),
                                      UINT64_C(13793997310169335082),
                                      UINT64_C(1900383378846508768)};

    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(random_next(&r), want[i], "value %zu", i);
    random_init(&r, 0);
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(random_next(&r), seeded[i], "seed 0, value %zu", i);
}

/* By the same program, in whole numbers of any size: the bound of 2^63 + 1 rejects every other. */
Test(random, below)
{
    static const uint64_t die[] = {3, 4, 0, 2, 4, 5, 2, 3, 5, 5, 0, 0};
    static const uint64_t large[] = {UINT64_C(2660124057020295092), UINT64_C(5553229355294069358),
                                     UINT64_C(5991011151194742231), UINT64_C(7458586743318756548)};
    struct random r;

    random_init(&r, 0);
    for (size_t i = 0; i < 12; i++)
        cr_expect_eq(random_below(&r, 6), die[i], "throw %zu", i);
    random_init(&r, 5);
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(random_below(&r, (UINT64_C(1) << 63) + 1), large[i], "value %zu", i);
    cr_expect_eq(random_below(&r, 1), 0);
}

Test(random, unit)
{
    struct random r;
    double sum = 0;

    random_init(&r, 9);
    for (int i = 0; i < 100000; i++) {
        double u = random_unit(&r);

        cr_assert(u >= 0 && u < 1);
        sum += u;
    }
    /* sd of the mean is 1 / sqrt(12 * 100000) = 0.00091 */
    cr_expect_float_eq(sum / 100000, 0.5, 0.004);
}

Test(random, shuffle)
{
    static const size_t want[] = {6, 0, 2, 3, 4, 7, 1, 5}; /* the same program in Python */
    size_t v[] = {0, 1, 2, 3, 4, 5, 6, 7};
    struct random r;

    random_init(&r, 7);
    random_shuffle(&r, v, 0);
    random_shuffle(&r, v, 1);
    random_shuffle(&r, v, 8);
    for (size_t i = 0; i < 8; i++)
        cr_expect_eq(v[i], want[i], "place %zu", i);
}

/* Each of the 6 pairs out of 4 about 10,000 times in 60,000; sd 91. */
Test(random, sample)
{
    int seen[4][4] = {{0}};
    size_t out[4];
    struct random r;

    random_init(&r, 3);
    for (int i = 0; i < 60000; i++) {
        random_sample(&r, 4, 2, out);
        cr_assert(out[0] < out[1] && out[1] < 4);
        seen[out[0]][out[1]]++;
    }
    for (size_t i = 0; i < 4; i++)
        for (size_t j = i + 1; j < 4; j++)
            cr_expect(seen[i][j] > 9600 && seen[i][j] < 10400, "%zu %zu: %d", i, j, seen[i][j]);
    random_sample(&r, 4, 0, out);
    random_sample(&r, 4, 4, out);
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(out[i], i);
}
