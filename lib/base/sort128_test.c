/* Keys in order: against qsort() for shapes that a radix sort may trip over. */
#include "base/sort128.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include "base/hash.h"

static int by_key(const void *a, const void *b)
{
    const struct key128 *x = a, *y = b;

    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* Keys of a shape: mask says which bits may be set. */
static void check(const char *name, size_t n, uint64_t hi, uint64_t lo)
{
    struct key128 *v = malloc((n + 1) * sizeof(*v)), *want = malloc((n + 1) * sizeof(*want));
    for (size_t i = 0; i < n; i++) {
        v[i].hi = hash_mix(2 * i + 1) & hi;
        v[i].lo = hash_mix(2 * i + 2) & lo;
        want[i] = v[i];
    }
    qsort(want, n, sizeof(*want), by_key);
    sort128(v, n);
    cr_expect(memcmp(v, want, n * sizeof(*v)) == 0, "%s, %zu keys", name, n);
    sort128(v, n);
    cr_expect(memcmp(v, want, n * sizeof(*v)) == 0, "%s, %zu keys again", name, n);
    free(v);
    free(want);
}

Test(sort128, whatever_the_keys)
{
    static const struct {
        const char *name;
        uint64_t hi, lo;
    } shapes[] = {
        {"all bits",              UINT64_MAX,         UINT64_MAX        },
        {"all the same",          0,                  0                 },
        {"the last byte",         0,                  0xff              },
        {"the first byte",        0xff00000000000000, 0                 },
        {"two far apart",         0x0100000000000000, 1                 },
        {"few in the first half", 0x3,                UINT64_MAX        },
        {"highest values of it",  0xffff,             0xff000000000000ff},
    };
    static const size_t sizes[] = {0, 1, 2, 31, 32, 33, 34, 255, 1000, 70000};

    for (size_t s = 0; s < sizeof(shapes) / sizeof(*shapes); s++)
        for (size_t n = 0; n < sizeof(sizes) / sizeof(*sizes); n++)
            check(shapes[s].name, sizes[n], shapes[s].hi, shapes[s].lo);
}

Test(sort128, keys_of_reals_are_in_their_order)
{
    static const double x[] = {-INFINITY, -1e300, -1,  -0.5, -1e-310, -0.0,    0.0,
                               1e-310,    0.5,    1.0, 7,    1e300,   INFINITY};

    for (size_t i = 0; i < sizeof(x) / sizeof(*x); i++) {
        double back = real_of_key(key_of_real(x[i]));

        cr_expect(memcmp(&back, &x[i], sizeof(back)) == 0, "%g", x[i]);
        cr_expect(!i || key_of_real(x[i - 1]) < key_of_real(x[i]), "%g", x[i]);
    }
    cr_expect(key_of_real((double)NAN) > key_of_real(INFINITY));
    cr_expect(isnan(real_of_key(key_of_real((double)NAN))));
}
