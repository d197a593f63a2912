#include "query/text_set.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

Test(text_set, numbers_from_one_in_order)
{
    struct text_set s = {0};
    char room[8];

    cr_expect(eq(i64, text_set_code(&s, SV("b")), 1));
    cr_expect(eq(i64, text_set_code(&s, SV("a")), 2));
    cr_expect(eq(i64, text_set_code(&s, SV("b")), 1));
    cr_expect(eq(i64, text_set_code(&s, SV("")), 3), "an empty text is one");
    cr_expect(eq(i64, text_set_code(&s, SV("a\0b")), 4), "NUL does not end a text");
    for (int i = 0; i < 300; i++) {
        snprintf(room, sizeof(room), "t%d", i);
        cr_assert(eq(i64, text_set_code(&s, sv_from(room)), i + 5));
    }
    cr_expect(sv_is(s.v[0], "b"));
    cr_expect(sv_is(s.v[304 - 1], "t299"));
    text_set_release(&s);
    cr_expect(eq(u32, s.n, 0));
}
