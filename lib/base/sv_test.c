#include "base/sv.h"

#include <criterion/criterion.h>

#include "base/error.h"

Test(sv, compare)
{
    static const struct {
        struct sv a, b;
        int order;
        bool nocase;
    } cases[] = {
        {SV_INIT(""),         SV_INIT(""),         0,  true },
        {SV_INIT(""),         SV_INIT("a"),        -1, false},
        {SV_INIT("a"),        SV_INIT("ab"),       -1, false},
        {SV_INIT("b"),        SV_INIT("ab"),       1,  false},
        {SV_INIT("a\0b"),     SV_INIT("a\0c"),     -1, false},
        {SV_INIT("\xFF"),     SV_INIT("a"),        1,  false}, /* bytes are unsigned */
        {SV_INIT("GPT-4O"),   SV_INIT("gpt-4o"),   -1, true },
        {SV_INIT("@"),        SV_INIT("`"),        -1, false}, /* the neighbours of A and a */
        {SV_INIT("["),        SV_INIT("{"),        -1, false}, /* the neighbours of Z and z */
        {SV_INIT("\xC3\x89"), SV_INIT("\xC3\xA9"), -1, false}, /* ASCII only */
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int order = sv_cmp(cases[i].a, cases[i].b);
        cr_expect_eq((order > 0) - (order < 0), cases[i].order, "%zu", i);
        cr_expect_eq(sv_eq(cases[i].a, cases[i].b), cases[i].order == 0, "%zu", i);
        cr_expect_eq(sv_eq_nocase(cases[i].a, cases[i].b), cases[i].nocase, "%zu", i);
    }
    cr_expect_eq(sv_cmp(SV_NONE, SV("")), 0);
    cr_expect(sv_eq_nocase(SV_NONE, SV_NONE));
    cr_expect_null(sv_from(NULL).p);
    cr_expect_eq(sv_from("abc").n, 3);
}

Test(sv, find)
{
    cr_expect_eq(sv_find(SV("abcabc"), SV("ca")), 2);
    cr_expect_eq(sv_find(SV("abc"), SV("abc")), 0);
    cr_expect_eq(sv_find(SV("abc"), SV("abcd")), -1);
    cr_expect_eq(sv_find(SV("abc"), SV("x")), -1);
    cr_expect_eq(sv_find(SV("a\0b"), SV("\0b")), 1);
    cr_expect_eq(sv_find(SV("abc"), SV("")), 0);
    cr_expect_eq(sv_find(SV_NONE, SV("")), 0);
    cr_expect_eq(sv_find(SV_NONE, SV("a")), -1);
}

Test(sv, ends)
{
    cr_expect(sv_starts(SV("abc"), "ab"));
    cr_expect(sv_starts(SV("abc"), ""));
    cr_expect_not(sv_starts(SV("ab"), "abc"));
    cr_expect(sv_ends(SV("a.gz"), ".gz"));
    cr_expect_not(sv_ends(SV("gz"), ".gz"));
    cr_expect(sv_is(SV("abc"), "abc"));
    cr_expect_not(sv_is(SV("abc"), "ab"));
}

Test(sv, trim)
{
    cr_expect(sv_is(sv_trim(SV(" \t\r\n\v\fa b\n ")), "a b"));
    cr_expect(sv_is(sv_trim(SV("ab")), "ab"));
    cr_expect_eq(sv_trim(SV(" \n ")).n, 0);
    cr_expect_eq(sv_trim(SV("")).n, 0);
    cr_expect_eq(sv_trim(SV("\0 ")).n, 1, "NUL is no white space");
    cr_expect_null(sv_trim(SV_NONE).p);
}

static const struct {
    struct sv glob, text;
    bool want;
} globs[] = {
    {SV_INIT(""),       SV_INIT(""),             true },
    {SV_INIT(""),       SV_INIT("a"),            false},
    {SV_INIT("*"),      SV_INIT(""),             true },
    {SV_INIT("**"),     SV_INIT("abc"),          true },
    {SV_INIT("?"),      SV_INIT(""),             false},
    {SV_INIT("?"),      SV_INIT("a"),            true },
    {SV_INIT("gpt-4*"), SV_INIT("gpt-4o-mini"),  true },
    {SV_INIT("gpt-4*"), SV_INIT("GPT-4o"),       false},
    {SV_INIT("*mini"),  SV_INIT("gpt-4o-mini"),  true },
    {SV_INIT("*mini"),  SV_INIT("gpt-4o-minis"), false},
    {SV_INIT("a*b*c"),  SV_INIT("abbc"),         true },
    {SV_INIT("a*b*c"),  SV_INIT("acb"),          false},
    {SV_INIT("a*a"),    SV_INIT("a"),            false},
    {SV_INIT("*ab"),    SV_INIT("aab"),          true },
    {SV_INIT("*?"),     SV_INIT(""),             false},
    {SV_INIT("?*"),     SV_INIT("a"),            true },
    {SV_INIT("\\*"),    SV_INIT("*"),            true },
    {SV_INIT("\\*"),    SV_INIT("a"),            false},
    {SV_INIT("\\?"),    SV_INIT("a"),            false},
    {SV_INIT("\\\\"),   SV_INIT("\\"),           true },
    {SV_INIT("\\a"),    SV_INIT("a"),            true },
    {SV_INIT("a\\"),    SV_INIT("a\\"),          true },
    {SV_INIT("*\\*b"),  SV_INIT("aa*b"),         true },
    {SV_INIT("*\\*b"),  SV_INIT("aaxb"),         false},
    {SV_INIT("[a]"),    SV_INIT("[a]"),          true }, /* no classes */
    {SV_INIT("a?b"),    SV_INIT("a\0b"),         true },
};

Test(sv, glob)
{
    for (size_t i = 0; i < ARRAY_LEN(globs); i++)
        cr_expect_eq(sv_glob(globs[i].glob, globs[i].text), globs[i].want, "%.*s on %.*s",
                     SV_FMT(globs[i].glob), SV_FMT(globs[i].text));
    cr_expect(sv_glob(SV("*"), SV_NONE));
}

/* A matcher that tries every star against every rest needs n^20 steps here. */
Test(sv, glob_is_not_exponential)
{
    static char text[20000];

    memset(text, 'a', sizeof(text));
    cr_expect_not(
        sv_glob(SV("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), (struct sv){text, sizeof(text)}));
}
