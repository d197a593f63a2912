#include "query/json_real.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const struct {
    const char *json;
    bool known;
    double want;
} cases[] = {
    {"0.7",     true,  0.7  },
    {"-1e-3",   true,  -1e-3},
    {"\"0.7\"", true,  0.7  },
    {"true",    true,  1    },
    {"false",   true,  0    },
    {"null",    false, 0    },
    {"\"\"",    false, 0    },
    {"\"0x1\"", false, 0    },
    {"\"1 \"",  false, 0    },
    {"\"nan\"", false, 0    },
    {"1e999",   false, 0    },
    {"[1]",     false, 0    },
};

Test(json_real, numbers)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_doc d = {0};
        struct maybe_f64 v;

        cr_assert(eq(int, json_parse(&d, cases[i].json, strlen(cases[i].json), NULL), OK));
        v = json_real(&d, 0);
        cr_expect(eq(int, v.known, cases[i].known), "%s", cases[i].json);
        cr_expect(ieee_ulp_eq(dbl, v.v, cases[i].want, 0), "%s", cases[i].json);
        json_release(&d);
    }
}
