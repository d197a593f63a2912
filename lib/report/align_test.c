#include "report/align.h"

#include <criterion/criterion.h>
#include "base/time_text.h"
#include "query/test_calls.h"

/* Instants by Python's zoneinfo, Europe/Berlin. */
#define MARCH_28 INT64_C(1774652400)
#define MARCH_29 INT64_C(1774738800) /* 23 hours */
#define OCTOBER_24 INT64_C(1792792800)
#define OCTOBER_25 INT64_C(1792879200) /* 25 hours */
#define OCTOBER_26 INT64_C(1792969200)

static const struct {
    const char *name;
    enum bucket kind;
    int64_t number, from_s, to_s, want;
} cases[] = {
    {"day",                                     BUCKET_DAY,     20750,                 OCTOBER_24,       OCTOBER_25, 20751             },
    {"a day earlier",                           BUCKET_DAY,     20751,                 OCTOBER_25,       OCTOBER_24, 20750             },
    {"weekdays stay",                           BUCKET_WEEKDAY, 3,                     OCTOBER_24,       OCTOBER_26, 3                 },
    {"week of the same number",                 BUCKET_WEEK,    2964,                  OCTOBER_24,       OCTOBER_25, 2964              },
    {"next week",                               BUCKET_WEEK,    2964,                  OCTOBER_25,       OCTOBER_26, 2965              },
    {"month",                                   BUCKET_MONTH,   2026 * 12 + 2,         MARCH_28,         OCTOBER_24, 24321             },
    {"10:00 stays 10:00",                       BUCKET_HOUR,    1792828800,            OCTOBER_24,       OCTOBER_25, 1792918800        },
    {"and back",                                BUCKET_HOUR,    1792918800,            OCTOBER_25,       OCTOBER_24, 1792828800        },
    {"2:00 goes to the first",                  BUCKET_HOUR,    1792828800 - 8 * 3600, OCTOBER_24,       OCTOBER_25,
     1792886400                                                                                                                        },
    {"the first 2:00",                          BUCKET_HOUR,    1792886400,            OCTOBER_25,       OCTOBER_26, 1792976400        },
    {"the second 2:00",                         BUCKET_HOUR,    1792890000,            OCTOBER_25,       OCTOBER_26, 1792976400        },
    {"second to second",                        BUCKET_HOUR,    1792890000,            OCTOBER_25,       OCTOBER_25, 1792890000        },
    {"2:00 that is jumped over",                BUCKET_HOUR,    1774659600,            MARCH_28,         MARCH_29,   1774746000        },
    {"quarters too",                            BUCKET_15M,     1774659600 + 900,      MARCH_28,         MARCH_29,   1774746900        },
    {"another time of day: by what has passed", BUCKET_HOUR,    OCTOBER_24 + 7200,     OCTOBER_24,
     OCTOBER_25 + 10800,                                                                                             OCTOBER_25 + 18000},
    {"from inside of its bucket",               BUCKET_HOUR,    OCTOBER_24 + 7200,     OCTOBER_24 + 600,
     OCTOBER_24 + 7800,                                                                                              OCTOBER_24 + 14400},
};

Test(align, buckets)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t got = align_bucket(&test_berlin, cases[i].kind, cases[i].number,
                                   cases[i].from_s * US_PER_S, cases[i].to_s * US_PER_S);

        cr_expect_eq(got, cases[i].want, "%s: %lld, not %lld", cases[i].name, (long long)got,
                     (long long)cases[i].want);
    }
}
