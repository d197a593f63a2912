/* draw_test: hashes are those of sha256sum. */
#include "base/draw.h"

#include <criterion/criterion.h>

/* printf req-1 | sha256sum | cut -c1-16, and so on. */
Test(draw, hash)
{
    cr_expect(draw_hash(SV("")) == UINT64_C(0xe3b0c44298fc1c14));
    cr_expect(draw_hash(SV("abc")) == UINT64_C(0xba7816bf8f01cfea)); /* FIPS 180-4 */
}

Test(draw, takes)
{
    static const struct {
        const char *name;
        uint64_t hash;
        int64_t rate_ppb;
        bool want;
    } cases[] = {
        {"nothing at rate 0",               0,                             0,         false},
        {"the smallest hash",               0,                             1,         true },
        {"everything at rate 1",            UINT64_MAX,                    DRAW_ALL,  true },
        {"all but the last ones below it",  UINT64_MAX,                    999999999, false},
        {"below one half",                  UINT64_C(0x7fffffffffffffff),  500000000, true },
        {"one half itself is not below it", UINT64_C(0x8000000000000000),  500000000, false},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(draw_takes(cases[i].hash, cases[i].rate_ppb) == cases[i].want, "%s",
                  cases[i].name);
}

Test(draw, rate)
{
    static const struct {
        const char *text;
        int64_t want; /* -1: none */
    } cases[] = {
        {"0.05",          50000000},
        {"5%",            50000000},
        {"0.5%",          5000000 },
        {"1",             DRAW_ALL},
        {"100%",          DRAW_ALL},
        {"0",             0       },
        {"0.000000001",   1       },
        {"1.1",           -1      },
        {"101%",          -1      },
        {"-0.1",          -1      },
        {"",              -1      },
        {"%",             -1      },
        {"half",          -1      },
        {"1e-2",          10000000},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t got = -1;
        enum err rc = draw_rate(sv_from(cases[i].text), &got);

        cr_expect((rc == OK) == (cases[i].want >= 0), "%s", cases[i].text);
        cr_expect(got == cases[i].want, "%s: %lld", cases[i].text, (long long)got);
    }
}
