#include "base/arena.h"

#include <criterion/criterion.h>
#include <stdint.h>

#include "base/error.h"

Test(arena, pieces_are_aligned_and_apart)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4096, 20000, 65536, 1 << 20, 3 << 20, 5};
    struct arena a = {0};
    unsigned char *pieces[10 * ARRAY_LEN(sizes)];
    size_t n = 0;

    for (size_t round = 0; round < 10; round++)
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++, n++) {
            pieces[n] = arena_alloc(&a, sizes[i]);
            cr_assert_not_null(pieces[n]);
            cr_expect_eq((uintptr_t)pieces[n] % 16, 0);
            memset(pieces[n], (int)n, sizes[i]);
        }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizes[i % ARRAY_LEN(sizes)]; k++)
            cr_assert_eq(pieces[i][k], (unsigned char)i);
    arena_release(&a);
    cr_expect_null(a.head);
    arena_release(&a);
}

Test(arena, used_bytes_count_since_the_reset)
{
    struct arena a = {0};

    arena_reset(&a);
    cr_expect_eq(a.used_bytes, 0);
    cr_assert_not_null(arena_alloc(&a, 16));
    cr_assert_not_null(arena_alloc(&a, 2 << 20));
    cr_expect_eq(a.used_bytes, 16 + (2 << 20));
    arena_reset(&a);
    cr_expect_eq(a.used_bytes, 0);
    void *first = arena_alloc(&a, 16);
    arena_reset(&a);
    cr_expect_eq(arena_alloc(&a, 16), first, "the block was kept");
    arena_release(&a);
}

Test(arena, reset_keeps_no_giant)
{
    struct arena a = {0};

    cr_assert_not_null(arena_alloc(&a, 64 << 20));
    arena_reset(&a);
    cr_expect_null(a.head);
    arena_release(&a);
}

Test(arena, zeroed_after_use)
{
    struct arena a = {0};
    char *p = arena_alloc(&a, 100);

    memset(p, 'x', 100);
    arena_reset(&a);
    p = arena_zalloc(&a, 25, 4);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(p[i], 0);
    arena_release(&a);
}

Test(arena, impossible_sizes)
{
    struct arena a = {0};

    cr_expect_null(arena_alloc(&a, SIZE_MAX));
    cr_expect_null(arena_alloc(&a, SIZE_MAX - 20));
    cr_expect_null(arena_zalloc(&a, SIZE_MAX / 2, 3));
    cr_expect_not_null(arena_zalloc(&a, 0, 3));
    arena_release(&a);
}

Test(arena, copy)
{
    struct arena a = {0};
    struct sv c = arena_copy(&a, SV("a\0b"));

    cr_expect(sv_eq(c, SV("a\0b")));
    c = arena_copy(&a, SV(""));
    cr_expect_not_null(c.p);
    cr_expect_eq(c.n, 0);
    arena_release(&a);
}

Test(arena, printf)
{
    struct arena a = {0};
    char long_text[5000];

    cr_expect_str_eq(arena_printf(&a, "%d of %s", 3, "four"), "3 of four");
    cr_expect_str_eq(arena_printf(&a, "%s", ""), "");
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    cr_expect_str_eq(arena_printf(&a, "%s", long_text), long_text, "nothing is cut off");
    arena_release(&a);
}
