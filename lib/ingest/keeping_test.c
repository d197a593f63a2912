/* keeping_test: keyed hashes of users, and what is made unreadable. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "ingest/keeping.h"
#include "ingest/redactor.h"

/* HMAC-SHA-256 of RFC 4231, cases 2 and 6 (a key that is longer than a block); SHA-256 of "abc" from
 * FIPS 180-4: the first 16 digits of each. */
Test(keeping, user_hash)
{
    static char long_key[131];
    const struct {
        struct sv salt, user;
        const char *want;
    } cases[] = {
        {SV("Jefe"), SV("what do ya want for nothing?"), "5bdcc146bf60754e"},
        {{long_key, sizeof(long_key)},
         SV("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f"},
        {SV_NONE, SV("abc"), "ba7816bf8f01cfea"},
    };

    memset(long_key, 0xaa, sizeof(long_key));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[17];

        keeping_user_hash(cases[i].salt, cases[i].user, out);
        cr_expect_str_eq(out, cases[i].want, "%s", cases[i].want);
    }
}

Test(redactor, texts)
{
    /* 4111 1111 1111 1111 is a test number of Visa's. */
    static const struct {
        const char *text, *want, *kinds;
    } cases[] = {
        {"", "", ""},
        {"nothing to hide", "nothing to hide", ""},
        {"a@firma.de", "[email]", "email=1"},
        {"from a@firma.de to b@firma.de.", "from [email] to [email].", "email=2"},
        {"a@firma.de paid 4111 1111 1111 1111, told b@firma.de",
         "[email] paid [card], told [email]", "email=2 card=1"},
        {"my_pw: password=hunter2-x9", "my_pw: password=[password]", "password=1"},
    };
    struct redactor *r = NULL;
    struct error err = {0};

    cr_assert(redactor_open(&r, &err) == OK, "%s", err.msg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct redaction *list = NULL;
        struct buf kinds = {0};
        struct sv out;
        size_t n = 99;

        cr_assert(redactor_text(r, sv_from(cases[i].text), &out, &list, &n, &err) == OK);
        cr_expect(sv_is(out, cases[i].want), "%s: %.*s", cases[i].text, SV_FMT(out));
        for (size_t k = 0; k < n; k++)
            buf_printf(&kinds, "%s%.*s=%lld", k ? " " : "", SV_FMT(list[k].kind),
                       (long long)list[k].n);
        cr_expect(sv_is((struct sv){kinds.p, kinds.n}, cases[i].kinds), "%s: %s", cases[i].text,
                  kinds.p ? kinds.p : "");
        buf_release(&kinds);
    }
    redactor_close(r);
}
