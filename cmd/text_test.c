#include "text.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(text, copies_end_in_nul)
{
    struct arena arena = {0};

    cr_expect_str_eq(text_copy(&arena, SV("abc")), "abc");
    cr_expect_str_eq(text_copy(&arena, (struct sv){"abcdef", 3}), "abc");
    cr_expect_str_eq(text_copy(&arena, SV("")), "");
    cr_expect_str_eq(text_copy(&arena, SV_NONE), "");
    arena_release(&arena);
}

Test(text, lists_keep_their_order_while_they_grow)
{
    struct arena arena = {0};
    struct text_list list = {0};

    for (int i = 0; i < 1000; i++) {
        char digits[16];
        int n = snprintf(digits, sizeof(digits), "%d", i);

        cr_assert(text_list_add(&list, text_copy(&arena, (struct sv){digits, (size_t)n}), &arena));
    }
    cr_assert(list.n == 1000);
    cr_expect_str_eq(list.v[0], "0");
    cr_expect_str_eq(list.v[8], "8");
    cr_expect_str_eq(list.v[999], "999");
    arena_release(&arena);
}
