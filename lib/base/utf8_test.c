#include "base/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/error.h"

/* The ends of each row of table 3-7 of the Unicode standard, and what lies just outside. */
static const struct {
    struct sv text;
    size_t want;
} lengths[] = {
    {SV_INIT(""),                 0},
    {SV_INIT("\0"),               1},
    {SV_INIT("\x7F"),             1},
    {SV_INIT("\x80"),             0},
    {SV_INIT("\xBF"),             0},
    {SV_INIT("\xC0\x80"),         0},
    {SV_INIT("\xC1\xBF"),         0},
    {SV_INIT("\xC2\x80"),         2},
    {SV_INIT("\xC2\x7F"),         0},
    {SV_INIT("\xC2\xC0"),         0},
    {SV_INIT("\xC2"),             0},
    {SV_INIT("\xDF\xBF"),         2},
    {SV_INIT("\xE0\x9F\xBF"),     0},
    {SV_INIT("\xE0\xA0\x80"),     3},
    {SV_INIT("\xE1\x80\x80"),     3},
    {SV_INIT("\xE1\x80\x7F"),     0},
    {SV_INIT("\xE1\x80"),         0},
    {SV_INIT("\xED\x9F\xBF"),     3},
    {SV_INIT("\xED\xA0\x80"),     0},
    {SV_INIT("\xEF\xBF\xBF"),     3},
    {SV_INIT("\xF0\x8F\xBF\xBF"), 0},
    {SV_INIT("\xF0\x90\x80\x80"), 4},
    {SV_INIT("\xF4\x8F\xBF\xBF"), 4},
    {SV_INIT("\xF4\x8F\xBF"),     0},
    {SV_INIT("\xF4\x8F\xBF\xC0"), 0},
    {SV_INIT("\xF4\x90\x80\x80"), 0},
    {SV_INIT("\xF5\x80\x80\x80"), 0},
    {SV_INIT("\xFF"),             0},
    {SV_INIT("a\xFF"),            1},
};

Test(utf8, length)
{
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
        cr_expect_eq(utf8_length(lengths[i].text.p, lengths[i].text.n), lengths[i].want, "%zu", i);
}

/* Every character is read back as long as it was written, and no other four bytes are. */
Test(utf8, put)
{
    static const struct {
        uint32_t code;
        const char *want;
    } cases[] = {
        {0x41,     "A"               },
        {0x7F,     "\x7F"            },
        {0x80,     "\xC2\x80"        },
        {0x7FF,    "\xDF\xBF"        },
        {0x800,    "\xE0\xA0\x80"    },
        {0x20AC,   "\xE2\x82\xAC"    },
        {0xFFFF,   "\xEF\xBF\xBF"    },
        {0x10000,  "\xF0\x90\x80\x80"},
        {0x10FFFF, "\xF4\x8F\xBF\xBF"},
    };
    char out[4];

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(sv_is((struct sv){out, utf8_put(cases[i].code, out)}, cases[i].want), "%x",
                  cases[i].code);
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        if (code == 0xD800)
            code = 0xE000;
        size_t n = utf8_put(code, out);
        cr_assert_eq(utf8_length(out, n), n, "%x", code);
    }
}

/* By hand: e with an accent has two bytes, the clef four. */
Test(utf8, characters)
{
    static const struct {
        const char *text;
        int64_t chars;
        size_t first, first_two; /* bytes of the first one, of the first two */
    } cases[] = {
        {"", 0, 0, 0},
        {"abc", 3, 1, 2},
        {"\xc3\xa9g", 2, 2, 3},
        {"\xf0\x9d\x84\x9e\xc3\xa9x", 3, 4, 6},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t n = strlen(cases[i].text);

        cr_expect_eq(utf8_chars(cases[i].text, n), cases[i].chars, "%s", cases[i].text);
        cr_expect_eq(utf8_prefix(cases[i].text, n, 1), cases[i].first, "%s", cases[i].text);
        cr_expect_eq(utf8_prefix(cases[i].text, n, 2), cases[i].first_two, "%s", cases[i].text);
        cr_expect_eq(utf8_prefix(cases[i].text, n, 9), n, "%s", cases[i].text);
        cr_expect_eq(utf8_prefix(cases[i].text, n, 0), 0, "%s", cases[i].text);
    }
}
