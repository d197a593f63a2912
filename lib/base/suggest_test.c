#include "base/suggest.h"

#include <criterion/criterion.h>

static const char *const names[] = {"feature", "model", "response_model", "user", "day", "hour",
                                    NULL};

/* by hand */
static const struct {
    const char *word, *want;
} cases[] = {
    {"featur",       "feature"       },
    {"faeture",      "feature"       },
    {"features",     "feature"       },
    {"modle",        "model"         },
    {"mdel",         "model"         },
    {"resp",         "response_model"},
    {"hours",        "hour"          },
    {"dya",          "day"           },
    {"user",         "user"          },
    {"x",            NULL            },
    {"",             NULL            },
    {"colour",       NULL            },
    {"latency",      NULL            },
    {"featurefeaturefeaturefeaturefeaturefeature", NULL},
};

Test(suggest, cases)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = suggest(sv_from(cases[i].word), names);
        if (cases[i].want)
            cr_expect_str_eq(got ? got : "(none)", cases[i].want, "%s", cases[i].word);
        else
            cr_expect_null(got, "%s gave %s", cases[i].word, got);
    }
}
