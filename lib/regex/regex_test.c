#include "regex/regex.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const struct {
    struct sv pattern;
    unsigned flags;
    struct sv text;
    bool want;
} matches[] = {
    {SV_INIT("b+"),         0,            SV_INIT("abbc"),         true },
    {SV_INIT("b+"),         0,            SV_INIT("acd"),          false},
    {SV_INIT("b+"),         0,            SV_INIT(""),             false},
    {SV_INIT(""),           0,            SV_INIT(""),             true },
    {SV_INIT(""),           REGEX_WHOLE,  SV_INIT("a"),            false},
    {SV_INIT("b+"),         REGEX_WHOLE,  SV_INIT("abb"),          false},
    {SV_INIT("b+"),         REGEX_WHOLE,  SV_INIT("bbc"),          false},
    {SV_INIT("b+"),         REGEX_WHOLE,  SV_INIT("bbb"),          true },
    {SV_INIT("a|ab"),       REGEX_WHOLE,  SV_INIT("ab"),           true },
    {SV_INIT("^gpt-4o$"),   0,            SV_INIT("GPT-4o"),       false},
    {SV_INIT("^gpt-4o$"),   REGEX_NOCASE, SV_INIT("GPT-4o"),       true },
    {SV_INIT("^\xC3\xA9$"), REGEX_NOCASE, SV_INIT("\xC3\x89"),     true },
    {SV_INIT("^.$"),        0,            SV_INIT("\xE2\x82\xAC"), true },
    {SV_INIT("^.$"),        0,            SV_INIT("\xFF"),         false},
    {SV_INIT("b"),          0,
     SV_INIT("\xFF"
             "ab\xE2\x82"),
     true                                                                    },
    {SV_INIT("a\\x00b"),     0,            SV_INIT("xa\0b"),            true },
    {SV_INIT("a\0b"),        0,            SV_INIT("xa\0b"),            true },
    {SV_INIT("a\0b"),        0,            SV_INIT("xa\0c"),            false},
    {SV_INIT("\xFF."),       0,            SV_INIT("a\xFF\xFE"),        true }, /* bytes */
    {SV_INIT("^\\S+$"),      0,            SV_INIT("J\xC3\xBCrgen"),    true },
    {SV_INIT("a\\W"),        0,            SV_INIT("a\xE2\x80\x93"),    true },
    {SV_INIT("\\D"),         0,            SV_INIT("\xC3\xA9"),         true },
    {SV_INIT("\\D"),         0,            SV_INIT("7"),                false},
    {SV_INIT("a$"),          0,            SV_INIT("a\n"),              true },
    {SV_INIT("a$"),          REGEX_SCRIPT, SV_INIT("a\n"),              false},
    {SV_INIT("^\\u00e9$"),   REGEX_SCRIPT, SV_INIT("\xC3\xA9"),         true },
    {SV_INIT("^\\u{1F600}"), REGEX_SCRIPT, SV_INIT("\xF0\x9F\x98\x80"), true },
    {SV_INIT("[]"),          REGEX_SCRIPT, SV_INIT("]"),                false},
};

Test(regex, matches)
{
    for (size_t i = 0; i < ARRAY_LEN(matches); i++) {
        struct error err = {0};
        struct regex *re = NULL;
        bool got = !matches[i].want;

        cr_assert_eq(regex_open(matches[i].pattern, matches[i].flags, &re, &err), OK, "%zu: %s", i,
                     err.msg);
        cr_expect_eq(regex_matches(re, matches[i].text, &got, &err), OK, "%zu: %s", i, err.msg);
        cr_expect_eq(got, matches[i].want, "%zu", i);
        regex_close(re);
    }
}

Test(regex, absent_text_is_empty)
{
    struct regex *re = NULL;
    bool got = false;

    cr_assert_eq(regex_open(SV_NONE, 0, &re, NULL), OK);
    cr_expect_eq(regex_matches(re, SV_NONE, &got, NULL), OK);
    cr_expect(got);
    regex_close(re);
    regex_close(NULL);
}

/* The words behind the column are PCRE2's. */
/* clang-format off */
static const struct {
    struct sv pattern;
    const char *message;
} mistakes[] = {
    {SV_INIT("ab("),                 "pattern 'ab(', column 4: missing closing parenthesis"       },
    {SV_INIT("\xC3\xA9\xE2\x82\xAC)"),
     "pattern '\xC3\xA9\xE2\x82\xAC)', column 3: unmatched closing parenthesis"},
    {SV_INIT("*a"), "pattern '*a', column 1: quantifier does not follow a repeatable item"},
    {SV_INIT("a\\C"), "pattern 'a\\C', column 4: using \\C is disabled by the application"},
};
/* clang-format on */

