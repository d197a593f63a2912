#include <criterion/criterion.h>
#include "base/error.h"
#include "report/words.h"

/* Worked by hand. */
Test(words, durations)
{
    static const struct {
        int64_t us;
        const char *want;
    } cases[] = {
        {0,                     "0 s"             },
        {310,                   "310 us"          },
        {1500,                  "1.5 ms"          },
        {52000,                 "52 ms"           },
        {99999,                 "100 ms"          },
        {100000,                "0.10 s"          },
        {8020000,               "8.02 s"          },
        {200000000,             "3 min 20 s"      },
        {INT64_C(7500000000),   "2 h 5 min"       },
        {INT64_C(273600000000), "3 d 4 h"         },
        {-1500,                 "-1.5 ms"         },
        {INT64_MIN,             "-106751991 d 4 h"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = {0};

        words_duration(&b, cases[i].us);
        cr_expect_str_eq(b.p, cases[i].want);
        buf_release(&b);
    }
}

Test(words, money)
{
    static const struct {
        int64_t nusd;
        const char *want;
    } cases[] = {
        {0,                      "$0.00"       },
        {501200000,              "$0.5012"     },
        {20900000,               "$0.0209"     },
        {500000000,              "$0.50"       },
        {999960000,              "$1.00"       }, /* 0.99996: the fourth decimal carries */
        {12345,                  "$0.000012345"},
        {INT64_C(182140000000),  "$182.14"     },
        {INT64_C(1204105000000), "$1,204.10"   }, /* half to even */
        {-501200000,             "-$0.5012"    },
        {1,                      "$0.000000001"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = {0};

        words_money(&b, cases[i].nusd);
        cr_expect_str_eq(b.p, cases[i].want);
        buf_release(&b);
    }
}

Test(words, counts_and_shares)
{
    static const struct {
        int64_t n;
        const char *want;
    } counts[] = {
        {0,        "0"         },
        {999,      "999"       },
        {44120,    "44,120"    },
        {-1234567, "-1,234,567"}
    };
    static const struct {
        double share;
        const char *want;
    } shares[] = {
        {0,     "0 %"  },
        {0.004, "<1 %" },
        {0.7,   "70 %" },
        {1,     "100 %"}
    };

    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        struct buf b = {0};

        words_count(&b, counts[i].n);
        cr_expect_str_eq(b.p, counts[i].want);
        buf_release(&b);
    }
    for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
        struct buf b = {0};

        words_share(&b, shares[i].share);
        cr_expect_str_eq(b.p, shares[i].want);
        buf_release(&b);
    }
}
