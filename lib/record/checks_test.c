#include <criterion/criterion.h>

#include "record/checks.h"

#include "base/error.h"

static const struct {
    struct sv name;
    enum check want;
} named[] = {
    {{"quality", 7},           CHECK_QUALITY      },
    {{"Answer-Relevancy", 16}, CHECK_RELEVANCE    },
    {{"VALID JSON", 10},       CHECK_FORMAT       },
    {{"hallucination", 13},    CHECK_HALLUCINATION},
    {{"hallucinatio", 12},     CHECK_COUNT        },
    {{"hallucinations", 14},   CHECK_COUNT        },
    {{"toxic\0x", 7},          CHECK_COUNT        },
    {{"faithfulness", 12},     CHECK_COUNT        }, /* 1 is best: not the same as hallucination */
    {{"", 0},                  CHECK_COUNT        },
};

Test(checks, names)
{
    for (size_t i = 0; i < ARRAY_LEN(named); i++)
        cr_expect_eq(check_of(named[i].name), named[i].want, "%s", named[i].name.p);
}

Test(checks, an_undecided_half_accuses_nobody)
{
    cr_expect(!check_event(CHECK_HALLUCINATION, 0.5));
    cr_expect(check_event(CHECK_HALLUCINATION, 0.51));
    cr_expect(check_event(CHECK_RELEVANCE, 0.5));
    cr_expect(!check_event(CHECK_RELEVANCE, 0.49));
    cr_expect(check_is_bad(CHECK_REFUSAL));
    cr_expect(!check_is_bad(CHECK_FEEDBACK));
}
