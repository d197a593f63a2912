#include "query/keymap.h"

#include <criterion/criterion.h>

Test(keymap, numbers_are_given_out_in_order)
{
    struct keymap m = {0};

    cr_expect_eq(keymap_find(&m, 0), KEYMAP_NONE, "empty");
    for (uint32_t i = 0; i < 100000; i++)
        cr_assert_eq(keymap_add(&m, (uint64_t)i * i * i), i);
    for (uint32_t i = 0; i < 100000; i++) {
        cr_assert_eq(keymap_find(&m, (uint64_t)i * i * i), i);
        cr_assert_eq(keymap_add(&m, (uint64_t)i * i * i), i, "known already");
        cr_assert_eq(m.keys[i], (uint64_t)i * i * i);
    }
    cr_expect_eq(keymap_find(&m, 2), KEYMAP_NONE);
    keymap_release(&m);
    cr_expect_eq(keymap_find(&m, 0), KEYMAP_NONE, "released: empty again");
}

Test(keymap, extreme_keys)
{
    struct keymap m = {0};

    cr_expect_eq(keymap_add(&m, UINT64_MAX), 0);
    cr_expect_eq(keymap_add(&m, 0), 1);
    cr_expect_eq(keymap_find(&m, UINT64_MAX), 0);
    cr_expect_eq(keymap_find(&m, 0), 1);
    keymap_release(&m);
}
