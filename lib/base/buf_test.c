#include "base/buf.h"

#include <criterion/criterion.h>

Test(buf, appends)
{
    struct buf b = {0};

    buf_str(&b, "a");
    buf_char(&b, 'b');
    buf_sv(&b, SV("c\0d"));
    buf_add(&b, NULL, 0);
    buf_sv(&b, SV_NONE);
    buf_printf(&b, "%d-%s", 7, "x");
    buf_i64(&b, 0);
    buf_char(&b, ' ');
    buf_i64(&b, INT64_MIN);
    buf_char(&b, ' ');
    buf_i64(&b, INT64_MAX);
    cr_expect(
        sv_eq((struct sv){b.p, b.n}, SV("abc\0d7-x0 -9223372036854775808 9223372036854775807")));
    cr_expect_eq(b.p[b.n], '\0');
    buf_reset(&b);
    cr_expect_eq(b.n, 0);
    cr_expect_str_eq(b.p, "");
    buf_release(&b);
    cr_expect_null(b.p);
    buf_release(&b);
    buf_reset(&b);
}

Test(buf, grows)
{
    struct buf b = {0};

    for (int i = 0; i < 100000; i++)
        buf_printf(&b, "%05d", i);
    cr_expect_eq(b.n, 500000);
    cr_expect_eq(memcmp(b.p + 5 * 99999, "99999", 6), 0);
    buf_release(&b);
}

Test(buf, impossible_sizes_fail_and_stay_failed)
{
    struct buf b = {0};

    buf_str(&b, "kept");
    cr_expect_not(buf_reserve(&b, SIZE_MAX));
    cr_expect(b.failed);
    buf_str(&b, "dropped");
    cr_expect_not(buf_reserve(&b, 1));
    cr_expect_str_eq(b.p, "kept");
    buf_reset(&b);
    buf_str(&b, "again");
    cr_expect_str_eq(b.p, "again");
    buf_reset(&b);
    cr_expect_not(buf_reserve(&b, PTRDIFF_MAX));
    buf_release(&b);
}

/* By hand from RFC 8259 section 7; each byte that is not UTF-8 is one U+FFFD. */
static const struct {
    struct sv text;
    const char *want;
} strings[] = {
    {SV_INIT(""),                         "\"\""                                    },
    {SV_INIT("plain"),                    "\"plain\""                               },
    {SV_INIT("\"\\/"),                    "\"\\\"\\\\/\""                           },
    {SV_INIT("\b\f\n\r\t"),               "\"\\b\\f\\n\\r\\t\""                     },
    {SV_INIT("\0\x1f\x7f"),               "\"\\u0000\\u001f\\u007f\""               },
    {SV_INIT("\xC2\x80\xC2\x9B\xC2\xA0"), "\"\\u0080\\u009b\xC2\xA0\""              },
    {SV_INIT("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\""            },
    {SV_INIT("a\xFFz"),                   "\"a\xEF\xBF\xBDz\""                      },
    {SV_INIT("\xE2\x82"),                 "\"\xEF\xBF\xBD\xEF\xBF\xBD\""            },
    {SV_INIT("\xED\xA0\x80"),             "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
};

Test(buf, json_string)
{
    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        struct buf b = {0};
        buf_json_string(&b, strings[i].text);
        cr_expect_str_eq(b.p, strings[i].want);
        buf_release(&b);
    }
}
