#include "render/render_fixture.h"

#include "render/safe_text.h"

/* clang-format off */
/* Columns by Unicode's East_Asian_Width and general category, looked up in Python's unicodedata. */
static const struct {
    const char *name;
    struct sv text;
    size_t max;
    bool utf8;
    const char *want;
    size_t columns;
} cases[] = {
    {"plain",                     {"abc", 3},                     0, true,  "abc",               3},
    {"empty",                     {"", 0},                        5, true,  "",                  0},
    {"fits exactly",              {"abcde", 5},                   5, true,  "abcde",             5},
    {"one too many",              {"abcdef", 6},                  5, true,  "abcd…",             5},
    {"ellipsis in ASCII",         {"abcdef", 6},                  5, false, "ab...",             5},
    {"two bytes, one column",     {"\xc3\xa4\xc3\xb6", 4},        2, true,  "äö",                2},
    {"wide characters",           {"日本語", 9},                  6, true,  "日本語",            6},
    {"wide ones do not split",    {"日本語", 9},                  5, true,  "日本…",             5},
    {"wide ones leave a gap",     {"日本語", 9},                  4, true,  "日…",               3},
    {"an emoji is wide",          {"\xf0\x9f\x98\x80", 4},        0, true,  "\xf0\x9f\x98\x80",  2},
    {"combining mark",            {"e\xcc\x81", 3},               1, true,  "e\xcc\x81",         1},
    {"full-width edge FF60",      {"\xef\xbd\xa0", 3},            0, true,  "\xef\xbd\xa0",      2},
    {"half-width FF61",           {"\xef\xbd\xa1", 3},            0, true,  "\xef\xbd\xa1",      1},
    {"Hangul's last, D7A3",       {"\xed\x9e\xa3", 3},            0, true,  "\xed\x9e\xa3",      2},
    {"D7B0 is not wide",          {"\xed\x9e\xb0", 3},            0, true,  "\xed\x9e\xb0",      1},
    {"escape",                    {"\x1b[m", 3},                  0, true,  "\\x1b[m",           6},
    {"NUL",                       {"a\0b", 3},                    0, true,  "a\\x00b",           6},
    {"newline",                   {"\n", 1},                      0, true,  "\\x0a",             4},
    {"delete",                    {"\x7f", 1},                    0, true,  "\\x7f",             4},
    {"last C1",                   {"\xc2\x9f", 2},                0, true,  "\\u009f",           6},
    {"no-break space is plain",   {"\xc2\xa0", 2},                0, true,  "\xc2\xa0",          1},
    {"not UTF-8",                 {"\xff" "a", 2},                0, true,  "\\xffa",            5},
    {"cut off",                   {"\xe2\x80", 2},                0, true,  "\\xe2\\x80",        8},
    {"override 202A",             {"\xe2\x80\xaa", 3},            0, true,  "\\u202a",           6},
    {"override 202E",             {"\xe2\x80\xae", 3},            0, true,  "\\u202e",           6},
    {"202F is a space",           {"\xe2\x80\xaf", 3},            0, true,  "\xe2\x80\xaf",      1},
    {"isolate 2066",              {"\xe2\x81\xa6", 3},            0, true,  "\\u2066",           6},
    {"isolate 2069",              {"\xe2\x81\xa9", 3},            0, true,  "\\u2069",           6},
    {"2070 is a digit",           {"\xe2\x81\xb0", 3},            0, true,  "\xe2\x81\xb0",      1},
    {"an escape does not split",  {"abc\x1b", 4},                 6, true,  "abc…",              4},
    {"tag characters",            {"\xf3\xa0\x80\x81", 4},        0, true,  "\\ue0001",          7},
    {"backslash stays",           {"C:\\x", 4},                   0, true,  "C:\\x",             4},
};
/* clang-format on */

Test(safe_text, shows_text_and_counts_its_columns)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = {0};
        size_t columns = safe_text(&b, cases[i].text, cases[i].max, cases[i].utf8);

        buf_str(&b, "");
        cr_expect_str_eq(b.p, cases[i].want, "%s: %s", cases[i].name, b.p);
        cr_expect_eq(columns, cases[i].columns, "%s: %zu", cases[i].name, columns);
        buf_release(&b);
    }
}

/* Only as much of a long text is read and written as is shown, also when it takes no columns. */
Test(safe_text, a_megabyte_costs_no_more_than_its_place)
{
    static const char *const units[] = {"a", "\x1b", "\xcc\x81", "e\xcc\x81"};

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        size_t n = strlen(units[i]);
        char *big = malloc(1 << 20);
        struct buf b = {0};

        for (size_t k = 0; k + n <= 1 << 20; k += n)
            memcpy(big + k, units[i], n);
        cr_expect_leq(safe_text(&b, (struct sv){big, (size_t)(1 << 20) / n * n}, 40, true), 40u);
        cr_expect_lt(b.cap, 1024u, "%zu: %zu", i, b.cap);
        free(big);
        buf_release(&b);
    }
}
