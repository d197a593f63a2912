/* The test suite of RFC 1321, appendix A.5, and lengths around a block by Python's hashlib. */
#include <criterion/criterion.h>

#include <string.h>
#include "base/error.h"
#include "base/hash.h"
#include "base/md5.h"

static const struct {
    const char *text, *want;
} cases[] = {
    {"",                                                               "d41d8cd98f00b204e9800998ecf8427e"},
    {"a",                                                              "0cc175b9c0f1b6a831c399e269772661"},
    {"abc",                                                            "900150983cd24fb0d6963f7d28e17f72"},
    {"message digest",                                                 "f96b697d7cb7938d525a2f31aaf161d0"},
    {"abcdefghijklmnopqrstuvwxyz",                                     "c3fcd3d76192e4007dfb496cca67e13b"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
     "d174ab98d277d9f5a5611c2c9f419d9f"                                                                  },
    {"1234567890123456789012345678901234567890"
     "1234567890123456789012345678901234567890",                  "57edf4a22be3c955ac49da2e2107b67a"},
};

Test(md5, rfc_1321)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        unsigned char digest[16];
        char hex[33];

        md5_of(cases[i].text, strlen(cases[i].text), digest);
        hex_encode(digest, 16, hex);
        cr_expect_str_eq(hex, cases[i].want, "%s", cases[i].text);
    }
}

/* md5 of n letters x, for n = 55 .. 65 one behind the other, hashed again. */
Test(md5, around_a_block)
{
    unsigned char text[65], digest[16], all[11 * 16];
    char hex[33];

    memset(text, 'x', sizeof(text));
    for (size_t n = 55; n <= 65; n++)
        md5_of(text, n, all + (n - 55) * 16);
    md5_of(all, sizeof(all), digest);
    hex_encode(digest, 16, hex);
    cr_expect_str_eq(hex, "45be9100611ae0bf28abd98df47ecb1a");
}
