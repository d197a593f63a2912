#include "base/error.h"

#include <criterion/criterion.h>
#include <string.h>

/* Wanted texts by hand from the header's rules. */
/* clang-format off */
static const struct {
    const char *found, *want;
} escapes[] = {
    {"12a",                  "expected 1, found \"12a\""                 },
    {"",                     "expected 1, found \"\""                    },
    {"\x1b[31m",             "expected 1, found \"\\x1b[31m\""           },
    {"a\nb\x7f",             "expected 1, found \"a\\x0ab\\x7f\""        },
    {"\xC3\xA9\xF0\x9F\x98\x80", "expected 1, found \"\xC3\xA9\xF0\x9F\x98\x80\""},
    {"\xC2\x9B" "31m",       "expected 1, found \"\\xc2\\x9b31m\""       }, /* CSI, one character */
    {"\x9B\xFF",             "expected 1, found \"\\x9b\\xff\""          },
    {"\xE2\x82",             "expected 1, found \"\\xe2\\x82\""          },
};
/* clang-format on */

Test(error, control_bytes_are_escaped)
{
    for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
        struct error err = {.line = 9, .file = "old"};
        cr_expect_eq(error_set(&err, ERR_PARSE, "expected %d, found \"%s\"", 1, escapes[i].found),
                     ERR_PARSE);
        cr_expect_eq(err.code, ERR_PARSE);
        cr_expect_str_eq(err.msg, escapes[i].want);
        cr_expect_eq(err.line, 0, "a new error has no place yet");
        cr_expect_str_eq(err.file, "");
    }
    cr_expect_eq(error_set(NULL, ERR_IO, "%s", "nobody listens"), ERR_IO);
}

Test(error, long_texts_end_in_dots)
{
    struct error err = {0};
    char text[1000];

    for (size_t n = 375; n < sizeof(text); n++) {
        memset(text, 'x', n);
        text[n] = '\0';
        error_set(&err, ERR_IO, "%s", text);
        if (n < sizeof(err.msg)) {
            cr_expect_eq(strlen(err.msg), n);
        } else {
            cr_expect_eq(strlen(err.msg), sizeof(err.msg) - 1);
            cr_expect_str_eq(err.msg + sizeof(err.msg) - 5, "x...");
        }
    }
    memset(text, '\xE2', sizeof(text)); /* escapes and characters are not cut in the middle */
    text[sizeof(text) - 1] = '\0';
    error_set(&err, ERR_IO, "%s", text);
    cr_expect_str_eq(err.msg + strlen(err.msg) - 11, "\\xe2\\xe2...");
    cr_expect_leq(strlen(err.msg), sizeof(err.msg) - 1);
}

Test(error, its_own_text_may_be_an_argument)
{
    struct error err = {0};

    error_set(&err, ERR_IO, "disk full");
    error_set(&err, ERR_DB, "writing: %s", err.msg);
    cr_expect_str_eq(err.msg, "writing: disk full");
}

Test(error, place)
{
    struct error err = {0};
    char text[600];

    error_set(&err, ERR_PARSE, "bad");
    error_text(&err, text, sizeof(text));
    cr_expect_str_eq(text, "bad");

    cr_expect_eq(error_at(&err, "app.jsonl", 12), ERR_PARSE);
    error_text(&err, text, sizeof(text));
    cr_expect_str_eq(text, "app.jsonl:12: bad");

    error_at(&err, "other", 1);
    cr_expect_str_eq(err.file, "app.jsonl", "the place nearest to the facts stays");

    error_set(&err, ERR_IO, "gone");
    error_at(&err, "a\x1b.jsonl", 0);
    error_text(&err, text, sizeof(text));
    cr_expect_str_eq(text, "a\\x1b.jsonl: gone");

    error_set(&err, ERR_PARSE, "bad");
    error_at(&err, NULL, 7);
    error_text(&err, text, sizeof(text));
    cr_expect_str_eq(text, "line 7: bad");

    error_text(&err, text, 5);
    cr_expect_str_eq(text, "line");
}

Test(error, long_file_names_lose_their_middle)
{
    static const char *const fillers[] = {"x", "\xC3\xA9", "\x1b"};

    for (size_t f = 0; f < ARRAY_LEN(fillers); f++)
        for (size_t n = 100; n < 400; n++) {
            struct error err = {.code = ERR_IO};
            char file[1000] = "/var/log/";
            size_t used = strlen(file);
            for (size_t i = 0; i < n; i++, used += strlen(fillers[f]))
                memcpy(file + used, fillers[f], strlen(fillers[f]) + 1);
            memcpy(file + used, "/app.jsonl", 11);
            error_at(&err, file, 1);
            cr_expect_eq(strncmp(err.file, "/var/log/", 9), 0, "%s", err.file);
            cr_expect_str_eq(err.file + strlen(err.file) - 10, "/app.jsonl", "%zu", n);
            cr_expect(strstr(err.file, "...") || strcmp(err.file, file) == 0 || f == 2, "%s",
                      err.file);
        }
}