Test(regex, mistakes)
{
    for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
        struct error err = {0};
        struct regex *re = NULL;

        cr_expect_eq(regex_open(mistakes[i].pattern, 0, &re, &err), ERR_PARSE);
        cr_expect_str_eq(err.msg, mistakes[i].message);
        cr_expect_null(re);
    }
}

Test(regex, too_long)
{
    struct error err = {0};
    struct regex *re = NULL;
    char *text = malloc(REGEX_PATTERN_MAX_BYTES + 1);

    cr_assert_not_null(text);
    memset(text, 'a', REGEX_PATTERN_MAX_BYTES + 1);
    cr_expect_eq(regex_open((struct sv){text, REGEX_PATTERN_MAX_BYTES + 1}, 0, &re, &err),
                 ERR_RANGE);
    cr_expect_str_eq(err.msg,
                     "pattern 'aaaaaaaaaaaaaaaaaaaa...': 65537 bytes, at most 65536 are allowed");
    free(text);
}

/* Doubling at each letter: without a limit this would run for days. */
Test(regex, gives_up)
{
    struct error err = {0};
    struct regex *re = NULL;
    bool got = true;

    cr_assert_eq(regex_open(SV("^(a+)+$"), 0, &re, &err), OK);
    cr_expect_eq(
        regex_matches(re, SV("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), &got, &err),
        ERR_RANGE);
    cr_expect_str_eq(err.msg,
                     "a pattern was given up on a text of 51 bytes: it tries too many ways; "
                     "avoid nested repeats like (a+)+");
    cr_expect(got, "untouched on error");
    cr_expect_eq(regex_matches(re, SV("aaa"), &got, &err), OK, "usable afterwards");
    cr_expect(got);
    regex_close(re);
}

/* One stack frame per letter: more than compiled code has, not more than the interpreter has. */
Test(regex, long_text)
{
    struct error err = {0};
    struct regex *re = NULL;
    bool got = false;
    char text[20000];

    memset(text, 'a', sizeof(text));
    cr_assert_eq(regex_open(SV("^(a|b)*$"), 0, &re, &err), OK);
    cr_expect_eq(regex_matches(re, (struct sv){text, sizeof(text)}, &got, &err), OK, "%s", err.msg);
    cr_expect(got);
    regex_close(re);
}

/* Places counted by hand. */
static const struct {
    const char *pattern;
    struct sv text;
    size_t from, last;
    bool want;
    size_t start, end;
} finds[] = {
    {"b+",         SV_INIT("abbcb"),         0, 4, true,  1, 3},
    {"b+",         SV_INIT("abbcb"),         2, 4, true,  2, 3},
    {"b+",         SV_INIT("abbcb"),         3, 4, true,  4, 5},
    {"b+",         SV_INIT("abbcb"),         3, 3, false, 0, 0},
    {"b+",         SV_INIT("abbcb"),         0, 0, false, 0, 0},
    {"(?<!a)b",    SV_INIT("abbcb"),         1, 4, true,  2, 3}, /* sees what is before `from` */
    {"a\\Kb+",     SV_INIT("abbcb"),         0, 0, true,  1, 3},
    {"(?=b\\Kb)b", SV_INIT(""),              0, 0, false, 0, 0},
    {".",          SV_INIT("\xC3\xA9"),      0, 1, true,  0, 1}, /* bytes */
    {"$",          SV_INIT("ab"),            0, 2, true,  2, 2},
};

Test(regex, finds)
{
    for (size_t i = 0; i < ARRAY_LEN(finds); i++) {
        struct regex *re = NULL;
        bool found = false;
        size_t start = 0, end = 0;

        if (regex_open(sv_from(finds[i].pattern), REGEX_BYTES, &re, NULL))
            continue; /* PCRE2 10.38 refuses \K in a look ahead */
        cr_expect_eq(regex_find(re, finds[i].text, finds[i].from, finds[i].last, &found, &start,
                                &end, NULL),
                     OK);
        cr_expect_eq(found, finds[i].want, "%zu", i);
        cr_expect_eq(start, finds[i].start, "%zu", i);
        cr_expect_eq(end, finds[i].end, "%zu", i);
        regex_close(re);
    }
}

Test(regex, finding_has_limits)
{
    static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    struct regex *re = NULL;
    struct error err = {0};
    bool found = true;
    size_t start = 7, end = 7;

    cr_assert_eq(regex_open(SV("(a+)+b|(a+)+c"), REGEX_BYTES, &re, NULL), OK);
    cr_expect_eq(regex_find(re, SV(text), 0, 8, &found, &start, &end, &err), ERR_RANGE);
    cr_expect_eq(start, 7);
    regex_close(re);
}
