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
        {"the chain as a whole",          SV_INIT("llm_chain"),          SV_INIT("chain"),     PHASE_NONE           },
        {"a retrieval",                   SV_INIT("retrieval"),          SV_INIT("retriever"), PHASE_RETRIEVAL      },
        {"a prompt",                      SV_INIT("prompt_assembly"),    SV_INIT("other"),     PHASE_PROMPT_ASSEMBLY},
        {"a model call by its kind",      SV_INIT("chat gpt-5.6-sol"),   SV_INIT("llm"),       PHASE_MODEL_CALL     },
        {"a model call by its name",      SV_INIT("model_call"),         {NULL, 0},         PHASE_MODEL_CALL     },
        {"a guardrail",                   SV_INIT("guardrail_check"),    SV_INIT("guardrail"), PHASE_GUARDRAILS     },
        {"a tool",                        SV_INIT("search_orders"),      SV_INIT("tool"),      PHASE_TOOLS          },
        {"the kind is stronger",          SV_INIT("retrieve"),           SV_INIT("tool"),      PHASE_TOOLS          },
        {"a chain's name says more",      SV_INIT("retrieve"),           SV_INIT("chain"),     PHASE_RETRIEVAL      },
        {"case and joints do not matter", SV_INIT("Guardrail-Check"),    {NULL, 0},         PHASE_GUARDRAILS     },
        {"a name of two words",           SV_INIT("prompt assembly"),    SV_INIT("chain"),     PHASE_PROMPT_ASSEMBLY},
        {"no part of a longer name",      SV_INIT("retrieval_of_users"), {NULL, 0},         PHASE_NONE           },
        {"no beginning of a name",        SV_INIT("retrie"),             {NULL, 0},         PHASE_NONE           },
        {"a NUL ends no name",            SV_INIT("retrieval\0"),        {NULL, 0},         PHASE_NONE           },
        {"nothing is known",              {NULL, 0},                  {NULL, 0},         PHASE_NONE           },
        {"empty texts",                   SV_INIT(""),                   SV_INIT(""),          PHASE_NONE           },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect(phase_of(NULL, cases[i].name, cases[i].kind) == cases[i].want, "%s", cases[i].what);
}

/* The first glob that matches holds, before what the kind says; no glob matches what has no name. */
Test(phases, of_a_user)
{
    static const struct phase_name names[] = {{"policy_*", PHASE_GUARDRAILS},
                                              {"*search", PHASE_NONE},
                                              {"policy_tool", PHASE_TOOLS}};
    const struct phase_table own = {names, ARRAY_LEN(names)};

    cr_expect(phase_of(&own, SV("policy_tool"), SV("tool")) == PHASE_GUARDRAILS);
    cr_expect(phase_of(&own, SV("vector_search"), SV("retriever")) == PHASE_NONE);
    cr_expect(phase_of(&own, SV("retrieve"), SV_NONE) == PHASE_RETRIEVAL);
    cr_expect(phase_of(&own, SV_NONE, SV("tool")) == PHASE_TOOLS);
}

Test(phases, have_names)
{
    for (int p = 0; p < PHASE_COUNT; p++)
        cr_expect(phase_names[p] && *phase_names[p]);
    cr_expect_str_eq(phase_names[PHASE_GUARDRAILS], "guardrails");
}
