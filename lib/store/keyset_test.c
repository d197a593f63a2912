/* keyset_test: what goes in comes out, and the memory stays within its bound. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "base/hash.h"
#include "store/keyset.h"

Test(keyset, empty_has_nothing)
{
    struct keyset k = {.seed = 1};

    cr_expect(eq(u32, keyset_find(&k, 0), 0));
    cr_expect(eq(u32, keyset_find(&k, UINT64_MAX), 0));
    keyset_prefetch(&k, 7);
    keyset_release(&k);
}

Test(keyset, extreme_keys_and_a_new_value)
{
    static const uint64_t keys[] = {0,         1, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 63,
                                    UINT64_MAX};
    struct keyset k = {0};
    const uint32_t n = sizeof(keys) / sizeof(keys[0]);

    for (uint32_t i = 0; i < n; i++)
        cr_assert(keyset_put(&k, keys[i], UINT32_MAX - i));
    for (uint32_t i = 0; i < n; i++)
        cr_expect(eq(u32, keyset_find(&k, keys[i]), UINT32_MAX - i));
    cr_assert(keyset_put(&k, 1, 5));
    cr_expect(eq(u32, keyset_find(&k, 1), 5));
    cr_expect(eq(u32, keyset_find(&k, 2), 0));
    keyset_release(&k);
    cr_expect(eq(u32, keyset_find(&k, 1), 0));
}

/* The bound of the header: 24 bytes an entry at any moment, once the fixed part is small. */
Test(keyset, a_million_keys_within_24_bytes_each)
{
    struct keyset k = {.seed = 0x5eed};
    size_t worst = 0;

    for (uint32_t i = 1; i <= 1000000; i++) {
        cr_assert(keyset_put(&k, hash_mix(i), i));
        if (i >= 20000 && i % 64 == 0 && keyset_bytes(&k) / (i / 64) > worst)
            worst = keyset_bytes(&k) / (i / 64);
    }
    cr_expect(worst <= 24 * 64, "%zu bytes for 64 keys", worst);
    for (uint32_t i = 1; i <= 1000000; i++)
        cr_assert(keyset_find(&k, hash_mix(i)) == i, "key %u", i);
    for (uint32_t i = 1000001; i <= 1100000; i++)
        cr_assert(keyset_find(&k, hash_mix(i)) == 0, "key %u is not in", i);
    keyset_release(&k);
}

/* Keys one after another, as probing after a collision makes them, all land in their own slots. */
Test(keyset, neighbouring_keys)
{
    struct keyset k = {.seed = 3};

    for (uint32_t i = 1; i <= 100000; i++)
        cr_assert(keyset_put(&k, UINT64_MAX - 50000 + i, i));
    for (uint32_t i = 1; i <= 100000; i++)
        cr_assert(keyset_find(&k, UINT64_MAX - 50000 + i) == i);
    keyset_release(&k);
}
