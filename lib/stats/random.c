/* random: see the header. */
#include "stats/random.h"

#include "base/hash.h"
#include "base/banned.h"

__extension__ typedef unsigned __int128 u128;

uint64_t splitmix64(uint64_t *state)
{
    return hash_mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

void random_init(struct random *r, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++)
        r->s[i] = splitmix64(&seed);
}

static uint64_t rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

uint64_t random_next(struct random *r)
{
    uint64_t *s = r->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t random_below(struct random *r, uint64_t bound)
{
    u128 m = (u128)random_next(r) * bound;

    if ((uint64_t)m < bound) {
        uint64_t reject = (0 - bound) % bound; /* 2^64 mod bound */

        while ((uint64_t)m < reject)
            m = (u128)random_next(r) * bound;
    }
    return (uint64_t)(m >> 64);
}

double random_unit(struct random *r)
{
    return (double)(random_next(r) >> 11) * 0x1p-53;
}

void random_shuffle(struct random *r, size_t *v, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)random_below(r, i), t = v[i - 1];

        v[i - 1] = v[j];
        v[j] = t;
    }
}

void random_sample(struct random *r, size_t n, size_t k, size_t *out)
{
    for (size_t i = 0, taken = 0; taken < k; i++)
        if (random_below(r, n - i) < k - taken)
            out[taken++] = i;
}
