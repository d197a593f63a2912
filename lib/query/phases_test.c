#include <criterion/criterion.h>
#include "query/phases.h"

#include "base/error.h"

Test(phases, of_a_span)
{
    static const struct {
        const char *what;
        struct sv name, kind;
        enum phase want;
    } cases[] = {
        {"the chain as a whole",          SV("llm_chain"),          SV("chain"),     PHASE_NONE           },
        {"a retrieval",                   SV("retrieval"),          SV("retriever"), PHASE_RETRIEVAL      },
        {"a prompt",                      SV("prompt_assembly"),    SV("other"),     PHASE_PROMPT_ASSEMBLY},
        {"a model call by its kind",      SV("chat gpt-5.6-sol"),   SV("llm"),       PHASE_MODEL_CALL     },
        {"a model call by its name",      SV("model_call"),         SV_NONE,         PHASE_MODEL_CALL     },
        {"a guardrail",                   SV("guardrail_check"),    SV("guardrail"), PHASE_GUARDRAILS     },
        {"a tool",                        SV("search_orders"),      SV("tool"),      PHASE_TOOLS          },
        {"the kind is stronger",          SV("retrieve"),           SV("tool"),      PHASE_TOOLS          },
        {"a chain's name says more",      SV("retrieve"),           SV("chain"),     PHASE_RETRIEVAL      },
        {"case and joints do not matter", SV("Guardrail-Check"),    SV_NONE,         PHASE_GUARDRAILS     },
        {"a name of two words",           SV("prompt assembly"),    SV("chain"),     PHASE_PROMPT_ASSEMBLY},
        {"no part of a longer name",      SV("retrieval_of_users"), SV_NONE,         PHASE_NONE           },
        {"no beginning of a name",        SV("retrie"),             SV_NONE,         PHASE_NONE           },
        {"a NUL ends no name",            SV("retrieval\0"),        SV_NONE,         PHASE_NONE           },
        {"nothing is known",              SV_NONE,                  SV_NONE,         PHASE_NONE           },
        {"empty texts",                   SV(""),                   SV(""),          PHASE_NONE           },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(phase_of(cases[i].name, cases[i].kind) == cases[i].want, "%s", cases[i].what);
}

Test(phases, have_names)
{
    for (int p = 0; p < PHASE_COUNT; p++)
        cr_expect(phase_names[p] && *phase_names[p]);
    cr_expect_str_eq(phase_names[PHASE_GUARDRAILS], "guardrails");
}
