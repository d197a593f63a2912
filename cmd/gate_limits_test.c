#include "gate_limits.h"

#include <criterion/criterion.h>

/* What is refused and in which words: testdata/cli/gate/messages.sh. */
static const struct {
    enum gate_limit_kind kind;
    const char *text;
    bool ok, relative;
    double most; /* of shares part/of */
} cases[] = {
    {GATE_PER_CASE,        ">=8/10",  true,  false, 0.8  },
    {GATE_PER_CASE,        ">=0.8",   true,  false, 0.8  },
    {GATE_PER_CASE,        ">=80%",   true,  false, 0.8  },
    {GATE_PER_CASE,        ">=0",     true,  false, 0    },
    {GATE_PER_CASE,        ">=-1",    false, false, 0    },
    {GATE_PER_CASE,        ">= 8/10", false, false, 0    },
    {GATE_MIN_PASS_RATE,   "1",       true,  false, 1    },
    {GATE_MIN_PASS_RATE,   "100%",    true,  false, 1    },
    {GATE_MIN_PASS_RATE,   "100.1%",  false, false, 0    },
    {GATE_MAX_COST,        "$0.50",   true,  false, 0.5  },
    {GATE_MAX_COST,        "5",       true,  false, 5    },
    {GATE_MAX_COST,        "+10%",    true,  true,  0.1  },
    {GATE_MAX_COST,        "+0%",     true,  true,  0    },
    {GATE_MAX_COST,        "-10%",    false, false, 0    },
    {GATE_MAX_COST,        "10%",     false, false, 0    },
    {GATE_MAX_TOKENS,      "2.5M",    true,  false, 2.5e6},
    {GATE_MAX_TOKENS,      "500k",    true,  false, 5e5  },
    {GATE_MAX_TOKENS,      "k",       false, false, 0    },
    {GATE_MAX_LATENCY_P95, "1500ms",  true,  false, 1.5  },
    {GATE_MAX_LATENCY_P95, "2s",      true,  false, 2    },
    {GATE_MAX_LATENCY_P95, "+12.5%",  true,  true,  0.125},
    {GATE_MAX_LATENCY_P95, "2",       false, false, 0    },
};

Test(gate_limits, limits)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct gate_limit l = {0};
        enum err rc = gate_limit(cases[i].kind, cases[i].text, &l, NULL);
        double most = l.of ? (double)l.part / (double)l.of : l.most;

        cr_expect_eq(rc, cases[i].ok ? OK : ERR_USAGE, "%s", cases[i].text);
        if (rc)
            continue;
        cr_expect(l.known && l.relative == cases[i].relative, "%s", cases[i].text);
        cr_expect_float_eq(most, cases[i].most, 1e-12, "%s: %g", cases[i].text, most);
    }
}

Test(gate_limits, not_given)
{
    struct gate_limit l = {0};
    double margin = 7, alpha = 7;

    cr_expect_eq(gate_limit(GATE_MAX_COST, NULL, &l, NULL), OK);
    cr_expect_eq(gate_margin(NULL, &margin, NULL), OK);
    cr_expect_eq(gate_alpha(NULL, &alpha, NULL), OK);
    cr_expect(!l.known && margin == 7 && alpha == 7);
    cr_expect(gate_margin("2pt", &margin, NULL) == OK && margin == 0.02);
    cr_expect(gate_margin("0.5 pt", &margin, NULL) == OK && margin == 0.005);
    cr_expect(gate_margin("0.03", &margin, NULL) == OK && margin == 0.03);
}
